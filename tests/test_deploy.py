"""The files for schedulers: whole, in the wheel, and of one mind with the planner and with each other.

What systemd, cron, Airflow and Kubernetes themselves say of them, `tests/system/run` asks.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from datetime import time, timedelta
from fnmatch import fnmatch
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from planner.cli import cli
from planner.findings import Exit
from planner.nightly.command import GRACE
from planner.nightly.config import Config, read
from planner.nightly.one_run import VERIFYING
from tests.system.task_xml import TASK, faults

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "planner" / "deploy"
HAS_PLAN = {Exit.PLAN, Exit.GAP_ABOVE_TARGET}
"""Statuses of a night in which every case has a plan."""
ZONE = "America/New_York"
START = time(21, 30)
MORNING = timedelta(hours=6)
"""After midnight."""


@pytest.fixture
def night(tmp_path: Path) -> Config:
    """The example of a night, read where it would stand."""
    shutil.copy(DEPLOY / "nightly.toml", tmp_path)
    (tmp_path / "books").mkdir()
    shutil.copy(ROOT / "inputs" / "tiny.xlsx", tmp_path / "books")
    return read(tmp_path / "nightly.toml")


def unit(name: str) -> ConfigParser:
    found = ConfigParser(interpolation=None)
    found.optionxform = str
    found.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return found


def span(text: str) -> timedelta:
    """A span of time as systemd, `timeout` or XML Schema writes it: `6h 30min`, `390m`, `PT6H30M`."""
    unit_of = {"h": "hours", "m": "minutes", "min": "minutes", "s": "seconds"}
    parts = re.findall(r"(\d+)([a-z]+)", text.lower().removeprefix("pt"))
    return timedelta(**{unit_of[one]: int(number) for number, one in parts})


def cron() -> tuple[dict[str, str], str, str]:
    """The settings of the crontab, the five fields of its time, and its command."""
    lines = [line for line in (DEPLOY / "planner-nightly.cron").read_text(encoding="utf-8").splitlines() if line[:1] not in "#"]
    *settings, line = [line for line in lines if line]
    *fields, user, command = line.split(maxsplit=6)
    assert user == "planner" and "%" not in command, "cron would end the command at a per cent"
    return dict(setting.split("=", 1) for setting in settings), " ".join(fields), command


def dag(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, dict[str, Any]]:
    """What the file for Airflow asks of it: the arguments of the DAG and of the task, and the file's names."""
    made, task = MagicMock(), MagicMock()
    moment = SimpleNamespace(datetime=lambda *day, tz: (day, tz))
    for name, holds in (("airflow.sdk", {"DAG": made}), ("airflow.providers.standard.operators.bash", {"BashOperator": task}),
                        ("pendulum", vars(moment))):  # fmt: skip
        module = ModuleType(name)
        vars(module).update(holds)
        monkeypatch.setitem(sys.modules, name, module)
    names = runpy.run_path(str(DEPLOY / "airflow_nightly.py"))
    return made.call_args.kwargs, task.call_args.kwargs, names


def manifest() -> tuple[dict[str, Any], dict[str, Any]]:
    """The CronJob, and the pod of its jobs."""
    kinds = {one["kind"]: one for one in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))}
    job = kinds["CronJob"]["spec"]
    pod = job["jobTemplate"]["spec"]["template"]["spec"]
    claims = [one["persistentVolumeClaim"]["claimName"] for one in pod["volumes"] if "persistentVolumeClaim" in one]
    assert claims == [kinds["PersistentVolumeClaim"]["metadata"]["name"]]
    return job, pod


def task() -> ElementTree.Element:
    return ElementTree.fromstring((DEPLOY / "planner-nightly.xml").read_bytes())


def text_of(path: str) -> str:
    found = task().findtext(path, namespaces={"": TASK})
    assert found is not None, path
    return found


def test_every_file_is_in_the_wheel() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["planner.deploy"]
    found = {path.name for path in DEPLOY.iterdir() if path.is_file() and path.name != "__init__.py"}
    shipped = {name for name in found if name.endswith(".py") or any(fnmatch(name, pattern) for pattern in patterns)}
    assert shipped == found == {path.name for path in files("planner.deploy").iterdir() if path.is_file()} - {"__init__.py"}
    page = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert {name for name in found if name not in page} == {"README.md"}, "the page tells of each file"


