"""A release on this machine: a folder below `.envfence/releases/` that holds all but the images, and no value.

release.json says what it is, compose.yml how it runs, release.env which images, `ready` how services show that they
are ready; files/ has the folders that containers mount, each as the tar.gz that is sent.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from envfence import atomic, git
from envfence.delivery.releases import model as models
from envfence.delivery.releases.images import Image
from envfence.delivery.servers import packing
from envfence.delivery.servers.fleet import Fleet, Host
from envfence.errors import FenceError
from envfence.operate import state

RELEASE, COMPOSE, IMAGES, READY = "release.json", "compose.yml", "release.env", "ready"
FOLDER = "releases"


class Bundle(NamedTuple):
    """A release as it is kept here. ``folders`` maps a folder on a host to the archive that it is made from."""

    path: str
    release: dict[str, Any]
    model: models.Model
    folders: Mapping[str, str]

    @property
    def id(self) -> str:
        """Its name."""
        return str(self.release["id"])

    def files_for(self, fleet: Fleet, host: Host) -> dict[str, bytes]:
        """Return what goes into `releases/<id>/` on a host, by name."""
        sliced = models.sliced(self.model, fleet, host)
        ready = "".join(
            f"{name} {' '.join(words)}\n" for name, words in fleet.ready.items() if name in sliced["services"]
        )
        listed = "".join(f"{key}={image.reference}\n" for key, image in self.images_for(fleet, host).items())
        whole = packing.read(os.path.join(self.path, RELEASE))
        return {COMPOSE: models.text(sliced), IMAGES: listed.encode(), READY: ready.encode(), RELEASE: whole}

    def images_for(self, fleet: Fleet, host: Host) -> dict[str, Image]:
        """Return key to image of what a host runs."""
        keys = set(models.images_of(models.sliced(self.model, fleet, host)).values())
        return {key: image for key, image in self.images.items() if key in keys}

    def folders_for(self, fleet: Fleet, host: Host) -> dict[str, str]:
        """Return folder on the host to archive of what its services mount."""
        used = models.text(models.sliced(self.model, fleet, host)).decode()
        return {folder: archive for folder, archive in self.folders.items() if _mounted(folder) in used}

    def links_for(self, fleet: Fleet, host: Host) -> dict[str, str]:
        """Return link to target of the folders that are swapped without a restart on a host."""
        swapped = (folder.rpartition("/") for folder in self.folders_for(fleet, host) if folder.count("/") == 2)
        return {f"{parent}/{models.SWAPPED}": digest for parent, _, digest in swapped}

    @property
    def images(self) -> dict[str, Image]:
        """Key to image."""
        return {
            key: Image(one["reference"], one["digest"], one.get("version", ""))
            for key, one in self.release["images"].items()
        }


def written(root: str, release: dict[str, Any], model: models.Model, folders: Mapping[str, bytes]) -> Bundle:
    """Write a release below ``root`` and return it."""
    path = state.folder(root, FOLDER, release["id"])
    os.makedirs(os.path.join(path, "files"), exist_ok=True)
    archives: dict[str, str] = {}
    for folder, data in folders.items():
        archives[folder] = os.path.join(path, "files", f"{folder.removeprefix('files/').replace('/', '@')}.tar.gz")
        atomic.write(archives[folder], data)
    listed = "".join(f"{key}={one['reference']}\n" for key, one in release["images"].items())
    atomic.write(os.path.join(path, COMPOSE), models.text(model))
    atomic.write(os.path.join(path, IMAGES), listed.encode())
    # Last: a folder without it is no release.
    atomic.write(os.path.join(path, RELEASE), (json.dumps(release, indent=1) + "\n").encode())
    return Bundle(path, release, model, archives)


def read(root: str, name: str = "") -> Bundle:
    """Return a release that is kept below ``root``, the newest by default. Raise FenceError if there is none."""
    if not name and not kept(root):
        raise FenceError("nothing is released here; run `envfence release`")
    name = name or kept(root)[-1]
    path = os.path.join(root, state.FOLDER, FOLDER, name)
    if not os.path.isfile(os.path.join(path, RELEASE)):
        raise FenceError(f"no release {name} here; there are {', '.join(kept(root)) or 'none'}")
    release, model = (json.loads(packing.read(os.path.join(path, part))) for part in (RELEASE, COMPOSE))
    names = sorted(os.listdir(os.path.join(path, "files")))
    folders = {
        f"files/{one.removesuffix('.tar.gz').replace('@', '/')}": os.path.join(path, "files", one) for one in names
    }
    return Bundle(path, release, model, folders)


def kept(root: str) -> list[str]:
    """Return the names of the releases below ``root``, the oldest first."""
    path = os.path.join(root, state.FOLDER, FOLDER)
    names = sorted(os.listdir(path)) if os.path.isdir(path) else []
    return [name for name in names if os.path.isfile(os.path.join(path, name, RELEASE))]


def packed(path: str) -> tuple[str, bytes]:
    """Return the short digest of what git has of a folder, or of a single file, and that as a tar.gz."""
    folder, names = (path, _known_to_git(path)) if os.path.isdir(path) else _split(path)
    files = {name.replace(os.sep, "/"): os.path.join(folder, name) for name in names}
    run = frozenset(name for name, file in files.items() if os.stat(file).st_mode & 0o100)
    whole = packing.tar({name: packing.read(file) for name, file in files.items()}, run)
    # Of the tar, which is the same wherever it is made: how it is compressed depends on the machine.
    return hashlib.sha256(whole).hexdigest()[:12], gzip.compress(whole, mtime=0)


def _split(path: str) -> tuple[str, list[str]]:
    folder, name = os.path.split(path)
    return folder, [name]


def _known_to_git(folder: str) -> list[str]:
    listed = git.names(git.ask("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=folder, own=False))
    found = sorted(name for name in set(listed) if os.path.isfile(os.path.join(folder, name)))
    if not found:
        raise FenceError(f"{folder}: a service mounts it, and it holds no file that git knows")
    return found


def _mounted(folder: str) -> str:
    """Return how the model names a folder."""
    parts = folder.split("/")
    return f'"./{"/".join(parts[:2])}"' if len(parts) == 3 else f"./{folder}"


def names_of(folders: Iterable[str]) -> dict[str, str]:
    """Return name to digest of folders, as release.json has them."""
    found: dict[str, str] = {}
    for folder in folders:
        inside = folder.removeprefix("files/")
        name, _, digest = inside.rpartition("/" if "/" in inside else "-")
        found[name] = digest
    return found
