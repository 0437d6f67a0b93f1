"""Runs are put into the archive, each once and whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from planner.archive.address import Address
from planner.archive.opening import Step, writing
from planner.archive.plan import Written, written
from planner.archive.tables import FIGURES, RUNS, SHEETS


@dataclass(frozen=True)
class Run:
    """A run as its folder tells it.

    Attributes:
        values: of the columns of `runs`, but what of the plan could not be read.
        plan: the workbook of the plan that it published; nothing without one.
    """

    values: Mapping[str, object]
    plan: Path | None

    @property
    def key(self) -> tuple[str, str]:
        """Case and run."""
        return str(self.values["case_name"]), str(self.values["run"])


def put_in(address: Address, runs: Iterable[Run], step: Step) -> int:
    """Put those runs in that the archive does not have, all of them or none; how many they were.

    Args:
        step: commits.

    Raises:
        CannotWrite: the archive cannot be reached or written to; it is as it was.
    """
    given = {run.key: run for run in runs}
    with writing(address, step) as connection:
        known = _known(connection, given)
    missing = {key: _read(run) for key, run in given.items() if key not in known}  # nobody waits while plans are read
    if not missing:
        return 0
    with writing(address, step) as connection:
        for key in missing.keys() - _known(connection, given):
            _insert(connection, given[key], missing[key])
    return len(missing)


def _known(connection: Connection, given: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    cases = {case for case, _ in given}
    found = connection.execute(select(RUNS.c.case_name, RUNS.c.run).where(RUNS.c.case_name.in_(cases)))
    return {(case, run) for case, run in found}


def _read(run: Run) -> Written:
    return Written((), {}, "") if run.plan is None else written(run.plan)


def _insert(connection: Connection, run: Run, plan: Written) -> None:
    case, name = run.key
    key = {"case_name": case, "run": name}
    connection.execute(RUNS.insert(), [{**run.values, "unread": plan.unread}])
    if plan.figures:
        figures = [{**key, "figure": figure, "unit": unit, "value": value} for figure, unit, value in plan.figures]
        connection.execute(FIGURES.insert(), figures)
    for record, rows in plan.sheets.items():
        if rows:
            connection.execute(SHEETS[record].insert(), [{**key, "sheet_row": at, **row} for at, row in enumerate(rows, 1)])
