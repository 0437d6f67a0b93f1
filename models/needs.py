"""What a material needs: demand per period, and the stock that covers the days to come. Building side only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from models.case import Case
from models.records import Commitment, Contingency, DemandUse, On

DAYS_PER_YEAR = 365


def demand(case: Case, material: str) -> dict[int, float]:
    """Demand by period of the horizon, in the material's unit: dated rows, or a twelfth of a year's a month."""
    dated = _dated(case, material)
    if dated:
        return {t: dated.get(t, 0.0) for t in case.calendar.horizon}
    flat = case.material[material].annual_demand * case.calendar.year_fraction
    return dict.fromkeys(case.calendar.horizon, flat)


def drawn(case: Case, material: str) -> dict[int, float]:
    """What is asked of the stock by period: demand that draws it, or what members call off."""
    if case.material[material].demand_use is DemandUse.DRAWS_STOCK:
        return demand(case, material)
    sums = dict.fromkeys(case.calendar.horizon, 0.0)
    for (_, t), quantity in called_off(case, material).items():
        sums[t] += quantity
    return sums


def called_off(case: Case, material: str) -> dict[tuple[str, int], float]:
    """What each member calls off, in the material's unit, by member and period of the horizon."""
    return {key: quantity for key, quantity in _calls(case, material).items() if key[1] in case.calendar.horizon}


def drawn_before(case: Case, material: str) -> dict[tuple[str, int], float]:
    """What each member has drawn before the plan, in the material's unit, by member and period (0 and below)."""
    return {key: quantity for key, quantity in _calls(case, material).items() if key[1] < 1}


def _calls(case: Case, material: str) -> dict[tuple[str, int], float]:
    found: dict[tuple[str, int], float] = {}
    for row in case.call_offs:
        if row.material == material:
            key = row.member, case.calendar.period_of(row.date)
            found[key] = found.get(key, 0.0) + row.quantity
    return found


def daily_demand(case: Case, material: str) -> Callable[[int], float]:
    """Demand per day in any period, in unit/day; past the horizon the demand of the last known period is carried on.

    A period of the horizon without a row has no demand, and is known.
    """
    dated = _dated(case, material)
    calendar = case.calendar
    if not dated:
        flat = case.material[material].annual_demand / DAYS_PER_YEAR
        return lambda period: flat
    last = max(*dated, calendar.periods)

    def rate(period: int) -> float:
        known = min(period, last)
        return dated.get(known, 0.0) / calendar.days(known)

    return rate


def demand_of_days(case: Case, material: str, after: int, days: float) -> float:
    """Demand of the `days` days that follow the end of period `after`, in the material's unit."""
    rate = daily_demand(case, material)
    total, period = 0.0, after
    while days > 0:
        period += 1
        covered = min(days, case.calendar.days(period))
        total += covered * rate(period)
        days -= covered
    return total


def ramp(case: Case, material: str, period: int) -> float | None:
    """How far the ramp has come at the period's end, from 0 to 1; None before it begins."""
    record = case.material[material]
    end = case.calendar.last_day(period)
    begins = record.ramp_from or case.settings.start_date
    if end < begins:
        return None
    if record.ramp_to is None or end >= record.ramp_to:
        return 1.0
    return (end - begins).days / (record.ramp_to - begins).days


def target(case: Case, material: str, period: int) -> float:
    """Stock that meets the cover target at the period's end: from the opening stock linearly to the full target."""
    share = ramp(case, material, period)
    full = demand_of_days(case, material, period, case.material[material].target_cover_days)
    if share is None or not full:
        return 0.0
    opening = min(opening_stock(case, material), full)
    return opening + share * (full - opening)


def floor(case: Case, material: str, period: int) -> float:
    """Stock that the hard floor demands at the period's end."""
    record = case.material[material]
    if case.calendar.last_day(period) < (record.floor_from or date.min):
        return 0.0
    return demand_of_days(case, material, period, record.floor_days)


