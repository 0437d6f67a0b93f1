"""What one firm's or member's own files tell of anybody else: every part of every file is searched, as a rival would.

What is looked for is taken from the plan workbook, which holds all that there is: every name and every figure that is not
one's own, as it would be written, rounded, in percent or in millions, and as the eight bytes of a double.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from math import fsum, isfinite
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl import Workbook
from openpyxl.utils.datetime import to_excel

from models.case import Case

Row = dict[str, Any]
OWN_SHEETS = {"trader": ("Purchases", "Contracts", "Open orders"), "member": ("Members", "Member accounts", "Entitlements")}
"""Of whose rows an own workbook is made, by the column that says whose they are."""
INTERNAL = {"remaining capacity [unit]", "fills", "share of onboarding cost [USD]", "penalty [USD]"}
"""Columns that hang on others, or that nobody pays."""
DIGITS = 5
"""Figures of fewer digits may be the same by chance."""
COLOUR = re.compile(r'(?:rgb|val)="[0-9A-F]{6,8}"')
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a workbook, unpacked."""
    with ZipFile(path) as archive:
        assert not archive.comment
        return {name: archive.read(name) for name in archive.namelist()}


def rows(book: Workbook, sheet: str) -> Iterator[Row]:
    """The rows of a sheet of the plan by heading."""
    headings, *found = book[sheet].iter_rows(values_only=True)
    return (dict(zip(map(str, headings), row, strict=True)) for row in found)


def own_rows(book: Workbook, kind: str, owner: str) -> list[Row]:
    """The plan's rows about one trader or member, without the columns that are not for it."""
    found = chain.from_iterable(rows(book, sheet) for sheet in OWN_SHEETS[kind] if sheet in book.sheetnames)
    return [{key: value for key, value in row.items() if key not in INTERNAL} for row in found if row.get(kind) == owner]


def figures(values: Iterable[object]) -> set[float]:
    """The figures among some values."""
    return {float(value) for value in values if isinstance(value, int | float) and isfinite(value)}


def own_figures(found: list[Row], kind: str) -> set[float]:
    """All figures of one's own: of each row, and what they come to in each column and for each kind of cost."""
    seen = figures(value for row in found for value in row.values())
    seen |= {float(to_excel(value)) for row in found for value in row.values() if isinstance(value, datetime)}
    totals = {
        heading: fsum(figures_in_order(row[heading] for row in found if heading in row)) for row in found for heading in row
    }
    if kind == "trader":
        bought = [row for row in found if "trader fee [USD]" in row]
        due = [row for row in found if "unpaid [USD]" in row]
        signed = [row for row in found if "contract cost [USD]" in row]
        landed, fees, fixed = (
            fsum(figures_in_order(row[name] for row in bought))
            for name in ("landed cost [USD]", "trader fee [USD]", "fixed order cost [USD]")
        )
        costs = fixed + fsum(figures_in_order(row["contract cost [USD]"] for row in signed))
        unpaid = fsum(figures_in_order(row[name] for row in due for name in ("unpaid [USD]", "fee [USD]")))
        seen |= {landed, fees, costs, unpaid, landed + fees + costs + unpaid}
        seen |= {row["order breaks save [USD]"] + row["contract breaks save [USD]"] for row in bought}
        seen.add(fsum(row["order breaks save [USD]"] + row["contract breaks save [USD]"] for row in bought))
    return seen | set(totals.values())


def figures_in_order(values: Iterable[object]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float)]


