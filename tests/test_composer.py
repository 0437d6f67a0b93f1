"""Plans composed of clusters' plans: what overdraws shared limits is mended."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.engine.blocks import Blocks
from planner.engine.decomposition import tuning
from planner.engine.decomposition.bound import Bound
from planner.engine.decomposition.composer import Composer
from planner.engine.decomposition.jobs import Job, run
from planner.engine.decomposition.master import Master
from planner.engine.knowledge import Knowledge
from planner.engine.programme import Floats, Programme
from planner.proving import Model
from tests.benchmarks.generator import synthetic


def _job(programme: Programme, start: Floats | None, gap: float, nodes: int) -> Job:
    return Job(programme, gap, nodes, start=start)


@pytest.mark.parametrize("seed", range(1, 6))
def test_plans_that_overdraw_shared_limits_are_mended(seed: int) -> None:
    """Every material does what is best for itself, which overdraws budget and shares; a few rounds make a plan of it."""
    known = Knowledge(Model.of(synthetic(12, 60, 3, 6, seed=seed, shared_suppliers=True, binding=True)).form)
    form = known.scaled
    blocks = Blocks.of(form.bare, form.cluster)
    own = [run(Job(block.programme, gap=0.01)).plans[-1] for block in blocks.clusters]
    values = blocks.joined(own, blocks.master.programme.lower)
    assert blocks.overdrawn(values).sum() > 1.0
    assert not known.learn_scaled_plan(values)
    master = Master(blocks)
    composer = Composer(form.bare, blocks, master, _job, lambda programme: run(Job(programme)))
    bound = Bound(blocks, master, form.offset, np.zeros(blocks.rows))
    for attempt in range(tuning.REPAIRS):
        composition = composer.mended(bound, values, attempt)
        assert composition is not None
        answer = run(composition)
        if answer.broken is None:
            known.learn_scaled_plan(answer.plans[-1])
            break
        values = answer.broken
    assert known.values is not None


def test_who_takes_most_of_what_is_overdrawn_is_decided_anew() -> None:
    """With plans in sizes of 1 to 12, of rows of which nothing is left, these are the last six."""
    form = Knowledge(Model.of(synthetic(12, 60, 3, 6, seed=1, shared_suppliers=False, binding=True)).form).scaled
    cut = Blocks.of(form.bare, form.cluster)
    budget = np.arange(cut.rows) == int(np.argmax(cut.used(np.ones(len(form.columns)))))
    blocks = replace(cut, lower=np.full(cut.rows, -np.inf), upper=np.where(budget, 0.0, np.inf))
    values = np.zeros(len(form.columns))
    for k, block in enumerate(blocks.clusters):
        values[block.columns] = (k + 1.0) / block.use(np.ones(len(block.columns)), blocks.rows)[budget]
    master = Master(blocks)
    composer = Composer(form.bare, blocks, master, _job, lambda programme: run(Job(programme)))
    task = composer.mended(Bound(blocks, master, 0.0, np.zeros(blocks.rows)), values, 0)
    assert task is not None
    largest = [blocks.master.columns, *(block.columns for block in blocks.clusters[-tuning.TOGETHER[0] :])]
    assert set(task.columns) == set(np.concatenate(largest))
    assert composer.mended(Bound(blocks, master, 0.0, np.zeros(blocks.rows)), np.zeros(len(values)), 0) is None
