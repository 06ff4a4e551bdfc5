"""Each rule on workflows that deploy: spellings that it catches, and what only looks like them."""

import json
import subprocess
from pathlib import Path

import pytest

from envfence.workflow import secrets
from envfence.workflow.check import findings, is_candidate, is_workflow

from ..documents import blocks_of

PATH = ".github/workflows/deploy.yml"
SOUND = """\
name: Deploy
on:
  push:
    branches: [main]
    paths-ignore: [docs/**]
  workflow_dispatch:
    inputs:
      version:
        description: what to deploy
permissions: {}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - run: pytest
  deploy:
    needs: test
    runs-on: ubuntu-24.04
    environment: production
    concurrency:
      group: production
      cancel-in-progress: false
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: install -D -m 600 deploy/known_hosts ~/.ssh/known_hosts
      - name: Deploy
        run: ssh deploy@web.example.com docker compose up --detach --wait
"""
SSH = "        run: ssh deploy@web.example.com docker compose up --detach --wait\n"
KNOWN = "      - run: install -D -m 600 deploy/known_hosts ~/.ssh/known_hosts\n"
PIN = "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
CREDENTIALS = "        with:\n          persist-credentials: false\n"
ACTION = "        uses: appleboy/ssh-action@v1\n        with:\n          host: web.example.com\n"
PINNED = f"{ACTION}          fingerprint: ${{{{ vars.HOST_FINGERPRINT }}}}\n"


def changed(*pairs):
    text = SOUND
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def runs(*lines):
    """Return the workflow with these commands in place of its deployment."""
    return changed((SSH, "        run: |\n" + "".join(f"          {line}\n" for line in lines)))


def over_ssh(*lines, call="ssh deploy@web.example.com << 'EOF'"):
    """Return the workflow with this script run on a server."""
    return runs(call, *(f"  {line}" for line in lines), "EOF")


def then(*lines):
    """Return the workflow with more lines behind its deployment."""
    return SOUND + "".join(f"      {line}\n" for line in lines)


def message(condition, *lines):
    return then("- name: Tell", f"  if: {condition}", "  continue-on-error: true", *(f"  {line}" for line in lines))


def slack(text, condition="always()"):
    return message(condition, "uses: 8398a7/action-slack@v3", "with:", f"  text: {text}")


def checks(*lines):
    return then("- name: Health check", "  run: |", *(f"    {line}" for line in lines))


def no_deadline(*lines):
    return checks(*lines).replace("    timeout-minutes: 20\n", "")


URL = "https://api.example.com/health"
NEEDS = ("    needs: test\n", "    needs: [test, plan]\n")
HOSTED = "    runs-on: ubuntu-24.04\n    environment"
CONCURRENCY = "    concurrency:\n      group: production\n      cancel-in-progress: false\n"
PUSH = "  push:\n    branches: [main]\n    paths-ignore: [docs/**]\n"
BY_HAND = "  workflow_dispatch:\n    inputs:\n      version:\n        description: what to deploy\n"
SET = "set -euo pipefail"

