"""Which workbooks the paths and patterns of a night mean."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.nightly.folder import LATEST, RUNS


@dataclass(frozen=True)
class Match:
    """A workbook that is meant.

    Attributes:
        book: it need not be there.
        name: that its case has by default.
        by_pattern: whether a pattern means it, so that it may come and go with what lies in a folder.
    """

    book: Path
    name: str
    by_pattern: bool


@dataclass(frozen=True)
class Outputs:
    """A folder that the night writes to: that of a case, or one in which each case has its own."""

    folder: Path
    is_of_case: bool

    def of(self, case: str) -> Path:
        """The folder of a case."""
        return self.folder if self.is_of_case else self.folder / case

    def holds(self, book: Path) -> bool:
        """Whether a file is the planner's own: part of a run, and no workbook of anybody else's."""
        parent, folder = book.parent.resolve(), self.folder.resolve()
        if not parent.is_relative_to(folder):
            return False
        below = parent.relative_to(folder).parts[0 if self.is_of_case else 1 :]
        return below[:1] == (LATEST,) or (len(below) > 1 and below[0] == RUNS)


def is_pattern(path: str) -> bool:
    """Whether a path stands for what matches it."""
    return any(mark in path for mark in "*?[")


def matches(root: Path, patterns: Sequence[str], outputs: Collection[Outputs], otherwise: str) -> list[Match]:
    """The workbooks that some paths and patterns mean, each once, in their order.

    What is not there is meant all the same, so that its plan goes stale.

    Args:
        root: from which they are relative.
        outputs: of the night; what the planner has written there no pattern means.
        otherwise: the name for a pattern that nothing matches, with its number from the second on.

    Raises:
        ValueError: a pattern is none.
    """
    found: dict[Path, Match] = {}
    for number, pattern in enumerate(patterns, 1):
        if not is_pattern(pattern):
            found.setdefault(root / pattern, Match(root / pattern, Path(pattern).stem, False))
            continue
        books = [path for path in _files(root, pattern) if not any(one.holds(path) for one in outputs)]
        for book in books:
            found.setdefault(book, Match(book, book.stem, True))
        if not books:
            found.setdefault(root / pattern, Match(root / pattern, f"{otherwise}.{number}" if number > 1 else otherwise, True))
    return list(found.values())


def _files(root: Path, pattern: str) -> list[Path]:
    """The files that a pattern means, but what programs leave beside those that they have open."""
    anchor = Path(pattern).anchor
    found = Path(anchor).glob(str(Path(pattern).relative_to(anchor))) if anchor else root.glob(pattern)
    return sorted(path for path in found if path.is_file() and not path.name.startswith(("~$", ".")))
