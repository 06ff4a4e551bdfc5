"""What becomes of the files that are no Python: each kind has its rewriter, and a Dockerfile has compose files, too."""

from collections.abc import Iterable, Sequence
from functools import partial

from envfence import files
from envfence.contract.stages import stage_of, stages_said
from envfence.contract.surfaces.compose import is_compose
from envfence.contract.surfaces.dockerfile import is_dockerfile
from envfence.rewrite import Rewritten, Spot, spots
from envfence.rewrite.files.others import Rewrite, rewriter_of
from envfence.rewrite.keys import Keys
from envfence.rewrite.plan import current
from envfence.rewrite.project import WORKFLOWS, File, Project, is_to_fix
from envfence.rewrite.texts import text_of

_NO_REWRITER = "files of this kind are not rewritten"


def others(project: Project, keys: Keys) -> Iterable[tuple[str, Rewritten]]:
    """Yield what becomes of the files that are no Python; their values have keys by then, if Python has them too."""
    browsers: list[str] = []
    for file in project.files:
        wanted = [] if file.path.endswith(".py") else [one for one in file.findings if is_to_fix(one)]
        if not wanted:
            continue
        rewrite = _rewriter(project, file)
        if file.text is None or isinstance(rewrite, str):
            reason = rewrite if isinstance(rewrite, str) else _NO_REWRITER
            yield file.path, Rewritten((), [Spot(one, 0, 0).left(reason) for one in wanted])
        elif is_dockerfile(file.path):
            yield from _of_image(project, file, spots(file.text.text, wanted), keys)
        else:
            found = spots(file.text.text, wanted)
            made = rewrite(file.path, file.text.text, found, _keys(project, file, keys))
            browsers += [file.path] if any("import.meta.env." in edit.replacement for edit in made.edits) else []
            yield file.path, made
    if browsers:
        from envfence.rewrite.files.vite import env_folders  # few repositories need it

        yield from env_folders(project.root, browsers, project.asked)


def _rewriter(project: Project, file: File) -> Rewrite | str:
    """Return what rewrites a file, or why nothing does."""
    rewrite = rewriter_of(file.path, project.root)
    if rewrite or file.text is None:
        return rewrite or _NO_REWRITER
    from envfence.rewrite.files import config_file  # few repositories have one with values

    if not config_file.is_config(file.path):
        return _NO_REWRITER
    reason = config_file.unexpanded(file.path, file.text.text, project.python, project.promised)
    return reason or config_file.rewrite


def _of_image(project: Project, file: File, found: Sequence[Spot], keys: Keys) -> Iterable[tuple[str, Rewritten]]:
    """Yield what becomes of a Dockerfile, and of the compose files whose services are built from it."""
    from envfence.rewrite.files import building, dockerfile  # few repositories have one with values

    compose = {path: text_of(data) for path, data in project.asked.items() if is_compose(path)}
    texts = {path: text.text for path, text in compose.items() if text}
    builders = building.builders(file.path, texts, partial(_content, project.root))
    for path, made in dockerfile.moved(file.text.text if file.text else "", found, keys, builders).items():
        yield path or file.path, made


def _content(root: str, path: str) -> str:
    return files.decoded(current(root, path) or b"")


def _keys(project: Project, file: File, keys: Keys) -> Keys:
    """Return the keys for the values of a file: a workflow or a stack of production reaches no developer's machine."""
    stage = ""
    if WORKFLOWS in f"/{file.path}":
        from envfence.rewrite.files import workflow

        stage = workflow.environment_of(file.path, file.text.text if file.text else "", project.environments)
    elif is_compose(file.path):
        stage = _of_override(file.path.rpartition("/")[2], project.environments)
    return keys.of(stage, project.known(stage)) if stage not in {"", keys.environment} else keys


def _of_override(name: str, environments: Sequence[str]) -> str:
    """Return the environment that a compose file is the override of, "" if its name tells none."""
    said = stages_said(name)
    return next((one for one in environments if said == {stage_of(one)}), "")
