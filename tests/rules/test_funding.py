"""Money. x costs 10 a tonne, paid on arrival, which is at once; 10 t are needed in January and 10 in March of 2027."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.assess import charges_of
from models.build import build, largest_credit
from models.case import Case
from models.decisions import Drawing
from models.records import Funding, FundingKind, Milestone
from models.rules.funding import RULE
from models.treasury import cash_flows, owed_on_loans, standings
from tests import cases
from tests.cases import first, offer
from tests.solving import Binding, optimum, solve

KINDS = {"loan": FundingKind.LOAN, "equity": FundingKind.EQUITY, "tranche": FundingKind.TRANCHE}


def source(kind: str, amount: float, **fields: Any) -> Funding:
    """A loan named `loan`, its tranche, or equity named `equity`."""
    name = "equity" if kind == "equity" else "loan"
    return Funding(**{"source": name, "kind": KINDS[kind], "amount": amount} | fields)


def loan(amount: float = 500.0, **fields: Any) -> Funding:
    """A loan at 12 % a year, 1 % a month."""
    return source("loan", amount, **{"rate": 0.12} | fields)


def funded(*sources: Funding, **given: Any) -> Case:
    return cases.case(*given.pop("offers", (offer(),)), needs=given.pop("needs", (10, 0, 10)), funding=sources, **given)


BINDING = Binding(lambda: funded(loan()), cost=200 + 1.0 + 1.01 + 2.0201, dropped=200.0)


def test_interest_is_paid_on_what_is_drawn_when_a_month_begins() -> None:
    """100 are drawn in January and bear 1.00 in February, which is drawn, too, so that March begins with 101 and pays 1.01; it
    ends with 202.01, whose 2.02 of April are due after the plan."""
    solved = optimum(funded(loan()))
    assert solved.cost == pytest.approx(200 + 1.00 + 1.01 + 2.0201)
    assert [(row.period, row.drawn) for row in solved.plan.drawings] == [(1, 100.0), (2, 1.0), (3, 101.01)]
    assert owed_on_loans(solved.plan) == pytest.approx({1: 100.0, 2: 101.0, 3: 202.01})


def test_a_loan_that_costs_nothing_is_as_good_as_cash() -> None:
    """A plan without a loan costs what one with a free loan does."""
    free = optimum(funded(loan(rate=0.0))).cost
    assert free == pytest.approx(200.0)
    assert free == pytest.approx(optimum(funded(loan(0.0), settings={"opening_cash": 200.0})).cost)
    assert free == pytest.approx(optimum(funded()).cost)


def test_a_tranche_is_not_lent_before_its_loan() -> None:
    """The tranche is there from the first day, the loan from February: nothing can be paid in January."""
    loans = (loan(available_from=date(2027, 2, 1)), source("tranche", 500.0, available_from=date(2027, 1, 1)))
    assert not solve(funded(*loans)).feasible
    later = optimum(funded(*loans, needs=(0, 10, 10)))
    assert [(row.period, row.drawn) for row in later.plan.drawings] == [(2, 100.0), (3, 101.0)]
    assert [one.available for one in standings(later.plan)] == [0.0, 500.0, 500.0]


def test_equity_is_put_in_before_anything_is_lent() -> None:
    """Of 100 in January 60 are equity; 40 bear 0.40, 40.40 bear 0.404 in March, and 140.804 bear 1.408 after it."""
    solved = optimum(funded(loan(), source("equity", 60.0)))
    assert solved.cost == pytest.approx(200 + 0.40 + 0.404 + 1.40804)
    assert Drawing("equity", 1, 60.0) in solved.plan.drawings


def test_equity_bears_nothing_and_is_not_repaid() -> None:
    """What only a loan has counts for nothing on it."""
    terms = {"rate": 0.5, "commitment_fee": 0.1, "repay_by": first(2)}
    assert optimum(funded(source("equity", 300.0, **terms))).cost == pytest.approx(200.0)


def test_or_both_in_proportion() -> None:
    """A sixth is equity (100 of 600): 83.33 are lent in January, and a sixth of the interest is equity, too."""
    solved = optimum(funded(loan(), source("equity", 100.0), settings={"equity_order": "pro rata"}))
    january = 500 / 600 * 100
    february = january * 0.01
    march = (january + 500 / 600 * february) * 0.01
    drawn = 200 + february + march
    assert solved.cost == pytest.approx(drawn + drawn * 500 / 600 * 0.01, abs=0.02)
    assert sum(row.drawn for row in solved.plan.drawings if row.source == "equity") == pytest.approx(drawn / 6, abs=0.02)


def test_a_loan_that_pays_its_borrower_still_waits_for_the_equity() -> None:
    """At −12 % all 500 are drawn at once, once the equity is: 5.00 a month are earned, thrice."""
    solved = optimum(funded(loan(rate=-0.12), source("equity", 60.0)))
    assert solved.cost == pytest.approx(200 - 3 * 5.0)
    drawn = {row.source: row.drawn for row in solved.plan.drawings if row.period == 1}
    assert drawn == {"loan": 500.0, "equity": 60.0}


def test_what_is_not_drawn_costs_its_fee_and_the_start_its_own() -> None:
    """0.6 % a year is 0.05 % a month: on 500, then on what the months before have left of it; 1 % of 500 at once."""
    solved = optimum(funded(loan(commitment_fee=0.006, upfront_fee=0.01)))
    fees, owed = [0.0005 * 500], 100 + 5 + 0.0005 * 500
    for _ in range(2):
        fees.append(0.0005 * (500 - owed))
        owed += 0.01 * owed + fees[-1]
    assert solved.lines["upfront fee"] == pytest.approx(5.0)
    assert solved.lines["commitment fee"] == pytest.approx(sum(fees), abs=0.01)


def test_a_loan_cheaper_drawn_than_not_is_drawn_at_once() -> None:
    assert optimum(funded(loan(rate=0.0, commitment_fee=0.006))).lines["commitment fee"] == pytest.approx(0.25)


def test_a_loan_older_than_the_plan_has_paid_its_start() -> None:
    old = optimum(funded(loan(upfront_fee=0.01, available_from=date(2026, 12, 31), drawn=50.0)))
    assert "upfront fee" not in old.lines
    owed = [50.0, 150.5, 152.005, 253.52505]
    assert old.lines["interest"] == pytest.approx(0.01 * sum(owed), abs=0.01)


def test_a_tranche_opens_in_its_month() -> None:
    """January's 100 can only be paid from the first tranche, and March's with the second."""
    early, late = source("tranche", 120.0), source("tranche", 100.0, available_from=first(3))
    assert optimum(funded(loan(), early, late)).cost == pytest.approx(202.01 * 1.01)
    assert not solve(funded(loan(), source("tranche", 99.0), late)).feasible
    assert not solve(funded(loan(), early, source("tranche", 100.0, available_from=first(4)))).feasible


def test_a_longer_payment_term_saves_interest() -> None:
    """Paid in February, and for March's in April, which is past the plan: 100 bear 1.00 in March and 1.01 after it."""
    solved = optimum(funded(loan(), offers=(offer(payment_days=31),)))
    assert solved.cost == pytest.approx(200 + 1.0 + 1.01)
    early = optimum(funded(loan(), offers=(offer(lead_days=59, payment_from=Milestone.ORDER, maximum_order=10), offer("n"))))
    assert early.cost == pytest.approx(202.01 * 1.01)


