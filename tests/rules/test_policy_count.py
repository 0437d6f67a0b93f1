"""Policy: how many suppliers or countries there must be, and what makes one count. 10 t of x are needed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import Hardness, OpenOrder, Policy, Sense, Window
from models.rules.policy import RULE
from tests.cases import first, material, offer
from tests.policies import AT_LEAST, from_country, rule, ruled
from tests.solving import optimum, solve

OFFERS = from_country("c", 10.0, "CHN"), from_country("a", 12.0, "AUS"), from_country("j", 15.0, "JPN")


def count(limit: float, share: float = 0.0, within: tuple[str, ...] = (), **fields: Any) -> Policy:
    """At least so many suppliers."""
    given: dict[str, Any] = {"attribute": "supplier", "minimum_share": share} | AT_LEAST | fields
    return rule(limit, within, kind="count", **given)


@pytest.mark.parametrize(
    ("policy", "cost"),
    [
        (count(2, 0.3), 7 * 10 + 3 * 12),
        (count(3, 0.3), 4 * 10 + 3 * 12 + 3 * 15),
        (count(1, 0.3), 100.0),
        (count(0, 0.3), 100.0),
        (count(1, 0.3, ("s-a", "s-j")), 7 * 10 + 3 * 12),  # of these
        (count(2, 0.3, attribute="refine"), 7 * 10 + 3 * 12),
        (count(1, 0.3, ("G7",), attribute="bloc"), 7 * 10 + 3 * 15),
    ],
)
def test_a_value_counts_from_its_share_of_the_total(policy: Policy, cost: float) -> None:
    """Without the rule 100."""
    assert optimum(ruled(policy, offers=OFFERS)).cost == pytest.approx(cost)


@pytest.mark.parametrize(
    ("fields", "least"),
    [({}, 1e-5), ({"minimum_order": 2.0}, 2.0), ({"lot": 3.0}, 3.0)],
)
def test_without_a_share_the_smallest_purchase_counts(fields: dict[str, float], least: float) -> None:
    """The second supplier's smallest order; where it names none, ten steps of a millionth: next to nothing."""
    offers = OFFERS[0], from_country("a", 12.0, "AUS", capacity_per_period=1e6, **fields)
    solved = optimum(ruled(count(2), offers=offers))
    assert solved.total["a"] == pytest.approx(least)
    assert solved.cost == pytest.approx(100 + 2 * least)


def test_part_of_a_mine_counts_by_that_part() -> None:
    """Two mine countries are wanted: the smallest order of 2 t, half of it from Australia, is enough."""
    half = offer("a", 12.0, mine_country=(("AUS", 0.5), ("CHN", 0.5)), minimum_order=2.0)
    solved = optimum(ruled(count(2, attribute="mine"), offers=(OFFERS[0], half)))
    assert solved.total["a"] == pytest.approx(2.0)


def test_nothing_is_asked_where_nothing_is_bought() -> None:
    """January needs nothing: two suppliers in February only."""
    found = ruled(count(2, 0.3, window=Window.PERIOD), offers=OFFERS, needs=(0, 10), materials=(material(maximum_stock=0),))
    assert optimum(found).cost == pytest.approx(106.0)


@pytest.mark.parametrize("within", [(), ("s-c", "s-a")])
def test_a_value_that_cannot_be_bought_does_not_count(within: tuple[str, ...]) -> None:
    """The second supplier cannot deliver within the plan: there are no two suppliers, and no plan."""
    offers = OFFERS[0], from_country("a", 12.0, "AUS", lead_days=400)
    assert not solve(ruled(count(2, within=within), offers=offers)).feasible
    assert not solve(ruled(count(2, 0.1, within), offers=offers)).feasible


def test_open_orders_make_a_value_count() -> None:
    """5 t arrive from s-a, which cannot deliver more: two suppliers are there without buying at 15."""
    late = from_country("a", 12.0, "AUS", lead_days=400)
    orders = (OpenOrder(order="1", material="x", offer="a", quantity=5, arrival=date(2027, 1, 9)),)
    for share in (0.0, 0.3):
        found = ruled(count(2, share), offers=(OFFERS[0], late, OFFERS[2]), open_orders=orders)
        assert optimum(found).cost == pytest.approx(50.0)