CAUGHT = {
    "workflow-unreachable-host": {
        "ssh": runs("ssh deploy@192.168.7.20 uptime"),
        "with a command that goes to the background": runs("ssh deploy@192.168.7.20 docker compose up -d"),
        "with options": runs("ssh -i key -p 22 -o BatchMode=yes 10.20.0.4 uptime"),
        "scp": runs("scp -r dist deploy@172.20.1.4:/srv/app"),
        "an action": changed((SSH, PINNED.replace("web.example.com", "192.168.7.20"))),
        "a variable": changed(("permissions: {}", "env:\n  HOST: 10.0.0.7"), ("web.example.com", "$HOST")),
        "an expression": changed(("permissions: {}", "env:\n  HOST: 10.0.0.7"), ("web.example.com", "${{ env.HOST }}")),
        "curl": then(f"- run: curl --fail --max-time 5 http://{'192.168'}.7.20:8080/version"),
    },
    "workflow-literal-host": {
        "a private address": runs("ssh deploy@192.168.7.20 uptime"),
        "an address of one's own": runs("scp -r dist deploy@139.162.7.20:/srv/app"),
        "a name": runs("ssh deploy@prod.stocks.io uptime"),
        "a name without a user": runs("ssh -p 2222 prod.stocks.io uptime"),
        "before a script": over_ssh(SET, "./deploy", call="ssh root@prod.stocks.io bash -s << 'EOF'"),
        "rsync": runs("rsync -az -e 'ssh -p 22' dist/ deploy@10.20.0.4:/srv"),
    },
    "workflow-unpinned-host-keys": {
        "nothing is known": changed((KNOWN, "")),
        "ssh-keyscan": changed((KNOWN, "      - run: ssh-keyscan -H web.example.com >> ~/.ssh/known_hosts\n")),
        "switched off": runs("ssh -o StrictHostKeyChecking=no deploy@web.example.com uptime"),
        "first come": runs('ssh -o "StrictHostKeyChecking accept-new" deploy@web.example.com uptime'),
        "in a file": runs("printf 'Host *\\n  StrictHostKeyChecking no\\n' >> ~/.ssh/config"),
        "forgotten": runs("rsync -e 'ssh -o UserKnownHostsFile=/dev/null' dist/ deploy@web.example.com:/srv"),
        "an action": changed((SSH, ACTION)),
        "ansible": changed((SSH, f"{SSH}        env:\n          ANSIBLE_HOST_KEY_CHECKING: 'False'\n")),
    },
    "workflow-no-concurrency": {
        "ssh": changed((CONCURRENCY, "")),
        "rsync": changed((CONCURRENCY, ""), ("run: ssh deploy@web.example.com", "run: rsync a web.example.com:/srv #")),
        "an action": changed((CONCURRENCY, ""), (SSH, PINNED)),
        "a cluster": changed((CONCURRENCY, ""), (SSH, "        run: kubectl set image deployment/app app=$IMAGE\n")),
        "a chart": changed((CONCURRENCY, ""), (SSH, "        run: helm upgrade --install app ./chart\n")),
        "a session": changed((CONCURRENCY, ""), (SSH, "        run: nox -s rollout -- production\n")),
    },
    "workflow-cancelled-deployment": {
        "in the job": changed(("cancel-in-progress: false", "cancel-in-progress: true")),
        "in one line": changed((CONCURRENCY, "    concurrency: { group: production, cancel-in-progress: true }\n")),
        "of the workflow": changed(
            (CONCURRENCY, ""), ("permissions: {}", "concurrency:\n  group: a\n  cancel-in-progress: true")
        ),
        "of both": changed(("permissions: {}", "concurrency:\n  group: a\n  cancel-in-progress: true # faster")),
        "quoted": changed(("cancel-in-progress: false", "'cancel-in-progress': true")),
    },
    "workflow-no-environment": {
        "ssh": changed(("    environment: production\n", "")),
        "empty": changed(("    environment: production\n", "    environment:\n")),
        "a comment": changed(("    environment: production\n", "    # environment: production\n")),
        "a variable": changed(("    environment: production\n", "    env:\n      environment: production\n")),
        "a session": changed(
            ("    environment: production\n", ""), (SSH, "        run: envfence rollback --to $VERSION\n")
        ),
    },
    "workflow-no-manual-run": {
        "push": changed((BY_HAND, "")),
        "in one word": changed((PUSH + BY_HAND, ""), ("on:\n", "on: push\n")),
        "in a list": changed((PUSH + BY_HAND, ""), ("on:\n", "on: [push, pull_request]\n")),
        "on a schedule too": changed((BY_HAND, "  schedule:\n    - cron: 0 3 * * *\n")),
        "quoted": changed((BY_HAND, ""), ("on:\n", "'on':\n")),
    },
    "workflow-any-push-deploys": {
        "a branch": changed(("    paths-ignore: [docs/**]\n", "")),
        "any branch": changed((PUSH, "  push:\n")),
        "in one word": changed((PUSH + BY_HAND, ""), ("on:\n", "on: push\n")),
        "in a list": changed((PUSH + BY_HAND, ""), ("on:\n", "on: [push, workflow_dispatch]\n")),
        "branches and tags": changed(("    paths-ignore: [docs/**]\n", "    tags: [v*]\n")),
    },
    "workflow-no-timeout": {
        "ssh": changed(("    timeout-minutes: 20\n", "")),
        "of another job": changed(
            ("    timeout-minutes: 20\n", ""), ("  test:\n", "  test:\n    timeout-minutes: 5\n")
        ),
        "of one step": changed(("    timeout-minutes: 20\n", ""), (SSH, f"{SSH}        timeout-minutes: 5\n")),
        "a comment": changed(("    timeout-minutes: 20\n", "    # timeout-minutes: 20\n")),
        "a cluster": changed(("    timeout-minutes: 20\n", ""), (SSH, "        run: kubectl apply -f k8s/\n")),
    },
    "workflow-unchecked-script": {
        "a here-document": over_ssh("cd /opt/app", "docker compose up --detach"),
        "before what follows": over_ssh("cd /opt/app", "./deploy.sh", call="ssh web.example.com <<EOF || exit 1"),
        "with tabs": over_ssh("cd /opt/app", "./deploy.sh", call="ssh deploy@web.example.com <<-EOF"),
        "an argument": runs("ssh deploy@web.example.com 'cd /opt/app; docker compose up --detach'"),
        "an argument of lines": runs('ssh deploy@web.example.com "', "cd /opt/app", "./deploy.sh", '"'),
        "an action": changed((SSH, f"{PINNED}          script: |\n            cd /opt/app\n            ./deploy.sh\n")),
        "only variables are checked": over_ssh("set -u", "cd /opt/app", "./deploy.sh"),
        "another shell": over_ssh("cd /opt/app", "./deploy.sh", call="ssh deploy@web.example.com bash -s <<EOF"),
    },
    "workflow-git-on-server": {
        "pull": over_ssh(SET, "cd /opt/app", "git pull origin main"),
        "fetch and reset": over_ssh(SET, "cd /opt/app && git fetch && git reset --hard origin/main"),
        "in a folder": runs("ssh deploy@web.example.com git -C /opt/app pull"),
        "as root": over_ssh(SET, "sudo git clone https://github.com/example/app /opt/app"),
        "an action": changed((SSH, f"{PINNED}          script: cd /opt/app && git pull\n")),
    },
    "workflow-copy-onto-itself": {
        "all files": over_ssh(SET, "cd /opt/app", "cp -r airflow/dags/* /opt/app/airflow/dags/"),
        "the folder": over_ssh(SET, "cd /opt/app", "cp -a airflow/dags /opt/app/airflow/"),
        "a dot": over_ssh(SET, "cp -R /opt/app/dags/. /opt/app/dags"),
        "rsync": over_ssh(SET, "cd /opt/app && rsync -a --delete dags/ ./dags"),
        "one file": over_ssh(SET, "cd /opt/app", "sudo cp dags/daily.py /opt/app/dags/"),
        "on the runner": runs("cd build", "cp -r out/* ./out/"),
    },
    "workflow-chown-checkout": {
        "a folder": over_ssh(SET, "cd /opt/app", "git pull", "sudo chown -R 50000:0 /opt/app/airflow/dags"),
        "relative": over_ssh(SET, "cd /opt/app && git pull", "chown -R 50000 dags"),
        "all of it": over_ssh(SET, "cd /opt/app", "git fetch", "chown --recursive app:app ."),
        "more options": over_ssh(SET, "cd /opt/app", "git pull", "chown -vR app: /opt/app/"),
        "an action": changed(
            (SSH, f"{PINNED}          script: |\n            cd /opt/app && git pull && chown -R app dags\n")
        ),
    },
    "workflow-restart-as-deployment": {
        "docker": runs("ssh deploy@web.example.com docker restart scheduler"),
        "compose": over_ssh(SET, "cd /opt/app", "docker compose restart worker"),
        "compose 1": over_ssh(SET, "cd /opt/app", "docker-compose -f docker-compose.yml restart"),
        "with a pause": over_ssh(SET, "sudo docker restart --time 30 worker beat"),
        "after a pull": over_ssh(SET, "docker pull example/app:1.4.2", "docker container restart app"),
    },
    "workflow-no-rollback": {
        "two hosts": runs("ssh deploy@web.example.com ./deploy", "ssh deploy@jobs.example.com ./deploy"),
        "two steps": then("- run: ssh deploy@jobs.example.com ./deploy"),
        "two documents": runs("ssh web <<E", "./deploy", "E", "ssh jobs <<E", "./deploy", "E"),
        "variables": runs('ssh "deploy@$WEB" ./deploy', 'ssh "deploy@$JOBS" ./deploy'),
        "an action": then("- uses: fifsky/ssh-action@v1", "  with:", "    host: jobs", "    command: ./deploy"),
    },
    "workflow-exposed-private-key": {
        "shown": runs("cat ~/.ssh/id_ed25519"),
        "shown on the server": runs("ssh deploy@web.example.com cat .ssh/github_actions"),
        "made on the server": over_ssh(SET, "ssh-keygen -t ed25519 -N '' -f ~/.ssh/github_actions"),
        "of root": runs("sudo cat /root/.ssh/id_rsa"),
        "between others": runs("cat deploy/known_hosts $HOME/.ssh/deploy_key"),
    },
    "workflow-weak-health-check": {
        "after a pause": checks("sleep 10", f"curl --fail --max-time 5 {URL} || exit 1"),
        "any answer": checks(f"curl --silent {URL}"),
        "on the server": over_ssh(SET, "./deploy", "sleep 30", f"curl -f http://{'localhost'}:8000/health"),
        "no end": no_deadline(f"curl -fsS {URL}"),
        "by the step's name": checks("sleep 5", "curl -fsS https://api.example.com"),
        "a job behind it": SOUND
        + f"  verify:\n    needs: deploy\n    runs-on: ubuntu-24.04\n    steps:\n      - run: sleep 9; curl -f {URL}\n",
    },
    "workflow-success-always": {
        "an action": slack("Production deployment completed"),
        "another word": slack("'Deployed ${{ github.sha }}'"),
        "in Korean": slack("배포 완료"),
        "not cancelled": slack("Deployment finished", "${{ !cancelled() }}"),
        "curl": message("always()", 'run: curl -m 5 -d \'{"text": "deployed"}\' "$SLACK_WEBHOOK"'),
        "in the environment": message(
            "always()", "uses: rtCamp/action-slack-notify@v2", "env:", "  SLACK_MESSAGE: Deploy succeeded"
        ),
    },
    "workflow-failing-notification": {
        "an action": then("- uses: 8398a7/action-slack@v3", "  with:", "    status: ${{ job.status }}"),
        "another": then("- uses: slackapi/slack-github-action@v2"),
        "curl": then('- run: curl --fail --max-time 5 -d "$TEXT" "$SLACK_WEBHOOK_URL"'),
        "Discord": then("- if: failure()", "  uses: sarisia/actions-status-discord@v1"),
        "in the same script": then("- run: |", "    TEXT=done", '    curl -d "$TEXT" https://hooks.slack.com/$HOOK'),
    },
    "workflow-shared-env-file": {
        "copied twice": runs(
            "scp .env.production web.example.com:/srv/.env", "scp .env.production db.example.com:/srv"
        ),
        "among others": runs("scp compose.yml .env a.example.com:/srv", "rsync -a .env b.example.com:/srv/"),
        "in a loop": runs("for host in a b; do", '  scp deploy/.env.production "$host:/srv/.env"', "done"),
        "with options": runs("scp -i key -P 22 .env.prod a.example.com:", "scp -q .env.prod deploy@b.example.com:"),
        "by a secret": runs(
            "ssh a.example.com \"echo '${{ secrets.ENV_FILE }}' > .env\"",
            "ssh b.example.com \"echo '${{ secrets.ENV_FILE }}' > .env\"",
        ),
    },
    "workflow-unpinned-action": {
        "a tag": changed((PIN, "@v7.0.1")),
        "a major version": changed((PIN, "@v7")),
        "a branch": then("- uses: example/notify@main"),
        "a short commit": changed((PIN, "@3d3c42e")),
        "in a folder": then("- uses: example/actions/notify@v1"),
        "of another job": changed(("      - run: pytest\n", "      - uses: docker/login-action@v3\n")),
        "a workflow of others": SOUND + "  told:\n    uses: example/shared/.github/workflows/tell.yml@v2\n",
        "pinned in the comment only": then(f"- uses: example/notify@v1 # {PIN[1:41]}"),
    },
    "workflow-broad-token": {
        "nothing is said": changed(("permissions: {}\n", "")),
        "of one job": changed(("permissions: {}\n", ""), ("  test:\n", "  test:\n    permissions: {}\n")),
        "everything": changed(("permissions: {}", "permissions: write-all")),
        "everything in a job": changed(("    needs: test\n", "    needs: test\n    permissions: write-all\n")),
        "a comment": changed(("permissions: {}\n", "# permissions: {}\n")),
        "to write, for every job": changed(("permissions: {}", "permissions:\n  contents: read\n  packages: write")),
    },
    "workflow-persisted-credentials": {
        "by default": changed((CREDENTIALS, "")),
        "said to nobody": changed(("persist-credentials: false", "persist-credentials:")),
        "another option": changed(("persist-credentials: false", "fetch-depth: 0")),
        "of another job": changed(("      - run: pytest\n", f"      - uses: actions/checkout{PIN}\n")),
        "commented out": changed(("persist-credentials: false", "ref: main # persist-credentials: false")),
    },
}

