"""What working out landed cost takes: `python -m tests.benchmarks.quotes`. Ends with status 1 if the figure is missed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from random import Random
from time import perf_counter

from models.case import Case
from models.landed_cost import landed_costs
from models.records import Country, Duty, Incoterm, Material, Offer, Price, Settings, Trader
from tests.benchmarks.main_job import Figure, told

OFFERS, PERIODS, DUTIES, SECONDS = 5000, 60, 40, 1.0
COUNTRIES = ("CHN", "AUS", "CAN", "DEU", "JPN")


def case(seed: int) -> Case:
    """Offers of ten materials, fixed or on an index, from five countries, under four tariff codes of ten duty rows each."""
    random = Random(seed)
    names = [f"m{k}" for k in range(10)]
    duties = tuple(
        Duty(tariff_code=f"T{k % 4}", origin=random.choice(("", *COUNTRIES)), kind=f"kind {k // 4}", rate=0.01 * (k % 7),
             from_date=date(2027 + k % 3, 1 + k % 12, 1))
        for k in range(DUTIES)
    )  # fmt: skip
    offers = tuple(
        Offer(offer=f"o{k}", supplier=f"s{k % 300}", material=names[k % 10], refine_country=random.choice(COUNTRIES),
              price=None if k % 2 else 100.0, index="ix" if k % 2 else None, freight=1.0, lead_days=random.randint(0, 120),
              incoterm=random.choice(list(Incoterm)), tariff_code=f"T{k % 4}",
              quotation_months=random.choice((None, 0, 1)) if k % 2 else None)
        for k in range(OFFERS)
    )  # fmt: skip
    prices = tuple(Price(index="ix", date=date(2026 + t // 12, t % 12 + 1, 1), value=90.0 + t) for t in range(96))
    materials = tuple(Material(material=name, benchmark_price=100) for name in names)
    return Case(
        Settings(start_date=date(2027, 1, 1), periods=PERIODS), materials, offers, (Trader(trader="f"),), duties=duties,
        prices=prices, countries=tuple(Country(iso3=name) for name in COUNTRIES),
    )  # fmt: skip


def figures() -> Iterator[Figure]:
    """The time for every offer in every period."""
    made = case(1)
    began = perf_counter()
    found = landed_costs(made)
    seconds = perf_counter() - began
    yield Figure(
        f"landed cost of {OFFERS:,} offers × {PERIODS} periods × {DUTIES} duty rows: {len(found):,} quotes",
        seconds,
        "s",
        SECONDS,
    )


if __name__ == "__main__":
    sys.exit(told(figures()))
