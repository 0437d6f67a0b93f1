"""Optima where needs and bounds lie far apart: what a solver overlooks within its tolerances is still found and proven.

Each goes through a workbook and the whole main job, to a gap of zero; the figures are worked out by hand.
"""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from models.bounds import Assumed, largest_orders
from models.records import Hardness, Policy, RuleKind, Sense
from models.surplus import surplus_pays
from planner.cli import cli
from planner.cli_words import dumped
from planner.engine import Held, Options, Outcome, Stopped
from planner.findings import Exit
from planner.proving import made_whole, opened, rejudged
from tests import books
from tests.published import Sheets, drawn, settings
from tests.rules.test_scenarios import allied, chinese, risky, scenario, shock
from tests.test_engine_settling import form

Rows = list[dict[str, Any]]


def book(needs: list[float], offers: Rows, material: dict[str, Any] | None = None, **sheets: Any) -> Sheets:
    """One material of which this much is needed each month."""
    given = [{"supplier": f"S{k}", "material": "M"} | row for k, row in enumerate(offers)]
    return {"Settings": settings(len(needs)), "Traders": [{"trader": "F"}], "Offers": given} | drawn(
        "M", needs, **(material or {})
    ) | sheets  # fmt: skip


def share(limit: float, **fields: Any) -> Rows:
    return [{"rule": "R", "kind": "share", "attribute": "supplier", "in": "S0", "limit": limit} | fields]


CAPACITY = {"capacity per period": 1e9}
VAST = book([5], [{"offer": "A", "price": 10, "fixed order cost": 1} | CAPACITY, {"offer": "B", "price": 11,
            "fixed order cost": 1} | CAPACITY], Policy=share(0.7))  # fmt: skip
"""3.5 of A at 10 and 1.5 of B at 11, and two orders: 35 + 16.5 + 2."""

BESIDE = {
    "Settings": settings(1), "Traders": [{"trader": "F"}],
    "Materials": [{"material": "M", "demand use": "draws stock"},
                  {"material": "N", "unit": "kg", "demand use": "draws stock", "value of shortage": 500_000}],
    "Demand": [{"material": "M", "date": drawn("M", [1])["Demand"][0]["date"], "quantity": 1e4},
               {"material": "N", "date": drawn("N", [1])["Demand"][0]["date"], "quantity": 0.2}],
    "Suppliers": [{"supplier": "T"}, {"supplier": "S", "onboarding cost": 1e4}],
    "Offers": [{"offer": "A", "supplier": "T", "material": "M", "price": 400},
               {"offer": "B", "supplier": "S", "material": "N", "price": 50_000}],
    "Policy": [{"rule": "R", "kind": "share", "measure": "spend", "attribute": "supplier", "in": "S", "limit": 0.5}],
}  # fmt: skip
"""4,000,000 for M; of N 0.2 kg for 10,000 and 10,000 of onboarding, rather than 100,000 of shortage."""

SMALL = book([1000] * 12, [{"offer": "A", "price": 10, "capacity per period": 1, "fixed order cost": 5},
             {"offer": "B", "price": 100}])  # fmt: skip
"""One unit a month for 15, 999 at 100."""

SELDOM = book([5, 1e6, 5], [{"offer": "A", "price": 10, "fixed order cost": 1000}], {"holding cost": 12_000})
"""Three orders: keeping five units for a month costs 5,000, an order 1,000."""

BALLAST = book([100], [{"offer": "A", "price": 10}], Policy=share(0.001, measure="spend", scope="all"))
BALLAST["Materials"].append({"material": "N", "demand use": "draws stock"})
BALLAST["Offers"].append({"offer": "N", "supplier": "S1", "material": "N", "price": 0.01})
"""A is worth 1,000 and may be a thousandth of all spend: 999,000 of N that nobody needs."""

LOTS = book([1.5e10], [{"offer": "A", "price": 2.5, "lot": 1} | CAPACITY, {"offer": "B", "price": 2.6, "lot": 1,
            "capacity per period": 2e10}])  # fmt: skip
"""Whole kilograms: 10⁹ at 2.5 and 1.4 · 10¹⁰ at 2.6."""

ON_THE_STEP = book([10], [{"offer": "A", "price": 10, "lot": 10}, {"offer": "B", "price": 11.5}],
                   PriceBreaks=[{"offer": "A", "from quantity": 10, "price": 12, "kind": "all units"}])  # fmt: skip
