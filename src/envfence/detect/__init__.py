"""What is hardcoded in a file: only one with a candidate is read, and only by what its kind needs."""

from collections.abc import Sequence

from envfence import files
from envfence.config import Config
from envfence.finding import Finding
from envfence.literals import candidates, languages, multi
from envfence.literals.candidates import Spans

_STANDARD = Config()


def findings(
    path: str,
    data: bytes,
    config: Config = _STANDARD,
    *,
    many: bool = False,
    changed: Sequence[range] | None = None,
) -> list[Finding]:
    """Return what is hardcoded in a file, one finding for each literal, sorted by place.

    ``many`` says that the file is one of thousands, so that loading a faster search pays. With ``changed`` only what is
    around these lines counts.
    """
    kind = languages.kind_of(path, _first_line(data))
    patterns = candidates.patterns_of(languages.reader_of(path, kind), path)
    patterns = (*patterns, *candidates.own(config.domains, config.key_names))
    text, lines = _candidates(data, patterns, many=many)
    if lines and changed is not None:
        lines = candidates.among(lines, text, changed)
    if not lines:
        return []
    from envfence.detect import judge  # costs more than all before it, and most files have no candidate
    from envfence.detect.prospects import may_count
    from envfence.detect.scope import Scope
    from envfence.literals.reading import literals_of

    scope = Scope(path, text, config.domains, config.allowed_hosts, config.key_names)
    found = literals_of(kind, path, text, lines, lambda value, before: may_count(value, before, scope))
    return judge.findings(found, scope)


def _first_line(data: bytes) -> str:
    return data[: data.find(b"\n")].decode("ascii", "replace") if data.startswith(b"#!") else ""


def _candidates(data: bytes, patterns: tuple[str, ...], *, many: bool) -> tuple[str, Spans]:
    if many:
        return multi.candidate_lines(data, patterns)
    text = files.decoded(data)
    return text, candidates.likely_lines(text, patterns)
