"""Landed cost by delivery term, duty stack and unit, worked out by hand, as both sides have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.case import Case
from models.decisions import Purchase
from models.landed_cost import landed_costs
from models.plan import Plan, work_out
from models.records import Country, Duty, Funding, Incoterm, Price, PriceBreak
from planner import validate
from planner.outputs.landed_cost import landed_cost_rows
from tests import books
from tests.cases import case, first, kept, offer
from tests.solving import optimum

WAY: dict[str, Any] = {"freight": 5.0, "insurance": 2.0, "handling": 1.0, "assay_cost": 0.5}
POUNDS_IN_KG = 1 / 0.45359237
COUNTRIES = (
    Country(iso3="CHN", covered=True), Country(iso3="AUS", blocs=("FTA", "Five Eyes")), Country(iso3="JPN"),
    Country(iso3="RUS", blocs=("column 2",)),
)  # fmt: skip
GALLIUM = (
    Duty(tariff_code="G", kind="MFN", rate=0.03),
    Duty(tariff_code="G", kind="MFN", origin="FTA"),
    Duty(tariff_code="G", kind="MFN", origin="column 2", rate=0.25),
    Duty(tariff_code="G", kind="301", origin="CHN", rate=0.25),
    Duty(tariff_code="G", kind="AD", origin="CHN", rate=0.935, from_date=first(3)),
    Duty(tariff_code="G", kind="CVD", origin="CHN", rate=0.67, from_date=first(3)),
    Duty(tariff_code="G", kind="122", rate=0.1, to_date=date(2027, 2, 15)),
)
"""3 % for all but friends, who pay nothing, and column 2; China's stack; and a surcharge to the middle of February."""


def quoted(*rows: Duty, unit: str = "t", country: str = "JPN", **terms: Any) -> Case:
    """An offer at 100, with 5 of freight, 2 of insurance, 1 of handling and 0.5 of assay."""
    made = offer(**{"price": 100.0, "refine_country": country} | WAY | terms)
    return case(made, materials=(kept(unit=unit),), duties=rows, countries=COUNTRIES, periods=4)


def code(country: str, **terms: Any) -> Case:
    return quoted(*GALLIUM, country=country, tariff_code="G", **terms)


def by_term(term: str) -> Case:
    """10 % of duty by its rate."""
    return quoted(incoterm=term, duty_rate=0.1)