"""A lot of A lands on the step from which all units cost 12."""

DEAR = book([0.1], [{"offer": "A", "price": 3e6}], {"value of shortage": 1e7})
DEAR["Settings"] = settings(1) | {"budget": 150_000}
"""Half of what is needed can be paid: 150,000, and 0.05 · 10⁷ for the rest."""


FREE = book([10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41], [{"offer": "A", "price": 0, "fixed order cost": 54}],
            {"holding cost": 4.8})  # fmt: skip
"""E. A. Silver, D. F. Pyke and R. Peterson, Inventory Management and Production Planning and Scheduling, chapter 6: the
Wagner-Whitin optimum of set-ups at 54 and 0.4 a month and unit is 501.20; the units themselves are free."""

SEVERAL = book(
    [1000],
    [{"offer": f"O{k}", "price": 100 + k, "lot": 1} for k in range(4)],
    Policy=[{"rule": "n", "kind": "count", "attribute": "supplier", "sense": "at least", "limit": 3, "minimum share": 0.01},
            {"rule": "l", "kind": "share", "attribute": "supplier", "in": "each", "limit": 0.98}],
)  # fmt: skip
"""Nobody has a capacity: 980 at 100, 10 at 101 and 10 at 102 in whole tonnes."""

BAGS = book([40_000], [{"offer": "A", "price": 25_000}], Policy=share(0.65, **{"in": "S9"}))
BAGS["Materials"].append({"material": "F", "unit": "kg", "demand use": "draws stock"})
BAGS["Demand"].append({"material": "F", "date": BAGS["Demand"][0]["date"], "quantity": 120_400})
BAGS["Offers"].append({"offer": "F", "supplier": "S9", "material": "F", "price": 0.4, "lot": 1000})
"""A billion of one material, and 121 bags of another."""

FLIPPING = book([250] * 4, [{"offer": "A", "index": "i"}],
                PriceBreaks=[{"offer": "A", "from quantity": 1000, "price": 101, "kind": "all units", "basis": "contract"}],
                Prices=[{"index": "i", "date": row["date"], "value": value}
                        for row, value in zip(drawn("M", [1] * 4)["Demand"], (105, 102, 98, 95), strict=True)])  # fmt: skip
"""1,000 are needed and all cost 101 then, which is cheaper than the index in the first months and dearer in the last."""


@pytest.mark.parametrize(
    ("sheets", "cost"),
    [
        (VAST, 53.5), (BESIDE, 4_020_000), (SMALL, 12 * (15 + 99_900)), (SELDOM, 10_003_100), (BALLAST, 1_000_000),
        (LOTS, 2.5e9 + 2.6 * 1.4e10), (ON_THE_STEP, 115), (DEAR, 650_000), (FREE, 501.2), (SEVERAL, 100_030),
        (BAGS, 1_000_048_400), (FLIPPING, 101_000),
    ],
    ids=("vast", "beside", "small", "seldom", "ballast", "lots", "on the step", "dear", "free", "several", "bags", "flipping"),
)  # fmt: skip
def test_optimum(sheets: Sheets, cost: float, tmp_path: Path) -> None:
    path = books.write(tmp_path / "book.xlsx", sheets)
    asked = ["solve", str(path), "--output", str(tmp_path / "plan.xlsx"), "--gap", "0", "--json"]
    result = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert result.exit_code == Exit.PLAN, result.output
    answer = json.loads(result.stdout)
    assert answer["objective"] == pytest.approx(cost, rel=1e-7)
    assert answer["objective"] * (1 - 1e-6) <= answer["bound"] <= answer["objective"]


def test_a_decision_that_an_order_needs_is_opened() -> None:
    """5 bought under 10⁹ · start: a start of 5·10⁻⁹ is one; a start of nothing stays closed."""
    rows = [(-np.inf, {2: 1.0, 0: -1e9}, 0.0), (-np.inf, {3: 1.0, 1: -1e9}, 0.0)]
    model = form(rows, [1, 1, 1, 1], [1.0, 1.0, np.inf, np.inf], whole=2)
    assert opened(model, np.array([5e-9, 0.0, 5.0, 0.0])).tolist() == [1.0, 0.0, 5.0, 0.0]


