"""How the Vault example is paid for: the loan, its tranches, private capital, and what secures the loan."""

from __future__ import annotations

from collections.abc import Iterator

from planner_examples.tables import Figure, Row, assumed, day, read


def funding() -> Iterator[Row]:
    """The sources of money; amounts that are not published are assumed, and so are all rates and fees."""
    for row in read("funding"):
        rates = {
            name.replace(" ", "_"): assumed(float(row[name])) for name in ("rate", "commitment fee", "upfront fee") if row[name]
        }
        yield {
            "source": row["source"], "kind": row["kind"], "amount": Figure(float(row["amount"]), row["amount basis"]),
            "available_from": day(row["available from"]), "repay_by": day(row["repay by"]),
            "source_of_figures": row["figures from"],
        } | rates  # fmt: skip


def advances() -> Iterator[Row]:
    """What lenders advance on stock: assumed."""
    for row in read("advances"):
        yield {
            "group": row["group"] or None, "in_depot": assumed(float(row["advance rate in depot"])),
            "in_transit": assumed(float(row["advance rate in transit"])), "haircut": assumed(float(row["haircut"])),
            "source": row["source"],
        }  # fmt: skip
