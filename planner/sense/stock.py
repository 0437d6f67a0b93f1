"""Whether there is a place for what is in stock, for what is on its way, and for what is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from models import needs
from models.case import Case
from models.places import depots_of, place
from models.plan import quantity_tolerance
from models.records import Depot, Material, OpeningStock, OpenOrder
from models.wording import figure
from planner.sense.doubt import Doubt, fault, note, warning
from planner.sense.reach import reach
from planner.sense.supply import addable, sources_of, spaces


def depots_are_open(case: Case) -> Iterator[Doubt]:
    """A depot opens before it closes, and takes goods in some period of the plan."""
    backwards = set()
    for row, depot in enumerate(case.depots):
        if depot.from_date and depot.to_date and depot.to_date < depot.from_date:
            backwards.add(row)
            message = f"{depot.depot} closes on {depot.to_date}, before it opens on {depot.from_date}"
            yield fault(Depot, row, "to_date", message, "Exchange the two dates, or correct one.")
    ends = case.calendar.last_day(case.calendar.periods)
    for row, depot in enumerate(case.depots):
        if row not in backwards and not any(takes(case, depot, t) for t in case.calendar.horizon):
            column = "from_date" if depot.from_date and depot.from_date > ends else "to_date"
            message = (
                f"{depot.depot} takes no goods within the plan ({case.settings.start_date} to {ends}): it is open from "
                f"{depot.from_date or 'the beginning'} to {depot.to_date or 'the end'}, and goods come in at a period's end"
            )
            yield warning(Depot, row, column, message, "Correct its dates, or delete the row.")


def materials_have_depots(case: Case) -> Iterator[Doubt]:
    """A material that is to lie somewhere has a depot of its storage class."""
    if not case.depots:
        return
    stocked = {row.material for row in case.opening_stock} | {
        row.material
        for row in case.open_orders
        if not row.is_open and case.calendar.period_of(row.arrival) in case.calendar.horizon
    }
    classes = ", ".join(sorted({f"'{depot.storage_class}'" for depot in case.depots if depot.storage_class}))
    for row, record in enumerate(case.materials):
        if depots_of(case, record.material):
            continue
        message = f"{record.material} needs storage class '{record.storage_class}', and no depot has it; there are {classes}"
        remedy = "Add a depot of this class, or one whose class is blank: it takes any."
        outlook = reach(case)[record.material]
        if any(outlook.must) or any(outlook.floor) or record.material in stocked:
            yield fault(Material, row, "storage_class", message, remedy)
        elif outlook.is_needed or case.offers_of[record.material]:
            yield warning(Material, row, "storage_class", f"{message}: nothing of it can be bought", remedy)


def depots_of_others(case: Case) -> Iterator[Doubt]:
    """What a trader may buy finds a depot that is not its own."""
    for row, depot in enumerate(case.depots):
        for name in case.material if depot.related_trader else ():
            owners = {found.related_trader for found in depots_of(case, name).values() if found is not None}
            bought = any(depot.related_trader in source.traders for source in sources_of(case)[name])
            if bought and owners == {depot.related_trader}:
                message = f"{depot.related_trader} can buy {name}, which only depots of its own take: it may not store it there"
                yield warning(Depot, row, "related_trader", message, "Add a depot of another firm, or clear the cell.")
                break


def opening_stock_fits(case: Case) -> Iterator[Doubt]:
    """Opening stock lies in a depot that takes its material, and within the depot's capacity."""
    if not case.depots:
        return
    lying: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row, stock in enumerate(case.opening_stock):
        places = depots_of(case, stock.material)
        fitting = [name for name, depot in places.items() if depot is None or stock.depot in (None, depot.depot)]
        if fitting:
            lying[fitting[0]][stock.material] += stock.quantity
        elif places:
            message = (
                f"{stock.depot} does not take {stock.material}, whose storage class is "
                f"'{case.material[stock.material].storage_class}'"
            )
            yield fault(OpeningStock, row, "depot", message, "Name a depot of this class, or add a row to Depots.")
    for row, depot in enumerate(case.depots):
        yield from _overfull(case, row, depot, lying[place(depot)])


