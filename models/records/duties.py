"""Sheet Duties: one row is a duty on a tariff code from an origin, for some time."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Record, Scope, Territory, column
from models.records.units import PriceUnit


class Duty(Record):
    """A duty. Of the rows of one kind that are in force on the day of arrival the one with the narrowest origin holds: the
    country of refining before its bloc, a bloc before all; kinds add up."""

    sheet: ClassVar[str] = "Duties"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("tariff_code", "origin", "kind", "from_date")
    needed_where_named: ClassVar[bool] = True

    tariff_code: str = column("The code, as in Offers.")
    origin: Territory = column("Country of refining, or bloc, that it is charged on.", "", blank="all origins")
    kind: str = column("What it is: MFN, Section 301, anti-dumping and the like. A preference or column 2 is of the kind MFN.")
    rate: float = column("Share of the customs value.", 0.0, unit="share", at_least=0, at_most=20)
    specific_duty: float = column("Duty per unit, whatever the value.", 0.0, unit="USD/{unit}", at_least=0)
    minimum_import_price: float | None = column(
        "Least value of a unit; what the customs value is below it is charged too.",
        None,
        unit="USD/{unit}",
        at_least=0,
        blank="none",
    )
    duty_unit: PriceUnit | None = column(
        "Unit that specific duty and minimum import price are per.", None, blank="the material's own"
    )
    from_date: date | None = column("First day of arrival that it holds for.", None, heading="from", blank="always")
    to_date: date | None = column("Last day of arrival that it holds for.", None, heading="to", blank="always")
    source: str = column("Where it is said; kept, not planned with.", "")
