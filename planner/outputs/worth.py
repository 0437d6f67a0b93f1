"""What scenarios are worth, in a few lines, and what each future costs where it is known to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from planner.distribution import Interval, Worth
from planner.outputs.fact import Fact, counted, usd
from planner.outputs.schema import Row, Shown


@dataclass(frozen=True)
class FutureRow(Row):
    """A combination of scenarios, and the plan made for it alone."""

    sheet: ClassVar[str] = "Futures"

    scenarios: Annotated[str, Shown("Scenarios that hold together.")]
    probability: Annotated[float, Shown("How likely they are.", "share")]
    cost: Annotated[float, Shown("Cost of the plan made for them alone, were they sure to come.", "money", unit="USD")]
    bound: Annotated[float, Shown("No plan costs less then.", "money", unit="USD")]


def future_rows(found: Worth) -> tuple[FutureRow, ...]:
    """Every future, in the order of the scenario set."""
    return tuple(FutureRow(future.name, future.probability, known.cost, known.bound) for future, known in found.each)


def facts(found: Worth) -> tuple[Fact, ...]:
    """Both values, and what they are made of."""
    together, gap = found.together, found.together.cost - found.together.bound
    known = sum(future.probability * one.cost for future, one in found.each)
    return (
        Fact("Plan for all scenarios", together.cost, "money", "USD",
             f"discounted, without a weight or a cap on CVaR; proven to within {usd(gap)}", "Futures"),
        Fact("Plan for their mean", found.mean.cost, "money", "USD",
             "what its orders cost in all of them: they were planned for what is delivered, asked for and paid on average, and "
             "what then lacks is bought at once or left unmet", "Futures"),
        Fact("Were they known", known, "money", "USD",
             f"by probability, of {counted(len(found.each), 'plan')}, each made for one combination", "Futures"),
        Fact("Worth of planning with them", found.planning.most, "money", "USD",
             f"VSS, at most: what the plan for all saves beside the plan for their mean; {_within(found.planning)}", "Futures"),
        Fact("Worth of knowing them", found.knowing.most, "money", "USD",
             f"EVPI, at most: what knowing which comes would save; {_within(found.knowing)}", "Futures"),
    )  # fmt: skip


def _within(found: Interval) -> str:
    return f"given the gaps, between {usd(found.least)} and {usd(found.most)}"
