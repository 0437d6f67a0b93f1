"""Sheets Stock and Cover: what lies where, and how many days of demand it covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, ClassVar

from models.audit import asked_cover, drawn_in, required_cover
from models.case import Case
from models.classes import restricted_stock
from models.plan import Plan, quantity_tolerance
from models.records import DemandUse, Material
from planner.outputs.schema import Row, Shown

DAYS_WITHOUT_TARGET = 365
"""Days whose mean demand measures the cover of a material that has neither target nor floor."""

MET, MISSED, FLOOR_KEPT, NO_TARGET, BELOW_FLOOR = "met", "missed", "floor kept", "no target", "below floor"


@dataclass(frozen=True)
class StockRow(Row):
    """A material in a place over one period; a row that would hold nothing but zeros is left out."""

    sheet: ClassVar[str] = "Stock"

    material: Annotated[str, Shown("The material.")]
    place: Annotated[str, Shown("Depot and storage class; blank where the input has no depots.")]
    period: Annotated[str, Shown("The period.")]
    unit: Annotated[str, Shown("Unit of the material.")]
    opening: Annotated[float, Shown("Stock at the period's beginning.", "quantity", unit="unit")]
    taken_in: Annotated[float, Shown("What arrives and is stored.", "quantity", unit="unit")]
    given_out: Annotated[float, Shown("What is drawn, or sold past its shelf life.", "quantity", unit="unit")]
    lost: Annotated[float, Shown("What the yearly loss rate takes.", "quantity", unit="unit")]
    closing: Annotated[
        float, Shown("Stock at the period's end: opening + taken in − given out − lost.", "quantity", unit="unit")
    ]


@dataclass(frozen=True)
class CoverRow(Row):
    """A material's stock over all places at the end of one period, against its target and floor."""

    sheet: ClassVar[str] = "Cover"

    material: Annotated[str, Shown("The material.")]
    period: Annotated[str, Shown("The period.")]
    period_end: Annotated[date, Shown("Day at whose end the stock is measured.", "date")]
    unit: Annotated[str, Shown("Unit of the material.")]
    stock: Annotated[float, Shown("Stock over all places.", "quantity", unit="unit")]
    restricted: Annotated[
        float | None,
        Shown(
            "What of it is of restricted origin, where what is drawn is so first; blank where no Countries sheet says what is "
            "covered.",
            "quantity",
            unit="unit",
            heading="of restricted origin",
        ),
    ]
    daily_demand: Annotated[
        float | None,
        Shown(
            "Mean demand per day of the days that the target looks ahead (the floor's if there is none, else a year's).",
            "figure",
            unit="unit/day",
            heading="mean daily demand",
        ),
    ]
    demand_basis: Annotated[
        str, Shown("What the input says of the yearly demand: source, estimate or assumed; blank: nothing.")
    ]
    days_of_cover: Annotated[float | None, Shown("Stock ÷ mean daily demand; blank without demand.", "days", unit="days")]
    target_days: Annotated[float, Shown("Days that the stock should cover once the ramp has ended.", "days", unit="days")]
    target: Annotated[float, Shown("Stock that meets the target on that day, ramp included.", "quantity", unit="unit")]
    floor: Annotated[float | None, Shown("Stock that the floor demands on that day; blank: none.", "quantity", unit="unit")]
    gap: Annotated[float, Shown("What is missing from the target.", "quantity", unit="unit", mark="positive")]
    demand: Annotated[
        float | None,
        Shown("Demand of the period that draws stock; blank: demand only measures cover.", "quantity", unit="unit"),
    ]
    unmet: Annotated[
        float | None,
        Shown("What is missing from that demand; it costs the value of shortage.", "quantity", unit="unit", mark="positive"),
    ]
    unmet_value: Annotated[
        float | None,
        Shown("Unmet demand × value of shortage.", "money", unit="USD", heading="value of unmet demand"),
    ]
    result: Annotated[
        str,
        Shown(
            f"{MET} or {MISSED}: the target; {FLOOR_KEPT}: it has a floor only; {NO_TARGET}: neither holds yet; {BELOW_FLOOR}.",
            mark="words",
        ),
    ]


def stock_rows(plan: Plan) -> tuple[StockRow, ...]:
    """Every material in every place and period in which any of it lies there, comes or goes; what is not listed is zero."""
    case = plan.case
    return tuple(
        StockRow(material, place, case.calendar.name(period), case.material[material].unit, *line)
        for (material, place, period), line in plan.stock.items() if any(line)
    )  # fmt: skip


def cover_rows(plan: Plan) -> tuple[CoverRow, ...]:
    """Every material that has demand, a target or a floor, and every period."""
    return tuple(_cover_rows(plan))


def _cover_rows(plan: Plan) -> Iterator[CoverRow]:
    case = plan.case
    wanted = asked_cover(case)
    daily = _daily_demand(case)
    called = {row.material for row in case.call_offs}
    for material in case.materials:
        restricted = restricted_stock(plan, material.material) if case.countries else {}
        for period in case.calendar.horizon:
            target, floor = wanted.get((material.material, period), (0.0, 0.0))
            demand = daily[material.material, period]
            drawn, unmet = None, None
            if material.demand_use is DemandUse.DRAWS_STOCK or material.material in called:
                drawn = drawn_in(case, material, period)
                unmet = drawn - plan.used[material.material, period]
                unmet = unmet if unmet > quantity_tolerance(drawn) else 0.0
            if not (demand or target or floor or drawn):
                continue
            stock = plan.closing_stock[material.material, period]
            gap = target - stock
            missed = gap > quantity_tolerance(target)
            yield CoverRow(
                material=material.material, period=case.calendar.name(period),
                period_end=case.calendar.last_day(period), unit=material.unit, stock=stock,
                restricted=restricted.get(period),
                daily_demand=demand or None,
                demand_basis=material.basis.get("annual_demand", ""),
                days_of_cover=stock / demand if demand else None,
                target_days=material.target_cover_days, target=target, floor=floor or None,
                gap=gap if missed else 0.0,
                demand=drawn, unmet=unmet,
                unmet_value=None if unmet is None else unmet * (material.value_of_shortage or 0.0),
                result=_result(stock, target, floor, missed),
            )  # fmt: skip


def _result(stock: float, target: float, floor: float, missed: bool) -> str:
    if floor - stock > quantity_tolerance(floor):
        return BELOW_FLOOR
    if not target:
        return FLOOR_KEPT if floor else NO_TARGET
    return MISSED if missed else MET


def _daily_demand(case: Case) -> Mapping[tuple[str, int], float]:
    """By material and period, the mean demand per day of the days that the target looks ahead (material's unit).

    It is what a target of those days asks for when there is no ramp, divided by the days.
    """
    whole = [
        row.model_copy(update={"target_cover_days": _days_ahead(row), "floor_days": 0.0, "ramp_from": None, "ramp_to": None})
        for row in case.materials
    ]  # fmt: skip
    asked = required_cover(replace(case, materials=tuple(whole)))
    return {(row.material, period): quantity / row.target_cover_days for row, period, quantity, _ in asked}


def _days_ahead(material: Material) -> float:
    return material.target_cover_days or material.floor_days or DAYS_WITHOUT_TARGET
