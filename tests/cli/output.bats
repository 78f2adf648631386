#!/usr/bin/env bats
# Where the output goes: -o FILE is all or nothing, and standard output succeeds only when every
# byte was accepted. Everything at 0, 6 and 3,000,000 bytes of plaintext.
# shellcheck shell=bash disable=SC2016 # $ in the texts of inner shells and perl

load ../helper

SIZES='0 6 3000000'

setup() {
    helper_setup
    mkdir out
    make_key key
    local size
    for size in $SIZES; do
        pattern_file "$size" "plain.$size"
        "$WALSEAL" encrypt -q -k key <"plain.$size" >"sealed.$size"
    done
}

# both TEST_FUNCTION: calls it with each command, size and input, and the base of its statuses.
both() {
    local size
    for size in $SIZES; do
        "$1" encrypt "$size" "plain.$size" 100
        "$1" decrypt "$size" "sealed.$size" 200
    done
}

# assert_good_output COMMAND SIZE FILE: FILE is what COMMAND makes of SIZE bytes of plaintext.
assert_good_output() {
    if [ "$1" = encrypt ]; then
        "$WALSEAL" decrypt -k key <"$3" >opened
        assert_same opened "plain.$2"
    else
        assert_same "$3" "plain.$2"
    fi
}

# into REDIRECTION COMMAND...: for run_status, with what sh is to do to the descriptors.
into() {
    local redirection=$1
    shift
    run_status sh -c '"$@" '"$redirection" sh "$@"
}

# File.

@test "-o makes the whole file and nothing beside it" {
    makes_whole() {
        run_status "$WALSEAL" "$1" -q -k key -o out/file "$3"
        assert_status 0
        assert_silent
        assert_no_output
        assert_good_output "$1" "$2" out/file
        assert_only out file
        rm out/file
    }
    both makes_whole
}

@test "-o takes the mode from the umask" {
    local mask
    for mask in 000 022 027 077; do
        (umask "$mask" && "$WALSEAL" decrypt -k key -o out/file sealed.6)
        [ "$(stat -c %a out/file)" = "$(printf '%o' $((0666 & ~0$mask)))" ]
    done
}

@test "-o replaces an old file whole" {
    replaces() {
        echo old >out/file
        run_status "$WALSEAL" "$1" -q -k key -o out/file "$3"
        assert_status 0
        assert_good_output "$1" "$2" out/file
        assert_only out file
    }
    both replaces
}

@test "-o shows nothing before the last byte was authenticated" {
    mkfifo pipe
    "$WALSEAL" decrypt -k key -o out/file pipe &
    local pid=$!
    exec 7>pipe
    head -c 2500000 sealed.3000000 >&7
    sleep 0.1
    assert_only out
    tail -c +2500001 sealed.3000000 >&7
    exec 7>&-
    wait "$pid"
    assert_same out/file plain.3000000
}

@test "a failed run leaves nothing, or the old file" {
    head -c $((24 + 365 * 8209)) sealed.3000000 >"cut"
    cp sealed.3000000 damaged
    flip_bit damaged 2900000
    make_key other
    local old
    for old in no yes; do
        [ "$old" = no ] || echo old >out/file
        run_status "$WALSEAL" decrypt -k key -o out/file "cut"
        assert_status 206
        run_status "$WALSEAL" decrypt -k key -o out/file damaged
        assert_status 205
        run_status "$WALSEAL" decrypt -k other -o out/file sealed.3000000
        assert_status 204
        if [ "$old" = no ]; then
            assert_only out
        else
            assert_only out file
            [ "$(cat out/file)" = old ]
        fi
    done
}

@test "-o with its own input is a usage error" {
    ln plain.6 hard
    ln -s plain.6 symbolic
    cp plain.6 before
    local name
    for name in plain.6 ./plain.6 hard symbolic; do
        run_status "$WALSEAL" encrypt -k key -o "$name" plain.6
        assert_status 101
        assert_one_line_error "$name: is the input too"
        run_status "$WALSEAL" decrypt -k key -o "$name" plain.6
        assert_status 201
        run_status "$WALSEAL" encrypt -k key -o "$name" <plain.6
        assert_status 101
    done
    assert_same plain.6 before
}

