"""What is told of whole nights: to whom, how often, and that no failure to tell it changes a night."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from planner.cli import cli, main
from planner.findings import AlreadyRunning, Exit
from planner.nightly import case_run, durable, holding, watch
from planner.nightly.case_run import CaseOutcome
from planner.nightly.config import Config, read
from planner.nightly.night import chosen, run_night
from tests import books
from tests.nights import SOLVED, Commands, config, ended, killed_at, published
from tests.servers import Hook, unused_port, webhook

SECRET = "s3cr3t-t0ken"
NO_TIME = [ended(Exit.OUT_OF_TIME, message="no time")]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between attempts, and no proxy of this machine's user is in the way."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        books.write(tmp_path / f"{name}.xlsx", books.tiny())
    return tmp_path


Nights = Callable[..., list[CaseOutcome]]


@pytest.fixture
def nights(root: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """Runs a night: hours after the first, with some settings of its alerts, some cases and some commands."""
    start = datetime.now(UTC)

    def run(hours: float = 0.0, alerts: str = "", only: tuple[str, ...] = (), **commands: Any) -> list[CaseOutcome]:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return start + timedelta(hours=hours)

        with monkeypatch.context() as patch:
            patch.setattr(case_run, "run", Commands(**commands))
            patch.setattr(watch, "datetime", Clock)
            night = settings(root, alerts)
            return run_night(night, chosen(night, only), True, lambda _: None)

    return run


def settings(root: Path, alerts: str) -> Config:
    return read(config(root, f'[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n[alerts]\n{alerts}\n'))


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    with webhook() as found:
        monkeypatch.setenv("VAULT_WEBHOOK", f"{found.address}/{SECRET}")
        yield found


def told(hook: Hook) -> list[list[str]]:
    """Case and rule of the alerts of each post."""
    return [[f"{one['case']} {one['rule']}" for one in body["alerts"]] for _, body in hook.posted]


HOOK = 'webhook_from = "VAULT_WEBHOOK"'


def test_a_good_night_is_told_to_nobody(nights: Nights, hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    nights(alerts=HOOK)
    assert hook.posted == [] and capsys.readouterr().err == ""


def test_an_alert_is_sent_once_a_night_as_long_as_it_holds(
    nights: Nights, hook: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    """A night that is run again is the same night; the next one is a day later, by daylight saving an hour less."""
    for hours in (0.0, 1.0, 11.9, 23.0, 24.0):
        nights(hours, HOOK, solves=NO_TIME)
    assert told(hook) == [["a no plan", "b no plan"]] * 2
    assert [body["alerts"][0]["held_hours"] for _, body in hook.posted] == [0.0, 23.0]
    assert capsys.readouterr().err.count("alert: a: no plan: ") == 5, "standard error is told of what holds after every run"
    nights(25.0, HOOK)
    nights(26.0, HOOK, solves=NO_TIME)
    assert len(hook.posted) == 3, "it has ended, and begins anew"
    assert hook.posted[2][1]["alerts"][0]["held_hours"] == 0.0


def test_only_the_cases_that_were_planned_are_told(nights: Nights, hook: Hook, root: Path) -> None:
    nights(0.0, HOOK, ("a",), solves=NO_TIME)
    nights(1.0, HOOK, ("b",), solves=NO_TIME)
    assert told(hook) == [["a no plan"], ["b no plan"]]
    nights(2.0, HOOK, ("b",))
    assert [one.case for one in holding.read(root / "outputs")] == ["a"], "of the others it stays known"
    nights(3.0, HOOK, solves=NO_TIME)
    assert told(hook)[2:] == [["b no plan"]]


def test_a_clock_that_has_jumped_back_keeps_no_alert_back(nights: Nights, hook: Hook) -> None:
    nights(1000.0, HOOK, solves=NO_TIME)
    nights(0.0, HOOK, solves=NO_TIME)
    assert len(hook.posted) == 2 and hook.posted[1][1]["alerts"][0]["held_hours"] == 0.0


def test_what_moved_is_told_in_the_night_in_which_it_did(nights: Nights, hook: Hook) -> None:
    terms = f"cost_moved = 0.1\n{HOOK}"
    nights(0.0, terms, ("a",))
    nights(1.0, terms, ("a",), solves=[ended(Exit.PLAN, **SOLVED | {"objective": 111.0})])
    assert told(hook) == [["a cost moved"]] and "from 100 to 111 USD (+11.0%)" in hook.posted[0][1]["text"]
    nights(2.0, terms, ("a",), solves=[ended(Exit.PLAN, **SOLVED | {"objective": 111.0})])
    nights(3.0, terms, ("a",), solves=NO_TIME)
    assert told(hook)[1:] == [["a no plan"]], "the last plan stays, and its cost with it"


def test_a_channel_that_fails_changes_nothing_and_gets_the_alert_next_time(
    nights: Nights, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = f'file = "told.jsonl"\n{HOOK}'
    monkeypatch.setenv("VAULT_WEBHOOK", f"http://127.0.0.1:{unused_port()}/{SECRET}")
    outcomes = nights(0.0, terms, verifies=[ended(Exit.NOT_VERIFIED, message="a limit does not hold")])
    assert [one.status for one in outcomes] == [Exit.NOT_VERIFIED] * 2
    assert "the webhook did not take Vault planner: 2 alerts" in capsys.readouterr().err
    with webhook() as hook:
        monkeypatch.setenv("VAULT_WEBHOOK", hook.address)
        nights(1.0, terms, verifies=[ended(Exit.NOT_VERIFIED, message="a limit does not hold")])
        nights(2.0, terms, verifies=[ended(Exit.NOT_VERIFIED, message="a limit does not hold")])
    assert told(hook) == [["a verify failed", "b verify failed"]]
    lines = (root / "told.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["case"] for line in lines] == ["a", "b"], "the file had them at once"


def test_whatever_a_channel_comes_up_with_stops_no_night(
    nights: Nights, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("planner.nightly.channels.File.send", fail)
    assert [one.status for one in nights(0.0, 'file = "told.jsonl"', solves=NO_TIME)] == [Exit.OUT_OF_TIME] * 2
    said = capsys.readouterr().err
    assert "RuntimeError" in said and SECRET not in said


def test_standard_error_can_be_switched_off_but_not_what_fails(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VAULT_WEBHOOK", raising=False)
    nights(0.0, f"standard_error = false\n{HOOK}", solves=NO_TIME)
    only = r"the webhook did not take Vault planner: 2 alerts of the night \d{8}T\d{6}Z: VAULT_WEBHOOK is not set\n"
    assert re.fullmatch(only, capsys.readouterr().err)


def test_what_was_sent_is_kept_privately_and_lost_at_worst_to_a_second_mail(
    nights: Nights, hook: Hook, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights(0.0, HOOK, solves=NO_TIME)
    path = root / "outputs" / holding.NAME
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"[{")
    nights(1.0, HOOK, solves=NO_TIME)
    assert len(hook.posted) == 2
    path.unlink()
    path.mkdir()
    assert [one.status for one in nights(2.0, HOOK, solves=NO_TIME)] == [Exit.OUT_OF_TIME] * 2
    assert "alerts are sent again" in capsys.readouterr().err


def test_a_night_that_cannot_begin_is_told(
    root: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outputs on a share that is mounted to be read only, and outputs where another night is still at work."""
    night = settings(root, HOOK)

    def refuse(act: Callable[[], object]) -> None:
        raise OSError(30, "Read-only file system", str(night.outputs))

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Read-only"):
        patch.setattr(durable, "step", refuse)
        run_night(night, chosen(night, ()), False, lambda _: None)
    night.outputs.mkdir()
    with FileLock(night.outputs / ".night.lock"), pytest.raises(AlreadyRunning):
        run_night(night, chosen(night, ()), False, lambda _: None)
    first, second = (body["alerts"] for _, body in hook.posted)
    assert [(one["case"], one["rule"]) for one in first + second] == [("", "no plan")] * 2
    assert first[0]["message"].endswith("Read-only file system") and "Another night is at work" in second[0]["message"]
    assert capsys.readouterr().err.count("alert: no plan: the night did not begin") == 2
    assert [path.name for path in night.outputs.iterdir()] == [".night.lock"], "the folder is the other night's"


