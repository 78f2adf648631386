#!/usr/bin/env bats
# S3 with rclone: the recipes of contrib/postgresql/README.md, and what can go wrong.
load stores
load faults

setup() {
    stores_need s3rver node rclone zstd
    stores_begin s3
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
    away_is_broken "rclone store:bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "a file is archived once" {
    archived_once "rclone store:bucket/wal"
}

@test "an upload that is cut off leaves no object" {
    uploads_are_whole "rclone store:bucket/wal" rclone
}

@test "a store that cuts bodies short is found out" {
    lies_are_found "rclone store:bucket/wal" 'drop 410474' 'fail 500' 'fail 403'
}

@test "a recovery from a store that is away stops, and goes on once it is back" {
    lost 'S3, Azure, Google Cloud, SFTP'
    store_down
    recover_with "$(setting 'S3, Azure, Google Cloud, SFTP' restore_command | sed 's/ -k / -w 0&/')"
    assert_stopped 'exited with status 255'
    store_up
    assert_opened_with 4000
}

@test "a recovery from a store that cuts bodies short never opens the database" {
    lost 'S3, Azure, Google Cloud, SFTP'
    recover_with "$(setting 'S3, Azure, Google Cloud, SFTP' restore_command | sed 's/ -k / -w 0&/')"
    for lie in 'short 410474' 'short 0'; do
        lies "$lie"
        assert_stopped 'wal-fetch: 00000001.*: status 206; 1 more'
    done
    lies pass
    assert_opened_with 4000
}

@test "a fetch that breaks is tried again" {
    segment plain
    push 'rclone store:bucket/wal' "$SEGMENT" plain
    lies 'drop 100000'
    (sleep 1 && lies pass) 3>&- &
    run_status cluster_run wal-fetch -k key -t 60 -w 1 -s 'store-object rclone store:bucket/wal' "$SEGMENT" fetched
    assert_status 0
    assert_stderr_has 'more, the next in 1 seconds'
    assert_same plain "$CLUSTER/fetched"
}

@test "OpenPGP: with the public keys alone what is there already is 103, with the secret ones compared" {
    segment plain
    pushed() {
        run_status cluster_run wal-push -k recipients.asc "$@" -s 'store-object rclone store:bucket/wal' "$SEGMENT" plain
    }
    pushed
    assert_status 0
    pushed
    assert_status 103
    assert_stderr_has "can't be compared"
    pushed -K secret.d -p secret.d/passphrase
    assert_status 0
    assert_silent
}
