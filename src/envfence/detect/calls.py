"""What a call does with an address that it is given: connects to it, listens on it, or neither."""

import re
from functools import lru_cache

from envfence.detect import names

# Last names of callees that open a listener of our own; all in lower case, without "_".
_LISTENS = frozenset(
    "run runapp runsimple webserver listen listenandserve listenandservetls bind serve serveforever startserver"
    " createserver httpserver tcpserver udpserver threadinghttpserver starthttpserver makeserver server"
    " serversocket embeddedserver launch runserver wsgiserver httpd site tcpsite newserver startasgi createtcpserver"
    " addinsecureport addsecureport bindsocket createdatagramendpoint useurls urls listenlocalhost runuvicorn"
    " startapp servehttp fastmcp withexposedports genericcontainer dockercontainer exposedport"
    " withendpoint withhttpendpoint withhttpsendpoint withportbinding".split()
)
_SERVING_COMMANDS = frozenset(  # as they are typed: `minio server`, while Minio(…) is a client
    "uvicorn hypercorn waitress gunicorn daphne flask streamlit jupyter ngrok next vite http-server php rails puma"
    " airflow mlflow redis-server mongod mysqld nginx caddy minio node celery locust tensorboard pgbouncer ray rasa"
    " hugo jekyll mkdocs superset dagster prefect".split()
)
_LISTENS_AT_URLS = frozenset("useurls urls".split())
_SERVERS = frozenset("uvicorn hypercorn waitress gunicorn daphne".split())  # whatever is called of them
_LISTENING_VERBS = frozenset("run serve listen bind start launch expose".split())
_LISTENERS = frozenset("server app api dashboard web".split())
_NO_LISTENERS = frozenset("subprocess asyncio".split())

# Words of a callee's last name.
_CONNECTS = frozenset(
    "connect connect_ex connection connections client clients redis strictredis cluster engine broker pool socket"
    " producer consumer mongo influx amqp ssh smtp ftp ldap dial dialer channel proxy session telnet imap pop"
    " elasticsearch opensearch cassandra kafka rabbitmq memcache postgres psql mysql psycopg mysqli pdo database"
    " datasource adapter transport remote gateway upstream exchange driver open ping ib neo4j milvus qdrant minio"
    " nats mqtt modbus solr etcd consul zookeeper urlopen urlretrieve goto websocket eventsource jedis"
    " fsockopen".split()
)
_ALSO_OTHERWISE = frozenset(  # of these: they open, ask for or hold many a thing besides
    "open ping goto pool session engine driver adapter transport channel exchange gateway proxy database datasource"
    " cluster remote upstream".split()
)
_LOOKS = frozenset("detect is has parse validate format normalize sanitize extract mask assert".split())
_COMMANDS = frozenset(
    "curl wget nc ncat netcat psql mysql mysqladmin mysqldump mariadb mongo mongosh mongodump mongorestore redis-cli"
    " ssh scp sftp rsync ping telnet pg_dump pg_restore pg_isready createdb dropdb createuser nslookup dig"
    " influx grpcurl http https httpie aws wait-for-it wait-for-it.sh wait-for wait_for_port kcat kafkacat kafka-topics"
    " kafka-topics.sh kafka-console-consumer kafka-console-producer etcdctl amqp-publish mosquitto_pub"
    " mosquitto_sub cqlsh ab wrk hey k6 locust newman nmap dockerize clickhouse-client sqlcmd ldapsearch".split()
)
# requests.get, session.post, restTemplate.getForObject
_REQUESTERS = frozenset(
    "request requests http https httpx axios fetch got superagent session client urllib aiohttp ws resttemplate"
    " webclient $ $http io".split()
)
_METHODS = frozenset(
    "get post put patch delete head request open create exchange getforobject postforobject stream newrequest".split()
)
_REQUEST_ALONE = frozenset(
    "fetch axios got request io xmlhttprequest newrequest newrequestwithcontext $fetch httphost".split()
)

