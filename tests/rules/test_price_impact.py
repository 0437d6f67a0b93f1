"""Price impact: whoever buys much of a market at once pays more for what is beyond a share of it."""

from __future__ import annotations

from itertools import product

import pytest

from models.case import Case
from models.plan import Plan
from models.records import Funding, FundingKind, PriceImpact, Trader
from models.rules.price_impact import RULE
from tests.cases import case, material, offer
from tests.solving import Binding, optimum, solve

SOME = (
    PriceImpact(material="x", from_share=0.1, uplift=0.2),
    PriceImpact(material="x", from_share=0.2, uplift=0.5),
)
MARKET = {"accessible_world_supply": 1200.0, "benchmark_price": 20.0, "holding_cost": 12.0}
"""100 t a month: beyond 10 t each costs 20 % of 20 USD more, beyond 20 t 50 %. A tonne in stock costs a dollar a month."""


def market(*needs: float, steps: tuple[PriceImpact, ...] = SOME, **given: object) -> Case:
    tables = {"price_impact": steps, "materials": (material(**MARKET),), "needs": needs} | given
    return case(offer(), offer("p", 19.0, exclusive=False), **tables)  # type: ignore[arg-type]  # a test's tables


def crowded() -> Case:
    return market(30.0)


# 30 t at 10; 10 of them for 4 more, 10 for 10 more. Without the rule 300.
BINDING = Binding(crowded, cost=440.0, dropped=300.0)


def test_what_is_beyond_a_share_costs_its_surcharge() -> None:
    solved = optimum(crowded())
    assert solved.lines == pytest.approx({"purchase": 300.0, "price impact": 140.0})


def test_a_plan_spreads_its_purchases_to_keep_the_price_down() -> None:
    """40 t are needed in March. Storing costs 1 a month, the first surcharge is 4, the second 10: 20 t in March, and 10 in
    each of the months before, 10 · 1 + 10 · 2 + 10 · 4; 10 more in March would cost 100 instead of 60 in February.
    """
    solved = optimum(market(0.0, 0.0, 40.0))
    assert solved.cost == pytest.approx(400 + 30 + 40)
    assert solved.bought == pytest.approx({("o", 1): 10.0, ("o", 2): 10.0, ("o", 3): 20.0})


def test_one_step_is_paid_for_with_the_plans_money() -> None:
    """20 t of 30 are beyond the only step, at 4 more: 380 in all, and a dollar less of equity is too little."""

    def owned(amount: float) -> Case:
        owners = Funding(source="Owners", kind=FundingKind.EQUITY, amount=amount)
        return market(30.0, steps=SOME[:1], funding=(owners,))

    assert optimum(owned(380.0)).cost == pytest.approx(300 + 20 * 4)
    assert not solve(owned(379.0)).feasible


def test_all_traders_and_offers_are_one_market() -> None:
    """Two traders, and a second offer, make no room below the first step."""
    assert optimum(market(30.0, traders=(Trader(trader="a"), Trader(trader="b")))).cost == pytest.approx(440.0)


def test_a_first_step_at_nothing_is_paid_on_everything() -> None:
    steps = (PriceImpact(material="x", from_share=0.0, uplift=0.1), *SOME)
    assert optimum(market(30.0, steps=steps)).cost == pytest.approx(300 + 10 * 2 + 10 * 4 + 10 * 10)


def test_surcharges_count_in_the_ceiling_of_the_plan() -> None:
    for budget, feasible in ((440.0, True), (439.0, False)):
        assert solve(market(30.0, settings={"budget": budget})).feasible is feasible


@pytest.mark.parametrize("quantities", list(product((5.0, 14.0, 33.0), repeat=2)))
def test_the_bill_is_what_the_steps_say(quantities: tuple[float, float]) -> None:
    """Unit by unit: 0.2 · 20 from the tenth, 0.5 · 20 from the twentieth."""
    due = 0.0
    for quantity in quantities:
        due += sum(10.0 if unit >= 20 else 4.0 if unit >= 10 else 0.0 for unit in range(int(quantity)))
    solved = optimum(market(*quantities, materials=(material(**MARKET | {"holding_cost": 999.0}),)))
    assert solved.lines.get("price impact", 0.0) == pytest.approx(due)


def test_the_check_notices_a_surcharge_that_is_not_booked() -> None:
    plan: Plan = optimum(crowded()).plan
    assert all(row.holds for row in RULE.check(plan, list(RULE.charges(plan))))
    assert not all(row.holds for row in RULE.check(plan, ()))
