"""Images over the wire: what `docker save` writes, without the layers that a host has already.

An engine that loads an image reads none of the layers that it knows from another one. So of a release that changes
code, the code alone travels, as it would from a registry.
"""

import os
import subprocess
import tarfile
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import IO

_BLOB = "blobs/sha256/"
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


def filtered(source: IO[bytes], sink: IO[bytes], left_out: frozenset[str]) -> None:
    """Copy what `docker save` writes, without some layers."""
    names = {_BLOB + digest.removeprefix("sha256:") for digest in left_out}
    with (
        tarfile.open(fileobj=source, mode="r|") as archive,
        tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as copy,
    ):
        for member in archive:
            if member.name not in names:
                copy.addfile(member, archive.extractfile(member) if member.isfile() else None)


@contextmanager
def saved(references: Sequence[str], left_out: frozenset[str] = frozenset()) -> Generator[IO[bytes]]:
    """Yield a stream of images of this engine; it ends early if it is not read to its end."""
    command = ("docker", "save", *references)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None  # noqa: S101 it was asked for
        if not left_out:
            try:
                yield process.stdout
            finally:
                process.stdout.close()
                process.terminate()
            return
        reader, writer = os.pipe()
        copying = threading.Thread(target=_copy, args=(process.stdout, writer, left_out), daemon=True)
        copying.start()
        with os.fdopen(reader, "rb") as stream:
            try:
                yield stream
            finally:
                stream.close()
                process.terminate()
                copying.join()


def _copy(source: IO[bytes], writer: int, left_out: frozenset[str]) -> None:
    try:
        with os.fdopen(writer, "wb") as sink:
            filtered(source, sink, left_out)
    except (BrokenPipeError, tarfile.ReadError):
        return  # nobody reads on, and who reads knows why


def _shared(one: Layers, other: Layers) -> int:
    count = 0
    for own, theirs in zip(one, other, strict=False):
        if own != theirs:
            break
        count += 1
    return count
