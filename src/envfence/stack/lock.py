"""Pin the images of the stacks: every `${KEY:-image}` as the engine resolves it, in a file for `--env-file`.

Compose files name versions, which people read; the lock beside them names digests, which registries cannot change. An
override for servers asks for the keys without a default (`image: ${REDIS_IMAGE:?}`), so nothing starts there unlocked.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from envfence import atomic, console, sources
from envfence.arguments import Parser
from envfence.config import Nearest
from envfence.contract import command, files, surroundings
from envfence.contract.readers import compose_reader
from envfence.contract.surfaces.compose import read
from envfence.errors import FenceError
from envfence.stack.images import EXACT, movement
from envfence.stack.render import Stack
from envfence.stack.tree import Node

NAME = "images.lock"
_HEADER = "# Written by `nox -s images_lock`; give it to docker compose with --env-file.\n"
_DIGEST = re.compile(r"^Digest: (sha256:[0-9a-f]{64})$", re.MULTILINE)
_PINNED = re.compile(r".+@sha256:[0-9a-f]{64}\Z")


def wanted(stacks: Iterable[Stack], values: Mapping[str, str]) -> dict[str, str]:
    """Return each key that names an image, with the image: its value, else the default that a compose file gives it.

    What the stacks build themselves is left out; what they build it from is not. Raise FenceError for a key without an
    image, and for an image whose tag moves.
    """
    services = [pair for stack in stacks for layer in stack.layers for pair in layer.at("services").mapping.items()]
    built = {name for name, node in services if "build" in node.mapping}
    ours = {key for name, node in services if name in built for key, _ in _keys(node.at("image"))}
    images: dict[str, str] = {}
    for _, service in services:
        bases = [node for key, node in service.at("build", "args").mapping.items() if key.endswith("IMAGE")]
        for key, default in (pair for node in (*bases, service.at("image")) for pair in _keys(node)):
            if key not in ours:
                images[key] = values.get(key) or images.get(key) or default
    for key, image in images.items():
        if movement(image) != EXACT or not image:
            raise FenceError(f"{key}: its tag moves, or it has none; name a whole version before it is locked")
    return dict(sorted(images.items()))


def text(images: Mapping[str, str], digest_of: Callable[[str], str]) -> str:
    """Return the lock of ``images``; one that has a digest keeps it."""
    pinned = {key: image if _is_pinned(image) else f"{image}@{digest_of(image)}" for key, image in images.items()}
    return _HEADER + "".join(f"{key}={image}\n" for key, image in pinned.items())


def outdated(lock: str, images: Mapping[str, str]) -> list[str]:
    """Return the keys whose image is not the one in ``lock``, or not pinned there."""
    locked = compose_reader.values_of(compose_reader.entries(lock, {})) or {}
    return [
        key
        for key, image in images.items()
        if not _is_pinned(locked.get(key, "")) or locked[key].partition("@")[0] != image.partition("@")[0]
    ]


def digest_of(image: str) -> str:
    """Return the digest that the engine resolves ``image`` to; pulls it. Raise FenceError if it cannot."""
    print(f"pulling {image}", file=sys.stderr)
    try:
        done = subprocess.run(("docker", "pull", image), capture_output=True, check=False, encoding="utf-8")
    except OSError as error:
        raise FenceError("docker is not installed, and it is what resolves images") from error
    found = _DIGEST.search(done.stdout)
    if done.returncode or not found:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise FenceError(f"docker cannot pull {image}: {said}")
    return found[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Write the lock, or with --check say whether it is up to date."""
    args = command_parser().parse_args(argv)
    return console.guarded(lambda: _run(args.root, args.environment, args.output, check=args.check))


def command_parser() -> Parser:
    """Return the parser of `envfence stack lock`, which is also the session images_lock."""
    parser = Parser(prog="envfence stack lock", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--root", default=".", metavar="DIR", help="the folder of the contract")
    parser.add_argument("--environment", metavar="NAME", help="take images from .env.NAME where it names them")
    parser.add_argument("--output", metavar="FILE", help=f"by default {NAME} beside the first compose file")
    parser.add_argument("--check", action="store_true", help="write nothing, ask no registry; 1 if it is out of date")
    return parser


def _run(root: str, environment: str | None, output: str | None, *, check: bool) -> int:
    config = Nearest().of(os.path.join(root, files.CONTRACT))
    stacks = surroundings.read(root, config, os.environ).survey.stacks
    if not stacks:
        raise FenceError("there is no compose file here")
    images = wanted(stacks, command.values_of(root, environment) if environment else {})
    file = output or os.path.join(os.path.dirname(stacks[0].layers[0].path), NAME)
    if check:
        return _checked(file, images)
    atomic.write(file, text(images, digest_of).encode(), private=False)
    print(f"{sources.shown(file)}: {len(images)} images", file=sys.stderr)
    return 0


def _checked(file: str, images: Mapping[str, str]) -> int:
    old = outdated(_written(file), images)
    if old:
        how = f"out of date: {', '.join(old)}" if os.path.exists(file) else "not there"
        print(f"{sources.shown(file)}: {how}; run `nox -s images_lock`")
    return int(bool(old))


def _written(file: str) -> str:
    if not os.path.exists(file):
        return ""
    with open(file, encoding="utf-8") as stream:
        return stream.read()


def _keys(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the keys of an image that is a key and nothing else, each with its default."""
    for reference in read(node.text):
        if node.text.startswith("${") and node.text.endswith("}"):
            yield reference.name, reference.argument if reference.operator.endswith("-") else ""


def _is_pinned(image: str) -> bool:
    return bool(_PINNED.match(image))


if __name__ == "__main__":
    raise SystemExit(main())
