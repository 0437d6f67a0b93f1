"""What must not change, or change in one direction only, when a case changes: on random cases that use every sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from math import inf
from random import Random
from typing import Any

import pytest

from models.case import Case
from models.records import Decision, DecisionKind, Hardness, Policy, RuleKind, Sense
from tests.random_served import served
from tests.solving import solve

SEEDS = range(300, 320)


@lru_cache(maxsize=4 * len(SEEDS))
def cost(case: Case) -> float:
    """The optimum, infinite if there is no plan; the plan passes every check."""
    solved = solve(case)
    assert not solved.feasible or not solved.failures, solved.failures
    return solved.cost


def no_cheaper(changed: Case, case: Case) -> bool:
    """Whether the changed case costs at least as much, up to the solver's tolerance."""
    before, after = cost(case), cost(changed)
    return after == inf or after >= before - 1e-6 * max(1.0, abs(before))


def the_same(changed: Case, case: Case) -> bool:
    before, after = cost(case), cost(changed)
    return before == after == inf or after == pytest.approx(before, rel=1e-6, abs=1e-3)


def every(case: Case, table: str, **update: Any) -> Case:
    """The case with some fields of all rows of a table changed; a function is asked for each row's value."""
    rows = []
    for row in getattr(case, table):
        fields = {name: value(row) if callable(value) else value for name, value in update.items()}
        rows.append(row.model_copy(update=fields))
    return replace(case, **{table: tuple(rows)})


def lower(name: str, factor: float = 0.7) -> Callable[[Any], float | None]:
    """A row's limit, lowered; no limit stays none."""
    return lambda row: None if getattr(row, name) is None else getattr(row, name) * factor


@lru_cache(maxsize=len(SEEDS))
def plain(seed: int) -> Case:
    """A random case in which stock left at the end is worth nothing, to the plan or to lenders: an average price must not move
    with the offers."""
    found = every(replace(served(seed), advances=()), "commitments", strike_price=0.0)
    found = every(found, "materials", rotation_haircut=None)
    return replace(found, settings=found.settings.model_copy(update={"terminal_haircut": 1.0}))


TIGHTER: dict[str, Callable[[Case], Case]] = {
    "the budget": lambda case: replace(
        case, settings=case.settings.model_copy(update={"budget": (case.settings.budget or 4000.0) * 0.7})
    ),
    "ceilings of the Budgets sheet": lambda case: every(case, "budgets", amount=lower("amount")),
    "offers' capacities": lambda case: every(case, "offers", capacity_per_period=lower("capacity_per_period")),
    "offers' totals": lambda case: every(case, "offers", maximum_total=lower("maximum_total", 0.5)),
    "suppliers' capacities": lambda case: every(
        case, "suppliers", capacity_per_period=lower("capacity_per_period"), capacity_per_year=lower("capacity_per_year")
    ),
    "participation caps": lambda case: every(case, "materials", participation_cap=lower("participation_cap", 0.2)),
    "maximum stocks": lambda case: every(case, "materials", maximum_stock=lower("maximum_stock", 0.3)),
    "floors": lambda case: every(case, "materials", floor_days=lambda row: row.floor_days + 3),
    "traders' maximum spend": lambda case: every(case, "traders", maximum_spend=lower("maximum_spend")),
    "depots": lambda case: every(case, "depots", capacity=lower("capacity", 0.3), throughput=lower("throughput", 0.3)),
    "policy ceilings": lambda case: replace(case, policy=tuple(map(_stricter, case.policy))),
    "wider contingencies": lambda case: every(case, "contingencies", essential_share=1.0, exempt=(), owner_counts=True),
    "soft contingencies made hard": lambda case: every(case, "contingencies", hardness=Hardness.HARD),
    "soft rules made hard": lambda case: every(case, "policy", hardness=Hardness.HARD),
    "an offer forbidden": lambda case: replace(
        case, decisions=(*case.decisions, Decision(offer=case.offers[0].offer, kind=DecisionKind.FORBID))
    ),
    "dearer freight": lambda case: every(case, "offers", freight=lambda row: row.freight + 1),
    "a fee": lambda case: every(case, "traders", fee=lambda row: row.fee + 0.01),
}


def _stricter(row: Policy) -> Policy:
    if row.kind is RuleKind.COUNT:
        return row
    return row.model_copy(update={"limit": row.limit * (0.8 if row.sense is Sense.AT_MOST else 1.1)})


@pytest.mark.parametrize("what", TIGHTER)
def test_a_tighter_limit_never_lowers_the_cost(what: str) -> None:
    """Ratios of a trader's share or of spend may turn with prices, so dearer cases are tried without them; and freight that is
    in the price lessens the customs value, so without delivery terms too."""
    for seed in SEEDS:
        case = plain(seed) if what != "dearer freight" else every(plain(seed), "offers", incoterm=None)
        if what in ("dearer freight", "a fee"):
            case = every(replace(case, policy=()), "traders", minimum_share=None, maximum_share=None)
        assert no_cheaper(TIGHTER[what](case), case), seed


def test_one_more_offer_never_raises_the_cost() -> None:
    """The case without its last offer costs no less; a ceiling and a count only gain a value that is not used. A floor
    for each value asks for something of a new one too, and is left out."""
    for seed in SEEDS:
        case = plain(seed)
        floors = [row for row in case.policy if row.within == ("each",) and row.sense is Sense.AT_LEAST]
        case = replace(case, policy=tuple(row for row in case.policy if row not in floors))
        last = case.offers[-1].offer
        fewer = replace(
            case, offers=case.offers[:-1],
            price_breaks=tuple(row for row in case.price_breaks if row.offer != last),
            decisions=tuple(row for row in case.decisions if row.offer != last),
            open_orders=tuple(row for row in case.open_orders if row.offer != last),
        )  # fmt: skip
        whole = replace(fewer, offers=case.offers, price_breaks=case.price_breaks)
        assert no_cheaper(fewer, whole), seed


