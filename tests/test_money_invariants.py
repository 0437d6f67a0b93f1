"""In which direction duties, payment terms, advance rates and loans move the cost, at gap zero, on random cases.

Every plan of the dearer case can be carried out in the cheaper one, too, and costs no more there. That holds only where
nothing rewards a plan for spending more, and nothing limits what it owes: shares are of quantities, no trader has a share of
the spend or a limit of working capital, and stock left at the end is worth nothing. `tests.test_counter_examples` shows what
happens else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from math import inf
from random import Random
from typing import Any

from models.case import Case
from models.records import Advance, Duty, Funding, FundingKind, Measure, Milestone
from tests.cases import case, first, kept, offer
from tests.random_served import served
from tests.test_invariants import cost, every, plain, the_same

SEEDS = range(320, 334)


def neutral(seed: int) -> Case:
    """A random case that uses every sheet, in which nothing rewards spending or owing."""
    case = every(plain(seed), "traders", minimum_share=None, maximum_share=None, working_capital=None)
    return every(case, "policy", measure=Measure.QUANTITY)


def financed(seed: int) -> Case:
    """A small case that lives on credit: two materials must be in stock from February on, bought for some cash and for a loan
    on what is in stock and on its way. Each is cheap where it is paid when it is ordered, and dearer where it is paid later."""
    random = Random(seed)
    materials, offers = [], []
    for name in ("x", "y"):
        held = {"floor_days": float(random.randint(4, 12)), "floor_from": first(2)}
        materials.append(kept(name, benchmark_price=random.choice((8.0, 10.0, 20.0)), **held))
        terms: dict[str, Any] = {"supplier": f"s-{name}", "material": name, "duty_rate": random.choice((0.0, 0.1))}
        ordered = {"lead_days": random.choice((0, 31)), "payment_from": Milestone.ORDER}
        offers.append(offer(f"{name} now", 10.0, contract_cost=random.choice((0.0, 5.0)), **ordered, **terms))
        price, days = 10.0 + random.randint(1, 4), random.choice((31, 62))
        offers.append(offer(f"{name} later", price, payment_days=days, lot=2.0, **terms))
    loan = Funding(
        source="loan", kind=FundingKind.LOAN, amount=random.choice((60.0, 200.0)), rate=random.choice((0.0, 0.12))
    )  # fmt: skip
    advance = Advance(in_depot=random.choice((0.4, 0.7)), in_transit=0.3, haircut=random.choice((0.0, 0.1)))
    settings = {"opening_cash": float(random.randint(40, 160)), "discount_rate": random.choice((0.0, 0.06))}
    return case(*offers, materials=materials, periods=3, funding=(loan,), advances=(advance,), settings=settings)


def dutied(case: Case) -> Case:
    """A duty of 15 % more on whatever is dutiable."""
    codes = dict.fromkeys(row.tariff_code for row in case.offers if row.tariff_code)
    added = tuple(Duty(tariff_code=code, kind="232", rate=0.15) for code in codes)
    return every(replace(case, duties=(*case.duties, *added)), "offers", duty_rate=lambda row: row.duty_rate + 0.15)


def paid_later(case: Case) -> Case:
    """Five weeks longer to pay for everything."""
    return every(case, "offers", payment_days=lambda row: row.payment_days + 35)


def lent_less(case: Case) -> Case:
    """Three quarters of the advance rates."""
    return every(case, "advances", in_depot=lambda row: 0.75 * row.in_depot, in_transit=lambda row: 0.75 * row.in_transit)


def risen(pairs: Iterable[tuple[Case, Case]]) -> int:
    """How many second cases cost more than their first, or have no plan where the first has one; none costs less."""
    many = 0
    for number, (before, after) in enumerate(pairs):
        low, high = cost(before), cost(after)
        assert high >= low - 1e-6 * max(1.0, abs(low)) or high == low == inf, number
        many += high > low + 1e-4
    return many


def test_a_duty_never_lowers_the_cost() -> None:
    """Nothing is lent on goods here: those that have cost more secure more."""
    assert risen((made, dutied(made)) for made in map(neutral, SEEDS)) >= 5
    unsecured = (replace(financed(seed), advances=()) for seed in SEEDS)
    assert risen((made, dutied(made)) for made in unsecured) >= 5


def test_a_higher_advance_rate_never_raises_the_cost() -> None:
    """Of cases that use every sheet only those in which something is lent."""
    lent = (made for made in map(served, range(300, 500)) if made.advances and made.funding)
    risen((made, lent_less(made)) for made in islice(lent, 8))
    assert risen((made, lent_less(made)) for made in map(financed, SEEDS)) >= 5


def test_a_longer_payment_term_never_raises_the_cost() -> None:
    """What is paid later is discounted, or leaves cash at hand. Fewer goods on the way are paid for then, and secure less, but
    less than what is owed for them falls by."""
    discounted = (neutral(seed).with_settings(discount_rate=0.06) for seed in SEEDS)
    assert risen((paid_later(made), made) for made in discounted) >= 5
    assert risen((paid_later(made), made) for made in map(financed, SEEDS)) >= 5


NO_LOAN = Funding(source="no loan", kind=FundingKind.LOAN, amount=0.0)


def test_a_loan_of_nothing_changes_nothing() -> None:
    """Beside other sources of money; and as the only one, where there is cash enough, for a plan that has none."""
    plans = 0
    for made in map(served, SEEDS):
        rich = made if made.funding else made.with_settings(opening_cash=1e6)
        assert the_same(replace(rich, funding=(*rich.funding, NO_LOAN)), made)
        plans += cost(made) < inf
    for made in map(financed, SEEDS):
        assert the_same(replace(made, funding=(*made.funding, NO_LOAN)), made)
        plans += cost(made) < inf
    assert plans >= len(SEEDS) / 2
