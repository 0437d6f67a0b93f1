"""What Policy rules name: names with commas, countries by name, yes and no; and names that are nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.findings import Finding, Severity
from planner.pipeline import check
from planner.validate import Reading
from tests import books

SMITH = "Smith, Jones & Co"


def _checked(tmp_path: Path, **rule: Any) -> tuple[Reading, list[Finding]]:
    """What is found in the tiny workbook with one more supplier and one rule; notes are left out."""
    sheets = books.tiny()
    smith = {"offer": "Smith 2027", "supplier": SMITH, "material": "Cobalt cathode", "mine country": "NOR", "price": 32000}
    sheets["Offers"].append(smith | {"refine country": "NOR"})
    usual = {"rule": "r", "kind": "share", "attribute": "supplier", "in": SMITH, "limit": 0.5}
    sheets["Policy"] = [{name: value for name, value in (usual | rule).items() if value is not None}]
    reading, findings, *_ = check(books.write(tmp_path / "book.xlsx", sheets), tmp_path / "faults.xlsx")
    return reading, list(findings)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (SMITH, (SMITH,)),
        (f"Eastern Metals, {SMITH}", ("Eastern Metals", SMITH)),
        (f"{SMITH}; Eastern Metals", (SMITH, "Eastern Metals")),
        ("Eastern Metals, Northern Refining", ("Eastern Metals", "Northern Refining")),
    ],
)
def test_a_known_name_keeps_its_commas(text: str, names: tuple[str, ...], tmp_path: Path) -> None:
    reading, findings = _checked(tmp_path, **{"in": text})
    assert reading.case is not None and reading.case.policy[0].within == names
    assert not [finding for finding in findings if finding.severity is not Severity.NOTE]


@pytest.mark.parametrize("column", ["in", "except"])
@pytest.mark.parametrize("attribute", ["mine", "mine country", "any stage", "route"])
def test_countries_are_known_by_name(attribute: str, column: str, tmp_path: Path) -> None:
    rule = {"attribute": attribute, "in": "COD"} | {column: "Norway, Congo, The Democratic Republic of the"}
    reading, findings = _checked(tmp_path, **rule)
    assert reading.case is not None
    found = reading.case.policy[0]
    assert (found.within if column == "in" else found.exempt) == ("NOR", "COD")
    cell = "Policy!D2" if column == "in" else "Policy!F2"
    assert any(f.address == cell and "read as NOR; COD" in f.message for f in findings if f.severity is Severity.NOTE)


def test_a_supplier_called_like_a_country_stays_one(tmp_path: Path) -> None:
    _, findings = _checked(tmp_path, **{"in": "Norway"})
    (fault,) = (finding for finding in findings if finding.severity is Severity.FAULT)
    assert fault.address == "Policy!D2" and "'Norway' counts for nothing, since no offer or supplier has it" in fault.message


@pytest.mark.parametrize(
    ("rule", "cell", "heart"),
    [
        ({"in": "Eastern Metal"}, "D2", "did you mean 'Eastern Metals'?"),
        ({"in": "Eastern Metal", "kind": "amount"}, "D2", "did you mean 'Eastern Metals'?"),
        ({"in": "Eastern Metal", "kind": "count", "limit": 1, "sense": "at least"}, "D2", "did you mean 'Eastern Metals'?"),
        ({"except": "Eastern Metal"}, "F2", "did you mean 'Eastern Metals'?"),
        ({"attribute": "mine", "in": "Chnia"}, "D2", "'Chnia' counts for nothing"),
        ({"attribute": "exclusive", "in": "maybe"}, "D2", "'maybe' counts for nothing"),
    ],
)
def test_a_hard_rule_does_not_rest_on_a_name_that_is_nowhere(
    rule: dict[str, Any], cell: str, heart: str, tmp_path: Path
) -> None:
    _, findings = _checked(tmp_path, **rule)
    (fault,) = (finding for finding in findings if finding.severity is Severity.FAULT)
    assert fault.address == f"Policy!{cell}" and heart in fault.message


@pytest.mark.parametrize("rule", [{"attribute": "mine", "in": "CHN"}, {"attribute": "mine", "in": "unknown; REC; AUS"}])
def test_a_country_that_nobody_offers_is_no_fault(rule: dict[str, Any], tmp_path: Path) -> None:
    reading, findings = _checked(tmp_path, **rule)
    assert reading.case is not None and not [finding for finding in findings if finding.severity is Severity.FAULT]


@pytest.mark.parametrize("value", ["yes", "Y", True, "TRUE"])
def test_yes_is_spelt_in_one_way(value: object, tmp_path: Path) -> None:
    reading, findings = _checked(tmp_path, attribute="exclusive", **{"in": value})
    assert reading.case is not None and reading.case.policy[0].within == ("yes",)
    assert not [finding for finding in findings if finding.severity is Severity.FAULT]


@pytest.mark.parametrize("word", ["each", "Each", "EACH"])
def test_each_is_read_in_any_case(word: str, tmp_path: Path) -> None:
    reading, findings = _checked(tmp_path, **{"in": word, "limit": 0.9})
    assert reading.case is not None and reading.case.policy[0].within == ("each",)
    assert not [finding for finding in findings if finding.severity is not Severity.NOTE]
