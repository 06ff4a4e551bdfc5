import pytest

from envfence import anchors, detect
from envfence.detect import provider

WORD, AT = "not-a-real-one7", "@db.internal/app"
URL = "postgresql://app:" + WORD + AT
ANCHORS = (
    pytest.param("a.py", f'DATABASE_URL = "{URL}"', "DATABASE_URL", id="variable"),
    pytest.param("a.py", f'connect(dsn="{URL}")', "dsn", id="keyword argument"),
    pytest.param("a.py", f'engine = create_engine("{URL}")', "create_engine:0", id="call and position"),
    pytest.param("a.py", f'DATABASES = {{"default": {{"url": "{URL}"}}}}', "DATABASES.default.url", id="dictionary"),
    pytest.param("a.py", f'os.getenv("DB", "{URL}")', "DB", id="fallback"),
    pytest.param("a.py", f'class A:\n    def b(self):\n        return "{URL}"', "b", id="method"),
    pytest.param("a.py", f'def a():\n    pass\n\nif "{URL}": pass', "*", id="nothing around it"),
    pytest.param("a.ts", f"const db = {{ main: {{ url: '{URL}' }} }}", "db.main.url", id="TypeScript"),
    pytest.param(
        "a.yml", f"services:\n  api:\n    environment:\n      DB: {URL}", "services.api.environment.DB", id="YAML"
    ),
    pytest.param("a.yml", f"hosts:\n  10.1.2.3:\n    url: {URL}", "hosts.*.url", id="an address as key"),
    pytest.param("a.yml", f"db.corp.internal:\n  url: {URL}", "*.url", id="a host as key"),
    pytest.param("a.yml", f"hQ7kzTb2WpLmxy:\n  url: {URL}", "*.url", id="random characters as key"),
    pytest.param("a.json", f'{{"db": {{"url": "{URL}"}}}}', "db.url", id="JSON"),
    pytest.param("a.properties", f"spring.datasource.url={URL}", "spring.datasource.url", id="dotted name"),
    pytest.param("a.sh", f"export DATABASE_URL={URL}", "DATABASE_URL", id="shell"),
)


@pytest.mark.parametrize(("path", "text", "expected"), ANCHORS)
def test_anchor(path, text, expected):
    (found,) = detect.findings(path, text.encode())
    assert found.anchor == expected


TOKEN = "ghp_" + "0aA1bB2cC3dD4eE5fF6" + "gG7hH8iI9jJ0kK1lL"
TOKENS = (
    pytest.param(f'TOKEN = "{TOKEN}"', "TOKEN", id="variable"),
    pytest.param(f'TOKEN = (\n    "{TOKEN}"\n)', "TOKEN", id="on the next line"),
    pytest.param(f'{{"api-token": b"{TOKEN}"}}', "api-token", id="key"),
    pytest.param(f"config['token'] = '{TOKEN}'", "token", id="subscript"),
    pytest.param(f'def login():\n    use("{TOKEN}")', "login", id="function"),
    pytest.param(TOKEN, "*", id="alone"),
)


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_anchor_of_a_provider_secret(text, expected):
    (found,) = provider.findings("a.py", text, provider.held(text.encode()))
    assert found.anchor == expected


NAMES = (
    *(pytest.param(name, name, id=name) for name in ("DB_HOST", "x-amzn-RequestId", "i18n", "$password", "spring.url")),
    pytest.param("10.0.0.1", "*", id="address"),
    pytest.param("db.corp.internal", "*", id="own host"),
    pytest.param("db.stocks.io", "*", id="public host"),
    pytest.param("localhost", "*", id="this machine"),
    pytest.param("xK2mQz8wNfRtYb", "*", id="random letters"),
    pytest.param("account-20240607", "*", id="many digits"),
    pytest.param("a" * 61, "*", id="too long"),
    pytest.param("two words", "*", id="a sentence"),
    pytest.param("암호", "*", id="not ASCII"),
)


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_shown(name, expected):
    assert anchors.shown(name) == expected


def test_an_anchor_stays_when_a_file_is_formatted_anew():
    tight = f'connect(host="10.0.0.9",password="{WORD}",dsn="{URL}")\n'
    loose = tight.replace("(", "(\n    ").replace(",", ",\n    ").replace('"', "'")
    before, after = (
        [(one.rule, one.anchor) for one in detect.findings("a.py", text.encode())] for text in (tight, loose)
    )
    assert before == after
    assert len(before) == 3
