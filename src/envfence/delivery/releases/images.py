"""Images of a release: built once, named so that a name says what it is, and sent to the hosts that lack them.

A reference never moves: it ends with a digest of a registry, or with a tag made of the commit or of the image's id.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from envfence import console, git
from envfence.contract.readers.template import substitute
from envfence.delivery.releases import wire
from envfence.delivery.servers.remote import FAILED, Remote
from envfence.errors import FenceError
from envfence.operate import engine

LONG = 1800.0  # seconds that an image may take
_VERSIONS = frozenset(("APP_VERSION", "VERSION", "REVISION", "COMMIT", "GIT_COMMIT", "GIT_SHA"))  # arguments of builds
_LABEL = "org.opencontainers.image.revision"


class Image(NamedTuple):
    """An image of a release. ``digest`` is the registry's or the image's id, ``version`` what the build was told."""

    reference: str
    digest: str
    version: str = ""

    @property
    def is_pulled(self) -> bool:
        """Tell whether a registry has it under a name that cannot move."""
        return "@sha256:" in self.reference


class Build(NamedTuple):
    """How an image is built. ``name`` has no tag, ``options`` are compose's, ``folder`` is where its files are."""

    name: str
    options: Mapping[str, Any]
    folder: str

    @property
    def context(self) -> str:
        """The folder that is built from."""
        return os.path.normpath(os.path.join(self.folder, str(self.options.get("context", "."))))


def version_of(build: Build, *, dirty: bool) -> str:
    """Return the last commit that changed what an image is built from: other commits do not build it anew.

    Raise FenceError if there is none, or without ``dirty`` if not all is committed.
    """
    if changes := git.ask("status", "--porcelain", "--", ".", cwd=build.context, own=False):
        if not dirty:
            raise FenceError(f"{build.context}: not all is committed, and a release names a commit; or say --dirty")
        return f"dirty-{hashlib.sha256(changes + os.urandom(8)).hexdigest()[:12]}"
    found = git.ask("log", "-1", "--format=%H", "--", ".", cwd=build.context, own=False).decode().strip()
    if not found:
        raise FenceError(f"{build.context} is in no commit")
    return found[:12]


