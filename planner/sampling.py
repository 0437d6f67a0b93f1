"""Scenarios drawn from the sheet Hazards: how often, how long and how deep, and what happens together.

Each draw is a possible course of the plan's whole horizon, as likely as every other. Hazards of one driver come together:
with common and own standard normal variables Z and ε, a hazard happens as often in a draw as the Poisson distribution of its
frequency has at Φ(√correlation · Z + √(1 − correlation) · ε), a Gaussian copula.

A smaller set keeps the draws that stand best for the others, each with the probability of those that it is nearest to: fast
forward selection (Heitsch and Römisch, Scenario reduction algorithms in stochastic programming, Computational Optimization
and Applications 24, 2003), where draws are as far apart as what they do to each material, at benchmark prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist

import numpy as np

from models.case import Case
from models.effect import Effect, hit
from models.landed_cost import benchmark
from models.ledgers import Exposure
from models.needs import demand
from models.records import Hazard, Hits, Offer, Scenario, Shock
from planner.engine.programme import Floats
from planner.findings import FaultyInput, Finding, Severity

GROUP = "sample"
"""Draws exclude each other."""
STANDARD = NormalDist()
MOST = 1000
"""Events of one hazard in one draw at most: one that comes every month has 600 in the longest plan."""
DAYS_PER_YEAR = 365.0


def sampled(case: Case, number: int, seed: int) -> Case:
    """The case with draws in place of its scenarios; those in which nothing happens are left to the normal state.

    Raises:
        FaultyInput: the case has no hazards.
    """
    if not case.hazards:
        message = "the sheet has no rows: there is nothing to draw from"
        raise FaultyInput([Finding(Severity.FAULT, "Hazards", "", "", message, "Say there what may happen, and how often.")])
    random = Random(seed)
    scenarios, shocks = [], []
    for k in range(number):
        name = f"draw {k + 1}"
        found = list(_draw(case, random, name))
        if found:
            scenarios.append(Scenario(scenario=name, probability=1.0 / number, group=GROUP))
            shocks += found
    return replace(case, scenarios=tuple(scenarios), shocks=tuple(shocks))


def reduced(case: Case, keep: int) -> Case:
    """The case with at most so many of its draws, the normal state apart."""
    if len(case.scenarios) <= keep:
        return case
    features = _features(case)
    weights = np.array([row.probability for row in case.scenarios])
    weights = np.append(weights, max(0.0, 1.0 - weights.sum()))
    features = np.vstack((features, np.zeros(features.shape[1])))  # the normal state, which is kept in any case
    chosen = [len(features) - 1]
    nearest = _distances(features, chosen[0])
    for _ in range(keep):
        gains = [(weights * np.maximum(nearest - _distances(features, k), 0.0)).sum() for k in range(len(features) - 1)]
        best = int(np.argmax(gains))
        if gains[best] <= 0.0:  # those that are chosen stand for all others as they are
            break
        chosen.append(best)
        nearest = np.minimum(nearest, _distances(features, best))
    owner = np.argmin(np.array([_distances(features, k) for k in chosen]), axis=0)
    sums = np.bincount(owner, weights, minlength=len(chosen))
    kept = {case.scenarios[k].scenario: float(total) for k, total in zip(chosen[1:], sums[1:], strict=True)}
    return replace(
        case,
        scenarios=tuple(
            row.model_copy(update={"probability": kept[row.scenario]}) for row in case.scenarios if row.scenario in kept
        ),
        shocks=tuple(row for row in case.shocks if row.scenario in kept),
    )


def _draw(case: Case, random: Random, name: str) -> Iterator[Shock]:
    """What happens in one draw."""
    drivers: dict[str, float] = {}
    for row in case.hazards:
        common = drivers.setdefault(row.driver, random.gauss(0.0, 1.0)) if row.driver else random.gauss(0.0, 1.0)
        mixed = sqrt(row.correlation) * common + sqrt(1.0 - row.correlation) * random.gauss(0.0, 1.0)
        years = case.calendar.periods * case.calendar.year_fraction
        for _ in range(poisson(row.frequency * years, STANDARD.cdf(mixed))):
            yield _event(case, row, random, name)


def poisson(mean: float, share: float) -> int:
    """The least number that is not exceeded with this probability."""
    term = total = exp(-mean)
    number = 0
    while total < share and number < MOST:
        number += 1
        term *= mean / number
        total += term
    return number


def _event(case: Case, row: Hazard, random: Random, name: str) -> Shock:
    """One event: somewhere in the horizon, lognormal in length, triangular in depth."""
    days = (case.calendar.first_day(case.calendar.periods + 1) - case.calendar.start).days
    variance = log(1.0 + row.length_variation**2)
    length = row.length_days * exp(sqrt(variance) * random.gauss(0.0, 1.0) - variance / 2.0)
    least = row.least_availability
    likely = least if row.likely_availability is None else row.likely_availability
    most = likely if row.most_availability is None else row.most_availability
    return Shock(
        scenario=name, hits=row.hits, name=row.name, stage=row.stage, scope_=row.scope_,
        from_date=case.calendar.start + timedelta(days=random.randrange(days)),
        periods=max(1, round(length / (DAYS_PER_YEAR * case.calendar.year_fraction))),
        availability=min(1.0, max(0.0, random.triangular(least, most, likely))),
        price_factor=row.price_factor, demand_factor=row.demand_factor, delay_days=row.delay_days,
    )  # fmt: skip


def _features(case: Case) -> Floats:
    """What each draw does to each material: goods kept away, prices moved, demand changed, and goods that come late.

    Each is a share of a period's demand (of what the offers deliver, where there is none), added up over the periods, at
    benchmark prices, in USD; a period late is all of it.
    """
    found = np.zeros((len(case.scenarios), 4 * len(case.materials)))
    for column, name in enumerate(case.material):
        usual, offers = demand(case, name), case.offers_of[name]
        capacities = sum(offer.capacity_per_period or 0.0 for offer in offers)
        worth = benchmark(case, name, case.calendar.start) * (max(usual.values()) or capacities or 1.0)
        parts: dict[tuple[object, ...], float] = {}
        for number, row in enumerate(case.scenarios):
            effect = Effect(case, name, (row.scenario,), ())
            spans = {t for _, span in effect.shocks for t in span}
            away = sum(1.0 - effect.elsewhere(t) for t in spans)
            moved = asked = late = 0.0
            for shock, span in effect.shocks:
                what = shock.hits, shock.name, shock.stage
                if what not in parts:
                    parts[what] = _part(case, shock, offers)
                moved += parts[what] * abs(shock.price_factor - 1.0) * len(span)
                asked += abs(shock.demand_factor - 1.0) * len(span) if shock.hits is Hits.MATERIAL else 0.0
                late += parts[what] * shock.delay_days / (DAYS_PER_YEAR * case.calendar.year_fraction) * len(span)
            found[number, 4 * column : 4 * column + 4] = np.array([away, moved, asked, late]) * worth
    return found


def _part(case: Case, shock: Shock, offers: Sequence[Offer]) -> float:
    """What part of a material's offers a shock is about."""
    if shock.hits is Hits.MATERIAL or not offers:
        return float(shock.hits is Hits.MATERIAL)
    if shock.hits is Hits.INDEX:
        return sum(offer.index == shock.name for offer in offers) / len(offers)
    return sum(hit(case, shock, Exposure(offer.offer, offer.supplier, "")) for offer in offers) / len(offers)


def _distances(features: Floats, which: int) -> Floats:
    """How far each draw is from one of them."""
    distances: Floats = np.abs(features - features[which]).sum(axis=1)
    return distances
