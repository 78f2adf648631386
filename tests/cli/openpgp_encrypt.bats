# Encrypting to OpenPGP keys: which keys are taken, which are refused and why, what is written, and
# what is done where a file is there already.
# shellcheck shell=bash disable=SC2154 # run_status sets stderr
bats_require_minimum_version 1.5.0
load ../helper
load openpgp

setup() {
    helper_setup
    printf 'line one\r\nline two\n\r\n\r' >plain
}

teardown() {
    leave_gpg
}

# refuses KEY TEXT...: encrypting to it fails for these reasons, and nothing is written.
refuses() {
    local key=$1
    shift
    STDIN=plain fails 102 "$WALSEAL" encrypt -k "$key" -- "${key##*/}: no key can encrypt: " "$@"
}

# --- round trips

@test "every kind of key opens what was encrypted to it" {
    local key pass
    for key in "$PGP"/keys/{rsa-secret,cv25519-sq,x25519-v4-openpgpjs}.pgp \
        "$PGP"/keys/{x25519-v6-openpgpjs,x448-v6-openpgpjs,rsa-v6-openpgpjs,x25519-v6-sq}.pgp \
        "$PGP"/keys/subkeys-only.pgp \
        "$PGP"/good/{brainpoolP256r1-gpg,brainpoolP384r1-rnp,cv25519-rnp,elgamal2048-gpg}/key \
        "$PGP"/good/{nistp256-gpg,nistp384-rnp,nistp521-gpg,rsa4096-sq,x448-v4-openpgpjs6}/key; do
        pass=()
        [ ! -e "${key%/key}/pass" ] || pass=(-p "${key%/key}/pass")
        sealed -k "$key" || flunk "$key"
        opens "$WALSEAL" decrypt -k "$key" "${pass[@]}" || flunk "$key"
    done
}

@test "sizes at every edge, by 1, 2 and 4 threads, both ways" {
    local size threads
    pattern_file 3000000 all
    for size in 0 1 2 7 8 191 192 8191 8192 8193 65535 65536 524262 524286 524287 524288 524289 \
        1048574 1048575 1048576 1048577 3000000; do
        head -c "$size" all >plain
        for threads in 1 2 4; do
            "$WALSEAL" encrypt -q -k "$WALG/cv25519.pub.asc" -T $threads plain >sealed ||
                flunk "$size bytes, $threads threads"
            opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -T $((5 - threads)) ||
                flunk "$size bytes, $threads threads"
        done
    done
}

@test "pipes fed in odd pieces, at random sizes, both ways" {
    local size
    for _ in 1 2 3 4 5; do
        size=$(((RANDOM * 32768 + RANDOM) % 2500000))
        random_file "$size" plain
        dd if=plain bs=4099 status=none | "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" |
            dd bs=977 status=none >sealed
        dd if=sealed bs=8209 status=none | "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" |
            dd bs=977 status=none >opened
        assert_same plain opened || flunk "$size bytes"
        rm plain
    done
}

@test "--from, --to and -o" {
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --from 'cat plain' --to 'cat >sealed'
    assert_status 0
    assert_silent
    run_status "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" --from 'cat sealed' -o opened
    assert_status 0
    assert_silent
    assert_same plain opened
}

@test "a failed --from never gets a message that opens" {
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --from 'cat plain; exit 3'
    assert_status 103
    cp "$T/stdout" sealed
    fails 206 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -- 'truncated'
}

@test "a message of nothing opens to nothing, with a warning when it is made" {
    : >plain
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" plain
    assert_status 0
    assert_one_line_error 'warning: plain: is empty'
    cp "$T/stdout" sealed
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
}

@test "two messages of one plaintext have nothing in common behind the recipient" {
    sealed -k "$WALG/cv25519.pub.asc"
    cp sealed first
    sealed -k "$WALG/cv25519.pub.asc"
    [ "$(tail -c 64 first | od -An -tx1)" != "$(tail -c 64 sealed | od -An -tx1)" ]
    [ "$(head -c 60 first | tail -c 40 | od -An -tx1)" != "$(head -c 60 sealed | tail -c 40 | od -An -tx1)" ]
}

