#!/usr/bin/env bats
# --filter: commands between walseal and the plaintext, each of which is seen to fail, and none of
# which sees the end of a stream that failed.
# shellcheck shell=bash disable=SC2016 # $ in the commands is for their own shell
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; helper.bash sets $stderr
# shellcheck disable=SC2002 # a pipe is what is tested

load ../helper

COMMIT='cat >tmp && mv tmp final'
COMMIT_PIPE='cat | cat >tmp && mv tmp final'
# As a filter: what it commits passes on afterwards.
COMMIT_FILTER='cat >tmp && mv tmp final && cat final'

setup() {
    helper_setup
    make_key key
    pattern_file 300000 plain
    gzip -n <plain >plain.gz
    "$WALSEAL" encrypt -k key <plain >sealed
    "$WALSEAL" encrypt -k key <plain.gz >sealed.gz
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
    MARK=$MARK timeout 60 "$WALSEAL" "$@"
}

# marked: the processes that carry the mark and run.
marked() {
    grep -lsF "MARK=$MARK" /proc/[0-9]*/environ | cut -d/ -f3
}

nothing_runs() {
    [ -z "$(marked)" ] || flunk "still running: $(marked)"
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

# What passes through.

@test "the plaintext passes through the filters in the order given, both ways" {
    run_status walseal encrypt -k key --from 'cat plain' --filter 'tr a b' --filter 'tr b c' \
        --filter 'gzip -n' --to 'cat >stored' </dev/null
    assert_status 0
    assert_silent
    assert_no_output
    walseal decrypt -k key stored | gzip -d | cmp - <(sed "y/ab/cc/" plain)
    run_status walseal decrypt -k key --from 'cat stored' --filter 'gzip -d' --filter 'tr c d' \
        --filter 'tr d e' --to 'cat >opened' </dev/null
    assert_status 0
    assert_silent
    assert_no_output
    cmp opened <(sed "y/abcd/eeee/" plain)
    nothing_runs
}

@test "filters take every kind of source, and give to every kind of sink" {
    walseal encrypt -k key --filter 'gzip -n' plain >stored
    walseal encrypt -k key --filter 'gzip -n' <plain >stored2
    cat plain | walseal encrypt -k key --filter 'gzip -n' -o stored3
    cat plain | walseal encrypt -k key --filter 'gzip -n' --to 'cat >stored4' -
    mkfifo pipe
    { sleep 0.2; cat plain; } >pipe &
    walseal encrypt -k key --filter 'gzip -n' -o stored5 pipe
    for stored in stored stored2 stored3 stored4 stored5; do
        walseal decrypt -k key "$stored" | cmp - plain.gz
    done
    walseal decrypt -k key --filter 'gzip -d' stored | cmp - plain
    walseal decrypt -k key --filter 'gzip -d' <stored >opened
    walseal decrypt -k key --filter 'gzip -d' --to 'cat >opened2' --from 'cat stored'
    walseal decrypt -k key --filter 'gzip -d' -o opened3 stored
    cat pipe >opened4 &
    walseal decrypt -k key --filter 'gzip -d' -o pipe stored
    wait
    for opened in opened opened2 opened3 opened4; do
        assert_same "$opened" plain
    done
    walseal decrypt -k key --filter 'gzip -d' -o /dev/null stored
    nothing_runs
}

@test "an existing -o FILE is replaced by what the last filter wrote, or left as it is" {
    echo before >opened
    run_status walseal decrypt -k key --filter 'gzip -d; exit 3' -o opened sealed.gz
    assert_status 203
    [ "$(cat opened)" = before ]
    walseal decrypt -k key --filter 'gzip -d' -o opened sealed.gz
    assert_same opened plain
    run_status walseal decrypt -k key --filter 'gzip -d' --no-clobber -o opened sealed.gz
    assert_status 203
    assert_one_line_error 'opened: file exists'
}

@test "much more than a pipe holds passes through, at any number of threads" {
    head -c 30000000 /dev/zero | tr '\0' 'x' >large
    local threads
    for threads in 1 4; do
        walseal encrypt -k key -T "$threads" --from 'cat large' --filter cat --filter cat -o stored
        walseal decrypt -k key -T "$threads" --filter cat --filter cat -o opened stored
        assert_same opened large
        walseal verify -k key -T "$threads" --filter cat --filter cat --against large stored
    done
}

@test "an empty stream passes through filters" {
    : >empty
    walseal encrypt -q -k key --filter cat --filter cat -o stored empty
    walseal decrypt -k key --filter cat --filter cat -o opened stored
    [ ! -s opened ]
    [ -e opened ]
    walseal verify -k key --filter cat --against empty stored
}

@test "encrypt sends its header before its filters have anything" {
    start encrypt -k key --from 'sleep 60' --filter gzip --to 'cat >header'
    wait_until 5 test -s header
    [ "$(wc -c <header)" -eq 24 ]
    end_by TERM
    [ "$status" -eq 143 ]
    nothing_runs
}

# What a filter gets.

@test "a filter gets what a command of --from gets" {
    local seen='env >seen; cut -d" " -f5 /proc/$$/stat >>seen; sh -c "echo \$PPID" >>seen
        grep SigBlk: /proc/self/status >>seen; ls /proc/$$/fd; cat'
    local command input file
    for command in encrypt decrypt; do
        input=plain
        [ $command = encrypt ] || input=sealed
        WALG_LIBSODIUM_KEY=$(cat key) WALG_LIBSODIUM_KEY_TRANSFORM=hex walseal $command \
            --filter "${seen//seen/seen1}" --filter "${seen//seen/seen2}" -o out $input 9<plain 77<plain
        for file in seen1 seen2; do
            run ! grep -q -e WALG_LIBSODIUM_KEY -f key $file
            grep -q "^MARK=$MARK" $file
            grep -q '^SigBlk:.0000000000000000$' $file
            # a group of its own
            grep -x '[0-9]*' $file | uniq >$file.group
            [ "$(wc -l <$file.group)" -eq 1 ]
        done
        run ! cmp -s seen1.group seen2.group
        if [ $command = encrypt ]; then
            mv out stored
            walseal decrypt -k key -o out stored
        fi
        { printf '0\n1\n2\n0\n1\n2\n'; cat plain; } | cmp - out
    done
}

@test "a filter that reads from the terminal fails and does not stop" {
    run_status walseal encrypt -k key --filter 'read line </dev/tty && cat' -o stored plain
    assert_status 103
    assert_absent stored
}

@test "a signal ends all of the filters" {
    local signal
    for signal in HUP TERM; do
        start decrypt -k key --from 'cat sealed; sleep 60' --filter "trap '' TERM; cat" \
            --filter 'cat; sleep 60' --to 'touch begun; cat >tmp; mv tmp final'
        wait_until 5 test -e begun
        rm begun
        end_by "$signal"
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        assert_absent final
        nothing_runs
    done
}

# A filter fails: at each place, in every way.

# Each reads from its input first, "half" of it; what is to be said of it follows.
# Of the one that is killed while it reads it may be seen first that it has stopped.
FAILURES=(
    'head -c 100000; kill -9 $$|'
    'exit 3|exited with status 3'
    'cat >/dev/null; exit 3|exited with status 3'
    'head -c 100000; exit 255|exited with status 255'
    'cat; exit 1|exited with status 1'
    'cat >/dev/null; kill -9 $$|was killed by signal 9 (Killed)'
    'cat; kill -TERM $$|was killed by signal 15 (Terminated)'
    'exec no/such/program 2>/dev/null|exited with status 127'
    'head -c 10|stopped reading before the end of'
    'head -c 200000|stopped reading before the end of'
    'exit 0|stopped reading before the end of'
    'exec <&-; sleep 0.1|stopped reading before the end of'
)

@test "a filter that fails or leaves early fails encrypt, wherever it stands" {
    local failure turn=0 place words bad source
    local -a chain
    pattern_file 3000000 plain
    for failure in "${FAILURES[@]}"; do
        bad=${failure%%|*} words=${failure##*|}
        turn=$((turn + 1))
        for place in $(in_full "0 1 2" $((turn % 3))); do
            chain=(--filter cat --filter "$COMMIT_FILTER")
            chain=("${chain[@]:0:place*2}" --filter "$bad" "${chain[@]:place*2}")
            for source in '--from cat#plain' plain; do
                # shellcheck disable=SC2086 # words
                IFS=' ' read -r -a source <<<"$source"
                run_status walseal encrypt -k key "${chain[@]}" -o stored "${source[@]//#/ }"
                assert_status 103 || flunk "$failure at $place"
                assert_stderr_has "command \"$bad\" " || flunk "$failure at $place"
                assert_stderr_has "$words" || flunk "$failure at $place"
                assert_one_line_error || flunk "$failure at $place"
                assert_absent stored || flunk "$failure at $place"
                # what stands behind the failure never sees an end
                [ "$place" -eq 2 ] || assert_absent final || flunk "$failure at $place"
                rm -f final
                run_status walseal encrypt -k key "${chain[@]}" --to "cat >half; mv half stored" "${source[@]//#/ }"
                assert_status 103
                assert_absent stored || flunk "$failure at $place"
                rm -f final
            done
        done
    done
    nothing_runs
}

@test "an only filter that leaves early is told from one that fails" {
    run_status walseal encrypt -k key --filter 'head -c 10' -o stored plain
    assert_status 103
    assert_one_line_error 'command "head -c 10" stopped reading before the end of its input'
    run_status walseal encrypt -k key --filter 'cat; exit 3' -o stored plain
    assert_status 103
    assert_one_line_error 'command "cat; exit 3" exited with status 3'
    assert_absent stored
}

@test "what encrypt has written of a failed chain has no end mark" {
    local failure
    for failure in 'head -c 100000; exit 3' 'head -c 10' 'cat; kill -9 $$'; do
        run_status walseal encrypt -k key --filter "$failure" --filter cat plain
        assert_status 103
        mv stdout half
        run_status walseal decrypt -k key <half
        assert_status 206
    done
}

@test "a filter that fails or leaves early fails decrypt, wherever it stands" {
    local failure turn=0 place words bad sink
    local -a chain
    pattern_file 3000000 plain
    walseal encrypt -k key plain >sealed
    for failure in "${FAILURES[@]}"; do
        bad=${failure%%|*} words=${failure##*|}
        turn=$((turn + 1))
        for place in $(in_full "0 1 2" $((turn % 3))); do
            chain=(--filter cat --filter "$COMMIT_FILTER")
            chain=("${chain[@]:0:place*2}" --filter "$bad" "${chain[@]:place*2}")
            for sink in file command stdout; do
                case $sink in
                file) run_status walseal decrypt -k key "${chain[@]}" -o opened sealed ;;
                command) run_status walseal decrypt -k key "${chain[@]}" --to 'cat >half; mv half opened' sealed ;;
                stdout) run_status walseal decrypt -k key "${chain[@]}" sealed ;;
                esac
                assert_status 203 || flunk "$failure at $place"
                assert_stderr_has "command \"$bad\" " || flunk "$failure at $place"
                assert_stderr_has "$words" || flunk "$failure at $place"
                assert_one_line_error || flunk "$failure at $place"
                assert_absent opened || flunk "$failure at $place"
                [ "$place" -eq 2 ] || assert_absent final || flunk "$failure at $place"
                rm -f final
            done
        done
    done
    nothing_runs
}

