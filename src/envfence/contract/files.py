"""Which files of a folder are env files, and of which environment."""

import os
from collections.abc import Iterator

CONTRACT = ".env.example"
_EXAMPLES = frozenset({"example", "sample", "template", "tmpl", "dist", "defaults"})
_READABLE_COPIES = frozenset({"bak", "backup", "old", "orig", "save", "swp", "swo", "tmp", "copy", "rej"})
_COPIES = _READABLE_COPIES | {"vault", "enc", "age", "gpg"}
# production.env, .production.env, env.production, and folders of these names
_SPELT_OUT = frozenset(
    "production prod prd live staging stage stg development dev local test testing ci qa uat".split()
)
_OF_ENVIRONMENTS = frozenset({".envs", "envs", "environments"})  # folders with one for each
_WITH_ENV_FILES = (*sorted(_OF_ENVIRONMENTS), "conf", "config", "configs", "deploy", "deployment", "docker", "env")
_NO_PARTS = frozenset({".gitignore", ".gitkeep", ".dockerignore", ".gitattributes", ".ds_store", ".keep"})


def spelt_out(name: str) -> str:
    """Return what a name says besides `env`: production of production.env and env.production, "" of other names."""
    return name[4:] if name.startswith("env.") else name[:-4].removeprefix(".") if name.endswith(".env") else ""


def environment_of(name: str) -> str | None:
    """Return the environment of a file's name, "" for `.env` itself, None for what is no env file or only a copy."""
    if name == ".env":
        return ""
    spelt = spelt_out(name)
    if spelt.lower() in _SPELT_OUT:
        return spelt
    if not name.startswith(".env.") or name.endswith("~"):
        return None
    parts = name[len(".env.") :].split(".")
    if not all(parts) or parts[-1].lower() in _EXAMPLES | _COPIES or parts[0].lower() in _EXAMPLES:
        return None
    return ".".join(parts)


def is_example(name: str) -> bool:
    """Tell whether a file of this name is an example of an env file: .env.production.example, sample.env."""
    *first, last = name.lower().split(".")
    return (last in _EXAMPLES and "env" in first) or (last == "env" and not _EXAMPLES.isdisjoint(first[:2]))


def environment_at(path: str) -> str | None:
    """Return the environment of a path with `/`: that of its name, or of its folder as `.envs/.production/.postgres`.

    None for what is no env file.
    """
    *folders, name = path.split("/")
    own = environment_of(name)
    folder = folders[-1].removeprefix(".") if folders else ""
    if own or folder.lower() not in _SPELT_OUT:
        return own
    is_part = len(folders) > 1 and folders[-2].lower() in _OF_ENVIRONMENTS and _is_part(name.lower())
    return folder if own == "" or is_part else None


def _is_part(name: str) -> bool:
    """Tell whether a file in the folder of an environment holds a part of its values: `.postgres`, `django.env`."""
    is_dotted = name.startswith(".") and name.count(".") == 1 and name not in _NO_PARTS
    return (is_dotted or name.endswith(".env")) and _EXAMPLES.isdisjoint(name.split("."))


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


def located(root: str) -> list[tuple[str, str]]:
    """Return the env files of a program by their paths below ``root``, each with its environment.

    Those of ``root`` come first; then those of folders that by custom hold one for each environment.
    """
    return [*((name, environment_of(name) or "") for name in env_files(root)), *_placed(root)]


def _placed(root: str) -> Iterator[tuple[str, str]]:
    for folder in _WITH_ENV_FILES:
        for name, is_folder in _entries(root, folder):
            path = f"{folder}/{name}"
            inner = [path]
            if is_folder:
                is_stage = name.removeprefix(".").lower() in _SPELT_OUT
                inner = [f"{path}/{one}" for one, is_inner in _entries(root, path) if is_stage and not is_inner]
            yield from ((one, environment) for one in inner if (environment := environment_at(one)))


def _entries(root: str, folder: str) -> list[tuple[str, bool]]:
    """Return the names in a folder with whether each is one itself, none for that of another program."""
    try:
        entries = sorted((entry.name, entry.is_dir()) for entry in os.scandir(os.path.join(root, *folder.split("/"))))
    except OSError:
        return []
    return [] if any(name in {CONTRACT, "pyvenv.cfg"} for name, _ in entries) else entries
