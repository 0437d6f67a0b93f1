"""What was carried over and is about something that is no longer in the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.case import Case
from models.records import OpeningStock, OpenOrder, Payable


def stock_known(case: Case, stock: Iterable[OpeningStock], notes: list[str]) -> Iterator[OpeningStock]:
    """Stock of materials that are still there; in a depot that is gone it lies in the first that takes it."""
    depots = {row.depot for row in case.depots}
    for row in stock:
        if row.material not in case.material:
            notes.append(f"{row.quantity:,.6g} of {row.material} are in stock, which is no longer in Materials: left out")
        elif row.depot is not None and row.depot not in depots:
            notes.append(
                f"{row.material} lies in {row.depot}, which is no longer in Depots: taken to be in the first that takes it"
            )
            yield row.model_copy(update={"depot": None})
        else:
            yield row


def orders_known(case: Case, orders: Iterable[OpenOrder], notes: list[str]) -> Iterator[OpenOrder]:
    """Orders of materials that are still there; an offer that is gone tells their origin no more."""
    suppliers = {row.supplier for row in case.suppliers}
    for row in orders:
        changed: dict[str, str | None] = {}
        if row.material not in case.material:
            notes.append(f"order {row.order} is of {row.material}, which is no longer in Materials: left out")
            continue
        if row.offer is not None and row.offer not in case.offer:
            notes.append(f"order {row.order} is on {row.offer}, which is no longer in Offers: its origin is not known any more")
            changed["offer"] = None
        if row.supplier is not None and suppliers and row.supplier not in suppliers:
            changed["supplier"] = None
        if row.trader is not None and row.trader not in case.trader:
            changed["trader"] = None
        yield row.model_copy(update=changed) if changed else row


def payables_known(case: Case, owed: Iterable[Payable]) -> Iterator[Payable]:
    """What is owed; by nobody in particular where the trader is gone."""
    for row in owed:
        is_gone = row.trader is not None and row.trader not in case.trader
        yield row.model_copy(update={"trader": None}) if is_gone else row
