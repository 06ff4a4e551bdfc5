"""Which columns say something about a person, and the SQL that says something else in their place.

The database that has the rows replaces them itself, so nothing about a person ever leaves it. What stands in their
place follows from the value and a key: equal values stay equal, in every table and every run, and nobody can go back.
"""

import re
from typing import NamedTuple

_PEOPLE = re.compile(
    r"(?:^|_)(?:user|person|people|customer|client|employee|member|contact|patient|student|subscriber|profile|applicant)s?$"
)
_PERSONAL = re.compile(
    r"(?:^|_)(?:e?mail|phone|mobile|fax|telephone|firstname|lastname|surname|forename|fullname|nickname|username|login"
    r"|(?:first|last|full|middle|given|family|maiden|user|nick|display)_name|address|street|city|zip|postcode|postal"
    r"|birth|birthday|birthdate|dob|ssn|passport|iban|bic|card|salary|ip|useragent|user_agent|device|latitude|longitude"
    r"|password|passwd|hash|secret|token|bio|signature)(?:_|$|\d)"
)
_TEXT = re.compile(r"text|character|char|name|citext")


class Column(NamedTuple):
    """One column. ``size`` is the length of its text, 0 for any; ``refers`` is `table.column` of a foreign key."""

    table: str
    name: str
    type: str
    size: int = 0
    nullable: bool = False
    refers: str = ""
    key: bool = False

    @property
    def path(self) -> str:
        """Its name as a person writes it."""
        return f"{self.table}.{self.name}"


def is_personal(column: Column) -> bool:
    """Tell whether a column's name says that it is about a person, or its table's: in a table of people any text is."""
    if column.refers or (column.key and not _TEXT.search(column.type)):
        return False
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", column.name).lower()
    return bool(_PERSONAL.search(name)) or bool(_PEOPLE.search(column.table.lower()) and _TEXT.search(column.type))


def replaced(column: Column, like: Column) -> str:
    """Return SQL for what stands in a column's place; ``like`` is the column that it refers to, or itself."""
    own = quoted(column.name)
    digest = f"encode(sha256(convert_to(current_setting('envfence.key') || {own}::text, 'UTF8')), 'hex')"
    return f"CASE WHEN {own} IS NULL THEN NULL ELSE {_made(like, own, digest)} END"


def quoted(name: str) -> str:
    """Return a name as SQL takes any."""
    return '"' + name.replace('"', '""') + '"'


def _made(column: Column, own: str, digest: str) -> str:
    kind = column.type
    if _TEXT.search(kind):
        is_mail = "mail" in column.name.lower()
        text = f"'person-' || left({digest}, 20) || '@example.com'" if is_mail else f"left({digest}, 20)"
        return f"left({text}, {column.size})" if column.size and not is_mail else f"({text})"
    if kind.startswith(("date", "timestamp")):
        return f"date_trunc('year', {own})::{kind}"  # an age stays about right
    if kind == "uuid":
        return f"left({digest}, 32)::uuid"
    if kind in {"inet", "cidr"}:
        return f"'192.0.2.0'::{kind}"
    if kind in {"json", "jsonb"}:
        return f"'{{}}'::{kind}"
    if kind == "bytea":
        return f"decode({digest}, 'hex')"
    if kind == "boolean":
        return "false"
    return f"(('x' || left({digest}, 7))::bit(28)::int % 10000)::{kind}"
