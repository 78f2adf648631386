#!/usr/bin/env bats
# Surroundings that somebody chose to be as bad as can be.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
load ../helper

setup() {
    helper_setup
    make_key key
}

# Messages.

@test "success stays silent with a directory of a hundred keys" {
    mkdir keys
    for i in $(seq 100); do
        make_key "keys/$i"
    done
    echo text | "$WALSEAL" encrypt -k key -o sealed
    cp key keys/zz
    run_status "$WALSEAL" decrypt -k keys sealed
    assert_status 0
    assert_silent
}

@test "a path as long as may be doesn't hide the reason" {
    local path
    path=$(printf 'd%.0s' $(seq 200))
    path=$path/$path/$path/$path/$path/$path/$path/$path/$path/$path
    mkdir -p "$path"
    run_status "$WALSEAL" encrypt -k key -o "$path" key
    assert_status 103
    assert_one_line_error 'walseal: ddd' 'ddd: is a directory' '...'
    run_status "$WALSEAL" decrypt -k "$path/key" key
    assert_status 202
    assert_one_line_error 'ddd/key: ' 'No such file or directory'
}

# Descriptors and signals.

@test "without /dev/null a closed descriptor fails with the command's own status" {
    unshare -m true 2>/dev/null || skip "no mount namespace can be made"
    head -c 20000 /dev/zero >plain
    "$WALSEAL" encrypt -k key -o sealed plain
    without_null() {
        run_status unshare -m sh -c 'mount -t tmpfs none /dev && exec "$@" <&-' sh "$WALSEAL" "$@"
    }
    without_null decrypt -k key -o out sealed
    assert_status 203
    assert_one_line_error /dev/null
    without_null encrypt -k key -o out plain
    assert_status 103
    assert_one_line_error /dev/null
    without_null decrypt --no-such-option
    assert_status 201
    assert_absent out
}

reads_fifo() {
    find "/proc/$1/fd" -lname '*/fifo' | grep -q .
}

@test "a question for progress while the key is awaited ends nothing" {
    mkfifo fifo
    echo text >plain
    "$WALSEAL" encrypt -k fifo -o sealed plain &
    local pid=$!
    exec 7<>fifo
    wait_until 5 reads_fifo "$pid"
    kill -USR1 "$pid"
    sleep 0.05
    kill -USR1 "$pid"
    cat key >&7
    exec 7>&-
    wait "$pid"
    [ "$("$WALSEAL" decrypt -k key sealed)" = text ]
}

# Commands and the process that watches over them.

# as_ps TEXT: the number of processes whose command line has TEXT in it.
as_ps() {
    pgrep -c -f -- "$1" || true
}

@test "killing the guardian with SIGCHLD ignored at the start commits nothing" {
    run_status perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' -- "$WALSEAL" encrypt -k key \
        --from 'cat key; sleep 0.3; kill -9 $PPID; exec sleep 60' \
        --to 'cat | { cat >part; mv part whole; }'
    [ "$status" -eq 103 ] || [ "$status" -eq 137 ] || flunk "status $status"
    sleep 0.2
    assert_absent whole
}

@test "who kills walseal by its command line leaves the guardian to do its work" {
    not_emulated "the command line that others see is qemu's, and can't be changed from inside"
    local mark=$T/secret-mark
    echo text >plain
    "$WALSEAL" encrypt -k key --from "cat plain; touch started; exec sleep 60" \
        --to "cat | { cat >part; mv part whole; }; : $mark" &
    wait_until 5 test -e started
    # a command's process has walseal's command line until it executes the shell
    wait_until 5 eval '[ "$(as_ps "^$WALSEAL encrypt -k key")" -eq 1 ]'
    pkill -9 -f "walseal encrypt -k key --from cat plain; touch started"
    wait "$!" || true
    wait_until 5 eval '! pgrep -f -- "$mark"'
    assert_absent whole
}

@test "what a successful command left running is left alone" {
    run_status "$WALSEAL" encrypt -k key --to 'cat >part; (sleep 0.3; mv part whole) &' key
    assert_status 0
    assert_silent
    wait_until 5 test -e whole
    assert_same key <("$WALSEAL" decrypt -k key whole)
}

@test "a command that failed isn't waited for through what it left" {
    random_file 3000000 plain
    local start=$SECONDS
    run_status "$WALSEAL" encrypt -k key --to 'exec 3<&0; sleep 20 <&3 & exit 1' plain
    assert_status 103
    assert_one_line_error 'exited with status 1'
    run_status "$WALSEAL" decrypt -k key -o out --from 'sleep 20 & exit 3'
    assert_status 203
    assert_one_line_error 'exited with status 3'
    [ $((SECONDS - start)) -lt 10 ]
}

# Names.

@test "a directory that was moved away meanwhile is a failure, with nothing left in it" {
    mkdir old linked
    ln -s linked link
    local dir
    for dir in old link; do
        run_status "$WALSEAL" encrypt -k key -o "$dir/file" \
            --from "mv $dir moved && mkdir $dir; cat key"
        assert_status 103
        assert_one_line_error "$dir/file: "
        assert_only "$dir"
        assert_only moved/
        rm -r moved
    done
    assert_only linked
}

@test "an old file in a directory that was moved away is kept" {
    mkdir dir
    echo old >dir/file
    "$WALSEAL" encrypt -k key -o sealed key
    run_status "$WALSEAL" decrypt -k key -o dir/file --from "mv dir moved; cat sealed"
    assert_status 203
    assert_one_line_error 'dir/file: '
    assert_only moved file
    [ "$(cat moved/file)" = old ]
}

@test "a link that leads elsewhere meanwhile is a failure" {
    ln -s one link
    run_status "$WALSEAL" encrypt -k key -o link --from 'ln -sf two link; cat key'
    assert_status 103
    assert_one_line_error 'link: '
    assert_absent one two
}

@test "-o through a descriptor refuses a file, which it would replace behind the back of its holder" {
    echo other >'gone (deleted)'
    exec 5>gone
    rm gone
    run_status "$WALSEAL" encrypt -k key -o /dev/fd/5 key
    assert_status 103
    assert_one_line_error '/dev/fd/5: '
    [ "$(cat 'gone (deleted)')" = other ]
    echo there >there
    exec 5>>there
    ln -s /dev/fd/5 link
    local path
    for path in /dev/fd/5 /proc/self/fd/5 link; do
        run_status "$WALSEAL" encrypt -k key -o "$path" key
        assert_status 103
        assert_one_line_error "$path: "
    done
    exec 5>&-
    [ "$(cat there)" = there ]
    # a pipe is written to as it is
    "$WALSEAL" encrypt -k key -o /dev/stdout key | "$WALSEAL" decrypt -k key | cmp - key
}

# Where a long has 32 bits, a program has to ask for them.
@test "a file of more than 4 GiB is read from its end, refused for what it holds, and added to" {
    truncate -s 5G huge
    cat key >>huge
    local size
    size=$(wc -c <key)
    run_status perl -e 'sysseek(STDIN, -shift, 2) or die "$!\n"; exec @ARGV' -- "$size" \
        "$WALSEAL" encrypt -k key <huge
    assert_status 0
    "$WALSEAL" decrypt -k key "$T/stdout" | cmp - key
    run_status "$WALSEAL" decrypt -k key huge
    assert_status 204
    assert_stderr_lacks 'too large'
    run_status sh -c '"$@" >>huge' sh "$WALSEAL" encrypt -k key key
    assert_status 0
    tail -c $((size + 24 + 17)) huge | "$WALSEAL" decrypt -k key | cmp - key
}