@test "-o through a symbolic link makes or replaces its target" {
    mkdir out/deep
    ln -s deep/target out/link
    local size
    for size in $SIZES; do
        run_status "$WALSEAL" decrypt -k key -o out/link "sealed.$size"
        assert_status 0
        [ -L out/link ]
        assert_same out/deep/target "plain.$size"
        assert_only out deep link
        assert_only out/deep target
    done
}

@test "-o to a named pipe writes to it" {
    mkfifo pipe
    to_pipe() {
        cat pipe >received &
        run_status "$WALSEAL" "$1" -q -k key -o pipe "$3"
        assert_status 0
        wait $!
        assert_good_output "$1" "$2" received
        [ -p pipe ]
    }
    both to_pipe
}

@test "-o to a device writes to it, and a full one fails" {
    to_device() {
        run_status "$WALSEAL" "$1" -q -k key -o /dev/null "$3"
        assert_status 0
        run_status "$WALSEAL" "$1" -q -k key -o /dev/full "$3"
        assert_status $(($4 + 3))
        assert_one_line_error '/dev/full: ' 'No space left on device'
    }
    both to_device
    [ -c /dev/null ]
    [ -c /dev/full ]
}

@test "-o /dev/stdout is standard output" {
    mkfifo pipe
    cat pipe >received &
    "$WALSEAL" decrypt -k key -o /dev/stdout sealed.3000000 >pipe
    wait $!
    assert_same received plain.3000000
}

@test "-o where no file can be is told with its reason" {
    run_status "$WALSEAL" encrypt -k key -o out plain.6
    assert_status 103
    assert_one_line_error 'out: is a directory'
    run_status "$WALSEAL" decrypt -k key -o nowhere/file sealed.6
    assert_status 203
    assert_one_line_error 'nowhere/file: ' 'No such file or directory'
    chmod 555 out
    run_status as_nonroot "$WALSEAL" decrypt -k key -o out/file sealed.6
    assert_status 203
    assert_one_line_error 'out/file: ' 'Permission denied'
    assert_only out
}

@test "-o takes names as long as the file system does" {
    local name
    name=$(printf 'n%.0s' $(seq 255))
    echo old >"out/$name"
    run_status "$WALSEAL" decrypt -k key -o "out/$name" sealed.6
    assert_status 0
    assert_same "out/$name" plain.6
    assert_only out "$name"
    run_status "$WALSEAL" decrypt -k key -o "out/n$name" sealed.6
    assert_status 203
    assert_one_line_error 'File name too long'
}

@test "--no-clobber never replaces" {
    echo old >out/file
    run_status "$WALSEAL" decrypt -k key --no-clobber -o out/file sealed.6
    assert_status 203
    assert_one_line_error 'out/file: file exists'
    [ "$(cat out/file)" = old ]
    run_status "$WALSEAL" decrypt -k key --no-clobber -o out/free sealed.6
    assert_status 0
    assert_same out/free plain.6
    assert_only out file free
}

@test "--no-clobber keeps a file that appears while writing" {
    mkfifo pipe
    keeps() {
        "$WALSEAL" "$1" -q -k key --no-clobber -o out/file pipe 2>stderr &
        local pid=$! status=0
        exec 7>pipe
        head -c 3 "$3" >&7
        sleep 0.1
        echo new >out/file
        tail -c +4 "$3" >&7
        exec 7>&-
        wait "$pid" || status=$?
        [ "$status" -eq $(($4 + 3)) ]
        grep -q 'out/file: file exists' stderr
        [ "$(cat out/file)" = new ]
        assert_only out file
        rm out/file
    }
    both keeps
}

@test "of several processes at the same FILE one wins whole" {
    local round i
    for round in 1 2 3 4 5; do
        local pids=()
        for i in 1 2 3 4; do
            "$WALSEAL" decrypt -k key -o out/file sealed.3000000 &
            pids+=($!)
        done
        for i in "${pids[@]}"; do
            wait "$i"
        done
        assert_same out/file plain.3000000
        assert_only out file
        [ $((round % 2)) -eq 0 ] || rm out/file
    done
}

