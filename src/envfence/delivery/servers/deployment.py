"""What every command on a fleet begins with: the environment, its servers and a connection to each."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from envfence.config import Nearest
from envfence.contract import files
from envfence.delivery.servers.fleet import Fleet, fleet_of
from envfence.delivery.servers.narrate import Narrator
from envfence.delivery.servers.remote import Remote, connected
from envfence.operate.target import Target, target_of


class Deployment(NamedTuple):
    """An environment, its servers, and who tells what happens there."""

    target: Target
    fleet: Fleet
    remotes: list[Remote]
    narrator: Narrator


@contextmanager
def deployed(root: str, environment: str) -> Generator[Deployment]:
    """Yield the servers of an environment. Raise FenceError if the settings or a value of the contract are missing."""
    target = with_values(target_of(root, environment, os.environ), os.environ)
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    fleet = fleet_of(target, config, target.values)
    with connected(fleet) as remotes:
        yield Deployment(target, fleet, remotes, Narrator(fleet.masked))


def with_values(target: Target, environ: Mapping[str, str]) -> Target:
    """Return the environment with the values of its env file; where there is none, as in CI, with this process's."""
    if os.path.lexists(target.env_file):
        return target
    return target._replace(values={key: environ[key] for key in target.contract if environ.get(key)})
