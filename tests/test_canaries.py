"""Canaries: a value of its own in every place of every kind of file, and not one of them in anything that is said.

`{S}` is a secret, `{H}` a host, `{P}` a port, `{U}` a user, `{A}` a key whose form tells its kind. Each is drawn anew.
"""

import io
import json
import os
import random
import re
import subprocess
import sys
from base64 import b64encode
from importlib import import_module

import pytest

from envfence import cli

PIECE = 6  # characters of a secret that are too many
HOOKS = (
    "envfence",
    "hardcoded_values",
    "copied_values",
    "provider_secrets",
    "env_files_ignored",
    "env_contract",
)

PROJECT = {
    "app/settings.py": '''
"""Start it with DB_PASSWORD={S}, or --password {S}, at http://{U}:{S}@{H}:{P}/."""

class Settings(BaseSettings):
    """The token is {A}, password: "{S}"."""

    db_host: str = "{H}"
    db_port: int = {P}
    db_password: SecretStr = SecretStr("{S}")
    url: str = os.getenv("DATABASE_URL", "postgresql://{U}:{S}@{H}:{P}/app")
    broker_url = f"amqp://{U}:{S}@{{host}}:{P}//"

DSN = ("host={H} port={P} user={U} "
       "password={S}")
TEXT = """
password = "{S}"
postgresql://{U}:{S}@{H}:{P}/a
"""
connect("{H}", {P}, user="{U}", password='{S}')  # once it was {S}, password={S}
requests.get("http://{H}:{P}/", auth=("{U}", "{S}"))
headers = {{"Authorization": "Bearer {S}", "X-Api-Key": b"{S}"}}
print("password is {S}", password := "{S}")
if password == "{S}": pass
''',
    "app/broken.py": """
def broken(password="{S}:
    token = "{S}" "{S}
    url = 'postgresql://{U}:{S}@{H}:{P}/app
  DB_PASSWORD = '''{S}
{S} = "{S}"
password: {S}
""",
    "app/long.py": 'x = [{{"password": "{S}"}}, ' + "1, " * 600 + '{{"password": "{S}", "url": "http://{H}:{P}/"}}]\n',
    "web/app.ts": """
const url: string = process.env.API_URL ?? 'http://{U}:{S}@{H}:{P}/';
/* password: "{S}"
   apiToken = "{S}" */
export const config = {{ host: '{H}', port: {P}, password: `{S}`, nested: {{ apiKey: "{A}" }} }};
const re = /password="{S}"/, dbPassword = '{S}' // {S}
const text = `password={S}
dbPassword = '{S}';
${{host}}:{P} postgresql://{U}:{S}@{H}/`;
""",
    "web/app.jsx": """
const login = () => <Login host="{H}" password="{S}">password: {S} {{'{S}'}}</Login>;
const apiToken = "{S}" || '{S}';
""",
    "web/page.html": """
<input type="password" value="{S}"><!-- password: {S} -->
<a href="http://{U}:{S}@{H}:{P}/">token={S}</a><script>const password = "{S}";</script>
""",
    "deploy/values.yaml": """
database:
  host: {H}
  port: {P}
  password: {S}   # was {S}
  url: "postgresql://{U}:{S}@{H}:{P}/app"
  script: |
    export DB_PASSWORD={S}
    password: {S}
      {S}: {S}
  folded: >-
    password={S}
    {S}
  plain: password
    {S}: {S}
  quoted: "password={S}
    {S}: {S}"
  list: [{{name: DB_PASSWORD, value: {S}}}, {S}, "http://{H}:{P}"]
  env:
    - name: DB_PASSWORD
      value: {S}
    - DB_PASSWORD={S}
    - {A}
""",
    "docker-compose.yml": """
services:
  db:
    image: postgres
    environment:
      POSTGRES_PASSWORD: ${{DB_PASSWORD:-{S}}}
      POSTGRES_USER: {U}
      DATABASE_URL: postgresql://{U}:{S}@{H}:{P}/app
    command: redis-server --requirepass {S}
    healthcheck: {{test: ["CMD", "redis-cli", "-a", "{S}", "-h", "{H}"]}}
  api:
    environment:
      - DB_PASSWORD={S}
      - "DB_HOST={H}"
""",
    ".github/workflows/ci.yml": """
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    env:
      DB_PASSWORD: {S}
      DATABASE_URL: postgresql://{U}:{S}@{H}:{P}/app
    steps:
      - run: |
          export API_TOKEN={S}
          psql "postgresql://{U}:{S}@{H}:{P}/app"
      - run: curl -u {U}:{S} http://{H}:{P}/ -H "Authorization: Bearer {S}"
""",
    "config.json": """
{{"db": {{"host": "{H}", "port": {P}, "user": "{U}", "password": "{S}"}}, "urls": ["http://{U}:{S}@{H}:{P}/"],
 "text": "password={S}\\nhost={H}", "apiKey": "{A}"}}
""",
    "broken.json": """
{{"password": "{S}", "token": "{S}, {{ "password: "{S}"
"{S}": "{S}"
""",
    "main.go": """
var dsn = "{U}:{S}@tcp({H}:{P})/app" // password={S}
const password, apiToken = "{S}", `{S}
password = "{S}"`
""",
    "App.java": """
/** password: "{S}" */
@Value("${{db.password:{S}}}") String password = "{S}"; // {S}
String url = "jdbc:mysql://{H}:{P}/app?user={U}&password={S}";
""",
    "index.php": """
<?php $db = new PDO('mysql:host={H};port={P}', '{U}', '{S}'); # password={S}
$config['password'] = "{S}"; define('DB_PASSWORD', '{S}');
$text = <<<EOT
password = '{S}'
EOT;
""",
    "app.rb": """
Redis.new(host: '{H}', port: {P}, password: '{S}') # password={S}
TEXT = <<~EOS
  password = '{S}'
EOS
""",
    "requests.http": """
@host = http://{U}:{S}@{H}:{P}
@password = {S}
# password = {S}
POST http://{H}:{P}/login?token={S}
Host: {H}:{P}
Authorization: Basic {U} {S}
X-Api-Key: {A}

{{"host": "{H}", "port": {P}, "password": "{S}"}}
""",
    "main.bicep": """
// password: {S}
@description('it is {S}')
param dbPassword string = '{S}'
param dbHost string = '{H}:{P}'
resource db 'x@1' = {{
  properties: {{ administratorLoginPassword: '{S}', env: [{{ name: 'DB_PASSWORD', value: '{S}' }}] }}
  text: '''{S}'''
}}
""",
    "src/app.clj": """
; password "{S}"
(def db {{:host "{H}" :port {P} :user "{U}" :password "{S}"}})
(def url "the token is {S}"
  (or (System/getenv "DATABASE_URL") "postgresql://{U}:{S}@{H}:{P}/app"))
(connect "{H}" {P} :token "{A}") ; {S}
""",
    "main.tf": """
variable "db_password" {{ default = "{S}" }} # {S}
password = "{S}"
data = <<-EOT
  password = "{S}"
EOT
""",
    "seed.sql": """
CREATE USER {U} WITH PASSWORD '{S}'; -- password={S}
SELECT dblink('host={H} port={P} password={S}');
""",
    "run.sh": """
#!/bin/bash
export DB_PASSWORD='{S}' # {S}
DB_HOST=${{DB_HOST:-{H}}} PGPASSWORD={S} psql -h {H} -p {P} -U {U}
curl -u {U}:{S} "http://{H}:{P}/" -H 'Authorization: Bearer {S}'
cat <<EOF > .env
DB_PASSWORD={S}
{S}=x
EOF
mysql --password={S} \\
  --host={H}
echo "password={S}"
DB_PASSWORD="{S}
{S}={S}"
""",
    "run.ps1": '\n$env:DB_PASSWORD = "{S}" # {S}\n$password = "{S}"\nInvoke-WebRequest "http://{U}:{S}@{H}:{P}/"\n',
    "run.bat": '\nset DB_PASSWORD={S}\nset "API_TOKEN={S}"\ncurl http://{U}:{S}@{H}:{P}/\nrem password={S}\n',
    "Dockerfile": """
FROM python:3.12
ARG API_TOKEN={S}
ENV DB_HOST={H} DB_PASSWORD="{S}"
ENV OLD_PASSWORD {S}
RUN curl -u {U}:{S} http://{H}:{P}/ && \\
    export TOKEN={S}
CMD ["psql", "postgresql://{U}:{S}@{H}:{P}/app"]
# password={S}
""",
    "Makefile": "\nDB_PASSWORD ?= {S} # {S}\nrun:\n\tDB_PASSWORD={S} psql postgresql://{U}:{S}@{H}:{P}/app\n",
    "app.ini": """
[db]
host = {H}
password = {S} ; {S}
url = http://{U}:{S}@{H}:{P}/
  {S} = {S}
# password={S}
{S}
""",
    "app.toml": """
[db]
host = "{H}"
password = "{S}" # {S}
token = '''
{S} = "{S}"
'''
urls = ["http://{U}:{S}@{H}:{P}/"]
inline = {{ password = "{S}" }}
""",
    "app.properties": """
db.password={S}
db.url=jdbc:postgresql://{H}:{P}/app?password={S}
api.token=a\\
{S} = {S}
! {S}
""",
    "nginx.conf": "\nproxy_pass http://{U}:{S}@{H}:{P}/;\nset $token {S}; # password={S}\n",
    "README.md": """
# The password is {S}

Run `psql postgresql://{U}:{S}@{H}:{P}/app`, with `--password {S}` or `DB_PASSWORD={S}`.

```sh
export DB_PASSWORD={S}
```

| password | {S} |
""",
    "docs/guide.rst": "\nTitle\n=====\n\n.. code:: yaml\n\n   password: {S}\n\nSee http://{U}:{S}@{H}:{P}/.\n",
    "notes.unknown": "\npassword={S} host={H} token: {S}\nhttp://{U}:{S}@{H}:{P}/\n",
    "utf16.py": "password = '{S}'\nurl = 'postgresql://{U}:{S}@{H}:{P}/'\n",
    "cp949.py": "# 비밀번호 password={S}\npassword = '{S}'  # 비밀\nurl = 'postgresql://{U}:{S}@{H}:{P}/'\n",
    "latin.yml": "\npassword: é{S}\nurl: postgresql://{U}:{S}@{H}:{P}/\n",
    "bytes.py": "password = '{S}'\nx = '\udcff{S}'\nurl = 'postgresql://{U}:{S}@{H}:{P}/'\n",
    "bom.env.txt": "\ufeffpassword={S}\r\nurl=postgresql://{U}:{S}@{H}:{P}/\r\n",
}
ENCODINGS = {"utf16.py": "utf-16", "cp949.py": "cp949", "latin.yml": "latin-1"}
ENV_FILES = {
    ".env.example": """\
DB_HOST=<DB_HOST>
DB_PORT=<port>
DB_PASSWORD=<DB_PASSWORD>
API_TOKEN=<GENERATE_32>
ENVIRONMENT=<development|staging|production>
LIMIT=<int>
""",
    ".env.development": """\
DB_HOST={H}
DB_PORT={P}
DB_PASSWORD={S}
API_TOKEN='{S}'
ENVIRONMENT=development
""",
    ".env.staging": """\
# {S}
DB_HOST={H}
DB_PORT={P}
DB_PASSWORD="{S}
API_TOKEN={S}
{S}={S}
{S}
ENVIRONMENT={S}
LIMIT={S}
""",
    ".env.production": """\
DB_HOST={H}\r
DB_PORT={S}\r
DB_PASSWORD={S}#{S}
export API_TOKEN=${{X:-{S}}}
DB_PASSWORD={S}
URL=postgresql://{U}:{S}@{H}:{P}/
ENVIRONMENT=production
KEY=-----BEGIN RSA PRIVATE KEY-----
{S}=
{S}
""",
    ".env.local": """\
\ufeffDB_PASSWORD=\udcff{S}
{S} = {S}
""",
    ".env": """\
COMPOSE_PROJECT_NAME={S}
DB_PASSWORD='{S}
""",
}


