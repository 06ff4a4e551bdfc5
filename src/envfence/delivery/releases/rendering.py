"""The merged compose files of an environment, asked of compose itself: keys stay keys, and no value comes near."""

import json
import os
import re
import tempfile
from collections.abc import Sequence
from typing import Any, cast

from envfence.delivery.releases.model import Model
from envfence.errors import FenceError
from envfence.operate import engine
from envfence.stack.render import Stack

_TOKEN = "ENVFENCE_KEPT_"
_KEPT = re.compile(rf"\$\{{{_TOKEN}(\d+)\}}|\./\$\{{{_TOKEN}(\d+)_\}}")
_MACHINE = ("PATH", "HOME", "DOCKER_CONFIG", "SYSTEMROOT", "USERPROFILE", "PROGRAMFILES", "PROGRAMDATA")  # for docker
_OWN_FILES = ("env_file", "credential_spec")


def asked(files: Sequence[str]) -> Model:
    """Return the model of compose files, with no value in it. Raise FenceError if compose refuses them."""
    # Neither an env file nor this shell: what compose does not know it cannot put in.
    environ = {key: os.environ[key] for key in _MACHINE if key in os.environ}
    arguments = ("--format", "json", "--no-interpolate", "--no-path-resolution")
    kept: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        named: list[str] = []
        for number, file in enumerate(files):
            with open(file, encoding="utf-8-sig") as stream:
                text = _with_tokens(stream.read(), kept)
            named += ["--file", os.path.join(folder, f"{number}.yml")]
            with open(named[-1], "w", encoding="utf-8") as stream:
                stream.write(text)
        command = ("docker", "compose", "--env-file", os.devnull, *named, "--profile", "*", "config", *arguments)
        done = engine.run(command, environ)
    if done.code:
        raise FenceError(f"compose refuses {' and '.join(files)}: {done.error.strip()}")
    model: Model = _restored(json.loads(done.out), kept)
    for service in model["services"].values():
        if isinstance(given := service.get("environment"), list):  # as compose leaves it where files were merged
            service["environment"] = dict(map(_pair, cast("list[str]", given)))
    return model


def _pair(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    return key, value if equals else None


def _with_tokens(text: str, kept: list[str]) -> str:
    """Return a file with plain tokens for the references in it, which are ``kept``.

    Left alone, compose takes the colon of `${DIR:-.}/x:/y` for the one behind a path, and `${DIR}/x` for the name of a
    volume.
    """
    parts: list[str] = []
    done = position = 0
    while (start := text.find("$", position)) >= 0:
        position = start + 2 if text[start + 1 : start + 2] in {"$", "{"} else start + 1
        end = _end(text, start) if text.startswith("{", start + 1) else 0
        if end:
            is_path = text.startswith("/", end) and text[start - 1 : start] in set(" '\"[\n")
            parts += [text[done:start], f"{'./' if is_path else ''}${{{_TOKEN}{len(kept)}{'_' * is_path}}}"]
            kept.append(text[start:end])
            done = position = end
    return "".join((*parts, text[done:]))


def _end(text: str, start: int) -> int:
    """Return where a `${` that begins at ``start`` ends, 0 if it does not on its line."""
    depth = 0
    for index in range(start, len(text)):
        if text[index] == "\n":
            return 0
        depth += (text[index : index + 2] == "${") - (text[index] == "}")
        if text[index] == "}" and not depth:
            return index + 1
    return 0


def _restored(model: Any, kept: Sequence[str]) -> Any:
    if isinstance(model, dict):
        return {key: _restored(value, kept) for key, value in cast("dict[str, Any]", model).items()}
    if isinstance(model, list):
        return [_restored(value, kept) for value in cast("list[object]", model)]
    return _KEPT.sub(lambda found: kept[int(found[1] or found[2])], model) if isinstance(model, str) else model


def refuse_files(stack: Stack) -> None:
    """Raise FenceError if a service takes a file along whose content compose would put into the model."""
    for name, service in stack.services.items():
        for key in _OWN_FILES:
            if service.at(key).value:
                raise FenceError(f"{name}: {key} takes a file along that servers do not have; name its keys instead")
