# Decrypting OpenPGP messages: keys and passphrases and where they come from, which status and words
# each failure has, and what comes out of a message that is damaged.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154 # a test is a subshell; run_status sets stderr
bats_require_minimum_version 1.5.0
load ../helper
load openpgp

setup() {
    helper_setup
    printf 'the plaintext\r\n' >plain
}

# --- passphrases

# passphrase_key: makes sealed, and sets key and pass to what opens it.
passphrase_key() {
    key=$WALG/p256pass.sec.asc
    pass=$(cat "$WALG/p256pass.pass")
    sealed -k "$WALG/p256pass.pub.asc"
}

@test "-p reads a file, a named pipe and /dev/fd/N" {
    passphrase_key
    opens "$WALSEAL" decrypt -k "$key" -p "$WALG/p256pass.pass"
    mkfifo pipe
    printf '%s\n' "$pass" >pipe &
    opens "$WALSEAL" decrypt -k "$key" -p pipe
    opens "$WALSEAL" decrypt -k "$key" -p <(printf '%s' "$pass")
    printf '%s\n' "$pass" >file
    opens "$WALSEAL" decrypt -k "$key" -p /dev/fd/8 8<file
}

@test "one trailing newline of -p's file is dropped, and nothing else" {
    passphrase_key
    printf '%s' "$pass" >file
    opens "$WALSEAL" decrypt -k "$key" -p file
    printf '%s\n' "$pass" >file
    opens "$WALSEAL" decrypt -k "$key" -p file
    for text in "$pass\n\n" "$pass\r\n" "$pass \n" " $pass" "\n$pass" "$pass\0"; do
        # shellcheck disable=SC2059 # it is a format
        printf "$text" >file
        fails 202 "$WALSEAL" decrypt -k "$key" -p file -- "the passphrase isn't this key's"
    done
}

@test "an empty file is the empty passphrase, which can be the right one" {
    literal b <plain | by_passphrase '' >sealed
    : >empty
    opens "$WALSEAL" decrypt -p empty
    echo >newline
    opens "$WALSEAL" decrypt -p newline
    printf '\n\n' >newlines
    fails 204 "$WALSEAL" decrypt -p newlines -- 'passphrase'
    passphrase_key
    fails 202 "$WALSEAL" decrypt -k "$key" -p empty -- "the passphrase isn't this key's"
}

@test "an empty variable is no passphrase" {
    passphrase_key
    fails 202 env WALG_PGP_KEY_PASSPHRASE= "$WALSEAL" decrypt -k "$key" -- \
        'there is no terminal to ask on: give it with -p or WALG_PGP_KEY_PASSPHRASE'
}

@test "-p comes before the variable" {
    passphrase_key
    opens env WALG_PGP_KEY_PASSPHRASE=wrong "$WALSEAL" decrypt -k "$key" -p "$WALG/p256pass.pass"
    echo wrong >wrong
    fails 202 env WALG_PGP_KEY_PASSPHRASE="$pass" "$WALSEAL" decrypt -k "$key" -p wrong -- \
        "p256pass.sec.asc: key 55322DA259088C89: the passphrase isn't this key's"
}

@test "the variable's passphrase is for keys of -k, too, byte for byte" {
    passphrase_key
    opens env WALG_PGP_KEY_PASSPHRASE="$pass" "$WALSEAL" decrypt -k "$key"
    fails 202 env WALG_PGP_KEY_PASSPHRASE="$pass"$'\n' "$WALSEAL" decrypt -k "$key" -- \
        "the passphrase isn't this key's"
}

@test "a passphrase in the place of its file's name is not shown" {
    passphrase_key
    fails 202 "$WALSEAL" decrypt -k "$key" -p Tr0ub4dor -- \
        'the file that -p names (not shown: it may be the passphrase itself): No such file'
    assert_stderr_lacks Tr0ub4dor
}

