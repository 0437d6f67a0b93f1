"""Protection: losses and missing cover have a ceiling, or come before all cost. As in `test_cvar`: 10 t a month.

February's 8 t come from China at 10, and a tenth of the time not at all, or from Australia at 25; a ton short costs 100.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from models.records import Objective
from planner import pipeline
from planner.engine import Resources
from planner.engine.progress import Display
from planner.template import case_content
from tests.cases import case, kept, offer
from tests.rules.test_cvar import weighed
from tests.solving import Binding, optimum, solve

# An expected loss of 30 at most is one of 300 in the ban: 3 t from China and 5 from Australia, as with a cap on CVaR of 300.
BINDING = Binding(lambda: weighed(protection_cap=30.0), cost=302.0, dropped=272.0)


def test_missing_cover_counts_too() -> None:
    """365 t a year, of which 31 days are to be covered at 12 USD a ton and year: 31 t short cost 31 a month.

    Without the cap nothing is bought at 40; with one of 10 all but 10 t are."""
    row = kept(target_cover_days=31.0, cover_penalty=12.0)
    settings = {"terminal_haircut": 1.0, "protection_cap": 10.0}
    made = case(offer(price=40.0), materials=(row,), periods=1, settings=settings)
    assert optimum(made).cost == pytest.approx(21 * 40 + 10)


def test_a_cap_that_nothing_keeps() -> None:
    row = kept(target_cover_days=31.0, cover_penalty=12.0)
    made = case(offer(maximum_total=1.0), materials=(row,), periods=1, settings={"protection_cap": 10.0})
    assert not solve(made).feasible


@pytest.mark.parametrize("said", ["sheet", "command line"])
def test_as_little_loss_as_can_be_had_and_then_the_cheapest(said: str, tmp_path: Path) -> None:
    """No loss at all is possible: 12 t from China in January, and 8 t from Australia. Cost alone would choose 272."""
    objective = Objective.PROTECTION
    made = weighed(objective=objective) if said == "sheet" else weighed()
    (tmp_path / "book.xlsx").write_bytes(case_content(made))
    told: list[str] = []
    overrides = pipeline.Overrides(gap=0.0, objective=None if said == "sheet" else objective)
    found, _ = pipeline.solve(tmp_path / "book.xlsx", tmp_path / "plan.xlsx", overrides, Display(quiet=True))
    assert found.outcome.objective == pytest.approx(320.0, abs=0.02)
    assert found.protection is not None
    assert (found.protection.objective, found.protection.bound) == pytest.approx((0.0, 0.0), abs=1e-6)
    warm = pipeline.Overrides(
        gap=0.0, objective=objective, earlier=tmp_path / "plan.xlsx", resources=Resources(tell=told.append)
    )
    again, _ = pipeline.solve(tmp_path / "book.xlsx", tmp_path / "again.xlsx", warm, Display(quiet=True))
    assert any("fit" in sentence for sentence in told)
    assert again.outcome.objective == pytest.approx(320.0, abs=0.02)
    overrides = pipeline.Overrides(gap=0.0, objective=Objective.COST)
    cheap, _ = pipeline.solve(tmp_path / "book.xlsx", tmp_path / "plan.xlsx", overrides, Display(quiet=True))
    assert cheap.outcome.objective == pytest.approx(272.0)