def others_totals(book: Workbook, kind: str, owner: str) -> set[float]:
    """What all others have together, in each column, over all and for each material, supplier and offer."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for sheet in OWN_SHEETS[kind]:
        for row in rows(book, sheet) if sheet in book.sheetnames else ():
            if row[kind] != owner:
                groups = ["", *(f"{key} {row[key]}" for key in ("material", "supplier", "offer") if row.get(key))]
                for heading, value in row.items():
                    for group in groups if isinstance(value, int | float) else ():
                        sums[f"{sheet}.{heading}", group] += value
    return set(sums.values())


def spoken(found: list[Row]) -> set[float]:
    """Figures within texts, such as the parts of a delivery."""
    texts = (value for row in found for value in row.values() if isinstance(value, str))
    return {number for text in texts for number in numbers(text)}


def numbers(text: str) -> set[float]:
    """Every figure in a text."""
    return {float(found.replace(",", "")) for found in NUMBER.findall(COLOUR.sub("", text))}


def digits(value: float) -> int:
    """How many digits say what a figure is, but for those that adding up in another order changes."""
    return len(f"{abs(value):.11e}".split("e")[0].replace(".", "").rstrip("0"))


def shapes(value: float) -> set[float]:
    """A figure as it may be shown: in full, with few decimals, in percent, thousands or millions."""
    scaled = (abs(value) * scale for scale in (1.0, 100.0, 1e-3, 1e-6))
    return {shown for one in scaled for places in (0, 1, 2, 3, 4, 6, 15) if digits(shown := round(one, places)) >= DIGITS}


def looks(value: float) -> frozenset[str]:
    """All that a figure may be shown as, as texts that are the same for the same figures."""
    return frozenset(same(shown) for shown in shapes(value))


def same(value: float) -> str:
    """By what two figures are the same."""
    return f"{value:.12g}"


def figures_told(content: Mapping[str, bytes], foreign: Mapping[float, frozenset[str]]) -> list[str]:
    """Which of others' figures, with all that each may be shown as, stand in some parts."""
    sought = {look: value for value, seen in foreign.items() for look in seen}
    found = [f"{sought[same(number)]} in {name}" for name, part in content.items()
             for number in numbers(part.decode("utf-8", "replace")) if same(number) in sought]  # fmt: skip
    doubles = {struct.pack(order, value): value for value in foreign if digits(value) >= DIGITS for order in ("<d", ">d")}
    windows = ((name, part[at : at + 8]) for name, part in content.items() for at in range(len(part) - 7))
    return found + [f"{doubles[raw]} in {name}" for name, raw in windows if raw in doubles]


def words_told(content: Mapping[str, bytes], names: Iterable[str]) -> list[str]:
    """Which of others' names stand in some parts, or in their paths, in any case of letters."""
    sought = {name.casefold() for name in names if name}
    texts = {name: f"{name} {part.decode('utf-8', 'replace')}".casefold() for name, part in content.items()}
    return [f"{word!r} in {name}" for name, text in texts.items() for word in sought if word in text]


def named(case: Case) -> set[str]:
    """Everything in a case that has a name."""
    own = {*case.trader, *case.supplier, *case.material, *case.offer, *case.member, *(row.depot for row in case.depots)}
    orders = {row.order for row in case.open_orders if not row.order.isdecimal()}
    return own | orders | {row.supplier for row in case.offer.values()} | {row.scenario for row in case.scenarios}


@lru_cache(maxsize=1)
def _loaded(plan: Path, written: int) -> tuple[Workbook, Mapping[float, frozenset[str]]]:
    """A plan workbook, and each of its figures as it may be shown."""
    book = openpyxl.load_workbook(plan)
    seen = figures(cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return book, {value: looks(value) for value in seen}


def told(plan: Path, case: Case, kind: str, owner: str, own: Path, by_word: bool = False) -> list[str]:
    """What a file of one's own tells of anybody else.

    Args:
        plan: the plan workbook, in which everything stands.
        kind: trader or member.
        own: its workbook.
        by_word: whether each word of another's name tells who it is, too.
    """
    book, everything = _loaded(plan, plan.stat().st_mtime_ns)
    found = own_rows(book, kind, owner)
    mine = " | ".join(str(value) for row in found for value in row.values()).casefold() + owner.casefold()
    known = {look for value in own_figures(found, kind) | spoken(found) for look in looks(value)}
    sums = {value: looks(value) for value in others_totals(book, kind, owner)}
    foreign = {value: seen for value, seen in chain(everything.items(), sums.items()) if known.isdisjoint(seen)}
    content = parts(own)
    others = {name for name in named(case) if name.casefold() not in mine}
    words = {word for name in (*case.trader, *case.member) if name != owner for word in name.split() if by_word}
    others |= {word for word in words if word.casefold() not in mine}
    return [*words_told(content, others), *figures_told(content, foreign)]
