"""Sheet Settings: one row is a key and its value."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, column


class PeriodLength(Choice):
    MONTH = "month"
    QUARTER = "quarter"


class Objective(Choice):
    COST = "cost"
    PROTECTION = "protection"


class UnknownOrigin(Choice):
    RESTRICTED = "restricted"
    OPEN = "open"


class Rationing(Choice):
    BY_PRIORITY = "by priority"
    PRO_RATA = "pro rata"


class EquityOrder(Choice):
    EQUITY_FIRST = "equity first"
    PRO_RATA = "pro rata"


class PriceCase(Choice):
    LOW = "low"
    BASE = "base"
    HIGH = "high"


class Settings(Record):
    """A key and its value. A key that is not given takes its default; the command line goes before the sheet."""

    sheet: ClassVar[str] = "Settings"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[bool] = True

    template_version: str = column("Version of the template that this workbook was made from.", "1")
    plan_name: str = column("Name of the plan, printed on the summary.", "")
    start_date: date = column("First day of the first period: the 1st of a month (of a quarter's first month).")
    periods: int = column("How many periods the plan looks ahead.", at_least=1, at_most=600, unit="periods")
    period: PeriodLength = column("Length of a period.", PeriodLength.MONTH)
    objective: Objective = column(
        "cost: the cheapest plan; protection: the cheapest of those that lose least by what is short, now or in scenarios.",
        Objective.COST,
    )
    budget: float | None = column(
        "Ceiling on all commitments of the plan, undiscounted.", None, unit="USD", at_least=0, blank="no ceiling"
    )
    discount_rate: float = column(
        "Yearly rate at which later payments are discounted, a twelfth a month.",
        0.0,
        unit="per year",
        at_least=0,
        below=1,
    )
    opening_cash: float = column("Cash when the plan starts, with a Funding sheet.", 0.0, unit="USD")
    minimum_cash: float = column("Least cash at the end of every period, with a Funding sheet.", 0.0, unit="USD", at_least=0)
    equity_order: EquityOrder = column(
        "equity first: no loan is drawn while equity is left; pro rata: both are drawn in proportion to their amounts.",
        EquityOrder.EQUITY_FIRST,
    )
    carry_rate: float = column(
        "Yearly interest that members are billed on the strike price of what is held for them.",
        0.0,
        unit="per year",
        at_least=0,
        below=1,
    )
    terminal_haircut: float = column(
        "What is taken off the benchmark price when stock left at the end is valued (an assumption).",
        0.1,
        unit="share",
        at_least=0,
        at_most=1,
    )
    price_case: PriceCase = column("Which end of the quotations in Prices is planned with; base: their values.", PriceCase.BASE)
    cover_floor: float | None = column(
        "Days of demand to come that the stock of every material covers from its `ramp to` on, or else on the plan's last day.",
        None,
        unit="days",
        at_least=0,
        at_most=3660,
        blank="none",
    )
    cover_floor_penalty: float | None = column(
        "Cost of each day that the material which lacks most lacks of the cover floor.",
        None,
        unit="USD/day",
        at_least=0,
        blank="the cover floor is hard",
    )
    unknown_origin: UnknownOrigin = column(
        "Whether an unknown country counts as covered (restricted) or not (open).", UnknownOrigin.RESTRICTED
    )
    risk_weight: float = column(
        "What a dollar of CVaR counts beside a dollar of cost.", 0.0, unit="USD/USD", at_least=0, at_most=1000
    )
    cvar_alpha: float = column(
        "CVaR is the mean loss of the worst 1 − α of the scenarios.",
        0.9,
        unit="share",
        at_least=0,
        below=1,
        aliases=("cvar α",),
    )
    cvar_cap: float | None = column("Most that CVaR may be, discounted.", None, unit="USD", at_least=0, blank="no cap")
    protection_cap: float | None = column(
        "Most that expected loss, weighed CVaR, shortages and penalties for cover and N-1 may come to together, discounted.",
        None,
        unit="USD",
        at_least=0,
        blank="no cap",
    )
    max_scenarios: int = column(
        "Most combinations of scenarios that are planned with: the most probable ones. Those with shocks stand for all "
        "that are left out. A sample is better lessened with planner scenarios sample --keep.",
        200,
        at_least=1,
        at_most=10000,
        unit="scenarios",
    )
    shortage_multiple: float = column(
        "What a unit short in a scenario costs where the material has no value of shortage (an assumption).",
        10.0,
        unit="benchmark prices",
        at_least=0,
    )
    stress_premium: float = column(
        "What emergency buying in a scenario costs above the benchmark price (an assumption).",
        0.5,
        unit="share",
        at_least=0,
        at_most=1000,
    )
    rationing: Rationing = column(
        "Which members go short in a scenario in which something is: whoever comes last, or all alike.", Rationing.BY_PRIORITY
    )
    frozen_periods: int = column(
        "First periods of the plan in which exactly what is on the sheet Previous is ordered.",
        0,
        at_least=0,
        at_most=600,
        unit="periods",
    )
    previous_until: date | None = column(
        "Last day that the plan on the sheet Previous looked ahead to: an order after it is new, and no change.",
        None,
        blank="the period of its last order",
    )
    stability_weight: float = column(
        "What a dollar of goods counts that are ordered otherwise than on the sheet Previous, beside a dollar of cost.",
        0.01,
        unit="USD/USD",
        at_least=0,
        at_most=1000,
    )
    stability_allowance: float = column(
        "Share of the cost that the plan may come to above the best possible, beside the gap, to change less.",
        0.001,
        unit="share",
        at_least=0,
        below=1,
    )
    relative_gap: float = column(
        "Stop once the plan is proven to be within this share of the best possible.",
        0.001,
        unit="share",
        at_least=0,
        below=1,
    )
    time_limit: float = column("Longest time to solve for.", 600.0, unit="s", above=0, at_most=604800)
    threads: int = column("Threads the solver uses; one keeps runs repeatable.", 1, at_least=1, at_most=256, unit="threads")
    seed: int = column("Seed of the solver's random choices.", 1, at_least=0, at_most=2147483647, unit="number")
