"""Whether members' commitments fit together, and can be held at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from models import needs
from models.case import Case
from models.ledgers import Exposure
from models.membership import LEAST, NO_MEMBER
from models.needs import committed
from models.origins import exposure_of_order, is_restricted
from models.plan import quantity_tolerance
from models.records import CallOff, Commitment, DemandUse, Member, OriginClass, Settings, UnknownOrigin
from models.wording import figure, percent
from planner.sense.doubt import Doubt, fault, warning
from planner.sense.spans import spans_are_clear
from planner.sense.supply import sources_of


def commitments_are_clear(case: Case) -> Iterator[Doubt]:
    """A commitment begins before it ends, and no two of one member and material hold on one day."""
    yield from spans_are_clear(
        case.commitments, Commitment, lambda row: f"the commitment of {row.material} to {row.member}",
        lambda row: (row.member, row.material), "add them up",
    )  # fmt: skip


def commitments_hold(case: Case) -> Iterator[Doubt]:
    """A commitment is in force at the end of some period, and every member has one, and a name of its own."""
    named = {row.member for row in case.commitments}
    held = {id(row) for i in {row.material for row in case.commitments} for row in committed(case, i).values()}
    for position, row in enumerate(case.commitments):
        if id(row) not in held and (row.from_date or date.min) <= (row.to_date or date.max):
            message = f"the commitment of {row.material} to {row.member} holds at no period's end: it has no effect"
            yield warning(Commitment, position, "from_date", message, "Correct its days, or delete the row.")
    for position, member in enumerate(case.members):
        if member.member.strip().casefold() == NO_MEMBER:
            message = f"the name of member '{member.member}' stands for those who have committed to nothing"
            yield fault(Member, position, "member", message, "Give it another name.")
        if member.member not in named:
            message = f"{member.member} has no row in Commitments: it is entitled to nothing"
            yield warning(Member, position, "member", message, "Give it commitments, or delete the row.")


def commitments_have_room(case: Case) -> Iterator[Doubt]:
    """All commitments of a material together fit under its maximum stock."""
    for material in dict.fromkeys(row.material for row in case.commitments):
        most, sums = case.material[material].maximum_stock, defaultdict[int, float](float)
        for (_, t), row in committed(case, material).items():
            sums[t] += row.quantity
        t = max(sums, key=lambda t: sums[t], default=0)
        if most is not None and t and sums[t] > most + quantity_tolerance(most):
            unit = case.material[material].unit
            position = max(p for p, row in enumerate(case.commitments) if row.material == material)
            message = (
                f"members are entitled to {figure(sums[t])} {unit} of {material} at the end of {case.calendar.name(t)}, and "
                f"its maximum stock is {figure(most)} {unit}"
            )
            yield warning(Commitment, position, "quantity", message, "Raise the maximum stock, or lower the commitments.")


def shares_add_up(case: Case) -> Iterator[Doubt]:
    """The shares of a material's demand come to no more than all of it."""
    for material in dict.fromkeys(row.material for row in case.commitments):
        sums: dict[int, float] = defaultdict(float)
        for (_, t), row in committed(case, material).items():
            sums[t] += row.demand_share or 0.0
        t = max(sums, key=lambda t: sums[t], default=0)
        if t and sums[t] > 1.0 + LEAST:
            position = max(p for p, row in enumerate(case.commitments) if row.material == material and row.demand_share)
            message = (
                f"the members' shares of the demand for {material} add up to {percent(sums[t])} in {case.calendar.name(t)}"
            )
            yield fault(Commitment, position, "demand_share", message, "Lower them to 100 % in all.")


def clean_origin_can_be_had(case: Case) -> Iterator[Doubt]:
    """Who takes clean origin only can get some, and it is told what is not clean."""
    for position, row in enumerate(case.commitments):
        if row.quantity and case.member[row.member].clean_origin_only and not _is_open(case, row.material):
            message = (
                f"{row.member} takes clean origin only, and all that is offered, on order or in stock of {row.material} has a "
                "stage in a covered country, or one that is not known"
            )
            remedy = "Add offers of other origin, tell the countries that are not known, or lift `clean origin only`."
            yield warning(Commitment, position, "material", message, remedy)
    for position, member in enumerate(case.members):
        if member.clean_origin_only and not any(row.covered for row in case.countries):
            message = f"{member.member} takes clean origin only, and no country is covered: only what is not known is not clean"
            yield warning(Member, position, "clean_origin_only", message, "Say in Countries which countries are covered.")


