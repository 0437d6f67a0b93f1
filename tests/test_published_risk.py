"""Problems of the literature on decisions under risk, solved through workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.case import Case
from models.records import Hits, Scenario, Shock
from planner import pipeline
from planner.engine.progress import Display
from planner.result import Result
from planner.template import case_content
from tests.cases import case, material, offer


def through_workbooks(made: Case, folder: Path) -> Result:
    """The verified plan of a case that was written and read again."""
    (folder / "book.xlsx").write_bytes(case_content(made))
    result, _ = pipeline.solve(
        folder / "book.xlsx", folder / "plan.xlsx", pipeline.Overrides(gap=0.0), Display(quiet=True)
    )  # fmt: skip
    return result


def newsvendor(**fields: Any) -> Case:
    """Ten demands from 10 to 100 t, alike in likelihood: the least is planned for, the others are ten states of one actor.

    A ton costs 10 USD before demand is known, and one that is short 30.
    """
    states = range(1, 11)
    return case(
        offer(price=10.0, **fields), needs=[10.0], materials=(material(value_of_shortage=30.0),),
        scenarios=tuple(Scenario(scenario=f"{10 * k} t", probability=0.1, group="demand") for k in states),
        shocks=tuple(Shock(scenario=f"{10 * k} t", hits=Hits.MATERIAL, name="x", demand_factor=k) for k in states),
    )  # fmt: skip


def test_newsvendor(tmp_path: Path) -> None:
    """Arrow, Harris and Marschak, Optimal inventory policy, Econometrica 19 (1951); Shapiro, Dentcheva and Ruszczyński,
    Lectures on Stochastic Programming (2009), section 1.2: the best order is the quantile at (30 − 10) / 30, which is 70 t.

    It costs 700 + 0.1 · 30 · (10 + 20 + 30) = 880."""
    result = through_workbooks(newsvendor(), tmp_path)
    assert result.outcome.objective == pytest.approx(880.0)
    assert sum(row.quantity for row in result.plan.purchases) == pytest.approx(70.0)


def test_what_knowing_and_what_planning_for_the_mean_are_worth(tmp_path: Path) -> None:
    """Birge and Louveaux, Introduction to Stochastic Programming (2011), chapter 4. The mean, 55 t, costs
    550 + 0.1 · 30 · (5 + 15 + 25 + 35 + 45) = 925, so that the stochastic solution is worth 45; each demand known before
    costs 10 USD a ton, 550 on average, so that perfect information is worth 330."""
    stochastic = through_workbooks(newsvendor(), tmp_path).outcome.objective
    assert stochastic is not None
    of_mean = through_workbooks(newsvendor(maximum_total=55.0, minimum_order=55.0), tmp_path).outcome.objective
    assert of_mean is not None and of_mean - stochastic == pytest.approx(45.0)
    known = [
        through_workbooks(case(offer(price=10.0), needs=[10.0 * k], materials=(material(value_of_shortage=30.0),)), tmp_path)
        for k in range(1, 11)
    ]
    waiting = sum(0.1 * (found.outcome.objective or 0.0) for found in known)
    assert stochastic - waiting == pytest.approx(330.0)


@pytest.mark.parametrize(("alpha", "weights"), [(4 / 6, (0, 0, 0, 0, 1 / 2, 1 / 2)), (7 / 12, (0, 0, 0, 1 / 5, 2 / 5, 2 / 5))])
def test_cvar_of_six_losses(alpha: float, weights: tuple[float, ...], tmp_path: Path) -> None:
    """Sarykalin, Serraino and Uryasev, Value-at-risk vs. conditional value-at-risk, INFORMS Tutorials (2008), section 1.3: of
    six losses alike in likelihood, CVaR at 2/3 is the mean of the largest two; at 7/12 the fourth counts a fifth, for it is
    split. Here the losses are shortages of 1, 2, 4, 8, 16 and 32 t at 100 USD, for which nothing can be bought."""
    sizes = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    made = case(
        offer(price=10.0, maximum_total=10.0), needs=[10.0], materials=(material(value_of_shortage=100.0),),
        scenarios=tuple(Scenario(scenario=f"f{k}", probability=1 / 6, group="f") for k in range(1, 7)),
        shocks=tuple(Shock(scenario=f"f{k}", hits=Hits.MATERIAL, name="x", demand_factor=1.0 + size / 10.0)
                     for k, size in enumerate(sizes, 1)),
        settings={"risk_weight": 1.0, "cvar_alpha": alpha},
    )  # fmt: skip
    result = through_workbooks(made, tmp_path)
    worst = sum(weight * 100.0 * size for weight, size in zip(weights, sizes, strict=True))
    expected = 100.0 * sum(sizes) / 6
    assert result.claimed["CVaR"] == pytest.approx(worst, rel=1e-6)
    assert result.outcome.objective == pytest.approx(100.0 + expected + worst, rel=1e-6)
