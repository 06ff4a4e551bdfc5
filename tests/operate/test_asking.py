"""Who is asked what, and what happens where nobody can be asked."""

import io
import os
import sys

import pytest

from envfence.errors import FenceError
from envfence.operate import asking, commands, trouble, up
from envfence.operate.engine import Container
from envfence.operate.progress import Progress
from envfence.operate.target import target_of


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def answered(monkeypatch):
    """Return a function that puts a person at the terminal who gives an answer."""

    def answer(text):
        monkeypatch.setattr(sys, "stderr", Terminal())
        monkeypatch.setattr(sys, "stdin", Terminal(f"{text}\n"))

    return answer


@pytest.mark.parametrize(
    ("answer", "default", "expected"),
    (("", True, True), ("", False, False), ("y", False, True), ("no", True, False)),
)
def test_yes_or_no(answered, answer, default, expected):
    answered(answer)
    assert asking.agreed("Go on?", default=default) is expected
    assert sys.stderr.getvalue().startswith("Go on? [Y/n]" if default else "Go on? [y/N]")


def test_what_cannot_be_undone_needs_the_name_typed(answered):
    answered("production")
    asking.confirmed("this removes all data", "production", yes=False)
    answered("yes")
    with pytest.raises(FenceError, match="not confirmed, so nothing was done"):
        asking.confirmed("this removes all data", "production", yes=False)


def test_where_nobody_can_be_asked_an_option_says_yes(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    asking.confirmed("this removes all data", "production", yes=True)
    with pytest.raises(FenceError, match="say --yes if that is meant"):
        asking.confirmed("this removes all data", "production", yes=False)


@pytest.fixture
def offered(shop, monkeypatch):
    """Return a function that tells whether a stack of this machine starts without docker."""
    monkeypatch.chdir(shop)

    def decide(lacking, *, no_docker=False, yes=False):
        monkeypatch.setattr(up, "lacking", lambda: lacking)
        return commands._without_docker(target_of(".", "development", {}), no_docker=no_docker, yes=yes)

    return decide


def test_engine_that_is_there_is_used_unless_it_is_not_wanted(offered):
    assert offered("") is False
    assert offered("", no_docker=True) is True


def test_machine_without_docker_does_without_and_one_whose_engine_is_down_says_so(offered):
    assert offered(trouble.NO_DOCKER) is True
    assert offered(trouble.DOWN, yes=True) is True
    with pytest.raises(FenceError, match="the docker engine is not running"):
        offered(trouble.DOWN)


def test_a_person_is_offered_to_do_without(offered, answered):
    answered("")
    assert offered(trouble.DOWN) is True
    assert "the docker engine is not running" in sys.stderr.getvalue()
    answered("n")
    with pytest.raises(FenceError, match="nothing was started"):
        offered(trouble.DOWN)


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for docker")
@pytest.mark.parametrize(
    ("programs", "expected"),
    (
        pytest.param({}, trouble.NO_DOCKER, id="no docker"),
        pytest.param({"docker": "unknown shorthand flag: 'd' in -d"}, trouble.NO_PLUGIN, id="no plugin"),
        pytest.param({"docker": "no command", "docker-compose": "1.29.2"}, trouble.OLD_COMPOSE, id="version 1"),
        pytest.param({"docker": "no command", "docker-compose": "2.40.1"}, trouble.NO_PLUGIN, id="version 2 alone"),
    ),
)
def test_what_is_missing_is_told_apart(tmp_path, monkeypatch, programs, expected):
    for name, said in programs.items():
        (tmp_path / name).write_text(f'#!/bin/sh\necho "{said}"\necho "{said}" >&2\nexit 1\n', encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert up.lacking() == expected


def test_a_terminal_shows_what_is_waited_for_and_a_file_only_results():
    waiting = Container("1", "web", "running", "starting", 0)
    for stream, expected in ((Terminal(), True), (io.StringIO(), False)):
        progress = Progress(stream)
        progress.states([waiting, Container("2", "db", "running", "healthy", 0)])
        progress.states([waiting._replace(health="unhealthy")])
        assert ("waiting for web starting" in stream.getvalue()) is expected
        lines = [
            line.split()[-4:-2] for line in stream.getvalue().replace("\r", "\n").splitlines() if line.endswith(" s")
        ]
        assert lines == [["db", "healthy"], ["web", "unhealthy"]]


@pytest.mark.parametrize(
    ("one", "settled", "failed"),
    (
        pytest.param(Container("1", "web", "running", "", 0), True, False, id="unchecked"),
        pytest.param(Container("1", "web", "running", "starting", 0), False, False, id="starting"),
        pytest.param(Container("1", "migrate", "running", "", 0, ends=True), False, False, id="still migrating"),
        pytest.param(Container("1", "migrate", "exited", "", 0, ends=True), True, False, id="migrated"),
        pytest.param(Container("1", "web", "restarting", "", 1), False, True, id="falls again and again"),
        pytest.param(Container("1", "web", "created", "", 0), False, False, id="created"),
    ),
)
def test_a_container_is_waited_for_until_it_is_well_or_has_failed(one, settled, failed):
    assert (one.is_settled, one.has_failed) == (settled, failed)
