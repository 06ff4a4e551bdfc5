"""Scripts for Linux that an editor or git on Windows has given line ends of its own."""

from envfence.contract.rules import found
from envfence.finding import Finding
from envfence.workflow.rules import SCRIPT_WITH_CRLF


def findings(path: str, data: bytes) -> list[Finding]:
    """Return the first line of a script if its end makes it name a program that no system has."""
    first, _, _ = data.partition(b"\n")
    return [found(SCRIPT_WITH_CRLF, path, 1)] if first.startswith(b"#!") and first.endswith(b"\r") else []