@test "a command of --to behind filters that fails or leaves early fails decrypt" {
    local failure
    for failure in "${FAILURES[@]}"; do
        run_status walseal decrypt -k key --filter cat --filter cat --to "${failure%%|*}" sealed
        assert_status 203
        assert_stderr_has "command \"${failure%%|*}\" ${failure##*|}" || flunk "$failure"
    done
    nothing_runs
}

@test "a source that fails in front of a filter is found, and named" {
    local failure
    for failure in 'exit 3' 'kill -9 $$'; do
        run_status walseal encrypt -k key --from "cat plain; $failure" --filter "$COMMIT_FILTER" \
            --filter 'gzip' -o stored
        assert_status 103
        assert_one_line_error "command \"cat plain; $failure\" "
        assert_absent stored final
        run_status walseal decrypt -k key --from "cat sealed.gz; $failure" --filter 'gzip -d' \
            --filter "$COMMIT_FILTER" -o opened
        assert_status 203
        assert_one_line_error "command \"cat sealed.gz; $failure\" "
        assert_absent opened final
    done
    nothing_runs
}

@test "a stream that fails ends in no filter's input" {
    cp sealed damaged
    flip_bit damaged 250000
    head -c 197040 sealed >short
    make_key other
    local try wanted input option
    for try in $(in_full "1 2 3 4 5" 1); do
        for option in '206 short key' '205 damaged key' '204 sealed other'; do
            read -r wanted input key <<<"$option"
            for commit in "$COMMIT_FILTER" "cat | $COMMIT_FILTER" "trap '' TERM; $COMMIT_FILTER"; do
                run_status walseal decrypt -k "$key" --filter "$commit" -o opened "$input"
                assert_status "$wanted"
                assert_one_line_error
                assert_absent final opened
                run_status walseal decrypt -k "$key" --filter cat --filter "$commit" --to "$COMMIT_PIPE" "$input"
                assert_status "$wanted"
                assert_absent final
            done
        done
    done
    nothing_runs
}

