"""The contract held against every surface that names keys: pure comparison, no file is opened here."""

from collections.abc import Iterable, Iterator

from envfence.contract.comparison import defaults, handed, unused
from envfence.contract.comparison.drift import drift, forbidden_extras
from envfence.contract.comparison.surfaces_rules import UNDECLARED_KEY
from envfence.contract.comparison.survey import Survey
from envfence.contract.content import tokens
from envfence.contract.environment import names_the_environment
from envfence.contract.exposure import baked
from envfence.contract.grammar import OPTIONAL
from envfence.contract.rules import found, shown
from envfence.contract.stages import TEST, stage_of
from envfence.contract.surfaces import (
    ARGUMENT,
    CODE,
    COMPOSE,
    FALLS_BACK,
    REQUIRES,
    SETS,
    SHELL,
    STOPS,
    WORKFLOW,
)
from envfence.contract.surfaces.compose import interpolations, never_empty
from envfence.contract.surfaces.compose import uses as compose_uses
from envfence.contract.surfaces.known import is_given
from envfence.finding import ERROR, WARNING, Finding
from envfence.stack import commands, machines, pairs, policy, profiles
from envfence.stack.render import Stack
from envfence.stack.rules import MISSING_STACK, UNSET_IN_STACK
from envfence.stack.tree import Node

_READS = frozenset({REQUIRES, STOPS, FALLS_BACK})
_SAME = {
    other: one
    for one, *others in (
        words.split()
        for words in ("DB DATABASE", "PASSWORD PASS PASSWD PWD", "USER USERNAME", "HOST HOSTNAME", "URL URI DSN")
    )
    for other in others
}


def findings(survey: Survey) -> list[Finding]:
    """Return where the surfaces disagree, and what is wrong with the stacks."""
    every: list[Finding] = []
    if survey.contract:
        every += [*_undeclared(survey), *unused.findings(survey), *_missing_stacks(survey), *_unset(survey)]
        every += drift(survey.classes, survey.contract, survey.environments)
        every += forbidden_extras(survey.classes, survey.contract, survey.environments, survey.contract_path)
    every += defaults.findings(survey)
    every += tokens.findings(survey)
    every += baked.debugging(survey.dockerfiles, _settled(survey.stacks))
    every += baked.floating(survey.dockerfiles)
    every += baked.unset(survey.dockerfiles, survey.contract.keys() | _arguments(survey.stacks))
    facts = _facts(survey)
    for stack in survey.stacks:
        every += policy.findings(stack, facts)
        values = _values(survey, stack)
        every += machines.findings(stack, values, survey.calls)
        every += profiles.findings(stack, values, survey.calls)
    every += commands.findings(survey.calls, survey.stacks, facts.given)
    return _once(every)


def _settled(stacks: Iterable[Stack]) -> frozenset[str]:
    """Return the keys that the stacks of servers give their containers."""
    services = (service for stack in stacks if not stack.is_throwaway for service in stack.services.values())
    return frozenset(key for service in services for key in service.at("environment").mapping)


def _arguments(stacks: Iterable[Stack]) -> frozenset[str]:
    """Return the build arguments that stacks give."""
    args = [service.at("build", "args") for stack in stacks for service in stack.services.values()]
    listed = (item.text.partition("=")[0] for block in args for item in block.items)
    return frozenset((*(key for block in args for key in block.mapping), *listed))


def _values(survey: Survey, stack: Stack) -> dict[str, str]:
    """Return the values of the environment that ``stack`` is of, none if it is of no one environment."""
    own = [
        one
        for one in survey.environments
        if one.name and stack.environment and pairs.is_same(one.base, stack.environment)
    ]
    return {key: value for one in own for key, value in one.values.items()}


def _once(every: list[Finding]) -> list[Finding]:
    """Return each finding once, the graver where two stacks judge one place differently."""
    unique: dict[Finding, Finding] = {}
    for finding in every:
        same = finding._replace(severity="")
        if same not in unique or finding.severity == ERROR:
            unique[same] = finding
    return list(unique.values())


def _facts(survey: Survey) -> policy.Facts:
    fields = {key.upper() for one in survey.classes for field in one.fields for key in field.keys}
    code = {use.key for use in survey.uses if use.surface == CODE and use.way in _READS}
    held = {key for environment in survey.environments if environment.name for key in environment.values}
    held |= survey.contract.keys()
    held -= {key for environment in survey.environments if not environment.name for key in environment.values}
    return policy.Facts(
        survey.is_secret, frozenset(fields | code), frozenset(held),
        survey.dockerfiles, survey.code_folders, _builds(survey.stacks),
        frozenset(one.path for one in survey.environments if one.name),
    )  # fmt: skip


