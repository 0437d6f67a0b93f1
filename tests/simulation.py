"""Simulated nights: a workbook whose prices move, with arrivals, shocks, faults and failures, and what must hold on each.

`Nights` changes the workbook as its users would and looks at what each night leaves. How a night is run is left to the caller.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.case import Case
from models.records import Actual, ActualKind, Decision, DecisionKind, Hits, Policy, RuleKind, Scenario, Shock
from planner.nightly.folder import CARRIED, LATEST, PLAN
from planner.template import case_content
from planner.workbook import Book
from tests.nights import published

BROKEN, NO_PLAN, TIMEOUT, CRASH = 7, 11, 16, 20
"""Nights on which something fails."""
EVERY = timedelta(days=3)
FIRST = date(2026, 12, 31)

Run = Callable[[date, float, bool], int | None]
"""Runs a night on a day, within some hours, to its end or until it is killed; its exit status, none where it was killed."""


def table(book: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by heading, without units."""
    heading, *rows = Book(book).sheet(sheet).rows
    names = [str(value).split(" [")[0] for value in heading]
    return [dict(zip(names, row, strict=True)) for row in rows if any(value != "" for value in row)]


def sums(rows: Iterable[dict[str, Any]], *keys: str, of: str = "quantity") -> dict[Any, float]:
    """A figure added up by some columns."""
    found: dict[Any, float] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        found[key] = found.get(key, 0.0) + float(row[of])
    return {key: value for key, value in found.items() if abs(value) > 1e-6}


@dataclass
class Nights:
    """A case over many nights.

    Attributes:
        case: as its users have it; what happens changes it.
        root: the case's folder.
        runs: how many runs there must have been.
    """

    case: Case
    book: Path
    root: Path
    run: Run
    number: int = 0
    runs: int = 0
    seed: random.Random = field(default_factory=lambda: random.Random(6))

    def night(self) -> None:
        """One night, and what must hold after it."""
        day = FIRST + self.number * EVERY
        before, stood = self.latest, self.committed
        self._users_work(day)
        hours = 1e-4 if self.number == TIMEOUT else 1.0
        status = self.run(day, hours, self.number == CRASH)
        if self.number == BROKEN:
            assert (status, self.latest) == (20, before), ("a fault keeps the last plan", status, before, self.latest)
        elif self.number == NO_PLAN:
            assert (status, self.latest) == (21, before), ("and so does a case without a plan", status)
        elif self.number == TIMEOUT:
            assert (status, self.latest) == (22, before), ("and one whose time was up", status)
        elif self.number == CRASH:
            assert status is None
            self.runs -= 1  # what was killed is no run
        else:
            assert status in (0, 10), status
            assert self.latest != before
        self.runs += 1
        assert published(self.root) is not None
        if self.latest != before and stood is not None:
            self._goes_on(day, stood)
        self.number += 1

    @property
    def latest(self) -> str | None:
        """The published run."""
        return published(self.root)

    @property
    def committed(self) -> dict[str, Any] | None:
        """What the published plan has ordered and leaves behind, by period."""
        plan = self.root / LATEST / PLAN
        if not plan.is_file():
            return None
        return {name: table(plan, name) for name in ("Purchases", "Open orders", "Stock", "Cash")}

    def _users_work(self, day: date) -> None:
        """Prices move, goods are received, and now and then something is wrong."""
        case = self.case
        factor = 1.0 + self.seed.uniform(-0.01, 0.01)
        offers = tuple(
            row if row.price is None else row.model_copy(update={"price": round(row.price * factor, 4)}) for row in case.offers
        )
        prices = tuple(row.model_copy(update={"value": round(row.value * factor, 4)}) for row in case.prices)
        case = replace(case, offers=offers, prices=prices)
        if self.number == 4:  # a shock that nobody had thought of
            mine = case.offers[0].refine_country or "CHN"
            shock = Shock(
                scenario="a strike", hits=Hits.COUNTRY, name=mine, from_date=date(2027, 4, 1), periods=2, availability=0.5
            )
            case = replace(case, scenarios=(Scenario(scenario="a strike", probability=0.1),), shocks=(shock,))
        case = replace(case, actuals=(*case.actuals, *self._received(day)))
        self.case = case
        if self.number == NO_PLAN:
            offer = next(row for row in case.offers if row.valid_from is None)
            asked = Decision(offer=offer.offer, kind=DecisionKind.FORCE, quantity=max(1.0, offer.minimum_order))
            none = Policy(rule="none of it", kind=RuleKind.AMOUNT, attribute="supplier", within=(offer.supplier,), limit=0.0)
            case = replace(case, decisions=(*case.decisions, asked), policy=(*case.policy, none))
        self.book.write_bytes(case_content(case))
        if self.number == BROKEN:
            workbook = openpyxl.load_workbook(self.book)
            workbook["Materials"]["C2"].value = "much"
            workbook.save(self.book)

    def _received(self, day: date) -> list[Actual]:
        """What the carried workbook says was to arrive by today has done so, a little later than planned."""
        book = self.root / LATEST / CARRIED / self.book.name
        if not book.is_file():
            return []
        known = {row.order for row in self.case.actuals}
        due = [row for row in table(book, "OpenOrders") if row["arrival"] <= day] if "OpenOrders" in Book(book).titles else []
        return [
            Actual(date=row["arrival"], kind=ActualKind.RECEIVED, order=row["order"], quantity=row["quantity"])
            for row in due if row["order"] not in known
        ]  # fmt: skip

    def _goes_on(self, day: date, stood: dict[str, Any]) -> None:
        """Stock, cash and frozen orders are those of the plan before."""
        carried, plan = self.root / LATEST / CARRIED / self.book.name, self.root / LATEST / PLAN
        settings = {row["key"]: row["value"] for row in table(carried, "Settings")}
        start = f"{settings['start date']:%Y-%m}"
        assert start == max(f"{day:%Y-%m}", "2027-01")
        passed = [row for row in stood["Cash"] if row["period"] < start]
        if passed:
            assert float(settings["opening cash"]) == pytest.approx(passed[-1]["closing cash"], abs=0.006)
            closing = [row for row in stood["Stock"] if row["period"] == passed[-1]["period"]]
            expected = sums(closing, "material", of="closing")
            late = {row["order"] for row in stood["Purchases"] if f"{row['arrival date']:%Y-%m}" < start}
            late |= {row["order"] for row in stood["Open orders"] if f"{row['arrival date']:%Y-%m}" < start}
            missing = sums((row for row in table(carried, "OpenOrders") if row["order"] in late), "material")
            opening = sums(table(carried, "OpeningStock"), "material")
            for key in {*expected, *opening}:
                there = opening.get(key, 0.0) + missing.get(key, 0.0)
                assert there == pytest.approx(expected.get(key, 0.0), abs=1e-4), "what is not in the stock is late"
        keys = ("offer", "trader", "period ordered")
        frozen = {key: value for key, value in sums(stood["Purchases"], *keys).items() if key[2] == start}
        assert frozen == pytest.approx(
            {key: value for key, value in sums(table(plan, "Purchases"), *keys).items() if key[2] == start}, abs=1e-4
        )
