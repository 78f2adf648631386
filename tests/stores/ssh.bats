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

@test "an upload that is cut off leaves no object" {
    cluster_run mkdir remote/bucket/wal
    uploads_are_whole "ssh host:$CLUSTER/remote/bucket/wal" ssh
}
