"""Bound and plan over time, one colour for each solver."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.trace import Steps

FURTHEST = 0.05
"""Costs and bounds further than this from the best plan are not drawn."""


def draw(courses: Mapping[str, Steps], path: Path) -> None:
    """Draw bound (dashed) and plan as distances in per cent from the best plan of all."""
    from matplotlib import pyplot

    best = min(cost for steps in courses.values() for _, cost, _ in steps if cost is not None)
    figure, axes = pyplot.subplots(figsize=(9, 5))
    for number, (name, steps) in enumerate(courses.items()):
        for place, style in ((1, "-"), (2, "--")):
            points = [(step[0], step[place] / best - 1.0) for step in steps if step[place] is not None]
            near = [(when, 100.0 * far) for when, far in points if abs(far) <= FURTHEST]
            label = name if style == "-" else None
            axes.step(*zip(*near, strict=True) if near else ([], []), style, where="post", color=f"C{number}", label=label)
    axes.set(xlabel="seconds", ylabel="per cent above the best plan", title="Plan (solid) and bound (dashed)")
    axes.legend()
    figure.savefig(path)
    pyplot.close(figure)
