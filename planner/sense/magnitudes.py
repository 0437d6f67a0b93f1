"""Figures that look a thousand times off, or like percentages typed as numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from models.case import Case
from models.landed_cost import benchmark
from models.records import (
    Commitment,
    Duty,
    Funding,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Partner,
    PriceBreak,
    PriceImpact,
    Record,
    Settings,
    Trader,
)
from models.wording import figure, percent
from planner.sense.doubt import Doubt, money, warning
from planner.sense.prices import first_quoted, order_prices
from planner.sense.supply import Source, sources

FAR = 20
"""How many times a price may be another of the same material before it looks like another unit's."""
YEARS = 100
"""Years of demand above which a quantity looks like another unit's."""
RATES = ("rate", "commitment_fee", "upfront_fee")
"""What loans cost, as shares."""
OTHER_UNITS: Mapping[str, tuple[str, float]] = {
    "t": ("kg", 1e3), "kg": ("t", 1e-3), "g": ("kg", 1e-3), "lb": ("t", 4.5359237e-4), "kt": ("t", 1e3),
}  # fmt: skip
"""For each unit the one that is taken for it, and how many of those it is."""


def prices_fit_benchmark(case: Case) -> Iterator[Doubt]:
    """The prices of a material's offers are of the order of its benchmark, or of each other."""
    by_material: dict[str, list[tuple[Source, float]]] = defaultdict(list)
    for source in sources(case).values():
        own = next((value for value in order_prices(case, source) if value), None)
        if own is not None:
            by_material[source.offer.material].append((source, own))
        elif source.offer.price == 0.0:
            message = f"offer {source.offer.offer}: its price is 0, so that the plan takes it for free metal"
            yield warning(Offer, source.row, "price", message, "Check the price.")
    for material, found in by_material.items():
        reference, what = _reference(case, material, [own for _, own in found])
        for source, own in found:
            if reference and not 1 / FAR <= own / reference <= FAR:
                column = "price" if source.offer.index is None else "index"
                message = f"offer {source.offer.offer}: {_compared(case, material, own, reference, what)}"
                yield warning(Offer, source.row, column, message, "Check the price and its unit.")
            yield from _extras(case, source, own)
    positions = {id(step): row for row, step in enumerate(case.price_breaks)}
    owns = {source.offer.offer: own for found in by_material.values() for source, own in found}
    for step in case.price_breaks:
        own = owns.get(step.offer)
        if step.price and own and not 1 / FAR <= step.price / own <= FAR:
            material = case.offer[step.offer].material
            message = f"a break of offer {step.offer}: {_compared(case, material, step.price, own, 'own price')}"
            yield warning(PriceBreak, positions[id(step)], "price", message, "Check the price and its unit.")


def own_prices_fit_benchmark(case: Case) -> Iterator[Doubt]:
    """What members pay, what stock has cost and what is due for open orders are of the order of the benchmark."""
    figures: list[tuple[type[Record], int, str, str, float | None]] = []
    for row, commitment in enumerate(case.commitments):
        figures.append((Commitment, row, "strike_price", commitment.material, commitment.strike_price))
    for row, lot in enumerate(case.opening_stock):
        figures.append((OpeningStock, row, "unit_cost", lot.material, lot.unit_cost))
    for row, order in enumerate(case.open_orders):
        figures.append((OpenOrder, row, "price", order.material, order.price or None))
    for record_type, row, column, material, own in figures:
        reference, what = _reference(case, material, ())
        if own is not None and reference and not 1 / FAR <= own / reference <= FAR:
            message = f"{column.replace('_', ' ')}: {_compared(case, material, own, reference, what)}"
            yield warning(record_type, row, column, message, "Check the price and its unit.")


def quantities_fit_demand(case: Case) -> Iterator[Doubt]:
    """Orders and stocks of a material are not many years of its demand, nor its demand many years of the world's supply."""
    yearly = _yearly_demand(case)
    for row, record in enumerate(case.materials):
        supply = record.accessible_world_supply
        if supply and yearly[record.material] > FAR * supply:
            demand, unit = yearly[record.material], record.unit
            message = (
                f"{record.material}: demand of {figure(demand)} {unit} a year is {figure(demand / supply)} times the "
                f"accessible world supply of {figure(supply)} {unit}"
            )
            yield warning(Material, row, "accessible_world_supply", message, "Check the unit of both.")
    for record_type, row, material, column, quantity in _quantities(case):
        if yearly[material] and quantity > YEARS * yearly[material]:
            unit = case.material[material].unit
            message = (
                f"{material}: {column.replace('_', ' ')} of {figure(quantity)} {unit} is "
                f"{figure(quantity / yearly[material])} times a year's demand of {figure(yearly[material])} {unit}"
            )
            yield warning(record_type, row, column, message, f"Check both figures, and that they are in {unit}.")


