"""ARG and ENV of Dockerfiles."""

import re
from collections.abc import Iterator
from functools import partial

from envfence.contract.stages import THROWAWAY, stages_in
from envfence.contract.surfaces import ARGUMENT, DOCKERFILE, FALLS_BACK, REQUIRES, SETS, SHELL, Use

_PAIR = re.compile(r"""([A-Za-z_]\w*)(?:=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*))?""")
_DEFAULTED = re.compile(r"\$\{\w+:?-[^}$]+\}\Z")
_ARGUMENT = re.compile(r"\$\{?(\w+)\}?")
# What is about a Dockerfile, beside one, or a copy of one.
_OTHERS = tuple(".py .js .ts .go .rs .rb .java .md .txt .json .yml .yaml .dockerignore .bak ~".split())
_STARTS = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})
_SHELL = re.compile(r"""\[\s*"(?:/bin/)?(?:ba)?sh"\s*,\s*"-\w*c\w*"\s*,""")
_READ = re.compile(r"(?<![\\$])\$\{?([A-Z][A-Z0-9_]{2,})(:?[-=?+])?")


def is_dockerfile(path: str) -> bool:
    """Tell whether a file's name is one of a Dockerfile."""
    name = path.rpartition("/")[2].lower()
    return not name.endswith(_OTHERS) and not {"dockerfile", "containerfile"}.isdisjoint(name.split("."))


def uses(path: str, text: str) -> list[Use]:
    """Return the keys that a Dockerfile declares: an ARG without default needs a value, every other sets one."""
    found: list[Use] = []
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        found += [_use(path, line, key, value) for key, value in pairs(word, rest)]
    named = {use.key for use in found}
    found += (use for use in _started(path, text) if use.key not in named)
    return [use for use in found if use.key.isidentifier()]


def _started(path: str, text: str) -> Iterator[Use]:
    """Yield what the commands that a container runs take from its environment, where a shell runs them."""
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        is_bare = "[" in rest and not _SHELL.search(rest)
        for match in _READ.finditer(rest) if word.upper() in _STARTS and not is_bare else ():
            surface = SHELL if (match[2] or "?").endswith("?") else ARGUMENT
            yield Use(match[1], path, line, surface, REQUIRES if surface == SHELL else FALLS_BACK)


def runs_as_root(text: str) -> bool:
    """Tell whether the last stage sets no user, or root, on a base image whose user is not known to be another."""
    user, base = "", ""
    for _, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() == "FROM":
            user, base = "", rest.strip().lower()
        elif word.upper() == "USER":
            user = rest.strip().partition(":")[0]
    return user in {"", "root", "0"} and "nonroot" not in base and "rootless" not in base and "airflow" not in base


def shipped(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, key and value of each ENV of the stage that servers run, and of the stages below it."""
    stages: dict[str, list[tuple[int, str, str]]] = {}
    below: dict[str, str] = {}
    name = ""
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() == "FROM":
            image, name = image_and_name(rest.lower())
            name = name or str(line)
            stages[name], below[name] = [], image
        elif word.upper() == "ENV" and name:
            stages[name] += [(line, key, value) for key, value in pairs(word, rest) if value is not None]
    shipped = next((name for name in reversed(stages) if not THROWAWAY & stages_in(name)), "")
    while shipped in stages:
        yield from stages.pop(shipped)
        shipped = below[shipped]


def bases(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and image of each FROM that is of no other stage, with the defaults of an ARG before it put in."""
    stages = {"scratch"}
    defaults: dict[str, str] = {}
    for line, instruction in instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() == "ARG" and len(stages) == 1:
            defaults |= {key: value for key, value in pairs(word, rest) if value is not None}
        elif word.upper() == "FROM":
            image, name = image_and_name(rest)
            if image.lower() not in stages:
                yield line, _ARGUMENT.sub(partial(_default_of, defaults), image)
            stages |= {name.lower()} - {""}


def image_and_name(rest: str) -> tuple[str, str]:
    """Return the image or stage that a FROM begins with, and what it calls its own stage, "" if nothing."""
    words = [part for part in rest.split() if not part.startswith("--")] or [""]
    return words[0], words[2] if len(words) > 2 else ""


def _default_of(defaults: dict[str, str], match: re.Match[str]) -> str:
    return defaults.get(match[1], match[0])


def pairs(word: str, rest: str) -> list[tuple[str, str | None]]:
    """Return the keys and values that ARG or ENV declares, none for any other word; an ARG may have no value."""
    word, rest = word.upper(), rest.strip()
    if word not in {"ARG", "ENV"}:
        return []
    if word == "ENV" and "=" not in rest.partition(" ")[0]:  # the old form: ENV KEY the rest is the value
        key, _, value = rest.partition(" ")
        return [(key, value.strip().strip("\"'"))]
    return [(match[1], match[2] and match[2].strip("\"'")) for match in _PAIR.finditer(rest)]


def _use(path: str, line: int, key: str, value: str | None) -> Use:
    if value is None:
        return Use(key, path, line, DOCKERFILE, REQUIRES)
    has_literal = bool(value) and (not value.startswith("$") or bool(_DEFAULTED.match(value)))
    return Use(key, path, line, DOCKERFILE, SETS, has_literal)


def instructions(text: str) -> list[tuple[int, str]]:
    """Return line and text of each instruction, its continuation lines joined."""
    found: list[tuple[int, str]] = []
    start, parts = 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):  # as docker does: a form feed ends no line
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        start = start if parts else number
        parts.append(stripped.removesuffix("\\").strip())
        if not stripped.endswith("\\"):
            found.append((start, _joined(parts)))
            parts = []
    return [*found, (start, _joined(parts))] if parts else found  # the last one may end in the middle


def _joined(parts: list[str]) -> str:
    return " ".join(parts).replace("\t", " ")
