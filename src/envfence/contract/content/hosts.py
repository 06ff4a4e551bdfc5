"""Hosts of one environment that belong to another: a developer's machine, another's server."""

import re
from collections.abc import Iterator, Mapping, Sequence

from envfence.contract import kinds
from envfence.contract.content.databases import family, host_stem, plain, words_of
from envfence.contract.content.endpoint import endpoints, is_address, is_loopback, is_relative, split_port
from envfence.contract.environment import Environment
from envfence.contract.rules import POINTS_AT_DEVELOPMENT
from envfence.contract.stages import DEVELOPMENT, KNOWN, PRODUCTION, TEST, is_known, stage_of, stages_in, words
from envfence.finding import WARNING, Finding

# What rightly runs beside the program, or is an address that it listens on.
_BESIDE = frozenset(
    "BIND LISTEN PUBLISH AGENT STATSD OTEL JAEGER SIDECAR PROXY COLLECTOR FLUENT FLUENTD FLUENTBIT "
    "SYSLOG LOG LOGS HEALTH HEALTHCHECK PROBE UVICORN GUNICORN SERVER NO DOCKER".split()
)
_MAIL = frozenset({"SMTP", "MAIL", "EMAIL"})
_ITSELF = "the machine itself"
_SERVERS = frozenset(
    "SERVERS BROKERS BROKER NODES HOSTS PEERS ENDPOINTS ADDRESSES SENTINELS TARGET UPSTREAM ENDPOINT BOOTSTRAP".split()
)
_OWN = frozenset("BACKEND FRONTEND FRONT WEBAPP GRAFANA AIRFLOW FLOWER SCHEDULER WORKER".split())  # each has its own
_DESKTOPS = frozenset("desktop laptop macbook imac notebook workstation pc".split())
_ROLES = ("db", "pg", "redis", "kafka", "influx", "cache", "api", "app", "web", "server", "srv", "host", "node")
_MEMBER = re.compile(r'"host"\s*:\s*"([^"]+)"')  # of an object in JSON
_AT_HOME = frozenset({"local", "lan", "home"})
_TUNNELS = (
    ".ngrok.io", ".ngrok.app", ".ngrok.dev", ".ngrok-free.app", ".ngrok-free.dev", ".trycloudflare.com", ".loca.lt",
    ".serveo.net", ".lhr.life", ".localhost.run", ".devtunnels.ms", ".lvh.me", ".localtest.me",
)  # fmt: skip
Uses = Mapping[str, Sequence[tuple[Environment, set[str]]]]
_SAME_FOR_ALL = ("dev.azure.com",)  # services of others whose name holds such a word


