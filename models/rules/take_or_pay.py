from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from statistics import fmean
from typing import Any, NamedTuple

from models.audit import order_periods, quoted
from models.case import Case
from models.landed_cost import price
from models.ledgers import Account, linear
from models.plan import Assessment, Charge, Plan, quantity_tolerance
from models.records import Offer
from models.rules.base import Rule
from models.skeleton import Skeleton
from models.wording import figure


class TakeOrPay(Rule):
    """Who signs an offer takes its minimum in every contract year, or pays for it.

    least:   Σ_t∈y buy[o,f,t] + untaken[o,f,y] ≥ left[o,f,y] · awards[o,f]                         ∀ o, f, years y     [unit]
    above:   Σ_x made_up[o,f,x,y] ≤ Σ_t∈y buy[o,f,t] + untaken[o,f,y] − left[o,f,y] · awards[o,f]  ∀ o, f, y           [unit]
    once:    Σ_y made_up[o,f,x,y] ≤ untaken[o,f,x], of years before the plan claim[o,f,x]          ∀ o, f, years x     [unit]
    cost: Σ price[o,y] · untaken[o,f,y] − Σ (min_z price[o,z]) · made_up[o,f,x,y]                                   [USD]

    Contract years count from the first period in which the offer can be ordered, or from a trader's first row in
    PastPurchases; left is the yearly minimum, for part of a year in part, less what was ordered of the year before the plan;
    below zero, that is above the minimum already. claim is what a year that is over left untaken and nobody has made up since;
    of a year in which the plan cannot order nothing is owed. price[o,y] is the mean of the offer's own price over the year's
    periods, those before the plan at what is quoted for their first days, due in the last of them. What is made up was paid for
    before: it is credited at the lowest of all years' prices, so that nobody gains by taking less and it does not matter which
    year's claim is used; the oldest is.
    """

    def applies(self, case: Case) -> bool:
        return any(offer.take_or_pay for offer in case.whole.offers)

    def declare(self, block: Any, m: Skeleton) -> None:
        bound = [(o, f) for o, f in m.lanes if m.case.offer[o].take_or_pay]
        every = [(o, f, y) for o, f in bound for y in _years(m, o, f)]
        claimed = [(o, f, x) for o, f in bound for x in _claims(m.case, o, f)]
        later = [
            (o, f, x, y) for o, f, x in (*claimed, *every) for y in _years(m, o, f)
            if x < y <= x + m.case.offer[o].make_up_years
        ]  # fmt: skip
        m.variables(block, "untaken", every, m.cluster_of_offer)
        m.variables(block, "made_up", later, m.cluster_of_offer)

    def contribute(self, block: Any, m: Skeleton) -> None:
        for o, f, y in block.untaken:
            year = _years(m, o, f)[y]
            account = Account("take-or-pay", f, m.case.offer[o].material, year.last, year.last)
            m.money.add(account, year.price, block.untaken[o, f, y])
        for o, f, x, y in block.made_up:
            years, over = _years(m, o, f), _prices_before(m.case, o, f)
            account = Account("take-or-pay", f, m.case.offer[o].material, years[y].last, years[y].last)
            lowest = min([*(year.price for year in years.values()), *(fmean(over[z]) for z in over if z not in years)])
            m.money.add(account, -lowest, block.made_up[o, f, x, y])

    def constrain(self, block: Any, m: Skeleton) -> None:
        least, above, once = {}, {}, {}
        for o, f, y in block.untaken:
            year, untaken = _years(m, o, f)[y], block.untaken[o, f, y]
            untaken.setub(max(0.0, year.left))
            taken = [(1.0, m.buy[o, f, t]) for t in year.periods]
            least[o, f, y] = 0.0, linear((1.0, untaken), (-year.left, m.awards[o, f]), *taken), None
            back = [(-1.0, block.made_up[index]) for index in block.made_up if index[:2] == (o, f) and index[3] == y]
            if back:
                above[o, f, y] = 0.0, linear((1.0, untaken), (-year.left, m.awards[o, f]), *taken, *back), None
        for o, f, x in dict.fromkeys(index[:3] for index in block.made_up):
            later = [(1.0, block.made_up[index]) for index in block.made_up if index[:3] == (o, f, x)]
            if (o, f, x) in block.untaken:
                once[o, f, x] = None, linear((-1.0, block.untaken[o, f, x]), *later), 0.0
            else:
                once[o, f, x] = None, linear(*later), _claims(m.case, o, f)[x]
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
    """A contract year in the plan.

    Attributes:
        periods: its order periods, the last of which is the last period of it.
        left: what is still to be taken of the minimum (unit); below zero where more was ordered before the plan.
        price: the mean price (USD per unit).
    """

    periods: tuple[int, ...]
    last: int
    left: float
    price: float


