"""The matrix as a page, seen by a real browser: chromium runs it and tells what it shows."""

import pytest

from envfence.contract import kinds
from envfence.contract.comparison.page import page
from envfence.contract.comparison.surfaces_rules import UNDECLARED_KEY
from envfence.contract.comparison.table import EXTRA, MISSING, NEEDED, OPEN, SET, Cell, Column, Row, Table
from envfence.contract.rules import MISSING_KEY, found
from envfence.finding import WARNING
from envfence.stack.rules import VERSION_KEY

from .. import browser

COLUMNS = (
    Column("contract", ".env.example", frozenset({".env.example"})),
    Column("environments", ".env.development", frozenset({".env.development"})),
    Column("environments", ".env.production", frozenset({".env.production"})),
    Column("program", "code", frozenset({"app.py"})),
)
MATRIX = Table(
    COLUMNS,
    (
        Row("DB_HOST", "host", "What the program <dials>", (Cell(NEEDED), Cell(SET), Cell(SET), Cell(NEEDED)), ()),
        Row(
            "DB_PASSWORD", kinds.SECRET, "", (Cell(NEEDED), Cell(SET), Cell(MISSING, is_wrong=True), Cell(OPEN)),
            (found(MISSING_KEY, ".env.production", 1, "DB_PASSWORD"),),
        ),
        Row(
            "SMTP_HOST", "", "", (Cell(), Cell(EXTRA), Cell(), Cell("", is_wrong=True)),
            (found(UNDECLARED_KEY, "app.py", 7, "SMTP_HOST", severity=WARNING),),
        ),
    ),
    (found(VERSION_KEY, "compose.yml", 1),),
)  # fmt: skip

# Runs in the page: rows that are shown, and what a reader or a keyboard meets.
PROBE = """
const shown = () => rows.filter(row => row.offsetHeight).map(row => row.querySelector("code").textContent);
const type = text => { search.value = text; search.dispatchEvent(new Event("input")); };
const press = key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
const told = {};
told.all = shown(); told.count = document.getElementById("count").value;
type("db_"); told.found = shown(); told.foundCount = document.getElementById("count").value;
type("undeclared app.py"); told.byRule = shown();
type(""); wrong.click(); told.wrong = shown(); wrong.click();
document.body.focus(); press("/"); told.focused = document.activeElement.id;
type("nothing like it"); told.none = shown(); press("Escape"); told.cleared = shown();
told.dark = matchMedia("(prefers-color-scheme: dark)").matches;
told.ground = light(ground(document.body));
const read = document.querySelectorAll("h1, p, label, td:not(.nothing), th, li b, small, code");
told.contrast = Math.min(...[...read].filter(node => node.offsetHeight).map(contrast));
told.tabs = [...document.querySelectorAll("input, [tabindex='0']")].map(node => node.id || node.className);
told.words = [...document.querySelectorAll("tbody tr:nth-child(2) td .word")].map(node => node.textContent);
told.heads = [...document.querySelectorAll("thead th")].every(head => head.scope === "col");
told.small = document.querySelector("small").textContent;
told.requests = performance.getEntriesByType("resource").length;
told.overflow = document.documentElement.scrollWidth > innerWidth;
document.body.replaceChildren(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Return a function: what a browser with a colour scheme and a width shows of the matrix."""
    browser.require()
    folder = tmp_path_factory.mktemp("page")

    def run(scheme, width=1200):
        return browser.told(page(MATRIX, "stock"), PROBE, folder, scheme, width)

    return run


@pytest.mark.browser
def test_rows_are_found_by_key_rule_and_file(seen):
    told = seen("light")
    assert told["all"] == told["cleared"] == ["DB_HOST", "DB_PASSWORD", "SMTP_HOST"]
    assert (told["found"], told["foundCount"]) == (["DB_HOST", "DB_PASSWORD"], "2 of 3 keys")
    assert told["byRule"] == ["SMTP_HOST"]
    assert told["wrong"] == ["DB_PASSWORD", "SMTP_HOST"]
    assert told["none"] == []


@pytest.mark.browser
def test_a_keyboard_and_a_screen_reader_get_everything(seen):
    told = seen("light")
    assert told["focused"] == "search"
    assert told["tabs"] == ["search", "wrong", "frame"]
    assert told["words"] == ["needed", "set", "missing, see the problem", "optional"]
    assert told["heads"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_every_text_is_readable_in_light_and_dark(scheme, seen):
    told = seen(scheme)
    assert told["dark"] is (scheme == "dark")
    assert (told["ground"] > 0.8) is (scheme == "light")
    assert told["contrast"] >= 4.5  # WCAG AA


@pytest.mark.browser
def test_the_page_asks_for_nothing_and_fits_a_phone(seen):
    told = seen("light", width=500)
    assert told["requests"] == 0
    assert not told["overflow"]


def test_texts_are_escaped():
    text = page(MATRIX, "<stock>")
    assert "What the program &lt;dials&gt;" in text
    assert "&lt;stock&gt;: 3 keys on 4 surfaces, 2 errors, 1 warnings" in text
    assert "{{" not in text


def test_problems_of_no_key_stand_below():
    assert "stack-version-key" in page(MATRIX, "stock").partition("</table>")[2]
    assert "Problems of no single key" not in page(MATRIX._replace(others=()), "stock")
