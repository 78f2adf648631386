#!/usr/bin/env bats
# New keys for what old keys open: one pass, whole only if the old stream was.
# shellcheck disable=SC2154,SC2016,SC2094  # status and stderr are helper.bash's; sh -c has its own $0
load ../helper
load openpgp

setup() {
    helper_setup
    make_key key
    make_key new
    random_file 3000000 plain
    "$WALSEAL" encrypt -q -k key -o sealed plain
}

# rekey STATUS ARGUMENT...: with nobody to ask for a passphrase.
rekey() {
    local expected=$1
    shift
    run_status setsid -w "$WALSEAL" rekey "$@"
    assert_status "$expected"
}

# refused STATUS ARGUMENT... -- TEXT...: with one line, and neither output nor file.
refused() {
    local expected=$1 arguments=()
    shift
    while [ "$1" != -- ]; do
        arguments+=("$1")
        shift
    done
    shift
    rekey "$expected" "${arguments[@]}" || return 1
    assert_no_output && assert_one_line_error "$@" && assert_absent out .out.walseal
}

# holds FILE OPTION...: what decrypt with these options makes of it is plain.
holds() {
    local file=$1
    shift
    "$WALSEAL" decrypt -q "$@" "$file" | cmp - plain
}

# not_whole FILE: the new key doesn't open it to an end, however much of it there is.
not_whole() {
    run_status "$WALSEAL" verify -k new "$1"
    [ "$status" -eq 206 ] || [ "$status" -eq 205 ] || [ "$status" -eq 204 ] || flunk "whole: $1"
}

@test "sodium to sodium: the new key alone opens it" {
    rekey 0 -k key -n new -o out sealed
    assert_silent
    assert_no_output
    holds out -k new
    run_status "$WALSEAL" decrypt -k key out
    assert_status 204
    cmp -s sealed out && flunk "nothing was encrypted anew"
    assert_only . home key new plain sealed out stdout stderr
}

@test "from one method to the other, and back" {
    rekey 0 -k key -n "$WALG/rsa.pub.asc" -n "$WALG/cv25519.pub.asc" -o pgp sealed
    assert_silent
    holds pgp -k "$WALG/rsa.sec.asc"
    holds pgp -k "$WALG/cv25519.sec.asc"
    rekey 0 -k "$WALG/cv25519.sec.asc" -n "$WALG/rsa.pub.asc" -o pgp2 pgp
    assert_silent
    holds pgp2 -k "$WALG/rsa.sec.asc"
    rekey 0 -k key -k "$WALG/rsa.sec.asc" -n new -o back pgp2
    assert_silent
    holds back -k new
}

@test "every length around a chunk, with any number of threads" {
    for length in 0 1 8191 8192 8193 524287 524288 524289 1048576; do
        random_file "$length" plain
        "$WALSEAL" encrypt -q -k key -o sealed plain
        for threads in 1 2 3 8; do
            rekey 0 -k key -n new -T "$threads" -o out sealed && holds out -k new || return 1
            rekey 0 -k key -n "$WALG/cv25519.pub.asc" -T "$threads" -o out sealed &&
                holds out -k "$WALG/cv25519.sec.asc" || return 1
        done
    done
}

@test "standard input to standard output" {
    run_status "$WALSEAL" rekey -k key -n new <sealed
    assert_status 0
    assert_silent
    holds stdout -k new
}

@test "--from and --to" {
    rekey 0 -k key -n new --from 'cat sealed' --to 'cat >out'
    assert_silent
    holds out -k new
}

@test "an old stream that was cut or damaged never becomes a whole one" {
    size=$(stat -c %s sealed)
    # between two chunks, the hardest to see; within one; in the last; without it
    for cut in $((24 + 300 * 8209)) $((size / 2)) $((size - 5)) 24 30 0; do
        head -c "$cut" sealed >short
        for threads in 1 4; do
            rekey 206 -k key -n new -T "$threads" short || rekey 204 -k key -n new short ||
                rekey 205 -k key -n new short || return 1
            cp stdout stored
            not_whole stored || return 1
            run_status "$WALSEAL" rekey -k key -n new -T "$threads" -o out short
            assert_absent out || return 1
        done
    done
    cp sealed damaged
    flip_bit damaged $((size - 1000))
    rekey 205 -k key -n new damaged
    assert_one_line_error "damaged: damaged"
    not_whole stdout
}

