"""What is told of whole nights: to whom, how often, and that no failure to tell it changes a night."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from planner.cli import cli
from planner.findings import Exit
from planner.nightly import holding, one_run
from tests.nights import SOLVED, Commands, Watched, config, ended
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
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    with webhook() as found:
        monkeypatch.setenv("VAULT_WEBHOOK", f"{found.address}/{SECRET}")
        yield found


def told(hook: Hook) -> list[list[str]]:
    """Case and rule of the alerts of each post."""
    return [[f"{one['case']} {one['rule']}" for one in body["alerts"]] for _, body in hook.posted]


HOOK = 'webhook_from = "VAULT_WEBHOOK"'


def test_a_good_night_is_told_to_nobody(nights: Watched, hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    nights(alerts=HOOK)
    assert hook.posted == [] and capsys.readouterr().err == ""


def test_an_alert_is_sent_once_a_night_as_long_as_it_holds(
    nights: Watched, hook: Hook, capsys: pytest.CaptureFixture[str]
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


def test_only_the_cases_that_were_planned_are_told(nights: Watched, hook: Hook, root: Path) -> None:
    nights(0.0, HOOK, ("a",), solves=NO_TIME)
    nights(1.0, HOOK, ("b",), solves=NO_TIME)
    assert told(hook) == [["a no plan"], ["b no plan"]]
    nights(2.0, HOOK, ("b",))
    assert [one.case for one in holding.read(root / "outputs")] == ["a"], "of the others it stays known"
    nights(3.0, HOOK, solves=NO_TIME)
    assert told(hook)[2:] == [["b no plan"]]


def test_each_alert_is_sent_again_in_its_own_time(nights: Watched, hook: Hook) -> None:
    for hours, only in ((0.0, ("a",)), (11.0, ("b",)), (12.0, ()), (23.0, ()), (24.0, ())):
        nights(hours, HOOK, only, solves=NO_TIME)
    assert told(hook) == [["a no plan"], ["b no plan"], ["a no plan"], ["b no plan"], ["a no plan"]]


def test_a_clock_that_has_jumped_back_keeps_no_alert_back(nights: Watched, hook: Hook) -> None:
    nights(1000.0, HOOK, solves=NO_TIME)
    nights(0.0, HOOK, solves=NO_TIME)
    assert len(hook.posted) == 2 and hook.posted[1][1]["alerts"][0]["held_hours"] == 0.0


def test_what_moved_is_told_in_the_night_in_which_it_did(nights: Watched, hook: Hook) -> None:
    terms = f"cost_moved = 0.1\n{HOOK}"
    nights(0.0, terms, ("a",))
    nights(1.0, terms, ("a",), solves=[ended(Exit.PLAN, **SOLVED | {"objective": 111.0})])
    assert told(hook) == [["a cost moved"]] and "from 100 to 111 USD (+11.0%)" in hook.posted[0][1]["text"]
    nights(2.0, terms, ("a",), solves=[ended(Exit.PLAN, **SOLVED | {"objective": 111.0})])
    nights(3.0, terms, ("a",), solves=NO_TIME)
    assert told(hook)[1:] == [["a no plan"]], "the last plan stays, and its cost with it"


def test_a_channel_that_fails_changes_nothing_and_gets_the_alert_next_time(
    nights: Watched, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
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
    nights: Watched, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("planner.nightly.channels.File.send", fail)
    assert [one.status for one in nights(0.0, 'file = "told.jsonl"', solves=NO_TIME)] == [Exit.OUT_OF_TIME] * 2
    said = capsys.readouterr().err
    assert "RuntimeError" in said and SECRET not in said


def test_standard_error_can_be_switched_off_but_not_what_fails(
    nights: Watched, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VAULT_WEBHOOK", raising=False)
    nights(0.0, f"standard_error = false\n{HOOK}", solves=NO_TIME)
    only = r"the webhook did not take Vault planner: 2 alerts of the night \d{8}T\d{6}Z: VAULT_WEBHOOK is not set\n"
    assert re.fullmatch(only, capsys.readouterr().err)


def test_what_was_sent_is_kept_privately_and_lost_at_worst_to_a_second_mail(
    nights: Watched, hook: Hook, root: Path, capsys: pytest.CaptureFixture[str]
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
    monkeypatch.setattr(one_run, "run", Commands(solves=NO_TIME))
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

    assert checked() == (Exit.FAULTY_INPUT, "a: 0 faults\n[alerts]: VAULT_WEBHOOK is not set\n")
    first, second = json.loads(checked("--json")[1])["cases"]
    assert (first["case"], second["case"], second["faults"]) == ("a", "[alerts]", 1)
    monkeypatch.setenv("VAULT_WEBHOOK", "https://vault.example/")
    assert checked() == (Exit.PLAN, "a: 0 faults\n")


def test_the_check_tells_which_materials_there_are_not(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One that is misspelled would never be told of; of which there are nobody knows where a workbook is not read."""
    path = config(
        root, '[[case]]\nbooks = ["a.xlsx", "b.xlsx"]\n[alerts.cover]\n"cobalt CATHODE" = 1.0\n"Cobald cathode" = 1.0\n'
    )

    def checked(*options: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as caught:
            cli.main(["nightly", str(path), "--check", *options], standalone_mode=False)
        return caught.value.code, capsys.readouterr().out

    meant = "[alerts]: cover: no workbook has a material 'Cobald cathode'; did you mean Cobalt cathode?"
    assert checked() == (Exit.FAULTY_INPUT, f"a: 0 faults\nb: 0 faults\n{meant}\n")
    assert checked("--only", "a") == (Exit.PLAN, "a: 0 faults\n")
    (root / "b.xlsx").write_bytes(b"no workbook")
    assert "[alerts]" not in checked()[1]
