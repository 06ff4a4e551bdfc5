"""`$NAME`, `${NAME}` and `${NAME:-default}` as docker compose substitutes them, in env files and in compose files."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

Lookup = Callable[[str], str | None]

_FIRST = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LATER = _FIRST | frozenset("0123456789")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


class TemplateError(ValueError):
    """Compose refuses the text. Says why in fixed words."""


class Reference(NamedTuple):
    """One place of a template: ``text`` goes before it. ``name`` is empty at the end and after ``$$``."""

    text: str
    name: str = ""
    operator: str = ""
    argument: str = ""


class Variable(NamedTuple):
    """What a template says about one name."""

    default: str = ""
    required: bool = False
    alternate: str = ""


def substitute(template: str, lookup: Lookup) -> str:
    """Return ``template`` with every reference replaced. Raises TemplateError where compose refuses."""
    if "$" not in template:
        return template
    parts: list[str] = []
    for reference in references(template):
        parts.append(reference.text)
        if reference.name:
            parts.append(_value(reference, lookup))
    return "".join(parts)


def variables(template: str) -> dict[str, Variable]:
    """Return the names that ``template`` refers to, those inside defaults too. Raises TemplateError as substitute."""
    found: dict[str, Variable] = {}
    for _, name, operator, argument in references(template):
        if not name:
            continue
        kind = operator.removeprefix(":")
        found[name] = Variable(
            argument if kind == "-" else "",
            required=kind == "?",
            alternate=argument if kind == "+" else "",
        )
        found = variables(argument) | found
    return found


def references(template: str) -> Iterator[Reference]:
    """Yield the references of ``template`` in order, then the text after the last."""
    position = text_from = 0
    while (dollar := template.find("$", position)) >= 0:
        after = template[dollar + 1 : dollar + 2]
        position = dollar + 1
        if after == "$":
            yield Reference(template[text_from : dollar + 1])
            position = text_from = dollar + 2
        elif after in _FIRST:
            end = _name_end(template, dollar + 1)
            yield Reference(template[text_from:dollar], template[dollar + 1 : end])
            position = text_from = end
        elif after == "{":
            close = _closing_brace(template, dollar + 1)
            yield _braced(template[text_from:dollar], template[dollar + 2 : close])
            position = text_from = close + 1
    yield Reference(template[text_from:])


def _braced(text: str, inside: str) -> Reference:
    end = _name_end(inside, 0)
    name, rest = inside[:end], inside[end:]
    if not name or name[0] not in _FIRST:
        raise TemplateError("`${` without a name")
    if not rest:
        return Reference(text, name)
    for operator in _OPERATORS:
        if rest.startswith(operator):
            return Reference(text, name, operator, rest[len(operator) :])
    raise TemplateError("a character that `${}` does not take")


def _name_end(text: str, position: int) -> int:
    while position < len(text) and text[position] in _LATER:
        position += 1
    return position


def _closing_brace(template: str, opening: int) -> int:
    line_end = template.find("\n", opening)
    line_end = line_end if line_end >= 0 else len(template)
    last, depth, position = template.rfind("}", opening, line_end), 0, opening
    if last < 0:
        raise TemplateError("`${` that is never closed")
    while position <= last:
        if template[position] == "}":
            depth -= 1
            if not depth:
                return position
        elif template[position] == "{":
            depth += 1
            position += 1  # compose never looks at the character after an opening brace
        position += 1
    return last


def _value(reference: Reference, lookup: Lookup) -> str:
    value, operator = lookup(reference.name), reference.operator
    absent = value is None or (operator.startswith(":") and not value)
    kind = operator.removeprefix(":")
    if kind == "?" and absent:
        raise TemplateError("a variable that `?` requires is not set")
    if kind in {"-", "+"}:
        other = substitute(reference.argument, lookup)
        return other if absent == (kind == "-") else "" if kind == "+" else value or ""
    return value or ""
