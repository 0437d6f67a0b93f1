"""The file of a night: what it may say, and how every fault of it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.findings import FaultyInput, Misused
from planner.nightly.config import read
from planner.nightly.night import chosen
from tests.nights import config


def test_each_workbook_of_a_pattern_is_a_case(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", ".a.xlsx", "notes.txt"):
        (tmp_path / name).touch()
    night = read(config(tmp_path, '[night]\noutputs = "plans"\n[[case]]\nbooks = ["*.xlsx"]\ngap = 0.01\n'))
    assert list(night.cases) == ["a", "b"]
    assert night.cases["a"].book == tmp_path / "a.xlsx"
    assert night.cases["a"].folder == tmp_path / "plans" / "a"
    assert night.cases["b"].terms.gap == 0.01


def test_a_workbook_that_is_not_there_is_a_case_all_the_same(tmp_path: Path) -> None:
    """Its plan goes stale, and somebody must hear of it."""
    night = read(config(tmp_path, '[[case]]\nbooks = ["gone.xlsx"]\nname = "vault"\noutput = "elsewhere"\n'))
    assert night.cases["vault"].book == tmp_path / "gone.xlsx"
    assert night.cases["vault"].folder == tmp_path / "elsewhere"


def test_a_pattern_that_matches_nothing_is_a_case_that_has_no_workbook(tmp_path: Path) -> None:
    """A share that is away must not pass for a good night."""
    night = read(config(tmp_path, '[[case]]\nbooks = ["*.xlsx"]\n[[case]]\nbooks = ["a.xlsx"]\n'))
    assert list(night.cases) == ["case 1", "a"]
    assert not night.cases["case 1"].book.exists()


def test_a_pattern_has_the_same_folders_however_many_workbooks_it_matches(tmp_path: Path) -> None:
    path = config(tmp_path, '[[case]]\nbooks = ["*.xlsx"]\noutput = "plans"\n')
    (tmp_path / "a.xlsx").touch()
    alone = read(path).cases["a"].folder
    (tmp_path / "b.xlsx").touch()
    assert read(path).cases["a"].folder == alone == tmp_path / "plans" / "a"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[case]\n", "is no TOML file"),
        ("[night]\nhours = 6.0\n", "case is missing"),
        ("case = []\n", "case"),
        ('[[case]]\nbooks = ["a.xlsx"]\ngpa = 0.1\n', "Did you mean gap?"),
        ('[nigth]\nhours = 1.0\n[[case]]\nbooks = ["a.xlsx"]\n', "Did you mean night?"),
        ('[[case]]\nbooks = ["a.xlsx"]\ngap = 1.5\n', "case 1: gap = 1.5: input should be less than 1"),
        ('[night]\nhours = -1.0\n[[case]]\nbooks = ["a.xlsx"]\n', "night: hours = -1.0: input should be greater than 0"),
        ('[night]\nhours = inf\n[[case]]\nbooks = ["a.xlsx"]\n', "hours"),
        ('[night]\nworkers = "two"\n[[case]]\nbooks = ["a.xlsx"]\n', "workers = 'two'"),
        ('[[case]]\nbooks = ["a.xlsx"]\nobjective = "profit"\n', "objective = 'profit'"),
        ('[[case]]\nbooks = ["a.xlsx"]\nname = "../a"\n', "name = '../a'"),
        ('[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\nname = "both"\n', "stands for 2 workbooks: a.xlsx, b.xlsx"),
        ('[[case]]\nbooks = ["a.xlsx"]\n[[case]]\nbooks = ["A.xlsx"]\n', "two cases are called 'A'"),
        ('[[case]]\nbooks = ["a/x.xlsx", "b/x.xlsx"]\n', "two cases are called 'x'"),
        ('[[case]]\nbooks = ["a.xlsx"]\noutput = "o"\n[[case]]\nbooks = ["b.xlsx"]\noutput = "o"\n', "same output folder"),
    ],
)  # fmt: skip
def test_every_fault_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FaultyInput) as caught:
        read(config(tmp_path, text))
    assert words in str(caught.value)
    assert "nightly.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"nightly\.toml: cannot be read"):
        read(tmp_path / "nightly.toml")


def test_only_known_cases_are_chosen(tmp_path: Path) -> None:
    night = read(config(tmp_path, '[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n'))
    assert [case.name for case in chosen(night, ["b"])] == ["b"]
    with pytest.raises(Misused, match="There are a, b"):
        chosen(night, ["c"])
