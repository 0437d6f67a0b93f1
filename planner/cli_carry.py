"""The command that carries over what was committed, from a plan to the workbook of the next one."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner import cli_words as words
from planner.cli_words import JSON, PLACE
from planner.findings import Exit, FaultyInput, Finding, Severity

if TYPE_CHECKING:
    from models.case import Case
    from planner.carrying import Carried, Last


@click.command()
@click.argument("book", type=PLACE)
@click.option("--last", "folder", type=PLACE, metavar="FOLDER", help="Folder of the last run, such as CASE/latest.")
@click.option("--baseline", type=PLACE, metavar="PLAN", help="Plan to keep to [the last one].")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day on which it is planned [today].")
@click.option("--output", type=PLACE, help="Workbook to plan from [BOOK-carried.xlsx].")
@click.option("--password-from", metavar="VARIABLE", help="Encrypt it: environment variable with its password.")
@JSON
def carry(
    book: Path, folder: Path | None, baseline: Path | None, day: datetime | None, output: Path | None,
    password_from: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Write BOOK with what was ordered, signed, received and paid since the last plan, to plan from.

    Where periods have passed it begins today. What the last plan orders later stands on the sheet Previous, to keep to.
    """
    from planner.carrying import carry as carried
    from planner.carrying.previous import orders_of
    from planner.nightly.folder import PLAN
    from planner.report import publish
    from planner.template import case_content
    from planner.workbook import Book

    target = words.new_place(output or book.with_name(f"{book.stem}-carried.xlsx"))
    encryption = words.encryption(password_from, ())
    today = date.today() if day is None else day.date()
    case = _sound(book, target, today)
    with words.nothing_was("carried over"):
        last = None if folder is None else _last(folder)
        plan = baseline if baseline is not None else None if folder is None else folder / PLAN
        keep_to, until = ((), None) if plan is None else orders_of(Book(plan))
        found = carried(case, last, today, keep_to, until)
    content = case_content(found.case)
    if encryption is None:
        publish(target, content, book)
    else:
        publish(target, encryption.of_plan(content))
    told = f"What was committed is carried over to {found.case.settings.start_date}, in {target}"
    if as_json:
        click.echo(json.dumps(words.ending(Exit.PLAN, told) | _answer(found, target)))
        return
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(told)


def _answer(found: Carried, target: Path) -> dict[str, Any]:
    return {"notes": found.notes, "begins": found.case.settings.start_date.isoformat(), "output": str(target)}


def _sound(book: Path, target: Path, today: date) -> Case:
    """The case of the workbook of today; its faults are marked in a copy beside what was to be written.

    Raises:
        FaultyInput: it has some.
    """
    from planner import pipeline, report
    from planner.carrying import days_to_come

    checked = pipeline.check(book, report.marked_place(None, target, book))
    faults = pipeline.faults_of(checked.findings)
    if checked.reading.case is None or faults:
        error = FaultyInput(faults)
        error.closing = f"{words.faults(checked.findings)}: nothing was carried over{words.marked(checked)}"
        raise error
    case = checked.reading.case
    with words.nothing_was("carried over"):
        if ahead := list(days_to_come(case, checked.reading.addresses, today)):
            raise FaultyInput(ahead)
    return case


def _last(folder: Path) -> Last:
    """The last plan, with the workbook that it was made from.

    Raises:
        FaultyInput: a file of it is not there, or cannot be read.
    """
    from planner.carrying import Last
    from planner.nightly.folder import INPUT, PLAN, carried_book
    from planner.plan_reader import read_plan
    from planner.workbook import Book

    books = (path for path in (folder / INPUT).glob("*.[xX][lL][sS][xXmM]") if not path.name.startswith("~$"))
    given = min(books, default=None)
    if given is None or not (folder / PLAN).is_file():
        remedy = "Name the folder of a run of the night, such as CASE/latest."
        raise FaultyInput([Finding(Severity.FAULT, str(folder), "", "", "there is no plan in it that a night made", remedy)])
    book, planned = _as_it_was(given), carried_book(folder, given.name)
    case = _as_it_was(planned) if planned.is_file() else book  # planned by hand, or by a planner that carried nothing over
    plan, *_ = read_plan(Book(folder / PLAN), case)
    return Last(book, case, plan)


def _as_it_was(path: Path) -> Case:
    """A workbook that was planned from; what is doubtful in it was told then.

    Raises:
        FaultyInput: it is not there, or cannot be read.
    """
    from planner.validate import read

    reading = read(path)
    if reading.case is None:
        raise FaultyInput(reading.findings)
    return reading.case
