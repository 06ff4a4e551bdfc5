"""Secrets that have a default, which everybody can read who has the repository."""

from collections.abc import Iterator

from envfence.contract import kinds
from envfence.contract.comparison.surfaces_rules import SECRET_WITH_DEFAULT
from envfence.contract.comparison.survey import Survey
from envfence.contract.content.endpoint import endpoints
from envfence.contract.grammar import DEFAULT
from envfence.contract.rules import found, shown
from envfence.contract.stages import THROWAWAY, stage_of
from envfence.contract.surfaces import CODE, DOCKERFILE, FALLS_BACK, SETS
from envfence.contract.surfaces.known import is_secret_name
from envfence.finding import Finding


def findings(survey: Survey) -> Iterator[Finding]:
    """Yield the secrets that code, compose files, images, the contract and settings classes give a text for."""
    for use in survey.uses:
        written = use.way == FALLS_BACK or (use.way == SETS and use.surface in {CODE, DOCKERFILE})
        if written and use.has_literal and survey.is_secret(use.key):
            yield found(SECRET_WITH_DEFAULT, use.path, use.line, shown(use.key))
    for key in survey.contract.values():
        is_for_all = not key.only or any(stage_of(one) not in THROWAWAY for one in key.only)
        is_secret = key.kind == kinds.SECRET and is_secret_name(key.name)
        holds_one = is_secret or any(endpoint.password for endpoint in endpoints(key.text))
        if key.form == DEFAULT and holds_one and is_for_all and "$" not in key.text:
            yield found(SECRET_WITH_DEFAULT, survey.contract_path, key.line, key.name)
    for one in survey.classes:
        for field in one.fields:
            if field.has_literal and survey.is_secret(field.keys[0].upper()):
                yield found(SECRET_WITH_DEFAULT, field.path, field.line, shown(field.keys[0]))
