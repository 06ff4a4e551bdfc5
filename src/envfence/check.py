"""Files to findings: by the values that stand in them, by where these flow to, or by what is known of them already."""

from collections.abc import Iterable

from envfence import values
from envfence.sources import Source
from envfence.values import UNREADABLE, Options, Report, examined, findings_in

__all__ = ("UNREADABLE", "Options", "Report", "check", "examined", "findings_in")


def check(sources: Iterable[Source], options: Options) -> Report:
    """Return what all files hold."""
    if not options.cache:
        return _looked_at(sources, options)
    from envfence import cache  # a commit needs neither this nor semgrep

    return cache.check(sources, options, _looked_at)


def _looked_at(sources: Iterable[Source], options: Options) -> Report:
    if not options.flows:
        return values.check(sources, options)
    from envfence.flows import check as flows

    return flows.check(sources, options)
