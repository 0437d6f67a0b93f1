"""N-1 cover: when one country, supplier or plant is lost, stock and what still arrives last for some days.

Demand is one tonne a day and only measures cover, unless a test says so; stock left at the end is worth nothing. January
has 31 days, February 28, March 31, April 30.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import Any

import pytest

from models.case import Case
from models.records import (
    Contingency,
    ContingencyKind,
    Country,
    Depot,
    Hardness,
    Material,
    Offer,
    OpeningStock,
    OpenOrder,
    Supplier,
)
from models.rules.n1_cover.survival import Survival, survivals
from planner.outputs.survival import survival_rows
from tests.cases import case, first, kept, offer
from tests.random_cases import everything
from tests.solving import Binding, Solved, optimum, solve


def lost(name: str = "n1", kind: ContingencyKind = ContingencyKind.EACH_COUNTRY, **fields: Any) -> Contingency:
    return Contingency(**{"contingency": name, "kind": kind, "days_to_survive": 30} | fields)


def threatened(
    *offers: Offer, row: Contingency | None = None, stock: float = 0.0, periods: int = 3, material: Material | None = None,
    **tables: Any,
) -> Case:  # fmt: skip
    opening = (OpeningStock(material="x", quantity=stock),) if stock else ()
    return case(
        *offers, periods=periods, materials=(material or kept(),), contingencies=(row or lost(),), opening_stock=opening,
        settings={"terminal_haircut": 1.0}, **tables,
    )  # fmt: skip


def mined(name: str, country: str, price: float = 10.0, **fields: Any) -> Offer:
    return offer(name, price, **{"mine_country": ((country, 1.0),), "refine_country": country} | fields)


def two_countries() -> Case:
    """Sixty days in which either country may be lost, from February on: both need not be in stock."""
    return threatened(mined("c", "CHN"), mined("a", "AUS", 12.0), row=lost(from_date=first(2)), periods=2)


# February's 28 days are all inside; the days to survive are 30, which none of the two stretches inside the plan is long
# enough for but January's: 30 t, of January's demand. What is bought in January is in stock in February and safe: 30 t at 10.
BINDING = Binding(two_countries, cost=300.0, dropped=0.0)


def bought(solved: Solved) -> dict[tuple[str, int], float]:
    return {key: pytest.approx(quantity) for key, quantity in solved.bought.items()}


def found(solved: Solved) -> list[Survival]:
    return list(survivals(solved.plan))


def test_stock_must_be_there_before_the_loss() -> None:
    """From January: nothing is in stock, and of the days of a month in part no arrival counts. In stock it holds."""
    assert not solve(threatened(mined("c", "CHN"), periods=1)).feasible
    assert optimum(threatened(mined("c", "CHN"), stock=30, periods=1)).cost == 0.0
    assert not solve(threatened(mined("c", "CHN"), stock=29, periods=1)).feasible


def test_what_passes_through_the_loss_does_not_arrive() -> None:
    """31 days from January: January's arrivals count. 10 t are in stock, and 21 t of either country, for the other's loss."""
    row = lost(days_to_survive=31)
    solved = optimum(threatened(mined("c", "CHN"), mined("a", "AUS", 12.0), row=row, stock=10, periods=1))
    assert bought(solved) == {("c", 1): 21.0, ("a", 1): 21.0}
    assert solved.cost == pytest.approx(21 * 22)


def test_each_full_month_of_the_days_must_be_reached() -> None:
    """59 days are January and February: what arrives in February does not help in January, where 31 t are needed."""
    row, late = lost(days_to_survive=59, exempt=("AUS",)), {"valid_from": first(2)}
    quotes = mined("c", "CHN"), mined("a", "AUS", 12.0, **late)
    assert not solve(threatened(*quotes, row=row, stock=30, periods=2)).feasible
    solved = optimum(threatened(*quotes, row=row, stock=31, periods=2))
    assert bought(solved) == {("a", 2): 28.0}


def test_of_a_month_in_part_the_days_count_and_no_arrivals() -> None:
    """45 days from January: 31 and half of February's 28, 45 t before February; those of February do not help."""
    row = lost(days_to_survive=45, exempt=("AUS",))
    solved = optimum(threatened(mined("a", "AUS"), mined("c", "CHN", 5.0), row=row, periods=2))
    assert bought(solved) == {("a", 1): 45.0}


