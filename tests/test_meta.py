"""Every rule is told, tried and checked: its algebra, its test in which it binds, and a check that bites without it."""

from __future__ import annotations

import importlib
import json
from math import inf
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyomo.core import Constraint

from models.build import build
from models.invoice import LINES
from models.records import SHEETS, Record, columns
from models.rules import RULES
from models.rules.base import Rule
from planner.cli import cli
from planner.findings import Exit
from planner.verify import COSTS
from tests import written
from tests.random_served import served
from tests.solving import Binding, optimum, solve, unconstrained, without

BY_NAME = {rule.name: rule for rule in RULES}
NAMES = sorted(BY_NAME)


def binding(name: str) -> Binding:
    """The case in which a rule binds, from the rule's own test file."""
    found = importlib.import_module(f"tests.rules.test_{name}").BINDING
    assert isinstance(found, Binding)
    return found


def constraints(name: str) -> list[str]:
    """The names of a rule's constraint containers that have rows in a case in which they matter."""
    found = binding(name)
    block = solve((found.rows or found.case)()).m.model.component(name)
    return [container.local_name for container in block.component_objects(Constraint) if len(container)]


# Each rule is told


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_its_docstring_is_a_sentence_and_then_algebra(rule: Rule) -> None:
    """Every row of algebra is said for all of something (∀), and in a unit in square brackets."""
    sentence, _, rest = rule.statement.partition("\n\n")
    assert sentence.endswith(".") and rest
    quantified = [line for line in rest.splitlines() if "∀" in line]
    assert quantified
    assert all("[" in line and "]" in line for line in quantified if not line.startswith("  ")), rule.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_constraint_is_in_its_docstring(rule: Rule) -> None:
    """A container's name stands before its algebra; `share_local` and `share_portfolio` are both told by `share`."""
    told = {line.split(":")[0].strip() for line in rule.statement.splitlines() if ":" in line}
    told = {part.strip() for name in told for part in name.split(",")}
    stems = {name.removesuffix("_local").removesuffix("_portfolio") for name in constraints(rule.name)}
    assert stems <= told


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_says_itself_when_it_applies_what_it_checks_and_what_it_is(rule: Rule) -> None:
    assert {"applies", "check"} <= vars(type(rule)).keys()
    assert rule.nature in ("physical", "agreed")


@pytest.mark.parametrize("record", SHEETS, ids=lambda record: record.sheet)
def test_every_number_has_a_unit(record: type[Record]) -> None:
    assert [item.name for item in columns(record) if item.is_figure and not item.unit] == []


def test_every_line_of_the_bill_has_its_meaning() -> None:
    """What is on no line of the invoice would be missing from the sheet Costs, and from its total."""
    booked = {account.line for seed in range(60) for account in build(served(seed)).money.accounts}
    assert "N-1 penalty" in booked
    assert booked <= set(LINES)


# Each rule is tried where it matters


@pytest.mark.parametrize("name", NAMES)
def test_it_binds(name: str) -> None:
    """With the rule the optimum is the one worked out by hand, without it the other one."""
    found = binding(name)
    assert found.cost != found.dropped
    assert optimum(found.case()).cost == pytest.approx(found.cost)


@pytest.mark.parametrize("name", NAMES)
def test_without_it_the_optimum_is_another(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = binding(name)
    if found.drop is not None:
        found.drop(monkeypatch)
    solved = solve(found.case(), rules=without(name))
    if found.dropped == inf:
        assert not solved.feasible
    else:
        assert solved.feasible and solved.cost == pytest.approx(found.dropped)


BITES = {
    "scenarios": COSTS, "open_orders": COSTS, "price_breaks": COSTS, "terminal_value": COSTS, "entitlements": COSTS,
    "take_or_pay": COSTS, "price_impact": COSTS, "payables": COSTS,
    "contracts": "traders", "origin_classes": "policy",
}  # fmt: skip
"""Where the check bites of rules that decide what is paid, in the bill; of others in a rule that rests on them."""


@pytest.mark.parametrize("name", NAMES)
def test_without_its_constraints_its_check_bites(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan of a model that lacks the rule's rows, all of them or one container, does not pass.

    A rule without rows is taken out whole.
    """
    found = binding(name)
    case = (found.rows or found.case)()
    if found.drop is not None:
        found.drop(monkeypatch)
        broken = [solve(case)]
    elif constraints(name):
        each = [unconstrained(name, container) for container in constraints(name)]
        broken = [solve(case, alter=alter) for alter in (unconstrained(name), *each)]
    else:
        broken = [solve(case, rules=without(name))]
    bitten = {row.rule for solved in broken if solved.feasible for row in solved.failures}
    assert BITES.get(name, name) in bitten


@pytest.mark.parametrize("name", NAMES)
def test_it_binds_through_workbooks(name: str, tmp_path: Path) -> None:
    """The case is written, read, solved, the plan written, read again and verified; the optimum is the same."""
    found = binding(name)
    book = written.write(tmp_path / "book.xlsx", found.case())
    plan = tmp_path / "plan.xlsx"
    result = CliRunner().invoke(cli, ["solve", str(book), "--output", str(plan), "--gap", "0", "--json"])
    assert result.exit_code == Exit.PLAN, result.output
    assert json.loads(result.stdout)["objective"] == pytest.approx(found.cost)
    assert CliRunner().invoke(cli, ["verify", str(plan), str(book)]).exit_code == Exit.PLAN
