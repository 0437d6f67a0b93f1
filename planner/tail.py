"""What a plan would do in each of its futures: what costs least, expected, with the weight and within the cap of CVaR.

    minimise  Σ_e probability[e] · (loss[e] + goods[e]) + λ · CVaR,  CVaR ≤ cap,  loss[e] = Σ_k share[e,k] · loss[e,k]
    CVaR = threshold + Σ_ω probability[ω] · excess[ω] / (1 − α),  threshold + excess[ω] ≥ Σ_e∈ω loss[e]           [USD]

That is what is left of the plan's own model once its purchases are held (`models.rules.scenarios`, `models.rules.cvar`), so
that both tell the same losses of the same futures. What goods cost at benchmark prices is no loss: a state in the tail weighs
a shortage more beside them than another does, and buys what the others leave short. So no state can be decided by itself.
Each brings its efficient ways (`planner.recourse`), of which any mixture is one too. Where nothing keeps to the cap, as little
as can be is lost beyond it. Of what costs the same, the least loss is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np

from models.course import AtOnce
from models.courses import State
from models.futures import Future
from models.plan import Plan
from planner.distribution import Struck, ordered, struck_by
from planner.engine.decomposition.jobs import Job, run
from planner.engine.programme import Floats, Integers, Programme
from planner.engine.standard_form import compressed
from planner.recourse import Way, weight_of_goods

Named = tuple[str, tuple[str, ...]]
"""A material, and the scenarios about it that hold together."""
Held = Sequence[tuple[Future, Sequence[Named]]]
"""Each future, with the states of materials that it consists of."""

BEYOND = 1e4
"""What a dollar of CVaR beyond the cap weighs: more than any way costs that saves one."""
LEAST = 1e-6
"""A share of a way below this is none."""


def chosen(plan: Plan, held: Held, ways: Mapping[Named, Sequence[Way]]) -> dict[Named, Struck]:
    """What becomes of each state, by the ways that the plan's model would take."""
    struck = {state: found[0].struck for state, found in ways.items()}
    open_ = {state: found for state, found in ways.items() if len(found) > 1}
    if open_:
        shares = iter(_shares(plan, held, open_, struck).tolist())
        for state, found in open_.items():
            struck[state] = _mixed(plan, state, [(next(shares), way) for way in found])
    return struck


def _mixed(plan: Plan, state: Named, parts: Sequence[tuple[float, Way]]) -> Struck:
    """What becomes of a state in which a share of each of several ways is gone."""
    taken = [(share, way) for share, way in parts if share > LEAST]
    if len(taken) == 1:
        return taken[0][1].struck
    had = {
        t: AtOnce(*(sum(share * way.had.get(t, AtOnce())[k] for share, way in taken) for k in range(2)))
        for t in {t for _, way in taken for t in way.had}
    }
    material, scenarios = state
    return struck_by(plan, State(plan, plan.case.material[material], scenarios, had).course(()))


def _shares(plan: Plan, held: Held, open_: Mapping[Named, Sequence[Way]], first: Mapping[Named, Struck]) -> Floats:
    """The shares of the open states' ways, one state after the other, by the linear programme above.

    Beside them stand the threshold, what is beyond the cap, and the excesses; losses are told from those of the first ways on.
    """
    settings, goods = plan.case.settings, weight_of_goods(plan.case)
    weight, cap, worst = settings.risk_weight, settings.cvar_cap, 1.0 - settings.cvar_alpha
    likely, chances = _probabilities(held), np.array([future.probability for future, _ in held])
    costs = [likely[state] * way.cost(goods) for state, found in open_.items() for way in found]
    shares, futures, one, none = np.zeros(len(costs)), np.zeros(len(held)), np.ones(len(open_)), np.inf
    start, column, value = _matrix(held, open_, first, chances / worst)
    programme = Programme(
        cost=np.concatenate((costs, [weight, BEYOND], weight / worst * chances)),
        lower=np.concatenate((shares, [-none, 0.0], futures)), upper=np.full(len(costs) + 2 + len(held), none),
        integer=np.zeros(len(costs) + 2 + len(held), dtype=bool), start=start, column=column, value=value,
        row_lower=np.concatenate((one, _losses(plan, held, first), [-none])),
        row_upper=np.concatenate((one, futures + none, [none if cap is None else cap])),
    )  # fmt: skip
    return run(Job(programme)).plans[-1]


def _matrix(
    held: Held, open_: Mapping[Named, Sequence[Way]], first: Mapping[Named, Struck], tail: Floats
) -> tuple[Integers, Integers, Floats]:
    """Its rows: the shares of each state are one, each future's excess, and the cap."""
    columns = _columns(open_)
    threshold = sum(map(len, open_.values()))
    beyond, excess, rows = threshold + 1, threshold + 2, len(open_) + len(held)
    entries = [(row, column, 1.0) for row, state in enumerate(open_) for column in columns[state]]
    for number, (_, states) in enumerate(held):
        row = len(open_) + number
        entries += [(row, threshold, 1.0), (row, excess + number, 1.0), (rows, excess + number, float(tail[number]))]
        for state in states:
            lost = zip(columns.get(state, ()), open_.get(state, ()), strict=True)
            entries += [(row, column, first[state].loss - way.struck.loss) for column, way in lost]
    entries += [(rows, threshold, 1.0), (rows, beyond, -1.0)]
    row_of, column_of, value = zip(*entries, strict=True)
    return compressed(np.array(row_of, np.int32), np.array(column_of, np.int32), np.array(value), rows + 1)


def _probabilities(held: Held) -> Mapping[Named, float]:
    """Of each state, over the futures that it is part of."""
    sums: dict[Named, float] = defaultdict(float)
    for future, states in held:
        for state in states:
            sums[state] += future.probability
    return sums


def _columns(open_: Mapping[Named, Sequence[Way]]) -> Mapping[Named, range]:
    """Where the ways of each state stand."""
    ends = accumulate(map(len, open_.values()))
    return {state: range(end - len(found), end) for (state, found), end in zip(open_.items(), ends, strict=True)}


def _losses(plan: Plan, held: Held, first: Mapping[Named, Struck]) -> list[float]:
    """What each future loses by the first ways, in discounted USD."""
    found = {
        one.future.name: one.loss for one in ordered(plan, ((future, [first[s] for s in states]) for future, states in held))
    }
    return [found[future.name] for future, _ in held]
