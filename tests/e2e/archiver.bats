#!/usr/bin/env bats
# What PostgreSQL's archiver makes of encrypt's exit statuses: no segment is lost, none replaced.
load scenario

# assert_all_archived: from the first segment to the last archived there is no gap, and each opens
# to what the server still has of it.
assert_all_archived() {
    local -a names
    local name
    mapfile -t names < <(find "$CLUSTER/archive" -name '????????????????????????' -printf '%f\n' |
        sort)
    [ "${names[0]}" = "$FIRST" ] || flunk "the first is ${names[0]}" || return 1
    [ "${names[-1]}" = "$(query 'select last_archived_wal from pg_stat_archiver')" ] ||
        flunk "the last is ${names[-1]}" || return 1
    [ ${#names[@]} = $((16#${names[-1]: -4} - 16#${FIRST: -4} + 1)) ] || flunk "a gap: ${names[*]}" || return 1
    for name in "${names[@]}"; do
        cluster_run walseal decrypt -k key -o plain "archive/$name" || return 1
        assert_same "$CLUSTER/plain" "$CLUSTER/primary/pg_wal/$name" || return 1
    done
}

failed_more_than() {
    is_true "select failed_count > $1 from pg_stat_archiver"
}

@test "an archive_command without its key is counted and retried, and no segment is lost" {
    mv "$CLUSTER/key" "$CLUSTER/key.away"
    primary directory 'wal_keep_size = 100MB'
    add_rows && add_rows
    eventually failed_more_than 0
    [ "$(query 'select last_failed_wal from pg_stat_archiver')" = "$FIRST" ]
    [ "$(query 'select archived_count from pg_stat_archiver')" = 0 ]
    in_log 'exit code 102'
    assert_only "$CLUSTER/archive"
    mv "$CLUSTER/key.away" "$CLUSTER/key"
    add_rows
    archive_all
    assert_all_archived
}

@test "an archive that goes away between two segments is counted, and no segment is lost" {
    primary directory 'wal_keep_size = 100MB'
    add_rows
    archive_all
    mv "$CLUSTER/archive" "$CLUSTER/away"
    add_rows && add_rows
    eventually failed_more_than 0
    in_log 'exit code 103'
    mv "$CLUSTER/away" "$CLUSTER/archive"
    add_rows
    archive_all
    assert_all_archived
}

archived_again() {
    eventually test -e "$CLUSTER/primary/pg_wal/archive_status/$1.done"
    [ "$(query 'select failed_count from pg_stat_archiver')" = 0 ]
}

@test "a segment asked for twice is archived once, also after a rotation; other content is refused" {
    primary directory 'wal_keep_size = 100MB'
    segment=$FIRST
    add_rows
    archive_all
    before=$(stat -c '%i %Y %s' "$CLUSTER/archive/$segment")
    asked_again "$segment"
    archived_again "$segment"

    cluster_run mkdir old.d
    mv "$CLUSTER/key" "$CLUSTER/old.d/2024"
    cluster_new_key key
    cluster_settings rotation | cluster_configure primary
    query 'select pg_reload_conf()' >/dev/null
    asked_again "$segment"
    archived_again "$segment"
    [ "$(stat -c '%i %Y %s' "$CLUSTER/archive/$segment")" = "$before" ]

    head -c 1048576 /dev/urandom | cluster_run walseal encrypt -k key -o "archive/$segment"
    before=$(stat -c '%i %Y %s' "$CLUSTER/archive/$segment")
    asked_again "$segment"
    eventually failed_more_than 0
    in_log "archive/$segment.*differs"
    [ "$(stat -c '%i %Y %s' "$CLUSTER/archive/$segment")" = "$before" ]
}

@test "a segment of a key that isn't given any more is neither replaced nor passed over" {
    primary directory 'wal_keep_size = 100MB'
    add_rows
    archive_all
    before=$(stat -c '%i %Y %s' "$CLUSTER/archive/$FIRST")
    mv "$CLUSTER/key" "$CLUSTER/gone"
    cluster_new_key key
    asked_again "$FIRST"
    eventually failed_more_than 0
    in_log 'no key given opens it'
    [ "$(stat -c '%i %Y %s' "$CLUSTER/archive/$FIRST")" = "$before" ]
}

@test "an archive written under two keys is restored with both" {
    primary directory
    cluster_run base-backup -k key -d base -n base.tar.walseal -- -c fast >/dev/null
    add_rows
    archive_all
    cluster_run mkdir old.d
    mv "$CLUSTER/key" "$CLUSTER/old.d/2024"
    cluster_new_key key
    cluster_settings rotation | cluster_configure primary
    query 'select pg_reload_conf()' >/dev/null
    add_rows && add_rows
    archive_all
    cluster_stop primary fast
    cluster_run restore-base-backup -k old.d -k key -f base/base.tar.walseal -r restored
    recover_with "$(cluster_settings rotation | grep restore_command)"
    assert_opened_with 3000
}
