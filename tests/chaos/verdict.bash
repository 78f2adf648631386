# What has to be true once the server is gone, and what it took: the checks and figures of
# tests/chaos. See chaos.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154

CHECKED=0
SEGMENT_BYTES=1048576

# check SENTENCE COMMAND...: a line of TAP; what COMMAND said is shown where it failed.
check() {
    local sentence=$1 said
    shift
    CHECKED=$((CHECKED + 1))
    if said=$("$@" 2>&1); then
        echo "ok $CHECKED - $METHOD: $sentence"
        return
    fi
    FAILED=$((FAILED + 1))
    echo "not ok $CHECKED - $METHOD: $sentence"
    printf '%s\n' "$said" | tail -n 40 | sed 's/^/# /'
    return 1
}

segments() {
    find "$CLUSTER/$ARCHIVE/" -maxdepth 1 -name '????????????????????????' -printf '%f\n' | sort
}

# segment_number NAME: counted from the beginning of the log, in segments of 1 MiB.
segment_number() {
    echo $((16#${1:8:8} * 4096 + 16#${1:16:8}))
}

# PostgreSQL's own words.
said_archived() {
    sed -n 's/.*archived write-ahead log file "\(.*\)"$/\1/p' "$CLUSTER/primary.log" | sort -u
}

it_stormed() {
    local kind
    for kind in kills.log whole.log stops.log; do
        [ -s "$CLUSTER/$kind" ] || { echo "$kind is empty" && return 1; }
    done
    [ "$(said 'archive command failed')" -gt 0 ] ||
        { echo 'no archive command failed' && return 1; }
    ! cat "$CLUSTER/failures.log" 2>/dev/null
}

all_said_is_there() {
    local name missing=0
    [ -n "$(said_archived)" ] || { echo 'nothing was archived' && return 1; }
    while read -r name; do
        [ -s "$CLUSTER/$ARCHIVE/$name" ] || { echo "not there: $name" && missing=1; }
    done < <(said_archived)
    return $missing
}

no_gap() {
    local name expected
    expected=$(segment_number "$FIRST")
    while read -r name; do
        [ "$(segment_number "$name")" = $((expected++)) ] ||
            { echo "a gap before $name" && return 1; }
    done < <(segments)
    [ "$expected" -gt "$(segment_number "$FIRST")" ]
}

# verified DIR: all of its objects, each held to its name.
verified() {
    local objects
    objects=$(find "$CLUSTER/$1/" -type f ! -name '.*' | wc -l)
    cluster_run walseal verify --json "${CLUSTER_OPENS[@]}" "${@:2}" "$1" >"$CLUSTER/verified" ||
        { grep -v '"status":0' "$CLUSTER/verified" && return 1; }
    [ "$(grep -c '"status":0' "$CLUSTER/verified")" = "$objects" ] || {
        echo "$objects objects, and this was verified:" && cat "$CLUSTER/verified"
        return 1
    }
}

backups_verified() {
    local name
    for name in "$CLUSTER/$BASES"/*; do
        cluster_run walseal verify -q "${CLUSTER_OPENS[@]}" --filter 'zstd -qd' "$name" || return
    done
    while read -r name; do
        [ -s "$CLUSTER/$BASES/$name" ] || { echo "not there: $name" && return 1; }
    done <"$CLUSTER/whole.log"
}

# What a store that was killed had begun is the store's own, until the next put of that name.
nothing_temporary() {
    local found
    found=$(find "$CLUSTER/$ARCHIVE/" "$CLUSTER/$BASES/" -name '.*' ! -name '.part.*' -type f
        for name in $(segments); do
            find "$CLUSTER/$ARCHIVE/" -name ".part.$name.*"
        done)
    [ -z "$found" ] || { echo "$found" && return 1; }
}

running() {
    local process
    find /proc/[0-9]*/cwd -maxdepth 0 -lname "$CLUSTER*" -printf '%h\n' 2>/dev/null |
        while read -r process; do
            echo "${process##*/} $(tr '\0' ' ' <"$process/cmdline")"
        done 2>/dev/null
}

nothing_runs() {
    [ -z "$(running)" ]
}

no_process() {
    eventually nothing_runs || { running && return 1; }
}

# --- the restore

# Unpacks a base backup, while what unpacks it is killed some times.
unpacked() {
    local try
    base_from "$1"
    rm -f "$CLUSTER/unpacked"
    killer backup $((CHAOS_SEED + 13)) unpacked 3 &
    # Whatever happens, who kills must end: check waits for all that writes to its output.
    trap 'touch "$CLUSTER/unpacked"' RETURN
    for ((try = 0; try < 20; try++)); do
        cluster_run restore-base-backup "${CLUSTER_OPENS[@]}" -c 'zstd -qd' "${BASE_FROM[@]}" -r \
            restored >>"$CLUSTER/restores.log" 2>&1 &
        echo $! >"$CLUSTER/backup.pid"
        wait $! && return
        [ -z "$(ls -A "$CLUSTER/restored")" ] || { echo "left in there" && return 1; }
    done
    tail "$CLUSTER/restores.log"
    return 1
}

# How a start of the recovering server ends.
recovery_ends() {
    SERVER=restored cluster_start restored || true
    while :; do
        SERVER=restored is_true 'select not pg_is_in_recovery()' && echo opened && return
        cluster_run pg_ctl -D restored status >/dev/null || { echo stopped && return; }
        sleep 0.05
    done
}

restore_is_calm() {
    touch "$CLUSTER/calm"
    [ ${#ACTORS[@]} = 0 ] || wait "${ACTORS[@]}" || true
    ACTORS=()
}

# Recovers, however often what fetches is killed or the store fails, and opens at the very end. In
# the calm nothing stops it any more.
recovered() {
    local last end
    printf '%s\n' 'wal_retrieve_retry_interval = 100ms' | cluster_configure restored
    last=$(segments | tail -n 1)
    end=$((SECONDS + CHAOS_SECONDS / 10 + 5))
    rm -f "$CLUSTER/calm"
    actor 6 killer restore $((CHAOS_SEED + 14)) calm
    actor 7 weather_actor restore_weather.log 15 "${RESTORE_WEATHERS[@]}"
    until [ "$(recovery_ends)" = opened ]; do
        note interrupted.log "$last"
        ! calm || { echo 'it stops' && tail "$CLUSTER/restored.log" && return 1; }
        [ "$SECONDS" -lt "$end" ] || restore_is_calm
    done
    restore_is_calm
    grep -q "restored log file \"$last\" from archive" "$CLUSTER/restored.log" ||
        { echo "opened before $last" && tail "$CLUSTER/restored.log" && return 1; }
    has_its_timeline
}

# The last fetch of a recovery is for the old timeline's history. Where that one is killed PostgreSQL
# 15 has put its signal file away already: it ends by crash recovery, with the whole log, on the old
# timeline.
has_its_timeline() {
    local segment
    segment=$(SERVER=restored query 'select pg_walfile_name(pg_current_wal_lsn())') || return
    [ "${segment%????????????????}" = 00000001 ] || return 0
    grep -q 'FATAL: *could not restore file "00000001.history"' "$CLUSTER/restored.log" ||
        { echo "it writes to $segment" && tail -n 30 "$CLUSTER/restored.log" && return 1; }
}

# Every transaction that was acknowledged and whose end lies in the archive.
nothing_lost() {
    local end
    end=$((($(segment_number "$(segments | tail -n 1)") + 1) * SEGMENT_BYTES))
    cat "$CLUSTER"/acknowledged.* |
        SERVER=restored cluster_run psql -qAtX -v ON_ERROR_STOP=1 \
            -c 'create table told (client int, n int, lsn pg_lsn)' \
            -c "copy told from stdin (delimiter '|')" \
            -c "delete from told where lsn > '0/0'::pg_lsn + $end" || return
    SERVER=restored query 'select client, n, lsn from told where not exists (
        select from ledger where (ledger.client, ledger.n) = (told.client, told.n))' \
        >"$CLUSTER/lost" || return
    [ ! -s "$CLUSTER/lost" ] || { head "$CLUSTER/lost" && return 1; }
    SERVER=restored query 'select client, n from told' >"$CLUSTER/told"
    [ -s "$CLUSTER/told" ] || { echo 'nothing to be lost' && return 1; }
}

all_or_nothing() {
    SERVER=restored is_true 'select sum(money) = 0 from accounts' || { echo 'money' && return 1; }
    SERVER=restored is_true 'select bool_and(committed =
        (select count(*) from ledger where ledger.client = clients.client)) from clients'
}

sound() {
    SERVER=restored cluster_run pg_amcheck --install-missing -d postgres || return
    cluster_stop restored fast && cluster_run pg_checksums --check -D restored
}

# restored_from NAME WORDS: the whole way, from this base backup.
restored_from() {
    cluster_stop restored immediate
    rm -rf "$CLUSTER/restored" "$CLUSTER/restored.log"
    check "$2 is unpacked whole, or leaves an empty directory" unpacked "$1" || return
    check 'a recovery that is killed goes on, and opens at the end alone' recovered || return
    check 'no transaction is lost that was acknowledged and archived' nothing_lost
    check 'each transaction is there as a whole' all_or_nothing
    check 'data checksums and indexes are right' sound
}

verdict() {
    FAILED=0
    check 'commands were killed, stores failed, the server went down, backups were taken' it_stormed
    check 'nothing is left running' no_process
    check 'what PostgreSQL calls archived is in the archive' all_said_is_there
    check 'no segment is missing' no_gap
    check 'every object of the archive is whole, and what its name says' verified "$ARCHIVE"
    check 'every base backup is whole, whatever happened to those that failed' backups_verified
    check 'no temporary file is left' nothing_temporary
    restored_from "$(tail -n 1 "$CLUSTER/whole.log")" 'the newest base backup'
    restored_from "$(head -n 1 "$CLUSTER/whole.log")" 'the oldest base backup'
    cluster_stop restored immediate
    check 'nothing is left running after the restores' no_process
    echo "1..$CHECKED"
}

# counted FILE: its lines by kind, in one line.
counted() {
    sort "$CLUSTER/$1" | uniq -c | awk '{ $1 = $1; printf "%s%s", comma, $0; comma = ", " }'
}

# lines FILE...: how many there are in all of them.
lines() {
    cat "${@/#/$CLUSTER/}" | wc -l
}

# said TEXT...: how often the lost server said one of these.
said() {
    grep -cE "$1" "$CLUSTER/primary.log"
}

figure() {
    echo "# $METHOD: $*"
}

# Where nothing of a kind happened there is no file.
figures() {
    figure "transactions acknowledged: $(lines acknowledged.{1..4})," \
        "of these archived and restored: $(lines told)"
    figure "segments archived: $(segments | wc -l), $(du -sbL "$CLUSTER/$ARCHIVE" | cut -f 1) bytes"
    figure "signals sent: $(lines kills.log): $(counted kills.log)"
    figure "archive commands that failed: $(said 'LOG: *archive command failed')," \
        "ended by a signal: $(said 'FATAL: *archive command')"
    figure "weather at the archive: $(counted weather.log);" \
        "at the restores: $(counted restore_weather.log)"
    figure "stores that failed: $(lines store.failures)"
    figure "server stopped: $(counted stops.log);" \
        "crashed: $(said 'server processes terminated; re')"
    figure "base backups: $(lines whole.log) whole, $(lines broken.log) failed"
    figure "recoveries interrupted: $(lines interrupted.log)"
    figure "time: $1 seconds in all"
} 2>/dev/null
