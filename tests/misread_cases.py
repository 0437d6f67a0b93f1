"""Cases in which one column decides the plan, for `tests.misreadings`: the fields given are those of a sheet's first row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.case import Case
from models.records import (
    Budget,
    Contingency,
    Decision,
    DemandUse,
    Depot,
    Mandate,
    Offer,
    OpeningStock,
    OpenOrder,
    Price,
    PriceBreak,
    Supplier,
    Trader,
)
from tests.cases import case, first, kept, material, offer
from tests.policies import ALLIED, CHINESE, from_country, rule, ruled

TWO = (Trader(trader="f"), Trader(trader="g", fee=0.1))
LATER = {"discount_rate": 0.12}
"""Money that loses 1 % a month, so that nothing is bought before its time."""
WORTHLESS = {"terminal_haircut": 1.0}
SOFT_FLOOR = WORTHLESS | {"cover_floor": 10.0, "cover_floor_penalty": 20.0}
"""Stock left at the end is worth nothing."""
JANUARY = date(2027, 1, 31)


def quoted(*needs: float, **terms: Any) -> Case:
    """One offer, for a demand that must be met: ten tonnes if it is not said."""
    return case(offer(**terms), needs=needs or (10,), settings=LATER)


def beaten(**terms: Any) -> Case:
    """A cheap offer, and a dear one that takes over where the cheap one's terms end."""
    return case(offer(**terms), offer("p", 12.0), needs=(10, 10), settings=LATER)


def followed(**fields: Any) -> Case:
    """An offer that follows an index, ordered in February."""
    rows = (Price(**{"index": "i", "date": first(2), "value": 12.0} | fields), Price(index="i", date=first(1), value=9.0),
            Price(index="j", date=first(1), value=9.0))  # fmt: skip
    return case(offer(price=None, index="i", premium=1.0, valid_from=first(2)), needs=(0, 10), prices=rows)


def stored(settings: Mapping[str, Any] | None = None, **fields: Any) -> Case:
    """A material of which ten tonnes are needed."""
    return case(offer(), needs=(10,), materials=(material(**fields),), settings=settings)


def flat(**fields: Any) -> Case:
    """A material with the same demand every month."""
    return case(offer(), materials=(kept(demand_use=DemandUse.DRAWS_STOCK, **fields),))


def covered(settings: Mapping[str, Any] = WORTHLESS, **fields: Any) -> Case:
    """A material whose demand of a tonne a day measures cover over four months, and which is dear to buy."""
    rows = (Price(index="i", date=date(2026, 1, 1), value=96.0),)
    return case(offer(price=30.0), periods=4, materials=(kept(**fields),), settings=settings, prices=rows)


def valued(**fields: Any) -> Case:
    """A material whose stock at the end is worth something, and which is bought to miss no target."""
    return covered({}, **{"target_cover_days": 10, "cover_penalty": 300.0} | fields)


def dearer(**fields: Any) -> Case:
    """Ten tonnes in each of two months, at 10 USD in the first, at 12 in the second."""
    offers = (offer(valid_to=JANUARY), offer("p", 12.0, valid_from=first(2)))
    return case(*offers, needs=(10, 10), materials=(material(**fields),))


def broken(*needs: float, **step: Any) -> Case:
    """An offer at 10 USD with one price break, from 8 t on, and nowhere to keep what is not needed."""
    row = PriceBreak(**{"offer": "o", "from_quantity": 8.0, "price": 5.0} | step)
    return case(offer(), needs=needs or (10,), price_breaks=(row,), materials=(material(maximum_stock=0),))


def supplied(**fields: Any) -> Case:
    """A cheap supplier, and a dear one, over two months."""
    rows = (Supplier(**{"supplier": "s"} | fields), Supplier(supplier="p"))
    return case(offer(), offer("p", 12.0, supplier="p"), needs=(10, 10), suppliers=rows, settings=LATER)


