"""Compose files as trees with places."""

import sys

import pytest

from envfence.errors import FenceError
from envfence.stack.tree import OVERRIDE, RESET, Node, UnreadableError, read


def test_texts_stay_texts_and_nothing_is_nothing():
    tree = read("a.yml", "a: 010\nb: 'null'\nc: ~\nd: on\ne:\nf: 1:30\n")
    assert {key: node.value for key, node in tree.mapping.items()} == {
        "a": "010", "b": "null", "c": None, "d": "on", "e": None, "f": "1:30",
    }  # fmt: skip


def test_places_are_those_of_keys_and_items():
    tree = read("a.yml", "a:\n  b:\n  - c\n  - d: e\n")
    assert [tree.at("a").line, tree.at("a", "b").line, *(item.line for item in tree.at("a", "b").items)] == [1, 2, 3, 4]


def test_tags_of_compose_are_kept():
    tree = read("a.yml", "a: !override [x]\nb: !reset null\nc: !other x\n")
    assert [node.tag for node in tree.mapping.values()] == [OVERRIDE, RESET, ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}", {"a": "1", "b": "3"}, id="one"),
        pytest.param(
            "x: &x {a: 1}\nz: &z {a: 2, c: 4}\ny: {<<: [*x, *z]}", {"a": "1", "c": "4"}, id="two: the first wins"
        ),
        pytest.param("y: {'<<': 1}", {"<<": "1"}, id="quoted, it is a key"),
        pytest.param("y: {<<: 1, a: 2}", {"a": "2"}, id="of no mapping"),
    ),
)
def test_merge_keys(text, expected):
    assert {key: node.text for key, node in read("a.yml", text).at("y").mapping.items()} == expected


@pytest.mark.parametrize(
    ("text", "line"),
    (
        pytest.param("a: 1\nb: [", 2, id="never closed"),
        pytest.param("a: 1\n\tb: 2", 2, id="tab"),
        pytest.param("a: &a\n  b: *a\n", 2, id="an alias of what it stands in"),
        pytest.param("a: *b", 1, id="an alias of nothing"),
        pytest.param("[" * 5000, 1, id="nested beyond reason"),
        pytest.param("a: \x01", 1, id="a control character"),
    ),
)
def test_what_is_no_yaml_is_said_with_its_line(text, line):
    with pytest.raises(UnreadableError) as caught:
        read("a.yml", text)
    assert caught.value.line == line


@pytest.mark.parametrize("text", ("", "# nothing\n", "---\n"))
def test_an_empty_file_is_an_empty_mapping(text):
    assert read("a.yml", text).mapping == {}


def test_what_is_asked_of_the_wrong_kind_is_nothing():
    node = Node("x", "a.yml", 3)
    assert (node.mapping, node.text, [item.text for item in node.items]) == ({}, "x", ["x"])
    assert (node.at("a", "b").value, node.at("a").line) == (None, 3)
    assert [scalar.text for scalar in read("a.yml", "a: [b, {c: d}, 1]\ne: ~").scalars()] == ["b", "d", "1"]


def test_without_the_extra_the_user_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    with pytest.raises(FenceError, match=r"envfence\[stack\]"):
        read("a.yml", "a: 1")
