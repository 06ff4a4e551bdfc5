"""A default of the contract that an env file lacks: an error, unless the program has a default too."""

import pytest

from envfence.contract.command import checked

SETTINGS = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    "
CONTRACT = {".env.example": "ENVIRONMENT=<staging>\nEXPIRY_MINUTES=30\n", ".env.staging": "ENVIRONMENT=staging\n"}


@pytest.mark.parametrize(
    ("files", "severity"),
    (
        pytest.param({}, "error", id="nobody has one"),
        pytest.param({"app.py": f"{SETTINGS}EXPIRY_MINUTES: int = 30\n"}, "warning", id="the settings have it too"),
        pytest.param({"app.py": f"{SETTINGS}expiry_minutes: int = 60\n"}, "warning", id="in small letters"),
        pytest.param({"app.py": f"{SETTINGS}EXPIRY_MINUTES: int\n"}, "error", id="the settings need it"),
        pytest.param(
            {
                "app.py": f"{SETTINGS}EXPIRY_MINUTES: int = 30\n",
                "job.py": "import os\n\nx = os.environ['EXPIRY_MINUTES']\n",
            },
            "error",
            id="a script needs it",
        ),
    ),
)
def test_how_grave_a_missing_default_is(files, severity, write, monkeypatch):
    monkeypatch.chdir(write({**CONTRACT, **files}))
    (one,) = [one for one in checked(".", None, "port") if one.rule == "missing-key"]
    assert (one.anchor, one.severity) == ("EXPIRY_MINUTES", severity)
    assert one.message.endswith("(no program takes the contract's default from there: `envfence env fill` copies it)")


def test_a_value_that_is_asked_for_is_missed_as_before(write, monkeypatch):
    settings = f"{SETTINGS}EXPIRY_MINUTES: int = 30\n"
    monkeypatch.chdir(
        write({**CONTRACT, ".env.example": "ENVIRONMENT=<x>\nEXPIRY_MINUTES=<int>\n", "app.py": settings})
    )
    told = [(one.severity, one.message) for one in checked(".", None, "port") if one.rule == "missing-key"]
    assert [(severity, "default" in message) for severity, message in told] == [("error", False)]
