"""A task of Windows Task Scheduler, checked by what its published schema says: `python -m tests.system.task_xml FILE`.

The schema itself ([MS-TSCH], 2.5) is not part of this project. What is written here is what of it a task of one calendar
trigger and one command can get wrong: names, values, their order where there is one, and what must be there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"

TEXT = r"[\s\S]*"
BOOLEAN = r"true|false|0|1"
DURATION = r"P(?!$)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"

Children = dict[str, "str | Children"]
"""What may stand in an element: for each name the pattern of its text, or what may stand in it."""

KNOWN: Children = {
    "RegistrationInfo": dict.fromkeys(("Author", "Date", "Description", "Documentation", "Source", "URI", "Version"), TEXT),
    "Triggers": {
        "CalendarTrigger": {
            "Enabled": BOOLEAN, "StartBoundary": MOMENT, "EndBoundary": MOMENT, "ExecutionTimeLimit": DURATION,
            "RandomDelay": DURATION, "ScheduleByDay": {"DaysInterval": r"[1-9]\d{0,2}"},
        },
    },
    "Principals": {
        "Principal": {
            "UserId": TEXT, "LogonType": "S4U|Password|InteractiveToken|InteractiveTokenOrPassword",
            "RunLevel": "LeastPrivilege|HighestAvailable",
        },
    },
    "Settings": {
        "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting", "ExecutionTimeLimit": DURATION,
        "Priority": r"\d|10", **dict.fromkeys((
            "AllowHardTerminate", "AllowStartOnDemand", "DisallowStartIfOnBatteries", "Enabled", "Hidden", "RunOnlyIfIdle",
            "RunOnlyIfNetworkAvailable", "StartWhenAvailable", "StopIfGoingOnBatteries", "WakeToRun",
        ), BOOLEAN),
    },
    "Actions": {"Exec": {"Command": r"[\s\S]+", "Arguments": TEXT, "WorkingDirectory": TEXT}},
}  # fmt: skip
IN_ORDER = ("CalendarTrigger",)
"""Elements whose children stand in the order in which they are listed here; of all others any order will do."""
NEEDED = ("Triggers/CalendarTrigger/StartBoundary", "Triggers/CalendarTrigger/ScheduleByDay", "Actions/Exec/Command")


def faults(content: bytes) -> list[str]:
    """What Task Scheduler would not take of a file, as lines; none where it is sound."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        return [f"it is no XML: {error}"]
    if root.tag != f"{{{TASK}}}Task" or not re.fullmatch(r"1\.[1-6]", root.get("version", "")):
        return [f"its root is {root.tag} of version {root.get('version')}, not Task of version 1.1 to 1.6 in {TASK}"]
    return [*_in(root, KNOWN), *_missing(root), *_principals(root)]


def _in(element: ElementTree.Element, known: Children) -> Iterator[str]:
    """Faults of what stands in an element."""
    names = [_name(child) for child in element]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} stands twice in {_name(element)}"
    order = [list(known).index(name) for name in names if name in known]
    if _name(element) in IN_ORDER and order != sorted(order):
        yield f"{_name(element)} has its children in the order {', '.join(names)}, not {', '.join(known)}"
    for child, name in zip(element, names, strict=True):
        allowed = known.get(name)
        if allowed is None:
            yield f"{_name(element)} has no {name}"
        elif isinstance(allowed, dict):
            yield from _in(child, allowed)
        elif len(child) or not re.fullmatch(allowed, child.text or ""):
            yield f"{name} = {child.text!r}"


def _missing(root: ElementTree.Element) -> Iterator[str]:
    for path in NEEDED:
        if root.find(path, {"": TASK}) is None:
            yield f"{path} is missing"


def _principals(root: ElementTree.Element) -> Iterator[str]:
    """Actions are done as somebody who is named."""
    named = {one.get("id") for one in root.iterfind("Principals/Principal", {"": TASK})}
    for actions in root.iterfind("Actions", {"": TASK}):
        if actions.get("Context") not in named | {None}:
            yield f"Actions are done as {actions.get('Context')}, who is not among the principals"


def _name(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(f"{{{TASK}}}")


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]).read_bytes())
    print(*found, sep="\n")
    raise SystemExit(bool(found))
