"""From a workflow to the mended one: each repair is made, looked at, and kept if it has taken its finding away."""

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from envfence.finding import Finding
from envfence.rewrite import Edit, Left, applied
from envfence.rewrite.repairs import outcome, running, servers, strangers, trust
from envfence.rewrite.repairs.workflow import Around, Workflow
from envfence.workflow.rules import LITERAL_HOST  # a value that moves, not a fault of the workflow

Repair = Callable[[Workflow, Finding], "Sequence[Edit] | str"]

# In this order: a script stops at what fails only after what always fails is gone.
REPAIRS: dict[str, Repair] = {
    **servers.REPAIRS,
    **strangers.REPAIRS,
    **running.REPAIRS,
    **outcome.REPAIRS,
    **trust.REPAIRS,
}
PEOPLES: dict[str, str] = {**servers.PEOPLES, **strangers.PEOPLES, **running.PEOPLES, **trust.PEOPLES}
_UNTOLD = "it has no repair that is right everywhere: `envfence rule` tells what to do"
_NO_GAIN = "its usual repair does not help here"


class Mended(NamedTuple):
    """A finding that is mended, by the line that it had before."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}"


class Result(NamedTuple):
    """A workflow as it is to be, and what became of its findings."""

    text: str
    done: Sequence[Mended] = ()
    left: Sequence[Left] = ()


def mended(path: str, text: str, around: Around, findings: Callable[[str], Sequence[Finding]]) -> Result:
    """Return what becomes of a workflow. ``findings`` are those of a text, by place; others than its own stay out."""
    result = Result(text)
    for rule in REPAIRS:
        result = _without(rule, path, result, around, findings, text)
    others = (one for one in findings(text) if one.rule not in REPAIRS and one.rule != LITERAL_HOST.id)
    left = [Left(path, one.line, one.rule, PEOPLES.get(one.rule, _UNTOLD)) for one in others]
    return result._replace(left=sorted({*result.left, *left}))


def _without(
    rule: str, path: str, result: Result, around: Around, findings: Callable[[str], Sequence[Finding]], original: str
) -> Result:
    """Return the result with the repairs of one rule."""
    now, done, left = result.text, [*result.done], [*result.left]
    known = findings(now)
    passed = 0  # how many of them stay
    while len(mine := [one for one in known if one.rule == rule]) > passed:
        one = mine[passed]
        edits = REPAIRS[rule](Workflow(path, now, around), one)
        new = now if isinstance(edits, str) else applied(now, edits)
        after = findings(new) if new != now else known
        line = _line_before(original, now, one.line)
        if _is_gain(known, after, rule):
            done.append(Mended(path, line, rule))
            now, known = new, after
        else:
            left.append(Left(path, line, rule, edits if isinstance(edits, str) else _NO_GAIN))
            passed += 1
    return Result(now, done, left)


def _is_gain(before: Sequence[Finding], after: Sequence[Finding], rule: str) -> bool:
    """Tell whether there is less of a rule, and no more of any other."""
    old, new = (Counter(one.rule for one in found) for found in (before, after))
    return new[rule] < old[rule] and new <= old


def _line_before(original: str, now: str, line: int) -> int:
    """Return the line that a line of the text of now has in the original, the next one above if it is new."""
    if original == now:
        return line
    matcher = SequenceMatcher(None, original.split("\n"), now.split("\n"), autojunk=False)
    return _counterpart(matcher.get_opcodes(), line - 1) + 1


def _counterpart(steps: Sequence[tuple[str, int, int, int, int]], number: int) -> int:
    """Return the number of a line in the first text by that in the second, both from 0."""
    for _, old, old_end, start, end in steps:
        if start <= number < end:
            return min(old + number - start, max(old_end - 1, old))
    return number
