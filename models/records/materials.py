"""Sheet Materials: one row is a material in one form and grade."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class DemandUse(Choice):
    COVER_ONLY = "cover only"
    DRAWS_STOCK = "draws stock"


class Material(Record):
    """A material in one form and grade, with its demand, its targets and its limits."""

    sheet: ClassVar[str] = "Materials"
    scope: ClassVar[Scope] = "material"
    key: ClassVar[tuple[str, ...]] = ("material",)
    required: ClassVar[bool] = True

    material: str = column("Name of the material in one form and grade, e.g. Nd-Pr oxide 99.5 %.")
    group: str = column("Group that Policy rules may name.", "")
    unit: str = column("Unit of every quantity of this material; mass units (t, kg, lb, oz t, g, kt) can be added up.", "t")
    annual_demand: float = column(
        "Demand per year, the same every day; a Demand sheet goes before it.", 0.0, unit="{unit}/yr", at_least=0
    )
    demand_use: DemandUse = column("Whether demand only measures cover or is drawn from the stock.", DemandUse.COVER_ONLY)
    benchmark_index: str | None = column(
        "Index whose price is this material's benchmark.", None, refers="Prices.index", blank="the benchmark price"
    )
    benchmark_price: float | None = column(
        "Benchmark price, where no index is named.", None, unit="USD/{unit}", above=0, blank="mean price of its offers"
    )
    target_cover_days: float = column(
        "Days of demand that the stock should cover; missing it costs the cover penalty.",
        0.0,
        unit="days",
        at_least=0,
        at_most=3660,
    )
    ramp_from: date | None = column("Day from which the target rises from the opening stock.", None, blank="first day")
    ramp_to: date | None = column("Day from which the whole target holds.", None, blank="from `ramp from`")
    cover_penalty: float | None = column(
        "Cost of one unit missing from the target for a year.",
        None,
        unit="USD/{unit}/yr",
        at_least=0,
        blank="a quarter of the benchmark price",
        aliases=("cover penalty per unit and year",),
    )
    floor_days: float = column(
        "Days of demand that the stock must cover, without exception.", 0.0, unit="days", at_least=0, at_most=3660
    )
    floor_from: date | None = column("Day from which the floor holds.", None, blank="first day")
    minimum_stock: float = column("Least stock at every period's end.", 0.0, unit="{unit}", at_least=0)
    maximum_stock: float | None = column("Most stock at every period's end.", None, unit="{unit}", at_least=0, blank="no limit")
    storage_class: str = column("Kind of storage it needs; a depot of another class does not take it.", "", blank="any depot")
    holding_cost: float = column(
        "Cost of holding one unit for a year, rent apart.",
        0.0,
        unit="USD/{unit}/yr",
        at_least=0,
        aliases=("holding cost per unit and year",),
    )
    loss_rate: float = column("Share of the stock lost in a year.", 0.0, unit="per year", at_least=0, below=1)
    shelf_life: int | None = column(
        "Months after which what has arrived must have left the stock; what nobody draws is sold.", None, unit="months",
        at_least=1, at_most=1200, blank="it keeps",
    )  # fmt: skip
    rotation_haircut: float | None = column(
        "Share that such a sale brings less than the benchmark price.", None, unit="share", at_least=0, at_most=1,
        blank="the terminal haircut (Settings)",
    )  # fmt: skip
    lot: float | None = column(
        "Lot in which it is bought, where the offer names none.", None, unit="{unit}", above=0, blank="any quantity"
    )
    value_of_shortage: float | None = column(
        "Cost of one unit of demand that is not met.", None, unit="USD/{unit}", at_least=0, blank="demand must be met"
    )
    accessible_world_supply: float | None = column(
        "Supply per year that the traders can reach.",
        None,
        unit="{unit}/yr",
        at_least=0,
        blank="unknown: no participation cap",
    )
    participation_cap: float | None = column(
        "Largest share of the accessible supply that all traders together buy in a period.",
        None,
        unit="share",
        at_least=0,
        at_most=1,
        blank="no cap",
    )
    essential_share: float = column(
        "Share of demand that must be met in a disruption, unless Contingencies says otherwise.",
        1.0,
        unit="share",
        at_least=0,
        at_most=1,
    )
