"""One case of a night: from its workbook to a published plan, or to the reason why the last one stays."""

from __future__ import annotations

import json
import time
import traceback
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from planner.findings import Exit, PlannerError
from planner.nightly import durable
from planner.nightly.archiving import archived
from planner.nightly.config import CaseOfNight, Night
from planner.nightly.damage import damage
from planner.nightly.folder import Folder
from planner.nightly.journal import tell, timed
from planner.nightly.one_run import Allowance, Run, fingerprint_of
from planner.nightly.record import Record

STATUS = "status.json"
DECIDED = frozenset({Exit.PLAN, Exit.NO_PLAN})
"""Statuses that the same workbook would have again; a run that ended for want of time is worth another, and a fault may be
today's alone: a row of Actuals for a day that is still to come."""


@dataclass(frozen=True)
class CaseOutcome:
    """What came of a case tonight.

    Attributes:
        status: its exit status; 0 where nothing had changed.
        message: in a sentence.
        published: the run that `latest` leads to now; nothing if there never was one.
        unchanged: whether nothing had to be done.
        notes: what the user should know beside it.
    """

    case: str
    status: Exit
    message: str
    published: Record | None
    unchanged: bool = False
    notes: tuple[str, ...] = ()


def plan_case(case: CaseOfNight, night: Night, allowance: Allowance) -> CaseOutcome:
    """Plan one case and leave its folder in order; no failure of it comes out, but as an outcome, which its folder tells."""
    outcome = _outcome(case, night, allowance)
    try:
        if case.folder.is_dir():
            durable.write(case.folder / STATUS, json.dumps(told(outcome, night), indent=2).encode())
    except OSError as error:
        message = f"{outcome.message}; {case.folder / STATUS} cannot be written: {error.strerror or error}"
        return replace(outcome, status=Exit.CANNOT_WRITE, message=message)
    return outcome


def _outcome(case: CaseOfNight, night: Night, allowance: Allowance) -> CaseOutcome:
    folder = Folder(case.folder)
    if allowance.stopped.is_set():
        message = "the night was asked to end before this case began"
        return CaseOutcome(case.name, Exit.TERMINATED, message, folder.published)
    try:
        with nullcontext() if case.fault else folder.locked():  # whose folder it is, is not known then
            return hindered(case) or _planned(case, night, allowance, folder)
    except PlannerError as error:
        return CaseOutcome(case.name, error.status, str(error), folder.published)
    except OSError as error:
        message = f"{error.filename or case.folder} cannot be written or read: {error.strerror or error}"
        return CaseOutcome(case.name, Exit.CANNOT_WRITE, message, folder.published)
    except Exception as error:  # whatever it is, the other cases are planned
        tell("bug", case.name, "", traceback.format_exc(), status=Exit.BUG)
        return CaseOutcome(case.name, Exit.BUG, f"a fault of the planner, told in the night's log: {error!r}", folder.published)


def is_unchanged(case: CaseOfNight, today: date | None = None) -> bool:
    """Whether the published plan is of the workbook as it is, on the same terms, and begins in the period of today."""
    found = _decided(case, today or date.today())
    return found is not None and found.published


def needs_no_time(case: CaseOfNight, force: bool, today: date) -> bool:
    """Whether nothing would be solved for a case, as it is now."""
    try:
        return bool(case.fault) or (not force and _decided(case, today) is not None)
    except Exception:  # whatever it is, it will be told of the case when that is planned
        return False


def _decided(case: CaseOfNight, today: date) -> Record | None:
    """The last run, if it was of the workbook as it is, on the same terms, and its outcome is what it would be again."""
    runs = Folder(case.folder).records()
    if not runs or runs[-1].fingerprint is None or runs[-1].status not in DECIDED:
        return None
    return runs[-1] if runs[-1].fingerprint == fingerprint_of(case, case.book, today) else None


def standing(case: CaseOfNight) -> CaseOutcome:
    """What a case's folder leads to, without doing anything."""
    return hindered(case) or CaseOutcome(case.name, Exit.PLAN, "", Folder(case.folder).published, is_unchanged(case))


def hindered(case: CaseOfNight) -> CaseOutcome | None:
    """The outcome of a case that must not be planned: it shares its name, or its last plan is not what was published."""
    folder = Folder(case.folder)
    if case.fault:
        return CaseOutcome(case.name, Exit.FAULTY_INPUT, case.fault, folder.published)
    found = damage(folder)
    return CaseOutcome(case.name, Exit.FAULTY_INPUT, found, None) if found else None


def told(outcome: CaseOutcome, night: Night) -> dict[str, object]:
    """What the last night came to, for a person or a program: the plan's age and why it is not newer."""
    published = outcome.published
    age = None if published is None else published.age()
    return {
        "case": outcome.case, "status": int(outcome.status), "message": outcome.message, "notes": list(outcome.notes),
        "run": None if published is None else published.run, "age_hours": age,
        "fresh": is_fresh(outcome, night), "gap": None if published is None else published.gap,
    }  # fmt: skip


def is_fresh(outcome: CaseOutcome, night: Night, now: datetime | None = None) -> bool:
    """Whether there is a plan that is no older than it may be; one whose workbook has not changed does not age."""
    return outcome.published is not None and (outcome.unchanged or outcome.published.age(now) <= night.fresh_hours)


def _planned(case: CaseOfNight, night: Night, allowance: Allowance, folder: Folder) -> CaseOutcome:
    decided = None if allowance.force else _decided(case, allowance.today)
    if decided is not None:
        return replace(_again(case, decided, folder), notes=_archived(case, folder))
    name, path = folder.begin(datetime.now(UTC))
    try:
        found = Run(case, allowance, folder, path, allowance.seconds(), time.monotonic()).record(name)
        with timed("keep", case.name, name):
            folder.keep(found)
    except OSError:  # a disk that is full needs its room for what is told of it
        with suppress(OSError):
            durable.remove(path)
        raise
    if found.published:
        with timed("publish", case.name, name):
            folder.publish(name)
    with timed("archive", case.name, name):
        notes = _archived(case, folder)  # before a run is taken away
    with timed("retire", case.name, name):
        folder.retire(night.keep_runs, night.keep_days, datetime.now(UTC))
    return CaseOutcome(case.name, found.status, found.message, folder.published, notes=(*found.notes, *notes))


def _archived(case: CaseOfNight, folder: Folder) -> tuple[str, ...]:
    """The runs that are here come into the archive; what is to be said of it."""
    note = archived(folder, case.archive) if case.archive else ""
    return (note,) if note else ()


def _again(case: CaseOfNight, decided: Record, folder: Folder) -> CaseOutcome:
    """What came of an unchanged workbook when it was last planned."""
    tell("skip", case.name, decided.run, "nothing has changed since this run")
    if decided.published:
        return CaseOutcome(case.name, Exit.PLAN, "nothing has changed since the published plan", folder.published, True)
    message = f"nothing has changed since the run of {decided.run}: {decided.message}"
    return CaseOutcome(case.name, decided.status, message, folder.published)
