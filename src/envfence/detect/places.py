"""What a file is for, by its path alone; `/` separates folders."""

import os.path
import re
from functools import lru_cache

_TEMPLATE_WORDS = frozenset("example sample template dist tmpl".split())
_CONFIGURATION = (".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties", ".xml", ".config")
_EDITORS = frozenset((".vscode", ".idea", ".devcontainer"))
_TEST_FOLDERS = frozenset(
    "test tests __tests__ spec specs e2e testing fixtures __fixtures__ testdata mocks __mocks__".split()
)
_TEST_ENDINGS = ("_test", ".test", "-test", "_spec", ".spec", "-spec", "Test", "Tests", "IT")
_SPECIFICATIONS = ("_spec", ".spec", "-spec")
_RUST_TESTS = re.compile(  # but not `#[cfg(test)] mod test;`: those are in a file of their own
    r"^[ \t]*#\[(?:cfg\(test\)\](?!\s*(?:pub(?:\([\w:]+\))?\s+)?(?:mod\s+\w+\s*|use\s[^;]*);)|(?:\w+::)?test\b)",
    re.MULTILINE,
)
_WORKFLOW_FOLDERS = (".github/actions/", ".circleci/", ".buildkite/")
_WORKFLOWS = frozenset(
    ".travis .gitlab-ci azure-pipelines bitbucket-pipelines appveyor .appveyor .drone wercker .cirrus cloudbuild"
    " buildspec".split()
)


@lru_cache(maxsize=8)  # the literals of a file are judged one after the other
def is_template(path: str) -> bool:
    """Return whether the file shows what another is to hold: `.env.example`, `config.sample.yml`."""
    name = os.path.basename(path).lower()
    stem, suffix = os.path.splitext(name)
    if not _TEMPLATE_WORDS.isdisjoint(name.split(".")[1:]):
        return True
    return suffix in (*_CONFIGURATION, ".env") and stem.replace("-", "_").split("_")[-1] in ("example", "sample")


@lru_cache(maxsize=8)
def is_env_file(path: str) -> bool:
    """Return whether the file holds an environment's values: `.env.production`, `prod.env`, `env.sh`."""
    name = os.path.basename(path).lower()
    if name.startswith(".envrc"):
        return False  # a script that is committed
    return (
        name.startswith((".env", "env.", "env-", "env_")) or name == "env" or name.endswith(".env") or ".env." in name
    )


def is_of_editor(path: str) -> bool:
    """Return whether the file belongs to one person's editor."""
    return os.path.basename(os.path.dirname(path)) in _EDITORS


def is_configuration(path: str) -> bool:
    """Return whether the file holds settings and no code."""
    return path.endswith(_CONFIGURATION)


def is_yaml(path: str) -> bool:
    """Return whether keys enclose the values: compose files, manifests, workflows."""
    return path.endswith((".yml", ".yaml"))


def is_documentation(path: str) -> bool:
    """Return whether the file is in a folder of documentation."""
    return not {"doc", "docs"}.isdisjoint(path.split("/")[:-1])


@lru_cache(maxsize=8)
def is_test(path: str) -> bool:
    """Return whether the file is a test, or serves one, by its name."""
    *folders, name = path.split("/")
    stem = os.path.splitext(name)[0]
    endings = _TEST_ENDINGS if not is_configuration(path) else _SPECIFICATIONS  # settings.test.json: an environment
    return (
        not _TEST_FOLDERS.isdisjoint(folder.lower() for folder in folders)
        or name.startswith("test_")
        or stem == "conftest"
        or stem.endswith(endings)
    )


@lru_cache(maxsize=1)
def tests_begin(path: str, text: str) -> int:
    """Return the offset of the tests that a file ends with, as those of Rust do; the text's length if it has none."""
    found = _RUST_TESTS.search(text) if path.endswith(".rs") else None
    return found.start() if found else len(text)


@lru_cache(maxsize=8)
def is_workflow(path: str) -> bool:
    """Return whether a CI server runs the file."""
    if any(f"/{folder}" in f"/{path}" for folder in _WORKFLOW_FOLDERS):
        return True
    if f"/{os.path.dirname(path)}".endswith("/.github/workflows"):  # a folder in there is nobody's but the user's
        return True
    stem, suffix = os.path.splitext(os.path.basename(path).lower())
    return suffix in (".yml", ".yaml") and stem in _WORKFLOWS
