"""Rebuild the example workbooks from `sources/`: `python inputs/rebuild.py [folder]`, by default beside this file."""

from __future__ import annotations

import sys
from pathlib import Path

from planner_examples import gallium, tiny, vault


def rebuild(folder: Path) -> None:
    """Write vault.xlsx, tiny.xlsx and gallium.xlsx; the same sources give the same bytes.

    Raises:
        OSError: if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for example, name in ((vault, "vault"), (tiny, "tiny"), (gallium, "gallium")):
        example.write(folder / f"{name}.xlsx")


if __name__ == "__main__":
    rebuild(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
