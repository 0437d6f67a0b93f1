"""How a plan's losses are distributed over its futures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from models.case import Case
from models.futures import Future
from models.outcomes import cvar
from planner.recourse import Struck


class Lived(NamedTuple):
    """A future, and what it does to the materials that it has shocks about."""

    future: Future
    struck: tuple[Struck, ...]
    planned: float = 0.0
    """What the plan is short of anyway, in discounted USD."""

    @property
    def loss(self) -> float:
        """Over all materials, in discounted USD."""
        return self.planned + sum(one.loss for one in self.struck)


@dataclass(frozen=True)
class Stress:
    """A plan in all of its futures.

    Attributes:
        lived: the futures, the most costly first.
        planned: in the plan's own scenarios its expected loss, CVaR at the same level and worst loss, in discounted USD;
            nothing where it was planned without scenarios.
        same_input: whether the scenarios' workbook is the one that the plan was made from.
    """

    case: Case
    lived: tuple[Lived, ...]
    dropped: float
    planned: tuple[float, float, float] | None
    same_input: bool

    @property
    def losses(self) -> list[tuple[Future, float]]:
        """Each future and its loss."""
        return [(one.future, one.loss) for one in self.lived]

    @property
    def expected(self) -> float:
        """Expected loss, in discounted USD."""
        return sum(one.future.probability * one.loss for one in self.lived)

    @property
    def cvar(self) -> float:
        """Mean of the worst 1 − α, in discounted USD."""
        return cvar(self.losses, self.case.settings.cvar_alpha)

    def quantile(self, share: float) -> float:
        """The least loss that is not exceeded with this probability, in discounted USD."""
        total = 0.0
        for one in reversed(self.lived):
            total += one.future.probability
            if total >= share - 1e-12:
                return one.loss
        return self.lived[0].loss