def test_the_order_of_rows_changes_nothing() -> None:
    """Rows whose order says something are left: depots (the first one that takes a lot) and a rule's own rows."""
    for seed in SEEDS:
        case, random = served(seed), Random(seed)
        tables = ("materials", "offers", "traders", "suppliers", "mandates", "open_orders", "decisions", "demand")
        shuffled = {name: tuple(random.sample(getattr(case, name), len(getattr(case, name)))) for name in tables}
        assert the_same(replace(case, **shuffled), case), seed


PER_UNIT = ("price", "premium", "freight", "insurance", "handling", "assay_cost", "inspection_cost")


def in_kilograms(case: Case) -> Case:
    """The first material, if it is in tonnes, told in kilograms with everything about it."""
    row = case.materials[0]
    own = {offer.offer for offer in case.offers if offer.material == row.material}

    def scaled(item: Any, more: tuple[str, ...], less: tuple[str, ...] = ()) -> Any:
        factors = {**dict.fromkeys(more, 1000.0), **dict.fromkeys(less, 0.001)}
        given = {name: getattr(item, name) * factor for name, factor in factors.items() if getattr(item, name) is not None}
        return item.model_copy(update=given)

    amounts = ("annual_demand", "minimum_stock", "maximum_stock", "lot", "accessible_world_supply")
    prices = ("benchmark_price", "cover_penalty", "holding_cost", "value_of_shortage")
    orders = ("minimum_order", "maximum_order", "capacity_per_period", "lot", "maximum_total", "emergency_per_period")
    return replace(
        case,
        materials=(scaled(row, amounts, prices).model_copy(update={"unit": "kg"}), *case.materials[1:]),
        offers=tuple(scaled(item, orders, PER_UNIT) if item.offer in own else item for item in case.offers),
        price_breaks=tuple(
            scaled(item, ("from_quantity",), ("price",)) if item.offer in own else item for item in case.price_breaks
        ),
        opening_stock=tuple(
            scaled(item, ("quantity",)) if item.material == row.material else item for item in case.opening_stock
        ),
        open_orders=tuple(
            scaled(item, ("quantity",), ("price",)) if item.material == row.material else item for item in case.open_orders
        ),
        decisions=tuple(scaled(item, ("quantity",)) if item.offer in own else item for item in case.decisions),
        demand=tuple(scaled(item, ("quantity",)) if item.material == row.material else item for item in case.demand),
        partners=tuple(scaled(item, ("quantity",)) if item.material == row.material else item for item in case.partners),
        commitments=tuple(
            scaled(item, ("quantity",), ("gap_penalty", "strike_price")) if item.material == row.material else item
            for item in case.commitments
        ),
        call_offs=tuple(scaled(item, ("quantity",)) if item.material == row.material else item for item in case.call_offs),
    )  # fmt: skip


def test_a_change_of_units_changes_nothing() -> None:
    """Sums over materials of several units are in tonnes, before and after; soft rules, duties and capacities that are told in
    a material's own unit would have to be told anew and are left out."""
    tried = 0
    for seed in range(300, 480):
        case = served(seed)
        case = replace(case, policy=tuple(row for row in case.policy if row.kind is RuleKind.SHARE), suppliers=(), depots=())
        case = replace(every(case, "offers", tariff_code=None), duties=())
        case = every(case, "policy", hardness=Hardness.HARD)
        if case.materials[0].unit == "t" and not any(offer.index for offer in case.offers):
            tried += 1
            assert the_same(in_kilograms(case), case), seed
    assert tried >= 10


def test_money_in_another_size_is_the_same_plan() -> None:
    """All prices and costs a thousand times larger: the optimum is a thousand times larger."""
    costs = {
        "materials": ("benchmark_price", "cover_penalty", "holding_cost", "value_of_shortage"),
        "offers": (*PER_UNIT, "fixed_order_cost", "contract_cost"),
        "traders": ("maximum_spend",),
        "budgets": ("amount",),
        "suppliers": ("onboarding_cost",),
        "open_orders": ("price", "cancel_fee", "defer_fee"),
        "depots": ("rent", "handling_in", "handling_out"),
        "price_breaks": ("price",),
        "prices": ("value",),
        "contingencies": ("penalty",),
        "commitments": ("gap_penalty", "strike_price"),
        "members": ("entry_fee",),
        "funding": ("amount", "drawn"),
        "duties": ("specific_duty", "minimum_import_price"),
        "policy": (),
    }
    for seed in SEEDS:
        case = served(seed)
        case = replace(case, policy=tuple(row for row in case.policy if row.kind is not RuleKind.AMOUNT))
        case = every(case, "policy", hardness=Hardness.HARD)
        larger = case
        for table, names in costs.items():
            larger = every(larger, table, **{name: lower(name, 1000.0) for name in names})
        budget = case.settings.budget
        cap = case.settings.cvar_cap
        protection, penalty = case.settings.protection_cap, case.settings.cover_floor_penalty
        ceilings = {"budget": budget and budget * 1000.0, "cvar_cap": cap and cap * 1000.0,
                    "protection_cap": protection and protection * 1000.0,
                    "cover_floor_penalty": penalty and penalty * 1000.0,
                    "opening_cash": case.settings.opening_cash * 1000.0,
                    "minimum_cash": case.settings.minimum_cash * 1000.0}  # fmt: skip
        larger = replace(larger, settings=case.settings.model_copy(update=ceilings))
        before, after = cost(case), cost(larger)
        assert before == after == inf or after == pytest.approx(1000.0 * before, rel=1e-6, abs=1.0), seed
