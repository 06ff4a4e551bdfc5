"""The runbook and the tutorial say in both languages what the commands really say, and name commands that there are."""

import re
import shlex
from functools import cache

import pytest

from envfence import commands
from envfence.sessions import SESSIONS

from .documents import ROOT, blocks_of

PAIRS = ("runbook", "tutorial")
SPAN = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
SAID = re.compile(r"^\| (`.+?) \| .+ \| .+ \|$", re.MULTILINE)


def read(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def commands_in(spans):
    return {re.sub(r"\s+", " ", one) for one in spans if one.startswith(("nox -", "envfence "))}


@pytest.mark.parametrize("name", PAIRS)
def test_both_languages_have_the_same_blocks(name):
    assert blocks_of(f"docs/{name}.md") == blocks_of(f"docs/{name}.ko.md")


@cache
def sources():
    files = [*(ROOT / "src/envfence/delivery").rglob("*"), *(ROOT / "src/envfence/operate/database").glob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.suffix in {".py", ".sh"}]
    # A sentence may go on in the next literal.
    return re.sub(r'"\n\s*f?"', "", "\n".join(texts)) + "Can't locate revision"


@pytest.mark.source
@pytest.mark.parametrize("name", ("runbook.md", "runbook.ko.md"))
def test_answers_are_what_the_commands_say(name):
    said = [part for row in SAID.findall(read(name)) for part in SPAN.findall(row) if part != "--plan"]
    assert len(said) > 20
    assert [part for part in said if part not in sources()] == []


@pytest.mark.parametrize("name", PAIRS)
def test_both_languages_say_the_same_commands(name):
    english, korean = (SPAN.findall(read(f"{name}{end}.md")) for end in ("", ".ko"))
    plain = [
        {re.sub(r"\s+", " ", one) for one in found if one.startswith(("nox ", "envfence "))}
        for found in (english, korean)
    ]
    assert plain[0] == plain[1]
    assert len(re.findall("^#", read(f"{name}.md"), re.MULTILINE)) == len(
        re.findall("^#", read(f"{name}.ko.md"), re.MULTILINE)
    )


TYPED = sorted({one for name in PAIRS for one in commands_in(SPAN.findall(read(f"{name}.md")))} - {"nox -l"})


@pytest.mark.parametrize("typed", TYPED)
def test_every_command_that_is_named_can_be_typed(typed):
    words = shlex.split(typed)
    if words[0] == "nox":
        known = SESSIONS[words[2]][1]
        words = ["envfence", *known, *words[4:]]
    parsers = dict(commands.parsers())
    name = max((key for key in parsers if words[1 : 1 + len(key.split())] == key.split()), key=len)
    rest = words[1 + len(name.split()) :]
    options = {option for action in commands.actions(parsers[name]) for option in action.option_strings}
    assert name
    assert [word for word in rest if word.startswith("--") and word not in options] == []