def left(bound: float, objective: float, values: list[float]) -> Outcome:
    """What a solver left that says it has reached the gap."""
    stopped, held = Stopped.GAP_REACHED, Held.PROVEN_PLAN
    return Outcome(stopped, held, objective, bound, np.array(values), None, None, 0.0, 0, ())


def test_a_plan_is_made_whole_with_what_its_orders_need() -> None:
    """5 at 10 each, through a start that costs 1 and that the solver has overlooked, or 5 short at 100: 51, not 500."""
    rows = [(-np.inf, {1: 1.0, 0: -1e9}, 0.0), (5.0, {1: 1.0, 2: 1.0}, np.inf)]
    model = form(rows, [1, 10, 100], [1.0, np.inf, np.inf], whole=1)
    assert made_whole(model, left(50.0, 50.0, [5e-9, 5.0, 0.0])).objective == pytest.approx(51.0)


@pytest.mark.parametrize(
    ("bound", "objective", "stopped", "held", "told"),
    [
        (100.0, 100.0, Stopped.GAP_REACHED, Held.PROVEN_PLAN, 100.0),
        (100.0, 200.0, Stopped.ROUNDED, Held.PLAN, 100.0),  # the proof was for a plan that rounding has lost
        (300.0, 200.0, Stopped.GAP_REACHED, Held.PROVEN_PLAN, 200.0),  # no bound lies above a known plan
    ],
)
def test_a_plan_is_judged_again_once_it_is_rounded(
    bound: float, objective: float, stopped: Stopped, held: Held, told: float
) -> None:
    found = rejudged(left(bound, 100.0, [0.0]), objective, np.array([0.0]), objective, Options(gap=0.001))
    assert (found.stopped, found.held, found.bound, found.objective) == (stopped, held, told, objective)


def test_what_only_looks_like_a_plan_is_none(tmp_path: Path) -> None:
    """Both of two traders are to spend a tenth, an offer has one trader, and one supplier is all that may be: no bound of an
    order follows from any need, and one that is wide enough lets a solver buy within its tolerance."""
    materials = [{"material": "M", "annual demand": 24, "demand use": "draws stock"},
                 {"material": "N", "annual demand": 40, "demand use": "draws stock", "value of shortage": 90}]  # fmt: skip
    sheets = {
        "Settings": settings(6), "Materials": materials,
        "Traders": [{"trader": name, "minimum share": 0.1} for name in ("F", "G")],
        "Offers": [{"offer": "A", "supplier": "S", "material": "M", "price": 20},
                   {"offer": "B", "supplier": "T", "material": "N", "price": 15}],
        "OpeningStock": [{"material": "M", "quantity": 7}, {"material": "N", "quantity": 4}],
        "Policy": [{"rule": "few", "kind": "count", "attribute": "supplier", "limit": 1}],
    }  # fmt: skip
    path = books.write(tmp_path / "book.xlsx", sheets)
    result = CliRunner().invoke(cli, ["solve", str(path), "--output", str(tmp_path / "plan.xlsx"), "--gap", "0"])
    assert getattr(result.exception, "status", result.exit_code) == Exit.NO_PLAN, result.output


def test_what_never_comes_is_bounded_by_the_need() -> None:
    """The ban is certain, and what it keeps away costs nothing: only the 20 t that are needed bound it, whatever a share of it
    would be worth."""
    share = Policy(
        rule="r", kind=RuleKind.SHARE, attribute="refine", within=("CHN",), sense=Sense.AT_LEAST, limit=0.2,
        hardness=Hardness.HARD,
    )  # fmt: skip
    banned = risky(
        chinese(), allied(), scenarios=(scenario(probability=1.0),), shocks=(shock(from_date=None),), policy=(share,)
    )
    bounds = largest_orders(banned, Assumed(most_spent=1e6, looser=inf))
    assert surplus_pays(banned)
    assert max(quantity for (name, _), quantity in bounds.items() if name == "c") <= 20.0 * (1.0 + 1e-6)


def test_json_has_no_word_for_what_is_infinite() -> None:
    found = json.loads(dumped({"bound": -inf, "points": [{"gap": inf, "cost": 1.0}], "status": 0}))
    assert found == {"bound": None, "points": [{"gap": None, "cost": 1.0}], "status": 0}
