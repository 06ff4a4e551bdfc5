"""Reads of the environment in Python and in JavaScript: what is read, and what only looks like it."""

import ast

import pytest

from envfence.contract.surfaces import FALLS_BACK, REQUIRES, SETS, STOPS, make, markup, programs, script, shell
from envfence.contract.surfaces.python import code


def python(text):
    return [(use.key, use.line, use.way, use.has_literal) for use in code.uses("app.py", text, ast.parse(text))]


def keys(text):
    return [key for key, _, _, _ in python(text)]


def scripted(text):
    return [(use.key, use.line, use.way, use.has_literal) for use in script.uses("app.ts", text)]


@pytest.mark.parametrize(
    ("text", "way", "has_literal"),
    (
        pytest.param('os.environ["KEY"]', REQUIRES, False, id="subscript"),
        pytest.param('os.environb[b"KEY"]', REQUIRES, False, id="bytes"),
        pytest.param('os.environ.get("KEY")', REQUIRES, False, id="get"),
        pytest.param('os.environ.get(key="KEY", default="x")', FALLS_BACK, True, id="keywords"),
        pytest.param('os.environ.get("KEY", "x")', FALLS_BACK, True, id="default"),
        pytest.param('os.environ.get("KEY", "")', FALLS_BACK, False, id="empty default"),
        pytest.param('os.environ.get("KEY", f"{x}")', FALLS_BACK, True, id="text put together"),
        pytest.param('os.environ.get("KEY", other)', FALLS_BACK, False, id="default elsewhere"),
        pytest.param('D = "x"\nos.environ.get("KEY", D)', FALLS_BACK, True, id="default in a constant"),
        pytest.param('D = ""\nos.environ.get("KEY", D)', FALLS_BACK, False, id="empty constant"),
        pytest.param('x = os.environ.pop("KEY", None)', FALLS_BACK, False, id="pop"),
        pytest.param('os.getenv("KEY")', REQUIRES, False, id="getenv"),
        pytest.param(
            'try:\n    k = os.environ["KEY"]\nexcept KeyError as e:\n    raise X from e', REQUIRES, False, id="refused"
        ),
        pytest.param('itemgetter("KEY")(os.environ)', REQUIRES, False, id="itemgetter"),
        pytest.param('Template("$KEY/x").substitute(os.environ)', REQUIRES, False, id="a template"),
        pytest.param('"{KEY:>5}".format(**os.environ)', REQUIRES, False, id="format"),
        pytest.param('"{KEY}".format_map(os.environ)', REQUIRES, False, id="format_map"),
        pytest.param('"%(KEY)s" % os.environ', REQUIRES, False, id="percent"),
        pytest.param('map(os.environ.get, ["KEY"])', REQUIRES, False, id="mapped"),
        pytest.param('{"KEY"} - os.environ.keys()', REQUIRES, False, id="what is missing"),
        pytest.param('missing = {"KEY"} - set(os.environ)', REQUIRES, False, id="what is missing, in a set"),
        pytest.param('ChainMap(os.environ, {"KEY": "x"})', FALLS_BACK, True, id="a table below"),
        pytest.param('class K(StrEnum):\n    A = "KEY"\nos.environ[K.A.value]', REQUIRES, False, id="an enum"),
        pytest.param('[os.environ[n] for n in "KEY".split()]', REQUIRES, False, id="split"),
        pytest.param('def f(n):\n    return os.environ[n.upper()]\nf("key")', REQUIRES, False, id="upper"),
        pytest.param('getenv("KEY", 5)', FALLS_BACK, True, id="imported getenv"),
        pytest.param('environ["KEY"]', REQUIRES, False, id="imported environ"),
        pytest.param('os.environ["KEY"] = "x"', SETS, True, id="assigned"),
        pytest.param('os.environ.setdefault("KEY", "x")', SETS, True, id="setdefault"),
        pytest.param('x = os.environ.setdefault("KEY", "x")', FALLS_BACK, True, id="setdefault, and taken"),
        pytest.param('"KEY" in os.environ', FALLS_BACK, False, id="asked for"),
        pytest.param('"KEY" not in os.environ', FALLS_BACK, False, id="asked for not"),
        pytest.param('os.environ.get("KEY") or other', REQUIRES, False, id="or elsewhere"),
        pytest.param('e = os.environ\ne["KEY"]', REQUIRES, False, id="alias"),
        pytest.param('e = os.environ.copy()\ne["KEY"]', REQUIRES, False, id="copy"),
        pytest.param('e = dict(os.environ)\ne.get("KEY")', REQUIRES, False, id="dict"),
        pytest.param('e: dict = dotenv_values(".env")\ne["KEY"]', REQUIRES, False, id="dotenv_values"),
        pytest.param('dotenv_values(".env")["KEY"]', REQUIRES, False, id="dotenv_values at once"),
        pytest.param('dotenv.get_key(".env", "KEY")', REQUIRES, False, id="get_key"),
        pytest.param('K = "KEY"\nos.environ[K]', REQUIRES, False, id="constant"),
        pytest.param('P = "K"\nos.environ[P + "EY"]', REQUIRES, False, id="added"),
        pytest.param('P = "K"\nos.environ[f"{P}EY"]', REQUIRES, False, id="f-string"),
        pytest.param('from environs import Env\nenv = Env()\nenv("KEY")', REQUIRES, False, id="environs"),
        pytest.param('from environs import env\nenv.int("KEY", 1)', FALLS_BACK, True, id="environs' own reader"),
        pytest.param(
            'import environ\nenv = environ.Env()\nenv.db("KEY", default="")', FALLS_BACK, False, id="django-environ"
        ),
        pytest.param("import environ\nenv = environ.Env(KEY=(bool, False))", FALLS_BACK, False, id="declared"),
        pytest.param('from decouple import config as c\nc("KEY", cast=int)', REQUIRES, False, id="decouple"),
        pytest.param(
            'from starlette.config import Config\nc = Config(".env")\nc(name="KEY")'.replace("name=", ""),
            REQUIRES,
            False,
            id="starlette",
        ),
        pytest.param('@click.option("--k", envvar="KEY", default="x")\ndef f(): ...', FALLS_BACK, True, id="click"),
        pytest.param('k: str = typer.Option(envvar=["KEY"])', REQUIRES, False, id="typer"),
        pytest.param('k: str = typer.Option("x", "--k", envvar="KEY")', FALLS_BACK, True, id="typer, a default"),
        pytest.param('k: str = typer.Option(..., "--k", envvar="KEY")', REQUIRES, False, id="typer, none"),
        pytest.param('k: str = typer.Option("--k", envvar="KEY")', REQUIRES, False, id="typer, the option's name"),
        pytest.param('get = os.environ.get\nget("KEY", "x")', FALLS_BACK, True, id="get by another name"),
        pytest.param('read = os.getenv\nread("KEY")', REQUIRES, False, id="getenv by another name"),
        pytest.param('import os as system\nsystem.getenv("KEY")', REQUIRES, False, id="os by another name"),
        pytest.param(
            'from environs import Env\nenv = Env(prefix="K")\nenv("EY")', REQUIRES, False, id="prefix of a reader"
        ),
        pytest.param('read = partial(os.environ.get)\nread("KEY")', REQUIRES, False, id="partial"),
        pytest.param('match os.environ:\n    case {"KEY": k}: ...', FALLS_BACK, False, id="matched"),
        pytest.param('def f(k):\n    return os.environ[f"K{k}"]\nf("EY")', REQUIRES, False, id="prefix in a function"),
        pytest.param('os.path.expandvars("${KEY}/x")', REQUIRES, False, id="put into a path"),
        pytest.param('os.environ.update({"KEY": "x"})', SETS, True, id="updated"),
        pytest.param("env = dict(os.environ, KEY=value)", SETS, False, id="copied with another"),
        pytest.param('env = {**os.environ, "KEY": "x"}', SETS, True, id="spread beside another"),
        pytest.param('try:\n    k = os.environ["KEY"]\nexcept KeyError:\n    k = None', FALLS_BACK, False, id="caught"),
        pytest.param(
            'try:\n    k = os.environ["KEY"]\nexcept KeyError:\n    raise SystemExit',
            REQUIRES,
            False,
            id="ends",
        ),
        pytest.param(
            'try:\n    k = os.environ["KEY"]\nexcept (KeyError, OSError):\n    sys.exit(1)', REQUIRES, False, id="exits"
        ),
    ),
)
def test_python_reads(text, way, has_literal):
    assert [(key, way, literal) for key, _, way, literal in python(text)] == [("KEY", way, has_literal)]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('os.environ.get("KEY") or "x"', id="or"),
        pytest.param('os.environ["KEY"] if x else "y"', id="if"),
    ),
)
def test_literals_beside_a_read_are_defaults(text):
    assert [(key, way, literal) for key, _, way, literal in python(text)] == [
        ("KEY", FALLS_BACK, True),
        ("KEY", REQUIRES, False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('for k in ("A", "B"):\n    os.environ[k]', ["A", "B"], id="loop"),
        pytest.param('KEYS = ["A", "B"]\nfor k in KEYS:\n    os.environ[k]', ["A", "B"], id="loop over a constant"),
        pytest.param('x = {k: os.environ[k] for k in {"A": 1, "B": 2}}', ["A", "B"], id="comprehension"),
        pytest.param('class C:\n    K = "A"\n    x = os.environ[K]', ["A"], id="constant of a class"),
        pytest.param('def f():\n    k = "A"\n    return os.environ[k]', ["A"], id="constant of a function"),
        pytest.param('def need(k):\n    return os.environ[k]\nneed("A")\nneed("B")', ["A", "B"], id="function"),
        pytest.param(
            'def get(k, d=None):\n    return os.getenv(k, d)\nget("A", default="x")', ["A"], id="function with default"
        ),
        pytest.param(
            "class C:\n    def get(self, k):\n        return os.environ[k]\n    def f(self):\n"
            '        return self.get("A")',
            ["A"],
            id="method",
        ),
        pytest.param(
            'from environs import Env\nenv = Env()\nwith env.prefixed("A_"), env.prefixed("B_"):\n    env("C")',
            ["A_B_C"],
            id="prefixes",
        ),
        pytest.param('for a, b in x:\n    os.environ["A"]\nfor c in "BC":\n    os.environ[c]', ["A"], id="other loops"),
        pytest.param('with open(x) as f, other.prefixed():\n    os.environ["A"]', ["A"], id="other contexts"),
        pytest.param("import environ\nenviron.Env(A=(bool, True), b=1, **more)", ["A"], id="declared among others"),
        pytest.param('os.getenv("A", os.getenv("B"))', ["A", "B"], id="default from another"),
        pytest.param("def f():\n    os.environ['A']\n    os.environ['A']", ["A", "A"], id="twice on two lines"),
    ),
)
def test_names_are_followed(text, expected):
    assert sorted(keys(text)) == expected


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('"""os.environ[\'KEY\']"""', id="docstring"),
        pytest.param("# os.environ['KEY']", id="comment"),
        pytest.param("x = \"os.getenv('KEY')\"", id="text"),
        pytest.param("del os.environ['KEY']", id="deleted"),
        pytest.param("os.environ[name]", id="unknown name"),
        pytest.param("k = f()\nos.environ[k]", id="computed name"),
        pytest.param("k = 'KEY'\nk = f()\nos.environ[k]", id="a name given anew"),
        pytest.param("os.environ['not a name']", id="no name"),
        pytest.param("from alembic.config import Config\nc = Config()\nc.get_main_option('KEY')", id="another Config"),
        pytest.param("from environs import Env\nenv = Env()\nenv.read_env('KEY')", id="a method that reads no key"),
        pytest.param("settings.get('KEY')", id="another mapping"),
        pytest.param("os.environ.get()", id="no argument"),
        pytest.param("'KEY' in environment", id="another thing asked"),
        pytest.param("envvar = 'KEY'", id="a name that only looks like it"),
        pytest.param("os.environ.pop('KEY', None)", id="dropped"),
        pytest.param("Box().getenv('KEY')", id="a method of something else"),
        pytest.param("request.environ['KEY']", id="that of a request"),
        pytest.param("def app(environ, start_response):\n    return environ['KEY']", id="WSGI"),
    ),
)
def test_python_reads_nothing(text):
    assert keys(text) == []


