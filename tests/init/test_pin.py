"""What a repository is pinned to, by what an installer has left beside the package."""

import json
import sys

import pytest

from envfence.init.pin import TAG, Pin, installed

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FROM_GIT = {"vcs": "git", "commit_id": COMMIT}


@pytest.fixture
def package(tmp_path, write, monkeypatch):
    """Return a function that makes a package envfence which was installed from a place."""

    def make(**place):
        folder = f"envfence-{TAG[1:]}.dist-info"
        write(
            {
                f"{folder}/METADATA": "Name: envfence\n",
                **{f"{folder}/{n}.json": json.dumps(v) for n, v in place.items()},
            }
        )
        monkeypatch.setattr(sys, "path", [str(tmp_path)])

    return make


@pytest.mark.parametrize(
    ("place", "expected"),
    (
        pytest.param({"vcs_info": FROM_GIT}, Pin(COMMIT, in_git=True), id="the newest commit"),
        pytest.param({"vcs_info": {**FROM_GIT, "requested_revision": "main"}}, Pin(COMMIT, in_git=True), id="a branch"),
        pytest.param({"vcs_info": {**FROM_GIT, "requested_revision": TAG}}, Pin(TAG, in_git=True), id="a release"),
        pytest.param({"dir_info": {"editable": True}}, Pin(), id="a folder"),
    ),
)
def test_installed_from(place, expected, package):
    package(direct_url={"url": "https://github.com/envfence/envfence", **place})
    assert installed() == expected


def test_installed_from_an_index(package):
    package()
    assert installed() == Pin(TAG)


def test_not_installed_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert installed() == Pin(TAG)


def test_what_an_installer_is_asked_for():
    assert Pin().requirement("stack") == "envfence[stack]"
    from_git = f"envfence[stack] @ git+https://github.com/envfence/envfence@{COMMIT}"
    assert Pin(COMMIT, in_git=True).requirement("stack") == from_git
