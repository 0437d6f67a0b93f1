"""What offers cost: a price or an index for each, an index on every day that needs it, and price breaks that make sense."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise

from models.case import Case
from models.landed_cost import index_prices, price, quoted_from
from models.records import BreakBasis, BreakKind, Material, Offer, Price, PriceBreak, PriceImpact
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, money, note, warning
from planner.sense.supply import Source, sources


def priced_once(case: Case) -> Iterator[Doubt]:
    """An offer has a price or an index, and a premium only with an index."""
    for row, offer in enumerate(case.offers):
        if offer.price is None and offer.index is None:
            message = f"offer {offer.offer} has neither a price nor an index"
            yield fault(Offer, row, "price", message, "Give a fixed price, or the index that it follows.")
        elif offer.price is not None and offer.index is not None:
            message = f"offer {offer.offer} has both a price of {money(offer.price)} and the index {offer.index}"
            yield fault(Offer, row, "price", message, "Keep the one that holds, and clear the other.")
        elif offer.index is None and offer.premium:
            message = f"offer {offer.offer} has a premium of {money(offer.premium)} on no index; its price stays as it is"
            yield warning(Offer, row, "premium", message, "Add the premium to the price, or name the index.")


def quoted_in_time(case: Case) -> Iterator[Doubt]:
    """An index has a price on the first day on which it is needed."""
    for source in sources(case).values():
        index = source.offer.index
        needed = min((quoted_from(source.offer, slot.day) for slot in source.slots), default=date.max)
        needed = min(needed, _valued_from(case, source.offer.material))
        if index is not None and needed < first_quoted(case)[index] and needed != date.max:
            message = _unquoted(f"offer {source.offer.offer}", index, first_quoted(case)[index], needed)
            yield fault(Offer, source.row, "index", message, _quote_by(index, needed))
    for row, record in enumerate(case.materials):
        index = record.benchmark_index
        needed = _valued_from(case, record.material, own=True)
        if index is not None and needed < first_quoted(case)[index]:
            message = _unquoted(f"{record.material}, for its benchmark,", index, first_quoted(case)[index], needed)
            yield fault(Material, row, "benchmark_index", message, _quote_by(index, needed))


def benchmarks_are_worth_something(case: Case) -> Iterator[Doubt]:
    """What a benchmark index stands at values what is missing: at 0 nothing costs anything."""
    followed = {row.benchmark_index for row in case.materials}
    for row, quotation in enumerate(case.prices):
        if quotation.index in followed and not quotation.value:
            message = (
                f"index {quotation.index} is a benchmark and stands at 0 from {quotation.date}: what is missing costs nothing"
            )
            yield warning(Price, row, "value", message, "Correct the price.")


def ends_enclose_quotations(case: Case) -> Iterator[Doubt]:
    """The low end of a quotation is not above it, and the high one not below."""
    for row, quotation in enumerate(case.prices):
        for name, is_beyond in (("low", quotation.low is not None and quotation.low > quotation.value),
                                ("high", quotation.high is not None and quotation.high < quotation.value)):  # fmt: skip
            if is_beyond:
                side = "above" if name == "low" else "below"
                message = f"index {quotation.index}: the {name} price from {quotation.date} is {side} its price"
                yield warning(Price, row, name, message, "Correct one of them.")


def premium_below_price(case: Case) -> Iterator[Doubt]:
    """A discount on an index leaves something of the price."""
    for source in sources(case).values():
        offer = source.offer
        if offer.index is None or offer.premium >= 0 or offer.price is not None:
            continue
        begins = first_quoted(case)[offer.index]
        days = (slot.day for slot in source.slots if quoted_from(offer, slot.day) >= begins)
        quoted = min(map(index_prices(case, offer), days), default=math.inf)
        if quoted + offer.premium < 0 and not offer.floor:
            message = (
                f"offer {offer.offer}: the discount of {money(-offer.premium)} is larger than index {offer.index}, which "
                f"stands at {money(quoted)}; the price counts as 0 then"
            )
            yield warning(Offer, source.row, "premium", message, "Correct the premium; its unit is USD per unit.")


def price_terms_make_sense(case: Case) -> Iterator[Doubt]:
    """A floor lies below its cap, and what is said of index, floor and upside has its use."""
    for row, offer in enumerate(case.offers):
        name, floor = f"offer {offer.offer}", offer.floor
        if floor is not None and offer.cap is not None and floor > offer.cap:
            message = f"{name} has a floor of {money(floor)} above its cap of {money(offer.cap)}"
            yield fault(Offer, row, "floor", message, "Exchange the two, or correct one.")
        if offer.upside_share and floor is None:
            message = f"{name} has no floor: its upside share of {percent(offer.upside_share)} counts for nothing"
            yield warning(Offer, row, "upside_share", message, "Give the floor from which the upside counts, or clear it.")
        if offer.quotation_months is not None and offer.index is None:
            message = f"{name} follows no index: its quotational period counts for nothing"
            yield warning(Offer, row, "quotation_months", message, "Clear it, or name the index.")


def breaks_are_clear(case: Case) -> Iterator[Doubt]:
    """A price break has a price or a discount, and the breaks of one offer are of one kind and basis."""
    first: dict[str, PriceBreak] = {}
    for row, step in enumerate(case.price_breaks):
        where = f"the break of offer {step.offer} from {figure(step.from_quantity)}"
        if step.price is None and step.discount is None:
            yield fault(PriceBreak, row, "price", f"{where} has neither a price nor a discount", "Give one of them.")
        if step.price is not None and step.discount is not None:
            yield fault(PriceBreak, row, "discount", f"{where} has both a price and a discount", "Clear one of them.")
        leader = first.setdefault(step.offer, step)
        for column in ("kind", "basis_"):
            mine, others = getattr(step, column), getattr(leader, column)
            if mine is not others:
                message = f"{where} is '{mine.value}', and the one from {figure(leader.from_quantity)} is '{others.value}'"
                yield fault(PriceBreak, row, column, message, "Make all breaks of an offer alike.")


def impact_rises(case: Case) -> Iterator[Doubt]:
    """Surcharges for market share rise with it, are of a known supply, and can be reached."""
    rows: dict[str, list[tuple[int, PriceImpact]]] = defaultdict(list)
    for row, step in enumerate(case.price_impact):
        rows[step.material].append((row, step))
    for name, steps in rows.items():
        steps.sort(key=lambda pair: pair[1].from_share)
        for (_, before), (row, step) in pairwise(steps):
            if step.uplift < before.uplift:
                message = (
                    f"the surcharge on {name} falls from {percent(before.uplift)} to {percent(step.uplift)} where the share of "
                    f"the market rises from {percent(before.from_share)} to {percent(step.from_share)}"
                )
                yield fault(PriceImpact, row, "uplift", message, "Let it rise, or stay the same, from step to step.")
        material, (row, last) = case.material[name], steps[-1]
        if material.accessible_world_supply is None:
            message = f"{name} has no accessible world supply, which its steps are shares of"
            yield fault(PriceImpact, steps[0][0], "material", message, "Fill it in on Materials, or delete these rows.")
        elif material.participation_cap is not None and last.from_share >= material.participation_cap:
            message = (
                f"the step from {percent(last.from_share)} is never reached: the cap is {percent(material.participation_cap)}"
            )
            yield note(PriceImpact, row, "from_share", message, "Lower it, raise the participation cap, or delete the row.")


def breaks_in_reach(case: Case) -> Iterator[Doubt]:
    """A price break can be reached by what the offer delivers, and prices move one way from step to step."""
    positions = {id(step): row for row, step in enumerate(case.price_breaks)}
    for name, steps in case.breaks_of.items():
        source, unit = sources(case)[name], case.material[case.offer[name].material].unit
        per_order = steps[0].basis_ is BreakBasis.ORDER
        most = source.order if per_order else source.total
        for step in steps if most > 0 else ():
            if step.from_quantity > most * (1 + 1e-9):
                what = "one order" if per_order else "all orders of the plan"
                message = (
                    f"the break of offer {name} from {figure(step.from_quantity)} {unit} is never reached: {what} can be "
                    f"{figure(most)} {unit} at most"
                )
                yield warning(PriceBreak, positions[id(step)], "from_quantity", message, "Correct it or the offer's limits.")
        prices = _step_prices(case, source, steps)
        rises = [(step, after) for (_, before), (step, after) in pairwise(prices) if after > before]
        if rises and len(rises) < len(prices) - 1:
            step, _ = rises[0]
            levels = ", ".join(figure(price) for _, price in prices)
            message = f"the prices of offer {name} fall and rise again from step to step: {levels} USD/{unit}"
            yield warning(PriceBreak, positions[id(step)], "price", message, "Check the prices and their quantities.")
        elif rises and steps[0].kind is BreakKind.ALL_UNITS:
            step, dearer = rises[0]
            message = (
                f"the break of offer {name} from {figure(step.from_quantity)} {unit} makes all units dearer, {figure(dearer)} "
                f"USD/{unit}: a plan stays just below it"
            )
            yield warning(PriceBreak, positions[id(step)], "price", message, "Check whether the offer's price has changed.")


@lru_cache(maxsize=4)
def first_quoted(case: Case) -> Mapping[str, date]:
    """The first day on which each index has a price."""
    found: dict[str, date] = {}
    for row in case.prices:
        found[row.index] = min(row.date, found.get(row.index, date.max))
    return found


def order_prices(case: Case, source: Source) -> list[float | None]:
    """The offer's price in each of its slots, in USD per unit; nothing where there is none."""
    offer = source.offer
    if offer.index is None:
        return [None if offer.price is None else price(case, offer, slot.day) for slot in source.slots]
    begins = first_quoted(case)[offer.index]
    return [price(case, offer, slot.day) if quoted_from(offer, slot.day) >= begins else None for slot in source.slots]


