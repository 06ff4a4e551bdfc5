"""What a name says about the value it is given: heads, words and tails of identifiers."""

import re
from functools import lru_cache

_WORDS = re.compile(
    r"(?:PG|DB)(?=(?:HOST|PORT|USER(?:NAME)?)(?![A-Za-z]))|(?:pg|db)(?=(?:host|port|user(?:name)?)(?![a-z]))"  # PGHOST
    r"|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
)

HOST_WORDS = frozenset(
    "host hostname server servers address addr broker brokers endpoint node nodes bootstrap ip domain hosts cluster"
    " target upstream".split()
)
URL_WORDS = frozenset(
    "url uri dsn conn connection endpoint link href base origin api proxy broker backend webhook site".split()
)
_SAME_HOST = frozenset(
    "name names list ip default primary secondary main local remote dev prod production staging test internal external"
    " url string str env".split()
)
PORT_WORDS = frozenset(("port", "ports"))
USER_WORDS = frozenset("user username login usr uid".split())
_OTHER_USERS = frozenset(  # of an editor, of a message, the key that one stands under
    (("remote", "user"), ("container", "user"), ("from", "user"), ("key", "username"))
)

# What a name promises of its value.
PASSWORD = "password"  # any text may be one: a person chose it
TOKEN = "token"  # drawn at random, so it shows digits and little repetition
KEY = "key"  # may be random, and mostly is no secret at all: only what is surely random counts
NOTHING = ""

# Looked for in the words of a name, joined by "_". A password's short forms count as whole words only.
_PASSWORD_NOUN = (
    r"passw(?:or)?ds?|passphrases?|passwort|passcodes?|pswd|pwds?|secrets?"
    r"|(?<![a-z])(?:(?:db|my|user|root|admin|mysql|pg|sql|ftp|mail|smtp|redis|mongo|key|trust|store|require)?pass"
    r"|p(?:s|ass)?w|rootpw|dbpw)(?![a-z])"
)
_TOKEN_NOUN = (
    r"tokens?|jwt|bearer|nonces?|salt|pepper|credentials?|authorization|verifier|otp|hmac"
    r"|(?:api|access|auth|app|application|private|secret|encrypt|encryption|decryption|sign|signing|signature|signed"
    r"|fernet|master|account|consumer|client|license|licence|service|crypto|deploy|session|aes|des|rsa|jwt|cookie"
    r"|security|shared|maps?|subscription|webhook|storage|admin|instrumentation)_?keys?"
)
_NOUN = rf"(?P<password>{_PASSWORD_NOUN})|(?P<token>{_TOKEN_NOUN})|(?P<key>(?<![a-z])keys?(?![a-z]))"

_SAME_THING = frozenset(  # words after the noun that leave the value what it is
    "key keys access value val text plain raw string str confirm confirmation confirmed confirmable again repeat"
    " sys old new default prod production dev development test testing local staging base b hex pepper salt one two"
    " first second".split()
)
_ANOTHER_THING = frozenset(  # PASSWORD_FIELD is a name, TOKEN_URL an address
    "name names id ids file files path paths dir url urls uri type types field fields label length len size min max"
    " policy hash hashed hashes hasher hashers hashing expire expires expired expiry expiration exp ttl lifetime"
    " timeout age interval days hours minutes seconds placeholder hint prefix suffix header headers param params"
    " parameter regex pattern validator validators validation format enabled required reset change prompt input"
    " error errors message msg title template view form class model bytes count limit index endpoint method"
    " algorithm alg algo encoding source provider manager service store storage backend ref callback handler"
    " generator factory strategy parser scope scopes version column table row cell char chars mode kind status state"
    " description desc help usage dialog button screen page link route icon color tooltip sha md env var variable"
    " location group usr user used valid invalid strength score rule rules check checks action event info data"
    " request response grant"
    " address mint contract program symbol".split()  # of a coin, which a chain shows to everybody
)
_OTHER_HEADS = frozenset(  # words before the noun: a foreign key opens nothing
    "public foreign primary csrf xsrf is has no not without show hide forgot forgotten reset change set get create"
    " generate update sort cache partition row routing route map path state idx index group order field lookup"
    " message page next continuation pagination cancellation stop allow enable disable disabled require invalid"
    " incorrect expired missing wrong bad empty validate verify check clear hashed encrypted unique composite type"
    " kind mode method scheme algorithm column lexer parse current eof end start version recv"
    " authenticity existing tls".split()  # existingSecret: the name of what a cluster keeps
)
_HEADS_OF_KEYS = frozenset(  # and of no password
    "sort cache partition row routing route map index group order page".split()
)
_STRUCTURE = frozenset(  # whose ids join records, and name nobody
    "parent root child block card row column item node element entity object record message event page post comment"
    " file image message view order trade transaction payment invoice product cart".split()
)
_IDS = frozenset("sid jti oid uid userid clientid tenantid accountid sessionid deviceid appid".split())
_PROXIES = frozenset("proxy_pass fastcgi_pass uwsgi_pass grpc_pass scgi_pass memcached_pass".split())  # nginx
_WARNED_OF = frozenset("common weak forbidden banned blocked breached disallowed leaked".split())  # and taken by nobody
_PLURALS = frozenset("passwords passwds secrets tokens keys credentials".split())  # often a list of names
_LESS = {PASSWORD: TOKEN, TOKEN: KEY, KEY: KEY}


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Split an identifier: `dbPassword`, `DB_PASSWORD` give ("db", "password"), `PGHOST` gives ("pg", "host")."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def kind_words(name: str) -> tuple[str, ...]:
    """Return the words without the number behind them: DB_HOST2 is a host as DB_HOST is."""
    parts = words(name)
    while parts and parts[-1].isdigit():
        parts = parts[:-1]
    return parts