SILENT = {
    "workflow-unreachable-host": {
        "a public host": SOUND,
        "on a runner inside": changed(
            (HOSTED, HOSTED.replace("ubuntu-24.04", "[self-hosted, linux]")), ("web.example.com", "192.168.7.20")
        ),
        "a VPN": changed(
            (KNOWN, f"{KNOWN}      - uses: tailscale/github-action@v3\n"), ("web.example.com", "10.0.0.7")
        ),
        "a bastion": runs("ssh -J jump@bastion.example.com deploy@10.0.0.7 uptime"),
        "on the server": over_ssh(SET, f"curl --fail --max-time 5 http://{'10.0.0'}.7:8080/version"),
        "not connected to": runs("echo 192.168.7.20 is the database", "ssh deploy@web.example.com uptime"),
        "a version": changed(("web.example.com", "10.2.3.example.com")),
    },
    "workflow-literal-host": {
        "of a document": SOUND,
        "a variable": runs('ssh "$DEPLOY_USER@$DEPLOY_HOST" ./deploy'),
        "an expression": runs("ssh deploy@${{ vars.DEPLOY_HOST }} ./deploy"),
        "a name of ssh's configuration": runs("ssh production ./deploy"),
        "of git": runs("ssh -T git@github.com", "ssh web ./deploy"),
        "only looked at": changed(
            ("  deploy:\n", "  stats:\n"), (SSH, "        run: ssh ops@prod.stocks.io 'df -h; docker ps'\n")
        ),
    },
    "workflow-unpinned-host-keys": {
        "a file": SOUND,
        "a secret": changed((KNOWN, '      - run: echo "$KNOWN_HOSTS" > ~/.ssh/known_hosts\n')),
        "an option": changed((KNOWN, ""), ("ssh deploy", "ssh -o UserKnownHostsFile=deploy/hosts deploy")),
        "an action that takes them": changed(
            (
                KNOWN,
                "      - uses: shimataro/ssh-key-action@v2\n        with:\n          known_hosts: ${{ vars.HOSTS }}\n",
            )
        ),
        "a fingerprint": changed((SSH, PINNED)),
        "on a runner of one's own": changed((KNOWN, ""), (HOSTED, HOSTED.replace("ubuntu-24.04", "self-hosted"))),
        "a machine of the test": runs("ssh -o StrictHostKeyChecking=no -p 2222 root@localhost uname"),
        "a comment": runs("# never StrictHostKeyChecking=no", "ssh deploy@web.example.com uptime"),
    },
    "workflow-no-concurrency": {
        "of the job": SOUND,
        "in one word": changed((CONCURRENCY, "    concurrency: production\n")),
        "of the workflow": changed((CONCURRENCY, ""), ("permissions: {}", "concurrency: production")),
        "called by another": changed((CONCURRENCY, ""), (PUSH + BY_HAND, "  workflow_call:\n")),
        "no deployment": changed((CONCURRENCY, ""), (SSH, "        run: echo ssh deploy@web.example.com\n")),
        "only looked at": changed(
            (CONCURRENCY, ""),
            ("  deploy:\n", "  stats:\n"),
            (SSH, "        run: ssh web.example.com 'df -h; docker ps'\n"),
        ),
        "a push over ssh": changed((CONCURRENCY, ""), (SSH, "        run: ssh -T git@github.com\n")),
        "a cluster of the test": changed(
            (CONCURRENCY, ""), (SSH, "        run: kind create cluster && kubectl apply -f k8s/\n")
        ),
    },
    "workflow-cancelled-deployment": {
        "waits": SOUND,
        "by default": changed((CONCURRENCY, "    concurrency: production\n")),
        "for pull requests": changed(("gress: false", "gress: ${{ github.event_name == 'pull_request' }}")),
        "of another job": changed(("  test:\n", "  test:\n    concurrency: {group: test, cancel-in-progress: true}\n")),
        "no deployment": changed(
            ("cancel-in-progress: false", "cancel-in-progress: true"), (SSH, "        run: make docs\n")
        ),
    },
    "workflow-no-environment": {
        "a name": SOUND,
        "with its address": changed(
            ("environment: production", "environment:\n      name: production\n      url: https://example.com")
        ),
        "by input": changed(("environment: production", "environment: ${{ inputs.environment }}")),
        "no deployment": changed(("    environment: production\n", ""), (SSH, "        run: make docs\n")),
        "only told": changed(
            ("    environment: production\n", ""), (SSH, "        run: kubectl apply --dry-run=server -f k8s\n")
        ),
    },
    "workflow-no-manual-run": {
        "by hand": SOUND,
        "in a list": changed((PUSH + BY_HAND, ""), ("on:\n", "on: [push, workflow_dispatch]\n")),
        "a release": changed((BY_HAND, "  release:\n    types: [published]\n")),
        "a tag": changed((BY_HAND, ""), ("    branches: [main]\n    paths-ignore: [docs/**]\n", "    tags: ['v*']\n")),
        "called": changed((BY_HAND, "  workflow_call:\n")),
        "no deployment": changed((BY_HAND, ""), (SSH, "        run: make docs\n")),
    },
    "workflow-any-push-deploys": {
        "what to leave out": SOUND,
        "what to take": changed(("paths-ignore: [docs/**]", "paths:\n      - backend/**")),
        "a filter": changed(
            ("    paths-ignore: [docs/**]\n", ""), ("      - run: pytest\n", "      - uses: dorny/paths-filter@v3\n")
        ),
        "a plan": changed(("    paths-ignore: [docs/**]\n", ""), (SSH, "        run: nox -s rollout -- production\n")),
        "a tag": changed(("    branches: [main]\n    paths-ignore: [docs/**]\n", "    tags: ['v*']\n")),
        "by hand only": changed((PUSH, "")),
    },
    "workflow-no-timeout": {
        "of the job": SOUND,
        "of every step": SOUND.replace("    timeout-minutes: 20\n", "")
        .replace(f"{CREDENTIALS}", f"{CREDENTIALS}        timeout-minutes: 1\n")
        .replace("~/.ssh/known_hosts\n", "~/.ssh/known_hosts\n        timeout-minutes: 1\n")
        .replace(SSH, f"{SSH}        timeout-minutes: 1\n"),
        "by input": changed(("timeout-minutes: 20", "timeout-minutes: ${{ inputs.minutes }}")),
        "no deployment": changed(("    timeout-minutes: 20\n", ""), (SSH, "        run: make docs\n")),
        "of git": changed(("    timeout-minutes: 20\n", ""), (SSH, "        run: ssh git@github.com\n")),
    },
    "workflow-unchecked-script": {
        "checked": over_ssh(SET, "cd /opt/app", "./deploy.sh"),
        "in words": over_ssh("set -o errexit", "cd /opt/app", "./deploy.sh"),
        "by the shell": over_ssh(
            "cd /opt/app", "./deploy.sh", call="ssh deploy@web.example.com bash -euo pipefail -s <<E"
        ).replace("EOF\n", "E\n"),
        "by the shell, quoted": runs(
            "ssh deploy@web.example.com 'bash -e -s' <<'X'", "cd /opt/app", "./deploy.sh", "X"
        ),
        "one command": over_ssh("docker compose up --detach --wait"),
        "chained": over_ssh("cd /opt/app && \\", "  docker compose up --detach --wait"),
        "each handled": over_ssh("cd /opt/app || exit 1", "./deploy.sh"),
        "an action that stops": changed(
            (
                SSH,
                f"{PINNED}          script_stop: true\n          script: |\n            ./load\n            ./start\n",
            )
        ),
        "on the runner": runs("cat > notes <<EOF", "cd /opt/app", "./deploy.sh", "EOF"),
        "of another command": runs("ssh web ./a", "cat > notes <<EOF", "cd /opt/app", "./deploy.sh", "EOF"),
        "meant": over_ssh("docker compose logout || true", "./deploy.sh"),
        "told only": over_ssh('echo "deploying"', "./deploy.sh"),
    },
    "workflow-git-on-server": {
        "on the runner": changed(("      - name: Deploy\n", "      - run: git pull\n      - name: Deploy\n")),
        "an image": over_ssh(SET, "docker pull example/app@$DIGEST"),
        "the tested commit": over_ssh(SET, "cd /opt/app && git fetch", 'git checkout "$VERSION"'),
        "its revision": over_ssh(SET, "cd /opt/app", "git rev-parse HEAD"),
        "told": over_ssh(SET, "echo git pull is not needed"),
        "another program": over_ssh(SET, "aws s3 cp s3://example/git pull"),
    },
    "workflow-copy-onto-itself": {
        "another folder": over_ssh(SET, "cd /opt/app", "cp -r airflow/dags/* /srv/airflow/dags/"),
        "a backup": over_ssh(SET, "cp -a /opt/app/dags /opt/app/dags.bak"),
        "a level deeper": over_ssh(SET, "cp -r /opt/app/dags/* /opt/app/airflow/dags/"),
        "to a server": runs("rsync -a dags/ deploy@web.example.com:dags/"),
        "from another folder": over_ssh(SET, "cd /tmp/release", "cp -r dags/* /opt/app/dags/"),
        "one file renamed": over_ssh(SET, "cd /opt/app", "cp settings.py.new /opt/app/settings.py"),
    },
    "workflow-chown-checkout": {
        "a volume": over_ssh(SET, "cd /opt/app", "git pull", "chown -R 50000:0 /var/lib/airflow"),
        "no checkout": over_ssh(SET, "cd /opt/app", "chown -R 50000:0 dags"),
        "one file": over_ssh(SET, "cd /opt/app", "git pull", "chown app run.sock"),
        "a name alike": over_ssh(SET, "cd /opt/app", "git pull", "chown -R app /opt/app-data"),
        "on the runner": runs("git pull", "sudo chown -R $USER dist"),
    },
    "workflow-restart-as-deployment": {
        "recreated": over_ssh(SET, "cd /opt/app", "docker compose up --detach --wait worker"),
        "both": over_ssh(SET, "docker compose up --detach --wait", "docker compose restart worker"),
        "a proxy": runs("ssh deploy@web.example.com docker compose restart nginx"),
        "a policy": over_ssh(SET, "docker update --restart unless-stopped app"),
        "a unit": runs("ssh deploy@web.example.com sudo systemctl restart app"),
        "on the runner": runs("docker restart registry"),
    },
    "workflow-no-rollback": {
        "one host": runs("ssh deploy@web.example.com ./load", "ssh deploy@web.example.com ./start"),
        "a step that puts back": then(
            "- run: ssh deploy@jobs.example.com ./deploy", "- if: failure()", "  run: ./undo"
        ),
        "a script that does": runs("ssh web ./deploy", "ssh jobs ./deploy || ssh web ./rollback"),
        "copied to another": runs("scp app.tar deploy@jobs.example.com:", "ssh deploy@web.example.com ./deploy"),
        "a session": changed((SSH, "        run: nox -s rollout -- production\n")),
    },
    "workflow-exposed-private-key": {
        "the public half": runs("cat ~/.ssh/id_ed25519.pub"),
        "known hosts": runs("cat ~/.ssh/known_hosts"),
        "written": runs('cat > ~/.ssh/id_ed25519 <<< "$KEY"'),
        "a pair of the test": runs("ssh-keygen -t ed25519 -N '' -f key"),
        "added": over_ssh(SET, "cat github_actions.pub >> ~/.ssh/authorized_keys"),
        "handed on": runs("cat ~/.ssh/id_ed25519 | ssh-add -"),
    },
    "workflow-weak-health-check": {
        "until it answers": checks(f"curl --fail --max-time 5 --retry 20 --retry-all-errors {URL}"),
        "a loop": checks(f"for _ in $(seq 30); do curl -fsS -m 5 {URL} && exit 0; sleep 5; done; exit 1"),
        "until": checks(f"timeout 60 bash -c 'until curl -fs {URL}; do sleep 2; done'"),
        "looked at": checks(f'test "$(curl -s -m 5 {URL} | jq -r .version)" = "$VERSION"'),
        "at once": checks(f"curl --fail --silent {URL}"),
        "something fetched": checks("sleep 1", "curl -sSLO https://example.com/status.tar.gz"),
        "no deployment": changed(("      - run: pytest\n", f"      - run: sleep 3; curl -s {URL}\n")),
    },
    "workflow-success-always": {
        "from the result": slack("'Deployment ${{ job.status }}: completed'"),
        "only then": slack("Production deployment completed", "success()"),
        "after a failure": slack("Deployment has not completed", "failure()"),
        "in the script": message("always()", 'run: curl -d "completed: $STATUS" "$SLACK_WEBHOOK"'),
        "no message": then("- if: always()", "  run: echo completed"),
        "of a result": message(
            "always() && steps.deploy.outcome == 'success'", "uses: a/slack@v1", "with: {text: done}"
        ),
    },
    "workflow-failing-notification": {
        "may fail": slack("'${{ job.status }}'"),
        "may fail in the script": then('- run: curl -d "$TEXT" "$SLACK_WEBHOOK_URL" || true'),
        "a job of its own": SOUND
        + "  notify:\n    needs: deploy\n    if: always()\n    runs-on: ubuntu-24.04\n    steps:\n"
        + "      - uses: 8398a7/action-slack@v3\n",
        "of the tests": changed(("      - run: pytest\n", "      - uses: 8398a7/action-slack@v3\n")),
        "no message": then("- run: curl --fail --max-time 5 https://example.com/version"),
    },
    "workflow-shared-env-file": {
        "to one server": runs("scp .env.production web.example.com:/srv/.env"),
        "to one server twice": runs("scp .env web.example.com:/srv/a", "scp .env web.example.com:/srv/b"),
        "each its own": runs("scp .env.web web.example.com:/srv/.env", "scp .env.db db.example.com:/srv/.env"),
        "the contract": runs("scp .env.example a.example.com:/srv", "scp .env.example b.example.com:/srv"),
        "another file": runs("scp compose.yml a.example.com:/srv", "scp compose.yml b.example.com:/srv"),
        "brought here": runs("scp a.example.com:/srv/.env old", "scp b.example.com:/srv/.env older"),
        "secrets of their own": runs(
            "ssh a.example.com \"echo '${{ secrets.WEB_ENV_FILE }}' > .env\"",
            "ssh b.example.com \"echo '${{ secrets.DB_ENV_FILE }}' > .env\"",
        ),
        "one command": runs("ssh a.example.com cat .env", "ssh b.example.com cat .env"),
        "left out": runs("rsync --exclude .env . a.example.com:/srv", "rsync --exclude .env . b.example.com:/srv"),
    },
    "workflow-unpinned-action": {
        "a commit": SOUND,
        "without a version": changed((PIN, PIN.partition(" ")[0])),
        "of this repository": then("- uses: ./.github/actions/notify"),
        "a workflow of this repository": SOUND + "  told:\n    uses: ./.github/workflows/tell.yml\n",
        "an image": then(f"- uses: docker://alpine@sha256:{'0' * 64}"),
        "no deployment": changed((PIN, "@v7"), (SSH, "        run: make docs\n")),
    },
    "workflow-broad-token": {
        "nothing at the top": SOUND,
        "what it needs": changed(("permissions: {}", "permissions:\n  contents: read")),
        "in one line": changed(("permissions: {}", "permissions: { contents: read }")),
        "to write, in the only job": changed(
            ("permissions: {}", "permissions:\n  packages: write"),
            (SOUND[SOUND.index("  test:") : SOUND.index("  deploy:")], ""),
            ("    needs: test\n", ""),
        ),
        "of each job": changed(
            ("permissions: {}\n", ""),
            ("  test:\n", "  test:\n    permissions: {}\n"),
            ("    needs: test\n", "    needs: test\n    permissions:\n      contents: read\n"),
        ),
        "no deployment": changed(("permissions: {}\n", ""), (SSH, "        run: make docs\n")),
        "called by another": changed(("permissions: {}\n", ""), (PUSH + BY_HAND, "  workflow_call:\n")),
    },
    "workflow-persisted-credentials": {
        "not left": SOUND,
        "in one line": changed((CREDENTIALS, "        with: { persist-credentials: false }\n")),
        "quoted": changed(("persist-credentials: false", "persist-credentials: 'false'")),
        "meant": changed(("persist-credentials: false", "persist-credentials: true")),
        "pushed with": changed((CREDENTIALS, ""), (SSH, f"{SSH}      - run: git push origin HEAD:releases\n")),
        "pushed with by an action": changed((CREDENTIALS, "")) + f"      - uses: peaceiris/actions-gh-pages{PIN}\n",
        "no deployment": changed((CREDENTIALS, ""), (SSH, "        run: make docs\n")),
    },
}


