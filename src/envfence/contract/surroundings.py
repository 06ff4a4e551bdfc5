"""The surfaces around the env files of one folder: what `envfence env check` adds to the files' own findings."""

import os
from collections.abc import Mapping

from envfence import sources
from envfence.config import Config
from envfence.contract import check, files, grammar
from envfence.contract.comparison import matrix
from envfence.contract.environment import Environment, environment
from envfence.contract.grammar import Key
from envfence.contract.readers.entry import Entry
from envfence.contract.surfaces.repository import Read, read_repository
from envfence.detect.settings import classes
from envfence.finding import Finding


def read(root: str, config: Config, environ: Mapping[str, str], from_environment: str | None = None) -> Read:
    """Return every surface below ``root``; with ``from_environment`` the process gives that environment's values.

    Raise FenceError if a file cannot be read.
    """
    contract = check.contract_in(root)
    promised = grammar.contract_of(contract.text) if contract else {}
    path = contract.path if contract else sources.shown(os.path.join(root, files.CONTRACT))
    if from_environment:
        given = {key: environ[key] for key in promised if key in environ}
        last = {key: Entry(key, value, promised[key].line, promised[key].line) for key, value in given.items()}
        environments = [environment(path, from_environment, given, last, promised)]
    else:
        environments = [_of_file(root, *one, environ, promised) for one in files.located(root)]
    return read_repository(root, path, promised, environments, config)


def findings(surroundings: Read) -> list[Finding]:
    """Return what is wrong between and in the surfaces."""
    own = classes.findings(surroundings.modules)
    return [*surroundings.findings, *matrix.findings(surroundings.survey), *own]


def _of_file(root: str, path: str, name: str, environ: Mapping[str, str], promised: Mapping[str, Key]) -> Environment:
    return check.environment_in(check.read(os.path.join(root, path)), name, environ, promised)
