"""Where no plan exists: what stands against each other is told, however far the search for it comes."""

from __future__ import annotations

import pytest

from models.case import Case
from models.records import Decision, OpenOrder, Policy, RuleKind
from planner import conflict
from planner.answers import Assumed
from planner.engine import Options
from planner.findings import SolverFailure
from planner.main_solve import Model
from tests.cases import case, first, offer
from tests.random_cases import everything


def told(found: Case) -> list[str]:
    loose = Model.of(found, Assumed(agreed=False))
    return list(conflict.sentences(loose.skeleton, loose.form, Options()))


def at_odds() -> Case:
    """An offer of three must be bought on, and must not; the demand, and another firm's offer, have nothing to do with it."""
    none = Policy(rule="none of it", kind="amount", attribute="supplier", within=("s",), limit=0.0)
    return case(offer(), offer("p", 12.0, supplier="p"), offer("q", 13.0, supplier="q"), needs=(10, 10), policy=(none,),
                decisions=(Decision(offer="o", kind="force", quantity=1.0),))  # fmt: skip


def test_only_what_stands_against_each_other_is_told() -> None:
    assert told(at_odds())[1:] == [
        "These stand against each other:",
        "  - the decision to force offer o (1)",
        "  - the policy rule “none of it”",
        "Loosen at least one of them.",
    ]


def test_a_search_that_fails_leaves_the_proof_that_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise SolverFailure("out of its depth")

    monkeypatch.setattr(conflict, "find_conflict", fails)
    first, second = told(at_odds())
    assert first.startswith("No plan exists") and second.endswith("could not be narrowed down.")


def test_no_further_conflict_is_looked_for_when_it_has_been_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, look = [], conflict.find_conflict
    monkeypatch.setattr(conflict, "find_conflict", lambda *given: looks.append(1) or look(*given))
    monkeypatch.setattr(conflict, "ENOUGH", -1.0)
    assert told(at_odds())[-1].startswith("Loosen") and len(looks) == 1


def test_what_was_found_is_told_although_the_search_goes_no_further() -> None:
    """The second conflict of this case is one that a solver finds no final figures for."""
    lines = told(everything(1022))
    assert lines[1] == "These stand against each other:" and lines[-1].startswith("Loosen")


SHARE = Policy(rule="no more", kind="share", attribute="supplier", within=("s",), limit=0.0)
ORDERS = "  - the open orders that “no more” counts: o of OpenOrders; "


@pytest.mark.parametrize("rule", [SHARE, SHARE.model_copy(update={"kind": RuleKind.AMOUNT, "limit": 0.5})])
def test_what_is_on_order_is_named_where_it_alone_breaks_a_rule(rule: Policy) -> None:
    on_order = tuple(
        OpenOrder(order=name, material="x", offer=name, quantity=1.0, arrival=first(1), cancellable=name == "q")
        for name in ("o", "p", "q")
    )
    offers = offer(), offer("p", 12.0, supplier="p"), offer("q", 13.0)
    _, _, given_up, orders, end = told(case(*offers, needs=(10,), policy=(rule,), open_orders=on_order))
    assert given_up == "  - the policy rule “no more”" and orders.startswith(ORDERS) and end.startswith("Loosen")


@pytest.mark.parametrize(("quantity", "named"), [(1.0, True), (0.1, False)])
def test_what_is_on_order_is_named_where_purchases_cannot_make_up_for_it(quantity: float, named: bool) -> None:
    """Of half a tonne by p as much may come from s: an order of one tonne is too much, and the demand in any case."""
    half = SHARE.model_copy(update={"limit": 0.5})
    on_order = (OpenOrder(order="o", material="x", offer="o", quantity=quantity, arrival=first(1)),)
    offers = offer(), offer("p", 12.0, supplier="p", maximum_total=0.5)
    lines = told(case(*offers, needs=(10,), policy=(half,), open_orders=on_order))
    assert any(line.startswith(ORDERS) for line in lines) is named
    assert any(line.startswith("  - the demand") for line in lines) is not named


def test_a_limit_that_no_other_stands_against_stands_against_what_is_given() -> None:
    *_, demand, given, end = told(case(needs=(10,)))
    assert demand.startswith("  - the demand for x") and given == f"  - {conflict.GIVEN}" and end.startswith("Loosen")
