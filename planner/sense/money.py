"""Whether the money suffices for what must be bought, and whether traders' mandates and shares can hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from models.case import Case
from models.landed_cost import fee, landed_cost
from models.plan import money_tolerance
from models.records import Budget, Mandate, Record, Settings, Trader
from models.wording import percent
from planner.sense.doubt import Doubt, fault, money, note, warning
from planner.sense.prices import order_prices
from planner.sense.reach import reach
from planner.sense.supply import Source, sources_of
from planner.validate.names import listed


def budget_suffices(case: Case) -> Iterator[Doubt]:
    """A ceiling is not below what is committed already plus the cheapest way to meet floors, demand and call-offs.

    The ceiling of the plan's first year is asked for what must have arrived by its end, since all of it is ordered in it.
    """
    for row, (record, ceiling) in _ceilings(case):
        costs = cheapest_costs(case, _ends(case, ceiling)) if ceiling.trader is None else {}
        owed = sum(
            order.quantity * order.price for order in case.open_orders
            if not order.paid and not order.is_open and ceiling.trader in (None, order.trader)
            and ceiling.year in (None, case.calendar.first_day(case.calendar.period_of(order.arrival)).year)
        )  # fmt: skip
        required = sum(costs.values())
        if owed + required > ceiling.amount * (1 + 1e-6) + money_tolerance(1):
            dearest = sorted(costs, key=lambda name: -costs[name])
            parts = [f"{money(owed)} for unpaid open orders"] if owed else []
            if required:
                shares = listed((f"{name} {money(costs[name])}" for name in dearest if costs[name]), 4)
                when = "" if ceiling.year is None else f" by the end of {ceiling.year}"
                what = f"what floors, demand and call-offs need{when}"
                parts.append(f"{money(required)} to buy at the lowest cost {what} ({shares})")
            message = f"the ceiling of {money(ceiling.amount)} is below what must be spent: {' and '.join(parts)}"
            column = "budget" if record is Settings else "amount"
            yield fault(record, row, column, message, "Raise the ceiling, or ask for less.")


def ceilings_matter(case: Case) -> Iterator[Doubt]:
    """A ceiling is about a year of the plan and is below the ceiling on everything."""
    orders = {case.calendar.period_of(order.arrival) for order in case.open_orders}
    years = {case.calendar.first_day(t).year for t in {*case.calendar.horizon, *orders}}
    total = case.settings.budget
    for row, budget in enumerate(case.budgets):
        if budget.year is not None and budget.year not in years:
            message = f"the plan commits nothing in {budget.year}: its years are {listed(map(str, sorted(years)))}"
            yield warning(Budget, row, "year", message, "Correct the year, or delete the row.")
        elif total is not None and budget.amount > total:
            message = f"the ceiling of {money(budget.amount)} never counts: the whole plan's is {money(total)} (Settings)"
            yield note(Budget, row, "amount", message, "Lower it, or delete the row.")


def shares_can_hold(case: Case) -> Iterator[Doubt]:
    """Traders' least shares of the spending are below their greatest, and add up to no more than all of it."""
    for row, trader in enumerate(case.traders):
        least, most = trader.minimum_share, trader.maximum_share
        if least is not None and most is not None and least > most:
            message = f"{trader.trader}: the minimum share of {percent(least)} is above the maximum share of {percent(most)}"
            yield fault(Trader, row, "minimum_share", message, "Exchange the two, or correct one.")
    floors = {trader.trader: trader.minimum_share for trader in case.traders if trader.minimum_share}
    if sum(floors.values()) > 1 + 1e-9:
        message = f"the minimum shares add up to {percent(sum(floors.values()))}: {_shares(floors)}"
        yield fault(Trader, _row(case, floors), "minimum_share", message, "Lower them to 100 % or less together.")


def shares_reach_everything(case: Case) -> Iterator[Doubt]:
    """Traders' greatest shares of the spending add up to all of it."""
    ceilings = {trader.trader: trader.maximum_share for trader in case.traders if trader.maximum_share is not None}
    if ceilings and len(ceilings) == len(case.traders) and sum(ceilings.values()) < 1 - 1e-9:
        message = f"the maximum shares add up to {percent(sum(ceilings.values()))} only: {_shares(ceilings)}"
        remedy = "Raise them to 100 % or more together, or clear one."
        yield fault(Trader, _row(case, ceilings), "maximum_share", message, remedy)


