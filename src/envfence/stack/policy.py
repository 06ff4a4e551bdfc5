"""The policy on a rendered stack, one pure function: what `env check` and `nox -s stack_check` both hold a stack to."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from envfence.finding import Finding
from envfence.stack import (
    env_files,
    hardening,
    labels,
    leaks,
    logins,
    merging,
    networks,
    privileges,
    publishing,
    quoting,
    references,
    refusals,
    waiting,
)
from envfence.stack.render import Stack
from envfence.stack.tree import Node


class Facts(NamedTuple):
    """What the rest of the repository says.

    ``dialled`` are the keys that its program reads, ``given`` those that its env files hold; ``dockerfiles`` maps paths
    to texts; ``code_folders`` are the folders that hold code, "" for the root; ``builds`` is how services are built, in
    whichever stack that is; ``env_files`` are the paths of those at hand.
    """

    is_secret: Callable[[str], bool]
    dialled: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    dockerfiles: Mapping[str, str] = {}
    code_folders: frozenset[str] = frozenset()
    builds: Mapping[str, Node] = {}
    env_files: frozenset[str] = frozenset()


def findings(stack: Stack, facts: Facts) -> list[Finding]:
    """Return what is wrong with a stack, each once, in the order of files and lines."""
    every = {
        *refusals.findings(stack),
        *merging.findings(stack),
        *publishing.findings(stack, facts.dialled),
        *waiting.findings(stack),
        *networks.findings(stack),
        *hardening.findings(stack),
        *privileges.findings(stack, facts.dockerfiles, facts.builds),
        *labels.findings(stack),
        *logins.findings(stack, facts.given),
        *env_files.findings(stack, facts.env_files),
        *leaks.findings(stack, facts.code_folders),
        *quoting.findings(stack),
        *references.findings(stack, facts.is_secret, facts.given),
    }
    return sorted(every, key=lambda finding: (finding.path, finding.line, finding.rule, finding.anchor))
