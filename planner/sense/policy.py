"""Whether each policy rule says something: its rows, its words, and the figures that go with its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise

from models.case import EACH_MATERIAL, Case
from models.ledgers import Exposure
from models.origins import ANY_STAGE, BY_STAGE, COUNTRY_RISK, stages
from models.records import Hardness, Measure, Offer, On, OpenOrder, Policy, RuleKind, Sense, Supplier, columns
from models.rules.policy.limits import COVERED, EACH, exposures
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, money, warning
from planner.sense.scopes import unknown_scope
from planner.sense.supply import addable
from planner.validate.names import did_you_mean, listed

Rows = list[tuple[int, Policy]]

DATED = frozenset({"from_date", "to_date", "limit"})
"""What the rows of one rule may differ in."""
WORDS = frozenset({"mine", "refine", "owner", "any stage", "country", "bloc", COUNTRY_RISK, "supplier", "trader"})
"""Attributes that are no columns."""
COLUMNS = frozenset(item.name.replace("_", " ") for record in (Offer, Supplier) for item in columns(record))


@lru_cache(maxsize=4)
def rules(case: Case) -> Mapping[str, Rows]:
    """The rows of each rule, with their positions on the sheet."""
    found: dict[str, Rows] = defaultdict(list)
    for row, policy in enumerate(case.policy):
        found[policy.rule].append((row, policy))
    return found


def attributes(case: Case) -> frozenset[str]:
    """Everything that a rule can look at, in small letters and without underscores."""
    return WORDS | COLUMNS | {name for row in (*case.offers, *case.suppliers) for name in row.attributes}


def figures(case: Case) -> frozenset[str]:
    """Everything that a rule can average."""
    declared = {item.name.replace("_", " ") for record in (Offer, Supplier) for item in columns(record) if item.is_figure}
    return frozenset(declared | {COUNTRY_RISK} | {name for row in (*case.offers, *case.suppliers) for name in row.attributes})


def orders_counted(case: Case, rule: Policy, materials: Collection[str]) -> list[OpenOrder]:
    """The open orders of some materials that a rule counts."""
    orders = case.open_orders if rule.counts_open_orders else ()
    return [order for order in orders if order.material in materials and rule.trader in (None, order.trader)]


def measurable(case: Case, rule: Policy, materials: tuple[str, ...]) -> list[Exposure]:
    """What a rule may measure of some materials, on offer and on order."""
    return [exposure for exposure in exposures(case, rule, materials) if rule.trader in (None, exposure.trader)]


def bound(rule: Policy, limit: float) -> str:
    """A rule's limit in words: a percentage where it is a share."""
    return percent(limit) if rule.kind is RuleKind.SHARE else figure(limit)


def attribute_of(rule: Policy) -> str:
    """The attribute as `attributes` spells it."""
    return rule.attribute.casefold().replace("_", " ")


def rows_agree(case: Case) -> Iterator[Doubt]:
    """The rows of one rule differ in dates and limit only, and follow each other in time."""
    for name, rows in rules(case).items():
        _, first = rows[0]
        for row, policy in rows[1:]:
            differing = [item for item in columns(Policy) if getattr(policy, item.name) != getattr(first, item.name)]
            for item in differing:
                if item.name not in DATED:
                    message = f"the rows of rule {name} differ in '{item.heading}'; only their dates and limits may"
                    yield fault(Policy, row, item.name, message, "Make them alike, or give this row a name of its own.")
        yield from _dates(name, rows)
    for name, rows in rules(case).items():
        yield from _out_of_force(case, name, rows)


def _dates(name: str, rows: Rows) -> Iterator[Doubt]:
    """Each row holds for a time of its own."""
    for row, policy in rows:
        if policy.from_date and policy.to_date and policy.to_date < policy.from_date:
            message = f"rule {name} ends on {policy.to_date}, before it begins on {policy.from_date}"
            yield fault(Policy, row, "to_date", message, "Exchange the two dates, or correct one.")
    ordered = sorted(rows, key=lambda pair: pair[1].from_date or date.min)
    for (_, before), (row, after) in pairwise(ordered):
        if before.to_date and before.to_date >= (after.from_date or date.min):
            message = (
                f"rule {name} has two limits from {after.from_date or 'its beginning'} to {before.to_date}: "
                f"{figure(before.limit)} and {figure(after.limit)}"
            )
            yield fault(Policy, row, "from_date", message, "Let the earlier row end before the later one begins.")


