"""What files that hold no value of their own have to say once others read theirs from settings."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from envfence import sources
from envfence.config import Nearest
from envfence.contract.files import CONTRACT, environment_of
from envfence.contract.surfaces.compose import is_compose
from envfence.contract.surfaces.dockerfile import is_dockerfile
from envfence.finding import Finding
from envfence.rewrite import Left
from envfence.rewrite.held import Key
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


def followed(
    project: Project,
    after: Mapping[str, str],
    values: Sequence[Change],
    fields: Sequence[Key],
    readers: Mapping[str, str],
) -> Followed:
    """Return what becomes of workflows, images, compose files and scripts.

    ``after`` has the files that change already, ``values`` the env files and the contract, ``fields`` are the keys that
    settings read since, ``readers`` the modules that import settings which are new, with the path of these.
    """
    texts, left = _tested(project, after, values, fields)
    texts = {**texts, **_images(project, after, readers)}
    compose = _texts(project.asked, after, [path for path in project.asked if is_compose(path)])
    stacks, mended = _stacks(project, compose)
    texts = {**texts, **stacks}
    scripts = _texts(project.callers, {**after, **texts}, project.callers)
    if not scripts or not any("${" in text for text in compose.values()):
        return Followed(texts, mended, left)
    from envfence.rewrite.repairs.env_files import told

    env = {**project.env, **{environment_of(one.path) or "": one.after.decode() for one in values if one.is_private}}
    result = told(scripts, compose, env)
    return Followed({**texts, **result.texts}, [*mended, *result.done], [*left, *result.left])


def _images(project: Project, after: Mapping[str, str], readers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the Dockerfiles that copy new settings as well."""
    texts = _texts(project.asked, after, [path for path in project.asked if is_dockerfile(path)]) if readers else {}
    if not any(".py" in text for text in texts.values()):
        return {}
    from envfence.rewrite.repairs.images import copying

    return {path: made for path, text in texts.items() if (made := copying(path, text, readers)) != text}


def _stacks(project: Project, texts: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence["Mended"]]:
    """Return the compose files that are mended, and what is mended in them."""
    if not texts:
        return {}, []
    from envfence.rewrite.repairs import stacks

    config = Nearest(strict=True).of(os.path.join(project.root, CONTRACT))

    def is_told(one: Finding) -> bool:
        return bool(config.reported([one], sources.shown(os.path.join(project.root, one.path))))

    return stacks.mended(texts, is_told)


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