# --- what is written

@test "a message begins with a version 3 session key for each recipient, in the order given" {
    sealed -k "$WALG/cv25519.pub.asc" -k "$WALG/rsa.pub.asc"
    [ "$(packets sealed 0 1 | tail -c +3 | head -c 9 | od -An -tx1 | tr -d ' \n')" = 03805acbfbfd775a7d ]
    packets sealed 1 1 >second
    grep -q "$(printf '\x03\xd4\xc9\x74\x28\x53\x8e\x1d\x64')" second
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -k "$WALG/cv25519.sec.asc"
}

@test "a key given twice is one recipient" {
    sealed -k "$WALG/cv25519.pub.asc"
    cp sealed once
    sealed -k "$WALG/cv25519.pub.asc" -k "$WALG/cv25519.sec.asc"
    [ "$(wc -c <sealed)" -eq "$(wc -c <once)" ]
}

@test "several keys in one file are several recipients" {
    cat "$WALG/cv25519.pub.asc" "$WALG/rsa.pub.asc" >both
    sealed -k both
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc"
}

@test "--hide-recipients writes zeros for the IDs, and every recipient opens it" {
    sealed --hide-recipients -k "$WALG/cv25519.pub.asc" -k "$WALG/rsa.pub.asc"
    [ "$(packets sealed 0 1 | tail -c +3 | head -c 9 | od -An -tx1 | tr -d ' \n')" = 030000000000000000 ]
    run ! grep -q "$(printf '\xd4\xc9\x74\x28\x53\x8e\x1d\x64')" sealed
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc"
    mkdir keys
    cp "$WALG"/{rsa,cv25519}.sec.asc "$PGP/good/nistp256-gpg/key" keys
    opens "$WALSEAL" decrypt -k keys
    fails 204 "$WALSEAL" decrypt -k "$PGP/good/nistp256-gpg/key" -- 'no key given opens it' 'hidden'
}

@test "-m openpgp is what OpenPGP keys mean, and contradicts others" {
    sealed -m openpgp -k "$WALG/cv25519.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    make_key hex.key
    STDIN=plain fails 101 "$WALSEAL" encrypt -m openpgp -k hex.key -- 'hex.key is no OpenPGP key'
    STDIN=plain fails 101 "$WALSEAL" encrypt -m sodium -k "$WALG/rsa.pub.asc" -- 'rsa.pub.asc is an OpenPGP key'
    STDIN=plain fails 101 "$WALSEAL" encrypt -m pgp -k "$WALG/rsa.pub.asc" -- 'pgp'
}

@test "--profile knows rfc4880, and says of auto and rfc9580 that they can't be written yet" {
    sealed --profile rfc4880 -k "$WALG/cv25519.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    for profile in auto rfc9580; do
        STDIN=plain fails 101 "$WALSEAL" encrypt --profile $profile -k "$WALG/cv25519.pub.asc" -- \
            "can't write $profile yet"
    done
    STDIN=plain fails 101 "$WALSEAL" encrypt --profile rfc1991 -k "$WALG/cv25519.pub.asc" -- \
        '"rfc1991" is no profile'
}

@test "version 6 keys get version 3 session keys and version 1 data, which they open" {
    sealed -k "$PGP/keys/x25519-v6-openpgpjs.pgp"
    [ "$(packets sealed 0 1 | tail -c +3 | head -c 9 | od -An -tx1 | tr -d ' \n')" = 03be5ad966c444ad11 ]
    opens "$WALSEAL" decrypt -k "$PGP/keys/x25519-v6-openpgpjs.pgp"
}

