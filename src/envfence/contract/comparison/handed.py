"""What a workflow hands to the program: the keys beside those of the contract in one `env:` block."""

from collections.abc import Collection, Iterable, Iterator

from envfence.contract.surfaces import REQUIRES, SETS, WORKFLOW, Use
from envfence.contract.surfaces.known import readers

_ENOUGH = 2  # keys of the contract that say what a block is for
_OF_CI = frozenset(  # words of what workflows need for themselves
    "DEPLOY DEPLOYMENT SERVER SSH SLACK DISCORD TELEGRAM TEAMS WEBHOOK HOOK NOTIFY REGISTRY GHCR GH PAT SNYK SONAR "
    "CODECOV COVERALLS PYPI TWINE HEROKU RUNNER CI BUILD RELEASE ROLLOUT FLEET INVENTORY TEST TESTS PREVIEW "
    "KNOWN E2E PLAYWRIGHT CYPRESS PERCY CHROMATIC REMOTE TARGET PROD PRODUCTION STAGING DEV".split()
)


def to_the_program(uses: Iterable[Use], contract: Collection[str]) -> set[Use]:
    """Return the secrets and variables that a block sets by their own names, beside keys of the contract."""
    own = [use for use in uses if use.surface == WORKFLOW]
    sets = {(use.path, use.line, use.key) for use in own if use.way == SETS}
    handed = {use for use in own if use.way == REQUIRES and (use.path, use.line, use.key) in sets}
    meant: set[Use] = set()
    for block in _blocks(handed):
        if sum(use.key in contract for use in block) >= max(_ENOUGH, len(block) // 2):
            meant.update(use for use in block if not _is_of_ci(use.key))
    return meant


def _blocks(handed: Iterable[Use]) -> Iterator[list[Use]]:
    """Yield the keys that are set on lines after one another: what else a job or a step has is in another block."""
    block: list[Use] = []
    for use in sorted(handed, key=lambda use: (use.path, use.line)):
        if block and (block[-1].path, block[-1].line + 1) != (use.path, use.line):
            yield block
            block = []
        block.append(use)
    yield block


def _is_of_ci(key: str) -> bool:
    """Tell whether a key is for the workflow itself or a tool; of one word alone, HOST, nobody can say."""
    words = key.upper().split("_")
    return len(words) == 1 or bool(readers(key)) or not _OF_CI.isdisjoint(words)
