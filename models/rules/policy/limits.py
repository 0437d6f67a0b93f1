"""The building side of policy rules: a row of the sheet becomes limits, one for each scope, value and window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.case import EACH_MATERIAL, Case, grouped
from models.ledgers import Exposure
from models.origins import countries, exposure_of_order, stages, value_of
from models.records import SECONDARY, UNKNOWN, Measure, On, Policy, RuleKind, Sense, UnknownOrigin, Window

EACH = "each"
COVERED = "covered"


@dataclass(frozen=True)
class Limit:
    """One limit of a rule.

    Attributes:
        rule: the rule's first row; its other rows differ in dates and limit only.
        material: the material it holds for alone, or empty.
        value: the value of an `each` rule, or empty.
        window: name of the window.
        materials: everything in its scope, of the whole case.
        limits: the limit in force in each period of the window.
        counts: how far an exposure counts, from 0 to 1; for an average, its figure.
    """

    rule: Policy
    material: str
    value: str
    window: str
    materials: tuple[str, ...]
    limits: Mapping[int, float]
    counts: Callable[[Exposure], float]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What its row is indexed by."""
        return self.rule.rule, self.material, self.value, self.window

    @property
    def last(self) -> int:
        """The window's last period."""
        return max(self.limits)

    def unit(self, case: Case) -> str:
        """What it measures in: USD, or the unit of its materials."""
        return "USD" if self.rule.measure is Measure.SPEND else case.common_unit(self.materials)


@lru_cache(maxsize=4)
def limits_of(case: Case) -> tuple[Limit, ...]:
    """The limits of the case's policy: those on several materials, and those on one that the case holds."""
    return tuple(limit for limit in _all_limits(case) if not limit.material or limit.material in case.material)


def _all_limits(case: Case) -> Iterator[Limit]:
    for rows in grouped(case.whole.policy, "rule").values():
        in_force = _in_force(case, rows)
        for material, materials in _scopes(case.whole, rows[0]):
            for value, counts in _values(case.whole, rows[0], materials):
                window_kind = Window.PERIOD if rows[0].on is On.STOCK else rows[0].window
                for window, periods in _windows(case, window_kind):
                    limits = {t: in_force[t] for t in periods if t in in_force}
                    if limits:
                        yield Limit(rows[0], material, value, window, materials, limits, counts)


def text_values(case: Case, exposure: Exposure, attribute: str) -> tuple[str, ...]:
    """The values of any other attribute: supplier, trader, or a column of Offers or Suppliers; a blank is `unknown`."""
    name = attribute.casefold().replace(" ", "_")
    if name in ("supplier", "trader"):
        return (getattr(exposure, name) or UNKNOWN,)
    for record in (case.offer.get(exposure.offer), case.supplier.get(exposure.supplier)):
        if record is None:
            continue
        value = record.attributes.get(name.replace("_", " "), getattr(record, name, None))
        if isinstance(value, bool):
            return ("yes" if value else "no",)
        if value not in (None, "", ()):
            return tuple(value) if isinstance(value, tuple) else (f"{value:g}" if isinstance(value, float) else str(value),)
    return (UNKNOWN,)


def _in_force(case: Case, rows: list[Policy]) -> dict[int, float]:
    """The limit in force on each period's first day; periods before, between or after the rows have none."""
    ordered = sorted(rows, key=lambda row: row.from_date or date.min)
    found = {}
    for t in case.calendar.horizon:
        first = case.calendar.first_day(t)
        begun = [row for row in ordered if (row.from_date or date.min) <= first]
        if begun and first <= (begun[-1].to_date or date.max):
            found[t] = begun[-1].limit
    return found


