"""The runner: one function that judges answers. The form, submit(), the eligibility check and the review page all use it."""

from collections.abc import Iterable
from dataclasses import dataclass

from programs.kinds import Verdict
from programs.models import Requirement


@dataclass(frozen=True)
class Result:
    """The verdict on what was given for one requirement."""

    requirement: Requirement
    given: dict
    verdict: Verdict

    @property
    def blocks(self) -> bool:
        return self.requirement.mandatory and not self.verdict.met


def check(requirements: Iterable[Requirement], given: dict[int, dict]) -> list[Result]:
    """Judges `given` (by the requirement's id) against every one of `requirements`; those without an answer are left out."""
    return [
        Result(
            requirement,
            given[requirement.pk],
            requirement.rule.check(given[requirement.pk], program_name=requirement.program.name),
        )
        for requirement in requirements
        if requirement.pk in given
    ]
