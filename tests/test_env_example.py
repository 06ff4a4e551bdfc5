"""The contract at the root: the keys of the reference system, and git keeps the values out."""

import re
import subprocess

import pytest

# The guide's keys, by name: its template, its Settings class and its compose files.
REFERENCE = """
ENVIRONMENT DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD REDIS_HOST REDIS_PORT INFLUXDB_URL INFLUXDB_TOKEN INFLUXDB_ORG
INFLUXDB_BUCKET BACKEND_URL FRONTEND_URL GRAFANA_URL AIRFLOW_URL JWT_SECRET_KEY JWT_ALGORITHM JWT_EXPIRATION_HOURS
BACKEND_PORT
""".split()

# Keys that its faults ask for, by fault.
MENDED = {
    "ENV09 in clear across machines": "DB_SSLMODE REDIS_TLS TLS_DIRECTORY",
    "ENV10 a port for each service": "FRONTEND_PORT GRAFANA_PORT AIRFLOW_PORT",
    "ENV11 dialled is not published": "DB_PUBLISH_PORT REDIS_PUBLISH_PORT INFLUXDB_PUBLISH_PORT",
    "CFG04 origins are listed": "CORS_ORIGINS",
    "CFG08 Redis asks for a password": "REDIS_PASSWORD",
    "CFG10 the environment's own database": "DB_ALLOWED",
    "CFG12 keys rotate": "JWT_PREVIOUS_SECRET_KEY",
    "CMP02 what is deployed is defined": """
        INFLUXDB_USER INFLUXDB_PASSWORD SERVICE_TOKEN AIRFLOW_DB_PASSWORD AIRFLOW_SECRET_KEY AIRFLOW_FERNET_KEY""",
    "CI18 addresses are values": "BACKEND_HOST AIRFLOW_HOST",
    "CI20 the team is told": "SLACK_WEBHOOK_URL",
    "CMP07 roles on machines of their own": "COMPOSE_PROFILES",
    "CMP08 published on one address": "BIND_ADDRESS",
    "CMP10 images are pinned": """
        BACKEND_IMAGE POSTGRES_IMAGE REDIS_IMAGE INFLUXDB_IMAGE GRAFANA_IMAGE AIRFLOW_IMAGE PROXY_IMAGE PYTHON_IMAGE""",
    "CMP14 no login is shipped": "GRAFANA_ADMIN_PASSWORD GRAFANA_DB_PASSWORD AIRFLOW_ADMIN_PASSWORD",
}


@pytest.fixture
def contract(root):
    """Return {key: value as written} of the contract."""
    text = (root / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_contract_has_the_keys_of_the_reference_and_of_its_faults(contract):
    assert len(REFERENCE) == 20
    assert sorted(contract) == sorted([*REFERENCE, *" ".join(MENDED.values()).split()])


def test_every_key_states_what_an_environment_owes(contract):
    values = {key: value for key, value in contract.items() if not re.fullmatch(r"<[A-Za-z0-9_|-]+>", value)}
    unasked = {"DB_ALLOWED", "SLACK_WEBHOOK_URL", "TLS_DIRECTORY"}
    optional = [key for key in contract if key.endswith("_IMAGE") or key in unasked]
    assert values == dict.fromkeys(optional, "") | {
        "DB_NAME": "stocktrading",
        "INFLUXDB_ORG": "stocktrading",
        "INFLUXDB_BUCKET": "metrics",
        "JWT_ALGORITHM": "HS256",
        "JWT_EXPIRATION_HOURS": "1",
        "JWT_PREVIOUS_SECRET_KEY": "",
        "REDIS_TLS": "false",
        "COMPOSE_PROFILES": "data,app,scheduler",
    }


@pytest.mark.parametrize(
    ("path", "ignored"),
    (
        pytest.param(".env", True, id="plain"),
        pytest.param(".env.development", True, id="development"),
        pytest.param(".env.production", True, id="production"),
        pytest.param(".env.local", True, id="local"),
        pytest.param(".env.production.bak", True, id="backup"),
        pytest.param("stack/.env.staging", True, id="below"),
        pytest.param(".env.example", False, id="contract"),
    ),
)
def test_git_ignores_every_env_file_but_the_contract(path, ignored, root):
    command = ["git", "check-ignore", "--quiet", "--no-index", path]
    assert (subprocess.run(command, cwd=root, check=False).returncode == 0) is ignored


@pytest.mark.parametrize("path", (".env.example", ".env.production", "stack/entrypoint.sh", ".ci/run"))
def test_env_files_and_scripts_keep_unix_line_ends(path, root):
    command = ["git", "check-attr", "eol", "--", path]
    assert subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.endswith(": lf\n")
