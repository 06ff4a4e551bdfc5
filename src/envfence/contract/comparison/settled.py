"""Keys that an env file lacks and that its programs do not miss: they have a default, and so does the contract."""

from collections.abc import Iterable, Iterator

from envfence.contract.comparison.survey import Survey
from envfence.contract.grammar import DEFAULT
from envfence.contract.rules import MISSING_KEY
from envfence.contract.surfaces import REQUIRES, STOPS
from envfence.finding import WARNING, Finding


def eased(findings: Iterable[Finding], survey: Survey) -> Iterator[Finding]:
    """Yield the findings, as warnings those of keys that settings classes and the contract both have a default for."""
    settled = _with_defaults(survey)
    for finding in findings:
        key = survey.contract.get(finding.anchor) if finding.rule == MISSING_KEY.id else None
        is_mild = key is not None and key.form == DEFAULT and key.name in settled
        yield finding._replace(severity=WARNING) if is_mild else finding


def _with_defaults(survey: Survey) -> frozenset[str]:
    """Return the keys that a field has a default for, and that nothing else cannot go without."""
    fields = [(key.upper(), field.required) for one in survey.classes for field in one.fields for key in field.keys]
    needed = {key for key, is_required in fields if is_required}
    needed |= {use.key for use in survey.uses if use.way in {REQUIRES, STOPS}}
    return frozenset(key for key, _ in fields) - needed
