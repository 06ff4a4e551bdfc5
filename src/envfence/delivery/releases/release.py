"""Build what a commit deploys, once, and write down what it is: images, schema, compose files, and no value."""

import argparse
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from envfence import console, git, sources
from envfence.arguments import Parser, below_root
from envfence.config import Config, Nearest
from envfence.contract import files
from envfence.contract.readers import compose_reader
from envfence.contract.stages import PRODUCTION
from envfence.delivery.releases import bundle, images, rendering, schema
from envfence.delivery.releases import model as models
from envfence.delivery.releases.images import Build, Image
from envfence.delivery.servers.fleet import table_of, values_of
from envfence.errors import FenceError
from envfence.operate.target import Target, stacks_in, target_of
from envfence.stack.tree import Node


class Options(NamedTuple):
    """How to release: ``registry`` is where images go, "" to send them over the wire."""

    registry: str = ""
    dirty: bool = False


def main(argv: Sequence[str] | None = None) -> int:
    """Write a release and print its name; return 2 if it cannot be made."""
    args = command_parser().parse_args(argv)
    return console.run_below_root(args)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    parser = Parser(prog="envfence release", description=__doc__, parents=[below_root()])
    add = parser.add_argument
    add("name", nargs="?", default=PRODUCTION, metavar="ENVIRONMENT", help="whose servers, by default production's")
    add("--environment", dest="name", metavar="NAME", help="the same", default=argparse.SUPPRESS)
    usual = os.environ.get("ENVFENCE_REGISTRY", "")
    said = "push images to this registry, by default that of ENVFENCE_REGISTRY, if any"
    add("--registry", default=usual, metavar="HOST[/PATH]", help=said)
    add("--dirty", action="store_true", help="release what is not committed, too")
    parser.set_defaults(run=_run)
    return parser


def _run(args: argparse.Namespace) -> int:
    done = released(args.root, args.name, Options(args.registry.rstrip("/"), args.dirty))
    print(done.id)
    told = f"{len(done.images)} images, schema {done.release['schema']['head'] or 'none'}"
    print(f"{sources.shown(done.path)}: {told}", file=sys.stderr)
    return 0


def released(root: str, environment: str, options: Options) -> bundle.Bundle:
    """Return the release of the commit that is checked out. Raise FenceError if it cannot be made."""
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    target = target_of(root, environment, os.environ)
    table = table_of(config, target.environment)
    commit, is_dirty = _commit(root, dirty=options.dirty)
    rendering.refuse_files(target.stack)
    model = models.released(rendering.asked(target.files), target.project)
    found = _images(target, config, model, options)
    described = schema.NONE
    if migrate := str(table.get("migrate", "")):
        described = schema.asked(found[models.image_key(migrate, model["services"][_known(migrate, model)])].reference)
    folders, model = _folders(model, os.path.dirname(target.files[0]))
    now = datetime.now(UTC)
    release: dict[str, Any] = {
        "id": f"{now:%Y%m%dT%H%M%S}-{commit[:12]}{'-dirty' if is_dirty else ''}",
        "commit": commit,
        "branch": _branch(root),
        "created": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "environment": target.environment,
        "project": target.project,
        "images": {key: one._asdict() for key, one in sorted(found.items())},
        "versions": {name: found[key].version for name, key in models.images_of(model).items() if found[key].version},
        "services": models.images_of(model),
        "after": models.after(model),
        "schema": schema.as_json(described),
        "needs": list(described.needs),
        "contract": _sha256(os.path.join(root, files.CONTRACT)),
        "compose": hashlib.sha256(models.text(model)).hexdigest(),
        "files": bundle.names_of(folders),
    }
    return bundle.written(root, release, model, folders)


