"""The main job end to end through workbooks: statuses, what is written, what is left alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from planner import answers, pipeline
from planner.cli import main
from planner.engine import Held, Options, Outcome, Stopped
from planner.findings import Exit, Severity
from planner.verify import recompute, verify
from tests import books

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder; its exit status."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["planner", *map(str, arguments)])
        try:
            main()
        except SystemExit as exit_:
            return int(exit_.code or 0)
        return 0

    return command


def capped() -> dict[str, Any]:
    """Two refiners, one cheaper and Chinese, and a policy that lets it have no more than half.

    Each month 100 t are drawn. Without the policy: 3 · 80 t at 30,000 and 3 · 20 t at 31,000. With half at most from
    FIN: 150 t at 30,000 and 150 t at 31,000, so the policy costs 90 t · 1,000 · 1.01 (the fee) = 90,900.
    """
    book = books.tiny()
    book["Offers"][1]["capacity per period"] = 100
    book["Policy"] = [{"rule": "half", "kind": "share", "attribute": "refine", "in": "FIN", "limit": 0.5, "window": "horizon"}]
    return book


def test_tiny_plan_is_optimal_verified_and_announced(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """3 · 80 t · 30,000 + 3 · 20 t · 31,000 = 9,060,000, and 1 % fee on it: 9,150,600."""
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    before = book.read_bytes()
    assert run("solve", book, "--gap", "0", "--json") == Exit.PLAN
    record = json.loads(capsys.readouterr().out)
    assert record["objective"] == pytest.approx(9_150_600, abs=0.01)
    assert record["gap"] <= 1e-9
    assert Path(record["output"]) == Path("outputs/tiny/plan.xlsx")
    assert Path("outputs/tiny/plan_traders/Firm A.xlsx").exists()
    assert not Path("outputs/tiny/plan_members").exists()  # there are no members
    assert book.read_bytes() == before


def test_last_line_says_where_the_plan_is(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    assert run("solve", book, "--output", tmp_path / "here" / "mine.xlsx", "--quiet") == Exit.PLAN
    assert capsys.readouterr().out.splitlines()[-1] == f"The plan is in {tmp_path / 'here' / 'mine.xlsx'}"


def test_price_of_the_policy_is_on_the_summary(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = books.write(tmp_path / "half.xlsx", capped())
    assert run("solve", book, "--gap", "0", "--json") == Exit.PLAN
    record = json.loads(capsys.readouterr().out)
    assert record["objective"] - record["objective_without_policy"] == pytest.approx(90_900, abs=0.01)
    rows = load_workbook("outputs/half/plan.xlsx")["Summary"].iter_rows(values_only=True)
    (price,) = [row for row in rows if "Price of the Policy sheet" in row]
    assert any(isinstance(cell, float | int) and cell == pytest.approx(90_900, abs=0.01) for cell in price)


def test_faults_are_printed_marked_and_nothing_is_planned(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheets = books.tiny()
    sheets["Offers"][0]["material"] = "Cobalt cathod"
    book = books.write(tmp_path / "wrong.xlsx", sheets)
    assert run("solve", book) == Exit.FAULTY_INPUT
    errors = capsys.readouterr().err
    assert "Offers!C2" in errors
    assert "Cobalt cathode" in errors
    assert Path("outputs/wrong/faults.xlsx").exists()
    assert not Path("outputs/wrong/plan.xlsx").exists()


def test_no_plan_names_the_rules_that_stand_against_each_other(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """100 t a month must be met, FIN may deliver a tenth, and JPN delivers 80 t: at most 80 / 0.9 = 88.9 t a month."""
    sheets = capped()
    sheets["Offers"][1]["capacity per period"] = 80
    sheets["Policy"][0]["limit"] = 0.1
    book = books.write(tmp_path / "impossible.xlsx", sheets)
    assert run("solve", book) == Exit.NO_PLAN
    first, *rest = capsys.readouterr().err.split("No plan exists")[1].splitlines()
    told = "\n".join(rest)
    assert "proven" in first
    assert "policy" in told
    assert "half" in told
    assert "demand" in told
    assert not Path("outputs/impossible/plan.xlsx").exists()


def test_no_plan_leaves_the_last_good_one(run: Run, tmp_path: Path) -> None:
    good = books.write(tmp_path / "book.xlsx", capped())
    assert run("solve", good, "--quiet") == Exit.PLAN
    before = Path("outputs/book/plan.xlsx").read_bytes()
    sheets = capped()
    sheets["Offers"][1]["capacity per period"] = 80
    sheets["Policy"][0]["limit"] = 0.1
    books.write(good, sheets)
    assert run("solve", good, "--quiet") == Exit.NO_PLAN
    assert Path("outputs/book/plan.xlsx").read_bytes() == before


def test_a_plan_that_fails_its_check_is_not_delivered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The model believes that a lead time is nothing, so that it buys too late; the second computation does not."""
    import models.slots as slots_module
    from models.slots import Slot

    honest = slots_module._slots
    sheets = books.tiny()
    sheets["Offers"][0]["lead days"] = 40
    sheets["Materials"][0]["value of shortage"] = 90_000
    book = books.write(tmp_path / "late.xlsx", sheets)

    def hasty(case: Any, terms: Any) -> tuple[Slot, ...]:
        return tuple(slot._replace(arrival=slot.period) for slot in honest(case, terms))

    monkeypatch.setattr(slots_module, "_slots", hasty)
    assert run("solve", book) == Exit.NOT_VERIFIED
    assert "does not pass its check" in capsys.readouterr().err
    assert not Path("outputs/late/plan.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("solve",), Exit.USAGE),
        (("solve", "book.xlsx", "--gap", "2"), Exit.USAGE),
        (("plan", "book.xlsx"), Exit.USAGE),
        (("solve", "missing.xlsx"), Exit.FAULTY_INPUT),
        (("check", "missing.xlsx"), Exit.FAULTY_INPUT),
        (("--help",), Exit.PLAN),
        (("reference",), Exit.PLAN),
        (("formulation",), Exit.PLAN),
        (("template", "empty.xlsx"), Exit.PLAN),
        (("template", "/dev/null/empty.xlsx"), Exit.CANNOT_WRITE),
    ],
)
def test_exit_statuses(run: Run, arguments: tuple[str, ...], status: Exit) -> None:
    assert run(*arguments) == status