def common_floor(case: Case, material: str) -> dict[int, float]:
    """Stock (unit) that the floor of all materials demands, by period: from the end of the ramp on, or else in the last one."""
    days, calendar = case.settings.cover_floor or 0.0, case.calendar
    end = calendar.last_day(calendar.periods)
    begins = min(case.material[material].ramp_to or end, end)
    asked = {t: demand_of_days(case, material, t, days) for t in calendar.horizon if calendar.last_day(t) >= begins}
    return {t: quantity for t, quantity in asked.items() if quantity}


def stretch(case: Case, material: str, days: float) -> dict[int, dict[int, float]]:
    """What some days from each period's first day ask for: by that period, the demand (unit) by the last period that helps.

    A period counts in full with what arrives in it, so that every full one must be reached; of the last one only its days
    count, and no arrivals: what is asked of them must be there before. Where the days reach past the horizon, the demand of
    the last stretch inside it is asked for. Nothing is asked where no stretch lies inside.
    """
    calendar, rate = case.calendar, daily_demand(case, material)
    past = calendar.first_day(calendar.periods + 1)
    found: dict[int, dict[int, float]] = {}
    whole = 0.0
    for t in calendar.horizon:
        last, left, total, asked = t - 1, days, 0.0, dict[int, float]()
        while last < calendar.periods and calendar.days(last + 1) <= left:
            last += 1
            left -= calendar.days(last)
            total += calendar.days(last) * rate(last)
            asked[last] = total
        if (past - calendar.first_day(t)).days >= days:
            whole = total + left * rate(last + 1)
        elif not found:
            break
        asked[last] = max(whole, asked.get(last, 0.0))
        found[t] = asked
    return found


def essential(case: Case, contingency: Contingency, material: str) -> float:
    """Share of the material's demand that must be met in a contingency."""
    own = contingency.essential_share
    return case.material[material].essential_share if own is None else own


def most_to_survive(case: Case, material: str) -> float:
    """The most stock that some contingency asks for, in the material's unit: in each depot, since any one may be lost."""
    places = max(1, len(case.depots))
    asked = [
        essential(case, row, material) * quantity
        for row in case.contingencies if material in case.in_scope(row.scope_)
        for by_period in stretch(case, material, row.days_to_survive).values() for quantity in by_period.values()
    ]  # fmt: skip
    return places * max(asked, default=0.0)


def classed(case: Case) -> list[str]:
    """The materials of which a rule or a member asks what is of restricted origin in the stock."""
    named = {i for row in case.policy if row.on is On.STOCK for i in case.in_scope(row.scope_)}
    named |= {row.material for row in case.commitments if case.member[row.member].clean_origin_only}
    return [i for i in case.material if i in named]


def committed(case: Case, material: str) -> dict[tuple[str, int], Commitment]:
    """The commitments that are in force at periods' ends, by member and period."""
    rows = [row for row in case.commitments if row.material == material]
    ends = {t: case.calendar.last_day(t) for t in case.calendar.horizon}
    return {
        (row.member, t): row for row in rows for t, end in ends.items()
        if (row.from_date or date.min) <= end <= (row.to_date or date.max)
    }  # fmt: skip


def entitled(case: Case, material: str) -> dict[int, float]:
    """What members are entitled to together at each period's end, in the material's unit."""
    sums = dict.fromkeys(case.calendar.horizon, 0.0)
    for (_, t), row in committed(case, material).items():
        sums[t] += row.quantity
    return sums


def wanted_at_end(case: Case, material: str) -> float:
    """What the last target or the members ask for at the plan's end, whichever is more (unit)."""
    end = case.calendar.periods
    return max(target(case, material, end), entitled(case, material)[end])


def opening_stock(case: Case, material: str) -> float:
    """Everything in stock when the plan starts, in the material's unit."""
    return sum(row.quantity for row in case.opening_stock if row.material == material)


def kept(case: Case, material: str) -> float:
    """Share of the stock that is left after a period's loss: (1 − yearly loss)^(part of a year)."""
    return float((1.0 - case.material[material].loss_rate) ** case.calendar.year_fraction)


def _dated(case: Case, material: str) -> dict[int, float]:
    """Demand rows by period; several rows in one period are added up."""
    found: dict[int, float] = {}
    for row in case.demand:
        if row.material == material:
            period = case.calendar.period_of(row.date)
            found[period] = found.get(period, 0.0) + row.quantity
    return found
