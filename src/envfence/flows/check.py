"""Files to flow findings: only what could match is copied to where semgrep looks, and what it finds is merged."""

import os
import sys
from collections.abc import Iterable, Iterator

from envfence import files, values
from envfence.config import Config, Nearest
from envfence.errors import FenceError
from envfence.finding import Finding, finding
from envfence.flows import rules, semgrep
from envfence.flows.candidate import Candidate
from envfence.sources import Source
from envfence.values import UNREADABLE, Options, Report


def check(sources: Iterable[Source], options: Options) -> Report:
    """Return what the files hold, by its value unless only flows are wanted, and where it flows to."""
    listed = list(sources)
    report = values.check(listed, options) if options.values else Report([], {}, {}, len(listed))
    unreadable: list[Finding] = []
    command = semgrep.executable()
    if command is None:
        _missing(listed, options)
        return report
    candidates = list(_candidates(listed, options, unreadable))
    found = [*report.findings, *([] if options.values else unreadable)]
    lines = dict(report.lines)
    if candidates:
        from envfence.flows import findings  # with all that reads literals: most commits have no candidate

        for candidate, flows in findings.of(candidates, command, report.findings):
            found += flows
            if flows and options.lines:
                lines |= _masked(candidate, flows)
    order = {source.path: place for place, source in enumerate(listed)}
    found.sort(key=lambda one: (order[one.path], one.line, one.column or 0, one.rule))
    return report._replace(findings=found, lines=lines)


def _candidates(sources: Iterable[Source], options: Options, unreadable: list[Finding]) -> Iterator[Candidate]:
    nearest = Nearest(strict=options.strict)
    wanted = _Wanted()
    for source in sources:
        config = options.over(nearest.of(source.path))
        if config.is_excluded(source.path) or not (all_rules := wanted.of(config)):
            continue
        try:
            data, _ = source.read()
        except OSError:
            unreadable += config.reported([finding(UNREADABLE, source.path, 1)], source.path)
            continue
        could = {rule.id: rule for rule in all_rules if rule.could_match(source.path, data)}
        if could and not files.skipped_as(source.path, data):
            yield Candidate(source.path, files.decoded(data), config, could)


class _Wanted:
    """The rules that the settings of a file want: those of the package and the team's own."""

    def __init__(self) -> None:
        self._by_config: dict[int, tuple[Config, list[rules.FlowRule]]] = {}

    def of(self, config: Config) -> list[rules.FlowRule]:
        known = self._by_config.get(id(config))
        if known is None or known[0] is not config:
            folders = (os.path.join(config.root, folder) for folder in config.flow_rules)
            every = (*rules.bundled(), *(rule for folder in folders for rule in rules.in_folder(folder)))
            known = self._by_config[id(config)] = config, [rule for rule in every if config.wants(rule.id)]
        return known[1]


def _missing(sources: list[Source], options: Options) -> None:
    """Without semgrep there are no flows: an error where nothing else is wanted, a word where they are asked for."""
    if not options.values:
        raise FenceError(semgrep.MISSING)
    nearest = Nearest()
    asked = any(rule.startswith("flow-") for rule in options.select)
    if asked or any(nearest.of(source.path).flow_rules for source in sources):
        print(f"no flows: {semgrep.MISSING}", file=sys.stderr)


def _masked(candidate: Candidate, flows: list[Finding]) -> dict[tuple[str, int], str]:
    from envfence.report.mask import masked_lines

    shown = masked_lines(candidate.text, candidate.path, {flow.line for flow in flows})
    return {(candidate.path, line): text for line, text in shown.items()}
