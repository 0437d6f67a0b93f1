"""Coupling rows that bind or not by design.

Their limits are set from what a buyer without them would do: meet each material's need over the whole horizon from the
cheapest offers, each to its capacity. That is arithmetic, not a solve: quick, and the same on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

from models import needs
from models.case import Case
from models.landed_cost import fee, landed_costs
from models.records import Measure, Offer, Policy, RuleKind

LARGEST_SHARE, SMALLEST_SHARE = 0.4, 0.3
"""Binding shares of spend: of the first trader, who is the cheapest, and of the last, who is the dearest."""
COVERED_LIMIT = 0.6
"""The binding limit on covered countries, as a part of the share that they would have."""
BUDGET = 0.87
"""The binding budget, as a part of what all else would cost."""


def with_coupling_rows(case: Case, binding: bool) -> Case:
    """The case with a budget, a ceiling on the share of covered countries, and shares of the first and last trader."""
    free = Basket(case)
    covered = COVERED_LIMIT * free.covered if binding else (1.0 + free.covered) / 2.0
    limits = [{"maximum_share": LARGEST_SHARE if binding else 1.0}]
    limits += [{}] * (len(case.traders) - 2)
    limits += [{"minimum_share": SMALLEST_SHARE if binding else 0.0}]
    basket = Basket.of_share(case, covered) if binding else free
    budget = (BUDGET if binding else 1.5) * basket.spend * (1.0 + _fee(case, binding))
    rule = Policy(
        rule="Covered countries",
        kind=RuleKind.SHARE,
        measure=Measure.SPEND,
        attribute="refine",
        within=("covered",),
        limit=round(covered, 3),
    )
    return replace(
        case,
        settings=case.settings.model_copy(update={"budget": float(f"{budget:.4g}")}),
        traders=tuple(row.model_copy(update=limit) for row, limit in zip(case.traders, limits, strict=False)),
        policy=(rule,),
    )


class Basket:
    """What is bought of each offer in order of cost, with a surcharge on covered countries as a share of landed cost."""

    def __init__(self, case: Case, surcharge: float = 0.0) -> None:
        self.spend = covered = 0.0
        costs = unit_costs(case)
        for material in case.material:
            missing = needed(case, material)
            offers = [offer for offer in case.offers_of[material] if offer.offer in costs]
            for offer in sorted(offers, key=lambda o: costs[o.offer][0] * (1.0 + surcharge * is_covered(case, o))):
                cost, periods = costs[offer.offer]
                quantity = min(missing, (offer.capacity_per_period or 0.0) * periods)
                missing -= quantity
                self.spend += quantity * cost
                covered += quantity * cost * is_covered(case, offer)
        self.covered = covered / self.spend

    @classmethod
    def of_share(cls, case: Case, covered: float) -> Basket:
        """The basket in which covered countries have a share of spend, as near as can be: by bisection."""
        low, high = 0.0, 1.0
        for _ in range(20):
            middle = (low + high) / 2.0
            low, high = (middle, high) if cls(case, middle).covered > covered else (low, middle)
        return cls(case, high)


def unit_costs(case: Case) -> dict[str, tuple[float, int]]:
    """For each offer that can be ordered at all, its mean landed cost (USD per unit) and in how many periods."""
    found: dict[str, list[float]] = {}
    for (offer, _), cost in landed_costs(case).items():
        found.setdefault(offer, []).append(cost.total)
    return {offer: (fmean(costs), len(costs)) for offer, costs in found.items()}


def needed(case: Case, material: str) -> float:
    """What must be bought over the horizon, in the material's unit: draws and final stock, less opening stock."""
    end = case.calendar.periods
    final = max(needs.target(case, material, end), needs.floor(case, material, end))
    return max(0.0, sum(needs.drawn(case, material).values()) + final - needs.opening_stock(case, material))


def is_covered(case: Case, offer: Offer) -> bool:
    """Whether an offer is refined in a covered country."""
    return case.country[offer.refine_country or ""].covered


def _fee(case: Case, binding: bool) -> float:
    """The mean fee where the first and the last trader get their binding shares, or the first gets everything."""
    mean = [fmean(fee(case, trader, material) for material in case.material) for trader in case.trader]
    if not binding or len(mean) == 1:
        return mean[0]
    if len(mean) == 2:
        return LARGEST_SHARE * mean[0] + (1.0 - LARGEST_SHARE) * mean[1]
    return LARGEST_SHARE * mean[0] + SMALLEST_SHARE * mean[-1] + (1.0 - LARGEST_SHARE - SMALLEST_SHARE) * mean[1]