def test_the_example_of_a_night_is_one(night: Config) -> None:
    assert [*night.cases] == ["tiny"]
    assert night.cases["tiny"].folder == night.outputs / "tiny"
    written = tomllib.loads((DEPLOY / "nightly.toml").read_text(encoding="utf-8"))["night"]
    assert written.keys() == type(night.night).model_fields.keys(), "it shows every setting of the night"


def test_limits_are_longer_than_the_night(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last case may be asked to end when the night's hours are over, and is then written and verified; and in the worst
    case the verification is asked to end, too."""
    ending = timedelta(seconds=GRACE + VERIFYING + GRACE)
    needed = timedelta(hours=night.night.hours) + ending
    service, (_, _, line), (job, pod) = unit("planner-nightly.service")["Service"], cron(), manifest()
    kill_after, limit = re.search(r"timeout -k (\w+) (\w+) ", line).groups()
    limits = {
        "systemd": span(service["TimeoutStartSec"]),
        "cron": span(limit),
        "windows": span(text_of("Settings/ExecutionTimeLimit")),
        "airflow": dag(monkeypatch)[1]["execution_timeout"],
        "kubernetes": timedelta(seconds=job["jobTemplate"]["spec"]["activeDeadlineSeconds"]),
    }
    assert {name for name, limit in limits.items() if limit <= needed} == set()
    stops = span(service["TimeoutStopSec"]), span(kill_after), timedelta(seconds=pod["terminationGracePeriodSeconds"])
    assert min(stops) >= ending
    delay = span(unit("planner-nightly.timer")["Timer"]["RandomizedDelaySec"])
    begins = timedelta(hours=START.hour - 24, minutes=START.minute)
    assert begins + delay + max(limits.values()) + max(stops) <= MORNING


def test_every_scheduler_starts_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    timer, (job, _), (made, _, _) = unit("planner-nightly.timer")["Timer"], manifest(), dag(monkeypatch)
    assert timer["OnCalendar"] == f"*-*-* {START:%H:%M:%S} {ZONE}"
    assert timer["Persistent"] == "true"
    assert cron()[1] == made["schedule"] == job["schedule"] == f"{START.minute} {START.hour} * * *"
    assert made["start_date"][1] == job["timeZone"] == ZONE
    assert text_of("Triggers/CalendarTrigger/StartBoundary").endswith(f"T{START:%H:%M:%S}"), "local time, without an offset"


def test_no_scheduler_runs_two_nights_at_once_or_tries_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    (job, pod), (made, task, _) = manifest(), dag(monkeypatch)
    assert (made["max_active_runs"], made["catchup"], task["retries"]) == (1, False, 0)
    assert (job["concurrencyPolicy"], job["jobTemplate"]["spec"]["backoffLimit"], pod["restartPolicy"]) == (
        "Forbid",
        0,
        "Never",
    )
    assert text_of("Settings/MultipleInstancesPolicy") == "IgnoreNew"


def test_the_limits_of_memory_are_above_the_nights(night: Config) -> None:
    container = manifest()[1]["containers"][0]
    limits = unit("planner-nightly.service")["Service"]["MemoryMax"], container["resources"]["limits"]["memory"]
    assert limits == ("10G", "10Gi"), "both in units of 2**30"
    assert night.night.memory < 10


def ended(command: str, tmp_path: Path, status: int, shell: str, **settings: str) -> tuple[int, str]:
    """How a scheduler's command ends where the planner ends with a status, and what it says."""
    stub = tmp_path / "planner"
    stub.write_text(f'#!/bin/sh\necho the night\n[ -z "$SECRET" ] || echo secret $SECRET\nexit {status}\n', encoding="utf-8")
    stub.chmod(0o755)
    done = subprocess.run(
        [shell, "-c", command.replace("/opt/planner/bin/planner", str(stub))], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], **settings, "PLANNER": str(stub)},
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize("status", list(Exit))
def test_airflow_takes_a_plan_for_a_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Exit) -> None:
    task = dag(monkeypatch)[1]
    assert task["skip_on_exit_code"] is None
    assert ended(task["bash_command"], tmp_path, status, "bash")[0] == (0 if status in HAS_PLAN else status)


