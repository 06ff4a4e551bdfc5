import base64
from urllib.parse import quote

import pytest

from envfence import families
from envfence.config import Config
from envfence.detect.copied import findings
from envfence.detect.needles import env_texts, needles

DEVELOPMENT = """\
# the database
DB_HOST=localhost
DB_PORT=5435
export DB_PASSWORD="admin123"
REDIS_URL=redis://:fake-redis-pass@localhost:6380/0
GRAFANA_PASSWORD=grafana
BACKEND_URL=http://localhost:8000
LOG_LEVEL=debug
DEBUG=true
"""
PRODUCTION = """\
DB_HOST=192.168.219.103\r
DB_PORT=5432\r
DB_PASSWORD='p@ss/w0rd"x'\r
JWT_SECRET_KEY=not-a-real-signing-key\r
QUEUE_HOST=queue\r
QUEUE_PORT=5699\r
KAFKA_BROKERS=db-1.corp\r
API_URL=https://api.stock-fake.co.kr/v1\r
EMAIL_PASSWORD=<EMAIL_PASSWORD>\r
AUTH_TOKEN=op://vault/item\r
ADMIN_PASSWORD=test\r
SHORT_TOKEN=a1\r
DRAWN_TOKEN=Fk3Fk4Fk5Fk6Fk7Fk8\r
"""
CONTRACT = "DB_PASSWORD=<DB_PASSWORD>\nMAIL_HOST=mail-1.corp\nMAIL_URL=smtp://:mail-default-1@mail-1.corp:2525\n"
NEEDLES = needles({".env.development": DEVELOPMENT, ".env.production": PRODUCTION, ".env.example": CONTRACT})
WEIRD = 'p@ss/w0rd"x'
DRAWN = "Fk3Fk4Fk5Fk6Fk7Fk8"


def found(text, path="app.py"):
    """Return key, severity and the text that each finding covers."""
    data = text if isinstance(text, bytes) else text.encode()
    lines = text.split("\n") if isinstance(text, str) else []
    return [
        (found.anchor, found.severity, lines[found.line - 1][found.column - 1 : found.end_column - 1])
        for found in findings(path, data, NEEDLES)
    ]


