"""The last backup of a fleet, brought here for a moment."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

from envfence import console
from envfence.config import Nearest
from envfence.contract import files
from envfence.delivery.changes.survey import asked
from envfence.delivery.servers.fleet import fleet_of
from envfence.delivery.servers.remote import Remote, connected
from envfence.errors import FenceError
from envfence.operate.target import Target


@contextmanager
def last_backup(root: str, target: Target, file: str) -> Generator[str]:
    """Yield the path of ``file``, else of the newest backup of the servers; that one is gone afterwards.

    Raise FenceError if there is none.
    """
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    if file or target.environment not in config.fleets:
        if not os.path.isfile(file):
            what = f"{file} is not there" if file else "there is no backup"
            raise FenceError(f"{what}; `envfence database backup` makes one")
        yield file
        return
    with tempfile.TemporaryDirectory() as folder, connected(fleet_of(target, config)) as remotes:
        newest = _newest(remotes)
        yield _fetched(*newest, folder)


def _newest(remotes: list[Remote]) -> tuple[Remote, str]:
    """Return the newest backup and its server. Raise FenceError if there is none, or one does not answer."""
    names = asked(remotes, lambda one: one.told("backups").split())
    found = [(name, remote) for remote in remotes for name in names[remote.host.name]]
    if not found:
        raise FenceError("no server has a backup yet; a rollout makes one before it migrates")
    name, remote = max(found, key=lambda one: one[0])
    return remote, name


def _fetched(remote: Remote, name: str, folder: str) -> str:
    file = os.path.join(folder, name)
    console.say(f"fetching {name} from {remote.host.name}")
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        remote.fetch(stream, "dump", name)
    return file