def _scopes(case: Case, rule: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The material that a limit is about alone (else empty), and all that it is about."""
    scope = rule.scope_.strip()
    if scope.casefold() == EACH_MATERIAL:
        yield from ((name, (name,)) for name in case.material)
    else:
        yield scope if scope in case.material else "", case.in_scope(scope)


def _values(case: Case, rule: Policy, materials: tuple[str, ...]) -> Iterator[tuple[str, Callable[[Exposure], float]]]:
    """The values that a rule is repeated for, with what counts; a plain rule has one, without name."""
    if rule.kind is RuleKind.AVERAGE:
        yield "", lambda exposure: value_of(case, exposure, rule) or 0.0
        return
    repeated = rule.within == (EACH,) or (rule.kind is RuleKind.COUNT and not rule.within)
    if not repeated and rule.kind is not RuleKind.COUNT:
        yield "", _counter(case, rule, frozenset(rule.within))
        return
    values = found_values(case, rule, materials) if repeated else list(rule.within)
    for value in values:
        yield value, _counter(case, rule, frozenset((value,)))


def found_values(case: Case, rule: Policy, materials: tuple[str, ...]) -> list[str]:
    """Every value of the rule's attribute among the offers and open orders that it counts, in alphabetical order."""
    found: set[str] = set()
    for exposure in exposures(case, rule, materials):
        for stage in stages(rule):
            names = [country for country, _ in countries(case, exposure, stage)]
            found.update(_blocs(case, names) if rule.attribute.casefold() == "bloc" else names)
        if not stages(rule):
            found.update(text_values(case, exposure, rule.attribute))
    exempt = set(rule.exempt)
    spared = {c for c in found if c == SECONDARY or c in exempt or exempt & set(_blocs(case, [c]))}
    return sorted(found - spared)


def exposures(case: Case, rule: Policy, materials: tuple[str, ...]) -> Iterator[Exposure]:
    """Where goods may come from that a rule counts: offers by any trader, and open orders."""
    for offer in case.offers:
        if offer.material in materials:
            yield from (Exposure(offer.offer, offer.supplier, trader) for trader in case.trader)
    for order in case.open_orders if rule.counts_open_orders else ():
        if order.material in materials:
            yield exposure_of_order(case, order)


def _blocs(case: Case, names: list[str]) -> list[str]:
    return [bloc for name in names if name in case.country for bloc in case.country[name].blocs]


def _counter(case: Case, rule: Policy, wanted: frozenset[str]) -> Callable[[Exposure], float]:
    """How far an exposure counts: the share of its countries, or of its values, that is wanted and not exempt."""
    exempt = frozenset(rule.exempt)
    by_bloc = rule.attribute.casefold() == "bloc"
    by_name = {row.name.casefold(): row.iso3 for row in case.countries if row.name}
    wanted |= {by_name[name.casefold()] for name in wanted if name.casefold() in by_name}
    covers = COVERED in {name.casefold() for name in wanted}
    named = [row for row in case.countries if (wanted.intersection(row.blocs) if by_bloc else row.iso3 in wanted)]
    names_covered = covers or any(row.covered for row in named)
    own_value = rule.within == (EACH,) or rule.kind is RuleKind.COUNT  # there the unknown stands for itself
    limits = rule.sense is Sense.AT_MOST or covers  # what is unknown meets no floor: it may come from anywhere
    restricted = case.settings.unknown_origin is UnknownOrigin.RESTRICTED and limits and not own_value

    def counts(country: str) -> bool:
        if country == UNKNOWN:
            return UNKNOWN in wanted or (restricted and names_covered)
        blocs = _blocs(case, [country])
        if country in exempt or exempt.intersection(blocs):
            return False
        if by_bloc:
            return bool(wanted.intersection(blocs))
        return country in wanted or (covers and country in case.country and case.country[country].covered)

    def counter(exposure: Exposure) -> float:
        looked_at = stages(rule)
        if not looked_at:
            return float(any(v in wanted and v not in exempt for v in text_values(case, exposure, rule.attribute)))
        found = (countries(case, exposure, stage) for stage in looked_at)
        return max(min(1.0, sum(share for country, share in named if counts(country))) for named in found)

    return counter


def _windows(case: Case, window: Window) -> Iterator[tuple[str, range]]:
    """The windows of a kind, by name: every period, every twelve months from the start, rolling ones, or the horizon."""
    calendar = case.calendar
    year = 12 // calendar.months
    last = calendar.periods
    starts: range = {
        Window.PERIOD: range(1, last + 1),
        Window.YEAR: range(1, last + 1, year),
        Window.ROLLING: range(1, max(1, last - year + 1) + 1),
        Window.HORIZON: range(1, 2),
    }[window]
    length = {Window.PERIOD: 1, Window.YEAR: year, Window.ROLLING: year, Window.HORIZON: last}[window]
    for begins in starts:
        ends = min(begins + length - 1, last)
        name = calendar.name(begins)
        yield name if begins == ends else f"{name} to {calendar.name(ends)}", range(begins, ends + 1)
