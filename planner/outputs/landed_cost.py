"""Sheet Landed cost: what a unit of each offer costs until it lies in the depot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from models.audit import order_periods, quoted
from models.case import Case
from models.plan import Plan
from models.records import Offer, Price, PriceBreak, columns
from planner.outputs.purchases import origin_class, price_basis
from planner.outputs.schema import Row, Shown

HEADINGS = {item.name: item.heading for record in (Offer, Price) for item in columns(record)}


@dataclass(frozen=True)
class LandedCostRow(Row):
    """One offer over a run of order periods with the same price; the trader's fee comes on top."""

    sheet: ClassVar[str] = "Landed cost"

    material: Annotated[str, Shown("Material offered.")]
    offer: Annotated[str, Shown("The quote.")]
    supplier: Annotated[str, Shown("Company that sells.")]
    first: Annotated[str, Shown("First order period at this price.", heading="from")]
    last: Annotated[str, Shown("Last order period at this price.", heading="to")]
    unit: Annotated[str, Shown("Unit of the material.")]
    price: Annotated[float, Shown("Price of the offer, before price breaks.", "price", unit="USD/unit")]
    price_basis: Annotated[str, Shown("What the input says of the price: source, estimate or assumed; blank: nothing.")]
    freight: Annotated[float, Shown("Freight.", "price", unit="USD/unit")]
    insurance: Annotated[float, Shown("Insurance on the way.", "price", unit="USD/unit")]
    handling: Annotated[float, Shown("Handling on the way.", "price", unit="USD/unit")]
    assay: Annotated[float, Shown("Sampling and assay.", "price", unit="USD/unit")]
    duty_rate: Annotated[float, Shown("Duty as a share of the price.", "share", unit="share")]
    duty: Annotated[float, Shown("Duty rate × price.", "price", unit="USD/unit")]
    landed_cost: Annotated[
        float, Shown("Sum of price, freight, insurance, handling, assay and duty.", "price", unit="USD/unit")
    ]
    price_breaks: Annotated[str, Shown("Steps of the price.", "sentence")]
    index: Annotated[str, Shown("Index that the price follows; blank: a fixed price.")]
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
    """Every offer that can be ordered, by material and offer, one row for each run of equal price."""
    case = plan.case
    ordered: dict[tuple[str, int], float] = {}
    for row in plan.purchases:
        ordered[row.offer, row.period] = ordered.get((row.offer, row.period), 0.0) + row.quantity
    rows: list[LandedCostRow] = []
    for offer in sorted(case.offers, key=lambda offer: (offer.material, offer.offer)):
        begins = len(rows)
        for period, day in order_periods(case, offer):
            price, name = quoted(case, offer, day), case.calendar.name(period)
            bought = ordered.get((offer.offer, period), 0.0)
            basis = price_basis(case, offer, day)
            if len(rows) > begins and (rows[-1].price, rows[-1].price_basis) == (price, basis):
                rows[-1] = replace(rows[-1], last=name, bought=rows[-1].bought + bought)
            else:
                rows.append(_row(case, offer, price, basis, name, bought))
    return tuple(rows)


def _row(case: Case, offer: Offer, price: float, basis: str, period: str, bought: float) -> LandedCostRow:
    duty = price * offer.duty_rate
    return LandedCostRow(
        material=offer.material, offer=offer.offer, supplier=offer.supplier, first=period, last=period,
        unit=case.material[offer.material].unit,
        price=price, price_basis=basis, freight=offer.freight, insurance=offer.insurance, handling=offer.handling,
        assay=offer.assay_cost, duty_rate=offer.duty_rate, duty=duty,
        landed_cost=price + offer.freight + offer.insurance + offer.handling + offer.assay_cost + duty,
        price_breaks="; ".join(_step(row) for row in case.breaks_of.get(offer.offer, ())),
        index=offer.index or "",
        capacity=offer.capacity_per_period,
        other_bases="; ".join(_bases(offer)),
        class_=origin_class(case, offer),
        bought=bought,
    )  # fmt: skip


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
