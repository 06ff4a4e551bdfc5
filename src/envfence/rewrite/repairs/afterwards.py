"""What files that hold no value of their own have to say once others read theirs from settings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from envfence.contract.files import CONTRACT, environment_of
from envfence.contract.surfaces.compose import is_compose
from envfence.rewrite import Left
from envfence.rewrite.keys import Key
from envfence.rewrite.plan import Change
from envfence.rewrite.project import WORKFLOWS, Project
from envfence.rewrite.texts import Text, text_of

if TYPE_CHECKING:
    from envfence.rewrite.repairs.mending import Mended


class Followed(NamedTuple):
    """The files that follow, path to text; what is mended in them, and what is left to people."""

    texts: Mapping[str, str]
    done: "Sequence[Mended]" = ()
    left: Sequence[Left] = ()


def followed(project: Project, after: Mapping[str, str], values: Sequence[Change], fields: Sequence[Key]) -> Followed:
    """Return what becomes of workflows and scripts.

    ``after`` has the files that change already, ``values`` the env files and the contract, ``fields`` are the keys that
    settings read since.
    """
    texts, left = _tested(project, after, values, fields)
    compose = _texts(project.asked, after, [path for path in project.asked if is_compose(path)])
    scripts = _texts(project.callers, {**after, **texts}, project.callers)
    if not scripts or not any("${" in text for text in compose.values()):
        return Followed(texts, (), left)
    from envfence.rewrite.repairs.env_files import told

    env = {**project.env, **{environment_of(one.path) or "": one.after.decode() for one in values if one.is_private}}
    result = told(scripts, compose, env)
    return Followed({**texts, **result.texts}, result.done, [*left, *result.left])


def _tested(
    project: Project, after: Mapping[str, str], values: Sequence[Change], fields: Sequence[Key]
) -> tuple[Mapping[str, str], Sequence[Left]]:
    """Return the workflows whose tests have to be given what the settings read now, and those that are left."""
    contract = next((one.after for one in values if one.path == CONTRACT), b"")
    paths = [path for path in project.asked if WORKFLOWS in f"/{path}"] if fields and contract else []
    texts = _texts(project.asked, after, paths)
    if not any("pytest" in text for text in texts.values()):
        return {}, []
    from envfence.rewrite.repairs.tests import given_values

    return given_values(texts, contract.decode(), {key.name: next(iter(key.values.values())) for key in fields})


def _texts(stored: Mapping[str, bytes], after: Mapping[str, str], paths: Iterable[str]) -> dict[str, str]:
    """Return the texts of files as they will be, but for those that cannot be written back as they were."""
    found = {path: Text(after[path], "") if path in after else text_of(stored[path]) for path in paths}
    return {path: text.text for path, text in found.items() if text}
