#!/usr/bin/env bats
# S3: the recipes of contrib/postgresql/README.md against a real server.
load stores

setup() {
    stores_need s3rver node rclone aws s3cmd zstd
    stores_begin s3
}

teardown() {
    stores_leave
}

@test "rclone: archived, lost, and back to a point in time" {
    there_and_back 'S3, Azure, Google Cloud, SFTP'
}

@test "aws: archived, lost, and back to a point in time" {
    there_and_back 'S3 with aws'
}

@test "s3cmd: archived, lost, and back to a point in time" {
    there_and_back 'S3 with s3cmd'
}

@test "OpenPGP with rclone: archived by public keys, and back to a point in time" {
    there_and_back 'OpenPGP, with any of them'
}
