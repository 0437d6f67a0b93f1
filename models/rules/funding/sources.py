"""Sources of money, period by period: what may be drawn of each. Building side only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.case import Case
from models.records import Funding, FundingKind


@dataclass(frozen=True)
class Source:
    """A loan, or equity, which bears nothing and is not repaid.

    Attributes:
        amount: its commitment (USD); `drawn` of it is drawn when the plan starts.
        available: the most that its balance may be at each period's end, in USD.
        opens, closes: the first period in which it can be drawn (None: not within the plan), and the last.
        falls_from: the first period at whose end some of it must have been repaid; None: not within the plan.
        new_in: the period in which it is new, and pays its upfront fee; None where it is older than the plan.
    """

    name: str
    is_loan: bool
    amount: float
    drawn: float
    rate: float
    commitment_fee: float
    upfront_fee: float
    available: Mapping[int, float]
    opens: int | None
    closes: int
    falls_from: int | None
    new_in: int | None

    def is_open(self, period: int) -> bool:
        """Whether the commitment is open in a period."""
        return self.opens is not None and self.opens <= period <= self.closes


@lru_cache(maxsize=4)
def sources_of(case: Case) -> dict[str, Source]:
    """The sources of the Funding sheet, by name; what a loan's tranches say is in what is available of it."""
    return {row.source: _source(case, row) for row in case.funding if row.kind is not FundingKind.TRANCHE}


def _source(case: Case, row: Funding) -> Source:
    calendar, since, lent = case.calendar, row.available_from or case.settings.start_date, row.kind is FundingKind.LOAN
    opens = next((t for t in calendar.horizon if since <= calendar.last_day(t)), None)
    tranches = [other for other in case.funding if other.kind is FundingKind.TRANCHE and other.source == row.source]
    parts = tranches or [row]
    ends = {t: calendar.last_day(t) for t in calendar.horizon}
    available = {t: _opened(parts, row, end) * _still_lent(row, end) for t, end in ends.items()}
    return Source(
        name=row.source, is_loan=lent, amount=row.amount, drawn=row.drawn, rate=row.rate if lent else 0.0,
        commitment_fee=row.commitment_fee if lent else 0.0, upfront_fee=row.upfront_fee, available=available,
        opens=opens, closes=calendar.periods if row.repay_by is None else calendar.period_of(row.repay_by),
        falls_from=next((t for t in calendar.horizon if _still_lent(row, calendar.last_day(t)) < 1.0), None),
        new_in=opens if since >= case.settings.start_date else None,
    )  # fmt: skip


def _opened(parts: list[Funding], row: Funding, day: date) -> float:
    """What of a source can be drawn by a day: its tranches that are open, once the source itself is."""
    since = row.available_from or date.min
    return sum(part.amount for part in parts if max(since, part.available_from or date.min) <= day)


def _still_lent(row: Funding, day: date) -> float:
    """The share of a source that need not be repaid by a day."""
    if row.repay_by is None or row.kind is not FundingKind.LOAN:
        return 1.0
    if day >= row.repay_by:
        return 0.0
    if row.repay_from is None or day <= row.repay_from:
        return 1.0
    return (row.repay_by - day).days / (row.repay_by - row.repay_from).days


def order_is_decided(found: Mapping[str, Source]) -> bool:
    """Whether it must be decided that equity comes first: a loan is there that costs no more drawn than undrawn."""
    cheap = any(row.is_loan and row.rate <= row.commitment_fee for row in found.values())
    return cheap and any(not row.is_loan and row.amount > 0.0 for row in found.values())


def building_up(loans: Sequence[Source], horizon: range) -> range:
    """The periods before the first loan begins to be repaid by its terms."""
    return range(1, min((row.falls_from for row in loans if row.falls_from is not None), default=horizon.stop))
