"""Ports that two services claim, and the origins that may call the API."""

from collections.abc import Iterator
from typing import NamedTuple

from envfence.contract.endpoint import endpoints, is_address, is_loopback
from envfence.contract.environment import Environment
from envfence.contract.rules import CORS_NOT_LISTED, PORT_CLASH
from envfence.finding import Finding

# Words of a key that tell the service; two words of one service have one value here.
_SERVICES = {
    "FRONTEND": "frontend", "FRONT": "frontend", "UI": "frontend", "WEBAPP": "frontend", "CLIENT": "frontend",
    "SPA": "frontend", "BACKEND": "backend", "API": "backend", "GRAFANA": "grafana", "AIRFLOW": "airflow",
    "INFLUX": "influxdb", "INFLUXDB": "influxdb", "PROMETHEUS": "prometheus", "FLOWER": "flower", "JUPYTER": "jupyter",
    "PGADMIN": "pgadmin", "ADMINER": "adminer", "MINIO": "minio", "KIBANA": "kibana", "MLFLOW": "mlflow",
    "KEYCLOAK": "keycloak", "MAILHOG": "mailhog", "RABBITMQ": "rabbitmq", "DB": "sql", "DATABASE": "sql",
    "POSTGRES": "sql", "POSTGRESQL": "sql", "PG": "sql", "TIMESCALE": "sql", "TIMESCALEDB": "sql", "MYSQL": "sql",
    "REDIS": "redis", "CACHE": "redis", "MONGO": "mongodb", "MONGODB": "mongodb", "ELASTICSEARCH": "elastic",
}  # fmt: skip
_VAGUE = frozenset(
    "BASE PUBLIC SITE APP ROOT CALLBACK REDIRECT ORIGIN ORIGINS CORS INTERNAL EXTERNAL PROXY GATEWAY HEALTH WEB SERVER "
    "MAIN DEFAULT ALLOWED TRUSTED LOGIN LOGOUT AUTH OAUTH NEXTAUTH WEBHOOK DOCS WS WEBSOCKET BROKER CELERY RESULT "
    "QUEUE SERVICE HOST DOMAIN URL".split()
)
_PUBLISHED = ("_PUBLISH_PORT", "_PUBLISHED_PORT", "_EXPOSED_PORT", "_EXTERNAL_PORT", "_HOST_PORT")
_WEB = frozenset({"http", "https"})


class Claim(NamedTuple):
    """A key that says: this service is on this host and port."""

    key: str
    service: str
    known: bool
    host: str
    port: str


def port_clashes(environment: Environment) -> Iterator[Finding]:
    """Yield the keys whose service is on the host and port of another service named above it."""
    first: dict[tuple[str, str], Claim] = {}
    for claim in sorted(_claims(environment), key=lambda claim: environment.lines.get(claim.key, 1)):
        other = first.setdefault((claim.host, claim.port), claim)
        if other.service != claim.service and _are_two(claim, other):
            yield environment.found(
                PORT_CLASH, claim.key, f"as {other.key}" if other.key in environment.contract else ""
            )


def _are_two(one: Claim, other: Claim) -> bool:
    """Tell two services from two names of one, such as a gateway's."""
    return (one.known and other.known) or not one.host or is_loopback(one.host) or is_address(one.host)


def _claims(environment: Environment) -> Iterator[Claim]:
    for key, value in environment.given():
        stem = next((key[: -len(end)] for end in _PUBLISHED if key.upper().endswith(end)), "")
        if stem and value.isdigit() and key.upper() != "DB_HOST_PORT":
            yield _claim(key, stem, "", value)
        elif key.upper().endswith("_PORT") and value.isdigit() and environment.values.get(key[:-5] + "_HOST"):
            yield _claim(key, key[:-5], environment.values[key[:-5] + "_HOST"], value)
        else:
            yield from _urls(key, value)


def _urls(key: str, value: str) -> Iterator[Claim]:
    if "CORS" in key.upper() or "ORIGIN" in key.upper():
        return
    for endpoint in endpoints(value):
        if not endpoint.port or not endpoint.port.isdigit():
            continue
        if endpoint.scheme in _WEB and not endpoint.path:
            yield _claim(key, key.rpartition("_")[0] or key, endpoint.host, endpoint.port)
        elif endpoint.scheme.partition("+")[0] in {"postgresql", "postgres", "mysql"}:
            yield Claim(key, "sql", True, _one_name(endpoint.host), endpoint.port)
        elif endpoint.scheme in {"redis", "rediss"}:
            yield Claim(key, "redis", True, _one_name(endpoint.host), endpoint.port)


def _claim(key: str, stem: str, host: str, port: str) -> Claim:
    words = stem.upper().split("_")
    service = next((_SERVICES[word] for word in reversed(words) if word in _SERVICES), "")
    vague = not service and all(word in _VAGUE for word in words)
    # A vague name says nothing about the service: give it a port of its own, so that it never clashes.
    return Claim(key, service or stem, bool(service), _one_name(host), f"{port} {key}" if vague else port)


def _one_name(host: str) -> str:
    return "localhost" if is_loopback(host) else host.lower()


def unlisted_origins(environment: Environment) -> Iterator[Finding]:
    """Yield the keys that list CORS origins and let anybody in, or leave the frontend out."""
    for key, value in environment.given():
        upper = key.upper()
        lists = ("CORS" in upper or "ALLOW" in upper) and "ORIGIN" in upper and "REGEX" not in upper
        if not lists or value.lower() in {"true", "false"}:
            continue
        listed = {part.strip(" \t\"'[]").rstrip("/") for part in value.replace(",", " ").split()} - {""}
        if "*" in listed:
            if not environment.is_throwaway:
                yield environment.found(CORS_NOT_LISTED, key, "it lets every origin in")
        elif any(_is_left_out(origin, listed) for origin in _frontends(environment)):
            yield environment.found(CORS_NOT_LISTED, key, "it lacks the origin of the frontend")


def _is_left_out(origin: str, listed: set[str]) -> bool:
    if origin in listed:
        return False
    scheme, _, host = origin.partition("://")
    wild = (entry.partition("://") for entry in listed if "://*." in entry)
    return not any(scheme == start and host.endswith(end.removeprefix("*")) for start, _, end in wild)


def _frontends(environment: Environment) -> Iterator[str]:
    served = {
        endpoint.origin
        for key, value in environment.given()
        if key.upper() in {"BACKEND_URL", "API_URL"}
        for endpoint in endpoints(value)
    }
    for key, value in environment.given():
        if key.upper() in {"FRONTEND_URL", "FRONT_URL", "UI_URL", "WEBAPP_URL"}:
            for endpoint in endpoints(value):
                if endpoint.scheme in _WEB and endpoint.origin not in served:
                    yield endpoint.origin
