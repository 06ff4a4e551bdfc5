"""The databases of hyperscan: kept for the next run, and never believed blindly."""

import os
from hashlib import sha256

import pytest

from envfence.literals import compiled

hyperscan = pytest.importorskip("hyperscan", reason="hyperscan is not installed")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(compiled.sys, "platform", "linux")
    return tmp_path / compiled.FOLDER


def ends(database, data):
    found = []
    database.scan(data, match_event_handler=lambda _id, _start, end, _flags, _context: found.append(end))
    return found


def made(*, keep=True):
    return compiled.database([b"port", b"host"], hyperscan.HS_FLAG_CASELESS, keep=keep)


def test_what_was_kept_finds_the_same(folder):
    first = ends(made(), b"HOST and port")
    (kept,) = folder.iterdir()
    before = kept.stat().st_mtime_ns
    assert ends(made(), b"HOST and port") == first == [4, 13]
    assert kept.stat().st_mtime_ns == before


def test_others_cannot_read_it(folder):
    made()
    (kept,) = folder.iterdir()
    assert os.name == "nt" or (kept.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    "spoil",
    (
        pytest.param(lambda data: data[:0], id="empty"),
        pytest.param(lambda data: data[:-1], id="cut short"),
        pytest.param(lambda data: data[:80] + bytes([data[80] ^ 1]) + data[81:], id="one bit"),
        pytest.param(lambda data: sha256(data[:1]).hexdigest().encode() + b"\n" + data[:1], id="whole, no database"),
    ),
)
def test_what_is_spoiled_is_made_anew(folder, spoil):
    made()
    (kept,) = folder.iterdir()
    data = kept.read_bytes()
    kept.write_bytes(spoil(data))
    assert ends(made(), b"port") == [4]
    assert kept.read_bytes() == data


def test_patterns_of_ones_own_are_not_kept(folder):
    assert ends(made(keep=False), b"port") == [4]
    assert not folder.exists()


def test_without_a_place_to_keep_it(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    monkeypatch.setattr(compiled.sys, "platform", "linux")
    assert ends(made(), b"port") == [4]


def test_a_relative_folder_is_none(monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME", "USERPROFILE"):
        monkeypatch.setenv(name, "somewhere")
    assert not compiled.cache_folder()


def test_values_are_not_kept(folder):
    from envfence.detect import marks

    assert marks.finder((b"zebra-canary-1",), many=True)(b"is zebra-canary-1 here")
    assert not folder.exists()