def test_past_the_horizon_the_last_stretch_inside_is_asked_for() -> None:
    """Demand of 10, 20 and 60 t: 31 days fit in January and March, and 59 in January with February: 30 t, in all three."""
    rows = {"needs": (10, 20, 60)}
    solved = optimum(
        case(
            mined("a", "AUS"),
            **rows,
            materials=(kept(),),
            settings={"terminal_haircut": 1.0},
            contingencies=(lost(days_to_survive=59, exempt=("AUS",)),),
        )
    )
    # 59 days from February are February and March: 80 t. From March: those 80 t again, with March's arrivals.
    assert [one.asked for one in found(solved)] == pytest.approx([30, 80, 80])
    assert sum(solved.bought.values()) == pytest.approx(80)


def test_a_stretch_longer_than_the_plan_asks_for_nothing() -> None:
    assert optimum(threatened(mined("c", "CHN"), row=lost(days_to_survive=91))).cost == 0.0


@pytest.mark.parametrize(
    ("fields", "share", "asked"), [({}, 1.0, 30.0), ({"essential_share": 0.5}, 1.0, 15.0), ({}, 0.4, 12.0),
                                   ({"essential_share": 0.5}, 0.4, 15.0)],
)  # fmt: skip
def test_only_the_essential_share_must_be_met(fields: dict[str, float], share: float, asked: float) -> None:
    """Its own share, or the material's. Bought in January for February."""
    row = lost(from_date=first(2), **fields)
    solved = optimum(threatened(mined("c", "CHN"), row=row, periods=2, material=kept(essential_share=share)))
    assert solved.cost == pytest.approx(10 * asked)


def test_the_first_day_rounds_up_to_a_period() -> None:
    """From 2 January means from February: nothing has to be there in January."""
    row = lost(from_date=first(1).replace(day=2))
    assert optimum(threatened(mined("c", "CHN"), row=row)).cost == pytest.approx(300.0)


# What is lost with what


def arriving(*offers: Offer, row: Contingency, **tables: Any) -> set[str]:
    """On which offers January's 31 days can be bought although any one loss may come: all of it on each of them."""
    names = set()
    for one in offers:
        exempted = threatened(one, row=row.model_copy(update={"days_to_survive": 31.0}), periods=1, **tables)
        if solve(exempted).feasible:
            names.add(one.offer)
    return names


def test_any_stage_a_lot_passes_through_loses_it() -> None:
    quotes = (
        mined("mined", "AUS", mine_country=(("AUS", 0.9), ("CHN", 0.1))), mined("refined", "AUS", refine_country="CHN"),
        mined("shipped", "AUS", route=("CHN",)), mined("unknown", "AUS", refine_country=None), mined("safe", "AUS"),
        mined("recycled", "AUS", mine_country=(("REC", 1.0),)),
    )  # fmt: skip
    assert arriving(*quotes, row=lost(exempt=("AUS",))) == {"safe", "recycled"}
    china = lost(kind=ContingencyKind.NAMED, names=("CHN",))
    assert arriving(*quotes, row=china) == {"unknown", "safe", "recycled"}
    covered = (Country(iso3="CHN", covered=True), Country(iso3="AUS"))
    assert arriving(*quotes, row=china, countries=covered) == {"safe", "recycled"}
    open_ = {"terminal_haircut": 1.0, "unknown_origin": "open"}
    made = case(quotes[3], periods=1, materials=(kept(),), contingencies=(china.model_copy(update={"days_to_survive": 31.0}),),
                countries=covered, settings=open_)  # fmt: skip
    assert solve(made).feasible


def test_an_exempt_bloc_spares_its_countries() -> None:
    countries = (Country(iso3="CHN"), Country(iso3="AUS", blocs=("allied",)))
    assert arriving(mined("a", "AUS"), mined("c", "CHN"), row=lost(exempt=("allied",)), countries=countries) == {"a"}


