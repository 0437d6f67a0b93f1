"""Second measures of a plan, beside its cost: what the frontier sets cost against.

Each says how a plan is measured, how a case is limited by it, and what makes a plan as safe as can be: a case in which a
dollar of the measure is worth `DEAR` dollars of cost. Where a book prices the measure itself, by a weight on CVaR or a
penalty on cover, that price is set aside: what is limited would else count twice. Its hard limits stay.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

from models.audit import benchmark_on, common_floor, days_covered, demand_ahead
from models.case import Case
from models.outcomes import cvar, losses_of
from models.plan import CENT, Plan
from models.records import Hardness, Measure, Policy, RuleKind
from models.rules.policy.assess import assessments
from planner.findings import FaultyInput, Finding, Severity

DEAR = 100.0
"""What a dollar of the measure is worth in dollars of cost, where it is to be as safe as can be."""
YEAR = 365


class Second(ABC):
    """A second measure.

    Attributes:
        title: what it is, as a heading.
        form: how its figures are shown; `unit` is theirs.
        step, step_words: what its price is for: one percentage point, one day, one dollar.
        more_is_safer: whether it is to be large.
        limit_in_book: what in a workbook asks for a level of it.
    """

    title: ClassVar[str]
    form: ClassVar[Literal["share", "days", "money"]]
    unit: ClassVar[str] = ""
    step: ClassVar[float] = 1.0
    step_words: ClassVar[str]
    more_is_safer: ClassVar[bool] = False
    limit_in_book: ClassVar[str]

    @abstractmethod
    def free(self, case: Case) -> Case:
        """The case with neither a price of this measure nor a limit beyond its own hard ones.

        Raises:
            FaultyInput: the case has nothing that could be measured.
        """

    @abstractmethod
    def limited(self, case: Case, level: float) -> Case:
        """A free case in which the measure is to be at least as safe as a level, which is safer than its cheapest plan."""

    @abstractmethod
    def dear(self, case: Case) -> Case:
        """A free case in which the measure is worth far more than it costs."""

    @abstractmethod
    def of(self, plan: Plan) -> float:
        """What a plan comes to."""

    def rounding(self, level: float) -> float:
        """What rounding to steps and cents may move a level by, so that it does not exclude the plan that reaches it."""
        return 1e-6 * max(1.0, abs(level))

    def is_safer(self, one: float, other: float) -> bool:
        """Whether one figure is safer than another by more than rounding."""
        gain = one - other if self.more_is_safer else other - one
        return gain > 10.0 * self.rounding(other)

    def loosened(self, level: float) -> float:
        """A level, loosened by rounding."""
        return level - self.rounding(level) if self.more_is_safer else level + self.rounding(level)


class ChinaShare(Second):
    """Share of the landed cost that is mined, refined or owned in China, over all materials and the whole plan."""

    title, form = "China's share of the landed cost, with open orders", "share"
    step, step_words = 0.01, "percentage point of China"
    limit_in_book = "a row of Policy: a share of spend, attribute any stage, in CHN, scope all, at most the level"
    RULE = "Frontier: China at any stage"

    def free(self, case: Case) -> Case:
        return self.limited(case, 1.0)

    def limited(self, case: Case, level: float) -> Case:
        return self._ruled(case, limit=level)

    def dear(self, case: Case) -> Case:
        return self._ruled(case, limit=0.0, hardness=Hardness.SOFT, penalty=DEAR)

    def of(self, plan: Plan) -> float:
        measured = replace(plan, case=self.free(plan.case))
        found = (row.assessment for row in assessments(measured) if row.rule.rule == self.RULE)
        return next((row.achieved / row.limit for row in found if row.limit), 0.0)

    def _ruled(self, case: Case, **fields: Any) -> Case:
        """The case with one row about China."""
        others = tuple(row for row in case.policy if row.rule != self.RULE)
        row = Policy(
            rule=self.RULE, kind=RuleKind.SHARE, measure=Measure.SPEND, attribute="any stage", within=("CHN",), **fields
        )
        return replace(case, policy=(*others, row))


class CoverDays(Second):
    """Days of demand that the stock of every material covers from the end of its ramp on: those of the worst material."""

    title, form, unit, step_words, more_is_safer = "Days of cover of the worst material", "days", "days", "day of cover", True
    limit_in_book = "`cover floor` in Settings, with a `cover penalty` of 0 in Materials"

    def free(self, case: Case) -> Case:
        if not _most_days(case):
            raise FaultyInput([_nothing("Materials", "no material has a cover target", "Fill the column `target cover days`.")])
        rows = tuple(row.model_copy(update={"cover_penalty": 0.0}) for row in case.materials)
        own = case.settings.cover_floor if case.settings.cover_floor_penalty is None else None
        return replace(case, materials=rows).with_settings(cover_floor=own, cover_floor_penalty=None)

    def limited(self, case: Case, level: float) -> Case:
        return case.with_settings(cover_floor=level)

    def dear(self, case: Case) -> Case:
        first = case.settings.start_date
        day = sum(benchmark_on(case, row, first) * demand_ahead(case, row, YEAR)[YEAR] / YEAR for row in case.materials)
        return case.with_settings(cover_floor=_most_days(case), cover_floor_penalty=DEAR * day)

    def of(self, plan: Plan) -> float:
        case, found = plan.case, _most_days(plan.case)
        ahead = {row.material: demand_ahead(case, row, int(found) + 2) for row in case.materials}
        for material, period, _ in common_floor(case.with_settings(cover_floor=found)):
            after = (case.calendar.last_day(period) - case.settings.start_date).days + 1
            found = min(found, days_covered(ahead[material], after, plan.closing_stock[material, period]))
        return found


class CVaR(Second):
    """Mean loss of the worst scenarios, as the setting `cvar alpha` has them."""

    title, form, unit, step_words = "CVaR, the mean loss of the worst scenarios", "money", "USD", "dollar of CVaR"
    limit_in_book = "`cvar cap` in Settings, with a `risk weight` of 0"

    def free(self, case: Case) -> Case:
        if not (case.scenarios and case.shocks):
            raise FaultyInput([_nothing("Scenarios", "there are no scenarios with shocks", "Fill Scenarios and Shocks.")])
        return case.with_settings(risk_weight=0.0)

    def limited(self, case: Case, level: float) -> Case:
        return case.with_settings(cvar_cap=max(0.0, level))

    def dear(self, case: Case) -> Case:
        return case.with_settings(risk_weight=DEAR)

    def of(self, plan: Plan) -> float:
        return cvar(losses_of(plan), plan.case.settings.cvar_alpha)

    def rounding(self, level: float) -> float:
        return CENT + super().rounding(level)


MEASURES: Mapping[str, Second] = {"china-share": ChinaShare(), "cover-days": CoverDays(), "cvar": CVaR()}
"""Second measures by the names that the command line knows them by."""


def _most_days(case: Case) -> float:
    """As many days as any material is to cover."""
    return max(case.settings.cover_floor or 0.0, *(row.target_cover_days for row in case.materials))


def _nothing(sheet: str, what: str, remedy: str) -> Finding:
    return Finding(Severity.FAULT, sheet, "", "", f"{what}: there is nothing to set cost against", remedy)
