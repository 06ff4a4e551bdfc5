"""The compose files of a repository, with what they include and extend, and the stacks that they make."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from envfence.contract.environment import Environment
from envfence.contract.grammar import OPTIONAL, Key
from envfence.contract.rules import found
from envfence.contract.surfaces import compose, workflow
from envfence.contract.surfaces.reading import Texts
from envfence.errors import FenceError
from envfence.finding import Finding
from envfence.stack import pairs
from envfence.stack.linking import linked, path_of, taken
from envfence.stack.render import Stack, rendered
from envfence.stack.rules import REFUSED_STACK, UNREADABLE_STACK
from envfence.stack.tree import Node, UnreadableError, read


def compose_trees(texts: Texts, named: frozenset[str]) -> tuple[dict[str, Node], list[Finding]]:
    """Return the compose files by path, those that are ``named`` and those that look like it, and what is wrong.

    Raise FenceError if there is no file of a name.
    """
    trees: dict[str, Node] = {}
    findings: list[Finding] = []
    if missing := named - texts.by_path.keys():
        raise FenceError(f"stacks: there is no file {', '.join(sorted(missing))}")
    sure = {path for path in texts.by_path if path in named or (compose.is_compose(path) and texts.is_program(path))}
    waiting = [path for path in texts.by_path if path in sure or _may_be_compose(texts, path)]
    while waiting:
        path = waiting.pop(0)
        try:
            trees[path] = read(path, texts.text(path))
        except UnreadableError as error:
            findings += [found(UNREADABLE_STACK, path, error.line)] if path in sure else []
        else:
            if path not in sure and not compose.has_services(trees[path]):
                del trees[path]
                continue
            findings += [*_missing(trees[path], texts), *_of_the_first_version(trees[path])]
            others = dict.fromkeys(path_of(node) for node in taken(trees[path]))
            sure |= others.keys()
            waiting += [other for other in others if other in texts.by_path and other not in {*trees, *waiting}]
    return trees, findings


def _missing(tree: Node, texts: Texts) -> Iterator[Finding]:
    """Yield the files that a compose file takes services from and that are not there."""
    for node in taken(tree):
        is_here = "$" not in node.text and "://" not in node.text and not path_of(node).startswith("..")
        if is_here and path_of(node) not in texts.by_path and node.text.endswith((".yml", ".yaml")):
            yield found(REFUSED_STACK, node.path, node.line, detail="a file that it takes services from is missing")


def _of_the_first_version(tree: Node) -> Iterator[Finding]:
    """Yield the first service of a file whose services stand at its top, as they did until Compose 1.5."""
    services = [one for one in tree.mapping.values() if {"image", "build"} & one.mapping.keys()]
    if services and not {"services", "include"} & tree.mapping.keys():
        detail = "its services stand at the top, as in version 1 of the format: put them below `services:`"
        yield found(REFUSED_STACK, tree.path, services[0].line, detail=detail)


def _may_be_compose(texts: Texts, path: str) -> bool:
    is_other = not path.endswith((".yml", ".yaml")) or workflow.is_workflow(path) or not texts.is_program(path)
    return not is_other and compose.may_be_compose(texts.text(path))


def stacks_of(
    named: Iterable[tuple[str, tuple[str, ...]]],
    trees: Mapping[str, Node],
    contract: Mapping[str, Key],
    environments: Sequence[Environment],
) -> Iterator[Stack]:
    """Yield the stacks that are ``named``, each an environment with its files, of those files that can be read."""
    for name, paths in named:
        if any(path not in trees for path in paths):
            continue  # what cannot be read is a finding
        of_stage = [one for one in environments if one.name and pairs.is_same(one.base, name)]
        shared = [one for one in environments if not one.name]
        values = {key: value for one in (*shared, *of_stage) for key, value in one.values.items()}
        promised = {key.name for key in contract.values() if key.form != OPTIONAL and not of_stage}
        yield rendered(name, [linked(trees[path], trees) for path in paths], values, promised.__contains__)
