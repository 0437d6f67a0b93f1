"""Seeded tiny cases whose plans can all be tried: one material, two offers, lots of five, three lots an order at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import inf
from random import Random
from typing import Any

from models.assess import assess, charges_of
from models.audit import arrival_days, demand_in, order_periods
from models.case import Case
from models.decisions import Change, Contract, Move, Purchase
from models.plan import Plan, weighed
from models.records import (
    Budget,
    Decision,
    DemandUse,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Policy,
    PriceBreak,
    Supplier,
    Trader,
)
from tests.cases import case, first, kept, material, offer
from tests.policies import AT_LEAST, COUNTRIES, rule

LOT = 5.0
MOST = 3
"""Lots in an order; every offer's capacity says so."""


def tiny(seed: int) -> Case:
    """A case with a few features, each more or less at random; not always feasible."""
    return _Maker(Random(seed)).case()


class _Maker:
    """Draws one case. Two traders make it a case of one period, so that there are at most five orders to decide."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.traders = random.choice((1, 1, 2))
        self.periods = 1 if self.traders == 2 else 2

    def sometimes(self, value: Any, odds: float = 0.5) -> Any:
        return value if self.random.random() < odds else None

    def case(self) -> Case:
        random = self.random
        offers = (self.offer("o", 10.0, "CHN"), self.offer("p", 12.0, "AUS"))
        drawn = random.random() < 0.6
        return case(
            *offers,
            needs=[random.randint(0, 14) for _ in range(self.periods)] if drawn else (),
            periods=self.periods,
            materials=(self.drawn() if drawn else self.covered(),),
            traders=tuple(self.trader(name) for name in ("f", "g")[: self.traders]),
            settings={"discount_rate": random.choice((0.0, 0.12)), "budget": self.sometimes(random.randint(60, 250), 0.4)},
            suppliers=self.suppliers() if random.random() < 0.4 else (),
            price_breaks=tuple(self.price_breaks()),
            opening_stock=(OpeningStock(material="x", quantity=random.randint(0, 6)),),
            open_orders=tuple(self.open_orders()),
            decisions=tuple(self.decisions()),
            budgets=(Budget(trader="f", amount=random.randint(50, 200)),) if random.random() < 0.2 else (),
            policy=tuple(self.policy()),
            countries=COUNTRIES,
        )

    def drawn(self) -> Material:
        random = self.random
        return material(
            lot=LOT, value_of_shortage=self.sometimes(40.0), holding_cost=random.choice((0, 12)),
            loss_rate=random.choice((0.0, 0.3)), maximum_stock=self.sometimes(12), **self.market(),
        )  # fmt: skip

    def covered(self) -> Material:
        random = self.random
        return kept(
            lot=LOT, holding_cost=random.choice((0, 12)), floor_days=random.choice((0, 6)), floor_from=self.sometimes(first(2)),
            target_cover_days=random.choice((0, 11, 20)), cover_penalty=random.choice((20, 90)),
            minimum_stock=random.choice((0, 4)), benchmark_price=self.sometimes(11.0), **self.market(),
        )  # fmt: skip

    def market(self) -> dict[str, Any]:
        return {"accessible_world_supply": 600.0, "participation_cap": self.sometimes(0.3, 0.3)}

    def offer(self, name: str, price: float, country: str) -> Offer:
        random = self.random
        return offer(
            name, price + random.randint(-1, 3), supplier=random.choice(("s", f"s-{name}")), refine_country=country,
            capacity_per_period=MOST * LOT, minimum_order=random.choice((0, 0, 7)), maximum_total=self.sometimes(20, 0.2),
            fixed_order_cost=random.choice((0, 0, 9)), contract_cost=random.choice((0, 0, 15)),
            duty_rate=random.choice((0.0, 0.1)), lead_days=random.choice((0, 0, 31)), payment_days=random.choice((0, 60)),
            exclusive=random.random() < 0.6,
        )  # fmt: skip

    def trader(self, name: str) -> Trader:
        random = self.random
        return Trader(
            trader=name, fee=random.choice((0.0, 0.02)), maximum_spend=self.sometimes(random.randint(50, 160), 0.3),
            minimum_share=self.sometimes(0.3, 0.3), maximum_share=self.sometimes(0.7, 0.2) if self.traders > 1 else None,
        )  # fmt: skip

    def suppliers(self) -> tuple[Supplier, ...]:
        random = self.random
        return tuple(
            Supplier(
                supplier=name, onboarding_cost=random.choice((0, 20)), capacity_per_period=self.sometimes(10),
                capacity_per_year=self.sometimes(15), owner_country=random.choice(("CHN", "AUS", None)),
            ) for name in ("s", "s-o", "s-p")
        )  # fmt: skip

    def price_breaks(self) -> Iterator[PriceBreak]:
        random = self.random
        if random.random() < 0.5:
            kind, basis = random.choice(("incremental", "all units")), random.choice(("order", "contract"))
            for step, discount in ((8, random.choice((0.2, -0.1))), (13, random.choice((0.3, 0.1)))):
                yield PriceBreak(offer="o", from_quantity=step, discount=discount, kind=kind, basis_=basis)

    def open_orders(self) -> Iterator[OpenOrder]:
        random = self.random
        if random.random() < 0.3:
            yield OpenOrder(
                order="1", material="x", offer=random.choice(("o", "p", None)), trader=random.choice(("f", None)),
                quantity=random.randint(1, 6), arrival=first(random.randint(1, self.periods)), price=9.0,
                paid=random.random() < 0.5, cancellable=random.random() < 0.3, cancel_fee=random.choice((0, 6)),
                deferrable=random.choice((0, 0, 1)), defer_fee=random.choice((0, 2)),
            )  # fmt: skip

    def decisions(self) -> Iterator[Decision]:
        random = self.random
        if random.random() < 0.25:
            kind = random.choice(("force", "forbid", "fix"))
            yield Decision(
                offer=random.choice(("o", "p")), trader=self.sometimes("f", 0.3), period=self.sometimes(first(1)), kind=kind,
                quantity=None if kind == "forbid" else LOT,
            )  # fmt: skip

    def policy(self) -> Iterator[Policy]:
        random = self.random
        for number in range(random.choice((0, 0, 1, 2))):
            kind = random.choice(("share", "share", "amount", "count"))
            common: dict[str, Any] = {
                "rule": f"r{number}", "measure": random.choice(("quantity", "spend")),
                "hardness": random.choice(("hard", "soft")),
                "penalty": random.choice((0.5, 3.0)), "window": random.choice(("period", "horizon")),
                "counts_open_orders": random.random() < 0.5,
            }  # fmt: skip
            if kind == "count":
                least = random.choice((0.0, 0.3))
                yield rule(
                    2, (), kind, attribute=random.choice(("supplier", "refine")), minimum_share=least, **AT_LEAST, **common
                )
            else:
                limit = random.choice((0.3, 0.7)) if kind == "share" else random.choice((6, 60))
                sense = random.choice(("at most", "at least"))
                yield rule(limit, random.choice(("CHN", "AUS", "each")), kind, sense=sense, **common)


def cheapest(made: Case) -> float:
    """The cost of the best of all plans (discounted USD) by the checking side alone; infinite if none passes."""
    return min((cost for plan in plans(made) for cost in [_cost(plan)] if cost is not None), default=inf)


def plans(made: Case) -> Iterator[Plan]:
    """Every plan in whole lots. What is there is given out while demand asks for it: a shortage is never cheaper later."""
    orders = [(o, f, t) for o, row in made.offer.items() for f in made.trader for t, _ in order_periods(made, row)]
    for changes, lots in product(_changes(made), product(range(MOST + 1), repeat=len(orders))):
        purchases = tuple(Purchase(*order, number * LOT) for order, number in zip(orders, lots, strict=True) if number)
        contracts = tuple(dict.fromkeys(Contract(row.offer, row.trader) for row in purchases))
        plan = Plan(made, purchases, contracts, changes=changes)
        yield replace(plan, moves=tuple(_given_out(plan)))


def _changes(made: Case) -> list[tuple[Change, ...]]:
    """What may become of the open order, if there is one."""
    found: list[tuple[Change, ...]] = [()]
    for order in made.open_orders:
        days = [day for day in arrival_days(made, order) if day != order.arrival]
        found += [(Change(order.order, day),) for day in (*days, *([None] if order.cancellable else []))]
    return found


def _given_out(plan: Plan) -> Iterator[Move]:
    (row,) = plan.case.materials
    level = sum(stock.quantity for stock in plan.case.opening_stock)
    for t in plan.case.calendar.horizon:
        level = level * (1 - row.loss_rate) ** (1 / 12) + plan.arrivals.get(("x", t), 0.0)
        asked = demand_in(plan.case, row, t) if row.demand_use is DemandUse.DRAWS_STOCK else 0.0
        given = min(asked, level)
        level -= given
        if given:
            yield Move("x", "", t, 0.0, given)


def _cost(plan: Plan) -> float | None:
    """The discounted cost of a plan that passes, else None."""
    charges = charges_of(plan)
    if any(row.hard and not row.holds for row in assess(plan, charges)):
        return None
    return weighed(plan.case, charges)
