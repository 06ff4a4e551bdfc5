import sys
from functools import partial

import pytest

from envfence import check, files, sources, values
from envfence.check import Options
from envfence.config import Config

FAULT = 'password = "hunter2secret"\n'
RULE = "hardcoded-credential"
WITH_LINES = Options(lines=True)


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def checked(options=WITH_LINES):
    return check.check(sources.from_paths(["."]), options)


def places(report):
    return [(found.path, found.line, found.rule) for found in report.findings]


def test_findings_in_one_file():
    assert [found.rule for found in check.findings_in("a.py", FAULT.encode(), Config())] == [RULE]
    assert check.findings_in("a.min.js", FAULT.encode(), Config()) == []


ENCODED = (
    pytest.param(FAULT.encode("utf-8-sig"), id="byte order mark"),
    pytest.param(FAULT.encode("utf-16"), id="UTF-16"),
    pytest.param(b"# \xba\xf1\xb9\xd0\r\n".replace(b"\r\n", b" ") + b"\r\n" + FAULT.encode(), id="CP949, CRLF"),
    pytest.param(b"# \xe9\n" + FAULT.encode(), id="Latin-1"),
)


@pytest.mark.parametrize("data", ENCODED)
def test_no_encoding_hides_a_finding(write, data):
    write({"a.py": data})
    (found,) = checked().findings
    assert (found.rule, found.column, found.end_column) == (RULE, 12, 27)


def test_all_files_make_one_report(write):
    write({"a.py": FAULT, "b/c.py": "x = 1\n" + FAULT, "d.bin": b"\0" * 10, "e.min.js": "x", "f.min.js": "yz"})
    report = checked()
    assert places(report) == [("a.py", 1, RULE), ("b/c.py", 2, RULE)]
    assert report.lines == {("a.py", 1): 'password = "***"', ("b/c.py", 2): 'password = "***"'}
    assert report.skipped == {"d.bin": ("binary", 10), "e.min.js": ("minified", 1), "f.min.js": ("minified", 2)}
    assert report.files == 5


def test_lines_are_read_only_when_they_are_asked_for(write):
    write({"a.py": FAULT})
    assert checked(Options()).lines == {}


def test_the_start_of_a_huge_file_is_read(write, monkeypatch):
    monkeypatch.setattr(files, "LIMIT", 100)
    write({"a.py": FAULT + "#" * 1000 + "\n" + FAULT})
    report = checked()
    assert places(report) == [("a.py", 1, RULE)]
    assert report.skipped == {"a.py": ("huge", 2 * len(FAULT) + 1001 - 100)}


def test_a_file_that_cannot_be_read_is_a_finding(write):
    write({"a.py": FAULT, "b.py": FAULT})
    gone = list(sources.from_paths(["a.py", "b.py"]))
    gone[0] = gone[0]._replace(read=partial(files.read, "no/such/file"))
    assert places(check.check(gone, Options(select=(RULE,)))) == [("a.py", 1, "unreadable-file"), ("b.py", 1, RULE)]
    assert places(check.check(gone, Options(ignore=("unreadable-file",)))) == [("b.py", 1, RULE)]


def test_settings_of_each_folder_count(write):
    write(
        {
            "a/pyproject.toml": f'[tool.envfence]\nignore = ["{RULE}"]\n',
            "a/x.py": FAULT,
            "b/envfence.toml": 'exclude = ["x.py"]\n',
            "b/x.py": FAULT,
            "b/y.py": FAULT,
        }
    )
    assert places(checked()) == [("b/y.py", 1, RULE)]


def test_what_is_asked_for_comes_before_the_settings(write):
    write({"envfence.toml": 'select = ["hardcoded-host"]\n', "a.py": FAULT})
    assert places(checked()) == []
    assert places(checked(Options(select=(RULE,)))) == [("a.py", 1, RULE)]
    assert places(checked(Options(select=(RULE,), ignore=(RULE,)))) == []


@pytest.mark.parametrize("encoding", ("utf-8", "utf-16"))
def test_comments_are_heeded(write, encoding):
    write({"a.py": f"{FAULT[:-1]}  # envfence: ignore[{RULE}] a test's own\n".encode(encoding)})
    assert places(checked()) == []


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(values, "MANY_FILES", 3)
    monkeypatch.setattr(values, "SHARED_FILES", 2)
    monkeypatch.setattr(values, "BATCH_FILES", 2)


def test_many_files_are_shared_out_and_reported_in_order(write, many):
    names = [f"{number:02}.py" for number in range(11)]
    write(dict.fromkeys(names, FAULT) | {"x.bin": b"\0"})
    report = checked()
    assert places(report) == [(name, 1, RULE) for name in names]
    assert len(report.lines) == 11
    assert report.skipped == {"x.bin": ("binary", 1)}


def test_a_process_is_given_many_files(write):
    write({"a.py": FAULT, "b.py": "x = 1\n"})
    values._of_process.cache_clear()
    report = values._examine_all(Options(), [(source.path, source.file) for source in sources.from_paths(["."])])
    assert (places(report), report.files) == ([("a.py", 1, RULE)], 2)


def test_many_files_of_the_index_stay_in_this_process(repo, write, git, many):
    from envfence import guard

    names = [f"{number:02}.py" for number in range(9)]
    write(dict.fromkeys(names, FAULT))
    git("add", ".")
    assert places(guard.staged(WITH_LINES)) == [(name, 1, RULE) for name in names]


def test_many_bytes_are_shared_out_too(write, monkeypatch):
    monkeypatch.setattr(values, "MANY_BYTES", 10)
    monkeypatch.setattr(values, "SHARED_BYTES", 10)
    write({"a.py": FAULT, "b.py": FAULT, "c.py": FAULT})
    assert len(checked().findings) == 3


def test_as_many_files_as_one_process_takes_start_no_other(write, many, monkeypatch):
    monkeypatch.setitem(sys.modules, "envfence.workers", None)
    write(dict.fromkeys(("a.py", "b.py", "c.py", "d.py", "e.py"), FAULT))
    assert len(checked().findings) == 5


def test_an_error_of_a_process_is_an_error_here(write, many):
    from envfence.errors import FenceError

    write({f"{number}.py": FAULT for number in range(9)} | {"z/envfence.toml": "x = 1", "z/a.py": ""})
    with pytest.raises(FenceError, match="unknown key 'x'"):
        checked()


def test_values_of_env_files_are_looked_for(write):
    write({".env": "DB_HOST=db-1.corp\n", "db.service": "the database is db-1.corp\n"})
    assert places(checked()) == [("db.service", 1, "copied-value")]
    assert places(checked(Options(ignore=("copied-value",)))) == []


def test_tokens_of_providers_are_looked_for(write):
    write({"a.txt": "use " + "glpat-" + "fake0fake1fake2fake3\n"})
    assert places(checked()) == [("a.txt", 1, "provider-secret")]
    assert places(checked(Options(ignore=("provider-secret",)))) == []


def test_one_place_is_reported_once(repo, write):
    write({".env.development": "DB_PASSWORD=fake-pass-77\n", ".gitignore": ".env.*\n"})
    write({"a.py": 'URL = "postgresql://app:fake-pass-77@db:5432/x"\nOTHER = "fake-pass-77"\n'})
    found = check.check(sources.from_paths([str(repo / "a.py")]), Options()).findings
    assert [(one.line, one.rule) for one in found] == [(1, "hardcoded-credential"), (2, "copied-value")]
