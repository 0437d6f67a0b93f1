"""A faulty workbook as far as it could be read: every row is there, but cells that could not be read are not to be touched.

A check that touches such a cell learns which one it was (`Unread`), and can ask for the workbook without the rows in which
that column is unread. What is left out may be the very thing that the check misses, so each part says which of its findings
hold all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from models.case import Case, table_of
from models.records import SHEETS, Budget, Policy, Record, Settings
from models.references import dangling
from planner.validate.addresses import Addresses
from planner.validate.calendars import CALENDAR, calendars
from planner.validate.names import alike
from planner.validate.rows import Rows
from planner.validate.scales import rescaled

Field = tuple[type[Record], str]
Materials = frozenset[str] | None
"""The materials that something is about; None if it may be any."""
KEPT = 8
"""Parts that are kept; checks meet the same unread columns one after the other."""
ON_THEIR_OWN = (Policy, Budget)
"""Sheets whose rows matter to findings about that sheet only."""


class Unread(Exception):
    """A check needs a cell that could not be read."""

    def __init__(self, record: type[Record], name: str) -> None:
        super().__init__(f"{record.sheet}.{name} could not be read")
        self.field: Field = record, name


class _Unchecked(Case):
    """A case in which not every name is known: the cells that hold unknown ones are unread."""

    def __post_init__(self) -> None: ...


@dataclass(frozen=True)
class Part:
    """What is left of a faulty workbook without some of its rows.

    Attributes:
        addresses: where each field of the case stands.
        known: everything that was read, for looking names up.
        lost: the rows left out: their records, and what they are about.
        whole: all rows.
    """

    case: Case
    addresses: Addresses
    known: Case
    lost: tuple[tuple[type[Record], Materials], ...]
    whole: Case | None = None

    def settles(self, record: type[Record], row: int | None, by_itself: bool = False) -> bool:
        """Whether a finding about a row holds whatever the rows left out say: they are about something else.

        Args:
            by_itself: whether no other row of its sheet has to do with it.
        """
        about = self._about(record, row)
        for lost, other in self.lost:
            if by_itself and lost is record:
                continue
            if lost is record if lost in ON_THEIR_OWN else about is None or other is None or about & other:
                return False
        return self.scales(record, row)

    def scales(self, record: type[Record], row: int | None) -> bool:
        """Whether limits are in the units that they seem to be in, for what a finding is about."""
        about = self._about(record, row)
        return self._rescaled.isdisjoint(self._rescaled if about is None else about)

    @cached_property
    def _rescaled(self) -> frozenset[str]:
        """The materials with a limit that may be in another unit than it seems, for want of the rows left out."""
        return rescaled(self.whole, self.case) if self.whole and self.lost else frozenset()

    def _about(self, record: type[Record], row: int | None) -> Materials:
        return None if row is None else _about(self.case.tables()[record][row], self.known)


class Sound:
    """Makes parts of a faulty workbook.

    Args:
        settings: what could not be read has its default.
        unknown: settings that nothing may be said of.
        tables: every sheet that could be read.
        addresses: where everything stands.
        unseen: the sheets that are there, or must be, and could not be read at all.
    """

    def __init__(
        self,
        settings: Settings,
        unknown: Iterable[str],
        tables: Mapping[type[Record], Rows],
        addresses: Addresses,
        unseen: Iterable[type[Record]],
    ) -> None:
        self.unseen = frozenset(unseen)
        self._read = settings, frozenset(unknown), tables
        self._settings, self._addresses = _guarded(settings, unknown), addresses
        self._rows = {record: tables[record].records if record in tables else [] for record in SHEETS if record is not Settings}
        self._unread = {(record, n): set(names) for record, rows in tables.items() for n, names in rows.unread.items()}
        for found in dangling(self._rows):
            self._unread.setdefault((found.record, found.row), set()).add(found.column)
        self._leave_out_repetitions()
        everything: dict[str, Any] = {table_of(record): tuple(rows) for record, rows in self._rows.items()}
        self._known = _Unchecked(settings=self._settings, **everything)
        self._parts: dict[frozenset[Field], Part] = {}

    def part(self, without: frozenset[Field] = frozenset()) -> Part:
        """All rows but those in which one of some columns is unread, those that refer to them, and repetitions of a key."""
        found = self._parts.pop(without, None) or self._part(without)
        while len(self._parts) >= KEPT:
            del self._parts[next(iter(self._parts))]  # the one that was asked for longest ago
        self._parts[without] = found
        return found

    def calendars(self) -> Iterator[Sound]:
        """The same workbook with calendars that it may have: its own, or two if that could not be read."""
        settings, unknown, tables = self._read
        for values in calendars(unknown, self._rows):
            meant = settings.model_copy(update=values)
            yield Sound(meant, unknown - CALENDAR, tables, self._addresses, self.unseen) if values else self

    def unread(self, record: type[Record]) -> frozenset[Field]:
        """Every column of a sheet in which some cell could not be read."""
        return frozenset((record, name) for (other, _), names in self._unread.items() if other is record for name in names)

    def _part(self, without: frozenset[Field]) -> Part:
        lost = {row for row, names in self._unread.items() if any((row[0], name) in without for name in names)}
        while True:
            gone = lost | self._repetitions
            kept = {r: [n for n in range(len(rows)) if (r, n) not in gone] for r, rows in self._rows.items()}
            found = dangling({record: [self._rows[record][n] for n in numbers] for record, numbers in kept.items()})
            rows = ((adrift.record, kept[adrift.record][adrift.row], adrift.column) for adrift in found)
            adrift = {(record, n) for record, n, column in rows if column not in self._unread.get((record, n), ())}
            if not adrift:
                break
            lost |= adrift
        parts: dict[str, Any] = {
            table_of(record): tuple(self._guards.get((record, n), self._rows[record][n]) for n in numbers)
            for record, numbers in kept.items()
        }
        layouts = {
            record: replace(layout, rows=tuple(layout.rows[n] for n in kept[record]))
            for record, layout in self._addresses.layouts.items()
        }
        about = tuple((record, _about(self._rows[record][n], self._known)) for record, n in lost)
        case = _Unchecked(settings=self._settings, **parts)
        whole = self._whole if without else None
        return Part(case, replace(self._addresses, layouts=layouts), self._known, about, whole)

    @cached_property
    def _whole(self) -> Case:
        return self._part(frozenset()).case

    @cached_property
    def _guards(self) -> Mapping[tuple[type[Record], int], Record]:
        """The rows of which some cells could not be read."""
        return {place: _guarded(self._rows[place[0]][place[1]], names) for place, names in self._unread.items()}

    def _leave_out_repetitions(self) -> None:
        """Of rows with one key the first is kept, without the cells in which they differ: any of them may be meant."""
        self._repetitions: set[tuple[type[Record], int]] = set()
        for record, rows in self._rows.items():
            first: dict[tuple[Any, ...], int] = {}
            for n, row in enumerate(rows) if record.key else ():
                if not self._unread.get((record, n), set()).isdisjoint(record.key):
                    continue
                kept = first.setdefault(tuple(getattr(row, name) for name in record.key), n)
                if kept != n:
                    self._repetitions.add((record, n))
                    one, other = vars(rows[kept]), vars(row)
                    self._unread.setdefault((record, kept), set()).update(name for name in one if one[name] != other[name])


def _guarded(row: Any, unread: Iterable[str]) -> Any:
    """A row of which some fields raise `Unread` when they are looked at."""
    names = frozenset(unread)
    if not names:
        return row
    values = {name: value for name, value in vars(row).items() if name not in names}
    record: type[Record] = type(row)
    guarded = _with_guard(record).model_construct(row.model_fields_set - names, **values)
    for name in names & vars(guarded).keys():  # pydantic fills defaults in
        del vars(guarded)[name]
    return guarded


@cache
def _with_guard(record: type[Record]) -> type[Record]:
    def unread(row: Record, name: str) -> Any:
        if name in record.model_fields:
            raise Unread(record, name)
        raise AttributeError(name)

    return type(record.__name__, (record,), {"__getattr__": unread, "__module__": __name__})


def _about(row: Record, known: Case) -> Materials:
    """The materials that a row is about; a name that nobody has is taken for any that looks like it."""
    material, offer, supplier = (vars(row).get(name) for name in ("material", "offer", "supplier"))
    named = [material] if material else [known.offer[name].material for name in _named(offer, known.offer)]
    if named:
        return frozenset(meant for name in named for meant in _named(name, known.material)) or None
    materials: Materials = known.materials_of.get(supplier or "")
    return None if materials is None or None in materials else materials


def _named(name: str | None, known: Mapping[str, object]) -> Sequence[str]:
    """Whom a name may mean; nobody if there is none."""
    if not name or name in known:
        return [name] if name else []
    return alike(name, [other for other in known if other])
