from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from models.audit import order_periods, quoted
from models.case import Case
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import Offer
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class TakeOrPay(Rule):
    """Who signs an offer takes its minimum in every contract year, or pays for it.

    least:   Σ_t∈y buy[o,f,t] + untaken[o,f,y] ≥ minimum[o,y] · awards[o,f]                       ∀ o, f, years y     [unit]
    above:   Σ_x made_up[o,f,x,y] ≤ Σ_t∈y buy[o,f,t] + untaken[o,f,y] − minimum[o,y] · awards[o,f]  ∀ o, f, y         [unit]
    once:    Σ_y made_up[o,f,x,y] ≤ untaken[o,f,x]                                                ∀ o, f, years x     [unit]
    cost: Σ price[o,y] · untaken[o,f,y] − Σ (min_z price[o,z]) · made_up[o,f,x,y]                                   [USD]

    Contract years count from the first period in which the offer can be ordered; minimum is the yearly one, for part of a
    year in part. price[o,y] is the mean of the offer's own price over the year's order periods, due in the last of them. What
    is made up was paid for before: it is credited at the lowest of the years' prices, so that nobody gains by taking less and
    it does not matter which year's claim is used; the oldest is.
    """

    def applies(self, case: Case) -> bool:
        return any(offer.take_or_pay for offer in case.whole.offers)

    def declare(self, block: Any, m: Skeleton) -> None:
        bound = [(o, f) for o, f in m.lanes if m.case.offer[o].take_or_pay]
        every = [(o, f, y) for o, f in bound for y in range(len(_years(m, o)))]
        later = [
            (o, f, x, y) for o, f, x in every for y in range(len(_years(m, o)))
            if x < y <= x + m.case.offer[o].make_up_years
        ]  # fmt: skip
        m.variables(block, "untaken", every, m.cluster_of_offer)
        m.variables(block, "made_up", later, m.cluster_of_offer)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f, y in block.untaken:
            year = _years(m, o)[y]
            account = Account("take-or-pay", f, m.case.offer[o].material, year.last, year.last)
            m.money.add(account, year.price, block.untaken[o, f, y])
        for o, f, x, y in block.made_up:
            years = _years(m, o)
            account = Account("take-or-pay", f, m.case.offer[o].material, years[y].last, years[y].last)
            m.money.add(account, -min(year.price for year in years), block.made_up[o, f, x, y])

    def constrain(self, block: Any, m: Skeleton) -> None:
        least, above, once = {}, {}, {}
        for o, f, y in block.untaken:
            year, untaken = _years(m, o)[y], block.untaken[o, f, y]
            untaken.setub(year.minimum)
            taken = [(1.0, m.buy[o, f, t]) for t in year.periods]
            least[o, f, y] = 0.0, linear((1.0, untaken), (-year.minimum, m.awards[o, f]), *taken), None
            back = [(-1.0, block.made_up[index]) for index in block.made_up if index[:2] == (o, f) and index[3] == y]
            if back:
                above[o, f, y] = 0.0, linear((1.0, untaken), (-year.minimum, m.awards[o, f]), *taken, *back), None
            later = [(1.0, block.made_up[index]) for index in block.made_up if index[:3] == (o, f, y)]
            if later:
                once[o, f, y] = None, linear((-1.0, untaken), *later), 0.0
        for name, rows in (("least", least), ("above", above), ("once", once)):
            m.rows(block, name, rows)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for found in _settled(plan):
            material = plan.case.offer[found.offer].material
            if found.amount:
                yield Charge("take-or-pay", found.trader, material, found.due, found.due, found.amount)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if row != "least":
            return None
        offer = case.offer[index[0]]
        return (
            f"what {offer.offer} asks to be taken in a year ({figure(offer.take_or_pay)} {case.material[offer.material].unit})"
        )

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        due = sum(found.amount for found in _settled(plan))
        booked = sum(charge.amount for charge in charges if charge.line == "take-or-pay")
        if due or booked:
            yield Assessment(self.name, "paid for what is not taken", "equal", due, booked, "USD", 0.005)
        for found in _settled(plan):
            where = f"{found.offer} by {found.trader}, contract year {found.year + 1}: taken"
            unit = plan.case.material[plan.case.offer[found.offer].material].unit
            yield Assessment(self.name, where, "at least", found.minimum, found.taken, unit,
                             quantity_tolerance(found.minimum, len(plan.purchases)), hard=False)  # fmt: skip


class Year(NamedTuple):
    """A contract year: its order periods, the last period of it, the minimum (unit) and the mean price (USD per unit)."""

    periods: tuple[int, ...]
    last: int
    minimum: float
    price: float


def _years(m: Skeleton, offer: str) -> list[Year]:
    """Building side: the contract years of an offer within the plan."""
    slots, months = m.slots[offer], m.case.calendar.months
    groups: dict[int, list[int]] = defaultdict(list)
    for slot in slots:
        groups[(slot.period - slots[0].period) * months // 12].append(slot.period)
    return [
        Year(
            tuple(found), found[-1], m.case.offer[offer].take_or_pay * (found[-1] - found[0] + 1) * months / 12,
            fmean(m.landed[offer, t].purchase for t in found),
        )
        for found in groups.values()
    ]  # fmt: skip


class Settled(NamedTuple):
    """Checking side: a contract year of who signed an offer, what was taken of the minimum, and what is paid for it (USD)."""

    offer: str
    trader: str
    year: int
    minimum: float
    taken: float
    due: int
    amount: float


def _settled(plan: Plan) -> list[Settled]:
    case = plan.case
    taken: Mapping[tuple[str, str, int], float] = {(row.offer, row.trader, row.period): row.quantity for row in plan.purchases}
    found: list[Settled] = []
    for contract in plan.contracts:
        offer = case.offer[contract.offer]
        if offer.take_or_pay:
            found += _of_contract(case, offer, contract.trader, taken)
    return found


def _of_contract(case: Case, offer: Offer, trader: str, taken: Mapping[tuple[str, str, int], float]) -> Iterator[Settled]:
    """Each year's shortfall is paid; what is taken above the minimum is first what was paid for, the oldest first."""
    years: dict[int, list[tuple[int, float]]] = defaultdict(list)
    begins = None
    for t, day in order_periods(case, offer):
        begins = t if begins is None else begins
        years[(t - begins) // (12 // case.calendar.months)].append((t, quoted(case, offer, day)))
    prices = {year: fmean(price for _, price in own) for year, own in years.items()}
    claims: dict[int, float] = {}
    for year, own in years.items():
        minimum = offer.take_or_pay * (own[-1][0] - own[0][0] + 1) * case.calendar.months / 12
        quantity = sum(taken.get((offer.offer, trader, t), 0.0) for t, _ in own)
        claims[year] = max(0.0, minimum - quantity)
        amount, above = claims[year] * prices[year], max(0.0, quantity - minimum)
        for earlier in range(max(0, year - offer.make_up_years), year):
            used = min(above, claims.get(earlier, 0.0))
            if used:
                above, claims[earlier] = above - used, claims[earlier] - used
                amount -= used * min(prices.values())
        yield Settled(offer.offer, trader, year, minimum, quantity, own[-1][0], amount)


RULE = TakeOrPay()
