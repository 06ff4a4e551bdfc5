"""Env files of development that every server would get, and the keys that servers and pipelines give."""

import ast

import pytest

from envfence.config import Config
from envfence.contract import surroundings
from envfence.contract.comparison.started import of_module, of_text, starts_programs
from envfence.contract.surfaces import deployed

OTHER = "[Service]\nEnvironmentFile={}\n"
IMAGE = 'FROM example/app:1.4.2 AS {}\nCMD ["uvicorn", "--env-file", ".env.dev", "app:app"]\n'


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    (
        pytest.param("app.service", OTHER.format("/srv/.env.dev"), [2], id="unit"),
        pytest.param("app.service", OTHER.format("-/srv/config/development.env"), [2], id="unit, another name"),
        pytest.param("app.service", OTHER.format("/srv/envs/dev/.env"), [2], id="unit, a folder"),
        pytest.param("Procfile", "a: x\nweb: uvicorn a:b --env-file .env.dev --port 1\n", [2], id="Procfile"),
        pytest.param("Procfile", "web: dotenv -f .env.test run x\n", [1], id="Procfile, dotenv"),
        pytest.param("ecosystem.config.js", "apps: [{\n  env_file: '.env.development',\n}]", [2], id="PM2"),
        pytest.param("supervisord.conf", '[program:a]\ncommand=a --env-file=".env.dev"\n', [2], id="supervisor"),
        pytest.param("Dockerfile", IMAGE.format("run"), [2], id="image"),
        pytest.param("Dockerfile", IMAGE.format("dev"), [], id="image for developers"),
        pytest.param("Dockerfile", "RUN x --env-file .env.dev\n", [], id="while it is built"),
        pytest.param("Dockerfile.dev", IMAGE.format("run"), [], id="Dockerfile for developers"),
        pytest.param("deploy/dev/app.service", OTHER.format("/srv/.env.dev"), [], id="unit for developers"),
        pytest.param("app.service", OTHER.format("/srv/.env.production"), [], id="the right one"),
        pytest.param("app.service", OTHER.format("/srv/.env"), [], id="of no environment"),
        pytest.param("app.service", OTHER.format("/srv/.env.local"), [], id="of this machine"),
        pytest.param("app.service", OTHER.format("/srv/.env.%i"), [], id="a template"),
        pytest.param("app.service", "# EnvironmentFile=/srv/.env.dev\n", [], id="a comment"),
    ),
)
def test_what_servers_start_with(path, text, expected):
    assert starts_programs(path)
    assert [one.line for one in of_text(path, text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('load_dotenv(".env.dev")', [1], id="load_dotenv"),
        pytest.param('dotenv.load_dotenv(dotenv_path="config/.env.development", override=True)', [1], id="by name"),
        pytest.param('load_dotenv(ROOT / ".env.dev")', [1], id="a path"),
        pytest.param('load_dotenv(os.path.join(ROOT, ".env.dev"))', [1], id="joined"),
        pytest.param('x = load_dotenv(find_dotenv(".env.test"))', [1], id="found"),
        pytest.param('CONFIG = {**dotenv_values(".env.dev")}', [1], id="values"),
        pytest.param('environ.Env.read_env(BASE / ".env.dev")', [1], id="django-environ"),
        pytest.param('with x:\n    load_dotenv("dev.env")', [2], id="in a context"),
        pytest.param('def setup():\n    return load_dotenv(".env.dev")', [2], id="in a function"),
        pytest.param('if os.getenv("ENV") == "dev":\n    load_dotenv(".env.dev")', [], id="on a condition"),
        pytest.param('load_dotenv(".env.dev" if DEBUG else ".env.production")', [], id="one of two"),
        pytest.param('DEBUG and load_dotenv(".env.dev")', [], id="on a condition, in short"),
        pytest.param('def load_dev():\n    load_dotenv(".env.dev")', [], id="a function for developers"),
        pytest.param('load_dotenv(f".env.{ENVIRONMENT}")', [], id="computed"),
        pytest.param('load_dotenv(".env")\nload_dotenv()\nload_dotenv(".env.local")', [], id="of no environment"),
        pytest.param('load_dotenv(".env.production")', [], id="of servers"),
        pytest.param('open(".env.dev")', [], id="no loader"),
    ),
)  # fmt: skip
def test_what_a_module_loads_everywhere(text, expected):
    assert [one.line for one in of_module("app/main.py", ast.parse(text))] == expected
    assert list(of_module("config/settings/dev.py", ast.parse(text))) == []


