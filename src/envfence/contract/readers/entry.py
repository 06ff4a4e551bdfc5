"""One statement of an env file, whichever reader found it."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A statement and the lines it covers, from 1.

    ``key`` is None where the reader found no name, ``value`` None where there is no ``=``. ``problem`` says why the
    reader could not use the statement, in fixed words, and is empty where it could.
    """

    key: str | None
    value: str | None
    line: int
    end_line: int
    problem: str = ""