def _years(m: Skeleton, offer: str, trader: str) -> dict[int, Year]:
    """Building side: the contract years of an offer within the plan, by their number."""
    case, slots = m.case, m.slots[offer]
    if not slots:
        return {}
    taken, length = _ordered_before(case, offer, trader), 12 // case.calendar.months
    begins = _begins(case, offer, trader, slots[0].period)
    groups: dict[int, list[int]] = defaultdict(list)
    for slot in slots:
        groups[(slot.period - begins) // length].append(slot.period)
    minimum, prices = case.offer[offer].take_or_pay / length, _prices_before(case, offer, trader)
    return {
        y: Year(
            tuple(found), found[-1], minimum * (found[-1] - _first(begins + y * length, found[0]) + 1) - taken.get(y, 0.0),
            fmean([*prices.get(y, ()), *(m.landed[offer, t].purchase for t in found)]),
        )
        for y, found in groups.items()
    }  # fmt: skip


def _first(begins: int, ordered: int) -> int:
    """The period from which a contract year counts: its first one if it has begun before the plan, else the first order's."""
    return begins if begins < 1 else ordered


def _begins(case: Case, offer: str, trader: str, otherwise: int = 1) -> int:
    """The first period of a contract that was signed before the plan; of another it is `otherwise`, which is in the plan."""
    before = case.bought_before.get((offer, trader))
    return case.calendar.period_of(before[0].date) if before else otherwise


def _ordered_before(case: Case, offer: str, trader: str) -> dict[int, float]:
    """What was ordered before the plan, by contract year."""
    begins, sums = _begins(case, offer, trader), dict[int, float]()
    for row in case.bought_before.get((offer, trader), ()):
        year = (case.calendar.period_of(row.date) - begins) // (12 // case.calendar.months)
        sums[year] = sums.get(year, 0.0) + row.quantity
    return sums


def _prices_before(case: Case, offer: str, trader: str) -> dict[int, list[float]]:
    """The offer's own prices of the periods of a contract before the plan, by contract year, as far as they are quoted."""
    begins, found = _begins(case, offer, trader), defaultdict[int, list[float]](list)
    for t in range(begins, 1):
        with suppress(KeyError):  # the index is not quoted then
            own = price(case, case.offer[offer], case.calendar.first_day(t))
            found[(t - begins) // (12 // case.calendar.months)].append(own)
    return found


def _claims(case: Case, offer: str, trader: str) -> dict[int, float]:
    """What the contract years that were over before the plan left untaken, less what has been made up of it, oldest first."""
    begins, ordered, claims = _begins(case, offer, trader), _ordered_before(case, offer, trader), dict[int, float]()
    minimum, reach = case.offer[offer].take_or_pay, case.offer[offer].make_up_years
    for year in range((1 - begins) // (12 // case.calendar.months)):
        above = ordered.get(year, 0.0) - minimum
        claims[year] = max(0.0, -above)
        for earlier in range(max(0, year - reach), year):
            used = min(max(0.0, above), claims[earlier])
            above, claims[earlier] = above - used, claims[earlier] - used
    return claims


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
    """Each year's shortfall is paid; what is taken above the minimum is first what was paid for, the oldest first.

    Of years that were over before the plan only the claims are left.
    """
    ordered = {t: (quoted(case, offer, day), taken.get((offer.offer, trader, t), 0.0)) for t, day in order_periods(case, offer)}
    before = [(case.calendar.period_of(row.date), row.quantity) for row in case.past_purchases
              if (row.offer, row.trader) == (offer.offer, trader) and row.date < case.settings.start_date]  # fmt: skip
    begins, months = min([*ordered, *(t for t, _ in before)], default=1), case.calendar.months
    prices: dict[int, list[float]] = defaultdict(list)
    for t in range(begins, max(ordered, default=0) + 1):
        if t in ordered:
            prices[(t - begins) * months // 12].append(ordered[t][0])
        elif t < 1:
            with suppress(KeyError):  # the index is not quoted then
                own_price = quoted(case, offer, case.calendar.first_day(t))
                prices[(t - begins) * months // 12].append(own_price)
    claims: dict[int, float] = defaultdict(float)
    for year in range(max(prices, default=-1) + 1):
        span = range(begins + year * 12 // months, begins + (year + 1) * 12 // months)
        own = [t for t in span if t in ordered]
        if not own and span[-1] >= 1:
            continue
        counted = own[-1] - (span[0] if span[0] < 1 else own[0]) + 1 if own else len(span)
        minimum = offer.take_or_pay * counted * months / 12
        quantity = sum(ordered[t][1] for t in own) + sum(quantity for t, quantity in before if t in span)
        claims[year], above = max(0.0, minimum - quantity), max(0.0, quantity - minimum)
        made_up = 0.0
        for earlier in range(max(0, year - offer.make_up_years), year):
            used = min(above, claims[earlier])
            above, claims[earlier], made_up = above - used, claims[earlier] - used, made_up + used
        if own:
            lowest = min(fmean(some) for some in prices.values())
            amount = claims[year] * fmean(prices[year]) - made_up * lowest
            yield Settled(offer.offer, trader, year, minimum, quantity, own[-1], amount)


RULE = TakeOrPay()
