from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from models.audit import called_in, places
from models.case import Case
from models.decisions import Rotation
from models.effects import effects_of
from models.ledgers import Account, Linear, linear
from models.needs import kept
from models.plan import Assessment, Charge, Plan, quantity_tolerance, rounded
from models.quotes import sale_price
from models.records import DemandUse
from models.rules.base import Rule
from models.skeleton import Skeleton


class ShelfLife(Rule):
    """What is past its shelf life has left the stock: first in, first out; what nobody draws in time is sold.

    fresh: Σ_w stock[i,w,t] ≤ Σ_τ kept[i]^(t−τ) · arrivals[i,τ] over the last L[i] periods τ up to t        ∀ i, t     [unit]
    aged:  Σ_τ≤t rotated[i,τ] ≤ Σ_τ arrivals[i,τ] over periods τ up to t − L[i]                             ∀ i, t     [unit]
    sold:  Σ_w given_out[i,w,t] = rotated[i,t]                 ∀ i whose demand draws no stock and nobody calls off, t [unit]
    sales: −Σ_i,t price[i,t] · rotated[i,t], and back by the probability of states of i's supply that have begun by t  [USD]

    L is the shelf life in whole periods. Opening stock counts as received on its day, or on the plan's first one. The oldest
    leaves first, so that all of the stock is fresh as soon as there is no more of it than has arrived lately. The price is
    the benchmark less the haircut, but no more than the cheapest unit that the plan can buy costs: no plan buys in order to
    sell. Once a shock is on, what would be sold stays and serves.
    """

    def applies(self, case: Case) -> bool:
        return any(row.shelf_life is not None for row in case.whole.materials)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for i, t in m.rotated:
            price = _sale_price(m, i, t)
            m.money.add(Account("rotation sales", "", i, t, t), -price, m.rotated[i, t])
            begun = sum(effect.probability for effect in effects_of(m.case.whole, i) if effect.keeps_stock(t))
            m.money.add(Account("rotation withheld", "", i, t, t), price * begun, m.rotated[i, t])

    def declare(self, block: Any, m: Skeleton) -> None:
        for (i, _), rotated in m.rotated.items():
            rotated.setub(_most(m, i))

    def constrain(self, block: Any, m: Skeleton) -> None:
        fresh, aged, sold = {}, {}, {}
        for i in dict.fromkeys(i for i, _ in m.rotated):
            received, keeps, life = _received(m, i), kept(m.case, i), _life(m.case, i)
            drawn = m.case.material[i].demand_use is DemandUse.DRAWS_STOCK or any(key[0] == i for key in m.drawn)
            for t in m.case.calendar.horizon:
                stock, old = linear(*((1.0, m.stock[i, w, t]) for w in m.places[i])), Linear()
                for period, since, arrived in received:
                    if period <= t - life:
                        old.plus(arrived, -1.0)
                    elif period <= t:
                        stock.plus(arrived, -(keeps ** (t - since)))
                fresh[i, t] = None, stock, 0.0
                for period in range(1, t + 1):
                    old.add(1.0, m.rotated[i, period])
                aged[i, t] = None, old, 0.0
                if not drawn:
                    sold[i, t] = 0.0, m.used(i, t), 0.0
        for name, bodies in (("fresh", fresh), ("aged", aged), ("sold", sold)):
            m.rows(block, name, bodies)

    def taken(self, block: Any, value: Callable[[Any], float]) -> Iterator[Rotation]:
        model = block.model()
        for i, t in model.rotated:
            quantity = rounded(value(model.rotated[i, t]))
            if quantity > 0:
                yield Rotation(i, t, quantity)

    def decided(self, block: Any, plan: Plan) -> Iterator[tuple[tuple[str, Any], float]]:
        for index in block.model().rotated:
            yield ("rotated", index), plan.rotated.get(index, 0.0)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for row in plan.rotations:
            price = sale_price(plan.case, plan.case.material[row.material], row.period)
            yield Charge("rotation sales", "", row.material, row.period, row.period, -price * row.quantity)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row != "fresh":
            return None
        return f"the shelf life of {index[0]} ({case.material[index[0]].shelf_life} months)"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        case = plan.case
        for material in case.materials:
            if material.shelf_life is None:
                continue
            name, months = material.material, case.calendar.months
            keeps = (1 - material.loss_rate) ** (months / 12)
            life = max(1, material.shelf_life // months)
            lots = [(lot.period, lot.period, lot.quantity) for lot in plan.lots.get(name, ())]
            lots += [
                (min(1, case.calendar.period_of(row.received)) if row.received else 1, 0, row.quantity)
                for row in case.opening_stock if row.material == name
            ]  # fmt: skip
            for t in case.calendar.horizon:
                fresh = sum(quantity * keeps ** (t - since) for period, since, quantity in lots if t - life < period <= t)
                old = sum(quantity for period, _, quantity in lots if period <= t - life)
                sold = sum(row.quantity for row in plan.rotations if row.material == name and row.period <= t)
                unit, month = material.unit, case.calendar.name(t)
                tolerance = quantity_tolerance(fresh + old, plan.decisions_on[name] + t)
                where = f"{name} within its shelf life, end of {month}"
                yield Assessment(self.name, where, "at most", fresh, plan.closing_stock[name, t], unit, tolerance)
                where = f"{name} sold by the end of {month}, past its shelf life"
                yield Assessment(self.name, where, "at most", old, sold, unit, tolerance)
                yield from self._left(plan, name, t)

    def _left(self, plan: Plan, name: str, t: int) -> Iterator[Assessment]:
        """What is sold has left the depots; nothing else has where nobody draws."""
        given = sum(plan.stock[name, place, t].given_out for place in places(plan.case, name))
        sold = plan.rotated.get((name, t), 0.0)
        asked = plan.case.material[name].demand_use is DemandUse.DRAWS_STOCK or called_in(plan.case, name, t)
        yield Assessment(
            self.name, f"{name} that leaves in {plan.case.calendar.name(t)}, of which so much is sold",
            "at least" if asked else "equal", sold, given, plan.case.material[name].unit,
            quantity_tolerance(given, plan.decisions_on[name]),
        )  # fmt: skip


def _life(case: Case, material: str) -> int:
    """Building side: the shelf life in whole periods, one at least."""
    return max(1, (case.material[material].shelf_life or 0) // case.calendar.months)


def _received(m: Skeleton, material: str) -> list[tuple[int, int, Linear]]:
    """Building side: when goods were received and since when they lose, by period, and how much there is of them."""
    found = [(t, t, arrived) for t, arrived in m.flows.by_period("arrival", material).items()]
    for row in m.case.opening_stock:
        if row.material == material:
            period = 1 if row.received is None else min(1, m.case.calendar.period_of(row.received))
            found.append((period, 0, Linear().add(row.quantity, None)))
    return found


def _most(m: Skeleton, material: str) -> float:
    """Building side: all that there can ever be of a material."""
    ordered = sum(m.largest[o, slot.period] for o, _, slot in m.purchases if m.case.offer[o].material == material)
    on_order = sum(row.quantity for row in m.case.open_orders if row.material == material)
    return ordered + on_order + sum(m.opening_by_place(material).values())


def _sale_price(m: Skeleton, material: str, period: int) -> float:
    """Building side: what a unit that is rotated out brings, in USD."""
    record = m.case.material[material]
    haircut = m.case.settings.terminal_haircut if record.rotation_haircut is None else record.rotation_haircut
    costs = []
    for offer in m.case.offers_of[material]:
        supplier, steps = m.case.supplier.get(offer.supplier), m.case.breaks_of.get(offer.offer, ())
        for slot in m.slots[offer.offer] if supplier is None or (supplier.approved and not supplier.sanctioned) else ():
            cost = m.landed[offer.offer, slot.period]
            prices = [row.price if row.price is not None else cost.purchase * (1.0 - (row.discount or 0.0)) for row in steps]
            costs.append(cost.total - max(0.0, cost.purchase - min(prices, default=cost.purchase)) * (1.0 + cost.duty_rate))
    return max(0.0, min([m.benchmark(material, period) * (1.0 - haircut), *costs]))


RULE = ShelfLife()