class Canaries:
    """Draws values, and remembers them."""

    def __init__(self):
        self._random = random.Random(20240607)  # the same in every run
        self.drawn = {"S": [], "H": [], "P": [], "U": [], "A": []}

    def _letters(self, count, alphabet="abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"):
        return "".join(self._random.choices(alphabet, k=count))

    def draw(self, kind):
        """Return a new value of a kind."""
        small = "abcdefghijkmnpqrstuvwxyz"
        value = {
            "S": lambda: self._letters(11) + self._letters(1, "23456789") + self._letters(2, small),
            "H": lambda: f"{self._letters(9, small)}.corp.internal",
            "P": lambda: str(self._random.randint(20011, 60013)),
            "U": lambda: "u" + self._letters(9, small),
            "A": lambda: "AGE-SECRET-KEY-1" + self._letters(58, "ACDEFGHJKLMNPQRSTUVWXYZ023456789"),
        }[kind]()
        self.drawn[kind].append(value)
        return value

    def fill(self, template):
        """Return the text with a value of its own in every place."""
        filled = re.sub(r"(?<!\{)\{([SHPUA])\}", lambda place: self.draw(place[1]), template)
        return filled.replace("{{", "{").replace("}}", "}")

    def in_text(self, text):
        """Return the values that stand in a text: of secrets and keys any piece of them."""
        low = text.lower()
        whole = [value for kind in "HU" for value in self.drawn[kind] if value.removesuffix(".corp.internal") in text]
        numbers = set(re.findall(r"(?<![\da-f])\d{5}(?![\da-f])", text))  # not amid the digest of a place
        whole += numbers.intersection(self.drawn["P"])
        secrets = (*self.drawn["S"], *(key[16:] for key in self.drawn["A"]))
        pieces = {low[at : at + PIECE] for at in range(len(low))}
        return whole + [one for one in secrets if not pieces.isdisjoint(_pieces(one))]


