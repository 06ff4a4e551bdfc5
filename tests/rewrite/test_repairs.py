"""Workflows that deploy: what has one repair is mended, to the byte; what needs people is left with the reason."""

import pytest

from envfence import cli
from envfence.check import Options, check
from envfence.rewrite.repairs.mending import PEOPLES, REPAIRS, mended
from envfence.rewrite.repairs.workflow import Around
from envfence.sources import from_paths
from envfence.workflow.check import findings
from envfence.workflow.rules import LITERAL_HOST, RULES

from ..documents import blocks_of

yaml = pytest.importorskip("ruamel.yaml")
PATH = ".github/workflows/deploy-production.yml"
FOLDERS = {"backend", "backend/tests"}
AROUND = Around(FOLDERS.__contains__, ("development", "staging", "production"), lambda: {"shop-web": "web"})
KNOWN = "      - run: echo >> ~/.ssh/known_hosts\n"  # how hosts are made known is not what most cases are about
HEAD = """\
on:
  push: {branches: [main], paths: [src]}
  workflow_dispatch:
permissions: {}
jobs:
"""
JOB = """\
  deploy:
    runs-on: ubuntu-24.04
    timeout-minutes: 9
    environment: production
    concurrency: {group: production}
    steps:
"""
UP = "docker compose up -d"


def over_ssh(*lines, end="'EOF'"):
    body = "".join(f"            {line}\n" for line in lines)
    return f"{KNOWN}      - run: |\n          ssh a@app.example.com << {end}\n{body}          EOF\n"


def deploy(steps, job=JOB, head=HEAD):
    return head + job + steps


def job_without(word):
    return "".join(line for line in JOB.splitlines(keepends=True) if word not in line)


def curl(*options):
    url = "https://app.example.com/health"
    return f"{over_ssh(UP)}      - run: |\n          sleep 9\n          curl {' '.join((*options, url))}\n"


def message(text):
    used = "      - if: always()\n        continue-on-error: true\n        uses: a/slack@" + "0" * 40 + "\n"
    return f"{over_ssh(UP)}{used}        with:\n          text: {text}\n"


