"""Three rival firms that share one plan: names and figures so distinctive that any of them is known wherever it turns up."""

from __future__ import annotations

from datetime import date
from functools import cache

from models.case import Case
from models.records import (
    Budget,
    Commitment,
    Decision,
    Depot,
    Mandate,
    Material,
    Member,
    Offer,
    OpenOrder,
    PriceBreak,
    PriceImpact,
    Settings,
    Supplier,
    Trader,
)
from planner.result import Result
from tests.report_samples import solved

FIRMS = ALDEBARAN, BETELGEUSE, CAPELLA = "Aldebaran Metals", "Betelgeuse Trading", "Capella Commodities"
MEMBERS = HERON, LAPWING = "Heron Motors", "Lapwing Glass"
OWN = {ALDEBARAN: "gallium", BETELGEUSE: "tungsten", CAPELLA: "antimony"}
"""The material that each firm alone may buy; cobalt all of them may."""
SUPPLIER = {ALDEBARAN: "Quillmark", BETELGEUSE: "Ravensworth", CAPELLA: "Sandoval"}
OFFER = {ALDEBARAN: "qm-2027", BETELGEUSE: "rw-2027", CAPELLA: "sv-2027"}
PRICE = {ALDEBARAN: 31234.57, BETELGEUSE: 41357.91, CAPELLA: 27183.29}
BOUGHT = {ALDEBARAN: 137.253, BETELGEUSE: 211.679, CAPELLA: 173.417}
OF_COBALT = {ALDEBARAN: 61.373, BETELGEUSE: 83.159, CAPELLA: 47.917}
ORDERED = {ALDEBARAN: 7.0703, BETELGEUSE: 9.1909, CAPELLA: 5.3507}
OPEN = {ALDEBARAN: "PO-Q71", BETELGEUSE: "PO-R83", CAPELLA: "PO-S97"}
DEPOTS = DOCK, KASKADE = "Dock", "Kaskade"
"""The second belongs to Betelgeuse, which may not deliver to it."""


def rivals_case() -> Case:
    """Every firm buys its own material and cobalt of one shared offer, with breaks, surcharges, credit and open orders."""
    first = date(2027, 2, 1)
    fixed = [(OFFER[firm], firm, BOUGHT[firm]) for firm in FIRMS] + [("shared-2027", firm, OF_COBALT[firm]) for firm in FIRMS]
    return Case(
        Settings(start_date=date(2027, 1, 1), periods=6, budget=5e7, discount_rate=0.05, plan_name="Rehearsal"),
        materials=(
            *(Material(material=name, annual_demand=400, target_cover_days=60, benchmark_price=PRICE[firm],
                       holding_cost=11.37) for firm, name in OWN.items()),
            Material(material="cobalt", annual_demand=350, target_cover_days=30, benchmark_price=30000,
                     accessible_world_supply=1500),
        ),
        offers=(
            *(Offer(offer=OFFER[firm], supplier=SUPPLIER[firm], material=OWN[firm], price=PRICE[firm], freight=113.57,
                    duty_rate=0.031, capacity_per_period=300, payment_days=30, lead_days=20, contract_cost=1371.0)
              for firm in FIRMS),
            Offer(offer="shared-2027", supplier="Thornbury", material="cobalt", price=30101.0, capacity_per_period=400,
                  exclusive=False, lead_days=25, fixed_order_cost=517.0),
        ),
        traders=(
            Trader(trader=ALDEBARAN, fee=0.011, credit_days=60, credit_rate=0.071, working_capital=9.1e7),
            Trader(trader=BETELGEUSE, fee=0.013, credit_days=45, credit_rate=0.083, maximum_share=0.7),
            Trader(trader=CAPELLA, fee=0.009, maximum_spend=4.7e7, minimum_share=0.05),
        ),
        mandates=tuple(
            Mandate(trader=firm, material=name) for firm in FIRMS for name in (OWN[firm], "cobalt")
        ),
        budgets=tuple(Budget(year=2027, trader=firm, amount=3.3e7 + place) for place, firm in enumerate(FIRMS)),
        suppliers=tuple(Supplier(supplier=name, onboarding_cost=2711.0) for name in (*SUPPLIER.values(), "Thornbury")),
        price_breaks=(
            PriceBreak(offer="shared-2027", from_quantity=40, discount=0.0371, basis_="contract"),
            *(PriceBreak(offer=OFFER[firm], from_quantity=100, discount=0.0173, kind="all units") for firm in FIRMS),
        ),
        price_impact=(
            PriceImpact(material="cobalt", from_share=0, uplift=0), PriceImpact(material="cobalt", from_share=0.3, uplift=0.05),
        ),
        depots=(
            Depot(depot=DOCK, rent=3.17, handling_in=1.93),
            Depot(depot=KASKADE, capacity=90, rent=0.51, handling_in=0.71, related_trader=BETELGEUSE),
        ),
        open_orders=tuple(
            OpenOrder(order=OPEN[firm], material=OWN[firm], offer=OFFER[firm], trader=firm, quantity=ORDERED[firm],
                      arrival=date(2027, 3, 11), price=PRICE[firm] - 1000.13)
            for firm in FIRMS
        ),
        decisions=tuple(
            Decision(offer=offer, trader=firm, kind="fix", period=first, quantity=quantity, reason=f"for {firm}")
            for offer, firm, quantity in fixed
        ),
        members=(Member(member=HERON), Member(member=LAPWING, priority=2)),
        commitments=(
            Commitment(member=HERON, material="gallium", quantity=30.317, gap_penalty=1e-3),
            Commitment(member=LAPWING, material="antimony", quantity=21.733, gap_penalty=1e-3),
        ),
    )  # fmt: skip


@cache
def rivals_result() -> Result:
    """Their plan, solved."""
    return solved(rivals_case())
