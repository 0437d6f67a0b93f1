"""Units of mass, and those that prices are quoted per."""

from __future__ import annotations

from collections.abc import Mapping

from models.records.schema import Choice

MASS_IN_TONNES: Mapping[str, float] = {
    "t": 1.0,
    "kg": 1e-3,
    "g": 1e-6,
    "kt": 1e3,
    "Mt": 1e6,
    "lb": 4.5359237e-4,
    "mtu": 1e-2,
    "oz t": 3.11034768e-5,
}
"""Mass units that can be added up, in tonnes (international avoirdupois pound and troy ounce, exact by definition)."""


class PriceUnit(Choice):
    """A unit of mass; `mtu` is the metric ton unit of ores and tungstates, 10 kg of what the price is for."""

    TONNE = "t"
    KILOGRAM = "kg"
    GRAM = "g"
    POUND = "lb"
    TROY_OUNCE = "oz t"
    METRIC_TON_UNIT = "mtu"

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        tonnes = dict.fromkeys(("mt", "tonne", "tonnes", "metricton", "metrictons"), "t")
        others = {"lbs": "lb", "pound": "lb", "pounds": "lb", "kilogram": "kg", "gram": "g"}
        return tonnes | others | dict.fromkeys(("ozt", "toz", "troyoz", "troyounce", "troyounces"), "oz t")
