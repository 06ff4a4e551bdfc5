"""Load and compile what nearly every large tree needs, before processes share the work."""

from envfence.detect import judge, prospects, provider
from envfence.literals import candidates, code, inline, lines, multi, prose, reading, shell, yaml
from envfence.report import mask

MOST_FILES = ("code", "yaml", "prose")  # the kinds of files
LOADED = (code, inline, judge, lines, mask, prose, prospects, reading, shell, yaml)


def prepare() -> None:
    """Compile the patterns of the usual kinds of files."""
    for kind in MOST_FILES:
        multi.scanner(candidates.PATTERNS[kind], keep=True)
    provider.held(b"", many=True)
