"""Env files of development that programs are started with, or load by themselves, on every server."""

import ast
import re
from collections.abc import Iterator, Sequence

from envfence.contract.files import environment_at, is_override
from envfence.contract.rules import found
from envfence.contract.stages import DEVELOPMENT, TEST, stage_of, stages_said
from envfence.contract.surfaces import dockerfile
from envfence.contract.surfaces.python.configured import file_names
from envfence.contract.surfaces.python.names import keyword, tail
from envfence.contract.surfaces.python.settings import SettingsClass
from envfence.finding import Finding
from envfence.stack.rules import WRONG_ENV_FILE

WORDS = ("dotenv", "read_env(")
_OF_DEVELOPERS = frozenset({DEVELOPMENT, TEST})
_LOADERS = frozenset({"load_dotenv", "dotenv_values", "find_dotenv", "read_env"})
_PATHS = ("dotenv_path", "filename", "env_file", "path")
_UNIT = re.compile(r"^[ \t]*EnvironmentFile[ \t]*=[ \t]*-?(\S+)", re.MULTILINE)
_OPTION = re.compile(r"--env-file[= ]+[\"']?([^\s\"',]+)|\bdotenv\s+-f\s+(\S+)|\benv_file:\s*[\"']([^\"']+)")
_STARTERS = ("Procfile", "ecosystem.config.js", "ecosystem.config.cjs", "ecosystem.config.json", "supervisord.conf")


def starts_programs(path: str) -> bool:
    """Tell whether a server reads the file to start programs."""
    return path.endswith(".service") or path.rpartition("/")[2] in _STARTERS or dockerfile.is_dockerfile(path)


def of_text(path: str, text: str) -> Iterator[Finding]:
    """Yield the env files of development that a unit, a Procfile or the command of an image names."""
    if _OF_DEVELOPERS & stages_said(path):
        return
    if dockerfile.is_dockerfile(path):
        text = _commands(text)
    for match in (_UNIT if path.endswith(".service") else _OPTION).finditer(text):
        if _is_of_developers(next(filter(None, match.groups()))):
            line = text.count("\n", 0, match.start()) + 1
            yield found(WRONG_ENV_FILE, path, line, detail="every server starts with it")


def of_module(path: str, tree: ast.Module) -> Iterator[Finding]:
    """Yield what a module loads on every machine: in no condition, and in no function for developers."""
    if not _OF_DEVELOPERS & stages_said(path):
        for call in _always(tree.body):
            given = [*call.args[:1], *(value for name in _PATHS if (value := keyword(call, name)) is not None)]
            if tail(call.func) in _LOADERS and any(map(_is_of_developers, _named(given))):
                yield found(WRONG_ENV_FILE, path, call.lineno, tail(call.func), "it is loaded in every environment")


def of_classes(classes: Sequence[SettingsClass]) -> Iterator[Finding]:
    """Yield the settings classes that read nothing but files of development, and are of all environments."""
    for one in classes:
        is_theirs = one.is_base or one.name.lower().startswith(("dev", "test", "local"))
        is_theirs |= bool(_OF_DEVELOPERS & stages_said(one.path))
        if one.env_files and not is_theirs and all(map(_is_of_developers, one.env_files)):
            yield found(WRONG_ENV_FILE, one.path, one.line, one.name, "it reads this in every environment")


def _is_of_developers(path: str) -> bool:
    name = environment_at(path.replace("\\", "/"))
    return bool(name) and not is_override(name or "") and stage_of(name or "") in _OF_DEVELOPERS


def _named(given: Sequence[ast.expr]) -> Iterator[str]:
    for node in given:
        yield from file_names(node)


def _always(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls that are made whatever holds."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _always(statement.body) if not _OF_DEVELOPERS & stages_said(statement.name) else ()
        elif isinstance(statement, ast.With | ast.AsyncWith):
            yield from _always(statement.body)
        elif isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return) and statement.value is not None:
            is_chosen = any(isinstance(node, ast.IfExp | ast.BoolOp | ast.Lambda) for node in ast.walk(statement.value))
            calls = (node for node in ast.walk(statement.value) if isinstance(node, ast.Call))
            yield from calls if not is_chosen else ()


def _commands(text: str) -> str:
    """Return the commands of the stages that servers run, each on its line."""
    lines = [""] * (text.count("\n") + 1)
    is_theirs = False
    for line, instruction in dockerfile.instructions(text):
        word, _, rest = instruction.partition(" ")
        if word.upper() == "FROM":
            is_theirs = bool(_OF_DEVELOPERS & stages_said(rest.lower().rpartition(" as ")[2]))
        elif word.upper() in {"CMD", "ENTRYPOINT"} and not is_theirs:
            lines[line - 1] = rest.replace('", "', " ").replace('","', " ")
    return "\n".join(lines)
