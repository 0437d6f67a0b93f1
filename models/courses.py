"""The checking side of scenarios: what some of them do to a material's supply, counted from a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from functools import cached_property, lru_cache

from models.arrivals import Lot, by_material
from models.audit import (
    arrival_day,
    arrival_days,
    benchmark_on,
    demand_in,
    drawn_in,
    last_valid,
    order_periods,
    places,
    quoted,
    short_unit,
    whole_days,
)
from models.case import Case
from models.course import AtOnce, Course, Step
from models.futures import Future, joined, shocks_on
from models.invoice import EMERGENCY_GOODS, EXPECTED_LOSS
from models.plan import Charge, Plan
from models.quotes import sale_price
from models.records import MOST_DELAY, MOST_FACTOR, DemandUse, Hits, Material, Offer
from models.settlements import saved_on
from models.shocked import Shocked


@lru_cache(maxsize=4)
def _may_come(case: Case) -> Mapping[str, Sequence[Lot]]:
    """What open orders may bring, whatever a plan makes of them, by material."""
    days = ((order, day) for order in case.open_orders for day in arrival_days(case, order))
    return by_material(case, (order.model_copy(update={"arrival": day}) for order, day in days))


class State(Shocked):
    """What some scenarios do to a material in a plan.

    Args:
        had: bought at once and called from partners, by period, in the material's unit; the plan's decisions where not given.
    """

    def __init__(
        self, plan: Plan, material: Material, scenarios: tuple[str, ...], had: Mapping[int, AtOnce] | None = None
    ) -> None:
        super().__init__(plan.case, shocks_on(plan.case, material.material, scenarios))
        self.plan, self.material, self.scenarios = plan, material, scenarios
        state = material.material, joined(scenarios)
        self.had = had if had is not None else {
            row.period: AtOnce(row.quantity, row.called) for row in plan.emergencies if (row.material, row.scenarios) == state
        }  # fmt: skip
        self.offers = plan.case.offers_of[material.material]

    def having(self, had: Mapping[int, AtOnce]) -> State:
        """The same with other goods bought at once and called; what is known of it does not hang on these."""
        other = copy(self)
        other.had = had
        return other

    def course(self, futures: tuple[Future, ...]) -> Course:
        """Its periods, and its bill; no periods where it leaves everything as planned, whatever was bought."""
        name, end = self.material.material, self.case.calendar.periods
        if not self._is_touched():
            return Course(name, self.scenarios, futures, (), self.plan.closing_stock[name, end], ())
        steps = tuple(self._steps()) if self._is_felt else ()
        bill = (*self._shortages(steps), *self.price_moves, *self._unpaid, *self._withheld)
        return Course(name, self.scenarios, futures, steps, self._left_at_end(steps), bill)

    def _left_at_end(self, steps: Sequence[Step]) -> float:
        """Of the last step, or of the planned stock less what does not come, what keeps; and what arrives afterwards."""
        name, end, coming = self.material.material, self.case.calendar.periods, self._coming
        if not steps:
            missing = 0.0
            for t in self.case.calendar.horizon:
                missing = self._keeps * missing + self.plan.arrivals.get((name, t), 0.0) - coming.get(t, 0.0)
                missing -= self._stays(t)
            return self.plan.closing_stock[name, end] - missing
        level = steps[-1].left
        for t in range(steps[-1].period + 1, end + 1):
            level = self._keeps * level + coming.get(t, 0.0)
        return level

    @property
    def _keeps(self) -> float:
        """Share of the stock that a period leaves."""
        return float((1 - self.material.loss_rate) ** (self.case.calendar.months / 12))

    def _steps(self) -> Iterator[Step]:
        case, name = self.case, self.material.material
        first = next((t for t in case.calendar.horizon if self.acting(t)), None)
        if first is None:
            return
        draws = self.material.demand_use is DemandUse.DRAWS_STOCK
        level = sum(self.plan.stock[name, place, first].opening for place in places(case, name))
        keeps, coming = self._keeps, self._coming
        span = {t: self._asked[t] for t in range(first, case.calendar.periods + 1)}
        last = case.calendar.periods if draws else max((t for t, asked in span.items() if asked), default=0)
        for t, asked in span.items():
            if t > last:
                break
            at_once = self.had.get(t, AtOnce())
            there = keeps * level + coming.get(t, 0.0) + sum(at_once)
            usual = drawn_in(case, self.material, t) - self.plan.used[name, t]
            level = max(0.0, there - asked)
            yield Step(t, asked, coming.get(t, 0.0), *at_once, max(0.0, asked - there), usual, level)

    def _is_touched(self) -> bool:
        """Whether a shock is about anything that the material is made of."""
        on_order = _may_come(self.case).get(self.material.material, ())
        sources = {(row.offer, row.supplier) for row in self.offers} | {(lot.offer, lot.supplier) for lot in on_order}
        return any(
            shock.hits in (Hits.MATERIAL, Hits.INDEX) or any(self.part(shock, *source) for source in sources)
            for shock in self.shocks
        )

    @cached_property
    def _is_felt(self) -> bool:
        """Whether something is asked for, or could arrive or cost, otherwise than planned."""
        case = self.case
        drawn = {t: drawn_in(case, self.material, t) for t in case.calendar.horizon}
        if self.shocks and self._asked != drawn:
            return True
        if any(drawn.values()) and self._loses_goods:
            return True
        return any(self._moved(offer, t, ordered) for offer in self.offers for t, ordered in order_periods(case, offer))

    @cached_property
    def _loses_goods(self) -> bool:
        """Whether some of what may be ordered, or is on order, does not come as planned."""
        orders = [(offer, *found) for offer in self.offers for found in order_periods(self.case, offer)]
        lots = [_lot(self.case, offer, ordered, t) for offer, t, ordered in orders]
        on_order = _may_come(self.case).get(self.material.material, ())
        return any(self._delivered(lot) < 1 or self._arrival(lot) != lot.period for lot in (*lots, *on_order))

    def _stays(self, period: int) -> float:
        """What is not sold of a material past its shelf life, since a shock has begun that anything hangs on."""
        begun = any(self.acting(t) for t in range(1, period + 1))
        sold = self.plan.rotated.get((self.material.material, period), 0.0)
        return sold if sold and begun and (self._loses_goods or self._is_felt) else 0.0

    @cached_property
    def _withheld(self) -> Sequence[Charge]:
        """What such sales would have brought."""
        kept = [row for row in self.plan.rotations if row.material == self.material.material and self._stays(row.period)]
        return [
            Charge("rotation withheld", "", row.material, row.period, row.period,
                   sale_price(self.case, self.material, row.period) * row.quantity)
            for row in kept
        ]  # fmt: skip

    @cached_property
    def _asked(self) -> Mapping[int, float]:
        """By period what is asked of the stock: demand that draws it, or what is essential and not to be had elsewhere."""
        return {t: self._asked_in(t) for t in self.case.calendar.horizon}

    def _asked_in(self, period: int) -> float:
        factor = 1.0
        for shock in self.acting(period):
            factor *= shock.demand_factor if shock.hits is Hits.MATERIAL else 1.0
        factor = min(factor, MOST_FACTOR)
        if self.material.demand_use is DemandUse.COVER_ONLY:
            factor = max(0.0, factor - self._elsewhere(period)) * self.material.essential_share
        asked = factor * demand_in(self.case, self.material, period)
        if self.material.demand_use is DemandUse.COVER_ONLY:
            asked = max(asked, drawn_in(self.case, self.material, period))
        return asked

    def _elsewhere(self, period: int) -> float:
        """What members still get of their own supply: as much as comes of the offers, weighted by what these can deliver."""
        if not self.acting(period):
            return 1.0
        sizes = {row.offer: row.capacity_per_period for row in self.offers}
        even = not all(sizes.values())
        total = came = 0.0
        for offer in self.offers:
            size = 1.0 if even else sizes[offer.offer] or 0.0
            total += size
            came += size * self.share(offer.offer, offer.supplier, period)
        return came / total if total else self.share("", "", period)

    @cached_property
    def _coming(self) -> Mapping[int, float]:
        """What arrives all the same, by period."""
        sums: dict[int, float] = defaultdict(float)
        for lot in self.plan.lots.get(self.material.material, ()):
            sums[self._arrival(lot)] += lot.quantity * self._delivered(lot)
        return sums

    def _arrival(self, lot: Lot) -> int:
        late = sum(shock.delay_days for shock in self.acting(lot.period) if self.part(shock, lot.offer, lot.supplier))
        return self.case.calendar.period_of(lot.day + whole_days(min(late, MOST_DELAY)))

    def _delivered(self, lot: Lot) -> float:
        return self.share(lot.offer, lot.supplier, lot.period)

    # Money

    def _shortages(self, steps: Sequence[Step]) -> Iterator[Charge]:
        """What is short beyond the plan, and what is bought at once."""
        name = self.material.material
        for step in steps:
            yield Charge(EXPECTED_LOSS, "", name, step.period, step.period, self.value * (step.unmet - step.usual))
            yield from self.emergency(step.period, step.emergency) if step.emergency else ()
            yield from self.call(step.period, step.called) if step.called else ()

    @property
    def value(self) -> float:
        """What a unit short costs, in USD."""
        return short_unit(self.case, self.material)

    def emergency(self, period: int, quantity: float) -> Iterator[Charge]:
        """What it costs to buy at once: the benchmark price, and the premium over it."""
        yield from self._had(period, quantity, 1 + self.case.settings.stress_premium)

    def call(self, period: int, quantity: float) -> Iterator[Charge]:
        """What it costs to call partners' stock: the benchmark price, and what it has risen by."""
        yield from self._had(period, quantity, 1.0)

    def _had(self, period: int, quantity: float, dearer: float) -> Iterator[Charge]:
        name, price = self.material.material, benchmark_on(self.case, self.material, self.case.calendar.first_day(period))
        stress = price * self.factor(period, self.material.benchmark_index, None) * dearer
        yield Charge(EXPECTED_LOSS, "", name, period, period, quantity * (stress - price))
        yield Charge(EMERGENCY_GOODS, "", name, period, period, quantity * price)

    @cached_property
    def price_moves(self) -> Sequence[Charge]:
        """What index-priced goods that are delivered cost more, or less."""
        name, found = self.material.material, []
        for line in (line for line in self.plan.lines if line.material == name):
            offer, period = self.case.offer[line.purchase.offer], line.purchase.period
            moved = self._moved(offer, period, line.ordered)
            if moved:
                shipped = line.purchase.quantity * self._delivered(_lot(self.case, offer, line.ordered, period))
                found.append(Charge(EXPECTED_LOSS, "", name, period, line.due_period, moved * shipped))
        return found

    def _moved(self, offer: Offer, period: int, ordered: date) -> float:
        """By how much the price of an order moves, in USD per unit."""
        if offer.index is None or not self.acting(period):
            return 0.0
        moved = quoted(self.case, offer, ordered, self.factor(period, offer.index, offer))
        return moved - quoted(self.case, offer, ordered)

    @cached_property
    def _unpaid(self) -> Sequence[Charge]:
        """What does not come is not paid for; what price breaks save on it was never to be paid."""
        name = self.material.material
        missing = ((lot, 1 - self._delivered(lot)) for lot in self.plan.lots.get(name, ()) if lot.owed)
        credit = [(lot.ordered or lot.due, lot.due, -lost * lot.owed) for lot, lost in missing if lost]
        for line, saving in saved_on(self.plan).get(name, ()):
            lost = 1 - self.share(line.purchase.offer, line.supplier, line.arrival)
            credit += [(line.purchase.period, line.due_period, lost * saving)] if lost else []
        return [Charge("undelivered", "", name, *dated) for dated in credit]

    def on_call(self, period: int) -> float:
        """What partners can have sent by a period, from the first day of the first shock's period on (material's unit)."""
        first = next((t for t in self.case.calendar.horizon if self.acting(t)), None)
        if first is None:
            return 0.0
        begins, end = self.case.calendar.first_day(first), self.case.calendar.last_day(period)
        rows = (row for row in self.case.partners if row.material == self.material.material)
        return sum(row.share_on_call * row.quantity for row in rows if begins + whole_days(row.delay_days) <= end)

    def at_once(self, period: int) -> float:
        """What can be bought at once in a period, in the material's unit."""
        total = 0.0
        first, last = self.case.calendar.first_day(period), self.case.calendar.last_day(period)
        for offer in self.offers:
            supplier = self.case.supplier.get(offer.supplier)
            barred = supplier is not None and (supplier.sanctioned or not supplier.approved)
            valid = max(first, offer.valid_from or date.min) <= min(last, last_valid(self.case, offer))
            hit = any(
                self.part(shock, offer.offer, offer.supplier) for shock in self.acting(period)
                if shock.availability < 1 or shock.delay_days > 0
            )  # fmt: skip
            if valid and not barred and not hit:
                total += offer.emergency_per_period
        return total


def _lot(case: Case, offer: Offer, ordered: date, period: int) -> Lot:
    """A delivery that was ordered on a day, of no quantity in particular."""
    day = arrival_day(offer, ordered)
    return Lot(offer.offer, offer.supplier, day, case.calendar.period_of(day), 0.0, 0.0, 0, period)
