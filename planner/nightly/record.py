"""What came of one run of one case, as it is kept in the run's folder."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from planner.findings import Exit

NAME = "run.json"
GOOD = frozenset({Exit.PLAN, Exit.GAP_ABOVE_TARGET, Exit.INTERRUPTED, Exit.TERMINATED})
"""Exit statuses of commands that may hold a plan."""
PLANNED = frozenset({Exit.PLAN, Exit.GAP_ABOVE_TARGET})
"""Exit statuses of cases whose plan is published."""
SOLVED = PLANNED | {Exit.NOT_VERIFIED, Exit.OUT_OF_TIME}
"""Exit statuses of cases that were solved for as long as that took, or as there was time."""


class Record(BaseModel):
    """One run.

    Attributes:
        run: name of its folder.
        fingerprint: of the workbook's cells and the terms; nothing where it could not be read.
        sha256: of the workbook's bytes.
        version, pyomo, highspy: of the planner, of the modelling library and of the solver.
        status: exit status of the case.
        published: whether its plan was good enough to be published.
        message: what came of it, in a sentence.
        notes: what the user should know beside it.
        seconds: wall clock of the whole run; allotted: what it could have taken.
        solve_seconds: of the solve alone.
        memory: GiB at most.
        begins: first day of the plan.
        objective, bound: USD; gap: as a share of the objective.
    """

    model_config = ConfigDict(frozen=True)
    case: str
    run: str
    book: str
    fingerprint: str | None
    sha256: str
    version: str
    pyomo: str = ""
    highspy: str = ""
    started: AwareDatetime
    ended: AwareDatetime
    status: Exit
    published: bool
    message: str
    notes: tuple[str, ...] = ()
    seconds: Annotated[float, Field(ge=0)]
    allotted: float
    solve_seconds: float | None = None
    memory: float = 0.0
    begins: date | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None

    def age(self, now: datetime | None = None) -> float:
        """Hours since it ended; 0 where the clock says that it ends in future."""
        return max(0.0, ((now or datetime.now(UTC)) - self.ended).total_seconds() / 3600)


def read(folder: Path) -> Record | None:
    """The record of the run in a folder; nothing where none can be read."""
    try:
        return Record.model_validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError):
        return None
