"""What is hardcoded in a file: only one with a candidate is read, and only by what its kind needs."""

import re
from typing import TYPE_CHECKING

from envfence import files
from envfence.finding import Finding
from envfence.literals import candidates, languages
from envfence.literals.candidates import Spans

if TYPE_CHECKING:
    from envfence.config import Config


def findings(path: str, data: bytes, config: "Config | None" = None, *, many: bool = False) -> list[Finding]:
    """Return what is hardcoded in a file, one finding for each literal, sorted by place.

    ``many`` says that the file is one of thousands, so that loading a faster search pays.
    """
    kind = languages.kind_of(path, _first_line(data))
    domains = config.domains if config else ()
    patterns = (*candidates.PATTERNS[kind], *(re.escape(domain.lower()) for domain in domains))
    text, lines = _candidates(data, patterns, many=many)
    if not lines:
        return []
    from envfence.detect import judge  # costs more than all before it, and most files have no candidate
    from envfence.detect.scope import Scope
    from envfence.literals.reading import literals_of

    scope = Scope(path, text, domains, config.allowed_hosts if config else ())
    return judge.findings(literals_of(kind, path, text, lines), scope)


def _first_line(data: bytes) -> str:
    return data[: data.find(b"\n")].decode("ascii", "replace") if data.startswith(b"#!") else ""


def _candidates(data: bytes, patterns: tuple[str, ...], *, many: bool) -> tuple[str, Spans]:
    if many:
        from envfence.literals import multi

        return multi.candidate_lines(data, patterns)
    text = files.decoded(data)
    return text, candidates.likely_lines(text, patterns)
