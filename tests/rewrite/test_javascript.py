"""What becomes of a value in JavaScript and TypeScript, and in one repository of many kinds of files."""

import pytest

from envfence import check, cli
from envfence.config import Config

TYPED = """
function requiredEnv(name: string, value: string | undefined): string {
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
"""
PLAIN = TYPED.replace("name: string, value: string | undefined): string", "name, value)")


def read(name):
    return f'requiredEnv("{name}", process.env.{name})'


DSN = (
    f"`postgresql://${{encodeURIComponent({read('DB_USER')})}}:${{encodeURIComponent({read('DB_PASSWORD')})}}"
    f"@${{{read('DB_HOST')}}}:${{{read('DB_PORT')}}}/${{{read('DB_NAME')}}}`"
)
CASES = (
    pytest.param(
        "const db = new Pool({ host: '@OTHER@' });", f"const db = new Pool({{ host: {read('DB_HOST')} }});", id="host"
    ),
    pytest.param("const dbPort = @PORT@;", f"const dbPort = Number({read('DB_PORT')});", id="number"),
    pytest.param(
        'const dbPassword: string = "@WORD@";', f"const dbPassword: string = {read('DB_PASSWORD')};", id="string"
    ),
    pytest.param("const dbPassword = `@WORD@`;", f"const dbPassword = {read('DB_PASSWORD')};", id="template"),
    pytest.param(
        "fetch(`http://@OTHER@:8000/i/${id}`);", f"fetch(`${{{read('API_URL')}}}/i/${{id}}`);", id="template, partly"
    ),
    pytest.param("fetch('http://@OTHER@:8000/i/' + id);", f"fetch(`${{{read('API_URL')}}}/i/` + id);", id="sum"),
    pytest.param("const u = process.env.API_URL ?? 'http://@OTHER@:8000';", f"const u = {read('API_URL')};", id="??"),
    pytest.param("const u = process.env.API_URL || 'http://@OTHER@:8000';", f"const u = {read('API_URL')};", id="||"),
    pytest.param('const u = "@REMOTE@";', f"const u = {DSN};", id="connection"),
    pytest.param(
        'const u = process.env.DATABASE_URL ?? "@REMOTE@";',
        f"const u = process.env.DATABASE_URL ?? {DSN};",
        id="connection as fallback",
    ),
)


@pytest.fixture
def code(filled):
    return lambda text: filled(text.replace("@REMOTE@", "postgresql://@LOGIN@@@OTHER@:@PORT@/@NAME@"))


@pytest.mark.parametrize(("before", "expected"), CASES)
@pytest.mark.parametrize("newline", ("\n", "\r\n"), ids=("lf", "crlf"))
def test_value_is_read_from_its_key(before, expected, newline, fix, code):
    text = fix({"package.json": "{}\n", "server.ts": code(before) + newline})["server.ts"]
    assert text == code(expected) + newline + TYPED.replace("\n", newline)
    assert not check.findings_in("server.ts", text.encode(), Config())
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_javascript_has_no_types(fix):
    assert fix({"package.json": "{}\n", "a.js": "const dbPassword = '@WORD@';\n"})["a.js"].endswith(PLAIN)


BUNDLERS = (
    pytest.param("vite", "VITE_API_URL", "import.meta.env", id="vite"),
    pytest.param("react-scripts", "REACT_APP_API_URL", "process.env", id="react-scripts"),
    pytest.param("next", "NEXT_PUBLIC_API_URL", "process.env", id="next"),
)


def test_what_asks_a_server_runs_in_a_browser_unless_the_bundler_has_a_server(fix):
    package = '{{"devDependencies": {{"{}": "1"}}}}\n'
    client = "export const API = 'http://@OTHER@:8000/v1';\n"
    files = {"next/pages/api/a.ts": client, "vite/src/api/a.ts": client}
    after = fix(files | {f"{one}/package.json": package.format(one) for one in ("next", "vite")})
    assert read("API_URL") in after["next/pages/api/a.ts"]
    assert 'requiredEnv("VITE_API_URL", import.meta.env.VITE_API_URL)' in after["vite/src/api/a.ts"]


def test_a_browser_calls_a_server_what_others_call_it(fix):
    files = {
        "a.py": "GRAFANA_URL = '@WEB@:3999'\n",
        "web/package.json": '{"devDependencies": {"vite": "1"}}\n',
        "web/src/a.ts": "export const panel = (id) => `@WEB@:3999/d/${id}`;\n",
    }
    assert "import.meta.env.VITE_GRAFANA_URL" in fix(files)["web/src/a.ts"]


