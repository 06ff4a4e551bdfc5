"""Scripts that rewrite code to read settings by search and replace.

Such a command sees characters, not expressions: it puts `${settings.X}` into a plain text, leaves user and password
where they stand, adds no import, and edits tests and virtual environments too.
"""

import re
from collections.abc import Iterator

from envfence.contract.rules import found
from envfence.detect.settings.rules import BLIND_REWRITE
from envfence.finding import Finding

SUFFIXES = (".sh", ".bash", ".zsh", ".mk", "Makefile", "justfile")
_REWRITES = re.compile(
    r"\b(?P<program>g?sed|perl)\s(?P<options>[^\n]*?)(?P<quote>['\"])s(?P<mark>[/|#@,!%])(?P<rest>[^\n]+)"
)
_IN_PLACE = re.compile(r"(?:^|\s)(?:-[a-hj-zA-Z]*i|--in-place)")
_SETTINGS = re.compile(r"\b(?:settings|config|cfg|conf)\.\w+|\bos\.(?:environ|getenv)\b|\bprocess\.env\b")
_CODE = re.compile(r"\.(?:py|js|jsx|ts|tsx|go|rb|php|java|kt)\b")


def script_findings(path: str, text: str) -> Iterator[Finding]:
    """Yield the commands of a script that rewrite code in place, and write a setting's name into it."""
    if "sed" not in text and "perl" not in text:
        return
    joined = text.replace("\\\n", "  ")  # as long, so that a command of several lines is one
    end = 0
    for line in joined.split("\n"):
        start, end = end, end + len(line) + 1
        match = _REWRITES.search(line)
        if match is None or line.lstrip().startswith("#") or not _CODE.search(line):
            continue
        _, _, replacement = match["rest"].partition(match["mark"])
        if _IN_PLACE.search(match["options"]) and _SETTINGS.search(replacement):
            number = text.count("\n", 0, start + match.start()) + 1
            yield found(BLIND_REWRITE, path, number, match["program"])