@pytest.mark.parametrize(
    ("stopped", "held", "status"),
    [
        (Stopped.GAP_REACHED, Held.PROVEN_PLAN, Exit.PLAN),
        (Stopped.TIME_LIMIT, Held.PLAN, Exit.GAP_ABOVE_TARGET),
        (Stopped.INTERRUPTED, Held.PLAN, Exit.INTERRUPTED),
        (Stopped.TERMINATED, Held.PLAN, Exit.TERMINATED),
    ],
)
def test_status_of_a_run_that_holds_a_plan(stopped: Stopped, held: Held, status: Exit) -> None:
    outcome = Outcome(stopped, held, 1.0, 1.0, None, None, None, 0.0, 0, ())
    assert answers.status(outcome) == status


def test_command_line_goes_over_settings_over_default(tmp_path: Path) -> None:
    sheets = books.tiny()
    sheets["Settings"]["relative gap"] = 0.02
    sheets["Settings"]["seed"] = 7
    from planner import validate

    case = validate.read(books.write(tmp_path / "settings.xlsx", sheets)).case
    assert case is not None
    options = pipeline.options_of(case, pipeline.Overrides(gap=0.005))
    assert options == Options(gap=0.005, time_limit=600.0, threads=1, seed=7)


def test_verify_recomputes_from_the_written_workbook(run: Run, tmp_path: Path) -> None:
    """A quantity changed by hand in the written plan is found, by the rule that it breaks and in the bill."""
    from planner import validate

    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    assert run("solve", book, "--gap", "0", "--quiet") == Exit.PLAN
    plan = Path("outputs/tiny/plan.xlsx")
    case = validate.read(book).case
    assert case is not None
    assert not verify(plan, case).failures
    written = load_workbook(plan)
    sheet = written["Purchases"]
    column = next(cell.column for cell in sheet[1] if str(cell.value).startswith("quantity"))
    sheet.cell(2, column).value = float(sheet.cell(2, column).value) + 5.0
    written.save(plan)
    assert run("verify", plan, book) == Exit.NOT_VERIFIED