@test "the cipher is the strongest that all recipients' preferences allow" {
    run_status "$WALSEAL" encrypt -v -k "$PGP/keys/rsa.pgp" plain
    assert_status 0
    assert_stderr_has 'the cipher is AES-256'
    run_status "$WALSEAL" encrypt -v -k "$PGP/keys/rsa.pgp" -k "$PGP/keys/two-names.pgp" plain
    assert_status 0
    assert_stderr_has 'the cipher is AES-192'
}

# --- which keys

@test "the newest valid subkey is taken, and -v names it" {
    run_status "$WALSEAL" encrypt -v -k "$PGP/keys/two-subkeys.pgp" plain
    assert_status 0
    assert_stderr_has 'two-subkeys.pgp, key C5DD6AC0FA0F0B4B'
    run_status "$WALSEAL" encrypt -v -k "$PGP/good/older-subkey/key" plain
    assert_status 0
    assert_stderr_has 'key 3940299794CF667C'
    run_status "$WALSEAL" encrypt -v -k "$PGP/keys/primary.pgp" plain
    assert_status 0
    assert_stderr_has 'key 34AAEC45523F0675'
}

@test "an expired subkey is refused with its date, and taken with --allow-expired and a warning" {
    local key=$PGP/good/expired-subkey/key
    refuses "$key" 'subkey 65DB7F8EAC64EE7E expired on 2020-12-31' '--allow-expired'
    run_status "$WALSEAL" encrypt --allow-expired -k "$key" plain
    assert_status 0
    assert_one_line_error 'warning: ' 'subkey 65DB7F8EAC64EE7E expired on 2020-12-31'
    cp "$T/stdout" sealed
    opens "$WALSEAL" decrypt -q -k "$key"
}

@test "an expired primary key takes its subkeys with it" {
    refuses "$PGP/keys/expired.pgp" 'primary key DD5F0F4CB3DA10F1 expired on 2022-06-01'
    run_status "$WALSEAL" encrypt --allow-expired -k "$PGP/keys/expired.pgp" plain
    assert_status 0
    assert_one_line_error 'warning: ' 'expired on 2022-06-01'
}

@test "an expiry that was put off counts" {
    refuses "$PGP/keys/expiring-2023.pgp" 'expired on 2023-01-01'
    refuses "$PGP/keys/expiring-2024.pgp" 'expired on 2024-01-01'
}

@test "revoked keys and subkeys are refused, --allow-expired or not" {
    local key
    for key in "$PGP"/keys/{revoked,subkey-{compromised,no-reason,retired,superseded}}.pgp \
        "$PGP/good/revoked-subkey/key"; do
        refuses "$key" 'is revoked'
        STDIN=plain fails 102 "$WALSEAL" encrypt --allow-expired -k "$key" -- 'is revoked'
    done
}

@test "keys that only sign are refused" {
    refuses "$PGP/keys/sign-only.pgp" 'primary key 673892312782C156 can only sign (EdDSA)'
}

@test "key flags count: an RSA key that is meant for signing is refused, though RSA could encrypt" {
    packets "$PGP/keys/rsa.pgp" 0 3 >no-subkey
    refuses no-subkey 'is not meant for encryption, by its key flags'
}

@test "a subkey whose binding signature was changed is refused" {
    cp "$PGP/keys/rsa.pgp" changed
    flip_bit changed $(($(wc -c <changed) - 9))
    refuses changed 'has no valid signature by the primary key'
}

@test "a key without a self-signature is refused" {
    packets "$PGP/keys/primary.pgp" 0 1 >bare
    refuses bare 'has no valid signature by itself'
}

@test "RSA of 1024 bits is refused" {
    refuses "$PGP/keys/rsa1024.pgp" 'subkey 8192AE4859EA6536 is too weak: RSA of 1024 bits, below 2048'
}

@test "self-signatures with SHA-1 of late are warned of" {
    run_status "$WALSEAL" encrypt -k "$PGP/keys/sha1.pgp" plain
    assert_status 0
    assert_stderr_has 'warning: '
    assert_stderr_has 'SHA-1 after 2023-02-01'
    run_status "$WALSEAL" encrypt -q -k "$PGP/keys/sha1.pgp" plain
    assert_status 0
    assert_silent
}