def traders_can_buy(case: Case) -> Iterator[Doubt]:
    """Every trader has something to buy, above all if it must have a share."""
    buying = {trader for found in sources_of(case).values() for source in found for trader in source.traders}
    buying |= {order.trader for order in case.open_orders if order.trader}
    allowed = {mandate.trader for mandate in case.mandates if mandate.allowed}
    for row, trader in enumerate(case.traders):
        if trader.trader in buying:
            continue
        why = "has no mandate for any material" if case.mandates and trader.trader not in allowed else "can sign no offer"
        if trader.minimum_share:
            message = (
                f"{trader.trader} {why}, but is to have {percent(trader.minimum_share)} of the spending: nothing can be bought"
            )
            yield warning(Trader, row, "minimum_share", message, "Give it a mandate, or clear its minimum share.")
        elif case.mandates and trader.trader not in allowed:
            message = f"{trader.trader} {why}: once the Mandates sheet has a row, pairs without one are not allowed"
            yield warning(Trader, row, "trader", message, "Add rows to Mandates, or delete the trader.")
    for row, trader in enumerate(case.traders):
        if trader.credit_rate and not trader.credit_days:
            message = f"{trader.trader} asks for interest on its credit and gives none: the rate counts for nothing"
            yield warning(Trader, row, "credit_rate", message, "Give the days of credit, or clear the rate.")
    for row, mandate in enumerate(case.mandates):
        if mandate.fee is not None and not mandate.allowed:
            message = f"{mandate.trader} has a fee of {percent(mandate.fee)} for {mandate.material}, which it may not buy"
            yield warning(Mandate, row, "fee", message, "Clear the fee, or allow the material.")


def _ends(case: Case, ceiling: Budget) -> int:
    """The last period whose needs a ceiling must pay for: the horizon's, or its year's if that is the plan's first; else 0."""
    if ceiling.year is None:
        return case.calendar.periods
    if ceiling.year != case.settings.start_date.year:
        return 0
    return max(t for t in case.calendar.horizon if case.calendar.last_day(t).year == ceiling.year)


@lru_cache(maxsize=16)
def cheapest_costs(case: Case, until: int) -> dict[str, float]:
    """For each material a cost (USD, with fee) below which what must have arrived by the end of a period cannot be had.

    Units are taken from the cheapest offers first, each at its cheapest day, trader and price break, without any cost of
    orders and contracts.
    """
    found = {}
    for name, outlook in reach(case).items():
        lacking = max(map(outlook.lacking, range(1, until + 1)), default=0.0)
        cost = 0.0
        for unit_cost, source in sorted(_unit_costs(case, name), key=lambda pair: pair[0]) if lacking else ():
            quantity = min(lacking, source.total)
            cost += quantity * unit_cost
            lacking -= quantity
            if not lacking:
                break
        found[name] = cost
    return found


def _unit_costs(case: Case, material: str) -> Iterator[tuple[float, Source]]:
    """The lowest landed cost of each source with the lowest fee, in USD per unit; zero where a price is not known."""
    for source in sources_of(case)[material]:
        offer = source.offer
        own = min(value or 0.0 for value in order_prices(case, source))
        steps = case.breaks_of.get(offer.offer, ())
        lowest = min(
            (step.price if step.price is not None else own * (1 - (step.discount or 0.0)) for step in steps), default=own
        )
        known = zip(source.slots, order_prices(case, source), strict=True)
        landed = [landed_cost(case, offer, slot) for slot, value in known if value is not None]
        rate = min((cost.duty_rate for cost in landed), default=0.0)
        extras = min((cost.total - cost.purchase * (1.0 + rate) for cost in landed), default=0.0)
        lowest_fee = min(fee(case, trader, material) for trader in source.traders)
        yield (min(own, lowest) * (1.0 + rate) + extras) * (1.0 + lowest_fee), source


def _ceilings(case: Case) -> Iterator[tuple[int | None, tuple[type[Record], Budget]]]:
    """Every ceiling with its row, that of Settings as if it were a row of Budgets."""
    if case.settings.budget is not None:
        yield None, (Settings, Budget(amount=case.settings.budget))
    for row, budget in enumerate(case.budgets):
        yield row, (Budget, budget)


def _shares(shares: dict[str, float]) -> str:
    return listed(f"{trader} {percent(share)}" for trader, share in shares.items())


def _row(case: Case, shares: dict[str, float]) -> int:
    """The row of the trader with the largest share."""
    largest = max(shares, key=lambda trader: (shares[trader], trader))
    return next(row for row, trader in enumerate(case.traders) if trader.trader == largest)


def months_can_hold(case: Case) -> Iterator[Doubt]:
    """A year's commitments can be spread over its periods so that none has more than a trader's month share."""
    years = Counter(case.calendar.first_day(t).year for t in case.calendar.horizon)
    for position, row in enumerate(case.traders):
        for year, periods in years.items():
            if row.month_share is not None and row.month_share * periods < 1.0 - 1e-9:
                message = (
                    f"{row.trader} can commit nothing in {year}: of a year's commitments at most {percent(row.month_share)} "
                    f"may fall into one period, and the plan has {periods} of them"
                )
                yield warning(Trader, position, "month_share", message, "Raise the share, or clear the cell.")
                break
