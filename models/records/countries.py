"""Sheet Countries: one row is a country."""

from __future__ import annotations

from typing import ClassVar

from models.records.schema import Country as Iso3
from models.records.schema import Record, Scope, TextList, column


class Country(Record):
    """A country, the blocs it belongs to, and whether it is covered by restrictions."""

    sheet: ClassVar[str] = "Countries"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("iso3",)

    iso3: Iso3 = column("ISO 3166-1 alpha-3 code, or the country's name.", aliases=("country",))
    name: str = column("Name.", "")
    blocs: TextList = column("Blocs it belongs to, separated by semicolons.", ())
    covered: bool = column("Whether it is a covered country (restricted origin).", False)
    risk_score: float | None = column("Risk from 0 (none) to 1.", None, unit="score", at_least=0, at_most=1)
