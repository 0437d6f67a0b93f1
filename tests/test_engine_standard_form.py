"""The compiler reads Pyomo models entry for entry, and refuses what the solver cannot work with."""

from __future__ import annotations

import doctest

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.expr.numeric_expr import LinearExpression
from pyomo.repn import generate_standard_repn

from planner.engine import compile, standard_form
from planner.engine.standard_form import MASTER, StandardForm
from tests.engine_forms import INF, dense


def linear(*terms: tuple[float, object], constant: float = 0.0) -> LinearExpression:
    return LinearExpression(constant=constant, linear_coefs=[c for c, _ in terms], linear_vars=[v for _, v in terms])


def model() -> pyo.ConcreteModel:
    """Two materials, one offer each; a budget over both; the rows are written in every way that rules may use."""
    m = pyo.ConcreteModel()
    m.purchases, m.budget = pyo.Block(), pyo.Block()
    m.purchases.buy = pyo.Var(["Sb", "W"], bounds=(0, 10))
    m.purchases.order = pyo.Var(["Sb", "W"], domain=pyo.Binary)
    m.budget.spare = pyo.Var(domain=pyo.NonNegativeReals)
    buy, order, spare = m.purchases.buy, m.purchases.order, m.budget.spare
    m.purchases.capacity = pyo.Constraint(["Sb", "W"], rule=lambda _, i: (None, linear((1.0, buy[i]), (-8.0, order[i])), 0))
    m.purchases.demand = pyo.Constraint(["W"], rule=lambda _, i: linear((1.0, buy[i]), constant=2.0) >= 5)
    m.budget.ceiling = pyo.Constraint(
        rule=lambda _: (None, linear((3.0, buy["Sb"]), (4.0, buy["W"]), (1.0, spare), (2.0, buy["Sb"])), 100)
    )
    m.budget.empty = pyo.Constraint(rule=lambda _: (None, linear(constant=1.5), 7))
    m.cost = pyo.Objective(expr=linear((5.0, buy["Sb"]), (4.0, buy["W"]), (1.0, order["W"]), constant=9.0))
    return m


def compiled(m: pyo.ConcreteModel) -> StandardForm:
    return compile(
        m,
        coupling={"budget.ceiling", "budget.empty"},
        cluster_of={"purchases.buy": lambda i: i, "purchases.order": lambda i: i},
    )


def matrix(form: StandardForm) -> np.ndarray:
    full = np.zeros((len(form.rows), len(form.columns)))
    full[form.row, form.column] = form.value
    return full


def test_every_figure_of_the_model_is_in_the_form():
    form = compiled(model())
    assert form.columns == (
        ("purchases.buy", "Sb"),
        ("purchases.buy", "W"),
        ("purchases.order", "Sb"),
        ("purchases.order", "W"),
        ("budget.spare", None),
    )
    assert [standard_form.address(row) for row in form.rows] == [
        "purchases.capacity[Sb]", "purchases.capacity[W]", "purchases.demand[W]", "budget.ceiling", "budget.empty"
    ]  # fmt: skip
    # buy[Sb] occurs twice in the ceiling, 3 and 2 add up to 5; the empty row stays a row
    assert matrix(form).tolist() == [
        [1, 0, -8, 0, 0],
        [0, 1, 0, -8, 0],
        [0, 1, 0, 0, 0],
        [5, 4, 0, 0, 1],
        [0, 0, 0, 0, 0],
    ]
    # constants move to the other side: 5 - 2 = 3, 7 - 1.5 = 5.5
    assert form.row_lower.tolist() == [-INF, -INF, 3, -INF, -INF]
    assert form.row_upper.tolist() == [0, 0, INF, 100, 5.5]
    assert form.lower.tolist() == [0, 0, 0, 0, 0]
    assert form.upper.tolist() == [10, 10, 1, 1, INF]
    assert form.integer.tolist() == [False, False, True, True, False]
    assert form.cost.tolist() == [5, 4, 0, 1, 0]
    assert form.offset == 9
    assert form.clusters == ("Sb", "W")
    assert form.cluster.tolist() == [0, 1, 0, 1, MASTER]
    assert form.coupling.tolist() == [False, False, False, True, True]


