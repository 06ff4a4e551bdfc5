"""What is known of a file as a whole: its path, its text, and which hosts count as one's own."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from envfence.detect import addresses, calls, names, places
from envfence.literals import DEFAULT, Literal

# What a test runner is told: sections of pyproject.toml, setup.cfg and tox.ini.
_TEST_SECTIONS = ("tool.pytest", "tool:pytest", "pytest", "testenv", "tool.tox")
# A test that holds one of these talks to nobody, or to a server that it starts itself.
_PRETENDS = (
    "mock Mock monkeypatch TestClient test_client @responses respx fakeredis nock( jest.fn vi.fn sinon"
    " supertest httptest Golden ASGITransport AsyncClient(app= .listen( createServer( HTTPServer( TestServer"
    " HttpResponse.json( setupServer("  # of msw
    " MappedPort get_exposed_port"
).split()
# One that holds one of these does.
_CONNECTS = (
    "requests. httpx. aiohttp. urllib.request websockets.connect socket. psycopg asyncpg.connect MongoClient("
    " create_engine( KafkaProducer( KafkaConsumer( Redis( paho playwright selenium puppeteer cypress page.goto axios"
    " fetch( curl DataSource( createConnection( createPool( Sequelize( pymysql mysql.connector pika. smtplib"
).split()
# What stands before a default that somebody outside may replace: `os.getenv("DB_HOST", `, `"--db-host", default=`.
_MAY_NAME_OUTSIDE = re.compile(r"[A-Z]{2}|\w-\w|default")


class Scope(NamedTuple):
    """A file's path and text, and what the user's settings name: own domains, allowed hosts, keys."""

    path: str
    text: str
    domains: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    key_names: tuple[str, ...] = ()

    @property
    def is_template(self) -> bool:
        """Whether the file shows what another is to hold."""
        return places.is_template(self.path)

    @property
    def may_hold_endpoints(self) -> bool:
        """Whether endpoints belong into the file: an env file or a template, settings of an editor, documentation."""
        path = self.path
        if places.is_template(path) or places.is_env_file(path) or places.is_of_editor(path):
            return True
        return places.is_configuration(path) and places.is_documentation(path)

    def is_own_key(self, name: str) -> bool:
        """Return whether the user's settings name the key, however it is spelled here: TWS_GATE, twsGate, tws-gate."""
        parts = names.words(name)
        return bool(parts) and any(parts == names.words(key) for key in self.key_names)

    def owner_of(self, host: str) -> str:
        """Return whose host it is, by the user's own lists first."""
        name = host.lower().rstrip(".")
        if name in self.allowed_hosts:
            return addresses.PUBLIC
        if any(name == domain or name.endswith(f".{domain}") for domain in self.domains):
            return addresses.OWN
        return addresses.owner_of(host)

    def counts(self, use: Literal) -> bool:
        """Return whether the value is really used: in a test what is connected to, on a CI server what is elsewhere."""
        if places.is_workflow(self.path) and (addresses.is_loopback(use.value) or "services" in use.path):
            return False  # a container that lives as long as the job
        if use.path and use.path[0].startswith(_TEST_SECTIONS):
            return False
        if use.start >= places.tests_begin(self.path, self.text):
            return calls.connects(use.call)
        if not places.is_test(self.path) or self.path.endswith((".sh", ".bash")):
            return True  # a script has nobody to pretend for it
        if use.role == DEFAULT and (_is_from_outside(use.name) or not _pretends(self.text)):
            return True
        return not _pretends(self.text) and (calls.connects(use.call) or _connects(self.text))

    def may_count(self, before: str) -> bool:
        """Return whether an address may count by what stands before it, "" if unknown: a test may only pretend."""
        is_pretence = places.is_test(self.path) and not self.path.endswith(".rs") and _pretends(self.text)
        return not (is_pretence and before) or bool(_MAY_NAME_OUTSIDE.search(before))

    def of_services(self, found: Sequence[Literal]) -> frozenset[str]:
        """Return what the containers beside a job of a workflow are told: whoever says the same talks to them."""
        is_workflow = places.is_workflow(self.path)
        return frozenset(one.value for one in found if "services" in one.path) if is_workflow else frozenset()


def _is_from_outside(name: str) -> bool:
    """Whether a variable of the environment, or an option, is named: who starts the test may give another value."""
    return name.isupper() or "-" in name


@lru_cache(maxsize=1)  # the literals of a file are judged one after the other
def _pretends(text: str) -> bool:
    return any(word in text for word in _PRETENDS)


@lru_cache(maxsize=1)
def _connects(text: str) -> bool:
    return any(word in text for word in _CONNECTS)
