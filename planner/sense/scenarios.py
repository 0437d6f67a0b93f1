"""Whether scenarios add up, weigh something, and can be met with what partners hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from models.case import Case
from models.effects import effects_of
from models.futures import JOINT, NORMAL, futures_of, tail_counts
from models.records import Partner, Scenario, Settings
from models.wording import percent
from planner.sense.doubt import Doubt, fault, warning

TOO_MUCH = 1e-9
"""By how much probabilities may exceed 1: thirds written to some digits."""


def probabilities_add_up(case: Case) -> Iterator[Doubt]:
    """The states of one group exclude each other: together they are at most certain, and each is possible."""
    sums: dict[str, float] = defaultdict(float)
    for position, row in enumerate(case.scenarios):
        group = row.group.strip().casefold()
        before, sums[group] = sums[group], sums[group] + row.probability
        if group and before <= 1.0 + TOO_MUCH < sums[group]:
            total, name = percent(sums[group]), row.group.strip()
            message = f"the states of group {name} exclude each other, and their probabilities add up to {total}"
            remedy = "Lower them to 100 % in all, or give what does not exclude the others a group of its own."
            yield fault(Scenario, position, "probability", message, remedy)
        if not row.probability:
            message = f"scenario {row.scenario} has a probability of 0: it counts for nothing"
            yield warning(Scenario, position, "probability", message, "Give it a probability, or delete it.")


def names_are_clear(case: Case) -> Iterator[Doubt]:
    """No scenario's name can be taken for the normal state's, or for several together."""
    for position, row in enumerate(case.scenarios):
        if row.scenario.strip().casefold() == NORMAL or JOINT in row.scenario:
            what = "is that of the state in which nothing happens"
            if JOINT in row.scenario:
                what = f"holds '{JOINT}': with it scenarios that hold together are written"
            message = f"the name of scenario '{row.scenario}' {what}"
            yield fault(Scenario, position, "scenario", message, "Give it another name.")


def scenarios_count(case: Case) -> Iterator[Doubt]:
    """Scenarios have shocks; not too many combine; and what weighs or caps risk has something to weigh."""
    if case.scenarios and not case.shocks:
        message = "no scenario has a shock in the sheet Shocks: they count for nothing"
        yield warning(Scenario, 0, "scenario", message, "Say in Shocks what they do, or delete them.")
    futures = futures_of(case)
    if futures.dropped:
        message = (
            f"the scenarios combine in more ways than {len(futures.kept)}: the most probable ones are planned with, and the "
            f"others, {percent(futures.dropped)} in all, count with these in proportion"
        )
        yield warning(Settings, None, "max_scenarios", message, "Raise `max scenarios`, or put states into fewer groups.")
    settings = case.settings
    if not tail_counts(case.whole) and (settings.risk_weight or settings.cvar_cap is not None):
        for name in ("risk_weight", "cvar_cap"):
            if getattr(settings, name):
                message = f"there are no scenarios with shocks: '{name.replace('_', ' ')}' counts for nothing"
                yield warning(Settings, None, name, message, "Fill the sheets Scenarios and Shocks, or clear it.")


def partners_are_called(case: Case) -> Iterator[Doubt]:
    """Partners' stock can be called, and is there in some scenario within the plan."""
    if case.partners and not case.scenarios:
        message = "there are no scenarios: what partners hold is never called"
        yield warning(Partner, 0, "partner", message, "Fill the sheets Scenarios and Shocks, or delete the rows.")
    for position, row in enumerate(case.partners):
        if not row.quantity * row.share_on_call:
            message = f"nothing of what {row.partner} holds of {row.material} can be called"
            yield warning(Partner, position, "share_on_call", message, "Give a quantity and a share, or delete the row.")
            continue
        begins = [min(effect.demand) for effect in effects_of(case, row.material) if effect.demand]
        if begins and not any(_there(case, t, row) for t in begins):
            message = f"what {row.partner} sends of {row.material} is there in no scenario before the plan ends"
            yield warning(Partner, position, "delay_days", message, "Correct the delay, or plan further ahead.")


def _there(case: Case, first: int, row: Partner) -> bool:
    """Whether what is called from a period's first day on comes within the plan."""
    return case.calendar.first_day(first) + timedelta(days=row.delay_days) <= case.calendar.last_day(case.calendar.periods)
