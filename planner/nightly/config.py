"""What a night is: a TOML file with one table for the night and one for each group of workbooks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz.process import extractOne

from planner.archive.address import ACCEPTED, FILE, fault, located
from planner.findings import FaultyInput, Finding, Severity
from planner.nightly.alert_terms import Alerts, Mail
from planner.nightly.table import Positive, Table
from planner.workbook.passwords import PREFIX, password_in

Name = Annotated[str, Field(pattern=r"^[\w][\w .-]{0,99}$")]
Place = Annotated[str, Field(pattern=r"^[^-]")]
Variable = Annotated[str, Field(pattern=rf"^{PREFIX}\w*$")]


class Night(Table):
    """The table `[night]`.

    Attributes:
        hours: of the whole night, in which every case is planned or has been given up.
        outputs: folder in which each case has its own, relative to the file.
        workers: cases at a time.
        memory: GiB that all of them together may take.
        fresh_hours: a plan that is older is stale.
        keep_runs, keep_days: runs that are kept: those among the last, those that are younger, and the published one.
        metrics: file for Prometheus, relative to the file; by default `planner.prom` in the outputs.
        archive: where every run is a row: a file, relative to this one, a postgresql+psycopg:// URL without a password, or
            `env:NAME` for what an environment variable holds; by default `archive.sqlite` in the outputs.
    """

    hours: Positive = 6.0
    outputs: Place = "outputs"
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    memory: Positive = 8.0
    fresh_hours: Positive = 30.0
    keep_runs: Annotated[int, Field(ge=1)] = 30
    keep_days: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 90.0
    metrics: Annotated[str, Field(pattern=r"\.prom$")] | None = None
    archive: str | None = None


class Workbooks(Table):
    """A table `[[case]]`.

    Attributes:
        books: paths of workbooks, or patterns, relative to the file; each workbook is a case.
        name: of the case, where one workbook is meant; else a case is called as its workbook is.
        objective: what to make as small as possible; by default what the workbook says.
        gap: asked for; by default what the workbook says.
        accept_gap: a plan that is proven no closer than this is not published.
        share: of the night, where nothing is known of past nights.
        cluster: address of a Dask scheduler that solves; this machine by default.
        cluster_required: whether to give the case up where the cluster cannot be used.
        output: folder of the case, or, where several workbooks may be meant, the one in which each case has its own; by default
            the night's outputs.
        baseline: plan that new ones keep to, relative to the file; by default the last published one.
    """

    books: Annotated[list[str], Field(min_length=1)]
    name: Name | None = None
    objective: Literal["cost", "protection"] | None = None
    gap: Annotated[float, Field(ge=0, lt=1)] | None = None
    accept_gap: Annotated[float, Field(ge=0, le=1)] = 0.05
    share: Positive = 1.0
    cluster: str | None = None
    cluster_required: bool = False
    output: Place | None = None
    baseline: str | None = None


class Passwords(Table):
    """The table `[passwords]`: the environment variables with which workbooks are encrypted; never the passwords themselves.

    Attributes:
        plan: that of the plans.
        own: that of each trader and member.
    """

    plan: Variable
    own: dict[str, Variable] = Field(default_factory=dict)

    def require(self) -> None:
        """See that every variable holds a password.

        Raises:
            Misused: one does not.
        """
        for variable in (self.plan, *self.own.values()):
            password_in(variable)

    def arguments(self) -> list[str]:
        """The options of `planner solve` that say so."""
        found = ["--password-from", self.plan]
        for name, variable in self.own.items():
            found += ["--own-password", f"{name}={variable}"]
        return found


class _File(Table):
    night: Night = Night()
    alerts: Alerts = Alerts()
    passwords: Passwords | None = None
    case: Annotated[list[Workbooks], Field(min_length=1)]


class CaseOfNight(BaseModel):
    """One workbook of a night.

    Attributes:
        book: its workbook; it need not be there.
        folder: where its runs go.
        terms: of the table that it comes from.
        archive: where its runs are rows; empty: nowhere.
        passwords: with which its workbooks are encrypted, if they are.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    book: Path
    folder: Path
    terms: Workbooks
    baseline: Path | None = None
    archive: str = ""
    passwords: Passwords | None = None


