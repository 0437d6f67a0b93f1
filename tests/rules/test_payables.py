"""Payables: what is owed for goods that have arrived is paid when it is due, and counts in ceilings."""

from __future__ import annotations

from datetime import date

import pytest

from models.case import Case
from models.records import Budget, Payable
from tests.cases import case, material, offer
from tests.solving import Binding, optimum

MONEY = {"discount_rate": 0.12}
"""1 % a month."""


def owing(due: date = date(2027, 1, 20), amount: float = 50.0, **tables: object) -> Case:
    return case(offer(), needs=(10, 0), settings=MONEY, payables=(Payable(order="1", due=due, amount=amount),), **tables)  # type: ignore[arg-type]


# 10 t at 10, and 50 that are owed. Without the rule 100.
BINDING = Binding(owing, cost=150.0, dropped=100.0)


@pytest.mark.parametrize(
    ("due", "cost"),
    [(date(2027, 2, 1), 100 + 50 / 1.01), (date(2026, 11, 1), 150.0), (date(2027, 3, 31), 100 + 50 / 1.01**2)],
)
def test_it_is_due_in_the_period_of_its_day_at_the_earliest_the_first(due: date, cost: float) -> None:
    assert optimum(owing(due)).cost == pytest.approx(cost)


def owed_by_trader() -> Case:
    payable = Payable(order="1", due=date(2027, 1, 20), amount=50.0, trader="f")
    return case(offer(), needs=(10,), payables=(payable,), materials=(material(value_of_shortage=20.0),),
                budgets=(Budget(trader="f", amount=120.0),))  # fmt: skip


def test_it_counts_in_the_ceiling_of_its_trader() -> None:
    """A ceiling of 120 leaves 70 of what is bought: 7 t, 3 t short at 20."""
    assert optimum(owed_by_trader()).cost == pytest.approx(50 + 70 + 60)
