"""What a rule is. One rule, one file: its mathematics, its share of the ledgers, and its check in plain arithmetic."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Literal

from models.case import Case
from models.decisions import OfRule
from models.plan import Assessment, Charge, Plan
from models.skeleton import Skeleton


class Rule(ABC):
    """A sentence about good plans.

    The building side is `declare`, `contribute` and `constrain`, called in three passes over all rules, each with the
    Pyomo block that carries the rule's name. The checking side is `charges` and `check`; it uses nothing but records and
    the plan. `nature` says whether the rule is physical (never relaxed) or agreed (may be relaxed to restore a plan), and
    `limits` what it limits: goods, the money they cost, or neither, where it says what is wished for.
    """

    nature: ClassVar[Literal["physical", "agreed"]] = "physical"
    limits: ClassVar[Literal["goods", "money", "wishes"]] = "goods"

    @property
    def name(self) -> str:
        """The name of the rule's file."""
        return type(self).__module__.removeprefix("models.rules.").split(".")[0]

    @property
    def statement(self) -> str:
        """The rule's sentence and its mathematics: the class's docstring."""
        return inspect.getdoc(type(self)) or ""

    @abstractmethod
    def applies(self, case: Case) -> bool:
        """Whether the case has anything for this rule to say; coupling rules look at global sheets only."""

    def declare(self, block: Any, m: Skeleton) -> None:
        """First pass: variables of the rule's own."""

    def contribute(self, block: Any, m: Skeleton) -> None:
        """Second pass: what the rule adds to the ledgers."""

    def constrain(self, block: Any, m: Skeleton) -> None:
        """Third pass: constraints; the ledgers are closed."""

    def idle(self, block: Any, plan: Plan) -> Iterator[tuple[str, Any]]:
        """Names and indices of the rule's whole-number variables that the plan makes no use of, and would pay for."""
        yield from ()

    def taken(self, block: Any, value: Callable[[Any], float]) -> Iterator[OfRule]:
        """Decisions of the rule's own in a solved model, rounded to steps; `value` gives a variable's value."""
        yield from ()

    def decided(self, block: Any, plan: Plan) -> Iterator[tuple[tuple[str, Any], float]]:
        """The value that a plan gives to each variable that such a decision is: container's name, index, value."""
        yield from ()

    def limit_in_words(self, case: Case, row: str, index: tuple[Any, ...]) -> str | None:
        """What a row limits, in the workbook's words and with its figure, but without its period: for messages.

        None for rows that only say how things hang together, which nobody could loosen.

        Args:
            row: name of the constraint container, without the block's.
            index: of the row in its container.
        """
        return None

    def charges(self, plan: Plan) -> Iterator[Charge]:
        """What the rule's money comes to in a plan."""
        yield from ()

    @abstractmethod
    def check(self, plan: Plan, charges: Sequence[Charge]) -> Iterator[Assessment]:
        """Every limit of the rule, and what the plan makes of it; `charges` are those of all rules."""
