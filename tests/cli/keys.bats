# Keys as the command line and the environment give them: which are taken, which are refused and in
# what words, and that none of their text is ever left where others could see it.
# shellcheck shell=bash disable=SC2030,SC2031,SC2034,SC2154 # a test is a subshell; helpers read STDIN, and set stderr
bats_require_minimum_version 1.5.0
load ../helper
load openpgp

HEX=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
BASE64=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
PHRASE='correct horse battery staple'

setup() {
    helper_setup
    unset GPG_KEY_ID WALE_GPG_KEY_ID YC_CSE_KMS_KEY_ID
    printf 'the plaintext' >plain
    printf '%s\n' "$HEX" >hex.key
    printf '%s\n' "$BASE64" >base64.key
    printf '%s' "$PHRASE" >none.key
    printf '%s\n' '-----BEGIN PGP PUBLIC KEY BLOCK-----' '' 'mDMEZ' >broken.asc
    STDIN=plain # of what fails, which mostly is to encrypt
}

# --- -k and -t

@test "encrypt reads a key file as hex, decrypt in any reading that opens" {
    sealed -k hex.key
    opens "$WALSEAL" decrypt -k hex.key
    opens "$WALSEAL" decrypt --key-file=base64.key
}

@test "encrypt takes each transform, decrypt finds it or is given it" {
    for transform in hex base64 none; do
        sealed -k $transform.key -t $transform
        opens "$WALSEAL" decrypt -k $transform.key
        opens "$WALSEAL" decrypt -k $transform.key -t $transform
        opens "$WALSEAL" decrypt -k $transform.key --key-transform=auto
    done
}

