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

# start_demo WALSEAL [METHOD]: in a process group and with signals as a terminal gives them.
start_demo() {
    # shellcheck disable=SC2016  # perl's variables
    TMPDIR=$place/tmp perl -e '$SIG{INT} = "DEFAULT"; setpgrp; exec @ARGV' \
        "$ROOT/contrib/demo/demo" "$@" >stdout 2>stderr 3>&- &
    demo=$!
}

in_place() {
    [ -n "$(find "$place/tmp" -mindepth 1 -maxdepth 1)" ]
}

nothing_runs() {
    ! pgrep -f -- "$place/tmp" >processes
}

# left_nothing: no file, and no process that was started with a path in there; gpg's agent takes
# a moment to obey.
left_nothing() {
    assert_only "$place/tmp"
    wait_until 20 nothing_runs || flunk "still runs: $(cat processes)"
}

@test "a cluster is archived, destroyed and restored, and nothing is left behind" {
    start_demo "$WALSEAL"
    wait_until 30 in_place
    wait "$demo"
    grep -q '^All rows are back' stdout
    [ ! -s stderr ]
    left_nothing
}

@test "the same with OpenPGP, whose secret key comes only when the cluster is gone" {
    start_demo "$WALSEAL" openpgp
    wait "$demo" || flunk "$(cat stderr)"
    grep -q '^All rows are back' stdout
    grep -q "the server's public key opens nothing" stdout
    [ ! -s stderr ]
    left_nothing
}

@test "another method is refused before anything is made" {
    run_status "$ROOT/contrib/demo/demo" "$WALSEAL" age
    assert_status 2
    assert_no_output
    assert_stderr_has 'demo: age: no such METHOD: sodium or openpgp'
}

an_agent_runs() {
    pgrep -f -- "gpg-agent.*$place/tmp" >processes
}

@test "a signal while gpg makes the keys leaves no agent behind" {
    for signal in INT TERM; do
        start_demo "$WALSEAL" openpgp
        wait_until 30 an_agent_runs || flunk "no agent: $(cat stderr)"
        kill -$signal -- "-$demo"
        code=0
        wait "$demo" || code=$?
        [ "$code" -ne 0 ] || flunk "$signal: status $code"
        left_nothing
    done
}

@test "Ctrl-C while the demo makes its place leaves none" {
    local maker
    for maker in mktemp mkdir; do
        # made, and not yet told
        # shellcheck disable=SC2016 # the script's
        printf '#!/bin/sh\nsaid=$(%s "$@") || exit\ncase $* in *walseal.*) kill -INT 0 ;; esac\necho "$said"\n' \
            "$(command -v $maker)" >"$place/bin/$maker"
        chmod 755 "$place/bin/$maker"
        PATH=$place/bin:$PATH start_demo "$WALSEAL"
        code=0
        wait "$demo" || code=$?
        [ "$code" -gt 128 ] || flunk "$maker: status $code: $(cat stderr)"
        rm "$place/bin/$maker"
        left_nothing
    done
}

@test "Ctrl-C and SIGTERM at any step leave nothing behind" {
    local case cases=('TERM 9.')
    [ -z "${THOROUGH-}" ] || cases+=('INT 1.' 'TERM 2.' 'INT 4.' 'HUP 8.')
    for case in "${cases[@]}"; do
        case $case in
        HUP*) start_demo "$WALSEAL" openpgp ;;
        *) start_demo "$WALSEAL" ;;
        esac
        wait_until 60 grep -q "^ *${case#* } " stdout
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
