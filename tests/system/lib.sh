# What the checks share: how one is made and told, and the machine as planner/deploy/README.md prepares it.

passed=0 failed=0 unmade=0
deploy=planner/deploy
planner=/opt/planner/bin/planner
night=/srv/planner/nightly.toml

# check WHAT COMMAND...: the command ends with 0.
check() {
    local what=$1; shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1)); echo "ok    $what"
    else
        failed=$((failed + 1)); echo "FAIL  $what"; tail -n 25 "$work/log" | sed 's/^/      | /'
    fi
}

# cannot WHAT WHY: a check that this machine does not allow.
cannot() { unmade=$((unmade + 1)); echo "--    $1: not checked, because $2"; }

# ends_with STATUS COMMAND...
ends_with() {
    local wanted=$1 status=0; shift
    "$@" || status=$?
    [ $status = "$wanted" ] || { echo "it ended with $status, not with $wanted"; return 1; }
}

# says TEXT COMMAND...: what the command prints holds a text.
says() {
    local text=$1 said; shift
    said=$("$@" 2>&1)
    [[ $said == *"$text"* ]] || { echo "it does not say '$text' but:"; echo "$said"; return 1; }
}

refuses() { ! "$@"; }

packages() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >>"$work/apt.log" 2>&1; }

# A virtual environment that every user may use: Debian's own Python, since one under /root is root's alone.
environment() { local at=$1; shift; /usr/bin/python3 -m venv "$at" && "$at/bin/pip" install --quiet --disable-pip-version-check "$@"; }

as_planner() { (cd /srv/planner && runuser -u planner -- env -i PATH=/usr/bin:/bin HOME=/srv/planner "$@"); }

# Books and a gap for the night, and no plans: a night that has never been.
new_night() {
    local gap=$1; shift
    rm -rf /srv/planner/plans /srv/planner/books/*
    for book in "$@"; do install -o planner -g planner -m 0600 "$book" /srv/planner/books/; done
    ask_for "$gap"
}
ask_for() { sed -i "s/^gap = [0-9.]*/gap = $1/" $night; }

# latest CASE: the run that a case's latest leads to; its files are what its check sums say.
latest() { (cd "/srv/planner/plans/$1/latest/" && sha256sum --check --quiet SHA256SUMS && [ -f plan.xlsx ] && basename "$(pwd -P)"); }

prepare() {
    { apt-get update -q && packages python3-venv tzdata util-linux &&
        /usr/bin/python3 -m venv "$work/build" && "$work/build/bin/pip" wheel --quiet --no-deps --wheel-dir "$work" . && rm -rf build &&
        useradd --system --home-dir /srv/planner --shell /usr/sbin/nologin planner &&
        environment /opt/planner "$work"/vault_planner-*.whl &&
        install -d -o planner -g planner -m 0700 /srv/planner /srv/planner/books &&
        install -o planner -g planner -m 0600 $deploy/nightly.toml /srv/planner/ &&
        install -d -m 0755 /etc/planner &&
        install -o root -g planner -m 0640 /dev/null /etc/planner/planner.env; } >"$work/prepare.log" 2>&1
}

clean_up() {
    mountpoint -q "$work/machine/root" && umount "$work/machine/root"
    mountpoint -q "$work/machine" && umount "$work/machine"
    userdel planner 2>/dev/null
    rm -rf /opt/planner /srv/planner /etc/planner "$work"
}
