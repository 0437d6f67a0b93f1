"""Formulas that need their own result."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from planner.workbook.facts import LAST_ROW, Area, Position, area, position

_CELL = r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}"
_REFERENCE = re.compile(
    rf"(?<![\w!:.'\]$])(?:(?P<area>{_CELL}:{_CELL})|(?P<cell>{_CELL})|\$?(?P<from>[A-Z]{{1,3}}):\$?(?P<to>[A-Z]{{1,3}}))"
    r"(?![\w(!:.])"
)
_TEXT = re.compile(r'"[^"]*"')
_PLACE_ONLY = re.compile(r"\b(?:ROWS?|COLUMNS?)\([^()]*\)")
"""Functions that look at where a cell is, not at what it holds."""


def circular(title: str, formulas: Mapping[Position, str]) -> Collection[Position]:
    """The cells of one sheet whose formulas refer to themselves, directly or through each other, or need one that does.

    An area counts only where it contains its own cell, and references to other sheets do not count.
    """
    needs = {cell: set(_needs(title, cell, text, formulas)) for cell, text in formulas.items()}
    needed_by = defaultdict(list)
    for cell, sources in needs.items():
        for source in sources:
            needed_by[source].append(cell)
    ready = [cell for cell, sources in needs.items() if not sources]
    while ready:  # what can be worked out is taken away; what is left goes round in circles
        done = ready.pop()
        del needs[done]
        for cell in needed_by[done]:
            needs[cell].discard(done)
            if not needs[cell]:
                ready.append(cell)
    return needs.keys()


def _needs(title: str, cell: Position, text: str, formulas: Mapping[Position, str]) -> Iterator[Position]:
    text = _PLACE_ONLY.sub("0", _TEXT.sub("0", text)).replace(f"'{title}'!", "").replace(f"{title}!", "")
    for match in _REFERENCE.finditer(text):
        if match["cell"]:
            source = position(match["cell"])
            if source in formulas:
                yield source
        elif cell in _area(match):
            yield cell


def _area(match: re.Match[str]) -> Area:
    if match["area"]:
        return area(match["area"])
    return Area(position(f"{match['from']}1"), position(f"{match['to']}{LAST_ROW}"))
