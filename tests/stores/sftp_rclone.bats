#!/usr/bin/env bats
# SFTP with rclone: the recipes of contrib/postgresql/README.md, and what can go wrong.
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
    there_and_back 'S3, Azure, Google Cloud, SFTP'
}

@test "OpenPGP: archived by public keys, lost, and back to a point in time" {
    there_and_back 'OpenPGP, with any of them'
}

@test "what is missing is told from what is broken" {
    cluster_run mkdir remote/bucket/wal
    missing_is_told_from_broken "rclone store:bucket/wal"
}

@test "a store that is away is no store without the object" {
    cluster_run mkdir remote/bucket/wal
    away_is_broken "rclone store:bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "a file is archived once" {
    cluster_run mkdir remote/bucket/wal
    archived_once "rclone store:bucket/wal"
}

@test "an upload that is cut off leaves no object" {
    cluster_run mkdir remote/bucket/wal
    uploads_are_whole "rclone store:bucket/wal" rclone
}