def test_recompute_tells_a_fee_left_out(run: Run, tmp_path: Path) -> None:
    """A bill that claims no fee is off by 1 % of 9,060,000 = 90,600, on that line and in the total."""
    from planner import validate
    from planner.plan_reader import read_plan
    from planner.workbook import Book

    book = books.write(tmp_path / "tiny.xlsx", books.tiny())
    assert run("solve", book, "--gap", "0", "--quiet") == Exit.PLAN
    case = validate.read(book).case
    assert case is not None
    plan, claimed, total = read_plan(Book(Path("outputs/tiny/plan.xlsx")), case)
    found = recompute(plan, {**claimed, "trader fee": 0.0}, total - 90_600)
    assert [(row.where, round(row.excess)) for row in found.failures] == [("trader fee", 90_600), ("total, discounted", 90_600)]


def test_missed_target_names_the_rule_that_keeps_it(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """60 days of 1,200 t/yr are 197.26 t; 2 Mio. USD buy 66.0 t at 30,000 · 1.01 and a unit saves more than it costs."""
    sheets = books.tiny()
    sheets["Settings"]["budget"] = 2_000_000
    material = sheets["Materials"][0]
    material.update({"demand use": "cover only", "target cover days": 60, "cover penalty": 100_000})
    book = books.write(tmp_path / "poor.xlsx", sheets)
    assert run("solve", book, "--gap", "0") == Exit.PLAN
    told = capsys.readouterr().out
    assert "misses its 60-day target" in told
    assert "budget" in told


def test_missed_target_that_no_offer_can_meet_in_time(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheets = books.tiny()
    material = sheets["Materials"][0]
    material.update({"demand use": "cover only", "target cover days": 30, "cover penalty": 1_000_000})
    for offer in sheets["Offers"]:
        offer["valid from"] = date(2027, 2, 1)
        offer["capacity per period"] = 500
    book = books.write(tmp_path / "late.xlsx", sheets)
    assert run("solve", book, "--gap", "0") == Exit.PLAN
    assert "by which no order placed within the plan arrives" in capsys.readouterr().out


def test_faults_between_cells_are_told_with_those_of_cells(tmp_path: Path) -> None:
    """Dates the wrong way round and a share of 4000 % are found in one go with a cell that cannot be read, and nothing
    is said of it for the rows that refer to it."""
    sheets = capped()
    sheets["Traders"] += [{"trader": "Firm B", "fee": "much"}]
    sheets["Mandates"] = [{"trader": name, "material": "Cobalt cathode"} for name in ("Firm A", "Firm B")]
    sheets["Offers"].insert(0, sheets["Offers"][0] | {"offer": "Late", "price": "TBC"})
    sheets["Offers"][2] |= {"valid from": date(2027, 3, 1), "valid to": date(2027, 2, 1)}
    sheets["Decisions"] = [{"offer": "Late", "kind": "fix"}, {"offer": "Kokkola 2027", "kind": "fix"}]
    sheets["Policy"][0]["limit"] = 40
    book = books.write(tmp_path / "wrong.xlsx", sheets)
    found = pipeline.check(book, tmp_path / "faults.xlsx").findings
    assert sorted(finding.address for finding in found if finding.severity is Severity.FAULT) == [
        "Decisions!A2", "Decisions!A3", "Offers!F2", "Offers!I4", "Policy!E2", "Traders!B3",
    ]  # fmt: skip
