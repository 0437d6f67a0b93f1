"""Orders: minimum orders, lots and fixed costs, of one trader and of several."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from models.assess import charges_of
from models.build import build, line_totals
from models.case import Case
from models.decisions import Contract, Purchase
from models.lots import Lots
from models.plan import Plan
from models.records import Mandate, Trader
from models.rules.orders import RULE
from planner.engine import compile
from planner.rounding import rounded
from tests.cases import case, material, offer
from tests.solving import Binding, minimised, optimum, solve

HOLDING = material(holding_cost=12.0)
"""A tonne held for a month costs 1 USD."""
POOR = (Trader(trader="a", maximum_spend=60), Trader(trader="b", maximum_spend=60))


def minimum() -> Case:
    return case(offer(minimum_order=15), needs=(10, 10), materials=(HOLDING,))


# 20 t at once, 10 held for one month: 200 + 10. (15 first and 5 later is no order; 15 + 15 costs 300.)
# Without the rule 10 t each month.
BINDING = Binding(minimum, cost=210.0, dropped=200.0)


def test_an_order_below_the_minimum_is_not_placed() -> None:
    solved = optimum(minimum())
    assert solved.cost == pytest.approx(210.0)
    assert solved.bought == pytest.approx({("o", 1): 20.0})


def test_a_minimum_can_force_buying_more_than_is_needed() -> None:
    """4 t are needed and 15 t must be bought, 11 held to the month's end: 150 + 11; p at 40 a tonne costs 160."""
    needs = {"needs": (4,), "materials": (HOLDING,)}
    assert optimum(case(offer(minimum_order=15), offer("p", 40.0), **needs)).bought == {("p", 1): 4.0}
    assert optimum(case(offer(minimum_order=15), offer("p", 41.0), **needs)).cost == pytest.approx(161.0)


def test_a_minimum_that_capacity_cannot_reach_closes_the_offer() -> None:
    assert optimum(case(offer(minimum_order=15, capacity_per_period=14), offer("p", 40.0), needs=(4,))).cost == 160.0


@pytest.mark.parametrize(("lot", "needed", "bought"), [(5, 7, 10), (5, 10, 10), (4, 11, 12), (2.5, 7, 7.5), (0.3, 0.9, 0.9)])
def test_orders_are_whole_lots(lot: float, needed: float, bought: float) -> None:
    """The need in lots, rounded up, at 10 USD; also where one order must take it all."""
    solved = optimum(case(offer(lot=lot), needs=(needed,)))
    assert solved.cost == pytest.approx(10 * bought)
    assert solved.total == pytest.approx({"o": bought})


@pytest.mark.parametrize(
    ("needed", "bought", "lots"),
    [(3, 4, 1), (5.5, 5.5, 1), (6, 6, 1), (6.5, 8, 2), (10, 10, 2), (12.5, 12.5, 3), (13, 13, 3), (18.5, 18.5, 4)],
)
def test_lots_may_be_larger_or_smaller_within_their_tolerance(needed: float, bought: float, lots: int) -> None:
    """Lots of 5 within 20 %: one is 4 to 6, two are 8 to 12, three are 12 to 18, and so on without a gap."""
    solved = optimum(case(offer(lot=5, lot_tolerance=0.2), needs=(needed,)))
    assert solved.cost == pytest.approx(10 * bought)
    assert Lots(5.0, 0.2).number(bought) == lots


def test_a_tolerance_widens_what_a_minimum_and_a_maximum_allow() -> None:
    """Lots of 4 within 10 %: a minimum of 8.5 is two lots of 4.25, one of 9 is three of 3.6, and a maximum of 9 two of 4.4."""
    for fields, cost in (({"minimum_order": 8.5}, 85.0), ({"minimum_order": 9}, 108.0)):
        assert optimum(case(offer(lot=4, lot_tolerance=0.1, **fields), needs=(3,))).cost == pytest.approx(cost)
    held_back = offer(lot=4, lot_tolerance=0.1, maximum_order=9)
    assert optimum(case(held_back, offer("p", 15.0), needs=(10,))).cost == pytest.approx(88 + 1.2 * 15)


