"""What members are entitled to. A tonne from China, which is covered, costs 10, one from Australia 12."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.case import Case
from models.membership import holdings
from models.records import CallOff, Commitment, Member
from planner.outputs.purchases import purchase_rows
from tests.cases import first, kept, offer
from tests.policies import ALLIED, CHINESE, ruled
from tests.solving import Binding, optimum


def row(member: str = "A", quantity: float = 10.0, **fields: Any) -> Commitment:
    """A commitment of 10 t, at 240 a year for each that is missing, 20 a month; nothing is paid for what is bought back."""
    given = {"member": member, "material": "x", "quantity": quantity, "gap_penalty": 240.0, "strike_price": 0.0}
    return Commitment(**given | fields)


def entitled(*rows: Commitment, clean: bool = False, **given: Any) -> Case:
    """Members A, who may take open origin only, and B, who comes second; x is only bought for them, in one month."""
    members = Member(member="A", clean_origin_only=clean), Member(member="B", priority=2)
    common: dict[str, Any] = {"needs": (), "materials": (kept(),), "offers": (CHINESE, ALLIED), "periods": 1,
                               "settings": {"terminal_haircut": 1.0}}  # fmt: skip
    return ruled(members=members, commitments=rows, **common | given)


BINDING = Binding(lambda: entitled(row()), cost=100.0, dropped=0.0)


@pytest.mark.parametrize(("penalty", "cost"), [(240.0, 100.0), (60.0, 50.0), (0.0, 0.0)])
def test_it_is_held_where_that_costs_less_than_its_penalty(penalty: float, cost: float) -> None:
    """In one month a tonne that is missing costs a twelfth of the yearly penalty, and one that is there 10."""
    assert optimum(entitled(row(gap_penalty=penalty))).cost == pytest.approx(cost)


@pytest.mark.parametrize(("member", "cost"), [("A", 100.0), ("B", 100.0), ("C", 10 * 25 / 3)])
def test_without_a_penalty_it_is_a_quarter_of_the_benchmark_by_priority(member: str, cost: float) -> None:
    """Of 100: 25 a year for A, 12.5 for B, and 8.33 for C, who comes third, which is less than a tonne costs."""
    members = Member(member="A"), Member(member="B", priority=2), Member(member="C", priority=3)
    case = ruled(members=members, commitments=(row(member, gap_penalty=None),), needs=(), materials=(kept(),), periods=12,
                 settings={"terminal_haircut": 1.0})  # fmt: skip
    assert optimum(case).cost == pytest.approx(cost)


@pytest.mark.parametrize(
    ("day", "periods", "held"),
    [
        (date(2026, 12, 15), 2, 6.0),  # January's end is the last of the two periods in which 4 t need not be there
        (date(2026, 12, 15), 1, 10.0),
        (date(2026, 11, 30), 2, 10.0),
        (date(2026, 11, 30), 3, 6.0),
    ],
)
def test_what_was_drawn_before_the_plan_is_replenished_in_its_time(day: date, periods: int, held: float) -> None:
    before = CallOff(member="A", material="x", date=day, quantity=4.0)
    solved = optimum(entitled(row(replenish_periods=periods), call_offs=(before,)))
    [one] = holdings(solved.plan)
    assert (one.held, one.entitled, one.lately) == (pytest.approx(held), pytest.approx(held), 10.0 - held)
    assert solved.cost == pytest.approx(10.0 * held)


def test_two_members_do_not_hold_the_same_tonne() -> None:
    assert optimum(entitled(row(), row("B", 5.0))).cost == pytest.approx(150.0)


def test_nor_more_than_there_is() -> None:
    """Of 12 t A, whose gap costs more, holds 10 and B 2; 8 are missing at 5 a month."""
    solved = optimum(entitled(row(), row("B", gap_penalty=60.0), offers=(offer(maximum_total=12.0),)))
    assert solved.cost == pytest.approx(100 + 10 * 5)
    few = optimum(entitled(row(), row("B", gap_penalty=180.0), offers=(offer(maximum_total=12.0),)))
    assert few.cost == pytest.approx(120 + 8 * 15)
    assert [(one.member, one.held, one.missing) for one in holdings(few.plan)] == [
        ("A", pytest.approx(10.0), pytest.approx(0.0)), ("B", pytest.approx(2.0), pytest.approx(8.0)),
    ]  # fmt: skip


def test_the_cover_target_and_the_commitments_are_met_by_the_same_stock() -> None:
    """Twenty days at a tonne a day, of which members are entitled to 10 t: 20 t in all."""
    target = kept(target_cover_days=20, cover_penalty=240.0, benchmark_price=1e-6)
    assert optimum(entitled(row(), materials=(target,))).cost == pytest.approx(200.0, abs=1e-3)


def test_open_origin_is_held_by_those_who_take_nothing_else() -> None:
    """Australia's goods cost 12: 10 t for A are from there, B's 5 t come from China."""
    assert optimum(entitled(row(), row("B", 5.0), clean=False)).cost == pytest.approx(150.0)
    solved = optimum(entitled(row(), row("B", 5.0), clean=True))
    assert solved.cost == pytest.approx(120 + 50)
    assert solved.total == pytest.approx({"c": 5.0, "a": 10.0})


def test_open_origin_goes_to_whose_gap_costs_most() -> None:
    """4 t are open, and any number Chinese: A holds 4 and B, who takes any, its 10; of A's 10 t 6 are missing."""
    few = ALLIED.model_copy(update={"maximum_total": 4.0})
    solved = optimum(entitled(row(), row("B", gap_penalty=480.0), offers=(CHINESE, few), clean=True))
    assert solved.cost == pytest.approx(4 * 12 + 10 * 10 + 6 * 20)
    assert {one.member: one.held for one in holdings(solved.plan)} == pytest.approx({"A": 4.0, "B": 10.0})


