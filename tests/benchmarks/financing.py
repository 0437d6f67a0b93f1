"""Money and members for the synthetic cases: equity and a loan on the stock pay, and members are entitled to what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from models.case import Case
from models.records import Advance, CallOff, Commitment, DemandUse, Funding, FundingKind, Member

EQUITY, LOAN = ((0.0, 0.48), (0.5, 0.4)), 0.12
"""Equity, by the part of the horizon from which it is there, and the loan, as parts of the binding budget: together they are no
more than that, which is 87 % of what all else would cost. Most materials are used up, so that lenders advance little."""
TRANCHES = ((0.0, 0.6), (0.5, 0.2), (0.75, 0.2))
"""Parts of the loan, by the part of the horizon from which they can be drawn."""
MEMBERS, DAYS, WITHOUT = 10, 30, 10
"""Members; days of demand that those of a material are entitled to together at most; every so many materials have none."""
DRAWN = 3
"""Every so many of the commitments to materials that are not used up are drawn on."""


def financed(case: Case, seed: int) -> Case:
    """A case with a binding budget, and money no larger than it: equity first, then a loan that opens in tranches, and that is
    never more than what lenders advance on stock and goods on the way."""
    random = Random(seed)
    members = tuple(
        Member(member=f"Member {n + 1:02}", priority=n % 3 + 1, clean_origin_only=n % 5 == 0, entry_fee=1e6)
        for n in range(MEMBERS)
    )
    commitments = tuple(_commitments(random, case, members))
    return replace(
        case,
        settings=case.settings.model_copy(update={"carry_rate": 0.05, "minimum_cash": 25e6}),
        funding=tuple(_funding(case)),
        advances=(Advance(in_depot=0.8, in_transit=0.6), Advance(group="Group 1", in_depot=0.7, in_transit=0.5, haircut=0.1)),
        members=members,
        commitments=commitments,
        call_offs=tuple(_call_offs(random, case, commitments)),
    )


def _funding(case: Case) -> Iterator[Funding]:
    """Equity, a loan, and the tranches of the loan."""
    budget, calendar = case.settings.budget, case.calendar
    assert budget is not None
    loan = Funding(source="Loan", kind=FundingKind.LOAN, amount=round(LOAN * budget), rate=0.06, commitment_fee=0.005,
                   upfront_fee=0.005)  # fmt: skip
    yield loan
    for kind, amount, parts in ((FundingKind.EQUITY, budget, EQUITY), (FundingKind.TRANCHE, loan.amount, TRANCHES)):
        for number, (begins, share) in enumerate(parts, 1):
            day = calendar.first_day(1 + round(begins * calendar.periods))
            source = "Loan" if kind is FundingKind.TRANCHE else f"Equity {number}"
            yield Funding(source=source, kind=kind, amount=round(share * amount), available_from=day)


def _commitments(random: Random, case: Case, members: tuple[Member, ...]) -> Iterator[Commitment]:
    """Two or three members for most materials."""
    for number, material in enumerate(case.materials, 1):
        for member in random.sample(members, random.choice((2, 3))) if number % WITHOUT else ():
            share = round(random.uniform(0.1, 1.0 / 3.0), 2)
            quantity = float(f"{material.annual_demand * share * DAYS / 365:.4g}")
            yield Commitment(member=member.member, material=material.material, quantity=quantity, demand_share=share)


def _call_offs(random: Random, case: Case, commitments: tuple[Commitment, ...]) -> Iterator[CallOff]:
    """A fifth of what the member is entitled to, some time in the second half of the horizon."""
    kept = [row for row in commitments if case.material[row.material].demand_use is DemandUse.COVER_ONLY]
    for row in kept[::DRAWN]:
        period = random.randint(case.calendar.periods // 2 + 1, case.calendar.periods)
        day, quantity = case.calendar.first_day(period), float(f"{row.quantity / 5:.4g}")
        yield CallOff(member=row.member, material=row.material, date=day, quantity=quantity)
