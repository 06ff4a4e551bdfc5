"""A plan without the modules that, run before and after, hand something else to their clients."""

from typing import TYPE_CHECKING

from envfence.rewrite.fix import planned
from envfence.rewrite.plan import Plan
from envfence.rewrite.project import Project
from envfence.rewrite.proving import verify
from envfence.rewrite.settings import settings_code
from envfence.rewrite.settings.field_claims import attributes

if TYPE_CHECKING:
    from envfence.rewrite.code.modules import Refused

_NEEDED = {settings_code.PYDANTIC: ["pydantic_settings"], settings_code.DOTENV: ["dotenv"]}


def verified(project: Project, plan: Plan, environment: str) -> Plan:
    """Return the plan of what is equal, with how its modules have fared; what differs is left alone."""
    read = sorted(attributes(project.python.values()))
    trial = verify.Trial(environment, _NEEDED.get(project.library, ()), read)
    refused: Refused = frozenset()
    left: list[str] = []
    while True:
        tried = verify.outcomes(project.root, plan, trial)
        different = [one for one in tried if one.differs and one.path not in project.mended]
        new = [one for one in different if (one.path, 1) not in refused]
        if not new:
            return plan._replace(tried=[*left, *verify.told(tried)])
        left += [f"{one.path}: left alone: run with the settings, {one.differs}" for one in new]
        # All their lines: copies of what other modules had are found only once these are planned.
        refused |= {(one.path, at) for one in new for at in range(1, project.python[one.path].count("\n") + 2)}
        plan = planned(project, environment, refused)
