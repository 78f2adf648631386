#!/usr/bin/env bats
# Signals: each ends the run as itself, with nothing left; what was ignored stays ignored.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
load ../helper

setup() {
    helper_setup
    make_key key
}

ENDING='HUP INT QUIT TERM ALRM XCPU'

# send SIGNAL DISPOSITION COMMAND...: runs it with that disposition (DEFAULT or IGNORE; a shell's
# background jobs ignore some), sends SIGNAL once the file "started" is there, and tells the status
# as a shell does.
send() {
    perl -MTime::HiRes=sleep -e '
        my ($signal, $disposition, @command) = @ARGV;
        my $pid = fork // die "$!\n";
        if ($pid == 0) {
            $SIG{$_} = "DEFAULT" for qw(HUP INT QUIT TERM ALRM XCPU);
            $SIG{$signal} = $disposition;
            exec @command or die "$!\n";
        }
        for (1 .. 1000) { last if -e "started"; sleep 0.01 }
        kill $signal, $pid;
        waitpid $pid, 0;
        exit($? & 127 ? 128 + ($? & 127) : $? >> 8);' -- "$@"
}

@test "each ending signal ends encrypt by itself, silently, and leaves nothing" {
    for signal in $ENDING; do
        rm -f started
        run_status send "$signal" DEFAULT "$WALSEAL" encrypt -k key -o out \
            --from 'touch started; exec sleep 60'
        assert_status $((128 + $(kill -l "$signal")))
        assert_silent
        rm started
        assert_only "$T" home key stdout stderr
    done
}

@test "each ending signal ends decrypt by itself, never with a status that PostgreSQL reads" {
    head -c 100000 /dev/zero >plain
    "$WALSEAL" encrypt -k key -o stored plain
    for signal in $ENDING; do
        rm -f started
        run_status send "$signal" DEFAULT "$WALSEAL" decrypt -k key -o out \
            --from 'head -c 9000 stored; touch started; exec sleep 60'
        assert_status $((128 + $(kill -l "$signal")))
        assert_silent
        rm started
        assert_only "$T" home key plain stored stdout stderr
    done
}

@test "a signal ends decrypt within a passphrase's long derivation, too, and leaves nothing" {
    echo secret >pass
    # SKESK 4: AES-256, Argon2 with 255 passes over 64 MiB; then what might be a container
    { printf '\303\047\004\011\004'; head -c 16 /dev/zero; printf '\377\001\020'
        head -c 17 /dev/zero; printf '\322\050\001'; head -c 39 /dev/zero; } >stored
    for signal in INT TERM; do
        for out in '-o out' ''; do
            rm -f started
            local begun=$SECONDS
            # shellcheck disable=SC2086  # two words or none
            run_status send "$signal" DEFAULT "$WALSEAL" decrypt -p pass $out \
                --from 'cat stored; sleep 0.2; touch started'
            assert_status $((128 + $(kill -l "$signal")))
            assert_silent
            [ $((SECONDS - begun)) -lt 5 ]
            rm started
            assert_only "$T" home key pass stored stdout stderr
        done
    done
}

@test "what was there is kept when a signal ends the run" {
    echo old >out
    run_status send TERM DEFAULT "$WALSEAL" encrypt -k key -o out \
        --from 'touch started; exec sleep 60'
    assert_status 143
    [ "$(cat out)" = old ]
    rm started
    assert_only "$T" home key out stdout stderr
}

@test "a signal that was ignored at the start stays ignored" {
    for signal in $ENDING; do
        rm -f started out
        run_status send "$signal" IGNORE "$WALSEAL" encrypt -k key -o out \
            --from 'echo whole; touch started; sleep 0.3'
        assert_status 0
        assert_silent
        [ "$("$WALSEAL" decrypt -k key out)" = whole ]
    done
}

@test "SIGPIPE and SIGXFSZ end nothing: they become errors of write" {
    head -c 3000000 /dev/zero >plain
    run_status sh -c '{ "$@"; echo $? >exit_status; } | true' sh perl -e \
        '$SIG{PIPE} = "DEFAULT"; exec @ARGV' -- "$WALSEAL" encrypt -k key plain
    [ "$(cat exit_status)" -eq 103 ]
    run_status bash -c 'ulimit -f 100; exec "$@"' bash perl -e '$SIG{XFSZ} = "DEFAULT"; exec @ARGV' \
        -- "$WALSEAL" encrypt -k key -o out plain
    assert_status 103
    assert_one_line_error 'out: '
    assert_absent out
}
