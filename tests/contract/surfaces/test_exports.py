"""Keys that a module reads by what another module exports: helpers, readers, copies, classes."""

import pytest

from envfence.config import Config
from envfence.contract.surfaces import FALLS_BACK, REQUIRES
from envfence.contract.surfaces.python.program import Program
from envfence.contract.surfaces.reading import Texts

HELPER = "import os\ndef get_env(name, default=None):\n    return os.environ.get(name, default)\n"
READER = "from environs import Env\nenv = Env()\n"
CLASS = """\
import os
class Env:
    def __init__(self, stage):
        self.stage = stage
    @staticmethod
    def text(name: str, fallback: str = "") -> str:
        return os.getenv(name, fallback)
    def needed(self, key):
        value = os.environ[key.upper()]
        return value
env = Env("x")
"""


@pytest.fixture
def read(write, monkeypatch):
    """Return a function that writes modules and returns what the others read by core/env.py: key, way, is literal."""

    def read_program(exporting, using, more=()):
        files = {"core/env.py": exporting, "app/use.py": using, **dict(more)}
        monkeypatch.chdir(write(files))
        uses = Program(Texts(".", Config())).uses
        return [(use.key, use.way, use.has_literal) for use in uses if use.path == "app/use.py"]

    return read_program


@pytest.mark.parametrize(
    ("exporting", "using"),
    (
        pytest.param(HELPER, 'from core.env import get_env\nget_env("KEY")', id="a function"),
        pytest.param(HELPER, 'from core.env import get_env as e\ne("KEY")', id="by another name"),
        pytest.param(HELPER, 'from core.env import *\nget_env("KEY")', id="all of it"),
        pytest.param(HELPER, 'from core import env\nenv.get_env("KEY")', id="a module of a package"),
        pytest.param(HELPER, 'import core.env\ncore.env.get_env("KEY")', id="a module whole"),
        pytest.param(HELPER, 'import core.env as ce\nce.get_env("KEY")', id="a module by another name"),
        pytest.param(HELPER, 'from ..core.env import get_env\nget_env("KEY")', id="relative"),
        pytest.param(HELPER, 'from ..core import env\nenv.get_env("KEY")', id="a module, relative"),
        pytest.param(HELPER, 'from core.env import (\n    other,\n    get_env,\n)\nget_env("KEY")', id="over lines"),
        pytest.param(HELPER, 'def f():\n    from core.env import get_env\n    get_env("KEY")', id="in a function"),
        pytest.param(HELPER, 'from core.env import get_env\nget_env(name="KEY")', id="by the parameter's name"),
        pytest.param(HELPER, 'from core.env import get_env\nK = "KEY"\nget_env(K)', id="a constant"),
        pytest.param(READER, 'from core.env import env\nenv("KEY")', id="a reader"),
        pytest.param(READER, 'from core.env import env\nenv.int("KEY")', id="a reader's method"),
        pytest.param(READER, 'from core import env\nenv.env.int("KEY")', id="a reader in a module"),
        pytest.param(READER, 'from core import env\nenv.env("KEY")', id="a reader in a module, called"),
        pytest.param('from environs import Env\ne = Env(prefix="K")', 'from core.env import e\ne("EY")', id="prefix"),
        pytest.param("from decouple import config", 'from core.env import config\nconfig("KEY")', id="decouple"),
        pytest.param(
            'from starlette.config import Config\nconfig = Config(".env")',
            'from core.env import config as c\nc("KEY", cast=int)',
            id="starlette",
        ),
        pytest.param("import os\nenv = os.environ.copy()", 'from core.env import env\nenv["KEY"]', id="a copy"),
        pytest.param("import os\nenv = os.environ.copy()", 'from core import env\nenv.env["KEY"]', id="a copy, whole"),
        pytest.param("import os\nread = os.getenv", 'from core.env import read\nread("KEY")', id="getenv renamed"),
        pytest.param(
            'import os\nP = "K"\ndef read(n):\n    return os.environ[f"{P}{n}"]',
            'from core.env import read\nread("EY")',
            id="a constant of the other module",
        ),
        pytest.param(
            "import os\ntry:\n    import x\nexcept ImportError:\n    x = None\nif x:\n    def read(n):\n"
            "        return os.environ[n]",
            'from core.env import read\nread("KEY")',
            id="defined under a condition",
        ),
        pytest.param(
            HELPER + "def number(key):\n    return int(get_env(key))\n",
            'from core.env import number\nnumber("KEY")',
            id="a function that calls it",
        ),
        pytest.param(CLASS, 'from core.env import Env\nEnv.text("KEY")', id="a class"),
        pytest.param(CLASS, 'from core.env import Env\nEnv("x").needed("key")', id="made of a class"),
        pytest.param(CLASS, 'from core.env import Env\nmine = Env("x")\nmine.needed("key")', id="made here"),
        pytest.param(
            CLASS,
            'from core.env import Env\nclass A:\n    def f(self):\n        self.e = Env("x")\n'
            '        self.e.needed("key")',
            id="kept in another",
        ),
        pytest.param(
            "import os\nclass Env:\n    def __call__(self, *, name):\n        return os.environ[name]\nenv = Env()",
            'from core.env import env\nenv(name="KEY")',
            id="what is called itself",
        ),
        pytest.param(
            "import os\nclass Var:\n    def __init__(self, name):\n        self.value = os.environ[name]\n",
            'from core.env import Var\nVar("KEY")',
            id="one object a key",
        ),
    ),
)  # fmt: skip
def test_what_another_module_exports_reads(exporting, using, read):
    assert [key for key, _, _ in read(exporting, using)] == ["KEY"]


