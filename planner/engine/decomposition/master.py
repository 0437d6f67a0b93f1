"""The restricted master: the best mixture of the cluster plans found so far, and the duals that it puts on what couples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.engine.blocks import Block, Blocks
from planner.engine.idle import without_idle
from planner.engine.programme import Floats, Programme
from planner.engine.standard_form import compressed

ALIKE = 1e-9
"""Two plans of a cluster that differ by no more in cost and use are one."""

NOISE = 1e-7
"""Overdrafts below this are the solver's."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A cluster's plan, a column of the master.

    Attributes:
        values: of the cluster's columns.
        cost: theirs.
        use: what it takes of each coupling row.
        aside: the part of the cost that nobody pays.
    """

    values: Floats
    cost: float
    use: Floats
    aside: float = 0.0

    @classmethod
    def of(cls, block: Block, values: Floats, rows: int) -> Plan:
        """The plan that some values are."""
        return cls(values, float(block.programme.cost @ values), block.use(values, rows))

    def reduced_cost(self, duals: Floats) -> float:
        """What is paid for it, with the coupling rows' duals charged."""
        return self.cost - self.aside - float(duals @ self.use)

    def is_like(self, other: Plan) -> bool:
        """Whether the master cannot tell it from another."""
        size = 1.0 + abs(self.cost)
        return abs(self.cost - other.cost) <= ALIKE * size and bool(
            np.all(np.abs(self.use - other.use) <= ALIKE * (1.0 + np.abs(self.use)))
        )


@dataclass(frozen=True, eq=False)
class Mixture:
    """A solution of the restricted master.

    Attributes:
        weights: for each cluster the weight of each of its plans.
        master: values of the master's columns.
        duals: of the coupling rows.
        overdrawn: what each coupling row is overdrawn by.
    """

    weights: list[Floats]
    master: Floats
    duals: Floats
    overdrawn: Floats

    def best(self) -> list[int]:
        """For each cluster its plan of the largest weight."""
        return [int(np.argmax(weights)) for weights in self.weights]

    def split(self) -> list[int]:
        """The clusters that are between plans, the most undecided first."""
        largest = [float(weights.max()) for weights in self.weights]
        return sorted((k for k, weight in enumerate(largest) if weight < 1.0 - 1e-6), key=lambda k: (largest[k], k))


class Master:
    """The cluster plans found so far, and the programme over them.

    Args:
        blocks: the programme in blocks.
        aside: the part of the columns' cost that nobody pays, if there is one.
    """

    def __init__(self, blocks: Blocks, aside: Floats | None = None) -> None:
        self._blocks, self._aside = blocks, aside
        self.plans: list[list[Plan]] = [[] for _ in blocks.clusters]
        self._droppable = [blocks.droppable(block) for block in blocks.clusters]

    def learn(self, k: int, *found: Floats) -> None:
        """Keep plans of a cluster, without what is idle in them, unless they are known."""
        block = self._blocks.clusters[k]
        for values in found:
            plan = Plan.of(block, without_idle(block.programme, values, self._droppable[k]), self._blocks.rows)
            if self._aside is not None:
                plan = replace(plan, aside=float(self._aside[block.columns] @ plan.values))
            if not any(plan.is_like(other) for other in self.plans[k]):
                self.plans[k].append(plan)

    def programme(self, prices: Floats) -> Programme:
        """Mix plans (each cluster's weights add up to 1) and choose the master's columns; overdrawing costs `prices`."""
        blocks, own = self._blocks, self._blocks.master
        plans = [plan for found in self.plans for plan in found]
        cluster = np.repeat(np.arange(len(self.plans)), [len(found) for found in self.plans])
        z, n, m = len(own.columns), len(plans), blocks.rows
        uses = np.array([plan.use for plan in plans]).reshape(n, m)
        plan_at, row_at = np.nonzero(uses)
        rows = np.concatenate((own.row, row_at, m + cluster, np.arange(m), np.arange(m)))
        columns = np.concatenate((own.column, z + plan_at, z + np.arange(n), z + n + np.arange(2 * m)))
        values = np.concatenate((own.value, uses[plan_at, row_at], np.ones(n), np.ones(m), -np.ones(m)))
        start, column, value = compressed(
            rows.astype(np.int32), columns.astype(np.int32), values, m + len(self.plans)
        )  # fmt: skip
        ones = np.ones(len(self.plans))
        return Programme(
            cost=np.concatenate((own.programme.cost, [plan.cost for plan in plans], prices, prices)),
            lower=np.concatenate((own.programme.lower, np.zeros(n + 2 * m))),
            upper=np.concatenate((own.programme.upper, np.full(n + 2 * m, np.inf))),
            integer=np.zeros(z + n + 2 * m, dtype=bool),
            start=start, column=column, value=value,
            row_lower=np.concatenate((blocks.lower, ones)), row_upper=np.concatenate((blocks.upper, ones)),
        )  # fmt: skip

    def mixture(self, values: Floats, duals: Floats) -> Mixture:
        """What a solution of the programme means."""
        z, m = len(self._blocks.master.columns), self._blocks.rows
        ends = z + np.cumsum([len(found) for found in self.plans])
        weights = np.split(values[z : ends[-1]], (ends - z)[:-1])
        short, over = values[ends[-1] : ends[-1] + m], values[ends[-1] + m :]
        return Mixture(list(weights), values[:z], duals[:m], np.where(short + over > NOISE, short + over, 0.0))
