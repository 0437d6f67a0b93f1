"""The scenario set: what the Scenarios sheet says may come, with the probability of each combination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from math import prod
from typing import NamedTuple

from models.arrivals import supplier_of
from models.case import Case
from models.records import Hits, Scenario, Shock, Stage
from models.shocked import Shocked

NORMAL = "normal"
"""The name of the state in which nothing happens."""
JOINT = " + "
"""What stands between the names of scenarios that hold together."""
NOTHING = 1e-12
"""A probability below this is none."""


_Names = tuple[str, ...]
_States = Mapping[_Names, float]
"""The states of a group, as the scenarios that hold in each, with their probabilities."""


class Future(NamedTuple):
    """States of all groups together.

    Attributes:
        scenarios: those that have an effect, in the order of their sheet; none where all goes its normal way.
        probability: of all that have the same effects.
    """

    scenarios: tuple[str, ...]
    probability: float

    @property
    def name(self) -> str:
        """`ban + outage`."""
        return joined(self.scenarios)


class Futures(NamedTuple):
    """The scenario set.

    Attributes:
        kept: the most probable ones, in order of probability; what was dropped counts with the disturbed ones in proportion.
        dropped: probability of those left out, since there were more than `max scenarios`.
    """

    kept: tuple[Future, ...]
    dropped: float


def joined(scenarios: tuple[str, ...]) -> str:
    """Several scenarios as one name: no scenario's own has what joins them, or is the normal state's."""
    return JOINT.join(scenarios) or NORMAL


@lru_cache(maxsize=4)
def futures_of(case: Case) -> Futures:
    """Every combination of one state per group, and of overlays that hold or not; groups are independent of each other.

    Combinations of the same effects are one. Group by group only the most probable are kept, which loses none of the most
    probable of all, since a combination is at most as probable as each part of it.
    """
    order = {row.scenario: position for position, row in enumerate(case.scenarios)}
    most = case.settings.max_scenarios
    combined: dict[_Names, float] = {(): 1.0}
    kept = 1.0

    def rank(names: _Names) -> list[int]:
        return [order[name] for name in names]

    for states in _likeliest(list(_groups(case).values()), most, rank):
        product = {
            tuple(sorted((*others, *state), key=order.__getitem__)): probability * own
            for others, probability in combined.items()
            for state, own in states.items()
        }
        best = sorted(product, key=lambda names: (-product[names], rank(names)))[:most]
        share = sum(product[names] for names in best)
        kept *= share
        combined = {names: product[names] / share for names in best}  # anew each time: thousands of factors come to nothing
    dropped = 1.0 - kept if 1.0 - kept > NOTHING else 0.0
    if dropped and () in combined and len(combined) > 1:  # all that was dropped is disturbed, and counts with what is
        normal = prod(states.get((), 0.0) for states in _groups(case).values())
        others = (1.0 - normal) / (1.0 - combined[()])
        combined = {names: probability * others if names else normal for names, probability in combined.items()}
    futures = tuple(Future(names, probability) for names, probability in combined.items())
    return Futures(futures, dropped)


def _likeliest(groups: Sequence[_States], most: int, rank: Callable[[_Names], list[int]]) -> Iterator[_States]:
    """The states of each group that one of the most probable combinations can hold; groups without another are one.

    That is the likeliest of each group, and of all others as many as there are combinations: those that come closest to the
    likeliest of their group. A combination with any other state has as many before it, with each of these in its place, or
    without a state of theirs that it holds.
    """
    first = [min(states, key=lambda names: (-states[names], rank(names))) for states in groups]
    others = [
        (-own / states[usual], rank(names), number, names)
        for number, (states, usual) in enumerate(zip(groups, first, strict=True))
        for names, own in states.items() if names != usual
    ]  # fmt: skip
    chosen: dict[int, list[_Names]] = defaultdict(list)
    for _, _, number, names in sorted(others)[:most]:
        chosen[number].append(names)
    silent = [number for number, usual in enumerate(first) if not usual and number not in chosen]
    yield {(): prod(groups[number][()] for number in silent)}
    for number in sorted(set(range(len(groups))) - set(silent)):
        yield {names: groups[number][names] for names in (first[number], *chosen[number])}


def _groups(case: Case) -> Mapping[str | tuple[str], _States]:
    """The states of each group that something follows from, as scenarios, with their probabilities; () for all others."""
    effective = {row.scenario for row in case.shocks}
    groups: dict[str | tuple[str], list[Scenario]] = {}
    for row in case.scenarios:
        groups.setdefault(row.group.strip().casefold() or (row.scenario,), []).append(row)
    found: dict[str | tuple[str], _States] = {}
    for group, rows in groups.items():
        likely = (row for row in rows if row.scenario in effective and row.probability > NOTHING)
        states: dict[tuple[str, ...], float] = {(row.scenario,): row.probability for row in likely}
        normal = 1.0 - sum(states.values())
        found[group] = states | ({(): normal} if normal > NOTHING else {})
    return found


def tail_counts(case: Case) -> bool:
    """Whether CVaR is weighed or capped."""
    return bool(case.scenarios and case.shocks) and (case.settings.risk_weight > 0.0 or case.settings.cvar_cap is not None)


def touching(case: Case, material: str, future: Future) -> tuple[str, ...]:
    """The scenarios of a future that have a shock which does something to a material."""
    about = _felt(case.whole).get(material, {})
    return tuple(name for name in future.scenarios if name in about)


def shocks_on(case: Case, material: str, scenarios: tuple[str, ...]) -> tuple[Shock, ...]:
    """The shocks of some scenarios that do something to a material."""
    about = _felt(case.whole).get(material, {})
    return tuple(row for name in scenarios for row in about.get(name, ()))


@lru_cache(maxsize=4)
def _felt(case: Case) -> Mapping[str, Mapping[str, list[Shock]]]:
    """The shocks that do something to each material of a whole case, by scenario: what is not felt begins nothing."""
    in_scope = cache(case.in_scope)  # a sample names the same few thousands of times
    reached: dict[tuple[Hits, str, Stage | None], Mapping[str, bool]] = {}
    found: dict[str, dict[str, list[Shock]]] = defaultdict(lambda: defaultdict(list))
    for row in case.shocks:
        key = row.hits, row.name, row.stage
        if key not in reached:
            reached[key] = _reached(case, row)
        for material in in_scope(row.scope_):
            if material in reached[key] and _changes(row, follows=reached[key][material]):
                found[material][row.scenario].append(row)
    return {material: dict(rows) for material, rows in found.items()}


def _reached(case: Case, shock: Shock) -> Mapping[str, bool]:
    """The materials that what a shock hits has to do with, and whether prices follow it there."""
    if shock.hits is Hits.MATERIAL:
        return dict.fromkeys(case.in_scope(shock.name), True)
    if shock.hits is Hits.INDEX:
        following = {row.material for row in case.offers if row.index == shock.name}
        following |= {row.material for row in case.materials if row.benchmark_index == shock.name}
        return dict.fromkeys(following, True)
    shocked, found = Shocked(case, ()), dict[str, bool]()
    for offer in case.offers:
        if shocked.part(shock, offer.offer, offer.supplier):
            found[offer.material] = found.get(offer.material, False) or offer.index is not None
    for order in case.open_orders:
        if shocked.part(shock, order.offer or "", supplier_of(case, order)):
            found.setdefault(order.material, False)
    for material in case.material:
        if not case.offers_of[material] and shocked.part(shock, "", ""):
            found.setdefault(material, False)
    return found


def _changes(shock: Shock, *, follows: bool) -> bool:
    """Whether a shock changes anything of what it hits: goods, demand, or prices where they follow it."""
    goods = shock.hits is not Hits.INDEX and (shock.availability < 1.0 or shock.delay_days > 0.0)
    demand = shock.hits is Hits.MATERIAL and shock.demand_factor != 1.0
    return goods or demand or (follows and shock.price_factor != 1.0)
