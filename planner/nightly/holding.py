"""Which alerts hold, since when, and who has been sent them: `alerts.json` beside the cases, so that none is sent too often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from planner.nightly import durable
from planner.nightly.alerts import Alert, Rule

NAME = "alerts.json"


class Held(BaseModel):
    """An alert that holds.

    Attributes:
        since: when it was first found, without a night since that did not find it.
        sent: by channel, when it last got there.
    """

    model_config = ConfigDict(frozen=True)
    case: str
    rule: Rule
    subject: str
    message: str
    since: AwareDatetime
    sent: dict[str, AwareDatetime] = {}

    @property
    def alert(self) -> Alert:
        return Alert(self.case, self.rule, self.message, self.subject)

    def hours(self, now: datetime) -> float:
        """For how long it has held; 0 where the clock has jumped back."""
        return max(0.0, (now - self.since).total_seconds() / 3600)

    def is_due(self, channel: str, now: datetime, repeat: float) -> bool:
        """Whether a channel should get it: where it has not for some hours, or the clock says that it will in future."""
        last = self.sent.get(channel)
        return last is None or not timedelta(0) <= now - last < timedelta(hours=repeat)

    def sent_by(self, channel: str, now: datetime) -> Held:
        """The same once a channel has taken it."""
        return self.model_copy(update={"sent": {**self.sent, channel: now}})


_ALL = TypeAdapter(list[Held])


def read(outputs: Path) -> list[Held]:
    """What was kept last; nothing where that cannot be read, so that an alert is rather sent twice than never."""
    try:
        return _ALL.validate_json((outputs / NAME).read_bytes())
    except (OSError, ValidationError):
        return []


def renewed(before: Sequence[Held], alerts: Sequence[Alert], now: datetime) -> list[Held]:
    """The alerts that were found now, each with what was known of it before."""
    known = {(one.case, one.rule, one.subject): one for one in before}
    found = []
    for alert in alerts:
        old = known.get((alert.case, alert.rule, alert.subject))
        new = Held(case=alert.case, rule=alert.rule, subject=alert.subject, message=alert.message, since=now)
        found.append(new if old is None else old.model_copy(update={"message": alert.message}))
    return found


def keep(outputs: Path, held: Sequence[Held]) -> None:
    """Keep what holds."""
    durable.write(outputs / NAME, _ALL.dump_json(list(held), indent=2))
