# The flow of tests/chaos: a server under load in a storm of kills, failing stores, crashes and base
# backups; then it is destroyed, and what its clients were told is committed has to come back from
# what it has archived. The scenarios (sodium, openpgp) set what they archive with and source this:
#     METHOD       sodium or openpgp                BASE_TO      base-backup's place
#     ARCHIVE      its directory below $CLUSTER      BASES        the base backups' directory
#     WEATHERS, RESTORE_WEATHERS                     what can be wrong at the archive
#     settings, base_from NAME, weather KIND, scenario_begins     functions
# Says TAP; its figures are in comments. CHAOS_SECONDS (600) is how long the storm takes, CHAOS_SEED
# what it is made from (otherwise drawn, and told): the same choices, if not the same moments.
# CHAOS_KEEP, a path: all that there is at the end is left there to be looked at.
# shellcheck shell=bash
# shellcheck disable=SC2031,SC2154

set -u
CHAOS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
WALSEAL=${WALSEAL:-$CHAOS/../../build/walseal}
CHAOS_SECONDS=${CHAOS_SECONDS:-600}
CHAOS_SEED=${CHAOS_SEED:-$((RANDOM * 32768 + RANDOM))}
# shellcheck source=contrib/demo/cluster.sh
source "$CHAOS/../../contrib/demo/cluster.sh"
# shellcheck source=tests/chaos/actors.bash
source "$CHAOS/actors.bash"
# shellcheck source=tests/chaos/verdict.bash
source "$CHAOS/verdict.bash"

# A disk of its own, which can fill, in a mount namespace of its own, which ends with this process.
if [ "$(id -u)" = 0 ] && [ -z "${CHAOS_MOUNTS-}" ]; then
    CHAOS_MOUNTS=own exec unshare --mount --propagation private "$0" "$@"
fi

chaos_ends() {
    touch "$CLUSTER/calm" "$CLUSTER/over"
    [ ${#ACTORS[@]} = 0 ] || kill "${ACTORS[@]}" 2>/dev/null
    wait
    umount "$CLUSTER/disk" 2>/dev/null
    [ -z "${CHAOS_KEEP-}" ] || cp -a "$CLUSTER" "$CHAOS_KEEP"
    cluster_end
}

# A server whose log is recycled early, and which says in its own log what it has archived.
primary() {
    cluster_init primary 1
    cluster_run pg_checksums --enable --no-sync -D primary >/dev/null 2>&1
    {
        settings
        printf '%s\n' 'log_min_messages = debug1' 'max_connections = 20' 'autovacuum_naptime = 5s' \
            'max_wal_size = 24MB' 'min_wal_size = 8MB' 'wal_keep_size = 48MB' \
            'checkpoint_timeout = 30s'
    } | cluster_configure primary
    cluster_start primary
    FIRST=$(query 'select pg_walfile_name(pg_current_wal_lsn())')
    query "create table ledger (client int, n int, primary key (client, n));
        create table clients as select client, 0 as committed
            from generate_series(1, $CLIENTS) client;
        create table accounts as select account, 0 as money from generate_series(0, 99) account;
        create table filler as select slot, md5(slot::text) as words
            from generate_series(0, 1999) slot;
        create index on accounts (account); create index on filler (slot)"
}

# All at once and without a word, wherever the archiver is: then the data directory is gone.
destroyed() {
    local server
    server=$(head -n 1 "$CLUSTER/primary/postmaster.pid")
    # shellcheck disable=SC2046  # a word each
    kill -KILL "$server" $(cat "/proc/$server/task/$server/children")
    rm -rf "$CLUSTER/primary" 2>/dev/null || { sleep 1 && rm -rf "$CLUSTER/primary"; }
}

# When the storm is over the archive catches up, while the load goes on.
caught_up() {
    local segment
    segment=$(query 'select pg_walfile_name(pg_current_wal_lsn())')
    for ((try = 0; try < 1200; try++)); do
        is_true "select last_archived_wal >= '$segment' from pg_stat_archiver" && return
        sleep 0.1
    done
    note failures.log "the archive didn't catch up"
}

# A short storm goes on until there was something of everything.
storm() {
    local try
    storm_begins
    sleep "$CHAOS_SECONDS"
    for ((try = 0; try < 120; try++)); do
        it_stormed >/dev/null && break
        sleep 1
    done
    storm_ends
    caught_up
    sleep "0.$((RANDOM % 10))"
    destroyed
    clients_end
}

chaos() {
    local lacks began=$SECONDS
    lacks=$(cluster_lacks "$METHOD")
    [ -z "$lacks" ] || { echo "1..0 # skip $lacks" && return; }
    echo "# $METHOD: seed $CHAOS_SEED, a storm of $CHAOS_SECONDS seconds"
    cluster_method "$METHOD"
    cluster_begin "$WALSEAL"
    trap chaos_ends EXIT
    trap 'exit 1' HUP INT TERM
    export SERVER=primary
    cp "$CHAOS/store" "$CHAOS/client" "$CLUSTER/bin/"
    chmod 755 "$CLUSTER/bin"/*
    cluster_new_keys
    scenario_begins
    primary
    storm
    verdict
    figures "$((SECONDS - began))"
    [ "$FAILED" = 0 ]
}
