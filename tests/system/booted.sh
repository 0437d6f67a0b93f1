#!/bin/bash
# Run by systemd in the copy of the container: does with the units what the README says, and writes a line for each step.
exec >/var/log/booted 2>&1
set -u
night=/srv/planner/nightly.toml books=/srv/planner/books plans=/srv/planner/plans

# Mail is put into a file, by its subject.
printf '#!/bin/sh\nwhile [ "$1" != -s ]; do shift; done\necho "$2" >>/srv/planner/mail\ncat >/dev/null\n' >/usr/bin/mail
chmod 0755 /usr/bin/mail

property() { systemctl show --value --property "$1" planner-nightly.service; }
runs() { property ExecMainStartTimestampMonotonic; }
# Wait for the end of a night that begins after the one of a time.
ended_after() {
    until [ "$(runs)" != "$1" ] && [ "$(property ActiveState)" != activating ] && [ "$(property ActiveState)" != deactivating ]; do sleep 1; done
}
seen=""
# What came of it, and whether latest of the large case leads to another run than when this was last asked.
outcome() {
    local now; now=$(readlink $plans/vault/latest)
    echo "$1: $(property Result) $(property ExecMainStatus), plans $([ "$now" = "$seen" ] && echo old || echo new)$2"
    seen=$now
}
mailed() {
    for _ in $(seq 60); do [ -s /srv/planner/mail ] && break; sleep 1; done
    sed -n '$s/.*failed: /, mail: /p' /srv/planner/mail; rm -f /srv/planner/mail
}
drop_in() { mkdir -p "/run/systemd/system/$1.d" && printf "$2" >"/run/systemd/system/$1.d/test.conf" && systemctl daemon-reload; }

# A timer that last elapsed three days ago has missed an evening.
install -d /var/lib/systemd/timers && touch -d '3 days ago' /var/lib/systemd/timers/stamp-planner-nightly.timer
drop_in planner-nightly.timer '[Timer]\nRandomizedDelaySec=0\n'
systemctl start planner-nightly.timer
ended_after 0
took=$SECONDS  # as long as a solve takes to have a plan, and longer
outcome missed ""
echo "memory: $(property MemoryMax)"
# The timer stays on: a service that nothing refers to is forgotten by systemd when it has ended, with what came of it.

sed -i 's/^gap = .*/gap = 0.00001/' $night
before=$(runs)
systemctl start --no-block planner-nightly
sleep $took
systemctl stop planner-nightly
ended_after "$before"
outcome stopped ""

rm -f /srv/planner/mail
mv $books/vault.xlsx /srv/planner/ && echo "no workbook" >$books/vault.xlsx
before=$(runs)
systemctl start planner-nightly
ended_after "$before"
outcome failed "$(mailed)"

mv /srv/planner/vault.xlsx $books/
drop_in planner-nightly.service "[Service]\nTimeoutStartSec=${took}s\n"
before=$(runs)
systemctl start planner-nightly
ended_after "$before"
outcome late "$(mailed)"

open=$(find $plans -perm /077 ! -type l ! -name planner.prom)
echo "open to others: ${open:-none}"
systemctl --force poweroff
