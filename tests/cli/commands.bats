#!/usr/bin/env bats
# The commands of --from and --to: what they get, that their failure is walseal's, and that walseal's
# failure is never the end of their input.
# shellcheck shell=bash disable=SC2016 # $ in the commands is for their own shell
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; helper.bash sets $stderr

load ../helper

COMMIT='cat >tmp && mv tmp final'
COMMIT_PIPE='cat | cat >tmp && mv tmp final'

setup() {
    helper_setup
    make_key key
    pattern_file 300000 plain
    "$WALSEAL" encrypt -k key <plain >sealed
    # Inherited by every process of a run, and by nothing else that runs on this machine.
    MARK="walseal-mark-$$-$BATS_TEST_NUMBER-$RANDOM"
}

teardown() {
    local pid
    for pid in $(marked); do
        kill -9 "$pid" 2>/dev/null || true
    done
}

# walseal ARGUMENT...: the program under test, marked.
walseal() {
    MARK=$MARK "$WALSEAL" "$@"
}

# marked: the processes that carry the mark and run.
marked() {
    grep -lsF "MARK=$MARK" /proc/[0-9]*/environ | cut -d/ -f3
}

nothing_runs() {
    [ -z "$(marked)" ]
}

# start ARGUMENT...: walseal in the background, its process in $pid.
start() {
    MARK=$MARK "$WALSEAL" "$@" 2>stderr 3>&- &
    pid=$!
}

# end_by SIGNAL: sends it to what start started, and takes its status.
end_by() {
    kill -s "$1" "$pid"
    status=0
    wait "$pid" || status=$?
}

# in_state LETTERS PID: of the process, as ps says it.
in_state() {
    case $(sed 's/.*) //' "/proc/$2/stat") in
    [$1]*) ;;
    *) return 1 ;;
    esac
}

# What a command gets.

@test "a stream passes from a command through walseal to a command, both ways" {
    run_status walseal encrypt -k key --from 'cat plain' --to 'cat >stored' </dev/null
    assert_status 0
    assert_silent
    assert_no_output
    run_status walseal decrypt -k key --from 'cat stored' --to 'cat >opened' </dev/null
    assert_status 0
    assert_silent
    assert_same opened plain
    nothing_runs
}

@test "a command gets no key variable" {
    export WALG_LIBSODIUM_KEY_TRANSFORM=hex
    WALG_LIBSODIUM_KEY=$(cat key) walseal encrypt --from 'env; cat /proc/$$/environ | tr "\0" "\n"' \
        --to 'env >to-env; cat >stored'
    WALG_LIBSODIUM_KEY_PATH=$PWD/key WALG_LIBSODIUM_KEY=$(cat key) walseal encrypt -k key \
        --from env --to 'cat >stored2'
    unset WALG_LIBSODIUM_KEY_TRANSFORM
    walseal decrypt -k key <stored >from-env
    walseal decrypt -k key <stored2 >>from-env
    grep -q '^PATH=' from-env
    grep -q '^PATH=' to-env
    run ! grep -q -e 'WALG_LIBSODIUM_KEY' -f key from-env to-env
}

@test "a command gets no descriptor above 2" {
    # Without a redirection, for which a shell would keep a descriptor of its own.
    run_status walseal encrypt -k key --from 'ls /proc/$$/fd' --to 'ls /proc/$$/fd; cat >stored' \
        9<plain 77<plain
    assert_status 0
    walseal decrypt -k key <stored >from-fds
    printf '0\n1\n2\n' >wanted
    assert_same from-fds wanted
    assert_same stderr wanted
}

@test "a command that nothing is piped to reads /dev/null" {
    walseal encrypt -k key --from 'readlink /proc/self/fd/0; cat' <plain >stored
    [ "$(walseal decrypt -k key <stored)" = /dev/null ]
}

@test "what a command of --to writes goes to standard error" {
    run_status walseal encrypt -k key --to 'echo said; cat >stored' plain
    assert_status 0
    assert_no_output
    [ "$stderr" = said ]
}

@test "a command has default signals and an empty mask whatever walseal inherited" {
    run_status sh -c 'trap "" HUP PIPE TERM; exec "$@"' sh "$WALSEAL" encrypt -k key \
        --from 'grep -E "Sig(Blk|Ign):" /proc/self/status' -o stored
    assert_status 0
    # libc keeps signals 32 and 33, and ignores them in what make (posix_spawn) starts.
    [ "$(walseal decrypt -k key stored | sed 's/0000000[01][08]0000000$/0000000000000000/')" = \
        "$(printf 'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000')" ]
}