def rules_of(text):
    return {finding.rule for finding in findings(PATH, text)}


def cases(table):
    return [
        pytest.param(rule, text, id=f"{rule}: {name}") for rule, texts in table.items() for name, text in texts.items()
    ]


def test_the_workflow_that_all_others_are_made_of_is_sound():
    assert findings(PATH, SOUND) == []


@pytest.mark.parametrize(("rule", "text"), cases(CAUGHT))
def test_it_is_caught(rule, text):
    assert rule in rules_of(text)
    assert is_candidate(text.encode())


@pytest.mark.parametrize(("rule", "text"), cases(SILENT))
def test_it_is_let_pass(rule, text):
    assert rule not in rules_of(text)


# Others ask more than one workflow: test_folders.py, test_by_hand.py and test_left_out.py.
WITH_FILES_OF_THEIR_OWN = {
    "workflow-missing-folder",
    "shell-only-step",
    "script-with-crlf",
    "workflow-merged-by-hand",
    "workflow-env-file-by-hand",
    "workflow-unserved-branch",
    "workflow-tests-without-settings",
}


@pytest.mark.parametrize("table", (CAUGHT, SILENT))
def test_every_rule_has_five_of_each(table):
    from envfence.workflow.rules import RULES

    assert table.keys() == {rule.id for rule in RULES} - WITH_FILES_OF_THEIR_OWN
    assert all(len(texts) >= 5 for texts in table.values())


