"""Sheets Cash, Sources and Margins: how the plan is paid for, what secures it, and what price fall it bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar, NamedTuple

from models.case import Case
from models.collateral import collateral, margins
from models.invoice import FINANCING, RECEIPT_LINES, SALES, STORAGE
from models.plan import Charge, Plan, cents
from models.records import FundingKind
from models.treasury import Standing, cash_flows, owed_on_loans, standings
from planner.outputs.schema import Row, Shown, in_usd

ALL_PRICES = "(all prices)"
"""What stands in place of a material for a fall of all prices."""
USES = (
    ("purchase", "price impact", "take-or-pay", "open orders", "payables", "order changes"),
    ("freight", "insurance", "handling", "assay", "inspection"),
    ("duty",),
    ("trader fee",),
    ("fixed order cost", "contract cost", "onboarding"),
    STORAGE,
    FINANCING,
)
"""The lines of the bill that each column of the uses adds up."""


@dataclass(frozen=True)
class CashRow(Row):
    """Money over one period: opening cash plus sources less uses is closing cash, to the cent."""

    sheet: ClassVar[str] = "Cash"

    period: Annotated[str, Shown("The period.")]
    opening: Annotated[float, in_usd("Cash as the period begins.", "opening cash")]
    equity: Annotated[float, in_usd("Source: equity that is put in.")]
    loans: Annotated[float, in_usd("Source: what is drawn of loans.", "loans drawn")]
    entry_fees: Annotated[float, in_usd("Source: what members pay to join.")]
    carry: Annotated[float, in_usd("Source: what members pay for what is held for them.", "carry billed")]
    call_offs: Annotated[float, in_usd("Source: what members pay for what they draw.", "call-offs paid")]
    rotation: Annotated[float, in_usd("Source: what goods bring that are sold past their shelf life.", "rotation sales")]
    goods: Annotated[float, in_usd("Use: what is due for goods, open orders and payables included, less price breaks.")]
    way: Annotated[float, in_usd("Use: freight, insurance, handling, assay and inspection.", "freight and assay")]
    duty: Annotated[float, in_usd("Use: what the customs charge.")]
    fees: Annotated[float, in_usd("Use: traders' fees.", "trader fees")]
    signing: Annotated[float, in_usd("Use: fixed costs of orders, contracts and new suppliers.", "order and contract costs")]
    storage: Annotated[float, in_usd("Use: depot handling, rent and holding.")]
    financing: Annotated[float, in_usd("Use: interest and lenders' fees; below zero: earned.", "interest and fees")]
    repaid: Annotated[float, in_usd("Use: what is repaid of loans.", "loans repaid")]
    closing: Annotated[float, in_usd("Cash as the period ends.", "closing cash")]
    minimum: Annotated[float, in_usd("Least that it may be.", "minimum cash")]
    owed: Annotated[float, in_usd("What is owed on all loans as the period ends.", "loan balance")]
    most_owed: Annotated[float, in_usd("What may be owed, by terms and borrowing base.", "most that may be owed")]
    to_draw: Annotated[float, in_usd("What could still be drawn of loans and equity by their terms.", "still to draw")]
    on_stock: Annotated[float | None, in_usd("What is lent on stock in the depots; blank without Advances.", "lent on stock")]
    on_way: Annotated[float | None, in_usd("What is lent on goods on the way; blank without Advances.", "lent on the way")]
    headroom: Annotated[float | None, in_usd("Both less the loan balance; blank without Advances.", "headroom under the base")]
    room: Annotated[
        float,
        in_usd(
            "What could still be paid: cash above its minimum, equity, and loans within terms and base; at zero money binds.",
            "money left",
            "zero",
        ),
    ]


@dataclass(frozen=True)
class SourceRow(Row):
    """A source of money over one period: what is decided about it, and where it stands."""

    sheet: ClassVar[str] = "Sources"
    keys: ClassVar[int] = 2

    source: Annotated[str, Shown("The loan or the equity.")]
    period: Annotated[str, Shown("The period.")]
    opening: Annotated[float, in_usd("What is drawn and not repaid as the period begins.", "opening balance")]
    drawn: Annotated[float, in_usd("What is drawn in it.")]
    repaid: Annotated[float, in_usd("What is repaid in it.")]
    closing: Annotated[float, in_usd("What is drawn and not repaid as it ends.", "closing balance")]
    available: Annotated[float, in_usd("The most that this may be, by tranches and repayment.")]


@dataclass(frozen=True)
class MarginRow(Row):
    """The fall of market prices that the plan bears before what is owed is more than lenders advance."""

    sheet: ClassVar[str] = "Margins"

    material: Annotated[str, Shown(f"Whose price falls; {ALL_PRICES}: all fall alike.")]
    fall: Annotated[float, Shown("Largest fall borne in every period, all else as planned.", "share", heading="fall borne")]
    period: Annotated[str, Shown("Period in which the least is borne; blank where any fall is.", heading="tightest period")]


def cash_rows(plan: Plan, charges: Sequence[Charge]) -> tuple[CashRow, ...]:
    """Cash, period by period, in whole cents that add up; nothing without a Funding sheet."""
    case, rows = plan.case, []
    owed, secured, minimum = owed_on_loans(plan), collateral(plan), case.settings.minimum_cash
    level, stands = cents(case.settings.opening_cash), _by_period(plan)
    for flow in cash_flows(plan, charges):
        t, pays = flow.period, partial(_sum, flow.paid)
        money = _Money.of(case, stands[t])
        goods, way, duty, fees, signing, storage, financing = map(pays, USES)
        entry_fees, carry, call_offs, rotation = (-pays((line,)) + 0.0 for line in (*RECEIPT_LINES, SALES))
        uses = goods + way + duty + fees + signing + storage + financing + money.repaid
        closing = cents(level + money.equity + money.loans + entry_fees + carry + call_offs + rotation - uses)
        on_stock, on_way = (sum(one.in_depot() for one in secured[t]), sum(one.in_transit() for one in secured[t]))
        headroom = on_stock + on_way - owed[t]
        lendable = min(money.loans_left, headroom) if secured[t] else money.loans_left
        rows.append(CashRow(
            period=case.calendar.name(t), opening=level, equity=money.equity, loans=money.loans,
            entry_fees=entry_fees, carry=carry, call_offs=call_offs, rotation=rotation, goods=goods, way=way,
            duty=duty, fees=fees, signing=signing, storage=storage, financing=financing, repaid=money.repaid, closing=closing,
            minimum=minimum, owed=owed[t], most_owed=owed[t] + lendable, to_draw=money.loans_left + money.equity_left,
            on_stock=on_stock if secured[t] else None, on_way=on_way if secured[t] else None,
            headroom=headroom if secured[t] else None,
            room=max(0.0, cents(closing - minimum + money.equity_left + lendable)),
        ))  # fmt: skip
        level = closing
    return tuple(rows)


def _sum(by_line: Mapping[str, float], lines: Sequence[str]) -> float:
    return cents(sum(by_line.get(line, 0.0) for line in lines))


class _Money(NamedTuple):
    """What is drawn of equity and loans in a period, repaid, and left to draw by their terms, in whole cents."""

    equity: float
    loans: float
    repaid: float
    equity_left: float
    loans_left: float

    @classmethod
    def of(cls, case: Case, found: Sequence[Standing]) -> _Money:
        own = {row.source for row in case.funding if row.kind is FundingKind.EQUITY}
        equity, loans = ([one for one in found if (one.source in own) is kind] for kind in (True, False))
        drawn, lent = (cents(sum(one.drawn for one in part)) for part in (equity, loans))
        left, lendable = (cents(sum(max(0.0, one.available - one.closing) for one in part)) for part in (equity, loans))
        return cls(drawn, lent, cents(sum(one.repaid for one in found)), left, lendable)


def _by_period(plan: Plan) -> Mapping[int, list[Standing]]:
    found: dict[int, list[Standing]] = {t: [] for t in plan.case.calendar.horizon}
    for one in standings(plan):
        found[one.period].append(one)
    return found


def source_rows(plan: Plan) -> tuple[SourceRow, ...]:
    """Every source in every period, in whole cents."""
    return tuple(
        SourceRow(one.source, plan.case.calendar.name(one.period), cents(one.opening), one.drawn, one.repaid,
                  cents(one.closing), one.available)
        for one in standings(plan)
    )  # fmt: skip


def margin_rows(plan: Plan) -> tuple[MarginRow, ...]:
    """The fall of all prices that the plan bears, and that of each material's; nothing without Funding and Advances."""
    return tuple(
        MarginRow(one.material or ALL_PRICES, one.fall, plan.case.calendar.name(one.period) if one.period else "")
        for one in margins(plan)
    )
