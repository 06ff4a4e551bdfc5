"""The order in which hosts change, and the order in which the services of one host do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from envfence.stack.render import ENDED


class HasRoles(Protocol):
    """What is asked of a host here."""

    @property
    def roles(self) -> tuple[str, ...]: ...  # noqa: D102


H = TypeVar("H", bound=HasRoles)


def waves(hosts: Iterable[H], roles: Iterable[str]) -> list[tuple[H, ...]]:
    """Return the hosts in waves, one for each role in their order; a host of two roles is in the first of them."""
    left = list(hosts)
    found: list[tuple[H, ...]] = []
    for role in roles:
        wave = tuple(host for host in left if role in host.roles)
        left = [host for host in left if role not in host.roles]
        found += [wave] if wave else []
    return found


def groups(services: Sequence[str], after: Mapping[str, Mapping[str, str]]) -> list[tuple[str, ...]]:
    """Return the services of one host in groups, each to be started when the one before it is healthy."""
    own = set(services)
    depth: dict[str, int] = {}

    def deep(name: str, above: frozenset[str]) -> int:
        if name not in depth:
            waits = [one for one in after.get(name, {}) if one in own and one not in above]
            depth[name] = 1 + max((deep(one, above | {name}) for one in waits), default=-1)
        return depth[name]

    found: dict[int, list[str]] = {}
    for name in services:
        found.setdefault(deep(name, frozenset()), []).append(name)
    return [tuple(found[level]) for level in sorted(found)]


def before(
    services: Iterable[str], after: Mapping[str, Mapping[str, str]], elsewhere: Iterable[str]
) -> tuple[str, ...]:
    """Return the one-shot services that have to end before ``services`` start and that nothing else runs."""
    skipped = set(elsewhere)
    waits = (one for name in services for one, how in after.get(name, {}).items() if how == ENDED)
    return tuple(dict.fromkeys(one for one in waits if one not in skipped))
