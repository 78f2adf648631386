#!/usr/bin/env bats
# SFTP and ssh: the recipes of contrib/postgresql/README.md against a real sshd.
load stores

setup() {
    stores_need sshd ssh rclone zstd
    stores_begin sftp
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

@test "ssh: archived, lost, and back to a point in time" {
    cluster_run mkdir remote/bucket/wal remote/bucket/base
    there_and_back 'A machine with ssh'
}