@test "an OpenPGP stream whose end was changed never becomes a whole one" {
    "$WALSEAL" encrypt -q -k "$WALG/rsa.pub.asc" -o pgp plain
    flip_bit pgp $(($(stat -c %s pgp) - 1))
    refused 205 -k "$WALG/rsa.sec.asc" -n new -o out pgp -- "pgp: damaged"
    rekey 205 -k "$WALG/rsa.sec.asc" -n new pgp
    not_whole stdout
}

@test "a fetch that fails is told as such, and the command behind is killed" {
    refused 203 -k key -n new --from 'cat sealed; exit 7' -o out -- 'command "cat sealed; exit 7"' 'status 7'
    rekey 203 -k key -n new --from 'cat sealed; exit 7' --to 'cat >part; mv part out'
    assert_one_line_error 'status 7'
    assert_absent out
}

@test "a sink that fails is told as such" {
    rekey 203 -k key -n new --to 'head -c 10 >/dev/null; exit 9' sealed
    assert_one_line_error 'command "head' 'stopped reading' 'status 9'
    run_status sh -c '"$1" rekey -k key -n new sealed >/dev/full' - "$WALSEAL"
    assert_status 203
    assert_one_line_error 'standard output: cannot be written'
}

@test "the first cause is told: the source's, then the codec's, then the sink's" {
    rekey 203 -k key -n new --from 'head -c 100000 sealed; exit 5' --to 'cat >/dev/null; exit 6'
    assert_one_line_error 'status 5'
    head -c 100000 sealed >short
    rekey 205 -k key -n new --to 'cat >/dev/null; exit 6' short
    assert_one_line_error 'short: damaged'
}

@test "there is nothing here: 1" {
    refused 1 -k key -n new -o out absent -- 'absent: no such file'
    refused 1 -k key -n new --from 'exit 4' --missing 3,4,empty -o out -- 'status 4, which --missing names'
    refused 1 -k key -n new --from true --missing empty -o out -- 'wrote nothing'
    refused 206 -k key -n new --from true -o out -- 'see --missing'
}

@test "no key that fits, no stream that is known" {
    make_key other
    refused 204 -k other -n new -o out sealed -- 'sealed: no key given opens it'
    printf 'PK\003\004 this is an archive of zip, and long enough' >zip
    refused 207 -k "$WALG/rsa.sec.asc" -n new -o out zip -- 'zip: is'
}

@test "keys: old ones from a directory or the environment, new ones from -n alone" {
    mkdir keys
    cp key keys/a
    make_key keys/b
    rekey 0 -k keys -n new -o out sealed
    assert_silent
    holds out -k new
    run_status env WALG_LIBSODIUM_KEY_PATH="$PWD/key" WALG_LIBSODIUM_KEY_TRANSFORM=hex \
        "$WALSEAL" rekey -n new -o out sealed
    assert_status 0
    assert_silent
    holds out -k new
    # what is written doesn't choose what is read
    run_status env WALG_LIBSODIUM_KEY_PATH="$PWD/key" WALG_LIBSODIUM_KEY_TRANSFORM=hex \
        "$WALSEAL" rekey -m openpgp -n "$WALG/rsa.pub.asc" -o out sealed
    assert_status 0
    assert_silent
    holds out -k "$WALG/rsa.sec.asc"
    run_status env WALG_LIBSODIUM_KEY_PATH="$PWD/new" WALG_LIBSODIUM_KEY_TRANSFORM=hex \
        "$WALSEAL" rekey -k key -o out sealed
    assert_status 201
    assert_one_line_error 'rekey needs a new key' '-n'
    rm out
    refused 202 -n new -o out sealed -- 'no key is given'
    refused 201 -k key -n new -n key -o out sealed -- \
        "2 different sodium keys are given to encrypt with: there can be one; older ones go to encrypt's --compare-key, or rekey's -k"
    refused 202 -k key -n keys -o out sealed -- "keys: is a directory, which only decrypting takes: name a key's file"
}