def misplaced_hosts(environments: Sequence[Environment], same_for_all: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield the hosts that an environment outside development should not use; some hosts are the same for all."""
    allowed = tuple(f".{host}" for host in (*_SAME_FOR_ALL, *same_for_all))
    named = [(environment, _hosts(environment)) for environment in environments]
    uses = _uses(named)
    for environment, of_keys in named:
        for key, hosts in of_keys.items():
            own = [host for host in hosts if not f".{host}".endswith(allowed)]
            reason = next(filter(None, (_reason(environment, key, host, uses[host]) for host in own)), "")
            if reason:
                # A relay on the server itself is possible; in a container there is none.
                is_possible = reason == _ITSELF and not _MAIL.isdisjoint(key.upper().split("_"))
                yield environment.found(POINTS_AT_DEVELOPMENT, key, reason, WARNING if is_possible else "")


def _uses(named: Sequence[tuple[Environment, dict[str, list[str]]]]) -> Uses:
    """Return each host with the environments that name it, and by which keys."""
    uses: dict[str, list[tuple[Environment, set[str]]]] = {}
    for environment, of_keys in named:
        for host in {host for hosts in of_keys.values() for host in hosts}:
            keys = {key for key, hosts in of_keys.items() if host in hosts}
            uses.setdefault(host, []).append((environment, keys))
    return uses


def _hosts(environment: Environment) -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for key, value in environment.given():
        found = [endpoint.host for endpoint in endpoints(value)] or list(filter(None, [words_of(value).get("host")]))
        found = found or (_MEMBER.findall(value) if value.startswith("{") else [])
        if not found and (environment.kind(key) == kinds.HOST or _lists_hosts(key, value)):
            found = [plain(split_port(part.strip())[0]) for part in value.split(",")]
        if found:
            hosts[key] = found
    return hosts


def _lists_hosts(key: str, value: str) -> bool:
    """Tell whether the name of a key speaks of servers, and the value has a host and a port for each."""
    if host_stem(key) and family(key) and not any(map(str.isspace, value)):
        return True
    if _SERVERS.isdisjoint(key.upper().split("_")) and not family(key):
        return False
    return all(port.isdecimal() and host for host, port in map(split_port, map(str.strip, value.split(","))))


def _reason(environment: Environment, key: str, host: str, uses: Sequence[tuple[Environment, set[str]]]) -> str:
    if environment.is_throwaway:
        return "" if is_relative(host) else _owner(environment, key, uses)
    if environment.stage == PRODUCTION and _is_own_machine(environment, key, host):
        return _ITSELF
    labels = "" if is_loopback(host) or is_address(host) else host.rpartition(".")[0] or host
    named = stages_in(labels) | {stage for label in labels.split(".") if (stage := _joined(label))}
    if named and environment.stage in KNOWN and environment.stage not in named and _is_below(environment, named):
        return "its name says another environment"
    if f".{host}".endswith(_TUNNELS) or _is_desktop(host):
        return "a developer's own machine"
    return "" if is_relative(host) else _owner(environment, key, uses)


def _joined(label: str) -> str:
    """Return the stage that a label such as `devdb01` or `apistg` names without a mark between the words."""
    label = label.rstrip("0123456789")
    for role in _ROLES:
        rest = label.removesuffix(role) if label.endswith(role) else label.removeprefix(role)
        if rest != label and len(rest) > 2 and is_known(rest):
            return stage_of(rest)
    return ""


def _is_desktop(host: str) -> bool:
    """Tell whether ``host`` is the name that a desktop has in its own network."""
    *_, last = labels = host.split(".")
    is_near = len(labels) == 1 or (len(labels) == 2 and last in _AT_HOME)
    return is_near and not _DESKTOPS.isdisjoint(words(labels[0]))


def _owner(environment: Environment, key: str, uses: Sequence[tuple[Environment, set[str]]]) -> str:
    """Return which environment a host belongs to, of production and another: the one that has more keys for it.

    Where both have as many, production is to be changed: nobody should reach it by another environment's keys. A host
    that neither has a service of its own on may be the same for all.
    """
    mine = next(keys for one, keys in uses if one is environment)
    for other, theirs in uses:
        if other.stage == environment.stage or PRODUCTION not in {environment.stage, other.stage}:
            continue
        is_equal = (
            len(mine) == len(theirs) and environment.stage == PRODUCTION and _is_one_service(key, other, environment)
        )
        if is_equal or (len(mine) < len(theirs) and any(map(_is_own_service, mine | theirs))):
            return f"also the host in {other.path}"
    return ""


def _is_one_service(key: str, other: Environment, environment: Environment) -> bool:
    is_same = other.values.get(key) == environment.values[key]
    return bool(family(key)) or (_is_own_service(key) and is_same)


def _is_own_service(key: str) -> bool:
    return bool(family(key)) or not _OWN.isdisjoint(key.upper().split("_"))


def _is_own_machine(environment: Environment, key: str, host: str) -> bool:
    if host == "0.0.0.0":  # noqa: S104  a server binds it; whoever dials it reaches itself
        return bool(family(key)) or "://" in environment.values[key]
    beside = _BESIDE - {"SERVER"} if family(key) else _BESIDE  # a database's server is none of the program's own
    return is_loopback(host) and beside.isdisjoint(key.upper().split("_")) and key.upper() != "HOST"


def _is_below(environment: Environment, named: set[str]) -> bool:
    return environment.stage == PRODUCTION or not named.isdisjoint({DEVELOPMENT, TEST})
