"""Plain arithmetic of the checking side: what the records say about days, prices and needs.

The building side computes the same facts in `skeleton`, `landed_cost` and `needs`. Nothing is shared on purpose: a
mistake on one side shows as a difference.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from math import floor as whole_part
from statistics import fmean

from models.case import Case
from models.records import MASS_IN_TONNES, UNKNOWN, DemandUse, Material, Milestone, Offer, OpenOrder


def order_day(case: Case, offer: Offer, period: int) -> date:
    """The day on which an order of the period is placed: its first on which the offer is valid."""
    first = case.calendar.first_day(period)
    return offer.valid_from if offer.valid_from is not None and offer.valid_from > first else first


def arrival_day(offer: Offer, ordered: date) -> date:
    """Order day plus lead and licence days, summed and rounded once."""
    return ordered + whole_days(offer.lead_days + offer.licence_days)


def due_day(offer: Offer, ordered: date) -> date:
    """Day on which an order is paid: its payment days after it, or after its arrival."""
    since = arrival_day(offer, ordered) if offer.payment_from is Milestone.ARRIVAL else ordered
    return since + whole_days(offer.payment_days)


def whole_days(days: float) -> timedelta:
    """Days rounded to whole ones; half a day is a day."""
    return timedelta(days=whole_part(days + 0.5))


def last_valid(case: Case, offer: Offer) -> date:
    """The last day on which the offer can be ordered: its validity's, or its supplier's KYC check's."""
    supplier = case.supplier.get(offer.supplier)
    expiry = supplier.kyc_expiry if supplier is not None else None
    return min(offer.valid_to or date.max, expiry or date.max)


def order_periods(case: Case, offer: Offer) -> Iterator[tuple[int, date]]:
    """The periods in which the offer can be ordered to arrive within the horizon, with the day of the order."""
    calendar = case.calendar
    end = calendar.last_day(calendar.periods)
    for period in calendar.horizon:
        day = order_day(case, offer, period)
        if day <= min(last_valid(case, offer), calendar.last_day(period)) and arrival_day(offer, day) <= end:
            yield period, day


def arrival_days(case: Case, order: OpenOrder) -> Iterator[date]:
    """The days on which an open order may arrive: as agreed, or whole periods later within the plan."""
    yield order.arrival
    later, end, n = order.arrival, case.calendar.last_day(case.calendar.periods), 0
    while later <= end and n < order.deferrable:
        n += 1
        months = order.arrival.month - 1 + n * case.calendar.months
        year, month = order.arrival.year + months // 12, months % 12 + 1
        later = date(year, month, min(order.arrival.day, monthrange(year, month)[1]))
        if later <= end:
            yield later


def quoted(case: Case, offer: Offer, day: date, factor: float = 1.0) -> float:
    """The offer's own price on a day, in USD per unit: fixed, or index (times a factor) plus premium, within floor and cap,
    less the share of the upside that is given back."""
    figure = offer.price or 0.0
    if offer.index is not None:
        figure = index_on(case, offer, day) * factor + offer.premium
    figure = max(figure, offer.floor or 0.0)
    if offer.cap is not None and figure > offer.cap:
        figure = offer.cap
    if offer.floor is not None and figure > offer.floor:
        figure -= (figure - offer.floor) * offer.upside_share
    return figure * quoted_units(case, offer)


def quoted_units(case: Case, offer: Offer) -> float:
    """How many of the units that an offer is quoted per are one unit of its material."""
    own = case.material[offer.material].unit
    return 1.0 / units_in(offer.quoted_per or own, own)


def units_in(unit: str, other: str) -> float:
    """How many of the other one unit is; one where either is no mass."""
    if unit != other and unit in MASS_IN_TONNES and other in MASS_IN_TONNES:
        return MASS_IN_TONNES[unit] / MASS_IN_TONNES[other]
    return 1.0


