"""Ports that two services claim, and the origins that may call the API."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from envfence.contract import kinds
from envfence.contract.content.endpoint import endpoints, is_loopback, split_port
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
    "MAILPIT": "mailpit", "LOKI": "loki", "JAEGER": "jaeger", "VAULT": "vault", "SUPERSET": "superset",
    "METABASE": "metabase", "DAGSTER": "dagster", "PREFECT": "prefect", "JENKINS": "jenkins", "OLLAMA": "ollama",
    "RABBIT": "rabbitmq", "AMQP": "rabbitmq", "SMTP": "mail", "MAIL": "mail", "EMAIL": "mail",
}  # fmt: skip
_VAGUE = frozenset(
    "BASE PUBLIC SITE APP ROOT CALLBACK REDIRECT ORIGIN ORIGINS CORS INTERNAL EXTERNAL PROXY GATEWAY HEALTH WEB SERVER "
    "MAIN DEFAULT ALLOWED TRUSTED LOGIN LOGOUT AUTH OAUTH NEXTAUTH WEBHOOK DOCS WS WEBSOCKET BROKER CELERY RESULT "
    "QUEUE WORKER SERVICE HOST DOMAIN URL SESSION LOCK RATE LIMIT".split()
)
_OF_QUEUES = frozenset({"WORKER", "BROKER", "CELERY", "RESULT", "QUEUE"})
_PUBLISHED = ("_PUBLISH_PORT", "_PUBLISHED_PORT", "_EXPOSED_PORT", "_EXTERNAL_PORT", "_HOST_PORT")
_ADDRESSES = ("_ADDR", "_ADDRESS", "_ENDPOINT", "_LISTEN", "_BIND")
_WEB = frozenset({"http", "https"})
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 it is looked for, not bound
_SCHEMES = {
    "postgresql": "sql", "postgres": "sql", "mysql": "sql", "redis": "redis", "rediss": "redis", "mongodb": "mongodb",
    "amqp": "rabbitmq", "amqps": "rabbitmq",
}  # fmt: skip


class Claim(NamedTuple):
    """A key that says: this service is on this host and port. A service that is not known may be another's name.

    ``is_written`` is false for a port that is only its scheme's own, and ``by_scheme`` true for a service that only the
    scheme tells.
    """

    key: str
    service: str
    known: bool
    host: str
    port: str
    is_written: bool = True
    by_scheme: bool = False


def port_clashes(environment: Environment) -> Iterator[Finding]:
    """Yield the keys whose service is on the host and port of another service named above it."""
    claimed: dict[tuple[str, str], list[Claim]] = {}
    known = (claim for claim in _claims(environment) if claim.known)
    for claim in sorted(known, key=lambda claim: environment.lines.get(claim.key, 1)):
        others = claimed.setdefault((claim.host, claim.port), [])
        other = next((other for other in others if _differ(claim, other)), None)
        others.append(claim)
        if other is not None:
            named = f"as {other.key}" if other.key in environment.contract else ""
            yield environment.found(PORT_CLASH, claim.key, named)


def _differ(one: Claim, other: Claim) -> bool:
    """Tell whether two claims of one host and port are of two services.

    One proxy may serve a frontend and its backend as `https://host`, and WAREHOUSE_HOST may be that of
    WAREHOUSE_URL=postgresql://...
    """
    services = {one.service, other.service}
    is_named = services <= set(_SERVICES.values()) or not (one.by_scheme or other.by_scheme)
    is_one_site = services == {"frontend", "backend"} and not (one.is_written or other.is_written)
    return len(services) == 2 and is_named and not is_one_site


def _claims(environment: Environment) -> Iterator[Claim]:
    for key, value in environment.given():
        upper = key.upper()
        stem = next((key[: -len(end)] for end in _PUBLISHED if upper.endswith(end)), "")
        host = "" if stem else environment.values.get(f"{key[:-5]}_HOST", "")
        # A port without a host is published on a developer's machine; on a server it may be a container's own.
        is_published = bool(stem) or (environment.is_throwaway and f"{key[:-5]}_HOST" not in environment.values)
        if value.isdigit() and upper.endswith("_PORT") and (host or is_published):
            local = "localhost"  # envfence: ignore[fallback-value] published without a host is published here
            claim = _claim(key, stem or key[:-5], host or local, value)
            yield claim if host or stem else claim._replace(known=claim.service in _SERVICES.values())
        elif upper.endswith(_ADDRESSES) and "://" not in value:
            yield from _address(key, value)
        elif "CORS" not in upper and "ORIGIN" not in upper:
            yield from _urls(key, value)


def _address(key: str, value: str) -> Iterator[Claim]:
    """Yield the claim of `METRICS_LISTEN=0.0.0.0:9100`, and of a known service's `host:port`."""
    host, port = split_port(value)
    stem, _, word = key.rpartition("_")
    if host and port.isdigit():
        claim = _claim(key, stem, host, port)
        yield claim._replace(known=claim.service in _SERVICES.values() or word.upper() in {"LISTEN", "BIND"})


