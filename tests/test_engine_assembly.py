"""Master and clusters put together are the full build, coefficient for coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.expr.numeric_expr import LinearExpression

from planner.engine import Options, StandardForm, compile, solve
from planner.engine.assembly import assemble
from planner.engine.comparison import differences, equal
from planner.engine.standard_form import MASTER

PRICES = {"Sb": 5.0, "W": 4.0, "Ga": 9.0}
DEMAND = {"Sb": 6.0, "W": 3.0, "Ga": 2.0}
OPEN_ORDERS = {"Sb": 10.0, "W": 0.0, "Ga": 1.0}
"""Dollars already committed, by material."""
LEAST = {"Sb": 0.0, "W": 2.0, "Ga": 0.5}
"""What a material asks of a floor that all share."""


def linear(*terms: tuple[float, object], constant: float = 0.0) -> LinearExpression:
    return LinearExpression(constant=constant, linear_coefs=[c for c, _ in terms], linear_vars=[v for _, v in terms])


def build(materials: Sequence[str]) -> StandardForm:
    """A small case restricted to some materials: a budget with a loan, a floor and a supplier's capacity couple them."""
    m = pyo.ConcreteModel()
    m.purchases, m.funding, m.suppliers = pyo.Block(), pyo.Block(), pyo.Block()
    m.purchases.buy = pyo.Var(materials, bounds=(0, 10))
    m.purchases.order = pyo.Var(materials, domain=pyo.Binary)
    m.funding.loan = pyo.Var(bounds=(0, 20))
    m.suppliers.onboard = pyo.Var(["Acme"], domain=pyo.Binary)
    buy, order, loan, onboard = m.purchases.buy, m.purchases.order, m.funding.loan, m.suppliers.onboard
    m.purchases.capacity = pyo.Constraint(materials, rule=lambda _, i: (None, linear((1.0, buy[i]), (-8.0, order[i])), 0.0))
    m.purchases.demand = pyo.Constraint(materials, rule=lambda _, i: (DEMAND[i], linear((1.0, buy[i])), None))
    spend = [(PRICES[i], buy[i]) for i in materials]
    committed = sum(OPEN_ORDERS[i] for i in materials)
    m.funding.ceiling = pyo.Constraint(rule=lambda _: (None, linear(*spend, (-1.0, loan), constant=committed), 70.0))
    m.funding.floor = pyo.Constraint(
        rule=lambda _: (1.0 + sum(LEAST[i] for i in materials), linear(*[(1.0, buy[i]) for i in materials]), None)
    )
    m.suppliers.capacity = pyo.Constraint(
        ["Acme"],
        rule=lambda _, s: (None, linear(*[(1.0, buy[i]) for i in materials if i != "Ga"], (-9.5, onboard[s])), 0.0),
    )
    m.cost = pyo.Objective(
        expr=linear(
            *spend, *[(2.0, order[i]) for i in materials], (0.1, loan), (3.0, onboard["Acme"]), constant=committed + 4.0
        )
    )
    return compile(
        m,
        coupling={"funding.ceiling", "funding.floor", "suppliers.capacity"},
        cluster_of={"purchases.buy": lambda i: i, "purchases.order": lambda i: i},
    )


FULL = ("Sb", "W", "Ga")


def test_hand_made_case_is_assembled_from_its_parts():
    assembled = assemble(build(()), [build((material,)) for material in FULL])
    full = build(FULL)
    assert list(differences(assembled, full)) == []
    at = assembled.rows.index(("funding.ceiling", None))
    # the ceiling less what is committed: 70 - 10 - 0 - 1
    assert assembled.row_upper[at] == 59
    assert assembled.row_lower[at] == -np.inf
    assert assembled.row_lower[assembled.rows.index(("funding.floor", None))] == 1 + 2 + 0.5
    assert assembled.offset == 4 + 11  # the fee of $4 that is due in any case counts once
    # loan and onboarding once, buy and order for each material
    assert len(assembled.columns) == 2 + 2 * 3
    # 30 + 12 + 18 and three orders, 1 borrowed, Acme, 11 committed and the fee: 66 + 0.1 + 3 + 11 + 4
    assert solve(assembled, Options(gap=0.0)).objective == pytest.approx(84.1)


def test_clusters_may_hold_several_materials_and_come_in_any_order():
    assert equal(assemble(build(()), [build(("Ga", "Sb")), build(("W",))]), build(FULL))


