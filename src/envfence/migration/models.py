"""Models that an env.py does not import: autogenerate takes their tables for ones that are to be dropped."""

import ast
import os
from collections.abc import Iterator

from envfence.migration.modules import Place, Project
from envfence.migration.url import assigned

# A program that imports its models by their names at run time is not known here.
_AT_RUN_TIME = ("import_module", "walk_packages", "iter_modules", "__import__", "find_modules", "load_module")
_SQLMODEL = Place("", "sqlmodel.SQLModel")


def not_imported(tree: ast.Module, metadata: ast.expr, project: Project) -> Iterator[str]:
    """Yield the modules, as paths below their root, whose models have the metadata of env.py and are not imported."""
    base = _base(tree, metadata, project)
    if base is None or not (base.file or base == _SQLMODEL):
        return
    word = "table" if base == _SQLMODEL else "__tablename__"
    shown = {
        file: os.path.relpath(file, root).replace(os.sep, "/")
        for root in project.roots_of(project.imports(tree, ""))
        for file in project.files_below(root)
        if word in project.text(file) and _has_table(file, base, project)
    }
    imported = project.reached(set(shown), tree, "")
    texts = [ast.unparse(tree), *map(project.text, imported)]
    if not any(word in text for text in texts for word in _AT_RUN_TIME):
        yield from (shown[file] for file in shown.keys() - imported)


def _base(tree: ast.Module, metadata: ast.expr, project: Project) -> Place | None:
    """Return the class whose metadata it is."""
    if isinstance(metadata, ast.Attribute) and isinstance(metadata.value, ast.Name):
        return project.defined(metadata.value.id, tree, "")
    return None


def _has_table(file: str, base: Place, project: Project) -> bool:
    tree = project.tree(file)
    return any(
        isinstance(node, ast.ClassDef) and _is_table(node) and _descends(node, tree, file, base, project)
        for node in tree.body
    )


def _is_table(node: ast.ClassDef) -> bool:
    """Tell whether a class names its table, or is SQLModel's with `table=True`."""
    own = {name for part in node.body for name in assigned(part)}
    is_marked = any(word.arg == "table" and ast.unparse(word.value) == "True" for word in node.keywords)
    return (is_marked or "__tablename__" in own) and "__abstract__" not in own


def _descends(node: ast.ClassDef, tree: ast.Module, file: str, base: Place, project: Project, depth: int = 0) -> bool:
    """Tell whether a class has the base, itself or through others."""
    for one in node.bases:
        place = project.defined(one.id, tree, file) if isinstance(one, ast.Name) else None
        if place == base:
            return True
        above = project.class_at(place) if place and depth < 8 else None
        if place and above and _descends(above, project.tree(place.file), place.file, base, project, depth + 1):
            return True
    return False