REFERENCE = ".github/workflows/deploy-production.yml"
# Fault -> what is found in the workflow of the reference design: rule, line.
OF_REFERENCE = {
    "CI01": {("workflow-unreachable-host", 42), ("workflow-unreachable-host", 50), ("workflow-unreachable-host", 64)},
    "CI02": {("workflow-unpinned-host-keys", 42)},
    "CI03": {
        ("workflow-unpinned-action", 12),
        ("workflow-unpinned-action", 15),
        ("workflow-unpinned-action", 36),
        ("workflow-unpinned-action", 68),
    },
    "CI04": {("workflow-broad-token", 9), ("workflow-persisted-credentials", 12)},
    "CI05": {("workflow-no-concurrency", 29)},
    "CI06": {("workflow-no-environment", 29)},
    "CI07": {("workflow-no-manual-run", 3)},
    "CI09": {("workflow-no-timeout", 29)},
    "CI10": {("workflow-unchecked-script", 42), ("workflow-unchecked-script", 50)},
    "CI11": {("workflow-git-on-server", 44), ("workflow-git-on-server", 52)},
    "CI12": {("workflow-copy-onto-itself", 55)},
    "CI13": {("workflow-chown-checkout", 56)},
    "CI14": {("workflow-restart-as-deployment", 58)},
    "CI15": {("workflow-no-rollback", 50)},
    "CI18": {("workflow-literal-host", 42), ("workflow-literal-host", 50)},
    "CI19": {("workflow-weak-health-check", 64)},
    "CI20": {("workflow-success-always", 71), ("workflow-failing-notification", 68)},
    "CI22": {("workflow-any-push-deploys", 4)},
}