@pytest.mark.parametrize(
    ("text", "way", "has_literal"),
    (
        pytest.param("process.env.KEY", REQUIRES, False, id="node"),
        pytest.param("process.env['KEY']", REQUIRES, False, id="subscript"),
        pytest.param("process.env?.KEY", REQUIRES, False, id="optional"),
        pytest.param("process\n  .env\n  .KEY", REQUIRES, False, id="over lines"),
        pytest.param("process.env.KEY || 'x'", FALLS_BACK, True, id="or"),
        pytest.param("process.env.KEY ?? other", FALLS_BACK, False, id="default elsewhere"),
        pytest.param("process.env.KEY ?? 5", FALLS_BACK, True, id="number"),
        pytest.param("process.env.KEY = 'x'", SETS, False, id="assigned"),
        pytest.param("process.env.KEY === 'x'", REQUIRES, False, id="compared"),
        pytest.param("import.meta.env.KEY", REQUIRES, False, id="Vite"),
        pytest.param("Bun.env.KEY", REQUIRES, False, id="Bun"),
        pytest.param('Deno.env.get("KEY")', REQUIRES, False, id="Deno"),
        pytest.param("`${process.env.KEY}`", REQUIRES, False, id="template"),
        pytest.param("const { KEY } = process.env", REQUIRES, False, id="unpacked"),
        pytest.param("const { KEY: k } = process.env;", REQUIRES, False, id="unpacked under another name"),
        pytest.param("const { KEY = 'x' } = process.env;", FALLS_BACK, True, id="unpacked with default"),
        pytest.param("const { KEY = f() } = process.env;", FALLS_BACK, False, id="unpacked with a call"),
        pytest.param("const u = 'http://h'; process.env.KEY", REQUIRES, False, id="after a URL"),
    ),
)
def test_script_reads(text, way, has_literal):
    assert [(key, way, literal) for key, _, way, literal in scripted(text)] == [("KEY", way, has_literal)]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('try:\n    k = os.environ["KEY"]\nexcept KeyError:\n    k = "x"', 4, id="caught"),
        pytest.param('k = os.getenv("KEY")\nif not k:\n    k = "x"', 3, id="not"),
        pytest.param('k = os.getenv("KEY")\nif k is None:\n    k = "x"', 3, id="None"),
        pytest.param('def f():\n    k = os.getenv("KEY")\n    if k == "":\n        return "x"', 4, id="returned"),
        pytest.param('k: str = os.getenv("KEY")\nk = k or "x"', 2, id="or"),
        pytest.param('k = "x"\nwith suppress(KeyError):\n    k = os.environ["KEY"]', 1, id="given before"),
        pytest.param('k = os.getenv("KEY")\nif not k:\n    k = ""', 0, id="nothing"),
        pytest.param('k = os.getenv("KEY")\nif not other:\n    k = "x"', 0, id="another is missing"),
        pytest.param('k = os.getenv("KEY")\nif k:\n    k = "x"', 0, id="it is there"),
    ),
)
def test_what_stands_in_for_a_missing_key(text, expected):
    tree = ast.parse(text)
    assert [use.line for use in code.uses("a.py", text, tree) if use.has_literal] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("const env = process.env;\nenv.KEY", ["KEY"], id="another name"),
        pytest.param("const env = { ...process.env };\nenv['KEY']", ["KEY"], id="a copy"),
        pytest.param("const env = loadEnv(mode, cwd(), '');\nenv.KEY", ["KEY"], id="loaded by Vite"),
        pytest.param("const { KEY } = loadEnv(mode, '..')", ["KEY"], id="loaded and unpacked"),
        pytest.param("import { env } from 'node:process';\nenv.KEY", ["KEY"], id="imported"),
        pytest.param("import { env as e } from 'process';\ne.KEY", ["KEY"], id="imported by another name"),
        pytest.param("import { KEY } from '$env/static/private';", ["KEY"], id="SvelteKit"),
        pytest.param("import { env } from '$env/dynamic/private';\nenv.KEY", ["KEY"], id="SvelteKit at run time"),
        pytest.param('process["env"].KEY', ["KEY"], id="in brackets"),
        pytest.param("const NAME = 'KEY';\nprocess.env[NAME]", ["KEY"], id="a constant"),
        pytest.param("const env = { KEY: 1 };\nenv.KEY", [], id="something else"),
        pytest.param("const env = process.env.KEY;\nenv.length", ["KEY"], id="a value"),
        pytest.param("function f(env) { return env.KEY; }", [], id="a parameter"),
        pytest.param("z.object({ KEY: z.string(), OTHER: z.number() }).parse(process.env)", ["KEY", "OTHER"], id="zod"),
        pytest.param("const s = z.object({ KEY: x });\ns.safeParse(process.env)", ["KEY"], id="a schema by name"),
        pytest.param("cleanEnv(process.env, { KEY: str({ default: 'x' }) })", ["KEY"], id="envalid"),
        pytest.param("createEnv({ server: { KEY: z.string() }, runtimeEnv: process.env })", ["KEY"], id="t3"),
        pytest.param("z.object({ KEY: z.string() }).parse(body)", [], id="a schema of something else"),
        pytest.param("unknown.parse(process.env)", [], id="a schema of another file"),
    ),
)
def test_other_names_and_schemas_of_scripts(text, expected):
    assert [use.key for use in script.uses("a.ts", text)] == expected


