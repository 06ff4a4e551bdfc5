"""How to write a statement so that python-dotenv and docker compose read it alike: tried on both before it is said."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from envfence.contract.readers import compose_reader, python_reader
from envfence.contract.readers.entry import Entry
from envfence.contract.readers.template import TemplateError, references, substitute

NONE = "no spelling is read alike by both"
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


class Place(NamedTuple):
    """A statement of ``text`` and what the readers make of it: None where they have no value."""

    text: str
    entry: Entry
    key: str
    python: str | None
    compose: str | None


class Candidate(NamedTuple):
    """A form to try: how to say it, the whole file written so, and what both should read of a key, if of any."""

    name: str
    text: str
    key: str = ""
    value: str | None = None


def spelling(place: Place, environ: Mapping[str, str]) -> str:
    """Return the first form that both readers read alike, in words, or NONE."""
    for candidate in _candidates(place, environ):
        if _is_read_alike(candidate, place, environ):
            return f"both read it alike with {candidate.name}"
    return NONE


def _is_read_alike(candidate: Candidate, place: Place, environ: Mapping[str, str]) -> bool:
    python = python_reader.entries(candidate.text)
    compose = compose_reader.entries(candidate.text, environ)
    lines = range(place.entry.line, place.entry.end_line + 1)
    if any(entry.problem and (entry.line in lines or entry.end_line in lines) for entry in (*python, *compose)):
        return False
    if not candidate.key:
        return True
    read = {entry.key: entry.value for entry in compose}
    one, other = python_reader.resolve(python, environ).get(candidate.key), read.get(candidate.key)
    return one == other == candidate.value


def _candidates(place: Place, environ: Mapping[str, str]) -> Iterator[Candidate]:
    yield from _of_the_file(place)
    lines = place.text.split("\n")
    if place.entry.end_line > len(lines):
        return  # a lone CR ends lines to Python alone: nothing but another line end helps
    yield from _of_backticks(place, lines)
    yield from _of_the_statement(place, "\n".join(lines[place.entry.line - 1 : place.entry.end_line]), environ)


def _of_the_statement(place: Place, line: str, environ: Mapping[str, str]) -> Iterable[Candidate]:
    if line.startswith(_CONFLICT):
        return [_written(place, "the merge conflict resolved", "")]
    key, mark, raw = _split(line)
    if not mark or not key:
        bare = [_written(place, "`KEY=`", f"{key}=\n", key, "")] if key.isidentifier() else []
        return [*bare, _written(place, "the line removed", "")]
    plain = _plain_name(key)
    if plain != key or mark == ":":
        return _quoted(place, "KEY=value, the name of letters, digits and _ only", plain, raw)
    return _of_references(place, key, raw, environ) if "$" in raw else _of_values(place, key, raw)


def _of_the_file(place: Place) -> Iterator[Candidate]:
    """Yield forms that change characters and not the statement: what Python reads is what is meant."""
    text, key, value = place.text, place.key.lstrip("\ufeff"), place.python
    if value is not None and "\r" in text:
        yield Candidate("LF line ends", text.replace("\r\n", "\n").replace("\r", "\n"), key, value)
    line = text.split("\n")[min(place.entry.line, text.count("\n") + 1) - 1]
    name, _, rest = line.strip("\ufeff").replace("\uff1d", "=").partition("=")
    if "\ufeff" in line:
        yield _written(place, "the byte order mark removed", line.strip("\ufeff"), name, rest)
    if "\uff1d" in line or rest.startswith("\u3000"):
        yield _written(place, "ASCII characters", f"{name}={rest.lstrip()}", name.strip(), rest.strip())


def _of_backticks(place: Place, lines: list[str]) -> Iterator[Candidate]:
    """Yield the form of a value over several lines, of which compose refuses one and both take the others for names."""
    if "`" not in "".join(lines[place.entry.line - 1 : place.entry.end_line]):
        return
    for number in range(place.entry.line, 0, -1):
        key, mark, raw = _split(lines[number - 1])
        value, close, _ = "\n".join((raw[1:], *lines[number:])).partition("`")
        end = number + value.count("\n")
        if mark == "=" and raw.startswith("`") and close and end >= place.entry.line and end > number:
            start = place._replace(entry=place.entry._replace(line=number, end_line=end))
            yield _written(start, "double quotes", f'{key}="{value}"', key, value)


def _of_references(place: Place, key: str, raw: str, environ: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield forms of a value with `$`: a reference to write otherwise, or a literal `$` to keep."""
    literal = raw.startswith("'") or "\\$" in raw
    if not literal:
        with suppress(TemplateError):
            yield from _rewritten_references(place, key, raw, environ)
    meant = place.compose if literal or "${" in raw else place.python
    is_unclosed = "}" not in raw.rpartition("${")[2]
    if meant is None and is_unclosed:
        meant = raw
    if meant is None:
        return
    for name, written in _spelled(meant):
        said = name if literal or "${" not in raw or is_unclosed else f"the value itself in {name}"
        yield _written(place, said, f"{key}={written}", key, meant)


