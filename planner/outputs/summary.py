"""Sheet Summary: the answer in ten lines, one more for contingencies and one for scenarios, each with its sheet."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.records import UNKNOWN
from planner.engine.outcome import Held
from planner.outputs import Tables
from planner.outputs.checks import COST_LINES, failed
from planner.outputs.commitments import ceilings
from planner.outputs.costs import totals
from planner.outputs.diversification import BINDING
from planner.outputs.diversification import MISSED as LIMIT_MISSED
from planner.outputs.fact import Fact, counted, percent, usd
from planner.outputs.outlook import of_changes, of_later_payments, of_members, of_money, of_scenarios, of_survival
from planner.outputs.purchases import PurchaseRow
from planner.outputs.stock import MET, MISSED
from planner.outputs.traders import NOBODY, TraderRow

if TYPE_CHECKING:
    from planner.engine import Outcome
    from planner.result import Result


def facts(result: Result, found: Tables) -> tuple[Fact, ...]:
    """The answer in ten lines."""
    return *headline(result, found), _price_of_policy(result)


def headline(result: Result, found: Tables) -> tuple[Fact, ...]:
    """The same without what takes another solve."""
    return (
        _bought(found),
        _cost(found),
        _gap(result),
        _budget(result, found),
        _traders(found),
        _sources(found),
        _cover(found),
        _policy(found),
        *of_money(found),
        *of_later_payments(result),
        *of_changes(result),
        *of_members(found),
        *of_survival(found),
        *of_scenarios(result),
        _verification(result),
    )


def _bought(found: Tables) -> Fact:
    rows = found.purchases
    detail = "nothing is bought"
    if rows:
        days = [row.order_date for row in rows]
        materials = counted(len({row.material for row in rows}), "material")
        contracts = counted(len(found.contracts), "contract")
        detail = (
            f"{counted(len(rows), 'order')} of {materials} on {contracts}, placed {min(days)} to {max(days)}; "
            f"landed cost{_breaks(rows)}; traders' fees of {usd(sum(row.trader_fee for row in rows))} come on top"
        )
    return Fact("Bought", totals(found.costs)[0].undiscounted, "money", "USD", detail, "Purchases")


def _breaks(rows: Sequence[PurchaseRow]) -> str:
    """What price breaks have taken off, if there are any."""
    in_orders, in_contracts = (sum(getattr(row, name) for row in rows) for name in ("order_saving", "contract_saving"))
    if not (in_orders or in_contracts):
        return ""
    return f" less what price breaks save ({usd(in_orders)} within orders, {usd(in_contracts)} over contracts)"


def _cost(found: Tables) -> Fact:
    _, owed, total = totals(found.costs)
    credits = sum(row.undiscounted for row in found.costs if row.undiscounted < 0.0)
    credited = f", and {usd(-credits)} are credits" if credits else ""
    detail = f"undiscounted {usd(total.undiscounted)}: {usd(owed.undiscounted)} are commitments to others{credited}"
    return Fact("Discounted cost of the plan", total.discounted, "money", "USD", detail, "Costs")


def _gap(result: Result) -> Fact:
    outcome = result.outcome
    detail = "nothing is proven about the best possible plan"
    if outcome.objective is not None and math.isfinite(outcome.bound):
        detail = (
            f"no plan costs less than {usd(outcome.bound)}: at most {usd(max(0.0, outcome.objective - outcome.bound))} "
            f"could still be saved; {percent(result.options.gap)} was asked for"
        )
    return Fact("Proven gap to the best possible", _proven(outcome), "share", "", detail, "Run")


def _budget(result: Result, found: Tables) -> Fact:
    _, owed, _ = totals(found.costs)
    parts = [
        f"{ceiling.words}: {usd(ceiling.used)} of {usd(ceiling.amount)}"
        + (f" ({percent(ceiling.used / ceiling.amount)})" if ceiling.amount else "")
        for ceiling in ceilings(result.plan.case, result.charges)
    ]
    return Fact("Budget used", owed.undiscounted, "money", "USD", "; ".join(parts) or "there is no ceiling", "Costs")


def _traders(found: Tables) -> Fact:
    rows = [row for row in found.traders if row.trader != NOBODY]
    parts = [f"{row.trader} {usd(row.spend)}" + (f" ({percent(row.share)})" if row.share is not None else "") for row in rows]
    spend = sum(row.spend for row in rows)
    return Fact("Traders' spend, fees included", spend, "money", "USD", "; ".join(parts), TraderRow.sheet)


def _sources(found: Tables) -> Fact:
    rows = found.purchases
    suppliers = {row.supplier for row in found.contracts}
    parts = [_refined(rows)] if rows else ["nothing is bought"]
    by_supplier = _shares(rows, "supplier")
    if len(by_supplier) > 1:
        parts.append(f"largest supplier {_largest(by_supplier)} of landed cost")
    if any(row.class_ for row in rows):
        parts.append(f"restricted origin {percent(_shares(rows, 'class_').get('restricted', 0.0))}")
    return Fact("Suppliers", len(suppliers), "count", "", "; ".join(parts), "Contracts")


def _refined(rows: Sequence[PurchaseRow]) -> str:
    """Where what is bought is refined; an unknown country is none."""
    shares = _shares(rows, "refine")
    unknown = shares.pop(UNKNOWN, 0.0)
    if not shares:
        return "where it is refined is not known"
    if len(shares) == 1:
        [(country, share)] = shares.items()
        words = f"{percent(share) if unknown else 'all'} refined in {country}"
    else:
        words = f"refined in {counted(len(shares), 'country', 'countries')}, most in {_largest(shares)} of landed cost"
    return words + (f"; where {percent(unknown)} is refined is not known" if unknown else "")


def _largest(shares: Mapping[str, float]) -> str:
    """`CAN with 20.5 %`."""
    name = max(sorted(shares), key=lambda key: shares[key])
    return f"{name} with {percent(shares[name])}"


def _cover(found: Tables) -> Fact:
    aimed = {row.material for row in found.cover if row.target}
    missed = {row.material for row in found.cover if row.result == MISSED}
    ends = [row for row in found.cover if row.result in (MET, MISSED)]
    met = sum(row.result == MET for row in ends)
    if not aimed:
        return Fact("Cover targets met", "none set", "text", "", "no material has a cover target", "Cover")
    detail = f"materials whose target is met at every period end; together {met:,} of {len(ends):,} period ends are met"
    return Fact("Cover targets met", len(aimed - missed), "count", f"of {counted(len(aimed), 'material')}", detail, "Cover")


def _policy(found: Tables) -> Fact:
    rows = found.diversification
    label, sheet = "Policy limits binding", "Diversification"
    if not rows:
        return Fact(label, 0, "count", "", "there is no Policy sheet, or nothing that it counts is bought", sheet)
    binding = sum(row.result == BINDING for row in rows)
    missed = [row for row in rows if row.result == LIMIT_MISSED]
    rules = len({row.rule for row in rows})
    detail = f"limits without room, of {counted(rules, 'rule')}; {counted(len(missed), 'soft limit')} missed"
    if missed:
        detail += f" ({', '.join(dict.fromkeys(row.rule for row in missed))}) at {usd(sum(row.penalty for row in missed))}"
    return Fact(label, binding, "count", f"of {counted(len(rows), 'limit')}", detail, sheet)


def _verification(result: Result) -> Fact:
    number = failed(result.assessments)
    hard = sum(row.hard for row in result.assessments if row.rule != COST_LINES)
    detail = (
        f"{hard:,} limits and every cost line recomputed in plain arithmetic from the decisions in this workbook; "
        f"{number:,} failed"
    )
    return Fact("Independent verification", "failed" if number else "passed", "text", "", detail, "Checks")


def _price_of_policy(result: Result) -> Fact:
    label = "Price of the Policy sheet"
    without, outcome = result.without_policy, result.outcome
    if without is None:
        return Fact(label, None, "money", "", "there is no Policy sheet", "Run")
    if without.objective is None or outcome.objective is None:
        return Fact(label, None, "money", "", "no plan without the Policy sheet was found in the time given", "Run")
    lowest, highest = max(0.0, outcome.bound - without.objective), max(0.0, outcome.objective - without.bound)
    detail = (
        f"without it the plan would cost {usd(without.objective)} (proven gap {percent(without.gap or 0.0)}); "
        f"given both gaps the price lies between {usd(lowest)} and {usd(highest)}"
        if math.isfinite(lowest) and math.isfinite(highest)
        else f"without it the plan would cost {usd(without.objective)}; how far that is from the best is not proven"
    )
    price = max(0.0, outcome.objective - without.objective)
    known = without.held is Held.PROVEN_PLAN
    return Fact(label, price if known else "not known", "money", "USD" if known else "", detail, "Run")


def _proven(outcome: Outcome) -> float | str:
    gap = outcome.gap
    return gap if gap is not None and math.isfinite(gap) else "not proven"


def _shares(rows: Sequence[PurchaseRow], name: str) -> dict[str, float]:
    """Share of the landed cost by one of the columns."""
    total = sum(row.landed_cost for row in rows)
    sums: dict[str, float] = defaultdict(float)
    for row in rows:
        sums[getattr(row, name)] += row.landed_cost / total if total else 0.0
    return sums
