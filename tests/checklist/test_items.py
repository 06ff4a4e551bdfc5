"""Every item of the checklists: a repository where it is done, and others where it is not, and why."""

import re
from datetime import date
from pathlib import Path

import pytest

from envfence.checklist.command import answers, result_of
from envfence.checklist.items import CHECKLISTS
from envfence.checklist.result import DONE, NEEDS_A_PERSON, NOT_DONE
from envfence.checklist.servers import Server

from .conftest import GH, linux, programs

pytestmark = linux
ITEMS = {item.id: item for checklist in CHECKLISTS for item in checklist.items}
TODAY = date(2026, 11, 23)
GUIDE = """\
### 환경 분리 완료 체크
- [ ] `.env.example` 생성
- [ ] `.env.development` 생성 (개발)
- [ ] `.env.production` 생성 (운영 서버)
- [ ] `config.py` 개선 (환경별 자동 로드)
- [ ] 하드코딩 제거 (18개 파일)
- [ ] `docker-compose.dev.yml` 생성
- [ ] `docker-compose.prod.yml` 생성
- [ ] `.gitignore` 업데이트

### CI/CD 구축 완료 체크
- [ ] GitHub Repository 생성
- [ ] `.github/workflows/deploy-production.yml` 생성
- [ ] SSH 키 설정 (서버)
- [ ] GitHub Secrets 등록 (SSH_PRIVATE_KEY)
- [ ] 테스트 배포 성공
- [ ] 헬스 체크 자동화

### DB 마이그레이션 완료 체크
- [ ] Alembic 설치 및 초기화
- [ ] `alembic/env.py` 설정
- [ ] 초기 마이그레이션 생성
- [ ] 개발 DB 마이그레이션 테스트
- [ ] 운영 DB 마이그레이션 적용
- [ ] CI/CD에 마이그레이션 통합

### 운영 준비 완료 체크
- [ ] 개발 환경에서 정상 작동
- [ ] 운영 환경에서 정상 작동
- [ ] 모니터링 대시보드 설정
- [ ] 롤백 프로세스 문서화
- [ ] 팀원 교육 완료
"""


def test_the_items_are_those_of_the_guide_by_their_wording():
    lists = [f"### {one.korean}\n" + "".join(f"- [ ] {item.korean}\n" for item in one.items) for one in CHECKLISTS]
    assert "\n".join(lists) == GUIDE
    assert len(ITEMS) == 25
    assert all(item.english and item.english.isascii() for item in ITEMS.values())


def test_all_of_it_is_done_in_the_reference_system(repository):
    Path("envfence-checklist.txt").write_text("team-trained 2026-11-02 Kim Minji\n", encoding="utf-8")
    found = list(answers(repository(), TODAY))
    assert {one.item.id: one.result for one in found if one.result.state != DONE} == {}


def test_four_items_at_most_need_a_person(repository, monkeypatch, tmp_path):
    made = repository()
    made.servers = []
    programs(monkeypatch, tmp_path, gh=GH)  # which knows no secret: nobody is logged in
    monkeypatch.setattr("envfence.checklist.pipeline.shutil.which", lambda _: None)
    found = [one.item.id for one in answers(made, TODAY) if one.result.state == NEEDS_A_PERSON]
    assert found == ["github-secrets", "first-deployment", "production-works", "team-trained"]


def text(path):
    """Return a change of a file: its text with some words put in place of others."""

    def changed(*pairs):
        def change():
            whole = Path(path).read_text(encoding="utf-8")
            for old, new in pairs:
                assert old in whole, old
                whole = whole.replace(old, new)
            return {path: whole}

        return change

    return changed


def gone(*paths):
    return lambda: dict.fromkeys(paths)


def new(path, content):
    return lambda: {path: content}


BASE, DEV, PROD = (f"stack/docker-compose{name}.yml" for name in ("", ".dev", ".prod"))
DEPLOY = ".github/workflows/deploy-production.yml"
ENV = "stack/backend/alembic/env.py"
FIRST = "stack/backend/alembic/versions/20261123_8f2c61d0a7e4_initial_schema.py"
MIDDLE = "stack/backend/alembic/versions/20261123_c41b9e5d7302_add_technical_indicators.py"
LAST = "stack/backend/alembic/versions/20261123_5a9d07f3be18_add_user_alerts.py"
OWN_DSN = "postgresql://admin:" + "admin123@localhost:5435/stocktrading"
RAW_ENV = """\
from logging.config import fileConfig

from alembic import context
from sqlalchemy import engine_from_config, pool

from app.config import settings
from app.models import Base

config = context.config
config.set_main_option("sqlalchemy.url", settings.DATABASE_URL)


def run_migrations_online():
    connectable = engine_from_config(config.get_section("alembic"), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
"""
EMPTY = '''"""Initial schema."""
revision = "8f2c61d0a7e4"
down_revision = None
def upgrade():
    """Nothing, as the tables were there."""
    pass
def downgrade():
    pass
'''
BY_HAND = "# 롤백\n\n```bash\ngit revert <commit-hash>\ngit push origin main\n```\n\nalembic\n"

