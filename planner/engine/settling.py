"""What follows from decisions: every other continuous variable, worked out anew from the rows once decisions are rounded.

A solver's answer keeps its rows within a tolerance, and rounding its decisions moves them by a step. Bills that add up to
the cent need figures that follow from the rounded decisions exactly: stock from what comes in and goes out, a sum from its
parts, a gap from what is there.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

import numpy as np

from planner.engine.programme import Booleans, Floats
from planner.engine.standard_form import StandardForm


def settled(form: StandardForm, values: Floats, decided: Booleans) -> Floats:
    """The values with everything that is neither decided nor whole worked out from the rows.

    An equation with one unknown gives it, within its bounds: giving out a step more than is asked for is no negative
    shortage. A sum of steps of rising cost fills the cheapest first. Of two unknowns, one of which costs and the other may grow
    as it likes, the first is as small as the second allows: nothing is short while something is left. Of others (the parts of
    a split) the largest that has room for it takes the rest.
    What no equation gives is as small as the rows allow if it costs, as large if it earns, and stays otherwise.

    Args:
        values: one figure per column; those of decided columns are kept.
        decided: for each column whether its value is a decision. Whole-number columns are decisions too.
    """
    return _Settlement(form, values.copy(), decided | form.integer).run()


class _Settlement:
    def __init__(self, form: StandardForm, values: Floats, known: Booleans) -> None:
        self.form, self.values, self.known = form, values, known
        self.equation = form.row_lower == form.row_upper
        self.rows_of: dict[int, list[tuple[int, float]]] = defaultdict(list)
        unknown = ~known[form.column]
        entries = (part[unknown].tolist() for part in (form.row, form.column, form.value))
        for row, column, value in zip(*entries, strict=True):
            self.rows_of[column].append((row, value))
        self.unknowns = np.bincount(form.row[unknown], minlength=len(form.rows))

    def run(self) -> Floats:
        ready = deque(int(row) for row in np.flatnonzero(self.equation & (self.unknowns == 1)))
        self._solve(ready)
        for row in np.flatnonzero(self.equation & (self.unknowns > 1)):
            if self._fill(int(row), ready):
                self._solve(ready)
        for row in np.flatnonzero(self.equation & (self.unknowns > 1)):
            self._divide(int(row), ready)
            self._solve(ready)
        for column in self.rows_of:
            if not self.known[column]:
                self._push(column)
        return self.values

    def _solve(self, ready: deque[int]) -> None:
        """Work out the one unknown of every equation that is ready, and of those that become ready."""
        while ready:
            row = ready.popleft()
            for column, coefficient in self._unknown(row):
                wanted = self.values[column] + (self.form.row_upper[row] - self._activity(row)) / coefficient
                self.values[column] = min(max(wanted, self.form.lower[column]), self.form.upper[column])
                self._settle(column, ready)

    def _fill(self, row: int, ready: deque[int]) -> bool:
        """Divide a sum into steps that nothing else limits, the cheapest filled first; whether an equation is such a sum."""
        steps = sorted(self._unknown(row), key=lambda entry: float(self.form.cost[entry[0]]))
        costs = [float(self.form.cost[column]) for column, _ in steps]
        alike = len({factor for _, factor in steps}) == 1 and len(set(costs)) == len(costs) and costs[0] >= 0.0
        if not alike or any(self.form.lower[column] or not self._is_free(column, row) for column, _ in steps):
            return False
        for column, _ in steps:
            self.values[column] = 0.0
        for column, factor in steps:
            rest = (float(self.form.row_upper[row]) - self._activity(row)) / factor
            self.values[column] = min(max(rest, 0.0), float(self.form.upper[column]))
        for column, _ in steps:
            self._settle(column, ready)
        return True

    def _divide(self, row: int, ready: deque[int]) -> None:
        """Take all unknowns of an equation as they are but one, which takes the rest: the largest that has room for it."""
        unknowns = sorted(self._unknown(row), key=lambda entry: -abs(self.values[entry[0]]))
        self._save(row, unknowns)
        rest = float(self.form.row_upper[row]) - self._activity(row)
        fitting = (column for column, coefficient in unknowns if self._fits(column, self.values[column] + rest / coefficient))
        taker = next(fitting, unknowns[0][0] if unknowns else None)
        for column, _ in unknowns:
            if column != taker:
                self._settle(column, ready)

    def _save(self, row: int, unknowns: list[tuple[int, float]]) -> None:
        """Have the dear one of two unknowns as small as the other, which nothing else limits, allows."""
        dear = [(column, factor) for column, factor in unknowns if self.form.cost[column] > 0.0]
        free = [(column, factor) for column, factor in unknowns if not self.form.cost[column] and self._is_free(column, row)]
        if len(unknowns) != 2 or len(dear) != 1 or len(free) != 1:
            return
        [(costly, its_factor)], [(other, factor)] = dear, free
        self.values[costly] = self.form.lower[costly]
        wanted = self.values[other] + (float(self.form.row_upper[row]) - self._activity(row)) / factor
        self.values[other] = min(max(wanted, self.form.lower[other]), self.form.upper[other])
        self.values[costly] += (float(self.form.row_upper[row]) - self._activity(row)) / its_factor

    def _is_free(self, column: int, row: int) -> bool:
        """Whether no other row keeps a variable from growing: its bound is open, or another unknown gives way."""
        for other, factor in self.rows_of[column]:
            bound = self.form.row_upper[other] if factor > 0.0 else -self.form.row_lower[other]
            if other != row and np.isfinite(bound) and not (self.equation[other] and self.unknowns[other] > 1):
                return False
        return True

    def _fits(self, column: int, value: float) -> bool:
        return bool(self.form.lower[column] <= value <= self.form.upper[column])

    def _push(self, column: int) -> None:
        """Move a variable that no equation gives to where its cost wants it, as far as its rows and bounds allow."""
        least, most = float(self.form.lower[column]), float(self.form.upper[column])
        for row, coefficient in self.rows_of[column]:
            rest = self._activity(row) - coefficient * self.values[column]
            ends = sorted((bound - rest) / coefficient for bound in (self.form.row_lower[row], self.form.row_upper[row]))
            least, most = max(least, ends[0]), min(most, ends[1])
        cost = float(self.form.cost[column])
        if least > most:  # rounding left no room: what is asked for outranks what is allowed
            self.values[column] = least if cost >= 0.0 else most
        elif cost:
            wanted = least if cost > 0.0 else most
            self.values[column] = wanted if np.isfinite(wanted) else self.values[column]
        else:
            self.values[column] = min(max(self.values[column], least), most)
        self.known[column] = True

    def _settle(self, column: int, ready: deque[int]) -> None:
        self.known[column] = True
        for row, _ in self.rows_of[column]:
            self.unknowns[row] -= 1
            if self.equation[row] and self.unknowns[row] == 1:
                ready.append(row)

    def _unknown(self, row: int) -> Iterator[tuple[int, float]]:
        for entry in range(int(self.form.start[row]), int(self.form.start[row + 1])):
            column = int(self.form.column[entry])
            if not self.known[column]:
                yield column, float(self.form.value[entry])

    def _activity(self, row: int) -> float:
        part = slice(int(self.form.start[row]), int(self.form.start[row + 1]))
        return float(self.form.value[part] @ self.values[self.form.column[part]])