def on_order(**fields: Any) -> OpenOrder:
    """Four tonnes that arrive in January and are not paid."""
    given = {"order": "1", "material": "x", "quantity": 4.0, "arrival": date(2027, 1, 5), "price": 7.0}
    return OpenOrder(**given | fields)


def awaited(**fields: Any) -> Case:
    """Ten tonnes in each of two months, and an order on its way."""
    return case(offer(), needs=(10, 10), open_orders=(on_order(**fields),), settings=LATER)


def unwanted(**fields: Any) -> Case:
    """An order on its way of what nobody needs before February, at 9 where 8 would do; storing it costs a dollar a month."""
    dear = on_order(**{"price": 9.0} | fields)
    store = material(value_of_shortage=100.0, holding_cost=12.0)
    return case(offer(price=8.0), needs=(0, 10), materials=(store,), open_orders=(dear,), settings=LATER)


def decided(kind: str = "force", **fields: Any) -> Case:
    """A dear offer that a decision is about, beside a cheap one, over two months."""
    row = Decision(**{"offer": "p", "kind": kind, "quantity": 6.0} | fields)
    return case(offer("p", 12.0), offer(), needs=(10, 10), decisions=(row,), traders=TWO, settings=LATER)


def housed(classes: tuple[str, str] = ("", ""), **fields: Any) -> Case:
    """A cheap depot, and a dear one; ten tonnes come in the first month, five stay for the second.

    Args:
        classes: storage class of the cheap depot, and the one that the material needs.
    """
    has, needed = classes
    rows = (Depot(**{"depot": "D", "storage_class": has} | fields), Depot(depot="E", rent=60.0, handling_in=2.0))
    return case(offer(valid_to=JANUARY), needs=(5, 5), materials=(material(storage_class=needed),), depots=rows)


def kept_in(depot: str) -> Case:
    """Four tonnes in one of two depots, ten are needed."""
    stock = OpeningStock(material="x", depot=depot, quantity=4.0)
    return case(offer(), needs=(10,), depots=(Depot(depot="D"), Depot(depot="E")), opening_stock=(stock,))


def funded(**ceiling: Any) -> Case:
    """Ten tonnes in December and in January, with a ceiling; what is not bought is short."""
    rows = (material(value_of_shortage=15.0, maximum_stock=0),)
    needs = (0,) * 11 + (10, 10)
    return case(offer(exclusive=False), needs=needs, traders=TWO, materials=rows, budgets=(Budget(**ceiling),))


def traded(exclusive: bool = False, orders: Sequence[OpenOrder] = (), **fields: Any) -> Case:
    """A trader, and one with a fee of a tenth; what is not bought is short."""
    rows = (Trader(**{"trader": "f"} | fields), TWO[1])
    short = (material(value_of_shortage=15.0),)
    return case(offer(exclusive=exclusive), needs=(10,), traders=rows, materials=short, open_orders=tuple(orders))


def mandated(**fields: Any) -> Case:
    """The cheap trader's mandate, and the dear one's."""
    rows = (Mandate(**{"trader": "f", "material": "x"} | fields), Mandate(trader="g", material="x"))
    return case(offer(), needs=(10,), mandates=rows, traders=TWO)


def misnamed() -> Case:
    """A cheap offer of another material than the one that is needed."""
    return case(offer(material="y"), offer("p", 12.0), needs={"x": (10,), "y": (0,)}, materials=(material(), material("y")))


# Policy: ten tonnes from China at 10 USD or from Australia at 12, and one rule.


def limited(limit: float, *within: str, kind: str = "share", given: Mapping[str, Any] | None = None, **fields: Any) -> Case:
    """A rule about refine countries, by default about China."""
    return ruled(rule(limit, within or "CHN", kind, **fields), **(given or {}))


def halved(chinese: Offer = CHINESE, *within: str, **fields: Any) -> Case:
    """Half may come from one offer; the other is not bought without need."""
    return limited(0.5, *within, given={"offers": (chinese, ALLIED)}, **fields)


