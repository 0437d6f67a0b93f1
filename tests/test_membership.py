"""Who goes short: the shares of members, by priority and pro rata, in a plan's scenarios and in a stress test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from models.case import Case
from models.course import Course, Step
from models.membership import NO_MEMBER, rations
from models.records import Member
from planner.cli import cli
from planner.outputs.members import member_rows, ration_rows
from planner.outputs.misses import missed_commitments
from planner.outputs.purchases import purchase_rows
from planner.template import case_content
from tests.cases import first, kept, material, offer
from tests.rules.test_entitlements import entitled, row
from tests.rules.test_scenarios import allied, chinese, risky
from tests.solving import optimum

MEMBERS = Member(member="A"), Member(member="B", priority=2), Member(member="C", priority=2)
HALF, QUARTER, OTHER = row("A", 20.0), row("B", 10.0), row("C", 10.0)


def step(period: int, asked: float, there: float, arriving: float = 0.0) -> Step:
    """A period in which so much is there, of which some arrives."""
    return Step(period, asked, arriving, 0.0, 0.0, max(0.0, asked - there), 0.0, max(0.0, there - asked))


def shares(case: Case, asked: float, unmet: float) -> dict[str, tuple[float, float]]:
    """Of one period."""
    course = Course("x", ("ban",), (), (step(1, asked, asked - unmet),), 0.0, ())
    return {one.member: (one.asked, one.unmet) for one in rations(case, course)}


@pytest.mark.parametrize(("unmet", "a", "b"), [(4.0, 0.0, 2.0), (6.0, 0.0, 3.0), (8.0, 2.0, 3.0), (12.0, 6.0, 3.0)])
def test_whoever_comes_last_goes_short_first(unmet: float, a: float, b: float) -> None:
    """12 t are asked for, half of them for A, who comes first; B and C go short alike."""
    case = risky(members=MEMBERS, commitments=(HALF, QUARTER, OTHER))
    assert shares(case, 12.0, unmet) == {"A": (6.0, a), "B": (3.0, b), "C": (3.0, b)}


def test_what_is_asked_for_later_is_kept_for_those_who_come_first() -> None:
    """60 t are there for two months that ask for 80 and 92: A asks for 60 in all, and gets them."""
    rows = row("A", demand_share=0.3), row("B", demand_share=0.7)
    case = risky(members=MEMBERS, commitments=rows)
    course = Course("x", ("ban",), (), (step(1, 80.0, 60.0), step(2, 92.0, 0.0)), 0.0, ())
    found = {one.member: (one.asked, one.unmet) for one in rations(case, course)}
    assert found["A"] == pytest.approx((0.3 * 172, 0.0))
    assert found["B"] == pytest.approx((0.7 * 172, 172 - 60))


def test_what_is_kept_is_lost_in_part() -> None:
    """Half of what is kept for a month is lost, and 5 t arrive: of 10 t each A, first of both, gets 10 and 5 + 5."""
    rows = row("A", demand_share=0.5), row("B", demand_share=0.5)
    case = risky(members=MEMBERS, commitments=rows, materials=(material(loss_rate=1 - 0.5**12),), periods=2)
    course = Course("x", ("ban",), (), (step(1, 20.0, 20.0), step(2, 20.0, 5.0, arriving=5.0)), 0.0, ())
    found = {one.member: one.unmet for one in rations(case, course)}
    assert found == {"A": pytest.approx(0.0), "B": pytest.approx(15.0)}


def test_pro_rata_all_go_short_alike() -> None:
    case = risky(members=MEMBERS, commitments=(HALF, QUARTER, OTHER), settings={"rationing": "pro rata"})
    assert shares(case, 12.0, 4.0) == {"A": (6.0, 2.0), "B": (3.0, 1.0), "C": (3.0, 1.0)}


def test_who_has_committed_to_nothing_asks_for_nothing() -> None:
    """B's commitment begins in February; C's is of nothing."""
    rows = row("A", 5.0), row("B", 15.0, from_date=first(2)), row("C", 0.0)
    case = risky(members=MEMBERS, commitments=rows)
    assert shares(case, 12.0, 4.0) == {"A": (12.0, 4.0)}
    assert shares(risky(members=MEMBERS), 12.0, 4.0) == {"": (12.0, 4.0)}


@pytest.mark.parametrize(
    ("rationing", "unmet", "short"),
    [("by priority", 3.0, (0.0, 0.0, 3.0)), ("by priority", 8.0, (0.0, 2.0, 6.0)), ("pro rata", 6.0, (2.0, 1.0, 3.0))],
)
def test_those_who_have_committed_to_nothing_go_short_first(
    rationing: str, unmet: float, short: tuple[float, float, float]
) -> None:
    """A has a third of the demand of 12 t, B a sixth; the rest is nobody's."""
    rows = row("A", demand_share=1 / 3), row("B", demand_share=1 / 6)
    case = risky(members=MEMBERS, commitments=rows, settings={"rationing": rationing})
    found = shares(case, 12.0, unmet)
    assert [found[name] for name in ("A", "B", "")] == [
        pytest.approx(pair) for pair in zip((4.0, 2.0, 6.0), short, strict=True)
    ]  # fmt: skip


