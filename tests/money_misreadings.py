"""Misreadings of the columns that say where money comes from and what members pay, as `tests.misreadings` has all others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from models.case import Case
from models.records import Advance, CallOff, Commitment, Funding, Member, OpeningStock, OpenOrder, Payable, Settings, Trader
from planner.verify import COSTS
from tests.cases import first, kept, offer
from tests.misread_cases import awaited
from tests.misreadings import Misreading
from tests.rules.test_borrowing_base import lent
from tests.rules.test_call_offs import NO_CREDIT, called
from tests.rules.test_funding import funded, loan, source
from tests.rules.test_payables import owed_by_trader, owing
from tests.rules.test_spend_balance import spread
from tests.rules.test_working_capital import tied

CASH, FEW = {"opening_cash": 300.0}, {"opening_cash": 50.0}
DEAR = (offer(), offer("slow", 12.0, payment_days=60))
"""The second one is dearer, and paid after the plan."""


def lent_on(**fields: Any) -> Case:
    """Nothing at hand: what lenders advance decides how much is bought of the dearer offer."""
    return lent(0.0, offers=DEAR, **fields)


def joining() -> Case:
    """A pays 70 to join."""
    return replace(called(), members=(Member(member="A", entry_fee=70.0),))


def groups() -> Case:
    """x is lent less on than all others are."""
    return replace(lent_on(), advances=(Advance(group="x", in_depot=0.3), Advance(in_depot=0.9)))


def on_the_way() -> Case:
    """10 t must be there in February: the cheap ones are paid when they are ordered, in January, with 20 at hand."""
    offers = offer(lead_days=31, payment_from="order"), offer("slow", 12.0, payment_days=60)
    held = kept(benchmark_price=10.0, floor_days=10.0, floor_from=first(2))
    return lent(20.0, offers=offers, materials=(held,))


def one_month(*sources: Funding, **given: Any) -> Case:
    """10 t in January, of which the dearer ones are paid after the plan."""
    return funded(*sources, needs=(10,), offers=DEAR, **given)


MONEY = (
    Misreading(Funding, "kind", "equity", lent_on, "borrowing_base"),
    Misreading(Funding, "amount", 500.0, lambda: one_month(loan(60.0)), "funding"),
    Misreading(Funding, "rate", 0.24, lambda: funded(loan()), COSTS),
    Misreading(Funding, "commitment_fee", 0.0, lambda: funded(loan(commitment_fee=0.006)), COSTS),
    Misreading(Funding, "upfront_fee", 0.0, lambda: funded(loan(upfront_fee=0.01)), COSTS),
    Misreading(Funding, "drawn", 0.0, lambda: funded(loan(drawn=50.0)), COSTS),
    Misreading(Funding, "available_from", first(1), lambda: one_month(loan(available_from=first(2)), settings=FEW), "funding"),
    Misreading(
        Funding, "repay_by", None, lambda: funded(loan(drawn=80.0, rate=-0.1, repay_by=first(2)), settings=CASH), "funding",
    ),
    Misreading(
        Funding, "repay_from", None,
        lambda: funded(
            loan(100.0, rate=-0.1, drawn=100.0, repay_from=date(2026, 12, 1), repay_by=date(2027, 4, 30)), settings=CASH
        ),
        "funding",
    ),
    Misreading(Payable, "amount", 40.0, owing, COSTS),
    Misreading(Payable, "due", first(2), owing, COSTS),
    Misreading(Payable, "trader", None, owed_by_trader, "budget"),
    Misreading(
        OpenOrder, "due", None, lambda: awaited(due=first(3)), COSTS
    ),
    Misreading(Settings, "opening_cash", 400.0, lambda: one_month(loan(0.0), settings=FEW), "funding"),
    Misreading(Settings, "minimum_cash", 0.0, lambda: one_month(loan(0.0), settings=FEW | {"minimum_cash": 10.0}), "funding"),
    Misreading(
        Settings, "equity_order", "equity first",
        lambda: funded(loan(), source("equity", 100.0), settings={"equity_order": "pro rata"}), "funding",
    ),
    Misreading(Trader, "working_capital", 80.0, lambda: tied(40.0), "working_capital"),
    Misreading(Trader, "month_share", 0.9, lambda: spread(0.5), "spend_balance"),
    Misreading(Settings, "carry_rate", 0.0, lambda: called(settings=NO_CREDIT | {"carry_rate": 0.12}), COSTS),
    Misreading(CallOff, "quantity", 3.0, called, "call_offs"),
    Misreading(Commitment, "strike_price", 20.0, called, COSTS),
    Misreading(Commitment, "replenish_periods", 5, called, COSTS),
    Misreading(Member, "entry_fee", 0.0, joining, COSTS),
    Misreading(Advance, "group", "y", groups, "borrowing_base"),
    Misreading(Advance, "in_depot", 0.9, lent_on, "borrowing_base"),
    Misreading(Advance, "haircut", 0.0, lent_on, "borrowing_base"),
    Misreading(Advance, "in_transit", 0.9, on_the_way, "borrowing_base"),
    Misreading(
        OpeningStock, "unit_cost", 30.0,
        lambda: lent_on(benchmark=20.0, opening_stock=(OpeningStock(material="x", quantity=2.0, unit_cost=1.0),)),
        "borrowing_base",
    ),
)  # fmt: skip
