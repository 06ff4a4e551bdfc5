"""Connection strings of every kind: what is composed from the keys is the text that stood in the code."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envfence.contract.readers import python_reader
from envfence.finding import Finding
from envfence.rewrite import applied, envfiles, spots
from envfence.rewrite.code.decision import Module
from envfence.rewrite.code.python import rewritten
from envfence.rewrite.code.sites import Source, sites
from envfence.rewrite.keys import Keys
from envfence.rewrite.proving import proof
from envfence.rewrite.settings import settings_code
from envfence.rewrite.settings.evaluate import attributes
from envfence.rewrite.settings.settings_model import Settings

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20)
HOSTS = st.sampled_from(("localhost", "10.0.0.5", "db.internal", "[::1]", "[2001:db8::5]"))
SCHEMES = st.sampled_from(("postgresql", "postgresql+psycopg", "mysql", "redis", "amqp", "mongodb", "https"))
TAILS = st.sampled_from(("", "/", "/app", "/0", "/app?sslmode=require&x=%2F", "//"))
SAFE = st.sampled_from(("", "!$&'()*+,;=", "!*", "~"))


@st.composite
def connections(draw):
    """Return a URL whose user and password are percent-encoded, more or less."""
    safe = draw(SAFE)
    login = ":".join(quote(draw(WORDS), safe=safe) for _ in range(draw(st.integers(1, 2))))
    port = draw(st.one_of(st.just(""), st.integers(1, 65535).map(":{}".format)))
    return f"{draw(SCHEMES)}://{login}@{draw(HOSTS)}{port}{draw(TAILS)}"


def fixed(code):
    """Return code with its last statement's text moved, the settings and the env file's text, and what is left."""
    start = code.index("=") + 2
    finding = Finding("hardcoded-credential", "credential", "error", "app.py", 1, start + 1, 1, len(code), "", "", True)
    placed = spots(code, [finding])
    source, keys, model = Source(code, placed), Keys(), Settings()
    module = Module("app.py", source, sites(source), model)
    [result] = rewritten([module], keys)
    return applied(code, result.edits), model, envfiles.with_values("", keys.used, "development"), result.left


@given(url=connections(), library=st.sampled_from(("", "python-dotenv", "pydantic-settings")))
@settings(max_examples=300, deadline=None)
def test_what_is_composed_is_what_stood_there(url, library):
    code = f"url = {url!r}\n"
    after, model, env, left = fixed(code)
    assert (after == code) == bool(left)
    if not left:
        values = attributes(settings_code.module(model, library), "Settings", model.fields, env)
        assert proof.differences(code, after, {"development": values}, "development", "get_settings()", {}) == []
        assert python_reader.resolve(python_reader.entries(env), {})
        ran = run(settings_code.module(model, ""), after, env)
        assert ran == url


def run(code, after, env):
    """Return what the code gives when the generated module is really run, with the env file's values as the process."""
    space = {"__file__": "settings.py", "__name__": "settings"}
    exec(compile(code, "settings.py", "exec"), space)
    space["os"] = type("os", (), {"environ": python_reader.resolve(python_reader.entries(env), {})})
    exec(compile(after, "app.py", "exec"), space)
    return space["url"]


@pytest.mark.parametrize(
    "url",
    (
        pytest.param("postgresql://admin:p@ss@localhost:5432/x", id="an @ that is not encoded"),
        pytest.param("postgresql://admin:p/ss@localhost:5432/x", id="a / that is not encoded"),
        pytest.param("postgresql://admin:p%2fss@localhost:5432/x", id="encoded in lower case"),
        pytest.param("mongodb://admin:pass@a.internal:27017,b.internal:27017/x?replicaSet=r", id="several hosts"),
    ),
)
def test_what_cannot_be_composed_is_one_key(url):
    after, model, env, left = fixed(f"url = {url!r}\n")
    assert not left
    assert run(settings_code.module(model, ""), after, env) == url


def test_the_generated_reader_reads_as_the_library_does(tmp_path):
    keys = Keys()
    for number, value in enumerate(("plain", "a b", "a#b", 'a"b', "a'b", "a$b", "a\\b", "비밀", "'q'", '"q"', "a #b")):
        keys.one(f"K{chr(65 + number)}_X", value)
    env = envfiles.with_values("# first\nexport OLD='x y' # why\n", keys.used, "development")
    space = {"__file__": str(tmp_path / "settings.py"), "__name__": "settings"}
    (tmp_path / ".env.development").write_text(env, encoding="utf-8")
    exec(compile(settings_code.module(Settings(), ""), "settings.py", "exec"), space)
    expected = python_reader.resolve(python_reader.entries(env), {})
    assert {key: value for key, value in space["_values"]().items() if key in expected} == expected


def test_another_value_of_a_variable_is_called_by_its_folder(fix):
    """Two programs of one repository fall back to different values: the variable keeps its name in the first."""
    read = 'import os\n\nPASSWORD = os.getenv("DB_PASSWORD", "@WORD@{}")\n'
    after = fix({"jobs/run.py": read.format(""), "reports/src/run.py": read.format("2")})
    assert "PASSWORD = get_settings().DB_PASSWORD.get" in after["jobs/run.py"]
    assert 'os.getenv("DB_PASSWORD", get_settings().REPORTS_DB_PASSWORD.get' in after["reports/src/run.py"]


def test_another_value_of_a_variable_is_called_by_the_names_around_it(fix):
    cache = 'import os\n\nCACHES = {"location": "redis://" + os.getenv("REDIS_HOST", "@HOST@") + ":6379/1"}\n'
    after = fix({"app.py": cache, ".env": "REDIS_HOST=redis\n", ".gitignore": ".env\n"})
    assert 'os.getenv("REDIS_HOST", get_settings().LOCATION_REDIS_HOST)' in after["app.py"]
