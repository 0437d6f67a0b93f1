"""The rows of policy, costs, checks and the summary, against arithmetic by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from models.invoice import WEIGHED
from models.plan import Charge, Plan, cents
from models.records import (
    Budget,
    Country,
    Material,
    Policy,
    Price,
    Settings,
)
from planner.cli_words import print_answer
from planner.outputs import tables, totals
from planner.outputs.commitments import ceilings, cumulative_budget
from planner.outputs.costs import LANDED, bought, cost_rows
from planner.outputs.diversification import diversification_rows
from planner.outputs.landed_cost import landed_cost_rows
from planner.outputs.pictures import pictures
from planner.outputs.summary import facts
from planner.outputs.traders import NOBODY, trader_total
from tests.report_samples import FIRST, SECOND, START, case, offer, outcome, plan, result_of, sample_result


class TestDiversification:
    def policy(self, *rows: Policy, quantities: tuple[float, float]) -> Plan:
        """China sells in January and Australia in March, in t."""
        offers = (offer("c", refine_country="CHN"), offer("a", refine_country="AUS"))
        of = case(*offers, countries=(Country(iso3="CHN"), Country(iso3="AUS")), policy=rows)
        return plan(of, ("c", FIRST, 1, quantities[0]), ("a", FIRST, 3, quantities[1]))

    def rule(self, **fields: Any) -> Policy:
        return Policy(**{"rule": "r", "kind": "share", "attribute": "refine", "within": ("CHN",), "limit": 0.4} | fields)

    def test_shares_are_shown_in_the_measure_and_in_per_cent(self) -> None:
        # 30 of 100 t from China against 40 %.
        chosen = self.policy(self.rule(), quantities=(30, 70))
        [row] = diversification_rows(chosen, result_of(chosen).assessments)
        assert (row.limit, row.achieved, row.headroom) == pytest.approx((40, 30, 10))
        assert (row.limit_share, row.achieved_share, row.headroom_points) == pytest.approx((0.4, 0.3, 10))
        assert (row.unit, row.result, row.scope, row.window, row.value) == ("t", "kept", "", "2027-01 to 2027-03", "")

    def test_what_rounding_exceeds_is_shown_as_reached(self) -> None:
        # 40 % of 100.0000005 t: China's 40.0000004 t are 2e-7 t too many, less than a step of rounding.
        chosen = self.policy(self.rule(), quantities=(40.0000004, 60.0000001))
        [row] = diversification_rows(chosen, result_of(chosen).assessments)
        assert (row.result, row.headroom, row.headroom_points) == ("binding", 0, 0)
        assert (row.limit_share, row.achieved_share) == (0.4, 0.4)
        assert row.achieved == row.limit

    def test_scope_window_and_value_of_a_limit_have_columns_of_their_own(self) -> None:
        chosen = self.policy(self.rule(rule="r: 65 %", scope_="x", within=("each",), limit=1.0), quantities=(30, 70))
        rows = diversification_rows(chosen, result_of(chosen).assessments)
        assert [(row.rule, row.scope, row.window, row.value) for row in rows] == [
            ("r: 65 %", "x", "2027-01 to 2027-03", "AUS"),
            ("r: 65 %", "x", "2027-01 to 2027-03", "CHN"),
        ]

    def test_a_glide_path_shows_the_mean_limit_of_its_window(self) -> None:
        # 40 % of January's 30 t and 10 % of March's 70 t: 19 t, that is 19 %; all 30 t are Chinese, at 2 USD for each beyond.
        soft: dict[str, Any] = {"hardness": "soft", "penalty": 2}
        rows = (self.rule(**soft), self.rule(**soft, limit=0.1, from_date=date(2027, 2, 1)))
        chosen = self.policy(*rows, quantities=(30, 70))
        [row] = diversification_rows(chosen, result_of(chosen).assessments)
        assert (row.limit_share, row.achieved_share, row.headroom_points) == pytest.approx((0.19, 0.3, -11))
        assert (row.result, row.penalty) == ("missed", pytest.approx(22))

    def test_a_ban_that_is_kept_is_binding_at_nought_per_cent(self) -> None:
        chosen = self.policy(self.rule(limit=0.0, within=("JPN",)), quantities=(30, 70))
        [row] = diversification_rows(chosen, result_of(chosen).assessments)
        assert (row.limit_share, row.achieved_share, row.result) == (0, 0, "binding")

    def test_windows_in_which_nothing_is_bought_are_left_out_and_the_tightest_come_first(self) -> None:
        chosen = self.policy(self.rule(window="period", within=("each",), limit=1.0), quantities=(30, 70))
        rows = diversification_rows(chosen, result_of(chosen).assessments)
        assert [(row.window, row.value) for row in rows] == [
            ("2027-01", "CHN"),
            ("2027-03", "AUS"),
            ("2027-01", "AUS"),
            ("2027-03", "CHN"),
        ]

    def test_amounts_and_counts_have_no_shares(self) -> None:
        rules = (
            self.rule(rule="amount", kind="amount", limit=25),
            self.rule(rule="count", kind="count", attribute="supplier", within=(), sense="at least", limit=1),
        )
        chosen = self.policy(*rules, quantities=(30, 70))
        rows = {row.rule: row for row in diversification_rows(chosen, result_of(chosen).assessments)}
        assert [row.limit_share for row in rows.values()] == [None, None]
        assert (rows["amount"].result, rows["amount"].headroom) == ("failed", pytest.approx(-5))
        assert (rows["count"].result, rows["count"].achieved) == ("binding", 1)


class TestLandedCost:
    def test_a_row_for_each_run_of_equal_price(self) -> None:
        prices = (Price(index="i", date=START, value=10), Price(index="i", date=date(2027, 3, 1), value=20))
        of = case(offer(price=None, index="i", premium=1, freight=2, duty_rate=0.5), offer("fixed"), prices=prices)
        rows = {(row.offer, row.first): row for row in landed_cost_rows(plan(of, ("o", FIRST, 2, 7)))}
        assert set(rows) == {("o", "2027-01"), ("o", "2027-03"), ("fixed", "2027-01")}
        early = rows["o", "2027-01"]
        assert (early.last, early.price, early.duty, early.landed_cost, early.bought) == ("2027-02", 11, 5.5, 18.5, 7)
        assert (rows["o", "2027-03"].landed_cost, rows["o", "2027-03"].bought) == (33.5, 0)  # 21 + 2 + 10.5

    def test_figures_that_come_from_no_source_are_named(self) -> None:
        basis = {"price": "estimate", "freight": "assumed", "duty_rate": "source"}
        [row] = landed_cost_rows(plan(case(offer(basis=basis))))
        assert (row.price_basis, row.other_bases) == ("estimate", "assumed: freight")


class TestCosts:
    @pytest.mark.parametrize("seed", range(20))
    def test_printed_lines_add_up_to_the_printed_totals_to_the_cent(self, seed: int) -> None:
        chance = Random(seed)
        lines = sorted(WEIGHED)
        charges = [
            Charge(
                chance.choice(lines), FIRST, "x", 1, chance.randint(1, 40), chance.uniform(-1, 1) * 10 ** chance.randint(0, 9)
            )
            for _ in range(200)
        ]
        of = case(offer(), settings=Settings(start_date=START, periods=3, discount_rate=0.07))
        rows = cost_rows(of, charges)
        _, owed, total = totals(rows)
        for name in ("undiscounted", "discounted"):
            in_cents = [round(getattr(row, name) * 100) for row in rows]
            assert all(getattr(row, name) == cents(getattr(row, name)) for row in (*rows, owed, total))
            assert sum(in_cents) == round(getattr(total, name) * 100)
            assert sum(n for n, row in zip(in_cents, rows, strict=True) if row.owed == "yes") == round(
                getattr(owed, name) * 100
            )
        assert total.undiscounted == pytest.approx(sum(charge.amount for charge in charges), abs=0.005 * len(rows) + 1e-6)


class TestSummary:
    def test_thirteen_lines_each_traced_to_a_sheet(self) -> None:
        result = sample_result()
        found = tables(result)
        lines = {fact.label: fact for fact in facts(result, found)}
        assert len(lines) == 13
        survived = [row for row in found.survival if row.result == "survived"]
        assert (len(found.survival), lines["Materials that survive"].figure) == (2, len(survived))
        quiet = replace(result.plan.case, contingencies=(), scenarios=(), shocks=(), members=(), commitments=())
        safe = replace(result, plan=replace(result.plan, case=quiet, allotments=()))
        assert len(facts(safe, tables(safe))) == 10
        sheets = {record.sheet for record, _ in found.sheets()}
        assert {fact.sheet for fact in lines.values()} <= sheets
        landed, owed, total = totals(found.costs)
        assert lines["Bought"].figure == landed.undiscounted
        assert landed.undiscounted == pytest.approx(sum(row.landed_cost for row in found.purchases), abs=0.01 * len(LANDED))
        assert landed.undiscounted == pytest.approx(bought(result.charges), abs=0.01 * len(LANDED))
        assert (lines["Discounted cost of the plan"].figure, lines["Budget used"].figure) == (
            total.discounted,
            owed.undiscounted,
        )

    def test_the_closing_line_of_the_command_says_the_same_as_the_summary(self, capsys: pytest.CaptureFixture[str]) -> None:
        result = sample_result()
        print_answer(result)
        assert f"purchases worth {facts(result, tables(result))[0].figure:,.0f} USD" in capsys.readouterr().out

    def test_the_price_of_the_policy_lies_between_what_both_gaps_allow(self) -> None:
        # With the policy between 990 and 1,000, without it between 880 and 900: it costs 100 on paper, 90 to 120 in truth.
        result = replace(sample_result(), outcome=outcome(1000, 990), without_policy=outcome(900, 880))
        line = facts(result, tables(result))[-1]
        assert line.figure == 100
        assert "between USD 90.00 and USD 120.00" in line.detail

    def test_without_a_policy_sheet_there_is_no_price_of_it(self) -> None:
        line = facts(replace(sample_result(), without_policy=None), tables(sample_result()))[-1]
        assert (line.figure, line.detail) == (None, "there is no Policy sheet")

    def test_ceilings_count_the_orders_of_their_year_and_trader(self) -> None:
        budgets = (Budget(year=2028, amount=50), Budget(trader=FIRST, amount=40))
        settings = Settings(start_date=date(2027, 12, 1), periods=3, budget=100)
        of = case(offer(), settings=settings, budgets=budgets)
        charges = [
            Charge("purchase", FIRST, "x", 1, 1, 30.0),  # December 2027
            Charge("purchase", SECOND, "x", 2, 2, 20.0),  # January 2028
            Charge("rent", "", "x", 2, 2, 5.0),  # owed to nobody
        ]
        assert [(row.words, row.used) for row in ceilings(of, charges)] == [
            ("whole plan", 50),
            ("2028", 20),
            (f"whole plan, {FIRST}", 30),
        ]
        # 2027 has no ceiling of its own, so only the whole plan's counts.
        assert cumulative_budget(of) == (100, 100, 100)
        both = replace(of, budgets=(Budget(year=2027, amount=35), Budget(year=2028, amount=50)))
        assert cumulative_budget(both) == (35, 85, 85)

    def test_traders_spend_is_the_sum_of_rows(self) -> None:
        result = sample_result()
        found = tables(result)
        spend = next(fact for fact in facts(result, found) if fact.label.startswith("Traders' spend"))
        own = [row for row in found.traders if row.trader != NOBODY]
        assert (spend.figure, spend.sheet) == (sum(row.spend for row in own), "Traders")
        for row in own:
            bought, signed, open_ones = (
                [line for line in rows if line.trader == row.trader]  # type: ignore[attr-defined]
                for rows in (found.purchases, found.contracts, found.open_orders)
            )
            assert row.landed_cost == pytest.approx(sum(line.landed_cost for line in bought), abs=0.05)
            assert row.trader_fee == pytest.approx(sum(line.trader_fee for line in bought), abs=0.01)
            assert row.fixed_order_cost == pytest.approx(sum(line.fixed_order_cost for line in bought), abs=0.01)
            assert row.contract_cost == pytest.approx(sum(line.contract_cost for line in signed), abs=0.01)
            assert row.open_orders == pytest.approx(sum(line.unpaid for line in open_ones), abs=0.01)
        landed, owed, _ = totals(found.costs)
        total = trader_total(found.traders)
        assert (total.landed_cost, total.spend) == (landed.undiscounted, owed.undiscounted)
        assert total.onboarding == pytest.approx(sum(row.onboarding_share for row in found.contracts))

    def test_without_targets_and_known_refiners_it_says_so(self) -> None:
        result = result_of(plan(case(offer()), ("o", FIRST, 1, 3)))
        lines = {fact.label: fact for fact in facts(result, tables(result))}
        assert (lines["Cover targets met"].figure, lines["Cover targets met"].unit) == ("none set", "")
        assert lines["Suppliers"].detail == "where it is refined is not known"
        known = result_of(plan(case(offer(refine_country="JPN")), ("o", FIRST, 1, 3)))
        assert facts(known, tables(known))[5].detail == "all refined in JPN"
        both = result_of(plan(case(offer(refine_country="JPN"), offer("u")), ("o", FIRST, 1, 3), ("u", FIRST, 1, 1)))
        assert facts(both, tables(both))[5].detail == "75.0 % refined in JPN; where 25.0 % is refined is not known"
        assert {row.origin for row in pictures(both, tables(both)).origins} == {"refined in JPN", "not known"}

    def test_charts_show_the_tightest_limit_of_every_rule_on_shares(self) -> None:
        result = sample_result()
        shown = pictures(result, tables(result))
        assert [row.origin.partition(":")[0] for row in shown.origins] == ["third country", "china"]
        assert all(row.limit for row in shown.origins)
        assert [row.period for row in shown.commitments] == [f"2027-{month:02d}" for month in range(1, 13)]
        owed = totals(tables(result).costs)[1].undiscounted
        assert shown.commitments[-1].committed == pytest.approx(owed, abs=0.1)

    def test_the_chart_of_cover_names_the_stock_and_begins_with_the_shortest(self) -> None:
        goals = {"annual_demand": 365, "target_cover_days": 60}
        longer = Material(material="y", unit="kg", **goals)
        of = case(offer(), offer("p", material="y"), materials=(longer, Material(material="x", **goals)))
        both = plan(of, ("o", FIRST, 1, 12.345), ("p", FIRST, 1, 1234))
        rows = pictures(result_of(both), tables(result_of(both))).cover
        assert [(row.label, row.days_of_cover, row.target) for row in rows] == [
            ("x: 12.3 t", pytest.approx(12.345), 60),
            ("y: 1,230 kg", pytest.approx(1234), 60),
        ]

    def test_without_limits_on_shares_the_chart_shows_refining_countries(self) -> None:
        offers = (offer("c", refine_country="CHN"), offer("a", refine_country="AUS"))
        chosen = plan(case(*offers), ("c", FIRST, 1, 30), ("a", FIRST, 3, 10))
        shown = pictures(result_of(chosen), tables(result_of(chosen)))
        assert [(row.origin, row.achieved, row.limit) for row in shown.origins] == [
            ("refined in CHN", 0.75, None),
            ("refined in AUS", 0.25, None),
        ]
