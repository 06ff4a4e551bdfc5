"""Stand-ins for the clients of a module, which write down what they are handed."""

from __future__ import annotations

import builtins
import os
import socket
import subprocess
import time
from types import ModuleType
from typing import TYPE_CHECKING

from .texts import shown

if TYPE_CHECKING:
    from typing import Self

SEEN: list[list[str]] = []  # calls and assignments, each with what it is given
_EXCEPTIONS: dict[str, type[Exception]] = {}
_PAUSES = 100  # of a module, each of which takes no time


class ReachError(OSError):
    """Something tried to leave the process."""


class WaitError(BaseException):
    """A module would wait for ever; not an Exception, as loops that wait catch these."""


class Stub:
    """Stands for anything of a client: takes every call and writes it down."""

    name_: str

    def __init__(self, name: str) -> None:
        self.__dict__["name_"] = name

    def __getattr__(self, name: str) -> object:
        """Return what the client has under a name."""
        return _attribute(self.name_, name)

    def __setattr__(self, name: str, value: object) -> None:
        """Write down what is set."""
        SEEN.append([f"{self.name_}.{name} =", shown(value)])

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Write the call down; a decorator gives back what it is put on."""
        is_decorator = len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], Stub)
        if is_decorator:
            return args[0]
        SEEN.append([self.name_, *map(shown, args), *(f"{key}={shown(kwargs[key])}" for key in sorted(kwargs))])
        return Stub(f"{self.name_}()")

    def __repr__(self) -> str:
        return f"<{self.name_}>"

    def __getitem__(self, key: object) -> Stub:
        return Stub(f"{self.name_}[]")

    def __setitem__(self, key: object, value: object) -> None:
        SEEN.append([f"{self.name_}[{shown(key)}] =", shown(value)])

    def __iter__(self) -> object:
        return iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __mro_entries__(self, _: object) -> tuple[type, ...]:
        return (type(self.name_, (Base,), {}),)  # one of its own: a class takes no base twice

    def __or__(self, _: object) -> Stub:
        return self

    __ror__ = __add__ = __radd__ = __sub__ = __mul__ = __truediv__ = __mod__ = __or__


class Base:
    """Stands for a class of a client that others are made of."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        Stub(type(self).__name__)(*args, **kwargs)

    def __getattr__(self, name: str) -> object:
        """Return what the class would have under a name."""
        return _attribute(type(self).__name__, name)


class Module(ModuleType):
    """A module of which every attribute is a stub."""

    def __getattr__(self, name: str) -> object:
        """Return what the client or module has under a name."""
        return "99.0" if name == "__version__" else _attribute(self.__name__, name)

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Do as a stub does: it may be no module."""
        return Stub(self.__name__)(*args, **kwargs)


def _attribute(owner: str, name: str) -> object:
    """Return what stands for an attribute; what is raised and caught has to be an exception."""
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(name)
    if name[:1].isupper() and name.endswith(("Error", "Exception", "Warning")):
        return _EXCEPTIONS.setdefault(f"{owner}.{name}", type(name, (Exception,), {}))
    return Stub(f"{owner}.{name}")


def block() -> None:
    """Let nothing out of the process, no connection and no other program, and let nothing wait."""
    pauses = iter(range(_PAUSES))

    def refuse(*_: object, **__: object) -> None:
        raise ReachError("nothing is reached while a fix is verified")

    def pause(_: float) -> None:
        if next(pauses, None) is None:
            raise WaitError

    for owner, names in (
        (socket.socket, ("connect", "connect_ex", "bind", "sendto")),
        (socket, ("create_connection", "getaddrinfo", "gethostbyname")),
        (subprocess, ("Popen",)),
        (os, ("system", "popen", "execv", "execve", "posix_spawn", "fork", "kill")),
    ):
        for name in names:
            if hasattr(owner, name):
                setattr(owner, name, refuse)
    setattr(builtins, "input", refuse)  # noqa: B010 for type checkers
    setattr(time, "sleep", pause)  # noqa: B010 likewise
