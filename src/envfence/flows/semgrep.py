"""semgrep as a command: find it, run it over a folder, read where its rules matched."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from envfence import files
from envfence.errors import FenceError

PLAIN = ("--metrics", "off", "--disable-version-check", "--quiet", "--json", "--no-git-ignore")
# The front end in OCaml: a tenth of the time of the one in Python, which stays for versions that lack it.
FRONT_ENDS = (("--experimental",), ())
NAMES = ("semgrep.exe",) if os.name == "nt" else ("semgrep",)
MISSING = "semgrep is not installed: `pip install 'envfence[flows]'` in an environment of its own, or put it on PATH"


class Match(NamedTuple):
    """Where a rule matched: ``start`` and ``end`` are offsets in bytes. What semgrep says of it is not kept."""

    rule: str
    path: str
    start: int
    end: int


def executable() -> str | None:
    """Return the command beside this Python, else on PATH, None if there is none."""
    # shutil.which is loaded with all that unpacks archives, which takes longer than the rest of a commit.
    folders = (os.path.dirname(sys.executable), *os.environ.get("PATH", "").split(os.pathsep))
    commands = (os.path.join(folder, name) for folder in folders if folder for name in NAMES)
    return next((command for command in commands if os.access(command, os.X_OK) and os.path.isfile(command)), None)


def matches(command: str, folder: str, rules: Iterable[str]) -> list[Match]:
    """Return where the rule files match in a folder; raise FenceError for a rule that semgrep cannot read."""
    configs = [word for file in sorted(set(rules)) for word in ("--config", os.path.abspath(file))]
    options = (*PLAIN, "--max-target-bytes", str(2 * files.LIMIT), *configs, ".")
    for front_end in FRONT_ENDS:
        answer = _answer((command, "scan", *front_end, *options), folder)
        if answer is not None:
            return [_match(result) for result in answer["results"]]
    raise FenceError("semgrep gives no results; `semgrep --version` tells whether it runs at all")


def _answer(command: Sequence[str], folder: str) -> dict[str, Any] | None:
    """Return what semgrep prints, None if it is no answer; raise FenceError if a rule is broken."""
    import json
    import subprocess

    env = {**os.environ, "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    try:
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    except OSError as error:
        raise FenceError(f"semgrep cannot be started: {error.strerror}") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return None
    for said in answer.get("errors", ()):
        # A file that it cannot parse is no reason to stop; a rule that it cannot parse makes it leave out rules.
        if "rule" in str(said.get("type", "")).lower() or said.get("code") == 7:
            raise FenceError(f"semgrep cannot read {_culprit(said)}; `semgrep scan --validate --config FILE` says why")
    return answer if "results" in answer else None


def _culprit(said: dict[str, Any]) -> str:
    places = [span.get("file") for span in said.get("spans") or ()]
    place = next((place for place in (said.get("path"), *places) if place), "")
    return f"the rules in {os.path.relpath(place)}" if place else f"the rule {said.get('rule_id', '')}".rstrip()


def _match(result: dict[str, Any]) -> Match:
    # semgrep puts the folders of the rule's file before its id.
    rule = result["check_id"].rpartition(".")[2]
    return Match(rule, result["path"].replace(os.sep, "/"), result["start"]["offset"], result["end"]["offset"])
