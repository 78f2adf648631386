#!/usr/bin/env bats
# S3 with AWS's own client: the recipes of contrib/postgresql/README.md, and what can go wrong.
load stores
load faults

setup() {
    stores_need s3rver node rclone aws zstd
    stores_begin s3
}

teardown() {
    stores_leave
}

@test "archived, lost, and back to a point in time" {
    there_and_back 'S3 with aws'
}

@test "what is missing is told from what is broken" {
    missing_is_told_from_broken "aws s3://bucket/wal"
}

@test "a store that is away is no store without the object" {
    away_is_broken "aws s3://bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "a file is archived once" {
    archived_once "aws s3://bucket/wal"
}

@test "an upload that is cut off leaves no object" {
    uploads_are_whole "aws s3://bucket/wal" aws
}

@test "a store that cuts bodies short is found out" {
    lies_are_found "aws s3://bucket/wal" 'drop 410474' 'fail 500' 'fail 403'
}
