"""Findings as SARIF 2.1.0, for code scanning. There is no snippet: it would hold the value."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from envfence import __version__
from envfence.finding import Finding
from envfence.identity import Identity, identified

HOME = "https://github.com/envfence/envfence"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def rendered(findings: Sequence[Finding]) -> str:
    """Return one run with the rules that it found broken."""
    rules = {found.rule: found for found in sorted(findings)}
    driver = {
        "name": "envfence",
        "version": __version__,
        "informationUri": HOME,
        "rules": [_rule(found) for found in rules.values()],
    }
    ids = list(rules)
    results = [_result(*pair, ids) for pair in zip(findings, identified(findings), strict=True)]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(found: Finding) -> dict[str, Any]:
    return {
        "id": found.rule,
        "shortDescription": {"text": found.message},
        "help": {"text": found.advice},
        "properties": {"tags": [found.family]},
    }


def _result(found: Finding, identity: Identity, rules: list[str]) -> dict[str, Any]:
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
        "partialFingerprints": {"identity/v1": identity.fingerprint},
    }
