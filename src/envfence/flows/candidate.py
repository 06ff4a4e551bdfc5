"""What semgrep may be asked about."""

from typing import NamedTuple

from envfence.config import Config
from envfence.flows.rules import FlowRule


class Candidate(NamedTuple):
    """A file that could break some of the rules that are wanted there, by their ids."""

    path: str
    text: str
    config: Config
    rules: dict[str, FlowRule]
