"""How names are matched: sheets and headings whatever their spelling, unknown ones with the nearest known name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from models.records import SHEETS, Column, Record, columns

IGNORED_SHEETS = frozenset({"instructions", "reference", "faults"})
"""Squeezed names of the sheets that the planner itself writes into workbooks for the user to read."""

NEAR = 65
"""Similarity, from 0 to 100, from which a name is offered as the one that may be meant."""

MISSPELT = 78
"""Similarity from which a name that could be the user's own is probably a slip: `prise` and `price` have 80."""

_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")
_PUNCTUATION = re.compile(r"[\W_]+")


def squeeze(text: str) -> str:
    """A name without case, spaces, underscores, hyphens and other marks, and without notes in brackets."""
    return bare(_BRACKETS.sub(" ", text))


def bare(text: str) -> str:
    """A name without case, spaces and marks."""
    return _PUNCTUATION.sub("", text).casefold()


def nearest(name: str, known: Iterable[str], near: float = NEAR) -> str | None:
    """The known name that looks most like a name, if any looks like it; else the one that begins most like it.

    So `Galium` finds `Gallium 99.99 %`.
    """
    return next(iter(alike(name, known, near)), None)


def alike(name: str, known: Iterable[str], near: float = NEAR) -> list[str]:
    """The known names that look like a name, the most alike first; if none does, those that begin like it."""
    known = tuple(known)
    words = len(name.split())
    for spelt in (known, [" ".join(other.split()[:words]) for other in known]):
        found = process.extract(name, spelt, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=near, limit=None)
        if found:
            return [known[place] for _, _, place in found]
    return []


FILLERS = frozenset(
    {"usd", "eur", "per", "of", "the", "in", "a", "and", "unit", "units", "year", "month", "week", "day", "days", "period"}
    | {"t", "kg", "lb", "size", "cost", "costs", "time", "qty", "quantity", "amount", "value", "no", "number", "total"}
)
"""Words of a heading that say too little to tell what it means."""
SHORT_FORMS: Mapping[str, str] = {
    "moq": "minimum order",
    "min": "minimum",
    "max": "maximum",
    "leadtime": "lead",
    "dest": "place",
}
"""What the trade writes for short, and what it stands for."""


def nearest_heading(heading: str, known: Iterable[str], near: float = NEAR) -> str | None:
    """The known heading that shares the most telling words with a heading; else the one that looks most like it."""
    wanted = _telling_words(heading)
    shared = {name: len(wanted & _telling_words(name)) for name in known}
    most = max(shared.values(), default=0)
    if most:
        return nearest(heading, [name for name in shared if shared[name] == most], near=0)
    return nearest(heading, shared, near)


def _telling_words(heading: str) -> frozenset[str]:
    words = _PUNCTUATION.sub(" ", _BRACKETS.sub(" ", heading)).casefold().split()
    return frozenset(word for short in words for word in SHORT_FORMS.get(short, short).split()) - FILLERS


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'CHN'?`, or nothing."""
    guess = nearest(name, known)
    return f"; did you mean {guess!r}?" if guess else ""


def unseen_difference(name: str, other: str) -> str:
    """What tells two names apart that look the same, as the end of a sentence; empty if they look different."""
    alike = _SPACES.sub(" ", name) == _SPACES.sub(" ", other) and name != other
    return "; they differ in a space only, such as one that does not break, which cannot be seen" if alike else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """The first names of a list, and how many more there are."""
    all_names = tuple(names)
    more = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more


@dataclass(frozen=True)
class Place:
    """What a heading stands for."""

    field: str
    heading: str
    """As it is printed."""
    basis: bool = False
    """Whether the column tells where the figure comes from, not the figure."""


@cache
def places(record: type[Record]) -> Mapping[str, Place]:
    """Squeezed name, heading or alias → place; `<figure> basis` too, unless a column is called so."""
    found: dict[str, Place] = {}
    for item in columns(record):
        for known in _known_names(item):
            found[squeeze(known)] = Place(item.name, item.heading)
    for item in columns(record):
        for known in _known_names(item) if item.is_figure else ():
            found.setdefault(f"{squeeze(known)}basis", Place(item.name, f"{item.heading} basis", basis=True))
    return found


def _known_names(item: Column) -> tuple[str, ...]:
    return (item.heading, item.name, *item.aliases)


@cache
def sheets() -> Mapping[str, type[Record]]:
    """Squeezed sheet name → record."""
    return {squeeze(record.sheet): record for record in SHEETS}
