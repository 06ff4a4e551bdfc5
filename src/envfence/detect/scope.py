"""What is known of a file as a whole: what its name says it is for, and which hosts count as one's own."""

import os.path
import re
from functools import lru_cache
from typing import NamedTuple

from envfence.detect import addresses, calls
from envfence.literals import DEFAULT, Literal

_TEMPLATE = re.compile(
    r"\.(?:example|sample|template|dist|tmpl)(?:\.|$)|(?:^|[._-])(?:example|sample)\.(?:env|ini|ya?ml|json|toml|conf|cfg|properties)$"
)
_ENV_FILE = re.compile(r"^\.?env(?:$|[._-])|\.env$|\.env\.")
_EDITORS = frozenset((".vscode", ".idea", ".devcontainer"))
_DOCUMENTATION = re.compile(r"(?:^|/)docs?/")
_CONFIGURATION = (".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties")
_WORKFLOW = re.compile(
    r"(?:^|/)(?:\.github/(?:workflows|actions)/|\.circleci/|\.buildkite/)|(?:^|/)(?:\.travis|\.gitlab-ci|azure-pipelines|bitbucket-pipelines"
    r"|appveyor|\.appveyor|\.drone|wercker|\.cirrus|cloudbuild|buildspec)\.ya?ml$"
)
_TEST_SECTIONS = ("tool.pytest", "tool:pytest", "pytest", "testenv", "tool.tox")
_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs|e2e|testing|_*fixtures_*|testdata|_*mocks_*)/|(?:^|/)(?:test_[^/]*|conftest)\.\w+$|(?:[._-]test|[._-]spec|Tests?|IT)\.\w+$"
)
_MOCKS = re.compile(
    r"(?i)\bmock|monkeypatch|MagicMock|TestClient|\bpatch\(|responses\.|respx|fakeredis|nock\(|jest\.|vi\.fn|sinon|supertest|golden|\bt\.(?:Error|Fatal)f?\(|reflect\.DeepEqual|assert |self\.assert|expect\("
)
_REAL = re.compile(
    r"\b(?:requests|httpx|aiohttp|urllib|websockets?|socket|psycopg2?|asyncpg|pymongo|playwright|selenium|puppeteer|axios|create_engine|paho)\b"
    r"|\bfetch\("
)


class Scope(NamedTuple):
    """A file's path and text, and the user's own domains and allowed hosts."""

    path: str
    text: str
    domains: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()

    @property
    def may_hold_endpoints(self) -> bool:
        """Whether endpoints belong into the file: an env file or a template, settings of an editor, documentation."""
        folder, name = os.path.split(self.path)
        if self.is_template or _ENV_FILE.search(name) or os.path.basename(folder) in _EDITORS:
            return True
        return self.is_configuration and bool(_DOCUMENTATION.search(self.path))

    @property
    def is_template(self) -> bool:
        """Whether the file shows what another is to hold: `.env.example`, `config.sample.yml`."""
        return bool(_TEMPLATE.search(os.path.basename(self.path)))

    @property
    def is_yaml(self) -> bool:
        """Whether keys enclose the values: compose files, manifests, workflows."""
        return self.path.endswith((".yml", ".yaml"))

    @property
    def is_configuration(self) -> bool:
        """Whether the file holds settings and no code."""
        return self.path.endswith(_CONFIGURATION)

    @property
    def is_workflow(self) -> bool:
        """Whether a CI server runs the file: what it starts on itself is thrown away."""
        return bool(_WORKFLOW.search(self.path))

    @property
    def is_test(self) -> bool:
        """Whether the file is a test by its name."""
        return bool(_TEST.search(self.path))

    def owner_of(self, host: str) -> str:
        """Return whose host it is, by the user's own lists first."""
        name = host.lower().rstrip(".")
        if name in self.allowed_hosts:
            return addresses.PUBLIC
        if self.domains and any(name == domain or name.endswith(f".{domain}") for domain in self.domains):
            return addresses.OWN
        return addresses.owner_of(host)

    def counts(self, use: Literal) -> bool:
        """Return whether the value is really used: in a test only what is connected to, on a CI server what is not there."""
        if self.is_workflow and addresses.is_loopback(use.value):
            return False
        if use.path and use.path[0].startswith(_TEST_SECTIONS):
            return False
        if not self.is_test or use.role == DEFAULT or calls.connects(use.call):
            return True
        return _connects(self.text)


@lru_cache(maxsize=1)  # a file's literals are judged one after the other
def _connects(text: str) -> bool:
    return bool(_REAL.search(text)) and not _MOCKS.search(text)