def test_owners_count_where_the_contingency_says_so() -> None:
    owned = Supplier(supplier="s", owner_country="CHN")
    for counts, names in ((False, {"a"}), (True, set())):
        row = lost(exempt=("AUS",), owner_counts=counts)
        assert arriving(mined("a", "AUS"), row=row, suppliers=(owned,)) == names


def test_suppliers_and_plants() -> None:
    quotes = mined("p", "AUS", plant="P"), mined("q", "CHN", plant="Q", supplier="t"), mined("blank", "AUS", supplier="u")
    assert arriving(*quotes, row=lost(kind=ContingencyKind.EACH_PLANT, exempt=("Q",))) == {"q", "blank"}
    assert arriving(*quotes, row=lost(kind=ContingencyKind.EACH_SUPPLIER, exempt=("t",))) == {"q"}
    assert arriving(*quotes, row=lost(kind=ContingencyKind.NAMED, names=("u", "P"))) == {"q"}


def test_stock_is_out_of_reach_with_its_depots_country() -> None:
    """Of February's first 20 days no arrival helps: 20 t lie in either of two countries, whichever is lost; one is too few."""

    def housed(*countries: str) -> Solved:
        depots = tuple(Depot(depot=country, country=country) for country in countries)
        row = lost(from_date=first(2), days_to_survive=20)
        return solve(threatened(mined("c", "CHN"), row=row, periods=2, depots=depots))

    assert not housed("USA").feasible
    assert housed("USA", "NLD").cost == pytest.approx(400.0)


def test_open_orders_are_lost_like_purchases() -> None:
    """10 t of the 31 are on order: from a known supplier of an unknown country, which is lost like any country."""
    order = OpenOrder(order="n", material="x", quantity=10, arrival=first(1), supplier="s")
    quotes = mined("a", "AUS")
    row = lost(days_to_survive=31, exempt=("AUS",))
    assert optimum(threatened(quotes, row=row, periods=1, open_orders=(order,))).cost == pytest.approx(310.0)
    by_plant = lost(kind=ContingencyKind.EACH_PLANT, days_to_survive=31)
    assert optimum(threatened(quotes, row=by_plant, periods=1, open_orders=(order,))).cost == pytest.approx(210.0)


def test_what_is_missing_costs_the_penalty_for_a_part_of_a_year() -> None:
    """30 t missing in February at 24 a year, 2 a month: buying costs 10. At 240 it is bought. By default 100 / 4 a year."""
    for penalty, cost in ((24.0, 60.0), (240.0, 300.0), (None, 30 * 25 / 12)):
        row = lost(from_date=first(2), hardness=Hardness.SOFT, penalty=penalty)
        assert optimum(threatened(mined("c", "CHN"), row=row, periods=2)).cost == pytest.approx(cost)


def test_the_worst_loss_pays_alone() -> None:
    """Of two countries each missing its own part the larger pays: 31 t against 31 - 10, bought nowhere else."""
    orders = (OpenOrder(order="n", material="x", quantity=10, arrival=first(1), offer="a"),
              OpenOrder(order="m", material="x", quantity=15, arrival=first(1), offer="c"))  # fmt: skip
    late = {"valid_from": first(9)}
    row = lost(hardness=Hardness.SOFT, penalty=12, days_to_survive=31)
    solved = optimum(threatened(mined("a", "AUS", **late), mined("c", "CHN", **late), row=row, periods=1, open_orders=orders))
    assert solved.lines == pytest.approx({"N-1 penalty": 21.0})
    assert [(one.loss, one.missing) for one in found(solved)] == [("CHN", pytest.approx(21.0))]


# What is reported