@test "one refused recipient of several ends it, naming that one" {
    STDIN=plain fails 102 "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" -k "$PGP/keys/revoked.pgp" -- \
        'revoked.pgp: no key can encrypt'
}

@test "a refused key leaves no file and replaces none" {
    mkdir out
    run_status "$WALSEAL" encrypt -k "$PGP/keys/revoked.pgp" -o out/new plain
    assert_status 102
    assert_only out
    echo old >out/new
    run_status "$WALSEAL" encrypt -k "$PGP/keys/revoked.pgp" -o out/new plain
    assert_status 102
    assert_only out new
    [ "$(cat out/new)" = old ]
}

@test "what is no key is refused for what it is" {
    STDIN=plain fails 102 "$WALSEAL" encrypt -k "$WALG/rsa.100.enc" -- 'rsa.100.enc: is an OpenPGP message, not a key'
    STDIN=plain fails 102 "$WALSEAL" encrypt -k "$PGP/bad/key-message-as-key-armored/key" -- \
        'is an OpenPGP message, not a key'
    STDIN=plain fails 102 "$WALSEAL" encrypt -k "$PGP/bad/key-truncated/key" -- 'ends inside a packet'
}

@test "a key with text before it and carriage returns, or binary, is the same key" {
    sed 's/$/\r/; 1i Our backup key:' "$WALG/cv25519.pub.asc" >dressed
    sealed -k dressed
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    sed '1,/^$/d; /^[=-]/d' "$WALG/cv25519.pub.asc" | base64 -d >binary
    sealed -k binary
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
    sealed -k <(cat "$WALG/cv25519.pub.asc")
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
}

@test "a secret key serves, without its passphrase and without a question" {
    run_status setsid -w "$WALSEAL" encrypt -k "$WALG/p256pass.sec.asc" plain
    assert_status 0
    assert_silent
    run_status env WALG_PGP_KEY_PATH="$WALG/p256pass.sec.asc" WALG_PGP_KEY_PASSPHRASE=wrong \
        setsid -w "$WALSEAL" encrypt plain
    assert_status 0
    assert_silent
    cp "$T/stdout" sealed
    opens "$WALSEAL" decrypt -k "$WALG/p256pass.sec.asc" -p "$WALG/p256pass.pass"
}

@test "a passphrase is nothing that encrypt needs, but to compare" {
    STDIN=plain fails 101 "$WALSEAL" encrypt -k "$WALG/rsa.pub.asc" -p "$WALG/rsapass.pass" -- \
        '-p: encrypt needs no passphrase'
}

# --- --no-clobber

@test "--no-clobber with the secret key at hand: the same content is 0, another 103" {
    echo other >other
    mkdir out
    "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" -o out/file plain
    cp out/file before
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" --no-clobber -o out/file plain
    assert_status 0
    assert_silent
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" --no-clobber -o out/file other
    assert_status 103
    assert_one_line_error 'out/file: exists already and its content differs'
    head -c 5 plain >shorter
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" --no-clobber -o out/file shorter
    assert_status 103
    assert_one_line_error 'its content differs'
    assert_same before out/file
    assert_only out file
}

@test "--no-clobber with a secret key under a passphrase takes it from -p or the variable" {
    "$WALSEAL" encrypt -k "$WALG/p256pass.sec.asc" -o file plain
    run_status "$WALSEAL" encrypt -k "$WALG/p256pass.sec.asc" -p "$WALG/p256pass.pass" --no-clobber -o file plain
    assert_status 0
    assert_silent
    run_status env WALG_PGP_KEY_PASSPHRASE="$(cat "$WALG/p256pass.pass")" \
        "$WALSEAL" encrypt -k "$WALG/p256pass.sec.asc" --no-clobber -o file plain
    assert_status 0
    assert_silent
    STDIN=plain fails 103 "$WALSEAL" encrypt -k "$WALG/p256pass.sec.asc" --no-clobber -o file -- \
        "file: exists already and can't be compared" 'passphrase'
}

