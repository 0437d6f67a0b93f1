"""Sheet Purchases: the buy list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, ClassVar

from models.audit import due_day, last_valid
from models.case import Case
from models.classes import is_restricted
from models.decisions import Purchase
from models.lots import lots_of
from models.plan import Line, Plan
from models.records import UNKNOWN, Offer
from planner.outputs.deliveries import deliveries
from planner.outputs.fills import fills
from planner.outputs.savings import Saving, savings
from planner.outputs.schema import Row, Shown


@dataclass(frozen=True)
class PurchaseRow(Row):
    """One order that a trader places on an offer."""

    sheet: ClassVar[str] = "Purchases"
    keys: ClassVar[int] = 4

    trader: Annotated[str, Shown("Firm that buys.")]
    material: Annotated[str, Shown("Material bought.")]
    offer: Annotated[str, Shown("Quote that is ordered on.")]
    ordered_in: Annotated[str, Shown("Period in which the order is placed; budgets count by it.", heading="period ordered")]
    order: Annotated[str, Shown("Number of the order, by which Actuals and later plans know it.")]
    supplier: Annotated[str, Shown("Company that sells.")]
    order_date: Annotated[
        date, Shown("Day on which the plan places the order: the first of the period on which the offer is valid.", "date")
    ]
    latest_order_date: Annotated[
        date,
        Shown(
            "Last day of the same period on which it can be ordered and still arrive in the period planned: "
            "the offer's validity, the supplier's KYC check, lead and licence days.",
            "date",
        ),
    ]
    quote_expiry: Annotated[date | None, Shown("Last day on which the quote holds; blank: no expiry.", "date")]
    arrives_in: Annotated[str, Shown("Period in which it arrives.", heading="period arriving")]
    arrival_date: Annotated[date, Shown("Order date plus lead and licence days.", "date")]
    deliver_to: Annotated[
        str,
        Shown("Depot that takes it in, with quantities where there are several; blank: the input has no depots.", "sentence"),
    ]
    supplier_due: Annotated[
        date,
        Shown(
            "Day on which the trader pays the supplier; what is due later is the trader's credit.",
            "date",
            heading="supplier paid",
        ),
    ]
    payment_due: Annotated[date, Shown("Day on which the stockpile pays the price.", "date")]
    quantity: Annotated[float, Shown("Quantity ordered.", "quantity", unit="unit")]
    unit: Annotated[str, Shown("Unit of the material.")]
    lots: Annotated[int | None, Shown("Number of whole lots; blank: bought in any quantity.", "count")]
    list_price: Annotated[float, Shown("The offer's price on the order date, before price breaks.", "price", unit="USD/unit")]
    unit_price: Annotated[
        float,
        Shown(
            "Price really paid on this order: the list price less price breaks within the order (incremental: the average).",
            "price",
            unit="USD/unit",
        ),
    ]
    price_basis: Annotated[str, Shown("What the input says of the price: source, estimate or assumed; blank: nothing.")]
    landed_unit_cost: Annotated[
        float,
        Shown(
            "Unit price, freight, insurance, handling, assay, inspection and duty; without contract breaks and trader's fee.",
            "price",
            unit="USD/unit",
        ),
    ]
    cost_before_breaks: Annotated[
        float,
        Shown(
            "Quantity × (list price + freight, insurance, handling, assay, inspection and duty).",
            "money",
            unit="USD",
            heading="landed cost before breaks",
        ),
    ]
    order_saving: Annotated[
        float,
        Shown("What price breaks within the order save on price and duty.", "money", unit="USD", heading="order breaks save"),
    ]
    contract_saving: Annotated[
        float,
        Shown(
            "This order's part of what price breaks over the whole contract save on price and duty.",
            "money",
            unit="USD",
            heading="contract breaks save",
        ),
    ]
    landed_cost: Annotated[
        float,
        Shown("Landed cost before breaks less both savings: all price breaks are off, the fee is apart.", "money", unit="USD"),
    ]
    trader_fee: Annotated[float, Shown("The trader's fee on the landed cost.", "money", unit="USD")]
    fixed_order_cost: Annotated[float, Shown("Cost of the order, whatever its quantity.", "money", unit="USD")]
    remaining_capacity: Annotated[
        float | None,
        Shown(
            "What the offer could still deliver in this order period after all traders' orders; blank: no limit.",
            "quantity",
            unit="unit",
            mark="zero",
            internal=True,
        ),
    ]
    capacity_basis: Annotated[str, Shown("What the input says of the capacity: source, estimate or assumed; blank: nothing.")]
    fills: Annotated[
        str,
        Shown(
            "What it is for, first in first out: demand, then the floor, then the target, then what is beyond all need.",
            "sentence",
            internal=True,
        ),
    ]
    mine: Annotated[str, Shown("Where it is mined, with shares where there are several countries.", heading="mine country")]
    refine: Annotated[str, Shown("Where it is refined.", heading="refine country")]
    owner: Annotated[str, Shown("Where the supplier's owner sits.", heading="owner country")]
    class_: Annotated[
        str,
        Shown(
            "restricted: a stage lies in a covered country, or is unknown where Settings count that as restricted; else open. "
            "Blank without a Countries sheet.",
            heading="class",
            mark="words",
        ),
    ]


def purchase_rows(plan: Plan) -> tuple[PurchaseRow, ...]:
    """The buy list, by trader, order date and material."""
    left = _remaining_capacity(plan)
    saved = savings(plan)
    purposes, places = fills(plan), deliveries(plan)
    rows = []
    for line in sorted(plan.lines, key=_order):
        purchase = line.purchase
        saving = saved.get((purchase.offer, purchase.trader, purchase.period), Saving())
        remaining = left.get((purchase.offer, purchase.period))
        rows.append(_row(plan.case, line, saving, remaining, purposes[purchase], places.get(purchase, "")))
    return tuple(rows)


def _row(case: Case, line: Line, saving: Saving, remaining: float | None, purpose: str, place: str) -> PurchaseRow:
    purchase, offer = line.purchase, case.offer[line.purchase.offer]
    lots = lots_of(case, offer)
    with_duty = 1 + line.beside.duty_rate
    landed = line.spend - (saving.order + saving.contract) * with_duty
    owner = owner_country(case, offer)
    return PurchaseRow(
        trader=purchase.trader, supplier=line.supplier, offer=purchase.offer, material=line.material,
        ordered_in=case.calendar.name(purchase.period),
        order=order_number(case, purchase),
        order_date=line.ordered,
        latest_order_date=latest_order_day(case, line),
        quote_expiry=offer.valid_to,
        arrives_in=case.calendar.name(line.arrival),
        arrival_date=line.arrives,
        deliver_to=place,
        supplier_due=due_day(offer, line.ordered),
        payment_due=line.due,
        quantity=purchase.quantity,
        unit=case.material[line.material].unit,
        lots=None if lots is None else lots.number(purchase.quantity),
        list_price=line.price,
        unit_price=line.price - saving.order / purchase.quantity,
        price_basis=price_basis(case, offer, line.ordered),
        landed_unit_cost=line.landed - saving.order * with_duty / purchase.quantity,
        cost_before_breaks=line.spend,
        order_saving=saving.order * with_duty,
        contract_saving=saving.contract * with_duty,
        landed_cost=landed,
        trader_fee=landed * line.fee,
        fixed_order_cost=offer.fixed_order_cost,
        remaining_capacity=remaining,
        capacity_basis=offer.basis.get("capacity_per_period", ""),
        fills=purpose,
        mine=countries(offer.mine_country),
        refine=offer.refine_country or UNKNOWN,
        owner=owner or "",
        class_=origin_class(case, offer),
    )  # fmt: skip


def order_number(case: Case, purchase: Purchase) -> str:
    """What an order is called once it is placed: its period, offer and trader, which are one order's alone."""
    return f"{case.calendar.name(purchase.period)}/{purchase.offer}/{purchase.trader}"