@pytest.mark.parametrize(
    ("text", "key", "covered"),
    (
        pytest.param('password = "admin123"', "DB_PASSWORD", "admin123", id="secret"),
        pytest.param("비밀번호는admin123입니다", "DB_PASSWORD", "admin123", id="secret amid other letters"),
        pytest.param("a\n\n  b: admin123", "DB_PASSWORD", "admin123", id="on a later line"),
        pytest.param(
            'x = "postgresql://admin:admin123@db/x"', "DB_PASSWORD", "admin123", id="secret inside a longer string"
        ),
        pytest.param(
            "url=postgresql%3A%2F%2Fadmin%3Aadmin123%40db",
            "DB_PASSWORD",
            "admin123",
            id="secret inside a percent-encoded string",
        ),
        pytest.param("x = 'p@ss/w0rd\"x'", "DB_PASSWORD", WEIRD, id="secret with marks"),
        pytest.param(r'x = "p@ss/w0rd\"x"', "DB_PASSWORD", r"p@ss/w0rd\"x", id="escaped"),
        pytest.param(f"u={quote(WEIRD, safe='')}", "DB_PASSWORD", quote(WEIRD, safe=""), id="percent-encoded"),
        pytest.param("u=p%40ss/w0rd%22x", "DB_PASSWORD", "p%40ss/w0rd%22x", id="percent-encoded in part"),
        pytest.param("u=p%40ss%2fw0rd%22x", "DB_PASSWORD", "p%40ss%2fw0rd%22x", id="percent-encoded in lower case"),
        pytest.param("<a b='p@ss/w0rd&quot;x'/>", "DB_PASSWORD", "p@ss/w0rd&quot;x", id="as an XML entity"),
        pytest.param("k = 'not-a-real-signing-key'", "JWT_SECRET_KEY", "not-a-real-signing-key", id="from a CRLF file"),
        pytest.param("redis://:fake-redis-pass@h", "REDIS_URL", "fake-redis-pass", id="password out of a URL"),
        pytest.param('password="grafana"', "GRAFANA_PASSWORD", 'password="grafana', id="a word, as a password"),
        pytest.param("x = 'http://a:grafana@h'", "GRAFANA_PASSWORD", ":grafana", id="a word, as a password in a URL"),
        pytest.param("mysqldump -pFk3Fk4Fk5Fk6Fk7Fk8", "DRAWN_TOKEN", DRAWN, id="a drawn secret amid a longer word"),
        pytest.param('host = "192.168.219.103"', "DB_HOST", "192.168.219.103", id="address"),
        pytest.param("http://192.168.219.103:8080/x", "DB_HOST", "192.168.219.103", id="address inside a URL"),
        pytest.param("see 192.168.219.103.", "DB_HOST", "192.168.219.103", id="address at a sentence's end"),
        pytest.param("kafka://db-1.corp/x", "KAFKA_BROKERS", "db-1.corp", id="address under any name"),
        pytest.param('x = "localhost:5435"', "DB_HOST", "localhost:5435", id="port beside its host"),
        pytest.param('x = "127.0.0.1:5435"', "DB_HOST", "127.0.0.1:5435", id="port beside another name of its host"),
        pytest.param('("localhost", 5435)', "DB_HOST", 'localhost", 5435', id="port beside its host in a pair"),
        pytest.param('x = "redis://localhost:6380"', "REDIS_URL", "localhost:6380", id="port out of a URL"),
        pytest.param("amqp://queue:5699/", "QUEUE_HOST", "queue:5699", id="port beside a host that is a word"),
        pytest.param("port = 5435", "DB_PORT", "port = 5435", id="port by name"),
        pytest.param("db_port: int = 5435", "DB_PORT", "port: int = 5435", id="port by name and type"),
        pytest.param('getenv("DB_PORT", "5435")', "DB_PORT", 'PORT", "5435', id="port as a fallback"),
        pytest.param("${DB_PORT:-5435}", "DB_PORT", "PORT:-5435", id="port as the shell's fallback"),
        pytest.param("process.env.DB_PORT || 5435", "DB_PORT", "PORT || 5435", id="port as JavaScript's fallback"),
        pytest.param("psql --port 5435", "DB_PORT", "port 5435", id="port as an option"),
        pytest.param(
            'API = "https://api.stock-fake.co.kr/v1/me"',
            "API_URL",
            "https://api.stock-fake.co.kr/v1",
            id="URL of a public host",
        ),
    ),
)
def test_copied_value(text, key, covered):
    assert found(text) == [(key, "error", covered)]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("", id="empty"),
        pytest.param("x = 'xadmin123' + 'admin1234' + '_admin123'", id="inside a longer word"),
        pytest.param("192.168.219.1030 1192.168.219.103 192.168.219.103.4 10.192.168.219.103", id="another address"),
        pytest.param("a.db-1.corp db-1.corp.net", id="another host"),
        pytest.param("import grafana  # grafana token", id="a word, not as a password"),
        pytest.param("print('see http://192.168.219.103')", id="address that is printed"),
        pytest.param("read(token, grafana)", id="a variable of that name"),
        pytest.param("x = 1  # see 192.168.219.103, localhost:5435", id="addresses in a comment"),
        pytest.param('def main():\n    """Read from 192.168.219.103, port 5435."""\n', id="addresses in a docstring"),
        pytest.param('host = "localhost"', id="everybody's host"),
        pytest.param('"http://localhost:8000"', id="everybody's port"),
        pytest.param("port = 5432", id="everybody's port by name"),
        pytest.param("report 5435 import 5435 line 5435 x = 5435", id="a number"),
        pytest.param('ports: ["5435:5432"]', id="published port"),
        pytest.param('host: "queue"', id="a service's name"),
        pytest.param("if debug == true: test", id="values of other kinds"),
        pytest.param("https://api.stock-fake.co.kr/v2", id="another path of a public host"),
        pytest.param("op://vault/item <EMAIL_PASSWORD>", id="references and placeholders"),
        pytest.param("mail-1.corp:2525 mail-default-1", id="defaults of the contract are no needles"),
    ),
)
def test_no_copied_value(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "encode", (base64.b64encode, base64.urlsafe_b64encode), ids=("standard alphabet", "URL-safe alphabet")
)
@pytest.mark.parametrize("value", ("admin123", WEIRD, "not-a-real-signing-key"))
@pytest.mark.parametrize("around", (b"%s", b"admin:%s", b"ad:%s:x", b"a:%s\n"))
def test_base64(encode, value, around):
    encoded = encode(around % value.encode())
    for text in (b"data: %s\n" % encoded, b'x = "Basic %s"' % encoded.rstrip(b"=")):
        assert [finding.family for finding in findings("secret.yaml", text, NEEDLES)] == ["credential"]


