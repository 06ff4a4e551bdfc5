"""Thirty faults in several spellings, each planted into the correct form: that fault is found and nothing else."""

import pytest

CONFIG, QUEUE, REPORT = "backend/config.py", "backend/celery_app.py", "backend/report.py"
BASE, DEV, PROD = "docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"
EXAMPLE, API, FLOW = ".env.example", "frontend/src/api.ts", ".github/workflows/deploy.yml"


def report(body, head="import os\n"):
    return [(REPORT, 'bucket = os.environ["REPORT_BUCKET"]\n', f'bucket = os.environ["REPORT_BUCKET"]\n{head}{body}\n')]


def field(line, key=""):
    """Put a field into the settings class, and its key into the contract and its files."""
    changes = [(CONFIG, "    BACKEND_URL: str\n", f"    BACKEND_URL: str\n    {line}\n")]
    if key:
        changes.append((EXAMPLE, "REPORT_BUCKET=reports\n", f"REPORT_BUCKET=reports\n{key}=\n"))
    return changes


def base(old, new):
    return [(BASE, old, new)]


def without(line):
    return [(".env.staging", line, ""), (".env.production", line, "")]


def undeclared(path, key):
    return {("undeclared-key", path, key)}


HEALTHY = "        condition: service_healthy\n"
WAITS = f"      postgres:\n{HEALTHY}      redis:\n{HEALTHY}"
# `env_file: .env.${ENVIRONMENT}` then takes the other file.
TAKEN = ("wrong-env-file", BASE, "backend")
SERVICES = ("postgres", "redis", "backend", "grafana")

# The keys that the settings class does not take in the correct form.
ALL = """DB_PUBLISH_PORT: int
    BACKEND_PORT: int
    BIND_ADDRESS: str
    VITE_API_URL: str
    REPORT_BUCKET: str
    GRAFANA_ADMIN_PASSWORD: SecretStr
    BACKEND_IMAGE: str"""

