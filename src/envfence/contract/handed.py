"""What a workflow hands to the program: the keys that it sets by their own names, as it does those of the contract."""

from collections import Counter
from collections.abc import Collection, Iterable

from envfence.contract.surfaces import REQUIRES, SETS, WORKFLOW, Use
from envfence.contract.surfaces.known import readers

_ENOUGH = 2  # keys of the contract that say what a workflow is for
_OF_CI = frozenset(  # words of what workflows need for themselves
    "DEPLOY DEPLOYMENT SERVER SSH SLACK DISCORD TELEGRAM TEAMS WEBHOOK HOOK NOTIFY REGISTRY GHCR GH PAT SNYK SONAR "
    "CODECOV COVERALLS PYPI TWINE HEROKU RUNNER CI BUILD RELEASE ROLLOUT FLEET INVENTORY TEST TESTS PREVIEW "
    "E2E PLAYWRIGHT CYPRESS PERCY CHROMATIC REMOTE TARGET PROD PRODUCTION STAGING DEV".split()
)


def to_the_program(uses: Iterable[Use], contract: Collection[str]) -> set[Use]:
    """Return the secrets and variables that workflows set by their own names, as they do keys of the contract."""
    own = [use for use in uses if use.surface == WORKFLOW]
    sets = {(use.path, use.line, use.key) for use in own if use.way == SETS}
    handed = [use for use in own if use.way == REQUIRES and (use.path, use.line, use.key) in sets]
    known = Counter(path for path, _ in {(use.path, use.key) for use in handed if use.key in contract})
    return {use for use in handed if known[use.path] >= _ENOUGH and not _is_of_ci(use.key)}


def _is_of_ci(key: str) -> bool:
    """Tell whether a key is for the workflow itself or a tool; of one word alone, HOST, nobody can say."""
    words = key.upper().split("_")
    return len(words) == 1 or bool(readers(key)) or not _OF_CI.isdisjoint(words)
