"""The command: text, JSON and a page, signatures, and what it exits with."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from envfence.checklist import signatures
from envfence.checklist.answers import Answer, counted
from envfence.checklist.command import main
from envfence.checklist.items import CHECKLISTS
from envfence.checklist.page import page
from envfence.checklist.result import NEEDS_A_PERSON, done, needs_a_person, not_done
from envfence.errors import FenceError

from .. import browser

TODAY = date(2026, 11, 23)


@pytest.fixture
def empty(repo, write, monkeypatch):
    """Return an empty repository in which nobody is asked about servers."""
    monkeypatch.chdir(write({"readme.md": "# Stocks\n"}))
    return repo


def test_an_empty_repository_has_everything_before_it(empty, capsys):
    assert main([]) == 1
    out = capsys.readouterr().out
    assert out.startswith("환경 분리 완료 체크 / Environments are apart: 1 of 8\n")  # nothing is hardcoded
    assert "  ✗ `.env.example` 생성 / Create `.env.example` (env-example)\n" in out
    assert "      → name the keys there; `envfence init` and `envfence fix` write those that they find\n" in out
    assert "      .gitignore:1: env-file-not-ignored: git does not ignore every env file" in out


def test_json_has_every_item_with_what_was_found(empty, capsys):
    assert main(["--output-format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 25
    assert rows[0] == {
        "id": "env-example",
        "checklist": "Environments are apart",
        "korean": "`.env.example` 생성",
        "english": "Create `.env.example`",
        "state": "not done",
        "reason": ".env.example names no key",
        "advice": "name the keys there; `envfence init` and `envfence fix` write those that they find",
    }


def test_a_folder_that_there_is_not_is_an_error(capsys):
    assert main(["--root", "nowhere"]) == 2
    assert capsys.readouterr().err == "envfence: nowhere: no such folder\n"


@pytest.mark.parametrize("states", ((), (0,)))
def test_the_exit_code_is_the_truth(states, empty, monkeypatch, capsys):
    results = [not_done("r", "a") if at in states else done() for at in range(25)]
    monkeypatch.setattr("envfence.checklist.command.result_of", lambda *_: results.pop(0))
    assert main([]) == bool(states)
    assert f"25 items: {25 - len(states)} done" in capsys.readouterr().out


def test_a_person_signs_for_what_only_a_person_knows(empty, git, capsys):
    git("config", "user.name", "Kim Minji")
    assert main(["--sign", "team-trained"]) == 0
    assert "Kim Minji signed for team-trained; commit envfence-checklist.txt" in capsys.readouterr().err
    text = Path("envfence-checklist.txt").read_text(encoding="utf-8")
    assert text.splitlines()[1:] == [f"team-trained {datetime.now(UTC).date()} Kim Minji"]
    assert main(["--sign", "team-trained"]) == 0
    assert len(Path("envfence-checklist.txt").read_text(encoding="utf-8").splitlines()) == 3
    main([])
    assert "✓ 팀원 교육 완료 / The team is trained (team-trained)\n      signed by Kim Minji" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("item", "said"),
    (
        pytest.param("env-example", "env-example is looked up, so nobody has to sign for it", id="looked up"),
        pytest.param("nothing", "there is no such item; there are env-example", id="unknown"),
        pytest.param("team-trained", "git does not know who you are", id="nobody"),
    ),
)
def test_nobody_signs_for_anything_else(item, said, empty, capsys):
    assert main(["--sign", item]) == 2
    assert said in capsys.readouterr().err


ASKED = needs_a_person("whoever has learned it knows", "go through it together")


@pytest.mark.parametrize(
    ("day", "result"),
    (
        pytest.param("2026-11-01", done("signed by Kim Minji on 2026-11-01"), id="this month"),
        pytest.param("2025-11-23", done("signed by Kim Minji on 2025-11-23"), id="a year ago"),
        pytest.param(
            "2025-11-22",
            needs_a_person("Kim Minji signed on 2025-11-22, more than a year ago", "go through it together, then sign: "
            "`envfence checklist --sign team-trained`"), id="longer ago",
        ),
        pytest.param(
            "2027-01-01",
            needs_a_person("whoever has learned it knows", "go through it together, then sign: "
            "`envfence checklist --sign team-trained`"), id="not yet",
        ),
    ),
)  # fmt: skip
def test_a_signature_is_good_for_a_year(day, result):
    known = signatures.signatures(f"# head\n\nteam-trained {day} Kim Minji\n", "file")
    assert signatures.signed(ASKED, "team-trained", known, TODAY) == result
    assert signatures.signed(not_done("r"), "team-trained", known, TODAY) == not_done("r")


@pytest.mark.parametrize("line", ("team-trained", "team-trained yesterday Kim", "team-trained 2026-13-01 Kim"))
def test_a_line_that_is_no_signature_is_said(line):
    with pytest.raises(FenceError, match="file:1: no signature; write ITEM YYYY-MM-DD NAME"):
        signatures.signatures(line, "file")


@pytest.mark.parametrize(
    ("persons", "expected"),
    (
        pytest.param(1, "2 items: 1 done, 1 needs a person", id="one"),
        pytest.param(2, "3 items: 1 done, 2 need a person", id="two"),
    ),
)
def test_answers_are_counted(persons, expected):
    checklist = CHECKLISTS[0]
    answers = [Answer(checklist, checklist.items[0], result) for result in (done(), *[ASKED] * persons)]
    assert counted(answers) == expected


ANSWERS = [
    Answer(checklist, item, (done("all of `it`"), not_done("x<y>", "do"), ASKED)[at % 3])
    for checklist in CHECKLISTS
    for at, item in enumerate(checklist.items)
]
PROBE = """
const told = {};
told.items = document.querySelectorAll("li").length;
told.words = [...document.querySelectorAll("section:first-of-type .word")].map(node => node.textContent);
told.ground = light(ground(document.body));
told.contrast = Math.min(...[...document.querySelectorAll("h1, h2, p, b, small, code, li > span")].map(contrast));
told.requests = performance.getEntriesByType("resource").length;
told.overflow = document.documentElement.scrollWidth > innerWidth;
document.body.replaceChildren(JSON.stringify(told));
"""


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), (("light", 1200), ("dark", 1200), ("light", 500)))
def test_the_page_is_readable_in_light_and_dark_and_on_a_phone(scheme, width, tmp_path):
    browser.require()
    whole = page(ANSWERS, ".").replace("style-src", "script-src 'unsafe-inline'; style-src")
    told = browser.told(whole, PROBE, tmp_path, scheme, width)
    assert (told["items"], told["requests"], told["overflow"]) == (25, 0, False)
    assert told["words"][:3] == ["done", "not done", NEEDS_A_PERSON]
    assert (told["ground"] > 0.8) is (scheme == "light")
    assert told["contrast"] >= 4.5  # WCAG AA


def test_texts_of_the_page_are_escaped_and_both_languages_are_marked():
    whole = page(ANSWERS, "/x/<stocks>")
    assert "<title>Checklist: &lt;stocks&gt;</title>" in whole
    assert "x&lt;y&gt;" in whole
    assert "all of <code>it</code>" in whole
    assert '<b lang="ko"><code>.env.example</code> 생성</b>' in whole
    assert "{{" not in whole


def test_the_page_is_printed(empty, capsys):
    assert main(["--output-format", "html"]) == 1
    assert capsys.readouterr().out.startswith("<!doctype html>")
