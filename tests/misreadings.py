"""One misreading for each column that decides a plan: a case in which it matters, and what is read in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from models.case import Case
from models.records import (
    Budget,
    Contingency,
    Country,
    Decision,
    Demand,
    Depot,
    Mandate,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Policy,
    Price,
    PriceBreak,
    Record,
    Settings,
    Supplier,
    Trader,
)
from planner.verify import COSTS
from tests.cases import case, first, material, offer
from tests.misread_cases import (
    JANUARY,
    LATER,
    TWO,
    anywhere,
    awaited,
    beaten,
    broken,
    counted,
    covered,
    dearer,
    decided,
    flat,
    followed,
    funded,
    halved,
    housed,
    in_two_units,
    kept_in,
    limited,
    mandated,
    misnamed,
    monthly,
    on_order,
    owned,
    owned_abroad,
    quoted,
    scoped,
    stocked,
    stored,
    stored_abroad,
    supplied,
    threatened,
    traded,
    valued,
    with_order,
)
from tests.policies import ALLIED, from_country


class Misreading(NamedTuple):
    """The building side reads `instead` in a column of a sheet's first row; the checks of a rule must notice."""

    record: type[Record]
    column: str
    instead: Any
    case: Callable[[], Case]
    noticed_by: str


PATIENT = {"settings": LATER, "needs": (10, 10), "materials": (material(value_of_shortage=15.0),)}
HALF = {"offers": (from_country("c", 10.0, "CHN", mine_country=(("CHN", 0.5), ("AUS", 0.5))), ALLIED)}
AUSTRALIAN_ORE = from_country("c", 10.0, "CHN", mine_country=(("AUS", 1.0),))
BY_SHIP = from_country("c", 10.0, "CHN", plant="P", route=("JPN",))
FROM_C = on_order(supplier="s-c", paid=True)
IN_BLOC = {"attribute": "bloc", "stage": "refine"}
MARKET = {"participation_cap": 0.5, "accessible_world_supply": 120.0, "value_of_shortage": 15.0}
SOON = (from_country("c", 10.0, "CHN", valid_to=JANUARY), ALLIED)
LANDED = ("freight", "insurance", "handling", "assay_cost", "duty_rate", "fixed_order_cost", "contract_cost")

