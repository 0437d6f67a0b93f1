"""Where more of a cost is less of a bill: rules that measure money, and limits on what is owed, turn directions round.

None of these is a fault. The rules say what they say; who plans with them should know it. `tests.test_money_invariants` shows
that the directions hold without such rules.
"""

from __future__ import annotations

from typing import Any

import pytest

from models.case import Case
from models.records import Duty, Mandate, Measure, Trader
from tests.cases import case, material, offer
from tests.policies import AT_LEAST, COUNTRIES, from_country, rule
from tests.solving import optimum

DUTY: dict[str, Any] = {"kind": "232", "tariff_code": "Y"}


def half_allied(*, duty: float = 0.0, price: float = 4.0, measure: Measure = Measure.SPEND) -> Case:
    """10 t of x and 10 t of y, none of which can be kept; half of the spend, or of the tonnes, must be Australian.

    x costs 10 from China, and 20 from Australia, where a contract costs 60; y is Australian.
    """
    at_least_half = rule(0.5, "AUS", measure=measure, **AT_LEAST)
    return case(
        from_country("x china", 10.0, "CHN"), from_country("x allied", 20.0, "AUS", contract_cost=60.0),
        from_country("y", price, "AUS", material="y", tariff_code="Y"),
        needs={"x": (10,), "y": (10,)}, materials=(material(maximum_stock=0.0), material("y", maximum_stock=0.0)),
        countries=COUNTRIES, policy=(at_least_half,), duties=(Duty(rate=duty, **DUTY),),
    )  # fmt: skip


def test_a_duty_may_meet_a_share_of_spend() -> None:
    """y is 40 at 4 a tonne, so that of x 10 q ≤ 40 + 20 (10 − q) from China, 8 t: 80 + 40, 60 for the contract and 40 for y are
    220. With 150 % of duty y is 100, which is half with all of x from China: 200, of which 60 are duty. So does a dearer y."""
    plain = optimum(half_allied())
    assert plain.cost == pytest.approx(220.0)
    assert plain.total == pytest.approx({"x china": 8.0, "x allied": 2.0, "y": 10.0})
    dutied = optimum(half_allied(duty=1.5))
    assert dutied.cost == pytest.approx(200.0)
    assert dutied.lines == pytest.approx({"purchase": 140.0, "duty": 60.0})
    assert optimum(half_allied(price=10.0)).cost == pytest.approx(200.0)


def test_and_does_not_where_tonnes_are_measured() -> None:
    """Half of 20 t are the 10 t of y: 100 + 40, and with the duty 60 more."""
    assert optimum(half_allied(measure=Measure.QUANTITY)).cost == pytest.approx(140.0)
    assert optimum(half_allied(measure=Measure.QUANTITY, duty=1.5)).cost == pytest.approx(200.0)


def half_of_the_spend(*, duty: float = 0.0) -> Case:
    """Trader a buys x, b buys y, 10 t of each are needed, and b must spend half; a tonne of y kept for a month costs 1."""
    return case(
        offer(), offer("y", 5.0, material="y", tariff_code="Y"),
        needs={"x": (10,), "y": (10,)}, materials=(material(), material("y", holding_cost=12.0)),
        traders=(Trader(trader="a"), Trader(trader="b", minimum_share=0.5)),
        mandates=(Mandate(trader="a", material="x"), Mandate(trader="b", material="y")),
        duties=(Duty(rate=duty, **DUTY),), settings={"budget": 1000.0},
    )  # fmt: skip


def test_a_duty_may_meet_a_traders_share() -> None:
    """b must spend the 100 that a spends on x. At 5 a tonne that is 20 t of y, of which 10 are kept for no use:
    100 + 100 + 10. With a duty of 100 % the 10 t that are needed cost 100: 200."""
    plain, dutied = optimum(half_of_the_spend()), optimum(half_of_the_spend(duty=1.0))
    assert (plain.total["y"], dutied.total["y"]) == pytest.approx((20.0, 10.0))
    assert (plain.cost, dutied.cost) == pytest.approx((210.0, 200.0))


def on_credit(days: float, capital: float | None = 40.0) -> Case:
    """5 t in January and 5 in February, none of which can be kept: at 8 on credit, at 10 for cash; a trader may owe 40."""
    return case(
        offer("credit", 8.0, payment_days=days), offer("cash", 10.0),
        needs=(5, 5), materials=(material(maximum_stock=0.0),), traders=(Trader(trader="f", working_capital=capital),),
    )  # fmt: skip


@pytest.mark.parametrize(("days", "cost"), [(0, 80.0), (31, 80.0), (62, 90.0)])
def test_a_longer_payment_term_may_exhaust_the_working_capital(days: float, cost: float) -> None:
    """January's 5 t on credit are 40. Paid on 1 February, they are no longer owed when that month ends, and 40 for its own 5 t
    may be: 80. Paid on 4 March they still are, and February's are bought for cash: 40 + 50."""
    assert optimum(on_credit(days)).cost == pytest.approx(cost)
    assert optimum(on_credit(days, capital=None)).cost == pytest.approx(80.0)
    assert optimum(on_credit(62)).bought == pytest.approx({("credit", 1): 5.0, ("cash", 2): 5.0})
