"""URLs of a settings class: user and password are quoted, if that changes nothing under any value that is known."""

import ast

import pytest

from envfence.contract.surfaces.python.classes import Module
from envfence.contract.surfaces.python.settings import settings_classes
from envfence.rewrite import applied
from envfence.rewrite.held import Key
from envfence.rewrite.settings import target
from envfence.rewrite.settings.unquoted import quoted

HEAD = "from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\n"
FIELDS = "    HOST: str\n    USER_NAME: str\n    PASSWORD: SecretStr\n    PORT: int\n"
VALUES = "USER_NAME=app\nPASSWORD=fake-word\nHOST=db\nPORT=1\n"
SECRET = "self.PASSWORD.get_secret_value()"


def quoted_in(url, *, env=VALUES, fields=FIELDS, head=HEAD, keys=()):
    text = (
        f"{head}\n\nclass Settings(BaseSettings):\n{fields}\n    @property\n    def url(self):\n        return {url}\n"
    )
    tree = ast.parse(text)
    (found,) = settings_classes([Module("config.py", text, tree)])
    after = applied(text, quoted(target.existing(found, tree), text, tree, [env], keys))
    ast.parse(after)
    return after.partition("        return ")[2].strip()


@pytest.mark.parametrize(
    ("url", "expected"),
    (
        pytest.param(
            f'f"x://{{self.USER_NAME}}:{{{SECRET}}}@{{self.HOST}}"',
            f"f\"x://{{quote(self.USER_NAME, safe='')}}:{{quote({SECRET}, safe='')}}@{{self.HOST}}\"",
            id="both",
        ),
        pytest.param(
            f"f'x://:{{{SECRET}}}@{{self.HOST}}'", f"f'x://:{{quote({SECRET}, safe=\"\")}}@{{self.HOST}}'", id="no user"
        ),
        pytest.param(
            f"(\n            f\"주소://:{{{SECRET}}}\"\n            f'@{{self.HOST}}'\n        )",
            f"(\n            f\"주소://:{{quote({SECRET}, safe='')}}\"\n            f'@{{self.HOST}}'\n        )",
            id="over lines",
        ),
    ),
)
def test_a_login_is_quoted(url, expected):
    assert quoted_in(url) == expected


URL = f'f"x://:{{{SECRET}}}@{{self.HOST}}"'


@pytest.mark.parametrize(
    ("url", "said"),
    (
        pytest.param(URL, {"env": VALUES.replace("fake-word", "fake@word")}, id="quoting would change a value"),
        pytest.param(URL, {"env": ""}, id="no value is known"),
        pytest.param(URL, {"keys": [Key("PASSWORD", "secret", {"staging": "fake%40"})]}, id="one that moves in"),
        pytest.param(URL, {"head": f"{HEAD}from shlex import quote\n"}, id="quote is another's"),
        pytest.param(URL, {"head": f"{HEAD}\n\ndef quote(text):\n    return text\n"}, id="quote is its own"),
        pytest.param(f'f"x://:{{{SECRET}}}@{{self.HOST}}#{{{SECRET}}}"', {}, id="it stands there twice"),
        pytest.param('f"x://:{self.PORT}@{self.HOST}"', {}, id="a number"),
        pytest.param('f"x://:{self.WORD}@{self.HOST}"', {}, id="no field"),
        pytest.param('f"x://:{word()}@{self.HOST}"', {}, id="a call"),
        pytest.param('f"x://{self.HOST}"', {}, id="no login"),
    ),
)
def test_what_is_not_sure_stays(url, said):
    assert quoted_in(url, **said) == url


def test_a_default_is_a_value():
    fields = FIELDS.replace("PASSWORD: SecretStr", 'PASSWORD: str = "fake/word"')
    url = 'f"x://:{self.PASSWORD}@{self.HOST}"'
    assert quoted_in(url, fields=fields) == url
    assert "quote(" in quoted_in(url, fields=fields.replace("/", ""))