def latest_order_day(case: Case, line: Line) -> date:
    """The last day of the order's period on which it can be ordered and still arrive in the period planned."""
    offer, calendar = case.offer[line.purchase.offer], case.calendar
    transit = timedelta(days=(line.arrives - line.ordered).days)
    in_time = calendar.last_day(line.arrival) - transit
    return min(in_time, calendar.last_day(line.purchase.period), last_valid(case, offer))


def price_basis(case: Case, offer: Offer, day: date) -> str:
    """What the input says of the offer's price on a day: its own basis, or that of the index in force."""
    if offer.index is None:
        return offer.basis.get("price", "")
    rows = [row for row in case.prices if row.index == offer.index and row.date <= day]
    return max(rows, key=lambda row: row.date).basis.get("value", "") if rows else ""


def countries(shares: Iterable[tuple[str, float]]) -> str:
    """`CHN`, `CHN 60 %; AUS 40 %`, or `unknown` where there is none."""
    parts = [country if share == 1 else f"{country} {share * 100:.6g} %" for country, share in shares]
    return "; ".join(parts) or UNKNOWN


def owner_country(case: Case, offer: Offer) -> str | None:
    """The owner's country or `unknown`; None without a Suppliers sheet, which switches the stage off."""
    if not case.suppliers:
        return None
    supplier = case.supplier.get(offer.supplier)
    return (supplier.owner_country if supplier else None) or UNKNOWN


def origin_class(case: Case, offer: Offer) -> str:
    """restricted, open, or empty where no Countries sheet says what is covered."""
    if not case.countries:
        return ""
    return "restricted" if is_restricted(case, offer.offer, offer.supplier) else "open"


def _order(line: Line) -> tuple[str, int, str, str]:
    purchase = line.purchase
    return purchase.trader, purchase.period, line.material, purchase.offer


def _remaining_capacity(plan: Plan) -> dict[tuple[str, int], float]:
    """By offer and order period, for offers with a capacity."""
    left: dict[tuple[str, int], float] = {}
    for row in plan.purchases:
        capacity = plan.case.offer[row.offer].capacity_per_period
        if capacity is not None:
            key = row.offer, row.period
            left[key] = round(left.get(key, capacity) - row.quantity, 6)
    return left