@test "a program that handles the loss of its reader is not blamed for it" {
    run_status walseal encrypt -k key --from 'trap "" PIPE; cat plain plain plain plain 2>/dev/null || exit 9' \
        --filter 'head -c 10; exit 4' -o stored
    assert_status 103
    assert_one_line_error 'command "head -c 10; exit 4" exited with status 4'
    run_status walseal encrypt -k key --from 'trap "" PIPE; cat plain plain plain plain 2>/dev/null || exit 9' \
        --filter 'head -c 10' -o stored
    assert_status 103
    assert_one_line_error 'command "head -c 10" stopped reading before the end of its input; command "trap' \
        'exited with status 9'
}

@test "a filter that ends once it has read all, before the end is told, has not left early" {
    head -c 300000 /dev/zero >zeros
    run_status walseal encrypt -k key --from 'cat zeros; sleep 0.3' --filter 'head -c 300000' -o stored
    assert_status 0
    run_status walseal decrypt -k key --filter cat --filter 'head -c 300000' -o opened stored
    assert_status 0
    assert_same opened zeros
}

@test "an INPUT that changes while a filter reads it is a failure" {
    cp plain growing
    run_status walseal encrypt -k key --filter 'cat; echo more >>growing' -o stored growing
    assert_status 103
    assert_one_line_error 'growing: changed size while it was read'
    cp plain shrinking
    run_status walseal encrypt -k key --filter 'cat; : >shrinking' -o stored shrinking
    assert_status 103
    assert_one_line_error 'shrinking: changed size while it was read'
    cp plain rewritten
    touch -d @1000 rewritten
    run_status walseal encrypt -k key --filter 'cat; printf x | dd of=rewritten conv=notrunc status=none' \
        -o stored rewritten
    assert_status 103
    assert_one_line_error 'rewritten: was written to while it was read'
    assert_absent stored
}

