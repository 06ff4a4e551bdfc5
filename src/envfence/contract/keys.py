"""Keys of an env file against the contract: missing, extra, set twice, not readable."""

from collections.abc import Mapping, Sequence

from envfence.contract.files import is_override
from envfence.contract.grammar import DEFAULT, OPTIONAL, Key
from envfence.contract.readers.entry import Entry
from envfence.contract.rules import DUPLICATE_KEY, EXTRA_KEY, MISSING_KEY, UNPARSABLE_LINE, found, shown
from envfence.finding import Finding

_ONLY_THERE = "no program takes the contract's default from there: `envfence env fill` copies it"


def statement_findings(path: str, statements: Sequence[Entry]) -> list[Finding]:
    """Return what is wrong with a file's statements as python-dotenv reads them, whatever the contract says."""
    findings: list[Finding] = []
    first: dict[str, int] = {}
    for entry in statements:
        if entry.problem or entry.key is None or entry.value is None:
            detail = entry.problem or "a name without `=`"
            findings.append(found(UNPARSABLE_LINE, path, entry.line, detail=detail))
        elif entry.key in first:
            detail = f"first on line {first[entry.key]}"
            findings.append(found(DUPLICATE_KEY, path, entry.line, shown(entry.key), detail))
        else:
            first[entry.key] = entry.line
    return findings


def key_findings(
    path: str, environment: str, values: Mapping[str, Entry], contract: Mapping[str, Key]
) -> list[Finding]:
    """Return the keys that an environment lacks and those that the contract does not name for it.

    ``values`` holds the last statement of each key that has a value. `.env.local` and its like may lack any key.
    """
    findings: list[Finding] = []
    for key in contract.values():
        entry = values.get(key.name)
        if key.form == OPTIONAL or not key.is_for(environment) or is_override(environment):
            continue
        if entry is None:
            detail = _ONLY_THERE if key.form == DEFAULT else ""
            findings.append(found(MISSING_KEY, path, 1, key.name, detail))
        elif not (entry.value or "").strip() and key.form != DEFAULT:
            findings.append(found(MISSING_KEY, path, entry.line, key.name, "it is empty"))
    for name, entry in values.items():
        if name not in contract:
            findings.append(found(EXTRA_KEY, path, entry.line, shown(name)))
        elif not contract[name].is_for(environment):
            findings.append(found(EXTRA_KEY, path, entry.line, name, "the contract limits it to other environments"))
    return findings


def last_statements(statements: Sequence[Entry]) -> dict[str, Entry]:
    """Return key to its last statement with a value: the one that counts."""
    return {entry.key: entry for entry in statements if entry.key is not None and entry.value is not None}
