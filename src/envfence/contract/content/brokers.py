"""Results that are kept in the Redis database of the broker: flushing one loses the other."""

from collections.abc import Iterator

from envfence.contract.content.endpoint import endpoints
from envfence.contract.environment import Environment
from envfence.detect.settings.rules import SHARED_REDIS
from envfence.finding import Finding


def shared_redis(environment: Environment) -> Iterator[Finding]:
    """Yield the keys for results that name the broker's database; on a developer's machine they may."""
    if environment.is_throwaway:
        return
    given = [(key, value) for key, value in environment.given() if "://" in value]
    brokers = {place for key, value in given if "BROKER" in key.upper() for place in _databases(value)}
    for key, value in given:
        if "RESULT" in key.upper() and not brokers.isdisjoint(_databases(value)):
            yield environment.found(SHARED_REDIS, key)


def _databases(value: str) -> list[tuple[str, str, str]]:
    """Return host, port and number of the Redis databases that a value names."""
    named = (endpoint for endpoint in endpoints(value) if endpoint.scheme in {"redis", "rediss"})
    return [(endpoint.host, endpoint.port or "6379", endpoint.path or "0") for endpoint in named]
