"""PostgreSQL's own programs, on one database; the password is in no argument."""

import subprocess
from typing import IO, NamedTuple

from envfence.errors import FenceError
from envfence.operate.database.place import Place
from envfence.operate.embedded import servers


class Client(NamedTuple):
    """The programs of the packages in ``folder``, for the database at ``place``."""

    place: Place
    folder: str

    def ask(self, sql: str) -> str:
        """Return what psql prints. Raise FenceError if the database refuses; no row is quoted."""
        done = servers.asked(self._login(), self.place.password, self.place.name, self.folder, sql)
        if done.code:
            raise FenceError(f"{self.place}: {without_rows(done.error)}")
        return done.out

    def started(self, program: str, *arguments: str, stdin: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL, and return it; what it says stands in its pipes."""
        return subprocess.Popen(
            (servers.program(self.folder, program), *arguments), stdin=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**servers.bare(self.folder), **self._login(), **self._named()},
        )  # fmt: skip

    def _login(self) -> dict[str, str]:
        login = {"PGHOST": self.place.host, "PGPORT": self.place.port, "PGUSER": self.place.user}
        return login | ({"PGSSLMODE": self.place.sslmode} if self.place.sslmode else {})

    def _named(self) -> dict[str, str]:
        return {"PGDATABASE": self.place.name, "PGPASSWORD": self.place.password, "PGCONNECT_TIMEOUT": "10"}


def without_rows(said: str) -> str:
    """Return what a program of PostgreSQL complains of; DETAIL and CONTEXT quote rows, so they are left out."""
    lines = [line for line in said.splitlines() if "ERROR" in line or "error:" in line]
    told = [line.partition("ERROR:")[2].strip() or line for line in lines]
    return "; ".join(told[:3]) or "it does not answer"
