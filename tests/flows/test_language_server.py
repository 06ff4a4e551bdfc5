"""semgrep's language server, asked as its extensions for editors ask, with the settings that docs/editors.md shows."""

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

import envfence_rules

from ..documents import blocks_of

CODE = 'import redis\n\nclient = redis.Redis("cache.stock-trading.io")\nbroker.login("kimtrader")\n'
FILES = {above: text for path in ("docs/editors.md", "docs/flows.md") for above, _, text in blocks_of(path)}
OWN = "ci/rules/flow-desk-to-broker.yaml"


@pytest.fixture
def server(real, repo, write, monkeypatch):
    """Start the server in a project with a rule of its own, and return it; it ends with the test, or in a minute."""
    write({OWN: FILES[OWN], "client.py": CODE})
    monkeypatch.setenv("PATH", str(Path(real).parent), prepend=os.pathsep)
    monkeypatch.setenv("HOME", str(repo))
    quiet = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    with subprocess.Popen(
        (real, "lsp"),
        cwd=repo,
        env={**os.environ, **quiet},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = threading.Timer(60, process.kill)
        deadline.start()
        yield process
        deadline.cancel()
        process.kill()


def say(server, **message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    server.stdin.flush()


def heard(server, wanted):
    """Return the first message that is wanted; what the server asks for on the way is granted."""
    while True:
        length = 0
        while (line := server.stdout.readline()) != b"\r\n":
            assert line, "the server has ended"
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message = json.loads(server.stdout.read(length))
        if wanted(message):
            return message
        if "id" in message and "method" in message:
            say(server, id=message["id"], result=None)


def test_an_editor_shows_what_flow_rules_find(server, repo):
    settings = json.loads(FILES[".vscode/settings.json"].replace("/path/to/envfence_rules", envfence_rules.__path__[0]))
    scan = {"configuration": settings["semgrep.scan.configuration"], "onlyGitDirty": False}
    folder = {"uri": repo.as_uri(), "name": "project"}
    options = {"scan": scan, "metrics": {"enabled": False}}
    client = {"processId": None, "rootUri": repo.as_uri(), "workspaceFolders": [folder], "capabilities": {}}
    say(server, id=1, method="initialize", params={**client, "initializationOptions": options})
    heard(server, lambda message: message.get("id") == 1)
    say(server, method="initialized", params={})
    heard(server, lambda message: message.get("method") == "semgrep/rulesRefreshed")
    uri = (repo / "client.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": CODE}
    say(server, method="textDocument/didOpen", params={"textDocument": document})
    told = heard(server, lambda message: message.get("params", {}).get("diagnostics"))["params"]
    assert told["uri"] == uri
    found = {(each["code"].rpartition(".")[2], each["range"]["start"]["line"]) for each in told["diagnostics"]}
    assert found == {("flow-host-in-python", 2), ("flow-desk-to-broker", 3)}