@test "each command has a process group of its own" {
    walseal encrypt -k key --from 'cut -d" " -f5 /proc/$$/stat; echo $$' \
        --to '{ cut -d" " -f5 /proc/$$/stat; echo $$; } >to-group; cat >stored'
    walseal decrypt -k key <stored >from-group
    [ "$(sort -u from-group | wc -l)" -eq 1 ]
    [ "$(sort -u to-group | wc -l)" -eq 1 ]
    run ! cmp -s from-group to-group
}

@test "encrypt sends its header before there is input" {
    start encrypt -k key --from 'sleep 60' --to 'cat >header'
    wait_until 5 test -s header
    [ "$(wc -c <header)" -eq 24 ]
    end_by TERM
    [ "$status" -eq 143 ]
    nothing_runs
}

# A command before the crypto fails.

@test "a failing command of --from fails encrypt, and its stream has no end mark" {
    local failure
    for failure in 'exit 3' 'exit 255' 'kill -9 $$' 'kill -TERM $$' 'false | false' 'no/such/program'; do
        run_status walseal encrypt -k key --from "cat plain; exec 2>/dev/null; $failure"
        assert_status 103
        assert_one_line_error "cat plain"
        mv stdout half
        run_status walseal decrypt -k key <half
        assert_status 206
        assert_prefix stdout plain
    done
    nothing_runs
}

@test "a failing command of --from is told with its status or signal" {
    run_status walseal encrypt -k key --from 'exit 3'
    assert_status 103
    assert_one_line_error 'exited with status 3'
    run_status walseal encrypt -k key --from 'kill -9 $$'
    assert_status 103
    assert_one_line_error 'was killed by signal 9 (Killed)'
    run_status walseal decrypt -k key --from 'exit 3'
    assert_status 203
    assert_one_line_error 'exited with status 3'
}

@test "a failing command of --from fails decrypt, even behind a whole stream" {
    run_status walseal decrypt -k key --from 'cat sealed; exit 3' -o opened
    assert_status 203
    assert_one_line_error 'exited with status 3'
    assert_absent opened
    run_status walseal decrypt -k key --from 'head -c 100000 sealed; exit 3' -o opened
    assert_status 203
    assert_one_line_error 'exited with status 3'
    run_status walseal decrypt -k key --from 'cat sealed; exit 3' --to "$COMMIT"
    assert_status 203
    assert_absent opened final
    nothing_runs
}

# walseal fails, or a command before it: what is behind must not see the end of its input.

@test "a stream that fails ends in no command's input" {
    head -c $((24 + 24 * 8209)) sealed >short
    cp sealed damaged
    flip_bit damaged 250000
    make_key other
    local commit wanted input option try
    for commit in "$COMMIT" "$COMMIT_PIPE" "trap '' TERM; $COMMIT_PIPE"; do
        for try in $(in_full "1 2 3 4 5" 1); do
            for option in '206 short key' '205 damaged key' '204 sealed other'; do
                read -r wanted input key <<<"$option"
                run_status walseal decrypt -k "$key" --to "$commit" "$input"
                assert_status "$wanted"
                assert_one_line_error
                assert_absent final
            done
            run_status walseal encrypt -k key --from 'cat plain; exit 3' --to "$commit"
            assert_status 103
            assert_absent final
            run_status walseal encrypt -k key --from 'exit 3' --to "$commit"
            assert_status 103
            assert_absent final
        done
    done
    nothing_runs
}

# A command behind the crypto fails or leaves.

@test "a command of --to that fails after the last byte fails walseal" {
    run_status walseal encrypt -k key --to 'cat >/dev/null; exit 3' plain
    assert_status 103
    assert_one_line_error 'command "cat >/dev/null; exit 3"' 'exited with status 3'
    run_status walseal decrypt -k key --to 'cat >/dev/null; kill -9 $$' sealed
    assert_status 203
    assert_one_line_error 'was killed by signal 9 (Killed)'
    run_status walseal decrypt -k key --to 'no/such/program 2>/dev/null' sealed
    assert_status 203
    nothing_runs
}

