"""Settings classes as pydantic-settings itself takes them: each class here is read by both."""

import ast

import pydantic
import pytest

from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.configured import ANY_FILE
from envfence.contract.surfaces.python.settings import settings_classes

HEAD = """
import enum
from pathlib import Path
from typing import Annotated, ClassVar, Dict, Final, List, Literal, Optional, Union
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
"""


def ours(body, name="Settings"):
    text = HEAD + body
    classes = settings_classes([Module("app/config.py", text, ast.parse(text))])
    return next(one for one in classes if one.name == name)


def theirs(body, env_file):
    """Return the locations of the errors that pydantic raises for an env file, by kind of error."""
    scope = {"__name__": "config"}
    exec(compile(HEAD + body, "config.py", "exec"), scope)
    try:
        scope["Settings"](_env_file=env_file)
    except pydantic.ValidationError as error:
        errors = error.errors()
        return {
            kind: {str(one["loc"][0]).lower() for one in errors if one["type"] == kind}
            for kind in ("extra_forbidden", "missing")
        }
    return {"extra_forbidden": set(), "missing": set()}


CONFIG = "    model_config = SettingsConfigDict(env_file='.env'{})\n"
PLAIN = "class Settings(BaseSettings):\n" + CONFIG.format("")
NESTED = "class Db(BaseModel):\n    host: str\n    port: int = 1\n"
GENERATED = (
    "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env', alias_generator={})\n"
)
CLASSES = [
    pytest.param(GENERATED.format("str.upper") + "    db_host: str\n    PORT: int = 1\n", id="aliases in capitals"),
    pytest.param(
        GENERATED.format("lambda n: f'app_{n.upper()}'") + "    a: str\n    b: str = Field(alias='own')\n",
        id="aliases by a lambda",
    ),
    pytest.param(
        "def named(field):\n    return 'X_' + field\n\n\n" + GENERATED.format("named") + "    a: str\n",
        id="by a function",
    ),
    pytest.param(
        "from pydantic import AliasGenerator\nfrom pydantic.alias_generators import to_camel\n"
        + GENERATED.format("AliasGenerator(validation_alias=to_camel)")
        + "    data_base_host: str\n    port: int\n",
        id="by a class",
    ),
    pytest.param(
        "PREFIX = 'app_'\nFILE = '.env'\nclass Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=FILE)\n    host: str\n",
        id="settings in constants",
    ),
    pytest.param(PLAIN + "    db_host: str\n    PORT: int = 1\n", id="names in any case"),
    pytest.param(
        PLAIN + "    a: Optional[str]\n    b: str | None = None\n    c: Union[int, None] = 3\n",
        id="optional is not without a need",
    ),
    pytest.param(
        PLAIN
        + "    a: str = Field()\n    b: str = Field(...)\n    c: str = Field('x')\n    d: str = Field(default='x')\n",
        id="Field",
    ),
    pytest.param(
        PLAIN + "    a: list[int] = Field(default_factory=list)\n    b: str = ...\n", id="factory and ellipsis"
    ),
    pytest.param(
        PLAIN + "    a: str = Field(alias='X_A')\n    b: str = Field('x', validation_alias='X_B')\n", id="alias"
    ),
    pytest.param(PLAIN + "    a: str = Field(validation_alias=AliasChoices('X_A', 'X_B'))\n", id="choice of aliases"),
    pytest.param(
        PLAIN + "    a: str = Field(validation_alias=AliasChoices('X_A', AliasPath('X_B', 0)))\n",
        id="path among aliases",
    ),
    pytest.param(
        PLAIN + "    a: Annotated[str, Field(alias='X_A')]\n    b: Annotated[str, Field(alias='X_B')] = 'b'\n",
        id="Annotated",
    ),
    pytest.param(
        PLAIN.replace("'.env'", "'.env', populate_by_name=True") + "    a: str = Field(alias='X_A')\n", id="by name too"
    ),
    pytest.param(
        PLAIN.replace("'.env'", "'.env', env_prefix='X_'") + "    a: str\n    b: str = Field('b', alias='DB_HOST')\n",
        id="prefix",
    ),
    pytest.param(
        "class Settings(BaseSettings, env_file='.env', env_prefix='X_'):\n    a: str\n", id="keywords of the class"
    ),
    pytest.param(
        "class Settings(BaseSettings):\n    a: str\n    class Config:\n        env_file = '.env'\n"
        "        env_prefix = 'X_'\n",
        id="class Config",
    ),
    pytest.param(
        "class Settings(BaseSettings):\n    model_config = {'env_file': '.env', 'env_prefix': 'x_'}\n    a: str\n",
        id="mapping",
    ),
    pytest.param(PLAIN.replace("'.env'", "'.env', extra='ignore'") + "    a: str = ''\n", id="extra ignored"),
    pytest.param(PLAIN.replace("'.env'", "'.env', extra='allow'") + "    a: str = ''\n", id="extra allowed"),
    pytest.param(PLAIN.replace("'.env'", "'.env', extra='forbid'") + "    a: str = ''\n", id="extra forbidden"),
    pytest.param(
        PLAIN.replace("'.env'", "'.env', dotenv_filtering='only_existing'") + "    a: str = ''\n", id="filtered"
    ),
    pytest.param(
        "class Base(BaseSettings):\n"
        + CONFIG.format(", extra='ignore'")
        + "    a: str\nclass Settings(Base):\n    b: str\n",
        id="inherited",
    ),
    pytest.param(
        "class Base(BaseSettings):\n"
        + CONFIG.format(", extra='ignore'")
        + "    a: str\nclass Settings(Base):\n    b: str = ''\n"
        + "    model_config = SettingsConfigDict(extra='forbid', env_prefix='X_')\n",
        id="config over the inherited one",
    ),
    pytest.param(
        "class Mixin(BaseModel):\n    a: str\nclass Settings(Mixin, BaseSettings):\n" + CONFIG.format(""), id="mixin"
    ),
    pytest.param(
        PLAIN + "    a: ClassVar[str] = 'x'\n    _b: str = PrivateAttr('x')\n    PORT: int = 1\n"
        "    @property\n"
        "    def db_host(self) -> str:\n        return ''\n",
        id="what is no field",
    ),
    pytest.param(
        NESTED + "class Settings(BaseSettings):\n" + CONFIG.format(", env_nested_delimiter='__'") + "    db: Db\n",
        id="nested",
    ),
    pytest.param(
        NESTED
        + "class Settings(BaseSettings):\n"
        + CONFIG.format(", env_nested_delimiter='__'")
        + "    db: Db = Db(host='x')\n",
        id="nested with a default",
    ),
    pytest.param(
        NESTED + "class Settings(BaseSettings):\n" + CONFIG.format("") + "    db: Db = Db(host='x')\n",
        id="nested without delimiter",
    ),
    pytest.param(
        NESTED
        + "class All(BaseModel):\n    db: Db\nclass Settings(BaseSettings):\n"
        + CONFIG.format(", env_nested_delimiter='__', env_prefix='X_'")
        + "    all: All\n",
        id="nested twice",
    ),
    pytest.param(
        PLAIN.replace("'.env'", "'.env', env_nested_delimiter='__'") + "    db: dict[str, str] = {}\n",
        id="mapping behind a delimiter",
    ),
]

