"""Sheet Contingencies: one row is an N-1 case, or a family of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from models.records.policy import Hardness
from models.records.schema import Choice, Record, Scope, TextList, column


class ContingencyKind(Choice):
    EACH_COUNTRY = "each country"
    EACH_SUPPLIER = "each supplier"
    EACH_PLANT = "each plant"
    NAMED = "named"

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        return {"countries": "each country", "suppliers": "each supplier", "plants": "each plant"}


class Contingency(Record):
    """A loss that the supply must survive for some days: of any one country, supplier or plant, or of all that are named."""

    sheet: ClassVar[str] = "Contingencies"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("contingency",)

    contingency: str = column("Name of the case, as it appears in the plan.")
    kind: ContingencyKind = column(
        "each country, each supplier, each plant: any one of them is lost; named: all that `names` lists, together."
    )
    names: TextList = column("named: countries, suppliers and plants that are lost together.", ())
    exempt: TextList = column(
        "Countries, blocs, suppliers or plants that are never lost, such as the home country.", (), heading="except"
    )
    owner_counts: bool = column("Whether a supplier is lost with its owner's country.", False)
    scope_: str = column("Material or group that it is about, or `all`; each material on its own.", "all", heading="scope")
    days_to_survive: float = column(
        "Days from a period's first day that stock and what still arrives must last.", unit="days", above=0, at_most=3660
    )
    essential_share: float | None = column(
        "Share of demand that must be met.", None, unit="share", at_least=0, at_most=1, blank="the material's essential share"
    )
    from_date: date | None = column(
        "Day from which it must be survived: from the first period that begins on it or later.",
        None,
        heading="from",
        blank="first day",
    )
    hardness: Hardness = column("hard: always survived; soft: what is missing costs the penalty.", Hardness.HARD)
    penalty: float | None = column(
        "soft: cost of one unit missing for a year, in the worst of its losses.",
        None,
        unit="USD/unit/yr",
        at_least=0,
        blank="a quarter of the benchmark price",
    )
    source: str = column("Where it comes from; kept, not planned with.", "")
