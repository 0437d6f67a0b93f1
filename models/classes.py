"""The checking side of origin classes: what is of restricted origin in the stock, counted from a plan's decisions.

What leaves is restricted first: whoever wants little of it in stock gives it out first, and no order of releases leaves less
of it at any time.
"""

from __future__ import annotations

from collections import defaultdict

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
    given_out: dict[int, float] = defaultdict(float)  # but for what must be clean
    for row in plan.allotments:
        if row.material == material and case.member[row.member].clean_origin_only:
            given_out[row.period] -= row.drawn
    for (i, _, period), line in plan.stock.items():
        if i == material:
            given_out[period] += line.given_out
    arriving: dict[int, float] = defaultdict(float)
    for lot in plan.lots.get(material, ()):
        if is_restricted(case, lot.offer, lot.supplier):
            arriving[lot.period] += lot.quantity
    found = {}
    for period in case.calendar.horizon:
        level = keeps * level + arriving[period]
        level = max(0.0, level - given_out[period])
        found[period] = level
    return found


def is_restricted(case: Case, offer: str, supplier: str) -> bool:
    """Whether any stage lies in a covered country, or is unknown where Settings count that as restricted."""
    stages = ("mine", "refine", "owner")
    named = {country for stage in stages for country in origin(case, case.offer.get(offer), supplier, stage)}
    unknown = UNKNOWN in named and case.settings.unknown_origin is UnknownOrigin.RESTRICTED
    return unknown or any(country in case.country and case.country[country].covered for country in named)