def test_what_configures_the_bundler_reads_the_process(fix, filled):
    config = "export default defineConfig({ server: { proxy: { '/api': { target: 'http://@OTHER@:8000' } } } });\n"
    after = fix(
        {
            "web/package.json": '{"devDependencies": {"vite": "1"}}\n',
            "web/src/api.ts": "export const API = 'http://@OTHER@:8000/v1';\nexport const W = `ws://@OTHER@:8000/w`;\n",
            "web/vite.config.ts": config,
        }
    )
    assert f"target: {read('API_URL')}" in after["web/vite.config.ts"]
    assert 'requiredEnv("VITE_API_URL", import.meta.env.VITE_API_URL)' in after["web/src/api.ts"]
    assert 'requiredEnv("VITE_WS_URL", import.meta.env.VITE_WS_URL)' in after["web/src/api.ts"]
    assert cli.main(["fix", "--allow-dirty"]) == 0


ENV_DIRS = (
    pytest.param(
        "web", "defineConfig({\n  plugins: [],\n})", 'defineConfig({\n  envDir: "..",\n  plugins: [],\n})', id="lines"
    ),
    pytest.param("web", "defineConfig({ base: '/' })", "defineConfig({ envDir: \"..\", base: '/' })", id="one line"),
    pytest.param("a/b", "{\n  base: '/',\n}", "{\n  envDir: \"../..\",\n  base: '/',\n}", id="deeper, an object"),
    pytest.param("web", "defineConfig({})", 'defineConfig({envDir: "..", })', id="empty"),
    pytest.param("web", "defineConfig({ envDir: '/x' })", "defineConfig({ envDir: '/x' })", id="it says so already"),
    pytest.param("web", "made()", "made()", id="made elsewhere"),
    pytest.param("", "defineConfig({})", "defineConfig({})", id="beside the env files"),
)


@pytest.mark.parametrize(("folder", "config", "expected"), ENV_DIRS)
def test_vite_is_told_where_env_files_are(folder, config, expected, fix):
    prefix = f"{folder}/" if folder else ""
    package = '{"devDependencies": {"vite": "1"}}\n'
    sources = {
        f"{prefix}package.json": package,
        f"{prefix}src/api.ts": "export const API = 'http://@OTHER@:8000/v1';\n",
        f"{prefix}vite.config.mts": f"export default {config};\n",
    }
    assert fix(sources)[f"{prefix}vite.config.mts"] == f"export default {expected};\n"
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_vite_goes_on_with_env_files_of_its_own(fix):
    config = "export default defineConfig({});\n"
    sources = {
        "web/package.json": '{"devDependencies": {"vite": "1"}}\n',
        "web/.env": "VITE_TITLE=x\n",
        "web/api.ts": "export const API = 'http://@OTHER@:8000/v1';\n",
        "web/vite.config.js": config,
    }
    assert fix(sources)["web/vite.config.js"] == config


def test_a_name_that_is_read_with_a_fallback_has_that_value(fix, filled, repo):
    """The workflow comes first, the other script has another server: neither takes the name."""
    after = fix(
        {
            ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: curl http://@OTHER@/h\n",
            "package.json": "{}\n",
            "a.py": "import os, requests\n\nrequests.get('http://@OTHER@:7000/x')\nos.getenv('DB_HOST', '@OTHER@')\n",
            "b.js": "const u = process.env.API_URL || 'http://@OTHER@:8000';\n",
            "c.sh": "curl http://@OTHER@:7001/x\nDB_PORT=${DB_PORT:-@PORT@}\n",
        }
    )
    assert f"const u = {read('API_URL')};" in after["b.js"]
    values = after[".env.development"].splitlines()
    assert {filled("API_URL=http://@OTHER@:8000"), filled("DB_HOST=@OTHER@"), filled("DB_PORT=@PORT@")} <= {*values}
    assert cli.main(["fix", "--allow-dirty"]) == 0


@pytest.mark.parametrize(("bundler", "name", "source"), BUNDLERS)
def test_a_browser_gets_what_the_bundler_hands_on(bundler, name, source, fix, filled, capsys):
    package = f'{{"devDependencies": {{"{bundler}": "1"}}}}\n'
    before = "export const API = 'http://@OTHER@:8000/v1';\nconst apiSecret = '@WORD@';\n"
    text = fix({"web/package.json": package, "web/src/api.ts": before})["web/src/api.ts"]
    assert text.startswith(f'export const API = `${{requiredEnv("{name}", {source}.{name})}}/v1`;\n')
    assert filled("const apiSecret = '@WORD@';") in text
    assert "a browser would show it" in capsys.readouterr().err


PAGE = f"{{{read('NEXT_PUBLIC_API_URL')}}}"
TAGS = (
    pytest.param('<Img id="x" src="http://@OTHER@:8000" />', f'<Img id="x" src={PAGE} />', id="all of it"),
    pytest.param(
        "<a onClick={() => go()} href='http://@OTHER@:8000/v1'>x</a>",
        f"<a onClick={{() => go()}} href={{`${PAGE}/v1`}}>x</a>",
        id="behind a function",
    ),
    pytest.param('<a href="http://@OTHER@:8000/?a=1&amp;b">x</a>', "", id="an entity"),
    pytest.param('<Page title={url="http://@OTHER@:8000"} />', "", id="no attribute"),
)


