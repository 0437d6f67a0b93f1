"""Policy: which purchases a rule counts — attributes, stages, blocs, `each`, `except`, unknown origin, parts of a mine.

10 t of x are needed. Without a rule they cost 100 USD.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.records import Country, Offer, OpenOrder, Supplier, Trader, UnknownOrigin
from tests.cases import offer
from tests.policies import AT_LEAST, from_country, rule, ruled
from tests.solving import optimum, solve

AUSTRALIAN = from_country("a", 12.0, "AUS")
SUPPLIERS = (Supplier(supplier="s", owner_country="CHN"), Supplier(supplier="s-a", owner_country="AUS"))


def cheap(**origin: Any) -> Offer:
    """An offer at 10 USD, from Australia but for what is said."""
    return offer("c", **{"mine_country": (("AUS", 1.0),), "refine_country": "AUS"} | origin)


@pytest.mark.parametrize(
    ("attribute", "origin", "counts"),
    [
        ("mine", {"mine_country": (("CHN", 1.0),)}, True),
        ("mine", {"refine_country": "CHN"}, False),
        ("refine", {"refine_country": "CHN"}, True),
        ("refine", {"mine_country": (("CHN", 1.0),)}, False),
        ("owner", {}, True),
        ("any stage", {"mine_country": (("CHN", 1.0),)}, True),
        ("any stage", {"refine_country": "CHN"}, True),
        ("any stage", {}, True),  # by its owner
        ("Any_Stage", {}, True),
        ("mine country", {"mine_country": (("CHN", 1.0),)}, True),
        ("Refine_Country", {"refine_country": "CHN"}, True),
        ("owner country", {}, True),
        ("mine country", {}, False),
    ],
)
def test_stages(attribute: str, origin: dict[str, Any], counts: bool) -> None:
    """Nothing that counts may be bought: all from Australia at 12, or all of it at 10. The owner of c is Chinese."""
    found = ruled(rule(0.0, attribute=attribute), offers=(cheap(**origin), AUSTRALIAN), suppliers=SUPPLIERS)
    assert optimum(found).cost == pytest.approx(120.0 if counts else 100.0)


@pytest.mark.parametrize("attribute", ["owner", "any stage"])
def test_without_the_suppliers_sheet_there_is_no_owner_stage(attribute: str) -> None:
    """Owners are unknown then, and no origin is held against anybody for it."""
    assert optimum(ruled(rule(0.0, attribute=attribute), offers=(cheap(), AUSTRALIAN))).cost == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("fields", "within", "counts"),
    [
        ({"attribute": "country", "stage": "mine"}, "CHN", True),
        ({"attribute": "country", "stage": "refine"}, "CHN", False),
        ({"attribute": "country"}, "CHN", True),  # any stage
        ({"attribute": "bloc", "stage": "mine"}, "EU", False),
        ({"attribute": "bloc", "stage": "refine"}, "EU", True),
        ({"attribute": "bloc"}, "EU", True),
        ({"attribute": "bloc"}, "Five Eyes", False),
    ],
)
def test_a_country_or_bloc_at_a_stage(fields: dict[str, Any], within: str, counts: bool) -> None:
    """c is mined in China and refined in Germany; the other offer comes from Russia."""
    offers = cheap(mine_country=(("CHN", 1.0),), refine_country="DEU"), from_country("r", 12.0, "RUS")
    assert optimum(ruled(rule(0.0, within, **fields), offers=offers)).cost == pytest.approx(120.0 if counts else 100.0)


def test_a_list_a_name_and_covered() -> None:
    """c is Chinese: a list that holds China, its name, and `covered` count it; a list without it does not."""
    offers = cheap(refine_country="CHN"), AUSTRALIAN
    for within, cost in ((("RUS", "CHN"), 120.0), ("China", 120.0), ("covered", 120.0), (("RUS", "JPN"), 100.0)):
        assert optimum(ruled(rule(0.0, within), offers=offers)).cost == pytest.approx(cost)


def test_a_mine_in_several_countries_counts_by_their_shares() -> None:
    """60 % of c is Chinese, and 30 % of everything may be: 5 t."""
    offers = cheap(mine_country=(("CHN", 0.6), ("AUS", 0.4))), AUSTRALIAN
    assert optimum(ruled(rule(0.3, attribute="mine"), offers=offers)).total["c"] == pytest.approx(5.0)
    both = cheap(mine_country=(("CHN", 0.6), ("RUS", 0.4))), AUSTRALIAN
    assert optimum(ruled(rule(0.3, "covered", attribute="mine"), offers=both)).total["c"] == pytest.approx(3.0)


def test_any_stage_counts_the_largest_part() -> None:
    """60 % of the mine is Chinese: 6 t of 10 t count, and 30 % may. Refined there too it is all of them."""
    partly = cheap(mine_country=(("CHN", 0.6), ("AUS", 0.4)))
    assert optimum(ruled(rule(0.3, attribute="any stage"), offers=(partly, AUSTRALIAN))).total["c"] == pytest.approx(5.0)
    fully = partly.model_copy(update={"refine_country": "CHN"})
    assert optimum(ruled(rule(0.3, attribute="any stage"), offers=(fully, AUSTRALIAN))).total["c"] == pytest.approx(3.0)


UNKNOWN = (cheap(refine_country=None), AUSTRALIAN)


@pytest.mark.parametrize("within", ["covered", "CHN"])
@pytest.mark.parametrize(("setting", "cost"), [(UnknownOrigin.RESTRICTED, 120.0), (UnknownOrigin.OPEN, 100.0)])
def test_an_unknown_country_is_covered_unless_settings_say_open(within: str, setting: UnknownOrigin, cost: float) -> None:
    assert optimum(ruled(rule(0.0, within), offers=UNKNOWN, settings={"unknown_origin": setting})).cost == pytest.approx(cost)


def test_an_unknown_country_is_not_just_any_country() -> None:
    """A rule about Japan, which is not covered, does not count it; nor do rules about stages where it is known."""
    assert optimum(ruled(rule(0.0, "JPN"), offers=UNKNOWN)).cost == pytest.approx(100.0)
    assert optimum(ruled(rule(0.0, attribute="mine"), offers=UNKNOWN)).cost == pytest.approx(100.0)
    assert not solve(ruled(rule(0.5, "AUS", **AT_LEAST), offers=UNKNOWN[:1])).feasible


@pytest.mark.parametrize("setting", list(UnknownOrigin))
def test_under_each_an_unknown_country_is_its_own(setting: UnknownOrigin) -> None:
    """Two offers of unknown origin are one country: 65 % of 10 t come from them, 3.5 t from Australia."""
    offers = cheap(refine_country=None), offer("c2", 11.0, refine_country=None), AUSTRALIAN
    solved = optimum(ruled(rule(0.65, "each"), offers=offers, settings={"unknown_origin": setting}))
    assert solved.total == pytest.approx({"c": 6.5, "a": 3.5})


def test_each_country_has_the_limit_for_itself() -> None:
    """65 % from China at 10, 35 % from Australia at 12, none from Japan at 13; with 45 %, 45 % and 10 %."""
    offers = from_country("c", 10.0, "CHN"), AUSTRALIAN, from_country("j", 13.0, "JPN")
    assert optimum(ruled(rule(0.65, "each"), offers=offers)).cost == pytest.approx(65 + 42)
    assert optimum(ruled(rule(0.45, "each"), offers=offers)).cost == pytest.approx(45 + 54 + 13)


@pytest.mark.parametrize("exempt", [("DEU",), ("EU",)])
def test_exempt_countries_and_blocs_do_not_count(exempt: tuple[str, ...]) -> None:
    """No third country above 65 %: Germany, or the home bloc it belongs to, may be all of it. Without the exemption 107."""
    offers = from_country("c", 10.0, "DEU"), AUSTRALIAN
    assert optimum(ruled(rule(0.65, "each", exempt=exempt), offers=offers)).cost == pytest.approx(100.0)
    assert optimum(ruled(rule(0.65, ("DEU", "JPN"), exempt=exempt), offers=offers)).cost == pytest.approx(100.0)
    assert optimum(ruled(rule(0.65, "each"), offers=offers)).cost == pytest.approx(65 + 42)


def test_secondary_material_is_no_country_under_each_but_can_be_named() -> None:
    """Recycled material may be all of it under `each`; a share of it can be asked for: 3 t of 14 USD."""
    recycled = from_country("c", 10.0, "AUS", mine_country=(("REC", 1.0),))
    mined = rule(0.65, "each", attribute="mine")
    assert optimum(ruled(mined, offers=(recycled, AUSTRALIAN))).cost == pytest.approx(100.0)
    dear = offer("rec", 14.0, mine_country=(("REC", 1.0),))
    share = rule(0.3, "REC", attribute="mine", **AT_LEAST)
    assert optimum(ruled(share, offers=(cheap(), dear))).cost == pytest.approx(70 + 42)


def test_each_bloc() -> None:
    """Germany is in the EU and the G7, Japan in the G7: half from each bloc leaves 5 t for Germany and none for Japan."""
    offers = from_country("c", 10.0, "DEU"), from_country("j", 11.0, "JPN"), AUSTRALIAN
    policy = rule(0.5, "each", attribute="bloc", stage="refine")
    assert optimum(ruled(policy, offers=offers)).cost == pytest.approx(50 + 60)


@pytest.mark.parametrize(
    ("attribute", "within"),
    [
        ("supplier", "s"), ("supplier", "each"), ("plant", "P1"), ("route", "PAN"), ("parent", "Group"),
        ("payment_from", "order"), ("payment from", "order"), ("grade", "3"), ("score", "7"), ("exclusive", "yes"),
    ],
)  # fmt: skip
def test_any_column_of_offers_or_suppliers(attribute: str, within: str) -> None:
    """Declared or not: 40 % of what has the value, the rest from the other offer at 12."""
    first_one = offer("c", plant="P1", route=("SGP", "PAN"), payment_from="order", attributes={"grade": 3.0})
    other = offer("a", 12.0, supplier="s-a", plant="P2", route=("SGP",), exclusive=False, attributes={"grade": 4.0})
    suppliers = (Supplier(supplier="s", parent="Group", attributes={"score": 7.0}), Supplier(supplier="s-a", parent="Other"))
    policy = rule(0.6 if within == "each" else 0.4, within, attribute=attribute)
    solved = optimum(ruled(policy, offers=(first_one, other), suppliers=suppliers, countries=()))
    assert solved.total["c"] == pytest.approx(6.0 if within == "each" else 4.0)


def test_a_text_that_is_blank_is_unknown() -> None:
    """Two offers name no plant: together they are one unknown plant, half of everything; the rest from P at 12."""
    offers = offer("c1", 10.0), offer("c2", 11.0), offer("a", 12.0, plant="P")
    assert optimum(ruled(rule(0.5, "each", attribute="plant"), offers=offers)).cost == pytest.approx(50 + 60)
    assert optimum(ruled(rule(0.0, "unknown", attribute="plant"), offers=offers)).cost == pytest.approx(120.0)


@pytest.mark.parametrize("attribute", ["route", "country"])
def test_what_passes_no_port_has_no_value(attribute: str) -> None:
    """Half may pass each port: what passes none at 11 may be all of it, and needs no 5 t through Japan at 12."""
    offers = offer("c", 12.0, route=("JPN",)), offer("d", 11.0)
    assert optimum(ruled(rule(0.5, "each", attribute=attribute, stage="route"), offers=offers)).cost == pytest.approx(110)


@pytest.mark.parametrize(
    ("within", "attribute"), [("CHN", "refine"), ("G20", "bloc"), ("unknown", "refine"), ("covered", "refine")]
)
def test_an_unknown_country_meets_no_floor(within: str, attribute: str) -> None:
    """It may be any country: half from China, or from a bloc that it is in, is not bought where nobody knows."""
    countries = (Country(iso3="CHN", covered=True, blocs=("G20",)), Country(iso3="AUS"))
    offers = offer("u", 10.0), from_country("c", 13.0, "CHN")
    found = ruled(rule(0.5, within, attribute=attribute, stage="refine", **AT_LEAST), offers=offers, countries=countries)
    assert optimum(found).cost == pytest.approx(100 if within in ("unknown", "covered") else 50 + 65)


def test_traders_are_values_too() -> None:
    """The cheap trader's share of quantity is at most 40 %: 4 · 10 + 6 · 11."""
    traders = (Trader(trader="a"), Trader(trader="b", fee=0.1))
    policy = rule(0.4, "a", attribute="trader")
    found = ruled(policy, offers=(offer(exclusive=False),), traders=traders)
    assert optimum(found).cost == pytest.approx(106.0)
    assert (
        optimum(ruled(rule(0.6, "each", attribute="trader"), offers=(offer(exclusive=False),), traders=traders)).cost == 104.0
    )


