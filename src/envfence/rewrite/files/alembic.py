"""alembic.ini: the URL of the database goes to `env.py`, as a literal first, which moves like any other.

Alembic hands `env.py` what `alembic.ini` says. So `env.py` may say it itself, and the line in `alembic.ini` goes.
"""

import posixpath
import re
from collections.abc import Iterable, Sequence

from envfence import check
from envfence.config import Config
from envfence.rewrite import Left, Rewritten, Spot
from envfence.rewrite.code.layout import Layout
from envfence.rewrite.keys import Keys
from envfence.rewrite.project import File, Project, is_to_fix
from envfence.rewrite.repairs.mending import Mended, Result
from envfence.rewrite.texts import Text, text_of

NAME = "alembic.ini"
UNTOLD = (
    "alembic expands no variables: let `env.py` say it from settings,"
    ' config.set_main_option("sqlalchemy.url", url.replace("%", "%%")), and drop it here'
)

_SECTION = re.compile(r"^\[alembic\][^\n]*\n((?:(?!\[)[^\n]*\n?)*)", re.MULTILINE)
_URL = re.compile(r"^sqlalchemy\.url[ \t]*=[ \t]*([^\s;#][^\r\n]*?)[ \t]*(\r?)$", re.MULTILINE)
_OPTION = r"^{}[ \t]*=[ \t]*([^\r\n]*?)[ \t]*\r?$"
_CONFIG = re.compile(r"^config\b[^\n=]*=[ \t]*context\.config[ \t]*\r?\n", re.MULTILINE)
_SAYS_IT = re.compile(r"^config\.set_main_option\([ \t]*[\"']sqlalchemy\.url[\"']", re.MULTILINE)


def rewrite(path: str, text: str, spots: Sequence[Spot], keys: Keys) -> Rewritten:
    """Leave everything alone: what can go has gone before."""
    return Rewritten((), [spot.left(UNTOLD) for spot in spots])


def in_code(project: Project) -> Project:
    """Return the project with the URLs of `alembic.ini` in `env.py`, where that can import the settings."""
    for file in project.files:
        if file.path.rpartition("/")[2] == NAME and file.text:
            project = _moved(project, file, file.text) or project
    return project


def is_moved(project: Project, left: Iterable[Left]) -> bool:
    """Tell whether nothing is left alone in the code that URLs have been brought to."""
    return {path for path in project.mended if path.endswith(".py")}.isdisjoint(one.path for one in left)


def _moved(project: Project, file: File, text: Text) -> Project | None:
    section = _SECTION.search(text.text)
    url = _URL.search(text.text, *section.span(1)) if section else None
    wanted = [one for one in file.findings if is_to_fix(one)]
    if section is None or url is None or len(wanted) != 1 or re.search(r"%\(|[\"\\]", url[1]):
        return None
    folder = posixpath.dirname(file.path)
    location = _option(section[1], "script_location").replace("%(here)s", ".")
    path = posixpath.normpath(posixpath.join(folder, location, "env.py"))
    code = text_of(project.asked.get(path, b""))
    config = _CONFIG.search(code.text) if code else None
    if code is None or config is None or not _imports(project, path, folder, section[1]):
        return None
    said = f'config.set_main_option("sqlalchemy.url", "{url[1].replace("%%", "%")}".replace("%", "%%")){code.newline}'
    says_it = bool(_SAYS_IT.search(code.text))
    new = code.text if says_it else code.text[: config.end()] + said + code.text[config.end() :]
    ini = f"{text.text[: url.start()]}# env.py says sqlalchemy.url{url[2]}{text.text[url.end() :]}"
    return _with(project, file, ini, path, code._replace(text=new))


def _option(section: str, name: str) -> str:
    match = re.search(_OPTION.format(name), section, re.MULTILINE)
    return match[1] if match else ""


def _imports(project: Project, path: str, folder: str, section: str) -> bool:
    """Tell whether alembic lets `env.py` import from where its modules are: `prepend_sys_path` says so."""
    paths = _option(section, "prepend_sys_path").replace("%(here)s", ".").split()
    bases = {posixpath.normpath(posixpath.join(folder, one)).removeprefix(".") for one in paths}
    return Layout(project.python).base_of(path) in bases


def _with(project: Project, file: File, ini: str, path: str, code: Text) -> Project:
    """Return the project with both files as they are to be, and the findings of that."""
    data = code.stored(code.text)
    findings = check.findings_in(path, data, Config())
    others = [one for one in project.files if one.path not in {file.path, path}]
    mended = {
        file.path: Result(ini, [Mended(file.path, one.line, one.rule) for one in file.findings if is_to_fix(one)]),
        path: Result(code.text, []),
    }
    said = (file.text or code).stored(ini)
    rest = [one for one in file.findings if not is_to_fix(one)]
    return project._replace(
        files=[*others, File(file.path, said, text_of(said), rest), File(path, data, code, findings)],
        asked={**project.asked, file.path: said, path: data},
        python={**project.python, path: code.text},
        mended={**project.mended, **mended},
    )
