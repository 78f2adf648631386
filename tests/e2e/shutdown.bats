#!/usr/bin/env bats
# A server that is stopped while it archives: nothing by a half, and the rest after the next start.
# shellcheck disable=SC2030,SC2031  # each test is a process of its own
load scenario

# archiving_half_way SINK: an archive command that hangs in the middle of the first segment.
archiving_half_way() {
    primary directory 'wal_keep_size = 100MB' "archive_command = 'walseal encrypt -k $CLUSTER/key \
--filter \"head -c 400000; touch $CLUSTER/half_way; sleep 60; cat\" $1 %p'"
    add_rows
    eventually test -e "$CLUSTER/half_way"
    eventually has_a_guardian
}

has_a_guardian() {
    [ -n "$(running ws-guardian)" ]
}

# descendants PID
descendants() {
    local child
    for child in $(pgrep -P "$1"); do
        echo "$child"
        descendants "$child"
    done
}

# running NAME: those of the server's processes that are called so.
running() {
    local process
    for process in $(descendants "$(head -n 1 "$CLUSTER/primary/postmaster.pid")"); do
        [ "$(cat "/proc/$process/comm" 2>/dev/null)" != "$1" ] || echo "$process"
    done
}

stopping() {
    cluster_stop primary fast 3>&- &
    STOPPING=$!
    eventually in_log 'received fast shutdown request'
    [ -n "$(running walseal)" ]
}

stopped() {
    wait "$STOPPING" || flunk "the server didn't stop" || return 1
    assert_nothing_runs
    assert_absent "$CLUSTER/primary/postmaster.pid"
}

# starts_again SETTING: by this setting, all that the server has written is archived.
starts_again() {
    printf '%s\n' "$1" | cluster_configure primary
    cluster_start primary
    add_rows
    archive_all
}

opens() {
    run_status "$WALSEAL" verify -q -k "$CLUSTER/key" "$1"
    assert_status 0 && assert_silent || return 1
    [ -e "$1/$FIRST" ]
}

# systemd's way with a service: to every process of its control group.
@test "SIGTERM to everything during a fast stop leaves nothing by a half in a directory" {
    archiving_half_way "--no-clobber -o $CLUSTER/archive/%f"
    stopping
    # shellcheck disable=SC2046  # a number each
    kill -TERM $(descendants "$(head -n 1 "$CLUSTER/primary/postmaster.pid")")
    stopped
    assert_only "$CLUSTER/archive"
    starts_again "$(cluster_settings directory | grep archive_command)"
    opens "$CLUSTER/archive"
}

# An uploader that doesn't end at once, as those that tidy up: it must not see its input end.
@test "SIGTERM to everything during a fast stop leaves nothing by a half in a store" {
    archiving_half_way '--to "trap \"\" TERM; store put wal/%f"'
    stopping
    # shellcheck disable=SC2046  # a number each
    kill -TERM $(descendants "$(head -n 1 "$CLUSTER/primary/postmaster.pid")")
    stopped
    [ -z "$(find "$CLUSTER/store/wal" -type f ! -name '.part.*')" ]
    starts_again "$(cluster_settings uploader | grep archive_command)"
    opens "$CLUSTER/store/wal"
}

@test "SIGTERM to walseal alone during a fast stop leaves nothing by a half" {
    archiving_half_way "-o $CLUSTER/archive/%f"
    stopping
    kill -TERM "$(running walseal)"
    stopped
    assert_only "$CLUSTER/archive"
    starts_again "$(cluster_settings directory | grep archive_command)"
    opens "$CLUSTER/archive"
}

@test "a fast stop waits for a segment that is being archived" {
    primary directory "archive_command = 'walseal encrypt -k $CLUSTER/key \
--filter \"head -c 400000; touch $CLUSTER/half_way; sleep 1; cat\" -o $CLUSTER/archive/%f %p'"
    add_rows 1
    eventually test -e "$CLUSTER/half_way"
    cluster_stop primary fast
    assert_nothing_runs
    opens "$CLUSTER/archive"
}