def _valued_from(case: Case, material: str, *, own: bool = False) -> date:
    """The first day on which the benchmark price of a material is needed, if its offers (or its own index) make it.

    It values what is missing from a cover target or a commitment, from the first day on, and what is left at the end.
    """
    record = case.material[material]
    others = record.benchmark_index is not None or record.benchmark_price is not None
    rows = [row for row in case.commitments if row.material == material]
    if not (record.target_cover_days or rows) or (others and not own):
        return date.max
    missed = record.target_cover_days and record.cover_penalty is None
    from_first = missed or any(row.gap_penalty is None for row in rows)
    return case.settings.start_date if from_first else case.calendar.first_day(case.calendar.periods)


def _unquoted(who: str, index: str, first: date, needed: date) -> str:
    return f"{who} follows index {index}, whose first price is of {first}; it needs one on {needed}"


def _quote_by(index: str, needed: date) -> str:
    return f"Add a price of {index} dated {needed} or before (sheet Prices)."


def _step_prices(case: Case, source: Source, steps: tuple[PriceBreak, ...]) -> list[tuple[PriceBreak, float]]:
    """Each step with its price on the first order; the offer's own price goes before, with the first step."""
    own = next((value for value in order_prices(case, source) if value is not None), None)
    if own is None:
        return []
    found = [] if steps[0].from_quantity == 0 else [(steps[0], own)]
    for step in steps:
        found.append((step, step.price if step.price is not None else own * (1 - (step.discount or 0.0))))
    return found
