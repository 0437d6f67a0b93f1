"""Mappings of the building side that no column stands for, each with a mutant that the checks must notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any, NamedTuple

from models import build, needs, skeleton
from models.case import Case
from models.ledgers import Linear
from models.records import Supplier
from models.rules import (
    budget,
    decisions,
    depots,
    n1_cover,
    orders,
    origin_classes,
    policy,
    stability,
    stock_balance,
    suppliers,
    traders,
)
from models.rules.n1_cover import losses
from models.rules.policy import limits
from models.rules.price_breaks import schedule
from models.slots import Slot
from planner.verify import COSTS
from tests.cases import case, first, kept, offer
from tests.misread_cases import (
    LATER,
    broken,
    covered,
    dearer,
    decided,
    funded,
    halved,
    housed,
    kept_in,
    monthly,
    quoted,
    supplied,
    threatened,
    traded,
    valued,
)
from tests.misreadings import AUSTRALIAN_ORE, PATIENT, SOON
from tests.policies import ALLIED, from_country, rule, ruled
from tests.rules.test_policy_stock import held, stocked
from tests.rules.test_stability import kept_to


class Mutation(NamedTuple):
    """The building side's function `name` of `owner` is replaced; the checks of a rule must notice."""

    what: str
    owner: ModuleType | type
    name: str
    mutant: Callable[[Callable[..., Any]], Callable[..., Any]]
    case: Callable[[], Case]
    noticed_by: str


