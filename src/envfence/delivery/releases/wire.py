"""Images over the wire: what `docker save` writes, without the layers that a host has already.

An engine that loads an image reads none of the layers that it knows from another one. So of a release that changes
code, the code alone travels, as it would from a registry.
"""

import hashlib
import os
import tarfile
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import IO

from envfence.errors import FenceError
from envfence.operate import engine

_BLOB = "blobs/sha256/"
_SAVING = threading.Lock()
Layers = Sequence[str]  # digests of what each layer changes, the lowest first


def superfluous(sent: Iterable[Layers], known: Iterable[Layers]) -> frozenset[str]:
    """Return the layers of what is ``sent`` that a host has in a ``known`` image, above the same layers."""
    known = list(known)
    there: set[str] = set()
    needed: set[str] = set()
    for layers in sent:
        shared = max((_shared(layers, other) for other in known), default=0)
        there |= set(layers[:shared])
        needed |= set(layers[shared:])
    return frozenset(there - needed)


@contextmanager
def saved(folder: str, references: Sequence[str], left_out: frozenset[str] = frozenset()) -> Generator[IO[bytes]]:
    """Yield a file with images of this engine; whoever needs the same ones in ``folder`` shares what is saved.

    Raise FenceError if they cannot be saved.
    """
    whole = _archive(folder, references)
    if not left_out:
        with open(whole, "rb") as stream:
            yield stream
        return
    part = f"{whole}.{threading.get_ident()}"
    try:
        filtered(whole, part, left_out)
        with open(part, "rb") as stream:
            yield stream
    finally:
        if os.path.exists(part):
            os.unlink(part)


def filtered(source: str, target: str, left_out: frozenset[str]) -> None:
    """Write what `docker save` has written, without some layers."""
    names = {_BLOB + digest.removeprefix("sha256:") for digest in left_out}
    with tarfile.open(source) as archive, tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as copy:
        for member in archive:
            if member.name not in names:
                copy.addfile(member, archive.extractfile(member) if member.isfile() else None)


def _archive(folder: str, references: Sequence[str]) -> str:
    path = os.path.join(folder, f"{hashlib.sha256(' '.join(references).encode()).hexdigest()[:16]}.tar")
    with _SAVING:  # the other hosts wait for the first
        if not os.path.exists(path):
            done = engine.run(("docker", "save", "--output", f"{path}.part", *references))
            if done.code:
                raise FenceError(f"docker cannot save {', '.join(references)}: {done.error.strip()}")
            os.replace(f"{path}.part", path)
    return path


def _shared(one: Layers, other: Layers) -> int:
    count = 0
    for own, theirs in zip(one, other, strict=False):
        if own != theirs:
            break
        count += 1
    return count
