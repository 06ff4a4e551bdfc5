"""What a call does with an address that it is given: connects to it, listens on it, or neither."""

import re
from functools import lru_cache

from envfence.detect import names

# The last name of a callee, or all of it where the last says too little.
_LISTENS = frozenset(
    "run runapp runsimple listen listenandserve listenandservetls bind serve serveforever startserver createserver"
    " httpserver tcpserver udpserver threadinghttpserver starthttpserver makeserver server serversocket launch runserver"
    " wsgiserver httpd site tcpsite newserver startasgi createtcpserver addinsecureport addsecureport bindsocket"
    " createdatagramendpoint useurls urls listenlocalhost runuvicorn startapp servehttp httpserverbind".split()
)
_LISTENS_WHOLE = re.compile(
    r"(?i)uvicorn\.config|hypercorn|waitress|gunicorn|uvicorn|daphne|fastmcp|http\.server|flask|streamlit|jupyter|ngrok"
    r"|(?:^|[./])(?:next|vite|serve|http-server|php|rails|puma|airflow|mlflow|redis-server|mongod|mysqld|postgres|nginx"
    r"|caddy|minio|node|celery|locust|tensorboard|pgbouncer|ray|rasa|hugo|jekyll|mkdocs|superset|dagster|prefect)$"
    r"|withexposedports|genericcontainer|dockercontainer|exposedport"
    r"|^x509\.|_cert(?:ificate)?$"  # and a certificate names it
)
_LISTENING_VERBS = frozenset("run serve listen bind start launch expose".split())
_NOT_LISTENING = frozenset("subprocess asyncio".split())

# A word of the last name.
_CONNECTS = frozenset(
    "connect connection connections client clients redis strictredis cluster engine broker pool socket producer consumer mongo"
    " influx amqp ssh smtp ftp ldap dial dialer channel proxy session telnet imap pop elasticsearch opensearch cassandra"
    " kafka rabbitmq memcache postgres psql mysql psycopg database datasource adapter transport remote gateway upstream"
    " exchange driver open ping ib neo4j milvus qdrant minio nats mqtt modbus solr etcd consul zookeeper".split()
)
_LOOKS = frozenset("detect is has parse validate format normalize sanitize extract mask assert".split())
_COMMANDS = frozenset(
    "curl wget nc ncat netcat psql mysql mysqladmin mysqldump mariadb mongo mongosh mongodump mongorestore redis-cli ssh scp"
    " sftp rsync ping telnet pg_dump pg_restore pg_isready createdb dropdb createuser nslookup dig influx grpcurl http"
    " https httpie aws wait-for-it wait-for-it.sh wait-for wait_for_port kcat kafkacat kafka-topics kafka-topics.sh"
    " kafka-console-consumer kafka-console-producer etcdctl amqp-publish mosquitto_pub mosquitto_sub cqlsh ab wrk hey k6"
    " locust newman nmap dockerize clickhouse-client sqlcmd ldapsearch".split()
)
_REQUESTS = re.compile(
    r"(?i)(?:^|[._])(?:requests?|https?x?|axios|fetch|got|superagent|session|client|urllib\.request|aiohttp|ws|resttemplate|webclient|\$)"
    r"\.(?:get|post|put|patch|delete|head|request|open|urlopen|create|exchange|getforobject|postforobject|ws_connect|stream)$"
    r"|(?:^|\.)(?:fetch|\$?fetch|urlopen|urlretrieve|axios|got|request|goto|websocket|eventsource|io|xmlhttprequest|ws_connect"
    r"|newrequest|newrequestwithcontext|create_connection|createclient|createpool|createconnection)$"
)

# A call that talks to an application in the same process, looks something up, or only takes an address apart.
_IN_PROCESS = re.compile(
    r"\.objects\.|(?:^|\.)(?:TestClient|AsyncClient|test_?client\w*|ASGITransport|MockTransport|test_client|test_request_context|URL|urlparse|urlsplit|parse_url|make_url"
    r"|Request|HttpRequest|RequestFactory|MagicMock|Mock|AsyncMock|patch|setenv|dict|stubEnv|filter|compile|match|search|sub|replace|replaceAll"
    r"|split|remove\w+|strip|startswith|startsWith|endswith|endsWith|includes|indexOf|equals|is_valid\w*|validate\w*|join)$"
)


@lru_cache(maxsize=1024)
def listens(call: str) -> bool:
    """Return whether the call opens a listener of our own on the address."""
    if not call:
        return False
    parts = re.split(r"\.|::|->", call)
    if parts[0] in _NOT_LISTENING:
        return False
    last = parts[-1].replace("_", "").lower()
    if last in _LISTENS or _LISTENS_WHOLE.search(call):
        return True
    words = names.words(parts[-1])
    return (
        words[:1] != () and words[0] in _LISTENING_VERBS and words[-1] in ("server", "app", "api", "dashboard", "web")
    )


@lru_cache(maxsize=1024)
def connects(call: str) -> bool:
    """Return whether the call goes to the address."""
    if not call:
        return False
    if call in _COMMANDS or _REQUESTS.search(call):
        return True
    words = names.words(re.split(r"\.|::|->", call)[-1])
    return bool(_CONNECTS.intersection(words)) and words[0] not in _LOOKS


@lru_cache(maxsize=1024)
def stays_inside(call: str) -> bool:
    """Return whether the call leaves the address alone: a test client, a parser, a replacement."""
    return bool(call and _IN_PROCESS.search(call))