SPECIFIC = Duty(tariff_code="S", kind="MFN", specific_duty=4.4)
QUOTES: dict[str, tuple[Case, int, float]] = {
    # What the seller pays is in the price, and not part of the customs value.
    "no term: all is paid on top": (quoted(duty_rate=0.1), 1, 100 + 5 + 2 + 1 + 0.5 + 10),
    "EXW": (by_term("EXW"), 1, 100 + 5 + 2 + 1 + 0.5 + 10),
    "FCA": (by_term("FCA"), 1, 100 + 5 + 2 + 1 + 0.5 + 10),
    "FAS": (by_term("FAS"), 1, 100 + 5 + 2 + 1 + 0.5 + 10),
    "FOB": (by_term("FOB"), 1, 100 + 5 + 2 + 1 + 0.5 + 10),
    "CFR": (by_term("CFR"), 1, 100 + 2 + 1 + 0.5 + 0.1 * 95),
    "CPT": (by_term("CPT"), 1, 100 + 2 + 1 + 0.5 + 0.1 * 95),
    "CIF": (by_term("CIF"), 1, 100 + 1 + 0.5 + 0.1 * 93),
    "CIP": (by_term("CIP"), 1, 100 + 1 + 0.5 + 0.1 * 93),
    "DAP": (by_term("DAP"), 1, 100 + 1 + 0.5 + 0.1 * 93),
    "DPU": (by_term("DPU"), 1, 100 + 0.5 + 0.1 * 92),
    "DDP": (by_term("DDP"), 1, 100 + 1 + 0.5),
    "in warehouse, duty paid": (by_term("in warehouse duty paid"), 1, 100 + 5 + 2 + 1 + 0.5),
    "in warehouse, duty unpaid": (by_term("in warehouse, duty unpaid"), 1, 100 + 5 + 2 + 1 + 0.5 + 10),
    "a price that is all freight": (quoted(incoterm="CIF", duty_rate=0.1, price=6.0), 1, 6 + 1 + 0.5 + 0),
    # The stack by origin and day of arrival.
    "MFN and surcharge": (code("JPN"), 1, 108.5 + 3 + 10),
    "MFN once the surcharge has ended": (code("JPN"), 3, 108.5 + 3),
    "the surcharge on the day of arrival": (code("JPN", lead_days=14), 2, 108.5 + 3 + 10),
    "and a day later": (code("JPN", lead_days=15), 2, 108.5 + 3),
    "a friend pays no MFN": (code("AUS"), 1, 108.5 + 0 + 10),
    "column 2 in place of MFN": (code("RUS"), 3, 108.5 + 25),
    "China in January": (code("CHN"), 1, 108.5 + 3 + 25 + 10),
    "China in March": (code("CHN"), 3, 108.5 + 3 + 25 + 93.5 + 67),
    "China, CIF": (code("CHN", incoterm="CIF"), 3, 101.5 + 1.885 * 93),
    "China, DDP": (code("CHN", incoterm="DDP"), 3, 101.5),
    "a country before its bloc": (
        quoted(*GALLIUM, Duty(tariff_code="G", kind="MFN", origin="AUS", rate=0.02), country="AUS", tariff_code="G"), 3,
        108.5 + 2,
    ),
    # Duties on the quantity, and least prices.
    "specific": (quoted(SPECIFIC, tariff_code="S"), 1, 108.5 + 4.4),
    "specific per kilogram on tonnes": (
        quoted(SPECIFIC.model_copy(update={"duty_unit": "kg"}), tariff_code="S"), 1, 108.5 + 4400,
    ),
    "specific per kilogram on pounds": (
        quoted(SPECIFIC.model_copy(update={"duty_unit": "kg"}), tariff_code="S", unit="lb"), 1, 108.5 + 4.4 / POUNDS_IN_KG,
    ),
    "compound": (quoted(SPECIFIC.model_copy(update={"rate": 0.05}), tariff_code="S"), 1, 108.5 + 5 + 4.4),
    "a minimum import price": (
        quoted(Duty(tariff_code="S", kind="232", minimum_import_price=120.0), tariff_code="S"), 1, 108.5 + 20,
    ),
    "a minimum import price that is met": (
        quoted(Duty(tariff_code="S", kind="232", minimum_import_price=90.0), tariff_code="S"), 1, 108.5,
    ),
    "a minimum import price per pound on kilograms": (
        quoted(Duty(tariff_code="S", kind="232", minimum_import_price=60.0, duty_unit="lb"), tariff_code="S", unit="kg"), 1,
        108.5 + 60 * POUNDS_IN_KG - 100,
    ),
    "a minimum import price beside a rate": (
        quoted(Duty(tariff_code="S", kind="232", minimum_import_price=120.0, rate=0.1), tariff_code="S", incoterm="CIF"), 1,
        101.5 + 9.3 + 27,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUOTES)
def test_a_quote_by_hand(name: str) -> None:
    made, period, expected = QUOTES[name]
    assert landed_costs(made)["o", period].total == pytest.approx(expected, rel=1e-12)
    assert work_out(made, Purchase("o", "f", period, 1.0)).landed == pytest.approx(expected, rel=1e-12)


def test_all_terms_of_the_chamber_are_known_and_two_of_warehouses() -> None:
    assert len(Incoterm) == 13
    assert Incoterm("cif") is Incoterm.CIF and Incoterm("In warehouse DP") is Incoterm.DUTY_PAID


@pytest.mark.parametrize(
    ("duty", "saved"),
    [({"rate": 0.1}, 10 * (1 + 0.1)), ({"minimum_import_price": 120.0}, 0.0), ({"specific_duty": 3.0}, 10.0)],
    ids=["a rate", "a minimum import price", "a specific duty"],
)
def test_a_price_break_saves_the_duty_on_it(duty: dict[str, float], saved: float) -> None:
    """10 % off the price of 100 for all of 10 t: of what is charged on the quantity nothing is saved, and what the price is
    below a minimum import price is charged the more."""
    row = Duty(tariff_code="S", kind="MFN", **duty)
    usual = quoted(row, tariff_code="S", minimum_order=10.0)
    needed = case(*usual.offers, materials=(kept(minimum_stock=10.0),), duties=(row,), countries=COUNTRIES)
    step = PriceBreak(offer="o", from_quantity=10.0, discount=0.1, kind="all units")
    with_break = case(*usual.offers, materials=needed.materials, duties=(row,), countries=COUNTRIES, price_breaks=(step,))
    assert optimum(needed).cost - optimum(with_break).cost == pytest.approx(10 * saved)


def test_a_duty_added_never_lowers_the_cost() -> None:
    costs = [optimum(case(
        *code("CHN").offers, materials=(kept(minimum_stock=10.0),), duties=GALLIUM[:number], countries=COUNTRIES,
    )).cost for number in (1, 4, 6, 7)]  # fmt: skip
    assert costs == sorted(costs) and costs[0] < costs[-1]


def test_a_buyer_can_follow_a_price_from_the_index_to_the_depot() -> None:
    """Index 2 and premium 0.5 a pound, which is 2.5 · 2.2046 a kilogram; CIF with 1 of freight in it; 28 % and 0.2."""
    rows = *GALLIUM[:4], Duty(tariff_code="G", kind="fee", specific_duty=0.2)
    way = WAY | {"freight": 1.0, "insurance": 0.0, "incoterm": "CIF", "tariff_code": "G", "refine_country": "CHN"}
    one = offer(price=None, index="i", premium=0.5, quoted_per="lb", **way)
    made = case(one, materials=(kept(unit="kg"),), duties=rows, countries=COUNTRIES,
                prices=(Price(index="i", date=first(1), value=2.0, unit="lb"),))  # fmt: skip
    [line] = landed_cost_rows(Plan(made, (), ()))
    price = 2.5 * POUNDS_IN_KG
    assert (line.index, line.index_price, line.premium, line.quoted_per) == ("i", 2.0, 0.5, "lb")
    assert (line.price, line.incoterm, line.freight, line.handling) == (pytest.approx(price), "CIF", 0.0, 1.0)
    assert (line.customs_value, line.duty_rate, line.specific_duty) == pytest.approx((price - 1, 0.28, 0.2))
    assert line.duty == pytest.approx(0.28 * (price - 1) + 0.2)
    assert line.landed_cost == pytest.approx(price + 1.0 + 0.5 + line.duty)


def test_a_buyer_sees_what_the_money_costs_and_how_much_is_traded() -> None:
    """Paid 10 days after the order, there after 60: 50 days of 6 % on 100; paid 30 days after arrival: 30 days of credit."""
    prices = (Price(index="i", date=first(1), value=100.0, liquidity="thin"),)
    early = offer("early", price=None, index="i", lead_days=60, payment_days=10, payment_from="order")
    late = offer("late", price=100.0, lead_days=60, payment_days=30)
    made = case(early, late, prices=prices, periods=3, settings={"discount_rate": 0.06})
    shown = {line.offer: line for line in landed_cost_rows(Plan(made, (), ()))}
    assert (shown["early"].finance_days, shown["late"].finance_days) == (50, -30)
    assert shown["early"].finance == pytest.approx(100 * 0.06 * 50 / 365)
    assert (shown["early"].liquidity, shown["late"].liquidity) == ("thin", "")
    loan = Funding(source="bank", kind="loan", amount=1.0, rate=0.08)
    [dearer, _] = landed_cost_rows(Plan(replace(made, funding=(loan,)), (), ()))
    assert dearer.finance == pytest.approx(100 * 0.08 * 50 / 365)


def test_an_origin_is_a_country_by_code_or_name_or_a_bloc(tmp_path: Path) -> None:
    """A duty on `Tajikistan` must not be lost on offers that are refined in TJK."""
    named = [("Tajikistan", "MFN"), ("tjk", "301"), ("Central Asia", "232")]
    duties = [{"tariff code": "1", "origin": origin, "kind": kind, "rate": 0.1} for origin, kind in named]
    read = validate.read(books.write(tmp_path / "book.xlsx", books.tiny() | {"Duties": duties})).case
    assert read is not None and [row.origin for row in read.duties] == ["TJK", "TJK", "Central Asia"]