@pytest.fixture(scope="module")
def of_reference():
    """Return {(rule, line)} of all that is found in the workflow of the reference design."""
    (text,) = [text for path, _, text in blocks_of("tests/stack/reference.txt") if path == REFERENCE]
    return {(one.rule, one.line) for one in findings(REFERENCE, text)}


@pytest.mark.parametrize("fault", OF_REFERENCE)
def test_fault_is_found(fault, of_reference):
    assert OF_REFERENCE[fault] <= of_reference


def test_nothing_else_is_found_in_the_reference(of_reference):
    assert of_reference == set().union(*OF_REFERENCE.values())


# What zizmor calls what is found here too.
OF_ZIZMOR = {
    "workflow-unpinned-action": "unpinned-uses",
    "workflow-broad-token": "excessive-permissions",
    "workflow-persisted-credentials": "artipacked",
}
# It asks this of workflows that do not deploy too, and of jobs that push with the token.
MORE_OF_ZIZMOR = ("no deployment", "pushed with", "pushed with by an action")


def test_zizmor_finds_the_same(tmp_path, script):
    texts = {
        (rule, name): text
        for table in (CAUGHT, SILENT)
        for rule in OF_ZIZMOR
        for name, text in table[rule].items()
        if table is CAUGHT or name not in MORE_OF_ZIZMOR
    }
    for number, text in enumerate(texts.values()):
        file = tmp_path / f"{number}/.github/workflows/deploy.yml"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    command = (script("zizmor"), "--offline", "--no-progress", "--no-exit-codes", "--format=json", ".")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    theirs = {number: set() for number in range(len(texts))}
    for one in json.loads(done.stdout):
        path = one["locations"][0]["symbolic"]["key"]["Local"]["verbatim_path"]
        theirs[int(Path(path).parts[-4])].add(one["ident"])
    for (case, audits), text in zip(zip(texts, theirs.values(), strict=True), texts.values(), strict=True):
        assert {OF_ZIZMOR[rule] for rule in rules_of(text) & OF_ZIZMOR.keys()} == audits & {*OF_ZIZMOR.values()}, case


