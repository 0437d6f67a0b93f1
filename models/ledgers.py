"""The ledgers that keep rules apart, and the linear expressions that they hold. Building side only.

A rule that causes money to flow adds to `Money`; a rule that causes goods to flow adds to `Flows`; one that says what a
future would cost adds to `Losses`. Whoever limits money, goods or losses reads the ledgers, never another rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from math import inf
from typing import Any, NamedTuple

from pyomo.core.expr.numeric_expr import LinearExpression

Variable = Any
"""A Pyomo variable; Pyomo carries no types."""


class Linear:
    """A linear expression in the making: Σ coefficient·variable + constant."""

    __slots__ = ("coefficients", "constant", "variables")

    def __init__(self) -> None:
        self.coefficients: list[float] = []
        self.variables: list[Variable] = []
        self.constant = 0.0

    def add(self, coefficient: float, variable: Variable | None) -> Linear:
        """Add one term; without a variable it is decided already."""
        if variable is None:
            self.constant += coefficient
            return self
        self.coefficients.append(coefficient)
        self.variables.append(variable)
        return self

    def flowing(self, flow: Flow, share: float = 1.0) -> Linear:
        """Add a share of a flow of goods."""
        return self.add(share * flow.coefficient, flow.variable) if share else self

    def plus(self, other: Linear, factor: float = 1.0) -> Linear:
        """Add another expression, times a factor."""
        self.coefficients.extend([factor * value for value in other.coefficients])
        self.variables.extend(other.variables)
        self.constant += factor * other.constant
        return self

    def gathered(self) -> Linear:
        """The same expression with every variable once."""
        keys = [*map(id, self.variables)]
        variables, sums = dict(zip(keys, self.variables, strict=True)), dict.fromkeys(keys, 0.0)
        for key, coefficient in zip(keys, self.coefficients, strict=True):
            sums[key] += coefficient
        result = Linear()
        result.coefficients, result.variables = list(sums.values()), list(variables.values())
        result.constant = self.constant
        return result

    def terms(self) -> Iterator[tuple[float, Variable]]:
        """Pairs of coefficient and variable."""
        return zip(self.coefficients, self.variables, strict=True)

    def range(self) -> tuple[float, float]:
        """The least and the most that it can come to within its variables' bounds; infinite where one is missing."""
        least = most = self.constant
        for coefficient, variable in self.terms():
            low, high = (inf * side if bound is None else bound for bound, side in ((variable.lb, -1.0), (variable.ub, 1.0)))
            ends = [coefficient * end for end in (low, high)] if coefficient else [0.0]
            least, most = least + min(ends), most + max(ends)
        return least, most

    def expression(self) -> LinearExpression:
        """The Pyomo expression without the constant, which belongs on the right-hand side."""
        return LinearExpression(linear_coefs=self.coefficients, linear_vars=self.variables)


Row = tuple[float | None, Linear, float | None]
"""A constraint in the making: lower ≤ body ≤ upper; None where it has no such side."""


def bound(variable: Variable, least: float, most: float) -> None:
    """Bound a variable by what it can come to, where that is finite: its own price alone must not draw it without end."""
    variable.setlb(least if least > -inf else None)
    variable.setub(most if most < inf else None)


def linear(*terms: tuple[float, Variable]) -> Linear:
    """A linear expression from pairs of coefficient and variable."""
    result = Linear()
    result.coefficients = [coefficient for coefficient, _ in terms]
    result.variables = [variable for _, variable in terms]
    return result


class Account(NamedTuple):
    """Where money is booked: an invoice line of a trader and a material, incurred in one period and due in another."""

    line: str
    trader: str
    material: str
    incurred: int
    due: int


class Exposure(NamedTuple):
    """Where goods come from, in everything that may go wrong or be limited: the offer tells the rest."""

    offer: str
    supplier: str
    trader: str


class Money:
    """The ledger of money (USD, undiscounted): linear expressions by account."""

    def __init__(self) -> None:
        self.accounts: dict[Account, Linear] = defaultdict(Linear)

    def add(self, account: Account, coefficient: float, variable: Variable | None) -> None:
        """Book coefficient·variable, or an amount that is decided already; nothing is booked for zero."""
        if coefficient:
            self.accounts[account].add(coefficient, variable)

    def book(self, account: Account, terms: Linear, factor: float) -> None:
        """Book an expression, times a factor."""
        self.accounts[account].plus(terms, factor)


class Flow(NamedTuple):
    """Goods (in the material's unit): coefficient·variable, or a quantity already decided where the variable is None.

    Attributes:
        day: on which goods arrive; nothing for flows that are no arrivals.
    """

    exposure: Exposure
    period: int
    coefficient: float
    variable: Variable | None
    day: date | None = None


class Losses:
    """The ledger of losses (discounted USD): linear expressions by future and material, beyond the plan's own cost."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Linear]] = defaultdict(dict)

    def add(self, future: str, material: str, loss: Linear) -> None:
        """Book what a future costs in a material."""
        self.entries[future][material] = loss

    def of(self, future: str) -> Linear:
        """What a future costs in all materials."""
        total = Linear()
        for loss in self.entries.get(future, {}).values():
            total.plus(loss)
        return total

    def range(self) -> tuple[float, float]:
        """Sums over the materials of the least and of the most that each loses in a future in which it loses anything."""
        found: dict[str, list[tuple[float, float]]] = defaultdict(lambda: [(0.0, 0.0)])
        for losses in self.entries.values():
            for material, loss in losses.items():
                found[material].append(loss.range())
        ranges = [(min(low for low, _ in each), max(high for _, high in each)) for each in found.values()]
        return sum(low for low, _ in ranges), sum(high for _, high in ranges)


class Ends:
    """The ledger of what is left at the plan's end in states of a material's supply (unit), by material and state."""

    def __init__(self) -> None:
        self.left: dict[tuple[str, str], Linear] = {}


class Debts:
    """The ledger of what is owed on loans at the end of each period (USD)."""

    def __init__(self) -> None:
        self.owed: dict[int, Linear] = {}


class Flows:
    """The ledger of goods, by kind (`order`: by order period; `arrival`: by arrival; `open`: open orders) and material."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], list[Flow]] = defaultdict(list)

    def add(self, kind: str, material: str, flow: Flow) -> None:
        """Book a flow."""
        self.entries[kind, material].append(flow)

    def of(self, kind: str, material: str) -> Sequence[Flow]:
        """The flows of one kind and material."""
        return self.entries.get((kind, material), ())

    def by_period(self, kind: str, material: str, among: Collection[Exposure] | None = None) -> Mapping[int, Linear]:
        """The flows of one kind and material, summed per period: all of them, or those of some exposures."""
        sums: dict[int, Linear] = defaultdict(Linear)
        for flow in self.of(kind, material):
            if among is None or flow.exposure in among:
                sums[flow.period].flowing(flow)
        return sums

    def exposures(self, kind: str, material: str) -> frozenset[Exposure]:
        """The exposures of the flows of one kind and material."""
        return frozenset(flow.exposure for flow in self.of(kind, material))