def _pieces(secret):
    low = secret.lower()
    return {low[at : at + PIECE] for at in range(len(low) - PIECE + 1)}


def planted(canaries, path, template):
    """Return the bytes of a file with canaries in it."""
    text = canaries.fill(template)
    return (text.lstrip() if path == "run.sh" else text).encode(ENCODINGS.get(path, "utf-8"), "surrogateescape")


@pytest.fixture
def canaries():
    return Canaries()


@pytest.fixture
def project(repo, write, git, canaries, monkeypatch):
    """Plant them in a repository whose env files git ignores, but for .env.staging, and stage everything."""
    monkeypatch.chdir(repo)
    files = {path: planted(canaries, path, text) for path, text in {**ENV_FILES, **PROJECT}.items()}
    copied = re.search(r"DB_PASSWORD=(.*)", files[".env.development"].decode())[1]
    files["copied.py"] = f'x = "{copied}"\ny = f("a", "{b64encode(copied.encode()).decode()}", "{copied}")\n'.encode()
    files[".gitignore"] = b".env*\n!.env.example\n"
    write(files)
    git("add", ".")
    git("add", "--force", ".env.staging")
    return repo


@pytest.fixture
def said(capfd, canaries):
    """Return a function that runs something and returns its code and all that it said, which holds no canary."""

    def run(main, *argv):
        try:
            code = main(argv)
        except SystemExit as stop:  # argparse
            code = stop.code
        out, err = capfd.readouterr()
        assert canaries.in_text(out) == []
        assert canaries.in_text(err) == []
        assert "Traceback" not in err
        return code, out, err

    return run


