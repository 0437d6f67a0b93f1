"""What scenarios are worth, by hand arithmetic, and as intervals that hold the truth whatever the gap."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.case import Case
from models.effects import effects_of
from models.futures import Future, futures_of
from models.ledgers import Exposure
from models.records import Hits, Price, Stage
from models.slots import slots_of
from planner.cli import cli
from planner.distribution import Cost, Worth
from planner.engine import Options
from planner.engine.decomposition import LocalWorkers
from planner.findings import FaultyInput
from planner.template import case_content
from planner.worth import certain, in_the_mean, worth
from tests.cases import case, first, material, offer
from tests.random_cases import everything
from tests.rules.test_cvar import weighed
from tests.rules.test_scenarios import allied, chinese, risky, scenario, shock
from tests.solving import optimum, solve
from tests.test_published_risk import newsvendor


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch, workers: LocalWorkers) -> None:
    """All tests have the same processes."""
    monkeypatch.setattr("planner.worth.LocalWorkers", lambda count: nullcontext(workers))


def banned() -> Case:
    """12 t a month at most from China, at 10, and a ban of one in ten from February on; 8 t short cost 100 each.

    Australia has what is asked for, at 15."""
    return risky(chinese(capacity_per_period=12.0), allied(price=15.0), scenarios=(scenario(probability=0.1),))


def test_both_worths_by_hand() -> None:
    """Planned with the ban: 12 t from China, and 8 t from there at 10 · 0.9 + 100 · 0.1 = 19, or from Australia at 15: 240.

    Known, they are bought in China in nine cases of ten, for 200, and in Australia in the tenth, for 240: 204. The mean ban
    takes a tenth of what comes from China: 8 / 0.9 t at 10 are ordered, of which what comes is paid. In all futures that
    costs 120 + 0.9 · 88.89 + 0.1 · 800 = 280.
    """
    found = worth(banned(), Options(gap=0.0))
    assert found.together.cost == pytest.approx(240.0)
    assert found.knowing == pytest.approx((36.0, 36.0), abs=1e-3)
    assert found.mean.cost == pytest.approx(280.0)
    assert found.planning == pytest.approx((40.0, 40.0), abs=1e-3)


def test_states_of_one_actor_add_up() -> None:
    """A ban or a quota of half, each in one case of two, leaves a quarter of what comes at 10; safe are 14, short are 30.

    400 t are ordered for the mean, of which the ban leaves nothing and the quota 200 t: 0.5 · 3000 + 0.5 · 2000 = 2500.
    For both, 100 t are bought that are safe: 1400. Were they known, so in the ban, and 200 t at 10 with the quota: 1200.
    """
    states = tuple(scenario(name, 0.5, group="actor") for name in ("ban", "quota"))
    hit = tuple(shock(name, Hits.OFFER, "o", availability=left) for name, left in (("ban", 0.0), ("quota", 0.5)))
    offers = offer(valid_from=first(2)), offer("safe", 14.0)
    made = case(*offers, needs=[0.0, 100.0], materials=(material(value_of_shortage=30.0),),
                scenarios=states, shocks=hit)  # fmt: skip
    found = worth(made, Options(gap=0.0))
    assert (found.together.cost, found.mean.cost) == pytest.approx((1400.0, 2500.0), abs=0.01)
    assert (found.planning.most, found.knowing.most) == pytest.approx((1100.0, 200.0), abs=0.01)


def test_the_mean_of_a_newsvendor() -> None:
    """55 t are ordered for the mean of ten demands, as the book has it: `test_published_risk` says why these are worth so."""
    found = worth(newsvendor(), Options(gap=0.0))
    assert (found.mean.cost, found.together.cost) == pytest.approx((925.0, 880.0), abs=0.01)
    assert (found.planning.most, found.knowing.most) == pytest.approx((45.0, 330.0), abs=0.01)


def test_every_figure_has_its_own_mean() -> None:
    """States of one group hit a country at a stage and a supplier, and an overlay an offer; each in periods of its own.

    Of c half is mined in China. February: 1 − 0.2 · 0.5 − 0.3 · 0.6 = 0.72, and the port closes beside that: · (1 − 0.5 · 0.4).
    From March on only the ban is left of the group. Late by 0.2 · 10 + 0.3 · 20 days, and 0.5 · 4 for the port; a, of
    another supplier and origin, is untouched. The price of the index doubles in the strike: 10 · 0.3 more, and demand is
    1 + 0.2 · 1 + 0.3 · 0.5 as large in February. Of a 5 t are to be had at once whatever comes, of c only where nothing hits
    it: 8 · 0.5 · 0.5.
    """
    mixed = chinese("c", mine_country=(("CHN", 0.5), ("AUS", 0.5)), refine_country=None, emergency_per_period=8.0)
    other = allied("a", None, supplier="t", index="I", emergency_per_period=5.0)
    made = risky(
        mixed, other, needs=[10.0, 10.0, 10.0], prices=(Price(index="I", date=first(1), value=10.0),),
        scenarios=(scenario("ban", 0.2, group="g"), scenario("strike", 0.3, group="g"), scenario("port", 0.5)),
        shocks=(
            shock("ban", stage=Stage.MINE, delay_days=10.0),
            shock("ban", Hits.MATERIAL, "x", availability=1.0, demand_factor=2.0, periods=1),
            shock("strike", Hits.SUPPLIER, "s", availability=0.4, delay_days=20.0, periods=1),
            shock("strike", Hits.MATERIAL, "x", availability=1.0, demand_factor=1.5, periods=1),
            shock("strike", Hits.INDEX, "I", availability=1.0, price_factor=2.0, periods=1),
            shock("port", Hits.OFFER, "c", availability=0.6, delay_days=4.0, periods=1),
        ),
    )  # fmt: skip
    [mean] = effects_of(in_the_mean(made), "x")
    hit, safe = Exposure("c", "s", ""), Exposure("a", "t", "")
    assert [mean.delivered(hit, t) for t in (1, 2, 3)] == pytest.approx([1.0, 0.72 * 0.8, 0.9])
    assert [mean.delivered(safe, t) for t in (1, 2, 3)] == pytest.approx([1.0, 1.0, 1.0])
    assert [mean.days_late(hit, t) for t in (1, 2, 3)] == pytest.approx([0.0, 10.0, 2.0])
    assert mean.demand == pytest.approx({2: 10.0 * (1.0 + 0.2 + 0.15), 3: 10.0})
    assert [mean.dearer(other, slot) for slot in slots_of(made)["a"]] == pytest.approx([0.0, 3.0, 0.0])
    assert mean.at_once(2) == pytest.approx(5.0 + 8.0 * 0.25)
    assert mean.probability == pytest.approx(1.0)


def test_what_weighs_or_caps_risk_is_set_aside() -> None:
    plain = worth(weighed(), Options(gap=0.0))
    assert worth(weighed(risk_weight=5.0, cvar_cap=0.0), Options(gap=0.0)).together == pytest.approx(plain.together)


def test_gaps_widen_both_and_neither_is_negative() -> None:
    """Known are 5 to 7 in half of the cases and 1 in the others: 3 to 4 on average."""
    future = Future(("ban",), 0.5)
    each = (future, Cost(7.0, 5.0)), (future, Cost(1.0, 1.0))
    assert Worth(Cost(10.0, 8.0), Cost(15.0, 14.0), each).planning == (4.0, 7.0)
    assert Worth(Cost(10.0, 8.0), Cost(9.0, 8.5), each).planning == (0.0, 1.0)
    assert Worth(Cost(10.0, 8.0), Cost(15.0, 14.0), each).knowing == (4.0, 7.0)
    assert Worth(Cost(4.0, 3.5), Cost(15.0, 14.0), each).knowing == (0.0, 1.0)
    assert Worth(Cost(10.0, 9.5), Cost(9.0, 8.5), each).planning == (0.0, 0.0)
    assert Worth(Cost(2.0, 1.5), Cost(9.0, 8.5), each).knowing == (0.0, 0.0)


def test_in_random_cases_the_intervals_hold_the_truth() -> None:
    """At a wide gap as at none; and neither worth is negative."""
    tried = 0
    for seed in range(60):
        made = everything(seed)
        made = made.with_settings(risk_weight=0.0, cvar_cap=None, protection_cap=None)
        if not (made.scenarios and made.shocks) or not solve(made).feasible or not solve(in_the_mean(made)).feasible:
            continue
        knowing = optimum(made).cost - sum(
            future.probability * optimum(certain(made, future)).cost for future in futures_of(made).kept
        )
        found = worth(made, Options(gap=0.2))
        size = 1e-6 * abs(found.together.cost) + 0.01
        assert found.knowing.least - size <= knowing <= found.knowing.most + size, seed
        assert knowing >= -size and found.planning.most >= -size, seed
        tried += 1
        if tried == 4:
            return
    raise AssertionError(tried)


def test_a_future_that_is_certain_has_no_other() -> None:
    made = banned()
    for future in futures_of(made).kept:
        [only] = futures_of(certain(made, future)).kept
        assert only.scenarios == future.scenarios and only.probability == 1.0


def test_without_scenarios_there_is_nothing_to_value() -> None:
    with pytest.raises(FaultyInput, match="no scenarios with shocks"):
        worth(case(offer(), needs=[10.0]), Options())
    with pytest.raises(FaultyInput, match="no scenarios with shocks"):
        worth(replace(banned(), shocks=()), Options())


def test_the_command_says_both_and_writes_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # with processes of its own
    (tmp_path / "book.xlsx").write_bytes(case_content(risky(shocks=(shock(availability=0.5),))))
    output = tmp_path / "values.xlsx"
    ran = CliRunner().invoke(cli, ["scenarios", "value", str(tmp_path / "book.xlsx"), "--output", str(output), "--json"])
    assert ran.exit_code == 0 and output.exists()
    told = json.loads(ran.stdout)
    assert told["knowing"]["least"] <= told["knowing"]["most"] and told["planning"]["most"] >= 0.0
