"""The Vault example: 38 materials, the offers for them, and the rules of a first two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from planner_examples.tables import Figure, Row, assumed, by, day, figure, is_assumed, read, workbook
from planner_examples.vault_duties import duties
from planner_examples.vault_money import advances, funding
from planner_examples.vault_offers import benchmark, offers
from planner_examples.vault_risk import call_offs, commitments, contingencies, hazards, members, partners, scenarios, shocks

from models.records import (
    Advance,
    Budget,
    CallOff,
    Commitment,
    Contingency,
    Country,
    Decision,
    Depot,
    Duty,
    Funding,
    Hazard,
    Mandate,
    Material,
    Member,
    Offer,
    OpeningStock,
    OpenOrder,
    Partner,
    Policy,
    Price,
    PriceBreak,
    PriceImpact,
    Record,
    Scenario,
    Shock,
    Supplier,
    Trader,
)

START = date(2027, 1, 1)
SETTINGS: Row = {
    "plan_name": "Project Vault, example",
    "start_date": START,
    "periods": assumed(24),
    "period": "month",
    "budget": Figure(12e9, "source"),
    "carry_rate": assumed(0.05),
    "discount_rate": assumed(0.0),  # the interest on the loan says what time is worth
    "minimum_cash": assumed(25e6),
    "terminal_haircut": assumed(0.1),
    "unknown_origin": "restricted",
    "risk_weight": assumed(0.1),
    "relative_gap": assumed(0.01),
}
NOTES = (
    "Public figures, illustrative terms: USGS prices, consumption and output, World Bank governance scores and the US "
    "tariff schedule are sourced; every premium, freight, minimum order, fee, cap and cost is assumed. No figure is a "
    "commercial term of a real firm. Suppliers are generic; `plant` is a row of inputs/sources/producers.csv.",
    "inputs/README.md tells what is sourced, what is assumed, and why.",
)


def write(path: Path) -> None:
    """Write the workbook.

    Raises:
        OSError: if the file cannot be written.
    """
    path.write_bytes(workbook(tables(), SETTINGS, NOTES))


def tables() -> dict[type[Record], list[Row]]:
    """The rows of every sheet but Settings; figures with their basis."""
    return {
        Budget: list(budgets()),
        Material: list(materials()),
        Supplier: list(suppliers()),
        Offer: list(offers()),
        PriceBreak: list(price_breaks()),
        PriceImpact: list(price_impact()),
        Trader: list(traders()),
        Mandate: list(mandates()),
        Price: list(prices()),
        Duty: list(duties()),
        Depot: list(depots()),
        OpeningStock: list(opening_stock()),
        OpenOrder: list(open_orders()),
        Decision: list(decisions()),
        Member: list(members()),
        Commitment: list(commitments()),
        CallOff: list(call_offs()),
        Funding: list(funding()),
        Advance: list(advances()),
        Country: list(countries()),
        Policy: list(policy()),
        Contingency: list(contingencies()),
        Scenario: list(scenarios()),
        Shock: list(shocks()),
        Hazard: list(hazards()),
        Partner: list(partners()),
    }


def budgets() -> Iterator[Row]:
    for row in read("budgets"):
        yield {"year": int(row["year"]), "trader": row["trader"], "amount": figure(row, "amount")}


def materials() -> Iterator[Row]:
    """Demand and market from the sources; targets and caps from the assumptions; floors hold from the ramp's end."""
    terms, index, classes = by("symbol", "terms"), by("symbol", "prices"), by("storage class", "classes")
    for row in read("materials"):
        target = terms[row["symbol"]]
        floor = figure(target, "floor days")
        holding = float(classes[row["storage class"]]["holding share"]) * benchmark(index[row["symbol"]])
        yield {
            "material": row["material"],
            "group": row["group"],
            "unit": row["unit"],
            "annual_demand": figure(row, "annual demand"),
            "demand_use": "cover only",
            "benchmark_index": index[row["symbol"]]["index"],
            "target_cover_days": figure(target, "target cover days"),
            "ramp_from": day(target["ramp from"]),
            "ramp_to": day(target["ramp to"]),
            "floor_days": floor,
            "floor_from": day(target["ramp to"]) if floor and floor.value else None,
            "storage_class": row["storage class"],
            "holding_cost": assumed(holding),
            "accessible_world_supply": figure(row, "accessible supply"),
            "participation_cap": figure(target, "participation cap"),
            "shelf_life": target["shelf life"] and Figure(int(target["shelf life"]), target["basis"]),
            "rotation_haircut": figure(target, "rotation haircut"),
        }


