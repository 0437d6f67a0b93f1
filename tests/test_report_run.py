"""The rows of the sheets Checks and Run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.plan import Assessment
from models.records import OpenOrder, Supplier
from planner import verify
from planner.outputs import tables
from planner.outputs.checks import COST_LINES, TOTAL_LINE, check_rows
from planner.outputs.run import run_rows
from planner.outputs.summary import facts
from tests.report_samples import FIRST, START, case, offer, plan, result_of, sample_result


class TestChecks:
    def test_a_rule_shows_its_worst_hard_limit_and_counts_the_soft_ones(self) -> None:
        found = (
            Assessment("budget", "kept", "at most", 10, 9, "USD", 0.01),
            Assessment("budget", "broken", "at most", 10, 12, "USD", 0.01),
            Assessment("budget", "wished", "at least", 10, 5, "t", 0.01, hard=False),
        )
        result = replace(sample_result(), assessments=found)
        row = next(row for row in check_rows(result) if row.rule == "budget")
        assert (row.checked, row.failed, row.soft_missed, row.result) == (2, 1, 1, "failed")
        assert (row.what, row.largest_excess, row.tolerance, row.unit) == ("broken", 2, 0.01, "USD")
        verification = next(fact for fact in facts(result, tables(sample_result())) if fact.sheet == "Checks")
        assert verification.figure == "failed"

    def test_a_rule_that_only_costs_refers_to_the_bill_and_rules_have_human_names(self) -> None:
        onboarded = case(offer(), suppliers=(Supplier(supplier="s", onboarding_cost=50),), open_orders=(
            OpenOrder(order="1", material="x", quantity=1, arrival=START, price=3),
        ))  # fmt: skip
        rows = {row.rule: row for row in check_rows(result_of(plan(onboarded, ("o", FIRST, 1, 3))))}
        assert (rows["suppliers"].result, rows["suppliers"].checked) == ("in the bill only", 0)
        assert rows["suppliers"].what == "no limits; see the cost lines: onboarding"
        assert rows["open orders"].result == "passed"
        assert not any("_" in name for name in rows)

    def test_cost_lines_show_what_is_claimed_and_what_is_recomputed(self) -> None:
        assert (COST_LINES, TOTAL_LINE) == (verify.COSTS, "total, discounted")
        result = sample_result()
        wrong = result_of(result.plan, claimed={**result.claimed, "rent": result.claimed["rent"] + 1000})
        rows = {row.what: row for row in check_rows(wrong) if row.rule == COST_LINES}
        assert rows["rent"].largest_excess == pytest.approx(1000)
        assert (rows["rent"].result, rows["purchase"].result, rows[TOTAL_LINE].result) == ("failed", "passed", "passed")


class TestRun:
    @pytest.mark.parametrize(("clusters", "words"), [(0, "as one programme"), (37, "material by material, in 37 parts")])
    def test_it_says_how_the_plan_was_found_and_counts_nodes_only_of_one_search(self, clusters: int, words: str) -> None:
        result = sample_result()
        found = {row.what: row.value for row in run_rows(replace(result, outcome=replace(result.outcome, clusters=clusters)))}
        assert found["solved"] == words
        assert ("nodes" in found) == (clusters == 0)

    def test_decisions_have_units_and_remarks_keep_message_and_remedy_apart(self) -> None:
        rows = run_rows(sample_result())
        [decision] = [row for row in rows if row.what == "decision"]
        assert (decision.value, decision.remedy) == ("force s1 5 t in 2027-04", "board")
        [warning] = [row for row in rows if row.what == "warning"]
        assert (warning.value, warning.place, warning.remedy) == ("column 'colour' is not known", "Offers!F3", "Remove it.")

    def test_a_time_that_cannot_be_known_yet_is_said_to_be_none(self) -> None:
        assert "not known" in str({row.what: row.value for row in run_rows(sample_result())}["time: write and verify"])