AGAIN = "--retry 20 --retry-all-errors --retry-max-time 120"
BELOW = "    runs-on: ubuntu-24.04\n"
REPAIRED = {
    "concurrency": (
        deploy(over_ssh(UP), job_without("concurrency")),
        deploy(over_ssh(UP), job_without("concurrency")).replace(
            BELOW, f"{BELOW}    concurrency:\n      group: deploy-production\n      cancel-in-progress: false\n"
        ),
    ),
    "concurrency of a matrix": (
        deploy(
            over_ssh(UP), job_without("concurrency").replace(BELOW, f"{BELOW}    strategy: {{matrix: {{a: [1]}}}}\n")
        ),
        deploy(over_ssh(UP), job_without("concurrency")).replace(
            BELOW,
            f"{BELOW}    concurrency:\n      group: deploy-production-${{{{ strategy.job-index }}}}\n"
            "      cancel-in-progress: false\n    strategy: {matrix: {a: [1]}}\n",
        ),
    ),
    "a deployment that is cancelled": (
        deploy(over_ssh(UP), JOB.replace("{group: production}", "{group: a, cancel-in-progress: true} # x")),
        deploy(over_ssh(UP), JOB.replace("{group: production}", "{group: a, cancel-in-progress: false} # x")),
    ),
    "environment": (
        deploy(over_ssh(UP), job_without("environment")),
        deploy(over_ssh(UP), job_without("environment")).replace(BELOW, f"{BELOW}    environment: production\n"),
    ),
    "deadline": (
        deploy(over_ssh(UP), job_without("timeout")),
        deploy(over_ssh(UP), job_without("timeout")).replace(BELOW, f"{BELOW}    timeout-minutes: 30\n"),
    ),
    "by hand, block": (
        deploy(over_ssh(UP), head=HEAD.replace("  workflow_dispatch:\n", "")),
        deploy(over_ssh(UP), head="on:\n  workflow_dispatch:\n" + HEAD.replace("  workflow_dispatch:\n", "")[4:]),
    ),
    "documents": (
        deploy(
            over_ssh(UP), head=HEAD.replace("push: {branches: [main], paths: [src]}", "push:\n    branches: [main]")
        ),
        deploy(
            over_ssh(UP),
            head=HEAD.replace(
                "push: {branches: [main], paths: [src]}",
                'push:\n    paths-ignore: ["**.md", "docs/**"]\n    branches: [main]',
            ),
        ),
    ),
    "a token that may do all": (
        deploy(over_ssh(UP), head=HEAD.replace("permissions: {}\n", "")),
        deploy(over_ssh(UP), head=HEAD.replace("permissions: {}\n", "permissions:\n  contents: read\n")),
    ),
    "script that goes on": (deploy(over_ssh("cd /opt/a", UP)), deploy(over_ssh("set -e", "cd /opt/a", UP))),
    "script between quotes": (
        deploy(f"{KNOWN}      - run: ssh a@app.example.com 'cd /opt/a; {UP}'\n"),
        deploy(f"{KNOWN}      - run: ssh a@app.example.com 'set -e; cd /opt/a; {UP}'\n"),
    ),
    "pull": (
        deploy(over_ssh("set -e", "cd /opt/a", "git pull --ff-only origin main # new", UP)),
        deploy(
            over_ssh("set -e", "cd /opt/a", "git fetch origin", "git checkout --detach ${{ github.sha }} # new", UP)
        ),
    ),
    "pull in a chain": (
        deploy(over_ssh(f"cd /opt/a && sudo git pull && {UP}")),
        deploy(
            over_ssh(f"cd /opt/a && sudo git fetch origin && sudo git checkout --detach ${{{{ github.sha }}}} && {UP}")
        ),
    ),
    "pull between quotes": (
        deploy(f"{KNOWN}      - run: ssh a@app.example.com 'set -e; cd /a; git pull; {UP}'\n"),
        deploy(
            f"{KNOWN}      - run: ssh a@app.example.com 'set -e; cd /a; git fetch origin;"
            f" git checkout --detach ${{{{ github.sha }}}}; {UP}'\n"
        ),
    ),
    "reset": (
        deploy(over_ssh("set -e", "git fetch origin", "git reset --hard origin/main", UP)),
        deploy(over_ssh("set -e", "git fetch origin", "git reset --hard ${{ github.sha }}", UP)),
    ),
    "copy": (
        deploy(over_ssh("set -e", "cd /opt/a", "sudo cp -r dags/* /opt/a/dags/", UP)),
        deploy(over_ssh("set -e", "cd /opt/a", UP)),
    ),
    "owner": (
        deploy(over_ssh("set -e", "cd /opt/a", "git pull", "sudo chown -R 50000:0 /opt/a/dags/", UP)),
        deploy(
            over_ssh(
                "set -e",
                "cd /opt/a",
                "git fetch origin",
                "git checkout --detach ${{ github.sha }}",
                "sudo chmod -R a+rX /opt/a/dags/",
                UP,
            )
        ),
    ),
    "restart of a known container": (
        deploy(over_ssh("set -e", "docker compose pull", "docker restart -t 5 shop-web || exit 1")),
        deploy(
            over_ssh(
                "set -e",
                "docker compose pull",
                "docker compose up --detach --force-recreate --no-deps web || exit 1",
            )
        ),
    ),
    "restart of another": (
        deploy(over_ssh(f"cd /a && {UP}") + over_ssh("cd /a && docker restart shop-api")),
        deploy(
            over_ssh(f"cd /a && {UP}")
            + over_ssh(
                "cd /a && docker compose up --detach --force-recreate --no-deps "
                '"$(docker inspect --format \'{{index .Config.Labels "com.docker.compose.service"}}\' shop-api)"'
            )
        ),
    ),
    "restart by compose": (
        deploy(over_ssh("docker-compose -f a.yml restart web api")),
        deploy(over_ssh("docker-compose -f a.yml up --detach --force-recreate --no-deps web api")),
    ),
    "health": (deploy(curl("-s")), deploy(curl(f"--fail --max-time 5 {AGAIN}", "-s"))),
    "health, failing": (deploy(curl("-fsS", "-m 3")), deploy(curl(AGAIN, "-fsS", "-m 3"))),
    "success": (
        deploy(message("'Deployment completed'")),
        deploy(message("'Deployment: ${{ job.status }}'")),
    ),
    "success, bare": (
        deploy(message("Deployment completed! # x")),
        deploy(message("Deployment (${{ job.status }}) # x")),
    ),
    "success, in Korean": (deploy(message('"배포 완료!"')), deploy(message('"배포: ${{ job.status }}"'))),
    "success, in JSON": (
        deploy(message("""'{"text":"deployed"}'""")),
        deploy(message("""'{"text":"deployment (${{ job.status }})"}'""")),
    ),
    "success, no noun": (
        deploy(message("Deployed successfully to all hosts")),
        deploy(message("deployment (${{ job.status }}) to all hosts")),
    ),
    "folder": (
        deploy(
            "      - uses: actions/checkout@v4\n        with: {persist-credentials: false}\n"
            "      - run: |\n          cd shop/backend\n          pytest\n      - run: pytest\n"
            f"        working-directory: ./shop/backend\n{over_ssh(UP)}"
        ).replace("actions/checkout@v4", "actions/checkout@" + "0" * 40),
        deploy(
            "      - uses: actions/checkout@v4\n        with: {persist-credentials: false}\n"
            "      - run: |\n          cd backend\n          pytest\n      - run: pytest\n"
            f"        working-directory: ./backend\n{over_ssh(UP)}"
        ).replace("actions/checkout@v4", "actions/checkout@" + "0" * 40),
    ),
}
HOSTS = {
    "nothing is known": (
        f"      - run: ls\n\n      # now\n      - run: ssh a@app.example.com {UP}\n",
        (
            "      - run: ls\n\n      - name: Know the servers by their keys\n        run: |\n"
            "          install -d -m 700 ~/.ssh\n"
            "          printf '%s\\n' \"${SSH_KNOWN_HOSTS:?}\" >> ~/.ssh/known_hosts\n        env:\n"
            "          SSH_KNOWN_HOSTS: ${{ vars.SSH_KNOWN_HOSTS }}\n\n      # now\n"
            f"      - run: ssh a@app.example.com {UP}\n"
        ),
    ),
    "not looked at": tuple(
        f"{KNOWN}      - run: ssh -o StrictHostKeyChecking={checks} -o UserKnownHostsFile={file} a@b.example.com {UP}\n"
        for checks, file in (("no", "/dev/null"), ("yes", "~/.ssh/known_hosts"))
    ),
    "asked the host": (
        f"      - run: ssh-keyscan -H b.example.com >> ~/.ssh/known_hosts\n      - run: ssh a@b.example.com {UP}\n",
        (
            "      - env:\n          SSH_KNOWN_HOSTS: ${{ vars.SSH_KNOWN_HOSTS }}\n"
            "        run: printf '%s\\n' \"${SSH_KNOWN_HOSTS:?}\" >> ~/.ssh/known_hosts\n"
            f"      - run: ssh a@b.example.com {UP}\n"
        ),
    ),
    "an action": (
        (
            f"      - uses: appleboy/ssh-action@{'0' * 40}\n        with:\n          host: b.example.com\n"
            f"          script: {UP}\n"
        ),
        (
            f"      - uses: appleboy/ssh-action@{'0' * 40}\n        with:\n"
            "          fingerprint: ${{ vars.SSH_HOST_FINGERPRINT }}\n          host: b.example.com\n"
            f"          script: {UP}\n"
        ),
    ),
}
FAR = f"{KNOWN}      - run: ssh a@10.1.2.3 docker compose up\n"
MESSAGES = {
    "action": (
        f"      - uses: a/slack@{'0' * 40}\n",
        f"      - continue-on-error: true\n        uses: a/slack@{'0' * 40}\n",
    ),
    "named": (
        "      - name: Slack\n        run: curl https://a.example.com/webhook\n",
        "      - name: Slack\n        continue-on-error: true\n        run: curl https://a.example.com/webhook\n",
    ),
}
REPAIRED |= {f"hosts: {name}": tuple(map(deploy, pair)) for name, pair in HOSTS.items()}
NEAR = JOB.replace("ubuntu-24.04", "${{ vars.DEPLOY_RUNNER || 'ubuntu-24.04' }}")
REPAIRED |= {"hosts: nobody gets there": (deploy(FAR), deploy(FAR, NEAR))}
REPAIRED |= {f"message: {name}": tuple(deploy(over_ssh(UP) + one) for one in pair) for name, pair in MESSAGES.items()}


