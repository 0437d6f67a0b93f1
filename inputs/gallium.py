"""The gallium example: a target that no plan can meet, worked through in README.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from planner_examples.tables import Figure, Row, assumed, by, figure, origin, read, workbook
from planner_examples.vault import countries
from planner_examples.vault_duties import duty
from planner_examples.vault_offers import MONTHS, benchmark

from models.records import Country, Material, Offer, Policy, Price, Record, Supplier, Trader

START = date(2027, 1, 1)
SETTINGS: Row = {
    "plan_name": "Sixty days of gallium without China",
    "start_date": START,
    "periods": assumed(48),
    "discount_rate": assumed(0.048),
}
GALLIUM = "Gallium metal 99.99 %"
KG_IN_TONNE = 1000.0
SHARE_OF_MARKET = 0.1
OFFERS = (
    # supplier, owner, mine, refiner, row of production.csv or producers.csv, premium, lead days, licence days, from
    ("Japan refiner A", "JPN", "PER 40 %; AUS 35 %; USA 25 %", "JPN", "Ga-JPN", 0.05, 50, 0, None),
    ("Canada refiner G", "CAN", "CHN", "CAN", "Ga-imports-CAN", 0.02, 30, 0, None),
    ("Germany refiner A", "DEU", "CHN", "DEU", "Ga-imports-DEU", 0.02, 45, 0, None),
    ("China refiner A", "CHN", "CHN", "CHN", "Ga-CHN", -0.20, 50, 65, None),
    ("Australia gallium producer A", "USA", "AUS", "AUS", "P028", 0.08, 55, 0, date(2027, 10, 1)),
)


def write(path: Path) -> None:
    """Write the workbook.

    Raises:
        OSError: if the file cannot be written.
    """
    path.write_bytes(
        workbook(
            tables(),
            SETTINGS,
            ("No plan satisfies this workbook: inputs/README.md shows why, and which relaxations restore one.",),
        )
    )


def tables() -> dict[type[Record], list[Row]]:
    """The rows of every sheet but Settings; figures with their basis."""
    offered = list(offers())
    named = {country for row in OFFERS for country in (row[1], row[3], *(part for part, _ in origin(row[2])))}
    return {
        Material: [material()],
        Supplier: [{"supplier": row[0], "owner_country": row[1]} for row in OFFERS],
        Offer: offered,
        Trader: [{"trader": row["trader"], "fee": figure(row, "fee")} for row in read("traders")],
        Price: [{"index": price()["index"], "date": START, "value": Figure(benchmark(price()), "source")}],
        Country: [row for row in countries() if row["iso3"] in named],
        Policy: list(policy()),
    }


def price() -> Mapping[str, str]:
    """The row of prices.csv."""
    return by("symbol", "prices")["Ga"]


def material() -> Row:
    """A hard floor of 60 days from July 2027, and a tenth of the primary output outside China."""
    output = {country: figure(by("key", "production")[f"Ga-{country}"], "t/yr") for country in ("JPN", "RUS")}
    outside = sum(cell.value for cell in output.values() if cell) * KG_IN_TONNE
    return {
        "material": GALLIUM,
        "unit": "kg",
        "annual_demand": figure(by("symbol", "materials")["Ga"], "annual demand"),
        "demand_use": "cover only",
        "benchmark_index": price()["index"],
        "floor_days": Figure(60, "source"),
        "floor_from": date(2027, 7, 1),
        "lot": assumed(25),
        "accessible_world_supply": Figure(outside, "source"),
        "participation_cap": assumed(SHARE_OF_MARKET),
    }


def offers() -> Iterator[Row]:
    """What each refiner can deliver in a month: a twelfth of its country's output, or of a plant's capacity."""
    found = {**by("key", "production"), **by("producer", "producers")}
    for supplier, _, mine, refine, key, premium, lead, licence, start in OFFERS:
        yearly = figure(found[key], "t/yr" if "t/yr" in found[key] else "capacity t/yr")
        assert yearly is not None
        yield {
            "offer": f"Ga {supplier}",
            "supplier": supplier,
            "material": GALLIUM,
            "mine_country": origin(mine),
            "refine_country": refine,
            "plant": key if key.startswith("P") else "",
            "index": price()["index"],
            "premium": assumed(premium * benchmark(price())),
            "duty_rate": duty(by("symbol", "tariffs")["Ga"], refine),
            "capacity_per_period": Figure(round(yearly.value * KG_IN_TONNE / MONTHS, 3), yearly.basis),
            "lead_days": assumed(lead),
            "licence_days": assumed(licence),
            "valid_from": start,
        }


def policy() -> Iterator[Row]:
    """Nothing Chinese at any stage: one rule for each, so that each can be relaxed alone."""
    for stage, words in (("mine", "mined"), ("refine", "refined"), ("owner", "owned")):
        yield {
            "rule": f"No gallium {words} in China" if stage != "owner" else "No gallium of Chinese owners",
            "kind": "share",
            "measure": "quantity",
            "attribute": stage,
            "within": ("CHN",),
            "scope_": GALLIUM,
            "sense": "at most",
            "limit": assumed(0),
            "window": "horizon",
            "hardness": "hard",
        }