@pytest.mark.parametrize("status", list(Exit))
def test_cron_is_silent_where_there_is_a_plan(tmp_path: Path, status: Exit) -> None:
    """Cron sends what is printed, whatever the status."""
    settings, _, command = cron()
    code, said = ended(command, tmp_path, status, "/bin/sh", **settings | {"SECRETS": str(tmp_path / "none")})
    expected = (0, "") if status in HAS_PLAN else (status, f"The night ended with status {int(status)}.\nthe night\n")
    assert (code, said) == expected


def test_cron_gives_the_secrets_to_the_planner_alone(tmp_path: Path) -> None:
    (tmp_path / "planner.env").write_text("SECRET=key\n", encoding="utf-8")
    settings, _, command = cron()
    assert "secret key" in ended(command, tmp_path, 20, "/bin/sh", **settings | {"SECRETS": str(tmp_path / "planner.env")})[1]


def test_systemd_and_kubernetes_take_a_plan_for_a_success() -> None:
    statuses = unit("planner-nightly.service")["Service"]["SuccessExitStatus"]
    assert {0, *map(int, statuses.split())} == HAS_PLAN
    command = manifest()[1]["containers"][0]["command"]
    remapped = {int(value) for flag, value in pairwise(command) if flag == "-e"}
    assert {0} | remapped == HAS_PLAN


def test_commands_of_the_files_are_the_planners(night: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is carried out, as far as `--dry-run`, on the example of a night."""
    container = manifest()[1]["containers"][0]
    settings, _, line = cron()
    line = re.sub(r"\$(\w+)", lambda name: settings.get(name[1], name[0]), line)
    texts = {
        "systemd": unit("planner-nightly.service")["Service"]["ExecStart"],
        "failed": unit("planner-nightly-failed.service")["Service"]["ExecStart"],
        "cron": line,
        "windows": f"{text_of('Actions/Exec/Command')} {text_of('Actions/Exec/Arguments')}",
        "airflow": dag(monkeypatch)[1]["bash_command"],
        "kubernetes": " ".join(container["command"] + container["args"]),
    }
    config = str(night.outputs.parent / "nightly.toml")
    for scheduler, text in texts.items():
        asked = re.search(r"planner(?:\.exe)? (nightly (?:\w+ )?)\S+nightly\.toml", text)
        assert asked, scheduler
        plans = "status" not in asked[1]
        done = CliRunner().invoke(cli, [*asked[1].split(), config, *(["--dry-run"] if plans else [])], standalone_mode=False)
        assert isinstance(done.exception, SystemExit) or done.exception is None, (scheduler, done.exception)
        assert done.exit_code == (Exit.PLAN if plans else Exit.OUT_OF_TIME), (scheduler, done.output)
        assert "tiny" in done.output


def test_the_service_may_write_where_the_night_writes() -> None:
    service = unit("planner-nightly.service")["Service"]
    config = Path(service["ExecStart"].split()[-1])
    assert service["ReadWritePaths"] == str(config.parent) == manifest()[1]["containers"][0]["volumeMounts"][0]["mountPath"]
    assert (service["UMask"], service["Type"], service["KillMode"]) == ("0077", "oneshot", "mixed")
    assert unit("planner-nightly.service")["Unit"]["OnFailure"] == "planner-nightly-failed.service"


def test_the_task_of_windows_is_of_its_schema() -> None:
    content = (DEPLOY / "planner-nightly.xml").read_bytes()
    assert faults(content) == []
    assert content.isascii() and b"encoding=" not in content


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("<WakeToRun>true", "<WakeToRun>yes", "WakeToRun"),
        ("PT6H30M", "6:30", "ExecutionTimeLimit"),
        ("IgnoreNew", "Ignore", "MultipleInstancesPolicy"),
        ("WakeToRun>", "WakeUp>", "WakeUp"),
        ("2026-01-01T21:30:00", "21:30", "StartBoundary"),
        ('Context="Author"', 'Context="Nobody"', "Nobody"),
        ("2004/02", "2005/02", "Task"),
        ("<Enabled>true</Enabled>\n      <!--", "<!--", ""),
        ("<RandomDelay>PT5M</RandomDelay>\n", "", ""),
        ("<Priority>7", "<Priority>11", "Priority"),
    ],
)
def test_faults_of_a_task_are_found(right: str, wrong: str, words: str) -> None:
    content = (DEPLOY / "planner-nightly.xml").read_text(encoding="ascii")
    assert right in content
    found = faults(content.replace(right, wrong).encode())
    assert (words in " ".join(found) and found) if words else not found
