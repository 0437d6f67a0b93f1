"""The smallest example: four sheets, three months, solved by hand in README.md."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from planner_examples.tables import Row, assumed, workbook

from models.records import Material, Offer, Record, Trader

SETTINGS: Row = {
    "plan_name": "Three months of antimony",
    "start_date": date(2027, 1, 1),
    "periods": assumed(3),
    "relative_gap": assumed(0),
}
ANTIMONY = "Antimony metal 99.65 %"


def write(path: Path) -> None:
    """Write the workbook.

    Raises:
        OSError: if the file cannot be written.
    """
    path.write_bytes(
        workbook(tables(), SETTINGS, ("Every figure is made up, round enough to solve by hand: inputs/README.md does.",))
    )


def tables() -> dict[type[Record], list[Row]]:
    """The rows of every sheet but Settings; figures with their basis."""
    return {Material: materials(), Offer: offers(), Trader: traders()}


def materials() -> list[Row]:
    return [
        {
            "material": ANTIMONY,
            "unit": "t",
            "annual_demand": assumed(1200),
            "demand_use": "draws stock",
            "holding_cost": assumed(600),
        }
    ]


def offers() -> list[Row]:
    """One cheap offer with a large minimum order, one dearer that comes in lots and takes six weeks."""
    return [
        {
            "offer": "Bulk",
            "supplier": "Refiner A",
            "material": ANTIMONY,
            "price": assumed(9900),
            "freight": assumed(100),
            "minimum_order": assumed(200),
        },
        {
            "offer": "Parcels",
            "supplier": "Refiner B",
            "material": ANTIMONY,
            "price": assumed(10000),
            "freight": assumed(60),
            "lot": assumed(40),
            "fixed_order_cost": assumed(1000),
            "lead_days": assumed(45),
        },
    ]


def traders() -> list[Row]:
    """The firm with the lower fee may not spend enough to do it all."""
    return [
        {"trader": "Alpha", "fee": assumed(0.01)},
        {"trader": "Beta", "fee": assumed(0.005), "maximum_spend": assumed(1_000_000)},
    ]