def test_outputs_that_cannot_be_written_end_with_their_status(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "outputs").touch()
    path = config(root, '[[case]]\nbooks = ["a.xlsx"]\n')
    monkeypatch.setattr("sys.argv", ["planner", "nightly", str(path)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == Exit.CANNOT_WRITE
    said = capsys.readouterr().err
    assert "alert: no plan: the night did not begin" in said and "outputs cannot be written or read" in said


def test_one_case_whose_folder_cannot_be_written_stops_no_other(root: Path, nights: Nights, hook: Hook) -> None:
    (root / "outputs").mkdir()
    (root / "outputs" / "a").touch()
    assert [one.status for one in nights(0.0, HOOK)] == [Exit.CANNOT_WRITE, Exit.PLAN]
    assert told(hook) == [["a no plan"]] and "a cannot be written" in hook.posted[0][1]["text"]


def test_nothing_is_written_beside_the_workbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The share that they come from may be there to be read only."""
    share, own = tmp_path / "share", tmp_path / "own"
    share.mkdir()
    own.mkdir()
    books.write(share / "a.xlsx", books.tiny())
    (share / "~$a.xlsx").write_bytes(b"open in Excel")
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in share.iterdir()}
    share.chmod(0o555)
    monkeypatch.setattr(case_run, "run", Commands())
    try:
        night = read(config(own, f'[[case]]\nbooks = ["{share.as_posix()}/*.xlsx"]\n[alerts]\ninput_days = 9.0\n'))
        [outcome] = run_night(night, chosen(night, ()), False, lambda _: None)
    finally:
        share.chmod(0o755)
    assert outcome.status is Exit.PLAN and "open in another program" in (outcome.published or pytest.fail()).notes[0]
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in share.iterdir()} == before


def test_no_secret_is_in_any_file_or_stream(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A night on which every channel fails and everything is told that can be."""
    path = config(
        root,
        '[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n[alerts]\nfile = "told.jsonl"\nwebhook_from = "VAULT_WEBHOOK"\n'
        '[alerts.mail]\nhost = "127.0.0.1"\nport = 1\nsender = "a@b.example"\nrecipients = ["c@d.example"]\n'
        'user_from = "VAULT_USER"\npassword_from = "VAULT_PASSWORD"\n',
    )
    monkeypatch.setenv("VAULT_USER", f"user-{SECRET}")
    monkeypatch.setenv("VAULT_PASSWORD", SECRET)
    (root / "a.xlsx").write_bytes(b"no workbook")
    monkeypatch.setattr(case_run, "run", Commands(solves=NO_TIME))
    with webhook(403) as hook:
        for address in (f"{hook.address}/{SECRET}", f"http://127.0.0.1:{unused_port()}/{SECRET}", SECRET):
            monkeypatch.setenv("VAULT_WEBHOOK", address)
            for options in (["--force"], ["--force", "--json"], ["--check"], ["--dry-run"]):
                with pytest.raises(SystemExit):
                    cli.main(["nightly", str(path), *options], standalone_mode=False)
    assert len(hook.posted) == 2, "one for each night with this address"
    said = capfd.readouterr()
    assert said.err.count("the webhook did not take") == 6 and said.err.count("the mail did not take") == 6
    files = [one for one in root.rglob("*") if one.is_file()]
    assert {"nightly.jsonl", "alerts.json", "told.jsonl", "planner.prom", "log.txt"} <= {one.name for one in files}
    assert [one for one in files if SECRET.encode() in one.read_bytes()] == []
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize("option", ["--check", "--dry-run"])
def test_looking_sends_nothing(root: Path, hook: Hook, option: str) -> None:
    (root / "a.xlsx").write_bytes(b"no workbook")
    path = config(root, f'[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n[alerts]\nfile = "told.jsonl"\n{HOOK}\n')
    with pytest.raises(SystemExit):
        cli.main(["nightly", str(path), option], standalone_mode=False)
    assert hook.posted == [] and not (root / "told.jsonl").exists() and not (root / "outputs").exists()


def test_the_check_tells_which_variables_are_not_set(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VAULT_WEBHOOK", raising=False)
    path = config(root, f'[[case]]\nbooks = ["a.xlsx"]\n[alerts]\n{HOOK}\n')

    def checked(*options: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as caught:
            cli.main(["nightly", str(path), "--check", *options], standalone_mode=False)
        return caught.value.code, capsys.readouterr().out

    assert checked() == (Exit.FAULTY_INPUT, "[alerts]: VAULT_WEBHOOK is not set\na: 0 faults\n")
    first, second = json.loads(checked("--json")[1])["cases"]
    assert (first["case"], first["faults"], second["case"]) == ("[alerts]", 1, "a")
    monkeypatch.setenv("VAULT_WEBHOOK", "https://vault.example/")
    assert checked() == (Exit.PLAN, "a: 0 faults\n")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be stopped like a machine")
def test_a_machine_that_stops_while_it_tells_leaves_what_the_next_night_goes_on_with(root: Path, nights: Nights) -> None:
    """Before every step in which a night's end writes something: an alert may come twice, but none is lost."""
    alerts = 'file = "told.jsonl"'
    night, before = settings(root, alerts), dict.fromkeys("ab")
    outcomes = {name: CaseOutcome(name, Exit.OUT_OF_TIME, "no time", None) for name in "ab"}
    stops = 0
    for at in count():
        if killed_at(at, lambda: watch.ended(night, "20261127T020000Z", outcomes, before)):
            break
        stops += 1
        nights(0.0, alerts, solves=NO_TIME)
        lines = [json.loads(line) for line in (root / "told.jsonl").read_text(encoding="utf-8").splitlines()]
        assert {one["case"] for one in lines} == {"a", "b"} and len(lines) <= 4
        assert [one.case for one in holding.read(night.outputs)] == ["a", "b"]
        assert b"planner_night_end" in (night.outputs / "planner.prom").read_bytes()
        (root / "told.jsonl").unlink()
        shutil.rmtree(night.outputs)
        night.outputs.mkdir()
    assert stops > 10


@pytest.mark.parametrize("minutes", [-90, 90])
def test_nights_over_the_end_of_a_month_and_a_year_come_in_their_order(
    root: Path, nights: Nights, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Before and after midnight of the year's end, whose runs are named by the clock of the world."""
    moments = [datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moments[0]

    monkeypatch.setattr(case_run, "datetime", Clock)
    nights(0.0, only=("a",))
    first = published(root / "outputs" / "a")
    moments.pop(0)
    nights(1.0, only=("a",))
    second = published(root / "outputs" / "a")
    assert first == "20271231T235959Z" and second == ("20280101T000000Z" if minutes < 0 else "20280101T013000Z")