def test_base64_keeps_boundaries():
    for longer in (b"xadmin123", b"admin1234", b"xxxadmin123456"):
        assert findings("secret.yaml", base64.b64encode(longer), NEEDLES) == []


def test_base64_at_the_very_start_of_a_file():
    assert findings("a.txt", b"ZG1pbjEyM", NEEDLES) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("db is 192.168.219.103", [], id="host"),
        pytest.param("log in with admin123", [("DB_PASSWORD", "warning")], id="secret"),
        pytest.param(f"log in with {DRAWN}", [("DRAWN_TOKEN", "error")], id="a secret that is nobody's example"),
        pytest.param("open localhost:5435, port: 5435", [], id="this machine's port"),
    ),
)
def test_documentation(text, expected):
    assert [(key, severity) for key, severity, _ in found(text, "README.md")] == expected


def test_a_place_has_one_finding():
    data = f"DRAWN_TOKEN={DRAWN}\n".encode()
    (finding,) = families.findings("README.md", data, Config(), NEEDLES)
    assert (finding.rule, finding.severity) == ("copied-value", "error")


@pytest.mark.parametrize("path", (".env.production", "backend/.env", "a\\.env.staging", ".env.example"))
def test_env_files_hold_values_by_right(path):
    assert findings(path, b"DB_PASSWORD=admin123", NEEDLES) == []


def test_finding_names_the_key_and_its_file():
    (finding,) = findings("app.py", 'é = "admin123"\n'.encode(), NEEDLES)
    assert finding._asdict() == {
        "rule": "copied-value", "family": "credential", "severity": "error", "path": "app.py",
        "line": 1, "column": 6, "end_line": 1, "end_column": 14,
        "message": "the value of DB_PASSWORD in .env.development is copied here",
        "advice": "read DB_PASSWORD from settings; change its value: it has been seen",
        "fixable": False, "anchor": "DB_PASSWORD",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ("utf-16", "utf-8-sig", "cp949"))
def test_other_encodings(encoding):
    (finding,) = findings("app.py", '# 한글\nx = "admin123"\n'.encode(encoding), NEEDLES)
    assert (finding.line, finding.column, finding.anchor) == (2, 6, "DB_PASSWORD")


def test_outermost_of_overlapping_values():
    both = needles({".env": "A_PASSWORD=fake-1\nB_PASSWORD=fake-1-and-more\n"})
    assert [finding.anchor for finding in findings("a.py", b"fake-1-and-more", both)] == ["B_PASSWORD"]


def test_value_of_several_environments_is_told_once():
    twice = needles({".env.development": DEVELOPMENT, ".env.staging": DEVELOPMENT})
    assert len(findings("a.py", b"admin123", twice)) == 1


def test_allowed_hosts():
    assert needles({".env": "DB_HOST=db-1.corp\n"}, allowed=("db-1.corp",)) == ()


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("A_HOST=0.0.0.0\nA_PORT=5999\n", id="every interface"),
        pytest.param("A_URL=://\nB_URL=https://api.stock-fake.co.kr/\n", id="a public host alone still counts"),
        pytest.param('KEY="two\nlines"\n', id="several lines"),
        pytest.param("DB_PASSWORD=${OTHER}\n", id="interpolated"),
    ),
)
def test_odd_values(text):
    assert {needle.key for needle in needles({".env": text})} <= {"A_PORT", "B_URL"}


def test_passwords_are_taken_out_of_urls_decoded():
    hidden = needles({".env": "DB_URL=postgresql://u:p%40fake-1@db-1.corp/x\n"})
    assert [finding.anchor for finding in findings("a.py", b"x = 'p@fake-1'", hidden)] == ["DB_URL"]


