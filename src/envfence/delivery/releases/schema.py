"""What a release says of its database: its migrations, which of them take something away, and what its code needs."""

import ast
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from envfence.delivery.releases.record import CONTRACT
from envfence.errors import FenceError
from envfence.operate import engine
from envfence.operate.database.lint import sections

EXPAND = "expand"  # the other phase, of a migration that takes nothing away
_NAME = r'(?:"?\w+"?\.)?"?(\w+)"?'
_CREATED = re.compile(rf"\bCREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_DROPPED_TABLE = re.compile(
    rf"\bDROP\s+(?:TABLE|VIEW|MATERIALIZED\s+VIEW)\s+(?:IF\s+EXISTS\s+)?{_NAME}"
    rf"|\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME}\s+RENAME\s+TO\b",
    re.IGNORECASE,
)
_ALTERED = re.compile(rf"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?{_NAME}\s+(.*)", re.IGNORECASE | re.DOTALL)
_DROPPED_COLUMN = re.compile(
    r"\bDROP\s+(?:COLUMN\s+(?:IF\s+EXISTS\s+)?)(?:\"?(\w+)\"?)|\bRENAME\s+(?:COLUMN\s+)?(?!TO\b|CONSTRAINT\b)\"?(\w+)\"?\s+TO\b",
    re.IGNORECASE,
)
_TIGHTENED = re.compile(
    r"\bSET\s+NOT\s+NULL\b|\bALTER\s+(?:COLUMN\s+)?\"?\w+\"?\s+(?:SET\s+DATA\s+)?TYPE\b|\bDROP\s+DEFAULT\b"
    r"|\bADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b",
    re.IGNORECASE,
)
_ADDED = re.compile(r"\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b|CHECK\b|UNIQUE\b|PRIMARY\b|FOREIGN\b)", re.IGNORECASE)
_UNIQUE_INDEX = re.compile(rf"\bCREATE\s+UNIQUE\s+INDEX\b.*?\bON\s+(?:ONLY\s+)?{_NAME}", re.IGNORECASE | re.DOTALL)


class Migration(NamedTuple):
    """One migration. ``drops`` names tables, and columns as `table.column`."""

    id: str
    down: tuple[str, ...]
    phase: str
    destructive: bool
    drops: tuple[str, ...]


class Schema(NamedTuple):
    """``head`` is the revision that the code was written for, ``oldest`` the first that it runs on, "" for none."""

    head: str
    oldest: str
    migrations: tuple[Migration, ...]
    needs: tuple[str, ...]


NONE = Schema("", "", (), ())


def asked(image: str) -> Schema:
    """Return what a built image says of its database, run without network or values. Raise FenceError if it cannot."""
    with open(os.path.join(os.path.dirname(__file__), "child_schema.txt"), encoding="utf-8") as stream:
        program = stream.read()
    command = ("docker", "run", "--rm", "--network", "none", "--pull", "never", "--entrypoint", "python", image)
    done = engine.run((*command, "-c", program))
    if done.code:
        what = f"the image {image} cannot be asked for its migrations, offline and without settings"
        raise FenceError(f"{what}: {done.last_word}")
    return schema_of(json.loads(done.out.splitlines()[-1]))


def schema_of(said: Mapping[str, Any]) -> Schema:
    """Return the schema from what child_schema.txt prints. Raise FenceError for more than one head."""
    every = sections(said["sql"])
    found = tuple(
        _migration(one["id"], tuple(one["down"]), one["text"], every.get(one["id"], "")) for one in said["migrations"]
    )
    below = {other for one in found for other in one.down}
    heads = [one.id for one in found if one.id not in below]
    if len(heads) > 1:
        raise FenceError(f"the migrations have heads {' and '.join(heads)}; `alembic merge heads` first")
    head = heads[0] if heads else ""
    return Schema(head, _oldest(found, head), found, tuple(said["needs"]))


def _migration(identity: str, down: tuple[str, ...], text: str, sql: str) -> Migration:
    marks = dict(_marks(text))
    drops, tightens = effects(sql)
    phase = marks.get("phase", CONTRACT if drops or tightens else EXPAND)
    if phase not in {EXPAND, CONTRACT}:
        raise FenceError(f'migration {identity}: phase is "{EXPAND}" or "{CONTRACT}"')
    return Migration(identity, down, phase, "destroys" in marks, drops)


def effects(sql: str) -> tuple[tuple[str, ...], bool]:
    """Return what the SQL of one migration drops or renames, and whether it tightens a table that was there before."""
    created: set[str] = set()
    drops: list[str] = []
    tightens = False
    for statement in _statements(sql):
        created.update(_CREATED.findall(statement))
        drops += [
            table for pair in _DROPPED_TABLE.findall(statement) for table in pair if table and table not in created
        ]
        if unique := _UNIQUE_INDEX.search(statement):
            tightens = tightens or unique[1] not in created
        if (altered := _ALTERED.search(statement)) and altered[1] not in created:
            columns = [name for pair in _DROPPED_COLUMN.findall(altered[2]) for name in pair if name]
            drops += [f"{altered[1]}.{column}" for column in columns]
            tightens = tightens or _is_tightening(altered[2])
    return tuple(dict.fromkeys(drops)), tightens


def _is_tightening(action: str) -> bool:
    if _TIGHTENED.search(action) and "NOT VALID" not in action.upper():
        return True
    # A row that older code writes lacks the column: without a default it is refused.
    return bool(_ADDED.search(action)) and "NOT NULL" in action.upper() and "DEFAULT" not in action.upper()


def _statements(sql: str) -> Iterator[str]:
    text = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return (one.strip() for one in text.split(";"))


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a migration's file says of itself: `phase = "contract"`, and that its downgrade loses data."""
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id == "phase":
                yield "phase", str(node.value.value)
        if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
            calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
            if any(isinstance(one, ast.Name) and one.id == "destroys" for one in calls):
                yield "destroys", "yes"


def _oldest(migrations: Iterable[Migration], head: str) -> str:
    """Return the oldest revision with which the code of ``head`` runs: what contracts only makes room."""
    every = {one.id: one for one in migrations}
    while head in every and every[head].phase == CONTRACT and len(every[head].down) == 1:
        head = every[head].down[0]
    return head


def as_json(schema: Schema) -> dict[str, object]:
    """Return a schema as release.json has it."""
    migrations: Sequence[dict[str, object]] = [one._asdict() for one in schema.migrations]
    return {"head": schema.head, "oldest": schema.oldest, "migrations": migrations}
