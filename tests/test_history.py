"""What `planner history` answers, against what was put in; the same from both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from planner.archive.address import Address, address
from planner.archive.queries import MEASURES, material_called, nights, story, trend
from planner.archive.reading import Archive, reading
from planner.archive.shown import of_nights
from planner.archive.storing import put_in
from planner.archive.tables import SHEETS, column_name
from planner.cli import cli
from planner.compare import compare
from planner.findings import Exit, Misused
from planner.outputs import CoverRow, PurchaseRow, columns, tables
from planner.report import write
from tests.archives import at_once, run
from tests.postgres import server
from tests.report_samples import sample_result, with_plan
from tests.test_imports import modules_after

CAPTURE = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two plans, the second with a purchase less."""
    found = sample_result()
    fewer = with_plan(found, purchases=found.plan.purchases[:-1])
    folder = tmp_path_factory.mktemp("plans")
    return [write(one, folder / name / "plan.xlsx")[0] for one, name in ((found, "first"), (fewer, "second"))]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, plans: Sequence[Path]) -> Iterator[list[Address]]:
    """An SQLite file and a PostgreSQL database with the same nights: a good one, one without a plan, another good one."""
    path = tmp_path_factory.mktemp("archive") / "archive.sqlite"
    with server() as postgres, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE", postgres.new("history"))
        found = [Address(path), address("env:ARCHIVE")]
        for place in found:
            put_in(place, [run(plan=plans[0]), run(night=1), run(night=2, plan=plans[1])], at_once)
            put_in(place, [run("tiny", 2, status=20)], at_once)
        yield found


@pytest.fixture(params=[0, 1], ids=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, places: Sequence[Address]) -> Iterator[Archive]:
    with reading(places[request.param]) as found:
        yield found


def test_nights_are_told_with_the_change_to_the_plan_before(archive: Archive, plans: Sequence[Path]) -> None:
    found = nights(archive, 7, None)
    assert [(night.case, night.run) for night in found] == [run("tiny", 2).key, *(run(night=at).key for at in range(3))]
    [cost] = [figure for figure in compare(*plans).figures if figure.name == "cost, discounted"]
    assert [night.cost for night in found] == [None, pytest.approx(cost.first), None, pytest.approx(cost.second)]
    assert [night.change for night in found] == [None, None, None, pytest.approx(cost.change)]
    assert cost.change, "the plans differ"
    assert [night.status for night in found] == [20, 0, 22, 0]
    assert [night.published for night in found] == [False, True, False, True]
    assert found[-1].started == run(night=2).values["started"]


def test_what_names_a_run_is_told_whole_where_there_is_little_room(archive: Archive) -> None:
    """It is what `planner history show` asks for."""
    found, narrow = nights(archive, 7, None), Console(width=100, file=StringIO(), force_terminal=False)
    narrow.print(of_nights(found))
    text = narrow.file.getvalue()  # type: ignore[attr-defined]
    assert all(night.run in text for night in found) and "…" not in text


def test_only_the_last_nights_of_a_case(archive: Archive) -> None:
    """The change is to the plan before, also where that is not listed."""
    [night] = nights(archive, 1, "vault")
    assert night.run == run(night=2).key[1] and night.change is not None
    with pytest.raises(Misused, match="There is no case 'vualt' in the archive"):
        nights(archive, 1, "vualt")


def test_everything_of_a_run(archive: Archive) -> None:
    put = run()
    found = story(archive, put.key[1], None)
    assert {name: found.run[name] for name in ("gap", "sha256", "started", "version")} == {
        name: put.values[name] for name in ("gap", "sha256", "started", "version")
    }
    assert found.run["published"] is True
    assert ("orders", "", float(len(sample_result().plan.purchases))) in found.figures
    sheets = {record: rows for record, rows in tables(sample_result()).sheets() if rows}
    assert {name: len(rows) for name, rows in found.sheets.items()} == {
        SHEETS[record].name: len(rows) for record, rows in sheets.items()
    }
    first = dict(found.sheets["plan_stock"][0])
    assert list(first) == [column_name(item) for item in columns(type(tables(sample_result()).stock[0]))]


