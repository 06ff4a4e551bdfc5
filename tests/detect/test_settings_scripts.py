"""Commands that rewrite code by search and replace, and those that rewrite something else."""

import pytest

from envfence.detect.settings.scripts import script_findings

BLIND = (
    pytest.param("sed -i 's/db:5432/${settings.DB_HOST}:${settings.DB_PORT}/g' app/*.py\n", 1, id="sed"),
    pytest.param("#!/bin/sh\nfind . -name '*.py' -exec sed -i \"s|db|settings.DB_HOST|\" {} +\n", 2, id="find"),
    pytest.param("grep -rl db --include=*.py . | xargs sed -i.bak -e 's#db#config.host#'\n", 1, id="grep"),
    pytest.param("sed --in-place 's/db/os.getenv(\"DB_HOST\")/' run.py\n", 1, id="long option"),
    pytest.param("perl -pi -e 's/db/process.env.DB_HOST/' src/*.ts\n", 1, id="perl"),
    pytest.param("cd x\nfind . -name '*.py' \\\n  -exec sed -i 's/db/settings.DB_HOST/' {} +\n", 3, id="two lines"),
    pytest.param("- run: sed -i 's/db/os.environ[x]/' a.py\n", 1, id="workflow"),
)
FINE = (
    pytest.param("sed 's/db/settings.DB_HOST/' a.py\n", id="prints"),
    pytest.param("sed -i 's/1.2.3/1.2.4/' setup.py\n", id="a version"),
    pytest.param("sed -i 's/#Port 22/Port 2222/' /etc/ssh/sshd_config\n", id="a configuration"),
    pytest.param("sed -i 's/settings.HOST/db/' notes.txt\n", id="no code"),
    pytest.param("sed -i 's/settings.OLD/other/' a.py\n", id="a setting is replaced"),
    pytest.param("# sed -i 's/db/settings.DB_HOST/' a.py\n", id="comment"),
    pytest.param("echo used settings.HOST in a.py\n", id="speaks"),
    pytest.param("", id="nothing"),
)


@pytest.mark.parametrize(("text", "line"), BLIND)
def test_a_rewrite_of_code_is_found(text, line):
    assert [(one.rule, one.line) for one in script_findings("a.sh", text)] == [("settings-blind-rewrite", line)]


@pytest.mark.parametrize("text", FINE)
def test_other_commands_are_left_alone(text):
    assert list(script_findings("a.sh", text)) == []
