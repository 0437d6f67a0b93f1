"""The rows of what is bought and what lies in stock, against arithmetic by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.decisions import Move
from models.invoice import LINES
from models.records import (
    Country,
    Demand,
    DemandUse,
    Depot,
    OpeningStock,
    OpenOrder,
    Policy,
    Price,
    PriceBreak,
    Supplier,
)
from planner.outputs import tables
from planner.outputs.contracts import contract_rows
from planner.outputs.costs import LANDED
from planner.outputs.diversification import diversification_rows
from planner.outputs.misses import missed_rules, unmet_demand
from planner.outputs.open_orders import open_order_rows
from planner.outputs.purchases import purchase_rows
from planner.outputs.stock import cover_rows, stock_rows
from tests.report_samples import FIRST, SECOND, START, case, offer, plan, result_of, sample_result


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
        # Landed 12 · (10 + 1 + 0.5 + 0.25 + 0.75 + 2) = 174, less 14.40 = 159.60; a unit 13.30; fee of 5 % 7.98. Paid: 9 a t.
        breaks = (PriceBreak(offer="o", from_quantity=10, discount=0.1, kind="all units", basis_="order"),)
        terms = {"freight": 1, "insurance": 0.5, "handling": 0.25, "assay_cost": 0.75, "duty_rate": 0.2}
        of = case(offer(**terms, lot=4, fixed_order_cost=30), price_breaks=breaks)
        [row] = purchase_rows(plan(of, ("o", FIRST, 1, 12)))
        assert (row.list_price, row.unit_price, row.lots, row.fixed_order_cost) == (10, 9, 3, 30)
        assert (row.cost_before_breaks, row.order_saving, row.contract_saving) == pytest.approx((174, 14.4, 0))
        assert (row.landed_cost, row.landed_unit_cost, row.trader_fee) == pytest.approx((159.6, 13.3, 7.98))

    def test_the_price_paid_within_an_incremental_schedule_is_the_average(self) -> None:
        # 10 t at 10 and 5 t at 7: 135 for 15 t, 9 a tonne.
        of = case(offer(), price_breaks=(PriceBreak(offer="o", from_quantity=10, price=7, basis_="order"),))
        [row] = purchase_rows(plan(of, ("o", FIRST, 1, 15)))
        assert (row.list_price, row.unit_price, row.landed_unit_cost, row.order_saving) == (10, 9, 9, 15)

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
        # 12 t of 3 periods · 10 t, and of 24 t in all. Units beyond 10 cost 9: saving 2, with 10 % duty 2.20.
        breaks = (PriceBreak(offer="o", from_quantity=10, price=9, basis_="contract"),)
        of = case(
            offer(capacity_per_period=10, maximum_total=24, duty_rate=0.1, contract_cost=7), offer("p"), offer("q"),
            price_breaks=breaks, suppliers=(Supplier(supplier="s", onboarding_cost=900),),
        )  # fmt: skip
        chosen = plan(of, ("o", FIRST, 1, 8), ("o", FIRST, 3, 4), ("p", FIRST, 1, 1), ("q", SECOND, 1, 1))
        rows = {row.offer: row for row in contract_rows(chosen, purchase_rows(chosen))}
        row = rows["o"]
        assert (row.orders, row.quantity, row.share_of_capacity, row.share_of_maximum_total) == (2, 12, 0.4, 0.5)
        assert (row.price_break_step, row.contract_saving) == (10, pytest.approx(2.2))
        assert (row.first_order, row.last_order, row.contract_cost) == (START, date(2027, 3, 1), 7)
        assert {row.onboarding_share for row in rows.values()} == {300}
        assert row.landed_cost == pytest.approx(12 * 11 - 2.2)
        orders = [row for row in purchase_rows(chosen) if row.offer == "o"]
        assert [row.unit_price for row in orders] == [10, 10]  # the contract's saving has a column of its own
        assert sum(row.contract_saving for row in orders) == pytest.approx(2.2)

    def test_buy_list_and_awards_add_up_to_the_bill(self) -> None:
        chosen = sample_result().plan
        lower = (row.model_copy(update={"from_quantity": 3}) if row.offer == "s1" else row for row in chosen.case.price_breaks)
        result = result_of(replace(chosen, case=replace(chosen.case, price_breaks=tuple(lower))))
        found = tables(result)
        billed = {line: sum(row.amount for row in result.charges if row.line == line) for line in LINES}
        for column, lines in (
            ("landed_cost", LANDED),
            ("trader_fee", ["trader fee"]),
            ("fixed_order_cost", ["fixed order cost"]),
        ):
            total = sum(getattr(row, column) for row in found.purchases)
            assert total == pytest.approx(sum(billed[line] for line in lines), abs=1e-6)
        assert any(row.order_saving for row in found.purchases)
        assert any(row.contract_saving for row in found.purchases)
        for row in found.purchases:
            assert row.landed_cost == pytest.approx(row.cost_before_breaks - row.order_saving - row.contract_saving)
            assert row.landed_cost == pytest.approx(row.quantity * row.landed_unit_cost - row.contract_saving)
        for column in ("landed_cost", "order_saving", "contract_saving"):
            sums = [sum(getattr(row, column) for row in rows) for rows in (found.purchases, found.contracts)]
            assert sums[0] == pytest.approx(sums[1])
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

    def test_stock_lists_only_periods_in_which_there_is_anything(self) -> None:
        of = case(offer(), material={"annual_demand": 12, "demand_use": DemandUse.DRAWS_STOCK, "value_of_shortage": 1})
        rows = stock_rows(plan(of, ("o", FIRST, 2, 5), moves=(Move("x", "", 2, 0.0, 5.0),)))
        assert [(row.period, row.taken_in, row.given_out, row.closing) for row in rows] == [("2027-02", 5, 5, 0)]

    def test_demand_that_is_not_met_is_shown_with_its_value_and_in_a_sentence(self) -> None:
        # One t a month: January gets all of it, February a quarter, March nothing: 1.75 t at 200 USD.
        shortage = {"annual_demand": 12, "demand_use": DemandUse.DRAWS_STOCK, "value_of_shortage": 200}
        drawn = (Move("x", "", 1, 0.0, 1.0), Move("x", "", 2, 0.0, 0.25))
        rows = cover_rows(plan(case(offer(), material=shortage), ("o", FIRST, 1, 1.25), moves=drawn))
        assert [(row.demand, row.unmet, row.unmet_value) for row in rows] == [(1, 0, 0), (1, 0.75, 150), (1, 1, 200)]
        assert list(unmet_demand(rows)) == [
            "x: 1.75 t of the 3 t demanded are not met, in 2 periods between 2027-02 and 2027-03; "
            "the shortage is valued at 350 USD."
        ]
        only_cover = cover_rows(plan(case(offer(), material={"annual_demand": 12})))
        assert {(row.demand, row.unmet) for row in only_cover} == {(None, None)}

    def test_a_missed_soft_rule_has_its_sentence(self) -> None:
        # 30 of 100 t from China against 20 %, and 10 t of an amount of 5: each at 2 USD for a tonne beyond.
        soft = {"kind": "share", "attribute": "refine", "within": ("CHN",), "hardness": "soft", "penalty": 2}
        rules = (
            Policy(rule="less", limit=0.2, **soft),
            Policy(rule="few", **{**soft, "kind": "amount"}, limit=5),
            Policy(rule="many", kind="count", attribute="supplier", sense="at least", limit=3, hardness="soft", penalty=2),
        )
        of = case(offer(refine_country="CHN"), offer("a"), countries=(Country(iso3="CHN"),), policy=rules)
        chosen = plan(of, ("o", FIRST, 1, 30), ("a", FIRST, 1, 70))
        sentences = list(missed_rules(diversification_rows(chosen, result_of(chosen).assessments)))
        assert sentences == [
            "The soft rule “less” misses its limit for 2027-01 to 2027-03 with 30 % where at most 20 % is asked for; "
            "it costs 20 USD in all.",
            "The soft rule “few” misses its limit for 2027-01 to 2027-03 with 30 t where at most 5 t is asked for; "
            "it costs 50 USD in all.",
            "The soft rule “many” misses its limit for 2027-01 to 2027-03 with 1 where at least 3 is asked for; "
            "it costs 4 USD in all.",
        ]


class TestDeliveries:
    def test_arrivals_fill_the_places_that_take_them_in_one_after_the_other(self) -> None:
        # 20 t of an open order, then 30 and 10 t bought: 25 t go to the first place, 35 t to the second.
        of = case(
            offer(exclusive=False), depots=(Depot(depot="A"), Depot(depot="B")),
            open_orders=(OpenOrder(order="PO", material="x", quantity=20, arrival=START, trader=FIRST, price=7),),
        )  # fmt: skip
        taken = (Move("x", "A", 1, 25.0, 0.0), Move("x", "B", 1, 35.0, 0.0))
        chosen = plan(of, ("o", FIRST, 1, 30), ("o", SECOND, 1, 10), moves=taken)
        assert [row.deliver_to for row in purchase_rows(chosen)] == ["A: 5; B: 25", "B"]
        [order] = open_order_rows(chosen)
        assert (order.deliver_to, order.amount, order.paid, order.unpaid) == ("A", 140, "no", 140)

    def test_without_depots_there_is_nowhere_to_name(self) -> None:
        assert [row.deliver_to for row in purchase_rows(plan(case(offer()), ("o", FIRST, 1, 3)))] == [""]