def _urls(key: str, value: str) -> Iterator[Claim]:
    for endpoint in endpoints(value):
        port = endpoint.dialled
        if not port.isdigit():
            continue
        if endpoint.scheme in _WEB and not endpoint.path:
            claim = _claim(key, key.rpartition("_")[0] or key, endpoint.host, port)
            yield claim._replace(known=claim.service in _SERVICES.values(), is_written=bool(endpoint.port))
        elif service := _SCHEMES.get(endpoint.scheme.partition("+")[0]):
            yield Claim(key, service, True, _one_name(endpoint.host), port, bool(endpoint.port), by_scheme=True)


def _claim(key: str, stem: str, host: str, port: str) -> Claim:
    """Return a claim. A key with a host and a port of its own is a service even where its name is not known."""
    words, service = stem.upper().split("_"), service_of(stem)
    if not _OF_QUEUES.isdisjoint(words) and service == "backend":  # WORKER_RESULT_BACKEND is where results go
        return Claim(key, stem, False, _one_name(host), port)
    is_vague = not service and all(word in _VAGUE for word in words)
    return Claim(key, service or stem, not is_vague, _one_name(host), port)


def service_of(stem: str) -> str:
    """Return the service that a name such as STOCK_GRAFANA speaks of, "" if it is none that is known."""
    return next((_SERVICES[word] for word in reversed(stem.upper().split("_")) if word in _SERVICES), "")


def _one_name(host: str) -> str:
    """Return one name for this machine, which a server on every address has too."""
    return "localhost" if is_loopback(host) or host in _EVERYWHERE else host.lower()


def unlisted_origins(environment: Environment) -> Iterator[Finding]:
    """Yield the keys that list CORS origins and let anybody in, or leave the frontend out."""
    for key, value in environment.given():
        upper = key.upper()
        if upper.endswith("CORS") or ("ORIGIN" in upper and ("CORS" in upper or "ALLOW" in upper)):
            reason = _why_unlisted(environment, upper, value)
            if reason:
                yield environment.found(CORS_NOT_LISTED, key, reason)


def _why_unlisted(environment: Environment, key: str, value: str) -> str:
    written = {part.strip(" \t\"'[]") for part in value.replace(",", " ").split()} - {""}
    listed = {origin.rstrip("/") for origin in written}
    is_expression = "REGEX" in key or "PATTERN" in key
    if _is_open(key, value, listed) or (is_expression and _lets_in_a_stranger(value)):
        return "" if environment.is_throwaway else "it lets every origin in"
    if "null" in listed and not environment.is_throwaway:
        return "any page in a sandbox or a file says that it is null"
    is_list = "ORIGIN" in key and value.lower() not in kinds.TRUE | kinds.FALSE and not is_expression
    if is_list and not environment.is_throwaway and any("://*." in origin for origin in listed):
        return "origins are compared as they stand: `*.` is a part of none"
    if is_list and _lacks_frontend(environment, listed):
        return "it lacks the origin of the frontend"
    return "no browser sends a slash at the end of an origin" if listed != written else ""


def _is_open(key: str, value: str, listed: set[str]) -> bool:
    if not listed.isdisjoint({"*", ".*", "all", "http://*", "https://*"}):
        return True
    return value.lower() in kinds.TRUE and "ALL" in key.split("_")


def _lets_in_a_stranger(expression: str) -> bool:
    """Tell whether an expression for origins takes one that nobody can have meant."""
    try:
        return bool(re.match(expression.strip("/"), "https://envfence-probe.invalid"))
    except re.error:
        return False


def _lacks_frontend(environment: Environment, listed: set[str]) -> bool:
    return any(_is_left_out(origin, listed) for origin in _frontends(environment))


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
