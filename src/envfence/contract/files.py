"""Which files of a folder are env files, and of which environment."""

import os

CONTRACT = ".env.example"
_EXAMPLES = frozenset({"example", "sample", "template", "dist", "defaults"})
_COPIES = frozenset(
    {"bak", "backup", "old", "orig", "save", "swp", "swo", "tmp", "copy", "rej", "vault", "enc", "age", "gpg"}
)


def environment_of(name: str) -> str | None:
    """Return the environment of a file's name, "" for `.env` itself, None for what is no env file or only a copy."""
    if name == ".env":
        return ""
    if not name.startswith(".env.") or name.endswith("~"):
        return None
    parts = name[len(".env.") :].split(".")
    if not all(parts) or parts[-1].lower() in _EXAMPLES | _COPIES or parts[0].lower() in _EXAMPLES:
        return None
    return ".".join(parts)


def is_override(environment: str) -> bool:
    """Tell whether a file only overrides some keys of another, as `.env.local` does by custom."""
    return environment == "local" or environment.endswith(".local")


def env_files(folder: str) -> list[str]:
    """Return the names of the env files in ``folder``, sorted."""
    return sorted(
        entry.name for entry in os.scandir(folder) if environment_of(entry.name) is not None and entry.is_file()
    )
