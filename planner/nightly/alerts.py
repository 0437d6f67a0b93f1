"""What somebody should hear of a case in the morning, rule by rule.

A rule holds beyond its figure, not at it, as the words of its setting say: a gap above, cover below, more than so many days.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby

from rapidfuzz.process import extractOne

from planner.findings import Exit, FaultyInput
from planner.nightly.alert_terms import Alerts
from planner.nightly.case_run import CaseOutcome, is_fresh
from planner.nightly.config import CaseOfNight, Night
from planner.nightly.cover import Cover, read
from planner.nightly.folder import Folder
from planner.nightly.record import PLANNED, Record

DAY = 86400.0
"""Seconds; of a day by the clock of the world, which knows no daylight saving."""


class Rule(StrEnum):
    NO_PLAN = "no plan"
    NOT_VERIFIED = "verify failed"
    STALE_PLAN = "stale plan"
    STALE_INPUT = "stale input"
    GAP = "gap above"
    COST = "cost moved"
    COVER = "cover below"
    MISSED = "cover missed"


@dataclass(frozen=True)
class Alert:
    """Something that somebody should hear of.

    Attributes:
        case: empty where it is of the whole night.
        subject: the material, where it is of one.
        message: in a sentence.
    """

    case: str
    rule: Rule
    message: str
    subject: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.case, self.rule, self.message)))


@dataclass(frozen=True)
class Tonight:
    """A case after the night.

    Attributes:
        before: the run that was published before it.
        now: when it is looked at.
    """

    case: CaseOfNight
    outcome: CaseOutcome
    before: Record | None
    night: Night
    now: datetime


def alerts_of(found: Tonight, terms: Alerts) -> list[Alert]:
    """All that the rules find of a case."""
    told = [(rule, message) for rule, look in _LOOKS.items() if (message := look(found, terms))]
    return [Alert(found.case.name, rule, message) for rule, message in told] + list(_covers(found, terms))


def _no_plan(found: Tonight, terms: Alerts) -> str:
    holds = terms.no_plan and found.outcome.status not in PLANNED | {Exit.NOT_VERIFIED}
    return _without(found) if holds else ""


def _not_verified(found: Tonight, terms: Alerts) -> str:
    return _without(found) if terms.not_verified and found.outcome.status is Exit.NOT_VERIFIED else ""


def _without(found: Tonight) -> str:
    """Why there is no plan of tonight, and what its users have instead."""
    plan = found.outcome.published
    stands = "there is no plan" if plan is None else f"the plan of {plan.run}, {plan.age(found.now):.1f} h old, stays"
    return f"status {int(found.outcome.status)}, {found.outcome.message}; {stands}"


def _stale_plan(found: Tonight, terms: Alerts) -> str:
    plan = found.outcome.published
    if not terms.stale_plan or plan is None or is_fresh(found.outcome, found.night, found.now):
        return ""
    return f"the plan of {plan.run} is {plan.age(found.now):.1f} h old, more than {found.night.fresh_hours:g}"


def _stale_input(found: Tonight, terms: Alerts) -> str:
    """A workbook that is not there has no plan, which is an alert of its own."""
    if terms.input_days is None or not found.case.book.is_file():
        return ""
    changed = datetime.fromtimestamp(found.case.book.stat().st_mtime, UTC)
    days = (found.now - changed).total_seconds() / DAY
    if days <= terms.input_days:
        return ""
    return f"{found.case.book} has not changed since {changed:%Y-%m-%d}, for more than {terms.input_days:g} days"


def _gap(found: Tonight, terms: Alerts) -> str:
    plan = found.outcome.published
    if terms.gap_above is None or plan is None or plan.gap is None or plan.gap <= terms.gap_above:
        return ""
    return f"the plan of {plan.run} is proven to a gap of {plan.gap:.3%}, above {terms.gap_above:.3%}"


def _cost(found: Tonight, terms: Alerts) -> str:
    """Against the plan that was published before the night; a night that publishes none moves nothing.

    Plans that begin in different periods are not compared: one has paid for what the other has still to buy.
    """
    old, new = found.before, found.outcome.published
    if terms.cost_moved is None or old is None or new is None or old.objective is None or new.objective is None:
        return ""
    moved = new.objective - old.objective
    if old.begins != new.begins:
        return ""
    if abs(moved) <= terms.cost_moved * abs(old.objective):
        return ""
    by = f" ({moved / abs(old.objective):+.1%})" if old.objective else ""
    return f"from {old.objective:,.0f} to {new.objective:,.0f} USD{by} since the plan of {old.run}"


_LOOKS: Mapping[Rule, Callable[[Tonight, Alerts], str]] = {
    Rule.NO_PLAN: _no_plan,
    Rule.NOT_VERIFIED: _not_verified,
    Rule.STALE_PLAN: _stale_plan,
    Rule.STALE_INPUT: _stale_input,
    Rule.GAP: _gap,
    Rule.COST: _cost,
}
"""What each rule says of a case; nothing where it does not hold."""


def _covers(found: Tonight, terms: Alerts) -> Iterator[Alert]:
    """Each material whose stock does not last, in the published plan."""
    asked = terms.cover_missed or terms.cover_below is not None or bool(terms.cover)
    plan = Folder(found.case.folder).latest_plan
    if not asked or plan is None:
        return
    try:
        covers = read(plan)
    except FaultyInput as error:
        yield Alert(found.case.name, Rule.COVER, f"it cannot be told of {plan}: {error}")
        return
    own = {material.casefold(): days for material, days in terms.cover.items()}
    for material, group in groupby(covers, key=lambda one: one.material):
        ends = list(group)
        least = own.get(material.casefold(), terms.cover_below)
        if least is not None and (message := _below(ends, least)):
            yield Alert(found.case.name, Rule.COVER, f"{material}: {message}", material)
        if terms.cover_missed and (message := _missed(ends)):
            yield Alert(found.case.name, Rule.MISSED, f"{material}: {message}", material)


def unknown_materials(terms: Alerts, known: Collection[str]) -> list[str]:
    """The materials of the table `cover` that there are not, each with what may be meant: their alerts would never come."""
    folded = {name.casefold(): name for name in known}
    found = []
    for name in terms.cover:
        if name.casefold() not in folded:
            near = extractOne(name.casefold(), list(folded), score_cutoff=60)
            guess = f"; did you mean {folded[near[0]]}?" if near else ""
            found.append(f"cover: no workbook has a material {name!r}{guess}")
    return found


def _below(ends: list[Cover], least: float) -> str:
    low = [(one.days, one.period) for one in ends if one.days is not None and one.days < least]
    if not low:
        return ""
    days, period = min(low)
    return f"{days:.1f} days of cover at the end of {period}, less than {least:g} at {_ends(len(low))}"


def _missed(ends: list[Cover]) -> str:
    missed = [one for one in ends if one.missed]
    return f"{missed[0].missed} at the end of {missed[0].period}, in all at {_ends(len(missed))}" if missed else ""


def _ends(number: int) -> str:
    return f"{number} period end{'' if number == 1 else 's'}"
