"""What the commands of `envfence env` do, between the arguments and the pure functions."""

import os
import sys
from collections.abc import Mapping, Sequence

from envfence.config import Config, Nearest
from envfence.contract import check, files, grammar, surroundings
from envfence.contract.comparison import settled
from envfence.contract.comparison.survey import Survey
from envfence.contract.environment import declared
from envfence.contract.exposure import image, mend, verdict
from envfence.contract.readers import compose_client, python_reader
from envfence.contract.rules import HIDDEN, shown
from envfence.errors import FenceError
from envfence.finding import Finding


def checked(root: str, from_environment: str | None, compose: str) -> list[Finding]:
    """Return every finding in ``root``, sorted by place, without those that the settings or a comment ignore."""
    return examined(root, from_environment, compose)[0]


def examined(root: str, from_environment: str | None, compose: str) -> tuple[list[Finding], Survey]:
    """Return what ``checked`` does, and the surfaces that were read for it."""
    config = Nearest(strict=True).of(os.path.join(root, files.CONTRACT))
    if from_environment:
        findings = check.from_process(root, from_environment, os.environ, config.allowed_hosts)
    else:
        env_files = [os.path.join(root, path) for path, _ in files.located(root)]
        clients = _clients(env_files, compose)
        findings = check.check(root, os.environ, clients, config.allowed_hosts)
    names = expected_names(root, config)
    findings += verdict.git_findings(root, names, config.environments)
    findings += image.image_findings(root, names)
    around = surroundings.read(root, config, os.environ, from_environment)
    findings = list(settled.eased(findings, around.survey))
    findings += surroundings.findings(around)
    by_path: dict[str, list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        by_path.setdefault(finding.path, []).append(finding)
    reported = [finding for path, group in by_path.items() for finding in _reported(path, group, config)]
    reported.sort(key=lambda finding: (finding.path, finding.line, finding.rule, finding.message))
    return reported, around.survey


def show_matrix(survey: Survey, findings: Sequence[Finding], html: str | None, *, to_stdout: bool) -> None:
    """Write the matrix as a page to a file, and as text to standard output. Raise FenceError for the file."""
    from envfence.contract.comparison import table

    whole = table.table(survey, findings)
    if to_stdout:
        print(table.text(whole))
    if html:
        from envfence.contract.comparison.page import page

        title = os.path.basename(os.path.abspath(os.path.dirname(survey.contract_path)))
        try:
            with open(html, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(page(whole, title))
        except OSError as error:
            raise FenceError(f"{html}: {error.strerror}") from error


def mended(root: str) -> list[str]:
    """Mend what can be mended and return what was done."""
    return mend.mend(root, expected_names(root, Nearest(strict=True).of(os.path.join(root, files.CONTRACT))))


def expected_names(root: str, config: Config) -> list[str]:
    """Return the env files of ``root`` and those that other machines have: one for each environment, and `.env`."""
    contract = check.contract_in(root)
    environments = declared(grammar.contract_of(contract.text)) if contract is not None else []
    names = (".env", *(f".env.{name}" for name in (*environments, *config.environments)), *files.env_files(root))
    known = contract is not None or len(files.env_files(root)) > 0
    return list(dict.fromkeys(name for name in names if files.environment_of(name) is not None)) if known else []


def values_of(root: str, name: str) -> dict[str, str]:
    """Return the values of an environment or of the env file at a path. Raise FenceError if there is none."""
    file = os.path.join(root, f".env.{name}")
    if not os.path.isfile(file):
        file = name if os.path.isfile(name) else os.path.join(root, name)
    if not os.path.isfile(file):
        raise FenceError(f"no .env.{name} in {root}, and no file {name}")
    resolved = python_reader.resolve(check.read(file).statements, {})
    return {key: value for key, value in resolved.items() if value is not None}


def keys_in_order(root: str, values: Sequence[Mapping[str, str]]) -> list[str]:
    """Return every key, those of the contract first and in its order; other keys only where their name may be shown."""
    contract = check.contract_in(root)
    named = list(grammar.contract_of(contract.text)) if contract else []
    others = (key for one in values for key in one if shown(key) != HIDDEN)
    return [key for key in dict.fromkeys((*named, *others)) if any(key in one for one in values)]


def text_of(file: str) -> str:
    """Return the text of a file, of standard input for `-`. Raise FenceError if it cannot be read."""
    try:
        if file == "-":
            return sys.stdin.read()
        with open(file, encoding="utf-8") as stream:
            return stream.read()
    except UnicodeDecodeError as error:
        raise FenceError(f"{file}: not UTF-8, so it is no fingerprint") from error
    except OSError as error:
        raise FenceError(f"{file}: {error.strerror}") from error


def _clients(env_files: Sequence[str], compose: str) -> Mapping[str, Mapping[str, str]] | None:
    if compose == "port" or not env_files:
        return None
    if compose_client.version(os.environ):
        return compose_client.readings(env_files, os.environ)
    if compose == "client":
        raise FenceError("docker compose was not found; install Compose 2, or leave --compose out")
    return None


def _reported(path: str, findings: list[Finding], config: Config) -> list[Finding]:
    reported = config.reported(findings, path)
    if not os.path.isfile(path):
        return reported
    text = check.read(path).text
    if "envfence:" not in text:
        return reported
    from envfence.suppress import suppressions

    ignored = {(one.line, rule) for one in suppressions(text, path) for rule in one.rules}
    return [finding for finding in reported if (finding.line, finding.rule) not in ignored]