CASES = (
    ("env-example", gone(".env.example"), ".env.example names no key"),
    ("env-example", text(".gitignore")(("!.env.example\n", "")), "contract-ignored"),
    ("env-example", text(".env.example")(("DB_NAME=stocktrading", "DB_NAME=stocktrading\nDB_NAME=x")), "duplicate-key"),
    ("env-development", gone(".env.development"), ".env.development is missing"),
    ("env-development", text(".env.development")(("DB_HOST=", "DB_HOTS=")), ".env.development:"),
    ("env-production", text(".env.production")(("DB_USER=stocks", "DB_USER=")), "DB_USER"),
    ("settings", gone("stack/backend/app/config.py"), "no class reads settings"),
    ("settings", text("stack/backend/app/config.py")(("DB_PASSWORD: SecretStr", "DB_PASSWORD: str")), "settings-plain"),
    ("no-hardcoded-values", new("indicators.py", f'DATABASE_URL = "{OWN_DSN}"\n'), "in 1 file: indicators.py:1"),
    ("compose-dev", gone(DEV), f"stacks: there is no file {DEV}"),
    ("compose-dev", text(BASE)(("stop_grace_period: 1m", "container_name: stock-db")), "stack-container-name"),
    ("compose-prod", gone(PROD), f"stacks: there is no file {PROD}"),
    ("compose-prod", text("pyproject.toml")((f" {PROD}", "")), "docker-compose.yml is all there is"),
    ("compose-prod", text(PROD)(('"${BIND_ADDRESS:?}:${DB_PUBLISH_PORT:?}:5432"', '"5432:5432"')), "stack-open-port"),
    ("gitignore", gone(".gitignore"), "env-file-tracked"),
    ("deploy-workflow", gone(DEPLOY), "no workflow deploys what is pushed to main"),
    ("deploy-workflow", text(DEPLOY)(("cancel-in-progress: false", "cancel-in-progress: true")), "workflow-cancelled"),
    ("github-secrets", gone(DEPLOY), "no workflow that deploys to production reads a secret"),
    ("github-secrets", text(DEPLOY)(("secrets.DB_PASSWORD", "secrets.DB_PASS")), "not registered in the environment"),
    ("health-check", text(BASE)(("test: [CMD, python, -m, app.probe]", "")), "nothing checks backend"),
    ("health-check", text(DEPLOY)(("nox -s rollout -- production", "ssh deploy@$HOST ./up.sh")), "no deployment waits"),
    ("alembic-installed", gone("stack/backend/alembic.ini"), "no alembic.ini"),
    ("alembic-installed", gone(ENV), "no env.py"),
    ("alembic-installed", gone("stack/backend/requirements.lock", "stack/backend/pyproject.toml"), "names alembic"),
    ("alembic-env", gone(ENV), "there is no env.py"),
    ("first-migration", gone("stack/backend/alembic/versions"), "there is no migration"),
    ("first-migration", text(LAST)(('"c41b9e5d7302"', '"8f2c61d0a7e4"')), "2 the last"),
    ("first-migration", lambda: {FIRST: EMPTY, MIDDLE: None, LAST: None}, "migration-empty-initial"),
    ("first-migration", text(LAST)(('"5a9d07f3be18"', '"004"')), "migration-numbered-revision"),
    ("migrations-tested", gone(".envfence/done/migrations-proven"), "nobody has tried them here"),
    ("migrations-tested", text(LAST)(("op.f(", "str(")), "they have changed since"),
    ("migrations-tested", gone("stack/backend/alembic/versions"), "there is no migration"),
    ("migrations-in-pipeline", gone(DEPLOY), "no deployment migrates"),
    ("migrations-in-pipeline", text(BASE)(("[alembic, upgrade, head]", "[sleep, '1']")), "no service of production's"),
    ("dashboard", text(PROD)(("${GRAFANA_IMAGE:?locked by nox -s images_lock}", "nginx:1.29.1")), "no service of"),
    ("dashboard", gone("stack/grafana/dashboards/prices.json"), "grafana gets no dashboard"),
    ("dashboard", gone("stack/grafana/provisioning/datasources"), "has no data source"),
    ("rollback-documented", gone("docs/runbook.md"), "no document has a part about rolling back"),
    ("rollback-documented", new("docs/runbook.md", BY_HAND), "migration-revert-as-rollback"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "change", "reason"), CASES, ids=[f"{case[0]} {case[2]}"[:60] for case in CASES])