def test_who_tells_no_share_has_its_part_of_what_the_others_leave() -> None:
    """B has half of the demand; A and C share the rest three to one."""
    rows = row("A", 15.0), row("B", demand_share=0.5), row("C", 5.0)
    case = risky(members=MEMBERS, commitments=rows, settings={"rationing": "pro rata"})
    assert shares(case, 16.0, 8.0) == {"A": (6.0, 3.0), "B": (8.0, 4.0), "C": (2.0, 1.0)}


def banned(**given: Any) -> Case:
    """In a ban, of 25 %, 8 t are short of the 10 that are asked for in February: they were to come then."""
    rows = row("A", 15.0, gap_penalty=0.0), row("B", 5.0, gap_penalty=0.0)
    return risky(chinese(capacity_per_period=12.0), members=MEMBERS[:2], commitments=rows, **given)


def test_a_plan_tells_who_goes_short() -> None:
    """Of 10 t B, who comes second, gets none of its quarter, and A lacks the other 5.5 t of its 7.5."""
    found = {one.member: one for one in ration_rows(optimum(banned()).plan)}
    assert {name: (one.priority, one.asked, one.unmet) for name, one in found.items()} == {
        "A": (1, pytest.approx(7.5), pytest.approx(5.5)), "B": (2, pytest.approx(2.5), pytest.approx(2.5)),
    }  # fmt: skip
    assert found["A"].probability == pytest.approx(0.25)
    assert found["A"].share_unmet == pytest.approx(5.5 / 7.5)


def test_without_members_nobody_is_told_and_without_commitments_it_is_no_member() -> None:
    assert ration_rows(optimum(risky(chinese(capacity_per_period=12.0))).plan) == ()
    [one] = ration_rows(optimum(risky(chinese(capacity_per_period=12.0), members=MEMBERS)).plan)
    assert (one.member, one.priority, one.unmet) == (NO_MEMBER, None, pytest.approx(8.0))


def test_a_stress_test_tells_who_goes_short(tmp_path: Path) -> None:
    book, plan, answer = tmp_path / "book.xlsx", tmp_path / "plan.xlsx", tmp_path / "stress.xlsx"
    book.write_bytes(case_content(banned()))
    stressed = ["stress", plan, "--scenarios", book, "--output", answer]
    for arguments in (["solve", book, "--output", plan, "--gap", "0"], stressed):
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
    rows = [[cell.value for cell in line] for line in openpyxl.load_workbook(answer)["Unmet by member"].iter_rows(min_row=2)]
    assert [tuple(line[:3]) for line in rows] == [("B", "x", 2), ("A", "x", 1)]
    assert [line[4:8] for line in rows] == [pytest.approx([0.25, q / 4, q, q / asked]) for q, asked in ((2.5, 2.5), (5.5, 7.5))]


