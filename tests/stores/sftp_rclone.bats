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

# part_holds BYTES: the part of the upload that has begun, at least.
part_holds() {
    [ "$(find "$CLUSTER/remote/bucket/wal" -type f -size "+$(($1 - 1))c" | wc -l)" = 1 ]
}

@test "of two uploads of the same name at once none gets into the other" {
    local first=0
    cluster_run mkdir remote/bucket/wal
    plain_file 3000000 first
    plain_file 200000 second
    cluster_run mkfifo words
    exec 8<>"$CLUSTER/words"
    cluster_run store-object rclone store:bucket/wal put "$SEGMENT" <"$CLUSTER/words" >/dev/null 2>&1 8>&- &
    head -c 2000000 "$CLUSTER/first" >&8
    wait_until 20 part_holds 100000
    run_status cluster_run sh -c "store-object rclone store:bucket/wal put $SEGMENT <second"
    assert_status 0
    assert_same "$CLUSTER/second" "$CLUSTER/remote/bucket/wal/$SEGMENT"
    tail -c 1000000 "$CLUSTER/first" >&8
    exec 8>&-
    wait "$!" || first=$?
    case $first in
    0) assert_same "$CLUSTER/first" "$CLUSTER/remote/bucket/wal/$SEGMENT" ;;
    *) assert_same "$CLUSTER/second" "$CLUSTER/remote/bucket/wal/$SEGMENT" ;;
    esac
    assert_only "$CLUSTER/remote/bucket/wal" "$SEGMENT"
}

@test "what is put becomes the object, also within a second and of the same length" {
    cluster_run mkdir remote/bucket/wal
    for content in first second; do
        plain_file 200000 $content
        run_status cluster_run sh -c "store-object rclone store:bucket/wal put $SEGMENT <$content"
        assert_status 0
        assert_same "$CLUSTER/$content" "$CLUSTER/remote/bucket/wal/$SEGMENT"
    done
}

@test "an upload that fails leaves no part" {
    cluster_run mkdir remote/bucket/wal
    file bin/rclone 755 <<'END'
#!/bin/sh
case $* in *moveto*) exit 1 ;; esac
exec /usr/bin/rclone "$@"
END
    run_status cluster_run sh -c "printf x | store-object rclone store:bucket/wal put $SEGMENT"
    assert_status 255
    assert_only "$CLUSTER/remote/bucket/wal"
}

@test "an upload that is cut off leaves no object, and no part once there is one" {
    cluster_run mkdir remote/bucket/wal
    uploads_are_whole "rclone store:bucket/wal" rclone
    # what was left of those goes with it
    assert_only "$CLUSTER/remote/bucket/wal" "$SEGMENT"
}
