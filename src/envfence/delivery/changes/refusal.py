"""Why a rollout must not begin, from what is written down alone."""

from collections.abc import Callable, Iterator, Mapping

from envfence.delivery.changes.way_back import lost
from envfence.delivery.releases.record import Release, State


def refusals(
    new: Release,
    states: Mapping[str, State],
    running: Mapping[str, Release],
    schema: str,
    descends: Callable[[str, str], bool],
) -> Iterator[str]:
    """Yield each reason, for a database at revision ``schema``.

    ``running`` are the releases of hosts by id, ``descends(commit, of)`` asks git.
    """
    yield from _pins(states)
    yield from _older(new, running, descends)
    yield from _contract(new, states, running, schema)


def _pins(states: Mapping[str, State]) -> Iterator[str]:
    pinned = sorted({state.pinned for state in states.values() if state.pinned})
    if pinned:
        yield f"the fleet is pinned to {', '.join(pinned)} by a rollback; `envfence rollback --unpin` lets rollouts in"


def _older(new: Release, running: Mapping[str, Release], descends: Callable[[str, str], bool]) -> Iterator[str]:
    for one in running.values():
        if one.commit != new.commit and not descends(new.commit, one.commit):
            yield (
                f"commit {new.commit[:12]} does not hold {one.commit[:12]}, which runs ({one.id}); "
                "`envfence rollback` goes back"
            )


def _contract(new: Release, states: Mapping[str, State], running: Mapping[str, Release], schema: str) -> Iterator[str]:
    """Yield what code that runs still needs, and contract steps that come together with what they end."""
    for one in (one for one in new.between(schema, new.head) if one.is_contract):
        for release in running.values():
            if gone := lost(one, release.needs):
                hosts = ", ".join(sorted(name for name, state in states.items() if _runs(state, release.id)))
                yield f"migration {one.id} takes {', '.join(gone)} away, which {release.id} on {hosts} needs"
            elif not one.drops and not set(one.below) <= {below.id for below in release.lineage(release.head)}:
                yield (
                    f"migration {one.id} tightens what it builds on, and {release.id}, which runs, knows neither; "
                    "roll the first out without the second"
                )


def _runs(state: State, release: str) -> bool:
    return release in {state.release, state.intent.release if state.intent else ""}
