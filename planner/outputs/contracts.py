"""Sheet Contracts: the awards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from models.audit import order_periods
from models.case import Case
from models.decisions import Contract
from models.plan import Plan
from planner.outputs.purchases import PurchaseRow
from planner.outputs.savings import steps_reached
from planner.outputs.schema import Row, Shown


@dataclass(frozen=True)
class ContractRow(Row):
    """One offer that a trader signs."""

    sheet: ClassVar[str] = "Contracts"

    trader: Annotated[str, Shown("Firm that signs.")]
    supplier: Annotated[str, Shown("Company that sells.")]
    offer: Annotated[str, Shown("Quote that is signed.")]
    material: Annotated[str, Shown("Material bought.")]
    orders: Annotated[int, Shown("Number of orders.", "count")]
    quantity: Annotated[float, Shown("Quantity of all its orders.", "quantity", unit="unit")]
    unit: Annotated[str, Shown("Unit of the material.")]
    share_of_capacity: Annotated[
        float | None,
        Shown(
            "Quantity as a share of what the offer can deliver in the periods in which it can be ordered; blank: no limit.",
            "share",
        ),
    ]
    share_of_maximum_total: Annotated[
        float | None, Shown("Quantity as a share of the offer's maximum total; blank: no maximum.", "share")
    ]
    landed_cost: Annotated[float, Shown("Landed cost of its orders, price breaks off, as in Purchases.", "money", unit="USD")]
    price_break_step: Annotated[
        float | None,
        Shown(
            "Quantity from which the best price reached holds, in one order or over the contract; blank: no price breaks.",
            "quantity",
            unit="unit",
            heading="price-break step reached",
        ),
    ]
    order_saving: Annotated[
        float,
        Shown(
            "What price breaks within its orders save on price and duty, as in Purchases.",
            "money",
            unit="USD",
            heading="order breaks save",
        ),
    ]
    contract_saving: Annotated[
        float,
        Shown(
            "What price breaks over the whole contract save on price and duty, as in Purchases.",
            "money",
            unit="USD",
            heading="contract breaks save",
        ),
    ]
    contract_cost: Annotated[float, Shown("Cost of signing; nothing of a contract from before the plan.", "money", unit="USD")]
    onboarding_share: Annotated[
        float,
        Shown(
            "The supplier's onboarding cost, in equal parts over all contracts with it.",
            "money",
            unit="USD",
            heading="share of onboarding cost",
            internal=True,
        ),
    ]
    first_order: Annotated[date | None, Shown("Day of the first order; blank: signed without an order.", "date")]
    last_order: Annotated[date | None, Shown("Day of the last order.", "date")]


def contract_rows(plan: Plan, purchases: Sequence[PurchaseRow]) -> tuple[ContractRow, ...]:
    """The awards, by trader, material and offer, with the orders that the buy list has on them."""
    case = plan.case
    orders: dict[Contract, list[PurchaseRow]] = defaultdict(list)
    for order in purchases:
        orders[Contract(order.offer, order.trader)].append(order)
    steps = steps_reached(plan)
    customers = Counter(case.offer[row.offer].supplier for row in plan.contracts)
    ordered = sorted(plan.contracts, key=lambda row: (row.trader, case.offer[row.offer].material, row.offer))
    return tuple(_row(case, row, orders[row], steps.get(row), customers) for row in ordered)


def _row(
    case: Case, contract: Contract, orders: Sequence[PurchaseRow], step: float | None, customers: Counter[str]
) -> ContractRow:
    offer = case.offer[contract.offer]
    supplier = case.supplier.get(offer.supplier)
    quantity = sum(row.quantity for row in orders)
    capacity = (offer.capacity_per_period or 0.0) * sum(1 for _ in order_periods(case, offer))
    days = [row.order_date for row in orders]
    return ContractRow(
        trader=contract.trader, supplier=offer.supplier, offer=offer.offer, material=offer.material,
        orders=len(orders),
        quantity=quantity,
        unit=case.material[offer.material].unit,
        share_of_capacity=quantity / capacity if capacity else None,
        share_of_maximum_total=quantity / offer.maximum_total if offer.maximum_total else None,
        landed_cost=sum(row.landed_cost for row in orders),
        price_break_step=step,
        order_saving=sum(row.order_saving for row in orders),
        contract_saving=sum(row.contract_saving for row in orders),
        contract_cost=case.signing_cost(offer.offer, contract.trader),
        onboarding_share=supplier.onboarding_cost / customers[offer.supplier] if supplier else 0.0,
        first_order=min(days, default=None),
        last_order=max(days, default=None),
    )  # fmt: skip
