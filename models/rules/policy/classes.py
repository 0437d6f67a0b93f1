"""The checking side of policy rules on stock: what is restricted in it, counted from a plan's decisions.

What leaves is restricted first: whoever wants little of it in stock gives it out first, and no order of releases leaves less
of it at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from models.audit import origin
from models.case import Case
from models.plan import Plan
from models.records import UNKNOWN, OriginClass, UnknownOrigin


def restricted_stock(plan: Plan, material: str) -> dict[int, float]:
    """What is of restricted origin in the stock at each period's end, in the material's unit."""
    case = plan.case
    keeps = (1 - case.material[material].loss_rate) ** (case.calendar.months / 12)
    strict = case.settings.unknown_origin is UnknownOrigin.RESTRICTED
    classes = {OriginClass.RESTRICTED, None} if strict else {OriginClass.RESTRICTED}
    level = sum(row.quantity for row in case.opening_stock if row.material == material and row.origin_class in classes)
    given_out: dict[int, float] = defaultdict(float)
    for (i, _, period), line in plan.stock.items():
        if i == material:
            given_out[period] += line.given_out
    arriving = _arriving(plan, material)
    found = {}
    for period in case.calendar.horizon:
        level = keeps * level + arriving.get(period, 0.0)
        level = max(0.0, level - given_out[period])
        found[period] = level
    return found


def _arriving(plan: Plan, material: str) -> Mapping[int, float]:
    sums: dict[int, float] = defaultdict(float)
    for name, supplier, period, quantity in _lots(plan, material):
        if _is_restricted(plan.case, name, supplier):
            sums[period] += quantity
    return sums


def _lots(plan: Plan, material: str) -> Iterator[tuple[str, str, int, float]]:
    """Offer, supplier, period of arrival and quantity of everything that arrives."""
    for line in plan.lines:
        if line.material == material:
            yield line.purchase.offer, line.supplier, line.arrival, line.purchase.quantity
    for order in plan.case.open_orders:
        if order.material == material:
            supplier = plan.case.offer[order.offer].supplier if order.offer else order.supplier or ""
            yield order.offer or "", supplier, plan.case.calendar.period_of(order.arrival), order.quantity


def _is_restricted(case: Case, name: str, supplier: str) -> bool:
    stages = ("mine", "refine", "owner")
    named = {country for stage in stages for country in origin(case, case.offer.get(name), supplier, stage)}
    unknown = UNKNOWN in named and case.settings.unknown_origin is UnknownOrigin.RESTRICTED
    return unknown or any(row.covered for row in case.countries if row.iso3 in named)