def is_port_name(name: str) -> bool:
    """Return whether the name's last words say port: DB_PORT, port, redisPort, not PORTFOLIO."""
    return bool(PORT_WORDS.intersection(kind_words(name)[-2:]))


@lru_cache(maxsize=4096)
def is_host_name(name: str) -> bool:
    """Return whether the name says host or address: DB_HOST, bootstrap.servers, hostName, not server_version."""
    parts = kind_words(name)
    if not parts:
        return False
    return parts[-1] in HOST_WORDS or (parts[-1] in _SAME_HOST and not HOST_WORDS.isdisjoint(parts[-2:-1]))


def mentions_host(name: str) -> bool:
    """Return whether one of the words says host, wherever it stands: RABBIT_HOST_FUNDS."""
    return not HOST_WORDS.isdisjoint(words(name))


def is_url_name(name: str) -> bool:
    """Return whether the name says URL or connection."""
    return bool(URL_WORDS.intersection(words(name)))


def is_user_name(name: str) -> bool:
    """Return whether the name says user or login."""
    parts = kind_words(name)
    if parts[-2:] in _OTHER_USERS:
        return False
    return parts[-2:] == ("user", "name") or (bool(parts) and parts[-1] in USER_WORDS)


@lru_cache(maxsize=4096)
def secret_kind(name: str) -> str:
    """Return what the name promises of its value: PASSWORD, TOKEN, KEY or NOTHING."""
    if name == "PW":  # Palau
        return TOKEN
    if name.startswith("/"):  # a route: "/web_requests/:secret" => "…"
        return NOTHING
    joined = "_".join(words(name.rpartition(".")[2]))
    if "public_key" in joined:
        return NOTHING
    kind = NOTHING
    for noun in _noun().finditer("" if joined in _PROXIES else joined):
        before = joined[: noun.start()].rstrip("_").rpartition("_")[2]
        after = [word for word in joined[noun.end() :].split("_") if word and not word.isdigit()]
        is_list = noun[0] in _PLURALS and not after
        is_other = _is_other(before, noun.lastgroup) or (is_list and before in _WARNED_OF)
        if is_other or _ANOTHER_THING.intersection(after):
            kind = NOTHING
        elif is_list or not _SAME_THING.issuperset(after):
            kind = _LESS[noun.lastgroup or ""]
        else:
            return noun.lastgroup or NOTHING
    return kind  # the last noun is what it is: a password's token is a token


def _is_other(before: str, kind: str | None) -> bool:
    """Tell whether the word before the noun makes it something else: a cache's key, but not its password."""
    if before == "reset":
        return kind != TOKEN  # a reset token resets
    return before in _OTHER_HEADS and (kind != PASSWORD or before not in _HEADS_OF_KEYS)


def is_id_name(name: str) -> bool:
    """Return whether the name says whose identifier it is: tenant_id, userid, jti; a bare `id` may be anybody's."""
    parts = words(name)
    if not parts or parts[-1] not in ("id", "uid", "uuid"):
        return bool(parts) and parts[-1] in _IDS
    return len(parts) > 1 and parts[-2] not in _STRUCTURE


@lru_cache(maxsize=1)
def _noun() -> re.Pattern[str]:
    return re.compile(_NOUN)
