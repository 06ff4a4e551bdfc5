"""The fourth list: it runs, somebody sees how, and everybody knows the way back."""

import json
import os
import re
from typing import Any, cast

from envfence.checklist.repository import Repository
from envfence.checklist.result import Result, broken, done, needs_a_person, not_done
from envfence.contract.stages import DEVELOPMENT, PRODUCTION
from envfence.migration.rules import REBUILD_AS_ROLLBACK, RELATIVE_DOWNGRADE, REVERT_AS_ROLLBACK
from envfence.operate import engine, up
from envfence.operate.embedded import run as running
from envfence.operate.target import Target
from envfence.stack.entries import mount
from envfence.stack.tree import Node

_HEADING = re.compile(r"(?im)^#{1,6} [^\n]*(?:roll(?:ing)?[ -]?back|롤백)")
_COMMAND = re.compile(r"\b(?:envfence|nox (?:-s|--session)) rollback\b")
_BY_HAND = frozenset(rule.id for rule in (REVERT_AS_ROLLBACK, REBUILD_AS_ROLLBACK, RELATIVE_DOWNGRADE))
_DASHBOARDS = ("grafana", "chronograf", "kibana", "superset")


def development_works(repository: Repository) -> Result:
    """Tell whether the stack of development runs, and all of it well."""
    target = repository.target(DEVELOPMENT)
    if running.is_used(repository.root):
        ill = [f"{name} has {what}" for name, what, _ in running.states(target) if what == "ended"]
    elif lacking := up.lacking():
        return not_done(lacking, "or run `nox -s dev_up -- --no-docker`")
    else:
        found = engine.containers(target)
        if not found:
            return not_done(f"nothing of {target.project} runs", "start it with `nox -s dev_up`")
        ill = [f"{one.service} is {one.shown}" for one in found if not one.is_settled]
    return not_done(", ".join(ill), "see `nox -s dev_logs`") if ill else done(f"{target.project} is well")


def production_works(repository: Repository) -> Result:
    """Tell whether every service of production runs, and all of them well."""
    servers = repository.servers
    if not servers:
        return needs_a_person(repository.no_fleet[0], "look at what runs there")
    ill = [trouble for one in servers for trouble in ((one.problem,) if one.problem else one.ill)]
    if ill:
        return not_done("; ".join(ill), "see `envfence status production`")
    return done(", ".join(one.name for one in servers))


def dashboard(repository: Repository) -> Result:
    """Tell whether production's stack has a dashboard that comes with the repository, and data for it."""
    target = repository.target(PRODUCTION)
    shown = {name: node for name, node in target.stack.started.items() if _is_dashboard(node)}
    if not shown:
        return not_done("no service of production's stack shows dashboards", "add Grafana, as in envfence's own stack")
    mounted = [folder for node in shown.values() for folder in _mounted(node, target)]
    inside = [path for path in repository.tracked if any(_is_in(repository, path, folder) for folder in mounted)]
    boards = [path for path in inside if path.endswith(".json") and _has_panels(repository.text(path))]
    if not boards:
        return not_done(f"{', '.join(shown)} gets no dashboard from the repository", "save one as JSON, and mount it")
    if not any("datasources:" in repository.text(path) for path in inside if path.endswith((".yml", ".yaml"))):
        return not_done(f"{boards[0]} has no data source", "provision one beside it")
    return done(", ".join(sorted(boards)))


def _is_dashboard(service: Node) -> bool:
    return any(name in service.at("image").text.lower() for name in _DASHBOARDS)


def _mounted(service: Node, target: Target) -> list[str]:
    """Return the folders of the repository that a service sees."""
    base = os.path.dirname(target.files[0])
    places = (mount(item).source for item in service.at("volumes").items)
    return [os.path.normpath(os.path.join(base, place)) for place in places if place.startswith((".", "/"))]


def _is_in(repository: Repository, path: str, folder: str) -> bool:
    return os.path.abspath(os.path.join(repository.root, path)).startswith(os.path.abspath(folder) + os.sep)


def _has_panels(text: str) -> bool:
    try:
        board: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(board, dict) and bool(cast("dict[str, Any]", board).get("panels"))


def rollback_documented(repository: Repository) -> Result:
    """Tell whether a document says what to type to get back to a release that was recorded."""
    texts = {
        path: repository.text(path) for path in sorted(repository.tracked) if path.endswith((".md", ".rst", ".txt"))
    }
    about = {path: text for path, text in texts.items() if _HEADING.search(text)}
    if good := [path for path, text in about.items() if _COMMAND.search(text)]:
        return done(", ".join(good))
    if wrong := [one for one in repository.of_code if one.rule in _BY_HAND and one.path in map(repository.path, about)]:
        return broken(wrong)
    return not_done("no document has a part about rolling back with its command", "take docs/runbook.md of envfence")


def team_trained(_repository: Repository) -> Result:
    """Leave it to a person, who signs for it; no repository knows."""
    return needs_a_person("whoever has learned it knows", "go through docs/tutorial.md of envfence together")
