"""Which files of a folder are env files, and of which environment."""

import os

CONTRACT = ".env.example"
_EXAMPLES = frozenset({"example", "sample", "template", "dist", "defaults"})
_READABLE_COPIES = frozenset({"bak", "backup", "old", "orig", "save", "swp", "swo", "tmp", "copy", "rej"})
_COPIES = _READABLE_COPIES | {"vault", "enc", "age", "gpg"}
_SPELT_OUT = frozenset("production prod prd live staging stage stg development dev".split())  # production.env


def environment_of(name: str) -> str | None:
    """Return the environment of a file's name, "" for `.env` itself, None for what is no env file or only a copy."""
    if name == ".env":
        return ""
    if name.endswith(".env") and name[:-4].lower() in _SPELT_OUT:
        return name[:-4]
    if not name.startswith(".env.") or name.endswith("~"):
        return None
    parts = name[len(".env.") :].split(".")
    if not all(parts) or parts[-1].lower() in _EXAMPLES | _COPIES or parts[0].lower() in _EXAMPLES:
        return None
    return ".".join(parts)


def is_override(environment: str) -> bool:
    """Tell whether a file only overrides some keys of another, as `.env.local` does by custom."""
    return environment == "local" or environment.endswith(".local")


def is_copy(name: str) -> bool:
    """Tell whether a file of this name is a copy of an env file that anybody can read: .env.production.bak."""
    parts = name.removesuffix("~").split(".")
    is_marked = name.endswith("~") or parts[-1].lower() in _READABLE_COPIES
    return is_marked and parts[:2] == ["", "env"] and _EXAMPLES.isdisjoint(map(str.lower, parts))


def copies(folder: str) -> list[str]:
    """Return the names of the copies of env files in ``folder``, sorted."""
    return sorted(entry.name for entry in os.scandir(folder) if is_copy(entry.name) and entry.is_file())


def env_files(folder: str) -> list[str]:
    """Return the names of the env files in ``folder``, sorted."""
    return sorted(
        entry.name for entry in os.scandir(folder) if environment_of(entry.name) is not None and entry.is_file()
    )