def _out_of_force(case: Case, name: str, rows: Rows) -> Iterator[Doubt]:
    """One of the rows holds within the plan."""
    ends = case.calendar.last_day(case.calendar.periods)
    starts = [case.calendar.first_day(t) for t in case.calendar.horizon]
    if not any((p.from_date or date.min) <= day <= (p.to_date or date.max) for _, p in rows for day in starts):
        message = f"rule {name} is in force on no period's first day between {case.settings.start_date} and {ends}"
        yield warning(Policy, rows[0][0], "from_date", message, "Correct its dates; a limit holds from a period's first day.")


def attributes_are_known(case: Case) -> Iterator[Doubt]:
    """A rule looks at something that offers have."""
    known = attributes(case)
    for name, rows in rules(case).items():
        row, rule = rows[0]
        attribute = attribute_of(rule)
        if attribute not in known:
            guess = did_you_mean(attribute, known)
            message = (
                f"rule {name}: attribute '{rule.attribute}' is no column of Offers or Suppliers that a rule can look at, and "
                f"none of {listed(sorted(WORDS))}{guess}"
            )
            yield fault(Policy, row, "attribute", message, "Correct it.")


def attributes_fit_kind(case: Case) -> Iterator[Doubt]:
    """An average is of figures, other kinds are about something else, and a stage has its use."""
    known = attributes(case)
    for name, rows in rules(case).items():
        row, rule = rows[0]
        attribute = attribute_of(rule)
        if attribute not in known:
            continue
        if rule.kind is not RuleKind.AVERAGE and attribute == COUNTRY_RISK:
            message = f"rule {name}: '{COUNTRY_RISK}' is a figure, which a rule of kind 'average' limits"
            yield fault(Policy, row, "attribute", message, "Write the kind 'average', or another attribute.")
        elif rule.kind is RuleKind.AVERAGE and attribute not in figures(case):
            message = f"rule {name} averages '{rule.attribute}', which is no column of figures of Offers or Suppliers"
            yield fault(Policy, row, "attribute", message, f"Name a column of figures, or '{COUNTRY_RISK}'.")
        elif rule.stage is not None and attribute not in BY_STAGE:
            message = f"rule {name}: the stage '{rule.stage.value}' counts for nothing beside the attribute '{rule.attribute}'"
            yield warning(Policy, row, "stage", message, "Use the attribute 'country' or 'bloc' with a stage, or clear it.")


def scopes_are_known(case: Case) -> Iterator[Doubt]:
    """A rule is about materials that there are, in units that add up."""
    for name, rows in rules(case).items():
        row, rule = rows[0]
        scope = rule.scope_.strip()
        materials = case.in_scope(scope)
        yield from unknown_scope(case, Policy, row, f"rule {name}", scope, EACH_MATERIAL)
        is_one = scope.casefold() == EACH_MATERIAL
        if materials and rule.measure is Measure.QUANTITY and not is_one and not addable(case, materials):
            units = listed(sorted({case.material[name].unit for name in materials}))
            message = f"rule {name} adds up quantities of materials in {units}, which cannot be added up"
            yield fault(Policy, row, "scope_", message, "Use units of mass, the measure 'spend', or the scope 'each material'.")


