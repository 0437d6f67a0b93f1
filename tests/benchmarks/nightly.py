"""What nights take: `python -m tests.benchmarks.nightly [PART …]`.

Parts are night (12 workbooks, and the same unchanged), warm (the example after prices have moved), kills (a night killed at
random moments) and thirty (thirty simulated nights of the example, which takes an hour and more); the first two unless some
are named. The history of a year has a benchmark of its own, `tests.benchmarks.history`. Prints each figure beside what it may
be, and ends with status 1 if one is missed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from models.case import Case
from planner.nightly.folder import CARRIED, INPUT
from planner.pipeline import sound
from planner.template import case_content
from tests import books
from tests.benchmarks.main_job import PLANNER, VAULT, Figure, answer_of, in_a_folder, told
from tests.benchmarks.memory import run
from tests.excerpts import excerpt
from tests.nights import config, published
from tests.simulation import EVERY, FIRST, Nights

LARGE, SMALL = 4, 8
MOVE = 0.02
"""Share by which prices move from the one night to the next."""
KILLS, NIGHTS = 200, 30
TERMS = '[night]\nhours = {hours}\noutputs = "outputs"\n[[case]]\nbooks = ["*.xlsx"]\ngap = 0.005\n'


def main() -> int:
    """Measure, print as it comes, and say whether every figure is met."""
    parts = {"night": night, "warm": warm, "kills": kills, "thirty": thirty}
    named = [part for part in parts if part in sys.argv[1:]] or ["night", "warm"]
    return told(figure for part in named for figure in in_a_folder(parts[part]))


def moved(case: Case, share: float) -> Case:
    """A case whose prices have all moved by a share."""
    offers = (
        row if row.price is None else row.model_copy(update={"price": round(row.price * (1.0 + share), 6)})
        for row in case.offers
    )
    prices = (row.model_copy(update={"value": round(row.value * (1.0 + share), 6)}) for row in case.prices)
    return replace(case, offers=tuple(offers), prices=tuple(prices))


def night(folder: Path) -> Iterator[Figure]:
    """Four workbooks of the size of the example and eight of a part of it, planned for the first time, and then unchanged."""
    for number in range(LARGE):
        (folder / f"large-{number}.xlsx").write_bytes(case_content(moved(sound(VAULT).case, 0.005 * number)))
    for number in range(SMALL):
        (folder / f"small-{number}.xlsx").write_bytes(case_content(moved(excerpt(), 0.01 * number)))
    command = [*PLANNER, "nightly", str(config(folder, TERMS.format(hours=1.0))), "--json"]
    done = run(command)
    yield Figure(
        f"a night of {LARGE + SMALL} workbooks, {LARGE} of the example's size, to 0.5 %", done.seconds / 60, "min", 18.0
    )
    yield Figure("  largest exit status", float(done.status), "", 0.0)
    yield Figure("  widest gap", 100.0 * max(one["gap"] for one in answer_of(done)["cases"]), "%", 0.5)
    yield Figure("  memory", done.peak, "GiB")
    yield Figure("an unchanged night", run(command).seconds, "s", 10.0)


def warm(folder: Path) -> Iterator[Figure]:
    """The example planned, and planned again after a price move: with what was planned, and without."""
    first = folder / "latest"
    for place in (INPUT, CARRIED):
        (first / place).mkdir(parents=True)
        (first / place / VAULT.name).write_bytes(VAULT.read_bytes())
    run([*PLANNER, "solve", str(VAULT), "--gap", "0.005", "--output", str(first / "plan.xlsx")])
    for share in (MOVE, -MOVE):
        book, carried = folder / f"moved {share:+}.xlsx", folder / f"carried {share:+}.xlsx"
        book.write_bytes(case_content(moved(sound(VAULT).case, share)))
        run([*PLANNER, "carry", str(book), "--last", str(first), "--on", "2026-12-01", "--output", str(carried)])
        cold = run([*PLANNER, "solve", str(book), "--gap", "0.005", "--output", str(folder / "cold" / "plan.xlsx"), "--json"])
        start = ["--warm-start", str(first / "plan.xlsx")]
        again = [*PLANNER, "solve", str(carried), "--gap", "0.005", "--output", str(folder / "warm" / "plan.xlsx"), "--json"]
        hot = run([*again, *start])
        cold_solve, hot_solve = (answer_of(done)["seconds"]["solve"] for done in (cold, hot))
        yield Figure(f"the example after prices move by {share:+.0%}: solve stage, cold", cold_solve, "s")
        yield Figure("  the same, warm", hot_solve, "s")
        yield Figure("  warm as a share of cold", hot_solve / cold_solve, "", 0.5)
        yield Figure("  gap of the warm plan", 100.0 * answer_of(hot)["gap"], "%")
        changes = answer_of(hot)["changes"]
        yield Figure("  orders that change", 100.0 * changes["orders"] / changes["of"], "%")


def kills(folder: Path) -> Iterator[Figure]:
    """A night on the smallest example, killed at random moments: `latest` is whole afterwards, and the next one recovers."""
    book = books.write(folder / "tiny.xlsx", books.tiny())
    path = config(folder, TERMS.format(hours=1.0))
    command, chance = [*PLANNER, "nightly", str(path), "--force"], random.Random(1)
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    usual, whole = time.monotonic() - began, 0
    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
            time.sleep(chance.uniform(0.0, usual))
            os.killpg(process.pid, signal.SIGKILL)
        whole += published(folder / "outputs" / book.stem) is not None
    yield Figure(f"of {KILLS} nights killed at random moments leave a whole plan", float(whole), "")
    again = subprocess.run(command, check=False, capture_output=True)
    yield Figure("  exit status of the night after them", float(again.returncode), "", 0.0)


def thirty(folder: Path) -> Iterator[Figure]:
    """Thirty nights of the example, each of which is checked."""
    path = folder / "nightly.toml"

    def one(day: date, hours: float, is_killed: bool) -> int | None:
        path.write_text(TERMS.format(hours=hours).replace("*.xlsx", "vault.xlsx"), encoding="utf-8")
        command = [*PLANNER, "nightly", str(path), "--on", day.isoformat()]
        if not is_killed:
            return subprocess.run(command, check=False, capture_output=True).returncode
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
            time.sleep(20.0)
            os.killpg(process.pid, signal.SIGKILL)
        return None

    case = sound(VAULT).case.with_settings(frozen_periods=1)
    nights = Nights(case, folder / "vault.xlsx", folder / "outputs" / "vault", one)
    began = time.monotonic()
    for _ in range(NIGHTS):
        nights.night()
    last = FIRST + (NIGHTS - 1) * EVERY
    yield Figure(
        f"{NIGHTS} nights of the example until {last}, every {EVERY // timedelta(days=1)} days", _minutes(began), "min"
    )


def _minutes(since: float) -> float:
    return (time.monotonic() - since) / 60


if __name__ == "__main__":
    sys.exit(main())
