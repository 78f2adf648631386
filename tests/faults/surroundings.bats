#!/usr/bin/env bats
# Surroundings that fail: descriptors, clocks, the processor taken away, kills, and company.
# THOROUGH=1 (make check-faults) does more rounds.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
load ../helper

setup() {
    helper_setup
    make_key key
    pattern_file 300000 plain
    "$WALSEAL" encrypt -k key -o sealed plain
    mkdir out
}

# limited N COMMAND...: with N descriptors at most, of which it has three.
limited() {
    run_status bash -c 'exec 3>&- 4>&- 5>&- 6>&-; ulimit -n "$1"; shift; exec "$@"' bash "$@"
}

@test "however few descriptors there are, it works or says so, and leaves nothing" {
    local n worked=0
    for n in $(seq 4 40); do
        rm -rf out && mkdir out
        limited "$n" "$WALSEAL" decrypt -k key -o out/file --from 'cat sealed' --filter cat
        if [ "$status" -eq 0 ]; then
            assert_silent
            assert_same out/file plain
            worked=$((worked + 1))
        else
            # the key's file is the first that can't be opened
            [ "$status" -eq 203 ] || [ "$status" -eq 202 ] || flunk "$n descriptors: $status"
            assert_one_line_error
            assert_only out
        fi
    done
    [ "$worked" -ge 5 ]
}

# stormed COMMAND...: while signals come a thousand times a second; SIGUSR1 once it is handled.
stormed() {
    run_status perl -MTime::HiRes=sleep -e '
        my $pid = fork // die "$!\n";
        if ($pid == 0) { exec @ARGV or die "$!\n" }
        my $handled = 0;
        until (waitpid($pid, 1) == $pid) {
            sleep 0.001;
            kill "CONT", $pid;
            if (!$handled and open my $in, "<", "/proc/$pid/status") {
                $handled = grep { /^SigCgt:.*[2367abef]..$/ } <$in>;
            }
            kill "USR1", $pid if $handled;
        }
        exit($? & 127 ? 128 + ($? & 127) : $? >> 8);' -- "$@"
    # what progress says between is no error
    grep -v '/s' stderr >rest || true
    assert_status 0 && [ ! -s rest ]
}

@test "a storm of signals disturbs neither commands nor a file" {
    stormed "$WALSEAL" encrypt -k key --from 'cat plain; sleep 0.3' --filter cat \
        --to 'sleep 0.2; cat >out/sealed'
    stormed "$WALSEAL" decrypt -k key -o out/file --from 'cat out/sealed; sleep 0.3'
    assert_same out/file plain
}

# byte_by_byte: from input to output, one at a time.
byte_by_byte() {
    perl -e 'while (sysread STDIN, my $byte, 1) { syswrite STDOUT, $byte or exit 1 }'
}

@test "pipes that give and take one byte at a time pass all of them" {
    head -c 20000 plain >short
    byte_by_byte <short | "$WALSEAL" encrypt -k key | byte_by_byte >out/sealed
    byte_by_byte <out/sealed | "$WALSEAL" decrypt -k key | byte_by_byte >out/file
    assert_same out/file short
}

@test "what is stopped and continued goes on as if nothing had been" {
    local i
    for i in $(seq "$(in_full 100 10)"); do
        "$WALSEAL" decrypt -k key -o out/file --from 'cat sealed; sleep 0.05' &
        sleep "0.0$((RANDOM % 5))$i"
        kill -STOP "$!" 2>/dev/null || true
        sleep 0.02
        kill -CONT "$!" 2>/dev/null || true
        wait "$!"
        assert_same out/file plain
        assert_only out file
        rm out/file
    done
}

@test "a clock that is set back and forth changes neither stream nor file" {
    run_status env LD_PRELOAD="$BUILD/faults/clock.so" CLOCK_JUMP=86400 \
        "$WALSEAL" encrypt -k key --progress=always -o out/sealed --from 'cat plain; sleep 0.6'
    assert_status 0
    run_status env LD_PRELOAD="$BUILD/faults/clock.so" CLOCK_JUMP=86400 \
        "$WALSEAL" decrypt -k key --progress=always -o out/file out/sealed
    assert_status 0
    assert_same out/file plain
}

@test "a key that expires by a clock that is wrong is refused, and never half used" {
    "$WALSEAL" keygen openpgp --expires 90 -o secret --public public
    local jump taken=0 refused=0
    for jump in 3000000 -3000000 12000000 -12000000; do
        rm -rf out && mkdir out
        run_status env LD_PRELOAD="$BUILD/faults/clock.so" CLOCK_JUMP="$jump" \
            "$WALSEAL" encrypt -q -k public -o out/file plain
        if [ "$status" -eq 0 ]; then
            "$WALSEAL" decrypt -k secret out/file | cmp - plain
            taken=$((taken + 1))
        else
            assert_status 102
            assert_one_line_error
            assert_only out
            refused=$((refused + 1))
        fi
    done
    [ "$taken" -ge 1 ]
    [ "$refused" -ge 1 ]
}

@test "a kill at any moment leaves the whole file or none" {
    local i
    for i in $(seq "$(in_full 500 30)"); do
        "$WALSEAL" encrypt -k key -o out/file plain &
        sleep "0.00$((RANDOM % 10))$((RANDOM % 10))"
        kill -KILL "$!" 2>/dev/null || true
        wait "$!" 2>/dev/null || true
        [ ! -e out/file ] || "$WALSEAL" decrypt -k key out/file | cmp - plain
        rm -f out/file
    done
    "$WALSEAL" encrypt -k key -o out/file plain
    assert_only out file
}

# both_at_once FIRST SECOND: encrypts both into the same file that must be new; their statuses.
both_at_once() {
    "$WALSEAL" encrypt -k key --no-clobber -o out/file "$1" 2>first &
    local one=$! first=0 second=0
    "$WALSEAL" encrypt -k key --no-clobber -o out/file "$2" 2>second || second=$?
    wait "$one" || first=$?
    echo "$first $second"
}

@test "of two that write a file that must be new one wins, and the other says what it finds" {
    tac plain >other
    local i
    for i in $(seq "$(in_full 100 10)"); do
        rm -rf out && mkdir out
        case $(both_at_once plain other) in
        '0 103') "$WALSEAL" decrypt -k key out/file | cmp - plain ;;
        '103 0') "$WALSEAL" decrypt -k key out/file | cmp - other ;;
        *) flunk "$(cat first second)" ;;
        esac
        assert_only out file
    done
}
