"""What is written down: release.json of a release, state.json of a host. Neither holds a value of an environment."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from envfence.errors import FenceError

CONTRACT = "contract"  # the phase of a migration that takes something away


class Migration(NamedTuple):
    """One migration. ``drops`` names tables, and columns as `table.column`; without any, a contract one tightens."""

    id: str
    below: tuple[str, ...]
    is_contract: bool = False
    is_destructive: bool = False  # its downgrade loses data
    drops: tuple[str, ...] = ()


class Release(NamedTuple):
    """A release. ``images`` is key to reference and digest, ``after`` service to what it starts after and how.

    ``versions`` is service to what its image was told that it is, for images that were built; ``services`` is service
    to the key of its image.
    """

    id: str
    commit: str
    branch: str = ""
    images: Mapping[str, tuple[str, str]] = {}
    head: str = ""
    migrations: tuple[Migration, ...] = ()
    needs: frozenset[str] = frozenset()
    compose: str = ""
    files: Mapping[str, str] = {}
    after: Mapping[str, Mapping[str, str]] = {}
    versions: Mapping[str, str] = {}
    services: Mapping[str, str] = {}

    def lineage(self, revision: str) -> list[Migration]:
        """Return a revision and all that it builds on, the newest first; nothing if it is not of this release."""
        every = {one.id: one for one in self.migrations}
        found: dict[str, Migration] = {}
        waiting = [revision]
        while waiting:
            if (here := waiting.pop(0)) in every and here not in found:
                found[here] = every[here]
                waiting += every[here].below
        return list(found.values())

    def between(self, older: str, newer: str) -> list[Migration]:
        """Return the migrations that lead from one revision to another, the newest first; "" is an empty database."""
        known = {one.id for one in self.lineage(older)}
        return [one for one in self.lineage(newer) if one.id not in known]


class Intent(NamedTuple):
    """A change that has begun on a host and has not ended."""

    release: str
    by: str = ""
    at: str = ""


class State(NamedTuple):
    """What a host was last told that it runs. ``intent`` is left where a runner died."""

    release: str = ""
    previous: str = ""
    env: str = ""
    schema: str = ""
    intent: Intent | None = None
    pinned: str = ""
    by: str = ""
    at: str = ""

    @property
    def document(self) -> dict[str, object]:
        """The state as a host keeps it."""
        return {**self._asdict(), "intent": self.intent._asdict() if self.intent else None}


def state_of(text: str) -> State:
    """Return the state that a host keeps; one that has none has not been rolled out to."""
    said = _table(text or "{}", "state.json")
    intent = said.pop("intent", None)
    known: dict[str, Any] = {key: str(value) for key, value in said.items() if key in State._fields}
    if not isinstance(intent, dict):
        return State(**known)
    table = cast("dict[str, Any]", intent)
    return State(**known, intent=Intent(**{key: str(table.get(key, "")) for key in Intent._fields}))


def release_of(text: str) -> Release:
    """Return the release that a release.json describes. Raise FenceError if it is none."""
    said = _table(text, "release.json")
    try:
        schema = said["schema"]
        images = {key: (one["reference"], one["digest"]) for key, one in said["images"].items()}
        return Release(
            id=said["id"],
            commit=said["commit"],
            branch=said.get("branch", ""),
            images=images,
            head=schema["head"] or "",
            migrations=tuple(_migration(one) for one in schema["migrations"]),
            needs=frozenset(said["needs"]),
            compose=said["compose"],
            files=said["files"],
            after=said["after"],
            versions=said["versions"],
            services=said["services"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise FenceError(f"release.json is of another version of envfence: it lacks {error}") from error


def _migration(said: Mapping[str, Any]) -> Migration:
    below: str | Sequence[str] | None = said["down"]
    return Migration(
        said["id"],
        (below,) if isinstance(below, str) else tuple(below or ()),
        said["phase"] == CONTRACT,
        bool(said["destructive"]),
        tuple(said["drops"]),
    )


def _table(text: str, name: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError as error:
        raise FenceError(f"{name} is no JSON") from error
    if not isinstance(said, dict):
        raise FenceError(f"{name} is no table")
    return cast("dict[str, Any]", said)
