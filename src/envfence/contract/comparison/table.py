"""The matrix as a table: keys down, surfaces across, and what is wrong where. Nothing in it is a value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence.contract.comparison.survey import Survey
from envfence.contract.environment import Environment
from envfence.contract.grammar import DEFAULT, OPTIONAL, Key
from envfence.contract.rules import HIDDEN, shown
from envfence.contract.surfaces import CODE, DOCKERFILE, FALLS_BACK, REQUIRES, SETS, SHELL, STOPS, WORKFLOW, Use
from envfence.contract.surfaces.compose import uses as compose_uses
from envfence.contract.surfaces.known import is_given
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.finding import Finding
from envfence.stack.render import Stack

# What a cell says, and its mark in a terminal.
NEEDED, OPEN, SET, EMPTY, MISSING, EXTRA = "needed", "optional", "set", "empty", "missing", "not in the contract"
MARKS = {NEEDED: "R", OPEN: "o", SET: "+", EMPTY: "e", MISSING: "-", EXTRA: "x", "": "."}
_WORDS = {REQUIRES: NEEDED, STOPS: NEEDED, FALLS_BACK: OPEN, SETS: SET}


class Column(NamedTuple):
    """One surface: the group it stands in, its title, and the files whose findings belong to it."""

    group: str
    title: str
    paths: frozenset[str]


class Cell(NamedTuple):
    """What a surface says of a key: a word, "" for nothing, and whether a finding stands there."""

    word: str = ""
    is_wrong: bool = False


class Row(NamedTuple):
    """One key: its kind and description from the contract, a cell for each column, and its findings."""

    key: str
    kind: str
    description: str
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]


class Table(NamedTuple):
    """The matrix, and the findings that concern no key."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    others: tuple[Finding, ...]


def table(survey: Survey, findings: Sequence[Finding]) -> Table:
    """Return the matrix of ``survey`` with ``findings`` where they belong."""
    surfaces = list(_surfaces(survey))
    names = {name.upper(): name for name in _keys(survey)}
    by_key: dict[str, list[Finding]] = {name: [] for name in names.values()}
    others: list[Finding] = []
    for finding in findings:
        name = next((names[part] for part in _parts(finding.anchor) if part in names), "")
        (by_key[name] if name else others).append(finding)
    columns = tuple(column for column, _ in surfaces)
    rows = tuple(_row(name, survey.contract.get(name), surfaces, by_key[name]) for name in names.values())
    return Table(columns, rows, tuple(others))


def text(whole: Table) -> str:
    """Return the matrix for a terminal: columns by number, one mark in each cell, a finding's as `!`."""
    numbers = [str(number) for number in range(1, len(whole.columns) + 1)]
    width = max(map(len, numbers), default=1)
    margin = max((len(row.key) for row in whole.rows), default=0)
    legend = [f"{number:>{width}}  {column.title}" for number, column in zip(numbers, whole.columns, strict=True)]
    marks = "  ".join(f"{mark} {word or 'nothing'}" for word, mark in MARKS.items())
    lines = [
        *legend,
        "",
        f"{marks}  ! see the finding",
        "",
        " ".join([" " * margin, *(f"{n:>{width}}" for n in numbers)]),
    ]
    for row in whole.rows:
        cells = (f"{'!' if cell.is_wrong else MARKS[cell.word]:>{width}}" for cell in row.cells)
        rules = ", ".join(dict.fromkeys(finding.rule for finding in row.findings))
        lines.append(" ".join([f"{row.key:<{margin}}", *cells, rules]).rstrip())
    return "\n".join(lines) + "\n"


def _parts(anchor: str) -> Iterator[str]:
    """Yield the names in an anchor such as KEY, service.KEY or KEY=choice, the whole first."""
    yield anchor.upper()
    yield anchor.partition("=")[0].upper()
    yield anchor.rpartition(".")[2].upper()


