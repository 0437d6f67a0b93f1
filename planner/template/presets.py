"""Rules that programmes have published, as rows to start a workbook from, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.records import Contingency, Country, Material, Policy, Record

Row = Mapping[str, object]


@dataclass(frozen=True)
class Preset:
    """One programme's rules.

    Attributes:
        sentence: what it asks for, and what is to be filled in.
        source: where that is said.
        tables: rows by sheet; what they leave out is filled in by the user.
        settings: of the Settings sheet.
    """

    sentence: str
    source: str
    tables: Mapping[type[Record], Sequence[Row]]
    settings: Row = field(default_factory=dict)


EU = ("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL", "ITA", "LTU",
      "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE")  # fmt: skip
COVERED = ("CHN", "IRN", "PRK", "RUS")
"""Covered countries of DFARS 252.225-7052."""

_CRMA = (
    "Regulation (EU) 2024/1252 (Critical Raw Materials Act), benchmark for 2030: at most 65 % of yearly consumption at any "
    "relevant stage of processing from one third country"
)
_DFARS = (
    "DFARS 252.225-7052: nothing mined, refined, separated, melted or produced in China, Iran, North Korea or Russia, from "
    "1 January 2027"
)
_N1 = "The practice of asking what is left without the largest supplier (IEA); the days and the share are assumed"


def _cover(days: float, group: str = "") -> Row:
    """A material, to be named, with its days of cover."""
    return {"target_cover_days": days} | ({"group": group} if group else {})


PRESETS: Mapping[str, Preset] = {
    "vault-60": Preset(
        "60 days of cover for each material, within USD 12 billion. Name the materials.",
        "Press reports on Project Vault, February 2026",
        {Material: [_cover(60)]},
        {"budget": 12e9},
    ),
    "jogmec-60-180": Preset(
        "60 days of cover, and 180 for materials of high geopolitical risk. Name the materials; which ones Japan stores for "
        "180 days is not published.",
        "IEA, International Resource Strategy: National stockpiling system (Japan)",
        {Material: [_cover(60, "standard"), _cover(180, "high risk")]},
    ),
    "komir-100": Preset(
        "100 days of cover of rare metals, and 60 of base metals. Name the materials.",
        "IEA, The national program for metal nonferrous and rare stockpiling (Korea)",
        {Material: [_cover(100, "rare metals"), _cover(60, "base metals")]},
    ),
    "crma-65": Preset(
        "At most 65 % of a year's purchases of a material mined, and of those refined, in any one country outside the EU. The "
        "benchmark is one for 2030; here it holds from the first day. Countries lists the EU: add the others that offers name.",
        _CRMA,
        {
            Policy: [
                {"rule": f"CRMA 65 %: {stage}", "kind": "share", "attribute": stage, "within": ("each",), "exempt": ("EU",),
                 "scope_": "each material", "sense": "at most", "limit": 0.65, "window": "contract year", "source": _CRMA}
                for stage in ("mine", "refine")
            ],
            Country: [{"iso3": code, "blocs": ("EU",)} for code in EU],
        },
    ),
    "dfars-2027": Preset(
        "Nothing that is mined or refined in a covered country, for materials of the group DFARS. Put samarium-cobalt and "
        "neodymium magnets, tantalum and tungsten into that group. Countries lists the covered ones: add all that offers name.",
        _DFARS,
        {
            Policy: [
                {"rule": f"DFARS 2027: {stage}", "kind": "share", "attribute": stage, "within": ("covered",),
                 "scope_": "DFARS", "sense": "at most", "limit": 0.0, "window": "period", "from_date": date(2027, 1, 1),
                 "source": _DFARS}
                for stage in ("mine", "refine")
            ],
            Country: [{"iso3": code, "covered": True} for code in COVERED],
            Material: [{"group": "DFARS"}],
        },
    ),
    "n-1": Preset(
        "When any one country is lost, stock and what still arrives last 60 days. What is missing costs a quarter of the "
        "benchmark price a year; make it hard from the day on which the stock is there.",
        _N1,
        {
            Contingency: [
                {"contingency": "N-1: any country", "kind": "each country", "days_to_survive": 60.0, "hardness": "soft",
                 "source": _N1}
            ]
        },
    ),
}  # fmt: skip


def rows_of(names: Iterable[str]) -> dict[type[Record], list[Row]]:
    """The rows of several presets by sheet, one after the other; of a country that several name, one."""
    tables: dict[type[Record], list[Row]] = {}
    for name in dict.fromkeys(names):
        for record, rows in PRESETS[name].tables.items():
            tables.setdefault(record, []).extend(rows)
    countries: dict[object, Row] = {}
    for row in tables.get(Country, ()):
        countries[row["iso3"]] = {**countries.get(row["iso3"], {}), **row}
    return tables | ({Country: list(countries.values())} if countries else {})


def settings_of(names: Iterable[str]) -> Row:
    """What several presets set, the last one named before those before it."""
    return {key: value for name in names for key, value in PRESETS[name].settings.items()}


def notes(names: Iterable[str]) -> list[str]:
    """What each preset asks for, with its source."""
    return [f"{name}: {PRESETS[name].sentence} Source: {PRESETS[name].source}." for name in dict.fromkeys(names)]
