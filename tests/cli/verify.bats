#!/usr/bin/env bats
# Proving that objects can be restored, without writing anything.
# shellcheck disable=SC2154,SC2016,SC2094  # what is read and written differ; status and stderr are helper.bash's; sh -c has its own $0
load ../helper
load openpgp
load json

setup() {
    helper_setup
    make_key key
    random_file 200000 plain
    mkdir archive
}

# seal NAME [FILE]: FILE, or else plain, encrypted.
seal() {
    "$WALSEAL" encrypt -q -k key -o "$1" "${2-plain}"
}

# damaged NAME, cut NAME, other NAME: objects that don't open.
damaged() {
    seal "$1"
    flip_bit "$1" 150000
}

cut_short() {
    seal "$1"
    truncate -s $((24 + 3 * 8209)) "$1"
}

under_another_key() {
    make_key another
    "$WALSEAL" encrypt -q -k another -o "$1" plain
}

# segment NAME [SYSTEM_ID]: a WAL segment of 1 MiB.
segment() {
    perl -e '
        my ($log, $number) = map { hex } $ARGV[0] =~ /^.{8}(.{8})(.{8})$/;
        print pack("v2 V Q< V2 Q< V2", 0xD110, 2, 1, ($log << 32) + $number * 1048576, 0, 0,
            $ARGV[1], 1048576, 8192), "x" x (1048576 - 40)' "$1" "${2-77}"
}

# verify STATUS ARGUMENT...
verify() {
    local expected=$1
    shift
    run_status setsid -w "$WALSEAL" verify "$@"
    assert_status "$expected"
}

# said LINE...: these, and no other, are on standard error.
said() {
    [ "$stderr" = "$(printf 'walseal: %s\n' "$@")" ] || flunk "not said: $*"
}

@test "one object: nothing to say, nothing written" {
    seal object
    verify 0 -k key object
    assert_silent
    assert_no_output
    assert_only . archive home key object plain stderr stdout
    verify 0 -k key <object
    verify 0 -k key - <object
    verify 0 -k key --from 'cat object'
    assert_silent
    assert_no_output
}

@test "one object that fails ends as decrypting it does, word for word" {
    damaged damaged && cut_short short && under_another_key locked && : >empty
    random_file 17 of-wal-g && cp plain other
    local object expected
    for object in damaged short locked empty of-wal-g other absent key; do
        run_status "$WALSEAL" decrypt -k key -o /dev/null $object
        expected=$status
        cp stderr said
        verify "$expected" -k key $object
        assert_no_output && assert_same stderr said || flunk $object
    done
}

@test "the source's failures are decrypt's" {
    seal object
    verify 1 -k key --from 'exit 3' --missing 3,empty
    verify 1 -k key --from true --missing 3,empty
    verify 203 -k key --from 'exit 4' --missing 3
    verify 203 -k key --from 'cat object; exit 3' --missing 3
    verify 206 -k key --from true
    verify 1 -k key absent
    verify 203 -k key nowhere/absent
    verify 201 -k key --missing empty object
    verify 202 -k nokey object
    verify 201 -k key object --from 'cat object'
}

@test "no line of a directory is lost: what fails, a summary, and the worst status" {
    local threads
    seal archive/a && seal archive/e && seal archive/z
    damaged archive/b && cut_short archive/c && under_another_key archive/d && : >archive/f
    for threads in 1 2 3 8; do
        verify 205 -k key -T $threads archive
        assert_no_output
        said 'archive/b: damaged: chunk 18, which begins at byte 147786, fails its authentication' \
            'archive/c: truncated: ends after 3 chunks, at byte 24651, without its end mark' \
            'archive/d: no key given opens it: wrong key, wrong key transform, or not a stream of walseal or WAL-G (-v names the keys tried)' \
            'archive/f: is empty, as after a copy or an upload that broke' \
            "verified 3 of 7 objects, 1002.8 KiB: 1 damaged, 2 truncated, 1 no key opens" ||
            return 1
    done
    verify 205 -q -k key archive
    [ "$(wc -l <stderr)" -eq 4 ]
}

@test "all is well: the summary alone, and with -q nothing" {
    seal archive/a && seal archive/b
    verify 0 -k key archive
    assert_one_line_error 'verified 2 objects, 391.5 KiB: all good'
    verify 0 -q -k key archive/a archive/b
    assert_silent
    assert_no_output
}

