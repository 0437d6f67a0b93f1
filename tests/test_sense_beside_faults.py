"""Beside cells that cannot be read, everything else is told at once, and nothing that only follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.records import (
    SHEETS,
    CallOff,
    Commitment,
    Contingency,
    Country,
    Decision,
    Depot,
    Mandate,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Partner,
    Policy,
    Price,
    PriceBreak,
    PriceImpact,
    Record,
    Settings,
    Supplier,
    Trader,
    columns,
)
from planner.cli import main
from planner.findings import Finding, Severity
from planner.pipeline import examine
from planner.sense import BY_ROW
from tests.sense.book import Rows, cell_of, month, sensible, written
from tests.sense.contingencies import CONTINGENCIES
from tests.sense.example import FAULT, Example, both, contingency, policy, put
from tests.sense.rules import POLICY
from tests.test_sense_findings import CASES, EXAMPLES

UNREADABLE, UNKNOWN = "#N/A", "Zzz"


def _typed_over(rows: Rows, cells: dict[str, Any], path: Path) -> Path:
    workbook = openpyxl.load_workbook(written(rows, path))
    for address, value in cells.items():
        title, _, cell = address.partition("!")
        workbook[title][cell] = value
    workbook.save(path)
    return path


def _cells(value: str) -> Iterator[tuple[type[Record], int | None, str]]:
    """The cells of the sensible workbook that are faulty with a value: all, or those that name something."""
    for record, found in sensible().items():
        referring = {item.name for item in columns(record) if item.refers}
        for number, row in enumerate(found):
            for name in row:
                if value == UNREADABLE or name in referring:
                    yield record, None if record is Settings else number, name


def _told(path: Path) -> list[Finding]:
    """What is told, but for what the reader says of cells and sheets."""
    reading, findings, *_ = examine(path)
    return [finding for finding in findings if finding not in reading.findings]


@pytest.mark.parametrize("value", [UNREADABLE, UNKNOWN])
@pytest.mark.parametrize("record", [record for record in SHEETS if sensible().get(record)], ids=lambda record: record.sheet)
def test_nothing_follows_from_a_cell_that_cannot_be_read(record: type[Record], value: str, tmp_path: Path) -> None:
    rows, followed = sensible(), {}
    for place in _cells(value):
        if place[0] is record:
            address, _ = cell_of(rows, *place)
            followed[address] = _told(_typed_over(rows, {address: value}, tmp_path / "book.xlsx"))
    assert not [f"{address}: {one}" for address, found in followed.items() for one in found]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_what_does_not_fit_is_told_beside_a_cell_that_does_not_matter(example: Example, tmp_path: Path) -> None:
    rows = example.rows()
    rows[Settings][0].setdefault("seed", 1)
    seed, _ = cell_of(rows, Settings, None, "seed")
    found = _told(_typed_over(rows, {seed: UNREADABLE}, tmp_path / "book.xlsx"))
    address, _ = cell_of(rows, example.record, example.row, example.column)
    assert [one.address for one in found if one.severity is example.severity and example.heart in one.message] == [address]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    rows = sensible()
    both(
        put(Material, 1, storage_class="silo"),
        put(Offer, 0, minimum_order=70.0),
        put(Offer, 3, duty_rate=5.0),
    )(rows)
    faulty = {
        cell_of(rows, Offer, 1, "premium")[0]: "twenty",
        cell_of(rows, Settings, None, "discount_rate")[0]: "5 percent or so",
        cell_of(rows, Material, 0, "participation_cap")[0]: -1,
    }
    path = _typed_over(rows, faulty, tmp_path / "book.xlsx")
    told = {finding.address for finding in examine(path).findings if finding.severity in (FAULT, Severity.WARNING)}
    others = {
        cell_of(rows, Material, 1, "storage_class")[0],
        cell_of(rows, Offer, 0, "minimum_order")[0],
        cell_of(rows, Offer, 3, "duty_rate")[0],
    }
    assert faulty.keys() | others <= told


BY_THEMSELVES = [
    example for example in (*POLICY, *CONTINGENCIES)
    if any(example.is_about(doubt) for check in BY_ROW for doubt in check(CASES[example.name]))
]  # fmt: skip


@pytest.mark.parametrize("example", BY_THEMSELVES, ids=str)
def test_a_row_that_cannot_be_read_hides_nothing_of_another(example: Example, tmp_path: Path) -> None:
    rows = example.rows()
    both(policy(rule="other"), contingency(contingency="other"))(rows)
    kind, _ = cell_of(rows, example.record, len(rows[example.record]) - 1, "kind")
    found = _told(_typed_over(rows, {kind: "percent"}, tmp_path / "book.xlsx"))
    address, _ = cell_of(rows, example.record, example.row, example.column)
    assert [one.address for one in found if example.heart in one.message] == [address]


def test_a_column_that_cannot_be_read_hides_nothing_of_the_others(tmp_path: Path) -> None:
    rows = sensible()
    both(policy(attribute="refinery", scope_="Galium"), contingency(names=("Narnia",)))(rows)
    kinds = {cell_of(rows, record, row, "kind")[0]: "percent" for record, row in ((Policy, 4), (Contingency, 1))}
    found = {one.address for one in _told(_typed_over(rows, kinds, tmp_path / "book.xlsx"))}
    wrong = ((Policy, 4, "attribute"), (Policy, 4, "scope_"), (Contingency, 1, "names"))
    assert found == {cell_of(rows, *place)[0] for place in wrong}


def test_a_country_is_known_by_its_name_beside_a_limit_that_cannot_be_read(tmp_path: Path) -> None:
    rows = sensible()
    put(Country, 0, name=None)(rows)
    policy(within=("China",))(rows)
    limit, _ = cell_of(rows, Policy, 4, "limit")
    assert not _told(_typed_over(rows, {limit: UNREADABLE}, tmp_path / "book.xlsx"))


def test_rows_that_contradict_themselves_are_told_beside_a_sheet_that_is_missing(tmp_path: Path) -> None:
    rows = sensible()
    put(Material, 1, ramp_from=month(3), ramp_to=month(2))(rows)
    del rows[Trader]
    cell, _ = cell_of(rows, Material, 1, "ramp_to")
    assert [finding.address for finding in _told(written(rows, tmp_path / "book.xlsx"))] == [cell]


@pytest.mark.parametrize("record", [Country, Depot, Price, Trader], ids=lambda record: record.sheet)
def test_a_repeated_row_hides_nothing(record: type[Record], tmp_path: Path) -> None:
    rows = sensible()
    put(Material, 1, storage_class="silo")(rows)
    rows[record].append(dict(rows[record][0]))
    cell, _ = cell_of(rows, Material, 1, "storage_class")
    assert [finding.address for finding in _told(written(rows, tmp_path / "book.xlsx"))] == [cell]


def test_of_rows_with_one_key_none_counts_where_they_differ(tmp_path: Path) -> None:
    """A price of a thousandth beside the right one is a repetition, and no price that looks off."""
    rows = sensible()
    rows[Price].insert(0, rows[Price][2] | {"value": 29.0})
    assert not _told(written(rows, tmp_path / "book.xlsx"))


HANGS_ON_THE_START = (
    "demand before the plan",
    "window before the plan",
    "check has expired",
    "order before the plan",
    "call-off long before the plan",
    "force of an expired offer",
    "shock that ends before the plan",
    "stock past its shelf life",
)


@pytest.mark.parametrize("example", [one for one in EXAMPLES if str(one) != "plan past all years"], ids=str)
def test_without_a_start_all_is_told_but_what_hangs_on_it(example: Example, tmp_path: Path) -> None:
    rows, path = example.rows(), tmp_path / "book.xlsx"
    start, _ = cell_of(rows, Settings, None, "start_date")
    known = {(finding.address, finding.message) for finding in _told(written(rows, path))}
    told = {(finding.address, finding.message) for finding in _told(_typed_over(rows, {start: "01/01/2027"}, path))}
    assert told <= known
    assert (told == known) is (str(example) not in HANGS_ON_THE_START)


def test_a_slip_may_mean_any_name_that_looks_like_it(tmp_path: Path) -> None:
    """`Gallium 5N` may be the 4N or the 6N: neither is said to have no offer."""
    rows = sensible()
    rows[Material] = [rows[Material][0] | {"material": f"Gallium {grade}"} for grade in ("4N", "6N")] + rows[Material][1:]
    for record in (Mandate, OpeningStock, OpenOrder, Policy, Decision, PriceBreak, PriceImpact, Commitment, CallOff, Partner):
        del rows[record]
    rows[Offer] = [row for row in rows[Offer] if row["material"] != "Gallium"]
    rows[Offer].append(sensible()[Offer][0] | {"material": "Gallium 5N"})
    cell, _ = cell_of(rows, Offer, 2, "material")
    found = [one for one in examine(written(rows, tmp_path / "book.xlsx")).findings if one.severity is FAULT]
    assert [one.address for one in found] == [cell]


@pytest.mark.parametrize("title", ["Traders", "Materials", "Offers"])
def test_nothing_follows_from_a_sheet_with_headings_only(title: str, tmp_path: Path) -> None:
    path = written(sensible(), tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook[title].delete_rows(2, 9)
    workbook.save(path)
    assert [finding.address for finding in examine(path).findings if finding.severity is FAULT] == [f"{title}!A2"]


def test_of_a_setting_given_twice_neither_counts(tmp_path: Path) -> None:
    """A budget of 12 dollars above the right one is a repetition, and no ceiling that is too low."""
    path = written(sensible(), tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook["Settings"].insert_rows(2)
    workbook["Settings"]["A2"], workbook["Settings"]["B2"] = "budget", 12
    workbook.save(path)
    assert not _told(path)


@pytest.mark.parametrize("limits", [(9.0, "two"), ("two", 9.0)])
def test_a_rule_with_an_unreadable_row_is_not_judged_by_the_others(limits: tuple[Any, Any], tmp_path: Path) -> None:
    rows = sensible()
    glide = rows[Policy][3] | {"minimum_share": 0.1}
    del rows[Policy][3]
    rows[Policy] += [glide | {"limit": 9.0, "to_date": month(2, 28)}, glide | {"limit": 9.0, "from_date": month(3)}]
    first, second = (cell_of(rows, Policy, row, "limit")[0] for row in (3, 4))
    assert not _told(_typed_over(rows, {first: limits[0], second: limits[1]}, tmp_path / "book.xlsx"))


@pytest.mark.parametrize(("title", "heading"), [("Offers", "minimum order"), ("Prices", "value"), ("Settings", "value")])
def test_of_a_column_given_twice_neither_counts_where_they_differ(title: str, heading: str, tmp_path: Path) -> None:
    rows = sensible()
    put(Trader, 0, minimum_share=0.95)(rows)
    path = written(rows, tmp_path / "book.xlsx")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[title]
    first, second = next(cell.column for cell in sheet[1] if cell.value == heading), sheet.max_column + 1
    for row in sheet.iter_rows(min_row=1):
        value = row[first - 1].value
        sheet.cell(row[0].row, second, value)
        if title == "Settings" and row[0].value == "budget":
            row[first - 1].value = 12.0
        elif title != "Settings" and isinstance(value, float | int):
            row[first - 1].value = value * 1000
    workbook.save(path)
    assert [finding.address for finding in _told(path)] == [cell_of(rows, Trader, 0, "minimum_share")[0]]


@pytest.mark.parametrize(("record", "row", "name"), [(Offer, 4, "material"), (Offer, 4, "supplier"), (Material, 1, "unit")])
def test_what_is_delivered_together_is_in_the_unit_of_all_of_it(
    record: type[Record], row: int, name: str, tmp_path: Path
) -> None:
    """Rhine delivers 0.2 t of gallium, which is in kg, and of antimony, which is in t; not 0.2 kg of gallium alone."""
    rows = sensible()
    put(Supplier, 0, capacity_per_period=0.2)(rows)
    rows[Offer].append(rows[Offer][2] | {"offer": "Sb-3", "supplier": "Rhine"})
    cell, _ = cell_of(rows, record, row, name)
    assert not _told(_typed_over(rows, {cell: UNREADABLE}, tmp_path / "book.xlsx"))


@pytest.mark.parametrize("name", ["unit", "annual_demand", "storage_class"])
def test_what_a_depot_holds_is_in_the_unit_of_all_of_it(name: str, tmp_path: Path) -> None:
    """The depot holds 20 t of gallium, which is in kg, and of antimony, which is in t; not 20 kg of gallium alone."""
    rows = sensible()
    put(Depot, 0, storage_class="", capacity=20.0)(rows)
    del rows[Depot][1]
    put(Material, 1, annual_demand=1.0)(rows)
    cell, _ = cell_of(rows, Material, 1, name)
    assert not _told(_typed_over(rows, {cell: UNREADABLE}, tmp_path / "book.xlsx"))


def test_a_plan_is_not_verified_against_a_workbook_whose_faults_are_between_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = sensible()
    put(Trader, 0, minimum_share=0.95)(rows)
    path = str(written(rows, tmp_path / "book.xlsx"))
    monkeypatch.setattr("sys.argv", ["planner", "verify", path, path])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 20
    assert cell_of(rows, Trader, 0, "minimum_share")[0] in capsys.readouterr().err


def test_the_parts_asked_for_last_are_kept(tmp_path: Path) -> None:
    cell, _ = cell_of(sensible(), Offer, 1, "premium")
    sound = examine(_typed_over(sensible(), {cell: UNREADABLE}, tmp_path / "book.xlsx")).reading.sound
    assert sound is not None
    first = sound.part(frozenset({(Offer, "premium")}))
    for item in columns(Offer):
        sound.part(frozenset({(Offer, item.name), (Offer, "premium")}))
        assert sound.part(frozenset({(Offer, "premium")})) is first
