from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, ClassVar, Literal

import pyomo.environ as pyo

from models.case import Case
from models.ledgers import Account, Linear, Row, linear
from models.plan import Assessment, Charge, Plan
from models.records import Hardness, Measure, On, RuleKind, Sense
from models.rules.base import Rule
from models.rules.policy.assess import assessments
from models.rules.policy.limits import Limit, limits_of
from models.rules.policy.measure import Term, in_stock, largest_total, measured, smallest_part, terms, totalled, totals
from models.skeleton import Skeleton


class PolicyRules(Rule):
    """What is bought comes from where the policy says, in shares, amounts, and numbers of sources.

    totals: total[i,t] = Σ_o,f measure[o,f,t]                            ∀ i, t, by measure and trader    [measure]
    share:  Σ_t∈W Σ_o,f a[o] · measure[o,f,t] − limit[t] · Σ_i total[i,t] ≤ excess     ∀ limits, W        [measure]
    average: the same, where a[o] is the figure of an offer or its supplier            ∀ limits, W        [measure · figure]
    on stock: Σ_i restricted[i,t] − limit[t] · Σ_i,w stock[i,w,t] ≤ excess             ∀ limits, t        [unit]
    amount: Σ_t∈W Σ_o,f a[o] · measure[o,f,t] ≤ limit + excess                         ∀ limits, W        [measure]
    count:  Σ_v counted[v] + excess ≥ limit · any; as a ceiling Σ_v counted[v] − excess ≤ limit   ∀ limits, W    [values]
    counts: measure of v − minimum_share · total ≥ −minimum_share · M · (1 − counted[v]), or ≤ M · counted[v]    [measure]
    bought: total ≤ M · any                                                                               [measure]
    A floor has ≥ and −excess. counted, any ∈ {0,1}; M (`largest_total`) is all that could be bought in the window W. There
    is a limit for each rule, scope and value, and each window in which it is in force.

    a[o] ∈ [0,1] is how far an offer's attribute lies in the rule's set and not in its exemptions (a mine with several
    countries counts by their shares; `any stage` takes the largest). measure is quantity, or spend at landed price
    without fee and before price breaks, by order period; open orders count in the period of their arrival unless the rule
    says not. The limit stands inside the sum, so a glide path works in any window, and an empty window satisfies every
    rule. Hard rules have no excess; soft ones pay penalty · excess, due in the window's last period. An `amount` and a
    `count` take the limit of the window's last period. Limits on one material are local; those on several couple. What is
    restricted in the stock, `origin_classes` says.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "agreed"

    def applies(self, case: Case) -> bool:
        return bool(case.policy)

    def declare(self, block: Any, m: Skeleton) -> None:
        found = limits_of(m.case)
        soft = dict.fromkeys(_missed(limit) for limit in found if limit.rule.hardness is Hardness.SOFT)
        counts = [limit for limit in found if limit.rule.kind is RuleKind.COUNT]
        m.variables(block, "excess", soft, _cluster)
        m.variables(block, "counted", [limit.key for limit in counts], _cluster, pyo.Binary)
        floors = [limit for limit in counts if limit.rule.sense is Sense.AT_LEAST]
        m.variables(block, "any", dict.fromkeys(map(_missed, floors)), _cluster, pyo.Binary)
        compared = [limit for limit in found if limit.rule.kind is not RuleKind.AMOUNT and limit.rule.on is On.PURCHASES]
        totals = [key for limit in compared for key in totalled(m, limit)]
        m.variables(block, "total", dict.fromkeys(totals), lambda index: str(index[0]))

    def contribute(self, block: Any, m: Skeleton) -> None:
        penalised = {_missed(limit): limit for limit in limits_of(m.case) if limit.rule.hardness is Hardness.SOFT}
        for key, limit in penalised.items():
            account = Account("policy penalty", "", limit.material, limit.last, limit.last)
            m.money.add(account, limit.rule.penalty, block.excess[key])

    def constrain(self, block: Any, m: Skeleton) -> None:
        m.rows(block, "totals", {
            key: (0.0, body.add(-1.0, block.total[key]), 0.0) for key, body in totals(m, block.total).items()
        })  # fmt: skip
        rows: dict[str, dict[Any, Any]] = {}

        def add(name: str, limit: Limit, key: Any, row: Row) -> None:
            rows.setdefault(f"{name}_{'local' if limit.material else 'portfolio'}", {})[key] = row

        for limit in limits_of(m.case):
            if limit.rule.kind is not RuleKind.COUNT:
                add(limit.rule.kind.value, limit, limit.key, self._limited(block, m, limit))
        counts = sorted((limit for limit in limits_of(m.case) if limit.rule.kind is RuleKind.COUNT), key=_missed)
        for _, group in groupby(counts, key=_missed):
            for name, limit, key, row in self._counted(block, m, list(group)):
                add(name, limit, key, row)
        for name, bodies in rows.items():
            m.rows(block, name, bodies, coupling=name.endswith("_portfolio"))

    def _limited(self, block: Any, m: Skeleton, limit: Limit) -> Row:
        """The row of a share, an average or an amount."""
        bound = limit.limits[limit.last] if limit.rule.kind is RuleKind.AMOUNT else 0.0
        if limit.rule.on is On.STOCK:
            body = in_stock(m, limit)
        else:
            found = list(terms(m, limit))
            body = measured(found, lambda term: term.counts)
            if limit.rule.kind is not RuleKind.AMOUNT:
                body.plus(_weighted_total(block, m, limit, found, limit.limits), -1.0)
        at_most = limit.rule.sense is Sense.AT_MOST
        if limit.key in block.excess:
            body.add(-1.0 if at_most else 1.0, block.excess[limit.key])
        return (None, body, bound) if at_most else (bound, body, None)

    def _counted(self, block: Any, m: Skeleton, group: list[Limit]) -> Iterator[tuple[str, Limit, Any, Any]]:
        """The rows of a count: which values count, whether anything is bought, and that there are enough."""
        first = group[0]
        key, largest = _missed(first), largest_total(m, first)
        found = list(terms(m, first))
        total = _weighted_total(block, m, first, found, dict.fromkeys(first.limits, 1.0))
        share, ceiling = first.rule.minimum_share, first.rule.sense is Sense.AT_MOST
        enough = Linear() if ceiling else linear((-first.limits[first.last], block.any[key]))
        for limit in group:
            body = measured(list(terms(m, limit)), lambda term: term.counts)
            counted = block.counted[limit.key]
            if ceiling:
                yield "counts", limit, limit.key, (None, body.plus(total, -share).add(-largest, counted), 0.0)
            elif share:
                body.plus(total, -share).add(-share * largest, counted)
                yield "counts", limit, limit.key, (-share * largest, body, None)
            else:
                yield "counts", limit, limit.key, (0.0, body.add(-smallest_part(m, limit), counted), None)
            enough.add(1.0, counted)
        if key in block.excess:
            enough.add(-1.0 if ceiling else 1.0, block.excess[key])
        if ceiling:
            yield "count", first, key, (None, enough, first.limits[first.last])
            return
        yield "count", first, key, (0.0, enough, None)
        yield "bought", first, key, (None, Linear().plus(total).add(-largest, block.any[key]), 0.0)

    def charges(self, plan: Plan) -> Iterator[Charge]:
        for found in assessments(plan):
            excess = found.assessment.excess
            if found.rule.hardness is Hardness.SOFT and excess > 0 and found.rule.penalty:
                amount = excess * found.rule.penalty
                yield Charge("policy penalty", "", found.material, found.last, found.last, amount)

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        if not row.startswith(("share", "average", "amount", "count_")):
            return None
        rule, material, value, _ = index
        if next(found for found in case.policy if found.rule == rule).hardness is Hardness.SOFT:
            return None
        about = [part for part in (value, f"on {material}" if material and material != value else "") if part]
        return f"the policy rule \u201c{rule}\u201d{': ' if value else ' ' if about else ''}{' '.join(about)}"

    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        for found in assessments(plan):
            yield found.assessment


def _weighted_total(block: Any, m: Skeleton, limit: Limit, found: list[Term], weights: Mapping[int, float]) -> Linear:
    """Σ_t weight[t] · everything measured in t: the materials' totals, and open orders."""
    body = Linear()
    for i, measure, trader, t in totalled(m, limit):
        share = 1.0 if limit.rule.measure is Measure.SPEND else m.case.in_unit(i, limit.unit(m.case))
        if weights[t]:
            body.add(weights[t] * share, block.total[i, measure, trader, t])
    for term in found:
        if term.on_order:
            body.add(weights[term.period] * term.measure, term.variable)
    return body


def _missed(limit: Limit) -> tuple[str, str, str, str]:
    """What the excess of a limit is indexed by: a count is missed once, for all its values."""
    rule, material, value, window = limit.key
    return rule, material, "" if limit.rule.kind is RuleKind.COUNT else value, window


def _cluster(index: Any) -> str | None:
    """A limit on one material belongs to its cluster, others to the master."""
    return index[1] or None


RULE = PolicyRules()
