"""Which names are spoken for: what reads `API_URL`, or else its fallback, has that key, and no other value has it."""

import re
from collections.abc import Mapping

from envfence.literals import HOLE
from envfence.rewrite import Spot, spots
from envfence.rewrite.project import Project, is_to_fix
from envfence.rewrite.settings.field_claims import field_claims
from envfence.rewrite.shapes import DSN, PAIRS, shapes

_RULES = frozenset({"fallback-value", "hardcoded-url", "hardcoded-host", "hardcoded-port", "hardcoded-credential"})
_LONGEST = 120  # characters between a name and its fallback
_READ = re.compile(
    r"(?:(?:process\.env|import\.meta\.env)\.(\w+)\s*(?:\?\?|\|\|)\s*"  # JavaScript
    r"|(?:getenv|environ\.get)\(\s*[\"'](\w+)[\"']\s*(?:,\s*|\)\s*or\s+)"  # Python
    r"|environ\[\s*[\"'](\w+)[\"']\s*\]\s+if\s[^\n]{1,80}\selse\s+"
    r"|\benvvar\s*=\s*[\"'](\w+)[\"']\s*,\s*default\s*=\s*"  # of an option of a command
    r"|\$\{(\w+):?[-=]"  # shells and compose
    r"|^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*\?=[ \t]*)\Z",  # make
    re.MULTILINE,
)
_OPTION = re.compile(r"[^()]*\benvvar\s*=\s*[\"'](\w+)[\"']")
_SET = re.compile(  # in Python, while the program or its tests run
    r"\b(?:setenv|putenv)\(\s*[\"'](\w+)[\"']|\benviron\[\s*[\"'](\w+)[\"']\s*\]\s*=(?!=)"
    r"|\bpatch\.dict\(\s*(?:[\"']os\.environ[\"']|(?:os\.)?environ)\s*,\s*\{\s*[\"'](\w+)[\"']"
)


def set_while_running(project: Project) -> frozenset[str]:
    """Return the variables that modules set: what is read of one later is not what settings have read at the start."""
    texts = (text for text in project.python.values() if "env" in text)
    return frozenset(name for text in texts for match in _SET.finditer(text) for name in match.groups() if name)


def claims(project: Project) -> Mapping[str, str]:
    """Return the names that files read with a fallback, each with the first.

    What the fields of settings classes fall back to comes first: they read the env file by themselves. A connection
    comes from its parts, so its name has that very connection or none: HOLE where one falls back to it, another not.
    """
    found = field_claims(project.classes, project.trees, project.python)
    for file in project.files:
        wanted = [one for one in file.findings if one.rule in _RULES and is_to_fix(one)]
        for spot in spots(file.text.text, wanted) if file.text and wanted else ():
            name, value = _claim(file.text.text if file.text else "", spot)
            is_connection = any(one.form in {DSN, PAIRS} for one in shapes(value))
            if name:
                found[name] = HOLE if is_connection and found.get(name, value) != value else found.get(name, value)
    return found


def _claim(text: str, spot: Spot) -> tuple[str, str]:
    """Return the name that is read and its fallback, "" for a value that is none."""
    read = _READ.search(text, max(0, spot.start - _LONGEST), spot.start)
    value = text[spot.start : spot.end]
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`"
    match = read or _OPTION.match(text, spot.end, spot.end + _LONGEST)
    return next(filter(None, match.groups() if match else ()), ""), value[1:-1] if quoted else value
