"""Quotes worked out by hand: what a unit costs, as both sides have it."""

from __future__ import annotations

from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import pytest

from models.audit import benchmark_on, quoted
from models.case import Case
from models.landed_cost import benchmark, price
from models.plan import Plan
from models.records import Price
from planner import validate
from planner.outputs.landed_cost import landed_cost_rows
from tests.cases import case, first, kept, offer
from tests.rules.test_scenarios import risky, shock
from tests.solving import optimum

INPUTS = Path(__file__).parents[1] / "inputs"
POUNDS_IN_KG = 1 / 0.45359237
POUNDS_IN_TONNE = 1000 * POUNDS_IN_KG
TROY_OUNCES_IN_KG = 1000 / 31.1034768


def priced(unit: str = "t", quotations: tuple[float, ...] = (10.0, 20.0, 40.0), per: str | None = None, **terms: Any) -> Case:
    """An offer that follows an index, by default at 10, 20 and 40 from the first of January, February and March on."""
    rows = tuple(Price(index="i", date=first(t), value=value, unit=per) for t, value in enumerate(quotations, 1))
    follows = {} if "price" in terms else {"index": "i"}
    return case(offer(**{"price": None} | follows | terms), materials=(kept(unit=unit),), prices=rows, periods=6)


QUOTES: dict[str, tuple[Case, date, float]] = {
    "fixed": (priced(price=12.0), first(1), 12.0),
    "index and premium": (priced(premium=1.5), first(2), 20 + 1.5),
    "index and discount": (priced(premium=-4.0), first(2), 20 - 4.0),
    "a discount beyond the index": (priced(premium=-15.0), first(1), 0.0),
    "floor": (priced(premium=1.0, floor=15.0), first(1), 15.0),
    "above the floor": (priced(premium=1.0, floor=15.0), first(2), 21.0),
    "cap": (priced(premium=1.0, cap=30.0), first(3), 30.0),
    "floor and cap": (priced(floor=15.0, cap=30.0), first(3), 30.0),
    "three tenths of the upside": (priced(floor=15.0, upside_share=0.3), first(2), 20 - 0.3 * 5),
    "no upside at the floor": (priced(floor=15.0, upside_share=0.3), first(1), 15.0),
    "upside of the capped price": (priced(floor=15.0, cap=30.0, upside_share=0.3), first(3), 30 - 0.3 * 15),
    "all of the upside": (priced(floor=15.0, upside_share=1.0), first(3), 15.0),
    "pounds for a material in kilograms": (priced("kg", price=2.0, quoted_per="lb"), first(1), 2 * POUNDS_IN_KG),
    "pounds for a material in tonnes": (priced(price=2.0, quoted_per="lb"), first(1), 2 * POUNDS_IN_TONNE),
    "kilograms for a material in pounds": (priced("lb", price=2.0, quoted_per="kg"), first(1), 2 * 0.45359237),
    "troy ounces for a material in kilograms": (priced("kg", price=30.0, quoted_per="oz t"), first(1), 30 * TROY_OUNCES_IN_KG),
    "metric ton units for a material in tonnes": (priced(price=300.0, quoted_per="mtu"), first(1), 300 * 100.0),
    "metric ton units for one in kilograms": (priced("kg", price=300.0, quoted_per="mtu"), first(1), 30.0),
    "an index per pound": (priced("kg", per="lb"), first(2), 20 * POUNDS_IN_KG),
    "an index per pound, a premium per kilogram": (priced("kg", per="lb", premium=1.0), first(2), 20 * POUNDS_IN_KG + 1),
    "an index and a premium per pound": (
        priced("kg", per="lb", premium=1.0, quoted_per="lb"), first(2), (20 + 1) * POUNDS_IN_KG,
    ),
    "an index per tonne, a premium per pound": (
        priced(per="t", premium=1.0, quoted_per="lb"), first(2), 20 + 1 * POUNDS_IN_TONNE,
    ),
    "a floor per pound": (priced("kg", per="kg", floor=15.0, quoted_per="lb"), first(2), 15 * POUNDS_IN_KG),
    "the month of arrival": (priced(quotation_months=0, lead_days=40), first(1), 20.0),
    "the month after arrival": (priced(quotation_months=1, lead_days=40), first(1), 40.0),
    "the month before arrival": (priced(quotation_months=-1, lead_days=40), first(1), 10.0),
    "the month after the order": (priced(quotation_months=1, quotation_from="order", lead_days=70), first(1), 20.0),
    "licence days count": (priced(quotation_months=0, lead_days=20, licence_days=20), first(1), 20.0),
}  # fmt: skip


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_by_hand(name: str) -> None:
    made, day, expected = QUOTES[name]
    assert price(made, made.offers[0], day) == pytest.approx(expected, rel=1e-12)
    assert quoted(made, made.offers[0], day) == pytest.approx(expected, rel=1e-12)


