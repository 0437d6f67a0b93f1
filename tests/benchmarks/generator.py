"""A seeded generator of synthetic cases of any size: same arguments, same case, on every machine.

Every material has one dear, near, always valid offer that could meet its whole demand, so that a plan exists; the
others are cheaper, and have windows, lead times, minimum orders, lots and fixed costs that make the choice hard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from random import Random

from models.case import Case
from models.records import (
    Country,
    DemandUse,
    Mandate,
    Material,
    Offer,
    OpeningStock,
    Price,
    Settings,
    Supplier,
    Trader,
)
from tests.benchmarks.coupling import with_coupling_rows

START = date(2027, 1, 1)
DAYS_PER_PERIOD = 30.4
FREE = ("AUS", "CAN", "CHL", "DEU", "FIN", "JPN", "KOR", "USA")
COVERED = ("CHN", "RUS")
SCALES = (("kg", 1e3), ("t", 1e3), ("kt", 1e2), ("Mt", 10.0))
"""Units, and a typical demand per year in each."""
MATERIALS_PER_SHARED_SUPPLIER = 4


def synthetic(
    materials: int = 60,
    offers: int = 480,
    traders: int = 3,
    periods: int = 24,
    *,
    seed: int,
    shared_suppliers: bool,
    binding: bool,
) -> Case:
    """A feasible case of monthly periods.

    Args:
        offers: at least two for each material.
        shared_suppliers: a third of the offers belong to suppliers that serve three materials or more; otherwise every
            supplier serves one.
        binding: budget, the share of covered countries and the traders' shares cost at least 1 % of the optimum each;
            otherwise these rows exist and do not bind.
    """
    random = Random(seed)
    sketches = [_Sketch.drawn(random, number, periods) for number in range(materials)]
    drafts = [draft for k in range(offers) for draft in [_Draft(sketches[k % materials], k // materials)]]
    owners = _suppliers_of(drafts, offers // 3 if shared_suppliers else 0)
    quotes = tuple(_offer(random, draft, owner, periods) for draft, owner in zip(drafts, owners, strict=True))
    names = [f"Trader {chr(ord('A') + f)}" for f in range(traders)]
    case = Case(
        settings=Settings(start_date=START, periods=periods, discount_rate=0.05),
        materials=tuple(sketch.material for sketch in sketches),
        offers=quotes,
        traders=tuple(Trader(trader=name) for name in names),
        suppliers=tuple(_suppliers(random, quotes, {sketch.material.material: sketch for sketch in sketches})),
        mandates=tuple(_mandates(random, names, sketches)),
        prices=tuple(_prices(random, sketches, periods)),
        opening_stock=tuple(
            OpeningStock(material=sketch.material.material, quantity=sketch.opening(random)) for sketch in sketches
        ),
        countries=tuple(Country(iso3=code, covered=code in COVERED) for code in (*FREE, *COVERED)),
    )
    return with_coupling_rows(case, binding)


@dataclass(frozen=True)
class _Sketch:
    """A material, with what its offers are drawn from: benchmark price (USD per unit) and demand per month (unit)."""

    material: Material
    price: float
    monthly: float
    indexed: bool
    size: float

    @classmethod
    def drawn(cls, random: Random, number: int, periods: int) -> _Sketch:
        unit, typical = SCALES[number % len(SCALES)]
        annual = _figure(typical * 10 ** random.uniform(-0.7, 0.7))
        value = 10 ** random.uniform(7.3, 8.7)
        price = _figure(value / annual)
        use = DemandUse.COVER_ONLY if number % 3 == 2 else DemandUse.DRAWS_STOCK
        ramp_to = START + timedelta(days=round(DAYS_PER_PERIOD * periods * random.uniform(0.3, 0.7)))
        supply = _figure(annual * random.uniform(8.0, 15.0))
        material = Material(
            material=f"Material {number + 1:03}",
            group=f"Group {number % 6 + 1}",
            unit=unit,
            annual_demand=annual,
            demand_use=use,
            benchmark_price=price,
            target_cover_days=random.choice((60, 90, 120, 180)),
            ramp_to=ramp_to,
            cover_penalty=_figure(price * random.uniform(1.0, 3.0)),
            floor_days=30,
            floor_from=ramp_to,
            holding_cost=_figure(price * random.uniform(0.01, 0.04)),
            loss_rate=random.choice((0.0, 0.0, 0.01)),
            value_of_shortage=_figure(price * random.uniform(3.0, 5.0)) if number % 3 == 0 else None,
            accessible_world_supply=supply,
            participation_cap=round(annual * random.uniform(1.6, 2.4) / supply, 3),
        )
        return cls(material, price, annual / 12, number % 2 == 0, number % len(SCALES))

    def opening(self, random: Random) -> float:
        """Opening stock, in the material's unit: where demand draws on it, enough until the first orders arrive."""
        draws = self.material.demand_use is DemandUse.DRAWS_STOCK
        return _figure(self.monthly * (random.uniform(3.0, 5.0) if draws else random.uniform(0.0, 1.0)))


@dataclass(frozen=True)
class _Draft:
    """An offer to be drawn: its material and its rank among the material's offers; rank 0 is the one that always can."""

    sketch: _Sketch
    rank: int


