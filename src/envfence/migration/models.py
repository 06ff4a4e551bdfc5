"""Models that an env.py does not import: autogenerate takes their tables for ones that are to be dropped."""

import ast
import os
from collections.abc import Iterator

from envfence.migration.modules import Place, Project

# A program that imports its models by their names at run time is not known here.
_AT_RUN_TIME = ("import_module", "walk_packages", "iter_modules", "__import__", "find_modules", "load_module")
_TABLE = ("__tablename__", "table=True", "table = True")


def not_imported(tree: ast.Module, metadata: ast.expr, project: Project) -> Iterator[str]:
    """Yield the modules, as paths below the program, whose models have the metadata of env.py and are not imported."""
    base = _base(tree, metadata, project)
    if base is None or not base.file:
        return
    imported = project.reachable(tree, "")
    texts = [ast.unparse(tree), *map(project.text, imported)]
    if base.file not in imported or any(word in text for text in texts for word in _AT_RUN_TIME):
        return
    folder = _program(base.file)
    for file in project.files_below(folder):
        may_hold = file not in imported and any(word in project.text(file) for word in _TABLE)
        if may_hold and _has_table(file, base, project):
            yield os.path.relpath(file, os.path.dirname(folder)).replace(os.sep, "/")


def _base(tree: ast.Module, metadata: ast.expr, project: Project) -> Place | None:
    """Return the class whose metadata it is."""
    if isinstance(metadata, ast.Attribute) and isinstance(metadata.value, ast.Name):
        return project.defined(metadata.value.id, tree, "")
    return None


def _program(file: str) -> str:
    """Return the outermost package that the file is in, or its folder."""
    folder = os.path.dirname(file)
    while os.path.isfile(os.path.join(os.path.dirname(folder), "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def _has_table(file: str, base: Place, project: Project) -> bool:
    tree = project.tree(file)
    return any(
        isinstance(node, ast.ClassDef) and _is_table(node) and _descends(node, tree, file, base, project)
        for node in tree.body
    )


def _is_table(node: ast.ClassDef) -> bool:
    own = (target for part in node.body if isinstance(part, ast.Assign) for target in part.targets)
    named = any(isinstance(target, ast.Name) and target.id == "__tablename__" for target in own)
    is_abstract = any(isinstance(part, ast.Assign) and "__abstract__" in ast.unparse(part) for part in node.body)
    return named and not is_abstract


def _descends(node: ast.ClassDef, tree: ast.Module, file: str, base: Place, project: Project, depth: int = 0) -> bool:
    """Tell whether a class has the base, itself or through others."""
    for one in node.bases:
        place = project.defined(one.id, tree, file) if isinstance(one, ast.Name) else None
        if place == base:
            return True
        if place and place.file and depth < 8:
            inner = project.tree(place.file)
            above = next(
                (part for part in inner.body if isinstance(part, ast.ClassDef) and part.name == place.name), None
            )
            if above and above is not node and _descends(above, inner, place.file, base, project, depth + 1):
                return True
    return False