def test_a_commitment_holds_on_the_last_days_of_its_periods() -> None:
    """From February 28 to March 30: at the end of February only. Bought in January or February all the same."""
    case = entitled(row(from_date=first(2).replace(day=28), to_date=first(3).replace(day=30)), periods=3,
                    materials=(kept(holding_cost=12.0),))  # fmt: skip
    solved = optimum(case)
    assert [one.period for one in holdings(solved.plan)] == [2]
    # bought in February, held at its end and, since nothing takes it away, at that of March: 1 a month and tonne.
    assert solved.cost == pytest.approx(100 + 10 * 2)
    assert [t for _, t in solved.bought] == [2]


def test_commitments_that_follow_each_other() -> None:
    """10 t in January, 15 t from February on."""
    rows = row(to_date=first(1).replace(day=31)), row(quantity=15.0, from_date=first(2))
    solved = optimum(entitled(*rows, periods=2, materials=(kept(holding_cost=12.0),)))
    assert [sum(q for (_, t), q in solved.bought.items() if t == period) for period in (1, 2)] == pytest.approx([10.0, 5.0])


def test_two_who_take_open_origin_only_do_not_hold_the_same_tonne() -> None:
    """4 t are open; A, whose gap costs more, holds them, and C, who takes nothing else either, has none of what is Chinese."""
    few = ALLIED.model_copy(update={"maximum_total": 4.0})
    members = Member(member="A", clean_origin_only=True), Member(member="C", clean_origin_only=True)
    case = ruled(offers=(CHINESE, few), members=members, commitments=(row(), row("C", gap_penalty=180.0)), needs=(),
                 materials=(kept(minimum_stock=20.0),), settings={"terminal_haircut": 1.0})  # fmt: skip
    solved = optimum(case)
    assert {one.member: one.held for one in holdings(solved.plan)} == pytest.approx({"A": 4.0, "C": 0.0})
    assert solved.lines["entitlement penalty"] == pytest.approx(6 * 20 + 10 * 15)


def test_a_purchase_says_that_it_is_for_members() -> None:
    """10 t for the target of ten days, and 5 more that members are entitled to."""
    target = kept(target_cover_days=10, cover_penalty=240.0)
    case = entitled(row(quantity=15.0), materials=(target,), offers=(offer(),))
    [bought] = purchase_rows(optimum(case).plan)
    assert bought.fills == "target 10 days 2027-01; members 2027-01"
