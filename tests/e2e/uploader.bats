#!/usr/bin/env bats
# An archive behind commands: --to for archiving, --from and --missing for restoring, standbys.
load scenario

lost_after_backup() {
    primary uploader
    cluster_run base-backup -k key -u 'store put base/%f' -n base.tar.walseal -- -c fast >/dev/null
    add_rows && add_rows && add_rows
    query "select pg_create_restore_point('before_the_accident')" >/dev/null
    add_rows
    archive_all
    cluster_stop primary fast
    rm -rf "$CLUSTER/primary"
    cluster_run restore-base-backup -k key -u 'store get base/base.tar.walseal' -r restored
}

restore_command() {
    cluster_settings uploader | grep restore_command
}

@test "archived and restored through an uploader, to a point in time" {
    lost_after_backup
    recover_with "$(restore_command)" "$(cluster_settings target)"
    assert_opened_with 3000
}

@test "without a target the uploader's status for a missing object ends the archive" {
    lost_after_backup
    recover_with "$(restore_command)"
    assert_opened_with 4000
}

@test "a store that is away stops the recovery, which goes on once it is back" {
    lost_after_backup
    mv "$CLUSTER/store" "$CLUSTER/away"
    recover_with "$(restore_command)"
    assert_stopped 'exited with status 5'
    mv "$CLUSTER/away" "$CLUSTER/store"
    assert_opened_with 4000
}

@test "a fetch that breaks off in the middle of a segment stops the recovery" {
    lost_after_backup
    recover_with "$(restore_command | sed 's/store get [^"]*/& | head -c 400000/')"
    assert_stopped 'FATAL'
}

@test "a fetch that ends well with nothing is the end of the archive only with --missing empty" {
    lost_after_backup
    recover_with "$(restore_command | sed 's/ --missing 3,4,empty//; s/store get [^"]*/& || true/')"
    assert_stopped 'FATAL'
    recover_with "$(restore_command | sed 's/store get [^"]*/& || true/')"
    assert_opened_with 4000
}

@test "an uploader that fails is counted and retried, and leaves nothing by a half" {
    primary uploader
    mv "$CLUSTER/store" "$CLUSTER/away"
    add_rows
    eventually is_true 'select failed_count > 0 from pg_stat_archiver'
    in_log 'exit code 103'
    mv "$CLUSTER/away" "$CLUSTER/store"
    add_rows
    archive_all
    [ -s "$CLUSTER/store/wal/$FIRST" ]
    [ -z "$(find "$CLUSTER/store" -name '.part.*')" ]
}

@test "a standby and its primary stay up while the store is away, and catch up" {
    primary uploader
    cluster_run base-backup -k key -u 'store put base/%f' -n base.tar.walseal -- -c fast >/dev/null
    cluster_run restore-base-backup -k key -u 'store get base/base.tar.walseal' -s restored
    recover_with "$(cluster_settings standby)"
    cluster_start restored
    SERVER=primary add_rows
    eventually is_true 'select count(*) = 1000 from t'
    standby=$(head -n 1 "$CLUSTER/restored/postmaster.pid")

    mv "$CLUSTER/store" "$CLUSTER/away"
    SERVER=primary add_rows
    eventually in_log 'exited with status 5' 3
    SERVER=primary eventually is_true 'select failed_count > 0 from pg_stat_archiver'
    [ "$(query 'select count(*) from t')" = 1000 ]

    mv "$CLUSTER/away" "$CLUSTER/store"
    SERVER=primary add_rows
    eventually is_true 'select count(*) = 3000 from t'
    is_true 'select pg_is_in_recovery()'
    [ "$(head -n 1 "$CLUSTER/restored/postmaster.pid")" = "$standby" ]
}

@test "without --standby the same outage shuts the standby down" {
    primary uploader
    cluster_run base-backup -k key -u 'store put base/%f' -n base.tar.walseal -- -c fast >/dev/null
    cluster_run restore-base-backup -k key -u 'store get base/base.tar.walseal' -s restored
    recover_with "$(cluster_settings standby | sed 's/ --standby//')"
    cluster_start restored
    mv "$CLUSTER/store" "$CLUSTER/away"
    assert_stopped 'exited with status 5'
}

@test "damage shuts a standby down, also with --standby" {
    primary uploader
    cluster_run base-backup -k key -u 'store put base/%f' -n base.tar.walseal -- -c fast >/dev/null
    add_rows
    archive_all
    flip_bit "$CLUSTER/store/wal/$(query 'select last_archived_wal from pg_stat_archiver')" 500000
    cluster_run restore-base-backup -k key -u 'store get base/base.tar.walseal' -s restored
    recover_with "$(cluster_settings standby)"
    assert_stopped 'damaged'
}
