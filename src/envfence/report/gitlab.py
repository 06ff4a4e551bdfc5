"""Findings as a GitLab code quality report, which GitLab shows in a merge request and compares with its target."""

import json
from collections.abc import Sequence
from typing import Any

from envfence.finding import ERROR, Finding
from envfence.identity import Identity, identified


def rendered(findings: Sequence[Finding]) -> str:
    """Return the array of issues; a fingerprint stays when lines move and when the value changes."""
    return json.dumps([_issue(*pair) for pair in zip(findings, identified(findings), strict=True)], indent=2) + "\n"


def _issue(found: Finding, identity: Identity) -> dict[str, Any]:
    return {
        "description": f"{found.message}; {found.advice}",
        "check_name": found.rule,
        "fingerprint": identity.fingerprint,
        "severity": "major" if found.severity == ERROR else "minor",
        "location": {"path": found.path, "lines": {"begin": found.line, "end": found.end_line}},
    }
