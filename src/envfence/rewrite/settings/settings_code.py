"""The code of a settings module: fields, composed properties, and the whole module where there is none yet."""

import re
from collections.abc import Iterable, Sequence

from envfence.rewrite.settings.settings_model import INT, SECRET, Composed, Field, Settings

_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "{": "{{", "}": "}}", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)  # of a text that goes into an f-string of one line

PYDANTIC, DOTENV, PLAIN = "pydantic-settings", "python-dotenv", ""  # what the project has to read env files with

_DOCSTRING = '"""What differs between environments: from the process, else from .env.<ENVIRONMENT>."""'
_CHOICE = (
    'LOCAL = "development" if (ROOT / ".env.development").is_file() else ""  # only developers have it',
    'ENVIRONMENT = os.environ.get("ENVIRONMENT") or LOCAL',
)
_SAID = 'ENVIRONMENT = os.environ.get("ENVIRONMENT") or dotenv_values(ROOT / ".env").get("ENVIRONMENT") or LOCAL'
ENV_FILE = """\
{name} = {folder} / f".env.{{os.environ.get('ENVIRONMENT')}}"
if "ENVIRONMENT" not in os.environ:
    {name} = {name}.with_name(".env.development")  # only developers have it


"""
ENV_FILE_SAID = """\
{name} = {folder} / f".env.{{os.environ.get('ENVIRONMENT')}}"
if "ENVIRONMENT" not in os.environ:
    {name} = {name}.with_name(
        f".env.{{dotenv_values({name}.with_name('.env')).get('ENVIRONMENT', 'development')}}"
    )


"""
_PYDANTIC = """\
class Settings(BaseSettings):
    \"\"\"The values of one environment.\"\"\"

    model_config = SettingsConfigDict(
        env_file={files},
        env_file_encoding="utf-8",
        extra="ignore",
        hide_input_in_errors=True,
    )

"""
SECRET_CLASS = '''\
class SecretStr:
    """A text that is not shown by accident."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "SecretStr('**********')"


'''
_READ = '''\
_LINE = re.compile(
    r"""\\s*(?:export\\s+)?(?P<key>\\w+)\\s*=\\s*"""
    r"""(?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\\\]|\\\\.)*)"|(?P<bare>.*?))\\s*(?:(?<=\\s)#.*)?$"""
)


def _values() -> dict[str, str]:
    """Return what the env file and the process set; the process comes first."""
    values: dict[str, str] = {}
    text = ENV_FILE.read_text(encoding="utf-8") if ENV_FILE.exists() else ""
    for line in text.splitlines():
        if match := _LINE.match(line):
            double = re.sub(r"\\\\(.)", r"\\1", match["double"] or "")
            values[match["key"]] = match["single"] or double or match["bare"] or ""
    return {**values, **os.environ}


'''
_GET = '''\
@lru_cache
def get_settings() -> Settings:
    """Return the settings, which are read once."""
    values = {values}
    types = Settings.__annotations__
    if missing := ", ".join(key for key in types if not values.get(key)):
        raise RuntimeError(f"neither the process nor {{ENV_FILE}} sets {{missing}}")
    return Settings(**{{key: make(values[key]) for key, make in types.items()}})
'''
_GET_PYDANTIC = '''\
@lru_cache
def get_settings() -> Settings:
    """Return the settings, which are read once."""
    return Settings()
'''
PAIR_HELPER = '''\
def _pair_value(value: str) -> str:
    """Return a value as libpq reads it in `key=value` pairs."""
    if value and not any(character.isspace() or character in "'\\\\" for character in value):
        return value
    return "'" + value.replace("\\\\", "\\\\\\\\").replace("'", "\\\\'") + "'"


'''


def module(
    settings: Settings, library: str, *, depth: int = 0, reads_plain_file: bool = False, is_said: bool = False
) -> str:
    """Return the text of a new settings module that lies ``depth`` folders below the env files.

    ``is_said`` tells whether the plain file names the environment.
    """
    is_said = is_said and library != PLAIN
    env_file = 'ROOT / f".env.{ENVIRONMENT}"'
    root = f"({above(depth)}).resolve()" if depth > 1 else above(depth)
    head = [f"ROOT = {root}", _CHOICE[0], _SAID if is_said else _CHOICE[1]]
    body = PAIR_HELPER if needs_pair_helper(settings.composed) else ""
    if library == PYDANTIC:
        files = f'(ROOT / ".env", {env_file})' if reads_plain_file else env_file
        body += _PYDANTIC.replace("{files}", files) + members(settings) + "\n\n" + _GET_PYDANTIC
    else:
        head.append(f"ENV_FILE = {env_file}")
        has_secret = any(field.type == SECRET for field in settings.added)
        body += SECRET_CLASS if has_secret else ""
        body += _READ if library == PLAIN else ""
        body += "@dataclass(frozen=True)\nclass Settings:\n"
        body += '    """The values of one environment."""\n\n'
        shared = ['dotenv_values(ROOT / ".env", interpolate=False)'] if reads_plain_file else []
        dotenv = (
            "{"
            + ", ".join(f"**{one}" for one in (*shared, "dotenv_values(ENV_FILE, interpolate=False)", "os.environ"))
            + "}"
        )
        body += members(settings) + "\n\n" + _GET.format(values="_values()" if library == PLAIN else dotenv)
    imports = "\n".join(_imports(settings, library, reads_dotenv=is_said or library == DOTENV))
    return f"{_DOCSTRING}\n\n{imports}\n\n" + "\n".join(head) + f"\n\n\n{body}"


