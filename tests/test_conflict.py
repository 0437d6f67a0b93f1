"""Where no plan exists: what stands against each other is told, however far the search for it comes."""

from __future__ import annotations

import pytest

from models.case import Case
from models.records import Decision, Policy
from planner import conflict
from planner.answers import Assumed
from planner.engine import Options
from planner.findings import SolverFailure
from planner.main_solve import Model
from tests.cases import case, offer
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