@test "a limit of the file size fails and leaves nothing" {
    run_status bash -c 'ulimit -f 100 && "$@"' bash "$WALSEAL" encrypt -k key -o out/file plain.3000000
    assert_status 103
    assert_one_line_error 'out/file: ' 'File too large'
    run_status bash -c 'ulimit -f 100 && "$@"' bash "$WALSEAL" decrypt -k key -o out/file sealed.3000000
    assert_status 203
    assert_only out
    into '>part' bash -c 'ulimit -f 100 && "$@"' bash "$WALSEAL" decrypt -k key sealed.3000000
    assert_status 203
    assert_one_line_error 'standard output: ' 'File too large'
    assert_prefix part plain.3000000
}

@test "a full disk fails and leaves nothing" {
    local alone=(unshare --mount)
    [ "$(id -u)" -eq 0 ] || alone=(unshare --user --map-root-user --mount)
    if ! "${alone[@]}" mount -t tmpfs tmpfs out 2>/dev/null; then
        echo "# skipped: may not mount a file system" >&3
        return
    fi
    on_full() {
        run_status "${alone[@]}" sh -c 'mount -t tmpfs -o size=100k tmpfs out || exit 99
            "$@"; status=$?; [ -z "$(ls -A out)" ] || exit 98; exit $status' \
            sh "$WALSEAL" "$1" -k key -o out/file "$3"
        assert_status $(($4 + 3))
        assert_one_line_error 'out/file: ' 'No space left on device'
    }
    on_full encrypt 3000000 plain.3000000 100
    on_full decrypt 3000000 sealed.3000000 200
}

# at_random_moments SIGNAL TRIES COMMAND...: sends SIGNAL to COMMAND, which makes out/file, after 0
# to 15 ms, with the default dispositions of signals. Prints how each try ended. Dies unless
# out/file is then absent or old, as it was before, or plain.3000000; whole where COMMAND succeeded;
# and unless nothing is beside it (except after KILL).
at_random_moments() {
    perl -e '
        use Time::HiRes "usleep";
        my ($signal, $tries, @command) = @ARGV;
        sub content {
            open(my $fh, "<:raw", $_[0]) or return undef;
            local $/; my $all = <$fh>; return $all // "";
        }
        my $whole = content("plain.3000000");
        $SIG{$_} = "DEFAULT" for qw(HUP INT QUIT TERM);
        srand(1);
        for my $try (1 .. $tries) {
            my $old = $try % 2 ? "old\n" : undef;
            unlink "out/file";
            if (defined $old) { open(my $fh, ">", "out/file"); print $fh $old; close $fh; }
            my $pid = fork() // die "fork: $!\n";
            if ($pid == 0) { exec @command or die "exec: $!\n"; }
            usleep(rand(15000));
            kill $signal, $pid;
            waitpid($pid, 0) == $pid or die "waitpid: $!\n";
            my $status = $?;
            my $found = content("out/file");
            my $is_whole = defined $found && $found eq $whole;
            my $is_before = defined $old ? defined $found && $found eq $old : !defined $found;
            $is_whole || $is_before or die "try $try: out/file is neither old nor whole\n";
            $is_whole || $status != 0 or die "try $try: success, but out/file is not whole\n";
            opendir(my $dh, "out"); my @beside = grep { !/^(\.|\.\.|file)$/ } readdir $dh;
            $signal eq "KILL" || !@beside or die "try $try: left behind: @beside\n";
            printf "%s\n", $status & 127 ? "signal " . ($status & 127) : "exit " . ($status >> 8);
        }' -- "$@"
}