CLASS = """\
from pydantic_settings import BaseSettings, SettingsConfigDict
class {name}(BaseSettings):
    model_config = SettingsConfigDict(env_file={files}, extra="ignore")
    A: str
"""


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    (
        ("Settings", '".env.dev"', [("config.py", 2)]),
        ("Settings", '(".env", ".env.dev")', []),
        ("Settings", '".env"', []),
        ("DevSettings", '".env.dev"', []),
        ("Settings", 'f".env.{x}"', []),
    ),
)
def test_what_a_class_reads_everywhere(name, files, expected, write, monkeypatch):
    texts = {"config.py": CLASS.format(name=name, files=files), "main.py": "from dotenv import load_dotenv\n"}
    monkeypatch.chdir(write({".env.example": "A=<A>\n", "Procfile": "web: x\n", **texts}))
    told = surroundings.findings(surroundings.read(".", Config(), {}))
    assert [(one.path, one.line) for one in told if one.rule == "wrong-env-file"] == expected


MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
spec:
  containers:
    - name: app
      env:
        - name: DB_HOST
          value: db
        - name: "DB_PASSWORD"
          valueFrom:
            secretKeyRef: {name: app, key: password}
---
apiVersion: v1
kind: ConfigMap
data:
  LOG_LEVEL: info
  nested: |
    NOT_A_KEY: x
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    (
        pytest.param("k8s/app.yaml", MANIFEST, [("DB_HOST", 7), ("DB_PASSWORD", 9), ("LOG_LEVEL", 16)], id="manifest"),
        pytest.param(
            "app.service",
            '[Service]\nEnvironment=A_B=1 "C_D=x y"\n#Environment=E=1\n',
            [("A_B", 2), ("C_D", 2)],
            id="unit",
        ),
        pytest.param(
            "etc/supervisor/app.conf",
            '[program:a]\nenvironment=A_B="1",\n  C_D="2"\n',
            [("A_B", 2), ("C_D", 3)],
            id="supervisor",
        ),
        pytest.param(
            "ecosystem.config.js",
            "x = {\n  env: {\n    A_B: 1\n  },\n  env_production: {\n    C_D: 2\n  }\n}\n",
            [("A_B", 3), ("C_D", 6)],
            id="PM2",
        ),
        pytest.param(
            ".gitlab-ci.yml",
            "variables:\n  A_B: x\njob:\n  variables:\n    C_D: y\n",
            [("A_B", 2), ("C_D", 5)],
            id="GitLab",
        ),
        pytest.param("config.yaml", "data:\n  A_B: 1\n", [], id="no manifest"),
        pytest.param("nginx.conf", "environment=A_B=1", [], id="no supervisor"),
        pytest.param("app.py", "A_B=1", [], id="another file"),
    ),
)
def test_what_is_given_to_programs(path, text, expected):
    assert [(use.key, use.line) for use in deployed.uses(path, text)] == expected


def test_what_a_manifest_gives_is_no_undeclared_key(write, monkeypatch):
    code = "import os\nos.environ['DB_HOST']\nos.environ['OTHER_KEY']\n"
    monkeypatch.chdir(write({".env.example": "A=<A>\n", "k8s/app.yaml": MANIFEST, "app.py": code}))
    told = surroundings.findings(surroundings.read(".", Config(), {}))
    assert [one.anchor for one in told if one.rule == "undeclared-key"] == ["OTHER_KEY"]