def test_a_run_of_several_cases_asks_for_the_case(archive: Archive) -> None:
    name = run(night=2).key[1]
    with pytest.raises(Misused, match=rf"Several cases have a run {name}: .*Name one with --case"):
        story(archive, name, None)
    assert story(archive, name, "tiny").run["status"] == 20 and not story(archive, name, "tiny").sheets
    with pytest.raises(Misused, match="There is no run 'nope' of the case 'tiny'"):
        story(archive, "nope", "tiny")


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_is_what_the_plans_say(archive: Archive, measure: str) -> None:
    """The figures of the records, in plain arithmetic; the night without a plan is no point."""
    found = trend(archive, "antimony", MEASURES[measure], 30, None)
    assert [point.run for point in found] == [run().key[1], run(night=2).key[1]]
    result = sample_result()
    for point, purchases in zip(found, (result.plan.purchases, result.plan.purchases[:-1]), strict=True):
        rows = tables(with_plan(result, purchases=purchases))
        assert point.figures == pytest.approx(_expected(measure, rows.cover, rows.purchases))
        assert point.unit == {"cover": "days", "cost": "USD", "price": "USD/t"}.get(measure, "t")


def _expected(measure: str, cover: Sequence[CoverRow], purchases: Sequence[PurchaseRow]) -> tuple[float, ...]:
    own = [row for row in purchases if row.material == "antimony"]
    quantity, cost = sum(row.quantity for row in own), sum(row.landed_cost for row in own)
    if measure in ("cover", "stock"):
        rows = [row for row in cover if row.material == "antimony"]
        ends = [row.days_of_cover or 0.0 if measure == "cover" else row.stock for row in rows]
        return ends[0], min(ends), ends[-1]
    return ({"bought": quantity, "cost": cost, "price": cost / quantity}[measure],)


def test_nothing_bought_is_nothing_and_has_no_price(tmp_path: Path) -> None:
    result = sample_result()
    others = tuple(row for row in result.plan.purchases if result.plan.case.offer[row.offer].material != "gallium")
    plan = write(with_plan(result, purchases=others), tmp_path / "plan.xlsx")[0]
    put_in(Address(tmp_path / "archive.sqlite"), [run(plan=plan)], at_once)
    with reading(Address(tmp_path / "archive.sqlite")) as archive:
        figures = {measure: trend(archive, "gallium", MEASURES[measure], 1, None)[0].figures for measure in MEASURES}
    assert (figures["bought"], figures["cost"], figures["price"]) == ((0.0,), (0.0,), (None,))


def test_a_material_is_found_by_a_part_of_its_name(archive: Archive) -> None:
    assert material_called(archive, "GALL") == material_called(archive, "gallium") == "gallium"
    with pytest.raises(Misused, match=r"Several materials are called 'i': choose from .*gallium"):
        material_called(archive, "i")
    with pytest.raises(Misused, match="'unobtainium': choose from antimony, gallium"):
        material_called(archive, "unobtainium")


def ends(*arguments: object) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(["history", *map(str, arguments)], standalone_mode=False)
        raise SystemExit(0)
    return int(caught.value.code or 0)


def answer(capsys: CAPTURE) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


