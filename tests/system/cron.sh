# The crontab, by a cron that runs in the foreground and sees nothing else: a night with plans, and one without, which is mailed.

crontab=planner-nightly.cron
minute() { sed 's/^30 21 /* * /' $deploy/$crontab; }

# Both nights in one table: the settings of a table hold for the lines after them.
a_minute_of_cron() {
    local see=$work/cron
    mkdir -p "$see"/{cron.d,sbin,none} && : >"$see/crontab" && : >"$see/mail" && chmod 0666 "$see/mail" || return 1
    printf '#!/bin/sh\ncat >>%s\n' "$see/mail" >"$see/sbin/sendmail" && chmod 0755 "$see/sbin/sendmail"
    { minute; echo "NIGHT=/srv/planner/faulty/nightly.toml"; minute | tail -n 1; } >"$see/cron.d/planner-nightly"
    chmod 0644 "$see/cron.d/planner-nightly" "$see/crontab"
    unshare --mount --propagation private bash -c '
        mount --bind "$0/cron.d" /etc/cron.d && mount --bind "$0/crontab" /etc/crontab && mkdir -p /var/spool/cron/crontabs &&
        mount --bind "$0/none" /var/spool/cron/crontabs && mount -t overlay overlay -o "lowerdir=$0/sbin:/usr/sbin" /usr/sbin &&
        exec timeout "$(( 90 - 10#$(date +%S) ))" cron -f -L 5' "$see" >"$see/log" 2>&1
    for _ in $(seq 60); do pgrep -u planner >/dev/null || break; sleep 1; done
    [ -d /srv/planner/plans/tiny/latest ] && return 0
    echo "no night was started"; cat "$see/log" "$see/mail"; return 1
}
mails_the_failure() {
    cat "$work/cron/mail"
    grep -q "^To: operations@example.com" "$work/cron/mail" && grep -q "^The night ended with status 20" "$work/cron/mail"
}
mails_nothing_else() { [ "$(grep -c "^To: " "$work/cron/mail")" = 1 ] || { cat "$work/cron/mail"; return 1; }; }

if packages cron && unshare --mount --propagation private mount -t tmpfs tmpfs /mnt 2>/dev/null && ! pgrep -x cron >/dev/null; then
    new_night 0.005 inputs/tiny.xlsx
    install -d -o planner -g planner -m 0700 /srv/planner/faulty /srv/planner/faulty/books
    install -o planner -g planner -m 0600 $night /srv/planner/faulty/ && echo "no workbook" >/srv/planner/faulty/books/broken.xlsx
    check "cron starts the night" a_minute_of_cron
    check "its plan is whole" latest tiny
    check "a night without a plan is mailed with its status" mails_the_failure
    check "a night with plans is not mailed" mails_nothing_else
else
    cannot "the crontab at work" "the container may not mount, or a cron is running"
fi
