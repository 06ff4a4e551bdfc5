"""The documentation site: every page is in it, every link leads somewhere, and generated pages are what they say."""

import re
import sys

import pytest

from envfence import commands
from envfence.cli import main

from .documents import ROOT

PAGE = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
HELP = dict(re.findall(r"^## envfence ?([^\n]*)\n\n```text\n(.*?)```$", PAGE, re.MULTILINE | re.DOTALL))


def test_every_document_is_a_page_of_the_site():
    """The session `docs` builds the site and refuses every link that leads nowhere; it takes mkdocs."""
    pages = re.findall(r"^  - [^:]+: (\S+\.md)", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    documents = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    assert sorted(pages) == sorted(("index.md", *documents))


def test_every_command_is_on_the_page():
    assert list(HELP) == [command for command, _ in commands.parsers()]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="argparse breaks lines elsewhere")
def test_the_page_is_up_to_date():
    assert commands.markdown() == PAGE, "run `python -m envfence.commands > docs/commands.md`"


@pytest.mark.parametrize("command", HELP)
def test_the_page_is_what_the_command_prints(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as done:
        main([*command.split(), "--help"])
    assert done.value.code == 0
    assert capsys.readouterr().out.split() == HELP[command].split()
