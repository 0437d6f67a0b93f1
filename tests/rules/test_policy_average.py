"""Policy: averages of a figure of what is bought. 10 t of x are needed: without a rule 100 USD, all from China."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import Country, Hardness, Measure, OpenOrder, Policy, Sense, Stage, Supplier
from models.rules.policy import RULE
from tests.cases import first
from tests.policies import from_country, rule, ruled
from tests.solving import optimum, solve

DIRTY = from_country("c", 10.0, "CHN", attributes={"carbon": 8.0, "grade": 40.0})
CLEAN = from_country("a", 12.0, "AUS", attributes={"carbon": 2.0, "grade": 60.0})


def average(limit: float, attribute: str = "carbon", **fields: Any) -> Policy:
    return rule(limit, (), kind="average", attribute=attribute, **fields)


def test_the_mean_is_weighted_by_quantity() -> None:
    """8 c + 2 a ≤ 5 (c + a): half of each, 5 · 10 + 5 · 12."""
    assert optimum(ruled(average(5), offers=(DIRTY, CLEAN))).cost == pytest.approx(110.0)
    assert optimum(ruled(average(8), offers=(DIRTY, CLEAN))).cost == pytest.approx(100.0)
    assert optimum(ruled(average(2), offers=(DIRTY, CLEAN))).cost == pytest.approx(120.0)
    assert not solve(ruled(average(1.9), offers=(DIRTY, CLEAN))).feasible


def test_the_mean_is_weighted_by_spend() -> None:
    """10 c · 3 ≤ 12 a · 3 with a = 10 - c: c = 120 / 22, and 2 USD are saved on each of its tonnes."""
    solved = optimum(ruled(average(5, measure=Measure.SPEND), offers=(DIRTY, CLEAN)))
    assert solved.cost == pytest.approx(120 - 2 * 120 / 22)


def test_a_floor_under_a_mean() -> None:
    """40 c + 60 a ≥ 55 (c + a): a quarter of c."""
    solved = optimum(ruled(average(55, "grade", sense=Sense.AT_LEAST), offers=(DIRTY, CLEAN)))
    assert solved.cost == pytest.approx(2.5 * 10 + 7.5 * 12)


def test_the_limit_glides_inside_the_window() -> None:
    """10 t in each of two months, at most 8 in January and 2 in February: January's 10 of China are at the limit, and 5 of
    Australia are 30 below, which makes room for February's 5 of China, 30 above."""
    rules = average(8, to_date=date(2027, 1, 31)), average(2, from_date=first(2))
    offers = (DIRTY.model_copy(update={"capacity_per_period": 10.0}), CLEAN)
    solved = optimum(ruled(*rules, offers=offers, needs=(10, 10)))
    assert solved.total == {"c": pytest.approx(15.0), "a": pytest.approx(5.0)}


def test_what_is_above_the_mean_costs_its_penalty() -> None:
    """All from China is 30 above 5 · 10; a fifth of a dollar each is 6, and clean goods cost 10 more. At a dollar they pay."""
    soft = average(5, hardness=Hardness.SOFT, penalty=0.2)
    solved = optimum(ruled(soft, offers=(DIRTY, CLEAN)))
    assert solved.lines["policy penalty"] == pytest.approx(6.0)
    assert solved.cost == pytest.approx(106.0)
    assert optimum(ruled(average(5, hardness=Hardness.SOFT, penalty=1.0), offers=(DIRTY, CLEAN))).cost == pytest.approx(110.0)


def test_a_suppliers_figure_counts_where_the_offer_has_none() -> None:
    suppliers = Supplier(supplier="s-c", risk_score=0.8), Supplier(supplier="s-a", risk_score=0.2)
    offers = from_country("c", 10.0, "CHN"), from_country("a", 12.0, "AUS")
    assert optimum(ruled(average(0.5, "risk score"), offers=offers, suppliers=suppliers)).cost == pytest.approx(110.0)
    better = offers[0].model_copy(update={"attributes": {"risk score": 0.5}})
    assert optimum(ruled(average(0.5, "risk score"), offers=(better, offers[1]), suppliers=suppliers)).cost == pytest.approx(
        100
    )


COUNTRIES = (Country(iso3="CHN", risk_score=0.8), Country(iso3="AUS", risk_score=0.2), Country(iso3="JPN", risk_score=0.3))


@pytest.mark.parametrize(
    ("fields", "stage", "cost"),
    [
        ({}, Stage.MINE, 110.0),
        ({"mine_country": (("CHN", 0.5), ("AUS", 0.5))}, Stage.MINE, 100.0),  # the mean of a mine is 0.5
        ({"mine_country": (("AUS", 1.0),)}, Stage.MINE, 100.0),
        ({"mine_country": (("AUS", 1.0),)}, Stage.REFINE, 110.0),
        ({"mine_country": (("AUS", 1.0),)}, None, 110.0),  # the riskiest stage
        ({"mine_country": (("REC", 1.0),), "refine_country": "AUS"}, Stage.ANY, 100.0),
        ({"mine_country": (("AUS", 1.0),), "refine_country": "JPN", "route": ("CHN",)}, Stage.ROUTE, 110.0),
    ],
)
def test_a_countrys_risk(fields: dict[str, Any], stage: Stage | None, cost: float) -> None:
    """At most 0.5 on average: half from China at 0.8, half from Australia at 0.2; on a route without ports there is none."""
    offers = from_country("c", 10.0, "CHN", **fields), from_country("a", 12.0, "AUS", route=("AUS",))
    solved = optimum(ruled(average(0.5, "country risk", stage=stage), offers=offers, countries=COUNTRIES))
    assert solved.cost == pytest.approx(cost)


def test_open_orders_weigh_too() -> None:
    """5 t of clean goods are on order: with 10 more tonnes of China the mean is 6; of 10 / 3 none are to be clean at 6."""
    order = OpenOrder(order="n", material="x", offer="a", quantity=5, arrival=first(1), paid=True)
    needs = {"needs": (15,), "offers": (DIRTY, CLEAN), "open_orders": (order,)}
    assert optimum(ruled(average(6), **needs)).cost == pytest.approx(100.0)
    alone = average(6, counts_open_orders=False)
    assert optimum(ruled(alone, **needs)).cost == pytest.approx(100 + 2 * 10 / 3)


def test_the_check_compares_sums() -> None:
    case = ruled(average(5), offers=(DIRTY, CLEAN))
    bought = Plan(case, (Purchase("a", "f", 1, 4.0), Purchase("c", "f", 1, 6.0)), (Contract("a", "f"), Contract("c", "f")))
    [found] = RULE.check(bought, ())
    assert (found.limit, found.achieved, found.unit, found.holds) == (pytest.approx(50), pytest.approx(56), "t · carbon", False)


def test_an_average_may_pay_for_surplus() -> None:
    """12 t must come from China in lots of 12; a mean of 6 takes 6 t of clean goods, of which nobody needs any."""
    dirty = DIRTY.model_copy(update={"lot": 12.0})
    clean = CLEAN.model_copy(update={"price": 50.0})
    solved = optimum(ruled(average(6), needs=(12,), offers=(dirty, clean), settings={"terminal_haircut": 1.0}))
    assert solved.total == {"c": pytest.approx(12.0), "a": pytest.approx(6.0)}
