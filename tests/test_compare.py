"""Two plans compared: exactly the differences that were put there are found."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from models.decisions import Contract, Purchase
from planner.compare import Comparison, compare
from planner.findings import FaultyInput
from planner.report import write
from planner.result import Result
from planner.template import template_content
from tests.report_samples import FIRST, SECOND, outcome, sample_result, with_plan


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(sample_result(), tmp_path_factory.mktemp("first") / "plan.xlsx")[0]


def against(first: Path, result: Result, tmp_path: Path) -> Comparison:
    return compare(first, write(result, tmp_path / "plan.xlsx")[0])


def figure(comparison: Comparison, name: str) -> tuple[float | None, float | None]:
    [found] = [row for row in comparison.figures if row.name == name]
    return found.first, found.second


class TestEqualPlans:
    def test_they_say_so(self, first: Path, tmp_path: Path) -> None:
        found = against(first, sample_result(), tmp_path)
        assert found.same
        assert "The plans are equal" in str(found)

    def test_equal_decisions_with_another_gap_are_not_called_equal_plans(self, first: Path, tmp_path: Path) -> None:
        cost = sample_result().outcome.objective or 0.0
        found = against(first, replace(sample_result(), outcome=outcome(cost, 0.99 * cost)), tmp_path)
        assert (found.same_decisions, found.same) == (True, False)
        assert figure(found, "proven gap") == pytest.approx((0.001, 0.01))
        assert "Both plans sign the same offers" in str(found)


class TestDifferences:
    def test_quantities_are_listed_by_change_of_value(self, first: Path, tmp_path: Path) -> None:
        purchases = list(sample_result().plan.purchases)
        changed = {0: 1.0, 3: -2.5, len(purchases) - 1: 4.0}
        others = tuple(replace(row, quantity=row.quantity + changed.get(number, 0.0)) for number, row in enumerate(purchases))
        found = against(first, with_plan(sample_result(), purchases=others), tmp_path)
        calendar = sample_result().plan.case.calendar
        expected = {
            (row.offer, row.trader, calendar.name(row.period)): pytest.approx((row.quantity, others[number].quantity))
            for number, row in enumerate(purchases) if number in changed
        }  # fmt: skip
        assert {(row.offer, row.trader, row.period): (row.first, row.second) for row in found.changes} == expected
        values = [abs(row.value) for row in found.changes]
        assert values == sorted(values, reverse=True)
        assert not (found.gained or found.lost)

    def test_awards_gained_and_lost(self, first: Path, tmp_path: Path) -> None:
        plan = sample_result().plan
        lost = next(row for row in plan.contracts if row.offer == "g2")
        gained = Contract("g1", SECOND)
        contracts = (*(row for row in plan.contracts if row != lost), gained)
        order = Purchase("g1", SECOND, 1, 50.0)
        purchases = (*(row for row in plan.purchases if row.offer != "g2"), order)
        found = against(first, with_plan(sample_result(), contracts=contracts, purchases=purchases), tmp_path)
        assert [(row.offer, row.trader, row.quantity) for row in found.gained] == [("g1", SECOND, 50.0)]
        assert [(row.offer, row.trader) for row in found.lost] == [("g2", lost.trader)]
        # 50 kg at 280 + 5 freight + 14 duty: 14,950 USD that the first plan does not spend.
        assert [row.value for row in found.changes if row.offer == "g1"] == pytest.approx([14_950])
        assert all(row.second == 0 for row in found.changes if row.offer == "g2")
        assert figure(found, "orders") == (len(plan.purchases), len(purchases))

    def test_headline_figures_are_those_of_each_plan(self, first: Path, tmp_path: Path) -> None:
        result = sample_result()
        few = with_plan(result, purchases=result.plan.purchases[:-3])
        found = against(first, few, tmp_path)
        for name, line in (("cost line: purchase", "purchase"), ("cost line: trader fee", "trader fee")):
            sums = [sum(charge.amount for charge in one.charges if charge.line == line) for one in (result, few)]
            assert figure(found, name) == pytest.approx(sums, abs=0.005)
        landed = [sum(line.spend for line in one.plan.lines if line.supplier == "Alder") for one in (result, few)]
        assert landed[0] > 0
        assert figure(found, "contracts") == (len(result.plan.contracts),) * 2

    def test_the_share_of_china_is_that_of_landed_cost(self, first: Path, tmp_path: Path) -> None:
        # s1 (Bolivia, Japan, Japan) for 60,000 USD beside g1 (all China) for 50 · 299 = 14,950 USD, and s2 (unknown, unknown,
        # China) for 25,000 USD.
        purchases = (Purchase("s1", FIRST, 4, 2.0), Purchase("g1", FIRST, 1, 50.0), Purchase("s2", SECOND, 2, 1.0))
        contracts = tuple(Contract(row.offer, row.trader) for row in purchases)
        found = against(first, with_plan(sample_result(), purchases=purchases, contracts=contracts), tmp_path)
        assert figure(found, "landed cost with a stage in China")[1] == pytest.approx(39_950 / 99_950)

    def test_against_a_plan_that_buys_nothing(self, first: Path, tmp_path: Path) -> None:
        found = against(first, with_plan(sample_result(), purchases=(), contracts=(), moves=()), tmp_path)
        assert len(found.changes) == len(sample_result().plan.purchases)
        assert len(found.lost) == len(sample_result().plan.contracts)
        assert figure(found, "landed cost of restricted origin")[1] == 0.0
        assert figure(found, "cost line: purchase")[1] == 0.0


class TestPrinting:
    def test_every_change_is_printed_below_the_headline(self, first: Path, tmp_path: Path) -> None:
        found = against(first, with_plan(sample_result(), purchases=()), tmp_path)
        long = str(replace(found, changes=found.changes * 10))
        lines = [line for line in long.partition("Quantities changed")[2].splitlines() if "2027-" in line]
        assert len(lines) == 10 * len(found.changes)
        assert long.index("Headline") < long.index("Quantities changed")

    def test_names_with_brackets_are_printed_as_they_are(self, first: Path, tmp_path: Path) -> None:
        found = against(first, with_plan(sample_result(), purchases=()), tmp_path)
        named = replace(found, changes=(replace(found.changes[0], offer="[bold]o[/]"),))
        assert "[bold]o[/]" in str(named)


class TestUnreadable:
    def test_a_workbook_that_is_no_plan_is_said_to_be_none(self, first: Path, tmp_path: Path) -> None:
        (tmp_path / "template.xlsx").write_bytes(template_content())
        with pytest.raises(FaultyInput, match="Contracts: the sheet is not there"):
            compare(first, tmp_path / "template.xlsx")


def test_neither_pandas_nor_openpyxl_is_loaded_with_the_command_line() -> None:
    program = "import sys, planner.cli; sys.exit(bool({'pandas', 'openpyxl', 'pyomo', 'highspy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
