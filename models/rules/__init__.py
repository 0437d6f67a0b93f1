"""The rules of a good plan, in the order in which their mathematics is read."""

from models.rules import (
    budget,
    contracts,
    cover,
    decisions,
    demand,
    depots,
    eligibility,
    n1_cover,
    open_orders,
    orders,
    participation,
    policy,
    price_breaks,
    purchases,
    stock_balance,
    suppliers,
    terminal_value,
    traders,
)
from models.rules.base import Rule

RULES: tuple[Rule, ...] = (
    eligibility.RULE,
    purchases.RULE,
    orders.RULE,
    contracts.RULE,
    price_breaks.RULE,
    suppliers.RULE,
    open_orders.RULE,
    decisions.RULE,
    stock_balance.RULE,
    demand.RULE,
    depots.RULE,
    cover.RULE,
    n1_cover.RULE,
    terminal_value.RULE,
    participation.RULE,
    budget.RULE,
    traders.RULE,
    policy.RULE,
)
