"""Suppliers: onboarding once for all materials, and capacity shared by all offers."""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import Offer, PeriodLength, Supplier, Trader
from models.rules.suppliers import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum, solve

X_AND_Y: dict[str, Any] = {"materials": (material(), material("y"))}


def both_from_s(**other: Any) -> tuple[Offer, ...]:
    """x and y by supplier s at 10, by supplier `dear` at 13."""
    return (
        offer("sx", **other), offer("sy", material="y", **other),
        offer("dx", 13.0, supplier="dear"), offer("dy", 13.0, supplier="dear", material="y"),
    )  # fmt: skip


def shared_capacity() -> Case:
    suppliers = (Supplier(supplier="s", capacity_per_period=12), Supplier(supplier="dear"))
    return case(*both_from_s(), needs={"x": (10,), "y": (10,)}, suppliers=suppliers, **X_AND_Y)


# 12 t of x and y together by s at 10, 8 t at 13: 120 + 104. Without the rule 20 · 10.
BINDING = Binding(shared_capacity, cost=224.0, dropped=200.0)


def test_the_capacity_per_period_is_shared_by_all_offers_and_materials() -> None:
    solved = optimum(shared_capacity())
    assert solved.cost == pytest.approx(224.0)
    assert solved.total["sx"] + solved.total["sy"] == pytest.approx(12.0)


@pytest.mark.parametrize(("onboarding", "cost", "onboarded"), [(50, 250.0, True), (59, 259.0, True), (61, 260.0, False)])
def test_a_supplier_is_onboarded_once_for_all_its_materials(onboarding: float, cost: float, onboarded: bool) -> None:
    """x and y save 3 · 10 each at s: together 60, worth an onboarding below 60; for one material alone it is not."""
    suppliers = (Supplier(supplier="s", onboarding_cost=onboarding), Supplier(supplier="dear"))
    solved = optimum(case(*both_from_s(), needs={"x": (10,), "y": (10,)}, suppliers=suppliers, **X_AND_Y))
    assert solved.cost == pytest.approx(cost)
    assert ("onboarding" in solved.lines) is onboarded
    alone = optimum(case(offer(), offer("p", 13.0, supplier="dear"), needs=(10,), suppliers=suppliers))
    assert alone.cost == pytest.approx(130.0)


@pytest.mark.parametrize("exclusive", [True, False])
def test_several_traders_and_offers_onboard_together(exclusive: bool) -> None:
    """Two offers, two traders with money for 6 t each (onboarding is nobody's spend): 10 · 10 + 20."""
    traders = (Trader(trader="a", maximum_spend=60), Trader(trader="b", maximum_spend=60))
    offers = offer("o1", exclusive=exclusive), offer("o2", exclusive=exclusive)
    suppliers = (Supplier(supplier="s", onboarding_cost=20),)
    assert optimum(case(*offers, needs=(10,), traders=traders, suppliers=suppliers)).cost == pytest.approx(120.0)


def test_onboarding_is_paid_in_the_first_period() -> None:
    """Bought a month later at 1 % a month: 100 / 1.01 + 20."""
    quote = offer(valid_from=case().calendar.first_day(2))
    suppliers = (Supplier(supplier="s", onboarding_cost=20),)
    solved = optimum(case(quote, needs=(0, 10), suppliers=suppliers, settings={"discount_rate": 0.12}))
    assert solved.cost == pytest.approx(100 / 1.01 + 20)


def test_a_year_is_twelve_months_of_the_plan() -> None:
    """24 months of 1 t that cannot be stored, 6 t a year from s: 6 of each year's 12 t at 10, the others at 13."""
    found = case(
        offer(), offer("p", 13.0, supplier="dear"),
        needs=(1,) * 24,
        materials=(material(maximum_stock=0),),
        suppliers=(Supplier(supplier="s", capacity_per_year=6), Supplier(supplier="dear")),
    )  # fmt: skip
    solved = optimum(found)
    assert solved.cost == pytest.approx(12 * 10 + 12 * 13)
    assert sum(q for (o, t), q in solved.bought.items() if o == "o" and t <= 12) == pytest.approx(6.0)


def test_a_year_is_four_quarters() -> None:
    """Five quarters of 1 t each, 1 t a year from s: one in the first four and one in the fifth at 10, three at 13."""
    found = case(
        offer(), offer("p", 13.0, supplier="dear"),
        needs=(1, 0, 0) * 5,
        materials=(material(maximum_stock=0),),
        suppliers=(Supplier(supplier="s", capacity_per_year=1), Supplier(supplier="dear")),
        settings={"period": PeriodLength.QUARTER, "periods": 5},
    )  # fmt: skip
    assert optimum(found).cost == pytest.approx(2 * 10 + 3 * 13)


def test_units_that_differ_are_added_up_in_tonnes() -> None:
    """12 t a month over x in tonnes and y in kilograms (10 000 kg at 0.01 and 0.013 USD): the same as BINDING."""
    offers = (
        offer("sx"), offer("sy", 0.01, material="y"),
        offer("dx", 13.0, supplier="dear"), offer("dy", 0.013, supplier="dear", material="y"),
    )  # fmt: skip
    found = case(
        *offers,
        needs={"x": (10,), "y": (10_000,)},
        materials=(material(), material("y", unit="kg")),
        suppliers=(Supplier(supplier="s", capacity_per_period=12), Supplier(supplier="dear")),
    )
    assert optimum(found).cost == pytest.approx(224.0)


def test_one_unit_alone_is_its_own() -> None:
    """A supplier of kilograms has a capacity in kilograms."""
    found = case(
        offer(), offer("p", 13.0, supplier="dear"),
        needs=(10,),
        materials=(material(unit="kg"),),
        suppliers=(Supplier(supplier="s", capacity_per_period=4), Supplier(supplier="dear")),
    )  # fmt: skip
    assert optimum(found).cost == pytest.approx(40 + 78)


def test_a_shared_supplier_does_not_tie_its_materials_into_one_cluster() -> None:
    """Each material keeps its own `use`; onboarding couples through `onboarded`."""
    suppliers = (Supplier(supplier="s", onboarding_cost=50, capacity_per_period=12), Supplier(supplier="dear"))
    solved = solve(case(*both_from_s(), needs={"x": (10,), "y": (10,)}, suppliers=suppliers, **X_AND_Y))
    solved.form.assert_local_rows()
    assert set(solved.m.model.suppliers.use) == {("s", "x"), ("s", "y")}
    assert {"suppliers.onboarded", "suppliers.per_period"} <= solved.m.register.coupling
    assert "suppliers.used" not in solved.m.register.coupling


def test_the_check_adds_up_what_a_supplier_delivers() -> None:
    broken = case(
        *both_from_s(),
        needs={"x": (10,), "y": (10,)},
        suppliers=(Supplier(supplier="s", capacity_per_period=12, capacity_per_year=15), Supplier(supplier="dear")),
        **X_AND_Y,
    )
    contracts = (Contract("sx", "f"), Contract("sy", "f"))
    plan = Plan(broken, (Purchase("sx", "f", 1, 10.0), Purchase("sy", "f", 1, 10.0)), contracts)
    assert {row.where: row.excess for row in RULE.check(plan, ())} == {"s in 2027-01": 8.0, "s in year 1": 5.0}
