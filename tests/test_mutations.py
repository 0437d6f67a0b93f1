"""What one side misreads the other one notices: the check of some rule fails whenever the building side goes wrong.

Each column that decides a plan is misread by the building side alone (`tests.misreadings`), and so is each mapping that
no column stands for. What is solved then is judged by the checks, which read the case as it is.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.assess import assess, charges_of
from models.case import Case, table_of
from models.records import SHEETS, Settings, columns
from models.rules import RULES
from planner.verify import compare_costs
from tests.misreadings import DECIDES_NOTHING, MISREADINGS, SHARED, Misreading
from tests.money_misreadings import MONEY
from tests.mutants import MUTATIONS, Mutation
from tests.price_misreadings import PRICES
from tests.risk_misreadings import RISK
from tests.solving import Solved, optimum, solve

ALL = (*MISREADINGS, *MONEY, *PRICES, *RISK)


def misread(case: Case, found: Misreading) -> Case:
    """The case as the building side reads it."""
    if found.record is Settings:
        return replace(case, settings=case.settings.model_copy(update={found.column: found.instead}))
    table = table_of(found.record)
    row, *others = getattr(case, table)
    record = type(row)(**{**{name: getattr(row, name) for name in type(row).model_fields}, found.column: found.instead})
    return replace(case, **{table: (record, *others)})


def judged(case: Case, solved: Solved) -> set[str]:
    """The rules whose checks fail on a plan that was made for another case, or for a broken model."""
    assert solved.feasible
    plan = replace(solved.plan, case=case)
    charges = charges_of(plan)
    costs = compare_costs(plan, charges, solved.claimed, solved.cost)
    return {row.rule for row in (*assess(plan, charges), *costs) if row.hard and not row.holds}


@pytest.mark.parametrize("found", ALL, ids=lambda found: f"{found.record.sheet}.{found.column}")
def test_a_misread_column_is_noticed(found: Misreading) -> None:
    case = found.case()
    optimum(case)  # the case has a plan, which passes
    assert found.noticed_by in judged(case, solve(misread(case, found)))


def test_every_column_is_misread_or_decides_nothing() -> None:
    """Names that tie rows together (a sheet's key, and what a row is about) are what the others hang on."""
    tried = {(found.record.sheet, found.column) for found in ALL}
    excused = {(sheet, name) for group in (DECIDES_NOTHING, SHARED) for sheet, names in group.items() for name in names.split()}
    for record in SHEETS:
        for item in columns(record):
            known = item.name in record.key or (item.refers and item.required)
            assert known or (record.sheet, item.name) in tried | excused, (record.sheet, item.name)
    assert not tried & excused


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_wrong_mapping_is_noticed(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    optimum(mutation.case())
    made = mutation.case()  # anew, since some look-ups are remembered by case
    original = getattr(mutation.owner, mutation.name)
    monkeypatch.setattr(mutation.owner, mutation.name, mutation.mutant(original))
    assert mutation.noticed_by in judged(made, solve(made))


BY_THEIR_BILL = {"contracts", "payables", "take_or_pay", "origin_classes", "price_breaks", "price_impact", "terminal_value"}


def test_every_rule_has_a_misreading_or_a_mutation() -> None:
    """Rules whose check is the comparison of their bill are noticed there; origin classes by the rules that ask for them."""
    noticed = {found.noticed_by for found in (*ALL, *MUTATIONS)}
    assert {rule.name for rule in RULES} - noticed == BY_THEIR_BILL
