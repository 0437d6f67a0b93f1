"""What somebody hears of a case, rule by rule: each holds beyond its figure, and not at it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from planner.findings import Exit
from planner.nightly import cover
from planner.nightly.alert_terms import Alerts
from planner.nightly.alerts import Alert, Rule, Tonight, alerts_of
from planner.nightly.case_run import CaseOutcome
from planner.nightly.config import CaseOfNight, Night, Workbooks
from planner.nightly.folder import LATEST, PLAN
from planner.nightly.record import Record
from planner.outputs import CoverRow
from planner.outputs.schema import columns
from tests import books

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
RULES = {"no_plan": False, "not_verified": False, "stale_plan": False}
"""Every rule switched off; a test switches its own on."""
REFUSED = [
    Exit.FAULTY_INPUT, Exit.NO_PLAN, Exit.OUT_OF_TIME, Exit.ALREADY_RUNNING, Exit.SOLVER_FAILURE, Exit.CANNOT_WRITE,
    Exit.TERMINATED, Exit.BUG,
]  # fmt: skip


def record(**given: object) -> Record:
    fields: dict[str, object] = {
        "case": "tiny", "run": "20261127T020000Z", "book": "tiny.xlsx", "fingerprint": "f", "sha256": "s", "version": "1",
        "started": NOW - timedelta(hours=5), "ended": NOW - timedelta(hours=4), "status": Exit.PLAN, "published": True,
        "message": "", "seconds": 10.0, "allotted": 60.0, "gap": 0.01, "objective": 1000.0,
    }  # fmt: skip
    return Record.model_validate(fields | given)


@pytest.fixture
def tonight(tmp_path: Path) -> Tonight:
    """A case that was planned well, a book that was saved now, and the same plan before."""
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    os.utime(book, (NOW.timestamp(), NOW.timestamp()))
    case = CaseOfNight(name="tiny", book=book, folder=tmp_path / "tiny", terms=Workbooks(books=["tiny.xlsx"]))
    outcome = CaseOutcome("tiny", Exit.PLAN, "planned", record())
    return Tonight(case, outcome, record(run="20261126T020000Z"), Night(), NOW)


def found(tonight: Tonight, **terms: object) -> list[Alert]:
    return alerts_of(tonight, Alerts.model_validate(RULES | terms))


def with_plan(tonight: Tonight, **figures: object) -> Tonight:
    return replace(tonight, outcome=replace(tonight.outcome, published=record(**figures)))


def ended(tonight: Tonight, status: Exit, message: str = "what went wrong") -> Tonight:
    return replace(tonight, outcome=replace(tonight.outcome, status=status, message=message))


def test_a_good_night_is_told_to_nobody(tonight: Tonight) -> None:
    assert alerts_of(tonight, Alerts(gap_above=0.02, cost_moved=0.1, input_days=1.0, cover_below=1.0)) == []


@pytest.mark.parametrize("status", REFUSED)
def test_a_night_without_a_plan_is_told_with_what_stands(tonight: Tonight, status: Exit) -> None:
    [alert] = found(ended(tonight, status), no_plan=True)
    stands = "the plan of 20261127T020000Z, 4.0 h old, stays"
    assert alert == Alert("tiny", Rule.NO_PLAN, f"status {int(status)}, what went wrong; {stands}")
    bare = replace(ended(tonight, status), outcome=CaseOutcome("tiny", status, "what went wrong", None))
    assert found(bare, no_plan=True)[0].message.endswith("there is no plan")
    assert found(ended(tonight, status)) == []


def test_a_plan_above_the_gap_asked_for_is_a_plan(tonight: Tonight) -> None:
    assert found(ended(tonight, Exit.GAP_ABOVE_TARGET), no_plan=True, not_verified=True) == []


def test_a_plan_that_did_not_pass_its_check_is_told_once(tonight: Tonight) -> None:
    refused = ended(tonight, Exit.NOT_VERIFIED, "a limit does not hold")
    assert [one.rule for one in found(refused, no_plan=True, not_verified=True)] == [Rule.NOT_VERIFIED]
    assert found(refused, no_plan=True) == []
    assert [one.rule for one in alerts_of(refused, Alerts())] == [Rule.NOT_VERIFIED]


def test_a_gap_is_told_beyond_its_limit(tonight: Tonight) -> None:
    assert found(with_plan(tonight, gap=0.02), gap_above=0.02) == []
    [alert] = found(with_plan(tonight, gap=math.nextafter(0.02, 1)), gap_above=0.02)
    assert (alert.rule, alert.case) == (Rule.GAP, "tiny")
    assert "proven to a gap of 2.000%, above 2.000%" in alert.message
    assert found(with_plan(tonight, gap=None), gap_above=0.02) == []
    assert found(with_plan(tonight, gap=0.9)) == [], "no figure, no rule"


def test_a_cost_that_moved_is_told_beyond_its_limit_in_both_directions(tonight: Tonight) -> None:
    for objective in (1125.0, 875.0, 1000.0):
        assert found(with_plan(tonight, objective=objective), cost_moved=0.125) == []
    for objective in (math.nextafter(1125.0, 2e3), math.nextafter(875.0, 0)):
        assert [one.rule for one in found(with_plan(tonight, objective=objective), cost_moved=0.125)] == [Rule.COST]
    [alert] = found(with_plan(tonight, objective=1500.0), cost_moved=0.125)
    assert "from 1,000 to 1,500 USD (+50.0%)" in alert.message
    assert found(replace(with_plan(tonight, objective=9e9), before=None), cost_moved=0.125) == [], "the first plan"
    rolled = with_plan(tonight, objective=1500.0, begins=date(2027, 2, 1))
    assert found(rolled, cost_moved=0.125) == [], "what it began with has been paid"


def test_a_cost_below_zero_and_one_of_nothing_move_too(tonight: Tonight) -> None:
    """Earnings that shrink by a quarter have moved by a quarter; from nothing to something is more than any share."""
    earns = replace(tonight, before=record(objective=-1000.0))
    assert found(with_plan(earns, objective=-750.0), cost_moved=0.25) == []
    assert "+26.0%" in found(with_plan(earns, objective=-740.0), cost_moved=0.25)[0].message
    nothing = replace(tonight, before=record(objective=0.0))
    assert found(with_plan(nothing, objective=0.0), cost_moved=0.25) == []
    assert found(with_plan(nothing, objective=1.0), cost_moved=0.25)[0].rule is Rule.COST


def test_a_plan_is_stale_beyond_its_hours_unless_nothing_has_changed(tonight: Tonight) -> None:
    old = with_plan(tonight, ended=NOW - timedelta(hours=30))
    assert found(old, stale_plan=True) == []
    older = with_plan(tonight, ended=NOW - timedelta(hours=30, microseconds=1))
    [alert] = found(older, stale_plan=True)
    assert alert.rule is Rule.STALE_PLAN and "more than 30" in alert.message
    unchanged = replace(older, outcome=replace(older.outcome, unchanged=True))
    assert found(unchanged, stale_plan=True) == []
    none = replace(tonight, outcome=replace(tonight.outcome, published=None))
    assert found(none, stale_plan=True) == [], "no plan is an alert of its own"


def saved(tonight: Tonight, before: timedelta) -> Tonight:
    moment = (NOW - before).timestamp()
    os.utime(tonight.case.book, (moment, moment))
    return tonight


def test_a_workbook_is_stale_beyond_its_days(tonight: Tonight) -> None:
    assert found(saved(tonight, timedelta(days=14)), input_days=14.0) == []
    [alert] = found(saved(tonight, timedelta(days=14, seconds=1)), input_days=14.0)
    assert alert.rule is Rule.STALE_INPUT and "since 2026-11-13, for more than 14 days" in alert.message
    tonight.case.book.unlink()
    assert found(tonight, input_days=14.0) == [], "a workbook that is gone leaves no plan, which is told"


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall goes back by an hour on 2026-11-01, at 06:00 UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system does not let a process choose its time zone")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
def test_daylight_saving_makes_nothing_older_or_younger(tonight: Tonight) -> None:
    """Two nights at 02:00 by the clock on the wall are 25 hours apart, and both rules count those."""
    start, end = datetime(2026, 10, 31, 2).astimezone(), datetime(2026, 11, 1, 2).astimezone()
    assert (start.hour, end.hour) == (2, 2) and end.timestamp() - start.timestamp() == 25 * 3600, "the zone is in force"
    night = replace(with_plan(tonight, ended=start.astimezone(UTC)), now=end.astimezone(UTC))
    assert found(replace(night, night=Night(fresh_hours=25.0)), stale_plan=True) == []
    assert len(found(replace(night, night=Night(fresh_hours=24.99)), stale_plan=True)) == 1
    os.utime(night.case.book, (start.timestamp(), start.timestamp()))
    assert found(night, input_days=25 / 24) == []
    assert len(found(night, input_days=24.99 / 24)) == 1


def test_a_clock_that_has_jumped_back_makes_nothing_stale(tonight: Tonight) -> None:
    """The plan and the workbook are of a time to come: neither is older than nothing."""
    early = replace(with_plan(tonight, ended=NOW), now=NOW - timedelta(days=400))
    assert found(early, stale_plan=True, input_days=1e-9) == []
    late = replace(early, now=NOW + timedelta(days=400))
    assert {one.rule for one in found(late, stale_plan=True, input_days=399.0)} == {Rule.STALE_PLAN, Rule.STALE_INPUT}


def covered(tonight: Tonight, *rows: tuple[str, str, float | None, str]) -> Tonight:
    """A published plan that holds a sheet Cover of some rows: material, period, days and result."""
    titles = {item.name: item.title for item in columns(CoverRow)}
    lines = [
        dict.fromkeys(titles.values())
        | {titles["material"]: material, titles["period"]: period, titles["days_of_cover"]: days, titles["result"]: result}
        for material, period, days, result in rows
    ]
    (tonight.case.folder / LATEST).mkdir(parents=True)
    books.write(tonight.case.folder / LATEST / PLAN, {"Cover": lines})
    return tonight


def test_cover_is_told_below_its_days_for_each_material_at_its_worst(tonight: Tonight) -> None:
    night = covered(
        tonight,
        ("Gallium", "2027-01", 60.0, "met"), ("Gallium", "2027-02", 30.0, "met"), ("Gallium", "2027-03", 45.0, "met"),
        ("Cobalt", "2027-01", 12.5, "met"), ("Cobalt", "2027-02", None, "no target"), ("Cobalt", "2027-03", 20.0, "met"),
    )  # fmt: skip
    [alert] = found(night, cover_below=30.0)
    assert alert == Alert(
        "tiny", Rule.COVER, "Cobalt: 12.5 days of cover at the end of 2027-01, less than 30 at 2 period ends", "Cobalt"
    )
    assert [one.subject for one in found(night, cover_below=30.5)] == ["Gallium", "Cobalt"]
    assert [one.subject for one in found(night, cover={"gallium": 45.0})] == ["Gallium"], "of others nothing is asked"
    assert found(night, cover_below=30.0, cover={"Cobalt": 12.5}) == [], "its own figure goes over that of all"
    assert found(night) == []


def test_a_target_or_a_floor_that_is_missed_is_told(tonight: Tonight) -> None:
    night = covered(
        tonight,
        ("Gallium", "2027-01", 60.0, "missed"), ("Gallium", "2027-02", 30.0, "below floor"), ("Tin", "2027-01", 1.0, "met"),
        ("Cobalt", "2027-01", 1.0, "floor kept"), ("Zinc", "2027-02", 0.0, "no target"),
    )  # fmt: skip
    [alert] = found(night, cover_missed=True)
    assert (alert.rule, alert.message) == (Rule.MISSED, "Gallium: missed at the end of 2027-01, in all at 2 period ends")


def test_a_plan_whose_cover_cannot_be_read_is_told(tonight: Tonight) -> None:
    (tonight.case.folder / LATEST).mkdir(parents=True)
    (tonight.case.folder / LATEST / PLAN).write_bytes(b"no workbook")
    [alert] = found(tonight, cover_below=1.0)
    assert alert.rule is Rule.COVER and "it cannot be told of" in alert.message
    assert found(tonight) == [], "and is not read where nobody asks"


def test_without_a_plan_there_is_no_cover(tonight: Tonight) -> None:
    assert found(tonight, cover_below=1.0, cover_missed=True) == []


def test_what_is_read_is_what_the_sheet_says(tonight: Tonight) -> None:
    night = covered(tonight, ("Tin", "2027-01", None, "below floor"), ("Tin", "2027-02", 7.25, "met"))
    assert cover.read(night.case.folder / LATEST / PLAN) == [
        cover.Cover("Tin", "2027-01", None, "below floor"),
        cover.Cover("Tin", "2027-02", 7.25, ""),
    ]