@test "a passphrase file that can't be read, is a directory, or holds too much is told" {
    passphrase_key
    mkdir folder
    fails 202 "$WALSEAL" decrypt -k "$key" -p ./absent -- 'absent: No such file'
    fails 202 "$WALSEAL" decrypt -k "$key" -p folder -- 'folder: is a directory'
    head -c 200000 /dev/zero >large
    fails 202 "$WALSEAL" decrypt -k "$key" -p large -- 'large: is longer than'
}

@test "a passphrase that no key needs does no harm" {
    sealed -k "$WALG/rsa.pub.asc"
    echo idle >idle
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -p idle
}

@test "one passphrase for several keys: it is tried on each that needs it" {
    printf 'other words\n' >other
    sealed -k "$WALG/p256pass.pub.asc" -k "$WALG/rsapass.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/p256pass.sec.asc" -k "$WALG/rsapass.sec.asc" -p "$WALG/rsapass.pass"
    opens "$WALSEAL" decrypt -k "$WALG/p256pass.sec.asc" -k "$WALG/rsapass.sec.asc" -p "$WALG/p256pass.pass"
    fails 202 "$WALSEAL" decrypt -k "$WALG/p256pass.sec.asc" -k "$WALG/rsapass.sec.asc" -p other -- \
        'pass.sec.asc: key ' "the passphrase isn't this key's"
    sealed -k "$WALG/p256pass.pub.asc" -k "$WALG/rsa.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/p256pass.sec.asc" -k "$WALG/rsa.sec.asc" -p other
}

# two_passphrases: p256pass's key and rsapass's, each under a passphrase of its own, and one of neither.
two_passphrases() {
    p256=$WALG/p256pass rsa=$WALG/rsapass
    run ! cmp -s "$p256.pass" "$rsa.pass"
    echo wrong >wrong
    echo 'wrong too' >other
}

@test "several -p: the first that fits a key unlocks it, whichever it is" {
    two_passphrases
    sealed -k "$p256.pub.asc"
    opens "$WALSEAL" decrypt -k "$p256.sec.asc" -p "$p256.pass" -p wrong
    opens "$WALSEAL" decrypt -k "$p256.sec.asc" -p wrong -p "$p256.pass"
    opens "$WALSEAL" decrypt -k "$p256.sec.asc" -p wrong -p other -p "$p256.pass"
}

@test "several -p: after a rotation the old key and the new one have each their own" {
    local object
    two_passphrases
    mkdir keys archive
    cp "$p256.sec.asc" "$rsa.sec.asc" keys
    for object in p256 rsa; do
        sealed -k "${!object}.pub.asc"
        cp sealed archive/$object
        opens "$WALSEAL" decrypt -k keys -p "$p256.pass" -p "$rsa.pass"
        opens "$WALSEAL" decrypt -k keys -p "$rsa.pass" -p "$p256.pass"
        opens "$WALSEAL" decrypt -k "$p256.sec.asc" -p "$p256.pass" -k "$rsa.sec.asc" -p "$rsa.pass"
    done
    run_status setsid -w "$WALSEAL" verify -q -k keys -p "$p256.pass" -p "$rsa.pass" archive
    assert_status 0
    assert_silent
    run_status setsid -w "$WALSEAL" verify -q -k keys -p "$p256.pass" archive
    assert_status 202
    assert_one_line_error 'archive/rsa: ' "the passphrase isn't this key's"
    sealed -k "$p256.pub.asc" -k "$rsa.pub.asc" --hide-recipients
    opens "$WALSEAL" decrypt -k keys -p "$p256.pass" -p "$rsa.pass"
}

@test "several -p of which none fits: 202 names the key and how many there were" {
    two_passphrases
    sealed -k "$p256.pub.asc"
    fails 202 "$WALSEAL" decrypt -k "$p256.sec.asc" -p wrong -p other -- \
        'p256pass.sec.asc: key 55322DA259088C89: none of the 2 passphrases unlocks it'
    fails 202 "$WALSEAL" decrypt -k "$p256.sec.asc" -p wrong -p other -p "$rsa.pass" -- \
        'none of the 3 passphrases unlocks it'
    WALG_PGP_KEY_PASSPHRASE=$(cat "$p256.pass") fails 202 "$WALSEAL" decrypt -k "$p256.sec.asc" \
        -p wrong -p other -- 'none of the 2 passphrases unlocks it'
}

