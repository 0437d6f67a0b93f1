"""Master and clusters equal the full build, coefficient for coefficient, on 200 random cases; local rows are local.

`Case.restrict(())` is the master, `restrict((i,))` a cluster; the engine decomposes along that line.
"""

from __future__ import annotations

import pytest

from models.build import build
from models.case import Case
from planner.engine.assembly import assemble
from planner.engine.comparison import differences
from planner.engine.compiler import compile
from planner.engine.standard_form import StandardForm
from tests.random_served import served


def form_of(case: Case) -> StandardForm:
    m = build(case)
    return compile(m.model, coupling=m.register.coupling, cluster_of=m.register.cluster_of)


@pytest.mark.parametrize("block", range(10))
def test_master_and_clusters_are_the_full_build(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        case = served(seed)
        full = form_of(case)
        full.assert_local_rows()
        clusters = [form_of(case.restrict((i,))) for i in case.material]
        assembled = assemble(form_of(case.restrict(())), clusters)
        assert not list(differences(assembled, full)), seed


def test_the_random_cases_use_every_rule() -> None:
    """Most rules are in most cases, so that the comparison means something."""
    used = [{block.local_name for block in build(served(seed)).model.component_objects(descend_into=False)}
            for seed in range(20)]  # fmt: skip
    often = {name for name in set.union(*used) if sum(name in blocks for blocks in used) >= 5}
    assert often >= {
        "purchases", "orders", "contracts", "price_breaks", "suppliers", "open_orders", "decisions", "stock_balance", "demand",
        "depots", "cover", "terminal_value", "participation", "budget", "traders", "policy",
    }  # fmt: skip
