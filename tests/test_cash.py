"""How a plan is paid for, read back from its workbook: in whole cents, as an officer of the lender would add it up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models.invoice import CASH
from models.treasury import cash_flows, owed_on_loans
from planner import pipeline
from planner.engine.progress import Display
from planner.outputs import (
    AccountRow,
    CashRow,
    EntitlementRow,
    MarginRow,
    MemberRow,
    SourceRow,
    StockRow,
    Tables,
    columns,
    tables,
)
from planner.outputs.outlook import of_later_payments, of_money
from planner.outputs.pictures import pictures
from planner.outputs.schema import Row
from planner.plan_reader import Line, rows
from planner.result import Result
from planner.workbook import Book
from tests.sense.book import case_of, sensible
from tests.written import write

SOURCES = ("equity", "loans", "entry_fees", "carry", "call_offs")
USES = ("goods", "way", "duty", "fees", "signing", "storage", "financing", "repaid")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Book]:
    """The plan of the workbook in which every sheet is used, verified as every plan is, and its workbook."""
    folder = tmp_path_factory.mktemp("cash")
    case = case_of(sensible()).with_settings(opening_cash=0.0)
    found, output = pipeline.solve(
        write(folder / "book.xlsx", case), folder / "plan.xlsx", pipeline.Overrides(), Display(quiet=True)
    )
    assert output
    return found, Book(folder / "plan.xlsx")


def read(book: Book, record: type[Row]) -> list[Line]:
    return list(rows(book, record))


def test_sources_less_uses_are_closing_less_opening_cash_to_the_cent(solved: tuple[Result, Book]) -> None:
    lines = read(solved[1], CashRow)
    for line in lines:
        moved = sum(line.number_in(name) for name in SOURCES) - sum(line.number_in(name) for name in USES)
        assert round(100 * (line.number_in("closing") - line.number_in("opening"))) == round(100 * moved)
    assert all(after.number_in("opening") == before.number_in("closing") for before, after in pairwise(lines))
    total = sum(sum(line.number_in(name) for name in SOURCES) - sum(line.number_in(name) for name in USES) for line in lines)
    assert lines[-1].number_in("closing") - lines[0].number_in("opening") == pytest.approx(total, abs=0.005)


def test_it_is_what_the_check_counts(solved: tuple[Result, Book]) -> None:
    result, book = solved
    flows, owed = cash_flows(result.plan, result.charges), owed_on_loans(result.plan)
    for line, flow in zip(read(book, CashRow), flows, strict=True):
        assert line.number_in("closing") == pytest.approx(flow.closing, abs=0.02 * flow.period)
        assert line.number_in("owed") == pytest.approx(owed[flow.period], abs=0.01)
        assert line.number_in("closing") >= line.number_in("minimum") - 0.02 * flow.period


def test_something_is_drawn_and_billed(solved: tuple[Result, Book]) -> None:
    """Or the sheets above would prove nothing."""
    lines = read(solved[1], CashRow)
    assert all(
        sum(line.number_in(name) for line in lines) > 0.0 for name in ("equity", "carry", "call_offs", "goods", "financing")
    )


def test_sources_follow_from_what_is_drawn(solved: tuple[Result, Book]) -> None:
    for line in read(solved[1], SourceRow):
        closing = line.number_in("opening") + line.number_in("drawn") - line.number_in("repaid")
        assert line.number_in("closing") == pytest.approx(closing, abs=0.005)
        assert line.number_in("closing") <= line.number_in("available") + 0.01


def test_the_base_carries_the_loans(solved: tuple[Result, Book]) -> None:
    for line in read(solved[1], CashRow):
        base = line.number_in("on_stock") + line.number_in("on_way")
        assert line.number_in("headroom") == pytest.approx(base - line.number_in("owed"), abs=0.01)
        assert line.number_in("headroom") >= -1.0
    assert next(line.text("material") for line in rows(solved[1], MarginRow)) == "(all prices)"


def test_what_members_hold_never_exceeds_what_is_in_the_depots(solved: tuple[Result, Book]) -> None:
    held: dict[tuple[str, str], float] = {}
    for line in read(solved[1], EntitlementRow):
        key = line.text("material"), line.text("period")
        held[key] = held.get(key, 0.0) + line.number_in("held")
    stock: dict[tuple[str, str], float] = {}
    for line in read(solved[1], StockRow):
        key = line.text("material"), line.text("period")
        stock[key] = stock.get(key, 0.0) + line.number_in("closing")
    assert held
    assert all(quantity <= stock.get(key, 0.0) + 1e-4 for key, quantity in held.items())


def summary(*rows: dict[str, object], fall: float = 0.25) -> str:
    """What the Summary says of periods with so much left to draw, headroom and cash to spare."""
    usual = {item.name: "2027-01" if item.name == "period" else 0.0 for item in columns(CashRow)}
    made = tuple(CashRow(**usual | row) for row in rows)  # type: ignore[arg-type]  # names and values are made together
    found = tables_with(made, (MarginRow("(all prices)", fall, "2027-01"),))
    [fact] = of_money(found)
    return fact.detail


def tables_with(cash: tuple[CashRow, ...], margins: tuple[MarginRow, ...]) -> Tables:
    nothing: dict[str, object] = dict.fromkeys(Tables.__dataclass_fields__, ())
    return Tables(**nothing | {"cash": cash, "margins": margins})  # type: ignore[arg-type]  # every sheet is a tuple


def test_the_summary_says_when_money_binds_and_why() -> None:
    """Less than a dollar, or a millionth of what is owed, is nothing; what lenders advance binds where it is the smaller."""
    room = {"period": "2027-01", "room": 900.0, "to_draw": 500.0, "headroom": 700.0}
    none = {"period": "2027-02", "room": 0.4, "owed": 1e5, "to_draw": 0.4, "headroom": 700.0}
    assert "money binds in 2027-02, by what can be drawn" in summary(room, none)
    assert "by what lenders advance on the stock" in summary(room, none | {"to_draw": 800.0, "headroom": 0.2})
    assert "money never binds: USD 900.00 are left in 2027-01, when least is" in summary(room, room | {"room": 950.0})
    assert "a fall of all prices by 25.0 % is borne" in summary(room)
    assert "no fall of prices is borne" in summary(room, fall=1e-9)
    assert list(of_money(tables_with((), ()))) == []


def test_both_reasons_are_told_where_money_binds_by_one_and_then_the_other() -> None:
    drawn = {"period": "2027-02", "room": 0.0, "to_draw": 0.0, "headroom": 700.0}
    based = {"period": "2027-05", "room": 0.0, "to_draw": 800.0, "headroom": 0.0}
    told = summary(drawn, {"period": "2027-03", "room": 50.0}, based)
    assert "money binds in 2027-02, by what can be drawn, and in 2027-05, by what lenders advance on the stock" in told


def test_the_summary_tells_what_is_payable_after_the_plan(solved: tuple[Result, Book]) -> None:
    """What is due later is in Costs and not in Cash: the two come to the same with it."""
    result, _ = solved
    later = [one for one in result.charges if one.line in CASH and one.due > result.plan.case.calendar.periods]
    facts = list(of_later_payments(result))
    assert [fact.figure for fact in facts] == ([pytest.approx(sum(one.amount for one in later))] if later else [])
    paid = sum(sum(flow.paid.values()) for flow in cash_flows(result.plan, result.charges))
    costed = sum(one.amount for one in result.charges if one.line in CASH)
    assert paid + sum(one.amount for one in later) == pytest.approx(costed)


def test_an_account_adds_up_what_a_member_has_and_pays(solved: tuple[Result, Book]) -> None:
    """From the sheet Entitlements, line by line; Maker, who draws 5 kg in April, joins for nothing, Flyer for 700."""
    lines, case = read(solved[1], EntitlementRow), solved[0].plan.case
    for account in read(solved[1], AccountRow):
        own = [line for line in lines if line.text("member") == account.text("member")]
        last = [line for line in own if line.text("period") == case.calendar.name(case.calendar.periods)]

        def worth(name: str, among: list[Line]) -> float:
            return sum(line.number_in(name) * line.number_in("strike") for line in among)

        carry, paid = (sum(line.number_in(name) for line in own) for name in ("carry", "paid"))
        fee = case.member[account.text("member")].entry_fee
        expected = {
            "entitled": worth("entitled", last), "held": worth("held", last), "missing": worth("missing", last),
            "drawn": worth("drawn", own), "carry": carry, "to_replenish": worth("lately", last), "paid": paid,
            "entry_fee": fee, "total": fee + carry + paid,
        }  # fmt: skip
        assert {name: account.number_in(name) for name in expected} == pytest.approx(expected, abs=0.05)
    accounts = {account.text("member"): account for account in read(solved[1], AccountRow)}
    assert (accounts["Maker"].number_in("to_replenish") > 0.0, accounts["Flyer"].number_in("entry_fee")) == (True, 700.0)
    backs = {(line.text("member"), line.text("material")): line.number_in("buy_back") for line in read(solved[1], MemberRow)}
    assert backs["Flyer", "Gallium"] == pytest.approx(accounts["Flyer"].number_in("held"), abs=0.05)
    assert backs["Flyer", "Gallium"] > 0.0


def test_the_chart_shows_cash_and_loans(solved: tuple[Result, Book]) -> None:
    result, book = solved
    shown = [(row.cash, row.owed) for row in pictures(result, tables(result)).balances]
    assert shown == [(line.number_in("closing"), line.number_in("owed")) for line in read(book, CashRow)]