# Calls that talk to an application in the same process, look something up, or only take an address apart.
_STAYS_INSIDE = frozenset(
    "TestClient ASGITransport MockTransport test_request_context URL urlparse urlsplit parse_url"
    " make_url Request HttpRequest RequestFactory MagicMock Mock AsyncMock setenv dict stubEnv filter"
    " compile match search sub replace replaceAll split strip startswith startsWith endswith endsWith includes"
    " indexOf equals join StartsWith EndsWith Contains IndexOf Equals Replace HasPrefix HasSuffix TrimPrefix TrimSuffix"
    " start_with? end_with? starts_with ends_with str_starts_with str_contains getMappedPort get_exposed_port".split()
)
_PATCHES = frozenset(("", "mock", "mocker", "unittest"))  # who replaces what a test would call
_ASSERTS = frozenset("Assert Assertions assert expect should t".split())
_RUBYS_CLIENTS = "Net"  # Net::HTTP, Net::SMTP
_SEPARATORS = re.compile(r"\.|::|->")


@lru_cache(maxsize=1024)
def listens(call: str) -> bool:
    """Return whether the call opens a listener of our own on the address, or writes it into our certificate."""
    parts = _SEPARATORS.split(_made_by(call.rpartition("/")[2]))
    if not call or parts[0] in _NO_LISTENERS:
        return False
    if parts[-1].replace("_", "").lower() in _LISTENS or parts[-1] in _SERVING_COMMANDS or parts[0].lower() in _SERVERS:
        return True
    words = names.words(parts[-1])
    if parts[0] == "x509" or words[-1:] in (("cert",), ("certificate",)):
        return True
    return len(words) > 1 and words[0] in _LISTENING_VERBS and words[-1] in _LISTENERS


def _made_by(call: str) -> str:
    """Return the class instead of its constructor: TcpStream of TcpStream::new."""
    return call.removesuffix(".new").removesuffix("::new")


def listens_at_urls(call: str) -> bool:
    """Return whether the call takes our own addresses as URLs: .UseUrls("http://localhost:8090")."""
    return _SEPARATORS.split(call)[-1].lower() in _LISTENS_AT_URLS


@lru_cache(maxsize=1024)
def connects(call: str) -> bool:
    """Return whether the call goes to the address."""
    if not call or call in _COMMANDS:
        return bool(call)
    parts = _SEPARATORS.split(_made_by(call))
    last = parts[-1].lower()
    if (last in _REQUEST_ALONE and (len(parts) == 1 or _requests(parts[-2]))) or (
        last in _METHODS and len(parts) > 1 and _requests(parts[-2])
    ):
        return True
    words = names.words(parts[-1])
    return parts[0] == _RUBYS_CLIENTS or (not _CONNECTS.isdisjoint(words) and words[0] not in _LOOKS)


@lru_cache(maxsize=1024)
def takes_address(call: str) -> bool:
    """Return whether an address is what the call is given: by a class or a function of a client, in code."""
    if call in _COMMANDS:
        return False
    parts = _SEPARATORS.split(_made_by(call))
    words = names.words(parts[-1])
    return parts[0] == "grpc" or (connects(call) and not (_CONNECTS - _ALSO_OTHERWISE).isdisjoint(words))


def _requests(owner: str) -> bool:
    return owner.lower() in _REQUESTERS or names.words(owner)[-1:] in (("client",), ("session",))


@lru_cache(maxsize=1024)
def stays_inside(call: str) -> bool:
    """Return whether the call leaves the address alone: a test client, a parser, a replacement."""
    *owners, last = parts = _SEPARATORS.split(call)
    owner = owners[-1] if owners else ""
    if last == "Request" and owner == "request":
        return False  # urllib.request.Request("…")
    if last in _STAYS_INSIDE or "objects" in parts or (last == "patch" and owner in _PATCHES):
        return True
    words = names.words(last)
    if parts[0] in _ASSERTS or words[:1] == ("assert",):
        return True
    return words[:2] == ("test", "client") or words[:2] == ("is", "valid") or words[:1] == ("validate",)
