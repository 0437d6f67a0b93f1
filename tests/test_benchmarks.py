"""The benchmark measures what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from planner.archive.tables import SHEETS
from planner.engine.compiler import compile
from planner.pipeline import sound
from planner.template import case_content
from tests.benchmarks.building import built
from tests.benchmarks.filled import filled
from tests.benchmarks.flat import flat
from tests.benchmarks.generator import synthetic
from tests.benchmarks.history import SIZES
from tests.benchmarks.main_job import Figure
from tests.benchmarks.memory import GIB, Run, run


def test_the_flat_model_has_the_same_rows() -> None:
    """To the last coefficient: what is compared is the building, not the model."""
    form = built(synthetic(4, 24, 3, 6, seed=1, shared_suppliers=True, binding=True))
    plain = compile(flat(form))
    for part in ("cost", "lower", "upper", "integer", "start", "column", "value", "row_lower", "row_upper"):
        np.testing.assert_array_equal(getattr(plain, part), getattr(form, part))
    assert plain.offset == form.offset


def test_the_archive_of_a_year_has_every_sheet() -> None:
    assert set(SIZES) == {record.sheet for record in SHEETS}


def test_memory_is_that_of_the_whole_process_tree() -> None:
    """100 MB in the process, and 100 MB in its child at the same time."""
    held = "data = b'x' * 100_000_000; import time; time.sleep(0.5)"
    waits = f"subprocess.run([sys.executable, '-c', {held!r}]); print('done')"
    parent = f"import subprocess, sys; data = b'x' * 100_000_000; {waits}"
    done = run([sys.executable, "-c", parent])
    assert (done.status, done.output) == (0, "done\n")
    assert 0.2e9 / GIB <= done.peak <= 0.35e9 / GIB


def test_memory_is_told_by_stage() -> None:
    """Ten seconds, of which the last nine are two stages: 1 GiB in the start, 3 in the first stage, 2 in the second."""
    samples = tuple((float(second), int(size * GIB)) for second, size in ((0.5, 1.0), (2.0, 3.0), (9.0, 2.0)))
    done = Run(0, "", "", seconds=10.0, samples=samples)
    assert done.peaks({"first": 5.0, "second": 4.0}) == pytest.approx({"start": 1.0, "first": 3.0, "second": 2.0})


@pytest.mark.parametrize(("value", "at_most", "ok"), [(12.0, 12.0, True), (12.1, 12.0, False), (1e9, None, True)])
def test_a_figure_is_missed_above_its_limit(value: float, at_most: float | None, ok: bool) -> None:
    assert Figure("work", value, "s", at_most).ok is ok
    assert ("NO" in str(Figure("work", value, "s", at_most))) is not ok


def test_a_workbook_with_every_sheet_filled_reads_as_the_case_that_it_was_written_from(tmp_path: Path) -> None:
    """Without fault, in itself or between its sheets."""
    case = filled(synthetic(4, 24, 3, 12, seed=1, shared_suppliers=True, binding=True), 1)
    assert all(case.tables().values())
    (tmp_path / "full.xlsx").write_bytes(case_content(case))
    again = sound(tmp_path / "full.xlsx").case
    assert (again.settings, again.tables()) == (case.settings, case.tables())