def test_an_open_order_without_offer_is_of_unknown_origin_and_of_its_suppliers_owner() -> None:
    """5 t on order and 10 t bought: 40 % of 15 t may be Chinese, 6 t. The order counts at the refine stage, where it is
    unknown, and at the owner stage by its supplier; of c 1 t is left where it counts."""
    suppliers = (*SUPPLIERS, Supplier(supplier="z", owner_country="CHN"))
    for supplier, attribute, left in (
        ("z", "owner", 1.0), ("z", "refine", 1.0), ("s-a", "owner", 6.0), ("s-a", "any stage", 1.0),
    ):  # fmt: skip
        order = OpenOrder(order="1", material="x", supplier=supplier, quantity=5, arrival=ruled().settings.start_date)
        offers = cheap(refine_country="CHN"), AUSTRALIAN
        found = ruled(rule(0.4, attribute=attribute), offers=offers, suppliers=suppliers, open_orders=(order,), needs=(15,))
        assert optimum(found).total["c"] == pytest.approx(left)


def test_countries_that_the_sheet_does_not_hold_are_not_covered() -> None:
    """Nor is any country without the sheet: `covered` then counts unknown origin alone."""
    only_china = (Country(iso3="CHN", covered=True), Country(iso3="AUS"))
    for countries in (only_china, ()):
        found = ruled(rule(0.0, "covered"), offers=(cheap(), AUSTRALIAN), countries=countries)
        assert optimum(found).cost == pytest.approx(100.0)
    assert optimum(ruled(rule(0.0, "covered"), offers=UNKNOWN, countries=())).cost == pytest.approx(120.0)


