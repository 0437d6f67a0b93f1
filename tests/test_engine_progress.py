"""Progress in the user's words: live on a terminal, a line every ten seconds elsewhere, nothing when quiet."""

from __future__ import annotations

import doctest
from dataclasses import replace
from io import StringIO

from rich.console import Console

from planner.engine import Progress, outcome, progress
from planner.engine.progress import Display, sentence

INF = float("inf")


def at(seconds: float, objective: float | None = 2e6, bound: float = 1.999e6) -> Progress:
    return Progress(seconds, 600 - seconds, objective, bound, 0)


def plain() -> tuple[StringIO, Console]:
    stream = StringIO()
    return stream, Console(file=stream, width=40)


def test_a_plain_line_every_ten_seconds():
    stream, console = plain()
    with Display(console=console) as display:
        for tenth in range(350):
            display(at(tenth / 10))
    # at 10, 20 and 30 seconds; none is broken although the console is narrow
    assert stream.getvalue().splitlines() == [
        f"best plan $2,000,000, at best $1,999,000, gap 0.050 % ($1,000), 9 min {left} s left" for left in (50, 40, 30)
    ]


def test_every_solve_has_its_own_ten_seconds():
    stream, console = plain()
    display = Display(console=console)
    plan, baseline = display.labelled("plan"), display.labelled("without policy")
    for seconds in (4, 10.2, 13, 19.9, 20.3):
        plan(at(seconds))
        baseline(at(seconds - 3.5))
    starts = [line.split(":")[0] for line in stream.getvalue().splitlines()]
    # the first at 10.2 and 20.3, the second at 19.9 - 3.5 = 16.4 and not again at 16.8
    assert starts == ["plan", "without policy", "plan"]


def test_a_new_solve_of_the_same_name_starts_from_its_beginning():
    stream, console = plain()
    display = Display(console=console)
    for seconds in (10, 11, 2, 9, 12, 21, 22):
        display(at(seconds))
    assert len(stream.getvalue().splitlines()) == 3  # at 10, then of the new solve at 12 and 22


def test_parts_that_are_done_are_counted_on_a_terminal_alone():
    for force, told in ((True, "3 of 16 parts done"), (False, "")):
        stream = StringIO()
        with Display(console=Console(file=stream, force_terminal=force, force_interactive=force)) as display:
            display.count(3, 16)
        assert told in stream.getvalue() and bool(stream.getvalue()) == force


def test_quiet_is_silent():
    stream = StringIO()
    for console in (Console(file=stream), Console(file=stream, force_terminal=True, force_interactive=True)):
        with Display(quiet=True, console=console) as display:
            display(at(10))
    assert stream.getvalue() == ""


def test_on_a_terminal_the_line_is_live_and_leaves_no_trace():
    stream = StringIO()
    console = Console(file=stream, force_terminal=True, force_interactive=True, width=120, color_system=None)
    with Display(console=console) as display:
        display.labelled("plan")(at(1))
        display.labelled("without policy")(at(1, objective=None))
        shown = stream.getvalue()
        assert "plan: best plan $2,000,000" in shown
        assert "without policy: no plan yet" in shown
    assert stream.getvalue().endswith("\x1b[1A\x1b[2K")  # cursor up, line erased: Live cleans up after itself


def test_what_is_not_known_is_not_said():
    assert sentence(at(15, objective=None)) == "no plan yet, at best $1,999,000, 9 min 45 s left"
    assert sentence(replace(at(15), solved=(7, 60))).startswith("7 of 60 materials solved, best plan $2,000,000, ")
    assert sentence(at(15, bound=-INF)) == "best plan $2,000,000, no bound yet, 9 min 45 s left"
    assert sentence(at(590, None, -INF)) == "no plan yet, no bound yet, 10 s left"


def test_the_sentence_counts_in_dollars_and_percent():
    # (200 - 150) / 200 is a quarter; a plan that earns money has a negative cost
    assert "gap 25.000 % ($50)" in sentence(at(1, 200.0, 150.0))
    assert sentence(at(1, -200.0, -250.0)).startswith("best plan -$200, at best -$250, gap 25.000 % ($50)")


def test_documented_examples():
    assert doctest.testmod(progress) == (0, 3)
    assert doctest.testmod(outcome) == (0, 1)