@test "what the last filter leaves running can't write into FILE after its end" {
    run_status walseal decrypt -k key --filter 'cat; (sleep 0.5; echo late) & exit 0' -o opened sealed
    assert_status 0
    nothing_runs
    sleep 0.7
    assert_same opened plain
}

@test "what other filters leave in the background is left alone" {
    run_status walseal encrypt -k key --filter 'cat; exec >&-; (sleep 0.3; echo >late) & exit 0' -o stored plain
    assert_status 0
    wait_until 5 test -e late
}

# kill_often ARGUMENT...: SIGKILL at random moments of the run: nothing is committed, nothing left.
kill_often() {
    local try tries begun=0
    tries=$(in_full 50 15)
    for ((try = 0; try < tries; try++)); do
        start "$@"
        [ $((try % 2)) -eq 0 ] || wait_until 5 test -e tmp
        sleep "0.0$((RANDOM % 3))$((RANDOM % 10))"
        end_by KILL
        [ "$status" -eq 137 ]
        wait_until 5 nothing_runs >/dev/null || nothing_runs
        assert_absent final made
        [ ! -e tmp ] || begun=$((begun + 1))
        rm -f tmp
    done
    [ "$begun" -gt $((tries / 5)) ] || flunk "only $begun of $tries tries were killed with the command at work"
    [ -z "$(find . -name '.made*')" ]
}

