"""What is said of policy rules is true: where nothing can be bought no plan buys, and what is idle costs nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.case import Case
from models.records import Country, Decision, Offer, OpenOrder, Policy, Supplier, Trader
from planner.sense.policy_effect import limits_can_bind
from planner.sense.policy_pairs import limits_agree, limits_differ
from planner.sense.policy_room import open_orders_fit, something_can_be_bought
from tests.cases import case, first, offer
from tests.sense.book import found_in
from tests.sense.example import FAULT
from tests.solving import solve

KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "share", "limit": (0.0, 0.3, 0.5, 0.7, 1.0)},
    {"kind": "share", "limit": (0.0, 0.3, 0.5, 0.7, 1.0)},
    {"kind": "average", "attribute": "carbon", "within": (), "limit": (1.0, 3.0, 4.0, 9.0)},
    {"kind": "count", "limit": (0.0, 1.0, 2.0, 3.0), "minimum_share": (0.0, 0.0, 0.3, 0.5)},
    {"kind": "amount", "limit": (0.0, 2.0, 6.0, 20.0)},
)
OWNERS = ("CHN", "USA", "CHN")
SELDOM = st.sampled_from((False, False, False, True))
USUAL: dict[str, Any] = {
    "attribute": ("refine", "refine country", "mine", "any stage", "supplier"),
    "within": (("CHN",), ("China",), ("USA",), ("covered",), ("each",), ("s", "p"), ("CHN", "USA")),
    "sense": ("at most", "at least"),
    "window": ("period", "contract year", "horizon"),
    "measure": ("quantity", "quantity", "spend"),
    "counts_open_orders": (True, False),
    "from_date": (None, None, first(2)),
}


def _drawn(draw: st.DrawFn, choices: dict[str, Any]) -> dict[str, Any]:
    return {
        name: draw(st.sampled_from(value)) if isinstance(value, tuple) and value else value for name, value in choices.items()
    }


@st.composite
def ruled(draw: st.DrawFn) -> Case:
    """Three offers of different origin, something on order or not, and two rules that may be alike."""
    usual = USUAL | draw(st.sampled_from(KINDS))
    one = _drawn(draw, usual)
    changed = draw(st.sets(st.sampled_from(["within", "window", "attribute", "from_date"]), max_size=2))
    other = one | _drawn(draw, {name: usual[name] for name in changed})
    other |= {"limit": draw(st.sampled_from(usual["limit"])), "sense": draw(st.sampled_from(usual["sense"]))}
    origins: tuple[dict[str, Any], ...] = (
        {"refine_country": "CHN", "mine_country": (("CHN", 1.0),), "attributes": {"carbon": 9.0}},
        {"refine_country": "USA", "mine_country": (("CHN", 0.6), ("AUS", 0.4)), "attributes": {"carbon": 4.0}},
        {"refine_country": "CHN", "mine_country": (("AUS", 1.0),), "attributes": {"carbon": 3.0}},
    )
    offers: tuple[Offer, ...] = tuple(
        offer(name, price, supplier=supplier, maximum_order=8.0, exclusive=False, **origin)
        for name, price, supplier, origin in zip("opq", (10.0, 12.0, 11.0), "spq", origins, strict=True)
    )[: draw(st.integers(1, 3))]
    orders = tuple(
        OpenOrder(order=str(n), material="x", offer=o.offer, quantity=2.0, arrival=first(draw(st.integers(1, 4))), price=10.0,
                  cancellable=draw(SELDOM), deferrable=int(draw(SELDOM)))
        for n, o in enumerate(offers[: draw(st.integers(0, 2))])
    )  # fmt: skip
    return case(
        *offers, needs=(3.0,) * draw(st.integers(1, 4)), traders=(Trader(trader="f"), Trader(trader="g")),
        suppliers=tuple(Supplier(supplier=name, owner_country=owner) for name, owner in zip("spq", OWNERS, strict=True)),
        countries=(Country(iso3="CHN", name="China", covered=True), Country(iso3="USA"), Country(iso3="AUS")),
        policy=(Policy(rule="one", **one), Policy(rule="two", **other)), open_orders=orders,
    )  # fmt: skip


def _is_sensible(found: Case) -> bool:
    return not any(doubt.severity is FAULT for doubt in found_in(found))


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(ruled())
def test_where_nothing_can_be_bought_no_plan_buys_in_every_period(found: Case) -> None:
    assume(_is_sensible(found))
    if list(chain(limits_agree(found), something_can_be_bought(found), open_orders_fit(found))):
        buying = tuple(Decision(offer="o", kind="force", period=first(t), quantity=1.0) for t in found.calendar.horizon)
        assert not solve(replace(found, decisions=buying)).feasible


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(ruled())
def test_what_on_order_breaks_for_good_has_no_plan(found: Case) -> None:
    assume(_is_sensible(found))
    if any("no plan can exist" in doubt.message for doubt in chain(limits_agree(found), open_orders_fit(found))):
        assert not solve(found).feasible


@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(ruled())
def test_without_a_rule_that_makes_no_difference_a_plan_costs_the_same(found: Case) -> None:
    assume(_is_sensible(found))
    for doubt in chain(limits_can_bind(found), limits_differ(found)):
        rest = tuple(row for number, row in enumerate(found.policy) if number != doubt.row)
        assert solve(found).cost == pytest.approx(solve(replace(found, policy=rest)).cost, rel=1e-6)
