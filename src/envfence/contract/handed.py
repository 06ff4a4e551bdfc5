"""What a workflow hands to the program: the keys beside those of the contract in one `env:` block."""

from collections.abc import Collection, Iterable, Iterator

from envfence.contract.surfaces import REQUIRES, SETS, WORKFLOW, Use
from envfence.contract.surfaces.known import readers

_ENOUGH = 2  # keys of the contract that say what a block is for
_OF_CI = frozenset(  # words of what workflows need for themselves
    "DEPLOY DEPLOYMENT SERVER SSH SLACK DISCORD TELEGRAM TEAMS WEBHOOK HOOK NOTIFY REGISTRY GHCR GH PAT SNYK SONAR "
    "CODECOV COVERALLS PYPI TWINE HEROKU RUNNER CI BUILD RELEASE ROLLOUT FLEET INVENTORY TEST TESTS PREVIEW".split()
)


def to_the_program(uses: Iterable[Use], contract: Collection[str]) -> set[Use]:
    """Return the secrets and variables that a block sets by their own names, beside keys of the contract."""
    own = [use for use in uses if use.surface == WORKFLOW]
    taken = {(use.path, use.line, use.key): use for use in own if use.way == REQUIRES}
    meant: set[Use] = set()
    for block in _blocks(use for use in own if use.way == SETS):
        if sum(use.key in contract for use in block) >= _ENOUGH:
            places = ((use.path, use.line, use.key) for use in block if not _is_of_ci(use.key))
            meant |= {taken[place] for place in places if place in taken}
    return meant


def _blocks(sets: Iterable[Use]) -> Iterator[list[Use]]:
    """Yield the keys that are set on lines after one another."""
    block: list[Use] = []
    for use in sorted(sets, key=lambda use: (use.path, use.line)):
        if block and (block[-1].path, block[-1].line + 1) != (use.path, use.line):
            yield block
            block = []
        block.append(use)
    yield block


def _is_of_ci(key: str) -> bool:
    return bool(readers(key)) or not _OF_CI.isdisjoint(key.upper().split("_"))