@test "of several failures the worst is told: 203, 202, 205, 206, 204, 207, 1" {
    seal good && damaged 205 && cut_short 206 && under_another_key 204 && random_file 17 207
    mkdir 203
    cp "$WALG/rsa.100.enc" 202
    worst() {
        local expected=$1
        shift
        verify "$expected" -q -k key -k "$WALG/rsa.pub.asc" "$@"
    }
    worst 1 good absent
    worst 207 absent 207 good
    worst 204 207 204 absent
    worst 206 204 206 207
    worst 205 206 204 205
    worst 202 205 202 206
    worst 203 202 203 205
}

@test "nothing found at all is 203, never 0 or 1" {
    verify 203 -k key archive
    assert_stderr_has 'archive: holds no file: is the archive mounted?'
    mkdir -p archive/empty/too
    verify 203 -k key archive
    verify 203 -k key absent gone
    assert_stderr_has 'nothing was found to verify'
    verify 203 -k key nowhere/absent gone
    seal good
    verify 203 -k key archive good
}

@test "a directory is walked through, in the order of the names, once, whatever its links" {
    mkdir -p archive/b/c elsewhere
    seal archive/b/c/1 && seal archive/b.2 && seal archive/.hidden && seal elsewhere/3
    ln -s ../.. archive/b/c/up
    ln -s ../elsewhere archive/link
    ln -s ../elsewhere archive/link2
    ln -s b.2 archive/z
    ln -s . elsewhere/up
    mkfifo archive/pipe
    cp plain archive/.b.2.walseal
    verify 0 -k key --json archive
    objects 5
    has '{input}' archive/.hidden 1
    has '{input}' archive/b/c/1 2
    has '{input}' archive/b.2 3
    has '{input}' archive/link/3 4
    has '{input}' archive/z 5
    verify 0 -k key -v archive/
    assert_stderr_has 'archive/pipe: is no regular file: passed over'
    assert_stderr_has 'archive/.b.2.walseal: is a temporary file of walseal: passed over'
    assert_stderr_has 'archive/link2: was walked already: passed over'
    assert_stderr_lacks '//'
}

@test "what can't be looked into is told, and the rest is verified" {
    seal archive/a && mkdir archive/locked && seal archive/locked/b && seal archive/z
    ln -s nowhere archive/dangling
    chmod 0 archive/locked
    run_status as_nonroot "$WALSEAL" verify -k key archive
    chmod 700 archive/locked
    assert_status 203
    said "archive/dangling: is a link to something that doesn't exist" \
        'archive/locked: cannot be read: Permission denied' \
        'verified 2 of 4 objects, 391.5 KiB: 2 can'"'"'t be read'
}

@test "what disappears from a directory meanwhile isn't missed" {
    seal archive/a && seal archive/b && seal archive/keep
    mkfifo pipe
    cp archive/a sealed
    "$WALSEAL" verify -k key -v pipe archive 2>stderr &
    exec 8>pipe
    sleep 0.2
    rm archive/b
    cat sealed >&8
    exec 8>&-
    wait $!
    grep -qF 'archive/b: is gone: passed over' stderr
    grep -qF 'verified 3 objects' stderr
}

@test "what a directory holds instead of a file that was listed isn't waited for" {
    local threads
    seal archive/a && seal archive/keep
    cp archive/a sealed && mkfifo pipe
    for threads in 1 2; do
        cp sealed archive/a
        timeout 20 "$WALSEAL" verify -k key -T $threads pipe archive 2>"$T/stderr" &
        # opened once all is listed
        exec 8>pipe
        rm archive/a && mkfifo archive/a
        cat sealed >&8
        exec 8>&-
        status=0
        wait $! || status=$?
        rm archive/a
        stderr=$(cat "$T/stderr")
        assert_status 203
        said 'archive/a: is no regular file any more' \
            "verified 2 of 3 objects, 391.5 KiB: 1 can't be read"
    done
}

@test "a pipe, a device, and standard input among several" {
    seal object && mkfifo pipe
    cat object >pipe &
    verify 0 -k key --json object pipe - object <object
    objects 4
    has '{input}' pipe 2
    has '{bytes}' "$(wc -c <object)" 2
    has '{input}' 'standard input' 3
    damaged bad
    cat bad >pipe &
    verify 205 -k key -T 4 pipe object /dev/null - <object
    assert_stderr_has 'pipe: damaged'
    assert_stderr_has '/dev/null: is empty'
    assert_stderr_has 'verified 2 of 4 objects'
    assert_stderr_has '1 damaged, 1 truncated'
}