@test "the transforms of old and new keys are apart" {
    make_key text none
    make_key base base64
    rekey 0 -k key -n text --new-key-transform none -o a sealed
    holds a -k text -t none
    rekey 0 -k text -t none -n base --new-key-transform base64 -o b a
    holds b -k base -t base64
    rekey 0 -k base -n key -o c b
    assert_silent
    holds c -k key -t hex
    refused 202 -k key -n base -o out sealed -- 'base'
    refused 201 -k key -n base --new-key-transform auto -o out sealed -- '--new-key-transform: auto is for decrypting'
    refused 204 -k base -t none -n key -o out b -- 'b:'
}

@test "-p opens the old keys, and is never asked of the new ones" {
    rekey 0 -k key -n "$WALG/p256pass.pub.asc" -o pgp sealed
    rekey 0 -k "$WALG/p256pass.sec.asc" -p "$WALG/p256pass.pass" -n new -o out pgp
    assert_silent
    holds out -k new
    run_status env WALG_PGP_KEY_PASSPHRASE="$(cat "$WALG/p256pass.pass")" \
        "$WALSEAL" rekey -k "$WALG/p256pass.sec.asc" -n new -o out pgp
    assert_status 0
    rm out
    refused 202 -k "$WALG/p256pass.sec.asc" -n new -o out pgp -- 'no terminal to ask on'
}

@test "several -p: old keys, each under its own passphrase" {
    rekey 0 -k key -n "$WALG/p256pass.pub.asc" -o p256 sealed
    rekey 0 -k key -n "$WALG/rsapass.pub.asc" -o rsa sealed
    local old
    for old in p256 rsa; do
        rekey 0 -k "$WALG/p256pass.sec.asc" -k "$WALG/rsapass.sec.asc" -p "$WALG/p256pass.pass" \
            -p "$WALG/rsapass.pass" -n new -o new.$old $old
        assert_silent
        holds new.$old -k new
    done
    echo wrong >wrong
    refused 202 -k "$WALG/p256pass.sec.asc" -p wrong -p "$WALG/rsapass.pass" -n new -o out p256 -- \
        'key 55322DA259088C89: none of the 2 passphrases unlocks it'
}

@test "-m chooses where both kinds of new key are given" {
    refused 201 -k key -n new -n "$WALG/rsa.pub.asc" -o out sealed -- 'choose with -m sodium or -m openpgp'
    rekey 0 -k key -n new -n "$WALG/rsa.pub.asc" -m sodium -o out sealed
    holds out -k new
    rekey 0 -k key -n new -n "$WALG/rsa.pub.asc" -m openpgp -o out sealed
    holds out -k "$WALG/rsa.sec.asc"
    rm out
    refused 201 -k key -n new -m openpgp -o out sealed -- '-m openpgp, but new is no OpenPGP key'
    make_key third
    refused 201 -k key -n new -n third -o out sealed -- '2 different sodium keys are given'
}

@test "--hide-recipients, --allow-expired and --profile are of the new keys" {
    rekey 0 -k key -n "$WALG/rsa.pub.asc" --hide-recipients --profile rfc4880 -o out sealed
    holds out -k "$WALG/rsa.sec.asc"
    gpg --version >/dev/null && gpg --batch --list-packets --list-only out 2>/dev/null | grep -q 'keyid 0000000000000000'
    rm out
    refused 201 -k "$WALG/rsa.sec.asc" -n new --hide-recipients -o out sealed -- '--hide-recipients is for OpenPGP keys'
    refused 201 -k key -n "$WALG/rsa.pub.asc" --profile rfc1991 -o out sealed -- '--profile'
}

