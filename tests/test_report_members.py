"""A member's own workbook: its figures are the plan's, nothing of anybody else is in it, and it goes with its member."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl import Workbook

from models.decisions import Allotment
from models.records import CallOff, Member
from planner.report import write
from planner.template import template_content
from tests.cases import first
from tests.report_samples import FIRST, HERON, LAPWING, SECOND, result_of, sample_result
from tests.test_report_files import everything

OWN = {"plan.xlsx", "plan_traders", f"plan_traders/{FIRST}.xlsx", f"plan_traders/{SECOND}.xlsx"}
"""What there is without members."""
ACCOUNT = {
    "Entitled": "entitled [USD]", "Held for you": "held [USD]", "Missing": "missing [USD]", "Drawn": "drawn [USD]",
    "Still to replenish": "to replenish [USD]", "Entry fee": "entry fee [USD]", "Carry": "carry billed [USD]",
    "Call-offs": "call-offs paid [USD]", "You pay in all": "pays in all [USD]", "Buy-back": "held [USD]",
}  # fmt: skip
"""Each line of the page, with the column of Member accounts that it repeats."""


def written(folder: Path, *own: Allotment, **tables: Any) -> Path:
    """A plan with commitments of 30 kg to Heron and 0.5 t to Lapwing, which hold all of it but for some allotments.

    Heron joins for 700 USD, and in May calls off 5 kg, of which it gets 2.
    """
    plan = sample_result().plan
    members = (Member(member=HERON, entry_fee=700.0), plan.case.members[1])
    call = CallOff(member=HERON, material="gallium", date=first(5), quantity=5.0)
    full = [Allotment(HERON, "gallium", t, 30.0) for t in range(1, 13)]
    full += [Allotment(LAPWING, "antimony", t, 0.5) for t in range(1, 13)]
    held = {(row.member, row.period): row for row in (*full, Allotment(HERON, "gallium", 5, 28.0, 2.0), *own)}
    case = replace(plan.case, members=members, call_offs=(call,), **tables)
    return write(result_of(replace(plan, case=case, allotments=tuple(held.values()))), folder / "plan.xlsx")[0]


def page(folder: Path, member: str, name: str = "plan") -> Workbook:
    return openpyxl.load_workbook(folder / f"{name}_members" / f"{member}.xlsx")


def rows(book: Workbook, sheet: str) -> list[dict[str, object]]:
    """The rows of a sheet by heading."""
    headings, *found = ([cell.value for cell in row] for row in book[sheet].iter_rows())
    return [dict(zip(map(str, headings), row, strict=True)) for row in found]


def sentences(book: Workbook) -> list[str]:
    """What stands below the lines of the page."""
    column = [str(cell.value) for cell in book["Summary"]["A"] if cell.value]
    return column[column.index("What is missed") + 1 :]


def test_its_rows_and_lines_are_the_plans_to_the_cent(tmp_path: Path) -> None:
    plan = openpyxl.load_workbook(written(tmp_path, Allotment(HERON, "gallium", 12, 22.5, 0.5)))
    for member in (HERON, LAPWING):
        book = page(tmp_path, member)
        assert book.sheetnames == ["Summary", "Members", "Member accounts", "Entitlements", "Charts"]
        for sheet in ("Members", "Member accounts", "Entitlements"):
            own = [{key: row[key] for key in row if key != "penalty [USD]"} for row in rows(plan, sheet)]
            assert rows(book, sheet) == [row for row in own if row["member"] == member] != []
        [account] = rows(book, "Member accounts")
        lines = {str(row[0].value): row[1].value for row in book["Summary"].iter_rows(min_row=5, max_row=14)}
        assert lines == {line: account[column] for line, column in ACCOUNT.items()}
    summary = page(tmp_path, HERON)["Summary"]
    fee, carry, call_offs, total = (float(str(summary[f"B{number}"].value)) for number in range(10, 14))
    assert (fee, call_offs, total) == (700.0, 2.5 * 300.0, pytest.approx(fee + carry + call_offs)) and carry > 0.0


@pytest.mark.parametrize(("own", "other", "foreign"), [(HERON, LAPWING, "antimony"), (LAPWING, HERON, "gallium")])
def test_no_part_of_the_file_names_anybody_else_or_a_planning_figure(
    tmp_path: Path, own: str, other: str, foreign: str
) -> None:
    written(tmp_path)
    with ZipFile(tmp_path / "plan_members" / f"{own}.xlsx") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    case = sample_result().plan.case
    others = [*case.trader, *case.supplier, *(row.depot for row in case.depots), *(row.scenario for row in case.scenarios)]
    words = (*other.split(), *(word for name in others for word in name.split()), foreign, "enalty")
    for name, part in parts.items():
        assert not [word for word in words if word in part], name
    assert any(own in part for part in parts.values())


def test_nothing_in_it_changes_with_what_others_hold_or_buy(tmp_path: Path) -> None:
    plan = sample_result().plan
    more = tuple(replace(row, quantity=row.quantity + 1) for row in plan.purchases)
    less = tuple(replace(row, held=row.held / 2) if row.member == LAPWING else row for row in plan.allotments)
    write(result_of(plan), tmp_path / "a.xlsx")
    write(result_of(replace(plan, purchases=more, allotments=less)), tmp_path / "b.xlsx")
    one, other = (
        [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in page(tmp_path, HERON, name)] for name in "ab"
    )
    assert one == other


def test_what_is_missed_is_told_by_material_and_call_off(tmp_path: Path) -> None:
    """Of 30 kg 10 are missing in March and 1 in April; in May, with 2 drawn, all 28 are held."""
    written(tmp_path, Allotment(HERON, "gallium", 3, 20.0), Allotment(HERON, "gallium", 4, 29.0))
    book = page(tmp_path, HERON)
    assert book["Summary"]["B7"].value == 0.0  # at the end
    assert sentences(book) == [
        "gallium: up to 10 kg are missing at 2 period ends, most at that of 2027-03.",
        "gallium: of the 5 kg called off in 2027-05, 3 kg are not served.",
    ]
    written(tmp_path, Allotment(HERON, "gallium", 12, 22.5))
    book = page(tmp_path, HERON)
    assert "gallium: 7.5 kg are missing at the end of 2027-12." in sentences(book)
    assert book["Summary"]["B7"].value == 7.5 * 300 and book["Summary"]["D7"].value == "at the end, of 1 material"


def test_a_member_who_lacks_nothing_is_told_so(tmp_path: Path) -> None:
    written(tmp_path)
    [sentence] = sentences(page(tmp_path, LAPWING))
    assert sentence.startswith("All that you are entitled to is held for you")


def test_what_a_commitment_that_has_ended_lacked_is_not_missing_at_the_end(tmp_path: Path) -> None:
    ended, lasting = sample_result().plan.case.commitments
    written(
        tmp_path, Allotment(HERON, "gallium", 6, 20.0),
        commitments=(ended.model_copy(update={"to_date": date(2027, 6, 30)}), lasting,
                     ended.model_copy(update={"material": "antimony"})),
    )  # fmt: skip
    book = page(tmp_path, HERON)
    assert "gallium: 8 kg are missing at the end of 2027-06." in sentences(book)
    assert book["Summary"]["D7"].value == "at the end, of 1 material"  # antimony, of which nothing is held


def test_what_is_drawn_is_still_to_be_replenished_at_the_end_or_not(tmp_path: Path) -> None:
    """What is drawn in May is there again in August; 4 kg drawn in December at 300 are not within the plan."""
    written(tmp_path)
    assert page(tmp_path, HERON)["Summary"]["B9"].value == 0.0
    written(tmp_path, Allotment(HERON, "gallium", 12, 26.0, 4.0))
    summary = page(tmp_path, HERON)["Summary"]
    assert summary["B9"].value == 1200.0 and str(summary["D9"].value).startswith("what you draw by the end of 2027-12")


def test_the_chart_shows_what_is_held_against_what_it_is_entitled_to(tmp_path: Path) -> None:
    written(tmp_path, Allotment(HERON, "gallium", 3, 20.0))
    book = page(tmp_path, HERON)
    found = [[cell.value for cell in row] for row in book["Charts"].iter_rows(min_row=3)]
    assert found[0] == ["period", "entitled [USD]", "held [USD]"]
    assert [row[0] for row in found[1:]] == [f"2027-{month:02}" for month in range(1, 13)]
    assert found[3][1:] == [9000.0, 6000.0] and found[5][1:] == [8400.0, 8400.0]
    [chart] = book["Summary"]._charts
    assert [series.val.numRef.f for series in chart.series] == ["'Charts'!$B$4:$B$15", "'Charts'!$C$4:$C$15"]
    assert book["Summary"].page_setup.fitToHeight == 1


def test_with_the_last_member_its_book_and_the_folder_go(tmp_path: Path) -> None:
    written(tmp_path)
    plan = sample_result().plan
    without = result_of(replace(plan, case=replace(plan.case, members=(), commitments=()), allotments=()))
    write(without, tmp_path / "plan.xlsx")
    assert everything(tmp_path) == OWN
    written(tmp_path)
    (tmp_path / "plan_members" / "mine.xlsx").write_bytes(template_content())
    write(without, tmp_path / "plan.xlsx")
    assert everything(tmp_path) == OWN | {"plan_members", "plan_members/mine.xlsx"}


def test_a_member_to_whom_nothing_is_committed_gets_none(tmp_path: Path) -> None:
    plan = sample_result().plan
    case = replace(plan.case, members=(*plan.case.members, Member(member="Idle")))
    write(result_of(replace(plan, case=case)), tmp_path / "plan.xlsx")
    assert {path.stem for path in (tmp_path / "plan_members").iterdir()} == {HERON, LAPWING}