def shares_look_meant(case: Case) -> Iterator[Doubt]:
    """Fees, duties and rates are not percentages typed without their sign."""
    figures: list[tuple[type[Record], int | None, str, float | None, float]] = [
        *((Trader, row, "fee", record.fee, 0.25) for row, record in enumerate(case.traders)),
        *((Offer, row, "duty_rate", record.duty_rate, 3.0) for row, record in enumerate(case.offers)),
        *((Duty, row, "rate", record.rate, 3.0) for row, record in enumerate(case.duties)),
        *((Material, row, "loss_rate", record.loss_rate, 0.5) for row, record in enumerate(case.materials)),
        *((PriceImpact, row, "uplift", record.uplift, 1.0) for row, record in enumerate(case.price_impact)),
        *((Funding, row, name, getattr(record, name), 0.25) for row, record in enumerate(case.funding) for name in RATES),
        *((Trader, row, "credit_rate", record.credit_rate, 0.5) for row, record in enumerate(case.traders)),
        (Settings, None, "carry_rate", case.settings.carry_rate, 0.5),
        (Settings, None, "discount_rate", case.settings.discount_rate, 0.5),
    ]
    for record_type, row, column, value, usual in figures:
        if value is not None and value >= usual:
            what = column.replace("_", " ")
            message = f"a {what} of {percent(value)} is unusually high; {figure(value)} % would be {figure(value / 100)}"
            yield warning(record_type, row, column, message, "Type percentages with their sign, or as shares.")


def _reference(case: Case, material: str, prices: Sequence[float]) -> tuple[float, str]:
    """What the prices of a material are compared with, and what it is; 0 if there is nothing."""
    record, start = case.material[material], case.settings.start_date
    if record.benchmark_index is not None:
        begins = first_quoted(case)[record.benchmark_index]
        return benchmark(case, material, max(start, begins)), f"benchmark, index {record.benchmark_index},"
    if record.benchmark_price is not None:
        return record.benchmark_price, "benchmark price"
    return (median(prices), "usual price of its offers") if len(prices) >= 3 else (0.0, "")


def _compared(case: Case, material: str, own: float, reference: float, what: str) -> str:
    """Two prices that are far apart, with the other unit in which one of them would fit."""
    unit = case.material[material].unit
    words = f"{money(own)} per {unit} of {material} is {figure(own / reference)} times the {what} of {money(reference)}"
    other, parts = OTHER_UNITS.get(unit, ("", 1.0))
    if other and 1 / FAR <= own * parts / reference <= FAR:
        return f"{words}; if it is USD per {other}, it is {money(own * parts)} per {unit}"
    return words


def _extras(case: Case, source: Source, own: float) -> Iterator[Doubt]:
    """What is added to a price on the way is not many times the price."""
    offer = source.offer
    for column in ("freight", "insurance", "handling", "assay_cost", "inspection_cost"):
        cost = getattr(offer, column)
        if cost > FAR * own:
            unit = case.material[offer.material].unit
            message = (
                f"offer {offer.offer}: {column.replace('_', ' ')} of {money(cost)} per {unit} is {figure(cost / own)} times "
                f"its price of {money(own)}"
            )
            yield warning(Offer, source.row, column, message, f"Check that it is per {unit}, not for a whole order.")


def _yearly_demand(case: Case) -> dict[str, float]:
    """Demand per year of each material, in its unit: dated rows over the time that they span, or the flat figure."""
    dated: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in case.demand:
        dated[row.material][case.calendar.period_of(row.date)] += row.quantity
    found = {}
    for record in case.materials:
        rows = dated.get(record.material)
        mean = sum(rows.values()) / len(rows) / case.calendar.year_fraction if rows else record.annual_demand
        found[record.material] = mean
    return found


def _quantities(case: Case) -> Iterator[tuple[type[Record], int, str, str, float]]:
    """Quantities that demand can be compared with: record, row, material, column and the quantity."""
    for row, offer in enumerate(case.offers):
        yield Offer, row, offer.material, "minimum_order", offer.minimum_order
        if offer.capacity_per_period is not None:
            yearly = offer.capacity_per_period / case.calendar.year_fraction
            yield Offer, row, offer.material, "capacity_per_period", yearly / FAR
    for row, stock in enumerate(case.opening_stock):
        yield OpeningStock, row, stock.material, "quantity", stock.quantity
    for row, order in enumerate(case.open_orders):
        yield OpenOrder, row, order.material, "quantity", order.quantity
    for row, commitment in enumerate(case.commitments):
        yield Commitment, row, commitment.material, "quantity", commitment.quantity
    for row, partner in enumerate(case.partners):
        yield Partner, row, partner.material, "quantity", partner.quantity * partner.share_on_call
