"""Scenarios: what is bought at once and called from partners when one comes about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.assess import assess, charges_of
from models.decisions import Emergency
from models.outcomes import courses_of
from models.records import (
    Partner,
)
from planner.cli import cli
from planner.template import case_content
from tests.cases import first
from tests.rules.test_scenarios import allied, chinese, risky, shock
from tests.solving import optimum


def test_what_can_be_bought_at_once() -> None:
    """3 t of Australia's are to be had at once, at 20 + 50 %; China's own 5 t are not, since it is hit. Of 8 t short 3 are
    bought: the loss is 5 · 100 + 3 · 10 = 530, the goods cost 60, and 80 are not paid: 200 + 0.25 · (530 + 60 − 80)."""
    at_once = allied(price=50.0, emergency_per_period=3.0, maximum_total=0.0)
    solved = optimum(risky(chinese(capacity_per_period=12.0, emergency_per_period=5.0), at_once))
    assert solved.cost == pytest.approx(327.5)
    [bought] = solved.plan.emergencies
    assert (bought.material, bought.scenarios, bought.period) == ("x", "ban", 2)
    assert bought.quantity == pytest.approx(3.0)


def test_a_price_that_is_stressed() -> None:
    """The benchmark price triples in the ban: what is bought at once costs 60 · 1.5 = 90, which is 70 above the usual."""
    at_once = allied(price=50.0, emergency_per_period=3.0, maximum_total=0.0)
    dearer = shock(hits="material", name="x", availability=1.0, price_factor=3.0)
    solved = optimum(risky(chinese(capacity_per_period=12.0), at_once, shocks=(shock(), dearer)))
    assert solved.cost == pytest.approx(200 + 0.25 * (500 + 3 * 70 + 3 * 20 - 80))


def test_what_is_bought_at_once_may_be_kept() -> None:
    """Only in February can 8 t be had at once; March has nothing, and its 10 t are what is kept of February's.

    A ban from February on: 2 t of February's demand are in stock, 8 t are bought at once, and March's 10 t stay unmet.
    Where the 8 t serve is all the same: 20 − 2 − 8 = 10 t are short."""
    at_once = allied(price=50.0, emergency_per_period=8.0, maximum_total=0.0, valid_to=first(2))
    solved = optimum(risky(chinese(capacity_per_period=12.0), at_once, needs=[10.0, 10.0, 10.0]))
    [course] = courses_of(solved.plan)
    assert course.unmet == pytest.approx(10.0)
    assert [step.emergency for step in course.steps] == [pytest.approx(8.0), 0.0]


@pytest.mark.parametrize(("delay", "share", "called"), [(0.0, 0.5, 5.0), (27.0, 0.5, 5.0), (28.0, 0.5, 0.0), (0.0, 1.0, 8.0)])
def test_partners_stock_is_called(delay: float, share: float, called: float) -> None:
    """Of the 10 t of a partner half can be called, at the benchmark price of 20, if it is there before February ends."""
    row = Partner(partner="JP", material="x", quantity=10.0, share_on_call=share, delay_days=delay)
    solved = optimum(risky(chinese(capacity_per_period=12.0), partners=(row,)))
    assert solved.cost == pytest.approx(200 + 0.25 * (100 * (8 - called) + 20 * called - 80))
    assert sum(decision.called for decision in solved.plan.emergencies) == pytest.approx(called)


def test_partners_stock_is_called_at_the_market_price() -> None:
    """The benchmark price of 20 triples in the ban: a ton called costs 60, which is 40 above the usual, and no premium."""
    row = Partner(partner="JP", material="x", quantity=5.0, share_on_call=1.0)
    dearer = shock(hits="material", name="x", availability=1.0, price_factor=3.0)
    solved = optimum(risky(chinese(capacity_per_period=12.0), shocks=(shock(), dearer), partners=(row,)))
    assert solved.cost == pytest.approx(200 + 0.25 * (300 + 5 * 40 + 5 * 20 - 80))


def test_what_is_called_comes_back_from_a_written_plan(tmp_path: Path) -> None:
    """In a plan in which nothing is bought at once."""
    row = Partner(partner="JP", material="x", quantity=5.0, share_on_call=1.0)
    book, output = tmp_path / "book.xlsx", tmp_path / "plan.xlsx"
    book.write_bytes(case_content(risky(chinese(capacity_per_period=12.0), partners=(row,))))
    for arguments in (["solve", book, "--output", output, "--gap", "0"], ["verify", output, book]):
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output


def test_partners_stock_is_called_once() -> None:
    """A ban from February on: 8 t are short then and 10 t in March; the 5 t are sent in one of the two, not in both.

    Beside it 3 t can be bought at once in each month, 10 dearer: 18 − 5 − 6 = 7 t stay unmet."""
    rows = (
        Partner(partner="JP", material="x", quantity=4.0, share_on_call=0.5),
        Partner(partner="KR", material="x", quantity=3.0, share_on_call=1.0, delay_days=30.0),
    )
    at_once = allied(price=50.0, emergency_per_period=3.0, maximum_total=0.0)
    made = risky(chinese(capacity_per_period=12.0), at_once, needs=[10.0, 10.0, 10.0], partners=rows)
    solved = optimum(made)
    [course] = courses_of(solved.plan)
    assert course.unmet == pytest.approx(7.0)
    assert [step.called for step in course.steps] in ([pytest.approx(2.0), pytest.approx(3.0)], [0.0, pytest.approx(5.0)])
    sent = replace(solved.plan, emergencies=(Emergency("x", "ban", 2, 0.0, 3.0), Emergency("x", "ban", 3, 0.0, 3.0)))
    broken = [row for row in assess(sent, charges_of(sent)) if row.rule == "scenarios" and not row.holds]
    assert [(row.limit, row.achieved) for row in broken] == [(2.0, 3.0), (5.0, 6.0)]
