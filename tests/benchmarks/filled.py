"""A synthetic case with rows on every sheet of the input workbook, as many as a user would have, each figure with its basis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from models.case import Case, table_of
from models.records import (
    Actual,
    ActualKind,
    Budget,
    Contingency,
    ContingencyKind,
    Decision,
    DecisionKind,
    Demand,
    Depot,
    Duty,
    Hardness,
    Hazard,
    Hits,
    InputChange,
    OpenOrder,
    Partner,
    PastPurchase,
    Payable,
    Previous,
    PriceBreak,
    PriceImpact,
    Record,
    columns,
)
from tests.benchmarks.danger import in_danger
from tests.benchmarks.financing import financed
from tests.benchmarks.generator import COVERED, FREE

AnyRecord = TypeVar("AnyRecord", bound=Record)

COMBINATIONS = 24
DEPOTS = 12
STEPPED, DECIDED = 4, 24
"""Every so many offers have price breaks; every so many are forbidden to the last trader."""


def filled(case: Case, seed: int) -> Case:
    """The case with money, members, scenarios and all else that a workbook can say."""
    random = Random(seed)
    whole = in_danger(financed(case, seed), COMBINATIONS, seed)
    whole = replace(
        whole,
        offers=tuple(row.model_copy(update={"tariff_code": _code(row.material), "duty_rate": 0.0}) for row in whole.offers),
        budgets=tuple(_budgets(whole)),
        price_breaks=tuple(_price_breaks(whole)),
        price_impact=tuple(_price_impact(whole)),
        duties=tuple(_duties(random, whole)),
        depots=tuple(Depot(depot=f"Depot {n + 1:02}", country="USA", rent=20.0 + n, handling_in=5.0) for n in range(DEPOTS)),
        open_orders=tuple(_open_orders(random, whole)),
        payables=(Payable(order="PO-000", due=case.calendar.first_day(2), amount=1000.0),),
        past_purchases=tuple(_past_purchases(case)),
        actuals=(Actual(date=case.settings.start_date, kind=ActualKind.RECEIVED, order="PO-001"),),
        previous=tuple(_previous(case)),
        input_changes=(InputChange(where="Offers", what="price", before="1", after="2"),),
        decisions=tuple(_decisions(whole)),
        demand=tuple(_demand(random, whole)),
        contingencies=tuple(_contingencies()),
        hazards=tuple(_hazards()),
        partners=tuple(_partners(whole)),
    )
    tables: dict[str, Any] = {table_of(record): tuple(map(_with_basis, rows)) for record, rows in whole.tables().items()}
    return replace(whole, **tables)


def _past_purchases(case: Case) -> Iterator[PastPurchase]:
    for offer in case.offers[:10]:
        yield PastPurchase(
            offer=offer.offer,
            trader=case.traders[0].trader,
            date=case.calendar.first_day(-2),
            quantity=max(1.0, offer.minimum_order),
        )


def _budgets(case: Case) -> Iterator[Budget]:
    """A ceiling for each trader, which nobody reaches."""
    assert case.settings.budget is not None
    for trader in case.traders:
        yield Budget(year=case.settings.start_date.year, trader=trader.trader, amount=case.settings.budget)


def _price_breaks(case: Case) -> Iterator[PriceBreak]:
    """Two steps, within what can be delivered."""
    for row in case.offers[::STEPPED]:
        for part, discount in ((0.4, 0.01), (0.7, 0.02)):
            quantity = float(f"{part * (row.capacity_per_period or 0.0):.4g}")
            yield PriceBreak(offer=row.offer, from_quantity=quantity, discount=discount)


def _code(material: str) -> str:
    return f"Code of {material}"


def _price_impact(case: Case) -> Iterator[PriceImpact]:
    """Two steps of market share for each material whose supply is known."""
    for row in case.materials:
        for share, uplift in ((0.05, 0.02), (0.1, 0.05)) if row.accessible_world_supply is not None else ():
            yield PriceImpact(material=row.material, from_share=share, uplift=uplift)


def _duties(random: Random, case: Case) -> Iterator[Duty]:
    """For each material's code: free entry or not, for all and for one country, and what is added for covered ones."""
    for material in case.materials:
        code, rate = _code(material.material), random.choice((0.0, 0.025, 0.05))
        yield Duty(tariff_code=code, kind="MFN", rate=rate)
        yield Duty(tariff_code=code, kind="MFN", origin="USA")
        for origin in COVERED:
            yield Duty(tariff_code=code, kind="Section 301", origin=origin, rate=0.25)
            yield Duty(tariff_code=code, kind="Anti-dumping", origin=origin, rate=0.1, from_date=case.calendar.first_day(7))


def _open_orders(random: Random, case: Case) -> Iterator[OpenOrder]:
    """One for each material, which arrives in the first months."""
    for number, material in enumerate(case.materials, 1):
        offer = case.offers_of[material.material][0]
        yield OpenOrder(
            order=f"PO-{number:03}", material=material.material, offer=offer.offer, trader=case.traders[0].trader,
            quantity=float(f"{material.annual_demand / 50:.4g}"), price=material.benchmark_price or 0.0,
            arrival=case.settings.start_date + timedelta(days=random.randint(10, 60)),
        )  # fmt: skip


def _previous(case: Case) -> Iterator[Previous]:
    """What the last plan orders on every offer in the second month."""
    for row in case.offers:
        yield Previous(
            material=row.material, offer=row.offer, trader=case.traders[0].trader, quantity=1.0,
            period=case.calendar.first_day(2),
        )  # fmt: skip


def _demand(random: Random, case: Case) -> Iterator[Demand]:
    """Month by month, about a twelfth of the year's."""
    for material in case.materials:
        for t in case.calendar.horizon:
            quantity = float(f"{material.annual_demand / 12 * random.uniform(0.95, 1.05):.4g}")
            yield Demand(material=material.material, date=case.calendar.first_day(t), quantity=quantity)


def _decisions(case: Case) -> Iterator[Decision]:
    """The last trader must not buy some offers."""
    for row in case.offers[::DECIDED]:
        yield Decision(offer=row.offer, trader=case.traders[-1].trader, kind=DecisionKind.FORBID, reason="benchmark")


def _contingencies() -> Iterator[Contingency]:
    """The loss of any one country, and of any one supplier."""
    for kind in (ContingencyKind.EACH_COUNTRY, ContingencyKind.EACH_SUPPLIER):
        yield Contingency(contingency=kind.value, kind=kind, days_to_survive=20, hardness=Hardness.SOFT)


def _hazards() -> Iterator[Hazard]:
    """One for each country."""
    for code in (*FREE, *COVERED):
        yield Hazard(hazard=f"Hazard of {code}", hits=Hits.COUNTRY, name=code, frequency=0.2, length_days=180.0)


def _partners(case: Case) -> Iterator[Partner]:
    """An allied stockpile of every material."""
    for row in case.materials:
        yield Partner(partner="Allied stockpile", material=row.material, quantity=row.annual_demand / 10, share_on_call=0.2)


def _with_basis(row: AnyRecord) -> AnyRecord:
    """The row with a basis for each of its figures."""
    figures = (item.name for item in columns(type(row)) if item.is_figure and item.name in row.model_fields_set)
    return row.model_copy(update={"basis": dict.fromkeys(figures, "assumed")})
