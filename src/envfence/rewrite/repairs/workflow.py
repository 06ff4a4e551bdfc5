"""A workflow as its repairs see it: its tree and its jobs, with the place of each line in the text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from envfence.finding import Finding
from envfence.rewrite import Edit
from envfence.stack.tree import Node
from envfence.workflow.jobs import Job, Step, jobs_of
from envfence.workflow.reader import read

LAYOUT = "it is written in a way that cannot be extended line by line"

_MARGIN = re.compile(r"[ ]*")
_KEY = re.compile(r"[ ]*(?:-[ ]+)?")


class Around(NamedTuple):
    """What a repair may ask of the repository: its folders, its environments, the service of each container's name."""

    has_folder: Callable[[str], bool]
    environments: Sequence[str]
    containers: Callable[[], Mapping[str, str]]


class Workflow:
    """One workflow. Lines count from 1."""

    def __init__(self, path: str, text: str, around: Around) -> None:
        self.path, self.text, self.around = path, text, around
        self.lines = text.split("\n")
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    @cached_property
    def tree(self) -> Node:
        """All that it says."""
        return read(self.path, self.text)

    @cached_property
    def jobs(self) -> list[Job]:
        """Its jobs."""
        return jobs_of(self.tree)

    @cached_property
    def events(self) -> set[str]:
        """What starts it."""
        on = self.tree.at("on")
        return {item.text for item in on.items} | on.mapping.keys()

    def job(self, finding: Finding) -> Job:
        """Return the job that a finding stands in."""
        return max((job for job in self.jobs if job.node.line <= finding.line), key=lambda job: job.node.line)

    def end(self, job: Job) -> int:
        """Return the line behind a job."""
        return min((one.node.line for one in self.jobs if one.node.line > job.node.line), default=len(self.lines) + 1)

    def step(self, finding: Finding) -> Step | None:
        """Return the step that a finding stands in, None if it stands in none."""
        above = [step for step in self.job(finding).steps if step.node.line <= finding.line]
        return above[-1] if above else None

    def line(self, number: int) -> str:
        """Return a line without its end."""
        return self.lines[number - 1].rstrip("\r")

    def margin(self, number: int) -> str:
        """Return the blanks that a line begins with."""
        match = _MARGIN.match(self.line(number))
        return match[0] if match else ""

    def column(self, number: int) -> str:
        """Return blanks up to the key on a line, which may be the first of a list's item."""
        match = _KEY.match(self.line(number))
        return " " * len(match[0]) if match else ""

    def above(self, number: int, new: Iterable[str]) -> Edit:
        """Return the edit that puts lines above one."""
        at = self._starts[number - 1]
        return Edit(at, at, "".join(f"{line}{self.newline}" for line in new))

    def below(self, number: int, new: Iterable[str]) -> Edit:
        """Return the edit that puts lines below one."""
        if number < len(self.lines):
            return self.above(number + 1, new)
        return Edit(len(self.text), len(self.text), "".join(f"{self.newline}{line}" for line in new))

    def without(self, number: int) -> Edit:
        """Return the edit that takes a line out."""
        return Edit(self._starts[number - 1], min(self._starts[number], len(self.text)), "")

    def at(self, number: int, start: int, end: int, new: str) -> Edit:
        """Return the edit of some columns of a line, from 0."""
        first = self._starts[number - 1]
        return Edit(first + start, first + end, new)

    def swapped(self, number: int, pattern: re.Pattern[str], new: str) -> list[Edit]:
        """Return the edit of what matches on a line; none unless exactly one place does. ``new`` is a template."""
        found = list(pattern.finditer(self.line(number)))
        return [self.at(number, *one.span(), one.expand(new)) for one in found] if len(found) == 1 else []

    def with_env(self, step: Step, new: Sequence[str]) -> list[Edit]:
        """Return the edit that sets variables for a step; none if it sets some in a way that cannot be extended."""
        env, run = step.node.at("env"), step.node.at("run")
        if env.value is not None:
            return self.extended(env, new)
        margin = self.column(run.line)
        lines = ["env:", *(f"  {line}" for line in new)]
        if self.line(run.line).lstrip(" ").startswith("- "):  # the item begins with it
            said = f"{self.newline}{margin}".join(lines)
            return [self.at(run.line, len(margin), len(margin), f"{said}{self.newline}{margin}")]
        return [self.above(run.line, [f"{margin}{line}" for line in lines])]

    def extended(self, node: Node, new: Sequence[str]) -> list[Edit]:
        """Return the edit that puts entries at the beginning of a block mapping; none if it is no such block."""
        first = min((child.line for child in node.mapping.values()), default=0)
        return [self.above(first, [f"{self.margin(first)}{line}" for line in new])] if first > node.line else []
