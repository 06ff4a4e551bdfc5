"""The agent of a server, run by itself under dash, as a restricted key runs it: no engine, no ssh."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from importlib.resources import files

import pytest

SHELLS = [shell for shell in (["dash"], ["busybox", "ash"], ["bash", "--posix"]) if shutil.which(shell[0])]
pytestmark = pytest.mark.skipif(not (SHELLS and shutil.which("flock")), reason="needs a POSIX shell and flock")
JSON = b'{"release":"r1"}\n'


def sha(data):
    return hashlib.sha256(data).hexdigest()


def packed(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


class Agent:
    """A root folder with host.sh in it."""

    def __init__(self, root, shell):
        self.root = root
        self.shell = shell
        root.mkdir()
        (root / "host.sh").write_bytes(files("envfence.delivery.servers").joinpath("host.sh").read_bytes())
        (root / "project").write_text("shop\n", encoding="utf-8")

    def ask(self, words, data=b""):
        """Return (exit code, standard output, standard error) of a command as ssh hands it over."""
        done = subprocess.run(
            [*self.shell, self.root / "host.sh"], input=data, capture_output=True, check=False, timeout=30,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.root), "SSH_ORIGINAL_COMMAND": words},
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def told(self, words, data=b""):
        """Return what a command prints; it has to succeed."""
        code, out, error = self.ask(words, data)
        assert code == 0, error
        return out.strip()

    def lock(self, seconds=60, owner="me@here:1"):
        """Return a new token."""
        return self.told(f"lock take {owner} {seconds}")

    def put(self, token, path, data, mode="600"):
        """Put a file and return the exit code."""
        return self.ask(f"put {token} {path} {mode} {sha(data)}", data)[0]


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[0])
def agent(request, tmp_path):
    """Return an agent under each shell that there is."""
    return Agent(tmp_path / "root", request.param)


@pytest.mark.parametrize(
    "words",
    (
        pytest.param("", id="a login"),
        pytest.param("bash", id="a shell"),
        pytest.param("cat state.json", id="another command"),
        pytest.param("facts; id", id="two commands"),
        pytest.param("has $(id)", id="a substitution"),
        pytest.param("has `id`", id="an older substitution"),
        pytest.param("has a|id", id="a pipe"),
        pytest.param("has a>b", id="a redirection"),
        pytest.param("has a\nid", id="two lines"),
        pytest.param("has 'a b'", id="quotes"),
        pytest.param("has *", id="a pattern"),
        pytest.param("scp -t .", id="a copy"),
        pytest.param("put 1 ../x 600 0", id="a path above"),
        pytest.param("put 1 /etc/passwd 600 0", id="an absolute path"),
        pytest.param("put 1 host.sh 700 0", id="the agent itself"),
        pytest.param("put 1 lock/held 600 0", id="the lock"),
        pytest.param("put 1 releases/r1 600 0", id="a folder of releases"),
        pytest.param("put 1 releases/a/../../host.sh 600 0", id="a path that climbs"),
        pytest.param("put 1 env/current 600 0", id="a link as a file"),
        pytest.param("put 1 files/dags/current/dag.py 644 0", id="a file behind a link"),
        pytest.param("put 1 env/a.env 777 0", id="a mode"),
        pytest.param("put 1 env/a.env 600", id="too few words"),
        pytest.param("put x env/a.env 600 0", id="no token"),
        pytest.param("link 1 host.sh x", id="a link over the agent"),
        pytest.param("link 1 env/current ../x", id="a link that leads away"),
        pytest.param("lock take me x", id="no number"),
        pytest.param("lock steal 1", id="no such action"),
        pytest.param("probe ../r backend", id="a release elsewhere"),
        pytest.param("release ../../etc", id="a release elsewhere, read"),
    ),
)
def test_what_is_no_command_is_refused_and_does_nothing(agent, words):
    agent.lock()
    before = sorted(agent.root.rglob("*"))
    code, out, _ = agent.ask(words)
    assert (code, out) == (64, "")
    assert sorted(agent.root.rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    (
        "up --build", "up --pull=always", "down --volumes", "exec backend id", "run backend id", "cp a b", "config",
        "config --format=json", "up --file=x", "rm -v",
    ),
)  # fmt: skip
def test_compose_does_what_a_deployment_needs_and_no_more(agent, words):
    token = agent.lock()
    assert agent.ask(f"compose {token} r1 {words}")[0] == 64


def test_a_lock_is_one_runners_until_its_lease_has_passed(agent):
    token = agent.lock(owner="one@here:1")
    code, out, error = agent.ask("lock take two@there:2 60")
    assert (code, "owner=one@here:1" in out, "locked by one@here:1" in error) == (75, True, True)
    agent.told(f"lock drop {token}")
    assert int(agent.lock(owner="two@there:2")) > int(token)


def test_a_lease_that_has_passed_may_be_taken_over_and_fences_its_owner(agent):
    old = agent.lock(seconds=0)
    assert agent.put(old, "env/a.env", b"A=1\n") == 76  # passed, though nobody has taken it
    new = agent.lock()
    assert int(new) > int(old)
    assert agent.put(new, "env/a.env", b"A=1\n") == 0
    for words in (
        f"lock renew {old} 60", f"lock drop {old}", f"link {old} env/current a.env", f"load {old}",
        f"pull {old} x", f"compose {old} r1 up", f"run {old} r1 migrate", f"prune {old} 5", f"log {old}",
        f"container {old} stop a1", f"backup {old} r1 postgres",
    ):  # fmt: skip
        assert agent.ask(words, b"{}\n")[0] == 76, words
    assert agent.ask(f"state {old} {sha(JSON)}", JSON)[0] == 76
    assert agent.told("state") == "{}"


def test_a_lease_is_renewed(agent):
    token = agent.lock(seconds=1)
    agent.told(f"lock renew {token} 600")
    assert agent.ask("lock take other 60")[0] == 75


def test_of_many_runners_at_once_one_gets_the_lock(agent):
    command = [*agent.shell, str(agent.root / "host.sh")]
    environ = {"PATH": "/usr/bin:/bin"}
    runners = [
        subprocess.Popen([*command, "lock", "take", f"me:{n}", "60"], stdout=subprocess.PIPE, env=environ)
        for n in range(12)
    ]
    codes = sorted((runner.communicate(), runner.returncode)[1] for runner in runners)
    assert codes == [0] + [75] * 11


def test_a_file_is_written_whole_with_its_mode_or_not_at_all(agent):
    token = agent.lock()
    assert agent.put(token, "releases/r1/release.json", JSON, "644") == 0
    file = agent.root / "releases/r1/release.json"
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (JSON, 0o644)
    code, _, error = agent.ask(f"put {token} releases/r1/release.json 644 {sha(JSON)}", JSON[:5])
    assert (code, "not all there" in error) == (65, True)
    assert file.read_bytes() == JSON
    assert [one.name for one in file.parent.iterdir()] == ["release.json"]


def test_an_env_file_is_its_owners_alone_and_links_swap(agent):
    token = agent.lock()
    for name, data in (("a.env", b"A=1\n"), ("b.env", b"A=2\n")):
        assert agent.put(token, f"env/{name}", data) == 0
        agent.told(f"link {token} env/current {name}")
        assert (agent.root / "env/current").read_bytes() == data
    assert (agent.root / "env/b.env").stat().st_mode & 0o777 == 0o600
    assert agent.ask(f"link {token} env/current none.env")[0] == 77
    assert agent.told("exists env/a.env env/x.env").splitlines() == ["env/a.env yes", "env/x.env -"]


def test_a_fingerprint_tells_what_differs_and_no_value(agent):
    token = agent.lock()
    agent.put(token, "env/a.env", b"A=1\nB='two words'\n")
    agent.told(f"link {token} env/current a.env")
    lines = dict(line.split() for line in agent.told("fingerprint salt").splitlines())
    assert lines == {key: sha(f"salt {line}".encode())[:16] for key, line in (("A", "A=1"), ("B", "B='two words'"))}
    assert agent.told("fingerprint other") != agent.told("fingerprint salt")


def test_a_folder_is_unpacked_whole_for_programs_to_read_and_never_twice(agent):
    token = agent.lock()
    data = packed({"Caddyfile": b":8080\n", "site/index.html": b"<p>"})
    agent.told(f"unpack {token} files/proxy-1 {sha(data)}", data)
    page = agent.root / "files/proxy-1/site/index.html"
    assert (page.read_bytes(), page.stat().st_mode & 0o777) == (b"<p>", 0o644)
    other = packed({"Caddyfile": b"changed\n"})
    agent.told(f"unpack {token} files/proxy-1 {sha(other)}", other)
    assert (agent.root / "files/proxy-1/Caddyfile").read_bytes() == b":8080\n"
    assert agent.ask(f"unpack {token} files/proxy-2 {sha(data)}", data[:40])[0] == 65
    assert sorted(one.name for one in (agent.root / "files").iterdir()) == ["proxy-1"]


def test_a_folder_that_is_swapped_is_reached_through_a_link(agent):
    token = agent.lock()
    for digest, text in (("d1", b"old"), ("d2", b"new")):
        data = packed({"dag.py": text})
        agent.told(f"unpack {token} files/dags/{digest} {sha(data)}", data)
        agent.told(f"link {token} files/dags/current {digest}")
        assert (agent.root / "files/dags/current/dag.py").read_bytes() == text


def test_state_and_log_are_kept(agent):
    token = agent.lock()
    assert agent.told("state") == "{}"
    agent.told(f"state {token} {sha(JSON)}", JSON)
    assert json.loads(agent.told("state")) == {"release": "r1"}
    for number in range(3):
        agent.told(f"log {token}", b'{"n": %d}\n' % number)
    assert agent.told("log show 2").splitlines() == ['{"n": 1}', '{"n": 2}']
    assert agent.ask(f"log {token}", b"no json\n")[0] == 65


def test_old_releases_go_with_what_only_they_name(agent):
    token = agent.lock()
    for number in range(1, 5):
        folder = f"files/proxy-{number}"
        data = packed({"x": b"%d" % number})
        agent.told(f"unpack {token} {folder} {sha(data)}", data)
        agent.put(token, f"releases/r{number}/compose.yml", f"source: ./{folder}".encode())
        agent.put(token, f"releases/r{number}/release.json", b"{}")
    for name in ("1-r1.dump", "2-r2.dump", "3-r3.dump"):
        (agent.root / "backups" / name).write_bytes(b"x")
    (agent.root / "files/proxy-5.99.part").mkdir()  # of an upload that was cut off
    recorded = b'{"release":"r4","previous":"r1"}\n'
    agent.told(f"state {token} {sha(recorded)}", recorded)
    agent.told(f"prune {token} 2")
    assert agent.told("releases").split() == ["r1", "r3", "r4"]
    assert sorted(one.name for one in (agent.root / "backups").iterdir()) == ["2-r2.dump", "3-r3.dump"]
    assert sorted(one.name for one in (agent.root / "files").iterdir()) == ["proxy-1", "proxy-3", "proxy-4"]


def test_the_agent_answers_on_a_host_without_an_engine(agent):
    facts = dict(line.split("=", 1) for line in agent.told("facts").splitlines())
    assert (facts["project"], facts["env"], facts["state"]) == ("shop", "", "{}")
    assert facts["agent"] == sha((agent.root / "host.sh").read_bytes())[:12]
    assert abs(int(facts["clock"]) - (agent.root / "lock").stat().st_mtime) < 60
