"""`envfence env check`: env files against their contract and each other, and what git and docker do with them."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from envfence import atomic, sources
from envfence.contract import files, grammar, keys, kinds, parts
from envfence.contract.content import brokers, databases, encryption, hosts, ports, secrecy, values
from envfence.contract.environment import Environment, environment
from envfence.contract.grammar import Key
from envfence.contract.readers import decode, disagreement, python_reader
from envfence.contract.readers.entry import Entry
from envfence.contract.rules import CONTRACT_MISSING, LOOSE_PERMISSIONS, PLACEHOLDER_LEFT, found, shown
from envfence.errors import FenceError
from envfence.finding import WARNING, Finding


class EnvFile(NamedTuple):
    """One env file: where it is, how it is shown, its text and statements, and what is wrong with its bytes."""

    file: str
    path: str
    text: str
    statements: Sequence[Entry]
    findings: list[Finding]


def read(file: str) -> EnvFile:
    """Return an env file. Raise FenceError if it cannot be read."""
    path = sources.shown(file)
    try:
        with open(file, "rb") as stream:
            text, findings = decode.decoded(path, stream.read())
    except OSError as error:
        raise FenceError(f"{path}: {error.strerror}") from error
    return EnvFile(file, path, text, python_reader.recovered(text), findings)


def contract_in(root: str) -> EnvFile | None:
    """Return the contract of ``root``, None if there is none. Raise FenceError if it cannot be read."""
    file = os.path.join(root, files.CONTRACT)
    return read(file) if os.path.lexists(file) else None


def check(
    root: str,
    environ: Mapping[str, str],
    clients: Mapping[str, Mapping[str, str]] | None = None,
    same_for_all: Sequence[str] = (),
) -> list[Finding]:
    """Return every finding of the files in ``root``. ``environ`` is the process environment that ``${}`` may take from.

    ``clients`` maps an env file to what a docker compose client made of it; ``same_for_all`` are hosts that every
    environment may use. Raise FenceError if a file cannot be read.
    """
    contract = contract_in(root)
    names = files.located(root)
    env_files = [read(os.path.join(root, path)) for path, _ in names]
    findings = contract_findings(contract)
    if contract is None:
        findings += _no_contract(root, env_files)
    promised = grammar.contract_of(contract.text) if contract else {}
    held: list[parts.Part] = []
    for env_file, (path, name) in zip(env_files, names, strict=True):
        one = environment_in(env_file, name, environ, promised)
        held.append(parts.Part(path, one, keys.last_statements(env_file.statements)))
        findings += _file_findings(env_file, one)
        client = clients.get(env_file.file) if clients is not None else None
        findings += disagreement.disagreements(env_file.path, env_file.text, environ, promised.keys(), client)
    findings += parts.key_findings(held, promised) if promised else ()
    findings += _open_copies(root)
    return [*findings, *_among([one.environment for one in held if one.environment.name], same_for_all)]


def from_process(root: str, name: str, environ: Mapping[str, str], same_for_all: Sequence[str] = ()) -> list[Finding]:
    """Return what is wrong with the process environment as the values of environment ``name``, at the contract.

    Raise FenceError if there is no contract.
    """
    contract = contract_in(root)
    if contract is None:
        raise FenceError(f"{sources.shown(os.path.join(root, files.CONTRACT))} is missing: it names the keys to check")
    promised = grammar.contract_of(contract.text)
    given = {key: environ[key] for key in promised if key in environ}
    last = {key: Entry(key, value, promised[key].line, promised[key].line) for key, value in given.items()}
    one = environment(contract.path, name, given, last, promised)
    missing = keys.key_findings(contract.path, name, last, promised)
    at = {finding.anchor: promised[finding.anchor].line for finding in missing}
    missing = [finding._replace(line=at[finding.anchor], end_line=at[finding.anchor]) for finding in missing]
    return [*contract_findings(contract), *missing, *_of_one(one), *hosts.misplaced_hosts([one], same_for_all)]


def contract_findings(contract: EnvFile | None) -> list[Finding]:
    """Return what is wrong with the contract itself; this needs no values."""
    if contract is None:
        return []
    statements = keys.statement_findings(contract.path, contract.statements)
    return [*contract.findings, *statements, *decode.lookalikes(contract.path, contract.text)]


def environment_in(
    env_file: EnvFile, name: str, environ: Mapping[str, str], promised: Mapping[str, Key]
) -> Environment:
    """Return what an env file gives an environment, with the references of its values resolved."""
    resolved = python_reader.resolve(env_file.statements, environ)
    return environment(env_file.path, name, resolved, keys.last_statements(env_file.statements), promised)


def _file_findings(env_file: EnvFile, one: Environment) -> Iterator[Finding]:
    yield from env_file.findings
    yield from keys.statement_findings(env_file.path, env_file.statements)
    plain = {key for key in one.values if one.kind(key) != kinds.TEXT}
    yield from decode.lookalikes(env_file.path, env_file.text, env_file.statements, plain)
    yield from _of_one(one)
    for entry in env_file.statements:
        if "${{" in (entry.value or ""):  # a workflow's expression: both readers make something else of it
            yield found(PLACEHOLDER_LEFT, env_file.path, entry.line, shown(entry.key or ""))
    if _is_open(env_file.file):
        yield found(LOOSE_PERMISSIONS, env_file.path, 1, severity=WARNING if one.is_throwaway else "")


def _no_contract(root: str, env_files: Sequence[EnvFile]) -> Iterator[Finding]:
    """Yield that there is no contract, where there are env files or an example by another name."""
    examples = sorted(entry.name for entry in os.scandir(root) if files.is_example(entry.name) and entry.is_file())
    if env_files or examples:
        path = env_files[0].path if env_files else sources.shown(os.path.join(root, examples[0]))
        detail = f"call {examples[0]} {files.CONTRACT}" if examples else ""
        yield found(CONTRACT_MISSING, path, 1, detail=detail, severity="" if env_files else WARNING)


def _open_copies(root: str) -> Iterator[Finding]:
    for file in (os.path.join(root, name) for name in files.copies(root)):
        if _is_open(file):
            yield found(LOOSE_PERMISSIONS, sources.shown(file), 1, detail="a copy of an env file")


def _is_open(file: str) -> bool:
    return atomic.IS_POSIX and bool(stat.S_IMODE(os.stat(file).st_mode) & 0o077)


def _of_one(one: Environment) -> Iterator[Finding]:
    yield from values.value_findings(one)
    yield from secrecy.weak_secrets(one)
    yield from ports.port_clashes(one)
    yield from ports.unlisted_origins(one)
    yield from encryption.clear_connections(one)
    yield from brokers.shared_redis(one)


def _among(environments: Sequence[Environment], same_for_all: Sequence[str]) -> Iterator[Finding]:
    yield from secrecy.shared_secrets(environments)
    yield from hosts.misplaced_hosts(environments, same_for_all)
    yield from databases.shared_databases(environments)
