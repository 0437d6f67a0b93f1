"""Policy on stock: how much of what lies in the depots may be of restricted origin. China and Russia are covered."""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.decisions import Contract, Purchase
from models.plan import Plan
from models.records import Hardness, On, OpeningStock, OpenOrder, Policy
from models.rules.policy import RULE
from tests.cases import first, kept, material
from tests.policies import CHINESE, from_country, rule, ruled
from tests.solving import Solved, optimum, solve


def held(limit: float = 0.5, kind: str = "share", **fields: Any) -> Policy:
    return rule(limit, "covered", kind=kind, on=On.STOCK, attribute="any stage", **fields)


def stocked(*rules: Policy, minimum: float = 10.0, periods: int = 1, **given: Any) -> Case:
    """A stock of 10 t at least: without a rule 100 USD, all from China; Australia's costs 12."""
    common: dict[str, Any] = {
        "needs": (), "materials": (kept(minimum_stock=minimum),), "settings": {"terminal_haircut": 1.0}, "periods": periods,
    }  # fmt: skip
    return ruled(*rules, **common | given)


def test_a_share_of_the_stock() -> None:
    assert optimum(stocked(held(0.3))).cost == pytest.approx(3 * 10 + 7 * 12)
    assert optimum(stocked(held(0.0))).cost == pytest.approx(120.0)
    assert optimum(stocked(held(1.0))).cost == pytest.approx(100.0)


def test_an_amount_in_stock() -> None:
    assert optimum(stocked(held(4, "amount"))).cost == pytest.approx(4 * 10 + 6 * 12)


def test_any_stage_in_a_covered_country_restricts_all_of_a_lot() -> None:
    """A tenth mined in China makes all of it restricted; so does an unknown refinery, unless unknown is open."""
    for terms in ({"mine_country": (("AUS", 0.9), ("CHN", 0.1))}, {"refine_country": None}):
        cheap = from_country("c", 10.0, "AUS", **terms)
        solved = optimum(stocked(held(0.3), offers=(cheap, from_country("a", 12.0, "AUS"))))
        assert solved.cost == pytest.approx(3 * 10 + 7 * 12)
    unknown = from_country("c", 10.0, "AUS", refine_country=None)
    settings = {"terminal_haircut": 1.0, "unknown_origin": "open"}
    both = (unknown, from_country("a", 12.0, "AUS"))
    assert optimum(stocked(held(0.3), offers=both, settings=settings)).cost == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("origin", "settings", "cost"),
    [("restricted", {}, 5 * 12), ("open", {}, 5 * 10), (None, {}, 5 * 12), (None, {"unknown_origin": "open"}, 5 * 10)],
)
def test_opening_stock_has_its_class(origin: str | None, settings: dict[str, Any], cost: float) -> None:
    """5 t are there, and half of 10 may be restricted: the other 5 come from where there is still room."""
    row = OpeningStock(material="x", quantity=5, origin_class=origin)
    case = stocked(held(), opening_stock=(row,), settings={"terminal_haircut": 1.0} | settings)
    assert optimum(case).cost == pytest.approx(cost)


def test_open_orders_count() -> None:
    order = OpenOrder(order="n", material="x", offer="c", quantity=5, arrival=first(1), paid=True)
    assert optimum(stocked(held(), open_orders=(order,))).cost == pytest.approx(5 * 12)


def drawn(*rules: Policy, **given: Any) -> Solved:
    """6 t are needed in January, 10 t must be left then: 16 t."""
    return solve(stocked(*rules, materials=(material(minimum_stock=10.0),), needs=(6,), **given))


def test_what_is_restricted_leaves_first() -> None:
    """Of 16 t, 6 are given out: 6 + 3 of them may come from China where three tenths of 10 may be left."""
    solved = drawn(held(0.3))
    assert solved.cost == pytest.approx(9 * 10 + 7 * 12)
    assert not solved.failures


def test_losses_take_of_both() -> None:
    """Half is lost in a year: of January's stock (1/2)^(1/12) is left in February, of either origin."""
    row = kept(minimum_stock=10.0, loss_rate=0.5)
    solved = optimum(stocked(held(0.3), materials=(row,), periods=2))
    rest = 0.5 ** (1 / 12)
    # 10 t in January; in February what is lost is bought again, three tenths of it from China: or all in January.
    least = 10 + 10 * (1 - rest)
    assert solved.cost == pytest.approx(least * (0.3 * 10 + 0.7 * 12), rel=1e-6)


def test_too_much_in_stock_costs_its_penalty() -> None:
    soft = held(0.3, hardness=Hardness.SOFT, penalty=1.0)
    assert optimum(stocked(soft)).lines == pytest.approx({"purchase": 100.0, "policy penalty": 7.0})
    dear = held(0.3, hardness=Hardness.SOFT, penalty=3.0)
    assert optimum(stocked(dear)).cost == pytest.approx(3 * 10 + 7 * 12)


def test_several_materials_together() -> None:
    """10 t of each of two: a third of all may be restricted, wherever that saves most: y's Chinese goods cost 4 less."""
    rows = (kept("x", minimum_stock=10.0), kept("y", minimum_stock=10.0))
    offers = (CHINESE, from_country("a", 12.0, "AUS"), from_country("cy", 8.0, "CHN", material="y"),
              from_country("ay", 12.0, "AUS", material="y"))  # fmt: skip
    solved = optimum(stocked(held(0.3), materials=rows, offers=offers))
    assert solved.total == pytest.approx({"a": 10.0, "cy": 6.0, "ay": 4.0})
    alone = optimum(stocked(held(0.3, scope="each material"), materials=rows, offers=offers))
    assert alone.total == pytest.approx({"c": 3.0, "a": 7.0, "cy": 3.0, "ay": 7.0})


def test_the_check_counts_from_the_decisions() -> None:
    case = stocked(held(0.3), periods=2)
    bought = (Purchase("a", "f", 1, 6.0), Purchase("c", "f", 1, 4.0))
    rows = list(RULE.check(Plan(case, bought, (Contract("a", "f"), Contract("c", "f"))), ()))
    assert [(row.where, row.limit, row.achieved, row.holds) for row in rows] == [
        ("r, 2027-01", pytest.approx(3.0), pytest.approx(4.0), False),
        ("r, 2027-02", pytest.approx(3.0), pytest.approx(4.0), False),
    ]
    assert {row.rule for row in rows} == {"policy"}
