"""Every rule on values: five spellings of each fault are found and nothing else, and what is right is left alone."""

import pytest

from envfence.contract.check import check

PROD, STAG, DEV, EXAMPLE = ".env.production", ".env.staging", ".env.development", ".env.example"
PASSWORD = "DB_PASSWORD=Hw3Zk8Qv6Bn1Mx5Tc9Lp2\n"
DSN = "DATABASE_URL=postgresql://app:Hw3Zk8Qv6Bn1Mx5Tc9Lp2@10.1.0.5:5432/stocktrading\n"
STAGING_DSN = "DATABASE_URL=postgresql://app:Yq7vXc2LkPz9RtWb4NmHs@10.2.0.5:5432/stocktrading\n"
JWT = "JWT_SECRET_KEY=Rb5Yx9Lq3Wm7Zc1Vk8Tn4Pf6Hs2Gd0Jr5Xe9Ua3Qo7Iy1\n"


def planted(rule, key, *changes, name=PROD):
    """Return a case: the changes (old, new) of one file, and the one finding they lead to."""
    edits = [(name, old, new) for old, new in changes]
    return pytest.param(edits, {(rule, name, key)}, id=f"{rule}-{changes[0][1].strip()[:40] or 'removed'}")


ORIGIN = "https://www.example.com"
CORS = f"CORS_ORIGINS={ORIGIN}\n"
FAULTS = (
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", "")),
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", "REDIS_HOST=\n")),
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", "#REDIS_HOST=10.1.0.6\n")),
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", 'REDIS_HOST=""\n')),
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", "export REDIS_HOST = ''\n")),
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", "REDIS_HOST=${NOT_SET_HERE}\n")),
    planted("missing-key", "REDIS_HOST", ("REDIS_HOST=10.1.0.6\n", "REDIS_HOST='  '\n")),
    planted("extra-key", "BACKEND_PORT", ("", "BACKEND_PORT=8000\n")),
    planted("extra-key", "BACKEND_PORT", ("", "export BACKEND_PORT=8000\n")),
    planted("extra-key", "db_hostname", ("", "db_hostname=10.1.0.5\n")),
    planted("extra-key", "DB_PORTS", ("", "DB_PORTS = 5432\n")),
    planted("extra-key", "BACKUP_BUCKET", ("", "BACKUP_BUCKET=elsewhere\n"), name=STAG),
    planted("duplicate-key", "DB_PORT", ("", "DB_PORT=5433\n")),
    planted("duplicate-key", "DB_PORT", ("", "DB_PORT=5432\n")),
    planted("duplicate-key", "DB_PORT", ("", "export DB_PORT=5433\n")),
    planted("duplicate-key", "DB_PORT", ("", "DB_PORT = '5433'\n")),
    planted("duplicate-key", "DB_PORT", ("", "DB_PORT=<DB_PORT>\n"), name=EXAMPLE),
    planted("placeholder-left", "INFLUXDB_TOKEN", ("b9XmRw4KzTq7VnYc2LpJd6Fs", "<INFLUXDB_TOKEN>")),
    planted("placeholder-left", "INFLUXDB_URL", ("https://10.1.0.7:8086", "http://<INFLUXDB_HOST>:8086")),
    planted("placeholder-left", "INFLUXDB_TOKEN", ("b9XmRw4KzTq7VnYc2LpJd6Fs", '"<GENERATE_STRONG_RANDOM_KEY>"')),
    planted("placeholder-left", "INFLUXDB_TOKEN", ("b9XmRw4KzTq7VnYc2LpJd6Fs", "your-token-here")),
    planted("placeholder-left", "INFLUXDB_TOKEN", ("b9XmRw4KzTq7VnYc2LpJd6Fs", "CHANGE_ME")),
    *(
        planted("placeholder-left", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", f"REDIS_HOST={left}"))
        for left in (
            "'[your Redis host]'",
            "%REDIS_HOST%",
            "'!!!SET HOST!!!'",
            "@@REDIS_HOST@@",
            "'<% redis_host %>'",
            "'$(redis-host)'",
        )
    ),
    planted("placeholder-left", "INFLUXDB_TOKEN", ("b9XmRw4KzTq7VnYc2LpJd6Fs", "'********'")),
    planted("wrong-kind", "INFLUXDB_URL", ("https://10.1.0.7:8086", "https://10.1.0.7:port")),
    planted("wrong-kind", "REDIS_PORT", ("REDIS_PORT=6379", "REDIS_PORT=65536")),
    planted("wrong-kind", "REDIS_PORT", ("REDIS_PORT=6379", "REDIS_PORT=tcp/6379")),
    planted("wrong-kind", "INFLUXDB_URL", ("https://10.1.0.7:8086", "10.1.0.7:8086")),
    planted("wrong-kind", "WORKERS", ("WORKERS=8", "WORKERS=eight")),
    planted("wrong-kind", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=10.1.0.6:6379")),
    planted("wrong-kind", "DEBUG", ("DEBUG=false", "DEBUG=never"), name=STAG),
    pytest.param(
        [(PROD, "ENVIRONMENT=production", "ENVIRONMENT=prod")],
        {("wrong-kind", PROD, "ENVIRONMENT"), ("environment-mismatch", PROD, "ENVIRONMENT")},
        id="a choice of nobody, and not the file's name",
    ),
    planted("environment-mismatch", "ENVIRONMENT", ("ENVIRONMENT=production", "ENVIRONMENT=development")),
    planted("environment-mismatch", "ENVIRONMENT", ("ENVIRONMENT=production", "ENVIRONMENT='staging'")),
    planted("environment-mismatch", "ENVIRONMENT", ("ENVIRONMENT=staging", "ENVIRONMENT=production"), name=STAG),
    planted("environment-mismatch", "ENVIRONMENT", ("ENVIRONMENT=development", "ENVIRONMENT=staging"), name=DEV),
    planted("environment-mismatch", "ENVIRONMENT", ("ENVIRONMENT=production", "export ENVIRONMENT=staging # old")),
    planted("weak-secret", "JWT_SECRET_KEY", (JWT, "JWT_SECRET_KEY=dev-secret-key-change-in-production\n")),
    planted("weak-secret", "JWT_SECRET_KEY", (JWT, "JWT_SECRET_KEY=q8Zx5Lw2Vn7Kc4\n")),
    planted("weak-secret", "JWT_SECRET_KEY", (JWT, "JWT_SECRET_KEY=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")),
    planted("weak-secret", "JWT_SECRET_KEY", (JWT, "JWT_SECRET_KEY=0123456789abcdef0123456789abcdef\n")),
    *(
        planted("weak-secret", "JWT_SECRET_KEY", (JWT, f"JWT_SECRET_KEY={told}q8Zx5Lw2Vn7Kc4Rb5Yx9Lq3Wm7Zc1Vk8Tn4\n"))
        for told in ("example-", "django-insecure-", "dev_", "change.me.")
    ),
    planted("weak-secret", "DB_PASSWORD", (PASSWORD, "DB_PASSWORD=admin123\n")),
    planted("weak-secret", "DB_PASSWORD", (PASSWORD, "DB_PASSWORD='stocktrading2024!'\n")),
    planted("weak-secret", "DATABASE_URL", (DSN, DSN.replace("Hw3Zk8Qv6Bn1Mx5Tc9Lp2", "p%40ssw0rd"))),
    planted("debug-in-production", "DEBUG", ("DEBUG=false", "DEBUG=true")),
    planted("debug-in-production", "DEBUG", ("DEBUG=false", "DEBUG=1")),
    planted("debug-in-production", "DEBUG", ("DEBUG=false", 'DEBUG="on"')),
    planted("debug-in-production", "DEBUG", ("DEBUG=false", "DEBUG=Yes # for now")),
    planted("debug-in-production", "LOG_LEVEL", ("LOG_LEVEL=INFO", "LOG_LEVEL=debug")),
    planted("points-at-development", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=localhost")),
    planted("points-at-development", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=127.0.0.1")),
    planted("points-at-development", "INFLUXDB_URL", ("https://10.1.0.7:8086", "http://[::1]:8086")),
    planted("points-at-development", "INFLUXDB_URL", ("https://10.1.0.7:8086", "http://host.docker.internal:8086")),
    planted("points-at-development", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=10.2.0.6")),
    planted("points-at-development", "AIRFLOW_URL", ("https://airflow.example.com", "https://airflow.stg.example.com")),
    planted("points-at-development", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=redis-dev.example.com")),
    planted("points-at-development", "REDIS_HOST", ("REDIS_HOST=10.2.0.6", "REDIS_HOST=dev1.example.com"), name=STAG),
    planted("port-clash", "AIRFLOW_URL", ("http://localhost:8080", "http://localhost:3000"), name=DEV),
    planted("port-clash", "AIRFLOW_URL", ("http://localhost:8080", "http://127.0.0.1:3000/"), name=DEV),
    planted("port-clash", "REDIS_PORT", ("REDIS_PORT=6380", "REDIS_PORT=5435"), name=DEV),
    planted("port-clash", "AIRFLOW_URL", ("http://localhost:8080", "http://localhost:8086"), name=DEV),
    planted("port-clash", "AIRFLOW_URL", ("http://localhost:8080", "'http://LOCALHOST:8000'"), name=DEV),
    planted("port-clash", "AIRFLOW_URL", ("http://localhost:8080", "http://0.0.0.0:8000"), name=DEV),
    planted("points-at-development", "INFLUXDB_URL", ("https://10.1.0.7:8086", "https://[::ffff:127.0.0.1]:8086")),
    planted("points-at-development", "AIRFLOW_URL", ("https://airflow.example.com", "https://airflow.localhost")),
    planted("points-at-development", "SMTP_HOST", ("SMTP_HOST=smtp.example.com", "SMTP_HOST=localhost")),
    planted("placeholder-left", "JWT_SECRET_KEY", (JWT, "JWT_SECRET_KEY=CHANGE_ME_BEFORE_WE_GO_LIVE_IN_2025\n")),
    planted("placeholder-left", "DB_PASSWORD", (PASSWORD, "DB_PASSWORD=replace-with-a-real-one\n")),
    planted("placeholder-left", "DB_USER", ("DB_USER=app", "DB_USER='<<the user>>'")),
    planted("cors-not-listed", "CORS_ORIGINS", (CORS, CORS.replace(".com", ".com/"))),
    planted("cors-not-listed", "CORS_ORIGINS", ("CORS_ORIGINS=https://www.example.com", "CORS_ORIGINS=*")),
    planted("cors-not-listed", "CORS_ORIGINS", ("CORS_ORIGINS=https://www.example.com", """CORS_ORIGINS='["*"]'""")),
    planted("cors-not-listed", "CORS_ORIGINS", ("CORS_ORIGINS=https://www", "CORS_ORIGINS=http://www")),
    planted("cors-not-listed", "CORS_ORIGINS", ("CORS_ORIGINS=https://www", "CORS_ORIGINS=https://*")),
    planted("cors-not-listed", "CORS_ORIGINS", ("CORS_ORIGINS=https://www", "CORS_ORIGINS=https://app")),
    planted("points-at-development", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=0.0.0.0")),
    planted(
        "points-at-development", "CORS_ORIGINS", ("CORS_ORIGINS=https", "CORS_ORIGINS=http://localhost:3000,https")
    ),
    planted("wrong-kind", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST=10.1.0.666")),
    planted("wrong-kind", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", "REDIS_HOST='10.1.0.6 '")),
    planted("wrong-kind", "AIRFLOW_URL", ("https://airflow.example.com", "https://airflow.example.com:80O8")),
    planted("wrong-kind", "AIRFLOW_URL", ("https://airflow.example.com", "htp://airflow.example.com")),
    planted("wrong-kind", "AIRFLOW_URL", ("https://airflow.example.com", "https://airflow.example.com:80800")),
    planted("wrong-kind", "AIRFLOW_URL", ("https://airflow.example.com", "https://airflow.example.com:80:80")),
    *(
        planted("wrong-kind", "REDIS_HOST", ("REDIS_HOST=10.1.0.6", f"REDIS_HOST={host}"))
        for host in ("10.1.0", "10,1,0,6", "'10.1.0.6;'")
    ),
    planted("wrong-kind", "DEBUG", ("DEBUG=false", "DEBUG=truely")),
    planted("placeholder-left", "JWT_SECRET_KEY", (JWT, "JWT_SECRET_KEY=GENERATE_RANDOM_SECRET\n")),
    planted(
        "cors-not-listed",
        "CORS_ORIGINS",
        ("CORS_ORIGINS=http://localhost:3000", "CORS_ORIGINS=http://localhost:3001"),
        name=DEV,
    ),
)


@pytest.mark.parametrize(("changes", "expected"), FAULTS)
def test_a_fault_is_found_and_nothing_else(changes, expected, system):
    assert system(changes) == expected


OWN_CONTRACT = (
    pytest.param("NODE_ENV=<mode>\n", "NODE_ENV=development\n", "environment-mismatch", id="mode of another stage"),
    pytest.param("SENTRY_ENVIRONMENT=x\n", "SENTRY_ENVIRONMENT=dev\n", "environment-mismatch", id="of a service"),
    pytest.param("STAGE=<dev|prod>\n", "STAGE=dev\n", "environment-mismatch", id="a choice of environments"),
    *(
        pytest.param(
            "BROKER=<url>\nRESULTS=<url>\n",
            f"BROKER=rediss://r.example.net\nRESULTS={url}\n",
            "settings-shared-redis",
            id=url,
        )
        for url in ("rediss://r.example.net", "rediss://r.example.net:6379/0", "'rediss://r.example.net/0'")
    ),
    *(
        pytest.param(f"{key}=<text>\n", f"{key}={value}\n", "points-at-development", id=id_)
        for key, value, id_ in (
            ("KAFKA_BROKERS", "k1.example.com:9092,localhost:9092", "one of a list"),
            ("KAFKA_SERVERS", "k1.staging.example.com:9092", "a list of one"),
            ("PG_DSN", "'host=localhost dbname=x'", "in words"),
        )
    ),
    pytest.param("LEVEL=<low|high>\n", "LEVEL=middle\n", "wrong-kind", id="another choice"),
    pytest.param("DEBUG_MODE=off\n", "DEBUG_MODE=on\n", "debug-in-production", id="debug mode"),
    pytest.param("DB_ECHO=false\n", "DB_ECHO=true\n", "debug-in-production", id="echo"),
    pytest.param("USE_TLS=true\n", "USE_TLS=maybe\n", "wrong-kind", id="switch by its default"),
    pytest.param("CACHE_ENABLED=0\n", "CACHE_ENABLED=2\n", "wrong-kind", id="switch by name and default"),
    pytest.param("CORS_ORIGIN_ALLOW_ALL=false\n", "CORS_ORIGIN_ALLOW_ALL=True\n", "cors-not-listed", id="allow all"),
    pytest.param("CORS_ORIGIN_REGEX=<regex>\n", "CORS_ORIGIN_REGEX=.*\n", "cors-not-listed", id="expression for all"),
    pytest.param(
        "ALLOWED_ORIGIN_REGEX=<x>\n", "ALLOWED_ORIGIN_REGEX='^https?://.+'\n", "cors-not-listed", id="any host"
    ),
    pytest.param("SOCKET_CORS=<list>\n", "SOCKET_CORS='*'\n", "cors-not-listed", id="a list by another name"),
    pytest.param("SECRET_KEY=changeme\n", "SECRET_KEY=changeme\n", "placeholder-left", id="the contract's changeme"),
    pytest.param("API_KEY=k3Xz9Qv5Tn\n", "API_KEY=k3Xz9Qv5Tn\n", "weak-secret", id="the contract's own secret"),
    pytest.param("API_KEY=<API_KEY>\n", "API_KEY={{ api_key }}\n", "placeholder-left", id="template"),
    pytest.param("API_KEY=<API_KEY>\n", "API_KEY=xxxxxxxx\n", "placeholder-left", id="crosses"),
    pytest.param("API_PATH=<path>\n", "API_PATH=/v1/<port>/x\n", "placeholder-left", id="a word for a kind"),
    pytest.param("API_KEY=<API_KEY>\n", "API_KEY=k3X9\n", "weak-secret", id="short key of another service"),
    pytest.param(
        "OTHER_PORT=<port>\nOTHER_HOST=<host>\n", "OTHER_PORT=5432\nOTHER_HOST=10.1.0.5\n", "port-clash", id="port"
    ),
    pytest.param(
        "A_PUBLISH_PORT=1\nB_PUBLISH_PORT=2\n", "A_PUBLISH_PORT=9\nB_PUBLISH_PORT=9\n", "port-clash", id="published"
    ),
    pytest.param(
        "BROKER_URL=<url>\n", "BROKER_URL=rediss://10.1.0.7:8086/0\n", "port-clash", id="redis on another's port"
    ),
    *(
        pytest.param(f"{key}=<text>\n", f"{key}={value}\n", "placeholder-left", id=id_)
        for key, value, id_ in (
            ("ISSUES_URL", "https://git.example.org/YOUR_TEAM/shop", "a name for the reader to put in"),
            ("ALERTS_URL", "https://chat.example.org/in/XXX/YYY", "crosses in a URL"),
            ("ARCHIVE_DSN", "postgresql://app:****@10.1.0.9/archive", "a masked password"),
            ("METRICS_HOST", "10.1.xxx.xxx", "a masked address"),
            ("RUNNER_USER", "[RUNNER_USER]", "its own name in brackets"),
            ("RUNNER_NAME", "RUNNER_NAME", "its own name"),
            ("RUNNER_TOKEN", "'여기에 토큰 입력'", "a request in Korean"),
            ("RUNNER_LABEL", "'운영 라벨은 추후 입력하세요'", "a request in Korean, in a text"),
            ("RUNNER_GROUP", "TODO-ask-the-admins", "a note to oneself"),
            ("RUNNER_TITLE", "'???'", "question marks"),
            ("RUNNER_ADDRESS", "x.x.x.x", "a crossed address"),
            ("RUNNER_LABELS", "to-be-decided", "a decision to come"),
            ("RUNNER_REGION", "runner_region", "its own name in small letters"),
            ("RUNNER_IMAGE", "'#{RUNNER_IMAGE}#'", "a mark of a release tool"),
            ("RUNNER_TOKEN", "paste-it-here", "a place to paste"),
            ("RUNNER_TOKEN", "'(토큰)'", "a word in brackets"),
            ("RUNNER_TOKEN", "ghp...", "a token cut short"),
            ("RUNNER_TOKEN", "please-change-this-token", "a request inside"),
            ("RUNNER_TOKEN", "MUST_BE_SET", "an obligation"),
            ("RUNNER_TOKEN", "'<vault:ci/runner>'", "a path in brackets"),
            ("RUNNER_USER", "'나중에 입력'", "for later, in Korean"),
            ("RUNNER_NAME", "N/A", "not available"),
            ("RUNNER_URL", "https://your.server.example.org/x", "your server"),
            ("RUNNER_URL", "https://runner:CHANGE_ME@10.1.0.9", "a word in a URL"),
        )
    ),
    *(
        pytest.param(f"{key}=<text>\n", f"{key}={value}\n", "environment-mismatch", id=id_)
        for key, value, id_ in (
            ("SPRING_PROFILES_ACTIVE", "dev", "a profile"),
            ("DJANGO_SETTINGS_MODULE", "shop.settings.staging", "a module of settings"),
            ("DEPLOY_STAGE", "stg", "a stage"),
            ("IS_PRODUCTION", "false", "a switch"),
            ("DEV_MODE", "true", "a switch of another"),
            ("DD_TAGS", "'team:shop,env:staging'", "a tag"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=x,deployment.environment=staging", "an attribute"),
        )
    ),
    *(
        pytest.param(f"{key}=<text>\n", f"{key}={value}\n", "debug-in-production", id=id_)
        for key, value, id_ in (
            ("RUST_LOG", "info,shop::orders=debug", "one module logs all"),
            ("AIRFLOW__LOGGING__LOGGING_LEVEL", "DEBUG", "a section's level"),
            ("CELERY_LOG_LEVEL", "10", "the number of a level"),
            ("PYTHONASYNCIODEBUG", "1", "a word that ends so"),
            ("GUNICORN_CMD_ARGS", "'--workers 2 --reload'", "an option of the server"),
            ("JAVA_TOOL_OPTIONS", "'-agentlib:jdwp=transport=dt_socket,server=y'", "a debugger that listens"),
            ("NODE_OPTIONS", "--inspect=0.0.0.0:9229", "another one"),
            ("GIN_MODE", "debug", "a mode"),
            ("PYTHON_TEST_DEBUG_LEVEL", "2", "a level of debugging"),
            ("GRPC_VERBOSITY", "DEBUG", "verbosity"),
            ("DEBUG_NAMES", "'shop:*'", "names with a star"),
            ("LOGGING_CONFIG", """'{"root": {"level": "DEBUG"}}'""", "a level in JSON"),
            ("CELERY_ARGS", "'-c 2 -l debug'", "a level by its short option"),
            ("HOT_RELOAD_ENABLED", "true", "hot reload"),
            ("PROPAGATE_EXCEPTIONS", "true", "failures told to everybody"),
        )
    ),
    *(
        pytest.param(f"{key}=<text>\n", f"{key}={value}\n", "points-at-development", id=id_)
        for key, value, id_ in (
            ("MEMCACHED_ADDR", "localhost:11211", "a store's host and port"),
            ("ARCHIVE_CONNECTION", "'Server=localhost;Database=archive;Encrypt=true'", "SQL Server's words"),
            ("ARCHIVE_URL", "https://[0:0:0:0:0:0:0:1]:9000/x", "loopback in full"),
            ("ARCHIVE_HOST", "DESKTOP-4F7Q2", "the name that Windows gives"),
            ("ARCHIVE_HOST", "kims-macbook.local", "a laptop in its own network"),
            ("HOOK_URL", "https://1a2b.ngrok-free.app/in", "a tunnel to a desktop"),
            ("PGHOST", "localhost", "libpq's own key"),
            ("REPORT_DB_SERVER", "localhost", "a database's server"),
            ("REPORT_DSN", "'postgresql:///reports?host=localhost'", "a host that is a parameter"),
            ("REPORT_CONNECTION", """'{"conn_type": "postgres", "host": "localhost"}'""", "a connection in JSON"),
            ("REPORT_TARGET", "localhost:50051", "what is dialled"),
            ("SOCKET_ROOT", "//localhost:3000/ws", "without a scheme"),
            ("REPORT_HOST", "devdb01.example.org", "a stage and a role in one word"),
            ("REPORT_URL", "https://2130706433/x", "loopback as one number"),
        )
    ),
    pytest.param("ORIGINS_CORS=<list>\n", "ORIGINS_CORS=https://www.example.com,null\n", "cors-not-listed", id="null"),
    pytest.param(
        "REDIS_ADDR=<a>\nGRAFANA_ADDR=<a>\n",
        "REDIS_ADDR=10.1.0.8:3000\nGRAFANA_ADDR=10.1.0.8:3000\n",
        "port-clash",
        id="addresses",
    ),
    *(
        pytest.param(f"{key}=<secret>\n", f"{key}={value}\n", "weak-secret", id=id_)
        for key, value, id_ in (
            ("ADMIN_PASSWORD", "zaq1" + "xsw2cde3vfr4", "columns of a keyboard"),
            ("ADMIN_PASSWORD", "YWRtaW46" + "YWRtaW4xMjM=", "words in base64"),
            ("ADMIN_PASSWORD", "Junhyeok!2025", "a name and a year"),
            ("SIGNING_KEY", "THIS_IS_WHAT_WE_SIGN_OUR_SESSIONS_WITH", "words as in a name"),
            ("MAIL_LOGIN", "mail:" + "mail1234", "user and password"),
            ("MAIL_ACCOUNT", """'{"user": "m", "password": "mail1234"}'""", "a member in JSON"),
            ("API_KEYS", "Bq7Wn2Xk9Rv4," + "secret", "a key of a list"),
            ("API_KEYS", """'["Bq7Wn2Xk9Rv4", "secret"]'""", "a key of a list in JSON"),
            ("REPORT_URL", "postgresql://10.1.0.9/rep?user=rep&password=" + "rep12345", "a parameter"),
        )
    ),
)


@pytest.mark.parametrize(("contract", "values", "rule"), OWN_CONTRACT)
def test_a_fault_of_another_contract_is_found(contract, values, rule, system):
    found = system([(EXAMPLE, "", contract), (PROD, "", values)])
    assert {(found_rule, path) for found_rule, path, _ in found if path == PROD} == {(rule, PROD)}


SECRET = "Yq7vXc2LkPz9RtWb4NmHs"  # staging's
SHARED = (
    pytest.param([(PROD, PASSWORD, f"DB_PASSWORD={SECRET}\n")], "DB_PASSWORD", id="bare"),
    pytest.param([(PROD, PASSWORD, f"DB_PASSWORD='{SECRET}'\n")], "DB_PASSWORD", id="quoted"),
    pytest.param([(PROD, PASSWORD, f"export DB_PASSWORD = {SECRET}  # same\n")], "DB_PASSWORD", id="exported"),
    pytest.param([(PROD, DSN, DSN.replace("Hw3Zk8Qv6Bn1Mx5Tc9Lp2", SECRET))], "DATABASE_URL", id="in a URL"),
    pytest.param([(PROD, "b9XmRw4KzTq7VnYc2LpJd6Fs", SECRET)], "INFLUXDB_TOKEN", id="under another key"),
)


@pytest.mark.parametrize(("changes", "key"), SHARED)
def test_a_secret_of_two_environments_is_found_in_both(changes, key, system):
    found = system(changes)
    assert ("shared-secret", PROD, key) in found
    theirs = {("shared-secret", STAG, "DB_PASSWORD"), ("shared-secret", STAG, "DATABASE_URL")}
    assert found == {("shared-secret", PROD, key), *theirs}


def test_the_secret_before_is_a_secret_too(system):
    key = "DB_PASSWORD_PREVIOUS"
    found = system([(EXAMPLE, "", f"{key}=\n"), (PROD, "", f"{key}={SECRET}\n")])
    assert ("shared-secret", PROD, key) in found


def test_a_secret_of_development_is_found_where_it_does_harm(system):
    found = system([(PROD, JWT, "JWT_SECRET_KEY=dev-secret\n")])
    assert found == {("shared-secret", PROD, "JWT_SECRET_KEY"), ("weak-secret", PROD, "JWT_SECRET_KEY")}


def test_a_database_of_two_environments_is_found(system):
    found = system([(PROD, DSN, DSN.replace("10.1.0.5", "10.2.0.5"))])
    assert found == {
        ("points-at-development", PROD, "DATABASE_URL"),
        ("shared-database", PROD, "DATABASE_URL"),
        ("shared-database", STAG, "DATABASE_URL"),
        ("shared-database", STAG, "DB_HOST"),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    (
        pytest.param(
            "postgresql://pg.example.com/x", "postgresql+psycopg://PG.example.com.:5432/x", id="dot at the end"
        ),
        pytest.param(
            "'host=pg.example.com dbname=x'", "'dbname=x port=5432 user=a host=pg.example.com'", id="in words"
        ),
        pytest.param("'host=pg.example.com dbname=x'", "postgresql://pg.example.com/x", id="in words and as a URL"),
    ),
)
def test_a_database_is_the_same_however_it_is_spelled(one, other, system):
    found = system(
        [(EXAMPLE, "", "ARCHIVE=<text>\n"), (PROD, "", f"ARCHIVE={one}\n"), (STAG, "", f"ARCHIVE={other}\n")]
    )
    assert {row for row in found if row[0] == "shared-database"} == {
        ("shared-database", PROD, "ARCHIVE"),
        ("shared-database", STAG, "ARCHIVE"),
    }


PORTS = "BACKEND_PORT=<port>\nFLOWER_PORT=<port>\nWEB_PORT=<port>\n"


@pytest.mark.parametrize(("name", "rules"), ((DEV, {"port-clash"}), (PROD, set())), ids=("published", "in containers"))
def test_ports_without_a_host_are_a_developers_machines(name, rules, system):
    found = system([(EXAMPLE, "", PORTS), (name, "", "BACKEND_PORT=5555\nFLOWER_PORT=5555\nWEB_PORT=5555\n")])
    assert {rule for rule, path, _ in found if path == name} == rules


def test_a_database_that_development_shares_is_found_in_production(system):
    found = system(
        [
            (PROD, DSN, DSN.replace("10.1.0.5", "dbs.example.com")),
            (DEV, "app:devpass@localhost:5435", "app:devpass@dbs.example.com:5432"),
        ]
    )
    assert {row for row in found if row[0] == "shared-database"} == {("shared-database", PROD, "DATABASE_URL")}
    assert ("points-at-development", PROD, "DATABASE_URL") in found


def test_developers_may_share_a_database_no_more_than_others(system):
    shared = DEV, "app:devpass@localhost:5435", "app:devpass@dbs.example.com:5432"
    found = system([shared, (".env.test", "", "DATABASE_URL=mysql://a:b@dbs.example.com:5432/stocktrading\n")])
    assert {row for row in found if row[0] == "shared-database"} == {
        ("shared-database", DEV, "DATABASE_URL"),
        ("shared-database", ".env.test", "DATABASE_URL"),
    }


UNPARSABLE = (
    pytest.param("this is not valid\n", id="words"),
    pytest.param("DB_NAMES: stocks\n", id="colon"),
    pytest.param("=value\n", id="no name"),
    pytest.param('SENTRY_DSN="never closed\n', id="open quote"),
    pytest.param('SENTRY_DSN="a"b\n', id="text behind a quote"),
    pytest.param("SENTRY_DSN\n", id="no equals sign"),
)


@pytest.mark.parametrize("line", UNPARSABLE)
def test_a_line_that_cannot_be_read_hides_nothing_behind_it(line, system):
    found = system([(PROD, "LOG_LEVEL=INFO\n", f"{line}LOG_LEVEL=debug\n")])
    assert ("unparsable-line", PROD, "") in found
    assert ("debug-in-production", PROD, "LOG_LEVEL") in found
    assert {rule for rule, *_ in found} <= {"unparsable-line", "debug-in-production", "readers-disagree"}


OWN_RIGHT = (
    pytest.param("NODE_ENV=<mode>\n", "NODE_ENV=production\n", STAG, id="staging is built as production"),
    pytest.param("NODE_ENV=<development|production>\n", "NODE_ENV=production\n", STAG, id="no choice of staging"),
    *(
        pytest.param("BROKER=<url>\nRESULTS=<url>\n", f"BROKER=rediss://r.example.net/0\nRESULTS={url}\n", name, id=id_)
        for url, name, id_ in (
            ("rediss://r.example.net/1", PROD, "two databases of one Redis"),
            ("postgresql://r.example.net/0?sslmode=verify-full", PROD, "results elsewhere"),
            ("rediss://r.example.net/0", DEV, "a developer's Redis"),
        )
    ),
    pytest.param("API_KEY=<secret>\n", "API_KEY=k3Xz9Qv5examplesTn\n", PROD, id="a word inside what is random"),
    pytest.param("SERIAL_PORT=/dev/ttyS0\n", "SERIAL_PORT=/dev/ttyS1\n", PROD, id="a port that is none"),
    pytest.param("STATIC_URL=/static/\n", "STATIC_URL=/assets/\n", PROD, id="a path of this server"),
    pytest.param("TLS_KEY=<path>\n", "TLS_KEY=/etc/tls/server.key\n", PROD, id="a path is no secret"),
    pytest.param("CACHE_KEY=<name>\n", "CACHE_KEY=prices\n", PROD, id="a key to a cache"),
    pytest.param("SORT_KEY=price\n", "SORT_KEY=date\n", PROD, id="a key with a default"),
    pytest.param("VITE_MAP_KEY=<key>\n", "VITE_MAP_KEY=abc\n", PROD, id="a key that browsers see"),
    pytest.param(
        "DB_SOCKET_HOST=<host>\nDB_SOCKET_PORT=1\n", "DB_SOCKET_HOST=/run/pg\nDB_SOCKET_PORT=1\n", PROD, id="socket"
    ),
    pytest.param("JDBC_URL=<url>\n", "JDBC_URL=jdbc:postgresql://10.1.0.5:5432/x\n", PROD, id="jdbc"),
    pytest.param(
        "CELERY_BROKER_URL=<url>\n", "CELERY_BROKER_URL=rediss://10.1.0.6:6379/1\n", PROD, id="one redis, two keys"
    ),
    pytest.param(
        "SESSION_HOST=<h>\nSESSION_PORT=1\n", "SESSION_HOST=10.1.0.6\nSESSION_PORT=6379\n", PROD, id="a vague name"
    ),
    pytest.param("DOCS_URL=<url>\n", "DOCS_URL=https://10.1.0.7:8086\n", PROD, id="a name that may be another's"),
    pytest.param("HEALTH_URL=<url>\n", "HEALTH_URL=http://localhost:8000/health\n", PROD, id="its own health"),
    pytest.param("HOST=<host>\n", "HOST=127.0.0.1\n", PROD, id="the address it binds"),
    pytest.param("WEB_HOST=<host>\n", "WEB_HOST=0.0.0.0\n", PROD, id="all addresses it binds"),
    pytest.param("BOARD_URL=<url>\n", "BOARD_URL=https://dev.azure.com/stocks\n", PROD, id="a service named so"),
    pytest.param(
        "MONGO_URL=<url>\n", "MONGO_URL=mongodb://a.example.com:27017,b.example.com:27017/x\n", PROD, id="replicas"
    ),
    pytest.param("LDAP_HOSTS=<hosts>\n", "LDAP_HOSTS=a.example.com,b.example.com\n", PROD, id="two hosts"),
    pytest.param("NOTE=<note>\n", "NOTE='a <b> and <https://example.com>'\n", PROD, id="brackets"),
    pytest.param("GREETING=changeme\n", "GREETING=changeme\n", PROD, id="a default that sounds so"),
    pytest.param("ROW_KEY=price\n", "ROW_KEY=date\n", PROD, id="a key with a default, by any name"),
    pytest.param("OFFSET=<int>\n", "OFFSET=-5\n", PROD, id="negative"),
    pytest.param("CORS_ALLOW_ORIGINS_OK=true\n", "CORS_ALLOW_ORIGINS_OK=true\n", PROD, id="a switch about origins"),
    pytest.param("SCHEDULE=<cron>\n", "SCHEDULE='* * * * *'\n", PROD, id="every minute"),
    pytest.param("DISCOUNT=<text>\n", "DISCOUNT=%5%\n", PROD, id="percent"),
    pytest.param("LIMITS=<text>\n", "LIMITS=localhost:1,localhost:2\n", PROD, id="a list of no servers"),
    pytest.param("IPV6_URL=<url>\n", "IPV6_URL=https://[2001:db8::1]:8080/\n", PROD, id="IPv6"),
    pytest.param("ALERT_TITLE=<text>\n", "ALERT_TITLE='가격 변경 알림'\n", PROD, id="a title that speaks of change"),
    pytest.param("FILE_NAME=<text>\n", "FILE_NAME={symbol}\n", PROD, id="a template of the program"),
    pytest.param("SIZES=<text>\n", "SIZES=s,m,xl,xxl\n", PROD, id="sizes"),
    pytest.param("CARD_TIER=<gold|blue>\n", "CARD_TIER=blue\n", PROD, id="a tier that is none of environments"),
    pytest.param("SPRING_PROFILES_ACTIVE=<x>\n", "SPRING_PROFILES_ACTIVE=metrics,prod\n", PROD, id="profiles"),
    pytest.param("APP_SETTINGS_MODULE=<x>\n", "APP_SETTINGS_MODULE=app.production\n", STAG, id="staging runs as it"),
    pytest.param("DISABLE_DEBUG=<bool>\n", "DISABLE_DEBUG=true\n", PROD, id="debugging is off"),
    pytest.param("ACCESS_LOG=<path>\n", "ACCESS_LOG=/var/log/debug/access.log\n", PROD, id="the path of a log"),
    pytest.param("RUST_LOG=<text>\n", "RUST_LOG=info,hyper=warn\n", PROD, id="levels of modules"),
    pytest.param("TITLE=<text>\n", "TITLE='2024\u20132025, 1\u00b5s'\n", PROD, id="typography of a text"),
    pytest.param("METRICS_ADDR=<a>\n", "METRICS_ADDR=127.0.0.1:9100\n", PROD, id="an address that it binds"),
    pytest.param("RESET_URL=<url>\n", "RESET_URL=https://www.example.com/r?token={token}\n", PROD, id="a template"),
    pytest.param("AUTH_BACKEND=<text>\n", "AUTH_BACKEND=ldap:shop\n", PROD, id="a pair that is no login"),
    pytest.param("PASSWORD_RULE=<text>\n", "PASSWORD_RULE='min=12;password=required'\n", PROD, id="a rule"),
    pytest.param("IS_PRODUCTION=<bool>\n", "IS_PRODUCTION=true\n", STAG, id="a switch that staging has too"),
    pytest.param("LIVE_TRADING=<bool>\n", "LIVE_TRADING=false\n", PROD, id="a word of a stage for something else"),
    pytest.param("WHERE_URL=<url>\n", "WHERE_URL=https://api.here.com/v1\n", PROD, id="here in a name"),
    pytest.param("LOG_PREFIX=<text>\n", "LOG_PREFIX='[shop]'\n", PROD, id="a text in brackets"),
    pytest.param("AD_HOST=<host>\n", "AD_HOST=ad.corp.local\n", PROD, id="a domain of a company"),
    pytest.param("REPORT_HOST=<host>\n", "REPORT_HOST=latestdb.example.org\n", PROD, id="a word that ends so"),
    pytest.param(
        "CORS_ORIGIN_REGEX=<x>\n", "CORS_ORIGIN_REGEX='https://[a-z]+[.]example[.]com'\n", PROD, id="own origins"
    ),
    pytest.param("MAX_TOKENS=<int>\n", "MAX_TOKENS=4096\n", PROD, id="a count of tokens"),
)


@pytest.mark.parametrize(("contract", "values", "name"), OWN_RIGHT)
def test_what_another_contract_allows_is_left_alone(contract, values, name, system):
    found = system([(EXAMPLE, "", contract), (name, "", values)])
    assert {row for row in found if row[0] != "missing-key"} == set()


OTHER_SECRET = "Bq7Wn2Xk9Rv4Zt6Lm1"
SHARED_AMONG_OTHERS = (
    pytest.param("HOOK_URL", "https://hooks.example.org/T1/B2/" + "k8Xq3Zv7Nw2Rt9Lc", id="a webhook"),
    pytest.param("METRICS_AUTHORIZATION", f"'Bearer {OTHER_SECRET}'", id="a header"),
    pytest.param("FLOWER_BASIC_AUTH", f"ops:{OTHER_SECRET}", id="a login"),
    pytest.param("MAIL_ACCOUNT", f"""'{{"password": "{OTHER_SECRET}"}}'""", id="an object"),
    pytest.param("COOKIE_SECRETS", f"{OTHER_SECRET},{OTHER_SECRET[::-1]}", id="a list"),
    pytest.param("REPORT_URL", f"postgresql://db/r?user=r&password={OTHER_SECRET}", id="a parameter"),
)


@pytest.mark.parametrize(("key", "value"), SHARED_AMONG_OTHERS)
def test_a_secret_inside_a_value_is_shared_too(key, value, system):
    found = system([(EXAMPLE, "", f"{key}=<x>\n"), (PROD, "", f"{key}={value}\n"), (STAG, "", f"{key}={value}\n")])
    assert ("shared-secret", PROD, key) in found


STORES = (
    pytest.param("CACHE_URL", "rediss://cache.example.org:6379/3", "rediss://cache.example.org/3", id="Redis"),
    pytest.param("ARCHIVE_DSN", "mssql://db.example.org/x", "'Server=tcp:db.example.org,1433;Database=x'", id="words"),
    pytest.param("JOBS_URL", "amqps://mq.example.org/shop", "amqps://mq.example.org:5671/shop", id="a broker"),
    pytest.param("DSN", "postgresql://h.example.org/x", "'postgresql:///x?host=h.example.org'", id="a parameter"),
    pytest.param("JDBC", "jdbc:sqlserver://s.example.org:1433;databaseName=x", "mssql://s.example.org/x", id="JDBC"),
    pytest.param("DSN", "postgresql://h.example.org/x", "postgresql://h.example.org/?dbname=x", id="in a parameter"),
    pytest.param(
        "METRICS_URL", "https://i.example.org/query?db=x", "https://i.example.org/write?p=1&db=x", id="InfluxDB 1"
    ),
    pytest.param(
        "INFLUX_URL",
        "https://i.example.org?org=a&bucket=x",
        "https://i.example.org/?bucket=x",
        id="InfluxDB 2",
    ),
    pytest.param("CACHE_URL", "rediss://c.example.org?db=3", "rediss://c.example.org:6379/3", id="Redis, by ?db"),
    pytest.param("CACHE_URL", "rediss://c.example.org", "rediss://c.example.org:6379/0", id="Redis, the first"),
    pytest.param(
        "JOBS_URL", "mongodb+srv://m.example.org/x?retryWrites=true", "mongodb+srv://m.example.org/x", id="MongoDB"
    ),
)


@pytest.mark.parametrize(("key", "one", "other"), STORES)
def test_a_store_of_two_environments_is_found(key, one, other, system):
    found = system([(EXAMPLE, "", f"{key}=<text>\n"), (PROD, "", f"{key}={one}\n"), (STAG, "", f"{key}={other}\n")])
    assert ("shared-database", PROD, key) in found


@pytest.mark.parametrize(
    ("host", "name"),
    (
        ("PGHOST", "PGDATABASE"),
        ("STOCK_DB_SERVER", "STOCK_DB_NAME"),
        ("CACHE_REDIS_HOST", "CACHE_REDIS_DB_INDEX"),
        ("REDIS_QUEUE_HOST", "REDIS_QUEUE_DB_NUMBER"),
        ("TSDB_INFLUX_HOST", "TSDB_INFLUX_DATABASE"),
        ("MONGO_HOST", "MONGO_DB_NAME"),
        ("CLICKHOUSE_HOST", "CLICKHOUSE_DATABASE"),
    ),
)
def test_keys_of_any_library_name_a_database(host, name, system):
    lines = f"{host}=pg.example.org\n{name}=stocks\n"
    found = system([(file, "", lines) for file in (EXAMPLE, PROD, STAG)])
    assert ("shared-database", PROD, host) in found


@pytest.mark.parametrize(
    ("key", "url", "name"),
    (
        ("MONGODB_URI", "mongodb://m.example.org:27017", "MONGODB_DB_NAME"),
        ("ORDERS_DSN", "postgresql://o.example.org", "ORDERS_DATABASE"),
        ("ELASTIC_URL", "https://e.example.org", "ELASTIC_INDEX"),
    ),
)
def test_a_key_beside_a_url_names_its_database(key, url, name, system):
    def told(of_production, of_staging):
        files = (EXAMPLE, f"{key}=<url>\n{name}=<x>\n"), (PROD, of_production), (STAG, of_staging)
        return {row for row in system([(file, "", text) for file, text in files]) if row[0] == "shared-database"}

    assert told(f"{key}={url}\n{name}=x\n", f"{key}={url}/\n{name}=x\n") == {
        ("shared-database", PROD, key),
        ("shared-database", STAG, key),
    }
    assert told(f"{key}={url}\n{name}=x\n", f"{key}={url}\n{name}=y\n") == set()


@pytest.mark.parametrize(
    ("key", "one", "other"),
    (
        pytest.param("CACHE_URL", "rediss://c.example.org/1", "rediss://c.example.org/2", id="two numbers"),
        pytest.param("CACHE_URL", "rediss://c.example.org?db=1", "rediss://c.example.org", id="the first and another"),
        pytest.param("METRICS_URL", "https://i.example.org/query?db=x", "https://i.example.org/query?db=y", id="names"),
        pytest.param("API_V2_URL", "https://i.example.org/a?db=x", "https://i.example.org/a?db=x", id="an API"),
        pytest.param("JOBS_URL", "mongodb://m.example.org", "mongodb://m.example.org/x", id="no name"),
    ),
)
def test_two_databases_of_one_server(key, one, other, system):
    found = system([(EXAMPLE, "", f"{key}=<text>\n"), (PROD, "", f"{key}={one}\n"), (STAG, "", f"{key}={other}\n")])
    assert "shared-database" not in {rule for rule, _, _ in found}


def test_a_workflows_expression_is_a_placeholder(system):
    found = system([(PROD, PASSWORD, "DB_PASSWORD='${{ secrets.DB_PASSWORD }}'\n")])
    assert ("placeholder-left", PROD, "DB_PASSWORD") in found


def test_a_bucket_of_two_environments_is_a_database_of_both(system):
    bucket = [(name, "", "INFLUXDB_BUCKET=metrics\n") for name in (EXAMPLE, PROD, STAG)]
    found = system([*bucket, (STAG, "https://10.2.0.7:8086", "https://10.1.0.7:8086/")])
    assert ("shared-database", STAG, "INFLUXDB_URL") in found


def test_a_host_belongs_to_the_environment_that_has_more_keys_for_it(system):
    assert system([(STAG, "REDIS_HOST=10.2.0.6", "REDIS_HOST=10.1.0.5")]) == {
        ("points-at-development", STAG, "REDIS_HOST")
    }
    assert system([(PROD, "REDIS_HOST=10.1.0.6", "REDIS_HOST=10.2.0.5")]) == {
        ("points-at-development", PROD, "REDIS_HOST")
    }


def test_what_everybody_uses_belongs_to_nobody(system):
    urls = [(name, "", "SSO_URL=https://10.9.0.1\nDOCS_URL=https://10.9.0.2\n") for name in (EXAMPLE, PROD, STAG)]
    assert {row for row in system(urls) if row[0] == "points-at-development"} == set()


SERVERS = (
    pytest.param("production", set(), id="of one environment"),
    pytest.param("staging", {"shared-secret"}, id="of two"),
)


@pytest.mark.parametrize(("environment", "rules"), SERVERS)
def test_a_servers_file_is_of_the_environment_it_says(environment, rules, system):
    lines = f"ENVIRONMENT={environment}\nDB_PASSWORD=Hw3Zk8Qv6Bn1Mx5Tc9Lp2\n"
    found = system([(".env.server1", "", lines), (PROD, DSN, ""), (EXAMPLE, "DATABASE_URL=", "#")])
    assert {rule for rule, *_ in found} - {"missing-key", "extra-key"} == rules


def test_hosts_of_the_settings_are_the_same_for_all(system, tmp_path):
    changes = [(PROD, "REDIS_HOST=10.1.0.6", "REDIS_HOST=redis.dev.example.com")]
    assert system(changes) == {("points-at-development", PROD, "REDIS_HOST")}
    assert check(".", {}, None, ("dev.example.com",)) == []


def test_env_alone_is_held_to_the_contract(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env.example").write_text("A=<A>\nENVIRONMENT=<x>\n", encoding="utf-8")
    (tmp_path / ".env").write_text("ENVIRONMENT=production\nDEBUG=1\n", encoding="utf-8")
    (tmp_path / ".env").chmod(0o600)
    expected = [("debug-in-production", "DEBUG"), ("missing-key", "A"), ("extra-key", "DEBUG")]
    assert [(finding.rule, finding.anchor) for finding in check(".", {})] == expected


def test_a_key_that_stands_again_without_a_value_has_none(system):
    found = system([(PROD, "REDIS_HOST=10.1.0.6\n", "REDIS_HOST=10.1.0.6\nREDIS_HOST\n")])
    assert ("missing-key", PROD, "REDIS_HOST") in found


RIGHT = (
    pytest.param([], id="as it is"),
    pytest.param([(PROD, "DB_PORT=5432", "DB_PORT='5432'")], id="quoted port"),
    pytest.param([(PROD, "LOG_LEVEL=INFO\n", "LOG_LEVEL=WARNING # less\n")], id="comment"),
    pytest.param([(PROD, "", "SENTRY_DSN=https://abc@o1.ingest.sentry.io/1\n")], id="optional key"),
    pytest.param([(PROD, PASSWORD, "DB_PASSWORD='correct horse battery staple'\n")], id="pass phrase"),
    pytest.param([(PROD, "https://api.example.com", "https://www.example.com/api")], id="one origin, two paths"),
    pytest.param([(DEV, "JWT_SECRET_KEY=dev-secret", "JWT_SECRET_KEY=changeme")], id="a developer's password"),
    pytest.param([(PROD, "10.1.0.5\n", "db\n")], id="a service's name"),
    pytest.param([(STAG, "10.2.0.5\n", "db\n"), (PROD, "10.1.0.5\n", "db\n")], id="a service's name in each stack"),
    pytest.param([(DEV, "CORS_ORIGINS=http://localhost", "CORS_ORIGINS=https://*.a.test,http://localhost")], id="wild"),
    pytest.param([(PROD, "DEBUG=false", "DEBUG=off")], id="off"),
    pytest.param(
        [(PROD, CORS, "CORS_ORIGINS='https://a.example.com, https://www.example.com'\n")], id="a space between"
    ),
    pytest.param(
        [(PROD, CORS, """CORS_ORIGINS='["https://www.example.com", "https://a.example.com"]'\n""")], id="JSON"
    ),
    pytest.param([(DEV, "CORS_ORIGINS=http://localhost:3000", "CORS_ORIGINS=*")], id="a developer's open API"),
    pytest.param([(PROD, "DB_USER=app", "DB_USER=postgres"), (DEV, "DB_USER=app", "DB_USER=postgres")], id="user"),
    pytest.param([(PROD, "airflow.example.com", "example.dev")], id="a top-level domain named dev"),
    pytest.param([(".env.local", "", "DB_PORT=5439\n")], id="override of a developer"),
    pytest.param([(".env.production.bak", "", "DB_PORT=5439\n")], id="backup"),
    pytest.param([(".env", "", "COMPOSE_PROJECT_NAME=stocks\n")], id="compose's own file"),
)


@pytest.mark.parametrize("changes", RIGHT)
def test_what_is_right_is_left_alone(changes, system):
    assert {finding for finding in system(changes) if finding[0] != "extra-key"} == set()
