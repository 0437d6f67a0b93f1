"""Why a target is missed: each case has one limit in the way, and others that bind elsewhere or not at all.

One tonne a day is needed, 30 days are aimed at, and a missing tonne costs so much that it is bought where it can be.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import cli
from planner.findings import NoPlan
from planner.template import case_content
from tests import books
from tests.rules.test_n1_cover import mined, threatened

JANUARY = date(2027, 1, 1)


def book(settings: dict[str, Any] | None = None, offer: dict[str, Any] | None = None, **sheets: Any) -> books.Sheets:
    """A material with a target over two months, an offer at 100 USD, and what is in the way."""
    material = {"material": "M", "annual demand": 365, "benchmark price": 100, "target cover days": 30, "cover penalty": 5_000}
    material |= sheets.pop("material", {})
    quote = {"offer": "A", "supplier": "S", "material": "M", "price": 100} | (offer or {})
    return {
        "Settings": {"start date": JANUARY, "periods": 2, "period": "month"} | (settings or {}),
        "Materials": [material, *sheets.pop("others", [])],
        "Offers": [quote, *sheets.pop("quotes", [])],
        "Traders": sheets.pop("traders", [{"trader": "F"}]),
    } | sheets  # fmt: skip


CAP = {"accessible world supply": 1_200, "participation cap": 0.1}
"""10 t a month."""
CHINA = [{"rule": "Nothing Chinese", "kind": "share", "attribute": "refine", "in": "CHN", "limit": 0.2}]
DEARER = [{"rule": "China", "kind": "share", "attribute": "refine", "in": "CHN", "limit": 0.4, "scope": "each material"}]
OTHER = {"material": "N", "demand use": "draws stock", "annual demand": 240}
"""20 t a month of another material, which must be met."""

CASES = {
    "the budget": (book({"budget": 1_500}), "the budget of 1,500 USD keeps"),
    "a year's budget": (book(Budgets=[{"year": 2027, "amount": 1_000}]), "the budget for 2027 of 1,000 USD keeps"),
    "a trader's money": (book(traders=[{"trader": "F", "maximum spend": 900}]), "the maximum spend of F (900 USD) keeps"),
    "equity that is used up": (
        book(Funding=[{"source": "equity", "kind": "equity", "amount": 1_500}]), "what cash, equity and loans can pay"
    ),
    # a second lot of 25 t costs more than the 5 t that are missing, and 7,500 USD are left
    "a lot, beside equity that is left": (
        book(offer={"lot": 25}, material={"cover penalty": 100},
             Funding=[{"source": "equity", "kind": "equity", "amount": 10_000}]),
        "its cover penalty lets it be missed",
    ),
    "a trader's capital": (
        book(offer={"payment days": 60}, traders=[{"trader": "F", "working capital": 900}]),
        "the working capital of F (900 USD) keeps",
    ),
    "a trader's months": (
        book({"periods": 3}, traders=[{"trader": "F", "month share": 0.3}]),
        "the largest share of a year's commitments of F in one period (30 %) keeps",
    ),
    "the participation cap": (
        book(material=CAP), "the participation cap on M of 10 t per month (10 % of the accessible supply) keeps"
    ),
    # 10 t a month cost 1,000 each; the budget of 2,000 is used up too, but more of it would buy nothing more in January
    "the cap, beside a budget that is used up": (book({"budget": 2_000}, material=CAP), "the participation cap on M"),
    "an offer's capacity": (book(offer={"capacity per period": 8}), "what offer A can deliver keeps"),
    "a supplier's capacity": (
        book(Suppliers=[{"supplier": "S", "capacity per period": 7}]), "the capacity of supplier S (7 t per period) keeps"
    ),
    # the supplier's 25 t a month serve 20 t of N first
    "a shared capacity": (
        book(Suppliers=[{"supplier": "S", "capacity per period": 25}], others=[OTHER],
             quotes=[{"offer": "N", "supplier": "S", "material": "N", "price": 1}]),
        "the capacity of supplier S (25 t per period) keeps",
    ),
    "a policy rule": (
        book(offer={"refine country": "CHN"}, Policy=CHINA,
             quotes=[{"offer": "B", "supplier": "T", "material": "M", "price": 100, "refine country": "AUS",
                      "capacity per period": 5}]),
        "the policy rule “Nothing Chinese”",
    ),
    # with every tonne of A at 10 comes one and a half of B at 600, which costs more than the penalties that both save
    "a policy rule that makes it dear": (
        book(offer={"refine country": "CHN", "price": 10}, material={"cover penalty": 1_000}, Policy=DEARER,
             quotes=[{"offer": "B", "supplier": "T", "material": "M", "price": 600, "refine country": "AUS"}]),
        "where the policy rule “China” on M",
    ),
    "a depot": (book(Depots=[{"depot": "D", "capacity": 12}]), "the capacity of depot D (12 t) keeps"),
    "the price": (book(material={"cover penalty": 1}), "its cover penalty lets it be missed"),
    "the way": (book(offer={"lead days": 400}), "by which no order placed within the plan arrives"),
    # 30 t are missing in January, by which nothing arrives, and 20 t in February, where the cap stands
    "the way, and then the cap": (
        book(offer={"lead days": 31}, material=CAP),
        "by which no order placed within the plan arrives; and of 20 t at the end of 2027-02, where the participation cap",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_reason(name: str, tmp_path: Path) -> None:
    sheets, reason = CASES[name]
    path = books.write(tmp_path / "book.xlsx", sheets)
    asked = ["solve", str(path), "--output", str(tmp_path / "plan.xlsx"), "--gap", "0", "--json"]
    result = CliRunner().invoke(cli, asked, catch_exceptions=False)
    (sentence,) = json.loads(result.stdout)["missed_targets"]
    assert reason in sentence


def test_what_stands_against_a_plan_is_told_within_the_plan(tmp_path: Path) -> None:
    """One country, and 30 days to survive without it from the first one on: days before the plan have no name."""
    (tmp_path / "book.xlsx").write_bytes(case_content(threatened(mined("c", "CHN"))))
    result = CliRunner().invoke(cli, ["solve", str(tmp_path / "book.xlsx"), "--output", str(tmp_path / "plan.xlsx")])
    assert isinstance(result.exception, NoPlan)
    assert "30 days of x without CHN" in str(result.exception) and "2026-12" not in str(result.exception)
