"""Rivals share one plan: nothing of another firm can be read in, or follows from, what a firm or a member is handed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from models.records import Trader
from planner.report import file_names, write
from planner.result import Result
from planner.verify import failures_of
from tests import rivals
from tests.report_samples import result_of, solved
from tests.rivals import BETELGEUSE, FIRMS, MEMBERS, rivals_case, rivals_result
from tests.secrecy import parts, told

OWNERS = [("trader", name) for name in FIRMS] + [("member", name) for name in MEMBERS]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(rivals_result(), tmp_path_factory.mktemp("rivals") / "plan.xlsx")[0]


def own(plan: Path, kind: str, owner: str) -> Path:
    return plan.with_name(f"plan_{kind}s") / f"{owner}.xlsx"


def test_every_firm_buys_and_every_member_holds(plan: Path) -> None:
    result = rivals_result()
    assert {row.trader for row in result.plan.purchases} == set(FIRMS)
    assert not failures_of(result.assessments)
    assert [own(plan, *owner).is_file() for owner in OWNERS] == [True] * len(OWNERS)


@pytest.mark.parametrize(("kind", "owner"), OWNERS)
def test_no_part_of_a_file_tells_anything_of_anybody_else(plan: Path, kind: str, owner: str) -> None:
    assert told(plan, rivals_case(), kind, owner, own(plan, kind, owner), by_word=True) == []


def test_the_search_finds_what_there_is_to_find(plan: Path, tmp_path: Path) -> None:
    """A rival's figure, rounded or in percent, a total, a name in a comment, a property, a hidden sheet: each is found."""
    quantity, firm = rivals.BOUGHT[BETELGEUSE], FIRMS[0]
    total = sum(rivals.OF_COBALT.values())
    for leak in (f"{quantity}", f"about {quantity:,.2f} t", total, total - rivals.OF_COBALT[firm], 400 - total, "Ravensworth",
                 "sold to BETELGEUSE", rivals.OPEN[BETELGEUSE]):  # fmt: skip
        book = openpyxl.load_workbook(own(plan, "trader", firm))
        hidden = book.create_sheet("more")
        hidden.sheet_state = "veryHidden"
        hidden["Z99"] = leak
        book.save(tmp_path / "leak.xlsx")
        assert told(plan, rivals_case(), "trader", firm, tmp_path / "leak.xlsx", True), leak
    book = openpyxl.load_workbook(own(plan, "trader", firm))
    book.properties.keywords = "Capella"
    book.save(tmp_path / "leak.xlsx")
    assert told(plan, rivals_case(), "trader", firm, tmp_path / "leak.xlsx", True) == ["'capella' in docProps/core.xml"]


@cache
def without_depots() -> Result:
    """The same without depots: which of them takes in whose goods is the one thing that hangs on all."""
    return solved(replace(rivals_case(), depots=()))


def alone(result: Result, firms: tuple[str, ...], members: tuple[str, ...]) -> Result:
    """The plan of a world in which there are no other firms, none of their offers, suppliers and materials, and no others."""
    plan, case = result.plan, result.plan.case
    materials = {
        "cobalt",
        *(rivals.OWN[firm] for firm in firms),
        *(r.material for r in case.commitments if r.member in members),
    }
    offers = tuple(row for row in case.offers if row.material in materials)

    def own(rows: tuple[object, ...], field: str, names: object) -> tuple[object, ...]:
        return tuple(row for row in rows if getattr(row, field) in names)  # type: ignore[operator]

    names = {row.offer for row in offers}
    fewer: dict[str, object] = {
        "materials": own(case.materials, "material", materials), "offers": offers,
        "traders": own(case.traders, "trader", firms), "budgets": own(case.budgets, "trader", firms),
        "mandates": own(own(case.mandates, "trader", firms), "material", materials),
        "suppliers": own(case.suppliers, "supplier", {row.supplier for row in offers}),
        "price_breaks": own(case.price_breaks, "offer", names), "open_orders": own(case.open_orders, "trader", firms),
        "decisions": own(case.decisions, "trader", firms), "members": own(case.members, "member", members),
        "commitments": own(case.commitments, "member", members),
    }  # fmt: skip
    smaller = replace(
        plan, case=replace(case, **fewer), purchases=own(plan.purchases, "trader", firms),  # type: ignore[arg-type]
        contracts=own(plan.contracts, "trader", firms), allotments=own(plan.allotments, "member", members),  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(result_of(smaller), book=Path("another.xlsx"), sha256="f" * 64)


@pytest.mark.parametrize(("kind", "owner"), OWNERS)
def test_a_book_is_the_same_to_the_last_byte_in_a_world_without_the_others(tmp_path: Path, kind: str, owner: str) -> None:
    """So nothing follows from it: no total, share, order or number of rows, sheets or styles, and not that there are others."""
    with_all = write(without_depots(), tmp_path / "all" / "plan.xlsx")[0]
    firms, members = ((owner,), ()) if kind == "trader" else ((), (owner,))
    with_none = write(alone(without_depots(), firms, members), tmp_path / "alone" / "plan.xlsx")[0]
    assert parts(own(with_all, kind, owner)) == parts(own(with_none, kind, owner))


def test_only_where_to_deliver_to_hangs_on_what_others_deliver(plan: Path, tmp_path: Path) -> None:
    """The plan fills depots for all firms together."""
    for firm in FIRMS:
        books = [
            openpyxl.load_workbook(own(path, "trader", firm))
            for path in (plan, write(without_depots(), tmp_path / firm / "plan.xlsx")[0])
        ]
        differing = {
            one[1][cell.column - 1].value
            for one, other in zip(*books, strict=True)
            for row in one.iter_rows()
            for cell in row
            if cell.value != other[cell.coordinate].value
        }
        assert differing <= {"deliver to"}, firm


def test_file_names_do_not_tell_that_another_firm_is_called_alike() -> None:
    for name in ("a:b", "CON", "tail."):
        [alone] = file_names([name]).values()
        assert file_names(["A/B", "a?b", "CON.", name, "Tail"])[name] == alone


def test_a_rival_that_buys_nothing_is_as_unknown_as_one_that_does(tmp_path: Path) -> None:
    result = without_depots()
    more = replace(result.plan.case, traders=(Trader(trader="Deneb"), *result.plan.case.traders))
    found = [write(one, tmp_path / str(number) / "plan.xlsx")[0]
             for number, one in enumerate((result, result_of(replace(result.plan, case=more))))]  # fmt: skip
    for firm in FIRMS:
        assert parts(own(found[0], "trader", firm)) == parts(own(found[1], "trader", firm))