@test "-v says which key in which reading it was, by its fingerprint" {
    sealed -k base64.key -t base64
    run_status "$WALSEAL" decrypt -v -k none.key -k base64.key <sealed
    assert_status 0
    assert_stderr_has 'walseal: standard input: the base64 key base64.key, fingerprint '
    fingerprint=$(printf '%s' "$stderr" | sed -n 's/.*base64\.key, fingerprint \([0-9a-f]*\).*/\1/p')
    [ ${#fingerprint} -eq 16 ]
    run_status "$WALSEAL" encrypt -v -k hex.key plain
    assert_status 0
    assert_stderr_has "fingerprint $fingerprint"
}

@test "decrypt finds the right one of several keys" {
    sealed -k hex.key
    make_key other1
    make_key other2 none
    opens "$WALSEAL" decrypt -k other1 -k other2 -k hex.key
}

@test "encrypt refuses several keys" {
    make_key other
    fails 101 "$WALSEAL" encrypt -k hex.key -k other -- '2 different sodium keys are given to encrypt with: there can be one'
}

@test "no key at all is an error, and nothing passes in the clear" {
    fails 102 "$WALSEAL" encrypt -- 'no key is given: name a key file with -k'
    fails 202 "$WALSEAL" decrypt -- 'no key is given'
}

@test "a wrong key is 204 and nothing is written" {
    sealed -k hex.key
    make_key other
    STDIN=sealed fails 204 "$WALSEAL" decrypt -k other -- 'no key given opens it'
}

@test "where the transform that was given fails and another opens it, that one is named" {
    sealed -k hex.key
    STDIN=sealed fails 204 "$WALSEAL" decrypt -k hex.key -t none -- 'hex.key opens it as hex: use -t hex'
    sealed -k hex.key -t none
    STDIN=sealed fails 204 "$WALSEAL" decrypt -k hex.key -t hex -- 'hex.key opens it as none: use -t none'
}

@test "an unknown transform, and auto for encrypt, are usage errors" {
    fails 101 "$WALSEAL" encrypt -k hex.key -t rot13 -- rot13 'hex, base64'
    fails 101 "$WALSEAL" encrypt -k hex.key -t auto -- auto
    fails 201 "$WALSEAL" decrypt -k hex.key -t rot13 -- rot13
}

# --- where a key may come from

@test "a key can come through /dev/fd/N and a named pipe" {
    sealed -k /dev/fd/7 7<hex.key
    opens "$WALSEAL" decrypt -k /dev/fd/9 9<hex.key
    mkfifo pipe
    cat hex.key >pipe &
    opens "$WALSEAL" decrypt -k pipe
    opens "$WALSEAL" decrypt -k <(cat hex.key)
}

@test "a missing or unreadable key file is 102 and 202 with the system's reason" {
    fails 102 "$WALSEAL" encrypt -k absent -- 'absent: No such file or directory'
    fails 202 "$WALSEAL" decrypt -k absent -- 'absent: No such file or directory'
    chmod 0 hex.key
    run_status as_nonroot "$WALSEAL" encrypt -k hex.key plain
    assert_status 102
    assert_no_output
    assert_one_line_error 'hex.key: Permission denied'
}

@test "a key file beyond 1 MiB is refused" {
    head -c 1048577 /dev/zero >huge
    fails 202 "$WALSEAL" decrypt -k huge -- 'huge: is longer than a key file may be'
    fails 102 "$WALSEAL" encrypt -k /dev/zero -t none -- '/dev/zero: is longer than'
}

@test "a directory stands for every key in it, rotated ones too" {
    mkdir keys
    cp hex.key keys/old
    make_key keys/new
    sealed -k hex.key
    opens "$WALSEAL" decrypt -k keys
    sealed -k keys/new
    opens "$WALSEAL" decrypt -k keys/
}

@test "what is no key in a directory is passed over, with a note at -v" {
    mkdir keys keys/folder
    cp hex.key keys/key
    printf 'swordfish\n' >keys/passphrase
    printf '%s\n' "$BASE64" >keys/.hidden
    sealed -k hex.key
    opens "$WALSEAL" decrypt -k keys
    run_status "$WALSEAL" decrypt -v -k keys <sealed
    assert_status 0
    assert_stderr_has 'keys/passphrase: has 10 bytes'
    assert_stderr_has 'keys/folder: is no regular file: passed over'
    assert_stderr_lacks hidden
    assert_stderr_lacks swordfish
}

@test "a file in a directory that can't be read is warned of" {
    mkdir keys
    cp hex.key keys/a
    cp hex.key keys/b
    chmod 0 keys/b
    sealed -k hex.key
    run_status as_nonroot "$WALSEAL" decrypt -k keys <sealed
    assert_status 0
    assert_one_line_error 'warning' 'keys/b: Permission denied: passed over'
    run_status as_nonroot "$WALSEAL" decrypt -q -k keys <sealed
    assert_status 0
    assert_silent
}

@test "a directory without a usable key is 202" {
    mkdir empty bad
    printf 'short' >bad/file
    fails 202 "$WALSEAL" decrypt -k empty -- 'empty: holds no key: the directory is empty'
    fails 202 "$WALSEAL" decrypt -k bad -- 'bad: holds no usable key' 'bad/file: has 5 bytes'
}

@test "encrypt refuses a directory" {
    mkdir keys
    cp hex.key keys/key
    fails 102 "$WALSEAL" encrypt -k keys -- "keys: is a directory, which only decrypting takes: name a key's file"
}

@test "a Kubernetes mount is read through its version" {
    mkdir -p mount/..2026
    cp hex.key mount/..2026/key
    ln -s ..2026 mount/..data
    ln -s ..data/key mount/key
    sealed -k mount/key
    opens "$WALSEAL" decrypt -k mount
}

# --- key text

@test "what is wrong with a key's text is told without showing it" {
    printf '%s' "${HEX%?}" >short
    fails 102 "$WALSEAL" encrypt -k short -- 'short: has 63 characters where hex needs 64 digits'
    assert_stderr_lacks 0001020304
    printf '%s' "${HEX/0a/0x}" >typo
    fails 102 "$WALSEAL" encrypt -k typo -- 'typo: has 64 characters' 'character 22 is no hexadecimal digit'
    fails 102 "$WALSEAL" encrypt -k base64.key -- 'has 44 characters' 'it fits base64: try -t base64'
    fails 102 "$WALSEAL" encrypt -k hex.key -t base64 -- 'has 64 characters' 'it fits hex: try -t hex'
    fails 102 "$WALSEAL" encrypt -k none.key -- 'fit none: -t none'
    assert_stderr_lacks horse
    fails 202 "$WALSEAL" decrypt -k base64.key -t hex -- 'it fits base64: try -t base64'
}

@test "a key that is empty, white space or too short is refused" {
    : >empty
    printf ' \n' >blank
    printf '0123456789abcdefghijklmn' >short
    fails 102 "$WALSEAL" encrypt -k empty -- 'empty: is empty'
    fails 202 "$WALSEAL" decrypt -k blank -- 'blank: holds nothing but white space'
    fails 102 "$WALSEAL" encrypt -k short -t none -- 'short: has 24 bytes where none needs at least 25'
    fails 202 "$WALSEAL" decrypt -k short -- 'short: has 24 bytes where none needs at least 25'
}

@test "white space around hex and base64, and line breaks inside base64, are ignored" {
    printf '\n\t %s \r\n' "$HEX" >spaced
    sealed -k spaced
    opens "$WALSEAL" decrypt -k hex.key
    printf '%s\r\n%s\n\n' "${BASE64:0:20}" "${BASE64:20}" >broken
    sealed -k broken -t base64
    opens "$WALSEAL" decrypt -k hex.key
}

@test "none is padded with zeros from 25 bytes and cut beyond 32, as in WAL-G" {
    printf '0123456789abcdefghijklmno' >k25
    printf '303132333435363738396162636465666768696a6b6c6d6e6f00000000000000' >k25.hex
    sealed -k k25 -t none
    opens "$WALSEAL" decrypt -k k25.hex -t hex
    printf '0123456789abcdefghijklmnopqrstuv' >k32
    printf '0123456789abcdefghijklmnopqrstuvwxyz' >k36
    sealed -k k36 -t none
    opens "$WALSEAL" decrypt -k k32 -t none
}

@test "encrypt warns of a none key that is hex, base64, cut, or has white space, and works" {
    run_status "$WALSEAL" encrypt -k hex.key -t none plain
    assert_status 0
    assert_stderr_has 'warning: hex.key: reads as 64 hexadecimal digits: a forgotten -t hex? as none it has half the strength'
    assert_stderr_has 'warning: hex.key: is cut to the first 32 of 64 bytes'
    run_status "$WALSEAL" encrypt -k base64.key -t none plain
    assert_status 0
    assert_stderr_has 'base64.key: reads as base64 of 32 bytes: a forgotten -t base64?'
    printf '%s\n' "$PHRASE" >newline
    run_status "$WALSEAL" encrypt -k newline -t none plain
    assert_status 0
    assert_one_line_error 'warning: newline: has white space around it, which is cut off'
    run_status "$WALSEAL" encrypt -k none.key -t none plain
    assert_status 0
    assert_silent
    run_status "$WALSEAL" encrypt -q -k hex.key -t none plain
    assert_status 0
    assert_silent
}

@test "encrypt refuses as none what is a file put in the wrong place" {
    printf '%s\n' '-----BEGIN PRIVATE KEY-----' 'MC4CAQAwBQYDK2VwBCIEIA==' >pem
    printf 'AGE-SECRET-KEY-1QQPQZRFR7ZZ2WCV9V2\n' >age
    printf 'untrusted comment: minisign encrypted secret key\n' >minisign
    for file in pem age minisign; do
        fails 102 "$WALSEAL" encrypt -k $file -t none -- "$file: looks like a" 'everybody knows'
    done
    fails 102 "$WALSEAL" encrypt -k pem -- 'it looks like a PEM block'
}

@test "decrypt tries a none key with and without its white space" {
    sealed -k none.key -t none
    printf '%s\n' "$PHRASE" >newline
    opens "$WALSEAL" decrypt -k newline
    opens env WALG_LIBSODIUM_KEY="$PHRASE"$'\n' "$WALSEAL" decrypt
    WALG_LIBSODIUM_KEY="$PHRASE"$'\n' sealed
    opens "$WALSEAL" decrypt -k newline
    opens "$WALSEAL" decrypt -k newline -t none
}

# --- OpenPGP keys

@test "what a key is, is told from its content" {
    sealed -k "$WALG/rsa.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc"
    sealed -k hex.key
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -k hex.key
}

@test "decrypt finds the key among both kinds, in a directory too" {
    mkdir keys
    cp hex.key "$WALG/rsa.sec.asc" keys
    printf 'a passphrase' >keys/pass
    sealed -k "$WALG/rsa.pub.asc"
    opens "$WALSEAL" decrypt -k keys
    sealed -k hex.key
    opens "$WALSEAL" decrypt -k keys
}

@test "a secret key serves for encrypting, without its passphrase" {
    sealed -k "$WALG/rsapass.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc" -p "$WALG/rsapass.pass"
}

@test "several OpenPGP keys can each open what was encrypted to them" {
    sealed -k "$WALG/rsa.pub.asc" -k "$WALG/cv25519.pub.asc"
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc"
    opens "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc"
}

@test "both kinds of key need -m for encrypting" {
    fails 101 "$WALSEAL" encrypt -k hex.key -k "$WALG/rsa.pub.asc" -- 'is a sodium key' 'choose with -m'
    sealed -k hex.key -k "$WALG/rsa.pub.asc" -m openpgp
    opens "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc"
    sealed -k hex.key -k "$WALG/rsa.pub.asc" -m sodium
    opens "$WALSEAL" decrypt -k hex.key
}

@test "options that only OpenPGP knows are refused with a sodium key" {
    fails 101 "$WALSEAL" encrypt -k hex.key --hide-recipients -- '--hide-recipients is for OpenPGP keys'
    fails 101 "$WALSEAL" encrypt -k hex.key --allow-expired -- '--allow-expired is for OpenPGP keys'
    fails 101 "$WALSEAL" encrypt -k hex.key --profile rfc4880 -- '--profile is for OpenPGP keys'
}

@test "a broken OpenPGP key is refused where it was named, passed over in a directory" {
    fails 102 "$WALSEAL" encrypt -k broken.asc -- 'broken.asc: ends without the end line of its armor'
    fails 202 "$WALSEAL" decrypt -k broken.asc -k hex.key -- 'broken.asc: ends without'
    mkdir keys
    cp hex.key broken.asc keys
    sealed -k hex.key
    run_status "$WALSEAL" decrypt -k keys <sealed
    assert_status 0
    assert_same plain stdout
    assert_one_line_error 'warning: keys/broken.asc: ends without' 'passed over'
}

@test "the public key doesn't decrypt, and the message says what is needed" {
    sealed -k "$WALG/rsa.pub.asc"
    STDIN=sealed fails 202 "$WALSEAL" decrypt -k "$WALG/rsa.pub.asc" -- 'rsa.pub.asc: key ' \
        'is the public key: the secret key is needed'
}

@test "the passphrase comes from a file or the variable, and a wrong one is told with its key" {
    sealed -k "$WALG/rsapass.pub.asc"
    opens env WALG_PGP_KEY_PASSPHRASE="$(cat "$WALG/rsapass.pass")" "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc"
    echo wrong >wrong
    STDIN=sealed fails 202 "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc" -p wrong -- 'rsapass.sec.asc: key ' \
        "the passphrase isn't this key's"
    STDIN=sealed fails 202 "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc" -- 'rsapass.sec.asc: key ' \
        'there is no terminal to ask on: give it with -p or WALG_PGP_KEY_PASSPHRASE'
    STDIN=sealed fails 202 "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc" -p ./absent -- 'absent: No such file'
}

@test "two keys under two passphrases: both -p open what either was given" {
    local key
    for key in rsapass p256pass; do
        sealed -k "$WALG/$key.pub.asc"
        opens "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc" -k "$WALG/p256pass.sec.asc" -p "$WALG/rsapass.pass" -p "$WALG/p256pass.pass"
    done
}

@test "the OpenPGP variables are WAL-G's" {
    WALG_PGP_KEY=$(cat "$WALG/rsa.pub.asc") sealed
    opens env WALG_PGP_KEY_PATH="$WALG/rsa.sec.asc" "$WALSEAL" decrypt
    # StackGres: two characters for each line end
    WALG_PGP_KEY=$(sed -z 's/\n/\\n/g' "$WALG/rsa.sec.asc") sealed
    opens env WALG_PGP_KEY_PATH="$WALG/rsa.sec.asc" "$WALSEAL" decrypt
}

@test "a file that was read for a key is never the output, nor standard input" {
    cp hex.key key
    fails 101 "$WALSEAL" encrypt -k key -o key plain -- 'key: is a key: the output would replace it'
    ln -s key link
    fails 101 "$WALSEAL" encrypt -k link -o key plain -- 'is a key'
    fails 101 env WALG_LIBSODIUM_KEY_PATH=key WALG_LIBSODIUM_KEY_TRANSFORM=hex \
        "$WALSEAL" encrypt -o key plain -- 'is a key'
    assert_same key hex.key
    sealed -k hex.key
    mkdir keys
    cp hex.key keys/b
    STDIN=sealed fails 201 "$WALSEAL" decrypt -k keys -o keys/b -- 'keys/b: is a key'
    STDIN=sealed fails 201 "$WALSEAL" decrypt -k hex.key -p key -o key -- 'key: is a key'
    STDIN=key fails 101 "$WALSEAL" encrypt -k /dev/stdin -- 'standard input was read for a key'
    fails 102 "$WALSEAL" encrypt -k - plain -- 'say /dev/stdin'
}

# --- the environment

@test "the key variables are WAL-G's, none by default" {
    export WALG_LIBSODIUM_KEY=$PHRASE
    sealed
    opens "$WALSEAL" decrypt
    unset WALG_LIBSODIUM_KEY
    opens "$WALSEAL" decrypt -k none.key -t none
}

@test "the transform variable is obeyed for the inline key and the path" {
    export WALG_LIBSODIUM_KEY_TRANSFORM=base64
    WALG_LIBSODIUM_KEY=$BASE64 sealed
    opens "$WALSEAL" decrypt -k hex.key
    WALG_LIBSODIUM_KEY_PATH=base64.key sealed
    opens "$WALSEAL" decrypt -k hex.key
    fails 102 env WALG_LIBSODIUM_KEY_PATH=hex.key "$WALSEAL" encrypt -- \
        'hex.key: has 64 characters' 'named by WALG_LIBSODIUM_KEY_PATH'
}

@test "an unknown transform in the variable is refused with the choices" {
    fails 102 env WALG_LIBSODIUM_KEY=$HEX WALG_LIBSODIUM_KEY_TRANSFORM=rot13 "$WALSEAL" encrypt -- \
        'WALG_LIBSODIUM_KEY_TRANSFORM: is none of hex, base64 and none'
}

@test "-t beats the variable, and the variable never touches -k" {
    WALG_LIBSODIUM_KEY=$HEX WALG_LIBSODIUM_KEY_TRANSFORM=none sealed -t hex
    opens "$WALSEAL" decrypt -k hex.key -t hex
    WALG_LIBSODIUM_KEY_TRANSFORM=none sealed -k hex.key
    opens "$WALSEAL" decrypt -k hex.key -t hex
}

@test "an inline key beats a path" {
    WALG_LIBSODIUM_KEY=$PHRASE WALG_LIBSODIUM_KEY_PATH=absent sealed
    opens "$WALSEAL" decrypt -k none.key
}

@test "an empty key variable is an error, not no key" {
    for name in WALG_LIBSODIUM_KEY WALG_LIBSODIUM_KEY_PATH WALG_PGP_KEY WALG_PGP_KEY_PATH; do
        fails 102 env $name= "$WALSEAL" encrypt -- "$name: is set but empty"
        fails 202 env $name= "$WALSEAL" decrypt -- "$name: is set but empty"
    done
}

@test "-k replaces every key of the environment, even what is wrong with it" {
    export WALG_LIBSODIUM_KEY='' WALG_PGP_KEY=x WALG_CSE_KMS_ID=x WALG_LIBSODIUM_KEY_TRANSFORM=rot13
    sealed -k hex.key
    opens "$WALSEAL" decrypt -k hex.key
}

@test "both kinds in the environment are an error for encrypt unless -m chooses" {
    export WALG_LIBSODIUM_KEY=$PHRASE WALG_PGP_KEY=block
    fails 102 "$WALSEAL" encrypt -- 'both WALG_LIBSODIUM_KEY and WALG_PGP_KEY are set: choose with -m'
    run_status "$WALSEAL" encrypt -m sodium plain
    assert_status 0
    assert_silent
    cp stdout sealed
    unset WALG_LIBSODIUM_KEY WALG_PGP_KEY
    opens "$WALSEAL" decrypt -k none.key
}

@test "WAL-G's KMS, envelope and gpg variables are an error that names them" {
    for name in WALG_CSE_KMS_ID YC_CSE_KMS_KEY_ID WALG_YC_CSE_KMS_KEY_ID WALG_ENVELOPE_PGP_KEY \
        WALG_ENVELOPE_PGP_KEY_PATH WALG_ENVELOPE_PGP_YC_CSE_KMS_KEY_ID GPG_KEY_ID WALE_GPG_KEY_ID \
        WALG_GPG_KEY_ID; do
        fails 102 env $name=x WALG_LIBSODIUM_KEY="$PHRASE" "$WALSEAL" encrypt -- \
            "$name: walseal can't use WAL-G's KMS, envelope and gpg keys"
    done
    fails 202 env WALG_CSE_KMS_ID=x WALG_CSE_KMS_REGION=y "$WALSEAL" decrypt -- \
        'WALG_CSE_KMS_ID, WALG_CSE_KMS_REGION: '
}

@test "the commands of --from and --to get no key variable" {
    # shellcheck disable=SC2016 # for the shell of the command
    show='env >seen; cat'
    export WALG_LIBSODIUM_KEY=$PHRASE WALG_LIBSODIUM_KEY_PATH=x WALG_LIBSODIUM_KEY_TRANSFORM=none
    export WALG_PGP_KEY_PASSPHRASE=swordfish WALG_S3_PREFIX=kept
    run_status "$WALSEAL" encrypt --to "$show >sealed" plain
    assert_status 0
    grep -q '^WALG_S3_PREFIX=kept' seen
    run ! grep -E 'SODIUM|PGP|horse|swordfish' seen
    rm seen
    export WALG_PGP_KEY=block
    run_status "$WALSEAL" encrypt -k hex.key --from "$show <plain"
    assert_status 0
    grep -q '^WALG_S3_PREFIX=kept' seen
    run ! grep -E 'SODIUM|PGP|horse|swordfish|block' seen
}

@test "the key variables are wiped from what /proc shows of the process" {
    not_emulated '/proc shows what qemu was given'
    test -r /proc/self/environ
    mkfifo in
    WALG_LIBSODIUM_KEY=$PHRASE WALG_PGP_KEY_PASSPHRASE=swordfish "$WALSEAL" encrypt <in >sealed &
    pid=$!
    exec 8>in
    # the header comes after the keys were taken
    wait_until 5 test -s sealed
    if cat "/proc/$pid/environ" >environ 2>denied; then
        run ! grep -aE 'horse|swordfish' environ
    else
        grep -q 'Permission denied' denied
    fi
    exec 8>&-
    wait "$pid"
}

# --- copies of one OpenPGP key

ROTATION=$PGP/rotation

@test "a secret subkey is found in whichever copy of its key it is, in any order" {
    sealed -k "$ROTATION/new.pub.asc"
    opens "$WALSEAL" decrypt -k "$ROTATION/old.sec.asc" -k "$ROTATION/new.sec.asc"
    opens "$WALSEAL" decrypt -k "$ROTATION/new.sec.asc" -k "$ROTATION/old.sec.asc"
    cat "$ROTATION/old.sec.asc" "$ROTATION/new.sec.asc" >both.asc
    opens "$WALSEAL" decrypt -k both.asc
    mkdir dir
    cp "$ROTATION/old.sec.asc" dir/2025.asc
    cp "$ROTATION/new.sec.asc" dir/2026.asc
    opens "$WALSEAL" decrypt -k dir
    sealed -k "$ROTATION/old.pub.asc"
    opens "$WALSEAL" decrypt -k "$ROTATION/new.sec.asc" -k "$ROTATION/old.sec.asc"
}

@test "a revocation in any copy of a key counts" {
    local revoked=$ROTATION/revoked.pub.asc other
    for other in old.pub.asc new.pub.asc old.sec.asc; do
        fails 102 "$WALSEAL" encrypt -k "$revoked" -k "$ROTATION/$other" -- 'is revoked'
        fails 102 "$WALSEAL" encrypt -k "$ROTATION/$other" -k "$revoked" -- 'is revoked'
        cat "$ROTATION/$other" "$revoked" >both.asc
        fails 102 "$WALSEAL" encrypt -k both.asc -- 'is revoked'
    done
}
