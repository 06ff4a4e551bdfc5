"""What the guard is for, with real commits: each fault alone is refused, and its repair is taken."""

import os
import re
import subprocess
import sysconfig
from typing import NamedTuple

import pytest

SECRET = "admin123"
DSN = f"postgresql://admin:{SECRET}@localhost:5435/stocktrading"
API = "http://localhost:8000/api/v1"
IGNORED = ".env*\n!.env.example\n"
SETTINGS = "from app.settings import settings\n\n"


class Case(NamedTuple):
    """A commit to refuse: its files, what must be said of them as {(path, line, rule)}, and the files that mend it."""

    files: dict
    said: set
    mended: dict


def python(fault, mended, *rules):
    return Case({"app.py": f"{fault}\n"}, {("app.py", 1, rule) for rule in rules}, {"app.py": f"{SETTINGS}{mended}\n"})


def compose(fault, mended, *rules):
    before, after = (f"services:\n  api:\n    environment:\n      {line}\n" for line in (fault, mended))
    return Case({"compose.yml": before}, {("compose.yml", 4, rule) for rule in rules}, {"compose.yml": after})


def typescript(fault, mended, *rules):
    return Case({"app.ts": f"{fault}\n"}, {("app.ts", 1, rule) for rule in rules}, {"app.ts": f"{mended}\n"})


CREDENTIAL, URL, HOST, PORT = "hardcoded-credential", "hardcoded-url", "hardcoded-host", "hardcoded-port"
CASES = {
    "DSN in Python": python(f'DATABASE_URL = "{DSN}"', "DATABASE_URL = settings.database_url", CREDENTIAL),
    "DSN in YAML": compose(f"DATABASE_URL: {DSN}", "DATABASE_URL: ${DATABASE_URL:?see .env.example}", CREDENTIAL),
    "DSN in TypeScript": typescript(
        f'export const DATABASE_URL = "{DSN}";', "export const DATABASE_URL = settings.databaseUrl;", CREDENTIAL
    ),
    "URL in Python": python(f'API_BASE_URL = "{API}"', "API_BASE_URL = settings.api_base_url", URL),
    "URL in YAML": compose(f"API_BASE_URL: {API}", "API_BASE_URL: ${API_BASE_URL:?see .env.example}", URL),
    "URL in TypeScript": typescript(
        f'const API_BASE_URL = "{API}";', "const API_BASE_URL = import.meta.env.VITE_API_BASE_URL;", URL
    ),
    "password in Python": python(f'password = "{SECRET}"', "password = settings.db_password", CREDENTIAL),
    "password in YAML": compose(
        f"POSTGRES_PASSWORD: {SECRET}", "POSTGRES_PASSWORD: ${DB_PASSWORD:?see .env.example}", CREDENTIAL
    ),
    "password in TypeScript": typescript(
        f'const dbPassword = "{SECRET}";', "const dbPassword = settings.dbPassword;", CREDENTIAL
    ),
    "host:port in Python": python('broker = "localhost:5435"', "broker = settings.broker", URL),
    "host:port in YAML": compose("BROKER: localhost:5435", "BROKER: ${BROKER:?see .env.example}", URL),
    "host:port in TypeScript": typescript('const broker = "localhost:5435";', "const broker = settings.broker;", URL),
    "host and port in Python": python(
        'pool = connect(host="localhost", port=5435)',
        "pool = connect(host=settings.db_host, port=settings.db_port)",
        HOST,
        PORT,
    ),
    "host and port in YAML": compose(
        "{DB_HOST: localhost, DB_PORT: 5435}", "{DB_HOST: '${DB_HOST:?}', DB_PORT: '${DB_PORT:?}'}", HOST, PORT
    ),
    "host and port in TypeScript": typescript(
        'const pool = new Pool({ host: "localhost", port: 5435 });',
        "const pool = new Pool({ host: settings.dbHost, port: settings.dbPort });",
        HOST,
        PORT,
    ),
    "env file by force": Case(
        {".env.staging": f"DB_PASSWORD={SECRET}\n"},
        {(".env.staging", 1, "env-file-tracked"), (".env.staging", 1, CREDENTIAL)},
        {".env.example": "DB_PASSWORD=<secret>\n"},
    ),
    "env files no longer ignored": Case(
        {".gitignore": "*.pyc\n"}, {(".gitignore", 1, "env-file-not-ignored")}, {".gitignore": f"*.pyc\n{IGNORED}"}
    ),
}

# An error, its lines up to the next blank one, and among them what to do.
ADVISED = re.compile(
    r"^ *(\S+?):(\d+)(?::\d+)?: ([a-z-]+) .*(?<!\(warning\))\n(?:.*\S.*\n)*? *= help: \w", re.MULTILINE
)


@pytest.fixture(scope="module", params=("pre-commit", "prek"))
def guarded(request, tmp_path_factory, local_hook):
    """Return a function that runs git in a guarded repository: its exit code, and everything that is said."""
    yaml = pytest.importorskip("yaml", reason="pre-commit brings PyYAML")
    folder, home = tmp_path_factory.mktemp("guarded"), tmp_path_factory.mktemp("home")
    person = {f"GIT_{role}_{key}": "x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))},
        **person,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PATH": os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"])),
        "PRE_COMMIT_HOME": str(home),
        "PREK_HOME": str(home),
    }

    def run(*command):
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        return done.returncode, done.stdout + done.stderr

    run("git", "init", "-q", "-b", "main")
    repos = [{"repo": "local", "hooks": [local_hook("envfence")]}]
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": repos}), encoding="utf-8")
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
    assert run(request.param, "install")[0] == 0
    run("git", "add", ".")
    assert run("git", "commit", "-m", "Start")[0] == 0
    run("git", "tag", "start")
    return folder, run


@pytest.fixture
def fresh(guarded):
    """Return the folder of the guarded repository as it was at its start, and the function that runs commands there."""
    folder, run = guarded
    run("git", "reset", "-q", "--hard", "start")
    run("git", "clean", "-qfdx")
    return folder, run


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_is_refused_and_its_repair_is_taken(fresh, write, case):
    folder, run = fresh
    write(case.files, folder)
    run("git", "add", "--force", *case.files)
    code, output = run("git", "commit", "-m", "Fault")
    assert code == 1
    assert advised(output) == case.said
    assert SECRET not in output
    assert run("git", "describe", "--tags") == (0, "start\n")

    if withdrawn := case.files.keys() - case.mended.keys():
        run("git", "rm", "-q", "--cached", *withdrawn)
    write(case.mended, folder)
    run("git", "add", ".")
    code, output = run("git", "commit", "-m", "Repair")
    assert (code, advised(output)) == (0, set())
    assert run("git", "show", "--format=", "--name-only") == (0, "".join(f"{path}\n" for path in case.mended))


def advised(output):
    """Return the errors that are told with what to do, as {(path, line, rule)}."""
    return {(path, int(line), rule) for path, line, rule in ADVISED.findall(output)}
