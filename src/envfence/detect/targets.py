"""Whether a host is one that the program connects to: by whose it is, by the name it goes by, and by the call."""

from envfence.detect import addresses as a
from envfence.detect import calls, names, places, ports
from envfence.detect.scope import Scope
from envfence.literals import DEFAULT, Literal

OURS = (a.LOCAL, a.OWN)
CONNECT = ".connect"  # whatever its first argument is called, it is a host
_OWN_HOSTS = frozenset(  # words before "host" that name our own server
    "listen bind transport mcp flask uvicorn gunicorn fastapi dashboard webserver http listener vite app"
    " streamlit".split()
)
_OF_BUILDS = (["vite"], ["react", "app"])  # what the names of variables begin with that a page is built from
_CONTENT = frozenset("json data params body payload headers".split())  # of a request: what is sent, and no target


def is_of_own_server(use: Literal) -> bool:
    """Return whether a name that the value goes by says that our own server is found there: FLASK_HOST."""
    said = (use.name, *(use.path[-1:] if use.role == DEFAULT else ()))
    return any(names.is_host_name(name) and not _OWN_HOSTS.isdisjoint(_before_host(name)) for name in said)


def _before_host(name: str) -> list[str]:
    """Return the words before "host": VITE_DB_HOST is no host of Vite's."""
    words = list(names.words(name)[:-1])
    for prefix in _OF_BUILDS:
        if words[: len(prefix)] == prefix and len(words) > len(prefix):
            return words[len(prefix) :]
    return words


def is_host(use: Literal, host: str, scope: Scope) -> bool:
    """Return whether a host without a port is a target."""
    return _pins(use, host, scope) or _is_service(use, host, scope)


def is_with_port(use: Literal, host: str, scope: Scope) -> bool:
    """Return whether a host is a target that its port stands behind: a local one can be nothing else."""
    return _pins(use, host, scope, has_port=True) or _is_service_of_client(use, host, scope)


def _pins(use: Literal, host: str, scope: Scope, *, has_port: bool = False) -> bool:
    owner = scope.owner_of(host)
    if owner not in OURS:
        return False
    if calls.connects(use.call) and use.argument not in _CONTENT:
        return True
    if is_of_own_server(use):
        return owner == a.LOCAL and has_port
    if _says_host(use):
        return True
    is_fallback = use.role == DEFAULT and use.name.isupper()  # rabbit_host_funds = getenv("FUNDS", …)
    mentions = is_fallback and any(names.mentions_host(name) for name in (use.name, *use.path[-1:]))
    return owner == a.LOCAL and (has_port or mentions or names.is_url_name(use.name) or ports.is_of_service(use.name))


def _is_service(use: Literal, host: str, scope: Scope) -> bool:
    """A service's name, where it is surely connected to: `mqtt.connect("broker", 1883)`, `Redis("cache", 6380)`."""
    if use.argument != "0" or use.name or scope.owner_of(host) != a.SERVICE:
        return False
    if use.call.endswith(CONNECT):
        return True
    return calls.takes_address(use.call) and ports.next_to(use, scope.text) is not None


def _is_service_of_client(use: Literal, host: str, scope: Scope) -> bool:
    """A service's name with its port in a client's own call: `KafkaProducer(bootstrap_servers="k1:9092")`."""
    if scope.owner_of(host) != a.SERVICE or places.is_configuration(scope.path) or not calls.takes_address(use.call):
        return False
    return not use.name or names.is_host_name(use.name)


def _says_host(use: Literal) -> bool:
    """A name that the value goes by says host; a default goes by its variable's too."""
    said = (use.name, use.argument, *(use.path[-1:] if use.role == DEFAULT else ()))
    return any(names.is_host_name(name) for name in said)