def above(depth: int) -> str:
    """Return the code of the folder ``depth`` above that of the module: an image may hold fewer folders above it."""
    if depth > 1:
        return f'Path(__file__).resolve().parent / "{"/".join([".."] * depth)}"'
    return "Path(__file__).resolve()." + ("parents[1]" if depth else "parent")


def _imports(settings: Settings, library: str, *, reads_dotenv: bool) -> Sequence[str]:
    lines = ["import os", *(["import re"] if library == PLAIN else [])]
    lines += ["from dataclasses import dataclass"] if library != PYDANTIC else []
    lines += ["from functools import lru_cache", "from pathlib import Path"]
    lines += ["from urllib.parse import quote"] if needs_quote(settings.composed) else []
    lines += ["", *(["from dotenv import dotenv_values"] if reads_dotenv else [])] if library else []
    if library == PYDANTIC:
        has_secret = any(field.type == SECRET for field in settings.added)
        lines += ["from pydantic import SecretStr"] if has_secret else []
        lines += ["from pydantic_settings import BaseSettings, SettingsConfigDict"]
    return lines


def needs_quote(composed: Iterable[Composed]) -> bool:
    """Tell whether a property percent-encodes a part."""
    return any(how == "quoted" for one in composed for _, how in one.pieces)


def needs_pair_helper(composed: Iterable[Composed]) -> bool:
    """Tell whether a property puts `key=value` pairs together."""
    return any(how == "pair" for one in composed for _, how in one.pieces)


def members(settings: Settings) -> str:
    """Return the fields and properties that are added, four spaces deep."""
    lines = [f"    {field.attribute}: {field.type}" for field in settings.added]
    text = "\n".join(lines) + "\n" if lines else ""
    return text + "".join(f"\n{property_code(one, settings)}" for one in settings.composed)


def property_code(composed: Composed, settings: Settings) -> str:
    """Return the code of one property, four spaces deep."""
    before: list[str] = []
    inside: list[str] = []
    for text, how in composed.pieces:
        if not how:
            inside.append(text.translate(_ESCAPES))
            continue
        field = settings.fields[text]
        code = f"self.{field.attribute}" + (".get_secret_value()" if field.type == SECRET else "")
        local = text.rpartition("_")[2].lower()
        if how == "quoted":
            before.append(f'{local} = quote({code}, safe="{composed.safe}")')
        elif how == "bracketed":
            before.append(f'{local} = f"[{{{code}}}]" if ":" in {code} else {code}')
        elif how == "pair":
            before.append(f"{local} = _pair_value({f'str({code})' if field.type == INT else code})")
        inside.append("{" + (code if how == "raw" else local) + "}")
    head = f"    @property\n    def {composed.name}(self) -> str:\n"
    if inside == ["{" + _only_local(before) + "}"]:
        return f"{head}        return {before[0].partition(' = ')[2]}\n"
    return head + "".join(f"        {line}\n" for line in (*before, f'return f"{"".join(inside)}"'))


def _only_local(lines: Sequence[str]) -> str:
    """Return the name that the only line assigns, "" if there are several."""
    return lines[0].partition(" = ")[0] if len(lines) == 1 else ""


def field_line(field: Field, indent: str, *, is_first_version: bool = False) -> str:
    """Return the line of a field that is added to a class; ``is_first_version`` is that of pydantic."""
    named = f'Field(..., env="{field.key}")' if is_first_version else f'Field(validation_alias="{field.key}")'
    return f"{indent}{field.attribute}: {field.type}" + (f" = {named}" if field.is_named else "")


def indented(code: str, indent: str, step: str) -> str:
    """Return code that is four spaces deep as a class wants it: ``indent`` deep, each level below it one ``step``."""

    def deep(spaces: re.Match[str]) -> str:
        return indent + step * (len(spaces[0]) // 4 - 1)

    return re.sub(r"^(?: {4})+", deep, code, flags=re.MULTILINE)