def test_defaults_of_schemas_and_choices():
    text = "z.object({\n KEY: z.string().default('x'),\n B: z.string().optional() }).parse(process.env)"
    assert [(use.key, use.line, use.way, use.has_literal) for use in script.uses("a.ts", text.replace("B", "BBB"))] == [
        ("KEY", 2, FALLS_BACK, True),
        ("BBB", 3, FALLS_BACK, False),
    ]
    uses = script.uses("a.ts", "process.env.KEY ? process.env.KEY : 'x'")
    assert any(use.has_literal for use in uses)
    assert not any(use.has_literal for use in script.uses("a.ts", "process.env.KEY ? 'on' : 'off'"))


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("a:\n\techo $$KEY_A\n", [("KEY_A", 2, "shell", REQUIRES)], id="in a recipe"),
        pytest.param("a:\n\techo $${KEY_A:-x}\n", [("KEY_A", 2, "shell", FALLS_BACK)], id="with a default"),
        pytest.param("a:\n\techo $(KEY_A)\n", [("KEY_A", 2, "argument", REQUIRES)], id="make's own"),
        pytest.param("-include .env\na:\n\techo ${KEY_A}\n", [("KEY_A", 3, "shell", REQUIRES)], id="of an env file"),
        pytest.param("export KEY_A ?= x\n", [("KEY_A", 1, "argument", FALLS_BACK)], id="set if it is not"),
        pytest.param("KEY_A := $(or $(KEY_A),x)\n", [("KEY_A", 1, "argument", FALLS_BACK)], id="or"),
        pytest.param("KEY_A := x\na:\n\techo $(KEY_A) $$KEY_A\n", [], id="set"),
        pytest.param(
            "a:\n\tKEY_A=1; echo $$KEY_A; for KEY_B in a; do echo $$KEY_B; done\n", [], id="set in the recipe"
        ),
        pytest.param(
            "a:\n\t$(MAKE) b # $$KEY_A\n# $$KEY_B\n", [("KEY_A", 2, "shell", REQUIRES)], id="comments of make"
        ),
        pytest.param("a: export KEY_A = x\na:\n\techo $$KEY_A\n", [], id="of a target"),
    ),
)
def test_makefiles(text, expected):
    assert [(use.key, use.line, use.surface, use.way) for use in make.uses("Makefile", text)] == expected


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("// process.env.KEY", id="comment"),
        pytest.param("/* \n process.env.KEY */", id="block"),
        pytest.param("throw 'process.env.KEY'", id="text"),
        pytest.param("import.meta.env.MODE", id="Vite's own"),
        pytest.param(
            "const { a } = process.env.KEYS_ARE_ELSEWHERE2 && x".replace("process.env.", "config."), id="other object"
        ),
        pytest.param("process.env", id="whole"),
        pytest.param("const x = 1", id="nothing"),
    ),
)
def test_script_reads_nothing(text):
    assert scripted(text) == []


