"""GitHub workflows: values become `${{ vars.KEY }}` and `${{ secrets.KEY }}`, in scripts by way of the step's `env`."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from envfence.contract.stages import PRODUCTION, THROWAWAY, stage_of, stages_said
from envfence.detect.services import services
from envfence.rewrite import Edit, Left, Rewritten, Spot, applied
from envfence.rewrite.files import shell, shell_options
from envfence.rewrite.files.compose import needs_quotes, quotes
from envfence.rewrite.files.equality import held, is_equal
from envfence.rewrite.files.references import references
from envfence.rewrite.files.values import ESCAPED, Value, rewritten, value_of, worth_moving
from envfence.rewrite.held import Key
from envfence.rewrite.keys import Keys
from envfence.rewrite.plan import Plan

NO_CONTEXT = "a workflow reads no secrets or variables there"
NO_SHELL = "the script is not for a POSIX shell"
IN_QUOTES = "the script stands in quotes"
OTHER_ENV = "the step gives its key another value"
UNPROVED = "the workflow would read something else"

_HOLES = re.compile(r"\$\{\{.*?\}\}")
_STAGES = re.compile(r"^\s+environment:[ \t]*(?:\n\s+name:[ \t]*)?([\w-]+)", re.MULTILINE)
_READS = re.compile(r"\$\{\{ (?:vars|secrets)\.(?P<key>\w+) \}\}")
_TAKES = frozenset({"env", "with", "credentials"})
_RUN = re.compile(r"^([ ]*(?:-[ ]+)*)run:[ \t]*(?:([|>])[^\n]*\n)?", re.MULTILINE)
_OTHER_SHELL = re.compile(r"^\s*(?:-\s+)?shell:\s*[\"']?(?!bash|sh\b)\S", re.MULTILINE)
_WINDOWS = re.compile(r"windows-|self-hosted.*windows", re.IGNORECASE)


class Script(NamedTuple):
    """The script of a step: where its key and its text are, and how far its keys are indented."""

    key: int
    column: int
    start: int
    end: int


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Return what becomes of a workflow."""
    scripts = _scripts(text)
    outside = [spot for spot in spots if not any(one.start <= spot.start < one.end for one in scripts)]
    values = worth_moving([value_of(text, spot, _HOLES) for spot in outside])
    stays = services(text)
    whole = rewritten(values, lambda value: _edits(text, value, values, keys, stays))
    edits, left = [*whole.edits], [*whole.left]
    for script in scripts:
        inside = [spot for spot in spots if script.start <= spot.start < script.end]
        if inside:
            result = _of_script(text, script, inside, keys)
            edits += result.edits
            left += result.left
    return Rewritten(edits, left)


def environment_of(path: str, text: str, environments: Sequence[str]) -> str:
    """Return the environment that a workflow's values belong to, "" if the repository lacks it.

    It is the only one that is named besides development, else production, if the repository has it.
    """
    said = stages_said(f"{path} {' '.join(_STAGES.findall(text))}") - THROWAWAY
    stage = said.pop() if len(said) == 1 else PRODUCTION
    return next((one for one in environments if stage_of(one) == stage), "")


def _edits(text: str, value: Value, others: Sequence[Value], keys: Keys, stays: frozenset[str]) -> Sequence[Edit] | str:
    if value.call or (value.block or _block(text, value.start)) not in _TAKES:
        return NO_CONTEXT
    if needs_quotes(text, value) and '"' in value.text:
        return ESCAPED
    keys = keys.holding_part_of(value.text)
    found = references(value, others, keys, stays=stays)
    if isinstance(found, str):
        return found
    edits = [Edit(one.start, one.end, _read(one.key)) for one in found]
    before = text[value.start : value.end]
    shifted = [Edit(one.start - value.start, one.end - value.start, one.replacement) for one in edits]
    if not is_equal(before, applied(before, shifted), _READS, dict(held(found, keys.environment))):
        return UNPROVED
    return [*edits, *quotes(text, value)]


def _block(text: str, at: int) -> str:
    """Return the key of the mapping that a place is in: the finding of a copied value does not tell."""
    *above, own = text[:at].split("\n")
    margin = len(own) - len(own.lstrip(" "))
    outer = (line for line in reversed(above) if line.strip() and len(line) - len(line.lstrip(" ")) < margin)
    return next(outer, "").strip().removeprefix("- ").rstrip(": \r")


def _read(key: Key) -> str:
    return f"${{{{ {'secrets' if key.is_secret else 'vars'}.{key.name} }}}}"


def _scripts(text: str) -> list[Script]:
    found: list[Script] = []
    for match in _RUN.finditer(text):
        column = len(match[1])
        start = match.end()
        if match[2]:
            end = start
            while end < len(text):
                line_end = text.find("\n", end)
                line_end = len(text) if line_end < 0 else line_end + 1
                line = text[end:line_end]
                if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
                    break
                end = line_end
        else:
            line_end = text.find("\n", start)
            end = len(text) if line_end < 0 else line_end
        found.append(Script(match.end(1), column, start, end))
    return found


