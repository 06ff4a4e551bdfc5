"""Cases from real files: the construct is theirs, every value is made up, and what is beside the point is left out.

The key of a case is `owner/repository:path what it is`: a line of that construct stands in that file, and the library
says the same of it there. The text is checked under that path; IDIOMS hold what a language has besides, under any
path. A line that must be found ends with `~~>` and its rules, which are no part of the text.
"""

import re
import textwrap

import pytest

from envfence import check
from envfence.config import Config

SOURCE = re.compile(r"(?:[\w.-]+/[\w.-]+:)?(?P<path>\S+)(?: .+)?")
MARK = re.compile(r"[ \t]*~~> (.+)$")


def unmarked(text):
    """Return the text without its marks, and the line and rule of each."""
    plain, marked = [], []
    for number, line in enumerate(textwrap.dedent(text).strip("\n").split("\n"), 1):
        if mark := MARK.search(line):
            marked += [(number, rule) for rule in mark[1].split()]
        plain.append(MARK.sub("", line))
    return "\n".join(plain) + "\n", marked


@pytest.fixture(scope="session")
def found_and_marked():
    """Return a function from a case to what is found, and what its marks say: (line, rule) each."""

    def judge(source, text):
        plain, marked = unmarked(text)
        found = check.findings_in(SOURCE.fullmatch(source)["path"], plain.encode(), Config())
        return sorted((one.line, one.rule) for one in found), sorted(marked)

    return judge
