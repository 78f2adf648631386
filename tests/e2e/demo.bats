#!/usr/bin/env bats
# The demonstration itself: it works, leaves nothing behind, and its proofs can fail.
load ../helper

# A place that the servers' user can reach, which bats's own folder may not be.
setup() {
    helper_setup
    place=$(mktemp -d /tmp/walseal-place.XXXXXX)
    chmod 755 "$place"
    mkdir "$place/bin" "$place/tmp"
    chmod 755 "$place/bin" "$place/tmp"
}

teardown() {
    rm -rf "$place"
}

# start_demo WALSEAL: in a process group and with signals as a terminal gives them.
start_demo() {
    # shellcheck disable=SC2016  # perl's variables
    TMPDIR=$place/tmp perl -e '$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV' \
        "$ROOT/contrib/demo/demo" "$1" >stdout 2>stderr 3>&- &
    demo=$!
}

in_place() {
    [ -n "$(find "$place/tmp" -mindepth 1 -maxdepth 1)" ]
}

# left_nothing: no file, and no process that was started with a path in there.
left_nothing() {
    assert_only "$place/tmp"
    run pgrep -f -- "$place/tmp"
    [ -z "$output" ]
}

@test "a cluster is archived, destroyed and restored, and nothing is left behind" {
    start_demo "$WALSEAL"
    wait_until 10 in_place
    wait "$demo"
    grep -q '^All rows are back' stdout
    [ ! -s stderr ]
    left_nothing
}

@test "Ctrl-C and SIGTERM at any step leave nothing behind" {
    for case in 'INT 1.' 'TERM 2.' 'INT 4.' 'HUP 8.' 'TERM 9.'; do
        start_demo "$WALSEAL"
        wait_until 30 grep -q "^ *${case#* } " stdout
        case $case in
        INT*) kill -INT -- "-$demo" ;;
        *) kill -"${case% *}" "$demo" ;;
        esac
        code=0
        wait "$demo" || code=$?
        [ "$code" -ne 0 ] || flunk "$case: status $code: $(cat stderr)"
        left_nothing
    done
}

# pretender: a walseal that does as the real one but for the case that standard input handles.
pretender() {
    cp "$WALSEAL" "$place/bin/real"
    chmod 755 "$place/bin/real"
    { printf '#!/bin/sh\nreal=%s\n' "$place/bin/real" && cat; } >"$place/bin/walseal"
    # shellcheck disable=SC2016  # the script's own variables
    echo 'exec "$real" "$@"' >>"$place/bin/walseal"
    chmod 755 "$place/bin/walseal"
}

demo_fails_at() {
    start_demo "$place/bin/walseal"
    code=0
    wait "$demo" || code=$?
    [ "$code" -eq 1 ]
    grep -q "failed in step $1" stderr
    left_nothing
}

@test "segments stored in the clear fail the demo" {
    pretender <<'X2'
case "$*" in
*--no-clobber*pg_wal/*) eval "plain=\${$#}"; cp "$plain" "${plain%/pg_wal/*}/../archive/${plain##*/}" 2>/dev/null ||
    cp "$plain" "../archive/${plain##*/}"; exit ;;
esac
X2
    demo_fails_at 8
    grep -q "isn't ciphertext\|in the clear" stdout
}

@test "segments missing from what is restored fail the demo" {
    pretender <<'X2'
case "$*" in
*RECOVERYXLOG*) exit 1 ;;
esac
X2
    demo_fails_at 10
}