@test "files large and small are told of in their order, with any number of threads" {
    local threads
    openssl enc -aes-128-ctr -nosalt -K 1 -iv 0 -in /dev/zero 2>/dev/null | head -c 50000000 >large
    seal archive/1 && seal archive/2 large && damaged archive/3 && seal archive/4 large && seal archive/5
    flip_bit archive/4 40000000
    for threads in 1 2 4; do
        verify 205 -k key --json -T $threads archive
        objects 5
        cp stdout out.$threads
        cp stderr err.$threads
    done
    assert_same out.1 out.2
    assert_same out.1 out.4
    assert_same err.1 err.2
    assert_same err.1 err.4
}

@test "many objects, with both methods and keys of a directory" {
    local i
    mkdir keys
    cp key keys/sodium && make_key keys/old base64 && cp "$WALG/rsa.sec.asc" "$WALG/cv25519.sec.asc" keys/
    for i in {1..40}; do
        "$WALSEAL" encrypt -q -k keys/old -t base64 -o archive/old"$i" plain
        "$WALSEAL" encrypt -q -k "$WALG/cv25519.pub.asc" -o archive/pgp"$i" plain
    done
    cp "$WALG/rsa.100.enc" archive/rsa
    verify 0 -k keys --json -T 4 archive
    objects 81
    assert_one_line_error 'verified 81 objects' 'all good'
    [ "$(grep -c '"format":"openpgp"' stdout)" -eq 41 ]
    [ "$(grep -c '"format":"sodium"' stdout)" -eq 40 ]
    [ "$(grep -o '"key":"[^"]*"' stdout | sort -u | wc -l)" -eq 3 ]
}

@test "a passphrase unlocks the key once, for all objects" {
    local i
    for i in {1..30}; do cp "$WALG/rsapass.100.enc" archive/"$i"; done
    verify 0 -k "$WALG/rsapass.sec.asc" -p "$WALG/rsapass.pass" -T 4 archive
    printf wrong >pass
    verify 202 -q -k "$WALG/rsapass.sec.asc" -p pass -T 4 archive
    [ "$(grep -c "the passphrase isn't this key's" stderr)" -eq 30 ]
    verify 202 -q -k "$WALG/rsapass.sec.asc" -T 4 archive
    [ "$(grep -c 'there is no terminal to ask on' stderr)" -eq 30 ]
}

@test "--against: the content is that of a file, to the last byte" {
    seal object
    verify 0 -k key --against plain object
    assert_silent
    head -c 199999 plain >shorter
    cp plain longer && printf x >>longer
    cp plain other && flip_bit other 12345
    verify 208 -k key --against shorter object
    assert_one_line_error 'object: shorter: differs: it ends at byte 199999'
    verify 208 -k key --against longer object
    assert_one_line_error 'object: longer: differs: it goes on after byte 200000'
    verify 208 -k key --against other object
    assert_one_line_error 'object: other: differs from byte 12345 on'
    verify 203 -k key --against absent object
    damaged bad
    verify 205 -k key --against plain bad
    verify 201 -k key --against plain object object
    assert_one_line_error '--against is of one INPUT that is a file'
    verify 201 -k key --against plain archive
}

@test "--wal-name: the content is that segment" {
    segment 000000010000000000000002 >two
    seal sealed two
    verify 0 -k key --wal-name 000000010000000000000002 sealed
    assert_silent
    verify 0 -k key --wal-name 000000070000000000000002.partial --system-id 77 sealed
    verify 205 -k key --wal-name 000000010000000000000003 sealed
    assert_one_line_error 'sealed: what was decrypted is another WAL segment: it begins at 0/200000, the name says 0/300000'
    verify 205 -k key --wal-name 000000010000000000000002 --system-id 78 sealed
    assert_one_line_error 'is of another cluster: its system identifier is 77, not 78'
    truncate -s 1000000 two
    seal short two
    verify 205 -k key --wal-name 000000010000000000000002 short
    assert_one_line_error 'what was decrypted has 1000000 bytes, and a WAL segment here has 1048576'
    verify 0 -k key --wal-name 00000002.history sealed
    verify 0 -k key -v --wal-name 00000002.history sealed
    assert_stderr_has "00000002.history: is no WAL segment's name: not checked"
    verify 201 -k key --wal-name 000000010000000000000002 sealed sealed
    verify 201 -k key --system-id 77 <sealed
}

@test "in a directory the names of segments are checked by themselves" {
    segment 000000010000000000000002 >two
    seal archive/000000010000000000000002 two
    seal archive/000000010000000000000002.backup
    seal archive/000000010000000000000003 two
    seal archive/00000002.history
    verify 205 -k key --json archive
    [ "$(grep -c damaged stdout)" -eq 1 ]
    has '{wal_name}' 000000010000000000000002 1
    has '{wal_name}' null 2
    has '{status}' 205 3
    verify 0 -q -k key archive/*
    verify 205 -q -k key --system-id 77 archive/*
    rm archive/000000010000000000000003
    verify 0 -q -k key --system-id 77 archive
    verify 205 -q -k key --system-id 78 archive
    verify 205 -q -k key --system-id 78 archive/*
}

@test "a compressed segment under a segment's name is told as that" {
    segment 000000010000000000000002 | gzip >packed
    seal archive/000000010000000000000002 packed
    verify 205 -k key archive
    assert_stderr_has "what was decrypted doesn't begin as a WAL segment does: it is compressed by gzip, which --filter undoes"
}

@test "--json: an object for each input, with all of its members" {
    seal good && damaged bad
    verify 205 -k key --json good bad absent
    objects 3
    has '{input}' good
    has '{status}' 0
    has '{result}' verified
    has '{error}' null
    has '{bytes}' "$(wc -c <good)"
    has '{plaintext_bytes}' 200000
    has '{format}' sodium
    [[ $(value '{key}') == [0-9a-f]*[0-9a-f] ]]
    has '{status}' 205 2
    has '{result}' damaged 2
    has '{plaintext_bytes}' null 2
    has '{error}' "$(sed -n '1s/^walseal: //p' stderr)" 2
    has '{status}' 1 3
    has '{result}' absent 3
    has '{bytes}' null 3
    has '{format}' null 3
    diff <(members <stdout) <(manual_members 'PROVING WHAT IS STORED')
    verify 0 -k key --json good
    objects 1 && assert_silent
    verify 0 -k key --json --from 'cat good'
    has '{input}' 'cat good'
    verify 205 -k key --json <bad
    objects 1 && has '{input}' 'standard input' && assert_one_line_error 'damaged'
    verify 0 -k "$WALG/rsa.sec.asc" --json "$WALG/rsa.100.enc"
    has '{format}' openpgp
    has '{key}' D4C97428538E1D64
    local vector=$PGP/good/nistp384-v6-openpgpjs6 # a container of version 2
    verify 0 -k "$vector/key" --json "$vector/message.pgp"
    has '{format}' openpgp
    has '{key}' D1CAE1B863BE51C5
    cp "$PGP/good/sym-s2k-iterated-gpg/message.pgp" message
    verify 0 -p "$PGP/good/sym-s2k-iterated-gpg/pass" --json message
    has '{key}' passphrase
}

@test "--json: the format of what no key opens is told where it shows, and of nothing else" {
    under_another_key sodium && seal good && cut_short short && random_file 17 17
    cp "$WALG/rsa.100.enc" other && "$WALSEAL" encrypt -q -k "$WALG/p256pass.pub.asc" -o locked plain
    cp "$PGP/good/sym-go/message.pgp" passphrase && cp "$PGP/good/armor-crlf/message.pgp" armored
    echo wrong >wrong
    run_status setsid -w "$WALSEAL" verify -q --json -k key -k "$WALG/cv25519.sec.asc" -k "$WALG/p256pass.sec.asc" \
        -p wrong other locked passphrase armored sodium good 17 plain
    [ "$(sed 's/.*"result":"\([^"]*\)".*"format":\([^,]*\),.*/\1 \2/' stdout | tr '\n' ';')" = \
        'no_key_opens "openpgp";key "openpgp";no_key_opens "openpgp";no_key_opens "openpgp";no_key_opens null;verified "sodium";unsupported null;no_key_opens null;' ] ||
        flunk "$(cat stdout)"
    : >empty
    verify 206 -q --json -k key empty
    has '{format}' null
    # its first chunk opens, or does so in another reading of the key
    verify 206 -q --json -k key short
    has '{format}' sodium
    verify 204 -q --json -k key -t none good
    has '{format}' sodium
}

@test "--json has every word that walseal(1) lists as a result" {
    seal good && damaged 205 && cut_short 206 && under_another_key 204 && random_file 17 207 && mkdir 203
    cp "$WALG/rsa.100.enc" 202
    verify 203 -k key -k "$WALG/rsa.pub.asc" --json good 202 203 204 205 206 207 absent
    cp stdout all
    verify 208 -k key --json --against key good
    cat stdout >>all
    sed 's/.*"result":"\([a-z_]*\)".*/\1/' all | sort >words
    diff words <(sed -n '/^\.It Cm result/,/^\.It Cm bytes/s/^\.It Li \([a-z_]*\).*/\1/p' "$ROOT/man/walseal.1" | sort)
}

@test "standard output that takes nothing is 203" {
    seal archive/a && seal archive/b
    run_status sh -c '"$0" verify -k key --json archive >/dev/full' "$WALSEAL"
    assert_status 203
    assert_one_line_error 'standard output'
}

@test "-v names the keys, objects and sizes" {
    seal archive/a
    verify 0 -k key -v archive
    assert_stderr_has "archive/a: the hex key key, fingerprint $("$WALSEAL" inspect key | sed -n 's/.*fingerprint //p' | head -1), opens it"
    assert_stderr_has "archive/a: verified: $(wc -c <archive/a) bytes, plaintext of 200000 bytes, opened by key "
    make_key other
    verify 204 -k other -v archive
    assert_stderr_has "archive/a: the hex key other, fingerprint "
    assert_stderr_has "doesn't open it"
    cp "$WALG/rsa.100.enc" archive/a
    verify 0 -k "$WALG/rsa.sec.asc" -v archive
    assert_stderr_has "archive/a: trying $WALG/rsa.sec.asc, key D4C97428538E1D64"
}

@test "progress is of all inputs" {
    seal archive/a && seal archive/b && damaged archive/c
    verify 205 -k key --progress=always archive
    assert_stderr_has '100 %'
    verify 0 -k key --progress=always archive/a
    assert_stderr_has '100 %'
}

@test "a signal ends it at once, with nothing left running" {
    local i
    for i in {1..8}; do seal archive/"$i"; done
    mkfifo archive.pipe
    "$WALSEAL" verify -k key -T 2 archive.pipe archive 2>stderr &
    exec 8<>archive.pipe
    sleep 0.3
    kill -TERM $!
    status=0
    wait $! || status=$?
    [ "$status" -eq 143 ] || flunk "status $status"
    [ ! -s stderr ]
}

@test "decrypt --wal-name lets not a byte of another segment out" {
    segment 000000010000000000000002 >two
    seal sealed two
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000002 sealed
    assert_status 0
    assert_silent
    assert_same stdout two
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000003 sealed
    assert_status 205
    assert_no_output
    assert_one_line_error 'another WAL segment'
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000003 -o made sealed
    assert_status 205
    assert_absent made
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000003 --to 'cat >made; echo end >>made' sealed
    assert_status 205
    [ ! -s made ]
    rm -f made
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000002 --system-id 5 -o made sealed
    assert_status 205
    assert_absent made
    assert_one_line_error 'another cluster'
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000002 --system-id 77 -o made sealed
    assert_status 0
    assert_same made two
    run_status "$WALSEAL" decrypt -k key --wal-name 00000002.history -o made sealed
    assert_status 0
}

@test "decrypt --wal-name of what is short leaves no file, and with --verify-first not a byte" {
    segment 000000010000000000000002 | head -c 1000000 >two
    seal sealed two
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000002 -o made sealed
    assert_status 205
    assert_absent made
    run_status "$WALSEAL" decrypt -k key --wal-name 000000010000000000000002 --verify-first sealed
    assert_status 205
    assert_no_output
    run_status "$WALSEAL" decrypt -k key --system-id 77 sealed
    assert_status 201
    assert_one_line_error '--system-id needs --wal-name'
}

@test "verify is told what it doesn't take" {
    seal object
    verify 201 -k key -o made object
    verify 201 -k key --to cat object
    verify 201 -k key --standby object
    run_status "$WALSEAL" verify --help
    assert_status 0
    grep -q 'walseal verify' stdout
}
