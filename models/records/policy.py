"""Sheet Policy: one row is a rule, or one date step of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from models.records.schema import Choice, Record, Scope, TextList, column


class RuleKind(Choice):
    SHARE = "share"
    AMOUNT = "amount"
    COUNT = "count"
    AVERAGE = "average"


class Measure(Choice):
    QUANTITY = "quantity"
    SPEND = "spend"


class On(Choice):
    PURCHASES = "purchases"
    STOCK = "stock"


class Stage(Choice):
    MINE = "mine"
    REFINE = "refine"
    OWNER = "owner"
    ROUTE = "route"
    ANY = "any stage"


class Sense(Choice):
    AT_MOST = "at most"
    AT_LEAST = "at least"

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        return {
            "<=": "at most",
            "≤": "at most",
            "max": "at most",
            "maximum": "at most",
            ">=": "at least",
            "≥": "at least",
            "min": "at least",
            "minimum": "at least",
        }


class Window(Choice):
    PERIOD = "period"
    YEAR = "contract year"
    ROLLING = "rolling twelve months"
    HORIZON = "horizon"

    @classmethod
    def synonyms(cls) -> Mapping[str, str]:
        return {"year": "contract year", "rolling12months": "rolling twelve months", "rolling": "rolling twelve months"}


class Hardness(Choice):
    HARD = "hard"
    SOFT = "soft"


class Policy(Record):
    """A limit on what is bought from where; rows of one name and several dates are one rule whose limit glides."""

    sheet: ClassVar[str] = "Policy"
    scope: ClassVar[Scope] = "global"
    key: ClassVar[tuple[str, ...]] = ("rule", "from_date")

    rule: str = column("Name of the rule, as it appears in the plan.")
    kind: RuleKind = column(
        "share: of all that counts; amount: in units or USD; count: how many different values; average: of a figure of what is "
        "bought, weighted by the measure."
    )
    measure: Measure = column("What is measured; spend is at landed price without the trader's fee.", Measure.QUANTITY)
    on: On = column("What it is measured on: purchases, or what is in stock at each period's end.", On.PURCHASES)
    attribute: str = column(
        "What it looks at: mine, refine, owner, any stage, country, bloc, supplier, trader, or a column of Offers or "
        "Suppliers; an average: a column of figures, or country risk."
    )
    stage: Stage | None = column("Stage whose bloc or country counts.", None, blank="the attribute says it")
    within: TextList = column(
        "Values that count: a list, `covered` (countries), or `each` (the rule is repeated for each value).",
        (),
        heading="in",
        blank="count: every value",
    )
    exempt: TextList = column("Values that do not count, or blocs whose countries do not.", (), heading="except")
    scope_: str = column(
        "Material or group it holds for, `all` together, or `each material` on its own.", "all", heading="scope"
    )
    trader: str | None = column("Trader whose purchases count.", None, refers="Traders.trader", blank="all traders")
    sense: Sense = column("Whether the limit is a ceiling or a floor.", Sense.AT_MOST)
    limit: float = column(
        "The limit: a share (0.65 or 65 %), an amount, a number of values, or an average.", unit="as measured", at_least=0
    )
    minimum_share: float = column(
        "count: share of the window's total from which a value counts; a ceiling counts what is above it.",
        0.0,
        unit="share",
        at_least=0,
        at_most=1,
    )
    window: Window = column("Time over which it is measured, by order period.", Window.HORIZON)
    counts_open_orders: bool = column("Whether open orders count, in the period of their arrival.", True)
    from_date: date | None = column("First day on which this limit holds.", None, heading="from", blank="always")
    to_date: date | None = column("Last day on which this limit holds.", None, heading="to", blank="until the next row")
    hardness: Hardness = column("hard: never exceeded; soft: exceeding it costs the penalty.", Hardness.HARD)
    penalty: float = column(
        "soft: cost of one unit of the rule's measure beyond the limit, per window.",
        0.0,
        unit="USD/measure",
        at_least=0,
    )
    source: str = column("Where it comes from; kept, not planned with.", "")
