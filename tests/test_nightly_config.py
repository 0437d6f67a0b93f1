"""The file of a night: what it may say, and how every fault of it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.findings import FaultyInput, Misused
from planner.nightly.config import read
from planner.nightly.night import chosen
from tests.nights import config

ONE, OTHER = '[[case]]\nbooks = ["a.xlsx"]\n', '[[case]]\nbooks = ["b.xlsx"]\n'


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
        (f"[night]\nhours = {'9' * 5000}\n", "is no TOML file"),
        ('[night]\noutputs = "a\\u0000b"\n[[case]]\nbooks = ["a.xlsx"]\n', "the character NUL"),
        ('[night]\noutputs = "-o"\n[[case]]\nbooks = ["a.xlsx"]\n', "outputs = '-o'"),
        ('[[case]]\nbooks = ["a**b.xlsx"]\n', "case 1: books: Invalid pattern"),
        (f'{ONE}output = "x"\n{OTHER}output = "./x/../x"\n', "a and b have the same output folder"),
        (f'{ONE}output = "x/runs"\n{OTHER}output = "x"\n', "one lies in the other's"),
        ("[night]\nhours = 6.0\n", "case is missing"),
        ("case = []\n", "case"),
        ('[[case]]\nbooks = ["a.xlsx"]\ngpa = 0.1\n', "Did you mean gap?"),
        ('[nigth]\nhours = 1.0\n[[case]]\nbooks = ["a.xlsx"]\n', "Did you mean night?"),
        ('[[case]]\nbooks = ["a.xlsx"]\ngap = 1.5\n', "case 1: gap = 1.5: input should be less than 1"),
        ('[night]\nhour = 3.0\n[[case]]\nbooks = ["a.xlsx"]\n', "there is no setting 'hour' — Did you mean hours?"),
        ('[case]\nbooks = ["a.xlsx"]\n', "the file: case is no list of tables — Each group of workbooks begins with [[case]]."),
        ('[[case]]\nbooks = ["a.xlsx", ""]\n', "case 1: books = ['a.xlsx', '']: '' names no workbook: give its path"),
        ('[[case]]\nbooks = [" . "]\n', "' . ' names no workbook"),
        ('[[case]]\nbooks = ["a/.."]\n', "'a/..' names no workbook"),
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


CASE = '[[case]]\nbooks = ["a.xlsx"]\n'
MAIL = '[alerts.mail]\nhost = "h"\nsender = "a@b.c"\nrecipients = ["d@e.f"]\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[alerts]\ngap_abov = 0.1', "alerts: there is no setting 'gap_abov' — Did you mean gap_above?"),
        ('[alerts]\ngap_above = -1.0', "alerts: gap_above = -1.0: input should be greater than"),
        ('[alerts]\nno_plan = 1', "alerts: no_plan = 1: input should be a valid boolean"),
        ('[alerts.cover]\nGallium = "x"', "alerts cover: Gallium: input should be a valid number"),
        ('[alerts.mail]\nhots = "h"', "alerts mail: there is no setting 'hots' — Did you mean host?"),
        ('[alerts.mail]\nhost = "h"', "sender is missing — Mail needs host, sender and recipients"),
        (MAIL + 'security = "ssl"', "security: input should be 'starttls', 'tls' or 'none'"),
        (MAIL + 'user_from = "U"', "mail: user_from and password_from go together"),
        (MAIL + 'user_from = "U"\npassword_from = "P"\nsecurity = "none"', "use starttls or tls"),
        ('[night]\nmetrics = "planner.txt"', "metrics = 'planner.txt'"),
    ],
)  # fmt: skip
def test_every_fault_of_what_is_to_be_told_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FaultyInput) as caught:
        read(config(tmp_path, f"{CASE}{text}\n"))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        'webhook_from = "https://x.example/SECRET"',
        'webhook = "SECRET"',
        'mail = "smtp://u:SECRET@x"',
        'mail = {password = "SECRET"}',
    ],
)
def test_a_secret_in_the_place_of_its_variable_is_not_repeated(tmp_path: Path, line: str) -> None:
    with pytest.raises(FaultyInput, match="alerts") as caught:
        read(config(tmp_path, f"{CASE}[alerts]\n{line}\n"))
    assert "SECRET" not in str(caught.value) and "SECRET" not in repr(caught.value.findings)


def test_without_alerts_the_rules_that_need_no_figure_hold(tmp_path: Path) -> None:
    night = read(config(tmp_path, '[[case]]\nbooks = ["a.xlsx"]\n'))
    given = night.alerts.model_dump(exclude_none=True, exclude_defaults=False)
    assert {name for name, value in given.items() if value is True} == {
        "no_plan", "not_verified", "stale_plan", "standard_error",
    }  # fmt: skip
    assert given["repeat_hours"] == 12.0 and night.root == tmp_path


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"nightly\.toml: cannot be read"):
        read(tmp_path / "nightly.toml")


def test_only_known_cases_are_chosen(tmp_path: Path) -> None:
    night = read(config(tmp_path, '[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n'))
    assert [case.name for case in chosen(night, ["b"])] == ["b"]
    with pytest.raises(Misused, match="There are a, b"):
        chosen(night, ["c"])


def test_the_example_of_the_users_guide_is_a_night(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    [example] = [part.split("```")[0] for part in guide.split("```toml\n")[1:] if "[alerts]" in part]
    alerts = read(config(tmp_path, example)).alerts
    assert alerts.cover == {"Gallium": 60.0} and alerts.mail is not None and alerts.webhook_from == "VAULT_WEBHOOK"
