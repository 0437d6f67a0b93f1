"""What a fault claims is true: the solver finds no plan either, and one step less has a plan and no fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.case import Case
from models.lanes import eligible
from models.records import (
    Budget,
    CallOff,
    Commitment,
    Contingency,
    Decision,
    Demand,
    DemandUse,
    Depot,
    Material,
    Member,
    Offer,
    OpeningStock,
    OpenOrder,
    PeriodLength,
    Policy,
    PriceBreak,
    Record,
    Settings,
    Shock,
    Supplier,
    Trader,
)
from planner.sense.supply import obstacles
from tests.random_cases import everything
from tests.sense.book import case_of, found_in, month, sensible
from tests.sense.contingencies import CONTINGENCIES
from tests.sense.example import FAULT, Example, add, both, drop, policy, put
from tests.sense.offers import MONEY
from tests.sense.rules import DECISIONS, POLICY
from tests.sense.supply import NONE_EARLY, STOCK, SUPPLY
from tests.solving import solve

WITHOUT_MEANING: set[tuple[type[Record], str]] = {
    (Policy, "scope_"), (Policy, "within"), (Policy, "exempt"), (Trader, "maximum_share"), (Contingency, "scope_"),
    (Shock, "name"), (Shock, "scope_"),
}  # fmt: skip
"""Faults of the random cases that claim no proof: a plan that buys nothing keeps even these."""

CLAIMS = [
    example for example in (*SUPPLY, *MONEY, *STOCK, *DECISIONS, *POLICY, *CONTINGENCIES)
    if "no plan can exist" in example.heart
    or (example.severity is FAULT and example in (*SUPPLY, *MONEY, *DECISIONS) and "has no quantity" not in example.heart)
    or example.name in ("more in stock than fits", "order at a closed depot")
]  # fmt: skip


def is_impossible(case: Case) -> bool:
    """Whether arithmetic claims that no plan exists."""
    return any(
        (doubt.severity is FAULT and (doubt.record, doubt.column) not in WITHOUT_MEANING)
        or "no plan can exist" in doubt.message
        for doubt in found_in(case)
    )


@pytest.mark.parametrize("example", CLAIMS, ids=str)
def test_what_is_claimed_impossible_has_no_plan(example: Example) -> None:
    assert not solve(case_of(example.rows())).feasible


# The other side of the examples in `tests/sense`: the last figure that can still be met. Losses are left out of the proofs,
# and so they are here; policy rules are no part of them.
EXACT = both(
    put(Material, 0, loss_rate=None, target_cover_days=None, ramp_to=None, participation_cap=None),
    drop(Policy), drop(Decision), drop(PriceBreak), drop(CallOff), put(Offer, 0, capacity_per_period=40.0),
)  # fmt: skip

CALLED = add(CallOff, member="Maker", material="Gallium", date=month(1, 10), quantity=20.0)
FULL = both(put(OpeningStock, 0, quantity=100.0), drop(OpenOrder))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(both(EXACT, put(Material, 0, floor_days=190.0)), id="570 kg by capacity"),
        pytest.param(both(EXACT, put(Material, 0, floor_days=190.0), put(Offer, 1, maximum_total=320.0)), id="by total"),
        pytest.param(
            both(EXACT, put(Material, 0, floor_days=66.0), drop(Offer, 1), put(Supplier, 0, capacity_per_period=30.0)),
            id="198 of 200 kg by the supplier",
        ),
        pytest.param(
            both(EXACT, put(Material, 0, floor_days=37.5, participation_cap=0.005), put(Offer, 0, lot=2.5)),
            id="112.5 kg by participation",
        ),
        pytest.param(both(EXACT, put(Offer, 2, lead_days=58.0), put(Offer, 3, lead_days=58.0)), id="arrives on 28 February"),
        pytest.param(both(EXACT, put(Material, 0, minimum_stock=60.0)), id="20 in stock and 40 in January"),
        pytest.param(both(EXACT, put(Material, 0, maximum_stock=60.0)), id="maximum stock of the floor"),
        pytest.param(both(EXACT, put(Depot, 0, capacity=60.0)), id="depot of the floor"),
        pytest.param(both(EXACT, put(OpeningStock, 1, quantity=112.0)), id="100 t left after January's 12"),
        pytest.param(both(EXACT, NONE_EARLY, CALLED), id="20 kg called off of 20 in stock"),
        pytest.param(
            both(EXACT, NONE_EARLY, CALLED, put(OpeningStock, 0, quantity=15.0), put(Material, 0, value_of_shortage=9.0)),
            id="what is called off may be short",
        ),
        pytest.param(both(EXACT, FULL, CALLED, put(Material, 0, maximum_stock=80.0)), id="call-offs make room"),
        pytest.param(both(EXACT, FULL, CALLED, put(Depot, 0, capacity=80.0)), id="call-offs make room in a depot"),
        pytest.param(
            # 100 kg · 0.5 ** (2 / 12) = 89.1 are left in February, and 30 arrive: 119.1; without losses 130.
            both(EXACT, put(OpeningStock, 0, quantity=100.0), put(Material, 0, loss_rate=0.5, maximum_stock=120.0)),
            id="losses make room",
        ),
        pytest.param(
            both(EXACT, put(Budget, 0, trader="South", amount=100.0), put(Trader, 0, maximum_share=None)),
            id="what North owes is not South's",
        ),
        pytest.param(
            both(
                EXACT,
                add(Decision, offer="Sb-1", kind="force", period=month(3), quantity=12.0),
                add(Decision, offer="Sb-1", kind="forbid", period=month(4)),
            ),
            id="force in one month, forbid in another",
        ),
        pytest.param(
            both(
                EXACT,
                put(Offer, 1, maximum_order=30.0),
                add(Decision, offer="Ga-2", kind="force", period=month(2), quantity=60.0),
            ),
            id="two traders order 30 kg each",
        ),
        pytest.param(both(EXACT, policy(within=("BOL",), sense="at least", limit=0.1)), id="one of two offers counts"),
    ],
)
def test_the_last_figure_that_can_be_met_is_no_fault(change: object) -> None:
    rows = sensible()
    change(rows)  # type: ignore[operator]  # pytest hands parameters on as objects
    case = replace(case_of(rows), funding=(), advances=())
    assert not is_impossible(case), found_in(case)
    assert solve(case).feasible


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10**6))
def test_a_case_with_a_plan_has_no_fault(seed: int) -> None:
    case = everything(seed)
    if is_impossible(case):
        assert not solve(case).feasible


DAYS = st.sampled_from((0.0, 10.0, 31.0, 45.0, 70.0))
FEW = st.integers(0, 4).map(float)


@st.composite
def one_material(draw: st.DrawFn) -> Case:
    """A case whose only limits are what is in stock and on order, capacities, lead times and the participation cap.

    What leaves the stock is demand, or else what a member calls off.
    """
    periods = draw(st.integers(1, 4))
    cap = draw(st.sampled_from((None, 0.05, 0.1)))
    offers = tuple(
        Offer(offer=f"o{k}", supplier="s", material="x", price=1.0, capacity_per_period=draw(FEW), lead_days=draw(DAYS),
              valid_from=draw(st.sampled_from((None, month(1, 9), month(2)))), exclusive=draw(st.booleans()),
              maximum_order=draw(st.sampled_from((None, 2.0))), lot=None if cap else draw(st.sampled_from((None, 1.5))))
        for k in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    material = Material(
        material="x", demand_use=draw(st.sampled_from(("cover only", "draws stock"))),
        value_of_shortage=draw(st.sampled_from((None, 9.0))), floor_days=draw(DAYS), floor_from=month(draw(st.integers(1, 4))),
        minimum_stock=draw(st.sampled_from((0.0, 1.0, 4.0))), participation_cap=cap,
        accessible_world_supply=360.0,
    )  # fmt: skip
    calls = tuple(
        CallOff(member="m", material="x", date=month(t), quantity=draw(FEW))
        for t in range(1, periods + 2) if material.demand_use is DemandUse.COVER_ONLY
    )  # fmt: skip
    return Case(
        Settings(start_date=month(1), periods=periods), (material,), offers, (Trader(trader="f"), Trader(trader="g")),
        members=(Member(member="m"),), commitments=(Commitment(member="m", material="x", quantity=99.0),), call_offs=calls,
        opening_stock=(OpeningStock(material="x", quantity=draw(FEW)),),
        open_orders=(OpenOrder(order="1", material="x", quantity=1.0, arrival=month(draw(st.integers(1, 5))), paid=True),),
        demand=tuple(Demand(material="x", date=month(t), quantity=draw(FEW)) for t in range(1, periods + 2)),
    )  # fmt: skip


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(one_material())
def test_without_other_limits_the_arithmetic_is_exact(case: Case) -> None:
    assert is_impossible(case) == (not solve(case).feasible)


@pytest.mark.parametrize(("floor", "feasible"), [(14.0, True), (14.5, False)])
def test_a_suppliers_year_counts_from_the_plans_start(floor: float, feasible: bool) -> None:
    # By the end of the fifth quarter ten of the first year and four of the second can have arrived.
    case = Case(
        Settings(start_date=month(4), periods=6, period=PeriodLength.QUARTER),
        (Material(material="x", minimum_stock=0.0, annual_demand=365.0, floor_days=floor, floor_from=month(18)),),
        (Offer(offer="o", supplier="s", material="x", price=1.0, capacity_per_period=4.0),),
        (Trader(trader="f"),),
        suppliers=(Supplier(supplier="s", capacity_per_year=10.0),),
    )
    assert solve(case).feasible is feasible
    assert is_impossible(case) is not feasible


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize(("stock", "feasible"), [(3.0, True), (3.5, False)])
def test_what_a_capacity_leaves_of_a_lot_cannot_be_bought(stock: float, feasible: bool, exclusive: bool) -> None:
    # A capacity of four holds one lot of three, whether one trader buys or two do.
    case = Case(
        Settings(start_date=month(1), periods=1),
        (Material(material="x", minimum_stock=stock),),
        (Offer(offer="o", supplier="s", material="x", price=1.0, capacity_per_period=4.0, lot=3.0, exclusive=exclusive),),
        (Trader(trader="f"), Trader(trader="g")),
    )
    assert solve(case).feasible is feasible
    assert is_impossible(case) is not feasible


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 10**6))
def test_a_pair_has_an_obstacle_unless_it_is_a_lane(seed: int) -> None:
    case = everything(seed)
    free = {(o.offer, f) for o in case.offers for f in case.trader if not list(obstacles(case, o, f))}
    assert free == set(eligible(case))


def test_a_sensible_workbook_is_not_doubted() -> None:
    case = case_of(sensible())
    assert found_in(case) == []
    assert solve(case).feasible
    assert date(2027, 1, 1) == case.settings.start_date
