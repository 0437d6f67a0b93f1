"""A workbook in which every sheet is used and nothing is doubtful, as rows that tests change, in memory or written."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from models.case import Case, table_of
from models.records import (
    SHEETS,
    Advance,
    Budget,
    CallOff,
    Commitment,
    Contingency,
    Country,
    Decision,
    Demand,
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
    Settings,
    Shock,
    Supplier,
    Trader,
    columns,
)
from planner.sense import Doubt, checked
from planner.template.sheets import as_cell
from tests.books import write

Rows = dict[type[Record], list[dict[str, Any]]]
"""Rows of each sheet, field → value; Settings has one."""


def month(number: int, day: int = 1) -> date:
    """A day of a month of the plan, which starts in January 2027."""
    return date(2027 + (number - 1) // 12, (number - 1) % 12 + 1, day)


_SENSIBLE: Rows = {
    Settings: [
        {
            "start_date": month(1), "periods": 6, "budget": 3e6, "discount_rate": 0.05, "opening_cash": 1e5,
            "minimum_cash": 1e4, "carry_rate": 0.05,
        }
    ],
    Budget: [{"year": 2027, "trader": "North", "amount": 2.5e6}],
    # 3 kg of gallium a day: 60 days are 180 kg. 12 t of antimony a month.
    Material: [
        {
            "material": "Gallium", "group": "niche", "unit": "kg", "annual_demand": 1095.0, "target_cover_days": 60.0,
            "ramp_to": month(4), "floor_days": 20.0, "floor_from": month(5), "benchmark_price": 300.0,
            "storage_class": "vault", "participation_cap": 0.1, "accessible_world_supply": 30000.0, "loss_rate": 0.01,
            "minimum_stock": 5.0, "maximum_stock": 900.0,
        },
        {
            "material": "Antimony", "group": "bulk", "unit": "t", "demand_use": "draws stock", "storage_class": "yard",
            "benchmark_index": "Sb Rotterdam",
        },
    ],
    Supplier: [
        {"supplier": "Rhine", "owner_country": "DEU", "capacity_per_period": 120.0, "onboarding_cost": 500.0},
        {"supplier": "Andes", "owner_country": "BOL", "capacity_per_year": 600.0, "related_trader": "South"},
        {"supplier": "Pearl", "owner_country": "CHN", "kyc_expiry": month(12)},
    ],
    Offer: [
        {
            "offer": "Ga-1", "supplier": "Rhine", "material": "Gallium", "mine_country": (("DEU", 1.0),),
            "refine_country": "DEU", "price": 310.0, "freight": 5.0, "minimum_order": 10.0, "lot": 5.0,
            "capacity_per_period": 60.0, "lead_days": 30.0, "duty_rate": 0.03,
        },
        {
            "offer": "Ga-2", "supplier": "Pearl", "material": "Gallium", "mine_country": (("CHN", 0.6), ("AUS", 0.4)),
            "refine_country": "CHN", "index": "Ga spot", "premium": -20.0, "capacity_per_period": 80.0, "lead_days": 40.0,
            "licence_days": 20.0, "valid_to": month(6, 15), "exclusive": False, "tariff_code": "8112.92",
        },
        {
            "offer": "Sb-1", "supplier": "Andes", "material": "Antimony", "mine_country": (("BOL", 1.0),),
            "refine_country": "BOL", "price": 30000.0, "tariff_code": "8110.10",
            "incoterm": "CIF", "maximum_order": 30.0, "fixed_order_cost": 100.0,
        },
        {
            "offer": "Sb-2", "supplier": "Pearl", "material": "Antimony", "mine_country": (("CHN", 1.0),),
            "refine_country": "CHN", "price": 28000.0, "maximum_total": 40.0, "valid_from": month(2, 10),
        },
    ],
    PriceBreak: [
        {"offer": "Ga-1", "from_quantity": 20.0, "discount": 0.02},
        {"offer": "Ga-1", "from_quantity": 40.0, "discount": 0.05},
    ],
    PriceImpact: [
        {"material": "Gallium", "from_share": 0.04, "uplift": 0.02},
        {"material": "Gallium", "from_share": 0.08, "uplift": 0.05},
    ],
    Trader: [
        {"trader": "North", "fee": 0.01, "minimum_share": 0.2, "maximum_share": 0.9},
        {"trader": "South", "fee": 0.02, "maximum_spend": 2e6, "maximum_share": 0.8},
    ],
    Mandate: [
        {"trader": "North", "material": "Gallium"},
        {"trader": "North", "material": "Antimony", "fee": 0.005},
        {"trader": "South", "material": "Gallium"},
        {"trader": "South", "material": "Antimony", "allowed": True},
    ],
    Price: [
        {"index": "Ga spot", "date": month(1), "value": 320.0},
        {"index": "Ga spot", "date": month(4), "value": 330.0},
        {"index": "Sb Rotterdam", "date": date(2026, 12, 1), "value": 29000.0},
    ],
    Duty: [
        {"tariff_code": "8112.92", "kind": "MFN", "rate": 0.03},
        {"tariff_code": "8112.92", "kind": "301", "origin": "CHN", "rate": 0.25, "to_date": month(4, 30)},
        {"tariff_code": "8112.92", "kind": "301", "origin": "CHN", "rate": 0.5, "from_date": month(5)},
        {"tariff_code": "8110.10", "kind": "MFN"},
    ],
    Depot: [
        {"depot": "Utah", "storage_class": "vault", "capacity": 1000.0, "rent": 10.0},
        {"depot": "Ohio", "storage_class": "yard", "capacity": 100.0, "from_date": month(1), "to_date": date(2030, 1, 1)},
    ],
    OpeningStock: [
        {"material": "Gallium", "depot": "Utah", "quantity": 20.0, "origin_class": "open"},
        {"material": "Antimony", "quantity": 15.0},
    ],
    OpenOrder: [
        {
            "order": "PO-7", "material": "Gallium", "offer": "Ga-1", "trader": "North", "quantity": 30.0,
            "arrival": month(2, 3), "price": 305.0,
        },
    ],
    Decision: [
        {"offer": "Ga-1", "kind": "force", "period": month(3), "quantity": 20.0},
        {"offer": "Sb-2", "kind": "forbid", "period": month(3), "trader": "North"},
    ],
    Demand: [{"material": "Antimony", "date": month(n, 5), "quantity": 12.0} for n in range(1, 7)],
    Member: [{"member": "Maker"}, {"member": "Flyer", "priority": 2, "clean_origin_only": True, "entry_fee": 700.0}],
    Commitment: [
        {"member": "Maker", "material": "Gallium", "quantity": 20.0, "to_date": month(3, 31), "gap_penalty": 90.0},
        {"member": "Maker", "material": "Gallium", "quantity": 25.0, "from_date": month(4), "gap_penalty": 90.0},
        {"member": "Flyer", "material": "Gallium", "quantity": 20.0, "gap_penalty": 90.0, "strike_price": 280.0},
    ],
    # What is drawn in February is there again in May.
    CallOff: [
        {"member": "Maker", "material": "Gallium", "date": month(5, 10), "quantity": 12.0},
        {"member": "Maker", "material": "Gallium", "date": month(2, 10), "quantity": 15.0},
    ],
    # 5 million of loan in two tranches, of which half a million is drawn, beside equity.
    Funding: [
        {
            "source": "Bank", "kind": "loan", "amount": 5e6, "rate": 0.05, "commitment_fee": 0.005, "upfront_fee": 0.001,
            "drawn": 1e5, "repay_from": month(18), "repay_by": month(30),
        },
        {"source": "Bank", "kind": "tranche", "amount": 3e6},
        {"source": "Bank", "kind": "tranche", "amount": 2e6, "available_from": month(4)},
        {"source": "Owners", "kind": "equity", "amount": 2.5e6},
    ],
    Advance: [
        {"group": "niche", "in_depot": 0.7, "in_transit": 0.4, "haircut": 0.1}, {"in_depot": 0.6, "in_transit": 0.3},
    ],
    Country: [
        {"iso3": "CHN", "name": "China", "covered": True},
        {"iso3": "DEU", "name": "Germany", "blocs": ("EU",)},
        {"iso3": "AUS", "name": "Australia"},
        {"iso3": "BOL", "name": "Bolivia"},
    ],
    Policy: [
        {
            "rule": "china", "kind": "share", "attribute": "any stage", "within": ("covered",), "scope_": "Gallium",
            "limit": 0.7, "to_date": month(3, 31), "exempt": ("EU",),
        },
        {
            "rule": "china", "kind": "share", "attribute": "any stage", "within": ("covered",), "scope_": "Gallium",
            "limit": 0.6, "from_date": month(4), "exempt": ("EU",),
        },
        {
            "rule": "one country", "kind": "share", "attribute": "refine", "within": ("each",), "scope_": "each material",
            "limit": 0.8, "hardness": "soft", "penalty": 10.0,
        },
        {
            "rule": "two suppliers", "kind": "count", "attribute": "supplier", "sense": "at least", "limit": 2.0,
            "minimum_share": 0.1, "scope_": "niche",
        },
    ],
    Contingency: [
        {"contingency": "any plant", "kind": "each plant", "days_to_survive": 45.0, "from_date": month(3), "hardness": "soft"},
    ],
    Scenario: [
        {"scenario": "ban", "probability": 0.2, "group": "state"},
        {"scenario": "quota", "probability": 0.3, "group": "state"},
        {"scenario": "spike", "probability": 0.1},
    ],
    Shock: [
        {"scenario": "ban", "hits": "country", "name": "CHN", "stage": "refine", "from_date": month(3), "availability": 0.0},
        {"scenario": "quota", "hits": "supplier", "name": "Pearl", "from_date": month(2), "periods": 3, "availability": 0.5},
        {"scenario": "spike", "hits": "index", "name": "Ga spot", "price_factor": 2.0},
        {"scenario": "spike", "hits": "material", "name": "bulk", "demand_factor": 1.2},
    ],
    Hazard: [
        {"hazard": "licences", "hits": "country", "name": "CHN", "frequency": 0.5, "length_days": 90.0, "driver": "China",
         "correlation": 0.5, "likely_availability": 0.4},
    ],
    Partner: [{"partner": "Ally", "material": "Gallium", "quantity": 60.0, "share_on_call": 0.5, "delay_days": 20.0}],
}  # fmt: skip


def sensible() -> Rows:
    """The rows, to be changed."""
    return deepcopy(_SENSIBLE)


def case_of(rows: Rows) -> Case:
    """The case that the rows make."""
    tables = {table_of(record): tuple(record(**row) for row in rows.get(record, ())) for record in SHEETS}
    (settings,) = tables.pop(table_of(Settings))
    return Case(settings=settings, **tables)  # type: ignore[arg-type]  # each table holds its own record


def found_in(case: Case) -> list[Doubt]:
    """Every doubt about a case."""
    return list(checked(case))


def written(rows: Rows, path: Path) -> Path:
    """The workbook that the rows make: headings in the first row, Settings as keys and values."""
    sheets: dict[str, Any] = {}
    for record, found in rows.items():
        headings = {item.name: item.heading for item in columns(record)}
        printed = [{headings[name]: as_cell(value) for name, value in row.items()} for row in found]
        if printed:
            sheets[record.sheet] = printed[0] if record is Settings else printed
    return write(path, sheets)


def cell_of(rows: Rows, record: type[Record], row: int | None, name: str) -> tuple[str, object]:
    """Address and content of a cell in the written workbook; of the row's first key where the column is not there."""
    fields = list(dict.fromkeys(field for found in rows[record] for field in found))
    if row is None:
        return f"{record.sheet}!B{fields.index(name) + 2}", rows[record][0][name]
    field = name if name in fields else record.key[0]
    return f"{record.sheet}!{get_column_letter(fields.index(field) + 1)}{row + 2}", rows[record][row].get(name)
