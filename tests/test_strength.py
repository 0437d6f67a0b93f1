"""The linear relaxation is as tight as its formulation says, and every container has as many rows as its index has members.

What was tried to tighten it (`python -m tests.benchmarks.strength`): by how much the relaxation's bound rises with it, on
synthetic cases of 60 materials, 480 offers, 3 traders and 24 months (seed 1: nothing that couples binds, or all of it, or all
of it with shared suppliers) and on `inputs/vault.xlsx`; and the seconds in which the slack case is proven to 0.1 % without and
with it.

| tightening | slack | binding | shared | vault | seconds | |
|---|---|---|---|---|---|---|
| starts[o,f,t] ≤ awards[o,f], each and not their sum | 0.844 % | 1.852 % | 1.584 % | 0.021 % | 53 → 30 | kept |
| awards[o,f] ≤ use[s,i], each | 0.956 % | 2.105 % | 1.130 % | 0.000 % | 35 → 30 | kept |
| use[s,i] ≤ onboard[s], each | none shared | none shared | 0.848 % | 0.014 % | | kept |
| an order at most what is useful, not what can be delivered | 0.057 % | 0.107 % | 0.114 % | 0.002 % | 33 → 30 | kept |
| a supplier's capacity · onboard, not its capacity | 0 | 0 | 0.007 % | 0 | | kept: it takes no row |
| one lane for traders with the same terms (`stand_ins`) | 0 | 0 | 0 | 0 | 63 → 29 | kept |
| Σ_t buy[o,f,t] ≤ all that is useful of o · awards[o,f] | 0.054 % | 0.028 % | 0.041 % | 0.016 % | 30 → 24 | dropped |
| buy[o,f,t] ≤ draws from its arrival to l · starts[o,f,t] + stock[i,l] | 0 | 0 | 0 | 0 | 30 → 40 | dropped |

The lanes were tried on the slack case with traders alike. The total within an award is dropped since what is useful at all is
known only where no share, amount or count may reward a surplus, which leaves out every case with a Policy sheet: there it
would be an estimate, and cut plans off. Lot sizing, with l up to three months on, is violated by no relaxation: stock that
covers the days to come is there already when an order arrives, so that an order is hardly ever what meets the next draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from pyomo.core import Constraint

from models import needs
from models.build import build
from models.case import Case
from models.records import BreakKind, Decision, DecisionKind, DemandUse, PriceBreak, Supplier, Trader
from models.skeleton import Skeleton
from tests.cases import case, material, offer
from tests.random_served import served
from tests.solving import optimum, relaxation

TWO = (Trader(trader="f"), Trader(trader="g"))


def shared_supplier() -> Case:
    """A supplier of x and y, whose onboarding costs 30; elsewhere both cost 2 USD more."""
    offers = (offer("x1", supplier="s"), offer("y1", supplier="s", material="y"),
              offer("x2", 12.0, supplier="p"), offer("y2", 12.0, supplier="p", material="y"))  # fmt: skip
    suppliers = Supplier(supplier="s", onboarding_cost=30), Supplier(supplier="p")
    return case(*offers, needs={"x": (10,), "y": (10,)}, materials=(material(), material("y")), suppliers=suppliers)


def shared_capacity() -> Case:
    """The same supplier, whose capacity is half of what x and y need: it saves 20, and all of it must be onboarded for that."""
    shared = shared_supplier()
    return replace(
        shared, suppliers=(Supplier(supplier="s", onboarding_cost=30, capacity_per_period=10), Supplier(supplier="p"))
    )


def broken(need: float, kind: BreakKind, price: float) -> Case:
    return case(offer(), needs=(need,), price_breaks=(PriceBreak(offer="o", from_quantity=8, price=price, kind=kind),))


# case, its relaxation by hand, its optimum by hand
STRENGTH: Mapping[str, tuple[Callable[[], Case], float, float]] = {
    # No order is larger than what is needed, so an order for all of it is a whole one.
    "a fixed order cost": (lambda: case(offer(fixed_order_cost=5), needs=(10,)), 105.0, 105.0),
    "a contract cost": (lambda: case(offer(contract_cost=5), needs=(10,), traders=TWO), 105.0, 105.0),
    # Two months' needs may come in one order: the first month's bound is 20, the second's 10, which pays 5 either way.
    "a second month": (lambda: case(offer(fixed_order_cost=5), needs=(10, 10)), 205.0, 205.0),
    # Each award is under its material's use, each use under the onboarding: 200 + 30 are one, 240 the other way.
    "an onboarding": (shared_supplier, 230.0, 230.0),
    # A tonne from s saves 2 and takes a tenth of the onboarding, 3: by awards alone it would take a twentieth, 1.5.
    "an onboarding for a capacity": (shared_capacity, 240.0, 240.0),
    # The lower envelope of 10 a tonne up to 8 t and 5 a tonne from there runs through (0, 0) and (8, 40).
    "all units cheaper from a step on": (lambda: broken(4.0, BreakKind.ALL_UNITS, 5.0), 20.0, 40.0),
    # Beyond 8 t a tonne costs 5: the envelope of the segments is reached where the last one ends, at the need.
    "units beyond a step cheaper": (lambda: broken(10.0, BreakKind.INCREMENTAL, 5.0), 90.0, 90.0),
    # Rising prices are convex, and need no whole numbers.
    "units beyond a step dearer": (lambda: broken(10.0, BreakKind.INCREMENTAL, 12.0), 104.0, 104.0),
    # 10 t in lots of 4: two and a half lots in the relaxation.
    "lots": (lambda: case(offer(lot=4), needs=(10,)), 100.0, 120.0),
}


@pytest.mark.parametrize("what", STRENGTH)
def test_the_relaxation_does_not_weaken(what: str) -> None:
    made, relaxed, best = STRENGTH[what]
    assert relaxation(made()) == pytest.approx(relaxed)
    assert optimum(made()).cost == pytest.approx(best)


def sizes(m: Skeleton) -> dict[str, int]:
    """How many rows each container should have, counted from the records."""
    made, horizon = m.case, m.case.calendar.horizon
    long = len(horizon)
    materials = made.materials
    years = (long * made.calendar.months + 11) // 12
    costly = {row.supplier for row in made.suppliers if row.onboarding_cost}
    ceilings = {(row.year, row.trader, row.amount) for row in made.budgets}
    if made.settings.budget is not None:
        ceilings.add((None, None, made.settings.budget))
    several = [row for row in made.offers if len(m.traders_of(row.offer)) > 1]
    asked = [row for row in made.decisions if not _is_signature(row)]
    return {
        "purchases.one_trader": sum(row.exclusive for row in several),
        "purchases.capacity": sum(
            len(m.slots[row.offer]) for row in several if not row.exclusive and row.capacity_per_period is not None
        ),
        "purchases.total": sum(row.maximum_total is not None for row in made.offers),
        "stock_balance.balance": sum(len(m.places[row.material]) for row in materials) * long,
        "stock_balance.placed": len(materials) * long if made.depots else 0,
        "stock_balance.minimum": sum(row.minimum_stock > 0 for row in materials) * long,
        "stock_balance.maximum": sum(row.maximum_stock is not None for row in materials) * long,
        "demand.met": sum(row.demand_use is DemandUse.DRAWS_STOCK for row in materials) * long,
        "cover.target": sum(row.target_cover_days > 0 for row in materials) * long,
        "cover.floor": sum(needs.floor(made, row.material, t) > 0 for row in materials for t in horizon),
        "participation.cap": sum(row.participation_cap is not None for row in materials) * long,
        "depots.capacity": sum(row.capacity is not None for row in made.depots) * long,
        "depots.throughput": sum(row.throughput is not None for row in made.depots) * long,
        "suppliers.per_period": sum(row.capacity_per_period is not None for row in made.suppliers) * long,
        "suppliers.per_year": sum(row.capacity_per_year is not None for row in made.suppliers) * years,
        "suppliers.onboarded": len({(row.supplier, row.material) for row in made.offers if row.supplier in costly}),
        "budget.ceiling": len(ceilings),
        "traders.spend": sum(row.maximum_spend is not None for row in made.traders),
        "traders.least": sum(row.minimum_share is not None for row in made.traders),
        "traders.most": sum(row.maximum_share is not None for row in made.traders),
        "decisions.bought": len({made.decisions.index(row) for row in asked}),
        "decisions.signed": len({made.decisions.index(row) for row in made.decisions if _is_force(row)}),
    }


def _is_force(row: Decision) -> bool:
    return row.kind is DecisionKind.FORCE and row.quantity is None


def _is_signature(row: Decision) -> bool:
    return _is_force(row) and row.period is None


@pytest.mark.parametrize("seed", range(30))
def test_every_container_has_as_many_rows_as_its_index(seed: int) -> None:
    m = build(served(seed))
    found = {row.name: len(row) for row in m.model.component_objects(Constraint)}
    assert {name: found.get(name, 0) for name in sizes(m)} == sizes(m)
