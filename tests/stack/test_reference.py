"""The reference design, verbatim: each of its faults is found where it is."""

import pytest

from envfence.contract import command

from ..documents import blocks_of

EXAMPLE, DEVELOPMENT, PRODUCTION = ".env.example", ".env.development", ".env.production"
BASE, DEV, PROD, CONFIG = "docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml", "backend/config.py"
WORKFLOW = ".github/workflows/deploy-production.yml"
HARDCODED, REWRITTEN, SCRIPT = "backend/calculate_all_indicators.py", "backend/rewritten.py", "remove-hardcoded.sh"
# What the script's sed makes of it.
SED = ("localhost:5435", "${settings.DB_HOST}:${settings.DB_PORT}")

# Fault -> what is found: rule, file, anchor.
CAUGHT = {
    "ENV01": {("shared-secret", PRODUCTION, "DB_PASSWORD"), ("shared-secret", PRODUCTION, "INFLUXDB_TOKEN")},
    "ENV02": {("placeholder-left", PRODUCTION, "JWT_SECRET_KEY")},
    "ENV09": {
        ("clear-text-connection", PRODUCTION, "INFLUXDB_URL"),
        ("clear-text-connection", PRODUCTION, "BACKEND_URL"),
        ("settings-open-redis", CONFIG, "REDIS_URL"),
    },
    "ENV10": {("port-clash", DEVELOPMENT, "AIRFLOW_URL"), ("port-clash", PRODUCTION, "FRONTEND_URL")},
    "ENV11": {("stack-dialled-port", BASE, "DB_PORT")},
    "ENV12": {("undeclared-key", BASE, "BACKEND_PORT")},
    "ENV13": {("environment-without-stack", EXAMPLE, "ENVIRONMENT=staging")},
    "CFG01": {("settings-class-config", CONFIG, "Settings")},
    "CFG02": {("settings-relative-env-file", CONFIG, "Settings")},
    "CFG03": {("settings-open-environment", CONFIG, "ENVIRONMENT")},
    "CFG04": {("settings-open-cors", CONFIG, "CORS_ORIGINS")},
    "CFG05": {
        ("settings-plain-secret", CONFIG, "DB_PASSWORD"),
        ("settings-plain-secret", CONFIG, "INFLUXDB_TOKEN"),
        ("settings-plain-secret", CONFIG, "JWT_SECRET_KEY"),
        ("settings-shown-input", CONFIG, "Settings"),
    },
    "CFG06": {("settings-unquoted-dsn", CONFIG, "DATABASE_URL")},
    "CFG07": {("settings-extra-undecided", CONFIG, "Settings")},
    "CFG08": {
        ("settings-shared-redis", CONFIG, "CELERY_RESULT_BACKEND"),
        ("settings-open-redis", CONFIG, "REDIS_URL"),
        ("settings-open-redis", CONFIG, "CELERY_BROKER_URL"),
        ("settings-open-redis", CONFIG, "CELERY_RESULT_BACKEND"),
    },
    "CFG09": {("settings-at-import", CONFIG, "Settings")},
    "CFG10": {("settings-unchecked-environment", CONFIG, "Settings")},
    "CFG11": {("settings-blind-rewrite", SCRIPT, "sed"), ("settings-template-in-text", REWRITTEN, "DATABASE_URL")},
    "CFG12": {
        ("settings-no-rotation", CONFIG, "JWT_SECRET_KEY"),
        ("settings-long-token", CONFIG, "JWT_EXPIRATION_HOURS"),
    },
    "CMP01": {("stack-refused", BASE, "backend"), ("stack-refused", DEV, "redis")},
    "CMP03": {("secret-with-default", BASE, "DB_PASSWORD"), ("interpolation-ignores-env-file", BASE, "DB_PASSWORD")},
    "CMP04": {("wrong-env-file", BASE, "backend")},
    "CMP05": {("stack-merged-ports", DEV, "postgres")},
    "CMP06": {("stack-empty-list", PROD, "backend.volumes"), ("leaked-override", BASE, "backend")},
    "CMP02": {("stack-unknown-service", WORKFLOW, "celery-worker"), ("stack-unknown-service", WORKFLOW, "celery-beat")},
    "CMP07": {("stack-second-store", BASE, "postgres")},
    "CMP08": {
        ("stack-open-port", BASE, "postgres"),
        ("stack-open-port", BASE, "backend"),
        ("stack-open-port", DEV, "redis"),
        ("stack-open-port", DEV, "grafana"),
    },
    "CMP09": {("stack-container-name", BASE, "postgres"), ("stack-container-name", BASE, "backend")},
    "CMP10": {("stack-floating-image", BASE, "postgres"), ("stack-build-only", BASE, "backend")},
    "CMP11": {("stack-short-depends-on", BASE, "backend"), ("stack-weak-healthcheck", PROD, "postgres")},
    "CMP12": {("stack-version-key", file, "") for file in (BASE, DEV, PROD)},
    "CMP13": {
        ("stack-unlimited-logs", BASE, "backend"),
        ("stack-no-limits", BASE, "postgres"),
        ("stack-new-privileges", BASE, "backend"),
        ("stack-no-init", BASE, "backend"),
        ("stack-restart", BASE, "postgres"),
        ("stack-restart", PROD, "backend"),
    },
    "CMP14": {("stack-default-login", DEV, "grafana"), ("stack-split-network", DEV, "grafana")},
    "CMP15": {("stack-second-store", BASE, "postgres")},
    "CMP16": {("stack-unlabelled-mount", BASE, "backend")},
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return {(rule, file, anchor)} of all that is found in the reference's files."""
    root = tmp_path_factory.mktemp("reference")
    for path, _, text in blocks_of("tests/stack/reference.txt"):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
    (root / "backend" / "main.py").write_text("", encoding="utf-8")
    hardcoded = (root / HARDCODED).read_text(encoding="utf-8")
    assert "/".join(SED) in (root / SCRIPT).read_text(encoding="utf-8")
    (root / REWRITTEN).write_text(hardcoded.replace(*SED), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return {(one.rule, one.path, one.anchor) for one in command.checked(".", None, "port")}


@pytest.mark.parametrize("fault", CAUGHT)
def test_fault_is_found(fault, found):
    assert CAUGHT[fault] - found == set()