@pytest.mark.parametrize(
    ("using", "way", "has_literal"),
    (
        pytest.param('get_env("KEY")', REQUIRES, False, id="nothing"),
        pytest.param('get_env("KEY", "x")', FALLS_BACK, True, id="a text"),
        pytest.param('get_env("KEY", default="x")', FALLS_BACK, True, id="by name"),
        pytest.param('get_env("KEY", "")', FALLS_BACK, False, id="an empty text"),
        pytest.param('needed("KEY", True)', REQUIRES, False, id="a parameter that is no default"),
        pytest.param('text("KEY")', FALLS_BACK, True, id="the function's own"),
        pytest.param('fixed("KEY")', FALLS_BACK, True, id="a fixed one"),
        pytest.param('later("KEY", default="x")', FALLS_BACK, True, id="taken later"),
        pytest.param('later("KEY")', REQUIRES, False, id="taken later, none"),
    ),
)
def test_defaults_are_seen(using, way, has_literal, read):
    exporting = (
        HELPER + 'def text(name, default="x"):\n    return os.getenv(name, default)\n'
        "def needed(name, is_strict):\n    return os.environ[name]\n"
        'def fixed(name):\n    return os.getenv(name, "x")\n'
        "def later(name, *, default=None):\n    value = os.getenv(name)\n    return value or default\n"
    )
    assert read(exporting, f"from core.env import *\n{using}") == [("KEY", way, has_literal)]


@pytest.mark.parametrize(
    "init",
    (
        pytest.param("from .env import get_env", id="relative"),
        pytest.param("from core.env import get_env", id="absolute"),
        pytest.param("from .env import *", id="all of it"),
    ),
)
def test_what_a_package_exports_again(init, read):
    more = {"core/__init__.py": init}
    assert read(HELPER, 'from core import get_env\nget_env("KEY")', more) == [("KEY", REQUIRES, False)]


@pytest.mark.parametrize(
    ("exporting", "using"),
    (
        pytest.param(HELPER, 'from other.env import get_env\nget_env("KEY")', id="another package"),
        pytest.param(HELPER, 'from .env import get_env\nget_env("KEY")', id="another folder"),
        pytest.param(HELPER, 'from core.env import other\nother("KEY")', id="another function"),
        pytest.param(HELPER, '# from core.env import get_env\nget_env("KEY")', id="in a comment"),
        pytest.param(HELPER, 'from core.env import get_env\nget_env("a key")', id="no name"),
        pytest.param(HELPER, "from core.env import get_env\nget_env(key)", id="not known here"),
        pytest.param(HELPER, "from core.env import get_env\nget_env()", id="no key"),
        pytest.param(CLASS, 'from core.env import Env\n{}.text("KEY")', id="of another object"),
        pytest.param(CLASS, 'from core.env import Env\nEnv("KEY").stage', id="no key of its maker"),
        pytest.param(CLASS, 'from core.env import Env\nEnv.other("KEY")', id="another method"),
        pytest.param(
            "def get_env(name):\n    return {}[name]\n", 'from core.env import get_env\nget_env("KEY")', id="no read"
        ),
        pytest.param(
            "import os\ndef f():\n    return os.environ['A']\n", 'from core.env import f\nf("KEY")', id="a fixed key"
        ),
        pytest.param(
            'def f():\n    env = 1\nimport os\nread = len("os.environ")', 'from core.env import read\nread("KEY")',
            id="another assignment",
        ),
    ),
)  # fmt: skip
def test_what_only_looks_like_it(exporting, using, read):
    assert read(exporting, using) == []


def test_the_nearer_of_two_modules_is_meant(read):
    more = {"app/core/env.py": "import os\ndef get_env(name):\n    return os.environ[f'A_{name}']\n"}
    assert [key for key, _, _ in read(HELPER, 'from core.env import get_env\nget_env("KEY")', more)] == ["A_KEY"]
