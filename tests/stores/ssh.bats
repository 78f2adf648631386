#!/usr/bin/env bats
# A machine with ssh: the recipes of contrib/postgresql/README.md, and what can go wrong.
load stores
load faults

setup() {
    stores_need sshd ssh rclone zstd
    stores_begin sftp
}

teardown() {
    stores_leave
}

@test "archived, lost, and back to a point in time" {
    cluster_run mkdir remote/bucket/wal remote/bucket/base
    there_and_back 'A machine with ssh'
}

@test "what is missing is told from what is broken" {
    cluster_run mkdir remote/bucket/wal
    missing_is_told_from_broken "ssh host:$CLUSTER/remote/bucket/wal"
}

@test "a store that is away is no store without the object" {
    cluster_run mkdir remote/bucket/wal
    away_is_broken "ssh host:$CLUSTER/remote/bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "a file is archived once" {
    cluster_run mkdir remote/bucket/wal
    archived_once "ssh host:$CLUSTER/remote/bucket/wal"
}

# far_cat: the id of the far end's process that writes a part.
far_cat() {
    local process
    for process in $(working_in "$CLUSTER/remote/bucket/wal"); do
        [ "$(cat "/proc/$process/comm")" != cat ] || echo "$process"
    done 2>/dev/null
}

far_cat_runs() {
    [ -n "$(far_cat)" ]
}

far_cat_ended() {
    ! far_cat_runs
}

wrote_parts() {
    [ "$(cat "$CLUSTER"/remote/bucket/wal/*.part | wc -c)" -ge "$1" ]
}

@test "what an earlier upload of the same name still writes comes into no object" {
    local put stalled
    cluster_run mkdir remote/bucket/wal
    plain_file 1000000 first
    plain_file 200000 second
    cluster_run mkfifo words
    exec 8<>"$CLUSTER/words"
    cluster_run store-object ssh "host:$CLUSTER/remote/bucket/wal" put "$SEGMENT" \
        <"$CLUSTER/words" >/dev/null 2>&1 8>&- &
    put=$!
    head -c 1000 "$CLUSTER/first" >&8
    wait_until 20 far_cat_runs
    wait_until 20 wrote_parts 1000
    stalled=$(far_cat)
    kill -STOP "$stalled"
    # More than the pipes here hold: the rest has gone to the far end, which is to write it.
    tail -c 999000 "$CLUSTER/first" >&8
    # shellcheck disable=SC2046 # ids
    kill -KILL $(processes store-object) $(processes ssh)
    exec 8>&-
    wait "$put" || true
    run_status cluster_run sh -c "store-object ssh host:$CLUSTER/remote/bucket/wal put $SEGMENT <second"
    assert_status 0
    kill -CONT "$stalled"
    wait_until 20 far_cat_ended
    assert_same "$CLUSTER/second" "$CLUSTER/remote/bucket/wal/$SEGMENT"
    assert_only "$CLUSTER/remote/bucket/wal" "$SEGMENT"
}

@test "an upload that fails leaves no part" {
    cluster_run mkdir remote/bucket/wal
    cluster_run mv bin/ssh bin/ssh.true
    file bin/ssh 755 <<'END'
#!/bin/sh
case $* in *'mv '*) exit 255 ;; esac
exec ssh.true "$@"
END
    run_status cluster_run sh -c "printf x | store-object ssh host:$CLUSTER/remote/bucket/wal put $SEGMENT"
    assert_status 255
    assert_only "$CLUSTER/remote/bucket/wal"
}

@test "an upload that is cut off leaves no object" {
    cluster_run mkdir remote/bucket/wal
    uploads_are_whole "ssh host:$CLUSTER/remote/bucket/wal" ssh
}
