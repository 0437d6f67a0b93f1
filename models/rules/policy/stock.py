"""The building side of policy rules on stock: how much of a material's stock is of restricted origin."""

from __future__ import annotations

from typing import Any

from models.case import Case
from models.ledgers import Exposure, Linear, linear
from models.needs import kept
from models.origins import STAGES, countries
from models.records import UNKNOWN, On, OriginClass, RuleKind, UnknownOrigin
from models.rules.policy.limits import Limit, limits_of
from models.skeleton import Skeleton


def classed(case: Case) -> list[str]:
    """The materials whose stock some rule is about."""
    found = dict.fromkeys(i for limit in limits_of(case) if limit.rule.on is On.STOCK for i in limit.materials)
    return [i for i in found if i in case.material]


def account(block: Any, m: Skeleton) -> None:
    """The rows of what is restricted in the stock, material by material."""
    balance, within, gone = {}, {}, {}
    for i in classed(m.case):
        restricted = {e for e in m.flows.exposures("arrival", i) if is_restricted(m.case.whole, e)}
        arrivals, keeps = m.flows.by_period("arrival", i, restricted), kept(m.case, i)
        for t in m.case.calendar.horizon:
            stock, out = block.restricted[i, t], block.restricted_out[i, t]
            body = linear((1.0, stock), (1.0, out)).plus(arrivals.get(t, Linear()), -1.0)
            if t > 1:
                body.add(-keeps, block.restricted[i, t - 1])
            else:
                body.constant -= keeps * _restricted_at_first(m.case, i)
            balance[i, t] = 0.0, body, 0.0
            within[i, t] = None, linear((1.0, stock), *((-1.0, m.stock[i, w, t]) for w in m.places[i])), 0.0
            releases = [(-1.0, m.given_out[i, w, t]) for w in m.places[i] if (i, w, t) in m.given_out]
            gone[i, t] = None, linear((1.0, out), *releases), 0.0
    for name, rows in (("restricted_balance", balance), ("restricted_within", within), ("restricted_gone", gone)):
        m.rows(block, name, rows)


def held(block: Any, m: Skeleton, limit: Limit) -> Linear:
    """What is restricted in the stock at the end of a limit's period, less the share of all stock that may be."""
    [(t, share)] = limit.limits.items()
    body = Linear()
    for i in limit.materials:
        if i in m.case.material:
            unit = m.case.in_unit(i, limit.unit(m.case))
            body.add(unit, block.restricted[i, t])
            if limit.rule.kind is RuleKind.SHARE:
                body.plus(linear(*((-share * unit, m.stock[i, w, t]) for w in m.places[i])))
    return body


def is_restricted(case: Case, exposure: Exposure) -> bool:
    """Whether any stage lies in a covered country, or is unknown where Settings count that as restricted."""
    named = {country for stage in STAGES for country, _ in countries(case, exposure, stage)}
    covered = any(case.country[name].covered for name in named if name in case.country)
    return covered or (UNKNOWN in named and case.settings.unknown_origin is UnknownOrigin.RESTRICTED)


def _restricted_at_first(case: Case, material: str) -> float:
    """Opening stock of restricted origin; one that is not told counts as Settings say of unknown origin."""
    unknown = case.settings.unknown_origin is UnknownOrigin.RESTRICTED
    return sum(
        row.quantity for row in case.opening_stock
        if row.material == material and (row.origin_class is OriginClass.RESTRICTED or (row.origin_class is None and unknown))
    )  # fmt: skip
