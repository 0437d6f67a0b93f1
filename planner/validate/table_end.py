"""The end of a table: rows that are no data, but its totals or a note below it."""

from __future__ import annotations

import re

from planner.validate.log import Log
from planner.validate.unfit import AROUND, filled
from planner.workbook import Area, Sheet, address, position

_TOTAL = re.compile(r"((grand|sub)[- ]?)?totals?|sum", re.IGNORECASE)
_SUMS = re.compile(r"(SUM|SUBTOTAL|AGGREGATE)\(.*\)", re.IGNORECASE | re.DOTALL)
_RANGE = re.compile(r"(?<![!\w:$])(\$?[A-Z]{1,3}\$?\d{1,7}):(\$?[A-Z]{1,3}\$?\d{1,7})(?![\w:(])")
_SENTENCE_WORDS = 4


def set_aside(sheet: Sheet, rows: list[int], known: list[int], log: Log) -> int:
    """Take totals and notes off the end of a table's rows and report them; how many they were."""
    before = len(rows)
    for is_it, report in ((_is_totals, _report_totals), (_is_remark, _report_remark)):
        while rows and is_it(sheet, rows, known):
            report(sheet, rows.pop(), known, log)
    return before - len(rows)


def _is_totals(sheet: Sheet, rows: list[int], known: list[int]) -> bool:
    """Whether the last row adds up those above: Excel's totals row, a row labelled so, or nothing but sums."""
    number = rows[-1]
    if any(table.totals_row == number for table in sheet.tables):
        return True
    cells = {column: sheet.rows[number - 1][column - 1] for column in known}
    values = {column: value for column, value in cells.items() if filled(value)}
    texts = [value for value in values.values() if isinstance(value, str)]
    if len(texts) == 1 and len(rows) > 1 and _TOTAL.fullmatch(texts[0].strip(AROUND + ":")):
        return True
    formulas = {column: sheet.facts.formulas.get((number, column)) for column in values}
    if len(rows) < 2 or texts or None in formulas.values():
        return False
    written = {column: formula for column, formula in formulas.items() if formula}  # one filled to the right stands once
    return bool(written) and all(_adds_up(formula, column, rows[:-1]) for column, formula in written.items())


def _adds_up(formula: str, column: int, rows: list[int]) -> bool:
    """Whether a formula is nothing but a sum over all of a column's rows: a sum of other cells is a figure."""
    if not _SUMS.fullmatch(formula):
        return False
    areas = [Area(position(first), position(last)) for first, last in _RANGE.findall(formula)]
    return all(any((row, column) in area for area in areas) for row in rows)


def _report_totals(sheet: Sheet, number: int, known: list[int], log: Log) -> None:
    log.warning(
        sheet.title,
        address(number, known[0]),
        sheet.value(number, known[0]),
        f"row {number} is read as the table's totals, not as data",
        "If it is data, rename it.",
    )


def _is_remark(sheet: Sheet, rows: list[int], known: list[int]) -> bool:
    """Whether the last row is a sentence on its own below a blank row, such as a source."""
    if len(rows) < 2 or rows[-1] - rows[-2] < 2:
        return False
    values = [value for column in known if filled(value := sheet.rows[rows[-1] - 1][column - 1])]
    text = values[0] if len(values) == 1 else None
    return isinstance(text, str) and (":" in text or len(text.split()) >= _SENTENCE_WORDS)


def _report_remark(sheet: Sheet, number: int, known: list[int], log: Log) -> None:
    column = next(column for column in known if filled(sheet.rows[number - 1][column - 1]))
    log.warning(
        sheet.title,
        address(number, column),
        sheet.value(number, column),
        f"row {number} is read as a note below the table, not as data",
        "If it is data, delete the blank rows above it.",
    )