@test "SIGKILL of an encrypting walseal with filters at random moments commits nothing" {
    kill_often encrypt -q -k key --from yes --filter cat --filter 'cat | cat' --to "$COMMIT_PIPE" 2>/dev/null
}

@test "SIGKILL of a decrypting walseal with filters at random moments commits nothing" {
    kill_often decrypt -q -k key --from 'cat sealed; sleep 60' --filter cat --filter "cat | $COMMIT_FILTER" -o made 2>/dev/null
}

@test "SIGKILL of a decrypting walseal at random moments commits nothing behind its filters" {
    kill_often decrypt -q -k key --from 'cat sealed; sleep 60' --filter cat --filter cat --to "$COMMIT_PIPE" 2>/dev/null
}

# With other options.

@test "the fetch's verdict comes before any filter's" {
    local filter
    for filter in 'gzip -d' 'exit 5' 'sleep 0.2; kill -9 $$' 'exec no/such/program 2>/dev/null'; do
        run_status walseal decrypt -k key --from 'exit 3' --missing 3,4,empty --filter "$filter" -o opened
        assert_status 1
        assert_one_line_error 'exited with status 3, which --missing names'
        run_status walseal decrypt -k key --from true --missing 3,4,empty --filter "$filter" -o opened
        assert_status 1
        run_status walseal decrypt -k key --from 'exit 5' --missing 3,4,empty --filter "$filter" -o opened
        assert_status 203
        assert_one_line_error 'command "exit 5" exited with status 5'
        run_status walseal decrypt -k key --from 'exit 5' --standby --filter "$filter" -o opened
        assert_status 1
        assert_absent opened
    done
}

@test "no filter's failure is that there is nothing" {
    run_status walseal decrypt -k key --from 'cat sealed' --missing 3 --filter 'cat >/dev/null; exit 3' -o opened
    assert_status 203
    run_status walseal decrypt -k key --from 'cat sealed' --standby --filter 'cat >/dev/null; exit 3' -o opened
    assert_status 203
    run_status walseal decrypt -k key --from 'cat sealed' --missing empty --filter 'cat >/dev/null' -o opened
    assert_status 0
}

@test "--no-clobber compares what the filters write" {
    walseal encrypt -k key --filter 'gzip -n' --no-clobber -o stored plain
    cp stored before
    run_status walseal encrypt -k key --filter 'gzip -n' --no-clobber -o stored plain
    assert_status 0
    assert_silent
    run_status walseal encrypt -k key --from 'cat plain' --filter 'gzip -n' --no-clobber -o stored
    assert_status 0
    run_status walseal encrypt -k key --filter 'gzip -n -1' --no-clobber -o stored plain
    assert_status 103
    assert_one_line_error 'its content differs'
    run_status walseal encrypt -k key --no-clobber -o stored plain
    assert_status 103
    # the same content, but of a command that failed
    run_status walseal encrypt -k key --filter 'gzip -n; exit 3' --no-clobber -o stored plain
    assert_status 103
    assert_stderr_has 'exited with status 3'
    run_status walseal encrypt -k key --from 'cat plain; exit 3' --filter 'gzip -n' --no-clobber -o stored
    assert_status 103
    assert_same stored before
    nothing_runs
}

