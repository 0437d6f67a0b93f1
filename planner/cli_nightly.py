"""The commands of the night: many workbooks planned unattended, and what stands in the morning."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner import cli_words as words
from planner.cli_words import JSON, PLACE
from planner.findings import Exit, FaultyInput, Finding, Misused, Severity

if TYPE_CHECKING:
    from models.case import Case
    from planner.nightly.case_run import CaseOutcome
    from planner.nightly.config import CaseOfNight, Config, Night

CONFIG = click.argument("config", type=PLACE, default="nightly.toml")


@click.group(cls=words.WithUsual)
def nightly() -> None:
    """Plan many workbooks unattended: `planner nightly CONFIG.toml`."""


@nightly.command()
@CONFIG
@click.option("--only", multiple=True, metavar="CASE", help="Plan this case alone; may be repeated.")
@click.option("--force", is_flag=True, help="Plan workbooks that have not changed, too.")
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
@click.option("--check", "checks", is_flag=True, help="Check the configuration and the workbooks, and plan nothing.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day on which it is planned [today].")
@JSON
def run(
    config: Path, only: tuple[str, ...], force: bool, dry_run: bool, checks: bool, day: datetime | None, as_json: bool
) -> None:
    """Plan every workbook of CONFIG that has changed; `latest` of each case leads to its last good plan [nightly.toml]."""
    from planner.nightly.config import read
    from planner.nightly.night import chosen, run_night

    night = read(config)
    cases = chosen(night, only)
    if night.passwords is not None and not dry_run:
        night.passwords.require()
    today = date.today() if day is None else day.date()
    if checks:
        status, told = _checked(night, cases)
    elif dry_run:
        status, told = Exit.PLAN, [_plans(case, force, today) for case in cases]
    else:
        found = run_night(night, cases, force, lambda one: None if as_json else click.echo(_line(one, night.night)), today)
        status, told = max((one.status for one in found), default=Exit.PLAN), [_told(one, night.night) for one in found]
    if as_json:
        click.echo(json.dumps({"status": int(status), "cases": told}))
    elif checks or dry_run:
        for one in told:
            click.echo(f"{one['case']}: {one['message']}")
    raise SystemExit(status)


@nightly.command()
@CONFIG
@JSON
def status(config: Path, as_json: bool) -> None:
    """Say how old the plan of each case is; ends with 0 when every case has a fresh one [nightly.toml]."""
    from planner.nightly.case_run import is_fresh
    from planner.nightly.config import read
    from planner.nightly.night import standing

    night = read(config)
    found = standing(night)
    ended = Exit.PLAN if all(is_fresh(one, night.night) for one in found) else Exit.OUT_OF_TIME
    if as_json:
        click.echo(json.dumps({"status": int(ended), "cases": [_told(one, night.night) for one in found]}))
    else:
        for one in found:
            click.echo(_line(one, night.night))
    raise SystemExit(ended)


def _told(outcome: CaseOutcome, night: Night) -> dict[str, Any]:
    from planner.nightly.case_run import told

    return told(outcome, night)


def _line(outcome: CaseOutcome, night: Night) -> str:
    """What came of a case, and what its users have this morning."""
    from planner.nightly.case_run import is_fresh

    plan = outcome.published
    if plan is None:
        stands = "there is no plan"
    else:
        age = f"the plan of {plan.run}, {plan.age():.1f} h old"
        stands = f"{age}, {'fresh' if is_fresh(outcome, night) else 'stale'}"
    if not outcome.message:
        return f"{outcome.case}: {stands}"
    said = "\n".join((outcome.message, *outcome.notes)).replace("\n", "\n  ")
    return f"{outcome.case}: status {int(outcome.status)}, {stands}\n  {said}"


def _plans(case: CaseOfNight, force: bool, today: date) -> dict[str, Any]:
    """What a night would do with a case."""
    from planner.nightly.case_run import hindered, is_unchanged

    if outcome := hindered(case):
        message = outcome.message
    elif not case.book.is_file():
        message = f"{case.book} is not there"
    elif is_unchanged(case, today) and not force:
        message = "nothing has changed since the published plan"
    else:
        message = f"{case.book} would be planned"
    return {"case": case.name, "message": message}


def _checked(night: Config, cases: list[CaseOfNight]) -> tuple[Exit, list[dict[str, Any]]]:
    """What the checks find in every workbook and in the alerts; the largest status."""
    from planner import pipeline
    from planner.nightly.watch import faults_of_alerts

    told: list[dict[str, Any]] = []
    materials: set[str] | None = set() if len(cases) == len(night.cases) else None
    for case in cases:
        try:
            checked = pipeline.examine(case.book)
            findings, read = checked.findings, checked.reading.case
        except FaultyInput as error:
            findings, read = error.findings, None
        findings = (*findings, *_faults_beside(case, read))
        materials = None if materials is None or read is None else materials | set(read.material)
        faults = pipeline.faults_of(findings)
        message = "\n  ".join([words.faults(findings), *map(str, faults)])
        told.append({"case": case.name, "message": message, "findings": words.as_records(findings), "faults": len(faults)})
    for name, wrong in (("[alerts]", faults_of_alerts(night, materials)), ("[night]", _faults_of_archive(night))):
        if wrong:
            told.append({"case": name, "message": "\n  ".join(wrong), "findings": [], "faults": len(wrong)})
    return (Exit.FAULTY_INPUT if any(one["faults"] for one in told) else Exit.PLAN), told


def _faults_beside(case: CaseOfNight, read: Case | None) -> list[Finding]:
    """What is wrong with what a case needs beside its workbook: its name, its baseline, a password for everybody's workbook."""
    from planner.carrying.previous import orders_of
    from planner.report.encryption import Encryption
    from planner.workbook import Book

    found = [Finding(Severity.FAULT, "", "", "", case.fault)] if case.fault else []
    try:
        if case.baseline is not None:
            orders_of(Book(case.baseline))
    except FaultyInput as error:
        found += error.findings
    try:
        if case.passwords is not None and read is not None:
            Encryption(case.passwords.plan, case.passwords.own).require(read)
    except Misused as error:
        found.append(Finding(Severity.FAULT, "[passwords]", "", "", str(error)))
    return found


def _faults_of_archive(night: Config) -> list[str]:
    """What is wrong with the address of the archive."""
    from planner.archive.address import address

    try:
        place = address(night.archive).file
    except Misused as error:
        return [str(error)]
    is_folder = place is not None and place.is_dir()
    return [f"The archive: {place} is a folder. Name a file."] if is_folder else []
