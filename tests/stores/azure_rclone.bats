#!/usr/bin/env bats
# Azure's blobs with rclone: the recipes of contrib/postgresql/README.md, and what can go wrong.
load stores
load faults

setup() {
    stores_need azurite-blob node rclone zstd
    stores_begin azure
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
    missing_is_told_from_broken "rclone store:bucket/wal"
}

@test "a store that is away is no store without the object" {
    away_is_broken "rclone store:bucket/wal"
}

@test "a file is archived once" {
    archived_once "rclone store:bucket/wal"
}

@test "an upload that is cut off leaves no object" {
    # rclone 1.60.1 waits for ever for a store that went away in the middle of an object.
    uploads_are_whole "rclone store:bucket/wal" rclone 'timeout --foreground 60 '
}

@test "a store that cuts bodies short is found out" {
    lies_are_found "rclone store:bucket/wal" 'drop 410474' 'fail 500' 'fail 403'
}
