"""The nights for Prometheus: a file that the node exporter's textfile collector reads, written whole at a night's end.

The exporter runs as another user, so everybody may read the file; who gets to it the folder decides, and the night's outputs
are this user's alone. The format, with its HELP and TYPE lines and its escapes, is the official library's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.nightly import durable
from planner.nightly.case_run import CaseOutcome, is_fresh
from planner.nightly.command import GIB
from planner.nightly.config import Night
from planner.nightly.record import PLANNED, Record

NAME = "planner.prom"
READABLE = 0o644


@dataclass(frozen=True)
class Standing:
    """A case at a night's end.

    Attributes:
        outcome: of tonight, or of its last run where it was not among tonight's cases.
        last: its last run that is whole.
    """

    outcome: CaseOutcome
    last: Record | None
    night: Night
    now: datetime


def write(path: Path, cases: Sequence[Standing], now: datetime) -> None:
    """Write the file; what was there before stays whole until the new one is."""
    durable.make_folder(path.parent)
    durable.write(path, text(cases, now), READABLE)


def text(cases: Iterable[Standing], now: datetime) -> bytes:
    """Every gauge of every case that has a figure for it."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest  # two tenths of a second, at the end of a night

    registry = CollectorRegistry()
    gauges = {name: Gauge(name, what, ["case"], registry=registry) for name, (what, _) in _GAUGES.items()}
    for case in cases:
        for name, (_, figure) in _GAUGES.items():
            value = figure(case)
            if value is not None:
                gauges[name].labels(case=case.outcome.case).set(value)
    Gauge("planner_night_end_timestamp_seconds", "When the last night ended.", registry=registry).set(now.timestamp())
    return generate_latest(registry)


Figure = Callable[[Standing], float | None]


def _of_plan(figure: Callable[[Record, Standing], float | None]) -> Figure:
    """A figure of the published plan."""
    return lambda case: None if case.outcome.published is None else figure(case.outcome.published, case)


def _of_run(figure: Callable[[Record], float | None]) -> Figure:
    """A figure of the last run."""
    return lambda case: None if case.last is None else figure(case.last)


_GAUGES: Mapping[str, tuple[str, Figure]] = {
    "planner_last_run_status": ("Exit status of the case's last night.", lambda case: float(case.outcome.status)),
    "planner_last_run_success": (
        "Whether the case's last night left it a plan, or had nothing to do.",
        lambda case: float(case.outcome.status in PLANNED),
    ),
    "planner_last_run_seconds": ("Wall clock of the last run.", _of_run(lambda run: run.seconds)),
    "planner_last_run_memory_bytes": ("Memory that the last run took at most.", _of_run(lambda run: run.memory * GIB)),
    "planner_plan_timestamp_seconds": (
        "When the run of the published plan ended.",
        _of_plan(lambda plan, _: plan.ended.timestamp()),
    ),
    "planner_plan_age_seconds": (
        "Age of the published plan at the end of the last night.",
        _of_plan(lambda plan, case: 3600 * plan.age(case.now)),
    ),
    "planner_plan_fresh": (
        "Whether there is a plan that is no older than it may be.",
        lambda case: float(is_fresh(case.outcome, case.night, case.now)),
    ),
    "planner_plan_gap_ratio": ("Proven gap of the published plan, as a share.", _of_plan(lambda plan, _: plan.gap)),
    "planner_plan_objective_usd": ("Objective of the published plan.", _of_plan(lambda plan, _: plan.objective)),
}  # fmt: skip
"""Name → what it means, and its figure; none where there is nothing to say."""
