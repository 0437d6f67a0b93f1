"""What does not fit together is found, said once, in the right cell, with its figures; in memory and in a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.records import OpenOrder
from planner.sense import CHECKS, Check, doubts
from planner.validate import read
from tests.sense.book import Rows, case_of, cell_of, found_in, month, sensible, written
from tests.sense.contingencies import CONTINGENCIES
from tests.sense.duties import DUTIES
from tests.sense.example import FAULT, Example, both, policy, put
from tests.sense.funding import SOURCES
from tests.sense.last_plan import LAST_PLAN
from tests.sense.members import MEMBERS
from tests.sense.offers import BREAKS, MONEY, OFFERS
from tests.sense.rules import DECISIONS, POLICY
from tests.sense.scenarios import SCENARIOS
from tests.sense.supply import MATERIALS, STOCK, SUPPLY

EXAMPLES = [
    *SUPPLY,
    *MATERIALS,
    *OFFERS,
    *BREAKS,
    *MONEY,
    *STOCK,
    *DECISIONS,
    *POLICY,
    *CONTINGENCIES,
    *SCENARIOS,
    *MEMBERS,
    *SOURCES,
    *DUTIES,
    *LAST_PLAN,
]
CASES = {example.name: case_of(example.rows()) for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_doubt_is_found_and_is_the_only_one(example: Example) -> None:
    found = found_in(CASES[example.name])
    assert [doubt for doubt in found if example.is_about(doubt)], found
    assert len(found) == 1 + example.more, found
    assert all(doubt.remedy.endswith(".") for doubt in found)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_finding_names_the_cell_in_the_workbook(example: Example, tmp_path: Path) -> None:
    rows = example.rows()
    reading = read(written(rows, tmp_path / "book.xlsx"))
    assert reading.case is not None, [str(finding) for finding in reading.findings if finding.severity is FAULT]
    found = [
        finding for finding in doubts(reading.case, reading.addresses)
        if finding.severity is example.severity and example.heart in finding.message
    ]  # fmt: skip
    address, content = cell_of(rows, example.record, example.row, example.column)
    assert [finding.address for finding in found] == [address]
    assert found[0].value in _shown(content)


COUNT = {"kind": "count", "attribute": "supplier", "within": None}
FLOOR = {"rule": "high", "sense": "at least"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(both(policy(limit=0.4), policy(**FLOOR, limit=0.4)), id="a floor at the ceiling"),
        pytest.param(
            both(policy(limit=0.4), policy(**FLOOR, limit=0.6, from_date=month(2))), id="a floor on a part of the time only"
        ),
        pytest.param(
            both(policy(limit=0.4, window="period", from_date=month(2)), policy(**FLOOR, limit=0.6)),
            id="a period without ceiling",
        ),
        pytest.param(
            both(policy(limit=0.4, scope_="Gallium", counts_open_orders=False), policy(**FLOOR, limit=0.5, scope_="Gallium")),
            id="orders count for the floor only",
        ),
        pytest.param(both(policy(limit=0.4, trader="South"), policy(**FLOOR, limit=0.6)), id="the ceiling is another trader's"),
        pytest.param(both(policy(limit=0.4, measure="spend"), policy(**FLOOR, limit=0.6)), id="the ceiling is on money"),
        pytest.param(both(policy(limit=0.4), policy(**FLOOR, within=("BOL",), limit=0.6)), id="the floor is on others"),
        pytest.param(
            both(policy(**COUNT, limit=1.0, minimum_share=0.4), policy(**COUNT | FLOOR, limit=2.0, minimum_share=0.4)),
            id="what has just the share counts for a floor only",
        ),
        pytest.param(policy(**COUNT, limit=1.0, minimum_share=0.45), id="two values can be above 45 %"),
        pytest.param(policy(**COUNT, limit=1.0, sense="at least", minimum_share=0.6), id="the largest value may have less"),
        pytest.param(both(policy(limit=0.5), policy(rule="b", limit=0.4, hardness="soft", penalty=1.0)), id="soft beside hard"),
        pytest.param(both(policy(limit=0.5), policy(rule="other", limit=0.4, to_date=month(2))), id="a stricter one that ends"),
        pytest.param(policy(kind="average", attribute="lead days", within=None, scope_="Gallium", limit=30.0), id="the least"),
        pytest.param(
            both(policy(within=("DEU",), scope_="Gallium", limit=0.0), put(OpenOrder, 0, cancellable=True)),
            id="what is on order can be cancelled",
        ),
        pytest.param(policy(within=("DEU",), scope_="Gallium", limit=0.1), id="purchases make up for what is on order"),
        pytest.param(policy(kind="amount", within=("DEU",), scope_="Gallium", limit=30.0), id="just what is on order"),
    ],
)
def test_rules_that_can_be_kept_and_can_bind_are_not_doubted(change: Callable[[Rows], None]) -> None:
    rows = sensible()
    change(rows)
    assert found_in(case_of(rows)) == []


def test_a_ceiling_on_how_many_values_there_are_in_each_period_can_bind() -> None:
    """Of antimony's two suppliers one at a time: the values of one period belong together, not those of one supplier."""
    rows = sensible()
    policy(kind="count", attribute="supplier", within=None, limit=1.0, window="period")(rows)
    assert found_in(case_of(rows)) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_has_an_example(check: Check) -> None:
    assert any(example.is_about(doubt) for example in EXAMPLES for doubt in check(CASES[example.name]))


def _shown(content: object) -> tuple[str, ...]:
    """How a cell may show its content."""
    if content is None:
        return ("",)
    if isinstance(content, bool):
        return ("yes" if content else "no",)
    if isinstance(content, float):
        return f"{content:.15g}", f"{content * 100:.15g} %"
    return ("; ".join(content) if isinstance(content, tuple) else str(content),)