MISREADINGS = (
    Misreading(Settings, "budget", 70.0, lambda: stored({"budget": 60.0}, value_of_shortage=15.0), "budget"),
    Misreading(Settings, "discount_rate", 0.0, lambda: quoted(payment_days=40), COSTS),
    Misreading(Settings, "terminal_haircut", 0.5, lambda: valued(benchmark_price=25.0), COSTS),
    Misreading(Settings, "unknown_origin", "open", lambda: halved(from_country("c", 10.0, None)), "policy"),
    Misreading(Budget, "year", 2028, lambda: funded(year=2027, amount=60.0), "budget"),
    Misreading(Budget, "trader", "f", lambda: funded(amount=60.0), "budget"),
    Misreading(Budget, "amount", 70.0, lambda: funded(amount=60.0), "budget"),
    Misreading(Material, "group", "", lambda: scoped("g"), "policy"),
    Misreading(Material, "unit", "t", in_two_units, "policy"),
    Misreading(Material, "annual_demand", 60.0, flat, "demand"),
    Misreading(Material, "demand_use", "cover only", stored, "demand"),
    Misreading(Material, "benchmark_index", None, lambda: covered(target_cover_days=10, benchmark_index="i"), COSTS),
    Misreading(Material, "benchmark_price", 50.0, lambda: covered(target_cover_days=10), COSTS),
    Misreading(Material, "target_cover_days", 5.0, lambda: covered(target_cover_days=10), COSTS),
    Misreading(Material, "ramp_from", None, lambda: covered(target_cover_days=10, ramp_from=first(3)), COSTS),
    Misreading(Material, "ramp_to", first(4), lambda: covered(target_cover_days=10, ramp_to=first(3)), COSTS),
    Misreading(Material, "cover_penalty", 12.0, lambda: covered(target_cover_days=10, cover_penalty=24.0), COSTS),
    Misreading(Material, "floor_days", 5.0, lambda: covered(floor_days=10), "cover"),
    Misreading(Material, "floor_from", first(3), lambda: covered(floor_days=10, holding_cost=12.0), "cover"),
    Misreading(Material, "minimum_stock", 0.0, lambda: stored(minimum_stock=5), "stock_balance"),
    Misreading(Material, "maximum_stock", None, lambda: dearer(maximum_stock=0), "stock_balance"),
    Misreading(Material, "storage_class", "wet", lambda: housed(("wet", "dry")), "stock_balance"),
    Misreading(Material, "holding_cost", 0.0, lambda: dearer(holding_cost=12.0), COSTS),
    Misreading(Material, "loss_rate", 0.0, lambda: dearer(loss_rate=0.5), "stock_balance"),
    Misreading(Material, "lot", None, lambda: stored(lot=4), "orders"),
    Misreading(Material, "value_of_shortage", 8.0, lambda: stored(value_of_shortage=9.0), COSTS),
    Misreading(Material, "participation_cap", 1.0, lambda: stored(**MARKET), "participation"),
    Misreading(Material, "accessible_world_supply", 240.0, lambda: stored(**MARKET), "participation"),
    Misreading(Material, "essential_share", 0.5, lambda: threatened(share=0.9), "n1_cover"),
    Misreading(Supplier, "owner_country", "AUS", owned, "policy"),
    Misreading(Supplier, "approved", True, lambda: supplied(approved=False), "eligibility"),
    Misreading(Supplier, "kyc_expiry", None, lambda: supplied(kyc_expiry=date(2027, 1, 15)), "eligibility"),
    Misreading(Supplier, "sanctioned", False, lambda: supplied(sanctioned=True), "eligibility"),
    Misreading(Supplier, "onboarding_cost", 0.0, lambda: supplied(onboarding_cost=5.0), COSTS),
    Misreading(Supplier, "capacity_per_period", None, lambda: supplied(capacity_per_period=5.0), "suppliers"),
    Misreading(Supplier, "capacity_per_year", None, lambda: supplied(capacity_per_year=5.0), "suppliers"),
    Misreading(Supplier, "related_trader", None, lambda: supplied(related_trader="f"), "eligibility"),
    Misreading(Offer, "supplier", "s-x", counted, "policy"),
    Misreading(Offer, "material", "x", misnamed, "stock_balance"),
    Misreading(Offer, "mine_country", (("AUS", 1.0),), lambda: limited(0.25, attribute="mine", given=HALF), "policy"),
    Misreading(Offer, "refine_country", "AUS", halved, "policy"),
    Misreading(Offer, "plant", "", lambda: halved(BY_SHIP, "P", attribute="plant"), "policy"),
    Misreading(Offer, "route", (), lambda: halved(BY_SHIP, "JPN", attribute="route"), "policy"),
    Misreading(Offer, "price", 9.0, quoted, COSTS),
    Misreading(Offer, "index", "j", followed, COSTS),
    Misreading(Offer, "premium", 0.0, followed, COSTS),
    *(Misreading(Offer, cost, 0.0, lambda cost=cost: quoted(**{cost: 0.5}), COSTS) for cost in LANDED),
    Misreading(Offer, "minimum_order", 0.0, lambda: quoted(minimum_order=12), "orders"),
    Misreading(Offer, "maximum_order", None, lambda: beaten(maximum_order=5), "orders"),
    Misreading(Offer, "capacity_per_period", None, lambda: beaten(capacity_per_period=5), "purchases"),
    Misreading(Offer, "lot", None, lambda: quoted(lot=4), "orders"),
    Misreading(Offer, "maximum_total", None, lambda: beaten(maximum_total=5), "purchases"),
    Misreading(Offer, "lead_days", 0.0, lambda: quoted(0, 10, lead_days=31), "purchases"),
    Misreading(Offer, "licence_days", 0.0, lambda: quoted(0, 10, licence_days=31), "purchases"),
    Misreading(Offer, "valid_from", None, lambda: case(offer(valid_from=first(2)), **PATIENT), "purchases"),
    Misreading(Offer, "valid_to", None, lambda: quoted(0, 10, valid_to=JANUARY), "purchases"),
    Misreading(Offer, "payment_days", 0.0, lambda: quoted(payment_days=40), COSTS),
    Misreading(Offer, "payment_from", "order", lambda: quoted(0, 10, lead_days=31), COSTS),
    Misreading(Offer, "exclusive", False, lambda: traded(True, maximum_spend=60.0), "purchases"),
    Misreading(PriceBreak, "from_quantity", 5.0, lambda: broken(6), COSTS),
    Misreading(PriceBreak, "price", 4.0, broken, COSTS),
    Misreading(PriceBreak, "discount", 0.3, lambda: broken(price=None, discount=0.2), COSTS),
    Misreading(PriceBreak, "kind", "all units", broken, COSTS),
    Misreading(PriceBreak, "basis_", "contract", lambda: broken(5, 5), COSTS),
    Misreading(Trader, "fee", 0.0, lambda: traded(fee=0.05), COSTS),
    Misreading(Trader, "maximum_spend", None, lambda: traded(maximum_spend=60.0), "traders"),
    Misreading(Trader, "minimum_share", None, lambda: traded(fee=0.2, minimum_share=0.5), "traders"),
    Misreading(Trader, "maximum_share", None, lambda: traded(maximum_share=0.5), "traders"),
    Misreading(Mandate, "allowed", True, lambda: mandated(allowed=False), "eligibility"),
    Misreading(Mandate, "fee", None, lambda: mandated(fee=0.05), COSTS),
    Misreading(Price, "value", 11.0, followed, COSTS),
    Misreading(Price, "date", first(3), followed, COSTS),
    Misreading(Depot, "country", "NLD", stored_abroad, "n1_cover"),
    Misreading(Depot, "storage_class", "dry", lambda: housed(("wet", "dry")), "stock_balance"),
    Misreading(Depot, "capacity", None, lambda: housed(capacity=3), "depots"),
    Misreading(Depot, "handling_in", 0.0, lambda: housed(handling_in=1.0), COSTS),
    Misreading(Depot, "handling_out", 0.0, lambda: housed(handling_out=1.0), COSTS),
    Misreading(Depot, "rent", 0.0, lambda: housed(rent=12.0), COSTS),
    Misreading(Depot, "throughput", None, lambda: housed(throughput=8), "depots"),
    Misreading(Depot, "from_date", None, lambda: housed(from_date=first(2)), "depots"),
    Misreading(Depot, "to_date", None, lambda: housed(to_date=date(2027, 1, 15)), "depots"),
    Misreading(OpeningStock, "depot", "E", lambda: kept_in("D"), "stock_balance"),
    Misreading(OpeningStock, "quantity", 6.0, lambda: kept_in("D"), "stock_balance"),
    Misreading(OpenOrder, "offer", "a", lambda: with_order(on_order(offer="c", paid=True)), "policy"),
    Misreading(OpenOrder, "supplier", "s-a", lambda: with_order(FROM_C, within="s-c", attribute="supplier"), "policy"),
    Misreading(OpenOrder, "trader", None, lambda: traded(orders=[on_order(trader="f")], maximum_spend=60.0), "traders"),
    Misreading(OpenOrder, "quantity", 6.0, awaited, "stock_balance"),
    Misreading(OpenOrder, "arrival", first(1), lambda: awaited(arrival=first(2)), "stock_balance"),
    Misreading(OpenOrder, "price", 5.0, awaited, COSTS),
    Misreading(OpenOrder, "paid", True, awaited, COSTS),
    Misreading(Decision, "offer", "o", decided, "decisions"),
    Misreading(Decision, "trader", None, lambda: decided(trader="g"), "decisions"),
    Misreading(Decision, "period", first(2), lambda: decided(period=first(1)), "decisions"),
    Misreading(Decision, "kind", "force", lambda: decided("fix", offer="o"), "decisions"),
    Misreading(Decision, "quantity", 4.0, decided, "decisions"),
    Misreading(Demand, "date", first(2), quoted, "demand"),
    Misreading(Demand, "quantity", 8.0, quoted, "demand"),
    Misreading(Country, "name", "Chian", lambda: halved(from_country("c", 10.0, "CHN"), "China"), "policy"),
    Misreading(Country, "blocs", ("Five Eyes",), lambda: limited(0.5, "Five Eyes", sense="at least", **IN_BLOC), "policy"),
    Misreading(Country, "covered", False, lambda: limited(0.5, "covered"), "policy"),
    Misreading(Policy, "kind", "share", lambda: limited(8, kind="amount"), "policy"),
    Misreading(Policy, "measure", "spend", halved, "policy"),
    Misreading(Policy, "attribute", "mine", lambda: halved(AUSTRALIAN_ORE), "policy"),
    Misreading(Policy, "stage", "mine", lambda: halved(AUSTRALIAN_ORE, attribute="country", stage="refine"), "policy"),
    Misreading(Policy, "within", ("RUS",), halved, "policy"),
    Misreading(Policy, "exempt", ("CHN",), halved, "policy"),
    Misreading(Policy, "scope_", "all", lambda: scoped("each material"), "policy"),
    Misreading(Policy, "trader", "g", lambda: limited(0.5, given={"traders": TWO}), "policy"),
    Misreading(Policy, "sense", "at least", halved, "policy"),
    Misreading(Policy, "limit", 0.6, halved, "policy"),
    Misreading(Policy, "minimum_share", 0.0, counted, "policy"),
    Misreading(Policy, "window", "horizon", lambda: monthly(SOON), "policy"),
    Misreading(Policy, "counts_open_orders", False, lambda: with_order(on_order(offer="c", paid=True)), "policy"),
    Misreading(Policy, "from_date", first(2), monthly, "policy"),
    Misreading(Policy, "to_date", JANUARY, monthly, "policy"),
    Misreading(Policy, "hardness", "soft", halved, "policy"),
    Misreading(Policy, "penalty", 0.5, lambda: halved(hardness="soft", penalty=1.0), COSTS),
    Misreading(Contingency, "kind", "each plant", anywhere, "n1_cover"),
    Misreading(Contingency, "names", ("AUS",), threatened, "n1_cover"),
    Misreading(Contingency, "exempt", ("CHN",), anywhere, "n1_cover"),
    Misreading(Contingency, "owner_counts", False, owned_abroad, "n1_cover"),
    Misreading(Contingency, "scope_", "y", threatened, "n1_cover"),
    Misreading(Contingency, "days_to_survive", 15.0, stocked, "n1_cover"),
    Misreading(Contingency, "essential_share", 0.5, lambda: threatened(essential_share=0.9), "n1_cover"),
    Misreading(Contingency, "from_date", first(3), stocked, "n1_cover"),
    Misreading(Contingency, "hardness", "soft", threatened, "n1_cover"),
    Misreading(Contingency, "penalty", 6.0, lambda: threatened(hardness="soft", penalty=12.0), COSTS),
)

DECIDES_NOTHING = {
    "Settings": "template_version plan_name objective relative_gap time_limit threads seed",
    "Suppliers": "parent risk_score",
    "Offers": "incoterm place currency",
    "Prices": "low high liquidity currency",
    "OpeningStock": "unit_cost origin_class owner",
    "OpenOrders": "currency",
    "Depots": "bloc",
    "Decisions": "reason",
    "Countries": "risk_score",
    "Policy": "on source",
    "Contingencies": "source",
}
"""Columns that say how to solve, are kept for a Policy rule to name, are shown, or have one choice only."""

SHARED = {"Settings": "start_date periods period"}
"""The calendar, which both sides read and which is tested by hand."""
