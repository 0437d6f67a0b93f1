"""Whether policy rules contradict each other, or one makes another one idle: what both measure is compared offer by offer."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, product
from typing import NamedTuple

from models.case import Case
from models.origins import stages
from models.records import Hardness, On, Policy, RuleKind, Sense
from models.rules.policy.limits import Limit, limits_of
from planner.sense.doubt import Doubt, warning
from planner.sense.policy import attribute_of, bound, measurable, orders_counted, rules
from planner.sense.policy_effect import doubtful, limits_can_bind
from planner.sense.policy_room import NOISE


class Series(NamedTuple):
    """What a rule asks for of one scope and value, window by window; a count is one series for all its values.

    Attributes:
        limits: by their first period; where several begin in it, the longest first.
        parts: how far everything that it may measure counts, for each value.
    """

    rule: Policy
    limits: Mapping[int, Sequence[Limit]]
    parts: tuple[float, ...]

    def over(self, whole: Limit) -> list[Limit]:
        """The limits that fill the periods of another one, one after the other; none if they do not."""
        left, found = sorted(whole.limits), []
        while left:
            fitting = [limit for limit in self.limits.get(left[0], ()) if limit.limits.keys() <= set(left)]
            if not fitting:
                return []
            found.append(fitting[0])
            left = [t for t in left if t not in fitting[0].limits]
        return found


def limits_agree(case: Case) -> Iterator[Doubt]:
    """No hard floor lies above a hard ceiling on the same, or on more than the same."""
    told = set()
    for together in _comparable(case).values():
        hard = [series for series in together if series.rule.hardness is Hardness.HARD]
        floors, ceilings = ([one for one in hard if one.rule.sense is sense] for sense in (Sense.AT_LEAST, Sense.AT_MOST))
        for floor, ceiling in product(floors, ceilings):
            pair = floor.rule.rule, ceiling.rule.rule
            at_odds = None if pair in told else _at_odds(floor, ceiling)
            if at_odds is not None:
                told.add(pair)
                message = _contradiction(*at_odds, "the same" if floor.parts == ceiling.parts else "this and more")
                last = max(rules(case)[name][0][0] for name in pair)
                yield warning(Policy, last, "limit", message, "Correct one of the two.")


def limits_differ(case: Case) -> Iterator[Doubt]:
    """No rule asks for what a hard one asks for as strictly of the same; of rules that are not doubtful otherwise."""
    spoken_of = doubtful(case) | {doubt.row for doubt in limits_can_bind(case)}
    beside = _implying(case)
    for name, rows in rules(case).items():
        row = rows[0][0]
        others = [other for other in beside.get(name, ()) if name not in beside[other] or rules(case)[other][0][0] < row]
        if others and row not in spoken_of:
            message = f"rule {name} can never make a difference beside rule {min(others)}, which asks for as much of the same"
            yield warning(Policy, row, "limit", message, "Delete it, or tighten it.")


def _implying(case: Case) -> Mapping[str, set[str]]:
    """For each rule those that ask for all that it asks for."""
    found: dict[str, list[set[str]]] = defaultdict(list)
    for together in _comparable(case).values():
        for one in together:
            found[one.rule.rule].append({other.rule.rule for other in together if _is_implied(one, other)})
    return {name: set.intersection(*others) for name, others in found.items()}


@lru_cache(maxsize=4)
def _comparable(case: Case) -> Mapping[object, list[Series]]:
    """The series that measure the same purchases and orders in one unit; counts also of the same values."""
    by_series: dict[tuple[str, str, str], dict[str, list[Limit]]] = defaultdict(lambda: defaultdict(list))
    for limit in limits_of(case):
        if limit.rule.on is On.PURCHASES:
            value = "" if limit.rule.kind is RuleKind.COUNT else limit.value
            by_series[limit.rule.rule, limit.material, value][limit.value].append(limit)
    found: dict[object, list[Series]] = defaultdict(list)
    for by_value in by_series.values():
        limits = next(iter(by_value.values()))
        rule, materials = limits[0].rule, limits[0].materials
        exposures = measurable(case, rule, materials)
        parts = tuple(limits[0].counts(exposure) for limits in by_value.values() for exposure in exposures)
        begins: dict[int, list[Limit]] = defaultdict(list)
        for limit in sorted(limits, key=lambda limit: -len(limit.limits)):
            begins[min(limit.limits)].append(limit)
        ordered = tuple(order.order for order in orders_counted(case, rule, materials))
        values = tuple(by_value) if rule.kind is RuleKind.COUNT else ()
        key = rule.kind, rule.measure, rule.trader, frozenset(materials), ordered, values
        found[key].append(Series(rule, begins, parts))
    return found


def _at_odds(floor: Series, ceiling: Series) -> tuple[Limit, Limit] | None:
    """A limit of a floor and one of a ceiling that stand against each other; one of them may be the first of several.

    All that counts for the floor counts for the ceiling, and over the same periods the floor asks for more.
    """
    if not any(floor.parts) or not all(map(operator.ge, ceiling.parts, floor.parts)):
        return None
    wide_floors = (([limit], ceiling.over(limit)) for limit in _all(floor))
    wide_ceilings = ((floor.over(limit), [limit]) for limit in _all(ceiling))
    for low, high in chain(wide_floors, wide_ceilings):
        if low and high and _exceed(low, high):
            return low[0], high[0]
    return None


def _exceed(low: Sequence[Limit], high: Sequence[Limit]) -> bool:
    """Whether the limits of a floor exceed those of a ceiling over the same periods."""
    floor, ceiling = low[0].rule, high[0].rule
    if floor.kind is RuleKind.AMOUNT:
        return sum(limit.limits[limit.last] for limit in low) > sum(limit.limits[limit.last] for limit in high) + NOISE
    if floor.kind is RuleKind.COUNT:  # what has just the share counts for a floor, and not for a ceiling
        counts = floor.minimum_share > ceiling.minimum_share or not (floor.minimum_share or ceiling.minimum_share)
        return len(low) == len(high) == 1 and counts and low[0].limits[low[0].last] > high[0].limits[high[0].last]
    least, most = ({t: at for limit in limits for t, at in limit.limits.items()} for limits in (low, high))
    return all(at > most[t] + NOISE for t, at in least.items())


def _is_implied(one: Series, other: Series) -> bool:
    """Whether a hard rule asks for what another one asks for, as strictly or more so, of just the same."""
    rule, hard = one.rule, other.rule
    if rule.rule == hard.rule or hard.hardness is Hardness.SOFT or rule.sense is not hard.sense:
        return False
    if one.parts != other.parts or _looked_at(rule) != _looked_at(hard) or rule.minimum_share != hard.minimum_share:
        return False
    return all(_is_as_strict(other.over(limit), limit) for limit in _all(one))


def _is_as_strict(limits: Sequence[Limit], limit: Limit) -> bool:
    """Whether limits over the periods of another one ask for as much as it does."""
    as_strict: Callable[[float, float], bool] = operator.le if limit.rule.sense is Sense.AT_MOST else operator.ge
    if limit.rule.kind in (RuleKind.AMOUNT, RuleKind.COUNT):  # these hold for a window as a whole
        return len(limits) == 1 and as_strict(limits[0].limits[limit.last], limit.limits[limit.last])
    return bool(limits) and all(as_strict(at, limit.limits[t]) for part in limits for t, at in part.limits.items())


def _looked_at(rule: Policy) -> object:
    """What a rule looks at: stages of origin, or an attribute; blocs are made of countries."""
    return stages(rule) or attribute_of(rule)


def _all(series: Series) -> Iterator[Limit]:
    return (limit for limits in series.limits.values() for limit in limits)


def _contradiction(low: Limit, high: Limit, same: str) -> str:
    """How a floor and a ceiling contradict each other: amounts always, the rest wherever anything is bought."""
    wide = max(low, high, key=lambda limit: len(limit.limits))
    nothing = f"in {wide.window} nothing that they are about can be bought"
    end = "no plan can exist" if low.rule.kind is RuleKind.AMOUNT else nothing
    return f"rules contradict each other: {_asked(low, high)}, and {_asked(high, low)} of {same}; {end}"


def _asked(limit: Limit, other: Limit) -> str:
    """What a limit asks for, in words; with its window where that of the other one differs."""
    rule = limit.rule
    about = [limit.value] if limit.value else []
    about += [f"window {rule.window.value}"] if rule.window is not other.rule.window else []
    name = f"{rule.rule} ({', '.join(about)})" if about else rule.rule
    return f"{name} asks for {rule.sense.value} {bound(rule, limit.limits[limit.last])}"
