"""What is told of a night once its cases have ended: alerts, and the figures for Prometheus.

Nothing here changes a plan or the night's exit status: what cannot be told is said on standard error and in the log.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from planner.findings import Exit
from planner.nightly import holding, metrics
from planner.nightly.alerts import Alert, Rule, Tonight, alerts_of, unknown_materials
from planner.nightly.case_run import CaseOutcome, is_unchanged
from planner.nightly.channels import Channel, Digest, Undelivered, channels, line
from planner.nightly.config import CaseOfNight, Config
from planner.nightly.folder import Folder
from planner.nightly.holding import Held
from planner.nightly.journal import tell
from planner.nightly.metrics import Standing
from planner.nightly.record import Record


def ended(config: Config, night: str, outcomes: Mapping[str, CaseOutcome], before: Mapping[str, Record | None]) -> None:
    """Tell what came of a night.

    Args:
        night: its name.
        outcomes: of tonight's cases.
        before: the run of each of them that was published before.
    """
    now = datetime.now(UTC)
    cases = [Tonight(config.cases[name], outcome, before[name], config.night, now) for name, outcome in outcomes.items()]
    found = [alert for case in cases for alert in _found(case, config)]
    known = holding.read(config.outputs)
    held = _told(config, night, holding.renewed(known, found, now), now)
    others = [one for one in known if one.case in config.cases and one.case not in outcomes]
    try:
        holding.keep(config.outputs, others + held)
    except OSError as error:
        _say(f"{config.outputs / holding.NAME} cannot be written, so that alerts are sent again: {error.strerror}")
    _write_metrics(config, outcomes, now)


def not_begun(config: Config, night: str, error: Exception) -> None:
    """Tell that a night could not begin; its folder is another's or cannot be written, so that nothing is kept of it."""
    if config.alerts.no_plan:
        reason = getattr(error, "strerror", None) or error
        now = datetime.now(UTC)
        alert = Alert("", Rule.NO_PLAN, f"the night did not begin, {config.outputs}: {reason}")
        _told(config, night, holding.renewed([], [alert], now), now)


def faults_of_alerts(config: Config, materials: Collection[str] | None) -> list[str]:
    """What is wrong with the environment variables that the alerts need, and with the materials that they name.

    Args:
        materials: of all cases; nothing where not all of them are known.
    """
    absent = [trouble for channel in channels(config.alerts, config.root) for trouble in channel.missing()]
    return absent if materials is None else absent + unknown_materials(config.alerts, materials)


def _found(case: Tonight, config: Config) -> list[Alert]:
    try:
        return alerts_of(case, config.alerts)
    except OSError as error:
        message = f"{error.filename or case.case.folder} cannot be read: {error.strerror}"
        return [Alert(case.case.name, Rule.NO_PLAN, message)]


def _told(config: Config, night: str, held: list[Held], now: datetime) -> list[Held]:
    """Tell standard error of all that holds, and each channel of what it has not had lately; what is known of each then."""
    for one in held:
        tell("alert", one.case, message=f"{one.rule}: {one.message}")
        if config.alerts.standard_error:
            print(f"alert: {line(one, now)}", file=sys.stderr)
    for channel in channels(config.alerts, config.root):
        due = [one for one in held if one.is_due(channel.name, now, config.alerts.repeat_hours)]
        if due and _is_sent(channel, Digest(night, due, now)):
            held = [one.sent_by(channel.name, now) if one in due else one for one in held]
    return held


def _is_sent(channel: Channel, digest: Digest) -> bool:
    """Send; whether it was taken."""
    try:
        channel.send(digest)
    except Undelivered as error:
        _say(f"the {channel.name} did not take {digest.title}: {error}")
    except Exception as error:  # whatever a library comes up with: the night has its plans, and its words may be secret
        _say(f"the {channel.name} did not take {digest.title}: {type(error).__name__}")
    else:
        tell("send", message=f"the {channel.name} took {digest.title}")
        return True
    return False


def _write_metrics(config: Config, outcomes: Mapping[str, CaseOutcome], now: datetime) -> None:
    path = config.outputs / metrics.NAME if config.night.metrics is None else config.root / config.night.metrics
    try:
        metrics.write(path, [_standing(case, outcomes.get(case.name), config, now) for case in config.cases.values()], now)
    except OSError as error:
        _say(f"{path} cannot be written: {error.strerror}")


def _standing(case: CaseOfNight, outcome: CaseOutcome | None, config: Config, now: datetime) -> Standing:
    """A case at the night's end, also where it was not among tonight's."""
    folder = Folder(case.folder)
    last = next(reversed(folder.records()), None)
    if outcome is None:
        status = Exit.OUT_OF_TIME if last is None else last.status
        outcome = CaseOutcome(case.name, status, "", folder.published, is_unchanged(case))
    return Standing(outcome, last, config.night, now)


def _say(what: str) -> None:
    """Say that something could not be told."""
    print(what, file=sys.stderr)
    tell("send", message=what, status=Exit.CANNOT_WRITE)
