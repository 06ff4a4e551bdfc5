"""What env.py of Alembic owes a database that people use, read from its syntax tree and the modules that it imports."""

import ast
import os
import re
from collections.abc import Iterator

from envfence.contract import builds

ADVICE = "stack/backend/alembic/env.py of envfence has all of it"
_OPTION = "sqlalchemy.url"


def file_in(folder: str) -> str:
    """Return the path of the env.py that stands beside the migrations of a program, "" if there is none."""
    named = re.search(r"(?m)^script_location\s*=\s*(\S+)", builds.text_of(os.path.join(folder, "alembic.ini")))
    where = (named[1] if named else "alembic").replace("%(here)s", "").strip("/")
    path = os.path.join(folder, *where.split("/"), "env.py")
    return path if os.path.isfile(path) else ""


def faults(folder: str, file: str) -> Iterator[str]:
    """Yield what is wrong with an env.py, each as half a sentence. A file that is no Python is one fault."""
    try:
        tree = ast.parse(builds.text_of(file))
    except SyntaxError as error:
        yield f"no Python in line {error.lineno}"
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {_name(call.func) for call in calls}
    if any(_sets_raw_url(call) for call in calls):
        yield f"a password with % in it breaks set_main_option({_OPTION!r}): build the engine from the settings"
    if "is_offline_mode" not in names:
        yield "--sql needs a database, so nobody can review: ask is_offline_mode()"
    if "fileConfig" not in names and "dictConfig" not in names:
        yield "nothing is logged: call fileConfig"
    yield from _lacking(_with_imports(folder, tree, builds.text_of(file)))


def _lacking(text: str) -> Iterator[str]:
    """Yield what neither env.py nor what it imports speaks of."""
    if not re.search(r"target_metadata\W+(?!None)\w*\.?metadata", text):
        yield "the models are not named: set target_metadata"
    for limit in ("lock_timeout", "statement_timeout"):
        if limit not in text:
            yield f"{limit} is not set"
    if "advisory_lock" not in text:
        yield "two runners can migrate at once: take pg_advisory_lock"
    if "transaction_per_migration" not in text:
        yield "a failure takes back migrations that went well: set transaction_per_migration"
    if "naming_convention" not in text:
        yield "constraints have no names, so no migration can drop them: give MetaData a naming_convention"
    if "create_hypertable" in text and "include_object" not in text:
        yield "autogenerate drops indexes of TimescaleDB: filter with include_object"


def _sets_raw_url(call: ast.Call) -> bool:
    if _name(call.func) != "set_main_option" or len(call.args) < 2:
        return False
    option, value = call.args[:2]
    is_url = isinstance(option, ast.Constant) and option.value == _OPTION
    return is_url and not (isinstance(value, ast.Call) and _name(value.func) == "replace")


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _with_imports(folder: str, tree: ast.Module, text: str) -> str:
    """Return the text of env.py and of the program's modules that it imports, comments left out."""
    texts = [text]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            path = os.path.join(folder, *node.module.split("."))
            files = (f"{path}.py", os.path.join(path, "__init__.py"))
            texts += [builds.text_of(file) for file in files if os.path.isfile(file)]
    return re.sub(r"(?m)(?:^|\s)#.*$", "", "\n".join(texts))
