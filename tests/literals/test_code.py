"""What a literal of code is for: name, path, call, argument and role, in every language."""

import pytest

from envfence.literals import COMPARED, DEFAULT, DOC, HOLE, SHOWN, VALUE, code, heads

SECRET = "s3cr3t-value"


def literals(text, path="a.py"):
    """Return all literals of the text, whatever their lines look like."""
    return code.literals(text, path, [(0, len(text))])


def contexts(text, path, value=SECRET):
    """Return name, path, call, argument and role of each use of the literal with this value."""
    return [one[3:8] for one in literals(text, path) if one.value == value]


ONE_USE = {
    # Names.
    "a variable": ("a.py", f'x = "{SECRET}"', ("x", (), "", "", VALUE)),
    "a typed variable": ("a.py", f'x: str = "{SECRET}"', ("x", (), "", "", VALUE)),
    "an attribute": ("a.py", f'self.x = "{SECRET}"', ("x", (), "", "", VALUE)),
    "a subscript": ("a.py", f'app.config["KEY"] = "{SECRET}"', ("KEY", (), "", "", VALUE)),
    "a key of a dict": ("a.py", f'd = {{"key": "{SECRET}"}}', ("key", ("d",), "", "", VALUE)),
    "a key of a key": ("a.py", f'd = {{"a": {{"b": "{SECRET}"}}}}', ("b", ("d", "a"), "", "", VALUE)),
    "a piece of a text": ("a.py", f'x = f("host=%s" % (a, "{SECRET}"))', ("x", ("f",), "", "", VALUE)),
    "an element of a list": ("a.py", f'xs = ["a", "{SECRET}"]', ("xs", ("[]",), "", "", VALUE)),
    "several targets": ("a.py", f'a = b = "{SECRET}"', ("b", (), "", "", VALUE)),
    "a constant of a class": ("A.java", f'private static final String X = "{SECRET}";', ("X", (), "", "", VALUE)),
    "const": ("a.ts", f'export const x: string = "{SECRET}"', ("x", (), "", "", VALUE)),
    "a property": ("a.js", f'const o = {{ x: "{SECRET}" }}', ("x", ("o",), "", "", VALUE)),
    "a short declaration": ("a.go", f'x := "{SECRET}"', ("x", (), "", "", VALUE)),
    "a field of a struct": ("a.go", f'o := Options{{X: "{SECRET}"}}', ("X", ("o",), "Options", "X", VALUE)),
    "a PHP array": ("a.php", f"$o = ['x' => '{SECRET}'];", ("x", ("o",), "", "", VALUE)),
    "a Ruby hash": ("a.rb", f"o = {{ 'x' => '{SECRET}' }}", ("x", ("o",), "", "", VALUE)),
    "JSON": ("a.json", f'{{"a": {{"b": "{SECRET}"}}}}', ("b", ("a",), "", "", VALUE)),
    "Terraform": ("a.tf", f'x = "{SECRET}"', ("x", (), "", "", VALUE)),
    "the second branch of a conditional": ("a.ts", f'const x = a ? b : "{SECRET}"', ("x", (), "", "", VALUE)),
    "on the next line": ("a.py", f'x = (\n    "{SECRET}"\n)', ("x", (), "", "", VALUE)),
    "behind a line's continuation": ("a.py", f'x = \\\n    "{SECRET}"', ("x", (), "", "", VALUE)),
    "behind brackets without partners": ("a.js", f') }} x = "{SECRET}"', ("x", (), "", "", VALUE)),
    "behind a statement that ends in a bracket": ("a.js", f'f()\nx = "{SECRET}"', ("x", (), "", "", VALUE)),
    "behind a block": ("a.js", f'if (a) {{\n}}\nx = "{SECRET}"', ("x", (), "", "", VALUE)),
    "behind a chain": ("a.js", f'const x = f()\n  .g("{SECRET}")', ("", ("x",), ".g", "0", VALUE)),
    "nothing": ("a.py", f'= "{SECRET}"', ("", (), "", "", VALUE)),
    "Bicep": ("a.bicep", f"resource r = {{\n  p: {{\n    x: '{SECRET}'\n  }}\n}}", ("x", ("r", "p"), "", "", VALUE)),
    "a setting in Bicep": (
        "a.bicep",
        f"s: [\n  {{\n    name: 'KEY'\n    value: '{SECRET}'\n  }}\n]",
        ("KEY", ("s",), "", "", VALUE),
    ),
    "a value that is no setting in Bicep": ("a.bicep", f"x: {{ value: '{SECRET}' }}", ("value", ("x",), "", "", VALUE)),
    # Calls.
    "arguments on lines of their own": ("a.py", f'f(\n    "a",\n    "{SECRET}",\n)', ("", (), "f", "1", VALUE)),
    "deep in brackets": ("a.py", f'f([[[[[["{SECRET}"]]]]]])', ("", ("[]",) * 6, "", "", VALUE)),
    "a position": ("a.py", f'f(1, "{SECRET}")', ("", (), "f", "1", VALUE)),
    "a keyword": ("a.py", f'f(x="{SECRET}")', ("x", (), "f", "x", VALUE)),
    "a method": ("a.py", f'a.b.f("{SECRET}")', ("", (), "a.b.f", "0", VALUE)),
    "a call inside a call": ("a.py", f'g(f("{SECRET}"))', ("", ("g",), "f", "0", VALUE)),
    "a wrapper": ("a.py", f'x = SecretStr("{SECRET}")', ("x", (), "", "", VALUE)),
    "a tuple in a call": ("a.py", f's.connect(("{SECRET}", 1))', ("", (), "s.connect", "0", VALUE)),
    "an option of a builder": ("a.py", f'b.option("key", "{SECRET}")', ("key", (), "b.option", "1", VALUE)),
    "a setter": ("A.java", f'f.setHost("{SECRET}");', ("host", (), "f.setHost", "0", VALUE)),
    "a type parameter": ("a.ts", f'f<string>("{SECRET}")', ("", (), "f", "0", VALUE)),
    "a static method": ("a.php", f"A::f('{SECRET}');", ("", (), "A::f", "0", VALUE)),
    # Defaults.
    "getenv": ("a.py", f'x = os.getenv("KEY", "{SECRET}")', ("KEY", ("x",), "", "", DEFAULT)),
    "getenv in a wrapper": ("a.py", f'x = int(os.getenv("KEY", "{SECRET}"))', ("KEY", ("x",), "", "", DEFAULT)),
    "getenv in a call": ("a.py", f'f(y=os.getenv("KEY", "{SECRET}"))', ("KEY", ("y",), "f", "y", DEFAULT)),
    "a helper": ("a.ts", f"const x = envOr('KEY', '{SECRET}')", ("KEY", ("x",), "", "", DEFAULT)),
    "Java's property": ("A.java", f'x = System.getProperty("k", "{SECRET}");', ("k", ("x",), "", "", DEFAULT)),
    "or": ("a.py", f'x = y or "{SECRET}"', ("y", ("x",), "", "", DEFAULT)),
    "or, behind a subscript": ("a.py", f'x = env["KEY"] or "{SECRET}"', ("KEY", ("x",), "", "", DEFAULT)),
    "double pipe": ("a.js", f'const x = process.env.KEY || "{SECRET}"', ("KEY", ("x",), "", "", DEFAULT)),
    "double question mark": ("a.ts", f'const x = env.KEY ?? "{SECRET}"', ("KEY", ("x",), "", "", DEFAULT)),
    "a parameter": ("a.py", f'def f(x="{SECRET}"): ...', ("x", (), "", "", DEFAULT)),
    "a typed parameter": ("a.ts", f'function f(x: string = "{SECRET}") {{}}', ("x", (), "", "", DEFAULT)),
    "a field": ("a.py", f'class A:\n    x: str = "{SECRET}"\n', ("x", (), "", "", DEFAULT)),
    "Field": ("a.py", f'class A:\n    x: str = Field(default="{SECRET}")\n', ("x", (), "", "", DEFAULT)),
    "argparse": ("a.py", f'p.add_argument("--the-key", default="{SECRET}")', ("the-key", (), "", "", DEFAULT)),
    "click": ("a.py", f'@click.option("-k", "--key", default="{SECRET}")', ("key", (), "", "", DEFAULT)),
    "typer": ("a.py", f'def f(x: str = typer.Option("{SECRET}")): ...', ("x", (), "", "", DEFAULT)),
    "a flag in Go": ("a.go", f'x := flag.String("key", "{SECRET}", "what it is")', ("key", ("x",), "", "", DEFAULT)),
    "a wrapped key": ("a.py", f'x = int(f("KEY")) or "{SECRET}"', ("KEY", ("x",), "", "", DEFAULT)),
    "or, behind something nameless": ("a.py", f'x = 1 or "{SECRET}"', ("x", (), "", "", DEFAULT)),
    "a parameter of a template": ("a.bicep", f"param x string = '{SECRET}'", ("x", (), "", "", DEFAULT)),
    "a parameter of another type": ("a.bicep", f"param x 'a' | 'b' = '{SECRET}'", ("x", (), "", "", DEFAULT)),
    # Compared.
    "equals": ("a.py", f'f(x) == "{SECRET}"', ("", (), "", "", COMPARED)),
    "equals, the other way round": ("a.py", f'if "{SECRET}" == x: ...', ("", (), "", "", COMPARED)),
    "strictly equals": ("a.js", f'if (x === "{SECRET}") {{}}', ("", (), "", "", COMPARED)),
    "in": ("a.py", f'if "{SECRET}" in x: ...', ("", (), "", "", COMPARED)),
    "in a tuple": ("a.py", f'if x in ("a", "{SECRET}"): ...', ("", (), "", "", COMPARED)),
    "asserted": ("a.py", f'assert f("{SECRET}")', ("", (), "f", "0", COMPARED)),
    "looked up": ("a.py", f'x = y["{SECRET}"]', ("", (), "", "", COMPARED)),
    # Shown.
    "printed": ("a.py", f'print("{SECRET}")', ("", (), "print", "0", SHOWN)),
    "logged": ("a.py", f'self.logger.info("{SECRET}")', ("", (), "self.logger.info", "0", SHOWN)),
    "raised": ("a.py", f'raise MyError("{SECRET}")', ("", (), "MyError", "0", SHOWN)),
    "one of several options": (
        "a.py",
        f'@click.option("--u", default="{SECRET}")\n@click.option("--password")\ndef f(): ...\n',
        ("u", (), "", "", DEFAULT),
    ),
    "a console": ("a.js", f'console.log("{SECRET}")', ("", (), "console.log", "0", SHOWN)),
    # Documentation.
    "help": ("a.py", f'p.add_argument("--x", help="{SECRET}")', ("help", (), "p.add_argument", "help", DOC)),
    "an example": ("a.py", f'f(x={{"example": {{"a": "{SECRET}"}}}})', ("a", ("x", "example"), "f", "x", DOC)),
    "a docstring": ("a.py", f'def f():\n    """{SECRET}"""\n', ("", (), "", "", DOC)),
}


