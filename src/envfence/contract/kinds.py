"""What a key's value is: host, port, url, secret, int, bool, choice or text, and whether a value is one."""

HOST, PORT, URL, SECRET, INT, BOOL, CHOICE, TEXT = "host", "port", "url", "secret", "int", "bool", "choice", "text"

_WORDS = {
    "PORT": PORT, "URL": URL, "INT": INT, "INTEGER": INT, "NUMBER": INT, "BOOL": BOOL, "BOOLEAN": BOOL, "HOST": HOST,
    "HOSTNAME": HOST, "SECRET": SECRET, "PASSWORD": SECRET, "PASSWD": SECRET, "PASSPHRASE": SECRET, "TOKEN": SECRET,
    "KEY": SECRET, "PASS": SECRET, "PWD": SECRET, "SALT": SECRET, "PEPPER": SECRET,
    "PGHOST": HOST, "PGPORT": PORT, "PGPASSWORD": SECRET,
}  # fmt: skip
_NO_SECRETS = frozenset(
    {
        "PUBLIC",
        "PUBLISHABLE",
        "SITE",
        "PARTITION",
        "PRIMARY",
        "FOREIGN",
        "SORT",
        "CACHE",
        "ROUTING",
        "VITE",
        "REACT",
        "GATSBY",
    }
)
_KEYS_TO_SOMETHING = frozenset(
    {"SECRET", "API", "PRIVATE", "ACCESS", "SIGNING", "ENCRYPTION", "JWT", "FERNET", "AUTH", "MASTER", "LICENSE", "APP"}
)
_SWITCHES = frozenset({"DEBUG", "RELOAD", "ECHO", "ENABLED", "DISABLED"})
# Behind the word that tells the kind: JWT_SECRET_KEY_PREVIOUS, REPLICA_HOST_2.
_WHICH = frozenset(
    "PREVIOUS PREV OLD OLDER NEW NEWER NEXT CURRENT BACKUP FALLBACK PRIMARY SECONDARY ROTATED RETIRED".split()
)
_NO_HOST = frozenset(';|`"\\')
TRUE = frozenset({"true", "1", "yes", "on", "t", "y"})
FALSE = frozenset({"false", "0", "no", "off", "f", "n"})
_MISTYPED_HTTP = frozenset({"htp", "htps", "htpp", "htpps", "htttp", "htttps", "hhtp", "hhtps", "ttp", "ttps", "httpp"})


def kind_of_name(name: str) -> str:
    """Return the kind that the last word of ``name`` tells: DB_PORT is a port, and so is DB_PORT_2."""
    words = name.upper().replace("-", "_").strip("_").split("_")
    words = _without_which(words)
    kind = _WORDS.get(words[-1], TEXT)
    if words[-1] in {"SECRETS", "PASSWORDS"} or (words[-1] == "KEYS" and not _KEYS_TO_SOMETHING.isdisjoint(words)):
        kind = SECRET
    return TEXT if kind == SECRET and is_public(name) else kind


def without_which(name: str) -> str:
    """Return a name without the words that tell one of several: JWT_SECRET_KEY of JWT_SECRET_KEY_PREVIOUS and _V2."""
    words = name.split("_")
    return "_".join(words[: len(_without_which([word.upper() for word in words]))])


def _without_which(words: list[str]) -> list[str]:
    while len(words) > 2 and (words[-1] in _WHICH or words[-1].removeprefix("V").isdigit()):
        words = words[:-1]
    return words


def is_public(name: str) -> bool:
    """Tell whether a word of ``name`` says that it is no secret, whatever its last word: VITE_ is for browsers."""
    return not _NO_SECRETS.isdisjoint(name.upper().replace("-", "_").split("_"))


def is_word_for_a_kind(word: str) -> bool:
    """Tell whether ``word`` alone names a kind, as in `<port>`."""
    return word.upper() in _WORDS


def kind_of_default(name: str, default: str) -> str:
    """Return the kind of a key with a default: the name's, unless ``default`` is none of that kind."""
    words = name.upper().split("_")
    kind = kind_of_name(name)
    if default.lower() in TRUE | FALSE and not default.isdigit():
        return BOOL
    if default in {"0", "1"} and not _SWITCHES.isdisjoint(words):
        return BOOL
    if kind == SECRET and words[-1] == "KEY" and _KEYS_TO_SOMETHING.isdisjoint(words):
        return TEXT
    return kind if is_of_kind(kind, default) else TEXT


def is_of_kind(kind: str, value: str, *, bare: bool = False) -> bool:
    """Tell whether ``value`` is of ``kind``. A ``bare`` host has a key for its port, so it may hold no port itself."""
    if kind == PORT:
        return value.isascii() and value.isdigit() and value[0] != "0" and int(value) < 65536
    if kind == INT:
        digits = value.removeprefix("-").removeprefix("+")
        return digits.isascii() and digits.isdigit()
    if kind == BOOL:
        return value.lower() in TRUE or value.lower() in FALSE
    if kind == URL:
        return all(map(_is_url, listed(value)))
    return _is_host(value, bare=bare) if kind == HOST else True


def listed(value: str) -> list[str]:
    """Return the items of a list of URLs, with commas between them or in JSON; any other value is one item."""
    if value.startswith("[") and value.endswith("]"):
        value = value[1:-1]
        return [item.strip().strip("\"'") for item in value.split(",")]
    items = [item.strip() for item in value.split(",")]
    return items if len(items) > 1 and all("://" in item for item in items) else [value]


def _is_url(value: str) -> bool:
    if value.startswith("/") and not value.startswith("//"):
        return True  # of this very server
    scheme, mark, rest = value.partition("://")
    scheme = scheme.lower()
    plain = scheme.replace("+", "").replace("-", "").replace(".", "").replace(":", "").replace("_", "")
    if not mark or not plain.isalnum() or not plain.isascii() or scheme in _MISTYPED_HTTP or value != value.strip():
        return False
    if any(one.count(":") > 1 and not one.startswith("[") for one in authority(rest).split(",")):
        return False
    host, colon, port = authority(rest).rpartition(":")
    if colon and port.lstrip("-").isdigit() and "," not in host:
        return is_of_kind(PORT, port) and bool(host)
    has_word_for_port = bool(port) and bool(colon) and "." not in port and not host.startswith("[")
    return scheme not in {"http", "https"} or (bool(authority(rest)) and " " not in value and not has_word_for_port)


def authority(rest: str) -> str:
    """Return ``host:port`` of what follows ``://`` in a URL."""
    for mark in "/?#":
        rest = rest.partition(mark)[0]
    return rest.rpartition("@")[2]


def _is_host(value: str, *, bare: bool) -> bool:
    if value != value.strip() or any(character.isspace() for character in value):
        return False
    if not _NO_HOST.isdisjoint(value):
        return False
    parts = value.replace(",", ".").split(".")
    if all(part.isdigit() for part in parts):
        return len(parts) == 4 and "," not in value and all(int(part) < 256 for part in parts)
    if not bare or value.startswith("/"):  # a directory of sockets
        return True
    return "/" not in value and "@" not in value and (value.count(":") != 1 or "," in value)
