"""What is reported: a rule, and where it matched."""

from typing import NamedTuple

ERROR = "error"
WARNING = "warning"


class Rule(NamedTuple):
    """One kind of problem, named for it in kebab-case.

    ``message`` says what is wrong and ``advice`` what to do: both are fixed texts, never built from a value. ``asks``
    is what it leaves to people, in the words of `envfence.people`.
    """

    id: str
    family: str  # endpoint, credential, flow, env, contract, stack, workflow, migration or check
    message: str
    advice: str
    severity: str = ERROR
    fixable: bool = False
    asks: str = ""


class Finding(NamedTuple):
    """Where a rule matched, and what to do. It has no field for the value, so it cannot leak one.

    Lines and columns count from 1, columns in code points, ends exclusive; a column may be None. ``anchor`` is the
    name, or the call and argument, that the literal is bound to: never a value and never a line.
    """

    rule: str
    family: str
    severity: str
    path: str
    line: int
    column: int | None
    end_line: int
    end_column: int | None
    message: str
    advice: str
    fixable: bool = False
    anchor: str = ""

    @property
    def is_of_login(self) -> bool:
        """Tell whether it is of who comes in: a secret, or the name of a user."""
        return self.family == "credential" or self.rule == "hardcoded-username"


def finding(rule: Rule, path: str, line: int, *, anchor: str = "", severity: str = "") -> Finding:
    """Return a finding of ``rule`` on a whole line, for problems that have no narrower place."""
    return Finding(
        rule.id, rule.family, severity or rule.severity, path, line, None, line, None,
        rule.message, rule.advice, rule.fixable, anchor,
    )  # fmt: skip