def _images(target: Target, config: Config, model: models.Model, options: Options) -> dict[str, Image]:
    """Return key to image for every image of a model, those that are built here built."""
    stacks = [layers for _, layers in stacks_in(target.root, config, target.contract)]
    builds, defaults = _builds(stacks), _defaults(stacks)
    values = {**_locked(target), **values_of(target, os.environ)}
    found: dict[str, Image] = {}
    for key in dict.fromkeys(models.images_of(model).values()):
        given = values.get(key) or defaults.get(key, "")
        # Another environment may have released the image already: then it is that one, by its digest.
        if key in builds and "@sha256:" not in given:
            found[key] = images.built(builds[key], values, options.registry, dirty=options.dirty)
        elif given:
            found[key] = images.found(given, options.registry)
        else:
            raise FenceError(f"{key} names no image; `nox -s images_lock` writes those of the stack")
    return found


def _builds(stacks: Sequence[Sequence[Node]]) -> dict[str, Build]:
    """Return image key to build; a stack for developers may be the one that says how an image is built."""
    found: dict[str, Build] = {}
    for layers in stacks:
        services = [one for layer in layers for one in layer.at("services").mapping.values()]
        if not any("build" in one.mapping for one in services):
            continue
        folder = os.path.dirname(layers[0].path) or "."
        for name, service in rendering.asked([layer.path for layer in layers])["services"].items():
            if "build" in service:
                image = models.default_image(service).partition("@")[0]
                plain = image.rpartition(":")[0] if ":" in image.rpartition("/")[2] else image
                found.setdefault(models.image_key(name, service), Build(plain or name, service["build"], folder))
    return found


def _defaults(stacks: Sequence[Sequence[Node]]) -> dict[str, str]:
    """Return image key to the image that some compose file gives it."""
    found: dict[str, str] = {}
    for layers in stacks:
        for name, node in (pair for layer in layers for pair in layer.at("services").mapping.items()):
            service = {"image": node.at("image").text}
            if image := models.default_image(service):
                found.setdefault(models.image_key(name, service), image)
    return found


def _locked(target: Target) -> dict[str, str]:
    """Return what the lock of images says, beside what the env file does."""
    found: dict[str, str] = {}
    for file in target.env_files[1:]:
        with open(file, encoding="utf-8") as stream:
            found |= compose_reader.values_of(compose_reader.entries(stream.read(), {})) or {}
    return found


def _folders(model: models.Model, base: str) -> tuple[dict[str, bytes], models.Model]:
    """Return folder on a host to archive of all that containers mount, and the model that mounts these."""
    archives: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    single: set[str] = set()
    for mount in dict.fromkeys(mount for mount, _ in models.mounts(model)):
        path = os.path.join(base, mount.source)
        if not os.path.exists(path):
            raise FenceError(f"{sources.shown(path)}: a service mounts it, and it is not there")
        single |= {mount.source} if os.path.isfile(path) else set()
        if mount.source not in digests:
            digests[mount.source], data = bundle.packed(path)
            archives[mount.folder(digests[mount.source])] = data
    return archives, models.pinned(model, digests, single)


def _known(name: str, model: models.Model) -> str:
    if name not in model["services"]:
        raise FenceError(f"migrate = {name!r}: the compose files have no such service")
    return name


def _commit(root: str, *, dirty: bool) -> tuple[str, bool]:
    changes = git.ask("status", "--porcelain", cwd=root, own=False)
    if changes and not dirty:
        raise FenceError("not all is committed here, and a release names a commit; commit it, or say --dirty")
    return git.ask("rev-parse", "HEAD", cwd=root, own=False).decode().strip(), bool(changes)


def _branch(root: str) -> str:
    """Return the branch; a checkout of CI is of a commit, and CI says of which branch."""
    named = git.ask("rev-parse", "--abbrev-ref", "HEAD", cwd=root, own=False).decode().strip()
    return named if named != "HEAD" else _of_ci(os.environ)


def _of_ci(environ: Mapping[str, str]) -> str:
    return environ.get("GITHUB_REF_NAME") or environ.get("CI_COMMIT_REF_NAME") or ""


def _sha256(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()
