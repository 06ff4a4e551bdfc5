"""Keys in pages: `%VITE_TITLE%`, which Vite puts in as it builds, and what their scripts read."""

import re
from collections.abc import Iterator

from envfence.contract.surfaces import CODE, Use, script

SUFFIXES = (".html", ".htm", ".ejs")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Vite and Create React App, Vue CLI: each takes only names that begin so.
_PUT_IN = re.compile(r"%((?:VITE|REACT_APP)_\w+)%|<%[=-]\s*(?:process\.env\.)?((?:VUE_APP|REACT_APP|VITE)_\w+)\s*%>")
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def uses(path: str, text: str) -> list[Use]:
    """Return the keys of a page in order; what a comment speaks of is none."""
    if "%" not in text and "env" not in text:
        return []
    text = _COMMENT.sub(_blank, text)
    return sorted([*_put_in(path, text), *script.uses(path, _scripts(text))], key=lambda use: use.line)


def _put_in(path: str, text: str) -> Iterator[Use]:
    for match in _PUT_IN.finditer(text):
        yield Use(match[1] or match[2], path, text.count("\n", 0, match.start()) + 1, CODE)


def _scripts(text: str) -> str:
    """Return a page with nothing but its scripts, each on its lines."""
    kept: list[str] = []
    end = 0
    for match in _SCRIPT.finditer(text):
        kept += [re.sub(r"[^\n]", " ", text[end : match.start(1)]), match[1]]
        end = match.end(1)
    return "".join(kept)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
