"""Env files from the contract: a new one, and the keys that an old one lacks."""

import os
from typing import NamedTuple

from envfence import atomic, sources
from envfence.config import Nearest
from envfence.contract import check, files, generate
from envfence.contract.environment import declared, names_the_environment
from envfence.contract.grammar import GENERATED, OPTIONAL, REQUIRED, Key, contract_of, placeholders
from envfence.contract.keys import last_statements
from envfence.contract.misspelt import meant
from envfence.contract.readers import python_reader
from envfence.contract.stages import is_known
from envfence.errors import FenceError, repeated


def new(root: str, name: str) -> list[str]:
    """Write `.env.<name>` and return the keys that still need a value.

    Raise FenceError if it is there already, or if the name is that of a known environment but for a letter or two.
    """
    file = _file(root, name)
    if os.path.lexists(file):
        raise FenceError(f"{sources.shown(file)} is there already; `envfence env fill {name}` adds what it lacks")
    contract = _contract(root)
    _refuse_misspelt(root, contract.text, name)
    text = new_text(contract.text, name)
    atomic.write(file, text.encode())
    return _unset(text)


def fill(root: str, name: str) -> tuple[list[str], list[str]]:
    """Add the missing keys to `.env.<name>`; return those added and those that still need a value.

    Raise FenceError if there is no such file or it cannot be read as UTF-8.
    """
    file = _file(root, name)
    if not os.path.lexists(file):
        _refuse_misspelt(root, _contract(root).text, name)
        raise FenceError(f"{sources.shown(file)} is missing; `envfence env new {name}` writes it")
    if not os.path.isfile(file):
        raise FenceError(f"{sources.shown(file)} is no file; move it away, and `envfence env new {name}` writes one")
    with open(file, "rb") as stream:
        data = stream.read()
    try:
        old = data.decode()
    except UnicodeDecodeError as error:
        raise FenceError(f"{sources.shown(file)} is not UTF-8; save it as UTF-8 first") from error
    bad = next((entry.line for entry in python_reader.entries(old) if entry.problem), 0)
    if bad:
        raise FenceError(f"{sources.shown(file)}:{bad} cannot be read; mend it first")
    text = filled(old, _contract(root).text, name)
    before, after = (last_statements(python_reader.entries(one)) for one in (old, text))
    if text != old or not _is_private(file):
        atomic.write(file, text.encode())
    return [key for key in after if key not in before or after[key].value != before[key].value], _unset(text)


def new_text(contract: str, name: str) -> str:
    """Return the text of a new env file: the contract's lines and comments, with a value where one can be made."""
    lines = contract.removeprefix("\ufeff").splitlines()
    blocks = _blocks(contract)
    for key in reversed(contract_of(contract).values()):
        block = blocks[key.name]
        if key.is_for(name):
            lines[key.line - 1 : block.end] = _written(key, name, block)
        else:
            del lines[block.start - 1 : block.end]
    return "\n".join(lines) + "\n"


def filled(old: str, contract: str, name: str) -> str:
    """Return ``old`` with the contract's missing keys, each behind the key that the contract has before it.

    What is there keeps its place, its comments and its line ends; a placeholder of a generated secret is replaced.
    """
    newline = "\r\n" if "\r\n" in old else "\n"
    body = old.removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n")
    lines = body.split("\n") if body else []
    blocks = _blocks(contract)
    end = 0  # of the last key that is there
    for key in contract_of(contract).values():
        entry = last_statements(python_reader.entries("\n".join(lines))).get(key.name)
        block = blocks[key.name]
        if entry is None and key.is_for(name) and key.form != OPTIONAL:
            comment = [line for line in block.comment if line not in lines]
            lines[end:end] = added = [*comment, *_written(key, name, block)]
            end += len(added)
        elif entry is not None and key.form == GENERATED and (not entry.value or placeholders(entry.value)):
            lines[entry.line - 1 : entry.end_line] = _written(key, name, block)
            end = entry.line
        elif entry is not None:
            end = entry.end_line
    return newline.join(lines) + newline


class _Block(NamedTuple):
    """A key's place in the contract, lines from 1: where its comment begins, where it ends, and both as text."""

    start: int
    end: int
    comment: list[str]
    statement: list[str]


def _written(key: Key, name: str, block: _Block) -> list[str]:
    if key.form == GENERATED:
        return [f"{key.name}={generate.secret(key.name, placeholders(key.text)[0])}"]
    if names_the_environment(key, key.name) and (name in key.choices or key.form == REQUIRED):
        return [f"{key.name}={name}"]
    return block.statement


def _blocks(contract: str) -> dict[str, _Block]:
    lines = contract.removeprefix("\ufeff").splitlines()
    blocks: dict[str, _Block] = {}
    for entry in python_reader.entries(contract):
        start = entry.line
        while start > 1 and lines[start - 2].lstrip().startswith("#"):
            start -= 1
        if entry.key is not None:
            comment, statement = lines[start - 1 : entry.line - 1], lines[entry.line - 1 : entry.end_line]
            blocks.setdefault(entry.key, _Block(start, entry.end_line, comment, statement))
    return blocks


def _unset(text: str) -> list[str]:
    last = last_statements(python_reader.entries(text))
    return [key for key, entry in last.items() if placeholders(entry.value or "")]


def _contract(root: str) -> check.EnvFile:
    contract = check.contract_in(root)
    if contract is None:
        raise FenceError(f"{sources.shown(os.path.join(root, files.CONTRACT))} is missing: it names the keys")
    return contract


def _refuse_misspelt(root: str, contract: str, name: str) -> None:
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    other = "" if is_known(name) else meant(name, (*declared(contract_of(contract)), *config.environments))
    if other:
        else_ = "if not, name it in `environments` of envfence's settings first"
        raise FenceError(f"{repeated(name)} is no environment; did you mean {other}? {else_}")


def _file(root: str, name: str) -> str:
    plain = name.replace("-", "").replace("_", "").replace(".", "").isalnum() and name.isascii()
    if not plain or not files.environment_of(f".env.{name}"):
        raise FenceError(f"{repeated(name)} names no environment: use letters, digits, hyphens")
    return os.path.join(root, f".env.{name}")


def _is_private(file: str) -> bool:
    return not atomic.IS_POSIX or not os.stat(file).st_mode & 0o077
