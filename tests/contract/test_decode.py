"""Bytes that are not plain UTF-8 with LF are reported, and the rest of the file is checked all the same."""

import pytest

from envfence.contract.check import check

CONTRACT = "A=<A>\nB=<B>\nDB_PORT=<DB_PORT>\n"
LINES = "A=1\nB=2\nDB_PORT=x\n"
PORT = ("wrong-kind", 3, "the contract asks for port")


def crlf(text):
    return text.replace("\n", "\r\n")


BYTES = (
    pytest.param(LINES.encode("utf-16"), [("wrong-encoding", 1, "UTF-16")], id="UTF-16 with a mark"),
    pytest.param(LINES.encode("utf-16-be"), [("wrong-encoding", 1, "UTF-16")], id="UTF-16 without a mark"),
    pytest.param(LINES.encode("utf-16-le"), [("wrong-encoding", 1, "UTF-16")], id="UTF-16, little end first"),
    pytest.param(
        "A=1\n# \ud55c\uae00\n".encode("cp949") + b"B=2\nDB_PORT=x\n", [("wrong-encoding", 2, "CP949")], id="CP949"
    ),
    pytest.param(b"A=1\nB=caf\xe9\nDB_PORT=x\n", [("wrong-encoding", 2, "ANSI")], id="Latin-1"),
    pytest.param(b"A=1\nB=\x80\xff\nDB_PORT=x\n", [("wrong-encoding", 2, "ANSI")], id="no code page at all"),
    pytest.param(b"\xef\xbb\xbf" + LINES.encode(), [("wrong-encoding", 1, "byte order mark")], id="mark at the start"),
    pytest.param(
        b"A=1\n\xef\xbb\xbfB=2\nDB_PORT=x\n",
        [
            ("extra-key", 2, "not shown"),
            ("lookalike", 0, ""),
            ("missing-key", 1, "B: "),
            ("readers-disagree", 2, "byte order mark removed"),
            ("wrong-encoding", 2, "inside the file"),
        ],
        id="mark inside",
    ),
    pytest.param(b"A=1\nB=2\0\nDB_PORT=x\n", [("wrong-encoding", 2, "NUL")], id="NUL"),
    pytest.param(crlf(LINES).encode(), [("wrong-encoding", 1, "CR line ends")], id="CRLF"),
    pytest.param(
        crlf('A="x\ny"\nDB_PORT=x\nB=2\n').encode(),
        [("readers-disagree", 1, "with LF line ends"), ("wrong-encoding", 1, "CR line ends")],
        id="CRLF in quotes",
    ),
    pytest.param(
        "A=1\nB\uff1d2\nDB_PORT=x\n".encode(),
        [
            ("lookalike-character", 2, "ASCII"),
            ("missing-key", 1, "B: "),
            ("readers-disagree", 2, "with ASCII characters"),
            ("unparsable-line", 2, "without `=`"),
        ],
        id="full-width equals sign",
    ),
    pytest.param(
        "A=1\nB=\u201c2\u201d\nDB_PORT=x\n".encode(), [("lookalike-character", 2, "")], id="typographic quotes"
    ),
    pytest.param(
        "A=1\nB=\u30002\nDB_PORT=x\n".encode(),
        [("lookalike-character", 2, ""), ("readers-disagree", 2, "with ASCII characters")],
        id="ideographic space",
    ),
    pytest.param(
        "A=1\nB=2\u200b3\nDB_PORT=x\n".encode(), [("lookalike-character", 2, "an invisible one")], id="no width"
    ),
    pytest.param(
        "A=1\nB=\u00a02\nDB_PORT=x\n".encode(),
        [("lookalike-character", 2, "")],
        id="a space that does not break",
    ),
    *(
        pytest.param(f"A={value}\nB=2\nDB_PORT=x\nC_HOST=1\n".encode(), [("extra-key", 4, ""), *found], id=id_)
        for value, found, id_ in (
            ("db\u0430se", [("lookalike-character", 1, "")], "a Cyrillic letter in a Latin word"),
            ("a\u3164b", [("lookalike-character", 1, "an invisible one")], "a filler"),
            ("a\u2028b", [("lookalike-character", 1, "an invisible one")], "a separator of lines"),
            ("2024\u20132025\uff1a 5\u03bcs", [], "a text's own typography"),
        )
    ),
    pytest.param("A=1\nB=\ud55c\uae00 # \uff1d\n# \uff1d\nDB_PORT=x\n".encode(), [], id="Korean is right"),
)


@pytest.mark.parametrize(("data", "expected"), BYTES)
def test_bytes(data, expected, write, monkeypatch):
    root = write({".env.example": CONTRACT, ".env.production": data})
    (root / ".env.production").chmod(0o600)
    monkeypatch.chdir(root)
    findings = sorted(check(".", {}))
    rest = [finding for finding in findings if finding.rule != "wrong-kind"]
    assert [finding.anchor for finding in findings if finding.rule == "wrong-kind"] == ["DB_PORT"]
    expected = [row for row in expected if row[1]]
    assert [(finding.rule, finding.line) for finding in rest] == [row[:2] for row in expected]
    for finding, (_, _, said) in zip(rest, expected, strict=True):
        assert said in finding.message + finding.advice


@pytest.mark.parametrize(
    "host", ("db\u201301", "10.1.0\u30025", "db\uff0d01", "db\u2215a"), ids=("dash", "full stop", "full width", "slash")
)
def test_a_host_takes_no_typography(host, write, monkeypatch):
    root = write(
        {".env.example": "DB_HOST=<host>\n", ".env.production": f"DB_HOST={host}.example.org # 103 \u2013 x\n"}
    )
    (root / ".env.production").chmod(0o600)
    monkeypatch.chdir(root)
    assert [(finding.rule, finding.line) for finding in check(".", {})] == [("lookalike-character", 1)]
