"""Keys that python-dotenv and docker compose read differently: how far apart, and the spelling both read alike."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from envfence.contract.readers import compose_reader, python_reader
from envfence.contract.readers.entry import Entry
from envfence.contract.readers.spelling import Place, spelling
from envfence.contract.rules import READERS_DISAGREE, found, shown
from envfence.finding import Finding

REFUSED: Mapping[str, str] = {"": "\0refused"}  # what a client read from a file that it refuses
MOST_SPELLED = 20  # statements of one file that another spelling is tried for,
MOST_READ_AGAIN = 100_000  # and characters: each try reads the whole file, and a broken one has a fault in every line


def disagreements(
    path: str,
    text: str,
    environ: Mapping[str, str],
    contract: Collection[str],
    client: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """Yield the keys of ``text`` that the two readers see differently, never with a value.

    ``client`` is what a docker compose client made of the file (REFUSED where it stops); without it the port decides.
    """
    python: Sequence[Entry] = python_reader.recovered(text)
    if any(entry.problem for entry in python):
        python = python_reader.entries(text)  # with what an open quote swallows, as the library reads it
    ported = compose_reader.entries(text, environ)
    refused = [entry for entry in ported if entry.problem]
    tries = iter(range(min(MOST_SPELLED, MOST_READ_AGAIN // (len(text) + 1))))
    for fault in refused:
        advice = _advice(Place(text, fault, fault.key or "", None, None), environ, tries)
        yield found(READERS_DISAGREE, path, fault.line, detail=f"compose refuses the file: {fault.problem}{advice}")
    if client is REFUSED and not refused:
        yield found(READERS_DISAGREE, path, 1, detail="the docker compose client of this machine refuses the file")
    theirs = python_reader.resolve(python, environ)
    read = _values(ported) if client is None or client is REFUSED else client
    gone = {line for entry in refused for line in range(entry.line, entry.end_line + 1)}
    last = {entry.key: entry for entry in (*ported, *python)}
    for key in dict.fromkeys((*theirs, *read)):
        one, other = theirs.get(key), read.get(key)
        entry = last.get(key) if one != other else None
        if entry is None or entry.line in gone:
            continue
        name = key if key in contract else shown(key) if key else ""
        advice = _advice(Place(text, entry, key, one, other), environ, tries)
        yield found(READERS_DISAGREE, path, entry.line, name, f"{_distance(one, other)}{advice}")


def _advice(place: Place, environ: Mapping[str, str], tries: Iterator[int]) -> str:
    return f"; {spelling(place, environ)}" if next(tries, None) is not None else ""


def _values(statements: Sequence[Entry]) -> dict[str, str]:
    return {entry.key: entry.value for entry in statements if entry.key is not None and entry.value is not None}


def _distance(one: str | None, other: str | None) -> str:
    """Return how far two readings are apart: lengths, and where they begin to differ, from 1."""
    if one is None or other is None:
        return f"{_length(one)} in python-dotenv, {_length(other)} in compose"
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return f"{_length(one)} in python-dotenv, {len(other)} in compose, different from character {same + 1}"


def _length(value: str | None) -> str:
    return "no value" if value is None else "1 character" if len(value) == 1 else f"{len(value)} characters"
