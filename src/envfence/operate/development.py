"""`.env.development` from the contract: secrets are made, and what this machine decides follows conventions.

A published port is the container's own, or the next that is free; PostgreSQL and Redis get one that leaves servers of
this machine alone. Hosts are this machine, URLs are a host and a published port. What a shell already says counts.
"""

import os
import re
from collections.abc import Iterator, Mapping

from envfence import atomic, sources
from envfence.contract import check, files, kinds, writing
from envfence.contract.environment import names_the_environment
from envfence.contract.grammar import DEFAULT, GENERATED, ONE_OF, OPTIONAL, REQUIRED, Key, placeholders
from envfence.contract.readers import python_reader
from envfence.contract.stages import DEVELOPMENT
from envfence.errors import FenceError
from envfence.stack.entries import published
from envfence.stack.render import CLOSE, OPEN, Stack

HERE = "127.0.0.1"
USER = "developer"  # envfence: ignore[hardcoded-username] what a new env file says until somebody changes it
_AWAY = {"5432": 5435, "6379": 6380}  # a server of this machine may have the usual one
_PUBLISHED = ("_PUBLISH_PORT", "_PUBLISHED_PORT", "_HOST_PORT", "_PORT")
_MARK = re.compile(f"{OPEN}(\\w+){CLOSE}\\Z")


def write(root: str, environment: str, stack: Stack, contract: Mapping[str, Key], environ: Mapping[str, str]) -> str:
    """Write the env file of a developer's machine and return what is in it, in words. No value is told."""
    file = os.path.join(root, f".env.{environment}")
    from_shell = {key: environ[key] for key in contract if environ.get(key) and contract[key].form != GENERATED}
    text = writing.new_text(_contract_text(root), environment)
    made = [key for key in contract.values() if key.form == GENERATED and key.is_for(environment)]
    chosen = {key: value for key, value in chosen_values(contract, stack, from_shell).items() if key not in from_shell}
    atomic.write(file, with_values(text, chosen | from_shell).encode())
    told = [f"{sources.shown(file)} is new, from {files.CONTRACT}:"]
    told += [f"  {len(made)} secrets made"] if made else []
    for what, keys in (("by convention, for this machine", chosen), ("as this shell has them", from_shell)):
        told += [f"  {what}: {', '.join(keys)}"] if keys else []
    return "\n".join(told)


def invented(root: str, environment: str, stack: Stack, contract: Mapping[str, Key]) -> dict[str, str]:
    """Return the values of an env file that is not written: for programs that run for a moment."""
    text = with_values(writing.new_text(_contract_text(root), environment), chosen_values(contract, stack, {}))
    return {entry.key: entry.value for entry in python_reader.entries(text) if entry.key and entry.value}


def chosen_values(contract: Mapping[str, Key], stack: Stack, given: Mapping[str, str]) -> dict[str, str]:
    """Return a value for each key that demands one and whose value a convention gives, in the contract's order.

    What is ``given`` already is what others follow from.
    """
    values = {key: str(port) for key, port in _ports(stack).items() if key in contract} | dict(given)
    wanted = [key for key in contract.values() if key.form in {REQUIRED, ONE_OF} and key.is_for(DEVELOPMENT)]
    for key in sorted((key for key in wanted if not names_the_environment(key, key.name)), key=_rank):
        value = values.get(key.name) or _value(key, values)
        if value:
            values[key.name] = value
    return {key: values[key] for key in contract if key in values and contract[key].form not in {DEFAULT, OPTIONAL}}


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return an env file with the values put in; the rest, comments too, stays as it is."""
    lines = text.split("\n")
    for entry in python_reader.entries(text):
        if entry.key is not None and entry.key in values:
            lines[entry.line - 1 : entry.end_line] = [f"{entry.key}={values[entry.key]}"]
    return "\n".join(lines)


def _ports(stack: Stack) -> dict[str, int]:
    """Return the keys that publish a port, each with one of its own."""
    ports: dict[str, int] = {}
    usual_first = sorted(stack.services.values(), key=lambda service: bool(service.at("profiles").items))
    for service in usual_first:
        for item in service.at("ports").items:
            port = published(item)
            if (mark := _MARK.match(port.host)) and port.container.isdigit():
                wanted = _AWAY.get(port.container, int(port.container))
                while wanted in ports.values():
                    wanted += 1
                ports.setdefault(mark[1], wanted)
    return ports


def _rank(key: Key) -> int:
    """Hosts and ports first, then the URLs made of them, then the lists of URLs."""
    return {kinds.URL: 1, kinds.TEXT: 2}.get(key.kind, 0)


def _value(key: Key, values: Mapping[str, str]) -> str:
    names = placeholders(key.text)
    if key.form == ONE_OF:
        return DEVELOPMENT if DEVELOPMENT in key.choices else key.choices[0]
    if names and key.text != f"<{names[0]}>":
        return _filled(key.text, names, values)
    stem = key.name.rpartition("_")[0]
    if key.kind == kinds.HOST:
        return HERE
    if key.kind == kinds.PORT:
        return next(_known(stem, values), "")
    if key.kind == kinds.URL:
        return next((f"http://{HERE}:{port}" for port in _known(stem, values)), "")
    if "ORIGIN" in key.name:
        return values.get("FRONTEND_URL") or next((url for url in values.values() if url.startswith("http")), "")
    return USER if key.name.endswith(("_USER", "_USERNAME")) else ""


def _known(stem: str, values: Mapping[str, str]) -> Iterator[str]:
    return (values[stem + suffix] for suffix in _PUBLISHED if stem + suffix in values)


def _filled(text: str, names: list[str], values: Mapping[str, str]) -> str:
    if any(name not in values for name in names):
        return ""
    for name in names:
        text = text.replace(f"<{name}>", values[name])
    return text


def _contract_text(root: str) -> str:
    contract = check.contract_in(root)
    if contract is None:
        raise FenceError(f"{sources.shown(os.path.join(root, files.CONTRACT))} is missing: it names the keys")
    return contract.text
