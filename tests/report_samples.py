"""A small case with every feature that the output workbook shows, solved once, and results built around its plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

from models.assess import charges_of
from models.build import build, line_totals, read_plan
from models.case import Case
from models.decisions import Contract, Move, Purchase
from models.plan import Charge, Plan, weighed
from models.records import (
    Budget,
    Commitment,
    Contingency,
    Country,
    Decision,
    DecisionKind,
    Depot,
    Material,
    Member,
    Offer,
    OpeningStock,
    OpenOrder,
    Policy,
    Price,
    PriceBreak,
    Scenario,
    Settings,
    Shock,
    Supplier,
    Trader,
)
from planner.engine import Held, Options, Outcome, Stopped
from planner.findings import Finding, Severity
from planner.result import MarginalValue, Missed, Result
from planner.verify import recompute

FIRST, SECOND = "Kestrel Metals", "Osprey Trading"
HERON, LAPWING = "Heron Motors", "Lapwing Glass"
START = date(2027, 1, 1)
SETTINGS = Settings(start_date=START, periods=12, budget=5e6, discount_rate=0.05, plan_name="Rehearsal")


def sample_case() -> Case:
    """Gallium that covers demand, antimony that is drawn; depots, price breaks, policy, two traders."""
    return Case(
        SETTINGS,
        materials=(
            Material(
                material="gallium", unit="kg", annual_demand=1200, target_cover_days=60, ramp_to=date(2027, 6, 30),
                floor_days=20, floor_from=date(2027, 7, 1), benchmark_price=300, storage_class="vault",
                participation_cap=0.1, accessible_world_supply=30000, holding_cost=3, loss_rate=0.02,
                basis={"annual_demand": "estimate"},
            ),
            Material(material="antimony", annual_demand=120, demand_use="draws stock", value_of_shortage=90000,
                     storage_class="general"),
        ),
        offers=(
            Offer(
                offer="g1", supplier="Alder", material="gallium", mine_country=(("CHN", 1.0),), refine_country="CHN",
                price=280, duty_rate=0.05, freight=5, minimum_order=50, lot=25, fixed_order_cost=200,
                capacity_per_period=100, lead_days=40, licence_days=20, payment_days=30,
                basis={"price": "source", "freight": "estimate", "capacity_per_period": "assumed"},
            ),
            Offer(
                offer="g2", supplier="Birch", material="gallium", mine_country=(("AUS", 0.5), ("CHN", 0.5)),
                refine_country="JPN", index="ga", premium=20, contract_cost=500, capacity_per_period=200, lead_days=30,
                valid_from=date(2027, 2, 10), valid_to=date(2027, 9, 20),
            ),
            Offer(offer="s1", supplier="Birch", material="antimony", mine_country=(("BOL", 1.0),), refine_country="JPN",
                  price=30000, capacity_per_period=20, exclusive=False, maximum_total=200),
            Offer(offer="s2", supplier="Alder", material="antimony", price=25000, capacity_per_period=20,
                  payment_days=-30, lead_days=35),
        ),
        traders=(
            Trader(trader=FIRST, fee=0.01, maximum_share=0.7, minimum_share=0.2),
            Trader(trader=SECOND, fee=0.005, maximum_spend=6e6),
        ),
        budgets=(Budget(year=2027, trader=FIRST, amount=4e6),),
        suppliers=(
            Supplier(supplier="Alder", owner_country="CHN", onboarding_cost=1000, capacity_per_period=60),
            Supplier(supplier="Birch", owner_country="JPN", onboarding_cost=2000, capacity_per_year=700),
        ),
        price_breaks=(
            PriceBreak(offer="g2", from_quantity=100, discount=0.1, kind="all units", basis_="order"),
            PriceBreak(offer="s1", from_quantity=30, price=29000, basis_="contract", kind="incremental"),
            PriceBreak(offer="s2", from_quantity=5, price=27000, kind="incremental"),
        ),
        prices=(
            Price(index="ga", date=date(2027, 1, 1), value=270, basis={"value": "source"}),
            Price(index="ga", date=date(2027, 6, 1), value=310, basis={"value": "assumed"}),
        ),
        depots=(
            Depot(depot="North", storage_class="vault", capacity=300, rent=1, handling_in=1),
            Depot(depot="South", rent=2, handling_out=0.5),
            Depot(depot="West", storage_class="general", throughput=15, from_date=date(2027, 3, 1)),
        ),
        opening_stock=(OpeningStock(material="antimony", depot="South", quantity=25),),
        open_orders=(
            OpenOrder(order="1", material="gallium", offer="g1", trader=FIRST, quantity=20, arrival=date(2027, 3, 3),
                      price=250),
        ),
        countries=(
            Country(iso3="CHN", covered=True), Country(iso3="JPN", blocs=("G7",)), Country(iso3="AUS"), Country(iso3="BOL"),
        ),
        decisions=(Decision(offer="s1", kind=DecisionKind.FORCE, period=date(2027, 4, 1), quantity=5, reason="board"),),
        policy=(
            Policy(rule="china", kind="share", attribute="any stage", within=("covered",), limit=0.7, scope_="each material",
                   window="contract year", hardness="soft", penalty=100),
            Policy(rule="third country", kind="share", attribute="refine", within=("each",), limit=0.65, scope_="gallium",
                   hardness="soft", penalty=10),
            Policy(rule="two sources", kind="count", attribute="supplier", sense="at least", limit=2, minimum_share=0.1,
                   scope_="gallium"),
            Policy(rule="spend", kind="amount", measure="spend", attribute="supplier", within=("Alder",), limit=2.5e6,
                   window="horizon"),
        ),
        contingencies=(
            Contingency(contingency="any country", kind="each country", days_to_survive=45, hardness="soft", penalty=0),
        ),
        members=(Member(member=HERON), Member(member=LAPWING, priority=2)),
        commitments=(
            Commitment(member=HERON, material="gallium", quantity=30, gap_penalty=1e-3),
            Commitment(member=LAPWING, material="antimony", quantity=0.5, demand_share=0.4, gap_penalty=1e-3),
        ),
        scenarios=(
            Scenario(scenario="ban", probability=0.0001, group="China"), Scenario(scenario="quota", probability=0.0002),
        ),
        shocks=(
            Shock(scenario="ban", hits="country", name="CHN", availability=0, from_date=date(2027, 3, 1), periods=3),
            Shock(scenario="quota", hits="material", name="antimony", availability=0.5, delay_days=20),
        ),
    )  # fmt: skip


@cache
def sample_result() -> Result:
    """The sample case, solved."""
    return solved(sample_case())


def solved(case: Case) -> Result:
    """A case solved to optimality; the result says that it was proven to 0.1 %."""
    model = build(case)
    pyo.SolverFactory("highs").solve(model.model, options={"mip_rel_gap": 0})

    def value(variable: object) -> float:
        return float(getattr(variable, "value", None) or 0.0)

    return result_of(read_plan(model, value), claimed=line_totals(model, value))


def result_of(found: Plan, claimed: dict[str, float] | None = None) -> Result:
    """A result around a plan."""
    charges = charges_of(found)
    total = weighed(found.case, charges)
    claimed = claimed or sums(charges)
    return Result(
        book=Path("rehearsal.xlsx"),
        sha256="0123456789abcdef" * 4,
        started=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        plan=found,
        charges=charges,
        assessments=recompute(found, claimed, total).assessments,
        options=Options(),
        outcome=outcome(total, 0.999 * total),
        claimed=claimed,
        without_policy=outcome(0.98 * total, 0.975 * total) if found.case.policy else None,
        marginal_values=(MarginalValue("participation", "participation cap: gallium, 2027-03", 12.5),),
        missed=(Missed("gallium", "gallium misses its 60-day target: the budget keeps it from being met.", "budget"),),
        findings=(Finding(Severity.WARNING, "Offers", "F3", "x", "column 'colour' is not known", "Remove it."),),
        seconds={"read": 0.5, "solve": 3.25},
    )


def sums(charges: tuple[Charge, ...]) -> dict[str, float]:
    """What each line of the bill comes to, undiscounted."""
    totals: dict[str, float] = {}
    for charge in charges:
        totals[charge.line] = totals.get(charge.line, 0.0) + charge.amount
    return totals


def outcome(objective: float, bound: float) -> Outcome:
    """What a solve left, without its figures per column."""
    return Outcome(Stopped.GAP_REACHED, Held.PROVEN_PLAN, objective, bound, None, None, None, 3.25, 17, ())


def with_plan(result: Result, **changes: object) -> Result:
    """The result of the same case with other decisions, recomputed."""
    return result_of(replace(result.plan, **changes))  # type: ignore[arg-type]


def offer(name: str = "o", **fields: Any) -> Offer:
    """An offer of `x` by supplier `s` at 10 USD, which arrives at once."""
    return Offer(**{"offer": name, "supplier": "s", "material": "x", "price": 10.0} | fields)


def case(*offers: Offer, material: dict[str, Any] | None = None, **fields: Any) -> Case:
    """Three months, one material `x` in tonnes, two traders of which the first takes 5 %."""
    settings = Settings(start_date=START, periods=3)
    traders = (Trader(trader=FIRST, fee=0.05), Trader(trader=SECOND))
    item = Material(**{"material": "x"} | (material or {}))
    return Case(**{"settings": settings, "materials": (item,), "offers": offers, "traders": traders} | fields)


def plan(of: Case, *purchases: tuple[str, str, int, float], moves: tuple[Move, ...] = ()) -> Plan:
    """A plan of purchases (offer, trader, period, quantity), each with its contract."""
    rows = tuple(Purchase(*row) for row in purchases)
    return Plan(of, rows, tuple(dict.fromkeys(Contract(row.offer, row.trader) for row in rows)), moves)
