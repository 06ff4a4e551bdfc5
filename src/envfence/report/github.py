"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from collections.abc import Sequence

from envfence.finding import Finding


def rendered(findings: Sequence[Finding]) -> str:
    """Return one command a line."""
    return "".join(map(_command, findings))


def _command(found: Finding) -> str:
    places = {"file": found.path, "line": found.line, "endLine": found.end_line, "col": found.column}
    if found.line == found.end_line:  # GitHub takes columns of a single line only, the end inclusive
        places["endColumn"] = found.end_column and found.end_column - 1
    properties = [f"{key}={_property(str(value))}" for key, value in places.items() if value]
    properties.append(f"title={_property(found.rule)}")
    return f"::{found.severity} {','.join(properties)}::{_text(f'{found.message}; {found.advice}')}\n"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