def index_on(case: Case, offer: Offer, ordered: date) -> float:
    """What the offer's index stands at for an order, in USD per the unit of the offer's price: on its day, or on average over
    the days of the month agreed on."""
    own, index, months = case.material[offer.material].unit, str(offer.index), offer.quotation_months
    ratio = units_in(case.index_unit[index] or own, offer.quoted_per or own)
    if months is None:
        return case.quotation(index, ordered) / ratio
    since = arrival_day(offer, ordered) if offer.quotation_from is Milestone.ARRIVAL else ordered
    year, month = since.year + (since.month - 1 + months) // 12, (since.month - 1 + months) % 12 + 1
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    return fmean(case.quotation(index, day) for day in days) / ratio


def benchmark_on(case: Case, material: Material, day: date) -> float:
    """The material's benchmark price on a day, in USD per unit: index, price, or the mean of its offers' prices."""
    index = material.benchmark_index
    if index is not None:
        return case.quotation(index, day) / units_in(case.index_unit[index] or material.unit, material.unit)
    if material.benchmark_price is not None:
        return material.benchmark_price
    quotes = [quoted(case, row, day) for row in case.offers if row.material == material.material]
    return sum(quotes) / max(1, len(quotes))


def short_unit(case: Case, material: Material) -> float:
    """What a unit short in a scenario costs, in USD."""
    if material.value_of_shortage is not None:
        return material.value_of_shortage
    return case.settings.shortage_multiple * benchmark_on(case, material, case.settings.start_date)


def places(case: Case, material: str) -> tuple[str, ...]:
    """Where a material may lie, in the order of the Depots sheet; one place without name where there are no depots."""
    return tuple(name for name, _ in _spaces(case, material)) if case.depots else ("",)


def _spaces(case: Case, material: str) -> Iterator[tuple[str, str]]:
    """The spaces that take a material, each with its depot."""
    needs = case.material[material].storage_class
    for row in case.depots:
        if not needs or not row.storage_class or row.storage_class == needs:
            yield f"{row.depot} / {row.storage_class}" if row.storage_class else row.depot, row.depot


def opening(case: Case, material: str, name: str) -> float:
    """Opening stock of a material in a place; a row without depot lies in the first place that takes the material."""
    spaces = list(_spaces(case, material))
    total = 0.0
    for row in case.opening_stock:
        if row.material != material:
            continue
        if not case.depots or name == next((space for space, depot in spaces if row.depot in (None, depot)), None):
            total += row.quantity
    return total


def origin(case: Case, offer: Offer | None, supplier: str, stage: str) -> dict[str, float]:
    """Countries and their shares at a stage (mine, refine, owner) of what a supplier delivers on an offer, if that is known."""
    if stage == "owner":
        if not case.suppliers:
            return {}
        company = case.supplier.get(supplier)
        return {(company.owner_country if company else None) or UNKNOWN: 1.0}
    if offer is None:
        return {UNKNOWN: 1.0}
    if stage == "refine":
        return {offer.refine_country or UNKNOWN: 1.0}
    return dict(offer.mine_country) or {UNKNOWN: 1.0}


def depot_country(case: Case, place: str) -> str | None:
    """Where a place stands, if that is known."""
    found = (row.country for row in case.depots if place in (row.depot, f"{row.depot} / {row.storage_class}"))
    return next(found, None)


def demand_in(case: Case, material: Material, period: int) -> float:
    """Demand of a period, in the material's unit."""
    rows = [row for row in case.demand if row.material == material.material]
    if not rows:
        return material.annual_demand * case.calendar.months / 12
    first, last = case.calendar.first_day(period), case.calendar.last_day(period)
    return sum(row.quantity for row in rows if first <= row.date <= last)


def drawn_in(case: Case, material: Material, period: int) -> float:
    """What is asked of the stock in a period (material's unit): demand that draws it, or what members call off."""
    if material.demand_use is DemandUse.DRAWS_STOCK:
        return demand_in(case, material, period)
    return called_in(case, material.material, period)


def called_in(case: Case, material: str, period: int, member: str | None = None) -> float:
    """What a member, or all of them, call off of a material in a period, in its unit."""
    return _called_off(case).get((material, period, member), 0.0)


