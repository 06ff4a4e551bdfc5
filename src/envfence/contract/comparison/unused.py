"""Keys of the contract that nothing in the repository reads."""

from collections.abc import Iterable, Iterator

from envfence.contract.comparison.surfaces_rules import UNUSED_KEY
from envfence.contract.comparison.survey import Survey
from envfence.contract.environment import names_the_environment
from envfence.contract.grammar import Key, placeholders
from envfence.contract.readers.template import TemplateError, variables
from envfence.contract.rules import found
from envfence.contract.surfaces import SETS
from envfence.contract.surfaces.known import is_read_anywhere, readers
from envfence.finding import Finding
from envfence.stack.render import Stack


def findings(survey: Survey) -> Iterator[Finding]:
    """Yield the keys that no surface reads, and no other file names either."""
    if not survey.uses and not survey.classes:
        return  # nothing of this repository reads keys in a way that is known here
    used = {use.key for use in survey.uses if use.way != SETS} | _referred(survey.contract.values())
    images = _images_with_env_file(survey.stacks)
    unnamed = [
        key
        for key in survey.contract.values()
        if not (key.name in used or is_read_anywhere(key.name) or names_the_environment(key, key.name))
        and not any(one.takes(key.name) for one in survey.classes)
        and key.name.strip("_").split("_")[0].lower() not in images
    ]
    asked = {key.name: readers(key.name) | {key.name} for key in unnamed}
    mentioned = survey.mentioned(frozenset[str]().union(*asked.values())) if unnamed else frozenset[str]()
    for key in unnamed:
        if mentioned.isdisjoint(asked[key.name]):
            yield found(UNUSED_KEY, survey.contract_path, key.line, key.name)


def _referred(keys: Iterable[Key]) -> set[str]:
    """Return the keys that the texts of other keys refer to, as `${KEY}` or as a placeholder inside a longer text."""
    names: set[str] = set()
    for key in keys:
        try:
            names.update(variables(key.text) if "$" in key.text else ())
            names.update(name for name in placeholders(key.text) if key.text != f"<{name}>")
        except TemplateError:
            continue
    return names


def _images_with_env_file(stacks: Iterable[Stack]) -> set[str]:
    """Return the words of somebody else's images that get a whole env file: they read keys that nothing here names."""
    words: set[str] = set()
    for stack in stacks:
        for name, service in stack.services.items():
            if service.at("env_file").value and "build" not in service.mapping:
                text = f"{name} {service.at('image').text}".lower()
                words.update("".join(letter if letter.isalnum() else " " for letter in text).split())
    return words
