"""A change of release from its first stage to its result: all of it, or every host back to what it ran."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from envfence.delivery.changes import acting, plan, planning, survey
from envfence.delivery.changes.work import FailedError, Work
from envfence.delivery.releases.record import Release
from envfence.delivery.servers.remote import Remote, Unreachable, each
from envfence.errors import FenceError

DONE, RESTORED, NOTHING, MIXED = 0, 1, 2, 3  # exit codes
PATIENCE = 60.0  # seconds in which a host that cannot be reached may come back to be restored
_AGAIN = 3.0  # seconds between two attempts
_NOTHING = "nothing"


class Result(NamedTuple):
    """How a change ended. ``text`` is one sentence, ``left`` the hosts that could not be restored."""

    code: int
    text: str
    left: tuple[str, ...] = ()


class Back(NamedTuple):
    """Where a failure leads to: the release before, None before the first, and how its schema comes back."""

    release: Release | None
    schema: Callable[[Work], None]
    expects: str  # the revision of the schema then, "" if any will do


def left_alone(_: Work) -> None:
    """Leave the schema as it is: what a release adds to it is no trouble to the one before."""


def carried_out(work: Work, stages: Sequence[plan.Stage], back: Back) -> Result:
    """Do all stages. Where one fails, or somebody interrupts it, bring every changed host back."""
    name = work.change.release.id
    try:
        for stage in stages:
            acting.run(work, stage)
    except FailedError as error:
        for line in str(error).splitlines():
            work.on.narrator.tell(error.step, ",".join(error.hosts), f"FAILED {line}")
        return _taken_back(work, back, f"{name} failed at {error.step} on {', '.join(error.hosts)}")
    except KeyboardInterrupt:
        return _taken_back(work, back, f"{name} was interrupted")
    except BaseException:
        _taken_back(work, back, f"{name} met what nobody foresaw")
        raise
    return Result(DONE, f"{name} runs on {', '.join(work.remotes)}")


def _taken_back(work: Work, back: Back, why: str) -> Result:
    before = back.release.id if back.release else _NOTHING
    left: tuple[str, ...] = ()
    if work.begun:
        work.on.narrator.tell("restore", ",".join(sorted(work.begun)), f"back to {before}")
        left = _restored(work, back)
    _forgotten(work, left)
    if not left:
        what = f"{', '.join(sorted(work.begun))} restored" if work.begun else "no service was changed"
        return Result(RESTORED, f"{why}; {what}: {before} runs")
    work.on.narrator.tell("restore", ",".join(left), "NOT RESTORED")
    mix = f"{', '.join(left)} may run {work.change.release.id}, all others run {before}"
    return Result(MIXED, f"{why}; MIXED VERSIONS: {mix}", left)


def _restored(work: Work, back: Back) -> tuple[str, ...]:
    """Bring the hosts that have changed back; return those where that could not be done."""
    try:
        back.schema(work)
    except FenceError as error:
        work.on.narrator.tell("restore", "", f"the schema is not as before: {error}")
    left = tuple(sorted(work.begun))
    end = time.monotonic() + PATIENCE
    while left:
        remotes = work.remotes
        answers = each((remotes[name] for name in left), lambda remote: _on_host(remote, work, back))
        failed = {name: answer for name, answer in answers.items() if isinstance(answer, FenceError)}
        for name, why in failed.items():
            work.on.narrator.tell("restore", name, str(why))
        left = tuple(failed)
        if not any(map(_may_pass, failed.values())) or time.monotonic() > end:
            break
        time.sleep(_AGAIN)
    return left


def _may_pass(error: FenceError) -> bool:
    return isinstance(error, Unreachable) or (isinstance(error, FailedError) and error.may_pass)


def _on_host(remote: Remote, work: Work, back: Back) -> None:
    """Bring one host back. Raise FenceError if that fails."""
    name = remote.host.name
    if back.release is None:
        gone = [one.container.id for one in survey.running(remote)]
        acting.run(work, plan.Stage("restore", tuple(plan.Act(name, ("retire", one)) for one in gone)))
        return
    env = {name: work.change.seen[name].state.env}
    on = work.on._replace(remotes=[remote])
    change = planning.way_of(on, back.release, env, back.expects)
    acts = [*plan.roll(change, name), ("gate", *remote.host.services)]
    acting.run(work._replace(on=on, change=change), plan.Stage("restore", tuple(plan.Act(name, one) for one in acts)))


def _forgotten(work: Work, left: Sequence[str]) -> None:
    """Write down on every host that nothing is under way any more, but for those that are left half-way."""

    def forget(remote: Remote) -> None:
        state = work.change.seen[remote.host.name].state
        if state.env:  # a migration may have needed the new one
            remote.told("link", work.token(remote), "env/current", state.env)
        remote.record(work.token(remote), state._replace(intent=None).document)

    answers = each((one for name, one in work.remotes.items() if name not in left), forget)
    for name, answer in answers.items():
        if isinstance(answer, FenceError):
            work.on.narrator.tell("restore", name, f"it still has it that a change is under way: {answer}")
