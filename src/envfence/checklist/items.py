"""The four checklists of the reference guide, all 25 items by their wording, each with the function that answers it."""

from collections.abc import Callable
from typing import NamedTuple

from envfence.checklist import migrations, operation, pipeline, separation
from envfence.checklist.repository import Repository
from envfence.checklist.result import Result


class Item(NamedTuple):
    """One item. ``id`` is what a person signs for, ``check`` finds out how it is."""

    id: str
    korean: str
    english: str
    check: Callable[[Repository], Result]


class Checklist(NamedTuple):
    """One list of items."""

    korean: str
    english: str
    items: tuple[Item, ...]


CHECKLISTS = (
    Checklist(
        "환경 분리 완료 체크",
        "Environments are apart",
        (
            Item("env-example", "`.env.example` 생성", "Create `.env.example`", separation.example),
            Item(
                "env-development", "`.env.development` 생성 (개발)", "Create `.env.development` (development)",
                separation.development,
            ),
            Item(
                "env-production", "`.env.production` 생성 (운영 서버)", "Create `.env.production` (production servers)",
                separation.production,
            ),
            Item(
                "settings", "`config.py` 개선 (환경별 자동 로드)",
                "Improve `config.py` (each environment is loaded by itself)", separation.settings,
            ),
            Item(
                "no-hardcoded-values", "하드코딩 제거 (18개 파일)", "Remove hardcoded values (18 files)",
                separation.hardcoded,
            ),
            Item(
                "compose-dev", "`docker-compose.dev.yml` 생성", "Create `docker-compose.dev.yml`",
                separation.compose_dev,
            ),
            Item(
                "compose-prod", "`docker-compose.prod.yml` 생성", "Create `docker-compose.prod.yml`",
                separation.compose_prod,
            ),
            Item("gitignore", "`.gitignore` 업데이트", "Update `.gitignore`", separation.gitignore),
        ),
    ),
    Checklist(
        "CI/CD 구축 완료 체크",
        "CI/CD is built",
        (
            Item(
                "github-repository", "GitHub Repository 생성", "Create a GitHub repository",
                pipeline.github_repository,
            ),
            Item(
                "deploy-workflow", "`.github/workflows/deploy-production.yml` 생성",
                "Create `.github/workflows/deploy-production.yml`", pipeline.deploy_workflow,
            ),
            Item("ssh-key", "SSH 키 설정 (서버)", "Set up the SSH key (servers)", pipeline.ssh_key),
            Item(
                "github-secrets", "GitHub Secrets 등록 (SSH_PRIVATE_KEY)", "Register GitHub secrets (SSH_PRIVATE_KEY)",
                pipeline.secrets_registered,
            ),
            Item("first-deployment", "테스트 배포 성공", "A test deployment succeeds", pipeline.deployed_once),
            Item("health-check", "헬스 체크 자동화", "Health checks are automatic", pipeline.health_check),
        ),
    ),
    Checklist(
        "DB 마이그레이션 완료 체크",
        "Database migrations",
        (
            Item(
                "alembic-installed", "Alembic 설치 및 초기화", "Install Alembic and set it up",
                migrations.installed,
            ),
            Item("alembic-env", "`alembic/env.py` 설정", "Configure `alembic/env.py`", migrations.env_py),
            Item("first-migration", "초기 마이그레이션 생성", "Write the initial migration", migrations.initial),
            Item(
                "migrations-tested", "개발 DB 마이그레이션 테스트", "Test the migrations on a development database",
                migrations.tested,
            ),
            Item(
                "production-migrated", "운영 DB 마이그레이션 적용", "Apply the migrations to the production database",
                migrations.of_production,
            ),
            Item(
                "migrations-in-pipeline", "CI/CD에 마이그레이션 통합", "Make migrations part of CI/CD",
                migrations.in_pipeline,
            ),
        ),
    ),
    Checklist(
        "운영 준비 완료 체크",
        "Ready to operate",
        (
            Item(
                "development-works", "개발 환경에서 정상 작동", "It works in the development environment",
                operation.development_works,
            ),
            Item(
                "production-works", "운영 환경에서 정상 작동", "It works in the production environment",
                operation.production_works,
            ),
            Item("dashboard", "모니터링 대시보드 설정", "Set up the monitoring dashboard", operation.dashboard),
            Item(
                "rollback-documented", "롤백 프로세스 문서화", "Document how to roll back",
                operation.rollback_documented,
            ),
            Item("team-trained", "팀원 교육 완료", "The team is trained", operation.team_trained),
        ),
    ),
)  # fmt: skip
