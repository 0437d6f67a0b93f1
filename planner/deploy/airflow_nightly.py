"""Airflow 3: the nightly plans of the stockpile. To the folder of DAGs of a worker that has the planner."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

ZONE = "America/New_York"
PLANNER = "/opt/planner/bin/planner"
NIGHT = "/srv/planner/nightly.toml"

# Status 10 is a plan with a gap above the one asked for: a success, and no reason to leave out what comes after it, so it is
# not among the statuses that Airflow skips on. Every other status stays what it is.
COMMAND = f"umask 077; {PLANNER} nightly {NIGHT}; ended=$?; [ $ended -ne 10 ] || ended=0; exit $ended"

with DAG(
    dag_id="planner_nightly",
    description="Nightly plans of the stockpile",
    schedule="30 21 * * *",  # in the zone of the start date, through daylight saving
    start_date=pendulum.datetime(2026, 1, 1, tz=ZONE),
    catchup=False,  # the planner reads today's workbooks: one night makes up for all that were missed
    max_active_runs=1,
    tags=["planner"],
):
    BashOperator(
        task_id="night",
        bash_command=COMMAND,
        append_env=True,  # secrets are in the worker's environment
        skip_on_exit_code=None,
        retries=0,  # a second try ends as the first did: what may succeed later is tried the next night
        execution_timeout=timedelta(hours=6, minutes=30),
    )