def test_a_loan_is_repaid_by_its_day() -> None:
    """Whoever lends until March must be repaid from cash: 300 at first, of which 100 + 0 + 100 are paid; nothing is lent."""
    rich = optimum(funded(loan(repay_by=first(3)), settings={"opening_cash": 300.0}))
    assert rich.cost == pytest.approx(200.0)
    owing = optimum(funded(loan(drawn=80.0, repay_by=first(3)), settings={"opening_cash": 300.0}))
    assert owed_on_loans(owing.plan)[3] == pytest.approx(0.0)
    assert owing.lines["interest"] == pytest.approx(0.8)
    assert not solve(funded(loan(drawn=80.0, repay_by=first(3)), settings={"opening_cash": 280.0})).feasible


def test_or_evenly_until_then() -> None:
    """Of 300 half may be owed in the middle of the months from January to the end of March, and nothing then."""
    terms = {"repay_from": date(2027, 1, 1), "repay_by": date(2027, 3, 31), "rate": 0.0}
    solved = optimum(funded(loan(300.0, drawn=150.0, **terms | {"rate": -0.01}), settings={"opening_cash": 350.0}))
    assert owed_on_loans(solved.plan) == pytest.approx({1: 300 * 59 / 89, 2: 300 * 31 / 89, 3: 0.0}, abs=0.01)


