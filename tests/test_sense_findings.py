"""What does not fit together is found, said once, in the right cell, with its figures; in memory and in a workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.sense import CHECKS, Check, doubts
from planner.validate import read
from tests.sense.book import case_of, cell_of, found_in, sensible, written
from tests.sense.contingencies import CONTINGENCIES
from tests.sense.duties import DUTIES
from tests.sense.example import FAULT, Example, policy
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
