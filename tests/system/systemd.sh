# The units by systemd's own checks, and then by systemd itself, booted in a copy of this container that is thrown away.

units=(planner-nightly.service planner-nightly.timer planner-nightly-failed.service)
timer=$(sed -n 's/^OnCalendar=//p' $deploy/planner-nightly.timer)

# Nothing but silence will do: systemd-analyze ends with 0 on lines that it does not know.
verified() {
    local said
    said=$(systemd-analyze verify --man=no "${units[@]/#//etc/systemd/system/}" 2>&1 | grep planner-nightly)
    [ -z "$said" ] || { echo "$said"; return 1; }
}
finds_a_fault() { sed -i 's/^OOMPolicy/OOMPolice/' /etc/systemd/system/planner-nightly.service && refuses verified; }
# Thirty evenings over the change to summer time and thirty over that to winter time, all at 21:30 of New York.
every_evening() {
    local base
    for base in "2027-03-01 00:00:00 UTC" "2027-10-20 00:00:00 UTC"; do
        TZ=America/New_York systemd-analyze calendar --iterations=30 --base-time="$base" "$timer" |
            grep -v "(in UTC)" | grep -Ec "(Next elapse|Iteration|Iter\. #[0-9]+): .* 21:30:00 E[SD]T" | grep -qx 30 || return 1
    done
}

packages systemd systemd-container
install -m 0644 "${units[@]/#/$deploy/}" /etc/systemd/system/
check "systemd-analyze verify: service, timer, failure" verified
check "systemd-analyze verify would find a fault" finds_a_fault
install -m 0644 "${units[@]/#/$deploy/}" /etc/systemd/system/
check "systemd-analyze calendar: 21:30 every evening, through both changes of the clocks" every_evening
systemd-analyze security --offline=true /etc/systemd/system/planner-nightly.service 2>/dev/null | tail -n 1 | sed 's/^/info  /'

# What systemd is made to do inside is in booted.sh, which writes a line for each step.
boot() {
    mkdir -p "$work/machine" && mount -t tmpfs tmpfs "$work/machine" && mkdir "$work/machine"/{up,work,root} &&
        mount -t overlay overlay -o "lowerdir=/,upperdir=$work/machine/up,workdir=$work/machine/work" "$work/machine/root" &&
        install -m 0755 tests/system/booted.sh "$work/machine/root/usr/local/bin/booted" &&
        printf '[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStart=/usr/local/bin/booted\n' \
            >"$work/machine/root/etc/systemd/system/booted.service" &&
        printf '[Unit]\nWants=booted.service\n' >"$work/machine/root/etc/systemd/system/booted.target" &&
        { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=$1 timeout 1500 systemd-nspawn --register=no --keep-unit --link-journal=no --console=pipe \
            -D "$work/machine/root" /lib/systemd/systemd --unit=booted.target </dev/null >"$work/boot.log" 2>&1
          [ -f "$work/machine/root/var/log/booted" ]; }
}
booted() { grep -qxF "$1" "$work/booted" || { cat "$work/booted"; return 1; }; }

new_night 0.05 inputs/tiny.xlsx inputs/vault.xlsx
if boot "$([ -f /sys/fs/cgroup/cgroup.controllers ] && echo 1 || echo 0)"; then
    cp "$work/machine/root/var/log/booted" "$work/booted"
    check "systemd: the timer makes up for a missed evening, the night succeeds under all restrictions" booted "missed: success 0, plans new"
    check "systemd: memory is limited" booted "memory: 10737418240"
    check "systemd: stopped, the night keeps its best plan, status 10 is a success" booted "stopped: success 10, plans new"
    check "systemd: a failure is told, with its status, and the last plan stands" booted "failed: exit-code 20, plans old, mail: exit-code 20"
    check "systemd: a night over its limit is ended, which is told, and its plan kept" booted "late: timeout 10, plans new, mail: timeout 10"
    check "systemd: all is this user's alone" booted "open to others: none"
else
    cannot "the units at work in systemd" "systemd does not boot here: $(tail -n 1 "$work/boot.log" 2>/dev/null || echo 'no mounts are allowed')"
fi
rm -f "${units[@]/#//etc/systemd/system/}"
