"""What the values of a sheet do not tell: formulas, error cells, hidden rows, filters, merged cells, stray cells.

The sheet's XML is walked once. The values themselves are read elsewhere, by a faster library that drops all this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

Position = tuple[int, int]
"""Row and column of a cell, both from 1."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_REFERENCE = 20
"""Characters of an address, beyond which it is none."""


class Damaged(Exception):
    """The sheet's XML cannot be what Excel wrote."""


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, both corners included."""

    first: Position
    last: Position

    def __contains__(self, cell: Position) -> bool:
        return self.first[0] <= cell[0] <= self.last[0] and self.first[1] <= cell[1] <= self.last[1]

    def __str__(self) -> str:
        return f"{address(*self.first)}:{address(*self.last)}"


@dataclass
class Facts:
    """What one sheet holds beside its values."""

    last_row: int = 0
    last_column: int = 0
    """The smallest rectangle from A1 that holds every cell with content."""
    lowest: Position = (0, 0)
    rightmost: Position = (0, 0)
    """The cells that make the rectangle as large as it is."""
    formulas: dict[Position, str] = field(default_factory=dict)
    uncalculated: set[Position] = field(default_factory=set)
    """Formulas whose last calculated value is not in the file."""
    zeros: set[Position] = field(default_factory=set)
    """Formulas whose last calculated value is 0, which some programs write where they have calculated nothing."""
    errors: dict[Position, str] = field(default_factory=dict)
    """Cells that show an Excel error such as `#N/A`."""
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    filtered: bool = False
    merged: list[Area] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    """Width of each column that has one, in characters."""
    styles: dict[Position, int] = field(default_factory=dict)
    """Number of each cell's style, where asked for."""


def letters(column: int) -> str:
    """`28` → `AB`; nothing for what is no column."""
    text = ""
    while column > 0:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def address(row: int, column: int) -> str:
    """`(12, 6)` → `F12`."""
    return f"{letters(column)}{row}"


class _Columns(dict[str, int]):
    """Letters → number, worked out once for each column."""

    def __missing__(self, text: str) -> int:
        number = 0
        for letter in text:
            if not "A" <= letter <= "Z":
                raise Damaged(f"{text!r} does not stand where it says")
            number = number * 26 + ord(letter) - 64
        self[text] = number
        return number


_COLUMNS = _Columns()


def position(reference: str) -> Position:
    """`$F$12` → `(12, 6)`.

    Raises:
        Damaged: if it is not the address of a cell.
    """
    plain = reference.replace("$", "")
    column = plain.rstrip("0123456789")
    digits = plain[len(column) :]
    if not column or not digits or len(plain) > LONGEST_REFERENCE:
        raise Damaged(f"{reference!r} is not the address of a cell")
    return int(digits), _COLUMNS[column]


def area(reference: str) -> Area:
    """`B2:C9` → its corners, whichever are named; a single cell is an area too, and what lies beyond the sheet is cut off.

    Raises:
        Damaged: if it is not a range.
    """
    first, _, last = reference.partition(":")
    rows, columns = zip(position(first), position(last or first), strict=True)
    return Area(_within_sheet(min(rows), min(columns)), _within_sheet(max(rows), max(columns)))


def _within_sheet(row: int, column: int) -> Position:
    return min(max(row, 1), LAST_ROW), min(max(column, 1), LAST_COLUMN)


def scan(xml: bytes, *, styles: bool = False) -> Facts:
    """Walk a worksheet's XML.

    Raises:
        Damaged: if the XML is not well formed, or its cells are not in order.
    """
    walk = _Walk(styles)
    try:
        walk.parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, KeyError) as error:
        raise Damaged(str(error)) from error
    walk.close_cell()
    return walk.facts


class _Walk:
    """Handlers of the XML parser; text is collected only in cells with a formula or an error."""

    def __init__(self, styles: bool) -> None:
        self.facts = Facts()
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._root
        self._styles = styles
        self._row = self._column = 0
        self._digits = ""
        self._type = ""
        self._valued = False
        self._formula: list[str] | None = None
        self._text: list[str] | None = None

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        prefix = name[: name.find(":") + 1]
        handlers = {
            "row": self._start_row,
            "c": self._start_cell,
            "v": self._start_value,
            "is": self._start_value,
            "f": self._start_formula,
            "col": self._start_columns,
            "mergeCell": self._start_merged,
            "filterColumn": self._start_filter,
        }
        handle = {prefix + local: handler for local, handler in handlers.items()}.get

        def start(name: str, attributes: dict[str, str]) -> None:
            handler = handle(name)
            if handler:
                handler(attributes)

        self.parser.StartElementHandler = start

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.close_cell()
        row = int(attributes.get("r", self._row + 1))
        if not self._row < row <= LAST_ROW:
            raise Damaged(f"row {row} follows row {self._row}")
        self._row, self._column, self._digits = row, 0, str(row)
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_rows.append(row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.close_cell()
        reference = attributes.get("r")
        column = self._column + 1 if reference is None else _COLUMNS[reference.removesuffix(self._digits)]
        if not self._column < column <= LAST_COLUMN:
            raise Damaged(f"cell {address(self._row, column)} does not stand after {address(self._row, self._column)}")
        self._column = column
        self._type, self._valued = attributes.get("t", "n"), False
        if self._styles and "s" in attributes:
            self.facts.styles[self._row, column] = int(attributes["s"])

    def _start_value(self, attributes: dict[str, str]) -> None:
        self._valued = True
        self._start_content()

    def _start_content(self) -> None:
        facts = self.facts
        if self._row > facts.last_row:
            facts.last_row, facts.lowest = self._row, (self._row, self._column)
        if self._column > facts.last_column:
            facts.last_column, facts.rightmost = self._column, (self._row, self._column)
        if self._type == "e" or self._formula is not None:
            self._text = []
            self._collect(self._text)

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._start_content()
        self._formula, self._text = [], []
        self._collect(self._formula)

    def _collect(self, parts: list[str]) -> None:
        """Collect text until the element ends: what follows the sheet's last cell is none of its text."""
        self.parser.CharacterDataHandler = parts.append
        self.parser.EndElementHandler = self._stop

    def _stop(self, name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None

    def close_cell(self) -> None:
        """Keep what the last cell with a formula or an error held, if that has not been done."""
        if self._text is None:
            return
        cell, text = (self._row, self._column), "".join(self._text).strip()
        if self._formula is not None:
            self.facts.formulas[cell] = "".join(self._formula).strip()
            if not text and not (self._type == "str" and self._valued):  # an empty text can be a result
                self.facts.uncalculated.add(cell)
            elif text == "0":
                self.facts.zeros.add(cell)
        if self._type == "e":
            self.facts.errors[cell] = text
        self._formula = self._text = None

    def _start_columns(self, attributes: dict[str, str]) -> None:
        first, last = max(int(attributes["min"]), 1), min(int(attributes["max"]), LAST_COLUMN)
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_columns += range(first, last + 1)
        elif "width" in attributes:
            self.facts.widths |= dict.fromkeys(range(first, last + 1), float(attributes["width"]))

    def _start_merged(self, attributes: dict[str, str]) -> None:
        self.facts.merged.append(area(attributes["ref"]))

    def _start_filter(self, attributes: dict[str, str]) -> None:
        self.facts.filtered = True