def mend(text):
    return mended(PATH, text, AROUND, lambda said: findings(PATH, said, FOLDERS.__contains__))


@pytest.mark.parametrize(("before", "expected"), REPAIRED.values(), ids=REPAIRED)
@pytest.mark.parametrize("newline", ("\n", "\r\n"), ids=("LF", "CRLF"))
def test_it_is_mended(before, expected, newline):
    result = mend(before.replace("\n", newline))
    assert result.text == expected.replace("\n", newline)
    assert result.left == []
    still = findings(PATH, result.text, FOLDERS.__contains__)
    assert {one.rule for one in still} <= {LITERAL_HOST.id}  # a value, which moves as others do
    assert yaml.YAML(typ="safe").load(result.text)["jobs"]


@pytest.mark.parametrize(
    ("before", "expected"),
    (
        pytest.param("on: push", "on: [push, workflow_dispatch]", id="a word"),
        pytest.param("on: [push, pull_request] # x", "on: [push, pull_request, workflow_dispatch] # x", id="a list"),
        pytest.param("on:\n  - push", "on:\n  - workflow_dispatch\n  - push", id="a list of lines"),
    ),
)
def test_trigger_by_hand(before, expected):
    rest = HEAD[HEAD.index("permissions") :]
    text = deploy(over_ssh(UP), head=f"{before}\n{rest}")
    assert mend(text).text == text.replace(before, expected)


