#!/usr/bin/env bats
# The command line: what is accepted, and what each wrong word is answered with.
# shellcheck disable=SC2154  # status and stderr are helper.bash's
load ../helper

setup() {
    helper_setup
    openssl rand -hex 32 >key
    printf hello >plain
    "$WALSEAL" encrypt -k key plain >sealed
}

# refused STATUS TEXT COMMAND...: a usage error of one line that holds TEXT, and nothing is written
refused() {
    local expected=$1 text=$2
    shift 2
    run_status "$@" </dev/null
    assert_status "$expected" && assert_one_line_error "$text" && assert_no_output
}

@test "options and operands come in any order, whatever POSIXLY_CORRECT says" {
    run_status "$WALSEAL" decrypt sealed -k key
    assert_status 0
    POSIXLY_CORRECT=1 run_status "$WALSEAL" decrypt sealed -k key -o out
    assert_status 0
    assert_same out plain
}

@test "-- ends the options, so that a file may be called -k" {
    cp sealed ./-k
    run_status "$WALSEAL" decrypt -k key -- -k
    assert_status 0
    assert_same stdout plain
}

@test "- is standard input and standard output" {
    run_status "$WALSEAL" decrypt -k key -o - - <sealed
    assert_status 0
    assert_same stdout plain
}

@test "success is silent" {
    run_status "$WALSEAL" decrypt -k key sealed
    assert_silent
}

@test "long options have the meaning of the short ones" {
    run_status "$WALSEAL" encrypt --key-file key --method sodium --key-transform hex --threads 2 --output=made --quiet plain
    assert_status 0
    run_status "$WALSEAL" decrypt --key-file=key made
    assert_same stdout plain
}

@test "no command, or one that isn't there, is never taken for the end of an archive" {
    refused 201 "no command" "$WALSEAL"
    refused 201 "is no command" "$WALSEAL" prove
    refused 201 "is no command" "$WALSEAL" ""
    refused 201 "is no command" "$WALSEAL" Decrypt -k key
    refused 201 "-k: stands before the command: as in walseal decrypt -k" "$WALSEAL" -k key decrypt in
    refused 101 "-k: stands before the command: as in walseal encrypt -k" "$WALSEAL" -k key encrypt in
}

@test "the class of the status is the command's" {
    refused 101 "--foo is no option" "$WALSEAL" encrypt --foo
    refused 201 "--foo is no option" "$WALSEAL" decrypt --foo
    refused 201 "-z is no option" "$WALSEAL" decrypt -z
}

@test "an abbreviated option is refused with its full name" {
    refused 101 "did you mean --output" "$WALSEAL" encrypt -k key --out x plain
    refused 201 "did you mean --standby" "$WALSEAL" decrypt -k key --stand sealed
}

@test "an option of the other command is told to be that" {
    refused 101 "is no option of encrypt: see walseal encrypt --help" "$WALSEAL" encrypt -k key --missing empty plain
    refused 101 "is no option of encrypt: see walseal encrypt --help" "$WALSEAL" encrypt -k key --standby plain
    refused 201 "is no option of decrypt: see walseal decrypt --help" "$WALSEAL" decrypt -k key -m sodium sealed
    refused 201 "is no option of decrypt: see walseal decrypt --help" "$WALSEAL" decrypt -k key --compare-key key sealed
}

@test "arguments that are missing, empty or too many" {
    refused 101 "needs an argument" "$WALSEAL" encrypt -k
    refused 101 "--from needs an argument" "$WALSEAL" encrypt --from
    refused 101 "is empty" "$WALSEAL" encrypt -k "" plain
    refused 101 "is empty" "$WALSEAL" encrypt -k key -o "" plain
    refused 101 "is empty" "$WALSEAL" encrypt -k key --to "" plain
    refused 101 "takes no argument" "$WALSEAL" encrypt -k key --no-clobber=yes -o x plain
    refused 101 "empty name" "$WALSEAL" encrypt -k key ""
    refused 101 "second INPUT" "$WALSEAL" encrypt -k key plain plain
}

@test "an option that is said twice is refused, but for those that may repeat" {
    refused 101 "given twice" "$WALSEAL" encrypt -k key -o a -o b plain
    refused 201 "given twice" "$WALSEAL" decrypt -k key -t hex -t hex sealed
    run_status "$WALSEAL" decrypt -k key -k key -v -v sealed
    assert_status 0
}

@test "contradictions are refused" {
    refused 101 "contradict" "$WALSEAL" encrypt -k key -q -v plain
    refused 101 "one source" "$WALSEAL" encrypt -k key --from "cat plain" plain
    refused 101 "one sink" "$WALSEAL" encrypt -k key -o x --to cat plain
    refused 101 "needs -o" "$WALSEAL" encrypt -k key --no-clobber plain
    refused 101 "needs --no-clobber" "$WALSEAL" encrypt -k key --compare-key key -o x plain
    make_key other
    refused 101 "to encrypt with: there can be one" "$WALSEAL" encrypt -k key -k other plain
    [ ! -e x ]
}

@test "--missing is judged with what it speaks of" {
    refused 201 "not of an INPUT" "$WALSEAL" decrypt -k key --missing empty sealed
    refused 201 "needs --from" "$WALSEAL" decrypt -k key --missing 3
    for list in 0 126 -1 3x "," "3," "3,,4" ",3" nothing 99999999999999999999; do
        run_status "$WALSEAL" decrypt -k key --missing "$list" --from "exit 3" </dev/null
        assert_status 201
        assert_one_line_error "--missing"
    done
    run_status "$WALSEAL" decrypt -k key --missing 1,125,empty --from "exit 125"
    assert_status 1
}

