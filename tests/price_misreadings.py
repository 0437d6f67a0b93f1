"""Misreadings of the columns that make a price, as `tests.misreadings` has all others."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.case import Case
from models.records import Duty, Offer, Price, Settings
from planner.verify import COSTS
from tests.cases import case, first, kept, offer
from tests.misreadings import Misreading
from tests.policies import from_country, ruled


def quoted(low: float | None = None, high: float | None = None, unit: str | None = None, **fields: Any) -> Case:
    """10 kg are bought in February on an index that rises from 10 over 20 to 40."""
    settings = {name: fields.pop(name) for name in ("price_case",) if name in fields}
    rows = tuple(
        Price(index="i", date=first(t), value=value, low=low, high=high, unit=unit) for t, value in ((2, 20), (1, 10), (3, 40))
    )
    terms = {"price": None, "index": "i", "valid_from": first(2), "valid_to": first(2)} | fields
    return case(offer(**terms), materials=(kept(unit="kg", floor_days=10, floor_from=first(3)),), prices=rows, periods=3,
                settings=settings)  # fmt: skip


def dutiable(**fields: Any) -> Case:
    """10 t from China at 100, freight, insurance, handling and a duty of 10 % of the customs value apart."""
    row = Duty(**{"tariff_code": "G", "kind": "MFN", "origin": "CHN", "rate": 0.1} | fields)
    terms = {"price": 100.0, "freight": 5.0, "insurance": 2.0, "handling": 1.0, "tariff_code": "G", "incoterm": "CFR"}
    return ruled(offers=(from_country("c", **terms, country="CHN"),), duties=(row, Duty(tariff_code="H", kind="MFN")))


PRICES = (
    Misreading(Offer, "incoterm", None, dutiable, COSTS),
    Misreading(Offer, "tariff_code", "H", dutiable, COSTS),
    Misreading(Duty, "rate", 0.2, dutiable, COSTS),
    Misreading(Duty, "specific_duty", 0.0, lambda: dutiable(specific_duty=3.0), COSTS),
    Misreading(Duty, "minimum_import_price", None, lambda: dutiable(minimum_import_price=120.0), COSTS),
    Misreading(Duty, "duty_unit", None, lambda: dutiable(specific_duty=3.0, duty_unit="lb"), COSTS),
    Misreading(Duty, "to_date", date(2026, 12, 31), lambda: dutiable(to_date=first(2)), COSTS),
    Misreading(Settings, "price_case", "base", lambda: quoted(low=5.0, price_case="low"), COSTS),
    Misreading(Price, "low", None, lambda: quoted(low=5.0, price_case="low"), COSTS),
    Misreading(Price, "high", None, lambda: quoted(high=50.0, price_case="high"), COSTS),
    Misreading(Price, "unit", None, lambda: quoted(unit="lb"), COSTS),
    Misreading(Offer, "floor", 0.0, lambda: quoted(floor=25.0), COSTS),
    Misreading(Offer, "cap", None, lambda: quoted(cap=15.0), COSTS),
    Misreading(Offer, "upside_share", 0.0, lambda: quoted(floor=10.0, upside_share=0.5), COSTS),
    Misreading(Offer, "quoted_per", None, lambda: quoted(price=2.0, index=None, quoted_per="lb"), COSTS),
    Misreading(Offer, "quotation_months", 0, lambda: quoted(quotation_months=-1), COSTS),
    Misreading(Offer, "quotation_from", "order", lambda: quoted(quotation_months=0, lead_days=31), COSTS),
)
