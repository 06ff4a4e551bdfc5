"""What documents, scripts, sessions and a package.json have people do by hand: what is caught, and what passes."""

import pytest

from envfence.check import Options, check
from envfence.config import Config
from envfence.families import findings
from envfence.sources import from_paths

STEP, MERGE, COPY, KEY = OWN = (
    "shell-only-step", "workflow-merged-by-hand", "workflow-env-file-by-hand", "workflow-exposed-private-key",
)  # fmt: skip
# As the reference design tells a developer with Windows to start the program, and to patch it.
STARTED = """\
**확인**:
```bash
# 개발 환경
ENVIRONMENT=development python backend/main.py

# 운영 환경
ENVIRONMENT=production python backend/main.py
```
"""
PATCHED = """\
### 시나리오 2: 긴급 패치

```bash
# 1. Hotfix 브랜치
git checkout -b hotfix/critical-bug main
# 수정

# 2. main에 merge → 즉시 배포
git checkout main
git merge hotfix/critical-bug
git push origin main
# → GitHub Actions 자동 배포 ✅
```
"""
COPIED = """\
```bash
# 운영 환경 (서버에서)
scp .env.example yunsang@web.example.com:/opt/stock-trading/.env.production
ssh yunsang@web.example.com
cd /opt/stock-trading
vi .env.production  # 운영 값으로 수정
```
"""
MADE = """\
**운영 서버에서 실행**:
```bash
# GitHub Actions에서 사용할 전용 키 생성
ssh-keygen -t ed25519 -C "github-actions" -f ~/.ssh/github_actions

# 공개키를 authorized_keys에 추가
cat ~/.ssh/github_actions.pub >> ~/.ssh/authorized_keys

# 개인키 출력 (GitHub Secrets에 등록)
cat ~/.ssh/github_actions
```
"""
BACK = "```bash\ngit checkout develop\ngit merge main\ngit push origin develop\n```\n"


def document(*lines, language="bash"):
    return "\n".join((f"```{language}", *lines, "```", ""))


def session(*lines):
    return "import nox\n\n\n@nox.session\ndef clean(session):\n" + "".join(f"    {line}\n" for line in lines)


def scripts(more="", **named):
    lines = ",\n".join(f'    "{name.replace("_", ":")}": "{value}"' for name, value in named.items())
    return f'{{\n{more}  "scripts": {{\n{lines}\n  }}\n}}\n'