def test_lines_are_those_of_the_names():
    assert [
        (key, line) for key, line, _, _ in scripted("/*\n*/ const {\n  A,\n  B,\n} = process.env;\nprocess.env.C")
    ] == [
        ("A", 3),
        ("B", 4),
        ("C", 6),
    ]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param(
            'from os import getenv as read\ndef host():\n    return read("SMTP_HOST")\n', id="getenv in a function"
        ),
        pytest.param('from os import environ as e\nHOST = e["SMTP_HOST"]\n', id="environ"),
        pytest.param('from os import environ as e\nHOST = e.get("SMTP_HOST", "x")\n', id="a method of environ"),
    ),
)
def test_a_renamed_import_is_followed(text):
    assert [use.key for use in code.uses("mail.py", text, ast.parse(text))] == ["SMTP_HOST"]


@pytest.mark.parametrize(
    ("name", "text", "way", "has_literal"),
    (
        pytest.param("a.go", 'os.Getenv("KEY")', REQUIRES, False, id="Go"),
        pytest.param("a.go", 'v, ok := os.LookupEnv("KEY")', REQUIRES, False, id="Go, looked up"),
        pytest.param("A.java", 'System.getenv("KEY")', REQUIRES, False, id="Java"),
        pytest.param("A.java", 'System.getenv().getOrDefault("KEY", "x")', FALLS_BACK, True, id="Java with default"),
        pytest.param("a.kt", 'System.getenv("KEY") ?: "x"', FALLS_BACK, True, id="Kotlin with default"),
        pytest.param("a.scala", 'sys.env("KEY")', REQUIRES, False, id="Scala"),
        pytest.param("a.rs", 'std::env::var("KEY").unwrap()', REQUIRES, False, id="Rust"),
        pytest.param("a.rs", 'env::var("KEY").unwrap_or("x".into())', FALLS_BACK, True, id="Rust with default"),
        pytest.param("a.rb", 'ENV.fetch("KEY", "x")', FALLS_BACK, True, id="Ruby"),
        pytest.param("a.rb", "ENV['KEY'] = x", SETS, False, id="Ruby sets"),
        pytest.param("a.php", "getenv('KEY') ?: 'x'", FALLS_BACK, True, id="PHP"),
        pytest.param("a.php", "$_ENV['KEY']", REQUIRES, False, id="PHP's table"),
        pytest.param("a.php", "env('KEY', 'x')", FALLS_BACK, True, id="Laravel"),
        pytest.param("a.cs", 'Environment.GetEnvironmentVariable("KEY") ?? "x"', FALLS_BACK, True, id="C#"),
        pytest.param("a.exs", 'System.fetch_env!("KEY")', REQUIRES, False, id="Elixir"),
        pytest.param("a.ps1", "Get $env:KEY", REQUIRES, False, id="PowerShell"),
        pytest.param("a.ps1", "$env:KEY = 1", SETS, False, id="PowerShell sets"),
    ),
)
def test_programs_read(name, text, way, has_literal):
    assert [(use.key, use.line, use.way, use.has_literal) for use in programs.uses(name, text)] == [
        ("KEY", 1, way, has_literal)
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    (
        pytest.param("a.go", '// os.Getenv("KEY")', id="comment"),
        pytest.param("a.go", '/*\nos.Getenv("KEY") */', id="block"),
        pytest.param("a.go", "func get(key string) string { return os.Getenv(key) }", id="a name that is passed"),
        pytest.param("a.rb", '# ENV["KEY"]', id="Ruby's comment"),
        pytest.param("a.php", "$this->env('KEY')", id="a method"),
        pytest.param("a.ps1", "# $env:KEY", id="PowerShell's comment"),
    ),
)
def test_programs_read_nothing(name, text):
    assert programs.uses(name, text) == []


