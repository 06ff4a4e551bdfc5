"""Load and compile what nearly every large tree needs, before processes share the work."""

from envfence.detect import judge, prospects, provider
from envfence.literals import candidates, code, multi, reading

MOST_FILES = ("code", "yaml", "prose")  # the kinds of files
LOADED = (code, judge, prospects, reading)


def prepare() -> None:
    """Compile the patterns of the usual kinds of files."""
    for kind in MOST_FILES:
        multi.scanner(candidates.PATTERNS[kind], keep=True)
    provider.held(b"", many=True)