def test_the_search_itself_finds(canaries):
    text = canaries.fill("{S} {H} {P} {U} {A} {{S}}")
    assert text.endswith(" {S}")
    assert len(canaries.in_text(text)) == 5
    secret = canaries.drawn["S"][0]
    assert canaries.in_text(f"x{secret[3:9].upper()}x") == [secret]
    assert canaries.in_text(secret[:5]) == []


FORMATS = ("text", "json", "sarif", "github", "gitlab")
FORMAT_ARGUMENTS = tuple(pytest.param(f"--output-format={name}", id=name) for name in FORMATS)


@pytest.mark.parametrize("output_format", FORMAT_ARGUMENTS)
@pytest.mark.parametrize("what", ((), ("--staged",), ("--diff=HEAD",), ("app", "run.sh")), ids=" ".join)
def test_check_says_none(project, git, said, what, output_format):
    if what == ("--diff=HEAD",):
        git("commit", "-qm", "x", "README.md")
    code, out, _ = said(cli.main, "check", *what, output_format)
    assert code == 1
    wanted = ["app/settings.py", "app/broken.py", "run.sh"] if what == ("app", "run.sh") else sorted(PROJECT)
    quiet = {"README.md"} if what == ("--diff=HEAD",) else set()
    assert [path for path in wanted if path not in quiet and path not in out] == []
    assert ("copied.py" in out) == (what != ("app", "run.sh"))


def test_every_line_is_shown_masked(project, said):
    _, out, _ = said(cli.main, "check")
    lines = re.findall(r"^\d+ \| (.*)$", out, re.MULTILINE)
    assert len(lines) > 150
    assert all("***" in line for line in lines)
    shown = [line for line in lines if line != "***"]
    assert len(shown) > len(lines) / 3, "a mask that hides everything is none"


@pytest.mark.parametrize("output_format", FORMAT_ARGUMENTS)
@pytest.mark.parametrize("path", PROJECT)
def test_standard_input_says_none(said, canaries, tmp_path, monkeypatch, path, output_format):
    monkeypatch.chdir(tmp_path)
    data = planted(canaries, path, PROJECT[path])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    code, out, _ = said(cli.main, "check", "--stdin", "--stdin-filename", path, "--strict", output_format)
    assert (code, path in out) == (1, True)


