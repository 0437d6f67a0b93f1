"""Whether the sources of money and what secures them fit together."""

from __future__ import annotations

from collections.abc import Iterator

from models.case import Case
from models.records import Advance, Funding, FundingKind, Settings
from planner.sense.doubt import Doubt, fault, money, warning

OF_LOANS = ("rate", "commitment_fee", "repay_from", "repay_by")
OF_SOURCES = (*OF_LOANS, "upfront_fee", "drawn")
OF_CASH = ("opening_cash", "minimum_cash", "equity_order")


def sources_are_clear(case: Case) -> Iterator[Doubt]:
    """Each source has one row, each tranche a loan, and the tranches come to no more than its commitment."""
    own: dict[str, Funding] = {}
    for position, row in enumerate(case.funding):
        if row.kind is not FundingKind.TRANCHE and own.setdefault(row.source, row) is not row:
            message = f"{row.source} has another row that is no tranche: it is not clear what it is"
            yield fault(Funding, position, "source", message, "Give it another name, or make it a tranche.")
    sums = dict.fromkeys(own, 0.0)
    for position, row in enumerate(case.funding):
        if row.kind is not FundingKind.TRANCHE:
            continue
        loan = own.get(row.source)
        if loan is None or loan.kind is not FundingKind.LOAN:
            message = f"there is no loan named {row.source} that this could be a tranche of"
            yield fault(Funding, position, "source", message, "Add a row of the kind loan, with its commitment.")
            continue
        sums[row.source] += row.amount
        if sums[row.source] > loan.amount >= sums[row.source] - row.amount:
            whole = f"{money(sums[row.source])}, and its commitment is {money(loan.amount)}"
            yield fault(Funding, position, "amount", f"the tranches of {row.source} come to {whole}", "Correct one of them.")


def terms_are_meant(case: Case) -> Iterator[Doubt]:
    """What is given of a source has a meaning, and its days follow one another."""
    for position, row in enumerate(case.funding):
        without = {FundingKind.LOAN: (), FundingKind.EQUITY: OF_LOANS, FundingKind.TRANCHE: OF_SOURCES}[row.kind]
        for name in without:
            if getattr(row, name):
                message = f"{row.kind.value} {row.source}: its {name.replace('_', ' ')} counts for nothing"
                yield warning(Funding, position, name, message, "Clear the cell, or give it in the loan's own row.")
        if row.drawn > row.amount and row.kind is not FundingKind.TRANCHE:
            message = f"of {row.source} {money(row.drawn)} are drawn, more than its {money(row.amount)}"
            yield fault(Funding, position, "drawn", message, "Correct one of them.")
        if row.drawn and row.available_from is not None and row.available_from > case.settings.start_date:
            message = f"of {row.source} {money(row.drawn)} are drawn, and it cannot be drawn before {row.available_from}"
            yield fault(Funding, position, "drawn", message, "Correct one of them.")
        if row.kind is FundingKind.LOAN:
            yield from _days(case, position, row)


def _days(case: Case, position: int, row: Funding) -> Iterator[Doubt]:
    since = row.available_from or case.settings.start_date
    if row.repay_by is not None and row.repay_by <= since:
        message = f"{row.source} is repaid by {row.repay_by}, and cannot be drawn before {since}"
        yield fault(Funding, position, "repay_by", message, "Correct one of the days.")
    if row.repay_from is not None and row.repay_by is None:
        message = f"{row.source} is repaid from {row.repay_from}, but no day is given by which: it counts for nothing"
        yield warning(Funding, position, "repay_from", message, "Give the day by which it is repaid.")
    elif row.repay_from is not None and row.repay_by is not None and row.repay_from >= row.repay_by:
        message = f"{row.source} is repaid from {row.repay_from}, which is not before {row.repay_by}"
        yield fault(Funding, position, "repay_from", message, "Correct one of the days.")


def tranches_open(case: Case) -> Iterator[Doubt]:
    """What is drawn of a loan's tranches is open, and some of every loan can be drawn within the plan."""
    start, end = case.calendar.first_day(1), case.calendar.last_day(case.calendar.periods)
    for position, row in enumerate(case.funding):
        if row.kind is not FundingKind.LOAN:
            continue
        tranches = [part for part in case.funding if part.kind is FundingKind.TRANCHE and part.source == row.source]
        opened = sum(part.amount for part in tranches if part.available_from is None or part.available_from <= start)
        if tranches and opened < row.drawn <= row.amount:
            message = f"of {row.source} {money(row.drawn)} are drawn, and its tranches that are open come to {money(opened)}"
            yield fault(Funding, position, "drawn", message, "Correct it, or the tranches.")
        since = row.available_from or start
        if not any(part.amount and max(since, part.available_from or start) <= end for part in tranches or [row]):
            message = f"nothing of {row.source} can be drawn before the plan ends"
            yield warning(Funding, position, "amount", message, "Correct its days and tranches, or lengthen the plan.")


def advances_are_met(case: Case) -> Iterator[Doubt]:
    """Each row of Advances speaks of a material, and there is a loan that it limits."""
    known = set(case.material) | {row.group for row in case.materials}
    for position, row in enumerate(case.advances):
        if row.group is not None and row.group not in known:
            message = f"'{row.group}' is neither a material nor a group of materials"
            yield fault(Advance, position, "group", message, "Correct the name, or leave it blank for all others.")
    if case.advances and not any(row.kind is FundingKind.LOAN for row in case.funding):
        message = "no loan is there that stock could secure: the sheet has no effect"
        yield warning(Advance, 0, "in_depot", message, "Add the loan to Funding, or clear the sheet.")


def cash_has_sources(case: Case) -> Iterator[Doubt]:
    """What Settings say of cash has an effect."""
    for name in OF_CASH if not case.funding else ():
        if name in case.settings.model_fields_set and getattr(case.settings, name) != Settings.model_fields[name].default:
            message = f"without a Funding sheet no cash is planned: {name.replace('_', ' ')} counts for nothing"
            yield warning(Settings, None, name, message, "Fill Funding, or clear the cell.")
