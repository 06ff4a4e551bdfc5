"""Files in one stream, for a server."""

import io
import tarfile
from collections.abc import Mapping

RUN, READ = 0o755, 0o644


def tar(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """Return files by name as a tar that is the same bytes wherever it is made: no times, no owners."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = RUN if name in executable else READ
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def read(path: str) -> bytes:
    """Return what a file holds."""
    with open(path, "rb") as stream:
        return stream.read()
