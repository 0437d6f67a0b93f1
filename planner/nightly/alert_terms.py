"""The table `[alerts]` of the file of a night: which alerts there are, and where they go."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.nightly.table import Positive, Table

Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]
"""The name of an environment variable: what it holds is secret, and stands nowhere else."""
Address = Annotated[str, Field(pattern=r"^[^@\s<>,]+@[^@\s<>,]+$")]


class Mail(Table):
    """The table `[alerts.mail]`: a mail server, and to whom it sends.

    Attributes:
        security: `starttls` and `tls` check the server's certificate; `none` is for a server on this machine.
        user_from, password_from: environment variables that hold what the server asks for.
    """

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Address
    recipients: Annotated[list[Address], Field(min_length=1)]
    user_from: Variable | None = None
    password_from: Variable | None = None

    @model_validator(mode="after")
    def _logs_in_safely(self) -> Self:
        if (self.user_from is None) != (self.password_from is None):
            raise ValueError("user_from and password_from go together")
        if self.user_from is not None and self.security == "none":
            raise ValueError("a password does not go over a connection that everybody can read: use starttls or tls")
        return self


class Alerts(Table):
    """The table `[alerts]`. A rule with a figure holds where the figure is given.

    Attributes:
        no_plan: a run ended without a plan.
        not_verified: a plan did not pass its check.
        stale_plan: the published plan is older than `fresh_hours`, and its workbook has changed.
        gap_above: the published plan is proven to a gap above this.
        cover_below: days; some material has less cover at the end of a period of the published plan.
        cover: the same by material, in place of `cover_below`.
        cover_missed: the published plan misses a target or a floor.
        cost_moved: the new plan's objective is further than this share from that of the plan before, where both begin on the
            same day.
        input_days: the workbook's file has not changed for more days.
        repeat_hours: after which an alert that still holds is sent again.
        standard_error: whether alerts are told there, too.
        file: to which each is added as a line of JSON, relative to the file of the night.
        webhook_from: environment variable that holds the address to which they are posted.
    """

    no_plan: bool = True
    not_verified: bool = True
    stale_plan: bool = True
    gap_above: Annotated[float, Field(ge=0, lt=1)] | None = None
    cover_below: Positive | None = None
    cover: dict[str, Positive] = Field(default_factory=dict)
    cover_missed: bool = False
    cost_moved: Positive | None = None
    input_days: Positive | None = None
    repeat_hours: Positive = 12.0
    standard_error: bool = True
    file: str | None = None
    webhook_from: Variable | None = None
    mail: Mail | None = None