def test_some_cash_is_kept() -> None:
    """50 are drawn beside the 100, and bear 0.50 and 0.505, which are drawn with the other interest, and more after March."""
    solved = optimum(funded(loan(), settings={"minimum_cash": 50.0}))
    assert solved.cost == pytest.approx(200 + 1.50 + 1.515 + 2.53015)
    assert all(flow.closing >= 50.0 - 1e-6 for flow in cash_flows(solved.plan, solved.charges))


def test_cash_adds_up() -> None:
    """Over the plan, sources less uses are closing less opening cash."""
    solved = optimum(funded(loan(), source("equity", 60.0), settings={"opening_cash": 7.0, "minimum_cash": 3.0}))
    flows = cash_flows(solved.plan, solved.charges)
    sources = sum(flow.drawn for flow in flows)
    uses = sum(flow.repaid + sum(flow.paid.values()) for flow in flows)
    assert sources - uses == pytest.approx(flows[-1].closing - 7.0, abs=0.005)
    assert sum(row.amount for row in solved.charges) == pytest.approx(solved.cost, abs=0.005)


def test_dearer_money_never_lowers_the_cost() -> None:
    costs = [optimum(funded(loan(rate=rate), needs=(10, 5, 10))).cost for rate in (0.0, 0.06, 0.12, 0.6)]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


def test_stock_that_costs_interest_is_bought_late() -> None:
    """A tonne that is 0.05 dearer in March is still bought then, where January's 10 would bear 0.10 in each of two months."""
    offers = offer("now", valid_to=date(2027, 1, 31)), offer("later", 10.05, valid_from=first(2))
    solved = optimum(funded(loan(), offers=offers))
    assert solved.total == pytest.approx({"now": 10.0, "later": 10.0})
    assert optimum(funded(loan(rate=0.0), offers=offers)).total == pytest.approx({"now": 20.0})


def test_what_a_loan_may_earn_is_known_before() -> None:
    """At most 5 a month on 500, thrice; at a rate above zero nothing."""
    assert largest_credit(build(funded(loan(rate=-0.12)))) == pytest.approx(15.0)
    assert largest_credit(build(funded(loan()))) == 0.0


def broken(case: Case, *drawings: Drawing) -> list[str]:
    """What the check says of other drawings than the plan's."""
    plan = replace(optimum(case).plan, drawings=drawings)
    return [row.where for row in RULE.check(plan, charges_of(plan)) if not row.holds]


def test_no_more_is_repaid_than_is_owed() -> None:
    found = broken(funded(loan(), settings={"opening_cash": 300.0}), Drawing("loan", 1, 0.0, 10.0))
    assert found == [f"loan at the end of 2027-0{t}: not overpaid" for t in (1, 2, 3)]


def test_a_loan_drawn_before_the_equity_is_noticed() -> None:
    case = funded(loan(), source("equity", 60.0))
    assert "loans drawn in 2027-01 while equity is left" in broken(case, Drawing("loan", 1, 100.0), Drawing("loan", 3, 110.0))
    drawn = Drawing("equity", 1, 60.0), Drawing("loan", 1, 40.0), Drawing("loan", 2, 1.0), Drawing("loan", 3, 110.0)
    assert broken(case, *drawn) == []