@test "signals at random moments end the process by that signal and leave nothing" {
    local signal number
    for signal in TERM:15 INT:2 HUP:1; do
        number=${signal#*:}
        at_random_moments "${signal%:*}" 60 "$WALSEAL" decrypt -k key -o out/file sealed.3000000 >ends
        [ "$(grep -vc -e "^signal $number\$" -e '^exit 0$' ends)" -eq 0 ]
        grep -q "^signal $number\$" ends
    done
}

@test "kill -9 at random moments leaves the old file or the new, and the next run cleans up" {
    at_random_moments KILL 200 "$WALSEAL" decrypt -k key -o out/file sealed.3000000 >ends
    grep -q '^signal 9$' ends
    "$WALSEAL" decrypt -k key -o out/file sealed.6
    assert_same out/file plain.6
    assert_only out file
}

@test "a temporary name left by a killed process is reclaimed" {
    local old
    for old in no yes; do
        rm -f out/file
        [ "$old" = no ] || echo old >out/file
        echo half >out/.file.walseal
        run_status "$WALSEAL" decrypt -k key -o out/file sealed.6
        assert_status 0
        assert_silent
        assert_same out/file plain.6
        assert_only out file
    done
}

@test "a signal ends the wait for the reader of a named pipe" {
    mkfifo pipe
    "$WALSEAL" decrypt -k key -o pipe sealed.6 &
    local pid=$! status=0
    sleep 0.2
    kill -TERM "$pid"
    wait "$pid" || status=$?
    [ "$status" -eq 143 ]
}

# Standard output.

@test "standard output to a file, at every size" {
    to_file() {
        "$WALSEAL" "$1" -q -k key <"$3" >out/file
        assert_good_output "$1" "$2" out/file
    }
    both to_file
}

@test "standard output that is full fails" {
    to_full() {
        into '>/dev/full' "$WALSEAL" "$1" -q -k key "$3"
        assert_status $(($4 + 3))
        assert_one_line_error 'standard output: ' 'No space left on device'
    }
    both to_full
}

@test "standard output that is closed or not open for writing fails" {
    to_closed() {
        into '>&-' "$WALSEAL" "$1" -q -k key "$3"
        assert_status $(($4 + 3))
        assert_one_line_error 'standard output: is not open for writing'
        into '1</dev/null' "$WALSEAL" "$1" -q -k key "$3"
        assert_status $(($4 + 3))
        assert_one_line_error 'standard output: is not open for writing'
        into '>&- 2>&-' "$WALSEAL" "$1" -q -k key "$3"
        assert_status $(($4 + 3))
    }
    both to_closed
}

@test "standard input that is closed or not open for reading fails" {
    from_closed() {
        into '<&-' "$WALSEAL" "$1" -q -k key -o out/file
        assert_status $(($4 + 3))
        assert_one_line_error 'standard input: is not open for reading'
        into '0>/dev/null' "$WALSEAL" "$1" -q -k key -o out/file
        assert_status $(($4 + 3))
        assert_only out
    }
    both from_closed
}

@test "-o works with standard output and standard error closed" {
    with_none() {
        into '>&- 2>&- <&-' "$WALSEAL" "$1" -q -k key -o out/file "$3"
        assert_status 0
        assert_good_output "$1" "$2" out/file
    }
    both with_none
}

@test "a reader that went away fails the run, where there was anything to write" {
    to_nobody() {
        run_status perl -e 'pipe(my $r, my $w); close $r; open(STDOUT, ">&", $w); close $w;
            $SIG{PIPE} = "DEFAULT"; exec @ARGV' -- "$WALSEAL" "$1" -q -k key "$3"
        if [ "$1.$2" = decrypt.0 ]; then
            assert_status 0
        else
            assert_status $(($4 + 3))
            assert_one_line_error 'standard output: ' 'Broken pipe'
        fi
    }
    both to_nobody
}

@test "a reader that goes away half way fails the run" {
    goes_away() {
        local statuses
        "$WALSEAL" "$1" -q -k key "$3" 2>stderr | head -c 100000 >/dev/null && statuses=("${PIPESTATUS[@]}")
        [ "${statuses[0]}" -eq $(($4 + 3)) ]
        grep -q 'Broken pipe' stderr
    }
    set +o pipefail
    goes_away encrypt 3000000 plain.3000000 100
    goes_away decrypt 3000000 sealed.3000000 200
}

# through_pipes FLAG STEP PAUSE COMMAND...: COMMAND between two pipes, non-blocking at both of its
# ends where FLAG is 1; standard input is fed, and its output read, in steps of STEP bytes with
# pauses of PAUSE microseconds.
through_pipes() {
    perl -e '
        use Fcntl; use Time::HiRes "usleep";
        my ($flag, $step, $pause, @command) = @ARGV;
        pipe(my $in_r, my $in_w); pipe(my $out_r, my $out_w);
        if ($flag) { fcntl($_, F_SETFL, fcntl($_, F_GETFL, 0) | O_NONBLOCK) for $in_r, $out_w; }
        my $worker = fork();
        if ($worker == 0) {
            open(STDIN, "<&", $in_r); open(STDOUT, ">&", $out_w);
            close $_ for $in_r, $in_w, $out_r, $out_w;
            exec @command;
        }
        my $feeder = fork();
        if ($feeder == 0) {
            close $_ for $in_r, $out_r, $out_w;
            while (sysread(STDIN, my $bytes, $step)) {
                for (my $at = 0; $at < length $bytes;) {
                    $at += syswrite($in_w, $bytes, length($bytes) - $at, $at) // exit 1;
                }
                usleep($pause);
            }
            exit 0;
        }
        close $_ for $in_r, $in_w, $out_w;
        while (sysread($out_r, my $bytes, $step)) {
            syswrite(STDOUT, $bytes) == length $bytes or exit 99;
            usleep($pause);
        }
        waitpid($feeder, 0); $? == 0 or exit 98;
        waitpid($worker, 0); exit($? & 127 ? 97 : $? >> 8);' -- "$@"
}

@test "pipes pass every byte, blocking or not" {
    through() {
        local flag
        for flag in 0 1; do
            through_pipes "$flag" 50000 0 "$WALSEAL" "$1" -q -k key <"$3" >received
            assert_good_output "$1" "$2" received
        done
    }
    both through
}

@test "short reads and writes pass every byte" {
    pattern_file 30000 plain.30000
    "$WALSEAL" encrypt -k key plain.30000 >sealed.30000
    local flag
    for flag in 0 1; do
        through_pipes "$flag" 37 50 "$WALSEAL" encrypt -k key <plain.30000 >received
        assert_good_output encrypt 30000 received
        through_pipes "$flag" 37 50 "$WALSEAL" decrypt -k key <sealed.30000 >received
        assert_good_output decrypt 30000 received
    done
}

@test "a storm of SIGUSR1 disturbs nothing" {
    not_emulated "/proc shows qemu's own handlers: when the program has one can't be known"
    stormy() {
        local flag
        for flag in 0 1; do
            through_pipes "$flag" 20000 500 perl -e '
                my $pid = fork();
                if ($pid == 0) { exec @ARGV }
                close STDIN; close STDOUT;
                my $handled = 0; # before there is a handler the signal would end the process
                until (waitpid($pid, 1) == $pid) {
                    select(undef, undef, undef, 0.0005);
                    open(my $fh, "<", "/proc/$pid/status") or next;
                    $handled ||= grep { /^SigCgt:.*[2367abef]..$/ } <$fh>;
                    kill "USR1", $pid if $handled;
                }
                exit($? & 127 ? 96 : $? >> 8)' "$WALSEAL" "$1" -q -k key \
                <"$3" >received 2>storm
            assert_good_output "$1" "$2" received
        done
        grep -q '/s, ' storm || [ "$2" -lt 3000000 ]
    }
    both stormy
}

@test "a terminal as standard output is refused with a hint at -o" {
    on_terminal() {
        local status=0
        script -qec "'$WALSEAL' $1 -q -k key $3" /dev/null </dev/null >shown 2>&1 || status=$?
        [ "$status" -eq $(($4 + 1)) ]
        grep -q 'standard output: is a terminal.*-o FILE' shown
    }
    both on_terminal
}

@test "a flag of an inherited pipe is the same afterwards" {
    run_status perl -e 'use Fcntl; pipe(my $r, my $w);
        my $pid = fork(); if ($pid == 0) { open(STDOUT, ">&", $w); exec @ARGV }
        close STDIN; waitpid($pid, 0);
        exit(fcntl($w, F_GETFL, 0) & O_NONBLOCK ? 1 : $? >> 8)' \
        -- "$WALSEAL" decrypt -k key sealed.6
    assert_status 0
}
