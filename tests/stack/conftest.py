"""A stack made from texts, held to the policy: each test asks for one rule."""

import pytest

from envfence.stack.linking import linked
from envfence.stack.policy import Facts, findings
from envfence.stack.render import rendered
from envfence.stack.tree import read

CODE = frozenset({"", "api", "web"})


@pytest.fixture
def lines_of():
    """Return a function: the file's letter and line of each finding of a rule; files are a.yml, b.yml and so on.

    ``others`` are files that no stack names, path to text; ``given`` are the keys that env files hold.
    """

    def judge(rule, *texts, environment="production", values=None, others=None, given=frozenset()):
        files = {f"{name}.yml": text for name, text in zip("abc", texts, strict=False)}
        trees = {path: read(path, text) for path, text in (files | (others or {})).items()}
        layers = [linked(trees[path], trees) for path in files]
        stack = rendered(environment, layers, values or {}, lambda key: key.isupper() and key != "UNSET")
        facts = Facts(lambda key: "PASSWORD" in key, given=given, code_folders=CODE)
        return [(one.path[0], one.line) for one in findings(stack, facts) if one.rule == rule]

    return judge


@pytest.fixture
def app():
    """Return a function that makes a compose file of one service from its lines; the first is line 3."""

    def file(text, image="app:1.0.0", name="app", end=""):
        lines = ([f"image: {image}"] if image else []) + text.splitlines()
        return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines) + end

    return file