def test_an_item_is_not_done(name, change, reason, repository):
    result = result_of(ITEMS[name], repository(change()))
    assert (result.state, reason in result.reason) == (NOT_DONE, True), result


def test_the_first_fault_of_the_env_py_of_the_guide_is_said_and_how_many_follow(repository):
    result = result_of(ITEMS["alembic-env"], repository({ENV: RAW_ENV}))
    assert re.fullmatch(rf"{ENV}:\d+: migration-[a-z-]+: .+ and [4-9] more", result.reason), result


OK = Server("db", "", "1f2e", "20261123T0912", "5a9d07f3be18")
SERVERS = (
    ("env-production", [OK._replace(env="")], NOT_DONE, "db has no env file"),
    ("env-production", [OK], DONE, "on db"),
    ("ssh-key", [], NOT_DONE, "no servers of production are described"),
    ("ssh-key", [OK, Server("app", "app does not answer")], NOT_DONE, "app does not answer"),
    ("first-deployment", [Server("app", "app does not answer")], NOT_DONE, "app does not answer"),
    ("first-deployment", [OK._replace(release="")], NOT_DONE, "db runs no release"),
    ("first-deployment", [OK, OK._replace(name="app", release="b")], NOT_DONE, "db runs 20261123T0912, app runs b"),
    ("production-migrated", [], NOT_DONE, "no servers of production are described"),
    ("production-migrated", [Server("app", "app does not answer")], NOT_DONE, "app does not answer"),
    ("production-migrated", [OK._replace(schema="")], NOT_DONE, "it was never migrated"),
    ("production-migrated", [OK._replace(schema="c41b9e5d7302")], NOT_DONE, "it is at c41b9e5d7302, the migrations"),
    ("production-works", [OK._replace(ill=("backend is unhealthy",))], NOT_DONE, "backend is unhealthy"),
    ("production-works", [Server("app", "app does not answer")], NOT_DONE, "app does not answer"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "servers", "state", "reason"), SERVERS)
def test_servers_say_how_production_is(name, servers, state, reason, repository):
    made = repository({".env.production": None} if name == "env-production" else None)
    made.servers = servers
    result = result_of(ITEMS[name], made)
    assert (result.state, reason in result.reason) == (state, True), result


@pytest.mark.parametrize(
    ("config", "reason"),
    (
        pytest.param("", "no remote is at GitHub", id="no remote"),
        pytest.param('[remote "origin"]\nurl = https://gitlab.com/example/stocks\n', "no remote", id="other"),
        pytest.param('[remote "hub"]\nurl = https://github.com/example/stocks\n', "nothing was pushed", id="empty"),
    ),
)  # fmt: skip
def test_github_has_no_repository(config, reason, repository):
    made = repository()
    Path(".git/config").write_text(f"[core]\nrepositoryformatversion = 0\n{config}", encoding="utf-8")
    result = result_of(ITEMS["github-repository"], made)
    assert (result.state, reason in result.reason) == (NOT_DONE, True), result


@pytest.mark.parametrize("name", ("github-repository", "gitignore"))
def test_outside_of_git_nothing_is_shared(name, system, monkeypatch):
    from envfence.checklist.repository import Repository

    monkeypatch.chdir(system)
    assert result_of(ITEMS[name], Repository(".")).reason == "this is no git repository"


@pytest.mark.parametrize(
    ("docker", "reason"),
    (
        pytest.param("#!/bin/sh\n[ $1 = ps ] || echo 28.0.0\n", "nothing of stock-development runs", id="nothing"),
        pytest.param(
            "#!/bin/sh\n[ $1 = ps ] && printf 'a\\tbackend\\trunning\\tUp 2 minutes (unhealthy)\\n' || echo 28.0.0\n",
            "backend is unhealthy", id="ill",
        ),
        pytest.param("#!/bin/sh\nexit 1\n", "compose plugin", id="no engine"),
    ),
)  # fmt: skip
def test_development_does_not_work(docker, reason, repository, monkeypatch, tmp_path):
    programs(monkeypatch, tmp_path, docker=docker)
    result = result_of(ITEMS["development-works"], repository())
    assert (result.state, reason in result.reason) == (NOT_DONE, True), result


def test_every_item_is_shown_not_done():
    shown = {case[0] for case in (*CASES, *SERVERS) if case[-2] != DONE}
    assert ITEMS.keys() - shown == {"github-repository", "development-works", "team-trained"}  # which have tests above


@pytest.mark.source
def test_every_item_is_described_in_order(root):
    text = (root / "docs/checklist.md").read_text(encoding="utf-8")
    rows = re.findall(r"^### (.+)$|^\| `([\w-]+)` \| .+ \|$", text, re.MULTILINE)
    assert [head or item for head, item in rows] == [
        name for one in CHECKLISTS for name in (one.english, *(item.id for item in one.items))
    ]