@test "--no-clobber, and outputs that are inputs or keys" {
    echo taken >out
    run_status "$WALSEAL" rekey -k key -n new --no-clobber -o out sealed
    assert_status 203
    assert_one_line_error 'out: file exists'
    [ "$(cat out)" = taken ]
    rekey 0 -k key -n new -o out sealed
    holds out -k new
    for file in sealed key new; do
        cp "$file" before
        rekey 201 -k key -n new -o "$file" sealed || return 1
        assert_one_line_error "$file: is" && assert_same before "$file" || return 1
    done
    run_status "$WALSEAL" rekey -k key -n /dev/stdin -o out <new
    assert_status 201
    assert_one_line_error 'standard input was read for a key'
}

@test "what is not an option of rekey" {
    for option in --standby --verify-first --json '--against plain' '--compare-key key'; do
        # shellcheck disable=SC2086  # words
        refused 201 -k key -n new $option -o out sealed -- 'is no option of rekey' || return 1
    done
    refused 201 -k key -n new -o out sealed plain -- 'a second INPUT'
}

@test "-v says which keys, bytes and threads, and no key" {
    rekey 0 -v -k key -n new -T 1 -o out sealed
    assert_stderr_has "key key, fingerprint"
    assert_stderr_has "opens it"
    assert_stderr_has "encrypting with the hex key new, fingerprint"
    assert_stderr_has "rekeyed $(stat -c %s sealed) bytes from sealed to $(stat -c %s out) bytes in out"
    assert_stderr_has "at most 2 threads"
    assert_stderr_lacks "$(cat key)"
    assert_stderr_lacks "$(cat new)"
}

@test "--progress and --size" {
    run_status "$WALSEAL" rekey --progress=always --size 3010000 -k key -n new -o out <sealed
    assert_status 0
    assert_stderr_has 'walseal: 2.9 MiB'
    holds out -k new
}

@test "signals end both halves, wherever they wait, and leave nothing" {
    for signal in TERM INT HUP; do
        for threads in 1 4; do
            for from in 'head -c 20 sealed' 'head -c 2000000 sealed'; do
                rm -f started
                status=0
                perl -MTime::HiRes=sleep -e '
                    my ($signal, @command) = @ARGV;
                    my $pid = fork // die;
                    if ($pid == 0) { $SIG{$_} = "DEFAULT" for qw(HUP INT TERM); exec @command }
                    for (1 .. 1000) { last if -e "started"; sleep 0.01 }
                    sleep 0.05;
                    kill $signal, $pid;
                    waitpid $pid, 0;
                    exit(128 + ($? & 127))' "$signal" \
                    "$WALSEAL" rekey -k key -n new -T "$threads" -o out \
                    --from "$from; touch started; exec sleep 60" 2>"$T/said" || status=$?
                [ "$status" -eq $((128 + $(kill -l "$signal"))) ] || flunk "$signal: $status" || return 1
                [ ! -s "$T/said" ] && assert_absent out .out.walseal || return 1
            done
        done
    done
}

@test "a signal ends a run whose reader takes nothing" {
    mkfifo pipe
    random_file 20000000 plain
    "$WALSEAL" encrypt -q -k key -o sealed plain
    exec 7<>pipe
    "$WALSEAL" rekey -k key -n new sealed >pipe 2>said &
    pid=$!
    sleep 0.3
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    exec 7>&-
    [ "$status" -eq 143 ]
    [ ! -s said ]
}

@test "the plaintext is in no pipe: only the two streams are read and written" {
    command -v strace >/dev/null || skip "no strace here"
    head -c 3000000 /dev/zero | tr '\0' 'Q' >plain
    "$WALSEAL" encrypt -q -k key -o sealed plain
    strace -f -e trace=write,writev,sendto,sendmsg,pwrite64 -e abbrev=none -s 64 -o trace \
        "$WALSEAL" rekey -k key -n new -o out sealed 2>/dev/null || skip "strace isn't allowed here"
    grep -q write trace
    holds out -k new
    run ! grep -q 'QQQQQQQQ' trace
}
