"""What is wrong with the file of a night, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from planner.findings import Finding, Severity
from planner.nightly.table import Table
from planner.workbook.passwords import PREFIX

Tables = Mapping[tuple[str, ...], type[Table]]
"""What the tables of the file are, by their names."""

_SPELT = {
    "name": "at most 100 letters, digits, spaces, dots and dashes, a letter or digit first",
    "outputs": "a folder whose name does not begin with a dash",
    "output": "a folder whose name does not begin with a dash",
    "metrics": "a file whose name ends with .prom",
}
"""What is accepted where a text has to be spelt in some way."""
_NEEDED = {"case": "Each [[case]] names its books.", "alerts": "Mail needs host, sender and recipients."}


def told(path: Path, error: Any, tables: Tables) -> Finding:
    """What pydantic finds wrong, as a fault of the file."""
    place = [str(part + 1 if isinstance(part, int) else part) for part in error["loc"]]
    key, where = place[-1], " ".join(place[:-1]) or "the file"
    if place[0] == "passwords":  # what stands there may be a password, and is not repeated
        wanted = f"variables whose names begin with {PREFIX}: plan = VARIABLE, and in [passwords.own] each NAME = VARIABLE"
        return fault(path, place[0], f"{key} is not what is accepted there", f"There are {wanted}.")
    if place == ["case"] and error["type"] == "list_type":
        return fault(path, where, "case is no list of tables", "Each group of workbooks begins with [[case]].")
    value = "" if place[0] == "alerts" and isinstance(error["input"], str | list | dict) else repr(error["input"])
    # what stands among the alerts in place of a variable's name may be the secret itself
    if error["type"] == "extra_forbidden":
        known = tables[tuple(part for part in place[:-1] if not part.isdecimal())].model_fields
        near = extractOne(key, list(known), scorer=ratio, score_cutoff=60)
        guess = f"Did you mean {near[0]}? " if near else ""
        return fault(path, where, f"there is no setting {key!r}", f"{guess}There are {', '.join(known)}.")
    if error["type"] == "missing":
        return fault(path, where, f"{key} is missing", _NEEDED.get(place[0], ""))
    shown = f"{key} = {value}" if value else key
    if error["type"] == "string_pattern_mismatch" and key in _SPELT:
        return fault(path, where, f"{shown} is not what is accepted there", f"Give {_SPELT[key]}.", value)
    message = error["msg"].removeprefix("Value error, ")
    return fault(path, where, f"{shown}: {message[0].lower()}{message[1:]}", "", value)


def fault(path: Path, where: str, message: str, remedy: str, value: str = "") -> Finding:
    """A fault of the file, in one of its tables."""
    place = f"{path.name}, {where}" if where else path.name
    return Finding(Severity.FAULT, place, "", value, message, remedy)
