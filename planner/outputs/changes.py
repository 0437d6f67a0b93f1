"""Sheet Changes: every order that is not what it was in the last plan, and the input that moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

from models.audit import order_periods
from models.case import Case
from models.decisions import Purchase
from models.permits import obstacles
from models.plan import Plan, quantity_tolerance, work_out
from models.records import Concerns, InputChange, Previous
from planner.outputs.schema import Row, Shown, in_unit, in_usd

NEW, DROPPED, MORE, LESS = "new", "dropped", "more", "less"
STEPS = 10
"""Steps of a quantity that are no change."""
MOST = 3
"""Changes of the input that one row tells at most."""

Order = tuple[str, str, int]
"""Offer, trader and order period."""


@dataclass(frozen=True)
class ChangeRow(Row):
    """One order that is placed otherwise than in the last plan."""

    sheet: ClassVar[str] = "Changes"
    keys: ClassVar[int] = 4

    trader: Annotated[str, Shown("Firm that buys.")]
    material: Annotated[str, Shown("The material.")]
    offer: Annotated[str, Shown("Quote that is ordered on.")]
    ordered_in: Annotated[str, Shown("Period of the order.", heading="period ordered")]
    supplier: Annotated[str, Shown("Company that sells.")]
    change: Annotated[str, Shown("new: ordered now, and not in the last plan; dropped: the other way round; more; less.")]
    before: Annotated[float, in_unit("Quantity in the last plan.")]
    after: Annotated[float, in_unit("Quantity in this plan.")]
    unit: Annotated[str, Shown("Unit of the material.")]
    value: Annotated[float, in_usd("Change of quantity × landed cost; negative where less is bought.")]
    moved: Annotated[
        str,
        Shown(
            "Why it cannot be as it was, or what of the input has changed that it hangs on.", "sentence", heading="what moved"
        ),
    ]


class Moved(NamedTuple):
    """The changes of a plan together.

    Attributes:
        orders: how many are not what they were, `of` so many in either plan.
        value: what goods are worth that are ordered otherwise, in USD.
    """

    orders: int
    of: int
    value: float


def change_rows(plan: Plan) -> tuple[ChangeRow, ...]:
    """The orders that changed, the largest value first; those of periods that the last plan did not know are none."""
    case = plan.case
    last, ordered = _last(case), _ordered(plan)
    rows = [
        _row(case, key, last.get(key), ordered.get(key, 0.0)) for key in {**last, **ordered}
        if _differs(last.get(key), ordered.get(key, 0.0)) and _is_known(case, key[2])
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-abs(row.value), row.trader, row.material, row.offer, row.ordered_in)))


def moved(plan: Plan) -> Moved:
    """The changes together."""
    rows = change_rows(plan)
    of = sum(_is_known(plan.case, key[2]) for key in {**_last(plan.case), **_ordered(plan)})
    return Moved(len(rows), of, sum(abs(row.value) for row in rows))


def _last(case: Case) -> dict[Order, Previous]:
    """The orders of the last plan in this one's periods; what it ordered before has been placed."""
    found: dict[Order, Previous] = {}
    for row in case.previous:
        key = row.offer, row.trader, case.calendar.period_of(row.period)
        quantity = row.quantity + (found[key].quantity if key in found else 0.0)
        if key[2] in case.calendar.horizon:
            found[key] = row.model_copy(update={"quantity": quantity})
    return found


def _ordered(plan: Plan) -> dict[Order, float]:
    sums: dict[Order, float] = defaultdict(float)
    for row in plan.purchases:
        sums[row.offer, row.trader, row.period] += row.quantity
    return sums


def _is_known(case: Case, period: int) -> bool:
    """Whether the last plan looked ahead to a period."""
    return case.last_plan_until is not None and case.calendar.first_day(period) <= case.last_plan_until


def _differs(last: Previous | None, quantity: float) -> bool:
    before = last.quantity if last else 0.0
    return abs(quantity - before) > quantity_tolerance(before, STEPS)


def _row(case: Case, key: Order, last: Previous | None, after: float) -> ChangeRow:
    name, trader, period = key
    offer = case.offer.get(name)
    before = last.quantity if last else 0.0
    material = offer.material if offer else last.material if last else ""
    words = {(True, False): NEW, (False, True): DROPPED}.get((not before, not after), MORE if after > before else LESS)
    return ChangeRow(
        trader=trader, material=material, offer=name, ordered_in=case.calendar.name(period),
        supplier=offer.supplier if offer else last.supplier if last else "",
        change=words, before=before, after=after,
        unit=case.material[material].unit if material in case.material else "",
        value=(after - before) * _landed(case, key, last),
        moved=_why(case, key, last),
    )  # fmt: skip


def _landed(case: Case, key: Order, last: Previous | None) -> float:
    """Landed cost per unit today; that of the last plan where it cannot be ordered any more."""
    if key[0] in case.offer and key[1] in case.trader:
        return work_out(case, Purchase(*key, quantity=1.0)).landed
    return last.landed_cost or 0.0 if last else 0.0


def _why(case: Case, key: Order, last: Previous | None) -> str:
    barred = list(_barred(case, key)) if last else []
    moved = [_told(row) for row in case.input_changes if _touches(case, row, key, last)]
    more = f"and {len(moved) - MOST} more" if len(moved) > MOST else ""
    return "; ".join(filter(None, [*barred, *moved[:MOST], more])) or _otherwise(case)


def _otherwise(case: Case) -> str:
    """Why an order may be another one that hangs on no input that has changed."""
    until, end = case.last_plan_until, case.calendar.last_day(case.calendar.periods)
    if until is not None and until < end:
        return f"no input of its own: the plan looks ahead to {end}, the last one to {until}"
    return "no input of its own: it follows from other changes"


def _barred(case: Case, key: Order) -> Iterator[str]:
    """Why an order of the last plan cannot be placed any more."""
    name, trader, period = key
    if name not in case.offer:
        yield "the offer is gone"
    elif trader not in case.trader:
        yield "the trader is gone"
    else:
        yield from obstacles(case, name, trader)
        if not any(t == period for t, _ in order_periods(case, case.offer[name])):
            yield "it cannot be ordered in this period any more"


def _touches(case: Case, row: InputChange, key: Order, last: Previous | None) -> bool:
    """Whether a change of the input is about what an order hangs on."""
    offer = case.offer.get(key[0])
    material = offer.material if offer else last.material if last else ""
    record = case.material.get(material)
    names: Mapping[Concerns, set[str | None]] = {
        Concerns.OFFER: {key[0]},
        Concerns.SUPPLIER: {offer.supplier if offer else last.supplier if last else None},
        Concerns.MATERIAL: {material},
        Concerns.INDEX: {offer.index if offer else None, record.benchmark_index if record else None},
        Concerns.TARIFF: {offer.tariff_code if offer else None},
    }
    return row.name in names.get(row.concerns, set())


def _told(row: InputChange) -> str:
    """`Prices: antimony 2027-03-01: value 100 → 102`."""
    change = f"{row.what} {row.before or 'blank'} → {row.after or 'blank'}" if row.before or row.after else row.what
    return ": ".join(filter(None, (row.where, row.row, change)))
