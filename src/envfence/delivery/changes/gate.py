"""What is still missing until a host is as a release wants it: every service, by health, configuration and answer."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from envfence.operate.engine import Container

READY = "ready"


class Replica(NamedTuple):
    """One container of a service; ``hash`` is compose's digest of its configuration, its image among it."""

    container: Container
    image: str
    hash: str

    @property
    def service(self) -> str:
        """The service that it belongs to."""
        return self.container.service


class Answer(NamedTuple):
    """What a service says of itself from inside a container."""

    status: str
    version: str = ""
    schema: str = ""


class Wanted(NamedTuple):
    """How a host is to be: replicas and configuration of each service, and what those that are asked answer."""

    replicas: Mapping[str, int]
    hashes: Mapping[str, str]
    versions: Mapping[str, str]  # of the services that are asked
    schema: str = ""


def unmet(wanted: Wanted, found: Sequence[Replica], answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    """Return what is not yet as it is wanted, a sentence for each service, nothing if all is."""
    return [
        said
        for service in wanted.replicas
        if (said := next(_unmet(wanted, service, found, answers.get(service, ())), ""))
    ]


def changed(wanted: Wanted, found: Iterable[Replica]) -> list[str]:
    """Return the services whose containers are not those that are wanted, whatever their health."""
    running: dict[str, list[str]] = {}
    for one in found:
        running.setdefault(one.service, []).append(one.hash if one.container.state == "running" else "")
    return [name for name, count in wanted.replicas.items() if running.get(name, []) != [wanted.hashes[name]] * count]


def failed(found: Iterable[Replica]) -> list[Replica]:
    """Return the containers that waiting does not help."""
    return [one for one in found if one.container.has_failed]


def answer_of(text: str) -> Answer:
    """Return what a probe printed; anything but a table of JSON counts as no answer."""
    try:
        said: Any = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return Answer("silent")
    table = cast("dict[str, Any]", said)
    return Answer(*(str(table.get(name) or "") for name in Answer._fields))


def _unmet(wanted: Wanted, service: str, found: Sequence[Replica], answers: Sequence[Answer]) -> Iterator[str]:
    own = [one for one in found if one.service == service]
    count = wanted.replicas[service]
    if not own:
        yield f"{service} does not run"
    for one in own:
        if one.hash != wanted.hashes[service]:
            yield f"{service} runs another configuration"
        if not one.container.is_settled or one.container.state != "running":
            yield f"{service} is {one.container.shown}"
    if len(own) != count:
        yield f"{service} has {len(own)} of {count} replicas"
    if service in wanted.versions:
        yield from _wrong(service, wanted, answers)


def _wrong(service: str, wanted: Wanted, answers: Sequence[Answer]) -> Iterator[str]:
    if len(answers) != wanted.replicas[service]:
        yield f"{service} answers from {len(answers)} of {wanted.replicas[service]} replicas"
    for one in answers:
        if one.status != READY:
            yield f"{service} says that it is {one.status or 'nothing'}"
        if one.version != wanted.versions[service]:
            yield f"{service} says that it is version {one.version}, not {wanted.versions[service]}"
        if wanted.schema and one.schema != wanted.schema:
            yield f"{service} sees schema {one.schema or 'none'}, not {wanted.schema}"