def test_arrays_have_the_types_that_the_solver_takes():
    m = pyo.ConcreteModel()  # all figures are Python integers
    m.x = pyo.Var([1, 2], bounds=(0, 3))
    m.row = pyo.Constraint(expr=(0, linear((2, m.x[1]), (1, m.x[2]), constant=1), 4))
    m.cost = pyo.Objective(expr=linear((1, m.x[1])))
    form = compile(m)
    for figures in (form.cost, form.lower, form.upper, form.value, form.row_lower, form.row_upper):
        assert figures.dtype == np.float64
    for places in (form.start, form.column, form.cluster):
        assert places.dtype == np.int32


def test_the_fast_path_reads_what_pyomos_own_compiler_reads():
    m = model()
    form = compiled(m)
    position = {standard_form.address(name): j for j, name in enumerate(form.columns)}
    full = matrix(form)
    for r, (container, index) in enumerate(form.rows):
        terms = generate_standard_repn(m.find_component(container)[index].body)
        theirs = np.zeros(len(form.columns))
        for coefficient, variable in zip(terms.linear_coefs, terms.linear_vars, strict=True):
            theirs[position[variable.name]] += coefficient
        assert full[r].tolist() == theirs.tolist()


def test_other_linear_bodies_are_read_too():
    m = model()
    m.rate = pyo.Param(initialize=3.0, mutable=True)
    buy = m.purchases.buy
    m.product = pyo.Constraint(expr=2 * (buy["Sb"] + 3 * buy["W"]) <= 4)
    m.parameter = pyo.Constraint(expr=m.rate * buy["Sb"] - 1 >= 0)
    m.alone = pyo.Constraint(expr=(1, buy["W"], 4))
    m.both_sides = pyo.Constraint(expr=buy["W"] <= linear((2.0, buy["Sb"]), constant=1.0))
    form = compile(m)
    rows = dict(zip([container for container, _ in form.rows], matrix(form)[:, :2].tolist(), strict=True))
    sides = {
        container: (low, high) for (container, _), low, high in zip(form.rows, form.row_lower, form.row_upper, strict=True)
    }
    assert (rows["product"], sides["product"]) == ([2, 6], (-INF, 4))
    assert (rows["parameter"], sides["parameter"]) == ([3, 0], (1, INF))
    assert (rows["alone"], sides["alone"]) == ([0, 1], (1, 4))
    assert (rows["both_sides"], sides["both_sides"]) == ([-2, 1], (-INF, 1))


def test_shared_argument_lists_are_read_to_their_own_end():
    m = pyo.ConcreteModel()
    m.x = pyo.Var([1, 2])
    short = linear((1.0, m.x[1]))
    m.long = pyo.Constraint(expr=short + 7 * m.x[2] <= 1)  # Pyomo appends to the list that `short` holds
    m.short = pyo.Constraint(expr=(None, short, 1))
    m.cost = pyo.Objective(expr=linear((1.0, m.x[1])))
    assert matrix(compile(m)).tolist() == [[1, 7], [1, 0]]


def test_a_fixed_variable_is_a_column_with_equal_bounds():
    m = model()
    m.purchases.buy["Sb"].fix(4)
    form = compiled(m)
    assert (form.lower[0], form.upper[0]) == (4, 4)
    assert matrix(form)[3].tolist() == [5, 4, 0, 0, 1]


def test_inactive_constraints_are_left_out():
    m = model()
    m.purchases.capacity["Sb"].deactivate()
    m.budget.deactivate()
    assert [standard_form.address(row) for row in compiled(m).rows] == ["purchases.capacity[W]", "purchases.demand[W]"]


def test_coefficients_that_cancel_leave_no_entry():
    m = pyo.ConcreteModel()
    m.x = pyo.Var([1, 2])
    m.row = pyo.Constraint(expr=(0, linear((2.0, m.x[1]), (1.0, m.x[2]), (-2.0, m.x[1])), 1))
    m.cost = pyo.Objective(expr=linear((1.0, m.x[1])))
    form = compile(m)
    assert (form.column.tolist(), form.value.tolist()) == ([1], [1.0])


