"""How a night divides its time: by what each case's solve took last, among those that are to be planned."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from planner.findings import Exit
from planner.nightly import case_run, night
from planner.nightly.case_run import CaseOutcome
from planner.nightly.config import CaseOfNight, Config, Night, read
from planner.nightly.folder import Folder
from planner.nightly.one_run import Allowance, fingerprint_of
from planner.nightly.record import Record
from planner.nightly.shares import weights_of
from tests import books
from tests.nights import config

HOURS = 6.0
WHOLE = 3600 * HOURS
TODAY = date(2027, 1, 2)


@pytest.fixture
def nights(tmp_path: Path) -> Config:
    """Three workbooks, of which two took fifty minutes each."""
    for name in "abc":
        books.write(tmp_path / f"{name}.xlsx", books.tiny())
    found = read(config(tmp_path, f'[night]\nhours = {HOURS}\n[[case]]\nbooks = ["*.xls[xm]"]\n'))
    for name in "bc":
        ran(found.cases[name], Exit.PLAN, 3000.0)
    return found


def ran(case: CaseOfNight, status: Exit, seconds: float, fingerprint: str | None = None) -> None:
    """The case has had a run."""
    folder, now = Folder(case.folder), datetime.now(UTC)
    folder.runs.mkdir(parents=True, exist_ok=True)
    name, _ = folder.begin(now)
    folder.keep(
        Record(
            case=case.name, run=name, book=str(case.book), fingerprint=fingerprint, sha256="", version="", started=now,
            ended=now, status=status, published=False, message="", seconds=seconds, allotted=seconds,
        )
    )  # fmt: skip


def given(nights: Config, monkeypatch: pytest.MonkeyPatch, force: bool = False) -> dict[str, float]:
    """The seconds that each case gets of a night in which none takes any."""
    found: dict[str, float] = {}

    def plan(case: CaseOfNight, _: Night, allowance: Allowance) -> CaseOutcome:
        found[case.name] = allowance.seconds()
        return CaseOutcome(case.name, Exit.PLAN, "", None)

    monkeypatch.setattr(night, "plan_case", plan)
    monkeypatch.setattr(night, "time", SimpleNamespace(monotonic=lambda: 0.0))
    night.run_night(nights, night.chosen(nights, ()), force, lambda _: None, TODAY)
    return found


@pytest.mark.parametrize("status", [Exit.FAULTY_INPUT, Exit.NO_PLAN, Exit.SOLVER_FAILURE, Exit.TERMINATED, Exit.CANNOT_WRITE])
def test_a_case_that_failed_at_once_gets_what_is_usual(nights: Config, monkeypatch: pytest.MonkeyPatch, status: Exit) -> None:
    ran(nights.cases["a"], status, 2.0)
    assert given(nights, monkeypatch)["a"] == pytest.approx(WHOLE / 3)


def test_a_case_weighs_what_it_took_when_it_was_last_solved(nights: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that did not pass its check took its time, too."""
    ran(nights.cases["a"], Exit.PLAN, 50.0)
    ran(nights.cases["a"], Exit.NOT_VERIFIED, 1000.0)
    ran(nights.cases["a"], Exit.FAULTY_INPUT, 2.0)
    assert given(nights, monkeypatch)["a"] == pytest.approx(WHOLE * 1000 / 7000)


def test_a_case_whose_time_was_up_gets_no_less_than_what_is_usual() -> None:
    """Else one that got little because the night was over would get little for ever."""
    assert weights_of({"a": 1.0, "b": 1.0}, {"a": 60.0, "b": 300.0}, {"a"}) == {"a": 180.0, "b": 300.0}
    assert weights_of({"a": 0.5, "b": 1.0}, {"a": 60.0, "b": 300.0}, {"a", "b"}) == {"a": 90.0, "b": 300.0}


def test_the_night_knows_whose_time_was_up(nights: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(nights.cases["a"], Exit.OUT_OF_TIME, 60.0)
    assert given(nights, monkeypatch)["a"] == pytest.approx(WHOLE * 2020 / 8020)


def test_what_has_not_changed_takes_no_time_from_the_others(nights: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is planned all the same: by force, or because it has changed since the night began."""
    case = nights.cases["b"]
    ran(case, Exit.PLAN, 3000.0, fingerprint_of(case, case.book, TODAY))
    seconds = given(nights, monkeypatch)
    assert (seconds["a"], seconds["b"]) == (pytest.approx(WHOLE / 2), pytest.approx(WHOLE / 2))
    assert given(nights, monkeypatch, force=True)["a"] == pytest.approx(WHOLE / 3)


def test_what_waits_for_its_name_takes_no_time_from_the_others(nights: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    books.write(nights.root / "c.xlsm", books.tiny())
    assert given(read(nights.root / "nightly.toml"), monkeypatch)["a"] == pytest.approx(WHOLE / 2)


def test_a_case_of_which_nothing_can_be_told_stops_no_other(nights: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its baseline cannot be read, or whatever else it may be: that is told of it when it is planned."""

    def fail(case: CaseOfNight, *_: object) -> str:
        raise OSError(5, "Input/output error", str(case.book))

    ran(nights.cases["b"], Exit.PLAN, 3000.0, "a fingerprint")
    monkeypatch.setattr(case_run, "fingerprint_of", fail)
    assert given(nights, monkeypatch)["a"] == pytest.approx(WHOLE / 3)