def definition(build: Build, version: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of a build with its arguments filled in, the version among them."""
    given: dict[str, Any] = build.options.get("args") or {}
    args = {
        name: version if name in _VERSIONS else substitute(str(text or values.get(name, "")), values.get)
        for name, text in given.items()
    }
    own: dict[str, Any] = build.options.get("labels") or {}
    labels = {**own, _LABEL: version}
    return {**build.options, "args": args, "labels": labels}


def tag_of(version: str, options: Mapping[str, Any]) -> str:
    """Return the tag of what is built from one version in one way."""
    return f"{version}-{hashlib.sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()[:8]}"


def built(build: Build, values: Mapping[str, str], registry: str, *, dirty: bool) -> Image:
    """Return an image, built unless this engine or the registry has it. Raise FenceError if that fails."""
    version = version_of(build, dirty=dirty)
    options = definition(build, version, values)
    name = f"{registry}/{build.name}" if registry else build.name
    reference = f"{name}:{tag_of(version, options)}"
    if registry and engine.run(("docker", "pull", "--quiet", reference)).code == 0:
        return Image(_digest_of(reference), _digest_of(reference).partition("@")[2], version)
    if not identity(reference):
        console.say(f"building {reference}")
        _build(reference, options, build.folder)
    return _pushed(reference, version) if registry else Image(reference, identity(reference), version)


def found(reference: str, registry: str) -> Image:
    """Return an image of somebody else's: pinned as it is, else under a tag that says which one it is."""
    if "@sha256:" in reference:
        return Image(reference, reference.partition("@")[2])
    if not identity(reference):
        console.say(f"pulling {reference}")
        _run(("docker", "pull", "--quiet", reference), f"{reference} cannot be pulled")
    own = identity(reference)
    name = reference.rpartition(":")[0] if ":" in reference.rpartition("/")[2] else reference
    fixed = f"{registry}/{name}" if registry else name
    fixed = f"{fixed}:id-{own.partition(':')[2][:12]}"
    _run(("docker", "tag", reference, fixed), f"{reference} cannot be tagged")
    return _pushed(fixed) if registry else Image(fixed, own)


def identity(reference: str) -> str:
    """Return the id of an image that this engine has, "" if it has none."""
    done = engine.run(("docker", "image", "inspect", "--format", "{{.Id}}", reference))
    return done.out.strip() if done.code == 0 else ""


def lacking(remote: Remote, references: Sequence[str]) -> list[str]:
    """Return the images that a host does not have."""
    if not references:
        return []
    rows = (line.rpartition(" ") for line in remote.told("has", *references).splitlines())
    return [reference for reference, _, own in rows if own == "-"]


def send(remote: Remote, token: str, images: Sequence[Image]) -> None:
    """Bring images to a host: what it has under another name is named, what a registry has it pulls, the rest is sent.

    Raise FenceError if an image is nowhere, or the host cannot take it.
    """
    rest: list[str] = []
    absent = set(lacking(remote, [image.digest for image in images]))
    for image in images:
        if image.is_pulled:
            remote.told("pull", token, image.reference, timeout=LONG)
        elif image.digest not in absent:
            remote.told("tag", token, image.digest, image.reference)
        else:
            rest.append(image.reference)
    if unknown := [reference for reference in rest if not identity(reference)]:
        raise FenceError(f"{', '.join(unknown)}: neither {remote.host.name} nor this machine has it; release it again")
    if rest:
        _send(remote, token, rest)


def _send(remote: Remote, token: str, references: Sequence[str]) -> None:
    """Send images, without the layers that the host has of others."""
    own = engine.run(("docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", *references)).out
    known = remote.told("layers").splitlines()
    left_out = wire.superfluous(map(json.loads, own.splitlines()), map(json.loads, known))
    with wire.saved(remote.folder, references, left_out) as stream:
        answer = remote.ask("load", token, data=stream, timeout=LONG)
    if answer.code == FAILED and left_out:  # an engine that wants all of an image, as one does that keeps its archives
        with wire.saved(remote.folder, references) as stream:
            remote.told("load", token, data=stream, timeout=LONG)
    elif answer.code:
        raise FenceError(f"{remote.host.name}: {remote.fleet.masked(answer.error.strip())}")


def _build(reference: str, options: Mapping[str, Any], folder: str) -> None:
    # Compose knows every option of a build; dollars are text by now.
    text = json.dumps({"name": "release", "services": {"image": {"image": reference, "build": options}}})
    command = ("docker", "compose", "--project-directory", folder, "--file", "-", "build", "--quiet")
    done = subprocess.run(
        command, input=text.replace("$", "$$"), capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        last = "\n".join(f"  {line}" for line in done.stderr.splitlines()[-15:])
        raise FenceError(f"{reference} cannot be built:\n{last}")


def _pushed(reference: str, version: str = "") -> Image:
    console.say(f"pushing {reference}")
    _run(("docker", "push", "--quiet", reference), f"{reference} cannot be pushed; `docker login` first?")
    pinned = _digest_of(reference)
    return Image(pinned, pinned.partition("@")[2], version)


def _digest_of(reference: str) -> str:
    """Return the name of an image with the digest that its registry gave it."""
    listed = engine.run(("docker", "image", "inspect", "--format", "{{json .RepoDigests}}", reference)).out
    name = reference.rpartition(":")[0]
    digests: list[str] = json.loads(listed or "[]") or []
    pinned = next((one for one in digests if one.partition("@")[0] == name), "")
    if not pinned:
        raise FenceError(f"{reference}: its registry has given it no digest")
    return pinned


def _run(command: tuple[str, ...], failed: str) -> None:
    done = engine.run(command)
    if done.code:
        raise FenceError(f"{failed}: {done.last_word}")