CASES = {
    "undeclared-key": [
        (report('x = os.environ["SMTP_HOST"]'), undeclared(REPORT, "SMTP_HOST")),
        (report('x = getenv("SMTP_HOST", "mail")', "from os import getenv\n"), undeclared(REPORT, "SMTP_HOST")),
        (report('KEY = "SMTP_HOST"\nx = os.environ.get(KEY)'), undeclared(REPORT, "SMTP_HOST")),
        (report('for key in ("SMTP_HOST",):\n    os.environ[key]'), undeclared(REPORT, "SMTP_HOST")),
        (
            report(
                'env = Env()\nwith env.prefixed("SMTP_"):\n    x = env.int("PORT", 25)', "from environs import Env\n"
            ),
            undeclared(REPORT, "SMTP_PORT"),
        ),
        (report('x = config("SMTP_HOST")', "from decouple import config\n"), undeclared(REPORT, "SMTP_HOST")),
        (
            report('@click.option("--x", envvar="SMTP_HOST")\ndef main(x): ...', "import click\n"),
            undeclared(REPORT, "SMTP_HOST"),
        ),
        (
            report('def need(name):\n    return os.environ[name]\nx = need("SMTP_HOST")'),
            undeclared(REPORT, "SMTP_HOST"),
        ),
        ([(API, "", "const a = process.env.SMTP_HOST || process.env['HOME'];\n")], undeclared(API, "SMTP_HOST")),
        ([(API, "", "const { SMTP_HOST: host } = process.env;\n")], undeclared(API, "SMTP_HOST")),
        (base("--port 8000\n", "--port 8000 --workers ${WORKERS:-4}\n"), undeclared(BASE, "WORKERS")),
        ([(FLOW, "secrets.DB_PASSWORD", "secrets.DB_PASWORD")], undeclared(FLOW, "DB_PASWORD")),
    ],
    "unused-key": [
        (
            [(EXAMPLE, "REPORT_BUCKET=reports\n", "REPORT_BUCKET=reports\nCELERY_CONCURRENCY=\n")],
            {("unused-key", EXAMPLE, "CELERY_CONCURRENCY")},
        ),
        (
            [(EXAMPLE, "REPORT_BUCKET=reports\n", "REPORT_BUCKET=reports\nAWS_REGION=\n")],
            {("unused-key", EXAMPLE, "AWS_REGION")},
        ),
        (
            [(EXAMPLE, "REPORT_BUCKET=reports\n", "REPORT_BUCKET=reports\nOLD_API=\n")],
            {("unused-key", EXAMPLE, "OLD_API")},
        ),
        (
            [(EXAMPLE, "REPORT_BUCKET=reports\n", "REPORT_BUCKET=reports\nOLD_API=\n"), *report("# OLD_API is gone")],
            {("unused-key", EXAMPLE, "OLD_API")},
        ),
        (
            [
                (EXAMPLE, "REPORT_BUCKET=reports\n", "REPORT_BUCKET=reports\nOLD_API=\n"),
                ("README.md", "", "Set OLD_API.\n"),
            ],
            {("unused-key", EXAMPLE, "OLD_API")},
        ),
    ],
    "settings-drift": [
        (field("SMTP_HOST: str"), {("settings-drift", CONFIG, "SMTP_HOST")}),
        (field('smtp: str = Field(alias="SMTP_HOST")'), {("settings-drift", CONFIG, "SMTP_HOST")}),
        (field("MAX_ROWS: int", "MAX_ROWS"), {("settings-drift", CONFIG, "MAX_ROWS")}),
        ([(CONFIG, "    DB_HOST: str\n", "    DB_HOST: int\n")], {("settings-drift", CONFIG, "DB_HOST")}),
        ([(CONFIG, '"staging", "production"]', '"production"]')], {("settings-drift", CONFIG, "ENVIRONMENT")}),
        ([(CONFIG, "    REDIS_PORT: int\n", "    REDIS_PORT: HttpUrl\n")], {("settings-drift", CONFIG, "REDIS_PORT")}),
        ([(CONFIG, "    REDIS_PORT: int\n", "    REDIS_PORT: int = 6\n")], {("settings-drift", CONFIG, "REDIS_PORT")}),
        (field("MAIL_FROM: str", "MAIL_FROM"), {("settings-drift", CONFIG, "MAIL_FROM")}),
    ],
    "forbidden-extra": [
        (
            [
                (CONFIG, '        extra="ignore",\n', f"        {said}\n"),
                *field(ALL.removeprefix("DB_PUBLISH_PORT: int\n    ").replace("REPORT_BUCKET", "report_bucket")),
            ],
            {("forbidden-extra", CONFIG, "DB_PUBLISH_PORT"), *also},
        )
        for said, also in (
            ('extra="forbid",', ()),
            ("extra=Extra.forbid,", ()),
            ("", [("settings-extra-undecided", CONFIG, "Settings")]),
        )
    ],
    "unset-in-stack": [
        (
            [
                (EXAMPLE, "BACKEND_IMAGE=<", "# only: development\nBACKEND_IMAGE=<"),
                *without("BACKEND_IMAGE=stock/backend:5e1f0c2\n"),
            ],
            {("unset-in-stack", BASE, "BACKEND_IMAGE")},
        ),
        (
            [(".env.production", "BACKEND_PORT=8000\n", "")],
            {("unset-in-stack", PROD, "BACKEND_PORT"), ("missing-key", ".env.production", "BACKEND_PORT")},
        ),
        (
            base("--port 8000\n", "--port 8000 --workers $WORKERS\n"),
            {("unset-in-stack", BASE, "WORKERS"), ("undeclared-key", BASE, "WORKERS")},
        ),
        (
            [(PROD, "    ports:", "    environment: [SMTP_HOST]\n    ports:")],
            {("unset-in-stack", PROD, "SMTP_HOST"), ("undeclared-key", PROD, "SMTP_HOST")},
        ),
        (
            [(BASE, "volumes:\n  data:\n", "volumes:\n  data:\nsecrets:\n  smtp:\n    environment: SMTP_HOST\n")],
            {("unset-in-stack", BASE, "SMTP_HOST"), ("undeclared-key", BASE, "SMTP_HOST")},
        ),
    ],
    "secret-with-default": [
        (
            [
                (
                    DEV,
                    '    ports:\n      - "127.0.0.1:${DB_',
                    '    labels: ["a=${DB_PASSWORD:-x1}"]\n    ports:\n      - "127.0.0.1:${DB_',
                )
            ],
            {("secret-with-default", DEV, "DB_PASSWORD"), ("interpolation-ignores-env-file", DEV, "DB_PASSWORD")},
        ),
        (report('x = os.getenv("DB_PASSWORD", "x1")'), {("secret-with-default", REPORT, "DB_PASSWORD")}),
        (report('os.environ.setdefault("DB_PASSWORD", "x1")'), {("secret-with-default", REPORT, "DB_PASSWORD")}),
        (
            [
                (
                    CONFIG,
                    "REDIS_PASSWORD: SecretStr",
                    'REDIS_PASSWORD: SecretStr = Field(default_factory=lambda: S("x1"))',
                )
            ],
            {("secret-with-default", CONFIG, "REDIS_PASSWORD")},
        ),
        (
            [(CONFIG, "REDIS_PASSWORD: SecretStr", 'REDIS_PASSWORD: SecretStr = SecretStr("x1")')],
            {("secret-with-default", CONFIG, "REDIS_PASSWORD")},
        ),
        (
            [("backend/Dockerfile", "ARG VERSION\n", "ARG VERSION\nARG DB_PASSWORD=x1\n")],
            {("secret-with-default", "backend/Dockerfile", "DB_PASSWORD")},
        ),
        ([(API, "", 'const a = process.env.DB_PASSWORD ?? "x1";\n')], {("secret-with-default", API, "DB_PASSWORD")}),
    ],
    "interpolation-ignores-env-file": [
        (base("${DB_NAME:?}", "${DB_NAME:-stock}"), {("interpolation-ignores-env-file", BASE, "DB_NAME")}),
        (base("${DB_USER:?}", "${DB_USER-app}"), {("interpolation-ignores-env-file", BASE, "DB_USER")}),
        (
            [(PROD, "${BACKEND_PORT:?}", "${BACKEND_PORT:-8000}")],
            {("interpolation-ignores-env-file", PROD, "BACKEND_PORT")},
        ),
    ],
    "wrong-env-file": [
        ([(PROD, "    ports:", f"    env_file: {said}\n    ports:")], {("wrong-env-file", PROD, "backend")})
        for said in (".env.development", "[.env.staging]", "[{path: ./.env.dev, required: false}]")
    ]
    + [
        (base("${ENVIRONMENT:?}", "${ENVIRONMENT:-development}"), {("wrong-env-file", BASE, "backend")}),
        (
            base(".env.${ENVIRONMENT:?}", "${ENV_FILE-.env.development}"),
            {("wrong-env-file", BASE, "backend"), *undeclared(BASE, "ENV_FILE")},
        ),
    ],
    "leaked-override": [
        (
            base("    command: uvicorn", "    volumes: ['./backend:/app:z']\n    command: uvicorn"),
            {("leaked-override", BASE, "backend")},
        ),
        (
            base(
                "    command: uvicorn",
                "    volumes:\n      - {type: bind, source: ./backend, target: /app/backend, bind: {selinux: z}}\n"
                "    command: uvicorn",
            ),
            {("leaked-override", BASE, "backend")},
        ),
        (
            [
                (BASE, "    command: uvicorn", "    volumes: ['./backend:/app:z']\n    command: uvicorn"),
                (PROD, "    ports:", "    volumes: []\n    ports:"),
            ],
            {("leaked-override", BASE, "backend"), ("stack-empty-list", PROD, "backend.volumes")},
        ),
        (base("--port 8000\n", "--port 8000 --reload\n"), {("leaked-override", BASE, "backend")}),
        (
            base("    command: uvicorn", '    ports: ["127.0.0.1:5678:5678"]\n    command: uvicorn'),
            {("leaked-override", BASE, "backend")},
        ),
        (
            base("    command: uvicorn", "    environment: [ENVIRONMENT=development]\n    command: uvicorn"),
            {("leaked-override", BASE, "backend.ENVIRONMENT")},
        ),
    ],
    "leaked debugging": [
        (
            base("    command: uvicorn", f"    environment: {said}\n    command: uvicorn"),
            {("leaked-override", BASE, "backend.DEBUG")},
        )
        for said in ('{DEBUG: "true"}', "[DEBUG=1]", '{<<: {DEBUG: "on"}}')
    ],
    "CFG01 class Config": [
        (
            [
                (
                    CONFIG,
                    "    ENVIRONMENT: Literal",
                    "    class Config:\n        frozen = True\n\n    ENVIRONMENT: Literal",
                )
            ],
            {("settings-class-config", CONFIG, "Settings")},
        ),
    ],
    "CFG02 env file": [
        ([(CONFIG, 'ROOT / f".env.{NAME}"', said)], {("settings-relative-env-file", CONFIG, "Settings"), *also})
        for said, also in (
            ('f".env.{NAME}"', ()),
            ('".env." + NAME', ()),
            ('".env.{}".format(NAME)', ()),
            ('".env.%s" % NAME', ()),
            ('Path(f".env.{NAME}")', ()),
            ('(".env", ROOT / f".env.{NAME}")', ()),
        )
    ],
    "CFG03 environment": [
        (
            [(CONFIG, 'Literal["development", "staging", "production"]', said)],
            {("settings-open-environment", CONFIG, "ENVIRONMENT")},
        )
        for said in (
            "str",
            'str = "development"',
            'Literal["development", "staging", "production"] = "development"',
            "Optional[str]",
        )
    ],
    "CFG04 CORS": [
        (
            [(CONFIG, 'return self.CORS_ORIGINS.split(",")', 'return self.CORS_ORIGINS.split(",") or ["*"]')],
            {("settings-open-cors", CONFIG, "CORS_ORIGINS")},
        ),
        (
            report('app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)', ""),
            {("settings-open-cors", REPORT, "allow_origins")},
        ),
        (
            report('Middleware(CORS, allow_credentials=True, allow_origin_regex=".*")', ""),
            {("settings-open-cors", REPORT, "allow_origin_regex")},
        ),
        (report('app.add_middleware(CORSMiddleware, allow_origins=["*"])', ""), set()),
    ],
    "CFG05 plain secret": [
        (
            [(CONFIG, "    DB_PASSWORD: SecretStr", f"    DB_PASSWORD: {said}")],
            {("settings-plain-secret", CONFIG, "DB_PASSWORD")},
        )
        for said in ("str", "Optional[str]", "str | None", "Annotated[str, Field()]", "bytes")
    ]
    + [([(CONFIG, "        hide_input_in_errors=True,\n", "")], {("settings-shown-input", CONFIG, "Settings")})],
    "CFG06 DSN": [
        (
            [(CONFIG, "        return URL.create(", f"        self.dsn = {said}\n        return URL.create(")],
            {("settings-unquoted-dsn", CONFIG, "database_url")},
        )
        for said in (
            'f"postgresql://{self.DB_USER}:{self.DB_PASSWORD}@{self.DB_HOST}/x"',
            '"postgresql://" + self.DB_USER + ":" + self.DB_PASSWORD + "@" + self.DB_HOST',
            '"postgresql://%s:%s@%s/x" % (self.DB_USER, self.DB_PASSWORD, self.DB_HOST)',
            '"postgresql://{}:{}@{}/x".format(self.DB_USER, self.DB_PASSWORD, self.DB_HOST)',
            'f"redis://:{self.REDIS_PASSWORD.get_secret_value()}@{self.REDIS_HOST}/0"',
        )
    ],
    "CFG07 extra": [
        ([(CONFIG, '        extra="ignore",\n', ""), *field(ALL)], {("settings-extra-undecided", CONFIG, "Settings")})
    ],
    "CFG08 Redis": [
        ([(QUEUE, "backend=redis_url(1)", "backend=redis_url(0)")], {("settings-shared-redis", QUEUE, "Celery")}),
        (
            report('BROKER_URL = f"rediss://u:{quote(p)}@{h}/0"\nRESULT_BACKEND = f"rediss://u:{quote(p)}@{h}/0"', ""),
            {("settings-shared-redis", REPORT, "RESULT_BACKEND")},
        ),
        ([(QUEUE, 'f"rediss://:{password}@{', 'f"redis://{')], {("settings-open-redis", QUEUE, "redis_url")}),
    ],
    "CFG09 at import": [
        ([(CONFIG, "@lru_cache\n", f"{said}\n\n\n@lru_cache\n")], {("settings-at-import", CONFIG, "Settings")})
        for said in (
            "settings = Settings()",
            "settings: Settings = Settings()",
            "try:\n    settings = Settings()\nfinally:\n    pass",
        )
    ]
    + [
        (
            report("settings = config.Settings()", "from backend import config\n"),
            {("settings-at-import", REPORT, "Settings")},
        )
    ],
    "CFG10 disagreement": [
        (
            [(CONFIG, '    @model_validator(mode="after")\n', ""), (CONFIG, "NAME != self.ENVIRONMENT", "not NAME")],
            {("settings-unchecked-environment", CONFIG, "Settings")},
        ),
    ],
    "CFG11 template": [
        (report(f"url = {said}", ""), {("settings-template-in-text", REPORT, "url")})
        for said in (
            '"postgresql://app@${settings.DB_HOST}:${settings.DB_PORT}/stock"',
            'f"postgresql://app@${settings.DB_HOST}/stock"',
            '"http://" + "${settings.DB_HOST}:1"',
        )
    ],
    "CFG12 signing key": [
        (
            [(CONFIG, "    JWT_PREVIOUS_SECRET_KEY: SecretStr | None = None\n", "")],
            {("settings-no-rotation", CONFIG, "JWT_SECRET_KEY"), ("unused-key", EXAMPLE, "JWT_PREVIOUS_SECRET_KEY")},
        ),
        (
            [(CONFIG, "JWT_EXPIRATION_MINUTES: int = 15", "JWT_EXPIRATION_MINUTES: int = 1440")],
            {("settings-long-token", CONFIG, "JWT_EXPIRATION_MINUTES")},
        ),
    ],
    "CMP01 refused": [
        (
            base("      redis:\n        condition", "      cache:\n        condition"),
            {("stack-refused", BASE, "backend")},
        ),
        ([(DEV, "", "  flower:\n    command: flower\n    networks: [stock]\n")], {("stack-refused", DEV, "flower")}),
        (
            base("limits: {memory: 512m}\n  networks: [stock]", "limits: {memory: 512m}\n  networks: [shop]"),
            {("stack-refused", BASE, name) for name in SERVICES},
        ),
    ],
    "CMP05 merged ports": [
        (
            base("    image: timescale", '    ports: ["127.0.0.1:5432:5432"]\n    image: timescale'),
            {("stack-merged-ports", DEV, "postgres"), ("leaked-override", BASE, "postgres")},
        ),
        (
            base(
                "    image: timescale",
                "    ports: [{target: 5432, published: 5432, host_ip: 127.0.0.1}]\n    image: timescale",
            ),
            {("stack-merged-ports", DEV, "postgres"), ("leaked-override", BASE, "postgres")},
        ),
        (
            base("    image: timescale", '    ports: ["127.0.0.1:${DB_PUBLISH_PORT:?}:5432"]\n    image: timescale'),
            set(),
        ),
        (
            [
                (BASE, "    image: timescale", '    ports: ["127.0.0.1:5432:5432"]\n    image: timescale'),
                (DEV, '    ports:\n      - "127.0.0.1:${DB_', '    ports: !override\n      - "127.0.0.1:${DB_'),
            ],
            {("leaked-override", BASE, "postgres")},
        ),
    ],
    "CMP06 lost lists": [
        (
            [(PROD, "    ports:", f"    {key}: []\n    ports:")],
            {("stack-empty-list", PROD, f"backend.{key}")},
        )
        for key in ("security_opt", "networks", "depends_on", "env_file")
    ],
    "CMP08 open port": [
        ([(DEV, f'"127.0.0.1:${{{key}:?}}:', f'"{said}${{{key}:?}}:')], {("stack-open-port", DEV, service)})
        for key, service in (("DB_PUBLISH_PORT", "postgres"), ("BACKEND_PORT", "backend"))
        for said in ("", "0.0.0.0:", "[::]:")
    ]
    + [
        ([(PROD, '"${BIND_ADDRESS:?}:${BACKEND_PORT:?}:8000"', said)], {("stack-open-port", PROD, "backend"), *unused})
        for said, unused in (
            ('"8000"', ()),
            ("{target: 8000, published: 8000}", ()),
            ('"${BACKEND_PORT:?}:8000/tcp"', ()),
        )
    ],
    "CMP09 container name": [
        (
            base("    image: redis", "    container_name: stock-redis\n    image: redis"),
            {("stack-container-name", BASE, "redis")},
        ),
    ],
    "CMP10 image": [
        (base("timescaledb:2.19.3-pg17", said), {("stack-floating-image", BASE, "postgres")})
        for said in (
            "timescaledb:latest-pg15",
            "timescaledb",
            "timescaledb:latest",
            "timescaledb:nightly",
            "timescaledb:stable",
            "timescaledb:pg17",
            "timescaledb:2",
        )
    ]
    + [
        (
            base("    image: ${BACKEND_IMAGE:?}\n", "    labels: [x=$BACKEND_IMAGE]\n"),
            {("stack-build-only", BASE, "backend")},
        )
    ],
    "CMP11 depends_on": [
        (
            base(WAITS, said),
            {("stack-short-depends-on", BASE, "backend")},
        )
        for said in ("      - postgres\n      - redis\n", "      [postgres, redis]\n")
    ],
    "CMP11 start": [
        (
            base(
                "      redis:\n        condition: service_healthy", "      redis:\n        condition: service_started"
            ),
            {("stack-short-depends-on", BASE, "backend")},
        )
    ],
    "CMP11 health check": [
        (base("pg_isready -h 127.0.0.1 ", "pg_isready "), {("stack-weak-healthcheck", BASE, "postgres")}),
        (base("-U $$POSTGRES_USER", "-U admin"), {("stack-weak-healthcheck", BASE, "postgres")}),
        (base("-U $$POSTGRES_USER", "--username=admin"), {("stack-weak-healthcheck", BASE, "postgres")}),
        (
            [(PROD, "    ports:", "    healthcheck: {test: [CMD, curl, -f, localhost/health]}\n    ports:")],
            {("stack-weak-healthcheck", PROD, "backend")},
        ),
    ],
    "CMP12 version": [
        ([(PROD, "services:", f"version: {said}\nservices:")], {("stack-version-key", PROD, "")})
        for said in ("'3.8'", '"3"', "2.4")
    ],
    "CMP13 hardening": [
        (base(old, new), {(rule, BASE, service) for service in SERVICES})
        for rule, old, new in (
            ("stack-unlimited-logs", '    options: {max-size: 10m, max-file: "3"}\n', "    driver: json-file\n"),
            ("stack-no-limits", "memory: 512m", 'cpus: "0.5"'),
            ("stack-new-privileges", "[no-new-privileges:true]", "[no-new-privileges:false]"),
        )
    ]
    + [
        (
            base("  restart: unless-stopped\n", "  restart: always\n"),
            {("stack-restart", BASE, name) for name in SERVICES},
        ),
        (base("  restart: unless-stopped\n", ""), {("stack-restart", BASE, name) for name in SERVICES}),
        (
            base("max-size: 10m", 'max-size: "-1"'),
            {("stack-unlimited-logs", BASE, service) for service in SERVICES},
        ),
        (base("    image: redis", "    cap_add: [SYS_ADMIN]\n    image: redis"), {("stack-root", BASE, "redis")}),
        (
            [(DEV, "      - ./backend:/app/backend", "      - /var/run/docker.sock:/var/run/docker.sock")],
            {("stack-root", DEV, "backend")},
        ),
        (base("  init: true\n", ""), {("stack-no-init", BASE, "backend")}),
        (base("    image: redis", "    user: root\n    image: redis"), {("stack-root", BASE, "redis")}),
        (base("    image: redis", "    privileged: true\n    image: redis"), {("stack-root", BASE, "redis")}),
        ([("backend/Dockerfile", "USER 10001\n", "")], {("stack-root", BASE, "backend")}),
        ([("backend/Dockerfile", "USER 10001\n", "USER root\n")], {("stack-root", BASE, "backend")}),
    ],
    "CMP14 network and login": [
        (
            base(
                "    image: grafana/grafana:10.2.0\n", "    image: grafana/grafana:10.2.0\n    networks: !reset null\n"
            ),
            {("stack-split-network", BASE, "grafana")},
        ),
        (
            base(
                "    image: grafana/grafana:10.2.0\n",
                "    image: grafana/grafana:10.2.0\n    networks: !override [default]\n",
            ),
            {("stack-split-network", BASE, "grafana")},
        ),
        (
            base("GF_SECURITY_ADMIN_PASSWORD:", 'GF_AUTH_ANONYMOUS_ENABLED: "true"\n      GF_SECURITY_ADMIN_PASSWORD:'),
            {("stack-default-login", BASE, "grafana.GF_AUTH_ANONYMOUS_ENABLED")},
        ),
        (
            base("redis-server --requirepass", "redis-server --protected-mode"),
            {("stack-default-login", BASE, "redis")},
        ),
        (
            base(
                "    environment:\n      GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_ADMIN_PASSWORD:?}\n",
                "    labels: [x=$GRAFANA_ADMIN_PASSWORD]\n",
            ),
            {("stack-default-login", BASE, "grafana")},
        ),
        (
            base("GF_SECURITY_ADMIN_PASSWORD: ${GRAFANA_ADMIN_PASSWORD:?}", "GF_SECURITY_ADMIN_PASSWORD: admin"),
            {
                ("stack-default-login", BASE, "grafana.GF_SECURITY_ADMIN_PASSWORD"),
                ("unused-key", EXAMPLE, "GRAFANA_ADMIN_PASSWORD"),
            },
        ),
        (
            base("POSTGRES_USER: ${DB_USER:?}", "POSTGRES_USER: ${DB_USER:?}\n      POSTGRES_HOST_AUTH_METHOD: trust"),
            {("stack-default-login", BASE, "postgres.POSTGRES_HOST_AUTH_METHOD")},
        ),
    ],
    "ENV10 port clash": [
        (
            [(PROD, "", '  grafana:\n    ports: ["${BIND_ADDRESS:?}:${BACKEND_PORT:?}:3000"]\n')],
            {("stack-port-clash", PROD, "grafana")},
        ),
        (
            [(DEV, "${DB_PUBLISH_PORT:?}", "${BACKEND_PORT:?}")],
            {("stack-port-clash", DEV, "backend"), ("unused-key", EXAMPLE, "DB_PUBLISH_PORT")},
        ),
    ],
    "ENV11 dialled port": [
        (
            [(DEV, "${DB_PUBLISH_PORT:?}", "${DB_PORT:?}")],
            {("stack-dialled-port", DEV, "DB_PORT"), ("unused-key", EXAMPLE, "DB_PUBLISH_PORT")},
        ),
        (
            [(DEV, "${DB_PUBLISH_PORT:?}", "$DB_PORT")],
            {("stack-dialled-port", DEV, "DB_PORT"), ("unused-key", EXAMPLE, "DB_PUBLISH_PORT")},
        ),
    ],
    "ENV13 environment without stack": [
        (
            [(EXAMPLE, "|staging|", "|staging|qa|"), (CONFIG, '"staging", ', '"staging", "qa", ')],
            {("environment-without-stack", EXAMPLE, "ENVIRONMENT=qa")},
        ),
    ],
    "reads in other languages": [
        ([("feed/main.go", None, 'url := os.Getenv("FEED_URL")\n')], undeclared("feed/main.go", "FEED_URL")),
        (
            [("feed/Feed.java", None, 'String u = System.getenv("FEED_URL");\n')],
            undeclared("feed/Feed.java", "FEED_URL"),
        ),
        ([("feed/feed.rb", None, 'u = ENV.fetch("FEED_URL", nil)\n')], undeclared("feed/feed.rb", "FEED_URL")),
        ([("run.sh", None, 'curl "${FEED_URL:?}"\n')], undeclared("run.sh", "FEED_URL")),
        ([("run.sh", None, ': "${FEED_URL:=x}"\n')], undeclared("run.sh", "FEED_URL")),
        ([("run.sh", None, 'FEED_URL="${FEED_URL:-x}"\ncurl "$FEED_URL"\n')], set()),
        ([("feed/main.go", None, '// os.Getenv("FEED_URL")\n')], set()),
    ],
    "environment-mismatch at its cause": [
        (
            [(".env.production", "ENVIRONMENT=production", "ENVIRONMENT=staging")],
            {("environment-mismatch", ".env.production", "ENVIRONMENT"), TAKEN},
        ),
        (
            [(".env.staging", "ENVIRONMENT=staging", "export ENVIRONMENT='development'")],
            {("environment-mismatch", ".env.staging", "ENVIRONMENT"), TAKEN},
        ),
    ],
    "debugging in an image": [
        ([("backend/Dockerfile", None, line)], {("debug-in-production", "backend/Dockerfile", key)})
        for line, key in (
            ("\nENV FLASK_DEBUG=1\n", "FLASK_DEBUG"),
            ("\nENV A=1 \\\n    DEBUG=true\n", "DEBUG"),
            ("\nENV LOG_LEVEL debug\n", "LOG_LEVEL"),
            ("\nENV APP_DEBUG='on'\n", "APP_DEBUG"),
            ("\nENV UVICORN_RELOAD=yes\n", "UVICORN_RELOAD"),
        )
    ],
    "CI06": [
        ([(FLOW, old, new)], {("workflow-no-environment", FLOW, "deploy")})
        for old, new in (
            ("    environment: production\n", ""),
            ("    environment: production\n", "    # environment: production\n"),
            ("    environment: production\n    env:\n", "    env:\n      ALSO: ${{ secrets.JWT_SECRET_KEY }}\n"),
            ("    environment: production\n", "    timeout-minutes: 5\n"),
            ("    environment: production\n", "    name: Production\n"),
        )
    ],
    "reads by other names": [
        (report('get = os.environ.get\nx = get("FEED_URL")'), undeclared(REPORT, "FEED_URL")),
        (report('x = os.path.expandvars("$FEED_URL/x")'), undeclared(REPORT, "FEED_URL")),
        (
            report('try:\n    x = os.environ["FEED_URL"]\nexcept KeyError:\n    x = None'),
            undeclared(REPORT, "FEED_URL"),
        ),
        (report('env = {**os.environ, "FEED_URL": "x"}\nprint(env["FEED_URL"])'), set()),
        (report('os.environ.pop("FEED_URL", None)'), set()),
        (report('def app(environ, start_response):\n    return environ["PATH_INFO"]'), set()),
    ],
}


def test_correct_form_has_no_finding(planted):
    assert planted() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [pytest.param(*case, id=f"{name} {number}") for name, cases in CASES.items() for number, case in enumerate(cases)],
)
def test_fault_is_found_and_nothing_else(changes, expected, planted):
    assert planted(*changes) == expected