def figures_fit_kind(case: Case) -> Iterator[Doubt]:
    """Limit, sense, minimum share and penalty go with the rule's kind and hardness."""
    for name, rows in rules(case).items():
        row, rule = rows[0]
        for number, policy in rows:
            if policy.kind is RuleKind.SHARE and policy.limit > 1:
                message = f"rule {name}: a share of {percent(policy.limit)} is more than everything"
                yield fault(
                    Policy, number, "limit", message, f"Write {figure(policy.limit / 100)} for {figure(policy.limit)} %."
                )
            if policy.kind is RuleKind.COUNT and not float(policy.limit).is_integer():
                message = f"rule {name} counts values, and {figure(policy.limit)} is not a whole number"
                yield warning(Policy, number, "limit", message, "Round it up to the number that is meant.")
        if rule.kind is not RuleKind.COUNT and rule.minimum_share:
            message = f"rule {name}: the minimum share of {percent(rule.minimum_share)} has a meaning for counts only"
            yield warning(Policy, row, "minimum_share", message, "Clear it; the figure that limits a share is its limit.")
        if rule.hardness is Hardness.SOFT and not rule.penalty:
            message = f"rule {name} is soft and has no penalty: missing it costs nothing, so that it has no effect"
            yield warning(Policy, row, "penalty", message, "Give a penalty in USD per unit beyond the limit, or make it hard.")
        if rule.hardness is Hardness.HARD and rule.penalty:
            message = f"rule {name} is hard: its penalty of {money(rule.penalty)} counts for nothing"
            yield warning(Policy, row, "penalty", message, "Clear the penalty, or make the rule soft.")


def stock_rules_are_simple(case: Case) -> Iterator[Doubt]:
    """A rule on stock limits what is of restricted origin: nothing else is known of what lies in a depot."""
    for name, rows in rules(case).items():
        row, rule = rows[0]
        if rule.on is not On.STOCK:
            continue
        for column, accepted, holds in (
            ("kind", "share or amount", rule.kind in (RuleKind.SHARE, RuleKind.AMOUNT)),
            ("measure", "quantity", rule.measure is Measure.QUANTITY),
            ("attribute", "any stage", attribute_of(rule) == ANY_STAGE),
            ("within", "covered", [value.casefold() for value in rule.within] == [COVERED]),
            ("exempt", "nothing", not rule.exempt),
            ("trader", "nothing", rule.trader is None),
            ("sense", "at most", rule.sense is Sense.AT_MOST),
        ):
            if not holds:
                heading = next(item.heading for item in columns(Policy) if item.name == column)
                message = (
                    f"rule {name} is on stock, of which only restricted origin is told from open: its '{heading}' can be "
                    f"{accepted} only"
                )
                yield fault(Policy, row, column, message, f"Write {accepted}, or put the rule on purchases.")


def sets_are_named(case: Case) -> Iterator[Doubt]:
    """A rule says which values count, and `each` stands alone."""
    for name, rows in rules(case).items():
        row, rule = rows[0]
        if rule.kind is RuleKind.AVERAGE and (rule.within or rule.exempt):
            message = f"rule {name} is an average over everything in its scope: its sets of values count for nothing"
            yield warning(Policy, row, "within" if rule.within else "exempt", message, "Clear 'in' and 'except'.")
        if not rule.within and rule.kind not in (RuleKind.COUNT, RuleKind.AVERAGE):
            message = f"rule {name} names no values, so that nothing counts"
            remedy = "Fill in 'in': values of the attribute, 'each', or 'covered' for countries."
            yield fault(Policy, row, "within", message, remedy)
        if EACH in rule.within and rule.within != (EACH,):
            message = f"rule {name}: 'each' stands alone, and the cell holds '{'; '.join(rule.within)}'"
            yield fault(Policy, row, "within", message, "Write 'each' only, or list the values without it.")


def stages_are_known(case: Case) -> Iterator[Doubt]:
    """Covered countries are marked as such, and owners have a sheet that tells where they are."""
    covered = any(row.covered for row in case.countries)
    for name, rows in rules(case).items():
        row, rule = rows[0]
        if "covered" in {value.casefold() for value in rule.within} and stages(rule) and not covered:
            why = "no country on the Countries sheet is marked as covered" if case.countries else "there is no Countries sheet"
            message = f"rule {name} is about covered countries, and {why}"
            yield fault(Policy, row, "within", message, "Mark them in the column 'covered' of Countries, or list them here.")
        if "owner" in stages(rule) and not case.suppliers:
            rest = "; only mine and refine count" if len(stages(rule)) > 1 else ", and the rule has no effect"
            message = (
                f"rule {name} looks at owners, whose country the Suppliers sheet tells; there is none, so this stage is off"
            )
            column = "attribute" if rule.stage is None else "stage"
            yield warning(Policy, row, column, message + rest, "Add the Suppliers sheet with its owner countries.")