def test_who_is_trusted_is_said_once():
    steps = "".join(
        f"      - uses: {name}@v9\n" for name in ("actions/cache", "a/b", "a/b", "actions/setup-node", "c/d")
    )
    found = [one for one in findings(PATH, SOUND + steps) if one.rule == "workflow-unpinned-action"]
    assert [one.anchor for one in found] == ["actions", "a/b", "c/d"]
    twice = changed((CREDENTIALS, ""), ("      - run: pytest\n", f"      - uses: actions/checkout{PIN}\n"))
    (one,) = [one for one in findings(PATH, twice) if one.rule == "workflow-persisted-credentials"]
    assert one.message.endswith("(in 2 steps)")


@pytest.mark.parametrize(
    ("uses", "expected"),
    (
        ("8398a7/action-slack@v3", "its repository is archived)"),
        ("actions/checkout@v3", "that version is for Node 16 or older, which has ended)"),
        ("actions/setup-python@v4.8.0", "that version is for Node 16 or older, which has ended)"),
        ("actions/setup-python@v5", ""),
        ("actions/checkout@main", ""),
        ("actions/labeler@v1", ""),
    ),
)
def test_an_action_that_nobody_mends_is_said(uses, expected):
    found = findings(PATH, then(f"- uses: {uses}", "  continue-on-error: true", "  with: {persist-credentials: false}"))
    assert [one.message.partition(" (")[2] for one in found] == [expected]


