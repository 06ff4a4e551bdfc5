"""Files that nobody meant to write: 2,000 of every kind, broken in every way, and texts that pull a pattern apart."""

import os
import re
import subprocess
import sys
import time
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from envfence import cli, files, sources
from envfence.check import Options, check
from envfence.contract import command
from envfence.report import rendered
from envfence.sources import Source

MALFORMED = 2000
LONGEST = 1.0  # seconds of processor time for one file, findings shown
HUGE_LINE = 200_000
LONG_TEXT = 80_000

# One valid file of each kind, with something to find in it.
SEEDS = {
    "app.py": """\
class Settings(BaseSettings):
    db_host: str = "10.0.0.5"
    password = os.getenv("PW", "pw12345")


def connect(url="postgresql://app:pw12345@10.0.0.5:5433/app"):
    \"""Connect, as password=pw12345 says.\"""
    return f"http://{host}:8000/" + "localhost:5433"  # token: pw12345
""",
    "deploy.yml": """\
db:
  host: 10.0.0.5
  password: pw12345
  urls: [http://10.0.0.5:81/, 'redis://10.0.0.5']
  key: |
    -----BEGIN PRIVATE KEY-----
    TUlJRXZRSUJBREFOQmdr
  env: {A: b, TOKEN: "pw12345"}
""",
    "compose.yaml": """\
services:
  api:
    environment:
      - DB_PASSWORD=${DB_PASSWORD:-pw12345}
    ports: ['80:80']
    command: ["sh", "-c", "curl -u app:pw12345 http://10.0.0.5"]
""",
    ".github/workflows/ci.yml": """\
on: push
jobs:
  a:
    env:
      DB_URL: postgres://a:pw12345@10.0.0.5/a
    steps:
      - run: |
          export TOKEN=pw12345
          psql -h 10.0.0.5
        if: ${{ github.ref == 'x' }}
""",
    "app.ts": """\
const url: string = process.env.URL ?? 'http://10.0.0.5:8000';
/* password */
const c = { host: '10.0.0.5', port: 5433, password: `pw12345${x}` };
export const r = /a[/]b/g;
""",
    "page.jsx": """\
export default () => <a href='http://10.0.0.5:81/' data-password="pw12345">{api}</a>;
""",
    "settings.json": """\
{
  "db": {"host": "10.0.0.5", "port": 5433, "password": "pw12345"},
  "urls": ["http://10.0.0.5/"]
}
""",
    "main.go": """\
package main

var dsn = "app:pw12345@tcp(10.0.0.5:3306)/app"

func f() { dial(`10.0.0.5:81`, 'x') }
""",
    "App.java": """\
class App {
  @Value("${db.url:jdbc:mysql://10.0.0.5:3306/app}") String url;
  String password = "pw12345";
}
""",
    "index.php": """\
<?php
$db = new PDO('mysql:host=10.0.0.5;port=3306', 'app', 'pw12345'); # pw
$cfg['password'] = "pw12345";
""",
    "app.rb": """\
Redis.new(host: '10.0.0.5', password: 'pw12345')
TEXT = <<~EOS
  password=pw12345
EOS
""",
    "main.tf": """\
resource "db" "a" {
  host     = "10.0.0.5"
  password = "pw12345" # x
}
""",
    "run.sh": """\
#!/bin/bash
export DB_PASSWORD='pw12345'
DB_HOST=${DB_HOST:-10.0.0.5}
cat <<EOF > a.ini
password=pw12345
EOF
ssh a@10.0.0.5 "psql -h 10.0.0.5" && echo $(curl "http://10.0.0.5:81/")
""",
    "run.ps1": """\
$env:DB_PASSWORD = "pw12345"
Invoke-WebRequest "http://10.0.0.5:81/"
""",
    "run.bat": """\
set DB_PASSWORD=pw12345
curl http://10.0.0.5:81/
""",
    "Dockerfile": """\
FROM python:3.12 AS a
ARG TOKEN=pw12345
ENV DB_HOST=10.0.0.5 DB_PASSWORD="pw12345"
RUN curl -u app:pw12345 \\
  http://10.0.0.5:81/
CMD ["psql", "-h", "10.0.0.5"]
""",
    "Makefile": """\
DB_HOST ?= 10.0.0.5
run: a b
	DB_PASSWORD=pw12345 psql -h $(DB_HOST)
""",
    "app.ini": """\
[db]
host = 10.0.0.5
password = pw12345 ; x
many =
  a
  b
""",
    "app.toml": """\
[db]
host = "10.0.0.5"
token = \"""pw
12345\"""
urls = [
  "http://10.0.0.5/",
]
x = {password = "pw12345"}
""",
    "app.properties": """\
spring.datasource.url=jdbc:postgresql://10.0.0.5:5433/app
db.password=pw\\
  12345
""",
    "nginx.conf": """\
upstream a {
  server 10.0.0.5:81;
}
proxy_pass http://10.0.0.5:81/;
""",
    ".env.staging": """\
# only
DB_HOST=10.0.0.5
DB_PASSWORD='pw12345'
export A="b
c"
""",
    ".env.example": """\
DB_HOST=<DB_HOST>
DB_PASSWORD=<GENERATE_32>
""",
    "README.md": """\
# Title

Run `psql postgresql://app:pw12345@10.0.0.5/app`.

```sh
export PASSWORD=pw12345
```
""",
    "guide.rst": """\
Title
=====

.. code:: yaml

   password: pw12345

See http://10.0.0.5:81/.
""",
    "page.html": """\
<html><!-- password: pw12345 --><a href='http://10.0.0.5:81/'>x</a></html>
""",
    "seed.sql": """\
CREATE USER app WITH PASSWORD 'pw12345';
-- host=10.0.0.5
SELECT dblink('host=10.0.0.5 password=pw12345');
""",
    "data.unknown": """\
password=pw12345 host=10.0.0.5
""",
    "script": """\
#!/usr/bin/env python3
password = 'pw12345'
""",
}
# A key that is found wherever it stands, whatever surrounds it: a file without a finding of it has not been read.
PLANTED = "AGE-SECRET-KEY-1" + "QPZRY9X8GF" * 5 + "2TVDW0S3"

