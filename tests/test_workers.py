"""Workers on this machine and on a Dask scheduler: the same answers in the same order, whoever dies on the way."""

from __future__ import annotations

import gc
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import numpy as np
import psutil
import pytest

from planner.engine import Held, Method, Options, Resources, StandardForm, solve
from planner.engine.decomposition.cluster import ClusterLost, ClusterWorkers
from planner.engine.decomposition.jobs import Job, run
from planner.engine.decomposition.workers import LocalWorkers, in_order
from planner.engine.programme import Programme
from planner.findings import SolverFailure
from planner.proving import Model
from tests.benchmarks.generator import synthetic
from tests.dask_cluster import Cluster, free_port, joined


def costing(amount: float) -> Job:
    """x ≥ amount at 1 a unit: the optimum is the amount."""
    one, continuous = np.ones(1), np.zeros(1, dtype=bool)
    return Job(
        Programme(
            cost=one, lower=amount * one, upper=np.inf * one, integer=continuous, start=np.zeros(1, np.int32),
            column=np.empty(0, np.int32), value=np.empty(0), row_lower=np.empty(0), row_upper=np.empty(0),
        )
    )  # fmt: skip


def test_answers_are_learnt_in_the_order_of_the_tasks() -> None:
    """Each as soon as all before it are there."""
    learnt: list[int] = []
    arrive = in_order(lambda number, answer: learnt.append(number))
    for number, so_far in ((2, []), (0, [0]), (3, [0]), (1, [0, 1, 2, 3])):
        arrive(number, run(costing(float(number))))
        assert learnt == so_far


def leave_while_a_task_is_handed_over() -> None:
    """Two workers are at work for ever, and a third task is too large for the pipe that leads to them."""

    def leave(done: int, of: int) -> None:
        time.sleep(2.0)
        raise KeyError

    with suppress(KeyError), LocalWorkers(2) as workers:
        workers.each(at_work_for_ever, [bytes(10_000_000)] * 8, leave)


def at_work_for_ever(item: bytes) -> None:
    time.sleep(3600.0)


def test_workers_end_while_a_task_is_handed_over() -> None:
    """A search that is asked to end must not wait for workers that are gone."""
    program = f"from {__name__} import leave_while_a_task_is_handed_over as leave; leave()"
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[1], timeout=120)
    assert done.returncode == 0


def leave_while_an_answer_is_written() -> None:
    """One of two workers has written the beginning of an answer, and no more comes of it."""
    with LocalWorkers(2) as workers:
        workers.begun(write_a_part)
        workers.begun(write_a_part)
        time.sleep(3.0)


def write_a_part() -> None:
    """What a worker does that is ended while it writes a long answer: its length, and a part of it."""
    queue = next(item for item in gc.get_objects() if isinstance(item, SimpleQueue))
    with queue._wlock:  # type: ignore[attr-defined]
        os.write(queue._writer.fileno(), struct.pack("!i", 1000) + bytes(10))  # type: ignore[attr-defined]
        time.sleep(3600.0)


def test_workers_end_while_an_answer_is_written() -> None:
    """Python's pool waits for ever for the rest of it."""
    program = f"from {__name__} import leave_while_an_answer_is_written as leave; leave()"
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[1], timeout=120)
    assert done.returncode == 0


def looking(done: int, of: int) -> None:
    """Look on."""


def processes() -> list[psutil.Process]:
    """The solver's processes that are alive."""
    children = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def the_form() -> StandardForm:
    return Model.of(synthetic(6, 24, 2, 6, seed=3, shared_suppliers=True, binding=True)).form


def test_answers_come_in_the_order_of_the_jobs() -> None:
    with LocalWorkers(2) as workers:
        answers = workers.gathered([costing(k) for k in range(20)], looking)
    assert [answer.bound for answer in answers] == list(range(20))


def test_a_worker_that_is_killed_costs_time_only() -> None:
    killed: list[int] = []

    def kill_one(done: int, of: int) -> None:
        alive = [] if killed else processes()
        if alive:
            killed.append(alive[-1].pid)
            os.kill(alive[-1].pid, signal.SIGKILL)

    with LocalWorkers(2) as workers:
        answers = workers.gathered([costing(k) for k in range(200)], kill_one)
        answers += workers.gathered([costing(7.0)], looking)
    assert killed
    assert [answer.bound for answer in answers] == [*range(200), 7.0]


def test_no_process_outlives_its_workers() -> None:
    with LocalWorkers(2) as workers:
        workers.gathered([costing(1.0)], looking)
        children = processes()
        assert len(children) >= 2
    gone, alive = psutil.wait_procs(children, timeout=60)
    assert gone and not alive


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    started = Cluster()
    yield started
    started.end()


def test_a_cluster_gives_the_plan_that_this_machine_gives(cluster: Cluster) -> None:
    joined(cluster.address).__exit__()
    form, options = the_form(), Options(gap=0.01)
    told: list[str] = []
    there = solve(form, options, resources=Resources(Method.DECOMPOSED, cluster.address, True, told.append))
    here = solve(form, options, resources=Resources(Method.DECOMPOSED))
    assert there.held is Held.PROVEN_PLAN
    assert there.values is not None and here.values is not None
    assert np.array_equal(there.values, here.values)
    assert "2 programmes at a time" in told[0]


def test_a_cluster_goes_on_without_a_worker_that_was_killed(cluster: Cluster) -> None:
    with joined(cluster.address) as workers:

        def kill_one(done: int, of: int) -> None:
            if done >= 5:
                cluster.workers[0].kill()

        answers = workers.gathered([costing(k) for k in range(300)], kill_one)
    assert [answer.bound for answer in answers] == list(range(300))


def test_without_its_scheduler_this_machine_goes_on_or_the_solve_stops(cluster: Cluster) -> None:
    joined(cluster.address).__exit__()
    told: list[str] = []

    def lose(_: object) -> None:
        cluster.scheduler.kill()

    resources = Resources(Method.DECOMPOSED, cluster.address, False, told.append)
    outcome = solve(the_form(), Options(gap=0.01), lose, resources=resources)
    assert outcome.held is Held.PROVEN_PLAN
    assert any("was lost" in sentence and "This machine solves instead" in sentence for sentence in told)


def test_a_cluster_that_does_not_answer_is_told_of() -> None:
    pytest.importorskip("distributed", reason="Dask is an extra: pip install -e '.[dev]' brings it")
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(SolverFailure, match=address):
        solve(the_form(), Options(gap=0.01), resources=Resources(Method.DECOMPOSED, address, cluster_required=True))


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ClusterLost, match="'nonsense' is no address"):
        ClusterWorkers("nonsense")