@test "a command of --to that leaves early fails walseal, at any size and with any status" {
    local size leave
    pattern_file 3000000
    printf x >pattern.1
    for size in 1 3000000; do
        for leave in true 'exit 3' 'kill -9 $$' 'sleep 0.05; true' 'exec <&-; sleep 0.1; exit 3'; do
            run_status walseal encrypt -k key --to "$leave" "pattern.$size"
            assert_status 103
            assert_one_line_error "command \"$leave\" stopped reading before the end of its input"
        done
    done
    run_status walseal decrypt -k key --to 'exec head -c 10' sealed
    assert_status 203
    nothing_runs
}

@test "a command that leaves early is told with how it ended" {
    run_status walseal encrypt -k key --to 'sleep 0.05; true' plain
    assert_status 103
    assert_one_line_error 'stopped reading before the end of its input' 'exited with status 0'
    run_status walseal encrypt -k key --to 'sleep 0.05; kill -9 $$' plain
    assert_status 103
    assert_one_line_error 'stopped reading before the end of its input' 'was killed by signal 9 (Killed)'
}

# An archive command that outlives its server, in front of a store that hangs: the next one archives
# the segment, the server recycles it, the store wakes up.
@test "a segment that is recycled while a store hangs is not stored" {
    head -c 16777216 /dev/zero >segment
    touch -d @1000 segment
    echo good >final
    run_status walseal encrypt -k key segment \
        --to "head -c 1 >/dev/null && printf recycled | dd of=segment bs=1M seek=15 conv=notrunc status=none; $COMMIT"
    assert_status 103
    assert_one_line_error 'segment: was written to while it was read'
    [ "$(cat final)" = good ]
    nothing_runs
}

@test "a command that takes its time gets everything" {
    run_status walseal decrypt -k key --to 'sleep 0.2; cat >opened; sleep 0.1' sealed
    assert_status 0
    assert_same opened plain
}

@test "what a good command leaves in the background is left alone, what a failed one leaves is ended" {
    run_status walseal encrypt -k key --from 'sleep 60 >/dev/null 2>&1 & cat plain' \
        --to 'cat >stored; sleep 60 >/dev/null 2>&1 &'
    assert_status 0
    [ "$(marked | wc -l)" -eq 2 ]
    # shellcheck disable=SC2046 # a list of numbers
    kill $(marked)
    wait_until 5 nothing_runs
    run_status walseal encrypt -k key --from 'sleep 60 >/dev/null 2>&1 & cat plain; exit 3' \
        --to 'cat >stored; sleep 60 >/dev/null 2>&1 &'
    assert_status 103
    wait_until 5 nothing_runs
}

# Signals.

@test "SIGTERM ends commands that hang, and walseal by the signal" {
    local commit
    for commit in 'sleep 60' "trap '' TERM; sleep 60; cat >tmp; mv tmp final" "$COMMIT_PIPE"; do
        start encrypt -k key --from 'touch begun; sleep 60' --to "$commit"
        wait_until 5 test -e begun
        end_by TERM
        [ "$status" -eq 143 ]
        [ ! -s stderr ]
        nothing_runs
        assert_absent final
        rm begun
    done
    start decrypt -k key --to 'touch begun; sleep 60; cat >tmp; mv tmp final' sealed
    wait_until 5 test -e begun
    end_by TERM
    [ "$status" -eq 143 ]
    nothing_runs
    assert_absent final
}

@test "each signal that asks for the end ends the commands first" {
    local signal
    for signal in HUP QUIT ALRM XCPU INT; do
        # A shell without job control ignores INT and QUIT for what it puts in the background.
        MARK=$MARK perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV' "$WALSEAL" encrypt \
            -k key --from 'touch begun; yes' --to "$COMMIT_PIPE" 2>stderr 3>&- &
        pid=$!
        wait_until 5 test -e begun
        end_by "$signal"
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        nothing_runs
        assert_absent final
        rm begun
    done
}

# kill_often COMMAND FEED COMMIT...: SIGKILL at random moments of the run, of which half are on the way
# to its first byte on a machine as fast as this one was a moment ago.
kill_often() {
    not_emulated 'it takes longer to start than this test takes to kill it'
    local command=$1 feed=$2 try tries begun=0 way
    tries=$(in_full 100 20)
    shift 2
    for ((try = 0; try < tries; try++)); do
        for commit in "$@"; do
            if ((try % 20 == 0)); then
                way=$(date +%s%6N)
                start "$command" -q -k key --from "$feed" --to "$commit"
                wait_until 5 test -e tmp
                way=$(($(date +%s%6N) - way))
                end_by KILL
                rm tmp
            fi
            start "$command" -q -k key --from "$feed" --to "$commit"
            sleep "$(printf '0.%06d' $(((RANDOM * 32768 + RANDOM) % (2 * way) % 1000000)))"
            end_by KILL
            [ "$status" -eq 137 ]
            wait_until 5 nothing_runs || flunk "still running: $(marked)"
            assert_absent final
            if [ -e tmp ]; then
                begun=$((begun + 1))
                rm tmp
            fi
        done
    done
    [ "$begun" -gt $((tries * 2 / 5)) ] ||
        flunk "only $begun of $((tries * 2)) tries were killed with the command at work"
}

