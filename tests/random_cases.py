"""Seeded random cases that use every sheet: small, full of features, and not always feasible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

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
    Partner,
    Policy,
    Price,
    PriceBreak,
    Scenario,
    Settings,
    Shock,
    Supplier,
    Trader,
)
from tests.cases import START, first

COUNTRIES = (
    Country(iso3="CHN", covered=True), Country(iso3="JPN", blocs=("G7",)), Country(iso3="DEU", blocs=("G7", "EU")),
    Country(iso3="AUS"),
)  # fmt: skip
CODES = [row.iso3 for row in COUNTRIES]


def everything(seed: int) -> Case:
    """A case of two or three materials, four to six offers, one or two traders and two to four periods."""
    return Maker(Random(seed)).everything()


class Maker:
    """Draws one case; each sheet is there more often than not."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.periods = random.randint(2, 4)
        self.names = [f"m{k}" for k in range(random.randint(2, 3))]
        self.suppliers = ["s0", "s1", "s2"]
        self.traders = [f"f{k}" for k in range(random.randint(1, 2))]

    def sometimes(self, value: object, odds: float = 0.5) -> object:
        return value if self.random.random() < odds else None

    def everything(self) -> Case:
        """One case."""
        return self.helped(self.floored(self.in_danger(self.averaged(self.case()))))

    def case(self) -> Case:
        random = self.random
        offers = tuple(self.offer(k, self.names[k % len(self.names)]) for k in range(random.randint(4, 6)))
        depots = (
            Depot(depot="D", country="JPN", storage_class="v", capacity=90, rent=2, handling_in=1),
            Depot(depot="E", country="CHN", throughput=200, rent=1, handling_out=1, from_date=self.sometimes(first(2))),
        )  # fmt: skip
        return Case(
            settings=Settings(
                start_date=START, periods=self.periods, period=random.choice(("month", "quarter")),
                budget=self.sometimes(3000), discount_rate=random.choice((0.0, 0.06)),
                unknown_origin=random.choice(("restricted", "open")),
            ),
            materials=tuple(self.material(name) for name in self.names),
            offers=offers,
            traders=tuple(self.trader(name) for name in self.traders),
            budgets=(Budget(year=2027, trader=self.sometimes("f0"), amount=2500),) if random.random() < 0.5 else (),
            suppliers=tuple(self.supplier(name) for name in self.suppliers) if random.random() < 0.7 else (),
            price_breaks=tuple(self.price_breaks(offers)),
            mandates=tuple(Mandate(trader=f, material=i, allowed=random.random() < 0.9, fee=self.sometimes(0.01))
                           for f in self.traders for i in self.names) if random.random() < 0.3 else (),
            prices=tuple(Price(index="ix", date=first(t), value=random.randint(5, 15)) for t in range(1, 13)),
            depots=depots if random.random() < 0.5 else (),
            opening_stock=tuple(OpeningStock(material=i, quantity=random.randint(0, 9)) for i in self.names),
            open_orders=tuple(self.open_order(k, random.choice(offers)) for k in range(random.randint(0, 3))),
            decisions=tuple(self.decision(random.choice(offers)) for _ in range(random.randint(0, 2))),
            demand=tuple(Demand(material=i, date=first(t), quantity=random.randint(0, 9))
                         for i in self.names if random.random() < 0.5 for t in range(1, self.periods + 1)),
            countries=COUNTRIES,
            policy=tuple(self.policy(k) for k in range(random.randint(0, 3))),
            contingencies=tuple(self.contingency(k) for k in range(random.randint(0, 2))),
        )  # fmt: skip

    def material(self, name: str) -> Material:
        random = self.random
        return Material(
            material=name, unit=random.choice(("t", "kg")), group=random.choice(("g", "")), annual_demand=random.randint(0, 60),
            demand_use=random.choice(("cover only", "draws stock")), benchmark_price=20, holding_cost=random.choice((0, 6)),
            target_cover_days=random.choice((0, 45)), ramp_to=self.sometimes(first(3)), floor_days=random.choice((0, 10)),
            floor_from=first(2), loss_rate=random.choice((0.0, 0.1)), lot=self.sometimes(3, 0.2),
            value_of_shortage=self.sometimes(90, 0.7), accessible_world_supply=1000, participation_cap=self.sometimes(0.3),
            storage_class=random.choice(("v", "")), minimum_stock=random.choice((0, 0, 1)), maximum_stock=self.sometimes(80),
        )  # fmt: skip

    def offer(self, number: int, material: str) -> Offer:
        random = self.random
        by_index = random.random() < 0.3
        return Offer(
            offer=f"o{number}", supplier=random.choice(self.suppliers), material=material,
            mine_country=random.choice(((), (("CHN", 1.0),), (("CHN", 0.5), ("AUS", 0.5)))),
            refine_country=self.sometimes(random.choice(CODES), 0.8), plant=random.choice(("", "P")),
            price=None if by_index else random.randint(5, 20), index="ix" if by_index else None, premium=1 if by_index else 0,
            freight=random.choice((0, 1)), duty_rate=random.choice((0, 0.1)), minimum_order=random.choice((0, 0, 5)),
            maximum_order=self.sometimes(60, 0.3), capacity_per_period=self.sometimes(40), lot=self.sometimes(2, 0.3),
            fixed_order_cost=random.choice((0, 0, 8)), contract_cost=random.choice((0, 12)),
            maximum_total=self.sometimes(100, 0.3), lead_days=random.choice((0, 20, 40)), payment_days=random.choice((0, 60)),
            valid_to=self.sometimes(first(2), 0.2), exclusive=random.random() < 0.7,
        )  # fmt: skip

    def trader(self, name: str) -> Trader:
        random = self.random
        return Trader(
            trader=name, fee=random.choice((0, 0.02)), maximum_spend=self.sometimes(2000, 0.3),
            minimum_share=self.sometimes(0.1, 0.2), maximum_share=self.sometimes(0.8, 0.2),
        )  # fmt: skip

    def supplier(self, name: str) -> Supplier:
        random = self.random
        return Supplier(
            supplier=name, owner_country=self.sometimes(random.choice(CODES)), onboarding_cost=random.choice((0, 25)),
            capacity_per_period=self.sometimes(50), capacity_per_year=self.sometimes(120), sanctioned=random.random() < 0.1,
        )  # fmt: skip

    def price_breaks(self, offers: tuple[Offer, ...]) -> list[PriceBreak]:
        found = []
        for row in offers:
            if self.random.random() < 0.3:
                kind, basis = self.random.choice(("incremental", "all units")), self.random.choice(("order", "contract"))
                discount = self.random.choice((0.1, -0.1))
                found += [PriceBreak(offer=row.offer, from_quantity=q, discount=k * discount, kind=kind, basis_=basis)
                          for k, q in ((1, 6), (2, 15))]  # fmt: skip
        return found

    def open_order(self, number: int, offer: Offer) -> OpenOrder:
        random = self.random
        return OpenOrder(
            order=f"n{number}", material=offer.material, offer=self.sometimes(offer.offer), trader=self.sometimes("f0"),
            quantity=random.randint(1, 6), arrival=first(random.randint(1, self.periods)), price=random.randint(0, 9),
            paid=random.random() < 0.3,
        )  # fmt: skip

    def decision(self, offer: Offer) -> Decision:
        random = self.random
        kind = random.choice(("force", "forbid", "fix"))
        return Decision(
            offer=offer.offer, trader=self.sometimes("f0", 0.3), kind=kind,
            period=date(2027, 1, 15) if random.random() < 0.5 else None,
            quantity=6 if kind == "fix" else self.sometimes(6) if kind == "force" else None,
        )  # fmt: skip

    def policy(self, number: int) -> Policy:
        random = self.random
        kind = random.choice(("share", "share", "amount", "count"))
        attribute = random.choice(("mine", "refine", "any stage", "supplier", "trader", "plant"))
        values = {"supplier": ("s0", "s1"), "trader": ("f0",), "plant": ("P",)}.get(attribute, ("covered",))
        limit = {"share": random.choice((0.6, 0.9)), "amount": random.choice((10, 60)), "count": random.choice((1, 2))}[kind]
        return Policy(
            rule=f"r{number}", kind=kind, measure=random.choice(("quantity", "spend")), attribute=attribute,
            within=random.choice((values, ("each",))) if kind != "count" else random.choice(((), ("s0", "s1", "CHN"))),
            exempt=random.choice(((), ("EU",))), scope_=random.choice(("all", "each material", "m0", "g")),
            trader=self.sometimes("f0", 0.2), sense="at least" if kind == "count" else random.choice(("at most", "at least")),
            limit=limit, minimum_share=random.choice((0, 0.2)) if kind == "count" else 0,
            window=random.choice(("period", "contract year", "rolling", "horizon")),
            counts_open_orders=random.random() < 0.6, hardness=random.choice(("hard", "soft")), penalty=3,
        )  # fmt: skip

    def averaged(self, case: Case) -> Case:
        """The case, sometimes with a limit on the mean lead time or on how many suppliers there are."""
        random = self.random
        common: dict[str, Any] = {
            "scope_": random.choice(("all", "each material", "m0")), "counts_open_orders": False, "penalty": 3,
            "measure": random.choice(("quantity", "spend")), "hardness": random.choice(("hard", "soft")),
        }  # fmt: skip
        average = Policy(rule="lead", kind="average", attribute="lead days", limit=random.choice((15, 30)),
                         sense=random.choice(("at most", "at least")), **common)  # fmt: skip
        few = Policy(rule="few", kind="count", attribute="supplier", limit=1, minimum_share=random.choice((0, 0.3)), **common)
        return replace(case, policy=(*case.policy, *random.choice(((), (), (average,), (few,)))))

    def contingency(self, number: int) -> Contingency:
        random = self.random
        kind = random.choice(("each country", "each supplier", "each plant", "named"))
        return Contingency(
            contingency=f"k{number}", kind=kind, names=("CHN", "JPN") if kind == "named" else (),
            exempt=random.choice(((), ("AUS",), ("G7",))), owner_counts=random.random() < 0.5,
            scope_=random.choice(("all", "m0", "g")), days_to_survive=random.choice((20, 45, 61)),
            essential_share=self.sometimes(0.3), from_date=first(2), hardness=random.choice(("soft", "soft", "soft", "hard")),
            penalty=self.sometimes(12),
        )  # fmt: skip

    def in_danger(self, case: Case) -> Case:
        """The case, with scenarios and their shocks; sometimes CVaR counts, and some offers can be bought at once."""
        random = self.random
        scenarios = tuple(self.scenario(k) for k in range(random.randint(0, 3)))
        names = [row.scenario for row in scenarios]
        tail: dict[str, Any] = {"risk_weight": random.choice((0.0, 0.0, 0.5, 2.0)), "cvar_alpha": random.choice((0.0, 0.8)),
                                "cvar_cap": self.sometimes(3000, 0.2), "protection_cap": self.sometimes(4000, 0.2),
                                "max_scenarios": random.choice((3, 200))}  # fmt: skip
        return replace(
            case, scenarios=scenarios, settings=case.settings.model_copy(update=tail),
            shocks=tuple(self.shock(random.choice(names), case) for _ in range(random.randint(1, 4))) if names else (),
            offers=tuple(row.model_copy(update={"emergency_per_period": random.choice((0, 3.0, 3.0))}) for row in case.offers),
        )  # fmt: skip

    def helped(self, case: Case) -> Case:
        """The case, sometimes with partners whose stock can be called in scenarios."""
        rows = tuple(
            Partner(partner=name, material=i, quantity=self.random.randint(0, 9), share_on_call=self.random.choice((0.5, 1.0)),
                    delay_days=self.random.choice((0.0, 40.0)))
            for i in self.names if self.random.random() < 0.4 for name in ("JP", "KR")
        )  # fmt: skip
        return replace(case, partners=rows)

    def floored(self, case: Case) -> Case:
        """The case, sometimes with a floor of cover for all materials, hard or soft."""
        floor = {"cover_floor": self.sometimes(8, 0.3), "cover_floor_penalty": self.sometimes(40, 0.7)}
        return replace(case, settings=case.settings.model_copy(update=floor))

    def scenario(self, number: int) -> Scenario:
        return Scenario(
            scenario=f"w{number}", probability=self.random.choice((0.0, 0.1, 0.3)), group=self.random.choice(("", "state"))
        )

    def shock(self, scenario: str, case: Case) -> Shock:
        random = self.random
        hits = random.choice(("country", "offer", "offer", "offer", "supplier", "plant", "route", "material", "index"))
        offer = random.choice(case.offers).offer
        name = {"country": "CHN", "supplier": "s0", "plant": "P", "offer": offer, "route": "JPN", "index": "ix"}.get(hits)
        return Shock(
            scenario=scenario, hits=hits, name=name or random.choice(("all", "m0", "g")),
            stage=self.sometimes(random.choice(("mine", "refine", "owner", "any stage"))) if hits == "country" else None,
            scope_=random.choice(("all", "all", "m0", "m1")), from_date=self.sometimes(first(random.randint(1, self.periods))),
            periods=self.sometimes(random.randint(1, 2)), availability=random.choice((0.0, 0.5, 1.0)),
            price_factor=random.choice((1.0, 1.0, 2.0, 0.5)), demand_factor=random.choice((1.0, 1.5, 0.5)),
            delay_days=random.choice((0, 0, 31, 100)),
        )  # fmt: skip