def _keys(survey: Survey) -> list[str]:
    """Return the contract's keys in its order, then those that something else reads or holds."""
    read = {use.key for use in survey.uses if use.way != SETS and use.surface not in {WORKFLOW, DOCKERFILE}}
    fields = {
        field.keys[0] if one.case_sensitive else field.keys[0].upper() for one in survey.classes for field in one.fields
    }
    held = {key for one in survey.environments for key in one.values}
    named = {name.upper() for name in survey.contract}
    others = (key for key in read | fields | held if key.upper() not in named and shown(key) != HIDDEN)
    return [*survey.contract, *sorted(key for key in others if not is_given(key))]


def _surfaces(survey: Survey) -> Iterator[tuple[Column, Mapping[str, str]]]:
    """Yield each column with the words of its cells by upper-case key."""
    promised = {
        name.upper(): OPEN if key.form in {OPTIONAL, DEFAULT} else NEEDED for name, key in survey.contract.items()
    }
    yield Column("contract", survey.contract_path.rpartition("/")[2], frozenset({survey.contract_path})), promised
    for one in survey.environments:
        yield Column("environments", one.path.rpartition("/")[2], frozenset({one.path})), _held(one, survey.contract)
    for settings in survey.classes:
        if not settings.is_base:
            paths = frozenset({settings.path, *(field.path for field in settings.fields)})
            yield Column("settings", settings.name, paths), _fields(settings)
    yield from _used("program", "code", [use for use in survey.uses if use.surface == CODE])
    yield from _used("program", "scripts", [use for use in survey.uses if use.surface == SHELL])
    for stack in survey.stacks:
        yield from _used("stacks", f"stack {stack.environment}".strip(), _of_stack(stack))
    yield from _used("delivery", "workflows", [use for use in survey.uses if use.surface == WORKFLOW])
    yield from _used("delivery", "Dockerfiles", [use for use in survey.uses if use.surface == DOCKERFILE])


def _held(one: Environment, contract: Mapping[str, Key]) -> dict[str, str]:
    words = {key.upper(): SET if value else EMPTY for key, value in one.values.items()}
    for key in one.values:
        if contract and key not in contract:
            words[key.upper()] = EXTRA
    for name, promised in contract.items():
        if name not in one.values and promised.form != OPTIONAL and one.name and promised.is_for(one.name):
            words[name.upper()] = MISSING
    return words


def _fields(settings: SettingsClass) -> dict[str, str]:
    words: dict[str, str] = {}
    for field in settings.fields:
        for key in field.keys:
            words[key.upper()] = NEEDED if field.required else OPEN
    return words


def _of_stack(stack: Stack) -> list[Use]:
    return [use for layer in stack.layers for use in compose_uses(layer)]


def _used(group: str, title: str, uses: Iterable[Use]) -> Iterator[tuple[Column, Mapping[str, str]]]:
    """Yield one column for some uses, none if there are none. What needs a value outweighs what does not."""
    words: dict[str, str] = {}
    paths: set[str] = set()
    for use in uses:
        paths.add(use.path)
        if words.get(use.key.upper()) != NEEDED:
            words[use.key.upper()] = _WORDS[use.way]
    if paths:
        yield Column(group, title, frozenset(paths)), words


def _row(
    name: str, key: Key | None, surfaces: Sequence[tuple[Column, Mapping[str, str]]], findings: Sequence[Finding]
) -> Row:
    wrong = {at for finding in findings for at in _places(finding.path, name.upper(), surfaces)}
    cells = tuple(Cell(words.get(name.upper(), ""), at in wrong) for at, (_, words) in enumerate(surfaces))
    return Row(name, key.kind if key else "", key.description if key else "", cells, tuple(findings))


def _places(path: str, name: str, surfaces: Sequence[tuple[Column, Mapping[str, str]]]) -> list[int]:
    """Return the columns that a finding on ``name`` belongs to: those of its file, if they can those with the key."""
    of_file = [at for at, (column, _) in enumerate(surfaces) if path in column.paths]
    return [at for at in of_file if surfaces[at][1].get(name)] or of_file