BITS = (
    " ", "\t", "\r", "\r\n", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\ufeff", "￼", "\x01", "\x02", "\x00",
    "\ud83d", "\udc80", "é", "비밀", "🔑", '"', "'", "`", '"""', "'''", "\\", "\\\\", "(", ")", "[", "]", "{", "}",
    "<", ">", "${", "{{", "}}", "$(", "%(", "#{", "<%", "#", "//", "/*", "*/", "--", "<!--", ";", ":", ",", "=",
    "=>", "||", "??", "? ", " or ", "&", "|", "@", "://", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----\n",
    "<<EOF\n", "- ", "? ", "key: |\n", "password", "password=", "password: 'a1' ", "a=", "a:", "f(", "x['a'] = ",
    "localhost:5433 ", "'10.0.0.5', ", "http://10.0.0.5:81/ ", "eyJhbGciOi.", "# envfence: ignore[a] ",
    "a ? 'localhost' : ", "((('10.0.0.5')))", "x = 'password1'\nf(x)\n", "host: localhost\nport: 5433\n", "${a:-b}",
    "=/a[", "AKIA", "glpat--", "port=5433 ", "a.", "1.", "a-", "Basic ", "identified by ",
)  # fmt: skip
CODECS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949", "cp949", "latin-1")
PLACES = st.integers(0, 1000)  # thousandths of a text
MUTATIONS = st.one_of(
    st.tuples(st.just("cut"), PLACES, PLACES),
    st.tuples(st.just("double"), PLACES, PLACES),
    st.tuples(st.just("swap"), PLACES, PLACES),
    st.tuples(st.just("splice"), PLACES, st.sampled_from(sorted(SEEDS))),
    st.tuples(st.just("unquote"), st.sampled_from("\"'`()[]{}\n"), PLACES),
    st.tuples(st.just("breaks"), st.sampled_from(("\r", "\r\n", "\n\r", " ")), PLACES),
    st.tuples(st.just("insert"), PLACES, st.sampled_from(BITS), st.sampled_from((1, 1, 2, 3, 7, 100, 2000))),
)
BYTE_CHANGES = st.tuples(PLACES, st.binary(min_size=1, max_size=4))