@test "several -p: the same file or text again is one passphrase, a pipe is read once" {
    passphrase_key
    echo wrong >wrong
    cp wrong same
    fails 202 "$WALSEAL" decrypt -k "$key" -p wrong -p wrong -p same -- "the passphrase isn't this key's"
    opens "$WALSEAL" decrypt -k "$key" -p "$WALG/p256pass.pass" -p "$WALG/p256pass.pass"
    mkfifo pipe
    printf '%s\n' "$pass" >pipe &
    opens timeout 20 "$WALSEAL" decrypt -k "$key" -p wrong -p pipe -p pipe
    opens "$WALSEAL" decrypt -k "$key" -p <(echo wrong) -p <(printf '%s' "$pass")
    fails 202 "$WALSEAL" decrypt -k "$key" -p /dev/fd/8 -p /dev/fd/8 -- "the passphrase isn't this key's" 8< <(echo wrong)
}

@test "several -p: each of them has to be there, 8 at most" {
    local eight=() i
    passphrase_key
    fails 202 "$WALSEAL" decrypt -k "$key" -p "$WALG/p256pass.pass" -p ./absent -- 'absent: No such file'
    for i in 1 2 3 4 5 6 7; do echo "wrong $i" >"wrong$i" && eight+=(-p "wrong$i"); done
    opens "$WALSEAL" decrypt -k "$key" "${eight[@]}" -p "$WALG/p256pass.pass"
    fails 201 "$WALSEAL" decrypt -k "$key" "${eight[@]}" -p wrong1 -p "$WALG/p256pass.pass" -- \
        '-p: more than 8 passphrases'
}

@test "several -p: a message for a passphrase opens with any of them, and 204 is none" {
    local case
    two_passphrases
    for case in sym-go sym-gpg24 sym-sqop sym-v5-rnp sym-s2k-iterated-gpg; do
        run_status "$WALSEAL" decrypt -p wrong -p "$PGP/good/$case/pass" -p other "$PGP/good/$case/message.pgp"
        assert_status 0
        assert_silent
        assert_same "$PGP/good/$case/plain" stdout
    done
    STDIN=$PGP/good/sym-go/message.pgp fails 204 "$WALSEAL" decrypt -p wrong -p other -- 'passphrase'
    STDIN=$PGP/good/sym-v5-rnp/message.pgp fails 204 "$WALSEAL" decrypt -p wrong -p other -- \
        'standard input: none of the 2 passphrases opens it'
}

@test "a wrong passphrase never shows itself, nor the right one" {
    passphrase_key
    echo 'hunter2 hunter2' >wrong
    run_status "$WALSEAL" decrypt -v -k "$key" -p wrong sealed
    assert_status 202
    assert_no_output
    assert_stderr_has "the passphrase isn't this key's"
    assert_stderr_lacks hunter2
    assert_stderr_lacks "$pass"
}

@test "a message for a passphrase opens with -p and the variable, and 204 is a wrong one" {
    local case
    for case in sym-go sym-gpg24 sym-sqop sym-v5-rnp sym-s2k-iterated-gpg; do
        decrypts_case good/$case
        assert_status 0
        assert_silent
        assert_same "$PGP/good/$case/plain" stdout
    done
    run_status env WALG_PGP_KEY_PASSPHRASE="$(cat "$PGP/good/sym-go/pass")" "$WALSEAL" decrypt "$PGP/good/sym-go/message.pgp"
    assert_status 0
    assert_silent
    assert_same "$PGP/good/sym-go/plain" stdout
    cp "$PGP/good/sym-go/message.pgp" sealed
    echo wrong >wrong
    fails 204 "$WALSEAL" decrypt -p wrong -- 'standard input: the passphrase is wrong'
    fails 202 "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -- 'there is no terminal to ask on'
}

