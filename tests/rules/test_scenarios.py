"""Scenarios: what is lost in them is made good from stock, bought at once, or left unmet, and their cost counts.

Two months and a demand of 10 t in each that draws stock, unless a test says so; January has no arrival that a shock could
keep away, since shocks begin in February. A unit short costs 100 USD. Offers cost 10 USD and arrive at once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import highspy
import pytest

from models.audit import places
from models.case import Case
from models.course import Course
from models.courses import State
from models.outcomes import courses_of
from models.plan import Charge, Plan, discounted
from models.records import (
    BreakBasis,
    BreakKind,
    Country,
    Hits,
    Offer,
    OpenOrder,
    Price,
    PriceBreak,
    Scenario,
    Shock,
    Supplier,
    Trader,
)
from tests.cases import case, first, kept, material, offer
from tests.random_cases import everything
from tests.solving import Binding, optimum, solve


def shock(scenario: str = "ban", hits: Hits = Hits.COUNTRY, name: str = "CHN", **fields: Any) -> Shock:
    return Shock(**{"scenario": scenario, "hits": hits, "name": name, "from_date": first(2), "availability": 0.0} | fields)


def scenario(name: str = "ban", probability: float = 0.25, **fields: Any) -> Scenario:
    return Scenario(**{"scenario": name, "probability": probability} | fields)


def chinese(name: str = "c", price: float | None = 10.0, **fields: Any) -> Offer:
    return offer(name, price, **{"mine_country": (("CHN", 1.0),), "refine_country": "CHN"} | fields)


def allied(name: str = "a", price: float | None = 12.0, **fields: Any) -> Offer:
    return offer(name, price, **{"mine_country": (("AUS", 1.0),), "refine_country": "AUS"} | fields)


def risky(*offers: Offer, shocks: tuple[Shock, ...] = (), scenarios: tuple[Scenario, ...] = (), **fields: Any) -> Case:
    own = {"materials": (material(value_of_shortage=100.0, benchmark_price=20.0),), "needs": [10.0, 10.0]} | fields
    return case(*(offers or (chinese(),)), scenarios=scenarios or (scenario(),), shocks=shocks or (shock(),), **own)


def capped() -> Case:
    """The offer delivers 12 t a month at most: 2 t of February's 10 can be bought in January."""
    return risky(chinese(capacity_per_period=12.0))


# 20 t at 10. February's arrival of 8 t is lost one time in four: 8 t short at 100, and 8 t not paid for at 10.
# 200 + 0.25 · (800 − 80) = 380. Without the rule nobody minds: 200.
BINDING = Binding(capped, cost=380.0, dropped=200.0)


def test_what_may_be_lost_is_bought_before() -> None:
    """Without a limit all is bought in January, which no shock reaches: 20 t at 10."""
    solved = optimum(risky())
    assert solved.cost == pytest.approx(200.0)
    assert solved.bought == {("c", 1): pytest.approx(20.0)}


def test_lost_and_not_paid_for() -> None:
    """The bound case by its lines."""
    solved = optimum(capped())
    assert solved.cost == pytest.approx(380.0)
    assert solved.lines == {"purchase": pytest.approx(200.0), "expected loss": 200.0, "undelivered": -20.0}
    [course] = courses_of(solved.plan)
    assert (course.unmet, course.days(solved.plan.case)) == (pytest.approx(8.0), pytest.approx(28 * 0.2))