def test_a_case_without_clusters_is_its_master():
    assert equal(assemble(build(()), []), build(()))


def test_assembly_is_a_standard_form_like_any_other():
    assembled = assemble(build(()), [build((material,)) for material in FULL])
    assembled.assert_local_rows()
    for r in range(len(assembled.rows)):
        columns = assembled.column[assembled.start[r] : assembled.start[r + 1]]
        assert np.all(np.diff(columns) > 0)
    for (_, index), k in zip(assembled.columns, assembled.cluster, strict=True):
        assert index in (None, "Acme") if k == MASTER else index == assembled.clusters[k]


def without_row(form: StandardForm, container: str) -> StandardForm:
    rows = tuple((f"renamed {name}", index) if name == container else (name, index) for name, index in form.rows)
    return replace(form, rows=rows)


MISMATCHES = {
    "a coupling row that the master lacks": (
        lambda: assemble(build(()), [without_row(build(("W",)), "funding.ceiling")]),
        "funding.ceiling is not the same in the master and in a cluster",
    ),
    "a master column that the master lacks": (
        lambda: assemble(build(()), [replace(build(("W",)), cluster=np.full(4, MASTER, dtype=np.int32))]),
        "purchases.capacity",
    ),
    "a column in two clusters": (
        lambda: assemble(build(()), [build(("Sb", "W")), build(("W",))]),
        r"purchases.buy\[W\] comes twice",
    ),
    "a master with a cluster's columns": (
        lambda: assemble(build(("Sb",)), [build(("W",))]),
        "the master has local rows or columns of a cluster",
    ),
    "a row that is bounded in one form only": (
        lambda: assemble(build(()), [replace(build(("W",)), row_upper=np.full(5, np.inf))]),
        "the row_upper of funding.ceiling is finite in one of the master and a cluster only",
    ),
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_forms_that_do_not_fit_are_refused(name: str):
    act, message = MISMATCHES[name]
    with pytest.raises(ValueError, match=message):
        act()


CHANGES = {
    "value": (2, 1 + 1e-6),
    "cost": (1, 5.001),
    "upper": (0, np.inf),
    "row_lower": (-2, 3),
    "coupling": (0, True),
    "integer": (0, True),
    "cluster": (0, 1),
}
"""Fields, and which of their figures becomes what."""


def changed(field: str) -> StandardForm:
    form = build(FULL)
    if field == "offset":
        return replace(form, offset=12.0)
    if field in ("rows", "columns"):
        return replace(form, **{field: (("other", None), *getattr(form, field)[1:])})
    at, becomes = CHANGES[field]
    figures = getattr(form, field).copy()
    assert figures[at] != becomes
    figures[at] = becomes
    return replace(form, **{field: figures})


@pytest.mark.parametrize("field", [*CHANGES, "offset", "rows", "columns"])
def test_a_single_difference_is_found(field: str):
    found = list(differences(changed(field), build(FULL)))
    assert len(found) == (2 if field in ("columns", "rows") else 1)
    assert not equal(build(FULL), changed(field))


def test_differences_below_the_tolerance_do_not_count():
    assert equal(changed("value"), build(FULL), tolerance=1e-5)


def test_order_does_not_matter():
    form = build(FULL)
    rows, columns = np.argsort([str(row) for row in form.rows]), np.argsort([str(column) for column in form.columns])
    full = np.zeros((len(rows), len(columns)))
    full[form.row, form.column] = form.value
    row, column = np.nonzero(full[np.ix_(rows, columns)])
    shuffled = replace(
        form,
        cost=form.cost[columns], lower=form.lower[columns], upper=form.upper[columns], integer=form.integer[columns],
        start=np.searchsorted(row, np.arange(len(rows) + 1)).astype(np.int32), column=column.astype(np.int32),
        value=full[np.ix_(rows, columns)][row, column],
        row_lower=form.row_lower[rows], row_upper=form.row_upper[rows], coupling=form.coupling[rows],
        rows=tuple(form.rows[r] for r in rows), columns=tuple(form.columns[j] for j in columns),
        clusters=("Ga", "W", "Sb"), cluster=np.array([2, 1, 0, MASTER], dtype=np.int32)[form.cluster[columns]],
    )  # fmt: skip
    assert list(differences(shuffled, form)) == []
    assert list(differences(form, shuffled)) == []