def mutated(text, mutation):
    kind, first, second, *rest = mutation
    at, to = (value * len(text) // 1000 if isinstance(value, int) else 0 for value in (first, second))
    at, to = sorted((at, to)) if kind in ("cut", "double", "swap") else (at, to)
    match kind:
        case "cut":
            return text[:at] + text[to:]
        case "double":
            return text[:to] + text[at:]
        case "swap":
            return text[:at] + text[to:] + text[at:to]
        case "splice":
            return text[:at] + SEEDS[second] + text[at:]
        case "unquote":
            return text[:to] + text[to:].replace(first, "", 1)
        case "breaks":
            return text[:to] + text[to:].replace("\n", first)
    return text[:at] + second * min(rest[0], HUGE_LINE // len(second)) + text[at:]


def encoded(text, codec, byte_changes):
    data = text.encode(codec, "replace" if codec in ("cp949", "latin-1") else "surrogatepass")
    if codec == "utf-16":
        return data
    for place, raw in byte_changes:
        at = place * len(data) // 1000
        data = data[:at] + raw + data[at + 1 :]
    return data


class Recipe(NamedTuple):
    """How to make a malformed file. A failing test shows it, not the 200 kB that come of it."""

    path: str
    mutations: list
    codec: str
    byte_changes: list
    is_planted_last: bool
    tail: str

    def file(self):
        """Return the bytes, with the key planted on a line of its own."""
        text = SEEDS[self.path]
        for mutation in self.mutations:
            text = mutated(text, mutation)
        if self.tail:
            text += self.tail * (HUGE_LINE // len(self.tail))
        planted = f"\n\n{PLANTED}\n"
        if self.codec.startswith("utf-16"):
            return encoded(text + planted, self.codec, ())
        data = encoded(text, self.codec, self.byte_changes)
        # Behind the mark of UTF-16 it would be another text.
        is_last = self.is_planted_last and not data.startswith(files.UTF_16)
        return data + planted.encode() if is_last else planted.encode() + data


RECIPES = st.builds(
    Recipe,
    path=st.sampled_from(sorted(SEEDS)),
    mutations=st.lists(MUTATIONS, min_size=1, max_size=5),
    codec=st.sampled_from(CODECS),
    byte_changes=st.lists(BYTE_CHANGES, max_size=3),
    is_planted_last=st.booleans(),
    tail=st.sampled_from(("",) * 6 * len(BITS) + BITS),  # few files are huge
)


def report_of(path, data, **options):
    return check([Source(path, lambda: (data, len(data)))], Options(lines=True, **options))


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """Work in an empty folder: no settings and no env files around."""
    monkeypatch.chdir(tmp_path)


def seconds_for(path, data):
    """Return the report of a file, everything that is printed of it, and the processor time up to the first print.

    What takes too long is measured again: beside other programs a processor is slower.
    """
    for _ in range(3):
        started = time.process_time()
        report = report_of(path, data)
        text = rendered(report.findings, "text", report.lines)
        seconds = time.process_time() - started
        if not is_too_long(seconds):
            break
    return report, [text, *(rendered(report.findings, kind, {}) for kind in ("json", "sarif", "github"))], seconds


def is_too_long(seconds):
    """Whether it is; under a tracer such as coverage's every line takes several times as long."""
    return seconds >= LONGEST * (5 if sys.gettrace() else 1)


def test_no_malformed_file_breaks_slows_or_escapes_the_check(outside):
    took = []
    skipped = []

    @settings(
        max_examples=MALFORMED,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # a recipe is short already
        suppress_health_check=list(HealthCheck),
    )
    @given(recipe=RECIPES)
    def survives(recipe):
        path, data = recipe.path, recipe.file()
        report, texts, seconds = seconds_for(path, data)
        assert not is_too_long(seconds), f"{path}: {len(data)} bytes take {seconds:.2f} s"
        assert report.files == 1
        was_read = any(found.message.startswith("an age key ") for found in report.findings)
        assert was_read != bool(report.skipped), "a file is read, or it is counted among the skipped"
        lines = files.decoded(data).count("\n") + 1
        assert all(1 <= found.line <= found.end_line <= lines for found in report.findings)
        assert all(found.column is None or found.column >= 1 for found in report.findings)
        assert not any(PLANTED[at : at + 12] in text for text in texts for at in range(16, len(PLANTED) - 12))
        took.append(seconds)
        skipped.extend(kind for kind, _ in report.skipped.values())

    survives()
    assert len(took) >= MALFORMED
    assert MALFORMED / 50 < len(skipped) < MALFORMED / 3


SECRET = "password = 'pw12345'"
# What once took the square of its length, or nearly so, beside what looks as if it might.
LONG = (
    *(
        pytest.param("app.py", SECRET, bit, id=f"py {bit!r}")
        for bit in (" ", "\n", "(", "password", "\\", "'", '"""', "[{")
    ),
    pytest.param("app.py", f"{SECRET} + '", "' + 'pw12345", id="one long sum"),
    pytest.param("app.py", SECRET, "port=5433 ", id="ports on one line"),
    pytest.param("app.py", "# password: x", "port=5433 ", id="ports in a comment"),
    pytest.param("app.py", SECRET, "'password=pw12345'\n", id="docstrings"),
    pytest.param("app.py", "", "password = 'pw12345'\nf(password)\n", id="a constant over and over"),
    pytest.param("app.py", SECRET, "((('10.0.0.5')))", id="nested brackets"),
    pytest.param("app.py", SECRET, "f('password', [", id="open brackets"),
    pytest.param("app.py", SECRET, "x['10.0.0.5'] = ", id="subscripts"),
    pytest.param("app.py", SECRET, "# envfence: ignore[a-b] x\n", id="suppressing comments"),
    pytest.param("app.ts", SECRET, "/* envfence: ignore[a-b] ", id="open comments that suppress"),
    pytest.param("app.ts", SECRET, "=/a[", id="regular expressions"),
    pytest.param("app.ts", SECRET, "a ? 'localhost' : ", id="conditionals"),
    pytest.param("app.ts", SECRET, "?:", id="conditionals without anything"),
    pytest.param("app.ts", SECRET, "aaaa || '10.0.0.5' || ", id="alternatives"),
    pytest.param("app.ts", SECRET, "`${x}10.0.0.5` ", id="templates"),
    pytest.param("app.ts", "f(" + " " * 9000, "'10.0.0.5' + ", id="blanks before an argument"),
    pytest.param("app.json", "{", '"password": "pw12345", ', id="pairs on one line"),
    pytest.param("app.go", "var x = []string{", '"10.0.0.5",\n', id="a list of hosts"),
    pytest.param("app.java", "", '@Value("${a:10.0.0.5}") ', id="annotations"),
    pytest.param("app.java", SECRET, '\\"password', id="a long string, whose words are constants"),
    pytest.param("app.sql", "", "password 'pw12345', ", id="SQL"),
    pytest.param("a.yml", "password: ", "a.", id="yaml dots"),
    pytest.param("a.yml", "password: ", "'", id="yaml quotes"),
    pytest.param("a.yml", "password: [", "[", id="yaml brackets"),
    pytest.param("a.yml", "password: x\n", "- - ", id="yaml dashes"),
    pytest.param("a.yml", "password: x\n", 'a: "\n', id="yaml open quotes"),
    pytest.param("a.yml", "", "host: localhost\nport: 5433\n", id="yaml hosts and ports"),
    pytest.param("a.yml", "", "# http://a:pw12345@b\n", id="yaml comments"),
    pytest.param("a.sh", "PASSWORD=", "${a}", id="shell variables"),
    pytest.param("a.sh", "PASSWORD=x\n", "$(", id="shell substitutions"),
    pytest.param("a.sh", "PASSWORD=x\n", "cat <<A\n", id="shell here-documents"),
    pytest.param("a.sh", "PASSWORD=x\n", "sh -c '", id="shell in shell"),
    pytest.param("Dockerfile", "", 'RUN ["curl", "-u", "a:pw12345"]\n', id="Dockerfile lists"),
    pytest.param("Dockerfile", "ENV PASSWORD=x\n", "RUN cat <<A\n", id="Dockerfile here-documents"),
    pytest.param("Makefile", "PASSWORD = x\n", "a:\\\n", id="Makefile continuations"),
    pytest.param("a.ini", "password = ", '"""', id="ini quotes"),
    pytest.param("a.toml", "password = [\n", "{a = [\n", id="toml brackets"),
    pytest.param("a.env", "PASSWORD=", "${a:-", id="env defaults"),
    pytest.param("a.clj", "", ':port 5433 :password "pw12345" (a ', id="clojure maps"),
    pytest.param("a.http", "GET http://a:1\n\n", "password=pw12345&\n", id="request bodies"),
    pytest.param("a.bicep", "", "param a b = 'http://a:pw12345@b'\n", id="bicep parameters"),
    pytest.param("a.py", "", 'Redis("10.0.0.5", 6379)\n', id="ports beside hosts"),
    pytest.param("a.md", "", "`password=pw12345` ", id="prose"),
    pytest.param("a.md", "password: ", "key.", id="prose dots"),
    pytest.param("a.md", "", "http://a:pw12345@b ", id="prose addresses"),
    pytest.param("a.py", "-----BEGIN RSA PRIVATE KEY-----\n", "Aaa: ", id="a key's headers"),
    pytest.param("a.py", "", "eyJa", id="tokens of dots"),
    pytest.param("a.py", "", "glpat--", id="tokens of GitLab"),
    pytest.param("a.py", "", "sk-T3BlbkFJ", id="keys of OpenAI"),
)


@pytest.mark.parametrize(("path", "start", "bit"), LONG)
def test_a_long_text_takes_no_longer_than_it_is(outside, path, start, bit):
    data = f"{start}{bit * (LONG_TEXT // len(bit))}\npassword = 'pw12345'\n".encode()
    _, _, seconds = seconds_for(path, data)
    assert not is_too_long(seconds), f"{seconds:.2f} s"


def test_a_block_takes_no_longer_than_what_stands_before_it(outside):
    data = f'{"x" * LONG_TEXT}[{{ a = "10.0.0.5"'.encode()
    _, _, seconds = seconds_for("a.tf", data)
    assert not is_too_long(seconds), f"{seconds:.2f} s"


PASSWORD = "password = 'pw12345'\n"
SKIPPED = {
    "a.bin": (b"\0" * 99, "binary"),
    "a.min.js": (b"x", "minified"),
    "a.po": (b"x", "translation"),
    "a.go": (b"// Code generated by x. DO NOT EDIT.\n", "generated"),
    "uv.lock": (b"x", "lock"),
    "a.py": (b"x = 1\n" * 800_000, "huge"),
    "utf16.py": ("x = 1\n".encode("utf-16-le"), "binary"),
}


def test_every_skipped_file_is_counted_by_its_kind(write, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(write({name: data for name, (data, _) in SKIPPED.items()}))
    assert cli.main(["check"]) == 0
    out, err = capsys.readouterr()
    kinds = [kind for _, kind in SKIPPED.values()]
    assert out == ""
    assert err.startswith(f"skipped {len(kinds)} files, ")
    assert {part.strip() for part in err.partition(": ")[2].split(",")} == {
        f"{kinds.count(kind)} {kind}" for kind in kinds
    }


@pytest.fixture
def commit(repo, write, git, script):
    """Return a function that commits under a plain git hook, and returns its code and what it said."""
    write({"pre-commit": f"#!/bin/sh\nexec '{script('envfence-hook')}'\n"}, repo / ".git" / "hooks")
    (repo / ".git" / "hooks" / "pre-commit").chmod(0o755)
    write({".gitignore": ".env*\n!.env.example\n"})
    git("add", ".gitignore")

    def run(*arguments):
        result = subprocess.run(["git", "commit", "-qm", "x", *arguments], cwd=repo, capture_output=True, check=False)
        return result.returncode, (result.stdout + result.stderr).decode()

    return run


def test_a_file_of_100_mb_is_checked_where_it_begins(repo, git, commit):
    line = b"x = compute(1)  # nothing to see here at all\n"
    for password, expected in ((PASSWORD, 1), ("", 0)):
        with (repo / "huge.py").open("wb") as stream:
            stream.write(password.encode())
            for _ in range(100):
                stream.write(line * (1_000_000 // len(line) + 1))
        git("add", "huge.py")
        code, said = commit()
        assert (code, "huge.py:1:12: hardcoded-credential" in said) == (expected, bool(expected))
        assert re.search(r"skipped 1 file, 9\d\.\d MB: 1 huge", said)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(repo, git, write, commit, script):
    write({"app.py": PASSWORD, "b.py": "x = 1\n"})
    git("add", ".")
    (repo / "app.py").unlink()
    os.mkfifo(repo / "app.py")
    os.mkfifo(repo / ".env.local")
    assert commit()[0] == 1  # the index has the file
    hook = [script("envfence-hook"), "app.py", "b.py", ".env.local", os.devnull]
    assert subprocess.run(hook, cwd=repo, check=False, timeout=30).returncode == 0
    check_one = [script("envfence"), "check", "app.py"]
    assert subprocess.run(check_one, cwd=repo, check=False, timeout=30, capture_output=True).returncode == 2


def test_a_folder_in_the_place_of_a_file_hides_nothing(repo, git, write, commit, script):
    write({"app.py": PASSWORD})
    git("add", ".")
    (repo / "app.py").unlink()
    write({"app.py/inner.py": PASSWORD, ".env.local/x": ""})
    code, said = commit()
    assert (code, "app.py:1:12: hardcoded-credential" in said) == (1, True)
    git("add", ".")
    code, said = commit()
    assert (code, "app.py/inner.py:1:12: hardcoded-credential" in said) == (1, True)
    hook = [script("envfence-hook"), "app.py", ".env.local"]
    assert subprocess.run(hook, cwd=repo, check=False).returncode == 0


def test_a_file_that_vanishes_before_it_is_read_is_said(write, monkeypatch, tmp_path):
    monkeypatch.chdir(write({"a.py": PASSWORD, "b.py": PASSWORD}))
    listed = list(sources.from_names(["a.py", "b.py"]))
    (tmp_path / "a.py").unlink()
    assert [(found.path, found.rule) for found in check(listed, Options()).findings] == [
        ("a.py", "unreadable-file"),
        ("b.py", "hardcoded-credential"),
    ]


# What `envfence env check` reads, each broken in its turn.
SURFACES = {
    **{name: SEEDS[name] for name in (".env.example", ".env.staging", "compose.yaml", "Dockerfile", "run.sh")},
    ".github/workflows/ci.yml": SEEDS[".github/workflows/ci.yml"],
    ".env.production": """\
DB_HOST=db.corp
DB_PASSWORD="pw$$12\\n345"
URL=redis://${DB_HOST}:1/0
""",
    "compose.prod.yaml": """\
services:
  api:
    environment: {DB_HOST: '${DB_HOST:?}'}
    ports: !override ['80:80']
""",
    "app.py": 'from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    db_host: str = "a"\n',
    ".gitignore": ".env*\n!.env.example\n",
    ".dockerignore": ".env*\n",
}


def test_no_broken_surface_breaks_or_slows_the_check_of_the_environment(repo, write, monkeypatch):
    monkeypatch.chdir(repo)
    reports = []

    @settings(
        max_examples=200,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        broken=st.dictionaries(
            st.sampled_from(sorted(SURFACES)), st.lists(MUTATIONS, min_size=1, max_size=4), min_size=1
        ),
        codec=st.sampled_from(CODECS),
        byte_changes=st.lists(BYTE_CHANGES, max_size=2),
    )
    def survives(broken, codec, byte_changes):
        texts = dict(SURFACES)
        for name, mutations in broken.items():
            for mutation in mutations:
                texts[name] = mutated(texts[name], mutation)
        write({name: encoded(text, codec, byte_changes if name in broken else ()) for name, text in texts.items()})
        for _ in range(3):
            started = time.process_time()
            findings = command.checked(".", None, "port")
            seconds = time.process_time() - started
            if not is_too_long(seconds):
                break
        assert not is_too_long(seconds), f"{seconds:.2f} s"
        assert all(rendered(findings, kind, {}) for kind in ("json", "sarif"))
        reports.append(len(findings))

    survives()
    assert len(reports) >= 200
    assert all(reports)