CAUGHT = {
    "the reference's start": ("guide.md", STARTED, STEP, 4),
    "the reference's patch": ("guide.md", PATCHED, MERGE, 10),
    "at a prompt": ("README.md", document("$ APP_ENV=dev flask run", language="console"), STEP, 2),
    "by env": ("README.md", document("env FLASK_ENV=development flask run"), STEP, 2),
    "in quotes": ("README.md", document('APP_ENV="development" flask run'), STEP, 2),
    "a session's program": ("noxfile.py", session('session.run("rm", "-rf", "build", external=True)'), STEP, 6),
    "a session's shell": ("noxfile.py", session("a = 1", 'session.run("bash", "-c", "make", external=True)'), STEP, 7),
    "a session's sed": ("tools/noxfile.py", session('session.run("sed", "-i", "s/a/b/", "x")'), STEP, 6),
    "npm's variable": ("package.json", scripts(lint="eslint .", dev="NODE_ENV=development vite"), STEP, 4),
    "npm's variable behind": ("package.json", scripts(test="tsc && CI=1 jest 'src/**/*.{ts,tsx}'"), STEP, 3),
    "npm's export": ("web/package.json", scripts(build="export NODE_OPTIONS=--x && vite build"), STEP, 3),
    "npm's source": ("package.json", scripts(dev="source .env.development && node server.js"), STEP, 3),
    "npm's quotes": ("package.json", scripts(test=r"X=\"a b\" jest"), STEP, 3),
    "the reference's env file": ("guide.md", COPIED, COPY, 3),
    "the reference's key": ("guide.md", MADE, KEY, 4),
    "typed on a server": (
        "RUNBOOK.md",
        document(
            "ssh web.example.com", "ssh-keygen -t ed25519 -f ~/.ssh/ci", "cat ~/.ssh/ci.pub >> .ssh/authorized_keys"
        ),
        KEY,
        3,
    ),
    "shown on a server": (
        "RUNBOOK.md",
        document("ssh web.example.com", "ssh-keygen -t rsa", "cat ~/.ssh/id_rsa"),
        KEY,
        3,
    ),
    "an env file of production": ("RUNBOOK.md", document("scp -P 22 .env.production web:/srv/.env"), COPY, 2),
    "among others": ("deploy.sh", "rsync -az compose.yml .env deploy@web.example.com:/srv/\n", COPY, 1),
    "merged and pushed": (
        "README.md",
        document("git switch master", "git merge --no-ff hotfix-7", "git push origin master --tags"),
        MERGE,
        3,
    ),
}
PASSES = {
    "production": ("README.md", document("ENVIRONMENT=production python main.py")),
    "another variable": ("README.md", document("LOG_LEVEL=debug python main.py")),
    "for Windows too": ("README.md", STARTED + document("$env:ENVIRONMENT='development'", language="powershell")),
    "for cmd too": ("README.md", STARTED + document("set ENVIRONMENT=development", language="bat")),
    "an env file": ("README.md", document("ENVIRONMENT=development", "DB_HOST=localhost", language="dotenv")),
    "a value alone": ("README.md", document("ENVIRONMENT=development")),
    "prose": ("README.md", "Start it with ENVIRONMENT=development python main.py\n"),
    "a session": ("noxfile.py", session('session.run("pytest", env={"ENVIRONMENT": "development"})')),
    "a session's engine": ("noxfile.py", session('session.run("docker", "compose", "up", external=True)')),
    "a session that asks": (
        "noxfile.py",
        session('if sys.platform != "win32":', '    session.run("rm", "-rf", "build", external=True)'),
    ),
    "no noxfile": ("clean.py", session('session.run("rm", "-rf", "build", external=True)')),
    "cross-env": ("package.json", scripts(dev="cross-env NODE_ENV=development vite")),
    "of servers": ("package.json", scripts(start="NODE_ENV=production node .", docker_up="UID=1 docker compose up")),
    "yarn's own shell": ("package.json", scripts('  "packageManager": "yarn@4.9.2",\n', dev="A=1 vite")),
    "not for Windows": ("package.json", scripts('  "os": ["linux", "darwin"],\n', dev="A=1 vite")),
    "no script": ("package.json", '{"config": {"dev": "A=1 vite"}, "scripts": {}}\n'),
    "merged back": ("README.md", PATCHED + BACK),
    "merged back below": ("README.md", PATCHED.replace("\n```\n", "\ngit switch develop\ngit merge main\n```\n")),
    "a pull request": ("README.md", document("git checkout -b hotfix/a", "git push origin hotfix/a")),
    "a feature": ("README.md", document("git checkout main", "git merge feature/a", "git push origin main")),
    "the contract": ("README.md", document("scp .env.example web.example.com:/srv/")),
    "another contract": ("README.md", document("scp .env.sample web.example.com:/srv/")),
    "fetched": ("README.md", document("scp web.example.com:/srv/.env .env.old")),
    "another file": ("README.md", document("scp compose.yml web.example.com:/srv/")),
    "left out": ("deploy.sh", "rsync -az --exclude .env . web.example.com:/srv/\n"),
    "left out too": ("deploy.sh", "rsync -az --exclude='.env' . web.example.com:/srv/\n"),
    "copied here": ("README.md", document("cp .env.example .env.development")),
    "a key of one's own": ("README.md", document("ssh-keygen -t ed25519", "cat ~/.ssh/id_ed25519.pub")),
    "a key for this machine": ("hadoop.md", document("ssh-keygen -t rsa", "cat id_rsa.pub >> .ssh/authorized_keys")),
    "a key that a server opens others with": (
        "README.md",
        document("ssh web.example.com", "ssh-keygen -t ed25519", "cat ~/.ssh/id_ed25519.pub"),
    ),
    "not pushed": ("README.md", document("git checkout master", "git merge hotfix")),
}  # fmt: skip


def found(path, text):
    return [(one.rule, one.line) for one in findings(path, text.encode(), Config()) if one.rule in OWN]


@pytest.mark.parametrize(("path", "text", "rule", "line"), CAUGHT.values(), ids=CAUGHT)
def test_it_is_caught(path, text, rule, line):
    assert found(path, text) == [(rule, line)]


@pytest.mark.parametrize(("path", "text"), PASSES.values(), ids=PASSES)
def test_it_passes(path, text):
    assert found(path, text) == []


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    (
        pytest.param("entrypoint.sh", b"#!/bin/sh\r\nexec app\r\n", [1], id="every line"),
        pytest.param("run.bash", b"#!/usr/bin/env bash\r\nexec app\n", [1], id="the first line"),
        pytest.param("entrypoint.sh", b"#!/bin/sh\nexec app\r\n", [], id="another line"),
        pytest.param("entrypoint.sh", b"#!/bin/sh\nexec app\n", [], id="none"),
        pytest.param("lib.sh", b"A=1\r\n", [], id="no program"),
        pytest.param("run.ps1", b"#!/usr/bin/env pwsh\r\n", [], id="of Windows"),
    ),
)
def test_a_script_with_line_ends_of_windows(path, data, expected):
    assert [one.line for one in findings(path, data, Config()) if one.rule == "script-with-crlf"] == expected


def test_one_finding_says_how_many_there_are():
    text = scripts(dev="A=1 vite", test="B=1 vitest", lint="eslint .")
    (one,) = [one for one in findings("package.json", text.encode(), Config()) if one.rule == STEP]
    assert (one.message.partition(" (")[2], one.severity) == ("in 2 places)", "warning")


def test_lines_that_end_as_on_windows_are_counted_too():
    assert found("guide.md", STARTED.replace("\n", "\r\n")) == [(STEP, 4)]
    assert found("package.json", scripts(lint="a", dev="A=1 b").replace("\n", "\r\n")) == [(STEP, 4)]


@pytest.mark.source
def test_own_documents_and_sessions_have_none(root):
    every = from_paths([str(root / name) for name in ("docs", "stack", "README.md", "CONTRIBUTING.md", "noxfile.py")])
    found = check(every, Options(select=OWN)).findings
    assert [one for one in found if not one.path.endswith("docs/rules.md")] == []  # which shows what not to do
