"""What each tightening of the model is worth: `python -m tests.benchmarks.strength [CASE …]`.

Cases are slack, binding, shared, vault and alike (slack, of traders with the same terms and no limits); all unless some are
named. Each variation takes a tightening of the model away, or adds one that it does not have. Prints the bound of the
linear relaxation, by how much it changes it, the integers that the relaxation splits, and in the cases of `SEARCHED` the
seconds of a search that proves 0.1 %, up to `PATIENCE`. What was learnt from it stands in `tests.test_strength`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf, nan
from pathlib import Path

import highspy
import numpy as np

from models.bounds import limits_of_order
from models.case import Case
from models.needs import drawn, kept
from models.slots import slots_of
from models.surplus import needs_of
from planner.engine import Method, Options, Resources, solve
from planner.engine.programme import configured, load
from planner.engine.scaling import scaled, scales_of
from planner.engine.standard_form import StandardForm, compressed, numbered
from planner.validate import read
from tests.benchmarks.building import built
from tests.benchmarks.main_job import VAULT
from tests.benchmarks.scale import GAP, MATERIALS
from tests.benchmarks.trace import case_of

PATIENCE, SPLIT, LATER = 150.0, 1e-6, 3
"""Seconds of a search; how far from whole a binary is split; periods that lot sizing looks ahead."""
SEARCHED = ("slack", "vault", "alike")
"""Cases whose search is quick enough to repeat."""

Row = tuple[Sequence[int], Sequence[float]]
"""Columns and their coefficients; the row is at most zero."""
Variation = Callable[[StandardForm, Case], StandardForm]


def main() -> None:
    """Print the figures as they come."""
    print(f"{'case':8} {'variation':34} {'rows':>7} {'relaxation':>17} {'change':>10} {'split':>6} {'search':>9}")
    for name in sys.argv[1:] or CASES:
        case = CASES[name]()
        form = built(case)
        base = None
        for variation, vary in VARIATIONS.items():
            varied = vary(form, case)
            bound, split = relaxed(varied)
            base = bound if base is None else base
            seconds = searched(varied) if name in SEARCHED else nan
            print(f"{name:8} {variation:34} {len(varied.rows) - len(form.rows):7} {bound:17,.0f} "
                  f"{100 * (bound / base - 1):9.4f}% {split:6} {seconds:8.1f}s", flush=True)  # fmt: skip


def alike() -> Case:
    """A slack case, whose traders differ by their names only."""
    case = case_of("slack", MATERIALS, 1)
    unlimited = {"minimum_share": None, "maximum_share": None, "maximum_spend": None}
    alike = tuple(case.traders[0].model_copy(update={"trader": row.trader} | unlimited) for row in case.traders)
    return replace(case, traders=alike, mandates=())


CASES: Mapping[str, Callable[[], Case]] = {
    **{kind: lambda kind=kind: case_of(kind, MATERIALS, 1) for kind in ("slack", "binding", "shared")},
    "vault": lambda: read(Path(VAULT)).case,
    "alike": alike,
}


def relaxed(form: StandardForm) -> tuple[float, int]:
    """The bound of the linear relaxation in USD, and how many integers it splits."""
    scales = scales_of(form)
    inner = scaled(form, scales)
    solver = configured({"output_flag": False, "threads": 1})
    load(solver, replace(inner.bare, integer=np.zeros_like(inner.integer)), inner.offset)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    values = np.array(solver.getSolution().col_value)[inner.integer]
    return scales.money(solver.getInfo().objective_function_value), int((np.abs(values - np.rint(values)) > SPLIT).sum())


def searched(form: StandardForm) -> float:
    """Seconds to a proven gap of 0.1 %; infinite if it takes too long."""
    outcome = solve(form, Options(gap=GAP, time_limit=PATIENCE), resources=Resources(Method.DECOMPOSED))
    return outcome.seconds if outcome.gap is not None and outcome.gap <= GAP else inf


# Taken away


def loosened(form: StandardForm, _: Case | None = None) -> StandardForm:
    """The form whose suppliers have their capacity also where they are not onboarded."""
    rows = np.array([name[0] in ("suppliers.per_period", "suppliers.per_year") for name in form.rows])
    onboard = np.array([name[0] == "suppliers.onboard" for name in form.columns])
    tied = rows[form.row] & onboard[form.column]
    upper = form.row_upper.copy()
    np.subtract.at(upper, form.row[tied], form.value[tied])
    start, column, value = compressed(form.row, form.column, np.where(tied, 0.0, form.value), len(form.rows))
    return replace(form, row_upper=upper, start=start, column=column, value=value)


def summed(container: str) -> Variation:
    """The form in which rows of one container that hang on the same switch are added up."""

    def vary(form: StandardForm, _: Case) -> StandardForm:
        ours = np.array([name[0] == container for name in form.rows])
        switch = {r: form.column[e] for e, r in enumerate(form.row) if ours[r] and form.value[e] < 0.0}
        first: dict[int, int] = {}
        into = np.array([first.setdefault(switch[r], r) if ours[r] else r for r in range(len(form.rows))])
        keep = into == np.arange(len(form.rows))
        place = np.cumsum(keep) - 1
        start, column, value = compressed(place[into[form.row]], form.column, form.value, int(keep.sum()))
        return replace(form, rows=tuple(name for name, kept in zip(form.rows, keep, strict=True) if kept),
                       row_lower=form.row_lower[keep], row_upper=form.row_upper[keep], coupling=form.coupling[keep],
                       start=start, column=column, value=value)  # fmt: skip

    return vary


def unbounded(form: StandardForm, case: Case) -> StandardForm:
    """The form whose orders are bounded by what can be delivered, not by what is useful."""
    value = form.value.copy()
    for e, (r, c) in enumerate(zip(form.row, form.column, strict=True)):
        container, index = form.rows[r]
        if container in ("orders.at_most", "purchases.awarded") and form.columns[c][0] != "buy":
            offer = case.offer[index[0]]
            value[e] = min(value[e], -min((limit.quantity for limit in limits_of_order(case, offer)), default=0.0))
    return replace(form, value=value)


# Added


def added(container: str, rows_of: Callable[[StandardForm, Case], Iterator[Row]]) -> Variation:
    """The form with more rows, none of which couples."""

    def vary(form: StandardForm, case: Case) -> StandardForm:
        found = list(rows_of(form, case))
        n = len(form.rows)
        row = np.concatenate([form.row, *(np.full(len(columns), n + k) for k, (columns, _) in enumerate(found))])
        column = np.concatenate([form.column, *(columns for columns, _ in found)])
        value = np.concatenate([form.value, *(values for _, values in found)])
        start, column, value = compressed(row, column, value, n + len(found))
        return replace(form, rows=form.rows + tuple((container, k) for k in range(len(found))),
                       row_lower=np.append(form.row_lower, np.full(len(found), -inf)),
                       row_upper=np.append(form.row_upper, np.zeros(len(found))),
                       coupling=np.append(form.coupling, np.zeros(len(found), dtype=bool)),
                       start=start, column=column, value=value)  # fmt: skip

    return vary


def totals_within_award(form: StandardForm, case: Case) -> Iterator[Row]:
    """Σ_t buy[o,f,t] ≤ all that is useful of o · awards[o,f]."""
    place, needs = numbered(form.columns), needs_of(case)
    bought: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (container, index), c in place.items():
        if container == "buy":
            bought[index[:2]].append(c)
    for (o, f), columns in bought.items():
        offer = case.offer[o]
        useful = max(needs[offer.material].values()) + (case.lot(offer) or 0.0)
        most = min(max(useful, offer.minimum_order), offer.maximum_total or inf)
        yield [*columns, place["awards", (o, f)]], [*[1.0] * len(columns), -most]


def lot_sizing(form: StandardForm, case: Case) -> Iterator[Row]:
    """buy[o,f,t] ≤ draws from its arrival to l · starts[o,f,t] + what is in stock after l, for the first periods l."""
    place = numbered(form.columns)
    arrivals = {(o, slot.period): slot.arrival for o, slots in slots_of(case).items() for slot in slots}
    stock: dict[tuple[str, int], list[int]] = defaultdict(list)
    for (container, index), c in place.items():
        if container == "stock":
            stock[index[0], index[2]].append(c)
    for (container, index), c in place.items():
        if container == "orders.starts":
            o, _, t = index
            material = case.offer[o].material
            draws, keeps, needed = drawn(case, material), kept(case, material), 0.0
            for later, period in enumerate(range(arrivals[o, t], min(arrivals[o, t] + LATER, case.calendar.periods) + 1)):
                needed += draws[period] / keeps**later
                places = stock[material, period]
                yield [place["buy", index], c, *places], [1.0, -needed, *[-(keeps**-later)] * len(places)]


def leader_first(form: StandardForm, case: Case) -> Iterator[Row]:
    """awards[o,g] ≤ awards[o,f] where trader f comes before g and both have the same terms."""
    place = numbered(form.columns)
    for o in case.offer:
        signing = [f for f in case.trader if ("awards", (o, f)) in place]
        for f, g in pairwise(signing):
            if case.trader[f].model_copy(update={"trader": g}) == case.trader[g]:
                yield [place["awards", (o, f)], place["awards", (o, g)]], [-1.0, 1.0]


VARIATIONS: Mapping[str, Variation] = {
    "as it is": lambda form, _: form,
    "capacity without onboarding": loosened,
    "orders summed within awards": summed("orders.within_award"),
    "awards summed within uses": summed("suppliers.used"),
    "uses summed within onboarding": summed("suppliers.onboarded"),
    "orders up to what is deliverable": unbounded,
    "totals within awards": added("totals", totals_within_award),
    "lot sizing": added("lot_sizing", lot_sizing),
    "alike traders in order": added("symmetry", leader_first),
}

if __name__ == "__main__":
    main()