@pytest.mark.parametrize("seed", range(50))
def test_what_whole_lots_come_to_agrees_with_a_list_of_it(seed: int) -> None:
    """The most within a limit, the least from a quantity on, and the nearest: against quantities on a fine grid."""
    random = Random(seed)
    size, tolerance, at = random.randint(1, 9), random.choice((0.0, 0.1, 0.25, 0.5)), random.randint(1, 400) / 10
    lots = Lots(float(size), tolerance)
    grid = [n / 20 for n in range(1, 2000) if any(
        k * size * (1 - tolerance) - 1e-9 <= n / 20 <= k * size * (1 + tolerance) + 1e-9 for k in range(1, 101)
    )]  # fmt: skip
    assert lots.at_most(at) == pytest.approx(max((q for q in grid if q <= at + 1e-9), default=0.0))
    assert lots.at_least(at) == pytest.approx(min(q for q in grid if q >= at - 1e-9))
    if at >= grid[0]:
        assert abs(lots.nearest(at) - at) == pytest.approx(min(abs(q - at) for q in grid))


def test_the_check_notices_what_is_between_two_lots() -> None:
    found = case(offer(lot=5, lot_tolerance=0.1), needs=(5,))
    for quantity, holds in ((4.4, False), (4.5, True), (5.5, True), (5.6, False), (9.0, True), (11.1, False)):
        plan = Plan(found, (Purchase("o", "f", 1, quantity),), ())
        assert all(row.holds for row in RULE.check(plan, ())) is holds, quantity


def test_the_materials_lot_holds_where_the_offer_names_none() -> None:
    """Lots of 5 by the material: 10 t. The offer's own lot of 4 goes before it: 8 t."""
    in_fives = material(lot=5)
    assert optimum(case(offer(), needs=(7,), materials=(in_fives,))).cost == pytest.approx(100.0)
    assert optimum(case(offer(lot=4), needs=(7,), materials=(in_fives,))).cost == pytest.approx(80.0)


def test_a_minimum_order_is_met_in_whole_lots() -> None:
    """A minimum of 11 in lots of 4 is 12 t; without the minimum 4 t would do."""
    assert optimum(case(offer(lot=4, minimum_order=11), needs=(3,))).cost == pytest.approx(120.0)


def test_lots_share_a_maximum() -> None:
    """At most 9 t an order in lots of 4 is 8 t; the other 2 t of 10 come at 15."""
    assert optimum(case(offer(lot=4, maximum_order=9), offer("p", 15.0), needs=(10,))).cost == pytest.approx(110.0)


@pytest.mark.parametrize(("fixed", "cost", "orders"), [(4.0, 208.0, 2), (20.0, 230.0, 1)])
def test_a_fixed_order_cost_is_weighed_against_holding(fixed: float, cost: float, orders: int) -> None:
    """10 t in each of two months: two orders cost 200 + 2 · fixed, one order 200 + fixed + 10 for holding."""
    solved = optimum(case(offer(fixed_order_cost=fixed), needs=(10, 10), materials=(HOLDING,)))
    assert solved.cost == pytest.approx(cost)
    assert len(solved.plan.purchases) == orders
    assert solved.lines["fixed order cost"] == fixed * orders


def test_a_fixed_order_cost_falls_due_on_arrival() -> None:
    """Arrival one month after the only order, at 1 % a month: (100 + 20) / 1.01."""
    quote = offer(fixed_order_cost=20, lead_days=31)
    solved = optimum(case(quote, needs=(0, 10), settings={"discount_rate": 0.12}))
    assert solved.cost == pytest.approx(120 / 1.01)


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("fields", [{"minimum_order": 8}, {"lot": 10}])
def test_two_traders_never_meet_a_minimum_or_split_a_lot_together(exclusive: bool, fields: dict[str, Any]) -> None:
    """10 t at 10; each trader can pay for 6 t. Together they could meet 8 t or a lot of 10 t: 100.

    Each alone cannot pay for its own order of o, so that all comes from p at 11: 110, 5 t or so each.
    """
    offers = offer(exclusive=exclusive, **fields), offer("p", 11.0, exclusive=False)
    solved = optimum(case(*offers, needs=(10,), traders=POOR))
    assert solved.cost == pytest.approx(110.0)
    assert solved.total == pytest.approx({"p": 10.0})


