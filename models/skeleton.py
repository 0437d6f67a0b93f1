"""What the rules share: index sets, decision variables, the ledgers, and the register of what couples.

Index letters: i material, o offer, f trader, t period, w depot, s supplier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from statistics import mean
from typing import Any

import pyomo.environ as pyo

from models.bounds import USUAL, Assumed, largest_orders
from models.case import Case
from models.invoice import CASH, COMMITMENTS
from models.landed_cost import LandedCost, benchmark, fee, landed_costs
from models.lanes import lanes
from models.ledgers import Account, Debts, Ends, Exposure, Flows, Linear, Losses, Money, Row, linear
from models.needs import called_off, classed, committed
from models.origins import exposure_of_order
from models.places import depots_of, takes
from models.records import Commitment, DemandUse, OpenOrder
from models.slots import Slot, slots_of
from models.ways import Coming, ways


def _material_first(index: Any) -> str:
    """The cluster of a variable whose index begins with its material."""
    return str(index[0])


@dataclass
class Register:
    """What the engine must know of a container: which rows couple, and which cluster a variable belongs to."""

    coupling: set[str] = field(default_factory=set)
    cluster_of: dict[str, Callable[[Any], str | None]] = field(default_factory=dict)


class Skeleton:
    """The case's index sets and the Pyomo model with the variables that rules share.

    Attributes:
        model: the Pyomo model.
        money, flows, losses, ends, debts: the ledgers.
        largest: the most that one order can sensibly be, by offer and period (`models.bounds`), in the material's unit.
        buy: buy[o,f,t] ≥ 0, what trader f orders on offer o in period t, in the material's unit.
        awards: awards[o,f] ∈ {0,1}, trader f signs offer o.
        stock: stock[i,w,t] ≥ 0, at the end of period t.
        taken_in: taken_in[i,w,t] ≥ 0, what depot w takes in; only where the case has depots, while they are open.
        given_out: given_out[i,w,t] ≥ 0, what leaves; only of what is drawn, called off, or has a shelf life.
        rotated: rotated[i,t] ≥ 0, what of it is sold past its shelf life.
        drawn: drawn[i,c,t] ≥ 0, what member c draws of what it calls off.
        keeps: keeps[order,k] ∈ {0,1}, an open order arrives in its kth way; only of orders that can be cancelled or deferred.
        on_order: every open order as it may arrive.
        restricted: restricted[i,t] ≥ 0, what is of restricted origin in the stock at the end of period t; only where asked.
    """

    def __init__(self, case: Case, assumed: Assumed = USUAL) -> None:
        self.case = case
        self.largest = largest_orders(case.whole, assumed)
        self.model = pyo.ConcreteModel("sourcing plan")
        self.money = Money()
        self.flows = Flows()
        self.losses = Losses()
        self.ends = Ends()
        self.debts = Debts()
        self.register = Register()
        self.lanes = lanes(case)
        self.slots = {offer.offer: slots_of(case.whole)[offer.offer] for offer in case.offers}
        self.purchases = tuple(
            (o, f, slot.on_credit(case, case.trader[f].credit_days)) for o, f in self.lanes for slot in self.slots[o]
        )
        self.places = {i: depots_of(case, i) for i in case.material}
        held = [(i, w, t) for i, depots in self.places.items() for w in depots for t in case.calendar.horizon]
        draws = {
            i for i, row in case.material.items()
            if row.demand_use is DemandUse.DRAWS_STOCK or called_off(case, i) or row.shelf_life is not None
        }  # fmt: skip
        bought = [(o, f, slot.period) for o, f, slot in self.purchases]
        self.buy = self.variables(self.model, "buy", bought, self.cluster_of_offer)
        self.awards = self.variables(self.model, "awards", self.lanes, self.cluster_of_offer, pyo.Binary)
        self.stock = self._of_material("stock", held)
        self.taken_in = self._of_material("taken_in", [(i, w, t) for i, w, t in held if takes(case, self.places[i][w], t)])
        self.given_out = self._of_material("given_out", [(i, w, t) for i, w, t in held if i in draws])
        self.drawn = self._of_material("drawn", [(i, *key) for i in case.material for key in called_off(case, i)])
        self.keeps, self.on_order = self._open_orders()
        aging = [i for i, row in case.material.items() if row.shelf_life is not None]
        self.rotated = self._of_material("rotated", [(i, t) for i in aging for t in case.calendar.horizon])
        self.restricted = self._of_material("restricted", [(i, t) for i in classed(case) for t in case.calendar.horizon])

    # Declaring

    def _of_material(self, name: str, index: Iterable[Any]) -> Any:
        """Decisions of the model as a whole whose index begins with the material that they belong to."""
        return self.variables(self.model, name, index, _material_first)

    def _open_orders(self) -> tuple[Any, tuple[Coming, ...]]:
        """The decisions about open orders, and each order as it may arrive."""
        found = [(order, k, way) for order in self.case.open_orders for k, way in enumerate(ways(self.case)[order.order])]
        index = [(order.order, k) for order, k, _ in found if order.is_open]
        material = {order.order: order.material for order, *_ in found}
        keeps = self.variables(self.model, "keeps", index, lambda key: material[key[0]], pyo.Binary)
        return keeps, tuple(Coming(way, keeps[order.order, k] if order.is_open else None) for order, k, way in found)

    def variables(
        self,
        block: Any,
        name: str,
        index: Iterable[Any],
        cluster: Callable[[Any], str | None],
        domain: Any = pyo.NonNegativeReals,
    ) -> Any:
        """Declare a container of variables on a block and register whose cluster each belongs to (None: the master's)."""
        container = pyo.Var(pyo.Set(initialize=list(index), ordered=True, dimen=None), domain=domain)
        block.add_component(name, container)
        self.register.cluster_of[container.name] = cluster
        return container

    def rows(
        self,
        block: Any,
        name: str,
        bodies: Mapping[Any, Row],
        *,
        coupling: bool = False,
    ) -> None:
        """Declare a container of constraints `lower ≤ body ≤ upper`; constants of the body move to the other side."""

        def row(_: Any, *index: Any) -> Any:
            lower, body, upper = bodies[index if len(index) > 1 else index[0]]
            constant = body.constant
            return (
                None if lower is None else lower - constant,
                body.expression(),
                None if upper is None else upper - constant,
            )

        container = pyo.Constraint(pyo.Set(initialize=list(bodies), ordered=True, dimen=None), rule=row)
        block.add_component(name, container)
        if coupling:
            self.register.coupling.add(container.name)

    def cluster_of_offer(self, index: Any) -> str:
        """The material of the offer that an index begins with."""
        return self.case.offer[index[0]].material

    # Data that several rules need, computed once

    @cached_property
    def landed(self) -> Mapping[tuple[str, int], LandedCost]:
        """Landed cost by offer and order period of the whole case, in USD per unit, without the trader's fee."""
        return landed_costs(self.case.whole)

    @cached_property
    def slot(self) -> Mapping[tuple[str, str, int], Slot]:
        """The slot of an offer, a trader and an order period."""
        return {(o, f, slot.period): slot for o, f, slot in self.purchases}

    @cached_property
    def committed(self) -> Mapping[tuple[str, str, int], Any]:
        """committed[i,f,y], what is committed for material i by trader f in calendar year y, in USD; blank: no one's own.

        Declared with its rows when a rule first asks, once the ledger of money is closed. Ceilings and shares then read
        a few sums in place of every purchase, which leaves them short and the solver quick.
        """
        sums: dict[tuple[str, str, int], Linear] = defaultdict(Linear)
        for account, terms in self.money.accounts.items():
            if account.line in COMMITMENTS:
                year = self.case.calendar.first_day(account.incurred).year
                sums[account.material, account.trader, year].plus(terms)
        container = self.variables(self.model, "committed", sums, lambda index: index[0] or None, pyo.Reals)
        rows = {key: (0.0, terms.gathered().add(-1.0, container[key]), 0.0) for key, terms in sums.items()}
        self.rows(self.model, "commitments", {key: row for key, row in rows.items() if key[0]})
        self.rows(self.model, "commitments_shared", {key: row for key, row in rows.items() if not key[0]}, coupling=True)
        return {key: container[key] for key in sums}

    def sums(self, block: Any, name: str, terms: Mapping[Any, Linear]) -> Mapping[Any, Any]:
        """Variables of a block that are sums of money (USD), by index beginning with the material, declared with their rows.

        Rows of several materials then read a few sums in place of every purchase.
        """
        container = self.variables(block, name, terms, _material_first, pyo.Reals)
        rows = {key: (0.0, body.gathered().add(-1.0, container[key]), 0.0) for key, body in terms.items()}
        self.rows(block, f"{name}_is", rows)
        return {key: container[key] for key in terms}

    def commitments_by_period(
        self, block: Any, name: str, traders: Collection[str], counts_in: Callable[[Account], Iterable[int]]
    ) -> Mapping[tuple[str, int], Linear]:
        """What some traders have committed, by trader and period: each account in the periods that it counts in.

        Of each material it is a variable of the block, by the name given; what is nobody's material is added as it is.
        """
        sums: dict[tuple[str, str, int], Linear] = defaultdict(Linear)
        found: dict[tuple[str, int], Linear] = defaultdict(Linear)
        for account, terms in self.money.accounts.items():
            for t in counts_in(account) if account.line in COMMITMENTS and account.trader in traders else ():
                if account.material:
                    sums[account.material, account.trader, t].plus(terms)
                else:
                    found[account.trader, t].plus(terms)
        for (_, trader, t), variable in self.sums(block, name, sums).items():
            found[trader, t].add(1.0, variable)
        return found

    @cached_property
    def paid(self) -> Mapping[tuple[str, int], Any]:
        """paid[i,t], what falls due for material i in period t of the horizon, in USD; declared as `committed` is."""
        sums: dict[tuple[str, int], Linear] = defaultdict(Linear)
        for account, terms in self.money.accounts.items():
            if account.line in CASH and account.material and account.due <= self.case.calendar.periods:
                sums[account.material, account.due].plus(terms)
        return self.sums(self.model, "paid", sums)

    def used(self, material: str, period: int) -> Linear:
        """What leaves all depots for those who ask for it: all that is given out, less what is sold."""
        places = (w for w in self.places[material] if (material, w, period) in self.given_out)
        body = linear(*((1.0, self.given_out[material, w, period]) for w in places))
        return body.add(-1.0, self.rotated[material, period]) if (material, period) in self.rotated else body

    def traders_of(self, offer: str) -> tuple[str, ...]:
        """The traders that may sign an offer."""
        return self._traders_of.get(offer, ())

    @cached_property
    def _traders_of(self) -> Mapping[str, tuple[str, ...]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for o, f in self.lanes:
            groups[o].append(f)
        return {o: tuple(found) for o, found in groups.items()}

    def fee(self, trader: str, material: str) -> float:
        """The trader's fee as a share of landed cost."""
        return fee(self.case, trader, material)

    def benchmark(self, material: str, period: int) -> float:
        """Benchmark price on a period's first day, in USD per unit."""
        return benchmark(self.case, material, self.case.calendar.first_day(period))

    def mean_landed(self, material: str) -> float | None:
        """Mean landed cost of the offers that may be bought at all, each at its mean over the plan (USD per unit), if any."""
        costs = []
        for offer in self.case.offers_of[material]:
            supplier = self.case.supplier.get(offer.supplier)
            if self.slots[offer.offer] and (supplier is None or (supplier.approved and not supplier.sanctioned)):
                costs.append(mean(self.landed[offer.offer, slot.period].total for slot in self.slots[offer.offer]))
        return mean(costs) if costs else None

    def strike(self, material: str, member: str, period: int) -> float:
        """Price at which a member draws and buys back (USD per unit): its own, or the benchmark on the plan's first day."""
        row = self._committed[material].get((member, period))
        return self.benchmark(material, 1) if row is None or row.strike_price is None else row.strike_price

    @cached_property
    def _committed(self) -> Mapping[str, Mapping[tuple[str, int], Commitment]]:
        return {i: committed(self.case, i) for i in self.case.material}

    def opening_by_place(self, material: str) -> dict[str, float]:
        """Opening stock by place, in the material's unit; a row without depot lies in the first place that takes it."""
        result = dict.fromkeys(self.places[material], 0.0)
        for row in self.case.opening_stock:
            if row.material == material:
                fitting = (w for w, depot in self.places[material].items() if depot is None or row.depot in (None, depot.depot))
                result[next(fitting)] += row.quantity
        return result

    def exposure(self, offer: str, trader: str) -> Exposure:
        """The exposure of what a trader buys on an offer."""
        return Exposure(offer, self.case.offer[offer].supplier, trader)

    def exposure_of_order(self, order: OpenOrder) -> Exposure:
        """The exposure of an open order."""
        return exposure_of_order(self.case.whole, order)