class TestCommands:
    """As a user types them."""

    def test_the_nights(self, places: Sequence[Address], capsys: CAPTURE) -> None:
        assert ends("--archive", places[0]) == 0
        lines = capsys.readouterr().out.splitlines()
        [last] = [line for line in lines if run(night=2).key[1] in line and "vault" in line]
        assert "2026-11-29 02:00" in last and "2026-12-01" in last and "0 plan" in last and "yes" in last and "0.500%" in last
        [failed] = [line for line in lines if run(night=1).key[1] in line]
        assert "22 out of time" in failed and "no " in failed and failed.count("–") == 2
        assert ends("--archive", places[0], "--json", "--last", 1) == 0
        found = answer(capsys)
        assert found["status"] == 0 and [night["case"] for night in found["nights"]] == ["tiny", "vault"]

    def test_one_run(self, places: Sequence[Address], capsys: CAPTURE) -> None:
        assert ends("show", run().key[1], "--archive", places[0]) == 0
        shown = capsys.readouterr().out
        assert "a" * 64 in shown and "cost, discounted" in shown and "plan_cover" in shown
        assert ends("show", run().key[1], "--archive", places[0], "--json") == 0
        assert len(answer(capsys)["sheets"]["plan_cover"]) == len(tables(sample_result()).cover)

    def test_a_trend_is_a_table_and_a_chart(self, places: Sequence[Address], capsys: CAPTURE) -> None:
        assert ends("trend", "gall", "cover", "--archive", places[0]) == 0
        shown = capsys.readouterr().out
        assert "gallium: days of cover at period ends, days" in shown and "2026-11-29 02:00" in shown
        assert "Legend" in shown and "least" in shown and "\x1b" not in shown
        assert ends("trend", "gall", "price", "--archive", places[0], "--json") == 0
        assert [list(point["figures"]) for point in answer(capsys)["points"]] == [["mean"], ["mean"]]

    def test_cases_stand_beside_each_other(self, tmp_path: Path, plans: Sequence[Path], capsys: CAPTURE) -> None:
        place = Address(tmp_path / "archive.sqlite")
        put_in(place, [run(case, night, plans[night]) for case in ("a", "b") for night in (0, 1)], at_once)
        assert ends("trend", "gallium", "stock", "--archive", place) == 0
        heading = next(line for line in capsys.readouterr().out.splitlines() if "night (UTC)" in line)
        assert heading.split() == ["night", "(UTC)", "a", "b"]
        assert ends("trend", "gallium", "stock", "--archive", place, "--case", "b", "--json") == 0
        assert {point["case"] for point in answer(capsys)["points"]} == {"b"}

    def test_the_file_of_the_night_says_where(self, tmp_path: Path, capsys: CAPTURE) -> None:
        (tmp_path / "nightly.toml").write_text('[night]\noutputs = "plans"\n[[case]]\nbooks = ["*.xlsx"]\n', encoding="utf-8")
        with pytest.raises(Misused, match=f"There is no archive at {tmp_path}/plans/archive.sqlite"):
            ends(tmp_path / "nightly.toml")
        put_in_folder = tmp_path / "plans"
        put_in_folder.mkdir()
        put_in(Address(put_in_folder / "archive.sqlite"), [run()], at_once)
        assert ends(tmp_path / "nightly.toml") == 0 and run().key[1] in capsys.readouterr().out

    def test_what_makes_no_sense(self, places: Sequence[Address]) -> None:
        for arguments in (("trend", "gallium", "colour"), ("trend", "gallium", "cover", "--case", "tiny"), ("show", "nope")):
            with pytest.raises(Misused) as caught:
                ends(*arguments, "--archive", places[0])
            assert caught.value.status is Exit.USAGE


def test_an_sqlite_archive_is_read_without_what_is_slow_to_load(places: Sequence[Address]) -> None:
    """What makes `planner history` quick: neither SQLAlchemy nor what solves and writes plans."""
    slow = {"sqlalchemy", "alembic", "pyomo", "pandas", "openpyxl", "highspy", "pydantic"}
    for arguments in (["history"], ["history", "show", run().key[1]], ["history", "trend", "gallium", "cover"]):
        call = f"CliRunner().invoke(cli, {[*arguments, '--archive', str(places[0])]})"
        assert (
            not modules_after(f"from click.testing import CliRunner\nfrom planner.cli import cli\nassert not {call}.exit_code")
            & slow
        )
