"""With what the workbooks of a plan are encrypted: the variables of the environment that hold their passwords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.case import Case
from planner.findings import Misused
from planner.workbook.passwords import encrypted, password_in


@dataclass(frozen=True)
class Encryption:
    """All workbooks of a plan are encrypted, each one's own with a password of its own.

    Attributes:
        plan: variable with the password of the plan.
        own: for each trader and member the variable with that of its own workbook.
    """

    plan: str
    own: Mapping[str, str] = field(default_factory=dict)

    def require(self, case: Case) -> None:
        """See before any work that there is a password for every workbook that may be written.

        Raises:
            Misused: one is not named, or is not in the environment.
        """
        for variable in (self.plan, *self.own.values()):
            password_in(variable)
        owners = (*case.trader, *(row.member for row in case.commitments))
        without = [name for name in dict.fromkeys(owners) if name not in self.own]
        if without:
            raise Misused(
                f"The plan is to be encrypted, and no password is named for the workbooks of {', '.join(without)}: all are "
                "encrypted, or none. Name the variable of each with --own-password NAME=VARIABLE, or in [passwords.own]."
            )

    def of_plan(self, content: bytes) -> bytes:
        """The plan workbook with its password."""
        return encrypted(content, password_in(self.plan))

    def of_own(self, owner: str, content: bytes) -> bytes:
        """The workbook of a trader or member with its password."""
        return encrypted(content, password_in(self.own[owner]))