@pytest.mark.parametrize(("path", "text", "expected"), ONE_USE.values(), ids=ONE_USE)
def test_context(path, text, expected):
    assert contexts(text + "\n", path) == [expected]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    (
        pytest.param("a.py", '# a "quoted" word\n', '# a "quoted" word', id="hash"),
        pytest.param("a.js", "// it's\nx()\n", "// it's", id="two slashes"),
        pytest.param("a.go", "/* a\nb */\n", "/* a\nb */", id="a block"),
        pytest.param("a.sql", "-- it's\n", "-- it's", id="two dashes"),
    ),
)
def test_a_comment_is_documentation(path, text, expected):
    assert [(one.value, one.role) for one in literals(text, path)] == [(expected, DOC)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    (
        pytest.param("a.py", 'x = f"http://{host}:80/a"\n', f"http://{HOLE}:80/a", id="f-string"),
        pytest.param("a.py", 'x = "http://{}:80/a".format(host)\n', f"http://{HOLE}:80/a", id="format"),
        pytest.param("a.py", 'x = "http://%s:80/a" % host\n', f"http://{HOLE}:80/a", id="percent"),
        pytest.param("a.ts", "x = `http://${a.host}:80/a`\n", f"http://{HOLE}:80/a", id="template"),
        pytest.param("a.rb", 'x = "http://#{host}:80/a"\n', f"http://{HOLE}:80/a", id="Ruby"),
        pytest.param("a.py", 'x = ("http://localhost"\n     "/a/b")\n', "http://localhost/a/b", id="joined"),
        pytest.param("a.py", 'x = """http://localhost"""\n', "http://localhost", id="three quotes"),
        pytest.param("a.py", 'x = "http://localhost\n', "http://localhost", id="never closed"),
    ),
)
def test_value(path, text, expected):
    assert [one.value for one in literals(text, path)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param("f(port=6379)\n", [("6379", "port", "f", "port")], id="an argument"),
        pytest.param("DB_PORT = 5432\n", [("5432", "DB_PORT", "", "")], id="a constant"),
        pytest.param('c = {"port": 3306}\n', [("3306", "port", "", "")], id="a key"),
        pytest.param("report = 1024\n", [], id="a word that ends so"),
        pytest.param("PORTFOLIO = 1000\n", [], id="a word that begins so"),
        pytest.param("timeout = 3000\n", [], id="another name"),
    ),
)
def test_numbers_are_read_where_a_name_says_port(text, expected):
    assert [(one.value, one.name, one.call, one.argument) for one in literals(text) if not one.quoted] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param('A = "http://h"\nf(A)\n', [("A", ""), ("", "f")], id="a constant"),
        pytest.param('A = "http://h"\nf(x=A)\n', [("A", ""), ("x", "f")], id="by keyword"),
        pytest.param('A = "http://h"\nc = {"b": A}\n', [("A", ""), ("b", "")], id="in a dict"),
        pytest.param('def g(a="http://h"):\n    f(a)\n', [("a", ""), ("", "f")], id="a parameter"),
        pytest.param('p.add_argument("--u", default="http://h")\nf(args.u)\n', [("u", ""), ("", "f")], id="an option"),
        pytest.param('a = getenv("X", "http://h")\nf(a)\n', [("X", ""), ("", "f")], id="a default"),
        pytest.param('A = "http://h"\nA2 = 1\nf(BA)\n', [("A", "")], id="only whole names"),
        pytest.param('A = "http://h"\nf(A=1)\n', [("A", "")], id="not where it is a keyword"),
    ),
)
def test_constants_are_followed(text, expected):
    assert [(one.name, one.call) for one in literals(text) if one.value == "http://h"] == expected


