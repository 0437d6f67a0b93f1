"""The checking side of contingencies: how long the supply of a plan lasts after each loss, counted from its decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from models.audit import benchmark_on, between, demand_ahead, depot_country, origin, places
from models.case import Case
from models.plan import Plan, quantity_tolerance, rounded
from models.records import SECONDARY, UNKNOWN, Contingency, ContingencyKind, Material, UnknownOrigin


@dataclass(frozen=True)
class Survival:
    """What a loss of a contingency leaves of a material from a period's first day.

    Attributes:
        loss: a country, supplier or plant, or the contingency's own name; empty where nothing can be lost.
        asked, available: what must be there and what is, where least is left of it, in the material's unit.
        days: how many of the days to survive it lasts.
        arriving: share of what arrives in these days that comes all the same; nothing where nothing arrives.
    """

    row: Contingency
    material: str
    period: int
    loss: str
    asked: float
    available: float
    days: float
    arriving: float | None

    @property
    def room(self) -> float:
        """What is there beyond what is asked, in whole steps: what adding floats leaves does not choose between losses."""
        return rounded(self.available - self.asked)

    @property
    def missing(self) -> float:
        """What the loss leaves short, in the material's unit."""
        return max(0.0, self.asked - self.available)


class _Lot(NamedTuple):
    """What arrives in a period, and with the loss of what it is lost."""

    period: int
    quantity: float
    ties: frozenset[str]


class _Stage(NamedTuple):
    """The first days of a stretch: the last period whose arrivals help, how many days, and what they need (unit)."""

    last: int
    days: float
    need: float


@lru_cache(maxsize=4)
def survivals(plan: Plan) -> tuple[Survival, ...]:
    """The loss that leaves most missing, of each contingency, material in its scope, and period from its first day on."""
    by_period = groupby(every_survival(plan), key=lambda one: (one.row.contingency, one.material, one.period))
    return tuple(min(losses, key=lambda one: (one.room, one.loss)) for _, losses in by_period)


@lru_cache(maxsize=4)
def every_survival(plan: Plan) -> tuple[Survival, ...]:
    """Every loss of each contingency, material in its scope, and period from the contingency's first day on."""
    return tuple(
        found
        for row in plan.case.contingencies for name in plan.case.in_scope(row.scope_)
        for found in _of_material(plan, row, plan.case.material[name])
    )  # fmt: skip


def penalty_of(case: Case, found: Survival) -> float:
    """What is missing costs in a soft contingency, in USD."""
    yearly = found.row.penalty
    if yearly is None:
        yearly = benchmark_on(case, case.material[found.material], case.settings.start_date) / 4
    return found.missing * yearly * case.calendar.months / 12


def _of_material(plan: Plan, row: Contingency, material: Material) -> Iterator[Survival]:
    case, name = plan.case, material.material
    lots = [_Lot(lot.period, lot.quantity, _ties(case, row, lot.offer, lot.supplier)) for lot in plan.lots.get(name, ())]
    depots = {place: _ties_of_depot(case, row, place) for place in places(case, name)}
    losses = _losses(case, row, {tie for ties in (*depots.values(), *(lot.ties for lot in lots)) for tie in ties})
    for period, stages in _stretches(case, row, material):
        for loss, lost in losses.items():
            stock = sum(plan.stock[name, place, period].opening for place, ties in depots.items() if not ties & lost)
            coming = [lot for lot in lots if period <= lot.period <= stages[-1].last]
            safe = [lot for lot in coming if not lot.ties & lost]
            asked, available, days = _lasting(stock, safe, stages, plan.decisions_on[name])
            total = sum(lot.quantity for lot in coming)
            arriving = sum(lot.quantity for lot in safe) / total if total else None
            yield Survival(row, name, period, loss, asked, available, days, arriving)


def _lasting(stock: float, safe: Sequence[_Lot], stages: Sequence[_Stage], decisions: int) -> tuple[float, float, float]:
    """What is asked and available where least is left, and how many days are survived."""
    tightest, days, before = (0.0, float("inf")), stages[-1].days, _Stage(0, 0.0, 0.0)
    held = stock
    for stage in stages:
        available = stock + sum(lot.quantity for lot in safe if lot.period <= stage.last)
        if available - stage.need < tightest[1] - tightest[0]:
            tightest = stage.need, available
        if available < stage.need - quantity_tolerance(stage.need, decisions) and days == stages[-1].days:
            rate = (stage.need - before.need) / (stage.days - before.days)
            days = before.days + max(0.0, held - before.need) / rate
        held, before = available, stage
    return *tightest, days


def _stretches(case: Case, row: Contingency, material: Material) -> Iterator[tuple[int, list[_Stage]]]:
    """Each period from which the days must be survived, with the stages of these days."""
    calendar, length = case.calendar, row.days_to_survive
    ahead = demand_ahead(case, material, int(length) + 2)
    end = (calendar.last_day(calendar.periods) - calendar.start).days + 1
    share = material.essential_share if row.essential_share is None else row.essential_share
    whole = 0.0
    for period in calendar.horizon:
        after = (calendar.first_day(period) - calendar.start).days
        if after + length <= end:
            whole = share * between(ahead, after, length)
        elif period == 1:
            return
        stages, days, last = [], 0.0, period - 1
        while last < calendar.periods and days + calendar.days(last + 1) <= length:
            last += 1
            days += calendar.days(last)
            stages.append(_Stage(last, days, share * between(ahead, after, days)))
        if days < length:
            stages.append(_Stage(last, length, whole))
        begun = row.from_date is None or calendar.first_day(period) >= row.from_date
        if begun and any(stage.need > 0 for stage in stages):
            yield period, stages


def _losses(case: Case, row: Contingency, ties: set[str]) -> dict[str, frozenset[str]]:
    """What may be lost together, by name; at least nothing."""
    if row.kind is ContingencyKind.NAMED:
        covered = any(case.country[name].covered for name in row.names if name in case.country)
        unknown = covered and case.settings.unknown_origin is UnknownOrigin.RESTRICTED
        return {row.contingency: frozenset((*row.names, UNKNOWN) if unknown else row.names)}
    blocs = {name: set(country.blocs) for name, country in case.country.items()}
    lost = {name for name in ties if name not in row.exempt and not blocs.get(name, set()) & set(row.exempt)}
    return {name: frozenset((name,)) for name in lost} or {"": frozenset()}


def _ties(case: Case, row: Contingency, name: str, supplier: str) -> frozenset[str]:
    """With the loss of what a lot is lost."""
    offer = case.offer.get(name)
    found: set[str] = set()
    if row.kind in (ContingencyKind.EACH_COUNTRY, ContingencyKind.NAMED):
        for stage in ("mine", "refine", "owner") if row.owner_counts else ("mine", "refine"):
            found |= origin(case, offer, supplier, stage).keys()
        found |= set(offer.route if offer else ())
    if row.kind in (ContingencyKind.EACH_SUPPLIER, ContingencyKind.NAMED):
        found.add(supplier)
    if row.kind in (ContingencyKind.EACH_PLANT, ContingencyKind.NAMED) and offer:
        found.add(offer.plant)
    return frozenset(found - {SECONDARY, ""})


def _ties_of_depot(case: Case, row: Contingency, place: str) -> frozenset[str]:
    """With the loss of what a depot's stock is out of reach."""
    country = depot_country(case, place)
    by_country = row.kind in (ContingencyKind.EACH_COUNTRY, ContingencyKind.NAMED)
    return frozenset((country,)) if country and by_country else frozenset()
