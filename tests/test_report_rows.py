"""The rows of the output sheets, against arithmetic by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from models.case import Case
from models.invoice import LINES
from models.plan import Assessment, Charge, Contract, Move, Plan, Purchase, cents
from models.records import (
    Budget,
    Country,
    Demand,
    DemandUse,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Policy,
    Price,
    PriceBreak,
    Settings,
    Supplier,
    Trader,
)
from planner import verify
from planner.outputs import tables, totals
from planner.outputs.checks import COST_LINES, TOTAL_LINE, check_rows
from planner.outputs.commitments import ceilings, cumulative_budget
from planner.outputs.contracts import contract_rows
from planner.outputs.costs import cost_rows
from planner.outputs.diversification import diversification_rows
from planner.outputs.landed_cost import landed_cost_rows
from planner.outputs.pictures import pictures
from planner.outputs.purchases import purchase_rows
from planner.outputs.stock import cover_rows, stock_rows
from planner.outputs.summary import facts
from tests.report_samples import outcome, result_of, sample_result

START = date(2027, 1, 1)
FIRST, SECOND = "first", "second"
TRADERS = (Trader(trader=FIRST, fee=0.05), Trader(trader=SECOND))


def offer(name: str = "o", **fields: Any) -> Offer:
    return Offer(**{"offer": name, "supplier": "s", "material": "x", "price": 10.0} | fields)


def case(*offers: Offer, material: dict[str, Any] | None = None, **fields: Any) -> Case:
    """Three months, one material `x` in tonnes, two traders of which the first takes 5 %."""
    settings = Settings(start_date=START, periods=3)
    item = Material(**{"material": "x"} | (material or {}))
    return Case(**{"settings": settings, "materials": (item,), "offers": offers, "traders": TRADERS} | fields)


def plan(of: Case, *purchases: tuple[str, str, int, float], moves: tuple[Move, ...] = ()) -> Plan:
    """A plan of purchases (offer, trader, period, quantity), each with its contract."""
    rows = tuple(Purchase(*row) for row in purchases)
    return Plan(of, rows, tuple(dict.fromkeys(Contract(row.offer, row.trader) for row in rows)), moves)


class TestPurchases:
    @pytest.mark.parametrize(
        ("fields", "supplier", "latest"),
        [
            # Ordered on 1 January, 40 days: 10 February; what arrives by 28 February is ordered by 19 January.
            ({"lead_days": 30, "licence_days": 10}, {}, date(2027, 1, 19)),
            # The quote, or the KYC check, ends before that.
            ({"lead_days": 40, "valid_to": date(2027, 1, 15)}, {}, date(2027, 1, 15)),
            ({"lead_days": 40}, {"kyc_expiry": date(2027, 1, 10)}, date(2027, 1, 10)),
            # Nothing on the way: all of January.
            ({}, {}, date(2027, 1, 31)),
            # Ordered on 20 January, 12 days: 1 February. Up to 16 February would do, but that is another order period.
            ({"lead_days": 12, "valid_from": date(2027, 1, 20)}, {}, date(2027, 1, 31)),
        ],
    )
    def test_latest_order_date_still_arrives_in_the_same_period(
        self, fields: dict[str, Any], supplier: dict[str, Any], latest: date
    ) -> None:
        of = case(offer(**fields), suppliers=(Supplier(supplier="s", **supplier),))
        [row] = purchase_rows(plan(of, ("o", FIRST, 1, 5)))
        assert row.latest_order_date == latest

    def test_costs_follow_price_charges_duty_and_order_breaks(self) -> None:
        # 12 t at 10 with 10 % off all units from 10: saving 12 on the price and 2.40 on the duty of 20 %.
        # Landed 12 · (10 + 1 + 0.5 + 0.25 + 0.75 + 2) = 174, less 14.40 = 159.60; a unit 13.30; fee of 5 % 7.98.
        breaks = (PriceBreak(offer="o", from_quantity=10, discount=0.1, kind="all units", basis_="order"),)
        terms = {"freight": 1, "insurance": 0.5, "handling": 0.25, "assay_cost": 0.75, "duty_rate": 0.2}
        of = case(offer(**terms, lot=4, fixed_order_cost=30), price_breaks=breaks)
        [row] = purchase_rows(plan(of, ("o", FIRST, 1, 12)))
        assert (row.unit_price, row.lots, row.fixed_order_cost) == (10, 3, 30)
        assert (row.landed_cost, row.landed_unit_cost, row.trader_fee) == pytest.approx((159.6, 13.3, 7.98))

    def test_remaining_capacity_counts_all_traders_orders_of_the_period(self) -> None:
        of = case(offer(capacity_per_period=10, exclusive=False), offer("free"))
        rows = purchase_rows(plan(of, ("o", FIRST, 1, 4), ("o", SECOND, 1, 6), ("o", FIRST, 2, 1), ("free", FIRST, 2, 1)))
        left = {(row.offer, row.trader, row.ordered_in): row.remaining_capacity for row in rows}
        assert left[("o", FIRST, "2027-01")] == left[("o", SECOND, "2027-01")] == 0
        assert (left[("o", FIRST, "2027-02")], left[("free", FIRST, "2027-02")]) == (9, None)

    def test_origins_and_their_class(self) -> None:
        countries = (Country(iso3="CHN", covered=True), Country(iso3="AUS"), Country(iso3="JPN"))
        mixed = (("CHN", 0.25), ("AUS", 0.75))
        offers = (
            offer("mixed", mine_country=mixed, refine_country="JPN"),
            offer("clean", mine_country=(("AUS", 1.0),), refine_country="JPN"),
            offer("dark", mine_country=(("AUS", 1.0),)),
        )
        of = case(*offers, countries=countries)
        rows = {row.offer: row for row in purchase_rows(plan(of, *((o.offer, FIRST, 1, 1) for o in offers)))}
        assert rows["mixed"].mine == "CHN 25 %; AUS 75 %"
        assert {name: row.class_ for name, row in rows.items()} == {
            "mixed": "restricted",
            "clean": "open",
            "dark": "restricted",
        }
        lenient = replace(of, settings=of.settings.model_copy(update={"unknown_origin": "open"}))
        assert {row.class_ for row in purchase_rows(plan(lenient, ("dark", FIRST, 1, 1)))} == {"open"}

    def test_a_basis_is_that_of_the_price_in_force_on_the_order_date(self) -> None:
        prices = (
            Price(index="i", date=START, value=10, basis={"value": "source"}),
            Price(index="i", date=date(2027, 2, 1), value=12, basis={"value": "assumed"}),
        )
        of = case(offer(price=None, index="i", basis={"capacity_per_period": "estimate"}, capacity_per_period=5), prices=prices)
        rows = purchase_rows(plan(of, ("o", FIRST, 1, 1), ("o", FIRST, 2, 1)))
        assert [(row.price_basis, row.capacity_basis) for row in rows] == [("source", "estimate"), ("assumed", "estimate")]


class TestFills:
    def test_first_units_meet_demand_and_the_rest_is_beyond_need(self) -> None:
        # 10 t a month. In the queue: 5 in stock, then 20, then 15: the first order meets units 6 to 25, that is January to
        # March; the second units 26 to 30 of March, and 10 that nobody needs but its minimum order of 15 brings along.
        needs = tuple(Demand(material="x", date=date(2027, month, 1), quantity=10) for month in (1, 2, 3))
        of = case(
            offer(minimum_order=15), material={"demand_use": DemandUse.DRAWS_STOCK}, demand=needs,
            opening_stock=(OpeningStock(material="x", quantity=5),),
        )  # fmt: skip
        drawn = tuple(Move("x", "", period, 0.0, 10.0) for period in (1, 2, 3))
        rows = purchase_rows(plan(of, ("o", FIRST, 1, 20), ("o", FIRST, 2, 15), moves=drawn))
        assert [row.fills for row in rows] == ["demand 2027-01 to 2027-03", "demand 2027-03; beyond need: minimum order"]

    def test_the_floor_comes_before_the_target_and_nothing_is_filled_before_it_arrives(self) -> None:
        # One t a day; floor of 20 t from February, target of 60 t from January. The first order of 30 is 20 for the floor and
        # 10 for the target; the second arrives in February: 30 for the target, and 10 because it comes in lots of 40.
        goals = {"annual_demand": 365, "target_cover_days": 60, "floor_days": 20, "floor_from": date(2027, 2, 1)}
        of = case(offer(), offer("lots", lot=40), material=goals)
        rows = purchase_rows(plan(of, ("o", FIRST, 1, 30), ("lots", FIRST, 2, 40)))
        assert [row.fills for row in rows] == [
            "floor 20 days 2027-02; target 60 days 2027-01",
            "target 60 days 2027-02; beyond need: whole lots",
        ]

    def test_open_orders_go_before_purchases_of_the_same_period(self) -> None:
        goals = {"annual_demand": 365, "target_cover_days": 60}
        orders = (OpenOrder(order="1", material="x", quantity=55, arrival=date(2027, 1, 20)),)
        of = case(offer(), material=goals, open_orders=orders)
        [row] = purchase_rows(plan(of, ("o", FIRST, 1, 10)))
        assert row.fills == "target 60 days 2027-01; beyond need"


class TestContracts:
    def test_shares_breaks_and_costs(self) -> None:
        # 12 t of 3 periods · 10 t, and of 24 t in all. Units beyond 10 cost 9: saving 2, with 10 % duty 2.20, with fee 2.31.
        breaks = (PriceBreak(offer="o", from_quantity=10, price=9, basis_="contract"),)
        of = case(
            offer(capacity_per_period=10, maximum_total=24, duty_rate=0.1, contract_cost=7), offer("p"), offer("q"),
            price_breaks=breaks, suppliers=(Supplier(supplier="s", onboarding_cost=900),),
        )  # fmt: skip
        chosen = plan(of, ("o", FIRST, 1, 8), ("o", FIRST, 3, 4), ("p", FIRST, 1, 1), ("q", SECOND, 1, 1))
        rows = {row.offer: row for row in contract_rows(chosen, purchase_rows(chosen))}
        row = rows["o"]
        assert (row.orders, row.quantity, row.share_of_capacity, row.share_of_maximum_total) == (2, 12, 0.4, 0.5)
        assert (row.price_break_step, row.contract_saving) == (10, pytest.approx(2.31))
        assert (row.first_order, row.last_order, row.contract_cost) == (START, date(2027, 3, 1), 7)
        assert {row.onboarding_share for row in rows.values()} == {300}
        assert row.landed_cost == pytest.approx(12 * 11)  # before the contract's saving, as in Purchases

    def test_buy_list_and_awards_add_up_to_the_bill(self) -> None:
        result = sample_result()
        found = tables(result)
        landed = ("purchase", "freight", "insurance", "handling", "assay", "duty", "trader fee", "fixed order cost")
        bill = sum(charge.amount for charge in result.charges if charge.line in landed)
        bought = sum(row.landed_cost + row.trader_fee + row.fixed_order_cost for row in found.purchases)
        assert bought - sum(row.contract_saving for row in found.contracts) == pytest.approx(bill, abs=1e-6)
        signing = sum(charge.amount for charge in result.charges if charge.line in ("contract cost", "onboarding"))
        assert sum(row.contract_cost + row.onboarding_share for row in found.contracts) == pytest.approx(signing)


class TestStockAndCover:
    def test_days_of_cover_gap_and_result(self) -> None:
        # One t a day; 45 t from February on against 60: 45 days, 15 t short. The floor of 50 days holds from March: below it.
        goals = {"annual_demand": 365, "target_cover_days": 60, "floor_days": 50, "floor_from": date(2027, 3, 1)}
        rows = cover_rows(plan(case(offer(), material=goals), ("o", FIRST, 2, 45)))
        assert [row.days_of_cover for row in rows] == pytest.approx([0, 45, 45])
        assert [row.gap for row in rows] == pytest.approx([60, 15, 15])
        assert [(row.floor, row.result) for row in rows] == [(None, "missed"), (None, "missed"), (50, "below floor")]
        assert [row.period_end for row in rows] == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]

    def test_stock_lists_only_places_that_ever_hold_anything(self) -> None:
        result = sample_result()
        held = {(row.material, row.place) for row in stock_rows(result.plan)}
        used = {(m, w) for (m, w, _), line in result.plan.stock.items() if line.closing or line.taken_in or line.opening}
        assert held == used
        assert len(used) < len({(m, w) for m, w, _ in result.plan.stock})


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
        assert (row.unit, row.result, row.where) == ("t", "kept", "2027-01 to 2027-03")

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
        assert [row.where for row in rows] == ["2027-01: CHN", "2027-03: AUS", "2027-01: AUS", "2027-03: CHN"]

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
        assert (row.price_basis, row.other_bases) == ("estimate", "freight: assumed")


class TestCosts:
    @pytest.mark.parametrize("seed", range(20))
    def test_printed_lines_add_up_to_the_printed_totals_to_the_cent(self, seed: int) -> None:
        chance = Random(seed)
        lines = list(LINES)
        charges = [
            Charge(
                chance.choice(lines), FIRST, "x", 1, chance.randint(1, 40), chance.uniform(-1, 1) * 10 ** chance.randint(0, 9)
            )
            for _ in range(200)
        ]
        of = case(offer(), settings=Settings(start_date=START, periods=3, discount_rate=0.07))
        rows = cost_rows(of, charges)
        owed, total = totals(rows)
        for name in ("undiscounted", "discounted"):
            in_cents = [round(getattr(row, name) * 100) for row in rows]
            assert all(getattr(row, name) == cents(getattr(row, name)) for row in (*rows, owed, total))
            assert sum(in_cents) == round(getattr(total, name) * 100)
            assert sum(n for n, row in zip(in_cents, rows, strict=True) if row.owed == "yes") == round(
                getattr(owed, name) * 100
            )
        assert total.undiscounted == pytest.approx(sum(charge.amount for charge in charges), abs=0.005 * len(rows) + 1e-6)


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

    def test_cost_lines_show_what_is_claimed_and_what_is_recomputed(self) -> None:
        assert (COST_LINES, TOTAL_LINE) == (verify.COSTS, "total, discounted")
        result = sample_result()
        wrong = result_of(result.plan, claimed={**result.claimed, "rent": result.claimed["rent"] + 1000})
        rows = {row.what: row for row in check_rows(wrong) if row.rule == COST_LINES}
        assert rows["rent"].largest_excess == pytest.approx(1000)
        assert (rows["rent"].result, rows["purchase"].result, rows[TOTAL_LINE].result) == ("failed", "passed", "passed")


class TestSummary:
    def test_ten_lines_each_traced_to_a_sheet(self) -> None:
        result = sample_result()
        found = tables(result)
        lines = {fact.label: fact for fact in facts(result, found)}
        assert len(lines) == 10
        sheets = {record.sheet for record, _ in found.sheets()} | {"Charts"}
        assert {fact.sheet for fact in lines.values()} <= sheets
        assert lines["Bought"].figure == sum(row.landed_cost for row in found.purchases)
        owed, total = totals(found.costs)
        assert (lines["Discounted cost of the plan"].figure, lines["Budget used"].figure) == (
            total.discounted,
            owed.undiscounted,
        )

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

    def test_charts_show_the_tightest_limit_of_every_rule_on_shares(self) -> None:
        result = sample_result()
        shown = pictures(result, tables(result))
        assert {row.origin.partition(":")[0] for row in shown.origins} == {"china", "third country"}
        assert [row.period for row in shown.commitments] == [f"2027-{month:02d}" for month in range(1, 13)]
        owed = totals(tables(result).costs)[0].undiscounted
        assert shown.commitments[-1].committed == pytest.approx(owed, abs=0.1)

    def test_without_limits_on_shares_the_chart_shows_refining_countries(self) -> None:
        offers = (offer("c", refine_country="CHN"), offer("a", refine_country="AUS"))
        chosen = plan(case(*offers), ("c", FIRST, 1, 30), ("a", FIRST, 3, 10))
        shown = pictures(result_of(chosen), tables(result_of(chosen)))
        assert [(row.origin, row.achieved, row.limit) for row in shown.origins] == [
            ("refined in CHN", 0.75, None),
            ("refined in AUS", 0.25, None),
        ]
