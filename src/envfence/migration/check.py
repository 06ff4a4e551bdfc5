"""One file to what is wrong with its migrations: Alembic's env.py, a migration, or a text that holds commands."""

from typing import TYPE_CHECKING

from envfence.finding import Finding

if TYPE_CHECKING:
    from envfence.migration.around import Around

# What every text says that holds commands which are looked at.
_WORTH_READING = ("alembic", "git checkout", "git reset", "git switch")


def findings(path: str, text: str, around: "Around | None" = None) -> list[Finding]:
    """Return what is wrong, in the order of lines. Without ``around`` nothing is known of other files."""
    if path.endswith(".py") and not path.endswith("noxfile.py"):
        from envfence.migration import env_py, versions

        found = (env_py if path.endswith("env.py") else versions).findings(path, text, around)
    elif any(words in text for words in _WORTH_READING):
        from envfence.migration import commands, scripts

        found = commands.findings(path, scripts.groups_of(path, text), text)
    else:
        return []
    return sorted(dict.fromkeys(found), key=lambda one: (one.line, one.rule))
