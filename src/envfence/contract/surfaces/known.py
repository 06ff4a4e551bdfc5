"""Variables that no contract names: those of systems, shells, CI services and tools, and what libraries read."""

_GIVEN = frozenset(
    """HOME PATH USER USERNAME USERPROFILE LOGNAME SHELL PWD OLDPWD TMPDIR TEMP TMP LANG LANGUAGE TERM COLORTERM EDITOR
    VISUAL PAGER DISPLAY HOSTNAME COMPUTERNAME APPDATA LOCALAPPDATA PROGRAMFILES PROGRAMDATA SYSTEMROOT WINDIR
    COMSPEC PATHEXT OS TZ UID GID EUID COLUMNS LINES NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE CI VIRTUAL_ENV
    NODE_ENV NODE_OPTIONS NODE_PATH HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY FTP_PROXY SSL_CERT_FILE
    SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PORT DYNO VERCEL NETLIFY RENDER K_SERVICE TF_BUILD VITEST
    JEST_WORKER_ID PYTEST SOURCE_DATE_EPOCH DJANGO_SETTINGS_MODULE RUN_MAIN INVOCATION_ID NOTIFY_SOCKET JOURNAL_STREAM
    LISTEN_FDS LISTEN_PID TERM_PROGRAM BROWSER TARGETPLATFORM TARGETARCH TARGETOS TARGETVARIANT BUILDPLATFORM
    BUILDARCH BUILDOS BUILDVARIANT DEBIAN_FRONTEND OMP_NUM_THREADS MPLBACKEND JAVA_HOME JAVA_OPTS JAVA_TOOL_OPTIONS
    GOPATH GOROOT GOOS GOARCH GOMAXPROCS RUST_LOG RUST_BACKTRACE OUT_DIR RAILS_ENV RACK_ENV MIX_ENV GEM_HOME
    PSMODULEPATH ANDROID_HOME""".split()
)
_FAMILIES = (
    "LC_", "PYTHON", "CONDA_", "XDG_", "SSH_", "SUDO_", "GIT_", "GITHUB_", "GITLAB_", "RUNNER_", "ACTIONS_", "CI_",
    "CIRCLE", "TRAVIS", "JENKINS_", "BUILDKITE", "TEAMCITY_", "KUBERNETES_", "DOCKER_", "COMPOSE_", "BUILDKIT_",
    "NOX_", "TOX_", "PYTEST_", "PRE_COMMIT", "COVERAGE_", "UV_", "PIP_", "POETRY_", "NPM_", "VERCEL_", "NETLIFY_",
    "AWS_LAMBDA_", "AWS_EXECUTION_", "FLY_", "RENDER_", "WERKZEUG_", "VSCODE_", "WSL", "LD_", "DYLD_", "CUDA_",
    "KUBECONFIG",
    "NVIDIA_", "MKL_", "OPENBLAS_", "CARGO_", "BUNDLE_", "DOTNET_", "ASPNETCORE_", "MAVEN_", "GRADLE_", "ENVFENCE_",
)  # fmt: skip
# Read by every program of its kind, or by the system under it.
_READ_ANYWHERE = tuple("COMPOSE_ DOCKER_ PYTHON HTTP_PROXY HTTPS_PROXY NO_PROXY TZ LANG LC_ SSL_CERT_".split())
# Read by a library or a program without being told: the beginnings of keys, and the words that say it is used here.
_READERS = (
    ("AWS_", "boto3 botocore aiobotocore s3fs aws awscli storages"),
    ("AZURE_", "azure"),
    ("GOOGLE_", "google gcloud"),
    ("OTEL_", "opentelemetry otel"),
    ("SENTRY_", "sentry_sdk sentry"),
    ("PG", "psycopg psycopg2 asyncpg psql pg_dump pg_restore pg_isready"),
    ("UVICORN_ WEB_CONCURRENCY FORWARDED_ALLOW_IPS", "uvicorn"),
    ("GUNICORN_ WEB_CONCURRENCY FORWARDED_ALLOW_IPS", "gunicorn"),
    ("HYPERCORN_", "hypercorn"),
    ("FLASK_", "flask"),
    ("DJANGO_", "django"),
    (
        "CELERY_APP CELERY_BROKER_ CELERY_CACHE_BACKEND CELERY_CONFIG_MODULE CELERY_LOADER CELERY_RESULT_BACKEND",
        "celery",
    ),
    ("CELERY_BEAT_ CELERY_EVENTS_ CELERY_WORKER_", "celery"),  # options of its commands
    ("AIRFLOW_ _AIRFLOW", "airflow"),
    ("GF_", "grafana"),
    ("DD_", "ddtrace datadog"),
    ("NEW_RELIC_", "newrelic"),
    ("OPENAI_", "openai langchain_openai"),
    ("ANTHROPIC_", "anthropic langchain_anthropic"),
    ("HF_", "huggingface_hub transformers datasets diffusers"),
    ("WANDB_", "wandb"),
    ("MLFLOW_", "mlflow"),
    ("PREFECT_", "prefect"),
    ("DAGSTER_", "dagster"),
    ("RAY_", "ray"),
    ("NODE_ NPM_", "node npm"),
    ("NEXT_", "next"),
    ("TF_VAR_", "terraform tofu"),
    ("KUBE", "kubectl kubernetes helm"),
    ("ANSIBLE_", "ansible ansible_playbook"),
    ("STREAMLIT_", "streamlit"),
    ("JUPYTER_", "jupyter jupyterlab notebook"),
    ("CLOUDFLARE_ TUNNEL_", "cloudflared"),
)
_SIGNS = frozenset({"JWT", "SIGNING", "ENCRYPTION", "FERNET"})


def is_given(key: str) -> bool:
    """Tell whether a system, a CI service or a tool gives ``key`` its value."""
    upper = key.upper()
    return upper in _GIVEN or upper.startswith(_FAMILIES)


def readers(key: str) -> frozenset[str]:
    """Return the words of which one in the repository says that a library or a program reads ``key`` by itself."""
    named = (words.split() for beginnings, words in _READERS if key.startswith(tuple(beginnings.split())))
    return frozenset(word for words in named for word in words)


def is_read_anywhere(key: str) -> bool:
    """Tell whether the system or every program reads ``key``, so that no line of the repository needs to name it."""
    return key.startswith(_READ_ANYWHERE)


def is_secret_name(key: str) -> bool:
    """Tell whether the name of a key promises a password or a token."""
    from envfence.contract.kinds import is_public, without_which
    from envfence.detect.names import PASSWORD, TOKEN, secret_kind

    key = without_which(key)
    is_one = secret_kind(key) in {PASSWORD, TOKEN} or _is_key_that_signs(key.upper().split("_"))
    return is_one and not is_public(key)


def _is_key_that_signs(words: list[str]) -> bool:
    """Tell whether some word says what a key is for: JWT_PREVIOUS_KEY."""
    return words[-1] == "KEY" and not _SIGNS.isdisjoint(words)
