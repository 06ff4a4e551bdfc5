"""Which kind of file a path is, and how each programming language writes comments and strings."""

import os.path
from functools import lru_cache
from typing import NamedTuple


class Syntax(NamedTuple):
    """How a language writes what is not code. ``strings`` are regex alternatives, longest delimiter first."""

    line_comments: tuple[str, ...]
    block_comments: tuple[tuple[str, str], ...]
    strings: tuple[str, ...]
    newline_ends: bool = False  # a statement ends with its line, unless a bracket is open
    composites: bool = False  # `Type{name: value}` makes an object as a call does
    tags: bool = False  # a field's tag may hold its default: `default:"…"`


DOUBLE = r'"(?:[^"\\\n]++|\\[\s\S])*+"?'
SINGLE = r"'(?:[^'\\\n]++|\\[\s\S])*+'?"
CHARACTER = r"'(?:[^'\\\n]|\\[^\n]{1,8}?)'"
TRIPLE_DOUBLE = r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?:""")?'
TRIPLE_SINGLE = r"'''(?:[^'\\]++|\\[\s\S]|'(?!''))*+(?:''')?"
TEMPLATE = r"`(?:[^`\\]++|\\[\s\S])*+`?"
RAW_BACKTICK = r"`[^`]*`?"
C_BLOCK = ("/*", "*/")
# Of a heredoc: its lines, up to its end. One that begins again before it ends never ends.
_LINE = r"(?![ \t]*(?P=end)\b|[^\n]*<<[<~-]?[ \t]*[\"'`]?(?P=end)\b)[^\n]*+\n"
_BODY = r"(?:" + _LINE + r"){0,2000}+[ \t]*(?P=end)\b"
PHP_HEREDOC = r"<<<[ \t]*[\"']?(?P<end>\w+)[\"']?\r?\n" + _BODY
RUBY_HEREDOC = r"<<[~-][\"'`]?(?P<end>[A-Z]\w*)[^\n]*\n" + _BODY
HCL_HEREDOC = r"<<-?(?P<end>[A-Za-z_]\w*)[ \t]*\r?\n" + _BODY

PYTHON = Syntax(("#",), (), (TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE), newline_ends=True)
JAVASCRIPT = Syntax(("//",), (C_BLOCK,), (DOUBLE, SINGLE, TEMPLATE))
GO = Syntax(("//",), (C_BLOCK,), (DOUBLE, RAW_BACKTICK, CHARACTER), composites=True, tags=True)
JAVA = Syntax(("//",), (C_BLOCK,), (TRIPLE_DOUBLE, DOUBLE, CHARACTER))
GROOVY = Syntax(("//",), (C_BLOCK,), (TRIPLE_DOUBLE, TRIPLE_SINGLE, DOUBLE, SINGLE), newline_ends=True)
PHP = Syntax(("//", "#"), (C_BLOCK,), (PHP_HEREDOC, DOUBLE, SINGLE))
RUBY = Syntax(("#",), (), (RUBY_HEREDOC, DOUBLE, SINGLE), newline_ends=True)
SQL = Syntax(("--",), (C_BLOCK,), (SINGLE, DOUBLE))
LUA = Syntax(("--",), (), (DOUBLE, SINGLE), newline_ends=True)
JSON = Syntax(("//",), (C_BLOCK,), (DOUBLE,))
TERRAFORM = Syntax(("#", "//"), (C_BLOCK,), (HCL_HEREDOC, DOUBLE), newline_ends=True)
ERLANG = Syntax(("%",), (), (DOUBLE, SINGLE))
BICEP = Syntax(("//",), (C_BLOCK,), (TRIPLE_SINGLE, SINGLE), newline_ends=True)

SYNTAX_BY_SUFFIX = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), PYTHON),
    **dict.fromkeys(
        (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".dart"), JAVASCRIPT
    ),
    ".go": GO,
    **dict.fromkeys((".java", ".kt", ".kts", ".scala", ".cs", ".rs", ".swift"), JAVA),
    **dict.fromkeys((".groovy", ".gradle"), GROOVY),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp", ".m"), JAVA),
    ".php": PHP,
    **dict.fromkeys((".rb", ".ex", ".exs", ".pl", ".pm", ".r", ".erb"), RUBY),
    ".sql": SQL,
    ".lua": LUA,
    **dict.fromkeys((".json", ".jsonc", ".json5", ".ipynb"), JSON),
    **dict.fromkeys((".tf", ".tfvars", ".hcl"), TERRAFORM),
    ".erl": ERLANG,
    ".bicep": BICEP,
}

KIND_BY_SUFFIX = {
    **dict.fromkeys((".yml", ".yaml"), "yaml"),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".ksh", ".bat", ".cmd", ".ps1", ".mk", ".dockerfile"), "shell"),
    **dict.fromkeys((".ini", ".cfg", ".conf", ".toml", ".properties", ".env", ".cnf", ".config"), "lines"),
    **dict.fromkeys((".http", ".rest"), "lines"),
    **dict.fromkeys((".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".asciidoc", ".html", ".htm"), "prose"),
}
# What another reader than that of its kind reads.
READER_BY_SUFFIX = {
    ".sql": "sql",
    ".ipynb": "notebook",
    **dict.fromkeys((".http", ".rest"), "http"),
    **dict.fromkeys((".clj", ".cljs", ".cljc", ".edn"), "clojure"),
    **dict.fromkeys((".html", ".htm", ".gohtml", ".cshtml", ".ejs", ".hbs", ".twig", ".jsp"), "html"),
    **dict.fromkeys((".xml", ".config", ".csproj", ".props", ".targets", ".plist", ".resx", ".runsettings"), "xml"),
}
PIPELINE = "jenkinsfile"
INTERPRETERS = ("python", "pypy", "node", "ruby", "perl")
SHELL_NAMES = ("dockerfile", "makefile", "containerfile", "gnumakefile", "entrypoint", "procfile")
LAST_SUFFIXES = (  # of templates and of copies: the suffix before them says what is in the file
    ".example",
    ".sample",
    ".template",
    ".tmpl",
    ".tpl",
    ".dist",
    ".j2",
    ".jinja",
    ".jinja2",
    ".erb",
    ".golden",
    ".bak",
    ".orig",
    ".old",
    "~",
)


def kind_of(path: str, first_line: str = "") -> str:
    """Return "code", "yaml", "shell", "lines" or "prose", which is any other text.

    A shebang decides where the name says nothing.
    """
    return _kind_of_name(os.path.basename(path).lower(), first_line)


@lru_cache(maxsize=1024)
def _kind_of_name(name: str, first_line: str) -> str:
    for suffix in LAST_SUFFIXES:  # settings.yml.example is YAML
        name = name.removesuffix(suffix)
    stem, suffix = os.path.splitext(name)
    if name.startswith(".envrc"):
        return "shell"
    if name.startswith(".env") or stem.startswith(".env"):
        return "lines"
    if suffix in SYNTAX_BY_SUFFIX:
        return "code"
    if suffix in KIND_BY_SUFFIX:
        return KIND_BY_SUFFIX[suffix]
    if name.startswith(PIPELINE):
        return "code"
    if name.startswith(SHELL_NAMES):
        return "shell"
    if first_line.startswith("#!"):
        return "code" if any(name in first_line for name in INTERPRETERS) else "shell"
    return "lines" if name.startswith(".") else "prose"


def is_documentation(path: str) -> bool:
    """Tell whether people read the file, and no program: any other text may be a service's configuration."""
    return KIND_BY_SUFFIX.get(os.path.splitext(path)[1].lower()) == "prose"


def reader_of(path: str, kind: str) -> str:
    """Return which reader takes the file: one of its own, or that of its kind."""
    return READER_BY_SUFFIX.get(os.path.splitext(path)[1].lower(), kind)


def syntax_of(path: str) -> Syntax:
    """Return the syntax of a code file; one without a known suffix is read as Python."""
    name = os.path.basename(path).lower()
    for suffix in LAST_SUFFIXES:
        name = name.removesuffix(suffix)
    return SYNTAX_BY_SUFFIX.get(os.path.splitext(name)[1], GROOVY if name.startswith(PIPELINE) else PYTHON)