def scripted_in_shell(text):
    return [(use.key, use.way, use.has_literal) for use in shell.uses("a.sh", text, shell.names_set(text))]


@pytest.mark.parametrize(
    ("text", "way", "has_literal"),
    (
        pytest.param('curl "$KEY"', REQUIRES, False, id="plain"),
        pytest.param("curl ${KEY}/x", REQUIRES, False, id="braces"),
        pytest.param(': "${KEY:?set it}"', STOPS, False, id="stops"),
        pytest.param("x=${KEY:-5}", FALLS_BACK, True, id="default"),
        pytest.param(': "${KEY:=5}"', FALLS_BACK, True, id="default that is kept"),
        pytest.param('x="${KEY:-$1}"', FALLS_BACK, False, id="default from elsewhere"),
        pytest.param("cat <<EOF\n$KEY\nEOF", REQUIRES, False, id="a text it is put into"),
        pytest.param("case ${KEY#v} in", REQUIRES, False, id="cut"),
        pytest.param('x="$(printenv KEY)"', REQUIRES, False, id="printenv"),
        pytest.param("envsubst '$KEY' <a >b", REQUIRES, False, id="envsubst"),
    ),
)
def test_shell_scripts_take(text, way, has_literal):
    assert scripted_in_shell(text) == [("KEY", way, has_literal)]


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('KEY=1\necho "$KEY"', id="set"),
        pytest.param('KEY="${KEY:-1}"\necho "$KEY"', id="a switch of its own"),
        pytest.param("for KEY in a b; do echo $KEY; done", id="loop"),
        pytest.param('read -r KEY OTHER <f; echo "$KEY$OTHER"', id="read"),
        pytest.param('read -r -p "How many? " KEY; echo "$KEY"', id="asked for"),
        pytest.param('printf -v KEY %s x; echo "$KEY"', id="printed into"),
        pytest.param("local KEY OTHER; echo $KEY", id="local"),
        pytest.param("while getopts ab KEY; do echo $KEY $OPTARG; done", id="options"),
        pytest.param("((KEY++)); echo $KEY", id="counted"),
        pytest.param("# $KEY", id="comment"),
        pytest.param("true # printenv KEY", id="comment about printenv"),
        pytest.param("awk '{print $KEY}' f", id="text"),
        pytest.param("ssh h <<'EOF'\necho $KEY\nEOF", id="a script for elsewhere"),
        pytest.param("echo \\$KEY", id="escaped"),
        pytest.param("echo $key $1 $@ $$ $BASH_SOURCE $RANDOM", id="the shell's own"),
    ),
)
def test_shell_scripts_take_nothing(text):
    assert scripted_in_shell(text) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        ("a/b.sh", True),
        (".envrc", True),
        ("a/.envrc", True),
        (".husky/x.sh", False),
        ("a/.hidden.sh", False),
        ("a", False),
    ),
)
def test_is_script(path, expected):
    assert shell.is_script(path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("<title>\n%VITE_TITLE%</title>", [("VITE_TITLE", 2)], id="Vite"),
        pytest.param('<link href="%REACT_APP_HOST%/x">', [("REACT_APP_HOST", 1)], id="Create React App"),
        pytest.param("<%= VUE_APP_TITLE %>", [("VUE_APP_TITLE", 1)], id="Vue CLI"),
        pytest.param("<%- process.env.VUE_APP_TITLE %>", [("VUE_APP_TITLE", 1)], id="Vue CLI, whole"),
        pytest.param(
            '<p>it\'s env</p>\n<script type="module">\nfetch(import.meta.env.VITE_URL)</script>\n%VITE_A%',
            [("VITE_URL", 3), ("VITE_A", 4)],
            id="a script",
        ),
        pytest.param("<!-- %VITE_TITLE% -->", [], id="a comment"),
        pytest.param("<p>import.meta.env.VITE_URL</p>", [], id="outside of scripts"),
        pytest.param("%PUBLIC_URL% 50%VITE %20VITE_A", [], id="no key"),
        pytest.param("<script>const a = env</script>", [], id="no environment"),
        pytest.param("<p>nothing</p>", [], id="nothing"),
    ),
)
def test_pages(text, expected):
    assert [(use.key, use.line) for use in markup.uses("index.html", text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("return 2", [False], id="how a program ended"),
        pytest.param("return False", [False], id="how a check ended"),
        pytest.param('return "it is not set"', [False], id="a message"),
        pytest.param('return "secret"', [False, True], id="a text in its place"),
        pytest.param("k = 5", [False, True], id="a number that it is given"),
    ),
)
def test_what_is_returned_without_a_key(text, expected):
    found = python(f'def f():\n    k = os.getenv("KEY", "")\n    if not k:\n        {text}\n    return k')
    assert sorted({has_literal for _, _, _, has_literal in found}) == expected
