"""What a name says about the value it is given: heads, words and tails of identifiers."""

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

HOST_WORDS = frozenset(
    "host hostname server servers address addr broker brokers endpoint node nodes bootstrap ip domain hosts cluster target upstream".split()
)
URL_WORDS = frozenset(
    "url uri dsn conn connection endpoint link href base origin api proxy broker backend webhook site".split()
)
PORT_WORDS = frozenset(("port", "ports"))
USER_WORDS = frozenset("user username login usr uid".split())

SECRET_WORDS = frozenset(
    "password passwd passwort passphrase pass pwd pw psw passcode secret secrets token tokens apikey credential credentials"
    " passwords pin salt jwt nonce bearer".split()
)
KEY_HEADS = frozenset(
    "api access private secret encryption signing fernet master auth app consumer client license service account hmac crypto"
    " deploy session aes rsa jwt cookie csrf security encrypt sign shared maps map site subscription".split()
)
SECRET_TAILS_NO = frozenset(  # PASSWORD_FIELD is a name, TOKEN_URL an address
    "name names id ids file files path dir url uri type types field fields label length len size min max policy hash hashed"
    " hasher hashers expire expires expiry expiration ttl lifetime timeout age interval days hours minutes seconds"
    " placeholder hint prefix suffix header headers param params regex pattern validator validators format enabled required"
    " reset change confirm confirmation prompt input error errors message msg text title template view form class model"
    " count limit index endpoint method algorithm alg algo encoding source provider manager service store storage backend"
    " callback handler generator factory strategy parser scope scopes version column table row cell char chars mode kind status"
    " description desc help usage dialog button screen page link route icon color tooltip".split()
)
SECRET_HEADS_NO = frozenset(
    "public foreign primary csrf is has no show hide forgot reset change sort cache partition row".split()
)


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Split an identifier: `dbPassword`, `DB_PASSWORD` and `db-password` give ("db", "password")."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def is_port_name(name: str) -> bool:
    """Return whether the name's last words say port: DB_PORT, port, redisPort, not PORTFOLIO."""
    return bool(PORT_WORDS.intersection(words(name)[-2:]))


def is_host_name(name: str) -> bool:
    """Return whether the name says host or address."""
    return bool(HOST_WORDS.intersection(words(name)[-2:]))


def is_url_name(name: str) -> bool:
    """Return whether the name says URL or connection."""
    return bool(URL_WORDS.intersection(words(name)))


def is_user_name(name: str) -> bool:
    """Return whether the name says user or login."""
    parts = words(name)
    return bool(parts) and parts[-1] in USER_WORDS or parts[-2:] == ("user", "name")


def is_secret_name(name: str) -> bool:
    """Return whether the name promises a password, token or key."""
    parts = words(name)
    if not parts or parts[-1] in SECRET_TAILS_NO or parts[0] in SECRET_HEADS_NO:
        return False
    if SECRET_WORDS.intersection(parts):
        return True
    return "key" in parts[1:] and bool(KEY_HEADS.intersection(parts[: parts.index("key", 1)]))


def is_password_name(name: str) -> bool:
    """Return whether the name promises a password or a secret, which need no entropy."""
    return bool(
        frozenset("password passwd passwort passphrase pass pwd pw psw passcode secret".split()).intersection(
            words(name)
        )
    )