@test "SIGKILL of an encrypting walseal at random moments commits nothing" {
    kill_often encrypt yes "$COMMIT" "$COMMIT_PIPE" 2>/dev/null
}

@test "SIGKILL of a decrypting walseal at random moments commits nothing" {
    kill_often decrypt 'cat sealed; sleep 60' "$COMMIT" "$COMMIT_PIPE" 2>/dev/null
}

@test "SIGTSTP and SIGCONT reach the commands" {
    start encrypt -k key --from 'echo $$ >from-pid; while :; do sleep 0.1; done' \
        --to 'echo $$ >to-pid; cat >/dev/null'
    wait_until 5 test -s from-pid
    wait_until 5 test -s to-pid
    for _ in 1 2; do
        kill -s TSTP "$pid"
        wait_until 5 in_state T "$(cat from-pid)"
        wait_until 5 in_state T "$(cat to-pid)"
        # It stops itself last: a SIGCONT before that would be lost.
        wait_until 5 in_state T "$pid"
        kill -s CONT "$pid"
        wait_until 5 in_state SRD "$(cat from-pid)"
        wait_until 5 in_state SRD "$(cat to-pid)"
    done
    end_by TERM
    [ "$status" -eq 143 ]
    nothing_runs
}

# What is absent, and what isn't.

@test "nothing on standard input is absent from a pipe only: /dev/null and an empty file are 206" {
    : >empty
    run_status walseal decrypt -k key --missing empty < <(true)
    assert_status 1
    for nothing in /dev/null empty; do
        run_status walseal decrypt -k key --missing empty <"$nothing"
        assert_status 206
        assert_one_line_error 'standard input: is empty'
    done
}

@test "each kind of empty input is told in its own words" {
    : >empty
    run_status walseal decrypt -k key empty
    assert_status 206
    [ "$stderr" = 'walseal: empty: is empty, as after a copy or an upload that broke' ]
    run_status walseal decrypt -k key --from true
    assert_status 206
    assert_one_line_error 'walseal: command "true" wrote nothing, as for an absent object' '--missing'
    run_status walseal encrypt -k key --no-clobber -o empty plain
    assert_status 103
    assert_stderr_has 'is empty, as after a copy'
    assert_stderr_lacks --from
}

@test "a fetch that timeout has ended is no reason to give its status to --missing" {
    run_status walseal decrypt -k key --from 'timeout 0.1 sleep 10'
    assert_status 203
    assert_one_line_error 'exited with status 124'
    assert_stderr_lacks --missing
}

@test "a limit of open files that is too low is named" {
    run_status bash -c 'exec 3>&- && ulimit -n 4 && exec "$@"' bash "$WALSEAL" encrypt -k key -o stored plain
    assert_status 103
    assert_one_line_error 'Too many open files: raise the limit of open files (ulimit -n'
    assert_absent stored
}

# A pipeline inside a command.

@test "a pipeline's first command fails unnoticed in sh, and is seen with bash's pipefail" {
    run_status walseal encrypt -k key --from '{ cat plain; exit 3; } | gzip' -o stored
    assert_status 0
    rm stored
    run_status walseal encrypt -k key --from "bash -o pipefail -c '{ cat plain; exit 3; } | gzip'" -o stored
    assert_status 103
    assert_one_line_error 'exited with status 3'
    assert_absent stored
    run_status walseal encrypt -k key --from "bash -o pipefail -c 'cat plain | gzip'" -o stored
    assert_status 0
    run_status walseal decrypt -k key --to "bash -o pipefail -c 'gzip -d | { cat >opened; exit 4; }'" stored
    assert_status 203
    run_status walseal decrypt -k key --to "bash -o pipefail -c 'gzip -d >opened'" stored
    assert_status 0
    assert_same opened plain
}
