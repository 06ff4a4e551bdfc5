"""Findings as a JSON array, for other programs."""

import json
from collections.abc import Sequence

from envfence.finding import Finding

FIELDS = (
    "rule",
    "family",
    "severity",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "message",
    "advice",
    "fixable",
)


def rendered(findings: Sequence[Finding]) -> str:
    """Return the array; a column may be null."""
    return json.dumps([{field: getattr(found, field) for field in FIELDS} for found in findings], indent=2) + "\n"