def test_a_month_counts_as_the_mean_of_its_days() -> None:
    """10 on nine days of January and 30 on the other 22."""
    made = priced(quotation_months=0)
    rows = Price(index="i", date=first(1), value=10.0), Price(index="i", date=date(2027, 1, 10), value=30.0)
    made = case(*made.offers, materials=made.materials, prices=rows)
    for price_of in (price, quoted):
        assert price_of(made, made.offers[0], first(1)) == pytest.approx((9 * 10 + 22 * 30) / 31)


@pytest.mark.parametrize(("end", "expected"), [("low", 8.0), ("base", 10.0), ("high", 10.0)])
def test_an_end_of_the_quotations_is_planned_with(end: str, expected: float) -> None:
    """Where the row tells it: there is no high end."""
    rows = (Price(index="i", date=first(1), value=10.0, low=8.0),)
    made = case(offer(price=None, index="i"), prices=rows, settings={"price_case": end})
    assert price(made, made.offers[0], first(1)) == quoted(made, made.offers[0], first(1)) == expected


def test_a_benchmark_is_per_the_materials_unit() -> None:
    rows = (Price(index="i", date=first(1), value=2.0, unit="lb"),)
    made = case(offer(), materials=(kept(unit="kg", benchmark_price=None, benchmark_index="i"),), prices=rows)
    assert benchmark(made, "x", first(1)) == benchmark_on(made, made.materials[0], first(1)) == pytest.approx(2 * POUNDS_IN_KG)


def test_what_a_scenario_does_to_an_index_stays_within_floor_and_cap() -> None:
    """The index doubles from 10 to 20, of which the cap lets 15 be: 20 t cost 5 more each, one time in four."""
    rows = (Price(index="i", date=first(1), value=10.0),)
    spike = shock(hits="index", name="i", availability=1.0, price_factor=2.0, from_date=first(1))
    solved = optimum(risky(offer(price=None, index="i", cap=15.0), shocks=(spike,), prices=rows))
    assert solved.lines["expected loss"] == pytest.approx(0.25 * 20 * 5)


@pytest.mark.parametrize("name", QUOTES)
def test_the_sheet_lets_its_reader_follow_a_price(name: str) -> None:
    follow(QUOTES[name][0])


def test_the_sheet_lets_its_reader_follow_every_price_of_the_example() -> None:
    read = validate.read(INPUTS / "vault.xlsx").case
    assert read is not None
    follow(read)


def follow(of: Case) -> None:
    """Work out price, customs value, duty and landed cost from the columns before them, as a reader would."""
    fixed = {row.offer: row.price for row in of.offers}
    for row in landed_cost_rows(Plan(of, (), ())):
        figure = fixed[row.offer] if row.index_price is None else row.index_price + (row.premium or 0.0)
        assert figure is not None
        figure = min(max(figure, row.floor or 0.0), inf if row.cap is None else row.cap)
        if row.floor is not None:
            figure -= (row.upside_share or 0.0) * max(0.0, figure - row.floor)
        assert row.price == pytest.approx(figure * row.quoted_units)
        assert row.customs_value == pytest.approx(row.price - row.contained)
        assert row.duty == pytest.approx(row.duty_rate * row.customs_value + row.specific_duty + row.below_minimum)
        way = row.freight + row.insurance + row.handling + row.assay + row.inspection
        assert row.landed_cost == pytest.approx(row.price + way + row.duty)
