"""Some clusters solved together while all others stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from planner.engine.blocks import Blocks
from planner.engine.programme import Floats, Integers, Programme
from planner.engine.standard_form import compressed


class Joint(NamedTuple):
    """A part of a whole programme, as a programme of its own.

    Attributes:
        programme: the master's columns, those of the clusters, and two for each coupling row that they touch: what it
            falls short by, and what it is overdrawn by.
        columns: the whole's columns that its first ones are.
    """

    programme: Programme
    columns: Integers

    def merged(self, found: Floats, values: Floats) -> Floats:
        """The values of the whole with those that were found for the part."""
        merged = values.copy()
        merged[self.columns] = found[: len(self.columns)]
        return merged


def joint(blocks: Blocks, free: Sequence[int], values: Floats, prices: Floats) -> Joint:
    """Some clusters and the master's columns together, all other clusters held at their values.

    Args:
        values: of all the whole's columns.
        prices: what one unit by which each coupling row is broken costs, so that there always is a solution.
    """
    parts = [blocks.master, *(blocks.clusters[k] for k in free)]
    held = sum((block.use(values[block.columns], blocks.rows) for k, block in enumerate(blocks.clusters) if k not in free),
               np.zeros(blocks.rows))  # fmt: skip
    touched = np.unique(np.concatenate([part.row for part in parts]))
    m, n = len(touched), sum(len(part.columns) for part in parts)
    place_of_row = np.full(blocks.rows, -1)
    place_of_row[touched] = np.arange(m)
    rows, columns, entries = [], [], []
    row, column = m, 0
    for part in parts:
        rows += [place_of_row[part.row], row + part.programme.row]
        columns += [column + part.column, column + part.programme.column]
        entries += [part.value, part.programme.value]
        row, column = row + len(part.programme.row_lower), column + len(part.columns)
    either = np.concatenate((np.arange(m), np.arange(m)))
    start, place, entry = compressed(
        np.concatenate([*rows, either]).astype(np.int32), np.concatenate([*columns, n + np.arange(2 * m)]).astype(np.int32),
        np.concatenate([*entries, np.ones(m), -np.ones(m)]), row,
    )  # fmt: skip
    programmes = [part.programme for part in parts]
    programme = Programme(
        cost=np.concatenate([*(own.cost for own in programmes), prices[touched], prices[touched]]),
        lower=np.concatenate([*(own.lower for own in programmes), np.zeros(2 * m)]),
        upper=np.concatenate([*(own.upper for own in programmes), np.full(2 * m, np.inf)]),
        integer=np.concatenate([*(own.integer for own in programmes), np.zeros(2 * m, dtype=bool)]),
        start=start, column=place, value=entry,
        row_lower=np.concatenate([(blocks.lower - held)[touched], *(own.row_lower for own in programmes)]),
        row_upper=np.concatenate([(blocks.upper - held)[touched], *(own.row_upper for own in programmes)]),
    )  # fmt: skip
    return Joint(programme, np.concatenate([part.columns for part in parts]))
