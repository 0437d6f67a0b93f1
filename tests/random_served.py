"""Seeded random cases with members and money besides: what Project Vault is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from models.case import Case
from models.records import (
    Advance,
    CallOff,
    Commitment,
    DemandUse,
    Duty,
    EquityOrder,
    Funding,
    FundingKind,
    Incoterm,
    Member,
    PriceImpact,
)
from tests.cases import first
from tests.random_cases import Maker


def served(seed: int) -> Case:
    """Random cases with members, what they are entitled to and call off, delivery terms, duties, loans and equity; and with
    what can still be changed of orders, and of lots."""
    maker = _Maker(Random(seed))
    return maker.arranged(maker.financed(maker.drawn_on(maker.charged(maker.shared(maker.everything())))))


class _Maker(Maker):
    """Draws one case, and adds to it."""

    def shared(self, case: Case) -> Case:
        """The case, sometimes with members, one of whom may take clean origin only, and what they are entitled to."""
        random = self.random
        members = Member(member="A", clean_origin_only=random.random() < 0.5), Member(member="B", priority=2)
        rows = tuple(
            Commitment(
                member=row.member, material=i, quantity=random.choice((0, 4, 12)), from_date=self.sometimes(first(2), 0.3),
                to_date=self.sometimes(first(3), 0.2), gap_penalty=self.sometimes(60),
            )
            for row in members for i in self.names if random.random() < 0.5
        )  # fmt: skip
        return replace(case, members=members, commitments=rows) if random.random() < 0.6 else case

    def charged(self, case: Case) -> Case:
        """The case, sometimes with delivery terms, and duties by tariff code and origin."""
        random = self.random
        narrower = tuple(
            Duty(
                tariff_code="T", origin=origin, kind=kind, rate=random.choice((0.0, 0.05)), specific_duty=random.choice((0, 1)),
                minimum_import_price=self.sometimes(12, 0.3), from_date=self.sometimes(first(2), 0.3),
            )
            for origin in ("CHN", "G7") for kind in ("MFN", "301") if random.random() < 0.6
        )  # fmt: skip
        rows = (Duty(tariff_code="T", kind="MFN", rate=random.choice((0.0, 0.02))), *narrower)
        terms = ("CIF", "DAP", "DDP", "FOB", None)
        offers = tuple(
            row.model_copy(update={"incoterm": self.sometimes(Incoterm(term)) if (term := random.choice(terms)) else None,
                                   "tariff_code": self.sometimes("T")})
            for row in case.offers
        )  # fmt: skip
        return replace(case, offers=offers, duties=rows) if random.random() < 0.5 else case

    def drawn_on(self, case: Case) -> Case:
        """The case, sometimes with call-offs of what only measures cover."""
        random, rows = self.random, []
        for row in case.commitments if random.random() < 0.5 else ():
            t = random.randint(1, self.periods)
            if row.from_date is None and row.to_date is None and case.material[row.material].demand_use is DemandUse.COVER_ONLY:
                rows.append(CallOff(member=row.member, material=row.material, date=first(t * case.calendar.months),
                                    quantity=min(row.quantity, random.randint(1, 4))))  # fmt: skip
        return replace(case, call_offs=tuple(rows)).with_settings(carry_rate=random.choice((0.0, 0.1)))

    def financed(self, case: Case) -> Case:
        """The case, sometimes with a loan in tranches, equity, and what lenders advance."""
        random = self.random
        if random.random() < 0.4:
            return case
        loan = Funding(
            source="loan", kind=FundingKind.LOAN, amount=random.choice((300, 2000)), rate=random.choice((0.0, 0.06, -0.02)),
            commitment_fee=random.choice((0.0, 0.01)), upfront_fee=random.choice((0.0, 0.01)),
            drawn=random.choice((0.0, 50.0)), repay_by=self.sometimes(first(random.randint(2, 12)), 0.3),
        )  # fmt: skip
        tranches = (
            Funding(source="loan", kind=FundingKind.TRANCHE, amount=loan.amount / 2),
            Funding(source="loan", kind=FundingKind.TRANCHE, amount=loan.amount / 2, available_from=first(2)),
        )
        equity = Funding(source="equity", kind=FundingKind.EQUITY, amount=random.choice((100, 600)))
        rows = (loan, *(tranches if random.random() < 0.4 else ()), *((equity,) if random.random() < 0.6 else ()))
        advances = (Advance(in_depot=0.8, in_transit=0.5, haircut=random.choice((0.0, 0.1))),)
        order = random.choice((EquityOrder.EQUITY_FIRST, EquityOrder.EQUITY_FIRST, EquityOrder.PRO_RATA))
        case = case.with_settings(opening_cash=random.choice((100.0, 1500.0)), minimum_cash=self.random.choice((0.0, 20.0)),
                                  equity_order=order)  # fmt: skip
        return replace(case, funding=rows, advances=advances if random.random() < 0.5 else ())

    def arranged(self, case: Case) -> Case:
        """The case, with traders' terms, shelf lives, steps of market share, orders that can be changed and lots that vary."""
        random = self.random
        orders = tuple(order.model_copy(update={
            "cancellable": random.random() < 0.3, "cancel_fee": float(random.randint(0, 9)),
            "deferrable": random.choice((0, 0, 1, 2)), "defer_fee": random.choice((0.0, 3.0)),
        }) for order in case.open_orders)  # fmt: skip
        steps = tuple(
            PriceImpact(material=i, from_share=share, uplift=uplift) for i in self.names if random.random() < 0.4
            for share, uplift in ((0.05, 0.1), (0.2, 0.3))
        )  # fmt: skip
        traders = tuple(row.model_copy(update={
            "credit_days": random.choice((0.0, 0.0, 40.0)), "credit_rate": random.choice((0.0, 0.1)),
        }) for row in case.traders)  # fmt: skip
        depots = tuple(row.model_copy(update={"related_trader": random.choice((None, "f0"))}) for row in case.depots)
        materials = tuple(row.model_copy(update={
            "shelf_life": self.sometimes(random.choice((2, 3, 6)), 0.3), "rotation_haircut": self.sometimes(0.2),
        }) for row in case.materials)  # fmt: skip
        stock = tuple(row.model_copy(update={"received": self.sometimes(date(2026, 12, 1), 0.3)}) for row in case.opening_stock)
        case = replace(case, materials=materials, opening_stock=stock, price_impact=steps, traders=traders, depots=depots)
        offers = tuple(row.model_copy(update={"lot_tolerance": random.choice((0.0, 0.1))}) for row in case.offers)
        return replace(case, open_orders=orders, offers=offers)