def test_non_ascii_secrets():
    hidden = needles({".env": "DB_PASSWORD=가짜-비밀1\n"})
    for text in ("x = '가짜-비밀1'", r'{"x": "\uac00\uc9dc-\ube44\ubc001"}', f"x={quote('가짜-비밀1')}"):
        assert len(findings("a.py", text.encode(), hidden)) == 1


def test_values_show_nowhere():
    shown = repr(NEEDLES) + "".join(map(str, NEEDLES))
    text = "\n".join(("admin123", WEIRD, "localhost:5435", "192.168.219.103", base64.b64encode(b"admin123").decode()))
    shown += str(findings("a.py", text.encode(), NEEDLES))
    assert "DB_PASSWORD" in shown
    for value in text.split("\n"):
        assert value not in shown


def test_env_texts_reads_env_files_and_their_contract(write):
    root = write({".env.development": DEVELOPMENT, ".env.example": CONTRACT, ".env.bak": "A=b", "x.env": "A=b"})
    assert env_texts(str(root)) == {".env.development": DEVELOPMENT, ".env.example": CONTRACT}


def test_a_contract_alone_is_not_read(write):
    assert needles(env_texts(str(write({".env.example": CONTRACT})))) == ()


def test_what_the_user_cannot_read_is_left_out(write, monkeypatch):
    root = write({".env.development": DEVELOPMENT})
    monkeypatch.setattr("envfence.contract.files.env_files", lambda _: [".env.development", ".env.gone"])
    assert env_texts(str(root)) == {".env.development": DEVELOPMENT}


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('if secret in ("change-me", "not-a-real-signing-key"):\n    warn()\n', ["warning"], id="refused"),
        pytest.param('if token == "not-a-real-signing-key":\n    let_in()\n', ["error"], id="a login"),
        pytest.param('allowed_origins = {"https://api.stock-fake.co.kr/v1", "https://a.io"}\n', [], id="origins"),
        pytest.param('urls = {"https://api.stock-fake.co.kr/v1", "https://a.io"}\n', ["error"], id="targets"),
    ),
)
def test_what_a_program_compares_with_or_lets_in_is_no_copy(text, expected):
    assert [severity for _, severity, _ in found(text, "app.py")] == expected


def test_a_published_port_is_no_copy():
    text = 'services:\n  db:\n    ports:\n      - "127.0.0.1:5435:5432"\n    environment:\n      URL: localhost:5435\n'
    assert found(text, "compose.yml") == [("DB_HOST", "error", "localhost:5435")]
    assert found('services: {db: {ports: ["127.0.0.1:5435:5432"]}}\n', "compose.yml") == []


def test_a_health_check_in_a_container_asks_the_container_itself():
    text = "services:\n  db:\n    healthcheck:\n      test: curl -f http://localhost:5435/health\n"
    assert found(text, "compose.yml") == []
    assert found(text.replace("localhost", "db-1.corp"), "compose.yml") != []


def test_a_job_talks_to_the_container_beside_it():
    """Both are thrown away with the job: its password is a warning there, and where the job says it again."""
    text = """\
jobs:
  test:
    env:
      DB_PASSWORD: admin123
    services:
      db:
        env:
          POSTGRES_PASSWORD: admin123
"""
    assert [severity for _, severity, _ in found(text, ".github/workflows/ci.yml")] == ["warning", "warning"]
    alone = text.replace("    services:\n      db:\n        env:\n          POSTGRES_", "    OTHER_")
    assert {severity for _, severity, _ in found(alone, ".github/workflows/ci.yml")} == {"error"}


def test_the_services_of_a_compose_file_are_named_there():
    text = """\
services:
  db-1.corp:
    image: timescale
  api:
    environment: [KAFKA_HOST=db-1.corp]
    depends_on:
      db-1.corp:
        condition: service_healthy
  queue:
    container_name: mail-1
"""
    assert found(text, "compose.yml") == []
    assert found(text.replace("  db-1.corp:\n    image", "  other:\n    image"), "compose.yml") != []


def test_a_container_of_a_compose_file_is_named_there():
    text = "services:\n  kafka:\n    container_name: 'db-1.corp'\n  api:\n    environment:\n      HOST: db-1.corp\n"
    assert found(text, "compose.yml") == []
    assert found("brokers: db-1.corp\n", "compose.yml") == [("KAFKA_BROKERS", "error", "db-1.corp")]
