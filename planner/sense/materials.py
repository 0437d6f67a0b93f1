"""Whether the figures of one material agree with each other, and its demand with the plan's periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from models.case import Case
from models.records import Demand, Material
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.validate.names import listed


def figures_agree(case: Case) -> Iterator[Doubt]:
    """Ramps run forward, the least is below the most, and a participation cap has a supply to be a share of."""
    for row, record in enumerate(case.materials):
        if record.ramp_from and record.ramp_to and record.ramp_to < record.ramp_from:
            message = f"{record.material}: the ramp ends on {record.ramp_to}, before it begins on {record.ramp_from}"
            yield fault(Material, row, "ramp_to", message, "Exchange the two dates, or correct one.")
        if record.maximum_stock is not None and record.minimum_stock > record.maximum_stock:
            message = (
                f"{record.material}: the minimum stock of {figure(record.minimum_stock)} {record.unit} is above the "
                f"maximum stock of {figure(record.maximum_stock)} {record.unit}"
            )
            yield fault(Material, row, "minimum_stock", message, "Lower the minimum or raise the maximum.")
        if record.participation_cap is not None and record.accessible_world_supply is None:
            message = (
                f"{record.material}: the participation cap of {percent(record.participation_cap)} has no effect, since the "
                "accessible world supply is not given"
            )
            yield warning(Material, row, "accessible_world_supply", message, "Give the supply that the cap is a share of.")
        if record.target_cover_days and record.floor_days > record.target_cover_days:
            message = (
                f"{record.material}: the floor of {figure(record.floor_days)} days is above the target of "
                f"{figure(record.target_cover_days)} days, which then asks for nothing"
            )
            yield warning(Material, row, "floor_days", message, "Raise the target, or lower the floor.")


def demand_fits_plan(case: Case) -> Iterator[Doubt]:
    """Dated demand lies within the plan or after it, and no period is forgotten."""
    by_material: dict[str, list[tuple[int, Demand]]] = defaultdict(list)
    for row, record in enumerate(case.demand):
        by_material[record.material].append((row, record))
    for material, found in by_material.items():
        periods = {case.calendar.period_of(record.date) for _, record in found}
        early = [(row, record.date) for row, record in found if record.date < case.settings.start_date]
        missing = [case.calendar.name(t) for t in case.calendar.horizon if t not in periods]
        if early:
            message = (
                f"{material}: {len(early)} of {len(found)} rows are dated before the plan starts on "
                f"{case.settings.start_date} (the first here, {early[0][1]}), and count for nothing"
            )
            yield warning(Demand, early[0][0], "date", message, "Delete them, or correct their dates.")
        end = case.calendar.last_day(case.calendar.periods)
        late = [(row, record.date) for row, record in found if record.date > end]
        if late and not (case.material[material].target_cover_days or case.material[material].floor_days):
            message = f"{material}: {late[0][1]} is after the plan ends on {end}, and counts for nothing"
            yield warning(Demand, late[0][0], "date", message, "Correct the date, or delete the row.")
        if missing:
            message = f"{material} has no row for {listed(missing, 4)}: no demand then, and annual demand does not fill in"
            remedy = "Add rows for these periods; write 0 where there is no demand."
            yield warning(Demand, found[0][0], "date", message, remedy)
