"""How tight the formulations that need binaries are: their linear bound against that of a textbook's.

A textbook opens each tier by a binary of its own and one large number M for all of them. The larger M is than a tier, the
smaller is the part of the binary that opens it, so that the bound promises more than any plan can keep. The formulations of
`models.rules.price_breaks` know where each tier ends, and what each offer can sell at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from models.records import PriceBreak
from planner.engine import StandardForm
from tests.cases import case, offer
from tests.engine_forms import INF, dense
from tests.price_schedules import BASES, Schedule, case_of, tiers
from tests.solving import minimised, optimum, relaxation

SEEDS = range(20)
ENDS = 0.01
"""USD that the little before a tier's end can cost."""
WITH_BINARIES = (("incremental", "falling"), ("all units", "falling"), ("all units", "rising"))


def drawn(seed: int, kind: str, direction: str) -> tuple[list[Schedule], float]:
    """Two or three suppliers with contract costs, all of whose tiers can be reached, and a need that they can meet, which is
    not where tiers end: a tier ends a little before the next begins, and one that may not be used up costs a little more."""
    random = Random(seed)
    schedules = []
    for number in range(random.randint(2, 3)):
        found = tiers(random, range(10, 60, 5), direction)
        schedules.append(
            Schedule(
                f"s{number}", kind, random.choice(BASES), found, found[-1][0] + random.randint(0, 40),
                signing=random.choice((0.0, 20.0, 60.0)),
            )
        )  # fmt: skip
    return schedules, random.randint(15, int(sum(row.most for row in schedules))) - 0.37


def textbook(schedules: Sequence[Schedule], needed: float) -> StandardForm:
    """The step binaries with one M, which is the smallest that serves all: what any one supplier may sensibly sell.

    Columns of a supplier: whether it is signed; then for each tier what is bought in it, and whether it is open.
    """
    largest = [min(row.most, max(needed, row.tiers[-1][0])) for row in schedules]
    m, cost, bounds, whole = max(largest), list[float](), list[tuple[float, float]](), list[int]()
    rows: list[tuple[float, dict[int, float], float]] = []
    everything: dict[int, float] = {}
    for schedule, most in zip(schedules, largest, strict=True):
        signed, ends = len(cost), [*(begins for begins, _ in schedule.tiers[1:]), most]
        parts = [signed + 1 + 2 * k for k in range(len(schedule.tiers))]
        for (begins, price), end, part in zip(schedule.tiers, ends, parts, strict=True):
            rows.append((-INF, {part: 1.0, part + 1: -m}, 0.0))
            if schedule.kind == "all units":
                rows.append((0.0, {part: 1.0, part + 1: -begins}, INF))
            elif begins > 0:
                width = begins - schedule.tiers[parts.index(part) - 1][0]
                rows.append((0.0, {part - 2: 1.0, part + 1: -width}, INF))
            bounds += [(0.0, 1.0)] * (part == parts[0])
            cost += [schedule.signing] * (part == parts[0])
            cost += [price, 0.0]
            bounds += [(0.0, end if schedule.kind == "all units" else end - begins), (0.0, 1.0)]
        if schedule.kind == "all units":
            rows.append((-INF, {part + 1: 1.0 for part in parts}, 1.0))
        rows.append((-INF, {**dict.fromkeys(parts, 1.0), signed: -m}, 0.0))
        rows.append((-INF, dict.fromkeys(parts, 1.0), most))
        everything |= dict.fromkeys(parts, 1.0)
        whole += [signed, *(part + 1 for part in parts)]
    rows.append((needed, everything, INF))
    spread = [(low, [found.get(column, 0.0) for column in range(len(cost))], high) for low, found, high in rows]
    return dense(cost, spread, bounds, whole=whole)


def least(form: StandardForm) -> float:
    values = minimised(form)
    assert values is not None
    return form.objective(values)


@pytest.mark.parametrize(("kind", "direction"), WITH_BINARIES)
def test_the_bound_is_no_weaker_than_a_textbooks(kind: str, direction: str) -> None:
    """On every schedule, and stronger on many; the optima of both are the same, so that the bounds are of one problem.

    Falling prices for all units are bounded by the last of them whatever the tiers; there it is the contract that counts.
    """
    stronger = 0
    for seed in SEEDS:
        schedules, needed = drawn(seed, kind, direction)
        made, other = case_of(schedules, (needed,)), textbook(schedules, needed)
        best, bound = least(other), least(replace(other, integer=np.zeros_like(other.integer)))
        assert optimum(made).cost == pytest.approx(best, abs=ENDS), seed
        own = relaxation(made)
        assert bound - 1e-6 * best <= own <= best + ENDS, seed
        stronger += own > bound + 1e-3 * best
    assert stronger >= len(SEEDS) / 4


def test_the_bound_of_one_schedule_by_hand() -> None:
    """Two suppliers ask 10 up to 40 t, 8 beyond, and 60 for the contract; one sells 50 t, the other 200; 50 are needed.

    Whoever sells all of it: 40 · 10 + 10 · 8 + 60 = 540. A second tier of 10 t is open as far as it is used, and so much of
    the first must be filled: the bound is 540, too. With one M of 50 a fifth of the second tier's binary lets all its 10 t be
    bought, after 8 t of the first: at both suppliers 16 · 10 + 20 · 8, with 14 · 10 for the rest and 60 for the contracts.
    """
    tiers_of_both = ((0.0, 10.0), (40.0, 8.0))
    pair = [Schedule(name, "incremental", "order", tiers_of_both, most, 60.0) for name, most in (("a", 50.0), ("b", 200.0))]
    made, other = case_of(pair, (50.0,)), textbook(pair, 50.0)
    assert optimum(made).cost == pytest.approx(540.0) and least(other) == pytest.approx(540.0)
    assert relaxation(made) == pytest.approx(540.0)
    assert least(replace(other, integer=np.zeros_like(other.integer))) == pytest.approx(520.0)


def test_a_step_out_of_reach_does_not_loosen_the_bound() -> None:
    """o sells 50 at 10, and at 1 from 80 on; p asks 9.5: the 50 cost 475, and half a step must not make them cheaper."""
    quotes = offer(capacity_per_period=50.0), offer("p", 9.5)
    step = PriceBreak(offer="o", from_quantity=80, price=1.0, kind="all units")
    found = case(*quotes, needs=(50,), price_breaks=(step,))
    assert relaxation(found) == pytest.approx(475.0)
    assert optimum(found).cost == pytest.approx(475.0)
