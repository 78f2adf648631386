#!/usr/bin/env bats
# Azure's blobs: the recipes of contrib/postgresql/README.md against a real server.
load stores

setup() {
    stores_need azurite-blob node rclone zstd
    stores_begin azure
}

teardown() {
    stores_leave
}

@test "rclone: archived, lost, and back to a point in time" {
    there_and_back 'S3, Azure, Google Cloud, SFTP'
}

@test "OpenPGP with rclone: archived by public keys, and back to a point in time" {
    there_and_back 'OpenPGP, with any of them'
}