@pytest.mark.parametrize("basis", ["order", "contract"])
@pytest.mark.parametrize(("kind", "paid"), [("all units", 100 * 5.0), ("incremental", 50 * 10.0 + 50 * 5.0)])
@pytest.mark.parametrize(("duty", "fee"), [(0.0, 0.0), (0.1, 0.05)])
def test_what_is_not_paid_for_is_what_was_to_be_paid(basis: str, kind: str, paid: float, duty: float, fee: float) -> None:
    """100 t at 10, at 5 from 50 t on; half of the time they are lost, and short at 50. A safe offer costs more than that."""
    breaks = (PriceBreak(offer="c", from_quantity=50.0, price=5.0, kind=BreakKind(kind), basis_=BreakBasis(basis)),)
    made = risky(
        chinese(duty_rate=duty), allied(price=45.0), scenarios=(scenario(probability=0.5),),
        shocks=(shock(from_date=first(1)),), needs=(100,),
        materials=(material(value_of_shortage=50.0),), traders=(Trader(trader="f", fee=fee),), price_breaks=breaks,
    )  # fmt: skip
    paid *= (1 + duty) * (1 + fee)
    assert optimum(made).cost == pytest.approx(0.5 * paid + 0.5 * 100 * 50)


def test_a_dearer_origin_that_is_safe() -> None:
    """12 from Australia beside 10 + 0.25 · (100 − 10) = 32.5 expected for each ton of February: February's 8 t are bought
    there. January's 12 t stay Chinese: 120 + 96."""
    solved = optimum(risky(chinese(capacity_per_period=12.0), allied()))
    assert solved.cost == pytest.approx(216.0)


def test_late_is_not_lost() -> None:
    """A delay of 28 days moves February's arrival to March, where it serves; it is paid. One of 27 days changes nothing."""
    for days, short in ((27.0, 0.0), (28.0, 8.0)):
        late = shock(availability=1.0, delay_days=days, periods=1)
        solved = optimum(risky(chinese(capacity_per_period=12.0), shocks=(late,), needs=[10.0, 10.0, 10.0]))
        assert solved.cost == pytest.approx(300.0 + 0.25 * 100 * short), days


def test_some_of_it_comes() -> None:
    """Half of February's 8 t: 4 short and 4 not paid. Two shocks that leave half each leave a quarter: 6 short."""
    for shocks, lost in (((shock(availability=0.5),), 4.0), ((shock(availability=0.5),) * 2, 6.0)):
        made = risky(chinese(capacity_per_period=12.0, maximum_total=20.0), shocks=shocks)
        assert optimum(made).cost == pytest.approx(200 + 0.25 * 90 * lost)


def test_ordering_more_than_is_needed_since_only_half_comes() -> None:
    """From February's 8 t half comes: 16 t ordered bring them all. Of what comes in normal times the other 8 t are left over.

    The 8 t more cost 80, and a quarter of the time 40 of 160 more are not paid: 200 + 80 − 0.25 · 80 = 260 instead of
    200 + 0.25 · (400 − 40) = 290."""
    solved = optimum(risky(chinese("j", valid_to=first(1), capacity_per_period=12.0),
                           chinese(valid_from=first(2)), shocks=(shock(availability=0.5),)))  # fmt: skip
    assert solved.cost == pytest.approx(260.0)
    assert solved.bought == {("j", 1): pytest.approx(12.0), ("c", 2): pytest.approx(16.0)}


def test_demand_that_rises() -> None:
    """Half more of February's demand in one case of four: 5 t more, at 10 each for certain, or short at 100."""
    more = shock(hits="material", name="x", availability=1.0, demand_factor=1.5)
    assert optimum(risky(shocks=(more,))).cost == pytest.approx(250.0)
    assert optimum(risky(chinese(maximum_total=20.0), shocks=(more,))).cost == pytest.approx(200 + 0.25 * 500)


def test_what_is_short_anyway_is_not_short_twice() -> None:
    """15 t at most: 5 t are short in any case. A ban in February takes 3 t of these 15 more: 8 t are short, 3 of them new."""
    solved = optimum(risky(chinese(capacity_per_period=12.0, maximum_total=15.0)))
    assert solved.cost == pytest.approx(150 + 500 + 0.25 * (300 - 30))