def _builds(stacks: Iterable[Stack]) -> dict[str, Node]:
    """Return how the services are built whose image a key names, so that servers run what another stack has built."""
    every = [(name, service) for stack in stacks for name, service in stack.services.items()]
    by_key = {
        name
        for stack in stacks
        for layer in stack.layers
        for name, service in layer.at("services").mapping.items()
        if "$" in service.at("image").text
    }
    return {name: service.at("build") for name, service in every if "build" in service.mapping and name in by_key}


def _undeclared(survey: Survey) -> Iterator[Finding]:
    """Yield reads of keys that neither the contract names nor the repository itself sets, once for each file."""
    told = {use.key for use in survey.uses if use.way == SETS} | survey.contract.keys()
    meant = handed.to_the_program(survey.uses, survey.contract)
    seen: set[tuple[str, str]] = set()
    for use in survey.uses:
        # What compose interpolates, the containers' `environment` does not set.
        is_meant = use in meant
        named = survey.contract if use.surface == COMPOSE or is_meant else told
        declared = use.key in named or is_given(use.key)
        if declared or use.way not in _READS or (use.key, use.path) in seen:
            continue
        meant_for = near(use.key, survey.contract)
        if use.surface in {CODE, COMPOSE, SHELL} or is_meant or (use.surface in {WORKFLOW, ARGUMENT} and meant_for):
            seen.add((use.key, use.path))
            detail = f"did you mean {meant_for}?" if meant_for else ""
            # What a script takes may be a switch for one run of it.
            yield found(
                UNDECLARED_KEY,
                use.path,
                use.line,
                shown(use.key),
                detail,
                WARNING if use.surface == SHELL and not meant_for else "",
            )


def near(key: str, contract: Iterable[str]) -> str:
    """Return the key of the contract that is meant: one slip away, or of other words for the same thing."""
    if len(key) < 6:
        return ""
    same = _same_words(key)
    return next((other for other in contract if _is_one_slip(key, other) or _same_words(other) == same), "")


def _same_words(key: str) -> list[str]:
    return [_SAME.get(word, word) for word in key.split("_")]


def _is_one_slip(one: str, other: str) -> bool:
    """Tell whether a character is left out, added, changed or swapped with the next."""
    if abs(len(other) - len(one)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    if one[:1].isdigit() or other[:1].isdigit():  # HOST_1 and HOST_2 are two keys
        return False
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def _unset(survey: Survey) -> Iterator[Finding]:
    for stack in survey.stacks:
        of_stage = [one for one in survey.environments if one.name and stage_of(one.base) == stack.stage]
        shared = [one for one in survey.environments if not one.name]
        given = {key: value for one in (*shared, *of_stage) for key, value in one.values.items()}
        refused = {place for layer in stack.layers for place in never_empty(layer)}
        filled = {(use.key, use.line) for layer in stack.layers for use in interpolations(layer)}
        for use in (use for layer in stack.layers for use in compose_uses(layer)):
            stops_empty = (use.key, use.line) in refused and not given.get(use.key)
            has_value = use.key in given and not stops_empty
            if use.way not in {REQUIRES, STOPS} or has_value or is_given(use.key):
                continue
            key = survey.contract.get(use.key)
            promised = key is not None and key.is_for(stack.environment)
            may_be_empty = promised and key is not None and key.form == OPTIONAL and use.way != STOPS
            if may_be_empty and (use.key, use.line) not in filled:
                continue  # passed through, and the container goes without
            if of_stage or (key and not promised):
                goes = "compose refuses to start it" if use.way == STOPS else "compose takes an empty text"
                detail = f"in the stack of {stack.environment}: {goes}" if stack.environment else goes
                # What the env files lack by the contract is an error there already.
                is_told = promised and key is not None and key.form != OPTIONAL and use.key not in given
                severity = WARNING if may_be_empty or (of_stage and is_told) else ""
                yield found(UNSET_IN_STACK, use.path, use.line, shown(use.key), detail, severity)


def _missing_stacks(survey: Survey) -> Iterator[Finding]:
    stages = {stack.stage for stack in survey.stacks if stack.environment}
    if len(stages) < 2:
        return
    stages |= {one.stage for one in survey.environments} | {TEST}
    for key in survey.contract.values():
        if names_the_environment(key, key.name):
            for choice in key.choices:
                if stage_of(choice) not in stages:
                    yield found(MISSING_STACK, survey.contract_path, key.line, f"{key.name}={choice}")
