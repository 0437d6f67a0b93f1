"""Makers of tiny cases: one material `x` in tonnes, offers at a round price, months from January 2027."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.case import Case
from models.records import Demand, DemandUse, Material, Offer, Settings, Trader

START = date(2027, 1, 1)


def first(month: int) -> date:
    """The first day of the plan's n-th month, also past its end."""
    return date(2027 + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def material(name: str = "x", **fields: Any) -> Material:
    """A material whose demand leaves the stock and must be met."""
    return Material(**{"material": name, "demand_use": DemandUse.DRAWS_STOCK} | fields)


def kept(name: str = "x", **fields: Any) -> Material:
    """A material whose demand only measures cover: 365 units a year, one a day."""
    return Material(**{"material": name, "annual_demand": 365.0, "benchmark_price": 100.0} | fields)


def offer(name: str = "o", price: float | None = 10.0, **fields: Any) -> Offer:
    """An offer of `x` by supplier `s` at 10 USD, always valid, arriving at once, paid on arrival."""
    return Offer(**{"offer": name, "supplier": "s", "material": "x", "price": price} | fields)


def demand(quantities: Sequence[float], name: str = "x") -> tuple[Demand, ...]:
    """Demand of the first months, one figure each."""
    return tuple(Demand(material=name, date=first(t), quantity=q) for t, q in enumerate(quantities, 1))


def case(
    *offers: Offer,
    needs: Sequence[float] | Mapping[str, Sequence[float]] = (),
    periods: int | None = None,
    materials: Sequence[Material] = (),
    traders: Sequence[Trader] = (),
    settings: Mapping[str, Any] | None = None,
    **tables: Any,
) -> Case:
    """A case of some offers; `needs` is the demand by month of `x`, or of each material by name.

    Without `periods` the plan is as long as the longest demand; without `traders` one named `f` buys for no fee.
    """
    by_material = needs if isinstance(needs, Mapping) else {"x": needs}
    longest = max((len(quantities) for quantities in by_material.values()), default=0)
    return Case(
        settings=Settings(**{"start_date": START, "periods": periods or max(1, longest)} | dict(settings or {})),
        materials=tuple(materials) or (material(),),
        offers=offers,
        traders=tuple(traders) or (Trader(trader="f"),),
        demand=tuple(row for name, quantities in by_material.items() for row in demand(quantities, name)),
        **tables,
    )