class Config(BaseModel):
    """A night: its terms, its cases by name, and where its archive is; the root is the folder of its file."""

    model_config = ConfigDict(frozen=True)
    root: Path
    night: Night
    alerts: Alerts
    passwords: Passwords | None
    outputs: Path
    archive: str
    cases: dict[str, CaseOfNight]


def read(path: Path) -> Config:
    """Read the file of a night.

    Raises:
        FaultyInput: it cannot be read, or says what makes no sense; every fault is named.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if "\\x00" in repr(content):
            raise FaultyInput([_fault(path, "", "a text in it holds the character NUL", "Take it out.")])
        found = _File.model_validate(content)
    except OSError as error:
        raise FaultyInput([_fault(path, "", f"cannot be read: {error.strerror}", "Name the file of the night.")]) from error
    except ValidationError as error:
        raise FaultyInput([_told(path, one) for one in error.errors()]) from error
    except ValueError as error:  # of the syntax, of the encoding, or a number too long to be one
        remedy = "Texts stand in quotes, and each case begins with [[case]]."
        raise FaultyInput([_fault(path, "", f"is no TOML file: {error}", remedy)]) from error
    cases: dict[str, CaseOfNight] = {}
    faults: list[Finding] = []
    for number, terms in enumerate(found.case, 1):
        faults += _read_case(path, number, terms, found, cases)
    faults += _shared_folders(path, cases)
    archive = str(Path(found.night.outputs, FILE)) if found.night.archive is None else found.night.archive
    if wrong := fault(archive):
        faults.append(_fault(path, "night", f"archive: {wrong}", f"{ACCEPTED}."))
    if faults:
        raise FaultyInput(faults)
    archive = located(archive, path.parent)
    cases = {name: case.model_copy(update={"archive": archive}) for name, case in cases.items()}
    return Config(
        root=path.parent, night=found.night, alerts=found.alerts, passwords=found.passwords, archive=archive,
        outputs=path.parent / found.night.outputs, cases=cases,
    )  # fmt: skip


def _read_case(path: Path, number: int, terms: Workbooks, file: _File, cases: dict[str, CaseOfNight]) -> Iterator[Finding]:
    """Add the cases of one table to those before; what is wrong with it."""
    try:
        books = _books(path.parent, number, terms)
    except ValueError as error:  # of a pattern that is none
        remedy = "* stands for any part of a name, ? for a character, ** for folders between two slashes."
        yield _fault(path, f"case {number}", f"books: {error}", remedy, repr(terms.books))
        return
    if terms.name is not None and len(books) > 1:
        message = f"the name {terms.name!r} stands for {len(books)} workbooks: {', '.join(book.name for book in books)}"
        yield _fault(path, f"case {number}", message, "Leave the name out, or name one workbook.")
        return
    for book, usual in books.items():
        name = terms.name or usual
        if name.casefold() in {other.casefold() for other in cases}:
            message = f"two cases are called {name!r}, the second of {book}"
            yield _fault(path, f"case {number}", message, "Give one of them a name.")
            continue
        folder = path.parent / (file.night.outputs if terms.output is None else terms.output)
        is_its_own = terms.output is not None and len(terms.books) == 1 and not _is_pattern(terms.books[0])
        own = folder if is_its_own else folder / name
        baseline = None if terms.baseline is None else path.parent / terms.baseline
        cases[name] = CaseOfNight(
            name=name, book=book, folder=own, terms=terms, baseline=baseline, passwords=file.passwords
        )  # fmt: skip


def _books(root: Path, number: int, terms: Workbooks) -> dict[Path, str]:
    """The workbooks of a table, each with its usual name, in the order of their patterns.

    What is not there is a case all the same, whose plan goes stale: a path under its own name, a pattern under the table's.
    """
    found: dict[Path, str] = {}
    for pattern in terms.books:
        if not _is_pattern(pattern):
            found[root / pattern] = Path(pattern).stem
            continue
        anchor = Path(pattern).anchor
        matches = Path(anchor).glob(str(Path(pattern).relative_to(anchor))) if anchor else root.glob(pattern)
        books = sorted(path for path in matches if path.is_file() and not path.name.startswith(("~$", ".")))
        found |= {book: book.stem for book in books} if books else {root / pattern: f"case {number}"}
    return found


def _is_pattern(path: str) -> bool:
    return any(mark in path for mark in "*?[")


def _shared_folders(path: Path, cases: dict[str, CaseOfNight]) -> list[Finding]:
    """Cases that would write to the folder of another."""
    owner: dict[Path, str] = {}
    faults = []
    for name, case in cases.items():
        folder = case.folder.resolve()
        near = (known for known in owner if folder.is_relative_to(known) or known.is_relative_to(folder))
        if first := owner.get(next(near, Path()), ""):
            message = f"{first} and {name} have the same output folder {case.folder}, or one lies in the other's"
            faults.append(_fault(path, "case", message, "Give each case an output of its own."))
        owner[folder] = name
    return faults


_KNOWN: dict[tuple[str, ...], type[Table]] = {(): _File, ("night",): Night, ("case",): Workbooks, ("alerts",): Alerts}
_KNOWN |= {("alerts", "mail"): Mail}
_SPELT = {
    "name": "at most 100 letters, digits, spaces, dots and dashes, a letter or digit first",
    "outputs": "a folder whose name does not begin with a dash",
    "output": "a folder whose name does not begin with a dash",
    "metrics": "a file whose name ends with .prom",
}
"""What is accepted where a text has to be spelt in some way."""
_NEEDED = {"case": "Each [[case]] names its books.", "alerts": "Mail needs host, sender and recipients."}


def _told(path: Path, error: Any) -> Finding:
    """A fault of the file in its own words."""
    place = [str(part + 1 if isinstance(part, int) else part) for part in error["loc"]]
    key, where = place[-1], " ".join(place[:-1]) or "the file"
    if place[0] == "passwords":  # what stands there may be a password, and is not repeated
        wanted = f"variables whose names begin with {PREFIX}: plan = VARIABLE, and in [passwords.own] each NAME = VARIABLE"
        return _fault(path, place[0], f"{key} is not what is accepted there", f"There are {wanted}.")
    value = "" if place[0] == "alerts" and isinstance(error["input"], str | list | dict) else repr(error["input"])
    # what stands among the alerts in place of a variable's name may be the secret itself
    if error["type"] == "extra_forbidden":
        known = _KNOWN[tuple(part for part in place[:-1] if not part.isdecimal())].model_fields
        near = extractOne(key, list(known), score_cutoff=60)
        guess = f"Did you mean {near[0]}? " if near else ""
        return _fault(path, where, f"there is no setting {key!r}", f"{guess}There are {', '.join(known)}.")
    if error["type"] == "missing":
        return _fault(path, where, f"{key} is missing", _NEEDED.get(place[0], ""))
    shown = f"{key} = {value}" if value else key
    if error["type"] == "string_pattern_mismatch" and key in _SPELT:
        return _fault(path, where, f"{shown} is not what is accepted there", f"Give {_SPELT[key]}.", value)
    return _fault(path, where, f"{shown}: {error['msg'][0].lower()}{error['msg'][1:]}", "", value)


def _fault(path: Path, where: str, message: str, remedy: str, value: str = "") -> Finding:
    place = f"{path.name}, {where}" if where else path.name
    return Finding(Severity.FAULT, place, "", value, message, remedy)
