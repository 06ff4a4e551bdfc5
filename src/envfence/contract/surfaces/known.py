"""Variables that no contract names: those of systems, shells, CI services and tools, and what libraries read."""

_GIVEN = frozenset(
    """HOME PATH USER USERNAME USERPROFILE LOGNAME SHELL PWD OLDPWD TMPDIR TEMP TMP LANG LANGUAGE TERM COLORTERM EDITOR
    VISUAL PAGER DISPLAY HOSTNAME COMPUTERNAME APPDATA LOCALAPPDATA PROGRAMFILES PROGRAMDATA SYSTEMROOT WINDIR
    COMSPEC PATHEXT OS TZ UID GID EUID COLUMNS LINES NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE CI VIRTUAL_ENV
    NODE_ENV NODE_OPTIONS NODE_PATH HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY FTP_PROXY SSL_CERT_FILE
    SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE PORT DYNO VERCEL NETLIFY RENDER K_SERVICE TF_BUILD VITEST
    JEST_WORKER_ID SOURCE_DATE_EPOCH DJANGO_SETTINGS_MODULE RUN_MAIN INVOCATION_ID NOTIFY_SOCKET JOURNAL_STREAM
    LISTEN_FDS LISTEN_PID TERM_PROGRAM BROWSER TARGETPLATFORM TARGETARCH TARGETOS TARGETVARIANT BUILDPLATFORM
    BUILDARCH BUILDOS BUILDVARIANT DEBIAN_FRONTEND OMP_NUM_THREADS MPLBACKEND""".split()
)
_FAMILIES = (
    "LC_", "PYTHON", "CONDA_", "XDG_", "SSH_", "SUDO_", "GIT_", "GITHUB_", "GITLAB_", "RUNNER_", "ACTIONS_", "CI_",
    "CIRCLE", "TRAVIS", "JENKINS_", "BUILDKITE", "TEAMCITY_", "KUBERNETES_", "DOCKER_", "COMPOSE_", "BUILDKIT_",
    "NOX_", "TOX_", "PYTEST_", "PRE_COMMIT", "COVERAGE_", "UV_", "PIP_", "POETRY_", "NPM_", "VERCEL_", "NETLIFY_",
    "AWS_LAMBDA_", "AWS_EXECUTION_", "FLY_", "RENDER_", "WERKZEUG_", "VSCODE_", "WSL", "LD_", "DYLD_", "CUDA_",
    "NVIDIA_", "MKL_", "OPENBLAS_", "ENVFENCE_",
)  # fmt: skip
# Read by a library or a program itself, so that no line of the repository needs to name them.
_SELF_READ = (
    "COMPOSE_", "DOCKER_", "PYTHON", "AWS_", "AZURE_", "GOOGLE_", "OTEL_", "SENTRY_", "PG", "UVICORN_", "GUNICORN_",
    "HYPERCORN_", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "FLASK_", "DJANGO_", "CELERY_", "AIRFLOW__", "_AIRFLOW",
    "AIRFLOW_UID", "GF_", "DD_", "NEW_RELIC_", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_", "WANDB_", "MLFLOW_",
    "PREFECT_", "DAGSTER_", "RAY_", "NODE_", "NEXT_", "NPM_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "TZ", "LANG",
    "LC_", "SSL_CERT_", "TF_VAR_", "KUBE", "ANSIBLE_", "ALEMBIC_", "PREFECT_", "STREAMLIT_", "JUPYTER_",
    "CLOUDFLARE_", "TUNNEL_",
)  # fmt: skip


def is_given(key: str) -> bool:
    """Tell whether a system, a CI service or a tool gives ``key`` its value."""
    upper = key.upper()
    return upper in _GIVEN or upper.startswith(_FAMILIES)


def is_self_read(key: str) -> bool:
    """Tell whether a library or a program reads ``key`` by itself."""
    return key.startswith(_SELF_READ)


def is_secret_name(key: str) -> bool:
    """Tell whether the name of a key promises a password or a token."""
    from envfence.contract.kinds import is_public
    from envfence.detect.names import PASSWORD, TOKEN, secret_kind

    return secret_kind(key) in {PASSWORD, TOKEN} and not is_public(key)
