"""Sheet Funding: one row is a source of money, or a tranche of one."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class FundingKind(Choice):
    LOAN = "loan"
    EQUITY = "equity"
    TRANCHE = "tranche"


class Funding(Record):
    """A source of money: a loan with its commitment, equity, or a tranche of a loan."""

    sheet: ClassVar[str] = "Funding"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("source", "kind", "available_from")

    source: str = column("Name of the source; the tranches of a loan have its name.")
    kind: FundingKind = column(
        "loan: drawn and repaid, within its commitment; equity: paid in, never back; tranche: a part of a loan that can be "
        "drawn from a date on."
    )
    amount: float = column("Commitment of the loan, amount of the equity, or of the tranche.", unit="USD", at_least=0)
    rate: float = column(
        "Yearly interest on the loan's balance at each period's start.", 0.0, unit="per year", above=-1, below=1
    )
    commitment_fee: float = column(
        "Yearly fee on what is not drawn of the commitment.", 0.0, unit="per year", at_least=0, below=1, aliases=("fee",)
    )
    upfront_fee: float = column(
        "Share of the amount that is paid once, in the first period of the source.", 0.0, unit="share", at_least=0, below=1
    )
    drawn: float = column("What has been drawn, and not repaid, when the plan starts.", 0.0, unit="USD", at_least=0)
    available_from: date | None = column("First day on which it can be drawn.", None, blank="the plan's first day")
    repay_from: date | None = column(
        "From this day on what may be drawn falls evenly, to nothing on the day it is repaid by.",
        None,
        blank="all of it at the end",
    )
    repay_by: date | None = column("Day by which the loan is repaid.", None, blank="after the plan's end")
    source_of_figures: str = column("Where the figures come from; kept, not planned with.", "", heading="figures from")
