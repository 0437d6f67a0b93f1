"""Seeded scenarios for the synthetic cases: groups of states, each of which cuts off a country or two, and asks for more."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from models.case import Case
from models.records import Hits, Scenario, Shock
from tests.benchmarks.generator import COVERED, FREE

GROUPS = {24: (2, 3, 4), 100: (4, 5, 5)}
"""States of each group, the normal one included, by how many combinations there are."""
WEIGHT = 0.5
"""What a dollar of CVaR counts."""


def in_danger(case: Case, combinations: int, seed: int) -> Case:
    """The case with scenarios, of which so many combinations may come, and a weight on CVaR of the worst tenth.

    A state cuts what comes from one country, of whatever material, for three to twelve months, and raises the price and the
    demand of a few materials.
    """
    random = Random(seed)
    scenarios, shocks = [], []
    for group, states in enumerate(GROUPS[combinations]):
        for state in range(1, states):
            name = f"{group}.{state}"
            scenarios.append(Scenario(scenario=name, probability=round(0.4 / states, 3), group=f"actor {group}"))
            begins = case.calendar.first_day(random.randint(1, max(1, case.calendar.periods // 2)))
            common = {"scenario": name, "from_date": begins, "periods": random.randint(3, 12)}
            country = random.choice(COVERED if state == 1 else FREE)
            shocks.append(Shock(hits=Hits.COUNTRY, name=country, availability=random.choice((0.0, 0.3, 0.6)),
                                delay_days=random.choice((0.0, 30.0)), **common))  # fmt: skip
            shocks += [
                Shock(hits=Hits.MATERIAL, name=random.choice(case.materials).material, price_factor=2.0,
                      demand_factor=random.choice((1.0, 1.2)), **common)
                for _ in range(3)
            ]  # fmt: skip
    settings = case.settings.model_copy(update={"risk_weight": WEIGHT})
    return replace(case, scenarios=tuple(scenarios), shocks=tuple(shocks), settings=settings)