def _is_open(case: Case, material: str) -> bool:
    """Whether any of a material is of open origin: an offer that can be bought, an open order, or opening stock."""
    offers = (Exposure(source.offer.offer, source.offer.supplier, "") for source in sources_of(case)[material])
    orders = (exposure_of_order(case, row) for row in case.open_orders if row.material == material)
    trusted = case.settings.unknown_origin is UnknownOrigin.OPEN
    return any(not is_restricted(case, exposure) for exposure in (*offers, *orders)) or any(
        row.quantity and (row.origin_class is OriginClass.OPEN or (row.origin_class is None and trusted))
        for row in case.opening_stock if row.material == material
    )  # fmt: skip


def call_offs_fit(case: Case) -> Iterator[Doubt]:
    """Members call off what they are entitled to, of materials whose demand does not draw the stock itself, within the plan."""
    for position, row in enumerate(case.call_offs):
        t, name = case.calendar.period_of(row.date), f"what {row.member} calls off of {row.material} on {row.date}"
        if case.material[row.material].demand_use is DemandUse.DRAWS_STOCK:
            message = f"{name}: its demand draws the stock already, and would be counted twice"
            yield fault(CallOff, position, "material", message, "Make the demand `cover only`, or delete the row.")
        elif t < 1 and _is_to_replenish(case, row, t):
            continue
        elif t not in case.calendar.horizon:
            yield warning(CallOff, position, "date", f"{name} lies outside the plan: it has no effect", "Correct the day.")
        else:
            entitled, drawn = _entitled(case, row, t)
            if drawn > entitled + quantity_tolerance(entitled):
                unit = case.material[row.material].unit
                message = (
                    f"{name} comes to {figure(drawn)} {unit} with what need not be replenished yet, and it is entitled to "
                    f"{figure(entitled)} {unit}"
                )
                yield fault(CallOff, position, "quantity", message, "Correct it, or the commitment in Commitments.")


def _is_to_replenish(case: Case, row: CallOff, period: int) -> bool:
    """Whether what was drawn before the plan need not all be replenished by then: it lowers what the member is entitled to."""
    held = committed(case, row.material).items()
    return any(name == row.member and period > t - one.replenish_periods for (name, t), one in held)


def _entitled(case: Case, row: CallOff, period: int) -> tuple[float, float]:
    """A member's commitment of a material in a period, and what it has called off by then that need not be replenished yet."""
    commitment = committed(case, row.material).get((row.member, period))
    if commitment is None:
        return 0.0, row.quantity
    since = min(period - commitment.replenish_periods + 1, period)
    called = needs.called_off(case, row.material) | needs.drawn_before(case, row.material)
    return commitment.quantity, sum(called.get((row.member, t), 0.0) for t in range(since, period + 1))


def terms_have_effect(case: Case) -> Iterator[Doubt]:
    """What is drawn is replenished within the plan, and who is billed has something held."""
    last = case.calendar.periods
    for position, row in enumerate(case.commitments):
        called = [one for one in case.call_offs if (one.member, one.material) == (row.member, row.material)]
        late = [one for one in called if case.calendar.period_of(one.date) + row.replenish_periods > last]
        if late and len(late) == len(called):
            message = (
                f"what {row.member} draws of {row.material} on {late[0].date} is replenished within {row.replenish_periods} "
                f"periods, and the plan ends after {case.calendar.name(last)}: it is not asked for"
            )
            yield warning(Commitment, position, "replenish_periods", message, "Correct it, or lengthen the plan.")
    if case.settings.carry_rate and not case.commitments:
        message = "nobody has commitments: the carry rate counts for nothing"
        yield warning(Settings, None, "carry_rate", message, "Fill Members and Commitments, or clear the cell.")
