# What the scenarios with a real PostgreSQL share:  load scenario
#
# A file with setup_file() { scenario_archive; } and teardown_file() { scenario_forget; } makes one
# archive of a lost server for all of its tests; each gets a copy in a $CLUSTER of its own. With
# SCENARIO_METHOD=openpgp in the file the keys are an OpenPGP pair.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2119,SC2120  # FIRST is the tests'; arguments may be left out

load ../helper
# shellcheck source=contrib/demo/cluster.sh
source "$ROOT/contrib/demo/cluster.sh"

setup() {
    helper_setup
    scenario_begin
    uploader_install
    if [ -n "${TEMPLATE-}" ]; then
        for kept in archive base "$CLUSTER_KEY" away secret.d; do
            [ ! -e "$TEMPLATE/$kept" ] || cp -a "$TEMPLATE/$kept" "$CLUSTER/"
        done
    else
        cluster_new_keys
    fi
}

scenario_begin() {
    export SERVER=primary
    cluster_method "${SCENARIO_METHOD-sodium}"
    cluster_begin "$WALSEAL"
}

# Shows the log only where the test has failed: bats keeps a passed test's output to itself.
teardown() {
    tail -n 25 "$CLUSTER"/*.log 2>/dev/null || true
    cluster_end
}

# store put NAME, store get NAME: an uploader for $CLUSTER/store, as whole as they come: an object
# appears at the end of the input. Status 3 for an object that isn't there, 5 for a store away.
uploader_install() {
    cluster_run mkdir -p store/wal store/base
    cluster_run sh -c 'cat >bin/store && chmod 755 bin/store' <<'STORE'
#!/bin/sh
store=${0%/*/*}/store
[ -d "$store" ] || exit 5
case $1 in
put) cat >"$store/.part.$$" && mv "$store/.part.$$" "$store/$2" ;;
get) [ -e "$store/$2" ] || exit 3; cat "$store/$2" ;;
esac
STORE
}

# The first one of a file is kept for its other tests: a copy takes a fifth of initdb's time.
new_data_directory() {
    local kept=$BATS_FILE_TMPDIR/initdb
    if [ -d "$kept" ]; then
        cp -a "$kept" "$CLUSTER/primary"
    else
        cluster_init primary 1
        cp -a "$CLUSTER/primary" "$kept"
    fi
}

# primary BLOCK [SETTING]...: a server with segments of 1 MiB, archiving by this block of settings.
# $FIRST is the first segment that it writes.
primary() {
    local block=$1
    shift
    new_data_directory
    { cluster_settings "$block" && printf '%s\n' "$@"; } | cluster_configure primary
    cluster_start primary
    FIRST=$(query 'select pg_walfile_name(pg_current_wal_lsn())')
    query 'create table t (i int, filler text)'
}

# add_rows [NUMBER]: by default 1,000 rows, in a segment that then ends.
add_rows() {
    query "insert into t select g, repeat(md5(g::text), 10) from generate_series(1, ${1:-1000}) g"
    query 'select pg_switch_wal()' >/dev/null
}

# asked_again SEGMENT: as after a crash that came before PostgreSQL noted it as archived.
asked_again() {
    local status=$CLUSTER/primary/pg_wal/archive_status
    eventually test -e "$status/$1.done"
    mv "$status/$1.done" "$status/$1.ready"
    add_rows 1
}

# scenario_archive: a base backup, then 3,000 rows in three segments or more, then a restore point,
# and the server is gone.
scenario_archive() {
    scenario_begin
    cluster_new_keys
    export TEMPLATE=$CLUSTER
    primary "$CLUSTER_BLOCK"
    cluster_run base-backup -k "$CLUSTER_KEY" -d base -n base.tar.walseal -- -c fast >/dev/null
    add_rows && add_rows && add_rows
    query "select pg_create_restore_point('before_the_accident')" >/dev/null
    archive_all
    cluster_stop primary fast
    [ ! -e "$CLUSTER/away" ] || cluster_secret secret.d away/key.asc away/passphrase
}

scenario_forget() {
    CLUSTER=${TEMPLATE-} cluster_end
}

# The segment in the middle of what was archived after the base backup.
middle_segment() {
    local -a segments
    mapfile -t segments < <(find "$CLUSTER/archive" -name '????????????????????????' | sort)
    echo "${segments[${#segments[@]} - 3]}"
}

# restored_with [SETTING]...: the base backup as server "restored", to recover with these settings.
restored_with() {
    cluster_run restore-base-backup "${CLUSTER_OPENS[@]}" -f base/base.tar.walseal -r restored
    recover_with "$@"
}

# recover_with [SETTING]...: more settings, the last of each counts.
recover_with() {
    printf '%s\n' 'wal_retrieve_retry_interval = 100ms' "$@" |
        cluster_configure restored
    SERVER=restored
}

# How the recovery of "restored" ends, within $RECOVERY_SECONDS (30). A server that accepts read-only
# connections has not opened yet: the segment that stops it may be the next. A query takes more than
# the look at the log and at the process that come first.
recovery_ends() {
    local end=$((SECONDS + ${RECOVERY_SECONDS:-30}))
    cluster_start restored || true
    while [ "$SECONDS" -lt "$end" ]; do
        if SERVER=restored in_log 'ready to accept connections' &&
            is_true 'select not pg_is_in_recovery()'; then
            echo opened
            return
        fi
        if ! server_runs restored; then
            echo stopped
            return
        fi
        sleep 0.1
    done
    echo 'still in recovery'
}

# server_runs NAME
server_runs() {
    local server
    read -r server 2>/dev/null <"$CLUSTER/$1/postmaster.pid" && kill -0 "$server" 2>/dev/null
}

assert_opened_with() {
    local ended rows
    ended=$(recovery_ends)
    [ "$ended" = opened ] || flunk "the recovery $ended" || return 1
    rows=$(query 'select count(*) from t')
    [ "$rows" = "$1" ] || flunk "$rows rows instead of $1"
}

# assert_stopped [TEXT]: the recovery ended in a failure, TEXT is in the log, and the database was
# not open at any time, which would have begun a new timeline.
assert_stopped() {
    local ended
    ended=$(recovery_ends)
    [ "$ended" = stopped ] || flunk "the recovery $ended" || return 1
    grep -q FATAL "$CLUSTER/restored.log" || flunk 'there is no FATAL in the log' || return 1
    grep -q -- "$1" "$CLUSTER/restored.log" || flunk "not in the log: $1" || return 1
    assert_never_opened
}

assert_never_opened() {
    if grep -q 'ready to accept connections' "$CLUSTER/restored.log"; then
        flunk 'the database was opened' || return 1
    fi
    cluster_run pg_controldata restored | grep -q "checkpoint's TimeLineID: *1\$" ||
        flunk 'there is a new timeline' || return 1
    assert_absent "$CLUSTER/restored/pg_wal/00000002.history"
}

nothing_runs() {
    [ -z "$(working_in "$CLUSTER/*")" ]
}

# assert_nothing_runs: no process is left in a data directory.
assert_nothing_runs() {
    eventually nothing_runs || flunk 'a process is left over'
}

# in_log TEXT [TIMES]: server $SERVER's log holds it, that often or more.
in_log() {
    [ "$(grep -c -- "$1" "$CLUSTER/$SERVER.log")" -ge "${2:-1}" ]
}