@test "the variables are WAL-G's: key inline in both spellings or by path, with its passphrase" {
    local one_line
    passphrase_key
    export WALG_PGP_KEY_PASSPHRASE=$pass
    opens env WALG_PGP_KEY="$(cat "$key")" "$WALSEAL" decrypt
    one_line=$(sed -z 's/\n/\\n/g' "$key")
    [ "$(printf '%s' "$one_line" | wc -l)" -eq 0 ]
    opens env WALG_PGP_KEY="$one_line" "$WALSEAL" decrypt
    opens env WALG_PGP_KEY_PATH="$key" "$WALSEAL" decrypt
    opens env WALG_PGP_KEY="$(cat "$key")" WALG_PGP_KEY_PATH=/nowhere "$WALSEAL" decrypt
    unset WALG_PGP_KEY_PASSPHRASE
    opens env WALG_PGP_KEY_PATH="$key" "$WALSEAL" decrypt -p "$WALG/p256pass.pass"
    fails 202 env WALG_PGP_KEY="$(cat "$key")" "$WALSEAL" decrypt -- 'WALG_PGP_KEY: key 55322DA259088C89' \
        'passphrase'
}

# --- a terminal

# on_terminal COMMAND: a shell runs it on a terminal that shows what it shows in the file shown; what
# is written to descriptor 7 is typed there.
on_terminal() {
    printf 'trap : INT\n%s\necho "status $?"\nstty -a\n' "$1" >script
    mkfifo keyboard
    # what is in the background ignores Ctrl-C, and so would all that it starts
    perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV' script -qec 'sh script' /dev/null \
        <keyboard >shown 2>&1 &
    exec 7>keyboard
}

# wait_shown TEXT
wait_shown() {
    wait_until 10 grep -qF "$1" shown || flunk "never shown: $1; but: $(cat shown)"
}

leave_terminal() {
    exec 7>&-
    wait
}

@test "a terminal is asked for the passphrase, by the key's name, without echo, and left as it was" {
    passphrase_key
    on_terminal "'$WALSEAL' decrypt -q -k '$key' <sealed >opened"
    wait_shown 'p256pass.sec.asc: key 55322DA259088C89: passphrase: '
    printf '%s\n' "$pass" >&7
    wait_shown 'status 0'
    leave_terminal
    assert_same plain opened
    run ! grep -F "$pass" shown
    grep -q ' echo ' shown
}

@test "a wrong passphrase at the terminal is 202, and Ctrl-D is none" {
    passphrase_key
    on_terminal "'$WALSEAL' decrypt -q -k '$key' <sealed >opened"
    wait_shown 'passphrase: '
    printf 'wrong\n' >&7
    wait_shown 'status 202'
    leave_terminal
    grep -q "key 55322DA259088C89: the passphrase isn't this key's" shown
    rm keyboard shown
    on_terminal "'$WALSEAL' decrypt -q -k '$key' <sealed >opened"
    wait_shown 'passphrase: '
    printf '\004' >&7
    wait_shown 'status 202'
    leave_terminal
    grep -q 'passphrase: nothing was typed' shown
    grep -q ' echo ' shown
}

@test "Ctrl-C at the passphrase ends it by the signal, echo restored, nothing left behind" {
    passphrase_key
    mkdir out
    on_terminal "'$WALSEAL' decrypt -q -k '$key' -o out/opened <sealed"
    wait_shown 'passphrase: '
    printf 'abc\003' >&7
    wait_shown 'status 130'
    leave_terminal
    grep -q ' echo ' shown
    run ! grep -F abc shown
    assert_only out
}

@test "a terminal is not asked where no passphrase is needed, or it is given" {
    sealed -k "$WALG/rsa.pub.asc"
    on_terminal "'$WALSEAL' decrypt -q -k '$WALG/p256pass.sec.asc' -k '$WALG/rsa.sec.asc' <sealed >opened"
    wait_shown 'status 0'
    leave_terminal
    run ! grep -F 'passphrase' shown
    assert_same plain opened
    rm keyboard shown
    passphrase_key
    on_terminal "'$WALSEAL' decrypt -q -k '$key' -p '$WALG/p256pass.pass' <sealed >opened"
    wait_shown 'status 0'
    leave_terminal
    run ! grep -F 'passphrase: ' shown
    assert_same plain opened
}