@pytest.mark.parametrize(("penalty", "cost"), [(5.0, 105.0), (7.0, 106.0)])
def test_a_soft_count_costs_its_penalty_for_each_value_lacking(penalty: float, cost: float) -> None:
    """A second supplier of 3 t costs 6 more."""
    soft = count(2, 0.3, hardness=Hardness.SOFT, penalty=penalty)
    assert optimum(ruled(soft, offers=OFFERS)).cost == pytest.approx(cost)


def test_each_window_counts_for_itself() -> None:
    """Two suppliers over two months, 6 t of 20 t from the second: cheapest together; in each month 3 t of 10 t."""
    unstored = {"materials": (material(maximum_stock=0),), "needs": (10, 10)}
    cheap_later = OFFERS[0], from_country("a", 12.0, "AUS", valid_to=first(1)), from_country("a2", 11.0, "AUS", supplier="s-a",
                                                                                             valid_from=first(2))  # fmt: skip
    assert optimum(ruled(count(2, 0.3), offers=cheap_later, **unstored)).cost == pytest.approx(200 + 6)
    assert optimum(ruled(count(2, 0.3, window=Window.PERIOD), offers=cheap_later, **unstored)).cost == pytest.approx(200 + 9)


def test_the_check_counts_the_values() -> None:
    """One supplier of the two wanted; 2 t of 10 t are less than 30 %."""
    plan = Plan(
        ruled(count(2, 0.3), offers=OFFERS), (Purchase("a", "f", 1, 2.0), Purchase("c", "f", 1, 8.0)),
        (Contract("a", "f"), Contract("c", "f")),
    )  # fmt: skip
    (found,) = RULE.check(plan, ())
    assert (found.limit, found.achieved, found.holds) == (2, 1, False)


@pytest.mark.parametrize(
    ("limit", "share", "cost"),
    [
        (3, 0.0, 6 * 10 + 4 * 12),
        (2, 0.0, 6 * 10 + 4 * 12),
        (1, 0.0, 120.0),  # China delivers 6 t: all from Australia
        (1, 0.3, 6 * 10 + 3 * 12 + 1 * 15),  # Australia and Japan stay at three tenths and less
        (1, 0.4, 6 * 10 + 4 * 12),
        (0, 0.4, 4 * 10 + 4 * 12 + 2 * 15),
    ],
)
def test_a_ceiling_counts_what_is_above_its_share(limit: float, share: float, cost: float) -> None:
    """Six tonnes at most from China."""
    offers = OFFERS[0].model_copy(update={"capacity_per_period": 6.0}), *OFFERS[1:]
    assert optimum(ruled(count(limit, share, sense=Sense.AT_MOST), offers=offers)).cost == pytest.approx(cost)


def test_one_value_too_many_costs_the_penalty_once() -> None:
    """Two suppliers of which one may be: 12 USD dearer from Australia alone, against a penalty of 5."""
    offers = OFFERS[0].model_copy(update={"capacity_per_period": 6.0}), *OFFERS[1:]
    soft = count(1, sense=Sense.AT_MOST, hardness=Hardness.SOFT, penalty=5.0)
    assert optimum(ruled(soft, offers=offers)).lines == pytest.approx({"purchase": 108.0, "policy penalty": 5.0})


def test_what_counts_for_a_floor_counts_for_a_ceiling_too() -> None:
    """Two suppliers must be, of which one may be at no penalty: next to nothing from the second costs the 5."""
    soft = count(1, sense=Sense.AT_MOST, hardness=Hardness.SOFT, penalty=5.0)
    solved = optimum(ruled(count(2), soft.model_copy(update={"rule": "few"}), offers=OFFERS))
    assert solved.total == pytest.approx({"c": 10.0, "a": 1e-5})
    assert solved.lines["policy penalty"] == pytest.approx(5.0)
