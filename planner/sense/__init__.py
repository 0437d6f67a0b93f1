"""Checks between tables: what each sheet says on its own is right, but together it makes no sense or no plan.

Each check is a function of the case that yields doubts. A fault is input that means nothing, or of which arithmetic
proves that no plan can satisfy it; everything else that is probably not meant is a warning. The participation cap and the
Policy sheet are agreed limits: where they leave no plan the doubt is a warning too, since solving proves it and then names
what to loosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from models.case import Case
from models.records import Settings
from planner.findings import Finding
from planner.sense import (
    contingencies,
    cover,
    decisions,
    duties,
    funding,
    horizon,
    last_plan,
    magnitudes,
    materials,
    members,
    money,
    offers,
    policy,
    policy_effect,
    policy_pairs,
    policy_room,
    policy_values,
    prices,
    scenarios,
    shocks,
    stock,
    units,
)
from planner.sense.doubt import Addresses, Doubt, shown
from planner.validate.sound import Field, Part, Sound, Unread

__all__ = ["CHECKS", "Addresses", "Check", "Doubt", "checked", "doubts", "doubts_beside_faults"]

Check = Callable[[Case], Iterator[Doubt]]

CHECKS: tuple[Check, ...] = (
    materials.figures_agree,
    materials.demand_fits_plan,
    cover.has_demand,
    cover.in_time,
    cover.has_room,
    money.budget_suffices,
    money.ceilings_matter,
    money.shares_can_hold,
    money.shares_reach_everything,
    money.traders_can_buy,
    money.months_can_hold,
    offers.valid_within_plan,
    offers.kyc_is_current,
    offers.sizes_agree,
    offers.tolerances_count,
    offers.take_or_pay_fits,
    prices.priced_once,
    prices.quoted_in_time,
    prices.benchmarks_are_worth_something,
    prices.ends_enclose_quotations,
    prices.premium_below_price,
    prices.price_terms_make_sense,
    prices.breaks_are_clear,
    duties.duties_are_clear,
    duties.codes_are_met,
    duties.additions_have_a_base,
    duties.duties_convert,
    prices.breaks_in_reach,
    prices.impact_rises,
    stock.depots_are_open,
    stock.stock_is_fresh,
    stock.ages_count,
    stock.materials_have_depots,
    stock.depots_of_others,
    stock.opening_stock_fits,
    stock.open_orders_arrive,
    stock.open_orders_agree,
    decisions.quantities_are_meant,
    decisions.can_be_done,
    decisions.do_not_contradict,
    last_plan.actuals_are_carried,
    last_plan.actuals_are_clear,
    last_plan.past_purchases_count,
    last_plan.frozen_orders_can_be_kept,
    policy.rows_agree,
    policy.attributes_are_known,
    policy.attributes_fit_kind,
    policy.scopes_are_known,
    policy.figures_fit_kind,
    policy.stock_rules_are_simple,
    policy.sets_are_named,
    policy.stages_are_known,
    policy_values.values_exist,
    policy_room.something_can_be_bought,
    policy_room.open_orders_fit,
    policy_room.floors_add_up,
    policy_room.enough_to_count,
    policy_effect.figures_are_known,
    policy_effect.limits_can_bind,
    policy_pairs.limits_agree,
    policy_pairs.limits_differ,
    contingencies.names_are_known,
    contingencies.names_fit_kind,
    contingencies.scopes_are_known,
    contingencies.terms_have_effect,
    contingencies.something_survives,
    scenarios.names_are_clear,
    scenarios.probabilities_add_up,
    scenarios.scenarios_count,
    shocks.shocks_stay_in_bounds,
    shocks.what_is_hit_is_there,
    shocks.shocks_are_on,
    shocks.what_happens_has_effect,
    shocks.offers_may_come,
    shocks.hazards_make_sense,
    scenarios.partners_are_called,
    members.commitments_are_clear,
    members.commitments_hold,
    members.commitments_have_room,
    members.shares_add_up,
    members.clean_origin_can_be_had,
    members.call_offs_fit,
    members.terms_have_effect,
    funding.sources_are_clear,
    funding.terms_are_meant,
    funding.tranches_open,
    funding.advances_are_met,
    funding.cash_has_sources,
    units.units_add_up,
    units.prices_convert,
    magnitudes.prices_fit_benchmark,
    magnitudes.own_prices_fit_benchmark,
    magnitudes.quantities_fit_demand,
    magnitudes.shares_look_meant,
)
"""Every check, in the order in which its findings are told."""

PATIENCE = 4
"""Columns with unread cells that are left out one by one; then all of the sheets met, since each costs a check from anew."""

STANDING: frozenset[Check] = frozenset(
    {
        horizon.plan_ends_in_time,
        materials.figures_agree,
        money.shares_can_hold,
        offers.valid_within_plan,
        offers.kyc_is_current,
        offers.sizes_agree,
        prices.priced_once,
        prices.price_terms_make_sense,
        prices.breaks_are_clear,
        stock.depots_are_open,
        stock.open_orders_agree,
        decisions.quantities_are_meant,
        decisions.do_not_contradict,
        funding.terms_are_meant,
        policy.figures_fit_kind,
        policy.stock_rules_are_simple,
        policy.sets_are_named,
        scenarios.names_are_clear,
        scenarios.probabilities_add_up,
        units.units_add_up,
        magnitudes.shares_look_meant,
    }
)
"""The checks whose doubts rest on rows that are there, and none on what is missing: more rows do not settle them."""

BY_ROW: frozenset[Check] = frozenset(
    {
        policy.attributes_are_known,
        policy.attributes_fit_kind,
        policy.scopes_are_known,
        policy.stages_are_known,
        policy_values.values_exist,
        policy_effect.figures_are_known,
        contingencies.names_are_known,
        contingencies.names_fit_kind,
        contingencies.scopes_are_known,
        contingencies.terms_have_effect,
        shocks.what_is_hit_is_there,
        shocks.hazards_make_sense,
    }
)
"""The checks that meet each row of their sheet by itself, with what other sheets say: no other row of its own settles it."""

SCALED: frozenset[Check] = frozenset({offers.sizes_agree})
"""Those of them that meet limits on several materials together, whose unit hangs on all of these."""


def checked(case: Case) -> Iterator[Doubt]:
    """The doubts of every check; where the plan reaches into years that dates cannot name, nothing else is looked at."""
    yield from list(horizon.plan_ends_in_time(case)) or (doubt for check in CHECKS for doubt in check(case))


def doubts(case: Case, addresses: Addresses) -> Iterator[Finding]:
    """Everything that does not fit together, each with the cell that it is about."""
    yield from _found(checked(case), case, addresses)


def doubts_beside_faults(sound: Sound) -> Iterator[Finding]:
    """What does not fit together in a workbook of which some cells could not be read, and is so whatever they say.

    Where a whole sheet could not be read, only what stands without it is looked at. Where it is not known when the plan is,
    what is so with any calendar is told.
    """
    first, *others = (list(_beside(supposed)) for supposed in sound.calendars())
    yield from (finding for finding in first if all(finding in other for other in others))


def _beside(sound: Sound) -> Iterator[Finding]:
    checks = [check for check in CHECKS if check in STANDING or not sound.unseen]
    beyond = list(_told(horizon.plan_ends_in_time, sound))
    yield from beyond or (finding for check in checks for finding in _told(check, sound))


def _told(check: Check, sound: Sound) -> Iterator[Finding]:
    """The findings of one check, made without the rows in which it needs a cell that could not be read."""
    without: frozenset[Field] = frozenset()
    while True:
        part = sound.part(without)
        found: list[Doubt] = []
        try:
            found.extend(check(part.case))
        except Unread as error:
            record = error.field[0]
            if record is not Settings:
                without |= {error.field}
                if len(without) > PATIENCE:
                    without = without.union(*(sound.unread(met) for met, _ in without))
                continue
        break
    settled = (doubt for doubt in found if _holds(check, doubt, part))
    yield from _found(settled, part.case, part.addresses)


def _holds(check: Check, doubt: Doubt, part: Part) -> bool:
    """Whether a doubt about a part of the workbook is one about all of it."""
    if check in STANDING:
        return check not in SCALED or part.scales(doubt.record, doubt.row)
    return part.settles(doubt.record, doubt.row, by_itself=check in BY_ROW)


def _found(doubts: Iterable[Doubt], case: Case, addresses: Addresses) -> Iterator[Finding]:
    tables = case.tables()
    for doubt in doubts:
        sheet, cell = addresses.cell(doubt.record, doubt.row, doubt.column)
        row = case.settings if doubt.row is None else tables[doubt.record][doubt.row]
        yield Finding(doubt.severity, sheet, cell, shown(doubt.record, row, doubt.column), doubt.message, doubt.remedy)