@test "a terminal is asked once for several keys, and once with --verify-first" {
    sealed -k "$WALG/p256pass.pub.asc" -k "$WALG/rsapass.pub.asc"
    on_terminal "'$WALSEAL' decrypt -q --verify-first -k '$WALG/rsapass.sec.asc' -k '$WALG/p256pass.sec.asc' sealed >opened"
    wait_shown 'passphrase: '
    printf '%s\n' "$(cat "$WALG/p256pass.pass")" >&7
    wait_shown 'status 0'
    leave_terminal
    [ "$(grep -oF 'passphrase: ' shown | wc -l)" -eq 1 ]
    assert_same plain opened
}

@test "a message for a passphrase is asked for by its name" {
    on_terminal "'$WALSEAL' decrypt -q -k '$WALG/rsa.sec.asc' '$PGP/good/sym-go/message.pgp' >opened"
    wait_shown 'good/sym-go/message.pgp: passphrase: '
    printf '%s\n' "$(cat "$PGP/good/sym-go/pass")" >&7
    wait_shown 'status 0'
    leave_terminal
    assert_same "$PGP/good/sym-go/plain" opened
}

# --- keys

@test "a public key is 202 and the message says what is needed" {
    sealed -k "$WALG/cv25519.pub.asc"
    fails 202 "$WALSEAL" decrypt -k "$WALG/cv25519.pub.asc" -- \
        'cv25519.pub.asc: key 805ACBFBFD775A7D: is the public key: the secret key is needed'
}

@test "a public key does no harm beside its secret key, in either order, in files or a directory" {
    sealed -k "$WALG/cv25519.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.pub.asc" -k "$WALG/cv25519.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -k "$WALG/cv25519.pub.asc"
    mkdir keys
    cp "$WALG"/cv25519.{pub,sec}.asc keys
    opens "$WALSEAL" decrypt -k keys
}

@test "stubs are 202 and named: a smart card, a GNU dummy" {
    decrypts_case bad/key-card-needed
    assert_status 202
    assert_no_output
    assert_one_line_error 'key B1EC7A6A6E598D60: its secret part is on a smart card'
    decrypts_case bad/key-dummy-needed
    assert_status 202
    assert_no_output
    assert_one_line_error "key B1EC7A6A6E598D60: its secret part isn't in this file (a GNU dummy)"
}

@test "a primary key that is a GNU dummy is no hindrance where the subkey is there" {
    for case in subkeys-only subkeys-only-protected; do
        decrypts_case good/$case
        assert_status 0
        assert_same "$PGP/good/$case/plain" stdout
    done
}

@test "expired and revoked keys decrypt what is old, with a note, which -q drops" {
    decrypts_case good/expired-subkey
    assert_status 0
    assert_same "$PGP/good/expired-subkey/plain" stdout
    assert_one_line_error 'key 65DB7F8EAC64EE7E has expired'
    decrypts_case good/revoked-subkey
    assert_status 0
    assert_same "$PGP/good/revoked-subkey/plain" stdout
    assert_one_line_error 'key 0FBC5FAD1FC8B0FF is revoked'
    decrypts_case good/revoked-subkey -q
    assert_status 0
    assert_silent
    decrypts_case good/older-subkey
    assert_status 0
    assert_silent
    assert_same "$PGP/good/older-subkey/plain" stdout
}

@test "a file that is no key is 202 for what it is" {
    sealed -k "$WALG/cv25519.pub.asc"
    fails 202 "$WALSEAL" decrypt -k sealed -- 'sealed: is an OpenPGP message, not a key'
    for case in key-message-as-key key-message-as-key-armored; do
        decrypts_case bad/$case
        assert_status 202
        assert_no_output
        assert_one_line_error 'is an OpenPGP message, not a key'
    done
}

