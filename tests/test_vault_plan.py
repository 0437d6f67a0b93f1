"""The plan of the large example, solved once: what makes it a real one must bind in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.landed_cost import landed_costs
from models.plan import Purchase
from planner import pipeline
from planner.engine.progress import Display
from planner.result import Result

VAULT = Path(__file__).parents[1] / "inputs" / "vault.xlsx"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The example's plan within 1 % of the best possible, verified as every plan is."""
    output = tmp_path_factory.mktemp("vault") / "plan.xlsx"
    found, _ = pipeline.solve(VAULT, output, pipeline.Overrides(gap=0.01), Display(quiet=True))
    return found


def test_budget_binds_and_another_dollar_is_worth_something(result: Result) -> None:
    budget = [value for value in result.marginal_values if value.rule == "budget"]
    assert budget
    assert max(value.value for value in budget) > 0


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


def test_three_cheaper_suppliers_are_not_worth_their_onboarding(result: Result) -> None:
    """A supplier that is not onboarded although an offer of its is cheaper, landed, than one that is bought."""
    case = result.plan.case
    costs = landed_costs(case)
    bought: dict[str, float] = {}
    for line in result.plan.lines:
        bought[line.material] = max(bought.get(line.material, 0.0), line.landed)
    used = {line.supplier for line in result.plan.lines}
    declined = {
        offer.supplier
        for (name, _), cost in costs.items()
        for offer in [case.offer[name]]
        if offer.supplier not in used
        and case.supplier[offer.supplier].onboarding_cost > 0
        and cost.total < bought.get(offer.material, 0.0)
    }
    assert len(declined) >= 3, sorted(declined)


def test_every_missed_target_is_explained_by_a_rule(result: Result) -> None:
    missed = {row.where.split(", end of ")[0] for row in result.assessments if row.rule == "cover" and not row.holds}
    assert {found.material for found in result.missed} == missed


def test_policy_has_a_price_within_what_both_gaps_allow(result: Result) -> None:
    """Without the Policy sheet nothing can cost more than the plan: its bound lies below the plan's cost."""
    assert result.without_policy is not None
    assert result.outcome.objective is not None
    assert result.without_policy.bound <= result.outcome.objective