def spoilt(spoil: str) -> pyo.ConcreteModel:
    m = model()
    buy, order = m.purchases.buy, m.purchases.order
    if spoil == "square":
        m.square = pyo.Constraint(expr=buy["Sb"] * buy["W"] <= 1)
    elif spoil == "coefficient":
        m.row = pyo.Constraint(expr=(None, linear((float("nan"), buy["Sb"])), 1))
    elif spoil == "infinite":
        m.row = pyo.Constraint(expr=(None, linear((INF, buy["Sb"])), 1))
    elif spoil == "stranger":
        other = pyo.ConcreteModel()
        other.x = pyo.Var()
        m.row = pyo.Constraint(expr=(None, linear((1.0, other.x)), 1))
    elif spoil == "unbounded":
        m.lots = pyo.Var(["W"], domain=pyo.NonNegativeIntegers)
    elif spoil == "cost":
        m.cost.set_value(linear((float("nan"), order["W"])))
    elif spoil == "unset":
        m.purchases.buy["W"].fix()
    elif spoil == "maximise":
        m.cost.sense = pyo.maximize
    elif spoil == "two costs":
        m.other = pyo.Objective(expr=buy["W"])
    return m


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("square", "square is not linear"),
        ("coefficient", "row has no usable coefficient"),
        ("infinite", "row has no usable coefficient"),
        ("stranger", "row uses a variable that is not on the model"),
        ("unbounded", r"lots\[W\] has no usable finite bounds"),
        ("cost", r"purchases.order\[W\] has no usable cost"),
        ("unset", "No value for uninitialized"),
        ("maximise", "one objective to minimise is needed"),
        ("two costs", "one objective to minimise is needed"),
    ],
)
def test_what_no_solver_can_work_with_is_named(spoil: str, message: str):
    with pytest.raises(ValueError, match=message):
        compiled(spoilt(spoil))


def test_local_rows_touch_one_cluster():
    compiled(model()).assert_local_rows()


def test_a_local_row_over_two_clusters_is_named():
    m = model()
    m.both = pyo.Constraint(expr=m.purchases.buy["Sb"] + m.purchases.buy["W"] <= 3)
    with pytest.raises(ValueError, match="both touches cluster Sb and cluster W"):
        compiled(m).assert_local_rows()


def test_a_local_row_on_the_master_is_named():
    m = model()
    m.rules = pyo.Block()
    m.rules.mixed = pyo.Constraint(["W"], rule=lambda _, i: m.purchases.buy[i] <= m.budget.spare)
    with pytest.raises(ValueError, match=r"rules.mixed\[W\] touches cluster W and the master"):
        compiled(m).assert_local_rows()


def test_a_local_row_on_nothing_but_the_master_is_named():
    m = model()
    m.rules = pyo.Block()
    m.rules.reserve = pyo.Constraint(expr=m.budget.spare >= 1)
    with pytest.raises(ValueError, match=r"rules.reserve touches the master: declare it coupling"):
        compiled(m).assert_local_rows()


def test_violation_is_that_of_the_worst_row_bound_or_integer():
    form = dense([1, 1], [(2, [1, 1], 4)], [(0, 3), (0, 2)], whole=[1])
    for x, expected in (
        ([1.0, 1.0], 0.0),
        ([0.5, 1.0], 0.5),  # the row misses its 2 by 0.5
        ([2.5, 2.0], 0.5),  # the row exceeds its 4 by 0.5
        ([3.25, 0.0], 0.25),  # above the bound 3 by 0.25
        ([-0.25, 2.0], 0.25),  # below the bound 0 by 0.25, the row short of 2 by as much
        ([1.5, 0.875], 0.125),  # an eighth from whole
    ):
        assert form.violation(np.array(x)) == expected
    assert np.isnan(form.violation(np.array([np.nan, 1.0])))


def test_documented_examples():
    assert doctest.testmod(standard_form) == (0, 1)