@test "transforms, methods, threads, sizes and progress take what they list" {
    refused 101 "no key transform" "$WALSEAL" encrypt -k key -t rot13 plain
    refused 101 "auto is for decrypting" "$WALSEAL" encrypt -k key -t auto plain
    refused 101 "-m openpgp, but key is no OpenPGP key" "$WALSEAL" encrypt -k key -m openpgp plain
    refused 101 "is no method" "$WALSEAL" encrypt -k key -m rot13 plain
    for number in 0 65 -1 1x "" " 1" 99999999999999999999; do
        run_status "$WALSEAL" encrypt -k key -T "$number" plain
        assert_status 101
    done
    for number in 0 -1 1k 9223372036854775808; do
        refused 101 "--size" "$WALSEAL" encrypt -k key --size "$number" plain
    done
    refused 101 "--progress" "$WALSEAL" encrypt -k key --progress=often plain
    run_status "$WALSEAL" encrypt -k key -T 64 --size 9223372036854775807 --progress=never plain
    assert_status 0
    assert_silent
}

@test "--help says how each command is used, and wins over what is wrong behind it" {
    for words in --help "encrypt --help" "decrypt -h" "encrypt -h --foo" "encrypt --foo --help"; do
        # shellcheck disable=SC2086
        run_status "$WALSEAL" $words
        assert_status 0
        assert_silent
        grep -q "^usage: walseal" stdout
    done
}

@test "encrypt --help warns of pipelines inside a command" {
    "$WALSEAL" encrypt --help >help
    grep -qF "bash -o pipefail -c" help
    grep -qF "give b to --filter" help
}

@test "help fits a terminal of 80 columns" {
    for word in '' encrypt decrypt verify rekey inspect keygen check; do
        "$WALSEAL" ${word:+"$word"} --help >help
        run_status awk 'length > 80 { print; found = 1 } END { exit found }' help
        assert_status 0
    done
}

@test "-q silences the progress that nobody asked for, not the one that was" {
    run_status "$WALSEAL" encrypt -q -k key plain
    assert_silent
    run_status "$WALSEAL" encrypt -q --progress=always -k key plain
    assert_stderr_has "walseal: 5 B"
}

@test "letters may be joined, the last one with its argument" {
    run_status "$WALSEAL" decrypt -qkkey sealed
    assert_status 0
    assert_same stdout plain
    refused 201 "-z is no option" "$WALSEAL" decrypt -qz -k key sealed
    run_status "$WALSEAL" decrypt --no-clobber -qkkey -oout sealed
    assert_status 0
    assert_same out plain
    refused 201 "-z is no option" "$WALSEAL" decrypt --no-clobber -qz -k key sealed
}

@test "--version names the libraries" {
    run_status "$WALSEAL" --version
    for library in libsodium OpenSSL libgcrypt zlib bzip2; do
        grep -q "^$library [0-9]" stdout || flunk "$library isn't named"
    done
    assert_status 0
    grep -qx 'walseal [0-9.]*' stdout
    grep -q '^libsodium 1' stdout
    grep -q '^OpenSSL 3' stdout
}

@test "help that nobody can read is a failure" {
    status=0
    "$WALSEAL" --help >/dev/full 2>stderr || status=$?
    [ "$status" -eq 103 ]
    grep -q "standard output" stderr
    status=0
    "$WALSEAL" --version >&- 2>stderr || status=$?
    [ "$status" -eq 103 ]
}

@test "a name with a newline or an escape makes neither a second line nor a colour" {
    run_status "$WALSEAL" decrypt -k key "$(printf 'a\nwalseal: all is well\033[31m')"
    assert_status 1
    assert_one_line_error '\x0a' '\x1b'
}

@test "-v says what was chosen, -q silences warnings" {
    run_status "$WALSEAL" decrypt -v -k key sealed
    assert_status 0
    assert_stderr_has "fingerprint"
    assert_stderr_has "threads"
    : >nothing
    run_status "$WALSEAL" encrypt -k key nothing
    assert_stderr_has "warning"
    run_status "$WALSEAL" encrypt -q -k key nothing
    assert_silent
}

@test "SIGUSR1 asks for a line of progress at any time" {
    not_emulated "/proc shows qemu's own handlers: when the program has one can't be known"
    mkfifo pipe
    "$WALSEAL" decrypt -k key --size 46 -o out <pipe 2>stderr &
    pid=$!
    exec 7>pipe
    head -c 20 sealed >&7
    for _ in $(seq 100); do
        grep -q SigCgt "/proc/$pid/status" && kill -USR1 "$pid" 2>/dev/null
        sleep 0.05
        if [ -s stderr ]; then break; fi
    done
    tail -c +21 sealed >&7
    exec 7>&-
    wait "$pid"
    grep -q '^walseal: .* B/s' stderr
    assert_same out plain
}

@test "--progress=always ends with a line of bytes, rate, time and percentage" {
    run_status "$WALSEAL" encrypt -k key --progress=always -o made plain
    assert_status 0
    assert_stderr_has "walseal: 5 B"
    assert_stderr_has "/s"
}
