"""What becomes of the plan: lines of the Summary about money, members, contingencies and scenarios, where there are any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.futures import futures_of
from models.invoice import CASH
from models.outcomes import cvar, losses_of
from planner.outputs import Tables
from planner.outputs.cash import ALL_PRICES, CashRow
from planner.outputs.changes import moved
from planner.outputs.fact import Fact, counted, percent, usd
from planner.outputs.survival import SURVIVED

if TYPE_CHECKING:
    from planner.result import Result


LITTLE, TINY = 1.0, 1e-6
"""Money left, in USD and as a share of what is owed, below which there is none; price falls below the share are none, too."""


def of_money(found: Tables) -> Iterator[Fact]:
    """How the plan is paid for, and when money binds; nothing without a Funding sheet."""
    rows = found.cash
    if rows:
        equity, drawn, repaid, fees = (
            usd(sum(getattr(row, name) for row in rows)) for name in ("equity", "loans", "repaid", "financing")
        )
        detail = f"{equity} equity and {drawn} loans are drawn, {repaid} repaid; interest and fees come to {fees}; "
        binding = [row for row in rows if row.room <= max(LITTLE, TINY * row.owed)]
        tight = min(rows, key=lambda row: row.room)
        if binding:
            first, last = binding[0], binding[-1]
            detail += f"money binds in {first.period}, by {_binds_by(first)}"
            if _binds_by(last) != _binds_by(first):
                detail += f", and in {last.period}, by {_binds_by(last)}"
        else:
            detail += f"money never binds: {usd(tight.room)} are left in {tight.period}, when least is"
        margin = next((row for row in found.margins if row.material == ALL_PRICES), None)
        if margin is not None:
            share = percent(margin.fall)
            detail += f"; a fall of all prices by {share} is borne" if margin.fall > TINY else "; no fall of prices is borne"
        yield Fact("Loan balance at the end", rows[-1].owed, "money", "USD", detail, "Cash")


def _binds_by(row: CashRow) -> str:
    """What keeps more from being paid in a period."""
    base = row.headroom is not None and row.headroom < row.to_draw
    return "what lenders advance on the stock" if base else "what can be drawn"


def of_later_payments(result: Result) -> Iterator[Fact]:
    """What the plan owes for after its last period, which no money of the plan has to pay; nothing without a Funding sheet."""
    case = result.plan.case
    due: dict[str, float] = defaultdict(float)
    for charge in result.charges:
        if charge.line in CASH and charge.due > case.calendar.periods:
            due[charge.line] += charge.amount
    total = sum(due.values())
    if case.funding and abs(total) > LITTLE:
        largest_first = sorted(due.items(), key=lambda item: -item[1])
        parts = (f"{line} {usd(amount)}" for line, amount in largest_first if abs(amount) > LITTLE)
        detail = f"{', '.join(parts)}: in Costs, and not in Cash, where no money is planned for them"
        yield Fact("Payable after the last period", total, "money", "USD", detail, "Costs")


def of_changes(result: Result) -> Iterator[Fact]:
    """How far the plan is from the last one, and what that saves; nothing without a last plan."""
    case, objective = result.plan.case, result.outcome.objective
    if case.last_plan_until is not None:
        found = moved(result.plan)
        unchanged = percent(1.0 - found.orders / found.of) if found.of else percent(1.0)
        detail = f"{counted(found.orders, 'order')} of {found.of:,} are not as in the last plan ({unchanged} are); "
        if result.last_cost is None or objective is None:
            detail += "as it was it can no longer be carried out"
        else:
            saved = result.last_cost - objective
            detail += f"as it was it would cost {usd(result.last_cost)}, so that the changes "
            detail += f"save {usd(saved)}" if saved >= 0.0 else f"cost {usd(-saved)}, within what is proven"
        yield Fact("Goods ordered otherwise than planned last", found.value, "money", "USD", detail, "Changes")


def of_members(found: Tables) -> Iterator[Fact]:
    """Whether members hold what they are entitled to; nothing where there is none."""
    rows = found.members
    if rows:
        whole = sum(not row.periods_missed for row in rows)
        penalty, names = sum(row.penalty for row in rows), list(dict.fromkeys(row.member for row in rows if row.periods_missed))
        detail = "held in full at every period end"
        if names:
            detail += f"; what is missing costs {usd(penalty)}: {', '.join(names)}"
        yield Fact("Commitments to members", whole, "count", f"of {counted(len(rows), 'commitment')}", detail, "Members")


def of_survival(found: Tables) -> Iterator[Fact]:
    """How many materials survive every contingency; nothing where there is none."""
    rows = found.survival
    if rows:
        materials = {row.material for row in rows}
        worst = min(rows, key=lambda row: row.days_survived / row.days_to_survive)
        loss = f" without {worst.worst_loss}" if worst.worst_loss else ""
        detail = (
            f"of which stock and what still arrives last as long as is asked for; the shortest is {worst.material} from "
            f"{worst.tightest_period}{loss}: {worst.days_survived:.0f} of {worst.days_to_survive:.0f} days"
        )
        safe = materials - {row.material for row in rows if row.result != SURVIVED}
        yield Fact(
            "Materials that survive", len(safe), "count", f"of {counted(len(materials), 'material')}", detail, "Survival"
        )


def of_scenarios(result: Result) -> Iterator[Fact]:
    """What the scenarios cost; nothing where there are none."""
    losses, settings = losses_of(result.plan), result.plan.case.settings
    if result.plan.case.scenarios:
        expected = sum(future.probability * loss for future, loss in losses)
        worst, most = max(losses, key=lambda pair: pair[1])
        tail = cvar(losses, settings.cvar_alpha)
        left = futures_of(result.plan.case).dropped
        combined = counted(len(losses), "combination")
        detail = (
            f"what is short, dearer or bought at once in {combined} of scenarios, by probability; it counts in the cost; "
            f"the worst {percent(1.0 - settings.cvar_alpha)} cost {usd(tail)} on average (CVaR), the worst one {usd(most)} "
            f"({worst.name})" + (f"; combinations of {percent(left)} probability are left out" if left else "")
        )
        yield Fact("Expected loss in scenarios", expected, "money", "USD", detail, "Risk")
