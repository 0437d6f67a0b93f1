"""The search over cluster plans: duals, bounds, plans, until bound and plan are as close as was asked for.

Lagrangian bound. For any duals y of the coupling rows,

    L(y) = Σ_r y_r · (bound of row r that y_r prices) + min_z (cost_∅ − D_∅ᵀ y) z + Σ_k min_{x_k ∈ X_k} (cost_k − D_kᵀ y) x_k

is a bound on every plan's cost (Geoffrion, Lagrangean relaxation for integer programming, 1974). The minima over X_k are
mixed-integer programmes, and only what the solver has proven of them counts, never their best solutions.

The way. The linear relaxation gives duals that are nearly right at once (`relaxation`). At these every cluster is solved,
first roughly, then closely; every plan on the way is a column of the master, which mixes the clusters' plans within the
coupling rows. All but a few clusters end on one plan: these few are solved together with all others held, and a linear
programme over everything, its whole numbers held, makes the most of it. Then a few clusters at a time are decided anew,
those near the largest terms of the plan's distance from the bound (`neighbourhood`). When that brings little, the clusters
are solved at new duals: the master's, kept within a box around the best so far, which shrinks where it misled. When most of
the distance that is left is the clusters' own, they are solved more closely where that matters, at the best duals.

Answers are learnt in the order of the jobs, and limits are in nodes and gaps, so that nothing depends on the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.decomposition import tuning
from planner.engine.decomposition.bound import Bound
from planner.engine.decomposition.composer import Composer
from planner.engine.decomposition.dispatch import Dispatch, completed
from planner.engine.decomposition.jobs import Answer, Composition, Dive, Job
from planner.engine.decomposition.master import Master
from planner.engine.decomposition.relaxation import Infeasible, NoMinimum, duals_of, least_overdrawn, relaxed_duals
from planner.engine.decomposition.workers import OnAnswer, in_order, wait_for_all
from planner.engine.knowledge import Knowledge
from planner.engine.outcome import Held, Options, Stopped
from planner.engine.programme import Floats, Programme


class _Reached(Exception):
    """The gap is reached."""


class Search:
    """One search; `run` ends when the gap is reached, or no more is to be gained this way.

    Args:
        known: the form, and what is learnt of it.
        dispatch: the way to the workers.
    """

    def __init__(self, known: Knowledge, options: Options, dispatch: Dispatch) -> None:
        self._known, self._options, self._dispatch = known, options, dispatch
        form = known.scaled
        self._whole, self._cluster, self._offset = form.bare, form.cluster, form.offset
        self.blocks = Blocks.of(self._whole, self._cluster)
        self._paid = self._whole if form.aside is None else replace(self._whole, cost=form.cost - form.aside)
        self._paid_blocks = self.blocks if form.aside is None else Blocks.of(self._paid, self._cluster)
        self.master = Master(self.blocks, form.aside)
        self._bound = self._bound_at(np.zeros(self.blocks.rows))
        self._composer = Composer(self._whole, self.blocks, self.master, dispatch.job, dispatch.answer)
        self._start: Floats | None = None

    @property
    def row_duals(self) -> Floats:
        """The best duals, one for each of the form's rows; 0 for those that couple nothing."""
        duals = np.zeros(len(self._whole.row_lower))
        duals[self.blocks.coupling] = self._bound.duals
        return duals

    def run(self, start: Floats | None = None, charged: Floats | None = None) -> Stopped | None:
        """Search; why it ended, nothing if it gave up.

        Args:
            start: a known plan in scaled units, or part of one (NaN where unknown).
            charged: for each row the dual that proved much of a form like this one, if one was solved.
        """
        self._start = start
        try:
            self._bound = self._bound_at(self._relaxed_duals() if charged is None else charged[self.blocks.coupling])
            self._close(is_charged=charged is not None)
        except _Reached:
            return Stopped.GAP_REACHED
        except Infeasible:
            return None if self._known.values is not None else Stopped.INFEASIBLE
        return None

    def _relaxed_duals(self) -> Floats:
        """The linear relaxation's duals: cluster by cluster, or of the whole.

        As a whole where clusters have no least cost by themselves, and where the master's columns are tied to each other, as
        loans are over time: duals that fit together along such rows are not found one by one.

        Raises:
            Infeasible: nothing satisfies the rows.
        """
        if not self.blocks.master_is_tied:
            try:
                gap, relaxed = self._options.gap, self._dispatch.relaxed
                return relaxed_duals(self._paid_blocks, self._offset, gap, relaxed, self._learn_bound)
            except NoMinimum:
                self._known.log.append("the relaxation is solved as a whole")
        return duals_of(self._paid, self.blocks, self._offset, self._dispatch.answer, self._learn_bound)

    def _learn_bound(self, bound: float) -> None:
        self._known.learn_bound(bound, 0)

    def _bound_at(self, duals: Floats) -> Bound:
        return Bound(self.blocks, self.master, self._offset, duals)

    def _close(self, *, is_charged: bool) -> None:
        """Close the distance between plan and bound, as far as that is possible.

        Args:
            is_charged: whether the first duals are those of another form, and may tell little of this one.

        Raises:
            _Reached: it is as small as was asked for.
            Infeasible: a cluster has no plan.
        """
        everyone = list(range(len(self.blocks.clusters)))
        self._first_round(everyone)
        if is_charged and self._known.scaled_distance > tuning.STALE * self._known.scaled_gap(self._options.gap):
            self._bound = self._bound_at(self._relaxed_duals())
            self._price(self._bound.duals, everyone, tuning.ROUGH, 1)
        if not self._all_have_plans():
            return
        if self._known.values is None:
            self._first_plan()
        if self._known.values is None:
            self._learn_of_overdrafts()
        gap, nodes = tuning.CLOSE * self._options.gap, tuning.NODES
        duals, which = self._bound.duals, self._bound.loosest_first()
        idle, before = 0, self._known.standing
        for number in range(tuning.ROUNDS):
            self._price(duals, which, gap, nodes, self._plans_to_try(dives=number == 1))
            self._better_plan(tuning.TOGETHER[min(idle, len(tuning.TOGETHER) - 1)])
            if self._lies_with_clusters():
                gap, nodes = gap * tuning.CLOSER, min(nodes * tuning.MORE, tuning.MOST_NODES)
                duals, which = self._bound.duals, self._bound.loosest()
                continue
            idle, before = 0 if self._known.standing != before else idle + 1, self._known.standing
            if idle == tuning.IDLE:
                break
            duals, which = self._new_duals(), everyone
        self._compose(self._plans_to_try())

    def _better_plan(self, size: int) -> None:
        """Try plans in neighbourhoods of a size, until several in a row do not come much closer to the bound."""
        dull = 0
        while self._known.values is not None and dull < tuning.DULL and not self._lies_with_clusters():
            plans, before = self._plans_to_try(size), self._known.scaled_distance
            if not plans:
                break
            self._compose(plans)
            dull = 0 if self._known.scaled_distance < (1.0 - tuning.MUCH) * before else dull + 1

    def _plans_to_try(self, size: int = tuning.TOGETHER[0], *, dives: bool = False) -> list[Composition | Dive]:
        """What may give a better plan: what the master mixes, unless it is known, and what lies near the plan at hand.

        Without one at hand, `dives` looks for it cluster after cluster instead.
        """
        if dives and self._known.values is None:
            return [Dive(self._dispatch.job(self._whole), self._cluster)]
        mixture = self._composer.of_mixture(self._bound)
        plans: list[Composition | Dive] = [] if mixture is None else [mixture]
        if self._known.values is not None:
            values = self._known.scaled_values(self._known.values)
            plans += self._composer.near(self._bound, values, size, max(self._dispatch.workers.count, 2) - len(plans))
        return plans

    def _first_plan(self) -> None:
        """Compose a plan, and mend it where it overdraws rows."""
        composition = self._composer.of_mixture(self._bound, tuning.ROUGH)
        for attempt in range(tuning.REPAIRS):
            broken = None if composition is None else self._compose([composition])[0].broken
            if broken is None:
                break
            composition = self._composer.mended(self._bound, broken, attempt)

    def _all_have_plans(self) -> bool:
        """Whether every cluster has a plan, once those without have been searched longer and longer."""
        nodes = tuning.NODES
        while lacking := [k for k, plans in enumerate(self.master.plans) if not plans]:
            if nodes > tuning.MOST_NODES:
                return False
            self._price(self._bound.duals, lacking, tuning.ROUGH, nodes)
            nodes *= tuning.MORE
        return True

    def _first_round(self, everyone: Sequence[int]) -> None:
        """Solve all clusters, roughly; beside it a plan is composed of what the start says of most of them."""
        if self._start is not None:
            for k, plan in completed(self.blocks, self._start, self._dispatch):
                self.master.learn(k, plan)
        lacking = [k for k in everyone if not self.master.plans[k]]
        composition = None
        if len(lacking) <= tuning.LACKING * len(everyone):
            self._price(self._bound.duals, lacking, tuning.ROUGH, 1)
            if all(self.master.plans):
                everyone = self._loosest_first(everyone)
                composition = self._composer.of_mixture(self._bound, others=everyone)
        self._price(self._bound.duals, everyone, tuning.ROUGH, 1, [] if composition is None else [composition])

    def _loosest_first(self, everyone: Sequence[int]) -> list[int]:
        """The clusters whose plans are dearest beside what their linear relaxations cost at the best duals."""
        answers = self._dispatch.relaxed([self._priced(k, self._bound.duals)[0] for k in everyone])
        bounds = np.array([answer.bound for answer in answers])
        self._learn_bound(self._bound.judge(self._bound.duals, everyone, bounds))
        return self._bound.loosest_first()

    def _price(
        self, duals: Floats, which: Sequence[int], gap: float, nodes: int, first: Sequence[Composition | Dive] = ()
    ) -> None:
        """Solve clusters at some duals, and beside them what is composed of their plans.

        At the best duals each bound counts at once; at others all are needed. Raises what `_close` raises.
        """
        at_best = self._bound.is_at(duals)

        def learn(number: int, answer: Answer) -> None:
            if answer.infeasible:
                raise Infeasible
            self.master.learn(which[number], *answer.plans)
            if at_best:
                judge([which[number]], answer.bound)

        def judge(clusters: Sequence[int], *bounds: float) -> None:
            self._learn_bound(self._bound.judge(duals, clusters, np.array(bounds)))
            self._end_if_reached()

        jobs = [self._dispatch.job(*self._priced(k, duals), gap, nodes) for k in which]
        answers = self._compose(first, jobs, learn)[len(first) :]
        if not at_best:
            judge(which, *(answer.bound for answer in answers))

    def _priced(self, k: int, duals: Floats) -> tuple[Programme, Floats | None]:
        """A cluster's programme at some duals, and the best that is known of it."""
        block = self._paid_blocks.clusters[k]
        known = min(self.master.plans[k], key=lambda plan: plan.reduced_cost(duals), default=None)
        start = known.values if known is not None else None if self._start is None else self._start[block.columns]
        return replace(block.programme, cost=block.reduced_cost(duals)), start

    def _lies_with_clusters(self) -> bool:
        """Whether what clusters have not proven is most of the distance to the bound, or all that is too much of it."""
        unproven, asked = float(self._bound.unproven.sum()), self._known.scaled_gap(self._options.gap)
        return self._known.scaled_distance < max(2.0 * unproven, asked + tuning.GAINED * unproven)

    def _new_duals(self) -> Floats:
        """The master's duals within the box around the best ones."""
        answer = self._dispatch.answer(self._bound.boxed_master())
        return self._bound.within_box(answer.duals) if answer.plans else self._bound.pushed()

    def _learn_of_overdrafts(self) -> None:
        """Plans that overdraw as little as can be, for the master to mix, or the proof that all overdraw.

        Raises:
            Infeasible: it is proven.
        """

        def solve(programmes: Sequence[Programme]) -> list[Answer]:
            return self._dispatch.answers([self._dispatch.job(programme, None, tuning.ROUGH) for programme in programmes])

        try:
            for k, plans in enumerate(least_overdrawn(self.blocks, solve)):
                self.master.learn(k, *plans)
        except NoMinimum:
            self._known.log.append("clusters may overdraw without limit")

    def _compose(
        self, first: Sequence[Composition | Dive], beside: Sequence[Job] = (), learn_beside: OnAnswer = wait_for_all
    ) -> list[Answer]:
        """Make plans, and do some jobs beside it; all answers, those of the plans first.

        They are looked at in this order, so that whether one ends the search does not depend on those after it.
        """

        def learn(number: int, answer: Answer) -> None:
            if number >= len(first):
                learn_beside(number - len(first), answer)
                return
            for values in answer.plans:
                self._learn_whole(values)
            self._end_if_reached()

        return self._dispatch.gathered([*first, *beside], slice(len(first), None), in_order(learn))

    def _learn_whole(self, values: Floats) -> None:
        """A plan of everything: its clusters' parts are columns too."""
        if self._known.learn_scaled_plan(values):
            self._composer.start_anew()
        for k, block in enumerate(self.blocks.clusters):
            self.master.learn(k, values[block.columns])

    def _end_if_reached(self) -> None:
        if self._known.held(Stopped.GAP_REACHED, self._options.gap) is Held.PROVEN_PLAN:
            raise _Reached