@test "--verify-first lets nothing into a filter that isn't authenticated" {
    cp sealed.gz damaged
    flip_bit damaged $(($(wc -c <damaged) - 5))
    run_status walseal decrypt -k key --verify-first --filter 'head -c 1 >seen; cat seen -' --filter 'gzip -d' -o opened damaged
    assert_status 205
    [ ! -s seen ]
    assert_absent opened
    run_status walseal decrypt -k key --verify-first --filter 'gzip -d' -o opened sealed.gz
    assert_status 0
    assert_same opened plain
}

# a_segment SEGMENT-NUMBER: of the first log, a megabyte long.
a_segment() {
    perl -e 'print pack("v2 V Q< V2 Q< V2", 0xD110, 2, 1, $ARGV[0] * 1048576, 0, 0, 77, 1048576, 8192), "x" x 1048536' "$1"
}

@test "--wal-name holds what the filters make of it to the name" {
    a_segment 1 >segment
    walseal encrypt -k key --filter 'gzip -n' -o stored segment
    local right=000000010000000000000001 wrong=000000010000000000000002 sink
    for sink in '-o opened' "--to cat#>opened"; do
        IFS=' ' read -r -a sink <<<"$sink"
        run_status walseal decrypt -k key --wal-name $right --system-id 77 --filter 'gzip -d' "${sink[@]//#/ }" stored
        assert_status 0
        assert_same opened segment
        rm opened
    done
    walseal decrypt -k key --wal-name $right --filter cat --filter 'gzip -d' stored | cmp - segment
    run_status walseal decrypt -k key --verify-first --wal-name $right --filter 'gzip -d' -o opened stored
    assert_status 0
    assert_same opened segment
    rm opened
    for options in "--wal-name $wrong" "--wal-name $right --system-id 78"; do
        IFS=' ' read -r -a options <<<"$options"
        run_status walseal decrypt -k key "${options[@]}" --filter 'gzip -d' -o opened stored
        assert_status 205
        assert_one_line_error
        run_status walseal decrypt -k key "${options[@]}" --filter 'gzip -d' stored
        assert_status 205
        assert_no_output
        run_status walseal decrypt -k key "${options[@]}" --filter 'gzip -d' --to "$COMMIT" stored
        assert_status 205
        run_status walseal verify -k key "${options[@]}" --filter 'gzip -d' stored
        assert_status 205
        assert_absent opened final
    done
    # cut short, by a filter that says nothing of it
    run_status walseal decrypt -k key --wal-name $right --filter 'gzip -d | head -c 500000' -o opened stored
    assert_status 205
    run_status walseal decrypt -k key --wal-name $right --filter 'gzip -d; exit 3' -o opened stored
    assert_status 203
    assert_one_line_error 'exited with status 3'
    run_status walseal decrypt -k key --wal-name $right --filter 'gzip -d' --to 'cat >half; exit 4' stored
    assert_status 203
    assert_one_line_error 'exited with status 4'
    assert_absent opened
    run_status walseal verify -v -k key --wal-name $right --filter 'gzip -d' stored
    assert_status 0
    assert_stderr_has "WAL segment $right"
    nothing_runs
}

@test "verify passes the content through the filters, and compares what they make of it" {
    run_status walseal verify -k key --filter 'gzip -d' --against plain sealed.gz
    assert_status 0
    assert_silent
    run_status walseal verify -k key --filter 'gzip -d' --against plain <sealed.gz
    assert_status 0
    run_status walseal verify -k key --filter 'gzip -d' --against plain --from 'cat sealed.gz'
    assert_status 0
    run_status walseal verify -k key --filter 'gzip -d' sealed.gz
    assert_status 0
    assert_no_output
    run_status walseal verify -k key --filter 'gzip -d' --against key sealed.gz
    assert_status 208
    run_status walseal verify -k key --filter 'gzip -d' --filter 'head -c 100' --against plain sealed.gz
    [ "$status" -eq 208 ] || [ "$status" -eq 203 ]
    run_status walseal verify -k key --filter 'gzip -d 2>/dev/null' sealed
    assert_status 203
    assert_one_line_error 'sealed: command "gzip -d' 'exited with status 1'
    for failure in 'cat; exit 3' 'head -c 10' 'exit 0' 'cat >/dev/null; kill -9 $$'; do
        run_status walseal verify -k key --filter "$failure" sealed
        assert_status 203
        run_status walseal verify -k key --filter cat --filter "$failure" --filter cat sealed
        assert_status 203
        assert_stderr_has "command \"$failure\" " || flunk "$failure"
        assert_one_line_error
    done
    nothing_runs
}

