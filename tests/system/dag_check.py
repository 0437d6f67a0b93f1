"""The DAG as Airflow reads it: one, without errors, and started at the same time of day through daylight saving.

Run by the Python of an environment that has Airflow 3, once `airflow dags reserialize` has filled its database.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.dag_processing.dagbag import DagBag
from airflow.models.serialized_dag import SerializedDagModel

bag = DagBag()
assert not bag.import_errors, bag.import_errors
assert list(bag.dags) == ["planner_nightly"], list(bag.dags)
dag = bag.dags["planner_nightly"]
(task,) = dag.tasks
assert (dag.max_active_runs, dag.catchup, task.retries) == (1, False, 0)
assert task.execution_timeout == timedelta(hours=6, minutes=30), task.execution_timeout
assert task.append_env, "the secrets are in the worker's environment"

stored = SerializedDagModel.get_dag("planner_nightly")
begins, ends = pendulum.datetime(2026, 12, 31), pendulum.datetime(2027, 12, 31)
runs = [pendulum.instance(info.run_after) for info in stored.iter_dagrun_infos_between(begins, ends)]
evenings = {run.in_timezone("America/New_York").format("HH:mm") for run in runs}
assert len(runs) == 365 and evenings == {"21:30"}, (len(runs), evenings)
assert len({run.format("HH:mm") for run in runs}) == 2, "there is daylight saving in this year"
