"""Sheet Rotation: what is sold since its shelf life ends, and what that brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from models.plan import Plan
from models.quotes import sale_price
from planner.outputs.schema import Row, Shown, in_unit, in_usd


@dataclass(frozen=True)
class RotationRow(Row):
    """A sale of a material in one period."""

    sheet: ClassVar[str] = "Rotation"
    keys: ClassVar[int] = 2

    material: Annotated[str, Shown("The material.")]
    period: Annotated[str, Shown("The period.")]
    unit: Annotated[str, Shown("Unit of the material.")]
    sold: Annotated[float, in_unit("What is sold: nobody draws it before its shelf life ends.")]
    price: Annotated[float, Shown("Benchmark less haircut, or what the cheapest unit costs.", "price", unit="USD/unit")]
    amount: Annotated[float, in_usd("What that brings.", "proceeds")]


def rotation_rows(plan: Plan) -> tuple[RotationRow, ...]:
    """Every sale, by material and period."""
    prices = {row: sale_price(plan.case, plan.case.material[row.material], row.period) for row in plan.rotations}
    return tuple(
        RotationRow(
            material=row.material, period=plan.case.calendar.name(row.period), unit=plan.case.material[row.material].unit,
            sold=row.quantity, price=prices[row], amount=row.quantity * prices[row],
        )
        for row in sorted(plan.rotations)
    )  # fmt: skip
