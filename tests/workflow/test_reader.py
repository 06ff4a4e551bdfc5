"""Workflows as trees: what YAML says of them, with the line of every value."""

import pytest

from envfence.workflow.reader import read


def plain(node):
    """Return a tree as a YAML library would, with blank space of texts folded."""
    if isinstance(node.value, dict):
        return {name: plain(value) for name, value in node.value.items()}
    if isinstance(node.value, list):
        return [plain(value) for value in node.value]
    return " ".join(node.value.split()) if node.value else node.value


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("", {}, id="nothing"),
        pytest.param("# a\n---\n", {}, id="comments"),
        pytest.param("\ufeffon: push\n", {"on": "push"}, id="byte order mark"),
        pytest.param("on: push\r\njobs:\r\n  a: b\r\n", {"on": "push", "jobs": {"a": "b"}}, id="CRLF"),
        pytest.param("a: b # c\nd: 'e # f' # g\n", {"a": "b", "d": "e # f"}, id="comments behind values"),
        pytest.param("a: it''s\nb: 'it''s'\nc: \"\\\"x\\\"\"\n", {"a": "it''s", "b": "it's", "c": '"x"'}, id="quotes"),
        pytest.param("a: ~\nb:\nc: null\n", {"a": None, "b": None, "c": None}, id="nothing said"),
        pytest.param("'on':\n  \"x y\": z\n", {"on": {"x y": "z"}}, id="quoted keys"),
        pytest.param("a:\n- b\n- c\n", {"a": ["b", "c"]}, id="a list without indent"),
        pytest.param("a:\n  - b: c\n    d: e\n  -\n    f: g\n", {"a": [{"b": "c", "d": "e"}, {"f": "g"}]}, id="a list"),
        pytest.param("a:\n  - - b\n    - c\n", {"a": [["b", "c"]]}, id="a list of lists"),
        pytest.param("a: [b, 'c, d', {e: f}]\n", {"a": ["b", "c, d", {"e": "f"}]}, id="flow list"),
        pytest.param("a: { b: c, d: [e, f], g: }\n", {"a": {"b": "c", "d": ["e", "f"], "g": None}}, id="flow mapping"),
        pytest.param("a: [\n  b, # c\n  d,\n]\ne: f\n", {"a": ["b", "d"], "e": "f"}, id="flow over lines"),
        pytest.param("a:\n  [b,\n   c]\n", {"a": ["b", "c"]}, id="flow on the next line"),
        pytest.param("a: [b: c]\n", {"a": [{"b": "c"}]}, id="a pair in a list"),
        pytest.param("a: b\n  c\n  d\ne: f\n", {"a": "b c d", "e": "f"}, id="a text over lines"),
        pytest.param("a:\n  b c\n", {"a": "b c"}, id="a text on the next line"),
        pytest.param("a: |\n  b\n\n  # c\nd: e\n", {"a": "b # c", "d": "e"}, id="block"),
        pytest.param("a: >- # folded\n  b\n  c\n", {"a": "b c"}, id="folded block"),
        pytest.param("a: &x\n  b: c\nd: *x\ne: *y\n", {"a": {"b": "c"}, "d": {"b": "c"}, "e": None}, id="anchors"),
        pytest.param("a: b\n\t- c\n? d\ne: f\n", {"a": "b", "e": "f"}, id="what is not known is left out"),
        pytest.param("a: [b, c\n", {"a": ["b", "c"]}, id="never closed"),
        pytest.param("a: {b\n", {"a": {}}, id="never closed, no value"),
    ),
)
def test_texts(text, expected):
    assert plain(read("a.yml", text)) == expected


def test_lines_are_those_of_keys_and_items():
    tree = read(
        "a.yml", "on: push\njobs:\n  a:\n    steps:\n      - uses: x\n      - run: |\n          y\n        if: z\n"
    )
    steps = tree.at("jobs", "a", "steps")
    assert [tree.at("jobs", "a").line, steps.line, *(item.line for item in steps.items)] == [3, 4, 5, 6]
    assert (steps.items[1].at("run").line, steps.items[1].at("run").tag, steps.items[1].at("if").line) == (6, "|", 8)


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("".join(f"{' ' * depth}a:\n" for depth in range(5000)), id="blocks"),
        pytest.param("a: " + "[" * 5000, id="flow lists"),
        pytest.param("a: " + "{a: " * 5000 + "}" * 5000, id="flow mappings"),
        pytest.param("a:\n" + "- " * 5000 + "b\n", id="lists"),
    ),
)
def test_nesting_has_an_end(text):
    assert "a" in read("a.yml", text).mapping


@pytest.mark.source
def test_a_yaml_library_reads_our_workflows_alike(root):
    yaml = pytest.importorskip("yaml", reason="pre-commit brings PyYAML")
    for path in (*(root / ".github").rglob("*.yml"), *(root / "src/envfence/init/templates").glob("ci.yml")):
        text = path.read_text(encoding="utf-8").replace("@SERVICES@", "").replace("@TEST_VALUES@", "")
        assert plain(read(path.name, text)) == folded(yaml.load(text, yaml.BaseLoader)), path


def folded(value):
    if isinstance(value, dict):
        return {name: folded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [folded(one) for one in value]
    return " ".join(value.split()) or None
