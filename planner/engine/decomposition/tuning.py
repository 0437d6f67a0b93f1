"""The figures that steer the search, each with its meaning; all limits are in nodes, gaps and rounds, never in time."""

from __future__ import annotations

from planner.engine.programme import HighsOptions

ROUGH = 0.05
"""Relative gap of the clusters' first round, in one node each: enough to mix a first plan of them."""

LACKING = 0.5
"""Share of the clusters of which a start may say nothing that can be kept, if a plan is to be composed of what it says."""

STALE = 2.0
"""Duals of another form are given up where they leave a plan further from the bound than this many times the gap."""

CLOSE, CLOSER = 1 / 3, 1 / 3
"""Gap of a cluster as a share of the gap asked for, and by how much it shrinks where the clusters' own gaps matter."""

NODES, MORE, MOST_NODES = 200, 4, 1_000_000
"""Most nodes of one cluster's search, how many times as many where its gap shrinks, and where that ends; what is not closed
by then counts with its bound: a few stubborn clusters must not hold up all others."""

TOGETHER, TOGETHER_NODES, TOGETHER_GAP = (6, 9, 14), 10, 3e-4
"""How many clusters are solved together, more where fewer brought nothing; in how many nodes, to what relative gap."""

MUCH, DULL = 0.01, 2
"""By what share of their distance from the bound plans must better, and how many batches in a row may not, before clusters are
priced anew."""

GAINED = 0.7
"""Share of what clusters have not proven that is gained where they are solved more closely."""

ELASTIC = 10.0
"""What overdrawing a coupling row costs in the master, in multiples of its dual."""

BOX = 0.05
"""How far duals may move from the best ones, as a share of themselves."""

DEAR = 10.0
"""What overdrawing a row that waits for a whole-number decision of the master costs, in multiples of the decision's cost."""

REPAIRS, DEARER = 8, 4.0
"""How often a first plan that overdraws rows is mended, and how many times as dear overdrawing them gets each time."""

ROUNDS, IDLE = 60, 8
"""Rounds, and rounds in a row that better neither plan nor bound, after which the search gives up."""

EDGE = 0.999
"""Duals that moved by more than this share of the box lie at its edge."""

ASCENT, NEAR, SHY, FAR = 60, 0.2, 0.5, 1e4
"""Rounds of the relaxation at most; the distance between its bound and mixture that is near enough, as a share of the gap
asked for; how large its first box is, and its largest duals, in multiples of what duals usually are."""

LOST = 5
"""Rounds of the relaxation in a row whose duals leave a cluster without a least cost, after which it is solved as one."""

UNBOUNDED = 1e9
"""Most that the boxed master may take of a row that it is paid to take, in scaled units."""

PLAIN: HighsOptions = {"presolve": "off", "simplex_dual_edge_weight_strategy": 1}
"""How a cluster's linear programme is solved: in half the time that presolve and the steepest edge take."""

SEARCH: HighsOptions = {
    "mip_allow_restart": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""How whole numbers are searched for: without what takes most of the time and hardly ever gives a better plan of a programme
that starts from a good one. On the 38 clusters of the example that took a third of the time and proved as much, and on
compositions of them less than half, for plans as good; without any heuristic they were worse."""
