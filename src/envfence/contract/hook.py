"""What the hook asks of env files: on the commit path only keys count, and nothing slow is loaded."""

import os
from collections.abc import Sequence

from envfence.contract import files
from envfence.contract.grammar import Key, contract_of
from envfence.contract.keys import key_findings, last_statements, statement_findings
from envfence.contract.readers import python_reader
from envfence.contract.readers.decode import decoded
from envfence.contract.readers.entry import Entry
from envfence.finding import Finding


def hook_findings(root: str, filenames: Sequence[str]) -> list[Finding]:
    """Return keys that are missing, extra or set twice, for the env files among ``filenames`` (relative to ``root``).

    A contract among them brings in every env file beside it. Raises OSError for a file that cannot be read.
    """
    paths: dict[str, None] = {}
    for filename in filenames:
        folder, name = os.path.split(filename)
        if name == files.CONTRACT:
            paths[filename] = None
            beside = files.env_files(os.path.join(root, folder))
            paths.update(dict.fromkeys(os.path.join(folder, found) for found in beside))
        elif files.environment_of(name) is not None:
            paths[filename] = None
    return [finding for path in paths for finding in _file_findings(root, path)]


def _file_findings(root: str, path: str) -> list[Finding]:
    folder, name = os.path.split(path)
    shown = path.replace(os.sep, "/")
    statements, findings = _read(os.path.join(root, path), shown)
    findings += statement_findings(shown, statements)
    environment = files.environment_of(name)
    contract = _contract(os.path.join(root, folder, files.CONTRACT))
    is_one = environment or files.env_files(os.path.join(root, folder)) == [name]  # else `.env` is compose's own
    if environment is not None and is_one and contract:
        findings += key_findings(shown, environment, last_statements(statements), contract)
    return findings


def _read(path: str, shown: str) -> tuple[Sequence[Entry], list[Finding]]:
    with open(path, "rb") as stream:
        text, findings = decoded(shown, stream.read())
    return python_reader.recovered(text), findings


def _contract(path: str) -> dict[str, Key]:
    try:
        with open(path, "rb") as stream:
            return contract_of(decoded("", stream.read()).text)
    except FileNotFoundError:
        return {}
