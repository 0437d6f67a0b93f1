"""A case is valid by construction, narrowed without losing what couples, and looks up what the rows say."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest
from pydantic import ValidationError

from models.case import table_of
from models.records import (
    SHEETS,
    Country,
    Decision,
    Demand,
    Depot,
    Mandate,
    OpeningStock,
    OpenOrder,
    Policy,
    Price,
    PriceBreak,
    Settings,
    Supplier,
    Trader,
)
from models.references import dangling
from tests.cases import START, case, first, material, offer
from tests.policies import rule
from tests.random_cases import everything


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"offers": (offer(material="gone"),)}, "Offers row 1: material 'gone'"),
        ({"suppliers": (Supplier(supplier="other"),)}, "Offers row 1: supplier 's'"),
        ({"price_breaks": (PriceBreak(offer="gone", from_quantity=1, price=1),)}, "PriceBreaks row 1: offer 'gone'"),
        ({"mandates": (Mandate(trader="gone", material="x"),)}, "Mandates row 1: trader 'gone'"),
        ({"demand": (Demand(material="gone", date=START, quantity=1),)}, "Demand row 1: material 'gone'"),
        ({"decisions": (Decision(offer="gone", kind="forbid"),)}, "Decisions row 1: offer 'gone'"),
        ({"offers": (offer(), offer())}, "Offers: a key occurs twice"),
        ({"traders": (Trader(trader="f"), Trader(trader="f"))}, "Traders: a key occurs twice"),
        ({"offers": (offer(index="i", price=None),)}, "Offers row 1: index 'i'"),
        ({"offers": (offer(refine_country="CHN"),), "countries": (Country(iso3="AUS"),)}, "refine_country 'CHN'"),
        ({"offers": (offer(mine_country=(("CHN", 1.0),)),), "countries": (Country(iso3="AUS"),)}, "mine_country 'CHN'"),
        ({"settings": Settings(start_date=date(2027, 1, 2), periods=1)}, "not the first day of a month"),
        ({"settings": Settings(start_date=date(2027, 2, 1), periods=1, period="quarter")}, "not the first day of a quarter"),
    ],
)
def test_a_case_that_does_not_hold_together_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(case(offer()), **change)


def test_references_to_an_absent_sheet_hold_unless_it_is_needed_where_named() -> None:
    """A supplier, country or depot needs no sheet; a price index does."""
    held = case(offer(refine_country="CHN"), opening_stock=(OpeningStock(material="x", quantity=1, depot="D"),))
    assert not list(dangling(held.tables()))
    with pytest.raises(ValueError, match="index 'i' is not known"):
        case(offer(price=None, index="i"))


def test_secondary_material_is_no_country_that_the_sheet_must_hold() -> None:
    found = case(offer(mine_country=(("REC", 1.0),)), countries=(Country(iso3="AUS"),))
    assert found.offers[0].mine_country == (("REC", 1.0),)


def test_cases_and_records_do_not_change() -> None:
    found = case(offer())
    with pytest.raises(FrozenInstanceError):
        found.offers = ()  # type: ignore[misc]  # that is the point
    with pytest.raises(ValidationError, match="frozen"):
        found.offers[0].price = 1.0  # type: ignore[misc]  # that is the point


def test_every_sheet_has_its_table() -> None:
    """`tables` is computed from the records, and names every one but Settings."""
    assert {record.sheet for record in case(offer()).tables()} == {record.sheet for record in SHEETS} - {"Settings"}
    assert table_of(PriceBreak) == "price_breaks" and table_of(OpenOrder) == "open_orders"


def test_restricting_keeps_what_is_global_and_drops_what_is_of_other_materials() -> None:
    whole = everything(0)
    part = whole.restrict(("m0",))
    assert set(part.material) == {"m0"} and {row.material for row in part.offers} == {"m0"}
    for record, rows in part.tables().items():
        before = whole.tables()[record]
        if record.scope in ("global", "supplier"):
            assert rows == before, record.sheet
        else:
            assert all(row in before for row in rows), record.sheet
    master = whole.restrict(())
    assert not master.materials and not master.offers and not master.demand and not master.open_orders
    assert (master.traders, master.suppliers, master.policy) == (whole.traders, whole.suppliers, whole.policy)


@pytest.mark.parametrize("seed", range(5))
def test_the_parts_make_up_the_whole(seed: int) -> None:
    """Every row of a material or an offer is in the part of one material, in the same order."""
    whole = everything(seed)
    parts = {name: whole.restrict((name,)) for name in whole.material}
    for record, rows in whole.tables().items():
        if record.scope in ("material", "offer"):
            found = [row for part in parts.values() for row in part.tables()[record]]
            assert len(found) == len(rows) and all(row in found for row in rows), record.sheet


def test_a_restricted_case_remembers_the_whole() -> None:
    whole = everything(0)
    assert whole.whole is whole and whole.restrict(("m0",)).restrict(()).whole is whole


PRICES = (Price(index="i", date=first(3), value=30), Price(index="i", date=first(1), value=10))


def test_a_quotation_is_the_last_row_on_or_before_the_day() -> None:
    """Rows in any order; before the first there is none."""
    found = case(offer(price=None, index="i"), prices=PRICES)
    assert [found.quotation("i", day) for day in (first(1), date(2027, 2, 28), first(3), date(2030, 1, 1))] == [10, 10, 30, 30]
    with pytest.raises(KeyError, match="no price on 2026-12-31"):
        found.quotation("i", date(2026, 12, 31))


def test_the_offers_lot_goes_before_the_materials() -> None:
    found = case(offer(), offer("p", lot=4), materials=(material(lot=5),))
    assert [found.lot(row) for row in found.offers] == [5, 4]


def test_price_breaks_come_by_rising_quantity() -> None:
    steps = tuple(PriceBreak(offer="o", from_quantity=q, price=1) for q in (50, 10, 30))
    assert [row.from_quantity for row in case(offer(), price_breaks=steps).breaks_of["o"]] == [10, 30, 50]


def test_units() -> None:
    """The same unit is its own; different ones are tonnes; what is no mass cannot be added up with mass."""
    found = case(
        materials=(material("a", unit="kg"), material("b", unit="kg"), material("c", unit="lb"), material("d", unit="flask"))
    )
    assert found.common_unit(("a", "b")) == "kg" and found.common_unit(("a", "c")) == "t"
    assert found.in_unit("a", "t") == 1e-3 and found.in_unit("c", "t") == pytest.approx(0.45359237e-3)
    assert found.in_unit("d", "flask") == 1.0
    with pytest.raises(KeyError):
        found.in_unit("d", "t")
    assert found.restrict(("c",)).common_unit(("a", "b")) == "kg"  # asked of the whole case


def test_dangling_names_cell_value_and_what_is_accepted() -> None:
    tables = case(offer(), policy=(rule(0.5),)).tables() | {Depot: (), Policy: (rule(0.5, trader="gone"),)}
    (found,) = dangling(tables)
    assert (found.record, found.row, found.column, found.value, found.accepted) == (Policy, 0, "trader", "gone", ("f",))


def test_a_case_is_not_compared_by_its_rows() -> None:
    """Two equal workbooks are two cases: look-ups computed for one are never taken for the other's."""
    one, other = case(offer()), case(offer())
    assert one != other
