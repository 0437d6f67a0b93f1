"""What a night is: a TOML file with one table for the night and one for each group of workbooks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from planner.archive.address import ACCEPTED, FILE, located
from planner.archive.address import fault as fault_of_address
from planner.findings import FaultyInput, Finding
from planner.nightly.alert_terms import Alerts, Mail
from planner.nightly.faults import fault, told
from planner.nightly.matching import Outputs, is_pattern, matches
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

    @field_validator("books")
    @classmethod
    def _names_workbooks(cls, books: list[str]) -> list[str]:
        for book in books:
            if Path(book.strip()).name in ("", ".."):
                raise ValueError(f"{book!r} names no workbook: give its path, or a pattern such as plans/*.xlsx")
        return books


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
        fault: why it cannot be planned as long as the workbooks lie as they do; empty where it can.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    book: Path
    folder: Path
    terms: Workbooks
    baseline: Path | None = None
    archive: str = ""
    passwords: Passwords | None = None
    fault: str = ""


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
            raise FaultyInput([fault(path, "", "a text in it holds the character NUL", "Take it out.")])
        found = _File.model_validate(content)
    except OSError as error:
        raise FaultyInput([fault(path, "", f"cannot be read: {error.strerror}", "Name the file of the night.")]) from error
    except ValidationError as error:
        raise FaultyInput([told(path, one, _KNOWN) for one in error.errors()]) from error
    except ValueError as error:  # of the syntax, of the encoding, or a number too long to be one
        remedy = "Texts stand in quotes, and each case begins with [[case]]."
        raise FaultyInput([fault(path, "", f"is no TOML file: {error}", remedy)]) from error
    meant: list[_Meant] = []
    cases: dict[str, CaseOfNight] = {}
    faults: list[Finding] = []
    for number, terms in enumerate(found.case, 1):
        faults += _read_case(path, number, terms, found, meant)
    faults += _told_apart(path, meant, cases)
    faults += _shared_folders(path, cases)
    archive = str(Path(found.night.outputs, FILE)) if found.night.archive is None else found.night.archive
    if wrong := fault_of_address(archive):
        faults.append(fault(path, "night", f"archive: {wrong}", f"{ACCEPTED}."))
    if faults:
        raise FaultyInput(faults)
    archive = located(archive, path.parent)
    cases = {name: case.model_copy(update={"archive": archive}) for name, case in cases.items()}
    return Config(
        root=path.parent, night=found.night, alerts=found.alerts, passwords=found.passwords, archive=archive,
        outputs=path.parent / found.night.outputs, cases=cases,
    )  # fmt: skip


class _Meant(NamedTuple):
    """A case as a table means it, before it is known whether another one is called the same."""

    number: int
    by_pattern: bool
    case: CaseOfNight


def _read_case(path: Path, number: int, terms: Workbooks, file: _File, meant: list[_Meant]) -> Iterator[Finding]:
    """Add the cases of one table to those before; what is wrong with it."""
    where, named = f"case {number}", [book for book in dict.fromkeys(terms.books) if not is_pattern(book)]
    if terms.name is not None and len(named) > 1:
        message = f"the name {terms.name!r} stands for {len(named)} workbooks: {', '.join(named)}"
        yield fault(path, where, message, "Leave the name out, or name one workbook.")
        return
    everywhere = {_output(path.parent, None, file), *(_output(path.parent, one, file) for one in file.case)}
    try:
        books = matches(path.parent, terms.books, everywhere, where)
    except ValueError as error:  # of a pattern that is none
        remedy = "* stands for any part of a name, ? for a character, ** for folders between two slashes."
        yield fault(path, where, f"books: {error}", remedy, repr(terms.books))
        return
    output = _output(path.parent, terms, file)
    baseline = None if terms.baseline is None else path.parent / terms.baseline
    for match in books:
        name = terms.name or match.name
        case = CaseOfNight(
            name=name, book=match.book, folder=output.of(name), terms=terms, baseline=baseline, passwords=file.passwords
        )  # fmt: skip
        meant.append(_Meant(number, match.by_pattern, case))


def _output(root: Path, terms: Workbooks | None, file: _File) -> Outputs:
    """Where the cases of a table go, or of any that does not say so."""
    if terms is None or terms.output is None:
        return Outputs(root / file.night.outputs, False)
    return Outputs(root / terms.output, len(terms.books) == 1 and not is_pattern(terms.books[0]))


def _told_apart(path: Path, meant: Iterable[_Meant], cases: dict[str, CaseOfNight]) -> Iterator[Finding]:
    """Add the cases by their names; which names the file itself gives twice.

    Where a pattern has found another workbook of a name, that is no fault of the file: only the cases of that name wait.
    """
    groups: dict[str, list[_Meant]] = {}
    for one in meant:
        groups.setdefault(one.case.name.casefold(), []).append(one)
    for group in groups.values():
        for one in [one for one in group if not one.by_pattern][1:]:
            message = f"two cases are called {one.case.name!r}, the second of {one.case.book}"
            yield fault(path, f"case {one.number}", message, "Give one of them a name.")
        clash = _clash([str(one.case.book) for one in group]) if len(group) > 1 else ""
        for one in group:
            cases.setdefault(one.case.name, one.case.model_copy(update={"fault": clash}))


def _clash(books: list[str]) -> str:
    """Why none of some workbooks can be planned, whose cases would have the same folder."""
    different = list(dict.fromkeys(books))
    if len(different) == 1:
        return f"{books[0]} is meant by more than one [[case]]. Take it out of all but one."
    return f"{len(different)} workbooks are called the same: {', '.join(different)}. Move all but one away, or rename them."


def _shared_folders(path: Path, cases: dict[str, CaseOfNight]) -> list[Finding]:
    """Cases that would write to the folder of another."""
    owner: dict[Path, str] = {}
    faults = []
    for name, case in cases.items():
        if case.fault:
            continue
        folder = case.folder.resolve()
        near = (known for known in owner if folder.is_relative_to(known) or known.is_relative_to(folder))
        if first := owner.get(next(near, Path()), ""):
            message = f"{first} and {name} have the same output folder {case.folder}, or one lies in the other's"
            faults.append(fault(path, "case", message, "Give each case an output of its own."))
        owner[folder] = name
    return faults


_KNOWN: dict[tuple[str, ...], type[Table]] = {(): _File, ("night",): Night, ("case",): Workbooks, ("alerts",): Alerts}
_KNOWN |= {("alerts", "mail"): Mail}
