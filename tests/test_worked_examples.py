"""The two examples that inputs/README.md works through by hand: their figures are the planner's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from models.case import Case
from models.records import Material
from planner import validate
from tests.solving import optimum, solve

INPUTS = Path(__file__).parents[1] / "inputs"


def read(name: str) -> Case:
    """The case of a committed example."""
    case = validate.read(INPUTS / f"{name}.xlsx").case
    assert case is not None
    return case


def test_tiny_costs_what_the_readme_says() -> None:
    # 220 t at 10,000 × 1.01 by Alpha, 80 t at 10,060 × 1.005 + 1,000 by Beta; 120 + 20 t kept for a month at 50
    by_hand = 220 * 10_000 * 1.01 + 80 * 10_060 * 1.005 + 1_000 + (120 + 20) * 50
    assert by_hand == pytest.approx(3_038_824)
    solved = optimum(read("tiny"))
    assert solved.cost == pytest.approx(by_hand)
    assert {(row.offer, row.trader, row.period): row.quantity for row in solved.plan.purchases} == {
        ("Bulk", "Alpha", 1): 220.0,
        ("Parcels", "Beta", 2): 80.0,
    }


def test_tiny_by_enumeration() -> None:
    # every plan in steps of 10 t: Bulk arrives at once, Parcels in the next month
    bulk, parcels = (0, *range(200, 310, 10)), range(0, 160, 40)
    costs = [
        cost
        for orders in product(bulk, bulk, bulk, parcels, parcels)
        for cost in tiny_costs(orders[:3], orders[3:])
    ]  # fmt: skip
    assert min(costs) == pytest.approx(3_038_824)


def tiny_costs(bulk: tuple[int, ...], parcels: tuple[int, ...]) -> Iterable[float]:
    """What a plan costs, for each way of giving the two offers to the two firms; nothing if demand is not met."""
    stock, kept = 0, 0
    for arrival in (bulk[0], bulk[1] + parcels[0], bulk[2] + parcels[1]):
        stock += arrival - 100
        if stock < 0:
            return
        kept += stock
    fees = {"Alpha": 0.01, "Beta": 0.005}
    for first, second in product(fees, fees):
        spent = dict.fromkeys(fees, 0.0)
        spent[first] += sum(bulk) * 10_000 * (1 + fees[first])
        spent[second] += sum(parcels) * 10_060 * (1 + fees[second]) + 1_000 * sum(order > 0 for order in parcels)
        if spent["Beta"] <= 1_000_000:
            yield sum(spent.values()) + kept * 50


Relaxation = Callable[[Case], Case]


def material(**changes: object) -> Relaxation:
    """Change gallium's row."""

    def relaxed(case: Case) -> Case:
        (row,) = case.materials
        return replace(case, materials=(Material(**row.model_dump() | changes),))

    return relaxed


def cap(share: float) -> Relaxation:
    return material(participation_cap=share)


def floor_from(year: int, month: int) -> Relaxation:
    return material(floor_from=date(year, month, 1))


def without(*stages: str) -> Relaxation:
    """Drop the rules about these stages."""
    return lambda case: replace(case, policy=tuple(row for row in case.policy if row.attribute not in stages))


def unchanged(case: Case) -> Case:
    return case


ALL = ("mine", "refine", "owner")


@pytest.mark.parametrize(
    ("relaxations", "has_plan"),
    [
        ((unchanged,), False),
        ((cap(1.0),), False),  # Japan gives six orders of 250 kg: 1,500 kg of 3,123
        ((without(*ALL),), False),  # seven orders of 75 kg: 525 kg
        ((material(floor_days=8.0),), True),  # six orders of 75 kg: 450 kg, 8.64 days
        ((material(floor_days=9.0),), False),
        ((floor_from(2030, 6),), False),  # 41 orders of 75 kg: 3,075 kg
        ((floor_from(2030, 7),), True),  # 42 orders: 3,150 kg
        ((cap(0.60), without("mine")), True),  # seven orders of 450 kg: 3,150 kg
        ((cap(0.59), without(*ALL)), False),  # lots of 25 kg: seven orders of 425 kg are 2,975 kg
        ((cap(0.60), without("refine", "owner")), False),  # nothing is refined or owned in China but mined elsewhere
        ((cap(0.20), floor_from(2028, 10)), True),  # 21 orders of 150 kg: 3,150 kg
        ((cap(0.20), floor_from(2028, 9)), False),  # 20 orders: 3,000 kg
    ],
)
def test_gallium_has_a_plan_only_where_the_readme_says(relaxations: tuple[Relaxation, ...], has_plan: bool) -> None:
    case = read("gallium")
    for relaxation in relaxations:
        case = relaxation(case)
    assert solve(case).feasible is has_plan