def test_cheaper_short_than_kept_for_nothing() -> None:
    """Where less is asked for, less is short than was planned: the loss is negative."""
    less = shock(hits="material", name="x", availability=1.0, demand_factor=0.5)
    solved = optimum(risky(chinese(maximum_total=12.0), shocks=(less,)))
    assert solved.cost == pytest.approx(120 + 800 - 0.25 * 500)


def test_stock_that_only_covers_is_released() -> None:
    """The members' own supply falls to 40 % in February: 60 % of half of 28 t are asked of the stock, and 8.4 t are short
    at ten times the benchmark price, or bought in January at 10."""
    cut = shock(hits="material", name="x", availability=0.4, periods=1)
    row = kept(essential_share=0.5)
    solved = optimum(risky(materials=(row,), shocks=(cut,), needs=(31.0, 28.0), settings={"terminal_haircut": 1.0}))
    assert solved.cost == pytest.approx(84.0)
    none = optimum(risky(chinese(maximum_total=0.0), materials=(row,), shocks=(cut,), needs=(31.0, 28.0)))
    assert none.cost == pytest.approx(0.25 * 8.4 * 1000)


def test_members_buy_where_offers_come_from() -> None:
    """Three quarters of what is on offer is Chinese: three quarters of February's 28 t are asked of the stock in the ban.
    Where one offer has no capacity, each counts alike: half of them. None is in stock, and none comes."""
    for capacity, asked in ((10.0, 21.0), (None, 14.0)):
        offers = (chinese(capacity_per_period=30.0, valid_to=first(1)), allied(capacity_per_period=capacity, valid_to=first(1)))
        made = risky(*offers, materials=(kept(maximum_stock=0.0),), shocks=(shock(periods=1),), needs=(31.0, 28.0))
        assert optimum(made).cost == pytest.approx(0.25 * asked * 1000), capacity


def test_index_prices_move() -> None:
    """What is ordered in February follows an index that doubles: 8 t cost 10 more each in the ban that lets all of it come."""
    prices = (Price(index="i", date=first(1), value=10.0),)
    up = shock(hits="index", name="i", availability=1.0, price_factor=2.0)
    solved = optimum(risky(chinese(price=None, index="i", capacity_per_period=12.0), shocks=(up,), prices=prices))
    assert solved.cost == pytest.approx(200 + 0.25 * 80)


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"hits": "supplier", "name": "s"}, True),
        ({"hits": "supplier", "name": "other"}, False),
        ({"hits": "offer", "name": "c"}, True),
        ({"hits": "plant", "name": "P"}, True),
        ({"hits": "route", "name": "SGP"}, True),
        ({"hits": "country", "name": "CHN", "stage": "owner"}, False),
        ({"hits": "country", "name": "DEU", "stage": "owner"}, True),
        ({"hits": "country", "name": "CHN", "stage": "refine"}, True),
        ({"scope_": "y"}, False),
    ],
)
def test_what_is_hit(fields: dict[str, Any], lost: bool) -> None:
    source = chinese(capacity_per_period=12.0, plant="P", route=("SGP",))
    rows = (Supplier(supplier="s", owner_country="DEU"),)
    other = material("y", value_of_shortage=100.0, benchmark_price=20.0)
    own = material(value_of_shortage=100.0, benchmark_price=20.0)
    made = risky(source, shocks=(shock(**fields),), suppliers=rows, materials=(own, other), needs={"x": [10.0, 10.0]})
    assert optimum(made).cost == pytest.approx(380.0 if lost else 200.0)


def test_a_country_with_a_share_and_an_unknown_one() -> None:
    """60 % mined in China: 60 % of 8 t are lost. Unknown counts as a covered country, where that is restricted."""
    countries = (Country(iso3="CHN", covered=True), Country(iso3="AUS"))
    mixed = offer(
        "c", capacity_per_period=12.0, maximum_total=20.0, mine_country=(("CHN", 0.6), ("AUS", 0.4)), refine_country="AUS"
    )
    assert optimum(risky(mixed, countries=countries)).cost == pytest.approx(200 + 0.25 * 90 * 4.8)
    unknown = offer("c", capacity_per_period=12.0)
    for word, cost in (("restricted", 380.0), ("open", 200.0)):
        assert optimum(risky(unknown, countries=countries, settings={"unknown_origin": word})).cost == pytest.approx(cost)