LEFT = {
    "a command that may fail": (deploy(over_ssh("docker stop web", UP)), "|| true"),
    "a fault below": (deploy(over_ssh("cp -r a /opt/a; ls", "cd /opt", "cp a /opt/a; ls")), "other commands"),
    "a folder that is nowhere": (
        deploy(f"      - uses: actions/checkout@{'0' * 40}\n        with: {{persist-credentials: false}}\n"
               f"      - run: cd shop/web\n{over_ssh(UP)}"),
        "no folder",
    ),
    "another branch": (deploy(over_ssh("set -e", "git pull origin release", UP)), "cannot be told"),
    "a clone": (deploy(over_ssh("set -e", "git clone https://git.example.com/a", UP)), "cannot be told"),
    "what is written to": (
        deploy(over_ssh("set -e", "cd /opt/a", "git pull", "chown -R 9:9 /opt/a/data", UP)), "writes there"
    ),
    "a restart that is put together here": (
        deploy(over_ssh(f"cd /a && {UP}") + over_ssh("cd /a && docker restart shop-api", end="EOF")), "no compose file"
    ),
    "a restart where no compose is": (
        deploy(over_ssh(f"cd /a && {UP}") + over_ssh("cd /b && docker restart shop-web")), "which files made"
    ),
    "a folder that is there": (deploy(over_ssh("mkdir /opt/b", UP)), "|| true"),
    "a folder of secrets": (
        deploy(over_ssh("set -e", "cd /opt/a", "git pull", "chown -R 9:9 /opt/a/config", UP)), "writes there"
    ),
    "several hosts of an action": (
        deploy(f"      - uses: appleboy/ssh-action@{'0' * 40}\n        with:\n          host: a.example.com,b.org\n"
               f"          script: {UP}\n"),
        "keys of their own",
    ),
    "documents that are published": (
        deploy(over_ssh("set -e", "make docs", UP), head=HEAD.replace(", paths: [src]", "")), "documents",
    ),
    "a token that is used": (
        deploy(over_ssh(UP) + "      - run: gh release list\n", head=HEAD.replace("permissions: {}\n", "")),
        "more than to read",
    ),
    "a checkout that is asked again": (
        deploy(f"      - uses: actions/checkout@{'0' * 40}\n      - run: git fetch --tags\n{over_ssh(UP)}"), "asks git"
    ),
    "an environment without a name": (
        deploy(over_ssh(UP), job_without("environment"), HEAD.replace("branches: [main], ", "")).replace("x", "x"),
        "nothing says",
    ),
    "a job on one line": (
        f"{HEAD}  deploy: {{runs-on: a, environment: production, concurrency: a, steps: [{{run: helm upgrade a}}]}}\n",
        "line by line",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), LEFT.values(), ids=LEFT)