def test_an_open_order_is_a_value_of_its_own() -> None:
    """70 t are on the way from nobody knows where, and no country may have more than 65 %: 70 / 0.65 − 70 = 37.69 t are
    bought, 7.69 more than the 30 that are needed."""
    order = OpenOrder(order="1", material="x", quantity=70, arrival=date(2027, 1, 1), price=10, paid=True)
    quotes = offer("a", 20.0, refine_country="AUS"), offer("b", 30.0, supplier="s-b", refine_country="JPN")
    found = ruled(rule(0.65, "each"), offers=quotes, needs=(100,), open_orders=(order,))
    assert optimum(found).cost == pytest.approx((70 / 0.65 - 70) * 20)


def test_a_supplier_of_open_orders_alone_counts_among_sources() -> None:
    """70 t come from z, 30 t are bought of s: two suppliers with a fifth each."""
    order = OpenOrder(order="1", material="x", supplier="z", quantity=70, arrival=date(2027, 1, 1), price=10, paid=True)
    enough = rule(2, (), "count", attribute="supplier", minimum_share=0.2, **AT_LEAST)
    assert optimum(ruled(enough, offers=(offer(),), needs=(100,), open_orders=(order,))).cost == pytest.approx(300.0)


@pytest.mark.parametrize(("bloc", "counts"), [("Axis", True), ("G7", False)])
def test_an_unknown_country_may_lie_in_a_bloc_with_a_covered_one(bloc: str, counts: bool) -> None:
    """A fifth may come from the bloc: 2 t of the unknown if one of its members is covered, else all of it."""
    countries = (Country(iso3="CHN", covered=True, blocs=("Axis",)), Country(iso3="JPN", blocs=("G7",)), Country(iso3="AUS"))
    quotes = offer("u"), AUSTRALIAN
    found = ruled(rule(0.2, bloc, attribute="bloc", stage="refine"), offers=quotes, countries=countries)
    assert optimum(found).cost == pytest.approx(2 * 10 + 8 * 12 if counts else 100.0)


def test_an_unknown_country_is_no_listed_source() -> None:
    """One source from China at least: the unknown may be Chinese, and is not counted as such."""
    china = offer("c", 12.0, supplier="s-c", refine_country="CHN")
    solved = optimum(ruled(rule(1, "CHN", "count", minimum_share=0.5, **AT_LEAST), offers=(offer("u"), china)))
    assert solved.total["c"] >= 5.0 - 1e-6