def test_an_open_order_that_does_not_come() -> None:
    """8 t on their way for February, 5 USD a ton unpaid: they are short, and not paid for."""
    row = OpenOrder(order="n", material="x", offer="c", quantity=8.0, arrival=first(2), price=5.0)
    solved = optimum(risky(chinese(maximum_total=12.0), open_orders=(row,)))
    assert solved.cost == pytest.approx(120 + 40 + 0.25 * (800 - 40))


def test_stock_decays_in_a_scenario_too() -> None:
    """Half of the stock is left after a quarter: for 10 t in the second one, which is banned, 20 t are bought in the first."""
    row = material(value_of_shortage=100.0, benchmark_price=20.0, loss_rate=0.9375)
    made = risky(materials=(row,), shocks=(shock(from_date=first(4)),), settings={"period": "quarter"}, periods=2,
                 needs=[0.0, 0.0, 0.0, 10.0])  # fmt: skip
    assert optimum(made).cost == pytest.approx(200.0)


def test_scenarios_alone_cost_what_the_joint_model_says() -> None:
    """With purchases fixed, each material's state solved by itself costs as much: what is done in it is the best there is."""
    tried = 0
    for plan, course in random_courses():
        if course.steps:
            paid = sum(discounted(plan.case, charge) for charge in course.bill if charge.line == "emergency goods")
            assert course.loss(plan.case) + paid == pytest.approx(alone(plan, course), rel=1e-6, abs=1e-3), course
            tried += course.unmet > 0
    assert tried > 10


@cache
def random_courses() -> list[tuple[Plan, Course]]:
    """The courses of random cases' plans in which CVaR does not count: what is done in each rests on its own cost alone."""
    found = []
    for seed in range(160):
        made = everything(seed)
        solved = solve(replace(made, settings=made.settings.model_copy(update={"risk_weight": 0.0, "cvar_cap": None})))
        found += [(solved.plan, course) for course in courses_of(solved.plan)] if solved.feasible else []
    return found


def alone(plan: Plan, course: Course) -> float:
    """The least that a course can cost with its arrivals, by a linear programme of its own: discounted USD."""
    made, row, solver = plan.case, plan.case.material[course.material], highspy.Highs()
    solver.setOptionValue("output_flag", False)
    value = row.value_of_shortage if row.value_of_shortage is not None else 10 * row.benchmark_price
    state, total, first_step = State(plan, row, course.scenarios), 0.0, course.steps[0]
    level: Any = sum(plan.stock[row.material, place, first_step.period].opening for place in places(made, row.material))
    keeps = (1 - row.loss_rate) ** (made.calendar.months / 12)
    calls: list[Any] = []
    for step in course.steps:
        worth = discounted(made, Charge("", "", "", step.period, step.period, 1.0))
        stress = sum(charge.amount for charge in state.emergency(step.period, 1.0))
        unmet = solver.addVariable(0.0, step.asked, value * worth)
        bought = solver.addVariable(0.0, state.at_once(step.period), stress * worth)
        sent = sum(charge.amount for charge in state.call(step.period, 1.0))
        calls.append(solver.addVariable(0.0, highspy.kHighsInf, sent * worth))
        solver.addConstr(sum(calls) <= state.on_call(step.period))
        left = solver.addVariable(0.0, highspy.kHighsInf, 0.0)
        solver.addConstr(left == keeps * level + step.arriving + bought + calls[-1] + unmet - step.asked)
        level, total = left, total - value * worth * step.usual
    moves = sum(discounted(made, charge) for charge in state.price_moves)
    solver.run()
    return float(solver.getObjectiveValue()) + total + moves