def test_days_survived_and_what_still_arrives() -> None:
    """20 t in stock and 11 from Australia in January: without China 31 days, then 9 of February's 28 from China's 0 t."""
    orders = (OpenOrder(order="n", material="x", quantity=11, arrival=first(1), offer="a"),
              OpenOrder(order="m", material="x", quantity=33, arrival=first(2), offer="c"))  # fmt: skip
    late = {"valid_from": first(9)}
    row = lost(hardness=Hardness.SOFT, penalty=0, days_to_survive=59)
    made = threatened(mined("a", "AUS", **late), mined("c", "CHN", **late), row=row, stock=20, periods=2, open_orders=orders)
    solved = optimum(made)
    january, february = found(solved)
    # Without Australia 20 t last 20 days; without China 31 days: the worst by the end of February is China, 28 t short.
    assert (january.loss, january.asked, january.available) == ("CHN", pytest.approx(59), pytest.approx(31))
    assert january.days == pytest.approx(31.0)
    assert january.arriving == pytest.approx(0.25)
    # From February, when 31 t are in stock: the last stretch inside, 59 t, are asked for by the end of February.
    assert (february.loss, february.asked, february.available) == ("CHN", pytest.approx(59), pytest.approx(31))
    # The report tells of the fewest days, though less is missing then.
    [row_told] = survival_rows(solved.plan)
    assert (row_told.worst_loss, row_told.tightest_period, row_told.days_survived) == ("AUS", "2027-01", pytest.approx(20))
    assert row_told.periods_missed == 2


def brute_force(solved: Solved) -> list[tuple[str, str, int, float]]:
    """The least that is left over of a material from each period on, by trying every loss on every day of the stretch."""
    plan, made, result = solved.plan, solved.plan.case, []
    calendar = made.calendar
    for row in made.contingencies:
        for name in made.in_scope(row.scope_):
            lots = [(line.arrival, line.purchase.quantity, made.offer[line.purchase.offer]) for line in plan.lines
                    if line.material == name]  # fmt: skip
            countries = {c for *_, quote in lots for c in _countries(quote)}
            for t in calendar.horizon:
                days = [(u, day) for u in range(t, calendar.periods + 1) for day in range(calendar.days(u))]
                if len(days) < row.days_to_survive:
                    break
                asked = days[: int(row.days_to_survive)]
                least = min(
                    _left(plan, name, t, asked, [lot for lot in lots if country not in _countries(lot[2])])
                    for country in countries or {""}
                )
                if least < inf:
                    result.append((row.contingency, name, t, least))
    return result


def _countries(quote: Offer) -> set[str]:
    return {name for name, _ in quote.mine_country} | {quote.refine_country or "unknown"} if quote.mine_country else {
        "unknown", quote.refine_country or "unknown"}  # fmt: skip


def _left(plan: Any, name: str, t: int, asked: Sequence[tuple[int, int]], safe: list[tuple[int, float, Offer]]) -> float:
    made = plan.case
    stock = sum(line.opening for (i, _, u), line in plan.stock.items() if i == name and u == t)
    rows = [row for row in made.demand if row.material == name]
    needed, least = 0.0, inf
    for (u, day), (after, _) in pairwise([*asked, (0, 0)]):
        monthly = (sum(row.quantity for row in rows if made.calendar.period_of(row.date) == u) if rows
                   else made.material[name].annual_demand * made.calendar.days(u) / 365)  # fmt: skip
        needed += made.material[name].essential_share * monthly / made.calendar.days(u)
        full = day == made.calendar.days(u) - 1
        if full or after == 0:
            helps = u if full else u - 1
            least = min(least, stock + sum(q for at, q, _ in safe if t <= at <= helps) - needed)
    return least if needed else inf  # nothing is asked


@pytest.mark.parametrize("seed", range(12))
def test_the_report_agrees_with_trying_every_loss_in_every_month(seed: int) -> None:
    drawn = everything(seed)
    row = lost("n1", days_to_survive=(20, 45, 31)[seed % 3], hardness=Hardness.SOFT, penalty=40)
    made = Case(
        settings=drawn.settings, offers=drawn.offers, traders=drawn.traders, prices=drawn.prices, demand=drawn.demand,
        countries=drawn.countries, opening_stock=drawn.opening_stock, contingencies=(row,),
        materials=tuple(one.model_copy(update={"essential_share": 0.8}) for one in drawn.materials),
    )  # fmt: skip
    solved = optimum(made)
    tried = {(name, material, t): left for name, material, t, left in brute_force(solved)}
    told = {(one.row.contingency, one.material, one.period): one.available - one.asked for one in found(solved)}
    assert tried
    assert tried.keys() <= told.keys()
    assert {key: told[key] for key in tried} == pytest.approx(tried, abs=1e-4)