def price_impact() -> Iterator[Row]:
    """What buying much of a thin market adds to its price: assumed."""
    names = by("symbol", "materials")
    for row in read("price_impact"):
        found = {name.replace(" ", "_"): figure(row, name) for name in ("from share", "uplift")}
        yield {"material": names[row["symbol"]]["material"]} | found


def suppliers() -> Iterator[Row]:
    for row in read("suppliers"):
        yield {
            "supplier": row["supplier"],
            "owner_country": row["owner"],
            "approved": row["approved"] == "yes",
            "kyc_expiry": day(row["kyc expiry"]),
            "onboarding_cost": figure(row, "onboarding cost"),
            "attributes": {"owner assumed": is_assumed(row["owner basis"])},
        }


def price_breaks() -> Iterator[Row]:
    for row in read("price_breaks"):
        yield {
            "offer": row["offer"],
            "from_quantity": figure(row, "from quantity"),
            "discount": figure(row, "discount"),
            "kind": row["kind"],
            "basis_": row["counted over"],
        }


def traders() -> Iterator[Row]:
    for row in read("traders"):
        names = ("fee", "credit days", "credit rate", "maximum spend", "minimum share", "maximum share")
        yield {"trader": row["trader"]} | {name.replace(" ", "_"): figure(row, name) for name in names}


def mandates() -> Iterator[Row]:
    """A firm's groups, material by material."""
    for row in read("mandates"):
        for material in read("materials"):
            if material["group"] == row["group"]:
                yield {
                    "trader": row["trader"],
                    "material": material["material"],
                    "allowed": True,
                    "fee": figure(row, "fee"),
                }


def prices() -> Iterator[Row]:
    """One row for each index, on the first day: the price of 2025 is held flat."""
    for row in read("prices"):
        yield {"index": row["index"], "date": START, "value": Figure(benchmark(row), row["value basis"])}


def depots() -> Iterator[Row]:
    for row in read("depots"):
        names = ("capacity", "handling in", "handling out", "rent")
        figures = {name.replace(" ", "_"): figure(row, name) for name in names}
        yield {"depot": row["depot"], "country": "USA", "storage_class": row["storage class"]} | figures


def opening_stock() -> Iterator[Row]:
    names = by("symbol", "materials")
    for row in read("opening_stock"):
        material = names[row["symbol"]]["material"]
        yield {"material": material, "depot": row["depot"], "quantity": figure(row, "quantity")}


def open_orders() -> Iterator[Row]:
    names, index = by("symbol", "materials"), by("symbol", "prices")
    for row in read("open_orders"):
        yield {
            "order": row["order"],
            "material": names[row["symbol"]]["material"],
            "offer": row["offer"],
            "trader": row["trader"],
            "quantity": figure(row, "quantity"),
            "arrival": day(row["arrival"]),
            "price": assumed(float(row["price share"]) * benchmark(index[row["symbol"]])),
            "cancellable": row["cancellable"] == "yes",
            "cancel_fee": figure(row, "cancel fee"),
            "deferrable": row["deferrable"] and Figure(int(row["deferrable"]), row["basis"]),
            "defer_fee": figure(row, "defer fee"),
        }


def decisions() -> Iterator[Row]:
    for row in read("decisions"):
        yield {
            "offer": row["offer"],
            "trader": row["trader"],
            "period": day(row["period"]),
            "kind": row["kind"],
            "quantity": figure(row, "quantity"),
            "reason": row["reason"],
        }


def countries() -> Iterator[Row]:
    for row in read("countries"):
        yield {
            "iso3": row["country"],
            "name": row["name"],
            "blocs": tuple(filter(None, row["blocs"].split(";"))),
            "covered": row["covered"] == "yes",
            "risk_score": figure(row, "risk score"),
        }


def policy() -> Iterator[Row]:
    for row in read("policy"):
        yield {
            "rule": row["rule"],
            "kind": row["kind"],
            "measure": row["measure"],
            "attribute": row["attribute"],
            "stage": row["stage"],
            "within": tuple(filter(None, row["in"].split(";"))),
            "exempt": tuple(filter(None, row["except"].split(";"))),
            "scope_": row["scope"],
            "sense": row["sense"],
            "limit": figure(row, "limit"),
            "minimum_share": row["minimum share"] and assumed(float(row["minimum share"])),
            "window": row["window"],
            "from_date": day(row["from"]),
            "hardness": row["hardness"],
            "penalty": row["penalty"] and assumed(float(row["penalty"])),
        }