def test_traders_that_share_an_offer_place_orders_of_their_own() -> None:
    """Each trader must order 5 t or more, each has money for 6 t: 5 + 5 at 10, and each pays the fixed cost of 3."""
    shared = offer(exclusive=False, minimum_order=5, fixed_order_cost=3)
    solved = optimum(case(shared, needs=(10,), traders=POOR))
    assert solved.cost == pytest.approx(106.0)
    assert solved.lines["fixed order cost"] == 6.0


def test_an_exclusive_offer_of_several_traders_is_one_decision() -> None:
    """`orders` decides for whichever trader holds the award; the starts that follow from it need not be integer."""
    m = solve(case(offer(minimum_order=8), needs=(10,), traders=(POOR[0], Trader(trader="b")))).m
    assert len(m.model.orders.orders) == 1
    assert not any(m.model.orders.starts[index].is_integer() for index in m.model.orders.starts)
    shared = solve(case(offer(minimum_order=8, exclusive=False), needs=(10,), traders=(Trader(trader="b"),))).m
    assert all(shared.model.orders.starts[index].is_binary() for index in shared.model.orders.starts)


def test_starts_exist_only_where_their_number_matters() -> None:
    """A minimum that one lot meets, or none at all, needs no binary."""
    assert not len(solve(case(offer(lot=5, minimum_order=4), needs=(7,))).m.model.orders.starts)
    assert solve(case(offer(), needs=(7,))).m.model.component("orders") is None


def test_the_check_measures_each_order() -> None:
    """Of 3.5 t in lots of 2, at least 4 and at most 3: 0.5 short, 0.5 over, and half a tonne off four."""
    broken = case(offer(lot=2, minimum_order=4, maximum_order=3), needs=(7,))
    plan = Plan(broken, (Purchase("o", "f", 1, 3.5),), (Contract("o", "f"),))
    assert [row.excess for row in RULE.check(plan, ()) if not row.holds] == pytest.approx([0.5, 0.5, 0.5])


def test_no_share_is_met_by_an_order_of_nothing() -> None:
    """b must have half of all commitments, a spends 100: b's order costs 100 whatever it buys, and buys something."""
    traders = (Trader(trader="a"), Trader(trader="b", minimum_share=0.5))
    mandates = (Mandate(trader="a", material="x"), Mandate(trader="b", material="y"))
    idle = offer("idle", 0.01, material="y", fixed_order_cost=100)
    found = case(
        offer(), idle, needs={"x": (10,), "y": (0,)}, materials=(material(), material("y")), traders=traders, mandates=mandates
    )
    solved = optimum(found)
    assert solved.cost == pytest.approx(200, abs=0.01)
    assert solved.total["idle"] > 0


def test_an_order_of_next_to_nothing_is_an_order() -> None:
    """A can deliver 1 t a month at 10 and 5 an order, beside 1,000 t a month that B sells at 100."""
    quotes = offer("a", capacity_per_period=1, fixed_order_cost=5), offer("b", 100.0)
    assert optimum(case(*quotes, needs=(1000,) * 6)).cost == pytest.approx(6 * (10 + 5 + 99_900))


def test_the_largest_order_is_checked_where_nothing_else_is_asked_of_orders() -> None:
    """5 t of the cheap offer at most, 5 of the dear one."""
    solved = optimum(case(offer(maximum_order=5), offer("p", 12.0), needs=(10,)))
    assert solved.total == pytest.approx({"o": 5.0, "p": 5.0})
    assert [row.limit for row in solved.of("orders")] == [5.0]


def test_an_order_of_nothing_is_dropped_with_its_cost() -> None:
    """A solver that stops within a gap may leave an order open that nothing is bought on: the bill is that of the other."""
    m = build(case(offer(fixed_order_cost=7), needs=(10, 10)))
    form = compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)
    values = minimised(form)
    assert values is not None
    starts = [column for column, (name, _) in enumerate(form.columns) if name == "orders.starts"]
    values[starts] = 1.0
    plan, _, value = rounded(m, form, values)
    assert len(plan.purchases) == 1
    assert line_totals(m, value)["fixed order cost"] == 7.0
    assert sum(charge.amount for charge in charges_of(plan) if charge.line == "fixed order cost") == 7.0
