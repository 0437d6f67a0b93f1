"""Draws from the sheet Hazards, and smaller sets that stand for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from click.testing import CliRunner

from models.case import Case
from models.records import SHEETS, Hazard, Settings
from planner import sampling
from planner.cli import cli
from planner.findings import FaultyInput
from planner.sampling import poisson, reduced, sampled
from planner.template import case_content
from planner.validate import read
from tests.cases import case, kept, offer
from tests.sense.book import case_of, sensible


def hazardous(*hazards: Hazard, periods: int = 12) -> Case:
    offers = (offer("c", mine_country=(("CHN", 1.0),)), offer("a", mine_country=(("AUS", 1.0),)))
    return case(*offers, materials=(kept(),), periods=periods, hazards=hazards)


def hazard(called: str = "ban", **fields: object) -> Hazard:
    usual = {"hazard": called, "hits": "country", "name": "CHN", "frequency": 0.5, "length_days": 60.0}
    return Hazard(**usual | fields)


def events(made: Case, number: int) -> list[int]:
    """How often something happens in each draw; draws in which nothing does are not listed by the case."""
    found = [sum(row.scenario == scenario.scenario for row in made.shocks) for scenario in made.scenarios]
    return [*found, *[0] * (number - len(found))]


def test_quantiles_of_the_poisson_distribution() -> None:
    """Of mean 1: nothing in 36.8 %, once in 36.8 % more, twice in 18.4 %."""
    assert [poisson(1.0, share) for share in (0.0, 0.36, 0.37, 0.73, 0.74, 0.91, 0.93)] == [0, 0, 1, 1, 2, 2, 3]
    assert poisson(0.0, 0.999) == 0


def test_without_hazards_there_is_nothing_to_draw(tmp_path: Path) -> None:
    (tmp_path / "calm.xlsx").write_bytes(case_content(case(offer(), needs=[10.0])))
    done = CliRunner().invoke(cli, ["scenarios", "sample", str(tmp_path / "calm.xlsx")])
    assert isinstance(done.exception, FaultyInput) and "nothing was drawn" in done.exception.closing
    assert [path.name for path in tmp_path.iterdir()] == ["calm.xlsx"]


def test_draws_are_alike_and_come_back() -> None:
    made = hazardous(hazard())
    first, again, other = sampled(made, 200, 1), sampled(made, 200, 1), sampled(made, 200, 2)
    assert first.scenarios == again.scenarios and first.shocks == again.shocks
    assert first.shocks != other.shocks
    assert {row.probability for row in first.scenarios} == {1 / 200}
    assert {row.group for row in first.scenarios} == {sampling.GROUP}


def test_how_often_how_long_and_how_deep() -> None:
    """Twice a year for two years, three months on average, half of the time below the triangle's median.

    4 events a draw, ± 3 · √(4 / 2000); a triangle from 0 over 0.2 to 0.8 has a mean of 1 / 3."""
    made = hazardous(hazard(frequency=2.0, length_days=91.25, likely_availability=0.2, most_availability=0.8), periods=24)
    found = sampled(made, 2000, 3)
    assert mean(events(found, 2000)) == pytest.approx(4.0, abs=0.14)
    assert mean(row.periods or 0 for row in found.shocks) == pytest.approx(3.0, abs=0.12)
    assert mean(row.availability for row in found.shocks) == pytest.approx(1 / 3, abs=0.01)
    last = made.calendar.last_day(24)
    assert all(made.calendar.start <= row.from_date <= last for row in found.shocks if row.from_date)


def test_hazards_of_one_driver_come_together() -> None:
    """Wholly decided by the driver they happen equally often in each draw; not at all, independently."""
    for correlation, least, most in ((1.0, 1.0, 1.0), (0.0, -0.1, 0.1), (0.6, 0.3, 0.7)):
        rows = [hazard(name, frequency=1.0, driver="d", correlation=correlation, name=country)
                for name, country in (("x", "CHN"), ("y", "AUS"))]  # fmt: skip
        found = sampled(hazardous(*rows), 2000, 4)
        counts = {name: np.zeros(2000) for name in ("CHN", "AUS")}
        for row in found.shocks:
            counts[row.name][int(row.scenario.split()[1]) - 1] += 1
        assert least - 1e-9 <= np.corrcoef(counts["CHN"], counts["AUS"])[0, 1] <= most + 1e-9


def test_a_smaller_set_stands_for_the_others() -> None:
    """No probability is lost; the first one kept is the one that brings all others nearest, found by trying each."""
    made = sampled(hazardous(hazard(frequency=1.5, most_availability=0.9, likely_availability=0.1)), 40, 5)
    few = reduced(made, 6)
    assert len(few.scenarios) == 6 and all(row in made.shocks for row in few.shocks)
    assert all(row.probability >= 1 / 40 - 1e-12 for row in few.scenarios)
    taken = {row.scenario: row for row in few.scenarios}
    assert {row.scenario for row in few.shocks} == set(taken)
    features = sampling._features(made)[:, 0]
    spread = [np.minimum(np.abs(features), np.abs(features - one)).sum() for one in features]
    [single] = reduced(made, 1).scenarios
    assert single.scenario == made.scenarios[int(np.argmin(spread))].scenario
    kept, unlike = sampling._features(few)[:, 0], np.array([row.probability for row in few.scenarios])
    weighed = [(unlike * np.minimum(np.abs(kept), np.abs(kept - one))).sum() for one in kept]
    plain = [np.minimum(np.abs(kept), np.abs(kept - one)).sum() for one in kept]
    assert np.argmin(weighed) != np.argmin(plain)  # so that it matters how probable each one is
    [single] = reduced(few, 1).scenarios
    assert single.scenario == few.scenarios[int(np.argmin(weighed))].scenario
    assert reduced(made, 40) is made


def test_a_case_is_written_as_it_is_read(tmp_path: Path) -> None:
    """Draws, and every other sheet with its figures."""
    made = case_of(sensible())
    made = replace(made, hazards=(hazard(name="CHN", driver="China", correlation=0.5),))
    made = sampled(made, 20, 1)
    (tmp_path / "case.xlsx").write_bytes(case_content(made))
    found = read(tmp_path / "case.xlsx").case
    assert found is not None
    for record in SHEETS:
        if record is not Settings:
            assert found.tables()[record] == made.tables()[record], record
    assert found.settings.model_dump(exclude_defaults=True) == made.settings.model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"hits": "material", "name": "all", "price_factor": 3.0},
        {"delay_days": 60.0},
        {"hits": "material", "name": "all", "demand_factor": 2.0},
    ],
    ids=["dearer", "late", "more is asked for"],
)
def test_what_cuts_nothing_off_is_kept_too(fields: dict[str, object]) -> None:
    made = sampled(hazardous(hazard(frequency=1.0, least_availability=1.0, **fields)), 50, 1)
    few = reduced(made, 3)
    assert len({row.scenario for row in few.scenarios}) == 3
    assert sum(row.probability for row in few.scenarios) > 0.3


def test_of_a_material_without_demand_what_the_offers_deliver_counts() -> None:
    made = hazardous(hazard(frequency=1.0))
    made = sampled(replace(made, materials=(kept(annual_demand=0.0),)), 50, 1)
    assert len(reduced(made, 3).scenarios) == 3


def test_draws_that_are_alike_are_kept_once() -> None:
    """Of three kinds of draws that differ no more than three are kept, each with the probability of all of its kind."""
    made = sampled(hazardous(hazard(frequency=1.0)), 9, 1)
    alike = replace(made, shocks=tuple(
        row.model_copy(update={"from_date": None, "periods": 1 + n % 3, "availability": 0.0})
        for n, row in enumerate({row.scenario: row for row in made.shocks}.values())
    ))  # fmt: skip
    few = reduced(alike, len(alike.scenarios) - 1)
    assert len(few.scenarios) == 3
    assert sum(row.probability for row in few.scenarios) == pytest.approx(len(alike.scenarios) / 9)
