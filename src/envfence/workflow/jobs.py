"""Jobs of a workflow: where they run, what their steps do, and whether they deploy."""

import re
from collections.abc import Iterator
from functools import cached_property

from envfence.stack.tree import Node
from envfence.workflow import reader, script
from envfence.workflow.script import Call, Remote

OVER_SSH = (  # actions that run a script on a host, or copy files to it
    "appleboy/ssh-action", "appleboy/scp-action", "easingthemes/ssh-deploy", "burnett01/rsync-deployments",
    "fifsky/ssh-action", "garygrossgarten/github-action-ssh", "garygrossgarten/github-action-scp",
    "cross-the-world/ssh-scp-ssh-pipelines", "d3rhase/ssh-command-action", "wlixcc/sftp-deploy-action",
)  # fmt: skip
_HOSTED = re.compile(r"(?:ubuntu|windows|macos)-[\w.-]+$")
_HOST = ("host", "remote_host", "server")
_LOCAL_CLUSTER = re.compile(r"\b(?:kind (?:create|load|get)|kind-action|setup-kind|minikube|k3d|k3s|microk8s|ctlptl)\b")
_CLUSTER = {
    "kubectl": ("apply", "replace", "set", "rollout"),
    "helm": ("upgrade",),
    "docker": ("stack",),
    "kamal": ("deploy", "redeploy"),
}
_PROGRAMS = frozenset(  # what a script that deploys calls, whatever it does with them
    "docker-compose systemctl service supervisorctl pm2 npm yarn pnpm pip pip3 composer bundle poetry uv alembic php "
    "make cp mv ln tar unzip rsync nohup bash sh source python python3 java kubectl helm kamal wget dotnet".split()
)
_OF_DOCKER = frozenset("up run pull restart load stack service build start deploy".split())
_OF_GIT = frozenset("pull fetch clone checkout reset switch".split())
_SAYS_SO = re.compile(r"deploy|roll ?out|release|배포", re.IGNORECASE)
_RUNNERS = frozenset("pipx uvx uv run tool python python3 -m poetry pdm hatch rye".split())
_SESSIONS = frozenset({"rollout", "rollback"})
_VARIABLE = re.compile(r"\$\{\{\s*env\.(\w+)\s*\}\}|\$\{?(\w+)\}?")


class Step:
    """One step: its node, its commands, and what it does on other hosts."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.uses = node.at("uses").text.partition("@")[0].lower()
        self.condition = node.at("if").text
        run = node.at("run")
        self.line = run.line if run.value is not None else node.at("uses").line
        self.calls: list[Call] = _calls(run)

    @property
    def name(self) -> str:
        """What its author calls it."""
        return self.node.at("name").text or self.node.at("id").text

    @cached_property
    def remotes(self) -> list[Remote]:
        """What it does on other hosts."""
        if not self.uses.startswith(OVER_SSH):
            return list(script.remotes(self.calls))
        given = self.node.at("with")
        host = next((given.at(name) for name in _HOST if given.at(name).value is not None), given)
        inner = given.at("script") if given.at("script").value is not None else given.at("command")
        stops = given.at("script_stop").text == "true"
        return [Remote(host.text or "?", host.line, inner.text, _first_line(inner), stops)]


def _first_line(node: Node) -> int:
    return node.line + (node.tag in {reader.LITERAL, reader.FOLDED})


def _calls(node: Node) -> list[Call]:
    text = node.text.replace("\n", " \\\n") if node.tag == reader.FOLDED else node.text
    return script.calls(text, _first_line(node)) if text else []


class Job:
    """One job. ``set_above`` are the variables that the workflow sets."""

    def __init__(self, name: str, node: Node, set_above: Node) -> None:
        self.name, self.node = name, node
        self.steps = [Step(step) for step in node.at("steps").items if step.mapping]
        self._above = set_above

    @cached_property
    def text(self) -> str:
        """All that is written in it."""
        return "\n".join(scalar.text for scalar in self.node.scalars())

    @property
    def is_hosted(self) -> bool:
        """Tell whether it surely runs on a machine of GitHub."""
        labels = self.node.at("runs-on").items
        return len(labels) == 1 and bool(_HOSTED.match(labels[0].text))

    @property
    def needs(self) -> list[str]:
        """The names of the jobs that it waits for."""
        return [item.text for item in self.node.at("needs").items]

    @cached_property
    def remotes(self) -> list[Remote]:
        """What its steps do on other hosts."""
        return [remote for step in self.steps for remote in step.remotes]

    @cached_property
    def by_session(self) -> bool:
        """Tell whether it deploys by a rollout that plans for itself."""
        return any(_rolls_out(call) for step in self.steps for call in step.calls)

    @cached_property
    def deploys(self) -> bool:
        """Tell whether it changes what runs on servers."""
        if self.by_session or any(self._changes(remote) for remote in self.remotes):
            return True
        to_cluster = any(_to_cluster(call) for step in self.steps for call in step.calls)
        return to_cluster and not _LOCAL_CLUSTER.search(self.text)

    def _changes(self, remote: Remote) -> bool:
        """Tell whether something on a host is changed: many scripts only look."""
        if not remote.script or _SAYS_SO.search(f"{self.name} {self.node.at('name').text}"):
            return True
        return any(_changes(call) for call in script.calls(remote.script, 1))

    def remote_calls(self) -> Iterator[tuple[Remote, list[Call]]]:
        """Yield each script that runs on another host with its commands."""
        for remote in self.remotes:
            if remote.script:
                yield remote, script.calls(remote.script, remote.script_line)

    def resolved(self, text: str, step: Step | None = None) -> str:
        """Return ``text`` with the variables that the workflow sets."""
        scopes = [*([step.node.at("env")] if step else ()), self.node.at("env"), self._above]

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            return next((scope.at(name).text for scope in scopes if scope.at(name).text), match[0])

        return _VARIABLE.sub(value, text) if "$" in text else text


def _rolls_out(call: Call) -> bool:
    start = next((at for at, word in enumerate(call.words) if word not in _RUNNERS and word[:2] != "--"), 0)
    name, *words = call.words[start:] or ("",)
    return not _SESSIONS.isdisjoint(words if name == "nox" else words[:1] if name == "envfence" else ())


def _changes(call: Call) -> bool:
    if call.name in {"docker", "podman"}:
        return any(word in _OF_DOCKER for word in call.words[1:])
    if call.name == "git":
        return script.git_verb(call) in _OF_GIT
    return call.name in _PROGRAMS or "/" in call.name or call.name.endswith(".sh") or call.name.startswith("$")


def _to_cluster(call: Call) -> bool:
    verbs = _CLUSTER.get(call.name, ())
    dry = any(word.startswith("--dry-run") for word in call.words)
    return not dry and any(word in verbs for word in call.words[1:3])


def jobs_of(tree: Node) -> list[Job]:
    """Return the jobs of a workflow."""
    return [Job(name, node, tree.at("env")) for name, node in tree.at("jobs").mapping.items() if node.mapping]