def always(value: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A function that says the same of everything."""
    return lambda original: lambda *args: value


def a_period_off(position: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A function that is asked about the period before the one that is meant."""
    return lambda original: lambda *args: original(*args[:position], args[position] - 1, *args[position + 1 :])


def arriving_early(original: Callable[..., Any]) -> Callable[..., Any]:
    def slots(whole: Case) -> dict[str, tuple[Slot, ...]]:
        return {
            name: tuple(slot._replace(arrival=max(1, slot.arrival - 1)) for slot in found)
            for name, found in original(whole).items()
        }

    return slots


def moved_on(original: Callable[..., Any]) -> Callable[..., Any]:
    """What is known of each period is said of the next."""

    def shifted(*args: Any) -> dict[int, float]:
        known = original(*args)
        return {period: known.get(period - 1, figure) for period, figure in known.items()}

    return shifted


def doubled(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: {place: 2 * quantity for place, quantity in original(*args).items()}


def always_last(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda asked, arriving: [max(asked)]


def by_land(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda whole, row, exposure: original(whole, row, exposure) - {"CHN"}


def early_and_late() -> Case:
    """Dear goods in January, and cheap ones in February, for 59 days: 31 t must come in January."""
    return threatened(ALLIED, from_country("late", 5.0, "AUS", valid_from=first(2)), days_to_survive=59.0)


def shipped() -> Case:
    """Cheap goods that pass a Chinese port, and dear ones that do not."""
    return threatened(from_country("c", 10.0, "JPN", route=("CHN",)), ALLIED)


def mine_for_refine(original: Callable[..., Any]) -> Callable[..., Any]:
    other = {"mine": "refine", "refine": "mine", "owner": "owner"}
    return lambda whole, exposure, stage: original(whole, exposure, other[stage])


def beginning_sooner(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: [step._replace(begins=max(0.0, step.begins - 1.0)) for step in original(*args)]


def in_kilograms(made: Case) -> Callable[[], Case]:
    """The case with a material in kilograms, made anew each time."""
    return lambda: replace(made, materials=tuple(row.model_copy(update={"unit": "kg"}) for row in made.materials))


def shared_out() -> Case:
    """A supplier of 5 a month with two offers, each of which alone stays within that."""
    rows = (Supplier(supplier="s", capacity_per_period=5), Supplier(supplier="p"))
    return case(offer(), offer("q", 11.0), offer("p", 12.0, supplier="p"), needs=(10,), suppliers=rows)


def late() -> Case:
    return case(offer(lead_days=31), **PATIENT)


def disapproved() -> Case:
    return supplied(approved=False)


def forced() -> Case:
    """An order of a dear offer in January, of whatever quantity."""
    return decided(quantity=None, period=first(1))


def ramping() -> Case:
    return covered(target_cover_days=90, ramp_to=first(4))


def two_sources() -> Case:
    return ruled(rule(2, (), "count", attribute="supplier", sense="at least"))


def rising() -> Case:
    """A tonne a day in January, two in February, three in March, and a floor of ten days."""
    return case(offer(), needs=(31, 56, 93), materials=(kept(floor_days=10),), settings=LATER)


def gliding() -> Case:
    """Half of January's purchases may come from China, a quarter of February's."""
    found = monthly()
    (row,) = found.policy
    return replace(found, policy=(row, row.model_copy(update={"from_date": first(2), "limit": 0.25})))


def seasonal() -> Case:
    """Ten tonnes in each of two months, none kept; China sells in January only, half of each month's may be its."""
    return monthly(SOON)


MUTATIONS = (
    Mutation(
        "half of the cost under the cap", stability, "discount_factor", always(0.5), lambda: kept_to(cap=220.0), "stability"
    ),
    Mutation(
        "a lead time by a period",
        skeleton,
        "slots_of",
        arriving_early,
        late,
        "stock_balance",
    ),
    Mutation("the fee left out", skeleton, "fee", always(0.0), lambda: traded(fee=0.05), COSTS),
    Mutation(
        "everybody may buy",
        skeleton,
        "lanes",
        always((("o", "f"), ("p", "f"))),
        disapproved,
        "eligibility",
    ),
    Mutation("a day's discount", build, "discount_factor", a_period_off(1), lambda: quoted(payment_days=40), COSTS),
    Mutation("no smallest order", orders, "smallest_order", always(0.0), lambda: quoted(minimum_order=12), "orders"),
    Mutation(
        "no order forced",
        decisions,
        "smallest_purchase",
        always(None),
        forced,
        "decisions",
    ),
    Mutation("steps sooner", schedule, "steps", beginning_sooner, lambda: broken(7.5), COSTS),
    Mutation(
        "a supplier in tonnes",
        suppliers,
        "supplier_unit",
        always("t"),
        in_kilograms(shared_out()),
        "suppliers",
    ),
    Mutation("a depot in tonnes", depots, "space_unit", always("t"), in_kilograms(housed(capacity=3)), "depots"),
    Mutation("a closed depot", skeleton, "takes", always(True), lambda: housed(from_date=first(2)), "depots"),
    Mutation("nothing is lost", stock_balance, "kept", always(1.0), lambda: dearer(loss_rate=0.5), "stock_balance"),
    Mutation("the opening stock twice", skeleton.Skeleton, "opening_by_place", doubled, lambda: kept_in("D"), "stock_balance"),
    Mutation("only the end of the days", n1_cover, "_needed_ends", always_last, early_and_late, "n1_cover"),
    Mutation("routes are safe", losses, "names_of", by_land, shipped, "n1_cover"),
    Mutation("last month's demand", needs, "demand", moved_on, lambda: quoted(10, 5), "demand"),
    Mutation("the cover of a period before", needs, "demand_of_days", a_period_off(2), rising, "cover"),
    Mutation(
        "the ramp of a period before",
        needs,
        "ramp",
        a_period_off(2),
        ramping,
        COSTS,
    ),
    Mutation("another worth at the end", skeleton, "benchmark", always(20.0), lambda: valued(benchmark_price=25.0), COSTS),
    Mutation("no share of a trader", traders, "_share", always(Linear()), lambda: traded(maximum_share=0.5), "traders"),
    Mutation("no ceiling", budget, "_ceilings", always([]), lambda: funded(amount=60.0), "budget"),
    Mutation("one window for all", limits, "_windows", always([("all", range(1, 3))]), seasonal, "policy"),
    Mutation("the limit of a period before", limits, "_in_force", moved_on, gliding, "policy"),
    Mutation("mine for refine", limits, "countries", mine_for_refine, lambda: halved(AUSTRALIAN_ORE), "policy"),
    Mutation("all is of open origin", origin_classes, "is_restricted", always(False), lambda: stocked(held(0.3)), "policy"),
    Mutation("a count of nothing", policy, "smallest_part", always(0.0), two_sources, "policy"),
)
