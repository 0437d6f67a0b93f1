"""What may come in the Vault example, and whom it serves: contingencies, scenarios, hazards, partners, members, call-offs."""

from __future__ import annotations

from collections.abc import Iterator

from planner_examples.tables import Figure, Row, assumed, by, day, figure, read


def contingencies() -> Iterator[Row]:
    """Which losses are to be survived."""
    for row in read("contingencies"):
        yield {
            "contingency": row["contingency"],
            "kind": row["kind"],
            "exempt": tuple(filter(None, row["except"].split(";"))),
            "days_to_survive": figure(row, "days to survive"),
            "essential_share": figure(row, "essential share"),
            "from_date": day(row["from"]),
            "hardness": row["hardness"],
            "source": row["source"],
        }


def scenarios() -> Iterator[Row]:
    """What may come of Chinese rules and of Congo's."""
    for row in read("scenarios"):
        names = ("scenario", "group", "description", "source")
        yield {name: row[name] for name in names} | {"probability": figure(row, "probability")}


def shocks() -> Iterator[Row]:
    """What each scenario cuts off, and what it does to the material's price."""
    names = by("symbol", "materials")
    for row in read("shocks"):
        material = names[row["symbol"]]["material"]
        common = {"scenario": row["scenario"], "from_date": day(row["from"]), "periods": figure(row, "periods")}
        common |= {"source": row["source"]}
        cut = {"hits": row["hits"], "name": row["name"], "stage": row["stage"], "scope_": material}
        yield common | cut | {"availability": figure(row, "availability")}
        yield common | {"hits": "material", "name": material, "price_factor": figure(row, "price factor")}


def members() -> Iterator[Row]:
    """Whom the stockpile serves."""
    for row in read("members"):
        yield {"member": row["member"], "priority": assumed(int(row["priority"])), "source": row["source"],
               "clean_origin_only": row["clean origin only"] == "yes",
               "entry_fee": assumed(float(row["entry fee"]))}  # fmt: skip


def commitments() -> Iterator[Row]:
    """What each is entitled to: some days of its share of the yearly demand."""
    names = by("symbol", "materials")
    for row in read("commitments"):
        record, share = names[row["symbol"]], float(row["share of demand"])
        quantity = float(record["annual demand"]) * share * float(row["days"]) / 365
        yield {"member": row["member"], "material": record["material"], "quantity": Figure(round(quantity, 1), row["basis"]),
               "demand_share": Figure(share, row["basis"]), "source": row["source"]}  # fmt: skip


def call_offs() -> Iterator[Row]:
    """What members draw: a share of what they are entitled to."""
    committed = {(str(row["member"]), str(row["material"])): row["quantity"] for row in commitments()}
    names = by("symbol", "materials")
    for row in read("call_offs"):
        material = names[row["symbol"]]["material"]
        quantity = committed[row["member"], material]
        assert isinstance(quantity, Figure)
        yield {"member": row["member"], "material": material, "date": day(row["date"]), "source": row["source"],
               "quantity": Figure(round(quantity.value * float(row["share"]), 1), row["basis"])}  # fmt: skip


def partners() -> Iterator[Row]:
    """What allied stockpiles lend."""
    names = by("symbol", "materials")
    for row in read("partners"):
        figures = {name.replace(" ", "_"): figure(row, name) for name in ("quantity", "share on call", "delay days")}
        yield {"partner": row["partner"], "material": names[row["symbol"]]["material"], "source": row["source"]} | figures


def hazards() -> Iterator[Row]:
    """What may happen again and again."""
    figures = ("frequency", "length days", "length variation", "least availability", "likely availability",
               "most availability", "price factor", "correlation")  # fmt: skip
    for row in read("hazards"):
        yield {name: row[name] for name in ("hazard", "hits", "name", "stage", "driver", "source")} | {
            "scope_": row["group"],
            **{name.replace(" ", "_"): figure(row, name) for name in figures},
        }
