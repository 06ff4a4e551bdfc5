"""Findings to text, JSON, SARIF, GitHub annotations and GitLab code quality: one module for each format."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from envfence.finding import Finding

FORMATS = ("text", "json", "sarif", "github", "gitlab")


def rendered(
    findings: Sequence[Finding], output_format: str, lines: Mapping[tuple[str, int], str] | None = None
) -> str:
    """Return the findings in one of FORMATS. Only text shows ``lines``: masked ones, by path and line number."""
    if output_format == "text":
        from envfence.report import text

        return text.rendered(findings, lines or {})
    result: str = import_module(f"envfence.report.{output_format}").rendered(findings)
    return result