def _rewritten_references(place: Place, key: str, raw: str, environ: Mapping[str, str]) -> Iterator[Candidate]:
    known = {entry.key: entry.value or "" for entry in compose_reader.entries(place.text, environ)} | dict(environ)
    parts: list[str] = []
    names: list[str] = []
    for text, name, operator, argument in references(raw):
        parts.append(text)
        if not name:
            continue
        names.append(name)
        if not operator and name not in known:
            return
        default = f":-{substitute(argument, known.get)}" if operator.endswith("-") else ""
        parts.append(f"${{{name}{default}}}")
    said = "`${NAME}` or `${NAME:-default}`, one level deep and without another operator"
    value = "" if place.compose is None else place.compose  # compose stops where `:?` asks for a value
    yield _written(place, said, f"{key}={''.join(parts)}", key, value)
    empty = {f"{name}=" for name in names if known.get(name) == ""}
    text = "\n".join("#" + line if line.strip() in empty else line for line in place.text.split("\n"))
    yield Candidate("the empty key that it refers to removed", text, key, place.compose)


def _of_values(place: Place, key: str, raw: str) -> Iterator[Candidate]:
    """Yield forms of a value without `$`: what Python reads is meant, or where it reads nothing the text itself."""
    bare = python_reader.without_comment(raw)
    if place.python is not None and place.python in {bare, ""} and "#" in raw:
        yield _written(place, "the comment on a line of its own", f"{key}={place.python}", key, place.python)
    if place.python is not None and place.compose is not None:
        for name, written in _spelled(place.python):
            yield _written(place, name, f"{key}={written}", key, place.python)
        return
    yield from _quoted(place, "one pair of quotes around the whole value, closed", key, _opened(raw))


def _opened(raw: str) -> str:
    """Return what stands between broken quotes; SQL doubles a quote to keep it."""
    quote = raw[:1]
    return raw.removeprefix(quote).removesuffix(quote).replace(quote + quote, quote)


def _quoted(place: Place, said: str, key: str, raw: str) -> Iterator[Candidate]:
    quote = raw[:1]
    value = raw[1:-1] if len(raw) > 1 and raw.endswith(quote) and quote in "'\"" else raw
    for _, written in _spelled(value):
        yield _written(place, said, f"{key}={written}", key, value)


def _spelled(value: str) -> Iterator[tuple[str, str]]:
    yield "single quotes", f"'{value}'"
    yield "double quotes", f'"{value}"'
    yield "no quotes", value
    yield "single quotes and \\' for each '", "'" + value.replace("'", "\\'") + "'"


def _written(place: Place, name: str, statement: str, key: str = "", value: str | None = None) -> Candidate:
    lines = place.text.split("\n")
    kept = (*lines[: place.entry.line - 1], statement.removesuffix("\n"), *lines[place.entry.end_line :])
    return Candidate(name, "\n".join(kept).rstrip("\n") + "\n", key, value)


def _split(line: str) -> tuple[str, str, str]:
    line = line.strip()
    line = line.removeprefix("export ").lstrip() if line.startswith("export ") else line
    equals, colon = line.find("="), line.find(":")
    mark = "=" if equals >= 0 and (colon < 0 or equals < colon) else ":" if colon >= 0 else ""
    if not mark:
        return line, "", ""
    key, _, raw = line.partition(mark)
    return key.strip(), mark, raw.strip()


def _plain_name(key: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in key.strip("'\"")).strip()
