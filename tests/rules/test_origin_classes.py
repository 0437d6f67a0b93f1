"""What of the stock is of restricted origin. China is covered; its goods cost 10, Australia's 12."""

from __future__ import annotations

import pytest

from models.classes import restricted_stock
from models.records import Member
from planner.outputs.stock import cover_rows
from tests.cases import case, kept, material, offer
from tests.policies import ruled
from tests.rules.test_entitlements import entitled, row
from tests.rules.test_policy_stock import held, stocked
from tests.solving import Binding, optimum

# 3 t of 10 may be restricted; where nobody counts, all of them are.
BINDING = Binding(lambda: stocked(held(0.3)), cost=3 * 10 + 7 * 12, dropped=100.0)


def test_a_material_is_told_apart_where_somebody_asks() -> None:
    """A rule on the stock of y, or a member who takes open origin of z: nobody asks about x."""
    rows = kept("x"), kept("y"), kept("z")
    asked = ruled(held(scope="y"), needs=(), materials=rows, members=(Member(member="A", clean_origin_only=True),),
                 commitments=(row(material="z"),))  # fmt: skip
    m = optimum(asked).m
    assert {i for i, _ in m.restricted} == {"y", "z"}


def test_what_is_drawn_may_be_the_restricted_part() -> None:
    """6 t are drawn in January and 10 t of open origin left then: the 6 may come from China."""
    solved = optimum(entitled(row(gap_penalty=1e4), clean=True, materials=(material(),), needs=(6,)))
    assert solved.cost == pytest.approx(6 * 10 + 10 * 12)
    assert restricted_stock(solved.plan, "x") == {1: pytest.approx(0.0)}


def test_cover_tells_what_of_the_stock_is_restricted() -> None:
    """3 of 10 t; nothing is told where no Countries sheet says what is covered."""
    [row] = cover_rows(optimum(stocked(held(0.3))).plan)
    assert (row.stock, row.restricted) == pytest.approx((10.0, 3.0))
    [untold] = cover_rows(optimum(case(offer(), materials=(kept(minimum_stock=10.0),))).plan)
    assert untold.restricted is None
