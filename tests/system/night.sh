# What the service starts, as a plain command: a night, an unchanged one, one that is asked to end, and one in a pod's terms.

start=$(sed -n 's/^ExecStart=//p' $deploy/planner-nightly.service)

carried_out() { as_planner $start && latest tiny; }
# All but what the node exporter reads, which runs as another user.
is_private() { [ -z "$(find /srv/planner/plans -perm /077 ! -type l ! -name planner.prom -print -quit)" ]; }

# A long search from an earlier plan, which is asked to end by SIGTERM after as long as the earlier one took: the night ends
# with 10, and its plan is a new one.
keeps_its_plan() {
    local before pid status=0 began=$SECONDS
    new_night 0.05 inputs/vault.xlsx && as_planner $start && before=$(latest vault) || return 1
    local took=$((SECONDS - began))
    ask_for 0.00001
    # runuser hands the signal on to what it has started
    (cd /srv/planner && exec runuser -u planner -- env -i PATH=/usr/bin:/bin $start) &
    pid=$!
    sleep $took
    kill -TERM "$(pgrep -P $pid -n || echo $pid)"
    wait $pid || status=$?
    [ $status = 10 ] && [ "$(latest vault)" != "$before" ] || { echo "status $status, $before, $(latest vault)"; return 1; }
}

copied() {
    cp -r "$(cd / && /opt/planner/bin/python -c 'import planner.deploy as d; print(d.__path__[0])')" "$work/deploy" &&
        diff -r --exclude=__pycache__ "$work/deploy" $deploy
}

check "README: the files are copied from the installation" copied
new_night 0.005 inputs/tiny.xlsx
check "README: planner nightly run --check" as_planner $planner nightly run --check $night
check "README: planner nightly run --dry-run" says "would be planned" as_planner $planner nightly run --dry-run $night
check "no plan yet: planner nightly status ends with 22" ends_with 22 as_planner $planner nightly status $night
check "ExecStart: a night ends with 0 and latest is whole" carried_out
check "plans are private, also without the service's umask" is_private
check "a second night does nothing" says "nothing has changed" as_planner $start
check "planner nightly status ends with 0" as_planner $planner nightly status $night
echo "no workbook" >/srv/planner/books/broken.xlsx
check "a workbook that is none ends the night with 20, and the other's plan stands" ends_with 20 as_planner $start
check "SIGTERM: the best plan is kept, checked and published, status 10" keeps_its_plan

# Kubernetes: a user without a name, nothing to write to but the volume and /tmp, no capabilities, tini before the planner.
in_a_pod() {
    unshare --mount --propagation private bash -c '
        mount --bind /srv/planner /srv/planner && mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /dev/shm &&
        mount -o remount,bind,ro / && cd /srv/planner && ! touch /opt/planner/written 2>/dev/null &&
        exec setpriv --reuid 10001 --regid 10001 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
            env -i PATH=/opt/planner/bin:/usr/bin:/bin HOME=/tmp PYTHONDONTWRITEBYTECODE=1 tini -e 10 -- planner nightly '$night
}
if packages tini && unshare --mount --propagation private mount -t tmpfs tmpfs /mnt 2>/dev/null; then
    new_night 0.005 inputs/tiny.xlsx
    chown -R 10001:10001 /srv/planner
    check "a pod's terms: user 10001, read-only root, no capabilities" in_a_pod
    chown -R planner:planner /srv/planner
else
    cannot "a pod's terms" "the container may not mount"
fi
check "tini makes a success of status 10" tini -s -e 10 -- sh -c 'exit 10'
check "tini leaves other statuses" ends_with 22 tini -s -e 10 -- sh -c 'exit 22'