@test "--no-clobber with the public key alone is 103 where a file is there, and says what is needed" {
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --no-clobber -o file plain
    assert_status 0
    assert_silent
    cp file before
    STDIN=plain fails 103 "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --no-clobber -o file -- \
        "file: exists already and can't be compared: " 'is the public key: the secret key is needed'
    assert_same before file
}

@test "--compare-key compares with the secret key where only the public one encrypts" {
    echo other >other
    mkdir keys
    cp "$WALG"/{cv25519,rsa}.sec.asc keys
    "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" -o file plain
    for key in "$WALG/cv25519.sec.asc" keys; do
        run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --compare-key "$key" --no-clobber -o file plain
        assert_status 0
        assert_silent
        run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --compare-key "$key" --no-clobber -o file other
        assert_status 103
        assert_one_line_error 'its content differs'
    done
}

@test "--compare-key bridges a change of the key, and of the method" {
    make_key hex.key
    "$WALSEAL" encrypt -k "$WALG/rsa.sec.asc" -o old plain
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --no-clobber -o old plain
    assert_status 103
    assert_one_line_error 'no key given opens it' '--compare-key'
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --compare-key "$WALG/rsa.sec.asc" \
        --no-clobber -o old plain
    assert_status 0
    assert_silent
    "$WALSEAL" encrypt -k hex.key -o older plain
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.pub.asc" --compare-key hex.key --no-clobber -o older plain
    assert_status 0
    assert_silent
    run_status "$WALSEAL" encrypt -k hex.key --compare-key "$WALG/rsa.sec.asc" --no-clobber -o old plain
    assert_status 0
    assert_silent
}

@test "--no-clobber says of a damaged file that it is damaged" {
    local bytes
    "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" -o whole plain
    bytes=$(wc -c <whole)
    head -c $((bytes - 3)) whole >file
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" --no-clobber -o file plain
    assert_status 103
    assert_one_line_error 'file: exists already and is damaged: ' 'truncated'
    cp whole file
    flip_bit file $((bytes - 30))
    run_status "$WALSEAL" encrypt -k "$WALG/cv25519.sec.asc" --no-clobber -o file plain
    assert_status 103
    assert_one_line_error 'file: exists already and is damaged: '
}

# --- with gpg

@test "the literal packet's mode is b, without name, date and compression: gpg shows it" {
    need_gpg
    sealed -k "$WALG/cv25519.pub.asc"
    gpg --batch --quiet --import "$WALG/cv25519.sec.asc"
    gpg --batch --list-packets sealed >listed
    grep -q 'mode b (62), created 0, name=""' listed
    grep -q 'mdc_method: 2' listed
    run ! grep -qE 'compressed packet|mode [tul]' listed
}

@test "gpg restores every CR and LF of what walseal wrote" {
    need_gpg
    cp "$WALG/plain.crlf" plain
    for key in cv25519 rsa; do
        sealed -k "$WALG/$key.pub.asc"
        gpg_opens "$WALG/$key.sec.asc" sealed >opened
        assert_same plain opened
    done
}

@test "gpg opens what walseal wrote: sizes, hidden recipients, several recipients" {
    local size
    need_gpg
    pattern_file 3000000 all
    for size in 0 1 8192 524287 524288 3000000; do
        head -c "$size" all >plain
        sealed -k "$WALG/cv25519.pub.asc"
        gpg_opens "$WALG/cv25519.sec.asc" sealed >opened
        assert_same plain opened || flunk "$size bytes"
    done
    head -c 1000 all >plain
    sealed --hide-recipients -k "$WALG/rsa.pub.asc" -k "$WALG/cv25519.pub.asc"
    gpg_opens "$WALG/cv25519.sec.asc" sealed >opened
    assert_same plain opened
}
