"""Published optima, and small problems solved by enumeration, reproduced through workbooks and the whole main job.

Each plan is written, read back and verified by the command before it is delivered, so a cost is asserted only of plans
that pass every check.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import product
from math import inf
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import cli
from tests import books, enumerated, published
from tests.price_schedules import Tiers, billed

PRINTED = 0.0005 + 1e-6
"""Optima are printed to three decimals."""


def solved(folder: Path, sheets: published.Sheets) -> dict[str, Any]:
    """What `planner solve` says of a workbook, to a gap of zero."""
    book = books.write(folder / "book.xlsx", sheets)
    asked = ["solve", str(book), "--output", str(folder / "plan.xlsx"), "--gap", "0", "--json"]
    result = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    assert answer["bound"] == pytest.approx(answer["objective"], rel=1e-9), "the bound proves the plan"
    return answer


@pytest.mark.skipif(not published.FOLDER.is_dir(), reason="the OR-Library files are not beside this checkout")
@pytest.mark.parametrize("name", published.OR_LIBRARY)
def test_capacitated_warehouse_location(name: str, tmp_path: Path) -> None:
    answer = solved(tmp_path, published.or_library(published.FOLDER / f"{name}.txt"))
    assert abs(answer["objective"] - published.OR_LIBRARY[name]) <= PRINTED


def test_dynamic_lot_sizes(tmp_path: Path) -> None:
    """630 units at 1 USD, and Wagner and Whitin's 864 for set-ups and holding."""
    assert abs(solved(tmp_path, published.wagner_whitin())["objective"] - (630 + 864)) <= PRINTED


def test_bids_with_price_segments(tmp_path: Path) -> None:
    """The optimum buys all that a and c can sell and the remaining 41000.48 units of e: by hand

    33000 · 61.15 + 3855.84 + 165600 · 62.19 + 13456 + 41000.48 · 70.15 = 15210109.512.
    """
    assert abs(solved(tmp_path, published.bid_evaluation())["objective"] - 15210109.512) <= PRINTED


@pytest.mark.parametrize(("kind", "cost"), [("incremental", 5435.0), ("all units", 4740.0)])
def test_three_suppliers_with_price_breaks(kind: str, cost: float, tmp_path: Path) -> None:
    """240, 210 and 150 items of units that get cheaper: 920 + 900 + 40 · 7, 450 + 160 · 8.5 and 1100 + 50 · 8.5 are 5435; 90 of
    the second's may as well be the third's, since both ask 8.5 there.

    The guide's discounts are incremental. With the same figures for all units, which it does not ask for, the first sells 240
    for 7, and the other 360 cost 8.5 at either of the others, whose next steps nobody may reach: 1680 + 3060.
    """
    assert cheapest_split(600, [(most, kind, tiers) for most, tiers in published.PROFILES.values()]) == pytest.approx(cost)
    assert abs(solved(tmp_path, published.price_profiles(kind))["objective"] - cost) <= PRINTED


def test_a_discount_on_all_units_against_one_on_those_beyond(tmp_path: Path) -> None:
    """B asks 1200 · 8 + 1800 · 7 + 3000 · 6 = 40200 for 6000, and A 42000, but for 7500 only 37500: they are bought."""
    vendors = [(200, kind, [(begins / 100, price) for begins, price in tiers]) for kind, tiers in published.SCHEDULES.values()]
    assert 100 * cheapest_split(60, vendors) == pytest.approx(37500.0)
    assert abs(solved(tmp_path, published.two_schedules())["objective"] - 37500.0) <= PRINTED


def cheapest_split(needed: int, vendors: Sequence[tuple[int, str, Tiers]]) -> float:
    """The least cost of that many units or more from several vendors: all splits in whole units are tried."""
    first, *others = ([billed(units, kind, tiers) for units in range(most + 1)] for most, kind, tiers in vendors)
    best = dict(enumerate(first))
    for bills in others:
        longer: dict[int, float] = {}
        for (have, paid), (units, bill) in product(best.items(), enumerate(bills)):
            have_all = min(needed, have + units)
            longer[have_all] = min(paid + bill, longer.get(have_all, inf))
        best = longer
    return best[needed]


def test_several_sources_over_several_months(tmp_path: Path) -> None:
    """Every month's regular time and overtime is used (750 a month), April lacks 150, March can spare 50 of overtime:

    regular 2100 · 40, overtime 150 · 50, subcontracted 200 · 70, 100 units kept from March to April: 2 each.
    84000 + 7500 + 14000 + 200 = 105700, which the book's first plan misses by 200.
    """
    assert abs(solved(tmp_path, published.farnsworth())["objective"] - 105700) <= PRINTED


def test_whole_units_in_a_small_warehouse(tmp_path: Path) -> None:
    """Winston's plan makes 1, 5, 0 and 4: 3 orders at 3, 10 units at 1, two units kept for a month at 0.5 make 20."""
    assert abs(solved(tmp_path, published.winston())["objective"] - 20) <= PRINTED


@pytest.mark.parametrize(
    ("problem", "variant"),
    [
        (enumerated.price_segments, "incremental"),
        (enumerated.price_segments, "all units"),
        (enumerated.several_traders, "yes"),
        (enumerated.several_traders, "no"),
        (enumerated.least_number_of_suppliers, 1),
        (enumerated.least_number_of_suppliers, 2),
        (enumerated.least_number_of_suppliers, 3),
    ],
)
def test_enumerated(problem: Callable[[Any], enumerated.Problem], variant: object, tmp_path: Path) -> None:
    """The optimum is that of the best of all plans."""
    sheets, best = problem(variant)
    assert solved(tmp_path, sheets)["objective"] == pytest.approx(best, abs=1e-6)


def test_the_variants_differ() -> None:
    """Each kind of step, of contract and of number leads to another optimum: the enumerations are not blind."""
    assert enumerated.price_segments("incremental")[1] != enumerated.price_segments("all units")[1]
    assert enumerated.several_traders("yes")[1] > enumerated.several_traders("no")[1]
    one, two, three = (enumerated.least_number_of_suppliers(number)[1] for number in (1, 2, 3))
    assert one < two < three < float("inf")
