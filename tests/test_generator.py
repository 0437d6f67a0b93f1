"""The generator of synthetic cases keeps what it promises."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import inf

import pytest

from models.build import build
from models.case import Case
from models.records import DemandUse, Trader
from planner.engine import Held, Options, Outcome, solve
from planner.engine.compiler import compile
from planner.engine.standard_form import StandardForm
from tests.benchmarks.building import built
from tests.benchmarks.financing import financed
from tests.benchmarks.generator import synthetic
from tests.benchmarks.strength import relaxed


def materials_of(case: Case) -> dict[str, set[str]]:
    """The materials of each supplier."""
    found = defaultdict(set)
    for offer in case.offers:
        found[offer.supplier].add(offer.material)
    return found


def form_of(case: Case) -> StandardForm:
    m = build(case)
    return compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)


def nearly_solved(case: Case) -> Outcome:
    """A plan, and a proof that it costs at most 0.4 % more than the best."""
    outcome = solve(form_of(case), Options(gap=0.004))
    assert outcome.held is Held.PROVEN_PLAN
    return outcome


def test_the_seed_decides_everything() -> None:
    first, again, other = (synthetic(6, 48, 3, 12, seed=seed, shared_suppliers=True, binding=True) for seed in (1, 1, 2))
    assert first.settings == again.settings
    assert first.tables() == again.tables()
    assert first.tables() != other.tables()


def test_sizes_are_as_asked() -> None:
    case = synthetic(7, 60, 2, 18, seed=1, shared_suppliers=False, binding=False)
    sizes = len(case.materials), len(case.offers), len(case.traders), case.settings.periods
    assert sizes == (7, 60, 2, 18)
    assert min(len(offers) for offers in case.offers_of.values()) == 60 // 7


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_third_of_the_offers_share_their_suppliers(seed: int) -> None:
    case = synthetic(12, 96, 3, 12, seed=seed, shared_suppliers=True, binding=False)
    sharing = [offer for offer in case.offers if len(materials_of(case)[offer.supplier]) >= 3]
    assert len(sharing) == 96 // 3
    assert any(row.capacity_per_period is not None for row in case.suppliers)
    alone = synthetic(12, 96, 3, 12, seed=seed, shared_suppliers=False, binding=False)
    assert max(map(len, materials_of(alone).values())) == 1


def test_everything_that_makes_a_plan_hard_is_there() -> None:
    case = synthetic(12, 96, 3, 24, seed=1, shared_suppliers=True, binding=True)
    assert {row.unit for row in case.materials} == {"kg", "t", "kt", "Mt"}
    assert {row.demand_use for row in case.materials} == set(DemandUse)
    assert all(row.target_cover_days and row.ramp_to and row.floor_days and row.participation_cap for row in case.materials)
    for field in ("minimum_order", "lot", "fixed_order_cost", "contract_cost", "lead_days", "valid_from", "valid_to", "index"):
        assert 0 < sum(bool(getattr(offer, field)) for offer in case.offers) <= 96
    assert {offer.exclusive for offer in case.offers} == {True, False}
    assert all(row.onboarding_cost for row in case.suppliers)


def test_every_minimum_order_can_be_met() -> None:
    case = synthetic(60, 480, 3, 24, seed=1, shared_suppliers=False, binding=False)
    for offer in case.offers:
        lots = offer.minimum_order / offer.lot if offer.lot else 0.0
        assert offer.minimum_order <= (offer.capacity_per_period or inf)
        assert lots == pytest.approx(round(lots)), "a minimum is a number of whole lots"


@pytest.mark.parametrize(("shared", "seed"), [(False, 1), (True, 1)])
def test_without_any_one_binding_row_the_optimum_is_a_hundredth_lower(shared: bool, seed: int) -> None:
    """The bound proven with all rows is 1 % above the cost of a plan found without one of them."""
    case = synthetic(3, 18, 3, 5, seed=seed, shared_suppliers=shared, binding=True)
    bound = nearly_solved(case).bound
    without = {
        "budget": replace(case, settings=case.settings.model_copy(update={"budget": None})),
        "covered countries": replace(case, policy=()),
        "first trader's share": replace(case, traders=(_unlimited(case, 0), *case.traders[1:])),
        "last trader's share": replace(case, traders=(*case.traders[:-1], _unlimited(case, -1))),
    }
    for row, loosened in without.items():
        cost = nearly_solved(loosened).objective
        assert cost is not None
        assert bound >= 1.01 * cost, row


def _unlimited(case: Case, position: int) -> Trader:
    return case.traders[position].model_copy(update={"maximum_share": None, "minimum_share": None})


def test_slack_rows_exist_and_leave_room() -> None:
    """In a plan within 0.4 % of the best, a tenth of the budget and of the covered share is left; a share of everything
    or nothing limits no trader."""
    case = synthetic(3, 18, 3, 5, seed=1, shared_suppliers=True, binding=False)
    assert (case.traders[0].maximum_share, case.traders[-1].minimum_share) == (1.0, 0.0)
    form, outcome = form_of(case), nearly_solved(case)
    assert outcome.values is not None
    activity = form.activity(outcome.values)
    rows = {name[0]: r for r, name in enumerate(form.rows)}
    budget = rows["budget.ceiling"]
    assert activity[budget] <= 0.9 * form.row_upper[budget]
    assert activity[rows["policy.share_portfolio"]] <= -0.1 * outcome.objective * case.policy[0].limit
    assert {"traders.most", "traders.least"} <= set(rows)


def test_money_is_short_of_every_kind() -> None:
    """The relaxation costs a hundredth less without funding, without advances on the stock, and without the budget."""
    case = financed(synthetic(3, 18, 3, 12, seed=1, shared_suppliers=False, binding=True), 1)
    bound, _ = relaxed(built(case))
    for less in (replace(case, funding=()), replace(case, advances=()), case.with_settings(budget=None)):
        assert bound >= 1.01 * relaxed(built(less))[0]


def test_ten_members_are_entitled_to_most_materials_and_draw_on_some() -> None:
    case = financed(synthetic(20, 60, 3, 12, seed=1, shared_suppliers=False, binding=True), 1)
    assert len(case.members) == 10
    assert all(row.entry_fee for row in case.members)
    assert len({row.material for row in case.commitments}) == 18
    assert {case.material[row.material].demand_use for row in case.call_offs} == {DemandUse.COVER_ONLY}
