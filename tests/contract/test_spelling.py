"""What is said to help is what both readers read alike, and where nothing helps that is said."""

import pytest

from envfence.contract.readers import compose_reader, disagreement
from envfence.contract.readers.spelling import NONE

NAME = "KEY=value, the name of letters, digits and _ only"
CLOSED = "one pair of quotes around the whole value, closed"

SAID = (
    pytest.param("A=1\rB=$X\r", 2, NONE, id="a lone CR and a reference"),
    pytest.param('A="it\\\'s \\\\\\\\\\\\\\\\ \\"\nx"\n', 1, NONE, id="both quotes, backslashes and a new line"),
    pytest.param("A=\"it's \\\\\\\\ \\\"x ' #y\n", 1, NONE, id="an open quote before everything else"),
    pytest.param("A=`x\nB=1\n", 0, "", id="a backtick that both take for text"),
    pytest.param("A@=`x\nB=1\n", 1, NAME, id="a backtick behind a bad name"),
    pytest.param("export A: 1\n", 1, NAME, id="export and colon"),
    pytest.param("export ", 1, "`KEY=`", id="export of nothing"),
    pytest.param('A="${B-\\$x}"\n', 1, "single quotes", id="a reference with a literal dollar"),
    pytest.param("A='x\r\nB=2\r\n", 1, CLOSED, id="open quote and CRLF"),
)


@pytest.mark.parametrize(("text", "line", "said"), SAID)
def test_spelling(text, line, said):
    findings = [finding for finding in disagreement.disagreements("f", text, {}, ()) if finding.line == line]
    expected = {said if said == NONE else f"both read it alike with {said}"} if said else set()
    assert {finding.message.rpartition("; ")[2].removesuffix(")") for finding in findings} == expected


def test_what_the_client_reads_counts_and_not_what_the_port_does():
    text = "A=1\nB=2\n"
    assert list(disagreement.disagreements("f", text, {}, (), {"A": "1", "B": "2"})) == []
    (finding,) = disagreement.disagreements("f", text, {}, (), {"A": "1"})
    assert (finding.line, finding.anchor) == (2, "B")
    (finding,) = disagreement.disagreements("f", "hunter2=1\n", {}, (), {})
    assert (finding.line, finding.anchor) == (1, "a key whose name is not shown")
    (finding,) = disagreement.disagreements("f", text, {}, (), disagreement.REFUSED)
    assert "client of this machine refuses the file" in finding.message


def test_compose_refuses_an_export_of_nothing():
    assert compose_reader.values_of(compose_reader.entries("A=1\nexport ", {})) is None
