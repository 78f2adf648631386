#!/usr/bin/env bats
# S3 with s3cmd: the recipes of contrib/postgresql/README.md, and what can go wrong.
load stores
load faults

setup() {
    stores_need s3rver node rclone s3cmd zstd
    stores_begin s3
}

teardown() {
    stores_leave
}

@test "archived, lost, and back to a point in time" {
    there_and_back 'S3 with s3cmd'
}

@test "what is missing is told from what is broken" {
    missing_is_told_from_broken "s3cmd s3://bucket/wal"
}

@test "a store that is away is no store without the object" {
    away_is_broken "s3cmd s3://bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "a file is archived once" {
    archived_once "s3cmd s3://bucket/wal"
}

@test "an upload that is cut off leaves no object" {
    uploads_are_whole "s3cmd s3://bucket/wal" s3cmd
}

@test "a store that cuts bodies short is found out" {
    lies_are_found "s3cmd s3://bucket/wal"
}
