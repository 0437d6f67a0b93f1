"""The scenario set: groups of states that exclude each other, and overlays, in all their combinations."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod
from random import Random
from typing import Any

import pytest

from models.futures import futures_of
from models.records import Hits, Partner, Scenario, Shock
from tests.cases import case, material, offer
from tests.rules.test_scenarios import chinese, risky, scenario, shock
from tests.solving import optimum


def futures(*rows: tuple[str, float, str], shocked: str | None = None, most: int = 200) -> dict[str, float]:
    """Name and probability of each future; every scenario has a shock unless some are named."""
    scenarios = tuple(Scenario(scenario=name, probability=p, group=group) for name, p, group in rows)
    names = [row.scenario for row in scenarios if shocked is None or row.scenario in shocked.split()]
    shocks = tuple(Shock(scenario=name, hits=Hits.OFFER, name="o") for name in names)
    made = case(offer(), scenarios=scenarios, shocks=shocks, settings={"max_scenarios": most})
    return {future.name: pytest.approx(future.probability) for future in futures_of(made).kept}


def test_states_of_a_group_exclude_each_other_and_groups_are_independent() -> None:
    found = futures(("a", 0.2, "g"), ("b", 0.3, "g"), ("c", 0.1, ""))
    assert found == {"normal": 0.45, "b": 0.27, "a": 0.18, "c": 0.05, "b + c": 0.03, "a + c": 0.02}


def test_a_state_without_shocks_is_normal() -> None:
    """Lapse or extend: what extends changes nothing."""
    assert futures(("lapse", 0.3, "g"), ("extend", 0.7, "g"), shocked="lapse") == {"normal": 0.7, "lapse": 0.3}


def test_a_group_that_is_certain_has_no_normal_state() -> None:
    assert futures(("a", 0.2, "g"), ("b", 0.8, "g"), ("never", 0.0, "")) == {"b": 0.8, "a": 0.2}


def test_the_most_probable_are_kept() -> None:
    """Of twelve overlays' 4,096 combinations the ten most probable, in proportion, and how probable the others were."""
    random = Random(2)
    rows = [(f"s{k}", random.choice((0.1, 0.3, 0.6)), "") for k in range(12)]
    every = []
    for holds in product((False, True), repeat=12):
        probability = 1.0
        for (_, p, _), held in zip(rows, holds, strict=True):
            probability *= p if held else 1 - p
        every.append(probability)
    best = sorted(every, reverse=True)[:10]
    found = futures(*rows, most=10)
    assert [value.expected for value in found.values()] == pytest.approx([p / sum(best) for p in best])
    scenarios = tuple(Scenario(scenario=n, probability=p) for n, p, _ in rows)
    made = case(offer(), scenarios=scenarios, settings={"max_scenarios": 10},
                shocks=tuple(Shock(scenario=n, hits=Hits.OFFER, name="o") for n, _, _ in rows))  # fmt: skip
    assert futures_of(made).dropped == pytest.approx(1.0 - sum(best))


@pytest.mark.parametrize("seed", range(30))
def test_no_state_of_a_most_probable_combination_is_left_out(seed: int) -> None:
    """Of seven groups of up to three states, against all of their combinations; equal probabilities in the sheet's order.

    What is dropped counts with what is disturbed: the normal future, where it is kept beside others, has its own probability.
    """
    random = Random(seed)
    groups = [[(f"{g}{k}", random.choice((0.05, 0.1, 0.3)), f"g{g}") for k in range(random.randint(1, 3))] for g in range(7)]
    states = [[*((name, p) for name, p, _ in group), ("", 1.0 - sum(p for _, p, _ in group))] for group in groups]
    every = {
        " + ".join(filter(None, (name for name, _ in picked))) or "normal": prod(p for _, p in picked)
        for picked in product(*states)
    }  # fmt: skip
    most = random.choice((1, 2, 5, 8))
    found = futures(*(row for group in groups for row in group), most=most)
    best = sorted(every.values(), reverse=True)[:most]
    assert [every[name] for name in found] == pytest.approx(best)
    normal = every["normal"] if "normal" in found and len(best) > 1 else 0.0
    share = (1.0 - normal) / (sum(best) - normal)
    expected = {name: every[name] * (1.0 if name == "normal" and normal else share) for name in found}
    assert found == expected and sum(expected.values()) == pytest.approx(1.0)


UNFELT = {
    "nothing comes from there": {"name": "KOR", "availability": 0.5},
    "prices that nothing follows": {"name": "CHN", "availability": 1.0, "price_factor": 2.0},
    "another material": {"hits": "material", "name": "y", "demand_factor": 2.0},
    "an index of nobody's": {"hits": "index", "name": "i", "availability": 1.0, "price_factor": 2.0},
}


@pytest.mark.parametrize("fields", UNFELT.values(), ids=UNFELT)
def test_what_does_nothing_to_a_material_begins_nothing(fields: dict[str, Any]) -> None:
    """A partner's stock takes 28 days. Called when the ban of February begins it is too late: 200 + 0.25 · (800 − 80).

    Something else is certain and begins in January. From what is not felt nobody learns of the ban before it is there.
    """
    row = Partner(partner="JP", material="x", quantity=10.0, share_on_call=0.5, delay_days=28.0)
    begun = shock(scenario="else", from_date=None, **fields)
    two = (scenario(), scenario("else", 1.0))
    materials = tuple(material(called, value_of_shortage=100.0, benchmark_price=20.0) for called in ("x", "y"))
    made = risky(
        chinese(capacity_per_period=12.0), scenarios=two, shocks=(shock(), begun), partners=(row,), materials=materials
    )
    assert optimum(made).cost == pytest.approx(380.0)
    felt = shock(scenario="else", from_date=None, availability=0.9999)
    assert optimum(replace(made, shocks=(shock(), felt))).cost < 380.0