@test "any of 40 keys in a directory is found, some of them protected and public" {
    local i
    mkdir keys
    for case in "$PGP"/good/{nistp,rsa,x25519,x448,brainpool}*; do
        [ -e "$case/pass" ] || cp "$case/key" "keys/${case##*/}"
    done
    for i in 1 2 3 4 5 6 7 8; do make_key keys/sodium$i; done
    cp "$WALG"/*.pub.asc "$WALG/p256pass.sec.asc" "$WALG/cv25519.sec.asc" keys
    sealed -k "$WALG/cv25519.pub.asc"
    opens setsid -w "$WALSEAL" decrypt -k keys
    sealed -k "$WALG/cv25519.pub.asc" --hide-recipients
    opens setsid -w "$WALSEAL" decrypt -k keys -p "$WALG/p256pass.pass"
}

# --- statuses and words

@test "204 names the IDs that the message wants and those that were given" {
    sealed -k "$WALG/rsa.pub.asc" -k "$WALG/p256pass.pub.asc"
    fails 204 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -- 'standard input: no key given opens it: ' \
        'it is encrypted to D4C97428538E1D64, 55322DA259088C89' 'given: 805ACBFBFD775A7D'
    make_key hex.key
    fails 204 "$WALSEAL" decrypt -k hex.key -- 'D4C97428538E1D64' 'no OpenPGP key'
}

@test "205 is damage, 206 an end too early, 207 what walseal doesn't open, each alike from a file" {
    sealed -k "$WALG/cv25519.pub.asc"
    local bytes
    bytes=$(wc -c <sealed)
    cp sealed damaged
    flip_bit damaged $((bytes - 40))
    fails 205 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" damaged -- 'damaged: damaged: '
    head -c $((bytes - 1)) sealed >short
    fails 206 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" short -- 'short: truncated: ends at octet '
    fails 207 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" plain -- 'plain: is no OpenPGP message'
    : >empty
    fails 206 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" empty -- 'empty: is empty'
}

@test "1 is an absent INPUT, never a damaged one" {
    mkdir archive
    touch archive/other sealed
    fails 1 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" archive/absent -- 'absent'
    fails 1 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --from 'exit 3' --missing 3,empty -- ''
    fails 1 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --from true --missing 3,empty -- ''
    fails 206 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --from true -- 'wrote nothing' '--missing'
}

@test "a fetch that fails is 203, though what came was cut short or whole" {
    sealed -k "$WALG/cv25519.pub.asc"
    fails 203 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --from 'head -c 100 sealed; exit 9' -- '9'
    run_status "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --from 'cat sealed; exit 9' -o opened
    assert_status 203
    assert_one_line_error '9'
    assert_absent opened
}

@test "an armored message is told from its content, from a pipe, too" {
    decrypts_case good/armor-text-before
    assert_status 0
    assert_same "$PGP/good/armor-text-before/plain" stdout
    run_status "$WALSEAL" decrypt -k "$PGP/good/armor-text-before/key" \
        --from "cat '$PGP/good/armor-text-before/message.pgp'"
    assert_status 0
    assert_same "$PGP/good/armor-text-before/plain" stdout
}

@test "a sodium stream whose random header looks like OpenPGP opens with its sodium key" {
    local start
    make_key hex.key
    pattern_file 20000 plain
    # PKESK of version 3 (two lengths, old and new), SKESK, SEIPD with a partial length, marker
    for start in C15E03 85010C03 84 8C0D0409 D2EA01 CA0350 CB0A62 A80350; do
        "$BUILD/tools/stream_oracle" seal hex.key whole $start <plain >sealed
        [ "$(head -c $((${#start} / 2)) sealed | od -An -tx1 | tr -d ' \n' | tr a-f A-F)" = $start ]
        opens "$WALSEAL" decrypt -k hex.key
        opens "$WALSEAL" decrypt -k hex.key -k "$WALG/rsa.sec.asc"
        opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -k hex.key
        mkdir keys
        cp hex.key "$WALG/rsa.sec.asc" keys
        opens "$WALSEAL" decrypt -k keys
        rm -r keys
    done
}

# --- held back

# damaged_message BYTES: makes plain of that size, sealed, and damaged, in the hash at its end.
damaged_message() {
    pattern_file "$1" plain
    sealed -k "$WALG/cv25519.pub.asc"
    cp sealed damaged
    flip_bit damaged $(($(wc -c <damaged) - 10))
}

@test "of a damaged message of up to 32 MiB not a byte comes out, by any number of threads" {
    local bytes threads
    for bytes in 0 1 100 524288 16777216 33554432; do
        damaged_message $bytes
        for threads in 1 2 4; do
            STDIN=damaged fails 205 "$WALSEAL" decrypt -T $threads -k "$WALG/cv25519.sec.asc" -- \
                'standard input: damaged: its integrity check fails'
        done
        head -c -1 sealed >damaged
        STDIN=damaged fails 206 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -- 'truncated: '
    done
}

@test "of a message of 40 MiB, damaged at its end, what comes out is its beginning, and 205" {
    local threads
    damaged_message 41943040
    for threads in 1 4; do
        run_status "$WALSEAL" decrypt -T $threads -k "$WALG/cv25519.sec.asc" <damaged
        assert_status 205
        assert_one_line_error 'damaged: its integrity check fails'
        [ "$(wc -c <stdout)" -ge 33554432 ]

        assert_prefix stdout plain
    done
    head -c -1 sealed >damaged
    run_status "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" <damaged
    assert_status 206
    assert_one_line_error 'truncated: '
    assert_prefix stdout plain
}

@test "-o and --to have nothing of a damaged message of 40 MiB" {
    mkdir out
    damaged_message 41943040
    run_status "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -o out/file damaged
    assert_status 205
    assert_only out
    run_status "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --to 'cat >part && mv part out/file' damaged
    assert_status 205
    assert_only out
}

@test "--verify-first lets no byte out of a damaged message, however large" {
    damaged_message 41943040
    fails 205 "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" damaged -- \
        'damaged: its integrity check fails'
    head -c -1 sealed >short
    fails 206 "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" short -- 'truncated: '
    opens "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" sealed
    run_status "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" -o file sealed
    assert_status 0
    assert_silent
    assert_same plain file
}

@test "--verify-first needs a regular file" {
    sealed -k "$WALG/cv25519.pub.asc"
    mkfifo pipe
    cat sealed >pipe &
    fails 201 "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" pipe -- \
        'pipe: is no regular file: --verify-first reads it twice'
    wait
    fails 201 "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" -- 'it needs an INPUT file'
    fails 201 "$WALSEAL" decrypt --verify-first -k "$WALG/cv25519.sec.asc" --from 'cat sealed' -- \
        'it needs an INPUT file'
}

@test "every cut of a small message" {
    printf 'sealed' >plain
    sealed -k "$WALG/cv25519.pub.asc"
    setsid -w "$BUILD/tools/damage_sweep" "$WALSEAL" "$WALG/cv25519.sec.asc" sealed plain cuts 1 openpgp
}

@test "bits of a small message, flipped: at most the low bits of a number's length matter to nobody" {
    printf 'sealed' >plain
    sealed -k "$WALG/cv25519.pub.asc"
    setsid -w "$BUILD/tools/damage_sweep" "$WALSEAL" "$WALG/cv25519.sec.asc" sealed plain flips 1 openpgp >sum
    cat sum
    [ "$(sed 's/.* \([0-9]*\) harmless/\1/' sum)" -le 8 ]
}

@test "cuts and flips all over a message to RSA in several parts" {
    pattern_file 1200 plain
    sealed -k "$WALG/rsa.pub.asc"
    setsid -w "$BUILD/tools/damage_sweep" "$WALSEAL" "$WALG/rsa.sec.asc" sealed plain cuts 37 openpgp
    setsid -w "$BUILD/tools/damage_sweep" "$WALSEAL" "$WALG/rsa.sec.asc" sealed plain flips 211 openpgp
}
