"""Whatever is done to a valid workbook, reading it ends with a case or with faults that have an address."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.findings import Severity
from planner.sense import doubts_beside_faults
from planner.validate import Reading, read
from planner.workbook import write_marked_copy
from tests import books
from tests.faulty import put

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SOUND = {
    title: books.cells(content)
    for title, content in (
        books.tiny()
        | {
            "Suppliers": [{"supplier": name} for name in ("Northern Refining", "Eastern Metals")],
            "Prices": [{"index": "LME", "date": date(2027, month, 1), "value": 1.0} for month in (1, 2)],
            "Depots": [{"depot": "Rotterdam", "country": "NLD", "rent": 10}],
            "Policy": [{"rule": "R", "kind": "share", "attribute": "mine", "in": "each", "limit": 0.65}],
        }
    ).items()
}
CELLS = [
    (title, row, column) for title, grid in SOUND.items() for row, cells in enumerate(grid) for column in range(len(cells) + 1)
]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
TYPED = st.one_of(
    st.none(),
    st.floats(width=32),
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.dates(date(1900, 1, 1)),
    st.datetimes(datetime(1900, 3, 1)),
    st.times().map(lambda value: time(value.hour, value.minute)),
    TEXTS,
    TEXTS.map(lambda text: f"={text}"),
    st.sampled_from(
        ["TBC", "1,234", "05/01/2026", "65 %", "CHN 60 %; AUS 40 %", "=A1", "=SUM(A:A)", "#N/A", "key", "value", "Total"]
    ),
    st.sampled_from([cell for grid in SOUND.values() for row in grid for cell in row]),
)


def _told(reading: Reading) -> None:
    """A case, or faults; every fault says where, what and what to do."""
    faults = [finding for finding in reading.findings if finding.severity is Severity.FAULT]
    assert (reading.case is None) == bool(faults)
    if reading.sound is not None:
        faults += [*doubts_beside_faults(reading.sound)]
    assert all(fault.message and fault.remedy for fault in faults)


def _edited(edits: list[tuple[tuple[str, int, int], Any]]) -> dict[str, list[list[Any]]]:
    grids = {title: [list(row) for row in grid] for title, grid in SOUND.items()}
    for (title, row, column), value in edits:
        put(grids[title], f"{chr(65 + column)}{row + 1}", value)
    return grids


@quick
@given(st.lists(st.tuples(st.sampled_from(CELLS), TYPED), min_size=1, max_size=4))
def test_cells_and_headings_typed_over(tmp_path: Path, edits: list[tuple[tuple[str, int, int], Any]]) -> None:
    path, copy = books.write(tmp_path / "mutated.xlsx", _edited(edits)), tmp_path / "copy.xlsx"
    before = path.read_bytes()
    reading = read(path)
    _told(reading)
    write_marked_copy(path, reading.findings, copy)
    assert path.read_bytes() == before
    again = read(copy)
    _told(again)
    assert (again.case is None) == (reading.case is None), "a copy is as faulty as what it was copied from"


@quick
@given(
    st.permutations(list(SOUND)),
    st.sets(st.sampled_from(list(SOUND))),
    st.dictionaries(st.sampled_from(list(SOUND)), st.sampled_from(["Offer", "price", "PRICES", "x", "Faults"])),
)
def test_sheets_taken_out_renamed_and_reordered(
    tmp_path: Path, order: list[str], removed: set[str], renamed: dict[str, str]
) -> None:
    kept = [title for title in order if title not in removed] or ["Settings"]
    sheets = {renamed.get(title, title): SOUND[title] for title in kept}
    reading = read(books.write(tmp_path / "mutated.xlsx", {title: sheets[title] for title in _distinct(sheets)}))
    _told(reading)


def _distinct(titles: dict[str, Any]) -> list[str]:
    """Sheet names of which Excel takes no two for the same."""
    return list({title.casefold(): title for title in titles}.values())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The sound workbook; written once, for a file holds the time at which it was written."""
    return books.write(tmp_path_factory.mktemp("sound") / "sound.xlsx", SOUND).read_bytes()


@quick
@given(st.data())
def test_bytes_of_the_file_and_of_its_parts_changed(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    path = tmp_path / "mutated.xlsx"
    if data.draw(st.booleans(), label="the file itself"):
        path.write_bytes(_spoilt(whole, data))
    else:
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = data.draw(st.sampled_from(sorted(parts)), label="the part")
        parts[name] = _spoilt(parts[name], data)
        with zipfile.ZipFile(path, "w") as archive:
            for other, part in parts.items():
                archive.writestr(other, part)
    _told(read(path))


def _spoilt(content: bytes, data: st.DataObject) -> bytes:
    spoilt = bytearray(content)
    for place, byte in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=3)):
        spoilt[place] = byte
    return bytes(spoilt[: data.draw(st.integers(len(content) // 2, len(content)) | st.just(len(content)), label="kept")])