def stock_is_fresh(case: Case) -> Iterator[Doubt]:
    """Opening stock has come before the plan starts, and is not older than its shelf life."""
    start = case.settings.start_date
    for row, stock in enumerate(case.opening_stock):
        life = case.material[stock.material].shelf_life
        if stock.received is None:
            continue
        if stock.received > start:
            message = f"this {stock.material} came on {stock.received}, after the plan starts on {start}"
            yield warning(OpeningStock, row, "received", message, "Correct the day; what is yet to come belongs on OpenOrders.")
        elif life is not None and case.calendar.period_of(stock.received) <= 1 - max(1, life // case.calendar.months):
            message = f"this {stock.material} came on {stock.received}, and its shelf life of {life} months is over at once"
            yield warning(OpeningStock, row, "received", message, "Check the day; the plan sells it in its first period.")


def ages_count(case: Case) -> Iterator[Doubt]:
    """A day on which stock came is that of something with a shelf life."""
    for row, stock in enumerate(case.opening_stock):
        if stock.received is not None and case.material[stock.material].shelf_life is None:
            message = f"{stock.material} has no shelf life: the day on which it came counts for nothing"
            yield note(OpeningStock, row, "received", message, "Give the shelf life on Materials if it has one.")


def _overfull(case: Case, row: int, depot: Depot, lying: dict[str, float]) -> Iterator[Doubt]:
    """What lies in a depot when the plan starts is more than it holds."""
    fitting = spaces(case)[place(depot)]
    if depot.capacity is None or not addable(case, fitting):
        return
    unit = case.common_unit(fitting)
    stock = sum(quantity * case.in_unit(name, unit) for name, quantity in lying.items())
    left = sum(
        max(0.0, needs.kept(case, name) * quantity - reach(case)[name].drawn[0]) * case.in_unit(name, unit)
        for name, quantity in lying.items() if case.material[name].shelf_life is None  # what is too old is sold
    )  # fmt: skip
    if stock > depot.capacity + quantity_tolerance(depot.capacity):
        message = f"{depot.depot} holds {figure(depot.capacity)} {unit}, and {figure(stock)} {unit} lie there at the start"
        proven = left > depot.capacity + quantity_tolerance(depot.capacity)
        rest = f", of which at least {figure(left)} {unit} stay" if proven else ", until demand draws on them"
        doubt = fault if proven else warning
        yield doubt(Depot, row, "capacity", message + rest, "Correct the capacity, or the rows of OpeningStock.")


def open_orders_arrive(case: Case) -> Iterator[Doubt]:
    """Open orders arrive within the plan, at a depot that is open, and are of the material that their offer is for."""
    calendar = case.calendar
    ends = calendar.last_day(calendar.periods)
    for row, order in enumerate(case.open_orders):
        if order.arrival < case.settings.start_date:
            message = f"order {order.order} arrives on {order.arrival}, before the plan starts on {case.settings.start_date}"
            remedy = "If it has arrived, record it on OpeningStock and delete it here; else correct the date."
            yield fault(OpenOrder, row, "arrival", message, remedy)
        elif order.arrival > ends:
            message = f"order {order.order} arrives on {order.arrival}, after the plan ends on {ends}: it covers nothing"
            yield warning(OpenOrder, row, "arrival", message, "Correct the date, or look further ahead (Settings, periods).")
        elif case.depots and not order.is_open and not _taken(case, order):
            message = (
                f"order {order.order} arrives on {order.arrival}, and no depot that takes {order.material} is open at the end "
                f"of {calendar.name(calendar.period_of(order.arrival))}"
            )
            if depots_of(case, order.material):
                yield fault(OpenOrder, row, "arrival", message, "Correct the date, or the dates on Depots.")


def open_orders_agree(case: Case) -> Iterator[Doubt]:
    """An open order is of its offer's material and supplier, and has a price unless it is paid."""
    for row, order in enumerate(case.open_orders):
        offer = case.offer.get(order.offer or "")
        if offer is not None and offer.material != order.material:
            message = f"order {order.order} is of {order.material}, and its offer {offer.offer} is for {offer.material}"
            yield fault(OpenOrder, row, "material", message, "Name the offer that it was placed on, or leave the offer blank.")
        if offer is not None and order.supplier is not None and offer.supplier != order.supplier:
            message = f"order {order.order} is from {order.supplier}, but its offer {offer.offer} is from {offer.supplier}"
            yield warning(OpenOrder, row, "supplier", f"{message}, which counts", "Correct one of them.")
        supplier = case.supplier.get(offer.supplier if offer is not None else order.supplier or "")
        if supplier is not None and supplier.sanctioned:
            message = f"order {order.order} is from {supplier.supplier}, which is under sanctions: it is still planned with"
            remedy = "Have it cleared by counsel; if it will not come, say that it is cancellable, or delete the row."
            yield warning(OpenOrder, row, "offer" if offer is not None else "supplier", message, remedy)
        yield from _changes_make_sense(case, row, order)
        if not order.paid and not order.price:
            message = f"order {order.order} is not paid and has no price: it costs the plan nothing"
            yield warning(OpenOrder, row, "price", message, "Give the price that is due, or mark it as paid.")


def _changes_make_sense(case: Case, row: int, order: OpenOrder) -> Iterator[Doubt]:
    """Fees and terms of cancelling and deferring say something that counts."""
    if order.cancel_fee and not order.cancellable:
        message = f"order {order.order} has a cancel fee and cannot be cancelled: the fee counts for nothing"
        yield warning(OpenOrder, row, "cancel_fee", message, "Say that it is cancellable, or clear the fee.")
    if order.defer_fee and not order.deferrable:
        message = f"order {order.order} has a defer fee and cannot be deferred: the fee counts for nothing"
        yield warning(OpenOrder, row, "defer_fee", message, "Say by how many periods it can be deferred, or clear the fee.")
    if order.paid and order.cancellable:
        message = f"order {order.order} is paid and can be cancelled: what has been paid is not paid back"
        yield warning(OpenOrder, row, "cancellable", message, "If it is paid back, say that it is not paid; else say no here.")
    last = case.calendar.periods - case.calendar.period_of(order.arrival)
    if 0 <= last < order.deferrable:
        message = (
            f"order {order.order} can be deferred by {order.deferrable} periods, and only {last} are left after its arrival"
        )
        yield note(OpenOrder, row, "deferrable", message, "Nothing is deferred beyond the plan's end.")


def takes(case: Case, depot: Depot, period: int) -> bool:
    """Whether a depot takes goods in a period: it is open on the period's last day."""
    return (depot.from_date or date.min) <= case.calendar.last_day(period) <= (depot.to_date or date.max)


def _taken(case: Case, order: OpenOrder) -> bool:
    """Whether a depot takes an open order when it arrives."""
    period = case.calendar.period_of(order.arrival)
    return any(depot is not None and takes(case, depot, period) for depot in depots_of(case, order.material).values())
