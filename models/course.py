"""The checking side of scenarios: the course that a material's supply takes in some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from models.case import Case
from models.futures import Future
from models.invoice import EXPECTED_LOSS
from models.plan import Charge, discounted, quantity_tolerance


class Step(NamedTuple):
    """A period of a material in a state of its supply, in the material's unit.

    Attributes:
        asked: of the stock.
        arriving, emergency, called: what comes all the same, what is bought at once, and what partners send.
        unmet: what is short; `usual` of it is short in the plan anyway.
        left: stock at the end.
    """

    period: int
    asked: float
    arriving: float
    emergency: float
    called: float
    unmet: float
    usual: float
    left: float


@dataclass(frozen=True)
class Course:
    """What some scenarios together make of a material's supply.

    Attributes:
        scenarios: that are about the material.
        futures: in which these and no others about the material hold.
        steps: from the first period on in which a shock is felt.
        left: stock at the plan's end, in the material's unit.
        bill: what it costs beyond the plan, in USD as it falls due, not weighted by probability.
    """

    material: str
    scenarios: tuple[str, ...]
    futures: tuple[Future, ...]
    steps: tuple[Step, ...]
    left: float
    bill: tuple[Charge, ...]

    @property
    def probability(self) -> float:
        """Of its futures together."""
        return sum(future.probability for future in self.futures)

    def loss(self, case: Case) -> float:
        """Shortages, premiums and price moves, in discounted USD."""
        return sum(discounted(case, charge) for charge in self.bill if charge.line == EXPECTED_LOSS)

    @property
    def asked(self) -> float:
        """What is asked of the stock over the whole course, in the material's unit."""
        return sum(step.asked for step in self.steps)

    @property
    def unmet(self) -> float:
        """What is short over the whole course, in the material's unit."""
        return sum(step.unmet for step in self.steps)

    def days(self, case: Case) -> float | None:
        """How many days from its first one nothing is short; nothing where nothing ever is."""
        total = 0.0
        for step in self.steps:
            if step.unmet > quantity_tolerance(step.asked, 2):
                return total + case.calendar.days(step.period) * (1 - step.unmet / step.asked)
            total += case.calendar.days(step.period)
        return None


class AtOnce(NamedTuple):
    """What is had at once in a period, in the material's unit: bought, and called from partners."""

    bought: float = 0.0
    called: float = 0.0
