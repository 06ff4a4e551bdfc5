"""Findings as SARIF 2.1.0, for code scanning. There is no snippet: it would hold the value."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from envfence import __version__
from envfence.finding import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def rendered(findings: Sequence[Finding]) -> str:
    """Return one run with the rules that it found broken."""
    rules = {found.rule: found for found in sorted(findings)}
    seen: dict[tuple[str, str, str], int] = {}
    driver = {"name": "envfence", "version": __version__, "rules": [_rule(found) for found in rules.values()]}
    results = [_result(found, list(rules), seen) for found in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(found: Finding) -> dict[str, Any]:
    return {
        "id": found.rule,
        "shortDescription": {"text": found.message},
        "help": {"text": found.advice},
        "properties": {"tags": [found.family]},
    }


def _result(found: Finding, rules: list[str], seen: dict[tuple[str, str, str], int]) -> dict[str, Any]:
    identity = (found.rule, found.path, found.anchor)
    seen[identity] = count = seen.get(identity, 0) + 1
    region = {
        "startLine": found.line,
        "startColumn": found.column,
        "endLine": found.end_line,
        "endColumn": found.end_column,
    }
    location = {
        "artifactLocation": {"uri": quote(found.path, errors="surrogateescape")},
        "region": {key: value for key, value in region.items() if value},
    }
    return {
        "ruleId": found.rule,
        "ruleIndex": rules.index(found.rule),
        "level": found.severity,
        "message": {"text": f"{found.message}; {found.advice}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"identity/v1": sha256(repr((*identity, count)).encode()).hexdigest()},
    }
