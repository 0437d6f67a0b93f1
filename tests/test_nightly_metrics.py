"""The figures for Prometheus: what its own parser reads is what came of the nights, and the file is whole at every instant."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from planner.findings import Exit
from planner.nightly import metrics, one_run
from planner.nightly.case_run import CaseOutcome
from planner.nightly.config import Config, Night, read
from planner.nightly.metrics import Standing
from planner.nightly.night import chosen, run_night
from tests import books
from tests.nights import SOLVED, Commands, config, ended, killed_at
from tests.test_nightly_alerts import NOW, record

Figures = dict[tuple[str, str], float]


def figures(content: bytes) -> Figures:
    """Value by metric and case, as Prometheus reads them; each metric says what it means, and that it is a gauge."""
    found: Figures = {}
    for family in text_string_to_metric_families(content.decode()):
        assert family.type == "gauge" and family.documentation, family.name
        for sample in family.samples:
            assert (sample.name, sample.labels.get("case", "")) not in found
            found[sample.name, sample.labels.get("case", "")] = sample.value
    return found


def of(figures: Figures, case: str) -> dict[str, float]:
    return {name.removeprefix("planner_"): value for (name, other), value in figures.items() if other == case}


def test_every_figure_is_in_its_unit() -> None:
    plan = record(memory=2.0, seconds=61.5, gap=0.0125, objective=-5e6, ended=NOW - timedelta(hours=4))
    last = record(memory=0.5, seconds=7.0, status=Exit.OUT_OF_TIME, published=False, run="20261127T040000Z")
    outcome = CaseOutcome("vault", Exit.OUT_OF_TIME, "no time", plan)
    found = figures(metrics.text([Standing(outcome, last, Night(fresh_hours=4.0), NOW)], NOW))
    assert of(found, "vault") == {
        "last_run_status": 22.0,
        "last_run_success": 0.0,
        "last_run_seconds": 7.0,
        "last_run_memory_bytes": 0.5 * 2**30,
        "plan_timestamp_seconds": NOW.timestamp() - 4 * 3600,
        "plan_age_seconds": 4 * 3600.0,
        "plan_fresh": 1.0,
        "plan_gap_ratio": 0.0125,
        "plan_objective_usd": -5e6,
    }
    assert of(found, "") == {"night_end_timestamp_seconds": NOW.timestamp()}
    stale = figures(metrics.text([Standing(outcome, last, Night(fresh_hours=3.99), NOW)], NOW))
    assert stale["planner_plan_fresh", "vault"] == 0.0


def test_a_case_without_a_plan_has_no_figures_of_one() -> None:
    outcome = CaseOutcome("new", Exit.CANNOT_WRITE, "full", None)
    found = of(figures(metrics.text([Standing(outcome, None, Night(), NOW)], NOW)), "new")
    assert found == {"last_run_status": 50.0, "last_run_success": 0.0, "plan_fresh": 0.0}


def test_names_of_cases_are_escaped() -> None:
    """A workbook may be called anything; its name stands in quotes."""
    name = 'a "b"\\n {c}\nd, é'
    content = metrics.text([Standing(CaseOutcome(name, Exit.PLAN, "", record()), record(), Night(), NOW)], NOW)
    assert figures(content)["planner_last_run_success", name] == 1.0
    assert content.endswith(b"\n") and content.count(b"# HELP") == content.count(b"# TYPE") == 10


@pytest.fixture
def night(tmp_path: Path) -> Config:
    for name in ("a", "b"):
        books.write(tmp_path / f"{name}.xlsx", books.tiny())
    return read(config(tmp_path, '[[case]]\nbooks = ["*.xlsx"]\n'))


def run(night: Config, monkeypatch: pytest.MonkeyPatch, *only: str, force: bool = False, **commands: object) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(one_run, "run", Commands(**commands))  # type: ignore[arg-type]
        run_night(night, chosen(night, only), force, lambda _: None)


def test_a_night_of_some_cases_tells_of_all(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    path = night.outputs / "planner.prom"
    run(night, monkeypatch, "a")
    first = figures(path.read_bytes())
    assert of(first, "a")["plan_fresh"] == 1.0 and of(first, "b") == {
        "last_run_status": Exit.OUT_OF_TIME, "last_run_success": 0.0, "plan_fresh": 0.0,
    }  # fmt: skip
    run(night, monkeypatch, "b", solves=[ended(Exit.NO_PLAN, message="none")])
    second = figures(path.read_bytes())
    assert of(second, "a") | {"plan_age_seconds": 0.0} == of(first, "a") | {"plan_age_seconds": 0.0}
    assert of(second, "b")["last_run_status"] == Exit.NO_PLAN
    run(night, monkeypatch, "a", force=True, solves=[ended(Exit.GAP_ABOVE_TARGET, **SOLVED | {"gap": 0.04})])
    third = figures(path.read_bytes())
    assert of(third, "b")["last_run_status"] == Exit.NO_PLAN
    assert (of(third, "a")["plan_gap_ratio"], of(third, "a")["last_run_success"]) == (0.04, 1.0)
    assert abs(of(third, "")["night_end_timestamp_seconds"] - datetime.now(UTC).timestamp()) < 3600


def test_the_exporter_may_read_the_file_wherever_it_is_wanted(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The night's own folder stays closed to it; beside it nothing else is opened."""
    run(night, monkeypatch)
    assert (night.outputs / "planner.prom").stat().st_mode & 0o777 == 0o644
    assert night.outputs.stat().st_mode & 0o077 == 0
    elsewhere = night.model_copy(update={"night": night.night.model_copy(update={"metrics": "exporter/vault.prom"})})
    run(elsewhere, monkeypatch)
    path = night.root / "exporter" / "vault.prom"
    assert path.stat().st_mode & 0o777 == 0o644 and [one.name for one in path.parent.iterdir()] == ["vault.prom"]


def test_a_file_that_cannot_be_written_changes_no_status(
    night: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (night.outputs / "planner.prom").mkdir(parents=True)
    monkeypatch.setattr(one_run, "run", Commands())
    found = run_night(night, chosen(night, ()), False, lambda _: None)
    assert [one.status for one in found] == [Exit.PLAN, Exit.PLAN]
    assert "planner.prom cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be stopped like a machine")
def test_a_night_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Before and after every step of writing it."""
    path = tmp_path / "planner.prom"
    standing = Standing(CaseOutcome("vault", Exit.PLAN, "", record()), record(), Night(), NOW)
    seen = []
    for at in count():
        metrics.write(path, [], NOW)
        old = path.read_bytes()
        if killed_at(at, lambda: metrics.write(path, [standing], NOW)):
            break
        content = path.read_bytes()
        assert content in (old, metrics.text([standing], NOW))
        seen.append(content == old)
    assert seen == sorted(seen, reverse=True) and {True, False} == set(seen)