@pytest.mark.parametrize("name", HOOKS)
@pytest.mark.parametrize("with_names", (True, False), ids=("names", "staged"))
def test_hooks_say_none(project, git, said, name, with_names):
    names = git("ls-files", "-z").split("\0")[:-1] if with_names else []
    code, out, _ = said(import_module(f"envfence_hooks.{name}").main, "--strict", *names)
    assert code == 1
    assert out


def test_what_is_kept_on_disk_holds_none(project, said, git, canaries):
    said(cli.main, "check")
    assert said(cli.main, "baseline")[0] == 0
    kept = [project / "envfence-baseline.txt", *(project / ".git/envfence").iterdir()]
    assert len(kept) == 2
    for file in kept:
        text = file.read_text(encoding="utf-8")
        assert text.count("hardcoded-credential") > 50
        assert canaries.in_text(text) == []
    git("commit", "-qm", "planted")
    code, out, _ = said(cli.main, "history")
    assert code == 1
    assert out.count("\n") > 50


@pytest.mark.parametrize("output_format", FORMAT_ARGUMENTS)
def test_env_check_says_none(project, said, output_format):
    code, out, _ = said(cli.main, "env", "check", "--compose=port", output_format)
    assert code == 1
    for name in ENV_FILES.keys() - {".env.example", ".env.development"}:
        assert name in out


def test_the_matrix_and_the_page_say_none(project, said, canaries):
    code, out, _ = said(cli.main, "env", "check", "--compose=port", "--matrix", "--html=page.html", "--fix")
    assert (code, "DB_PASSWORD" in out) == (1, True)
    page = (project / "page.html").read_text(encoding="utf-8")
    assert "DB_PASSWORD" in page
    assert canaries.in_text(page) == []


ENV_COMMANDS = (
    pytest.param(("diff", "development", "staging", "production", "local"), 1, id="diff"),
    pytest.param(("diff", ".env", "development"), 1, id="diff of paths"),
    pytest.param(("fingerprint", "production", "--salt=x"), 0, id="fingerprint"),
    pytest.param(("fingerprint", "staging"), 0, id="fingerprint with a new salt"),
    pytest.param(
        ("fingerprint", "development", "--salt=x", "--compare=.env.staging"), 1, id="no fingerprint to compare"
    ),
    pytest.param(("fingerprint", "development", "--salt=x", "--compare=.env.local"), 2, id="nor that"),
    pytest.param(("new", "test"), 0, id="new"),
    pytest.param(("new", "staging"), 2, id="new, but there is one"),
    pytest.param(("fill", "development"), 0, id="fill"),
    pytest.param(("fill", "staging"), 2, id="fill a broken one"),
    pytest.param(("fill", "local"), 2, id="fill one that is no UTF-8"),
)


@pytest.mark.parametrize(("arguments", "expected"), ENV_COMMANDS)
def test_env_commands_say_none(project, said, arguments, expected):
    code, out, err = said(cli.main, "env", *arguments)
    assert code == expected
    assert out or err


@pytest.mark.parametrize("name", ("new", "fill"))
def test_a_generated_secret_is_written_and_not_said(project, said, name):
    (project / ".env.test").write_text("ENVIRONMENT=test\n", encoding="utf-8")
    if name == "new":
        (project / ".env.test").unlink()
    _, out, err = said(cli.main, "env", name, "test")
    written = dict(
        line.split("=", 1) for line in (project / ".env.test").read_text(encoding="utf-8").split("\n") if "=" in line
    )
    assert len(written["API_TOKEN"]) > 20
    assert written["API_TOKEN"][:PIECE] not in out + err


def test_the_process_environment_is_not_said(project, said, canaries, monkeypatch):
    for key in ("DB_HOST", "DB_PORT", "DB_PASSWORD", "API_TOKEN", "ENVIRONMENT", "LIMIT"):
        monkeypatch.setenv(key, canaries.draw("S"))
    code, out, _ = said(cli.main, "env", "check", "--compose=port", "--from-environment=production")
    assert (code, "DB_PORT" in out) == (1, True)