def test_a_plans_members_are_told_what_they_hold() -> None:
    """Of 12 t A holds 10 and B 2 of 10, in each of two months."""
    case = entitled(row(), row("B", gap_penalty=180.0), offers=(offer(maximum_total=12.0),), periods=2, materials=(kept(),))
    a, b = member_rows(optimum(case).plan)
    assert (a.member, a.entitled, a.held) == ("A", 10.0, pytest.approx(10.0))
    assert (a.missing, a.periods_missed, a.worst_period, a.penalty) == (0.0, 0, "", 0.0)
    assert (b.held, b.missing, b.most_missing, b.periods_missed) == (
        pytest.approx(2.0), pytest.approx(8.0), pytest.approx(8.0), 2,
    )  # fmt: skip
    assert b.penalty == pytest.approx(2 * 8 * 15)


def test_plans_that_ration_otherwise_are_not_equal(tmp_path: Path) -> None:
    """B, who comes second, goes short of all that it asks for, or pro rata of four fifths; CVaR is told whatever weighs it."""
    plans = []
    for rationing in ("by priority", "pro rata"):
        book, plan = tmp_path / f"{rationing}.xlsx", tmp_path / f"plan {rationing}.xlsx"
        book.write_bytes(case_content(banned(settings={"rationing": rationing})))
        assert CliRunner().invoke(cli, ["solve", str(book), "--output", str(plan), "--gap", "0"]).exit_code == 0
        plans.append(str(plan))
    told = CliRunner().invoke(cli, ["compare", *plans]).output
    assert "largest share that a member goes short of in a scenario" in told
    assert "100.000 %" in told and "80.000 %" in told
    assert "CVaR of the scenarios" in told and "800.00" in told


def test_what_members_lack_is_told_in_a_sentence() -> None:
    case = entitled(row(), row("B", gap_penalty=180.0), offers=(offer(maximum_total=12.0),), periods=2)
    assert list(missed_commitments(member_rows(optimum(case).plan))) == [
        "B lacks some of 1 of its 1 commitments; most costly is x: up to 8 t, at 2 period ends, most at that of 2027-01; it "
        "costs 240 USD in all."
    ]


def test_the_most_costly_of_what_a_member_lacks_is_named() -> None:
    """8 t of x at 1 a month each, 3 t of y at 20."""
    rows = row(gap_penalty=12.0), row(material="y", quantity=3.0)
    case = entitled(*rows, materials=(kept(), kept("y")), offers=(offer(maximum_total=2.0, price=0.1),))
    [sentence] = missed_commitments(member_rows(optimum(case).plan))
    assert sentence.startswith("A lacks some of 2 of its 2 commitments; most costly is y: up to 3 t, at the end of 2027-01")


def test_the_command_and_the_summary_tell_what_members_lack(tmp_path: Path) -> None:
    """Of two commitments one is held in full."""
    case = entitled(row(), row("B", gap_penalty=180.0), offers=(offer(maximum_total=12.0),))
    (tmp_path / "book.xlsx").write_bytes(case_content(case))
    result = CliRunner().invoke(cli, ["solve", str(tmp_path / "book.xlsx"), "--output", str(tmp_path / "plan.xlsx")])
    assert "B lacks some of 1 of its 1 commitments; most costly is x: up to 8 t" in result.output
    summary = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Summary"]
    [line] = [cells for cells in summary.iter_rows(values_only=True) if cells[0] == "Commitments to members"]
    assert line[1:3] == (1, "of 2 commitments")


def test_an_order_beyond_need_may_be_for_scenarios() -> None:
    """Demand only measures cover, and asks for nothing but in the ban: half a month of what members cannot get."""
    ready = risky(chinese(), allied(), materials=(kept(value_of_shortage=1e3),), needs=(), periods=2)
    [bought] = purchase_rows(optimum(ready).plan)
    assert bought.fills == "beyond need: scenarios"