def _suppliers_of(drafts: list[_Draft], shared: int) -> list[str]:
    """The supplier of each offer.

    The last `shared` offers go in runs of several materials: of one unit where there are enough, so that the supplier's
    capacity means something.
    """
    owners = [f"Supplier of {draft.sketch.material.material}, {draft.rank // 2 + 1}" for draft in drafts]
    tail = range(len(drafts) - shared, len(drafts))
    together = len({draft.sketch.material.material for draft in drafts}) >= 3 * len(SCALES)
    order = sorted(tail, key=lambda k: (together and drafts[k].sketch.size, drafts[k].rank, k))
    runs = max(1, shared // MATERIALS_PER_SHARED_SUPPLIER)
    for position, k in enumerate(order):
        run = min(position // MATERIALS_PER_SHARED_SUPPLIER, runs - 1)
        owners[k] = f"Shared supplier {run + 1:03}"
    return owners


def _offer(random: Random, draft: _Draft, supplier: str, periods: int) -> Offer:
    sketch, always = draft.sketch, draft.rank == 0
    covered = not always and random.random() < 0.45
    level = 1.25 if always else random.uniform(0.7, 0.9) if covered else random.uniform(0.92, 1.15)
    price = _figure(sketch.price * level)
    capacity = _figure(sketch.monthly * (1.4 if always else random.uniform(0.3, 0.9)))
    lot = _figure(capacity / random.choice((4, 6, 10, 20)), 2) if random.random() < 0.35 else None
    share = random.uniform(0.25, 0.8) if random.random() < 0.75 else 0.0
    minimum = _figure(lot * floor(share * floor(capacity / lot))) if lot else _figure(share * capacity, 2)
    value = capacity * price
    begins, ends = _window(random, periods) if not always and random.random() < 0.3 else (None, None)
    return Offer(
        offer=f"{sketch.material.material}, offer {draft.rank + 1}",
        supplier=supplier,
        material=sketch.material.material,
        mine_country=((random.choice(COVERED if covered else FREE), 1.0),),
        refine_country=random.choice(COVERED if covered else FREE),
        price=None if sketch.indexed else price,
        index=sketch.material.material if sketch.indexed else None,
        premium=price - sketch.price if sketch.indexed else 0.0,
        freight=_figure(price * random.uniform(0.005, 0.03)),
        insurance=_figure(price * 0.002),
        duty_rate=random.choice((0.0, 0.0, 0.025, 0.05)),
        capacity_per_period=capacity,
        minimum_order=minimum,
        lot=lot,
        fixed_order_cost=_figure(value * random.uniform(0.005, 0.03), 2) if random.random() < 0.4 else 0.0,
        contract_cost=_figure(value * random.uniform(0.0, 0.05), 2),
        lead_days=30 if always else random.choice((20, 30, 45, 60, 90)),
        licence_days=random.choice((0, 30)) if covered else 0,
        valid_from=begins,
        valid_to=ends,
        payment_days=30,
        exclusive=always or random.random() < 0.9,
    )


def _window(random: Random, periods: int) -> tuple[date, date]:
    """A validity window of a third of the horizon or more."""
    days = periods * DAYS_PER_PERIOD
    first = random.uniform(0.0, 0.5) * days
    return START + timedelta(days=round(first)), START + timedelta(days=round(first + random.uniform(0.35, 0.6) * days))


def _suppliers(random: Random, offers: tuple[Offer, ...], sketches: dict[str, _Sketch]) -> Iterator[Supplier]:
    """A supplier for each name: those of several offers have an onboarding cost and a capacity over all of them."""
    for name in dict.fromkeys(offer.supplier for offer in offers):
        own = [offer for offer in offers if offer.supplier == name]
        monthly = sum((offer.capacity_per_period or 0.0) * sketches[offer.material].price for offer in own)
        units = {sketches[offer.material].material.unit for offer in own}
        together = sum(offer.capacity_per_period or 0.0 for offer in own)
        limited = len({offer.material for offer in own}) > 1 and len(units) == 1
        yield Supplier(
            supplier=name,
            owner_country=own[0].refine_country,
            onboarding_cost=_figure(monthly * random.uniform(0.02, 0.2), 2),
            capacity_per_period=_figure(together * random.uniform(0.6, 0.9)) if limited else None,
        )


def _mandates(random: Random, traders: list[str], sketches: list[_Sketch]) -> Iterator[Mandate]:
    """Every trader may buy everything; the first is the cheapest on average, and each has its favourites."""
    for f, name in enumerate(traders):
        for sketch in sketches:
            fee = round(0.01 + 0.07 * f + random.uniform(0.0, 0.04), 4)
            yield Mandate(trader=name, material=sketch.material.material, fee=fee)


def _prices(random: Random, sketches: list[_Sketch], periods: int) -> Iterator[Price]:
    """A monthly random walk for the index of every second material."""
    for sketch in sketches:
        value = sketch.price
        for t in range(periods if sketch.indexed else 0):
            first = date(START.year + t // 12, t % 12 + 1, 1)
            yield Price(index=sketch.material.material, date=first, value=_figure(value))
            value *= random.uniform(0.97, 1.035)


def _figure(value: float, digits: int = 4) -> float:
    """A value as a person would write it: a few significant digits."""
    return float(f"{value:.{digits}g}")
