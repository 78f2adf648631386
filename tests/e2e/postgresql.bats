#!/usr/bin/env bats
# What PostgreSQL makes of walseal's exit statuses: nothing lost, nothing opened early.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
# shellcheck disable=SC2034  # SERVER is cluster.sh's
load ../helper
# shellcheck source=/dev/null
source "$ROOT/contrib/demo/cluster.sh"

setup() {
    helper_setup
    SERVER=primary
    cluster_begin "$WALSEAL"
}

teardown() {
    cluster_end
}

# primary [SETTING]...: a server with segments of 1 MiB that archives into a directory.
primary() {
    cluster_init primary 1
    { cluster_settings directory && printf '%s\n' "$@"; } | cluster_configure primary
    cluster_start primary
    query 'create table t (i int, filler text)'
}

# add_rows: 1,000 rows in a segment of their own, archived.
add_rows() {
    query "insert into t select g, repeat(md5(g::text), 10) from generate_series(1, 1000) g"
    archive_all
}

# backed_up: a base backup, then 3,000 rows in three or more segments, then the server is gone.
backed_up() {
    primary
    cluster_run base-backup -k key -d base -n base.tar.walseal -- -c fast >/dev/null
    add_rows && add_rows && add_rows
    cluster_stop primary fast
}

# restore RESTORE_COMMAND: the base backup as server "restored", which recovers all there is.
restore() {
    cluster_run restore-base-backup -k key -f base/base.tar.walseal -r restored >/dev/null
    # not even readable before it is recovered: else pg_ctl would call that started
    printf "archive_mode = off\nhot_standby = off\nrestore_command = '%s'\n" "$1" | cluster_configure restored
    cluster_run touch restored/recovery.signal
    SERVER=restored
    cluster_start restored
}

opened() {
    grep -q 'database system is ready to accept connections' "$CLUSTER/restored.log"
}

# The segment in the middle of what was archived after the base backup.
middle_segment() {
    local -a segments
    mapfile -t segments < <(find "$CLUSTER/archive" -name '????????????????????????' | sort)
    echo "${segments[${#segments[@]} - 2]}"
}

directory_restore='walseal decrypt -k ../key -o %p ../archive/%f'

@test "the demo shows it all, and leaves nothing behind" {
    mkdir place
    chmod 777 . place
    TMPDIR=/tmp run_status "$ROOT/contrib/demo/demo" "$WALSEAL"
    assert_status 0
    grep -q 'All rows are back' stdout
    place=$(sed -n 's|.*\(/tmp/walseal\.[A-Za-z0-9]*\).*|\1|p' stdout stderr | head -n 1)
    [ -z "$place" ] || assert_absent "$place"
}

@test "everything archived is restored, to the last row" {
    backed_up
    restore "$directory_restore"
    eventually is_true 'select not pg_is_in_recovery()'
    [ "$(query 'select count(*) from t')" = 3000 ]
}

@test "a wrong key stops the recovery and doesn't open the database" {
    backed_up
    cluster_new_key wrong
    run ! restore 'walseal decrypt -k ../wrong -o %p ../archive/%f'
    grep -q 'no key given opens it' "$CLUSTER/restored.log"
    grep -q 'FATAL' "$CLUSTER/restored.log"
    run ! opened
}

@test "a damaged segment stops the recovery and doesn't open the database" {
    backed_up
    flip_bit "$(middle_segment)" 500000
    run ! restore "$directory_restore"
    grep -q 'damaged: chunk' "$CLUSTER/restored.log"
    grep -q 'FATAL' "$CLUSTER/restored.log"
    run ! opened
}

@test "a truncated and an emptied segment stop the recovery" {
    backed_up
    segment=$(middle_segment)
    truncate -s 500000 "$segment"
    run ! restore "$directory_restore"
    run ! opened
    : >"$segment"
    run ! cluster_start restored
    run ! opened
    grep -q 'is empty' "$CLUSTER/restored.log"
}

@test "a missing segment is the end of the archive" {
    backed_up
    rm "$(middle_segment)"
    restore "$directory_restore"
    eventually is_true 'select not pg_is_in_recovery()'
    rows=$(query 'select count(*) from t')
    [ "$rows" -gt 0 ] && [ "$rows" -lt 3000 ]
}

@test "an archive that isn't mounted stops the recovery" {
    backed_up
    mv "$CLUSTER/archive" "$CLUSTER/elsewhere"
    cluster_run mkdir archive
    run ! restore "$directory_restore"
    grep -q 'is the archive mounted' "$CLUSTER/restored.log"
    run ! opened
}

@test "an archive_command that fails is counted and tried again until it works" {
    primary "archive_command = 'walseal encrypt -k ../key --no-clobber -o ../away/%f %p'"
    query "select pg_switch_wal()" >/dev/null
    eventually is_true "select failed_count > 0 from pg_stat_archiver"
    [ "$(query 'select archived_count from pg_stat_archiver')" = 0 ]
    refused_first=$(query 'select last_failed_wal from pg_stat_archiver')
    cluster_run mkdir away
    query "insert into t values (1, 'x')"
    archive_all
    # not one is missing between the first and the last
    mapfile -t names < <(find "$CLUSTER/away" -type f -printf '%f\n' | sort)
    [ "${#names[@]}" -ge 2 ]
    [ "${#names[@]}" -eq "$((16#${names[-1]: -6} - 16#${names[0]: -6} + 1))" ]
    [ -e "$CLUSTER/away/$refused_first" ]
}

