"""The plan of the large example, solved once: what makes it a real one must bind in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.case import Case
from models.decisions import Purchase
from models.invoice import COMMITMENTS
from planner import pipeline
from planner.engine.progress import Display
from planner.report import write
from planner.result import Result
from tests.secrecy import told
from tests.solving import solve

VAULT = Path(__file__).parents[1] / "inputs" / "vault.xlsx"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The example's plan within 1 % of the best possible, verified as every plan is."""
    output = tmp_path_factory.mktemp("vault") / "plan.xlsx"
    found, _ = pipeline.solve(VAULT, output, pipeline.Overrides(gap=0.01), Display(quiet=True))
    return found


def test_own_workbooks_tell_nothing_of_anybody_else(result: Result, tmp_path: Path) -> None:
    plan, *others = write(result, tmp_path / "plan.xlsx")
    case = result.plan.case
    assert {path.parent.name for path in others} == {"plan_traders", "plan_members"}
    assert {row.trader for row in result.plan.purchases} == set(case.trader), "every firm buys"
    for path in others:
        kind = path.parent.name.removeprefix("plan_").removesuffix("s")
        assert told(plan, case, kind, path.stem, path) == [], path.name


def test_money_binds_and_another_dollar_is_worth_something(result: Result) -> None:
    """Of what may be committed, drawn or lent on the stock."""
    money = [value for value in result.marginal_values if value.rule in ("budget", "funding", "borrowing_base")]
    assert money
    assert max(value.value for value in money) > 0


def test_minimum_order_binds_for_five_materials(result: Result) -> None:
    """An order of exactly the minimum: the buyer would rather order less."""
    offers = result.plan.case.offer
    bound = {
        offers[row.offer].material
        for row in result.plan.purchases
        if offers[row.offer].minimum_order and row.quantity == pytest.approx(offers[row.offer].minimum_order)
    }
    assert len(bound) >= 5, sorted(bound)


def test_lot_binds_for_five_materials(result: Result) -> None:
    """The last lot is bought for a part of it: with it there is more than what is asked for, without it less."""
    case = result.plan.case
    asked = {
        (row.where.split(", end of ")[0], row.where.split(", end of ")[1].split(":")[0]): (row.limit, row.achieved)
        for row in result.assessments
        if row.rule == "cover"
    }

    def is_partly_needed(purchase: Purchase) -> bool:
        offer = case.offer[purchase.offer]
        lot = case.lot(offer)
        if lot is None:
            return False
        limits = [asked.get((offer.material, case.calendar.name(t))) for t in case.calendar.horizon if t >= purchase.period]
        return any(found is not None and 1e-6 < found[1] - found[0] < lot * (1 - 1e-6) for found in limits)

    bound = {case.offer[row.offer].material for row in result.plan.purchases if is_partly_needed(row)}
    assert len(bound) >= 5, sorted(bound)


def test_participation_cap_binds_for_five_materials(result: Result) -> None:
    """What is left below the cap is less than a smallest order of the cheapest lot: nothing more fits."""
    case = result.plan.case
    lots = {
        material: min((case.lot(offer) or 0.0 for offer in offers), default=0.0) for material, offers in case.offers_of.items()
    }
    bound = set()
    for row in result.assessments:
        material = row.where.rpartition(" in ")[0]
        if row.rule == "participation" and row.limit - row.achieved <= max(row.tolerance, lots[material] * (1 - 1e-9)):
            bound.add(material)
    assert len(bound) >= 5, sorted(bound)


def test_three_suppliers_are_declined_for_their_onboarding_cost(result: Result) -> None:
    """Suppliers that the plan does not use, nor the best plan of their material alone, which would use them for nothing.

    The materials are planned one at a time, each with the money that the plan spends on it: that is quick, and exact, where
    the whole plan with one onboarding cost less would differ by less than its gap.
    """
    in_use = {line.supplier for line in result.plan.lines}
    declined = set()
    for material in ("Bismuth ingot 99.99 %", "Tellurium metal 99.99 %", "Yttrium oxide 99.999 %"):
        alone = _alone(result, material)
        chosen = in_use | _suppliers(alone)
        for row in alone.suppliers:
            if row.onboarding_cost and row.supplier not in chosen:
                free = tuple(
                    other.model_copy(update={"onboarding_cost": 0.0}) if other is row else other for other in alone.suppliers
                )
                if row.supplier in _suppliers(replace(alone, suppliers=free)):
                    declined.add(row.supplier)
    assert len(declined) >= 3, sorted(declined)


def _alone(result: Result, material: str) -> Case:
    """The case of one material, with what the plan spends on it as its budget, and the policy rules that it can break alone.

    CVaR is about all materials together, and is left out.
    """
    case = result.plan.case
    offers = tuple(case.offers_of[material])
    names, sellers = {row.offer for row in offers}, {row.supplier for row in offers}
    used = {line.supplier for line in result.plan.lines if line.material == material}
    spent = sum(row.amount for row in result.charges if row.material == material and row.line in COMMITMENTS)
    spent += sum(row.onboarding_cost for row in case.suppliers if row.supplier in used)
    free = {"minimum_share": None, "maximum_share": None, "maximum_spend": None}
    return replace(
        case, funding=(), advances=(), call_offs=tuple(row for row in case.call_offs if row.material == material),
        settings=case.settings.model_copy(update={"budget": spent, "risk_weight": 0.0}), budgets=(),
        materials=(case.material[material],), offers=offers,
        suppliers=tuple(row for row in case.suppliers if row.supplier in sellers),
        traders=tuple(row.model_copy(update=free) for row in case.traders),
        mandates=tuple(row for row in case.mandates if row.material == material),
        price_breaks=tuple(row for row in case.price_breaks if row.offer in names),
        decisions=tuple(row for row in case.decisions if row.offer in names),
        price_impact=tuple(row for row in case.price_impact if row.material == material),
        opening_stock=tuple(row for row in case.opening_stock if row.material == material),
        open_orders=tuple(row for row in case.open_orders if row.material == material),
        partners=tuple(row for row in case.partners if row.material == material),
        commitments=tuple(row for row in case.commitments if row.material == material),
        policy=tuple(row for row in case.policy if row.scope_ in ("each material", material)),
    )  # fmt: skip


def _suppliers(case: Case) -> set[str]:
    """Who is signed in the best plan of a case."""
    solved = solve(case)
    assert solved.feasible
    return {case.offer[row.offer].supplier for row in solved.plan.contracts}


def test_every_missed_target_is_explained_by_a_rule(result: Result) -> None:
    missed = {row.where.split(", end of ")[0] for row in result.assessments if row.rule == "cover" and not row.holds}
    assert {found.material for found in result.missed} == missed


def test_policy_has_a_price_within_what_both_gaps_allow(result: Result) -> None:
    """Without the Policy sheet nothing can cost more than the plan: its bound lies below the plan's cost."""
    assert result.without_policy is not None
    assert result.outcome.objective is not None
    assert result.without_policy.bound <= result.outcome.objective