# The reference makes the key on a server by hand: the same commands, sent there by a workflow.
BY_HAND_THERE = (
    "ssh-keygen -t ed25519 -C github-actions -f ~/.ssh/github_actions",
    "cat ~/.ssh/github_actions.pub >> ~/.ssh/authorized_keys",
    "cat ~/.ssh/github_actions",
)


def test_a_key_made_and_shown_on_a_server_is_found():
    found = findings(PATH, over_ssh(SET, *BY_HAND_THERE))
    assert [one.rule for one in found] == ["workflow-exposed-private-key"] * 2


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        pytest.param(".github/workflows/ci.yml", True, id="at the top"),
        pytest.param("there/.github/workflows/ci.yaml", True, id="of a repository below"),
        pytest.param(".github/dependabot.yml", False, id="not run"),
        pytest.param("docs/workflows/ci.yml", False, id="another folder"),
        pytest.param(".github/workflows/README.md", False, id="no YAML"),
    ),
)
def test_workflows(path, expected):
    assert is_workflow(path) is expected


@pytest.mark.source
def test_own_workflows_have_none(root):
    for path in (root / ".github/workflows").iterdir():
        assert findings(path.name, path.read_text(encoding="utf-8")) == []


def test_a_group_of_the_workflow_is_found_once():
    jobs = "".join(f"  {name}:\n    runs-on: x\n    steps:\n      - run: ssh {name} ./deploy\n" for name in ("a", "b"))
    text = f"on: push\nconcurrency: {{group: a, cancel-in-progress: true}}\njobs:\n{jobs}"
    found = [one for one in findings(PATH, text) if one.rule == "workflow-cancelled-deployment"]
    assert [(one.line, one.anchor) for one in found] == [(2, "concurrency")]


def taken(text):
    keys = ("DB_PASSWORD", "JWT_SECRET_KEY")
    return [(one.rule, one.line, one.severity) for one in secrets.findings(PATH, text, keys.__contains__)]


TEST_JOB = "jobs:\n  test:\n    runs-on: ubuntu-24.04\n{}    steps:\n      - run: pytest\n        env: {{P: '{}'}}\n"


@pytest.mark.parametrize(
    ("more", "value", "expected"),
    (
        pytest.param("", "${{ secrets.DB_PASSWORD }}", [2], id="taken"),
        pytest.param("", "${{ secrets[''JWT_SECRET_KEY''] }}", [2], id="taken by its name"),
        pytest.param("    environment: testing\n", "${{ secrets.DB_PASSWORD }}", [], id="of an environment"),
        pytest.param("", "${{ secrets.CODECOV_TOKEN }}", [], id="no environment's"),
        pytest.param("", "${{ vars.DB_PASSWORD }}", [], id="no secret"),
    ),
)
def test_secrets_of_the_contract_belong_to_an_environment(more, value, expected):
    text = TEST_JOB.format(more, value)
    assert taken(text) == [("workflow-no-environment", line, "warning") for line in expected]
    above = f"env:\n  P: {value}\n{TEST_JOB.format(more, 1)}"
    assert taken(above.replace("''", "'")) == [("workflow-no-environment", 4, "warning") for _ in expected]


def test_a_deployment_without_an_environment_is_an_error_and_a_call_has_none():
    text = changed(("    environment: production\n", "    env: {P: '${{ secrets.DB_PASSWORD }}'}\n"))
    assert [severity for _, _, severity in taken(text)] == ["error"]
    assert taken("jobs:\n  a:\n    uses: ./b.yml\n    secrets: {P: '${{ secrets.DB_PASSWORD }}'}\n") == []


@pytest.mark.parametrize(("secret", "expected"), (("SSH_PRIVATE_KEY", ["error"]), ("GITHUB_TOKEN", [])))
def test_whatever_secret_a_deployment_takes_belongs_to_its_environment(secret, expected):
    step = "      - run: ssh web 'docker compose up -d'\n        env: {K: '${{ secrets.X }}'}\n".replace("X", secret)
    text = f"jobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n{step}"
    assert [severity for _, _, severity in taken(text)] == expected
    assert taken(text.replace("docker compose up -d", "uptime").replace("deploy:", "look:")) == []


@pytest.mark.parametrize(
    "run", ("nox -s rollout", "pipx run nox -s rollout", "uvx nox -s rollback", "python -m nox -s rollout")
)
def test_a_rollout_is_a_deployment_whatever_runs_it(run):
    text = changed(("    environment: production\n", ""), (SSH, f"        run: {run} -- production\n"))
    assert [one.rule for one in findings(PATH, text)] == ["workflow-no-environment"]