@lru_cache(maxsize=4)
def _called_off(case: Case) -> Mapping[tuple[str, int, str | None], float]:
    """What is called off by material, period and member; without member, of all."""
    sums: dict[tuple[str, int, str | None], float] = defaultdict(float)
    for row in case.call_offs:
        for member in (row.member, None):
            sums[row.material, case.calendar.period_of(row.date), member] += row.quantity
    return sums


def required_cover(case: Case) -> Iterator[tuple[Material, int, float, float]]:
    """Material, period, cover target and floor at the period's end (unit), for materials that have either."""
    for material in case.materials:
        days = max(material.target_cover_days, material.floor_days)
        if not days:
            continue
        ahead = demand_ahead(case, material, int(days) + 2)
        stock = sum(row.quantity for row in case.opening_stock if row.material == material.material)
        for period in case.calendar.horizon:
            end = case.calendar.last_day(period)
            after = (end - case.settings.start_date).days + 1
            full = between(ahead, after, material.target_cover_days)
            begins = material.ramp_from or case.settings.start_date
            progress = 1.0
            if material.ramp_to is not None and begins <= end < material.ramp_to:
                progress = (end - begins).days / (material.ramp_to - begins).days
            target = 0.0 if end < begins else (1 - progress) * min(stock, full) + progress * full
            holds = material.floor_from is None or end >= material.floor_from
            yield material, period, target, between(ahead, after, material.floor_days) if holds else 0.0


def common_floor(case: Case) -> Iterator[tuple[str, int, float]]:
    """Material, period, and what the floor of all materials demands at its end (unit), where that is anything."""
    days, periods = case.settings.cover_floor or 0.0, case.calendar.periods
    for material in case.materials if days else ():
        ahead = demand_ahead(case, material, whole_part(days) + 2)
        for period in case.calendar.horizon:
            end = case.calendar.last_day(period)
            if period == periods or (material.ramp_to is not None and end >= material.ramp_to):
                required = between(ahead, (end - case.settings.start_date).days + 1, days)
                if required:
                    yield material.material, period, required


def asked_cover(case: Case) -> dict[tuple[str, int], tuple[float, float]]:
    """Target and floor (unit) by material and period, the floor of all materials included; nothing where neither is set."""
    asked = {(material.material, t): (target, floor) for material, t, target, floor in required_cover(case)}
    for material, t, quantity in common_floor(case):
        target, floor = asked.get((material, t), (0.0, 0.0))
        asked[material, t] = target, max(floor, quantity)
    return asked


def between(ahead: list[float], after: int, days: float) -> float:
    """Demand of the `days` days that follow the first `after` days of the plan; part of a day counts in part."""
    last = after + whole_part(days)
    part = (days - whole_part(days)) * (ahead[last + 1] - ahead[last])
    return ahead[last] - ahead[after] + part


def days_covered(ahead: list[float], after: int, stock: float) -> float:
    """Days after the first `after` days of the plan whose demand a stock meets; all that are known where it meets all."""
    last = bisect_right(ahead, ahead[after] + stock, after)
    if last == len(ahead):
        return last - 1 - after
    return last - 1 - after + (ahead[after] + stock - ahead[last - 1]) / (ahead[last] - ahead[last - 1])


def demand_ahead(case: Case, material: Material, beyond: int) -> list[float]:
    """Demand of the plan's first 0, 1, 2, … days, day by day, to `beyond` days past the horizon.

    Past the horizon the demand of the last known period goes on: the last one with a row, or the horizon's last.
    """
    calendar = case.calendar
    span = (calendar.last_day(calendar.periods) - calendar.start).days + 1 + beyond
    dated: dict[int, float] = {}
    for row in case.demand:
        if row.material == material.material:
            dated[calendar.period_of(row.date)] = dated.get(calendar.period_of(row.date), 0.0) + row.quantity
    if not dated:
        return [day * material.annual_demand / 365 for day in range(span + 1)]
    last = max(*dated, calendar.periods)
    daily = []
    for day in range(span):
        period = min(calendar.period_of(calendar.start + timedelta(days=day)), last)
        daily.append(dated.get(period, 0.0) / calendar.days(period))
    return [0.0, *accumulate(daily)]