def test_a_use_belongs_to_the_nearest_definition_before_it():
    text = 'u = "http://one"\nf(u)\nu = "http://two"\ng(u)\n'
    assert {(one.value, one.call) for one in literals(text) if one.call} == {("http://one", "f"), ("http://two", "g")}


def test_a_constant_is_followed_only_so_often():
    text = 'u = "http://one"\n' + "f(u)\n" * (code.MOST_USES + 5)
    assert len(literals(text)) == 1 + code.MOST_USES


def test_many_constants_are_followed_too():
    count = code.FEW_NAMES + 1
    text = "".join(f'u{number} = "http://{number}"\nf(u{number})\n' for number in range(count))
    assert [one.call for one in literals(text)].count("f") == count


def test_a_statement_of_very_many_lines_is_read_in_part():
    text = "x = {\n" + "a:\n" * (heads.MOST_LINES + 5) + '"http://one" }\n'
    assert [one.value for one in literals(text, "a.js")] == ["http://one"]


def test_only_candidate_lines_are_read():
    text = 'a = "http://one"\nb = "http://two"\n'
    second = (text.index("b"), len(text) - 1)
    assert [one.value for one in code.literals(text, "a.py", [second])] == ["http://two"]


@pytest.mark.parametrize("text", ("((((((((((", "))))))))", '"""', "x = [" * 300, "{" * 2000 + '"a"', "'" * 999))
def test_broken_code_is_read_as_far_as_it_makes_sense(text):
    assert isinstance(literals(text), list)
