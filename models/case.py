"""A case: everything a workbook says, immutable and consistent."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from models.calendar import Calendar
from models.records import (
    MASS_IN_TONNES,
    SHEETS,
    Actual,
    Advance,
    Budget,
    CallOff,
    Commitment,
    Contingency,
    Country,
    Decision,
    Demand,
    Depot,
    Duty,
    Funding,
    Hazard,
    InputChange,
    Mandate,
    Material,
    Member,
    Offer,
    OpeningStock,
    OpenOrder,
    Partner,
    PastPurchase,
    Payable,
    Policy,
    Previous,
    Price,
    PriceBreak,
    PriceCase,
    PriceImpact,
    Record,
    Scenario,
    Settings,
    Shock,
    Supplier,
    Trader,
)
from models.references import dangling

EACH_MATERIAL = "each material"
"""The scope of a limit that holds for every material on its own."""


def table_of(record: type[Record]) -> str:
    """Name of the case's field that holds a sheet's rows: `PriceBreaks` → `price_breaks`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record.sheet).lower()


@dataclass(frozen=True, eq=False)
class Case:
    """All rows of a workbook. Changed by `dataclasses.replace`, narrowed by `restrict`.

    Raises:
        ValueError: if a row refers to something that is not there, a key occurs twice, or the start date is not
            the first day of a period.
    """

    settings: Settings
    materials: tuple[Material, ...]
    offers: tuple[Offer, ...]
    traders: tuple[Trader, ...]
    budgets: tuple[Budget, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    price_breaks: tuple[PriceBreak, ...] = ()
    price_impact: tuple[PriceImpact, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    prices: tuple[Price, ...] = ()
    duties: tuple[Duty, ...] = ()
    depots: tuple[Depot, ...] = ()
    opening_stock: tuple[OpeningStock, ...] = ()
    open_orders: tuple[OpenOrder, ...] = ()
    payables: tuple[Payable, ...] = ()
    past_purchases: tuple[PastPurchase, ...] = ()
    actuals: tuple[Actual, ...] = ()
    previous: tuple[Previous, ...] = ()
    input_changes: tuple[InputChange, ...] = ()
    decisions: tuple[Decision, ...] = ()
    demand: tuple[Demand, ...] = ()
    members: tuple[Member, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    call_offs: tuple[CallOff, ...] = ()
    funding: tuple[Funding, ...] = ()
    advances: tuple[Advance, ...] = ()
    countries: tuple[Country, ...] = ()
    policy: tuple[Policy, ...] = ()
    contingencies: tuple[Contingency, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    shocks: tuple[Shock, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    partners: tuple[Partner, ...] = ()
    cost_cap: float | None = None
    """Where a plan near the last one is looked for: what it may cost (discounted USD); infinite for as much as it likes."""
    averaged: bool = False
    """Whether all that scenarios do is replaced by its mean."""
    unrestricted: Case | None = field(default=None, repr=False)
    """The case that this one was narrowed from: what coupling rows are indexed by must not shrink with it."""

    def __post_init__(self) -> None:
        if self.unrestricted is not None:
            return  # a part of a valid case is valid
        assert self.calendar.periods  # raises on a start date that is not a period's first day
        for fault in dangling(self.tables()):
            raise ValueError(f"{fault.record.sheet} row {fault.row + 1}: {fault.column} {fault.value!r} is not known")
        for record, rows in self.tables().items():
            keys = [tuple(getattr(row, name) for name in record.key) for row in rows]
            if record.key and len(set(keys)) < len(keys):
                raise ValueError(f"{record.sheet}: a key occurs twice")

    def tables(self) -> dict[type[Record], Sequence[Record]]:
        """The rows of every sheet but Settings, by record."""
        return {record: getattr(self, table_of(record)) for record in SHEETS if record is not Settings}

    @property
    def whole(self) -> Case:
        """The case before any restriction."""
        return self.unrestricted or self

    def with_settings(self, **changes: Any) -> Case:
        """The case with other settings."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    def restrict(self, materials: Iterable[str]) -> Case:
        """The part of the case about some materials; global sheets and suppliers stay whole.

        `restrict(())` is the master's case: nothing but what couples materials.
        """
        kept = frozenset(materials)
        offers = {offer.offer for offer in self.offers if offer.material in kept}

        def stays(row: Any) -> bool:
            return row.material in kept if hasattr(row, "material") else row.offer in offers

        parts: dict[str, Any] = {
            table_of(record): tuple(row for row in rows if stays(row))
            for record, rows in self.tables().items()
            if record.scope in ("material", "offer")
        }
        return replace(self, **parts, unrestricted=self.whole)

    # Look-ups. Each is computed once per case.

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.settings.start_date, self.settings.periods, self.settings.period)

    @cached_property
    def material(self) -> Mapping[str, Material]:
        return {row.material: row for row in self.materials}

    @cached_property
    def offer(self) -> Mapping[str, Offer]:
        return {row.offer: row for row in self.offers}

    @cached_property
    def supplier(self) -> Mapping[str, Supplier]:
        return {row.supplier: row for row in self.suppliers}

    @cached_property
    def trader(self) -> Mapping[str, Trader]:
        return {row.trader: row for row in self.traders}

    @cached_property
    def member(self) -> Mapping[str, Member]:
        return {row.member: row for row in self.members}

    @cached_property
    def country(self) -> Mapping[str, Country]:
        return {row.iso3: row for row in self.countries}

    @cached_property
    def mandate(self) -> Mapping[tuple[str, str], Mandate]:
        return {(row.trader, row.material): row for row in self.mandates}

    @cached_property
    def last_plan_until(self) -> date | None:
        """The last day that the last plan looked ahead to, by default that of its last order; nothing without such a plan."""
        return self.settings.previous_until or max((row.period for row in self.previous), default=None)

    def in_scope(self, scope: str) -> tuple[str, ...]:
        """The materials that a scope names: all, a material, or a group; none where it names nothing that is there."""
        named = scope.strip()
        if named in self.material:
            return (named,)
        everything = named.casefold() in ("", "all", EACH_MATERIAL)
        return tuple(row.material for row in self.materials if everything or row.group == named)

    @cached_property
    def offers_of(self) -> Mapping[str, tuple[Offer, ...]]:
        """The offers of each material."""
        groups = grouped(self.offers, "material")
        return {material: tuple(groups[material]) for material in self.material}

    @cached_property
    def materials_of(self) -> Mapping[str, frozenset[str]]:
        """The materials that each supplier offers."""
        groups = grouped(self.offers, "supplier")
        return {supplier: frozenset(offer.material for offer in rows) for supplier, rows in groups.items()}

    @cached_property
    def breaks_of(self) -> Mapping[str, tuple[PriceBreak, ...]]:
        """The price breaks of each offer that has any, by rising quantity."""
        groups = grouped(self.price_breaks, "offer")
        return {offer: tuple(sorted(rows, key=lambda row: row.from_quantity)) for offer, rows in groups.items()}

    @cached_property
    def bought_before(self) -> Mapping[tuple[str, str], tuple[PastPurchase, ...]]:
        """What each trader ordered on each offer before the plan, by rising day."""
        groups: dict[tuple[str, str], list[PastPurchase]] = defaultdict(list)
        for row in sorted(self.past_purchases, key=lambda row: row.date):
            if row.date < self.settings.start_date:
                groups[row.offer, row.trader].append(row)
        return {pair: tuple(rows) for pair, rows in groups.items()}

    def signing_cost(self, offer: str, trader: str) -> float:
        """What it costs a trader to sign an offer, in USD: nothing where it has a contract from before the plan."""
        return 0.0 if (offer, trader) in self.bought_before else self.offer[offer].contract_cost

    @cached_property
    def _quotations(self) -> Mapping[str, tuple[list[date], list[float]]]:
        rows, end = grouped(sorted(self.prices, key=lambda row: row.date), "index"), self.settings.price_case

        def value(row: Price) -> float:
            other = {PriceCase.LOW: row.low, PriceCase.BASE: None, PriceCase.HIGH: row.high}[end]
            return row.value if other is None else other

        return {index: ([row.date for row in group], [value(row) for row in group]) for index, group in rows.items()}

    @cached_property
    def index_unit(self) -> Mapping[str, str | None]:
        """The unit that each index is quoted per; nothing where it is that of the materials that follow it."""
        return {row.index: row.unit for row in reversed(self.prices)}

    def quotation(self, index: str, day: date) -> float:
        """Price of an index on a day, in USD per its own unit: its last row on or before the day.

        Raises:
            KeyError: if the index has no row on or before the day.
        """
        days, values = self._quotations[index]
        position = bisect_right(days, day)
        if not position:
            raise KeyError(f"{index} has no price on {day}")
        return values[position - 1]

    def times(self, unit: str, other: str) -> float:
        """What a price per one unit is multiplied by to be one per the other.

        Two units of which one is no mass count as alike: `planner.sense.units` finds them.
        """
        if unit == other or not {unit, other} <= MASS_IN_TONNES.keys():
            return 1.0
        return MASS_IN_TONNES[other] / MASS_IN_TONNES[unit]

    def lot(self, offer: Offer) -> float | None:
        """The lot in which an offer is bought: its own, or its material's."""
        return offer.lot or self.whole.material[offer.material].lot

    def common_unit(self, materials: Iterable[str]) -> str:
        """The unit in which some materials are added up: their own where it is the same, else tonnes.

        Asked of the whole case, so that a restriction never changes what a limit is measured in.
        """
        units = {self.whole.material[name].unit for name in materials}
        return units.pop() if len(units) == 1 else "t"

    def in_unit(self, material: str, unit: str) -> float:
        """How many of `unit` one unit of the material is.

        Raises:
            KeyError: if the two units differ and one is not a unit of mass.
        """
        own = self.whole.material[material].unit
        return 1.0 if own == unit else MASS_IN_TONNES[own] / MASS_IN_TONNES[unit]


def grouped(rows: Iterable[Any], name: str) -> dict[str, list[Any]]:
    """Rows by the value of one of their fields, in the order in which they come."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups
