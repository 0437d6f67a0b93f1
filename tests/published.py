"""Published problems with known optima, written as workbooks (for `tests.books.write`).

A single-period location problem becomes sourcing so: a warehouse is a supplier with an onboarding cost and a capacity
shared by its offers, a customer is a material whose demand draws stock, and the cost of serving all of a demand, divided
by the demand, is the unit price of an offer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.price_schedules import Tiers

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "published"
"""Where the OR-Library files lie, beside the repository."""

OR_LIBRARY: Mapping[str, float] = {
    "cap41": 1040444.375,
    "cap51": 1025208.225,
    "cap81": 838499.288,
    "cap111": 826124.713,
}
"""Optima of J. E. Beasley, OR-Library, capacitated warehouse location (people.brunel.ac.uk/~mastjjb/jeb/orlib/capinfo.html)."""

Sheets = dict[str, Any]


def settings(periods: int) -> dict[str, Any]:
    """Months from January 2027."""
    return {"start date": date(2027, 1, 1), "periods": periods, "period": "month"}


def drawn(material: str, quantities: Sequence[float], **fields: Any) -> Sheets:
    """A material whose demand leaves the stock, month by month: its rows in Materials and Demand."""
    demand = [
        {"material": material, "date": date(2027, t, 1), "quantity": quantity} for t, quantity in enumerate(quantities, 1)
    ]
    return {"Materials": [{"material": material, "demand use": "draws stock"} | fields], "Demand": demand}


def or_library(path: Path) -> Sheets:
    """A capacitated warehouse location problem of the OR-Library: one month, every price in full precision."""
    figures = iter(path.read_text(encoding="ascii").split())
    warehouses, customers = int(next(figures)), int(next(figures))
    suppliers = [
        {"supplier": f"Warehouse {w}", "capacity per period": float(next(figures)), "onboarding cost": float(next(figures))}
        for w in range(1, warehouses + 1)
    ]
    materials, demand, offers = [], [], []
    for customer in range(1, customers + 1):
        name, quantity = f"Customer {customer}", float(next(figures))
        sheets = drawn(name, [quantity])
        materials += sheets["Materials"]
        demand += sheets["Demand"]
        offers += list(_service(suppliers, name, quantity, figures))
    return {
        "Settings": settings(1),
        "Materials": materials,
        "Suppliers": suppliers,
        "Offers": offers,
        "Traders": [{"trader": "Buyer"}],
        "Demand": demand,
    }


def _service(
    suppliers: Sequence[Mapping[str, Any]], customer: str, quantity: float, figures: Iterator[str]
) -> Iterator[dict[str, Any]]:
    """The offers to one customer, one from each warehouse; the figures are the costs of serving all of its demand."""
    for supplier in suppliers:
        name = supplier["supplier"]
        yield {
            "offer": f"{name} to {customer}",
            "supplier": name,
            "material": customer,
            "price": float(next(figures)) / quantity,
        }


def wagner_whitin() -> Sheets:
    """H. M. Wagner and T. M. Whitin, Management Science 5 (1958): twelve months; the optimum without purchases is 864.

    The set-up cost differs from month to month, so each month has an offer of its own. All units cost 1 USD.
    """
    quantities = (69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56)
    set_up = (85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114)
    offers = [
        {
            "offer": f"Month {t}", "supplier": "Plant", "material": "Item", "price": 1.0, "fixed order cost": cost,
            "valid from": date(2027, t, 1), "valid to": date(2027, t, 28),
        } for t, cost in enumerate(set_up, 1)
    ]  # fmt: skip
    return {
        "Settings": settings(12),
        "Offers": offers,
        "Traders": [{"trader": "Buyer"}],
        **drawn("Item", quantities, **{"holding cost": 12.0}),
    }


def bid_evaluation() -> Sheets:
    """J. Bracken and G. P. McCormick, Selected Applications of Nonlinear Programming (1968), chapter 3; also `bid` of the
    GAMS model library: five vendors, set-up costs, a minimum purchase, prices in segments; the optimum is 15210109.512.

    A vendor's price falls for the units beyond each step, so the steps are incremental.
    """
    vendors = (  # set-up cost, least, most, price, and further steps
        ("a", 3855.84, 0, 33000, 61.150, ()),
        ("b", 125804.84, 22000, 160000, 68.099, ((70000, 66.049), (100000, 64.099), (150000, 62.119))),
        ("c", 13456.00, 0, 165600, 62.190, ()),
        ("d", 6583.98, 0, 12000, 72.488, ()),
        ("e", 0.0, 0, 77000, 70.150, ((42000, 68.150),)),
    )
    return {
        "Settings": settings(1),
        "Offers": [
            {
                "offer": vendor, "supplier": vendor, "material": "Item", "price": price, "minimum order": least,
                "maximum order": most, "contract cost": set_up,
            } for vendor, set_up, least, most, price, _ in vendors
        ],
        "PriceBreaks": [
            {"offer": vendor, "from quantity": quantity, "price": price, "kind": "incremental"}
            for vendor, *_, steps in vendors for quantity, price in steps
        ],
        "Traders": [{"trader": "Buyer"}],
        **drawn("Item", [239600.48]),
    }  # fmt: skip


def price_profiles(kind: str = "incremental") -> Sheets:
    """FICO Xpress, Mosel User Guide, "Purchasing with price breaks", model `purchase` by S. Heipcke (2001): three suppliers,
    600 items, no more than 40, 35 and 40 % of them from each; the guide's discounts are incremental.

    Xpress's plan, as a translation of the model to GAMS notes it, buys 240, 210 and 150: 5435 (see `tests.test_published`).
    """
    return _tiers(600.0, {name: (most, kind, tiers) for name, (most, tiers) in PROFILES.items()})


PROFILES: Mapping[str, tuple[int, Tiers]] = {
    "First": (240, ((0, 9.2), (100, 9.0), (200, 7.0))),
    "Second": (210, ((0, 9.0), (50, 8.5), (250, 8.3))),
    "Third": (240, ((0, 11.0), (100, 8.5), (300, 7.5))),
}
"""By supplier, the most that it may sell and its prices."""


def two_schedules() -> Sheets:
    """LINDO Systems, model library, `QdiscSupL`: 6000 units, of vendor A, who discounts all units, or of vendor B, who
    discounts those beyond each step. The library states the data; the optimum is worked out in `tests.test_published`."""
    return _tiers(6000.0, {name: (20000.0, *schedule) for name, schedule in SCHEDULES.items()})


SCHEDULES: Mapping[str, tuple[str, Tiers]] = {
    "A": ("all units", ((0, 9.0), (1000, 8.0), (2500, 7.0), (7500, 5.0), (15000, 3.0))),
    "B": ("incremental", ((0, 8.0), (1200, 7.0), (3000, 6.0), (7500, 4.0), (14000, 2.0))),
}


def _tiers(needed: float, vendors: Mapping[str, tuple[float, str, Tiers]]) -> Sheets:
    """One material, and from each vendor one offer: the most of an order, the kind of its steps, and the steps."""
    return {
        "Settings": settings(1),
        "Offers": [
            {"offer": name, "supplier": name, "material": "Item", "price": tiers[0][1], "maximum order": most}
            for name, (most, _, tiers) in vendors.items()
        ],
        "PriceBreaks": [
            {"offer": name, "from quantity": begins, "price": price, "kind": kind}
            for name, (_, kind, tiers) in vendors.items() for begins, price in tiers[1:]
        ],
        "Traders": [{"trader": "Buyer"}],
        **drawn("Item", [needed]),
    }  # fmt: skip


def farnsworth() -> Sheets:
    """J. Heizer, B. Render and C. Munson, Operations Management (Pearson), chapter 13, Farnsworth Tire: three sources,
    three months, 100 tires in stock; the book's plan costs 105,900, the optimum is 105,700 (see `tests.test_published`).
    """
    capacity = {"Regular": (700, 700, 700), "Overtime": (50, 50, 50), "Subcontract": (150, 150, 130)}
    price = {"Regular": 40.0, "Overtime": 50.0, "Subcontract": 70.0}
    offers = [
        {
            "offer": f"{source} {t}", "supplier": source, "material": "Tires", "price": price[source],
            "capacity per period": most, "valid from": date(2027, t, 1), "valid to": date(2027, t, 28),
        } for source, limits in capacity.items() for t, most in enumerate(limits, 1)
    ]  # fmt: skip
    return {
        "Settings": settings(3),
        "Offers": offers,
        "Traders": [{"trader": "Buyer"}],
        "OpeningStock": [{"material": "Tires", "quantity": 100}],
        **drawn("Tires", (800, 1000, 750), **{"holding cost": 24.0}),
    }


def winston() -> Sheets:
    """W. L. Winston, Operations Research, chapter on dynamic programming, production and inventory example: whole units,
    set-up cost 3, unit cost 1, holding 0.5 a month, at most 5 made and 4 kept; the optimum is 20.
    """
    return {
        "Settings": settings(4),
        "Offers": [
            {
                "offer": "Plant", "supplier": "Plant", "material": "Item", "price": 1.0, "fixed order cost": 3.0,
                "capacity per period": 5, "lot": 1,
            }
        ],
        "Traders": [{"trader": "Buyer"}],
        **drawn("Item", (1, 3, 2, 4), **{"holding cost": 6.0, "maximum stock": 4}),
    }  # fmt: skip