def owned(**fields: Any) -> Case:
    """Half may be of Chinese owners."""
    rows = (Supplier(**{"supplier": "s-c", "owner_country": "CHN"} | fields), Supplier(supplier="s-a", owner_country="AUS"))
    return limited(0.5, attribute="owner", given={"suppliers": rows})


def counted() -> Case:
    """Two suppliers at least, each with three tenths; the two cheap offers are of one supplier."""
    offers = (CHINESE, from_country("c2", 11.0, "CHN", supplier="s-c"), ALLIED)
    return ruled(rule(2, (), "count", attribute="supplier", sense="at least", minimum_share=0.3), offers=offers)


def monthly(offers: tuple[Offer, ...] = (CHINESE, ALLIED), **fields: Any) -> Case:
    """Ten tonnes in each of two months, none kept; half of each month's may come from China."""
    given = {"needs": (10, 10), "materials": (material(maximum_stock=0),), "offers": offers}
    return limited(0.5, given=given, **{"window": "period"} | fields)


def scoped(scope: str) -> Case:
    """Ten tonnes each of x and y, half from China; Australia asks 2 USD more for x and 1 USD more for y."""
    rows = (material(group="g"), material("y", group="g"))
    offers = (CHINESE, ALLIED, from_country("cy", 10.0, "CHN", material="y"), from_country("ay", 11.0, "AUS", material="y"))
    return limited(0.5, scope=scope, given={"materials": rows, "needs": {"x": (10,), "y": (10,)}, "offers": offers})


def in_two_units() -> Case:
    """Ten tonnes each of x and of y, which is measured in kilograms; a quarter of both may come from China."""
    rows = (material("y", unit="kg"), material())
    offers = (CHINESE, ALLIED, from_country("b", 0.012, "AUS", material="y"))
    return limited(0.25, given={"materials": rows, "needs": {"x": (10,), "y": (10000,)}, "offers": offers})


def with_order(order: OpenOrder, within: str = "CHN", **fields: Any) -> Case:
    """Half may come from China, and an order on its way counts."""
    return limited(0.5, within, given={"open_orders": (order,)}, **fields)


def threatened(*offers: Offer, share: float = 1.0, given: Mapping[str, Any] | None = None, **fields: Any) -> Case:
    """Chinese goods at 10 or allied ones at 12, which must last from January for 31 days, with China lost; holding costs."""
    row = Contingency(**{"contingency": "n1", "kind": "named", "names": ("CHN",), "days_to_survive": 31.0} | fields)
    return case(*(offers or (CHINESE, ALLIED)), periods=3, contingencies=(row,),
                materials=(kept(essential_share=share, holding_cost=12.0),), settings=WORTHLESS, **(given or {}))  # fmt: skip


def stocked(**given: Any) -> Case:
    """Of 20 days from February no arrivals count: 20 t must be in stock by then, with the USA lost."""
    return threatened(names=("USA",), from_date=first(2), days_to_survive=20.0, given=given)


def stored_abroad() -> Case:
    """A cheap depot that is lost, and a dear one."""
    return stocked(depots=(Depot(depot="D", country="USA"), Depot(depot="E", country="NLD", rent=12.0)))


def owned_abroad() -> Case:
    """Allied goods of a Chinese owner at 10, or of an allied one at 12."""
    rows = Supplier(supplier="s-c", owner_country="CHN"), Supplier(supplier="s-a", owner_country="AUS")
    return threatened(from_country("c", 10.0, "AUS"), ALLIED, owner_counts=True, given={"suppliers": rows})


def anywhere() -> Case:
    """Any country but Australia may be lost."""
    return threatened(kind="each country", names=(), exempt=("AUS",))


def in_stock(**opening: Any) -> Case:
    """Half of a minimum stock of 10 t may be of restricted origin; some of it is there."""
    held = rule(0.5, "covered", on="stock", attribute="any stage")
    return ruled(held, needs=(), periods=1, materials=(kept(minimum_stock=10.0),), settings=WORTHLESS,
                 opening_stock=(OpeningStock(material="x", **opening),))  # fmt: skip
