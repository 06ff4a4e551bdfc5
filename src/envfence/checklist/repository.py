"""What the items ask about a repository: each answer is looked up when the first item wants it, and once."""

import ast
import os
from collections.abc import Iterable, Sequence
from functools import cached_property

from envfence import check, git, sources
from envfence.checklist.servers import Server, asked
from envfence.contract import command, files, grammar
from envfence.contract.check import contract_in
from envfence.contract.exposure import builds
from envfence.contract.grammar import Key
from envfence.contract.stages import stage_of
from envfence.finding import ERROR, Finding
from envfence.init.survey import Found, survey
from envfence.operate.database.program import folder_of, revisions_of
from envfence.operate.database.revisions import Revision
from envfence.operate.target import ASIDE, Target, target_of
from envfence.workflow import reader
from envfence.workflow.jobs import Job, jobs_of


class Workflow:
    """One workflow. ``tree`` is its YAML."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.tree = reader.read(path, text)
        self.jobs: list[Job] = jobs_of(self.tree)

    @property
    def deployments(self) -> list[Job]:
        """The jobs that change what runs on servers."""
        return [job for job in self.jobs if job.deploys]

    def runs_on_push_to(self, branches: Iterable[str]) -> bool:
        """Tell whether a push to one of the branches starts it."""
        triggers = self.tree.at("on")
        if not triggers.mapping:
            return "push" in {item.text for item in triggers.items}
        wanted = {item.text for item in triggers.at("push", "branches").items}
        return "push" in triggers.mapping and (not wanted or not wanted.isdisjoint(branches))


class Repository:
    """A repository and the environments that it names. Paths are relative to the working directory."""

    def __init__(self, root: str) -> None:
        self.root = root

    def path(self, *names: str) -> str:
        """Return where something below the root is."""
        return sources.shown(os.path.join(self.root, *names))

    @cached_property
    def found(self) -> Found:
        """What `envfence init` would see."""
        return survey(self.root)

    @cached_property
    def keys(self) -> dict[str, Key]:
        """The keys of the contract, none where there is no contract."""
        contract = contract_in(self.root)
        return grammar.contract_of(contract.text) if contract else {}

    @cached_property
    def tracked(self) -> frozenset[str]:
        """The files that git has, by their paths from the root; none outside of a repository."""
        if git.top_above(self.root) is None:
            return frozenset()
        return frozenset(git.names(git.ask("ls-files", "-z", "--cached", cwd=self.root, own=False)))

    @cached_property
    def of_contract(self) -> list[Finding]:
        """What `envfence env check` finds."""
        return command.checked(self.root, None, "port")

    @cached_property
    def of_code(self) -> list[Finding]:
        """What `envfence check` finds, also what a baseline covers."""
        options = check.Options(strict=True, baseline=False, cache=True, progress=True)
        return check.check(sources.from_paths([self.root]), options).findings

    @cached_property
    def settings(self) -> list[str]:
        """The modules of the program that define a class of settings."""
        own = [path for path in self.found.settings if ASIDE.isdisjoint(path.split("/"))]
        return [self.path(path) for path in own if _defines_settings(self.text(path))]

    @cached_property
    def workflows(self) -> list[Workflow]:
        """The workflows of GitHub."""
        return [Workflow(self.path(path), self.text(path)) for path in self.found.workflows]

    @property
    def deployments(self) -> list[Workflow]:
        """The workflows that deploy what is pushed to the main branch."""
        return [one for one in self.workflows if one.deployments and one.runs_on_push_to(("main", "master"))]

    @cached_property
    def servers(self) -> list[Server]:
        """The servers of production as they answer, none where no fleet is described."""
        return asked(self.root)

    @property
    def no_fleet(self) -> tuple[str, str]:
        """What to say where no fleet is described, and what to do."""
        return "no servers of production are described", "describe them in [tool.envfence.environments.production]"

    @cached_property
    def program(self) -> str:
        """The folder with alembic.ini. Raise FenceError if there is none."""
        return folder_of(target_of(self.root, "development", os.environ, needs_stack=False))

    @cached_property
    def revisions(self) -> list[Revision]:
        """The migrations of the program."""
        return revisions_of(self.program)

    def target(self, environment: str) -> Target:
        """Return an environment and its stack. Raise FenceError if it has none."""
        return target_of(self.root, environment, os.environ)

    def env_file(self, stage: str) -> str:
        """Return the name of the env file of a stage, "" if there is none."""
        names = files.env_files(self.root)
        return next((name for name in names if stage_of(files.environment_of(name) or "") == stage), "")

    def text(self, path: str) -> str:
        """Return the text of a file below the root, "" if it cannot be read."""
        file = os.path.join(self.root, path)
        return builds.text_of(file) if os.path.isfile(file) else ""

    def errors_in(self, paths: Sequence[str]) -> list[Finding]:
        """Return the errors that `envfence env check` finds in some files."""
        return [one for one in self.of_contract if one.severity == ERROR and one.path in paths]


def _defines_settings(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    bases = [base for node in tree.body if isinstance(node, ast.ClassDef) for base in node.bases]
    return any("BaseSettings" in ast.unparse(base) for base in bases)
