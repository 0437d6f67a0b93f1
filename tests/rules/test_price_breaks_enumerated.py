"""Every kind of schedule, at several suppliers at once, against all plans in whole lots.

What a plan costs is added up here from the tiers alone, so that neither the model nor the checking side of the rule is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import inf
from random import Random
from typing import Any

import pytest

from models.records import Trader
from tests.cases import material
from tests.price_schedules import BASES, KINDS, Schedule, case_of, tiers
from tests.solving import optimum, solve

LOT = 5.0
HOLDING = 1.0
"""USD for a tonne in stock at a month's end."""

Orders = tuple[float, ...]
"""One trader's orders of one supplier, month by month."""


def schedules(random: Random, first: tuple[str, str, str], number: int, most: int) -> list[Schedule]:
    """The first supplier's schedule is of a given kind, basis and direction, the others' of any."""
    found = []
    for k in range(number):
        kind, basis, direction = first if k == 0 else (random.choice(KINDS), random.choice(BASES), random.choice(DIRECTIONS))
        begins = range(3, 3 * int(LOT) * (2 if basis == "contract" else 1))
        found.append(
            Schedule(
                f"s{k}", kind, basis, tiers(random, begins, direction), most * LOT, signing=random.choice((0.0, 0.0, 9.0)),
                ordering=random.choice((0.0, 0.0, 7.0)), lot=LOT,
            )
        )  # fmt: skip
    return found


def ways(months: int, traders: int, most: int) -> Iterator[tuple[Orders, ...]]:
    """Every way in which the traders may order of one supplier: together no more than its lots of a month."""
    for lots in product(range(most + 1), repeat=months * traders):
        each = [lots[k * months : (k + 1) * months] for k in range(traders)]
        if all(sum(orders[t] for orders in each) <= most for t in range(months)):
            yield tuple(tuple(number * LOT for number in orders) for orders in each)


def cheapest(found: Sequence[Schedule], needs: Sequence[float], limits: Sequence[float], most: int) -> float:
    """The least cost of all plans: each need is met, no trader spends beyond its limit; infinite if there is none."""
    options = [
        [([sum(month) for month in zip(*way, strict=True)], [row.bill(orders) for orders in way]) for way in
         ways(len(needs), len(limits), most)]
        for row in found
    ]  # fmt: skip
    best = inf
    for plan in product(*options):
        spent = [sum(bills) for bills in zip(*(bills for _, bills in plan), strict=True)]
        if all(amount <= limit for amount, limit in zip(spent, limits, strict=True)):
            stock, kept = 0.0, 0.0
            for need, *arrivals in zip(needs, *(quantities for quantities, _ in plan), strict=True):
                stock += sum(arrivals) - need
                kept += stock if stock >= 0 else inf
            best = min(best, sum(spent) + HOLDING * kept if kept < inf else inf)
    return best


DIRECTIONS = ("falling", "rising")
EVERY = list(product(KINDS, BASES, DIRECTIONS))
STORED: dict[str, Any] = {"materials": (material(holding_cost=12 * HOLDING),)}


@pytest.mark.parametrize("first", EVERY, ids=" ".join)
def test_several_suppliers_over_two_months(first: tuple[str, str, str]) -> None:
    """Two or three suppliers, one trader."""
    for seed in range(6):
        random = Random(f"{first} {seed}")
        found = schedules(random, first, random.choice((2, 3)), 3)
        needs = [float(random.randint(0, 22)) for _ in range(2)]
        assert optimum(case_of(found, needs, **STORED)).cost == pytest.approx(cheapest(found, needs, [inf], 3)), seed


@pytest.mark.parametrize("first", EVERY, ids=" ".join)
def test_two_traders_whose_orders_count_apart(first: tuple[str, str, str]) -> None:
    """Two suppliers whose offers both traders may sign; the first trader has money for a part only, so that the quantities that
    reach a tier may have to be split. Some have no plan."""
    for seed in range(4):
        random = Random(f"{first} {seed} traders")
        found = schedules(random, first, 2, 2)
        needs = [float(random.randint(2, 18)) for _ in range(2)]
        limits = [random.randint(60, 200) + 0.5, random.choice((inf, random.randint(60, 200) + 0.5))]
        traders = [
            Trader(trader=name, maximum_spend=None if limit == inf else limit) for name, limit in zip("ab", limits, strict=True)
        ]
        solved = solve(case_of(found, needs, traders=traders, **STORED))
        assert not solved.feasible or not solved.failures, seed
        assert solved.cost == pytest.approx(cheapest(found, needs, limits, 2)), seed


def test_a_bill_by_hand() -> None:
    """10 a tonne, 8 from 10 t on: 15 t cost 120 or 140, and 5 t and 10 t 130 or 150, by order; by contract 120 or 140."""
    expected = {"order": (130.0, 150.0), "contract": (120.0, 140.0)}
    for basis, (all_units, incremental) in expected.items():
        for kind, cost in (("all units", all_units), ("incremental", incremental)):
            schedule = Schedule("s", kind, basis, ((0.0, 10.0), (10.0, 8.0)), 15.0, signing=3.0, ordering=1.0)
            assert schedule.bill((15.0,)) == pytest.approx((120.0 if kind == "all units" else 140.0) + 3 + 1)
            assert schedule.bill((5.0, 10.0)) == pytest.approx(cost + 3 + 2)
            assert schedule.bill((0.0, 0.0)) == 0.0
