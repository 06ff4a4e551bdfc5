"""A workflow with the repository around it: what is found there by its settings, and what repairs ask of its files."""

import os
from collections.abc import Mapping
from functools import cache

from envfence import suppress
from envfence.config import Config
from envfence.contract.exposure import builds
from envfence.contract.surfaces.compose import is_compose
from envfence.finding import Finding
from envfence.rewrite.repairs.mending import Result, mended
from envfence.rewrite.repairs.workflow import Around
from envfence.workflow import check
from envfence.workflow.reader import read


def of_file(path: str, name: str, text: str, config: Config) -> Result:
    """Return what becomes of the workflow at ``path``, which is told as ``name``."""
    has_folder = check.folders_around(path)
    top = path.rpartition(".github/workflows/")[0]
    around = Around(has_folder, config.environments, cache(lambda: containers(top or ".")))

    def findings(said: str) -> list[Finding]:
        found = config.reported(check.findings(path, said, has_folder), path)
        found = suppress.applied(found, said, path, config) if "envfence:" in said else found
        return [one for one in found if one.rule.startswith("workflow-")]

    result = mended(path, text, around, findings)
    return result._replace(
        done=[one._replace(path=name) for one in result.done], left=[one._replace(path=name) for one in result.left]
    )


def containers(root: str) -> Mapping[str, str]:
    """Return the service of each container that the compose files of a folder name."""
    named: dict[str, str] = {}
    for file in sorted(os.listdir(root)):
        if is_compose(file):
            services = read(file, builds.text_of(os.path.join(root, file))).at("services").mapping
            named |= {node.at("container_name").text: service for service, node in services.items()}
    named.pop("", None)
    return named
