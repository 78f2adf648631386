#!/usr/bin/env bats
# What PostgreSQL makes of decrypt's exit statuses: nothing that is broken opens a database early.
# shellcheck disable=SC2030,SC2031  # each test is a process of its own
load scenario

setup_file() {
    scenario_archive
}

teardown_file() {
    scenario_forget
}

settings() {
    cluster_settings directory | grep restore_command
}

@test "everything archived is restored, to the last row" {
    restored_with "$(settings)"
    assert_opened_with 3000
}

@test "a wrong key stops the recovery and never opens the database" {
    restored_with "$(settings)"
    cluster_new_key wrong
    mv "$CLUSTER/wrong" "$CLUSTER/key"
    assert_stopped 'no key given opens it'
}

@test "no key at all stops the recovery" {
    restored_with "$(settings)"
    rm "$CLUSTER/key"
    assert_stopped "$CLUSTER/key: "
}

@test "one flipped bit in a segment stops the recovery" {
    flip_bit "$(middle_segment)" 500000
    restored_with "$(settings)"
    assert_stopped 'damaged'
}

@test "a segment cut between two chunks stops the recovery" {
    truncate -s $((24 + 50 * 8209)) "$(middle_segment)"
    restored_with "$(settings)"
    assert_stopped 'truncated: ends after 50 chunks'
}

@test "an empty segment stops the recovery" {
    : >"$(middle_segment)"
    restored_with "$(settings)"
    assert_stopped 'is empty'
}

@test "the same segment is restored once it is whole again" {
    segment=$(middle_segment)
    cp -a "$segment" whole
    truncate -s 500000 "$segment"
    restored_with "$(settings)"
    assert_stopped 'FATAL'
    cp -a whole "$segment"
    assert_opened_with 3000
}

@test "a status brought down to 1 opens the database with rows missing: what all this prevents" {
    flip_bit "$(middle_segment)" 500000
    restored_with "$(settings | sed "s/'exec /'/; s/'\$/ || exit 1'/")"
    [ "$(recovery_ends)" = opened ]
    is_true 'select count(*) between 1 and 2999 from t'
}

# An older segment, whole and authentic, where the middle one was.
mix_up() {
    local segment
    segment=$(middle_segment)
    cp "$(find "$CLUSTER/archive" -name '????????????????????????' | sort | sed -n 2p)" "$segment"
    basename "$segment"
}

@test "an older segment under a newer name stops the recovery" {
    mix_up
    restored_with "$(settings)"
    assert_stopped 'what was decrypted is another WAL segment'
}

@test "without --wal-name it opens the database with rows missing: what that prevents" {
    mix_up
    restored_with "$(settings | sed 's/ --wal-name %f//')"
    [ "$(recovery_ends)" = opened ]
    is_true 'select count(*) between 1 and 2999 from t'
}

@test "verify of the archive finds the one segment that isn't its name's" {
    run_status "$WALSEAL" verify -k "$CLUSTER/key" "$CLUSTER/archive"
    assert_status 0
    assert_one_line_error 'all good'
    segment=$(mix_up)
    run_status "$WALSEAL" verify -k "$CLUSTER/key" --json "$CLUSTER/archive"
    assert_status 205
    [ "$(grep -c '"status":205' stdout)" -eq 1 ]
    grep '"status":205' stdout | grep -qF "$segment"
}

@test "a segment of another cluster is found by its system identifier" {
    system_id=$("$WALSEAL" decrypt -k "$CLUSTER/key" "$(middle_segment)" | od -An -t u8 -j 24 -N 8 | tr -d ' ')
    run_status "$WALSEAL" verify -q -k "$CLUSTER/key" --system-id "$system_id" "$CLUSTER/archive"
    assert_status 0
    assert_silent
    restored_with "$(settings | sed "s/ --wal-name %f/& --system-id $((system_id + 1))/")"
    assert_stopped 'is of another cluster'
}

@test "a missing segment is the end of the archive and opens the database" {
    rm "$(middle_segment)"
    restored_with "$(settings)"
    [ "$(recovery_ends)" = opened ]
    is_true 'select count(*) between 1 and 2999 from t'
}

@test "a missing segment before the recovery target doesn't open the database" {
    rm "$(middle_segment)"
    restored_with "$(settings)" "$(cluster_settings target)"
    assert_stopped 'recovery ended before configured recovery target was reached'
}

@test "an archive directory that is empty, not mounted, stops the recovery" {
    mv "$CLUSTER/archive" "$CLUSTER/elsewhere"
    cluster_run mkdir archive
    restored_with "$(settings)"
    assert_stopped 'is the archive mounted'
}

@test "an archive directory that isn't there stops the recovery" {
    mv "$CLUSTER/archive" "$CLUSTER/elsewhere"
    restored_with "$(settings)"
    assert_stopped 'archive'
}

# hangs_at_the_middle: the fetch of the middle segment takes for ever; the process id of its walseal
# is in $CLUSTER/restore.pid.
hangs_at_the_middle() {
    cluster_run sh -c 'cat >bin/restore && chmod 755 bin/restore' <<RESTORE
#!/bin/sh
[ "\$1" = $(basename "$(middle_segment)") ] ||
    exec walseal decrypt -k ../key -o "\$2" "../archive/\$1"
echo \$\$ >../restore.pid
exec walseal decrypt -k ../key --from "sleep 60 | cat" -o "\$2"
RESTORE
    restored_with "restore_command = 'exec restore %f %p'"
    cluster_start restored
    eventually test -s "$CLUSTER/restore.pid"
    sleep 0.2
}

went_down() {
    eventually test ! -e "$CLUSTER/restored/postmaster.pid"
    assert_never_opened
    assert_nothing_runs
}

@test "a restore_command ended by SIGTERM shuts the server down; the next start recovers all" {
    hangs_at_the_middle
    kill -TERM "$(cat "$CLUSTER/restore.pid")"
    went_down
    recover_with "$(settings)"
    assert_opened_with 3000
}

@test "a restore_command killed by SIGKILL stops the recovery; the next start recovers all" {
    hangs_at_the_middle
    kill -KILL "$(cat "$CLUSTER/restore.pid")"
    went_down
    in_log 'FATAL'
    recover_with "$(settings)"
    assert_opened_with 3000
    [ -z "$(find "$CLUSTER/restored/pg_wal" -maxdepth 1 -name '*walseal*')" ]
}

@test "an immediate stop while a fetch hangs leaves no process and no half segment" {
    hangs_at_the_middle
    cluster_stop restored immediate
    went_down
    recover_with "$(settings)"
    assert_opened_with 3000
}
