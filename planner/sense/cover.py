"""Whether what must be in stock, and the demand and call-offs that must be met, can be there in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from models.case import Case
from models.needs import most_to_survive, ramp
from models.places import depots_of
from models.plan import quantity_tolerance
from models.records import CallOff, Demand, DemandUse, Material, Record
from models.wording import figure
from planner.sense.doubt import Doubt, fault, note, warning
from planner.sense.reach import Outlook, reach
from planner.sense.supply import addable, obstacles, participation, sources, sources_of, spaces
from planner.validate.names import listed


def in_time(case: Case) -> Iterator[Doubt]:
    """What is needed can be there by the day it is needed: of each material the gravest doubt only."""
    for row, record in enumerate(case.materials):
        outlook = reach(case)[record.material]
        doubts = chain(
            _out_of_reach(case, row, outlook),
            _above_participation(case, row, outlook),
            _without_source(case, row, outlook),
            _target_out_of_reach(case, row, outlook),
        )
        yield from islice(doubts, 1)


def has_room(case: Case) -> Iterator[Doubt]:
    """Floors, and the stock that cannot be got rid of, fit under the maximum stock and into the depots."""
    for row, record in enumerate(case.materials):
        outlook = reach(case)[record.material]
        for limit, column, words in _rooms(case, record):
            for t in case.calendar.horizon:
                floor, least = outlook.floor[t - 1], outlook.least[t - 1]
                if max(floor, least) > limit + quantity_tolerance(limit):
                    what = "its floor asks for" if floor >= least else "opening stock and open orders leave at least"
                    message = (
                        f"{record.material}: {what} {figure(max(floor, least))} {record.unit} at the end of "
                        f"{case.calendar.name(t)}, and {words} {figure(limit)} {record.unit}"
                    )
                    remedy = "Allow more, or lower the floor, the opening stock or the open orders."
                    yield fault(Material, row, column, message, remedy)
                    break


def has_demand(case: Case) -> Iterator[Doubt]:
    """A floor or target in days needs a demand, and offers need somebody who wants them."""
    dated = {row.material for row in case.demand}
    demanded = {row.material for row in case.demand if row.quantity} | {
        row.material for row in case.materials if row.annual_demand and row.material not in dated
    }
    asked = {case.offer[row.offer].material for row in case.decisions}
    asked |= {material for material in case.material if most_to_survive(case, material)}
    asked |= {row.material for row in case.commitments}
    unwanted = []
    for row, record in enumerate(case.materials):
        days = "target_cover_days" if record.target_cover_days else "floor_days"
        if getattr(record, days) and record.material not in demanded:
            message = f"{record.material} is to cover {figure(getattr(record, days))} days of demand, but has no demand"
            yield warning(Material, row, days, message, "Give its annual demand, or rows on the Demand sheet.")
        elif not reach(case)[record.material].is_needed and case.offers_of[record.material] and record.material not in asked:
            unwanted.append(row)
    if unwanted:
        materials = listed(case.materials[row].material for row in unwanted)
        message = f"{materials}: there are offers, but no target, floor, member or demand that draws stock asks for it"
        remedy = "Give it a cover target, a floor, a commitment, or a demand that draws stock."
        yield note(Material, unwanted[0], "target_cover_days", message, remedy)


def _out_of_reach(case: Case, row: int, outlook: Outlook) -> Iterator[Doubt]:
    """What must be there by a period cannot be, whatever is bought."""
    record = case.materials[row]
    for t, can in _short(outlook, outlook.floor, outlook.bought):
        what, cell = _need(case, row, outlook, t)
        message = (
            f"{what}, and no more than {figure(can)} {record.unit} can be there: {_sources(record, outlook, t)}"
            f"{_why_nothing(case, record)}"
        )
        yield fault(*cell, message, "Ask for less or later, or add stock, capacity, or offers that arrive sooner.")


def _above_participation(case: Case, row: int, outlook: Outlook) -> Iterator[Doubt]:
    """What must be there by a period cannot be bought within the participation cap."""
    record = case.materials[row]
    for t, can in _short(outlook, outlook.floor, outlook.within_cap):
        what, cell = _need(case, row, outlook, t)
        message = (
            f"no plan can exist: {what}, and the participation cap lets no more than {figure(can)} {record.unit} be "
            f"there: it allows {figure(participation(case, record.material))} {record.unit} per period"
        )
        yield warning(*cell, message, "Raise the participation cap, or ask for less or later.")


def _short(outlook: Outlook, stock: Sequence[float], bought: Sequence[float]) -> Iterator[tuple[int, float]]:
    """The periods by whose end a stock, after what must be met, cannot be there, and what can."""
    for t, (least, must, ordered, more) in enumerate(zip(stock, outlook.must, outlook.ordered, bought, strict=True), start=1):
        can = outlook.opening + ordered + more
        if must + least > can + quantity_tolerance(must + least):
            yield t, can


def _need(case: Case, row: int, outlook: Outlook, t: int) -> tuple[str, tuple[type[Record], int, str]]:
    """What is needed by the end of a period, in words, and the cell that says so."""
    record = case.materials[row]
    unit, end = record.unit, case.calendar.name(t)
    floor, must = outlook.floor[t - 1], outlook.must[t - 1]
    draws = record.demand_use is DemandUse.DRAWS_STOCK
    drawn = f"{'demand' if draws else 'call-offs'} of {figure(must)} {unit} by the end of {end} must be met"
    if not floor:
        return f"{record.material}: {drawn}", _last_asked(case, row, Demand if draws else CallOff, t)
    by_days = floor > record.minimum_stock
    why = f"floor of {figure(record.floor_days)} days" if by_days else "minimum stock"
    words = f"{record.material}: the {why} asks for {figure(floor)} {unit} at the end of {end}"
    words += f", after {drawn}" if must else ""
    return words, (Material, row, "floor_days" if by_days else "minimum_stock")


def _last_asked(case: Case, row: int, kind: type[Demand | CallOff], t: int) -> tuple[type[Record], int, str]:
    """The cell of the last row by the end of a period that asks for a material; without rows that of its yearly demand."""
    rows: Sequence[Demand | CallOff] = case.demand if kind is Demand else case.call_offs
    dated = {r.date: n for n, r in enumerate(rows) if r.material == case.materials[row].material}
    last = max((day for day in dated if case.calendar.period_of(day) <= t), default=None)
    return (Material, row, "annual_demand") if last is None else (kind, dated[last], "quantity")


def _sources(record: Material, outlook: Outlook, t: int) -> str:
    parts = (
        (outlook.opening, "opening stock"),
        (outlook.ordered[t - 1], "open orders"),
        (outlook.bought[t - 1], "what capacities and lead times let arrive of new orders"),
    )
    return ", ".join(f"{figure(quantity)} {record.unit} {words}" for quantity, words in parts)


def _without_source(case: Case, row: int, outlook: Outlook) -> Iterator[Doubt]:
    """Something is needed, and nothing can be bought."""
    record = case.materials[row]
    if outlook.is_needed and not sources_of(case)[record.material]:
        why = _why_nothing(case, record).removeprefix("; ")
        message = f"{record.material} is needed, but nothing of it can be bought within the plan: {why}"
        yield warning(Material, row, "material", message, "Add an offer that a trader may sign and that arrives in time.")


def _why_nothing(case: Case, record: Material) -> str:
    """Why nothing of a material can be bought, as the end of a sentence; empty where something can."""
    if sources_of(case)[record.material]:
        return ""
    found = [sources(case)[offer.offer] for offer in case.offers_of[record.material]]
    if not found:
        return f"; no offer is for {record.material}"
    reasons = dict.fromkeys(
        reason for source in found for trader in case.trader for reason in obstacles(case, source.offer, trader)
    )
    if not any(source.traders for source in found):
        return f"; no trader may buy on its offers: {listed(reasons, 4)}"
    if not any(source.slots for source in found if source.traders):
        return "; none of its offers can be ordered so that it arrives within the plan"
    return "; none of its offers has room for its smallest order, or no trader may sign those that have"


def _target_out_of_reach(case: Case, row: int, outlook: Outlook) -> Iterator[Doubt]:
    """The whole cover target holds from a period on, and cannot be met then."""
    record = case.materials[row]
    missed = [
        (t, can) for t, can in _short(outlook, outlook.target, outlook.within_cap) if ramp(case, record.material, t) == 1.0
    ]  # fmt: skip
    if missed:
        (first, can), (last, _) = missed[0], missed[-1]
        name = case.calendar.name
        span = f"in {name(first)}" if first == last else f"from {name(first)} to {name(last)}"
        message = (
            f"{record.material}: the target of {figure(record.target_cover_days)} days is out of reach {span}: "
            f"{figure(outlook.target[first - 1])} {record.unit} are wanted at the end of {name(first)}, and capacities, "
            f"lead times and the participation cap let {figure(can)} {record.unit} be there"
        )
        remedy = "The plan pays the cover penalty for what is missing; a later `ramp to` would ask for what can be had."
        yield warning(Material, row, "target_cover_days", message, remedy)


def _rooms(case: Case, record: Material) -> Iterator[tuple[float, str, str]]:
    """What limits the stock of a material: the limit in its unit, the column, and words that go before the figure."""
    if record.maximum_stock is not None:
        yield record.maximum_stock, "maximum_stock", "its maximum stock is"
    limits = []
    for name, depot in depots_of(case, record.material).items():
        if depot is None or depot.capacity is None or not addable(case, spaces(case)[name]):
            return
        limits.append(depot.capacity / case.in_unit(record.material, case.common_unit(spaces(case)[name])))
    if limits:
        yield sum(limits), "storage_class", "all depots that take it hold"