ENV = {
    "DB_HOST": "h", "PORT": "1", "A": "1", "B": "2", "X_A": "[1]", "X_B": '["b"]', "X_PORT": "3", "DB__HOST": "h",
    "DB__PORT": "5",
    "X_ALL__DB__HOST": "h", "EMPTY": "", "A__B": "1",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Support for class-based:DeprecationWarning")
@pytest.mark.parametrize("body", CLASSES)
@pytest.mark.parametrize(
    "left_out",
    ((), ("DB_HOST", "A", "B"), ("X_A", "X_B", "DB__HOST", "DB__PORT"), tuple(ENV)),
    ids=lambda keys: f"without {' '.join(keys)[:20]}",
)
def test_needs_and_forbids_are_those_of_pydantic(body, left_out, tmp_path):
    held = {key: value for key, value in ENV.items() if key not in left_out}
    env_file = tmp_path / ".env"
    env_file.write_text("".join(f"{key}={value}\n" for key, value in held.items()), encoding="utf-8")
    one = ours(body)
    expected = theirs(body, env_file)
    forbidden = {key.lower() for key, value in held.items() if one.forbids and value and not one.takes(key)}
    assert forbidden == expected["extra_forbidden"]
    folded = {one.folded(key) for key in held}
    lacking = [field for field in one.fields if field.required and not folded & {one.folded(key) for key in field.keys}]
    assert bool(lacking) == bool(expected["missing"])


@pytest.mark.parametrize(
    ("said", "expected"),
    (
        pytest.param("'.env'", (".env",), id="text"),
        pytest.param("('.env', 'conf/.env.local')", (".env", ".env.local"), id="two"),
        pytest.param("ROOT / '.env'", (".env",), id="path"),
        pytest.param("Path(ROOT, '.env.test')", (".env.test",), id="Path"),
        pytest.param("f'.env.{name}'", (ANY_FILE,), id="computed"),
        pytest.param("NAME", (ANY_FILE,), id="name"),
        pytest.param("None", (), id="none"),
    ),
)
def test_env_files(said, expected):
    assert (
        ours(f"class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file={said})\n").env_files
        == expected
    )


@pytest.mark.parametrize(
    ("said", "types", "choices"),
    (
        pytest.param("int", {"int"}, (), id="plain"),
        pytest.param("Optional[int]", {"int", "None"}, (), id="Optional"),
        pytest.param("'int | None'", {"int"}, (), id="text"),
        pytest.param("'not a type'", {"Any"}, (), id="no type"),
        pytest.param("Final[int]", {"int"}, (), id="Final"),
        pytest.param("List[int]", {"List"}, (), id="generic"),
        pytest.param("Literal['a', 'b']", set(), ("a", "b"), id="Literal"),
        pytest.param("Stage", {"Stage"}, ("dev", "prod"), id="enum"),
        pytest.param("Auto", {"Auto"}, ("one",), id="automatic enum"),
        pytest.param("pydantic.SecretStr", {"SecretStr"}, (), id="dotted"),
    ),
)
def test_types_and_choices(said, types, choices):
    enums = (
        "class Stage(str, enum.Enum):\n    DEV = 'dev'\n    PROD = 'prod'\nclass Auto(enum.StrEnum):\n"
        "    ONE = enum.auto()\n"
    )
    field = ours(f"{enums}class Settings(BaseSettings):\n    a: {said}\n").fields[0]
    assert (set(field.types), field.choices) == (types, choices)


def test_a_file_may_be_passed_where_the_class_is_made():
    one = ours(
        "class Settings(BaseSettings):\n    a: str\ndef get():\n    return Settings(_env_file=ROOT / name, x=1)\n"
    )
    assert (one.env_files, one.forbids) == ((ANY_FILE,), True)


def test_inheritance_is_followed_across_modules():
    modules = {
        "app/base.py": "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    a: str\n",
        "app/config.py": "from app.base import Base as Common\nfrom app import models\n"
        "class Settings(Common):\n    b: models.Kind\n",
        "app/models.py": "from enum import Enum\nclass Kind(Enum):\n    X = 'x'\n",
        "other/base.py": "class Base:\n    z: str\n",
    }
    classes = settings_classes([Module(path, text, ast.parse(text)) for path, text in modules.items()])
    assert [(one.name, one.is_base, [field.name for field in one.fields]) for one in classes] == [
        ("Base", True, ["a"]),
        ("Settings", False, ["a", "b"]),
    ]


def test_pydantic_1_and_own_sources_forbid_nothing():
    first = (
        "from pydantic import BaseSettings\nclass Settings(BaseSettings):\n    a: str\n    class Config:\n"
        "        env_file = '.env'\n"
    )
    assert [one.forbids for one in settings_classes([Module("a.py", first, ast.parse(first))])] == [False]
    assert not ours(PLAIN + "    def settings_customise_sources(cls, *sources): ...\n").forbids


@pytest.mark.parametrize(
    ("said", "keys"),
    (
        pytest.param("env=['A', 'B']", ("A", "B"), id="pydantic 1"),
        pytest.param("alias=name", ("X_a",), id="computed"),
        pytest.param("alias=5", ("X_a",), id="no text"),
        pytest.param("**more", ("X_a",), id="unpacked"),
    ),
)
def test_aliases(said, keys):
    config = "    model_config = {'env_prefix': 'X_', **more}\n"
    (field,) = ours(f"class Settings(BaseSettings, **more):\n{config}    a: str = Field({said})\n").fields
    assert field.keys == keys


def test_aliases_that_are_computed_are_not_known():
    body = "def f(name):\n    name = name[1:]\n    return name\n" + GENERATED.format("f") + "    a: str\n"
    assert ours(body).fields == ()
    assert ours(GENERATED.format("lambda n: n[1:]") + "    a: str\n").fields == ()


def test_what_is_no_field_of_a_nested_model():
    db = "class Db(BaseModel):\n    host: str\n    def url(self): ...\n"
    one = ours(
        f"{db}class Settings(BaseSettings):\n    model_config = {{**more, 'env_nested_delimiter': '__'}}\n    db: Db\n"
    )
    assert [field.name for field in one.fields] == ["db", "db.host"]


def test_parts_of_a_config_that_are_unpacked_are_not_known():
    one = ours(
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(**more, env_file='.env')\n    a: str\n"
    )
    assert one.env_files == (".env",)


def test_a_config_that_is_computed_says_nothing():
    one = ours("class Settings(BaseSettings):\n    model_config = base_config\n    a: str\n")
    assert (one.env_files, one.extra) == ((), "")


def test_annotated_without_field_and_odd_enums():
    enums = "class Odd(enum.IntEnum):\n    A = 1\nclass Kind(enum.Enum):\n    A = enum.auto()\n    x, y = 1, 2\n"
    "    x, y = 1, 2\n    def f(self): ...\n"
    one = ours(
        f"{enums}class Settings(BaseSettings):\n    a: Annotated[Kind, 1] = Kind.A\n"
        "    b: Annotated = 1\n    c: Annotated[str, Gt(1)]\n"
    )
    assert [(field.keys, field.required, field.choices) for field in one.fields] == [
        (("a",), False, ()),
        (("b",), False, ()),
        (("c",), True, ()),
    ]


def test_a_class_that_builds_on_itself_or_on_two_of_one():
    text = "from pydantic_settings import BaseSettings\nclass A(BaseSettings):\n    x: str\nclass B(A): ...\n"
    "class C(A): ...\n"
    text += "class D(B, C, D): ...\n"
    classes = settings_classes([Module("a.py", text, ast.parse(text))])
    assert [(one.name, [field.name for field in one.fields]) for one in classes][-1] == ("D", ["x"])


def test_a_field_that_is_settings_itself_reads_its_own_keys():
    one = ours(
        "class Db(BaseSettings):\n    host: str\n" + PLAIN + "    db: Db = Field(default_factory=Db)\n    port: int\n"
    )
    assert [field.name for field in one.fields] == ["port"]