@pytest.mark.parametrize(("before", "after"), TAGS)
def test_an_attribute_holds_an_expression(before, after, fix, code):
    files = {"package.json": '{"dependencies": {"next": "1"}}\n', "app/page.tsx": f"export const P = () => {before};\n"}
    text = fix(files, expected=int(bool(after)))["app/page.tsx"]
    assert text.startswith(code(f"export const P = () => {after or before};\n"))


UNKNOWN = (
    pytest.param({}, "fetch('http://@OTHER@:8000/v1');\n", id="no package"),
    pytest.param({"package.json": "{}\n"}, "window.api = 'http://@OTHER@:8000/v1';\n", id="code of a browser"),
)


@pytest.mark.parametrize(("files", "before"), UNKNOWN)
def test_a_browser_without_bundler_has_no_environment(files, before, fix, code, capsys):
    assert fix({**files, "a.js": before}, expected=0)["a.js"] == code(before)
    assert "a browser or a server" in capsys.readouterr().err


LEFT = (
    pytest.param("const dbPassword = '@WORD@\\u0021';", "written with escapes", id="escape"),
    pytest.param("function requiredEnv() {}\nconst dbPassword = '@WORD@';", "requiredEnv is taken", id="name taken"),
)


@pytest.mark.parametrize(("before", "reason"), LEFT)
def test_what_is_unsure_is_left_alone(before, reason, fix, code, capsys):
    assert fix({"package.json": "{}\n", "a.ts": code(before)}, expected=0)["a.ts"] == code(before)
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize("path", ("src/test/data.ts", "a.test.ts", "vitest.config.ts"))
def test_tests_are_left_alone(path, fix, filled, capsys):
    text = filled('const dbPassword = "@WORD@";\nfetch("http://@OTHER@:8000/v1");\n')
    assert fix({"package.json": "{}\n", path: text}, expected=0)[path] == text
    assert check.findings_in(path, text.encode(), Config()) == [] or "a runner of tests" in capsys.readouterr().err


def test_one_set_of_keys_for_all_kinds_of_files(fix, code, capsys):
    files = {
        "load.py": 'import sqlalchemy\n\nengine = sqlalchemy.create_engine("@REMOTE@")\n',
        "compose.yaml": "services:\n  api:\n    environment:\n      DATABASE_URL: @REMOTE@\n",
        "backup.sh": "ssh root@@OTHER@ ls\nredis-cli -a @WORD@\n"
        "PGPASSWORD=@WORD@ pg_dump -h @OTHER@ -p @PORT@ '@REMOTE@'\n",
        ".github/workflows/ci.yml": "on: push\nenv:\n  DATABASE_URL: @REMOTE@\n",
        "package.json": "{}\n",
        "server.ts": 'export const url = "@REMOTE@";\n',
    }
    after = fix({path: code(text) for path, text in files.items()})
    keys = {line.partition("=")[0] for line in after[".env.development"].splitlines() if "=" in line}
    database = {"DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"}
    assert keys == {*database, "DEPLOY_HOST", "REDIS_PASSWORD", "ENVIRONMENT"}
    assert cli.main(["check", "."]) == 0
    assert cli.main(["fix", "--allow-dirty"]) == 0
    assert "left alone" not in capsys.readouterr().err


def test_keys_say_whose_they_are(fix, code):
    text = """\
const a = { auth: { user: "@USER@", password: "@WORD@" } };
const config = { billing: { url: "@WEB@:9124" }, url: "@WEB@:9125" };
"""
    mailer = 'class M { constructor() { this.url = "@WEB@:9126"; this.auth = { pass: "@TOKEN@" }; } }\n'
    orders = 'const auth = { password: "@PROD@" };\nget(x, { auth: { user: "u", password: "@REPORT@" } });\n'
    files = {"src/index.ts": text, "src/mailer.ts": mailer, "src/orders.ts": orders, "package.json": "{}\n"}
    after = fix({path: code(given) for path, given in files.items()})
    keys = {line.partition("=")[0] for line in after[".env.development"].splitlines() if "=" in line}
    urls, logins = {"API_URL", "BILLING_URL", "MAILER_URL"}, {"API_USER", "API_PASSWORD", "MAILER_PASSWORD"}
    assert keys == {*urls, *logins, "ORDERS_PASSWORD", "ORDERS2_PASSWORD"}


def test_one_origin_is_one_key_for_a_browser(fix):
    text = "const a = import.meta.env.VITE_BOARD_URL ?? '@WEB@:3001';\nconst b = `@WEB@:3001/d/${a}`;\n"
    after = fix({"package.json": '{"devDependencies": {"vite": "5"}}', "src/a.ts": text})
    assert 'const b = `${requiredEnv("VITE_BOARD_URL", import.meta.env.VITE_BOARD_URL)}/d/${a}`;\n' in after["src/a.ts"]