def test_what_is_unsure_is_left_alone(text, reason):
    path = ".github/workflows/deploy.yml"
    result = mended(path, text, AROUND, lambda said: findings(path, said, FOLDERS.__contains__))
    assert result.text == text
    assert [one for one in result.left if reason in one.reason]


def test_what_is_mended_and_what_is_peoples_are_rules():
    assert REPAIRS.keys() | PEOPLES.keys() <= {rule.id for rule in RULES}
    assert REPAIRS.keys().isdisjoint(PEOPLES)


def test_lines_are_those_of_before():
    result = mend(deploy(over_ssh("cd /opt/a", "git pull", UP), job_without("timeout")))
    assert [(one.line, one.rule) for one in result.done] == [
        (15, "workflow-git-on-server"),
        (13, "workflow-unchecked-script"),
        (6, "workflow-no-timeout"),
    ]


def test_the_reference_has_no_error_left(fix, write, capsys):
    (text,) = [text for path, _, text in blocks_of("tests/stack/reference.txt") if path == PATH]
    after = fix({PATH: text, "backend/main.py": ""})
    said = capsys.readouterr().err
    assert "register with GitHub: gh variable set SSH_KNOWN_HOSTS (" in said
    assert f"{PATH}:29: workflow-no-environment: mended\n" in said
    assert f"{PATH}:42: workflow-unreachable-host: mended\n" in said
    assert f"{PATH}:50: workflow-no-rollback: left alone: what ran before is not written down: " in said
    found = check(from_paths(["."]), Options()).findings
    assert {one.rule for one in found} == {"workflow-unpinned-action", "workflow-no-rollback"}
    assert {one.severity for one in found} == {"warning"}
    assert yaml.YAML(typ="safe").load(after[PATH])["jobs"]["deploy"]["environment"] == "production"
    assert cli.main(["fix", "--allow-dirty"]) == 0


def test_the_servers_that_commands_go_to_are_values(fix):
    steps = f"{KNOWN}      - run: ssh -p 22 a@10.1.2.3 ls\n      - run: rsync -a . a@10.1.2.4:/opt\n"
    after = fix({PATH: deploy(steps)})
    assert 'ssh -p 22 a@"${DEPLOY_HOST:?}" ls' in after[PATH]
    assert 'rsync -a . a@"${DEPLOY2_HOST:?}":/opt' in after[PATH]
    assert after[".env.production"] == "DEPLOY_HOST=10.1.2.3\n\nDEPLOY2_HOST=10.1.2.4\n"


def test_what_the_settings_ignore_stays(fix):
    text = deploy(over_ssh("cd /opt/a", UP), job_without("timeout"))
    settings = '[tool.envfence]\nignore = ["workflow-no-timeout"]\n'
    ignored = text.replace("<< 'EOF'", "<< 'EOF' # envfence: ignore[workflow-unchecked-script] it may fail")
    assert fix({PATH: ignored, "pyproject.toml": settings}, expected=0)[PATH] == ignored


def test_it_is_shown_and_taken_back(fix, repo, capsys):
    text = deploy(over_ssh("cd /opt/a", UP))
    assert fix({PATH: text}, "--diff")[PATH] == text
    shown = capsys.readouterr()
    assert "+            set -e\n" in shown.out
    assert f"{PATH}:14: workflow-unchecked-script: would be mended\n" in shown.err
    assert cli.main(["fix"]) == 1
    assert cli.main(["fix", "--undo"]) == 0
    assert (repo / PATH).read_text(encoding="utf-8") == text
