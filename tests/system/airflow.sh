# The DAG in an Airflow of its own: it is imported, and its night is run, as the user planner.

AIRFLOW="apache-airflow==3.3.2 apache-airflow-providers-standard==1.21.0"

home=$work/airflow-home
airflow() {
    as_planner AIRFLOW_HOME="$home" AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__DAGS_FOLDER="$home/dags" \
        PYTHONWARNINGS=ignore "$work/airflow/bin/$1" "${@:2}"
}

# dag_with COMMAND: the DAG, with something else in the planner's place.
dag_with() { sed "s|^PLANNER = .*|PLANNER = \"$1\"|" $deploy/airflow_nightly.py >"$home/dags/airflow_nightly.py"; }
succeeds() { airflow airflow dags test planner_nightly; }
fails() { says "non-zero exit code $1" succeeds && ends_with 1 succeeds; }
runs_a_night() { succeeds && latest tiny; }

if environment "$work/airflow" $AIRFLOW >>"$work/pip.log" 2>&1; then
    install -d -o planner -g planner "$home" "$home/dags"
    cp $deploy/airflow_nightly.py "$home/dags/"
    check "Airflow makes its database" airflow airflow db migrate
    check "Airflow reads the DAG" airflow airflow dags reserialize
    cp tests/system/dag_check.py "$work/"
    check "it is imported without an error, and starts at 21:30 also in summer" airflow python "$work/dag_check.py"
    new_night 0.005 inputs/tiny.xlsx
    check "airflow dags test: a night, and latest is whole" runs_a_night
    printf '#!/bin/sh\nexit 10\n' >"$work/ten"; printf '#!/bin/sh\nexit 22\n' >"$work/other"; chmod 0755 "$work/ten" "$work/other"
    dag_with "$work/ten"; check "status 10 is a success in Airflow" succeeds
    dag_with "$work/other"; check "status 22 is a failure in Airflow" fails 22
else
    cannot "the DAG in Airflow" "Airflow cannot be installed"
fi