@test "verify with a filter says so in JSON as without" {
    walseal verify -k key --json --filter 'gzip -d' sealed.gz | perl -MJSON::PP -e '
        my $said = decode_json(join "", <>);
        die unless $said->{status} == 0;'
    run_status walseal verify -k key --json --filter 'exit 3' sealed.gz
    assert_status 203
    perl -MJSON::PP -e 'my $said = decode_json(join "", <>); die unless $said->{status} == 203' stdout
}

@test "verify takes filters with one input that is a file" {
    mkdir archive
    cp sealed archive
    run_status walseal verify -k key --filter cat archive
    assert_status 201
    assert_one_line_error '--filter is of one INPUT that is a file'
    run_status walseal verify -k key --filter cat sealed sealed.gz
    assert_status 201
}

@test "there may be 16 filters" {
    local -a filters=()
    local count
    for ((count = 0; count < 16; count++)); do filters+=(--filter cat); done
    walseal encrypt -k key --from 'cat plain' "${filters[@]}" --to 'cat >stored'
    walseal decrypt -k key --from 'cat stored' "${filters[@]}" --to 'cat >opened'
    assert_same opened plain
    run_status walseal encrypt -k key "${filters[@]}" --filter cat plain
    assert_status 101
    assert_one_line_error '--filter: more than 16'
    run_status walseal encrypt -k key --filter '' plain
    assert_status 101
    run_status walseal rekey -k key -n key --filter cat sealed
    assert_status 201
    assert_one_line_error '--filter is no option of rekey'
}

@test "SIGTSTP and SIGCONT reach the filters" {
    start encrypt -k key --from 'sleep 60' --filter 'echo $$ >filter-pid; while :; do sleep 0.1; done' \
        --to 'cat >/dev/null'
    wait_until 5 test -s filter-pid
    kill -s TSTP "$pid"
    wait_until 5 grep -q '^State:.T' "/proc/$(cat filter-pid)/status"
    wait_until 5 grep -q '^State:.T' "/proc/$pid/status"
    kill -s CONT "$pid"
    wait_until 5 grep -q '^State:.[SRD]' "/proc/$(cat filter-pid)/status"
    end_by TERM
    [ "$status" -eq 143 ]
    nothing_runs
}

# For real.

@test "a tree passes through tar and zstd into an object, and back" {
    command -v zstd >/dev/null || skip "zstd isn't installed"
    mkdir -p tree/deep back
    cp plain tree/deep/file
    ln -s deep/file tree/link
    walseal encrypt -k key --from 'exec tar -c -C tree .' --filter 'zstd -q -T0' --to 'cat >monday.tar.zst'
    walseal decrypt -k key --from 'cat monday.tar.zst' --filter 'zstd -d' --to 'tar -x -C back'
    diff -r tree back
    run_status walseal encrypt -k key --from 'tar -c -C tree . nothing 2>/dev/null' --filter 'zstd -q -T0' -o tuesday
    assert_status 103
    assert_one_line_error 'exited with status 2'
    assert_absent tuesday
    # an object that was cut and encrypted so: the decompressor sees it
    walseal decrypt -k key monday.tar.zst | head -c 1000 | walseal encrypt -k key -o cut
    run_status walseal decrypt -k key --filter 'zstd -d 2>/dev/null' --filter "$COMMIT_FILTER" --to 'tar -x -C back' cut
    assert_status 203
    assert_one_line_error 'command "zstd -d 2>/dev/null" exited with status 1'
    assert_absent final
    nothing_runs
}