BAD_SETTINGS = (
    pytest.param('allowed-hosts = "{H}"', id="no list"),
    pytest.param('select = ["{S}"]', id="no rule"),
    pytest.param('"{S}" = ["x"]', id="no key"),
    pytest.param('password = "{S}"', id="no key of ours"),
    pytest.param('[per-path]\n"a" = "{S}"', id="no list for a path"),
    pytest.param('[per-path]\n"a" = ["{S}"]', id="no rule for a path"),
    pytest.param('stacks = ["{S}"]', id="no stack"),
    pytest.param('environments = [1, "{S}"]', id="no text"),
    pytest.param("password = {S}", id="no TOML"),
    pytest.param('password = "{S}', id="an open quote"),
    pytest.param('password = "\udcff{S}"', id="no UTF-8"),
    pytest.param('select = ["hardcoded-url"]\nselect = ["{S}"]', id="twice"),
)


@pytest.mark.parametrize("text", BAD_SETTINGS)
@pytest.mark.parametrize(
    "command", (("check",), ("check", "--staged"), ("env", "check", "--compose=port")), ids=" ".join
)
def test_wrong_settings_are_not_repeated(project, said, canaries, text, command):
    (project / "envfence.toml").write_bytes(canaries.fill(text).encode(errors="surrogateescape"))
    code, _, err = said(cli.main, *command)
    # A stack is read where stacks are looked at.
    assert (code, bool(err)) == ((1, True) if "stacks" in text and command[0] == "check" else (2, True))
    for name in HOOKS:
        said(import_module(f"envfence_hooks.{name}").main)


WRONG_ARGUMENTS = (
    ("check", "--password={S}"),
    ("check", "--output-format={S}"),
    ("check", "--select={S}"),
    ("check", "--ignore=hardcoded-url,{S}"),
    ("check", "--to={S}", "--from={S}", "--st={S}"),
    ("check", "--staged={S}"),
    ("check", "--staged", "--diff={S}"),
    ("check", "--s={S}"),
    ("check", "-p{S}", "-p", "{S}"),
    ("env", "check", "--passwrd={S}"),
    ("env", "check", "--compose={S}"),
    ("env", "new", "a{S}/b"),
    ("{S}",),
    ("env", "{S}"),
)


@pytest.mark.parametrize("arguments", WRONG_ARGUMENTS, ids=" ".join)
def test_wrong_arguments_are_not_repeated(project, said, canaries, arguments):
    code, _, err = said(cli.main, *map(canaries.fill, arguments))
    assert (code, bool(err)) == (2, True)


@pytest.mark.parametrize("name", HOOKS)
def test_wrong_arguments_of_hooks_are_not_repeated(project, said, canaries, name):
    code, _, err = said(import_module(f"envfence_hooks.{name}").main, canaries.fill("--password={S}"))
    assert (code, "--password" in err) == (2, True)


def test_help_says_none(project, said):
    commands = ((), ("check",), ("env",), *(("env", name) for name in ("check", "new", "fill", "diff", "fingerprint")))
    for command in commands:
        code, out, _ = said(cli.main, *command, "--help")
        assert (code, "usage:" in out) == (0, True)


@pytest.mark.skipif(sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root reads all")
def test_what_cannot_be_read_is_said_by_its_name(project, said):
    for name in (".env.production", "app/settings.py"):
        (project / name).chmod(0)
    for argv, name in (
        (("check",), "app/settings.py"),
        (("env", "check", "--compose=port"), ".env.production"),
        (("env", "diff", "production"), ".env.production"),
    ):
        code, out, err = said(cli.main, *argv)
        assert code in (1, 2)
        assert name in out + err


@pytest.mark.parametrize("runner", ("git", "pre-commit"))
def test_a_refused_commit_says_none(project, git, canaries, script, tmp_path_factory, monkeypatch, runner):
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path_factory.mktemp("home")))
    hook = script("envfence-hook")
    if runner == "git":
        file = project / ".git" / "hooks" / "pre-commit"
        file.write_text(f"#!/bin/sh\nexec '{hook}'\n", encoding="utf-8")
        file.chmod(0o755)
    else:
        entry = {"id": "envfence", "name": "envfence", "entry": hook, "language": "system", "require_serial": True}
        config = {"repos": [{"repo": "local", "hooks": [entry]}]}
        (project / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")
        git("add", ".pre-commit-config.yaml")
        subprocess.run([script("pre-commit"), "install"], cwd=project, check=True, capture_output=True)
    result = subprocess.run(["git", "commit", "-m", "x"], cwd=project, capture_output=True, check=False)
    text = (result.stdout + result.stderr).decode("utf-8", "backslashreplace")
    assert result.returncode == 1
    assert "app/settings.py:" in text
    assert canaries.in_text(text) == []
