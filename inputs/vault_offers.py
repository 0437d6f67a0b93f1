"""The offers of the Vault example: capacity and origin from the sources, terms from the tables of assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner_examples.tables import Figure, Row, assumed, by, day, figure, is_assumed, origin, read, weakest
from planner_examples.vault_duties import CHINA, FREE, tariff_code

KG_IN_TONNE = 1000.0
MONTHS = 12
SHARED = frozenset({"Cu", "Al"})
"""Bulk metals, whose offers several traders may sign."""
PAYMENT_DAYS = 30

Table = Mapping[str, Mapping[str, str]]


def offers() -> Iterator[Row]:
    """The rows of the sheet Offers."""
    materials, prices, terms = by("symbol", "materials"), by("symbol", "prices"), by("symbol", "terms")
    for row in read("offers"):
        symbol = row["symbol"]
        yield (
            {
                "offer": row["offer"],
                "supplier": row["supplier"],
                "material": materials[symbol]["material"],
                "mine_country": origin(row["mine"]),
                "refine_country": row["refine"],
                "plant": row["figure"] if row["figure"] in _PRODUCERS else "",
                "index": prices[symbol]["index"],
                "premium": assumed(float(row["premium share"]) * benchmark(prices[symbol])),
                "capacity_per_period": capacity(row, materials[symbol]["unit"]),
                "exclusive": symbol not in SHARED,
                "valid_from": day(row["valid from"]),
                "valid_to": day(row["valid to"]),
                "attributes": {f"{stage} assumed": is_assumed(row[f"{stage} basis"]) for stage in ("mine", "refine")},
            }
            | order_terms(terms[symbol], capacity(row, materials[symbol]["unit"]))
            | delivery(row["refine"], materials[symbol], benchmark(prices[symbol]))
            | charged(_TARIFFS[symbol], row["refine"])
            | _days(_TARIFFS[symbol], row["refine"])
        )


def benchmark(price: Mapping[str, str]) -> float:
    """The published price in USD per unit of the material."""
    return round(float(price["published"]) * float(price["times"]), 2)


def capacity(row: Mapping[str, str], unit: str) -> Figure:
    """What an offer can deliver in a month: a plant's capacity or a country's output, over twelve.

    A factor (the part that is this material, or that no other offer holds) makes an estimate of a sourced figure.
    """
    if row["figure"] in _PRODUCERS:
        yearly = figure(_PRODUCERS[row["figure"]], "capacity t/yr")
    else:
        yearly = figure(_PRODUCTION[row["figure"]], "t/yr")
    assert yearly is not None
    factor, means = _factor(row["factor"])
    in_unit = yearly.value * factor * (KG_IN_TONNE if unit == "kg" else 1.0)
    return Figure(round(in_unit / MONTHS, 3), weakest(yearly.basis, means))


def _factor(text: str) -> tuple[float, str]:
    """A factor and its basis: none, a number, or an oxide's share in an ore."""
    if not text:
        return 1.0, "source"
    if text.startswith("oxide:"):
        return _OXIDES[text.removeprefix("oxide:")], "estimate"
    return float(text), "estimate"


def order_terms(terms: Mapping[str, str], monthly: Figure) -> Row:
    """Minimum order, lot and fixed costs of a material's offers; who delivers less in a month has no minimum."""
    names = ("minimum order", "lot", "lot tolerance", "fixed order cost", "contract cost")
    found = {name.replace(" ", "_"): figure(terms, name) for name in names}
    minimum = found["minimum_order"]
    return found | {"minimum_order": minimum if minimum and minimum.value <= monthly.value else None}


def delivery(refine: str, material: Mapping[str, str], price: float) -> Row:
    """Freight, insurance, handling and assay per unit: by the refiner's region and the material's storage class."""
    kind = _CLASSES[material["storage class"]]
    per_unit = 1 / KG_IN_TONNE if material["unit"] == "kg" else 1.0
    freight = _FREIGHT[_COUNTRIES[refine]["region"]]
    return {
        "freight": assumed(float(freight[material["storage class"]]) * per_unit),
        "insurance": assumed(float(kind["insurance share"]) * price),
        "handling": assumed(float(kind["handling"]) * per_unit),
        "assay_cost": assumed(float(kind["assay cost"]) * per_unit),
    }


def charged(tariff: Mapping[str, str], origin_country: str) -> Row:
    """The tariff code, or a rate where there is none: then only what is added for China is charged."""
    code = tariff_code(tariff)
    if code is not None:
        return {"tariff_code": code}
    added = figure(tariff, "added for China") if origin_country == CHINA else None
    return {"duty_rate": added or FREE}


def _days(tariff: Mapping[str, str], refine: str) -> Row:
    """Lead, licence and payment time; Chinese sellers are paid with the order."""
    licence = figure(tariff, "China licence days") if refine == CHINA else None
    return {
        "lead_days": assumed(float(_FREIGHT[_COUNTRIES[refine]["region"]]["lead days"])),
        "licence_days": licence or None,
        "payment_days": assumed(0 if refine == CHINA else PAYMENT_DAYS),
        "payment_from": "order" if refine == CHINA else "arrival",
    }


_PRODUCERS: Table = by("producer", "producers")
_PRODUCTION: Table = by("key", "production")
_TARIFFS: Table = by("symbol", "tariffs")
_FREIGHT: Table = by("region", "freight")
_CLASSES: Table = by("storage class", "classes")
_COUNTRIES: Table = by("country", "countries")
_OXIDES = {f"{row['oxide']}:{row['ore']}": float(row["share"]) for row in read("oxides")}
