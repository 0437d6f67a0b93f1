"""Sheet Landed cost: what a unit of each offer costs until it lies in the depot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, ClassVar

from models.audit import arrival_day, due_day, index_on, order_periods, quoted, quoted_units
from models.case import Case
from models.plan import Plan
from models.quotes import quote
from models.records import FundingKind, Offer, Price, PriceBreak, columns
from planner.outputs.purchases import origin_class, price_basis
from planner.outputs.schema import Row, Shown

HEADINGS = {item.name: item.heading for record in (Offer, Price) for item in columns(record)}


@dataclass(frozen=True)
class LandedCostRow(Row):
    """One offer over a run of order periods with the same price and duties; the trader's fee comes on top."""

    sheet: ClassVar[str] = "Landed cost"

    material: Annotated[str, Shown("Material offered.")]
    offer: Annotated[str, Shown("The quote.")]
    supplier: Annotated[str, Shown("Company that sells.")]
    first: Annotated[str, Shown("First order period at this price.", heading="from")]
    last: Annotated[str, Shown("Last order period at this price.", heading="to")]
    unit: Annotated[str, Shown("Unit of the material.")]
    index: Annotated[str, Shown("Index that the price follows; blank: a fixed price.")]
    index_price: Annotated[
        float | None,
        Shown("What the index counts as: the quotation of the day, or the mean of the month.", "price"),
    ]
    quotation: Annotated[str, Shown("Which month's mean the index counts as; blank: the quotation of the day of order.")]
    premium: Annotated[float | None, Shown("Added to the index, per the price's unit.", "price")]
    floor: Annotated[float | None, Shown("Least that index and premium count as; blank: none.", "price")]
    cap: Annotated[float | None, Shown("Most that they count as; blank: none.", "price")]
    upside_share: Annotated[float | None, Shown("Share of what is above the floor that the seller gives back.", "share")]
    quoted_per: Annotated[str, Shown("Unit that index, premium, floor and cap are per.")]
    quoted_units: Annotated[float, Shown("How many of these are one unit of the material.", "figure")]
    price: Annotated[
        float,
        Shown(
            "Price of the offer per unit of the material, before price breaks: quoted units × the fixed price, or index and "
            "premium, within floor and cap, less the upside share of what is above the floor.",
            "price",
            unit="USD/unit",
        ),
    ]
    price_basis: Annotated[str, Shown("What the input says of the price: source, estimate or assumed; blank: nothing.")]
    liquidity: Annotated[str, Shown("How much is traded at the index's price, as the input says.")]
    incoterm: Annotated[str, Shown("Delivery term; blank: freight, insurance, handling and duty are all paid on top.")]
    freight: Annotated[float, Shown("Freight that the buyer pays.", "price", unit="USD/unit")]
    insurance: Annotated[float, Shown("Insurance on the way that the buyer pays.", "price", unit="USD/unit")]
    handling: Annotated[float, Shown("Handling on the way that the buyer pays.", "price", unit="USD/unit")]
    assay: Annotated[float, Shown("Sampling and assay.", "price", unit="USD/unit")]
    inspection: Annotated[float, Shown("Inspection and supervision.", "price", unit="USD/unit")]
    contained: Annotated[
        float,
        Shown(
            "Freight, insurance and handling that the seller pays by the delivery term, and that are no part of the customs "
            "value.",
            "price",
            unit="USD/unit",
            heading="way in price",
        ),
    ]
    customs_value: Annotated[
        float, Shown("What duty is charged on: the price less what it contains of the way.", "price", unit="USD/unit")
    ]
    duty_rate: Annotated[float, Shown("All duties on the value, as a share of it.", "share", unit="share")]
    specific_duty: Annotated[float, Shown("All duties on the quantity.", "price", unit="USD/unit")]
    below_minimum: Annotated[
        float,
        Shown(
            "What the customs value is below a minimum import price.",
            "price",
            unit="USD/unit",
            heading="below minimum import price",
        ),
    ]
    duty: Annotated[
        float,
        Shown(
            "Duty rate × customs value + specific duty + what the value is below a minimum import price.",
            "price",
            unit="USD/unit",
        ),
    ]
    landed_cost: Annotated[
        float, Shown("Sum of price, freight, insurance, handling, assay, inspection and duty.", "price", unit="USD/unit")
    ]
    finance_days: Annotated[
        float, Shown("Days from payment to arrival; below zero: days of credit after it.", "days", unit="days")
    ]
    finance: Annotated[
        float,
        Shown(
            "What the money costs over these days, at the loans' dearest rate or else the discount rate: beside landed cost, "
            "for comparing quotes. The plan counts time by interest and due dates.",
            "price",
            unit="USD/unit",
        ),
    ]
    price_breaks: Annotated[str, Shown("Steps of the price.", "sentence")]
    capacity: Annotated[float | None, Shown("Most it delivers per period; blank: no limit.", "quantity", unit="unit/period")]
    other_bases: Annotated[
        str,
        Shown(
            "Figures of the offer other than the price that the input marks as estimate or assumed.",
            "sentence",
            heading="figures not from a source",
        ),
    ]
    class_: Annotated[str, Shown("restricted or open, as in Purchases.", heading="class", mark="words")]
    bought: Annotated[float, Shown("Quantity that the plan orders in these periods.", "quantity", unit="unit")]