@test "a segment that is asked for twice is fine, also after a rotation; another content is 103" {
    backed_up
    cd "$CLUSTER"
    segment=$(middle_segment)
    name=$(basename "$segment")
    cluster_run walseal decrypt -k key -o segment "archive/$name"
    before=$(stat -c %i "$segment")
    run_status cluster_run walseal encrypt -k key --no-clobber -o "archive/$name" segment
    assert_status 0
    cluster_new_key new
    run_status cluster_run walseal encrypt -k new --compare-key key --no-clobber -o "archive/$name" segment
    assert_status 0
    run_status cluster_run walseal encrypt -k new --no-clobber -o "archive/$name" segment
    assert_status 103
    assert_one_line_error "no key given opens it"
    flip_bit segment 77
    run_status cluster_run walseal encrypt -k key --no-clobber -o "archive/$name" segment
    assert_status 103
    assert_one_line_error "differs"
    [ "$(stat -c %i "$segment")" = "$before" ]
}

@test "a pg_basebackup that is killed half way leaves no backup, and no stream that opens" {
    primary
    query "insert into t select g, repeat(md5(g::text), 30) from generate_series(1, 60000) g"
    slow='exec pg_basebackup -D - -Ft -X fetch -c fast --max-rate=4M'
    run_status cluster_run sh -c "(sleep 1.5; pkill -9 -f '^pg_basebackup.*max-rate=4M') & walseal encrypt -k key --from '$slow' -o base/half"
    assert_status 103
    assert_stderr_has "killed by signal 9"
    assert_absent "$CLUSTER/base/half"
    run_status cluster_run sh -c "(sleep 1.5; pkill -9 -f '^pg_basebackup.*max-rate=4M') & walseal encrypt -k key --from '$slow' >base/half"
    assert_status 103
    [ -s "$CLUSTER/base/half" ]
    run_status cluster_run sh -c 'walseal decrypt -k key base/half >plain'
    assert_status 206
}

@test "a standby whose store is away for a while stays up and catches up" {
    backed_up
    cluster_run restore-base-backup -k key -f base/base.tar.walseal -r restored >/dev/null
    printf "archive_mode = off\nhot_standby = on\nrestore_command = '%s'\n" \
        'walseal decrypt -k ../key --standby -o %p ../archive/%f' | cluster_configure restored
    rm -f "$CLUSTER/restored/recovery.signal"
    cluster_run touch restored/standby.signal
    mv "$CLUSTER/archive" "$CLUSTER/away"
    SERVER=restored
    cluster_start restored || true
    sleep 1
    grep -q 'no such file' "$CLUSTER/restored.log"
    [ -f "$CLUSTER/restored/postmaster.pid" ]
    mv "$CLUSTER/away" "$CLUSTER/archive"
    eventually is_true 'select count(*) = 3000 from t'
    [ "$(query 'select pg_is_in_recovery()')" = t ]
}

@test "without --standby the same outage shuts the standby down" {
    backed_up
    cluster_run restore-base-backup -k key -f base/base.tar.walseal -r restored >/dev/null
    printf "archive_mode = off\nrestore_command = '%s'\n" "$directory_restore" |
        cluster_configure restored
    rm -f "$CLUSTER/restored/recovery.signal"
    cluster_run touch restored/standby.signal
    mv "$CLUSTER/archive" "$CLUSTER/away"
    run ! cluster_start restored
    grep -q 'FATAL' "$CLUSTER/restored.log"
}

@test "an uploader: what is missing ends the archive, a store that is down stops the recovery" {
    cluster_run mkdir store
    cluster_run sh -c 'cat >bin/store; chmod 755 bin/store' <<'STORE'
#!/bin/sh
# a store as rclone looks: nothing with status 0 for what is missing, 5 when it is down
home=$(dirname "$(dirname "$0")")/store
[ -d "$home" ] || exit 5
case $1 in
    put) cat >"$home/.part.$$" && mv "$home/.part.$$" "$home/$(basename "$2")" ;;
    get) cat "$home/$(basename "$2")" 2>/dev/null || true ;;
esac
STORE
    cluster_init primary 1
    cluster_settings uploader | cluster_configure primary
    cluster_start primary
    query 'create table t (i int, filler text)'
    cluster_run base-backup -k key -d base -n base.tar.walseal -- -c fast >/dev/null
    add_rows && add_rows && add_rows
    cluster_stop primary fast
    get="walseal decrypt -k ../key --from \"store get wal/%f\" --missing 3,4,empty -o %p"
    mv "$CLUSTER/store" "$CLUSTER/down"
    run ! restore "$get"
    run ! opened
    grep -q 'exited with status 5' "$CLUSTER/restored.log"
    mv "$CLUSTER/down" "$CLUSTER/store"
    SERVER=restored
    cluster_start restored
    eventually is_true 'select not pg_is_in_recovery()'
    [ "$(query 'select count(*) from t')" = 3000 ]
}
