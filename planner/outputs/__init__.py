"""What a plan workbook says: one record per output sheet, and the functions that turn a result into rows.

Nothing here knows how a workbook is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args, get_type_hints

from planner.distribution import as_planned
from planner.outputs.cash import CashRow, MarginRow, SourceRow, cash_rows, margin_rows, source_rows
from planner.outputs.changes import ChangeRow, change_rows
from planner.outputs.checks import CheckRow, check_rows
from planner.outputs.contracts import ContractRow, contract_rows
from planner.outputs.costs import CostRow, cost_rows, totals
from planner.outputs.diversification import DiversificationRow, diversification_rows
from planner.outputs.landed_cost import LandedCostRow, landed_cost_rows
from planner.outputs.members import (
    AccountRow,
    EntitlementRow,
    MemberRow,
    RationRow,
    account_rows,
    entitlement_rows,
    member_rows,
    ration_rows,
)
from planner.outputs.open_orders import OpenOrderRow, open_order_rows
from planner.outputs.purchases import PurchaseRow, purchase_rows
from planner.outputs.risk import LossRow, RecourseRow, RiskRow, loss_rows, recourse_rows, risk_rows
from planner.outputs.rotation import RotationRow, rotation_rows
from planner.outputs.run import MarginalValueRow, RunRow, SearchRow, marginal_value_rows, run_rows, search_rows
from planner.outputs.schema import Row, Shown, columns
from planner.outputs.stock import CoverRow, StockRow, cover_rows, stock_rows
from planner.outputs.survival import SurvivalRow, survival_rows
from planner.outputs.traders import TraderRow, trader_rows, trader_total

if TYPE_CHECKING:
    from planner.result import Result


@dataclass(frozen=True)
class Tables:
    """The rows of every sheet of a plan workbook but the Summary."""

    purchases: tuple[PurchaseRow, ...]
    contracts: tuple[ContractRow, ...]
    changes: tuple[ChangeRow, ...]
    open_orders: tuple[OpenOrderRow, ...]
    stock: tuple[StockRow, ...]
    rotation: tuple[RotationRow, ...]
    cover: tuple[CoverRow, ...]
    members: tuple[MemberRow, ...]
    accounts: tuple[AccountRow, ...]
    entitlements: tuple[EntitlementRow, ...]
    diversification: tuple[DiversificationRow, ...]
    survival: tuple[SurvivalRow, ...]
    risk: tuple[RiskRow, ...]
    losses: tuple[LossRow, ...]
    recourse: tuple[RecourseRow, ...]
    rationing: tuple[RationRow, ...]
    landed_cost: tuple[LandedCostRow, ...]
    costs: tuple[CostRow, ...]
    traders: tuple[TraderRow, ...]
    cash: tuple[CashRow, ...]
    sources: tuple[SourceRow, ...]
    margins: tuple[MarginRow, ...]
    marginal_values: tuple[MarginalValueRow, ...]
    checks: tuple[CheckRow, ...]
    run: tuple[RunRow, ...]
    search: tuple[SearchRow, ...]

    @staticmethod
    def records() -> dict[str, type[Row]]:
        """The record of each field, in the order of the workbook."""
        return {name: get_args(rows)[0] for name, rows in get_type_hints(Tables).items()}

    def sheets(self) -> tuple[tuple[type[Row], Sequence[Row]], ...]:
        """Each sheet's record with its rows, in the order of the workbook."""
        return tuple((record, getattr(self, name)) for name, record in self.records().items())

    def below(self, record: type[Row]) -> Sequence[Row]:
        """The totals that stand below a sheet's table."""
        if record is CostRow:
            return totals(self.costs)
        return (trader_total(self.traders),) if record is TraderRow else ()


def tables(result: Result) -> Tables:
    """Everything that a plan workbook lists."""
    plan = result.plan
    purchases = purchase_rows(plan)
    return Tables(
        purchases=purchases,
        contracts=contract_rows(plan, purchases),
        changes=change_rows(plan),
        open_orders=open_order_rows(plan),
        stock=stock_rows(plan),
        rotation=rotation_rows(plan),
        cover=cover_rows(plan),
        members=member_rows(plan),
        accounts=account_rows(plan),
        entitlements=entitlement_rows(plan),
        diversification=diversification_rows(plan, result.assessments),
        survival=survival_rows(plan),
        risk=risk_rows(as_planned(plan), plan.case.settings.cvar_alpha) if plan.case.scenarios else (),
        losses=loss_rows(plan),
        recourse=recourse_rows(plan),
        rationing=ration_rows(plan),
        landed_cost=landed_cost_rows(plan),
        costs=cost_rows(plan.case, result.charges),
        traders=trader_rows(plan.case, result.charges),
        cash=cash_rows(plan, result.charges),
        sources=source_rows(plan),
        margins=margin_rows(plan),
        marginal_values=marginal_value_rows(result),
        checks=check_rows(result),
        run=run_rows(result),
        search=search_rows(result),
    )


__all__ = [
    "AccountRow",
    "CashRow",
    "ChangeRow",
    "CheckRow",
    "ContractRow",
    "CostRow",
    "CoverRow",
    "DiversificationRow",
    "EntitlementRow",
    "LandedCostRow",
    "LossRow",
    "MarginRow",
    "MarginalValueRow",
    "MemberRow",
    "OpenOrderRow",
    "PurchaseRow",
    "RationRow",
    "RecourseRow",
    "RiskRow",
    "RotationRow",
    "Row",
    "RunRow",
    "SearchRow",
    "Shown",
    "SourceRow",
    "StockRow",
    "SurvivalRow",
    "Tables",
    "TraderRow",
    "columns",
    "tables",
    "totals",
]