def landed_cost_rows(plan: Plan) -> tuple[LandedCostRow, ...]:
    """Every offer that can be ordered, by material and offer, one row for each run of equal prices and duties."""
    case = plan.case
    ordered: dict[tuple[str, int], float] = {}
    for one in plan.purchases:
        ordered[one.offer, one.period] = ordered.get((one.offer, one.period), 0.0) + one.quantity
    rows: list[LandedCostRow] = []
    for offer in sorted(case.offers, key=lambda offer: (offer.material, offer.offer)):
        begins = len(rows)
        for period, day in order_periods(case, offer):
            name, bought = case.calendar.name(period), ordered.get((offer.offer, period), 0.0)
            row = _row(case, offer, day, name, bought)
            if len(rows) > begins and replace(rows[-1], first=name, last=name, bought=bought) == row:
                rows[-1] = replace(rows[-1], last=name, bought=rows[-1].bought + bought)
            else:
                rows.append(row)
    return tuple(rows)


def _row(case: Case, offer: Offer, day: date, period: str, bought: float) -> LandedCostRow:
    price, arrives = quoted(case, offer, day), arrival_day(offer, day)
    beside = quote(case, offer, price, arrives)
    days = (arrives - due_day(offer, day)).days
    return LandedCostRow(
        material=offer.material, offer=offer.offer, supplier=offer.supplier, first=period, last=period,
        unit=case.material[offer.material].unit, index=offer.index or "",
        index_price=None if offer.index is None else index_on(case, offer, day),
        quotation=_quotation(offer), premium=None if offer.index is None else offer.premium,
        floor=offer.floor, cap=offer.cap, upside_share=offer.upside_share or None,
        quoted_per=str(offer.quoted_per or case.material[offer.material].unit), quoted_units=quoted_units(case, offer),
        price=price, price_basis=price_basis(case, offer, day), liquidity=_liquidity(case, offer, day),
        incoterm=str(offer.incoterm or ""), freight=beside.freight, insurance=beside.insurance, handling=beside.handling,
        assay=beside.assay, inspection=beside.inspection,
        contained=price - beside.customs_value, customs_value=beside.customs_value,
        duty_rate=beside.ad_valorem, specific_duty=beside.specific, below_minimum=beside.below_minimum,
        duty=beside.duty, landed_cost=price + beside.total,
        finance_days=days, finance=price * _rate_of_money(case) * days / 365,
        price_breaks="; ".join(_step(row) for row in case.breaks_of.get(offer.offer, ())),
        capacity=offer.capacity_per_period,
        other_bases="; ".join(_bases(offer)),
        class_=origin_class(case, offer),
        bought=bought,
    )  # fmt: skip


def _quotation(offer: Offer) -> str:
    """`mean of the month 1 after arrival`, `mean of the month of order`."""
    if offer.index is None or offer.quotation_months is None:
        return ""
    months = offer.quotation_months
    distance = f"{abs(months)} {'after' if months > 0 else 'before'}" if months else "of"
    return f"mean of the month {distance} {offer.quotation_from.value}"


def _liquidity(case: Case, offer: Offer, day: date) -> str:
    """What the input says of how much is traded at the index's price of a day."""
    rows = [row for row in case.prices if row.index == offer.index and row.date <= day]
    return max(rows, key=lambda row: row.date).liquidity if rows else ""


def _rate_of_money(case: Case) -> float:
    """What money costs in a year: the loans' dearest rate, or without loans the discount rate."""
    rates = [row.rate for row in case.funding if row.kind is FundingKind.LOAN]
    return max(rates, default=case.settings.discount_rate)


def _step(row: PriceBreak) -> str:
    """`from 100: USD 290 (all units, order)`."""
    price = f"USD {row.price:,.15g}" if row.price is not None else f"{-(row.discount or 0.0) * 100:+.6g} %"
    return f"from {row.from_quantity:,.15g}: {price} ({row.kind.value}, {row.basis_.value})"


def _bases(offer: Offer) -> list[str]:
    """`estimate: freight, duty rate`: the figures but the price that do not come from a source."""
    found: dict[str, list[str]] = {}
    for name, basis in offer.basis.items():
        if basis != "source" and name != "price":
            found.setdefault(basis, []).append(HEADINGS.get(name, name))
    return [f"{basis}: {', '.join(names)}" for basis, names in sorted(found.items())]