def _of_script(text: str, script: Script, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Read the values of a script from variables of the shell, and hand these to its step."""
    first, last = _step(text, script)
    step = text[first:last]
    is_posix = not _OTHER_SHELL.search(step) and (
        "shell: bash" in step or not (_OTHER_SHELL.search(text) or _WINDOWS.search(text))
    )
    if not is_posix:
        return Rewritten((), [spot.left(NO_SHELL) for spot in spots])
    body = text[script.start : script.end]
    if body[:1] in ("'", '"'):
        return Rewritten((), [spot.left(IN_QUOTES) for spot in spots])
    inner = [one._replace(start=one.start - script.start, end=one.end - script.start) for one in spots]
    values = worth_moving(shell.values_of(body, inner))
    given = shell.assigned(body, values)
    edits: list[Edit] = []
    left: list[Left] = []
    for value in values:
        made = shell.edits_of(body, value, values, keys.holding_part_of(value.text), given)
        if isinstance(made, str):
            left.append(value.spot.left(made))
        elif any(one.start == 0 and one.replacement.startswith('"') for one in made) and text[script.start - 1] != "\n":
            left.append(value.spot.left(IN_QUOTES))
        elif _is_given_otherwise(step, _names(made)):
            left.append(value.spot.left(OTHER_ENV))
        else:
            edits += [one for one in made if one not in edits]  # two values of one word share its quotes
    edits += [
        one for one in shell_options.options(body, edits, keys, given) if not _is_given_otherwise(step, _names([one]))
    ]
    wanted = [key for key in keys.used if key.name in _names(edits)]
    moved = [Edit(one.start + script.start, one.end + script.start, one.replacement) for one in edits]
    return Rewritten([*moved, *_env(text, script, (first, last), wanted)], left)


def _names(edits: Iterable[Edit]) -> set[str]:
    return {name for one in edits for name in re.findall(r"\$\{(\w+):\?", one.replacement)}


def _is_given_otherwise(step: str, names: Iterable[str]) -> bool:
    """Tell whether the `env` of a step has one of the names already."""
    found = ((name, re.search(rf"^\s*{name}:\s*(.*?)\s*$", step, re.MULTILINE)) for name in names)
    return any(match and not _READS.fullmatch(match[1]) for _, match in found)


def _step(text: str, script: Script) -> tuple[int, int]:
    """Return where the step of a script begins and ends."""
    lines = [match.start() for match in re.finditer(r"^", text, re.MULTILINE)]
    key_line = text.rfind("\n", 0, script.key) + 1
    first = key_line
    for at in reversed([one for one in lines if one <= key_line]):
        line = text[at : text.find("\n", at)]
        first = at
        if line.lstrip(" ").startswith("-") and len(line) - len(line.lstrip(" ")) < script.column:
            break
    last = script.end
    for at in [one for one in lines if one > script.key]:
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        if at >= script.end and line.strip() and len(line) - len(line.lstrip(" ")) < script.column:
            return first, max(at, script.end)
        last = max(last, end if end >= 0 else len(text))
    return first, last


def _env(text: str, script: Script, step: tuple[int, int], keys: Sequence[Key]) -> list[Edit]:
    """Return the edit that gives the keys to a step."""
    newline = "\r\n" if "\r\n" in text else "\n"
    margin = " " * script.column
    own = text[step[0] : step[1]]
    lines = [key for key in keys if not re.search(rf"^\s*{key.name}:", own, re.MULTILINE)]
    if not lines:
        return []
    block = re.search(rf"^[ ]{{{script.column}}}env:[ \t]*\r?\n([ ]+)", own, re.MULTILINE)
    block = block or re.search(r"-[ ]+env:[ \t]*\r?\n([ ]+)", own)
    if block:
        at = step[0] + block.start(1)
        return [Edit(at, at, "".join(f"{block[1]}{key.name}: {_read(key)}{newline}" for key in lines))]
    said = "".join(f"{margin}  {key.name}: {_read(key)}{newline}" for key in lines)
    return [Edit(script.key, script.key, f"env:{newline}{said}{margin}")]


def to_register(plan: Plan) -> list[str]:
    """Return what to tell of a plan: the variables and secrets that GitHub has to be given."""
    texts = [one.after.decode() for one in plan.changes if one.path.startswith(".github/workflows/")]
    read = {match[0] for text in texts for match in _READS.finditer(text)}
    of_keys = [
        f"register with GitHub: gh {'secret' if key.is_secret else 'variable'} set {key.name}"
        for key in plan.keys
        if _read(key) in read
    ]
    if not plan.mended:
        return of_keys
    from envfence.rewrite.repairs import strangers

    return [*of_keys, *strangers.to_register(texts)]
