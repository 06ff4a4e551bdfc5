"""Every surface of a repository, put together."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from envfence import git
from envfence.config import Config
from envfence.contract.comparison import started, truth
from envfence.contract.comparison.survey import Survey
from envfence.contract.environment import Environment
from envfence.contract.files import CONTRACT, environment_of
from envfence.contract.grammar import Key
from envfence.contract.rules import found
from envfence.contract.stages import THROWAWAY, stages_in
from envfence.contract.surfaces import (
    SETS,
    Use,
    compose,
    deployed,
    dockerfile,
    examples,
    make,
    markup,
    pipelines,
    programs,
    script,
    shell,
    workflow,
)
from envfence.contract.surfaces.mentions import is_prose, mentioned, without_assignments
from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.program import Program
from envfence.contract.surfaces.python.settings import SettingsClass, settings_classes
from envfence.contract.surfaces.reading import Texts
from envfence.contract.surfaces.trees import compose_trees, stacks_of
from envfence.detect.settings.scripts import SUFFIXES as SCRIPTS
from envfence.detect.settings.scripts import script_findings
from envfence.finding import Finding
from envfence.stack import commands, pairs
from envfence.stack.rules import VERSION_KEY
from envfence.stack.tree import Node
from envfence.workflow import secrets

# Files of each kind, who reads them, and whether tests and examples count too.
_KINDS: tuple[tuple[Callable[[str], bool], Callable[[str, str], Iterable[Use]], bool], ...] = (
    (lambda path: path.endswith(script.SUFFIXES), script.uses, False),
    (lambda path: path.endswith(programs.SUFFIXES), programs.uses, False),
    (lambda path: path.endswith(markup.SUFFIXES), markup.uses, False),
    (workflow.is_workflow, workflow.uses, True),
    (make.is_makefile, make.uses, False),
    (dockerfile.is_dockerfile, dockerfile.uses, True),
    (deployed.is_deployed, deployed.uses, False),
)


class Read(NamedTuple):
    """What was read: the survey, the modules of the program, and what could not be read."""

    survey: Survey
    modules: list[Module]
    findings: list[Finding]


def read_repository(
    root: str, contract_path: str, contract: Mapping[str, Key], environments: Sequence[Environment], config: Config
) -> Read:
    """Return every surface below ``root``. Raise FenceError for compose files without the extra that reads them."""
    texts = Texts(root, config)
    program = Program(texts, contract)
    classes = tuple(settings_classes(program.kept.values()))
    modules = program.with_callers({one.name for one in classes})
    named = list(pairs.declared(config.stacks, config.root.replace(os.sep, "/")))
    trees, findings = compose_trees(texts, frozenset(path for _, paths in named for path in paths))
    named = named or list(pairs.stacks(trees, contract.values(), config.environments))
    stacks = tuple(stacks_of(named, trees, contract, environments))
    layers = {layer.path for stack in stacks for layer in stack.layers}
    loose = [tree for path, tree in trees.items() if path not in layers]
    findings += [found(VERSION_KEY, tree.path, tree.at("version").line) for tree in loose if "version" in tree.mapping]
    uses = tuple(examples.without_declared((*map(_of_developers, program.uses), *_uses(texts, trees)), texts))
    around = partial(_around, root, texts, config)
    survey = Survey(
        contract_path, contract, tuple(environments), classes,
        uses, stacks, _mentioned(texts, uses, around), _dockerfiles(texts), _code_folders(texts),
        tuple(_calls(texts, loose)) if stacks else (),
    )  # fmt: skip
    findings += truth.findings(program.tested, contract)
    findings += [*program.findings, *_rewrites(texts), *_unguarded(texts, survey), *_started(texts, classes)]
    return Read(survey, modules, [*findings, *pipelines.findings(root, texts, classes, modules)])


def _uses(texts: Texts, trees: Mapping[str, Node]) -> Iterator[Use]:
    for path in texts.by_path:
        for is_kind, uses, is_everywhere in _KINDS:
            if is_kind(path):
                if is_everywhere or texts.is_program(path):
                    yield from uses(path, texts.text(path))
                break
    for tree in trees.values():
        yield from compose.uses(tree)
    scripts = {path: texts.text(path) for path in texts.by_path if shell.is_script(path)}
    known = {name for text in scripts.values() for name in shell.names_set(text)}
    for path, text in scripts.items():
        if texts.is_program(path):
            yield from shell.uses(path, text, known)


def _of_developers(use: Use) -> Use:
    """Return a read; what settings/local.py falls back to, no server ever has."""
    stages = stages_in(os.path.basename(use.path).removesuffix(".py"))
    return use._replace(has_literal=False) if stages and stages <= THROWAWAY else use


def _rewrites(texts: Texts) -> Iterator[Finding]:
    for path in texts.by_path:
        if path.endswith(SCRIPTS) or workflow.is_workflow(path):
            yield from script_findings(path, texts.text(path))


def _started(texts: Texts, classes: Sequence[SettingsClass]) -> Iterator[Finding]:
    for path in texts.by_path:
        if started.starts_programs(path) and texts.is_program(path):
            yield from started.of_text(path, texts.text(path))
    yield from started.of_classes(classes)


def _unguarded(texts: Texts, survey: Survey) -> Iterator[Finding]:
    """Yield what takes values of an environment from the whole repository: DB_PASSWORD, or PROD_DB_PASSWORD."""
    endings = tuple(f"_{key}" for key in survey.contract if "_" in key)

    def is_promised(name: str) -> bool:
        return name in survey.contract or name.endswith(endings)

    for path in texts.by_path:
        if workflow.is_workflow(path):
            yield from secrets.findings(path, texts.text(path), is_promised)


def _calls(texts: Texts, others: Sequence[Node]) -> Iterator[commands.Call]:
    """Yield the calls of docker compose, without the services of ``others``, files that no stack is made of."""
    for path in texts.by_path:
        if workflow.is_workflow(path) or path.endswith(commands.SUFFIXES):
            text = texts.text(path)
            by_key = "COMPOSE_FILE" in text
            for call in commands.calls(path, text):
                asked = {os.path.basename(file) for file in call.files} or commands.DEFAULT_FILES
                named = (
                    tree
                    for tree in others
                    if (name := os.path.basename(tree.path)) in asked or (by_key and name in text)
                )
                elsewhere = {name for tree in named for name in tree.at("services").mapping}
                yield call._replace(services=tuple(name for name in call.services if name not in elsewhere))


def _dockerfiles(texts: Texts) -> dict[str, str]:
    return {path: texts.text(path) for path in texts.by_path if dockerfile.is_dockerfile(path)}


def _code_folders(texts: Texts) -> frozenset[str]:
    folders: set[str] = set()
    for path in texts.by_path:
        if path.endswith((".py", *script.SUFFIXES)):
            folder = os.path.dirname(path)
            while folder not in folders:
                folders.add(folder)
                folder = os.path.dirname(folder)
    return frozenset(folders)


def _mentioned(
    texts: Texts, uses: Iterable[Use], around: Callable[[], Texts | None]
) -> Callable[[frozenset[str]], frozenset[str]]:
    """Return what tells which keys any file names; ``around`` gives the files around a folder without code."""
    given: dict[str, set[str]] = {}
    for use in uses:
        if use.way == SETS:
            given.setdefault(use.path, set()).add(use.key)

    def among(keys: frozenset[str]) -> frozenset[str]:
        named = _named_in(texts, keys, given)
        others = around() if len(named) < len(keys) else None
        return named | _named_in(others, keys - named, {}) if others is not None else named

    return among


def _named_in(texts: Texts, keys: frozenset[str], given: Mapping[str, set[str]]) -> frozenset[str]:
    named: set[str] = set()
    for path in texts.by_path:
        name = path.rpartition("/")[2]
        if is_prose(path) or name == CONTRACT or environment_of(name) is not None:
            continue
        text = texts.text(path)
        own = keys & (keys if shell.is_script(path) else given.get(path, set()))
        if own and not path.endswith(".py") and any(key in text for key in own):
            text = without_assignments(text, own)
        named |= mentioned(path, text, keys - named)
        if len(named) == len(keys):
            break
    return frozenset(named)


def _around(root: str, texts: Texts, config: Config) -> Texts | None:
    """Return the repository around a folder without code, as one with the compose files of a program, None if none."""
    top = git.top_above(root) if not _code_folders(texts) else None
    return Texts(top, config) if top is not None and not os.path.samefile(top, root) else None
