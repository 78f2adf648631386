#!/usr/bin/env bats
# What is told of keys before an archive depends on them, and the statuses that a monitor reads.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; sh -c has its own $0
load ../helper
load openpgp
load json

setup() {
    helper_setup
}


# check STATUS OPTION...: as JSON, without a terminal
check() {
    local expected=$1
    shift
    run_status setsid -w "$WALSEAL" check --json "$@" </dev/null
    assert_status "$expected"
}

# line_of ABOUT: the number of the first object that is about that
line_of() {
    grep -n "\"about\":\"$1\"" "$T/stdout" | head -1 | cut -d: -f1
}

# tells LEVEL TEXT: one line of it has that level and TEXT
tells() {
    grep "^$1: " "$T/stdout" | grep -qF -- "$2" || flunk "no line of level $1 with: $2: $(cat "$T/stdout")"
}

# made NAME OPTION...: a key in NAME.sec and NAME.pub
made() {
    local name=$1
    shift
    "$WALSEAL" keygen openpgp --user-id "$name <$name@example.org>" -o "$name.sec" --public "$name.pub" "$@"
}

@test "a sodium key: it encrypts, that is opened again, and a line says which it is" {
    make_key key
    check 0 -k key
    assert_silent
    objects 5
    has '{about}' key 1
    has '{method}' sodium 1
    has '{origin}' key 1
    has '{level}' ok 1
    has '{transform}' hex 1
    has '{encrypts}' 1 1
    has '{decrypts}' 1 1
    local print
    print=$(value '{fingerprint}' 1)
    "$WALSEAL" inspect key | grep -qx "reading: transform hex, fingerprint $print"
    has '{about}' proof 2
    has '{opened}' 1 2
    run_status "$WALSEAL" check -k key
    assert_status 0
    tells ok "key: sodium key, read as hex, fingerprint $print: encrypts and decrypts"
    tells ok "key: 8192 bytes were encrypted, and opened again"
}

@test "the members of the objects are those that walseal(1) lists" {
    made near --expires 20
    make_key key
    { "$WALSEAL" check --json -k key -k near.sec -k "$PGP/keys/expired.pgp" || true
      mkdir old && cp "$WALG/cv25519.sec.asc" old
      "$WALSEAL" check --json -k "$WALG/rsa.pub.asc" -k old || true; } | members >given
    diff given <(manual_members 'BEFORE AN ARCHIVE') || flunk "the members differ"
}

@test "neither key nor passphrase is ever told" {
    make_key key
    run_status "$WALSEAL" check -v -k key -k "$WALG/rsapass.sec.asc" -p "$WALG/rsapass.pass"
    assert_status 0
    run ! grep -q "$(cut -c 1-16 key)" stdout stderr
    run ! grep -qF "$(cat "$WALG/rsapass.pass")" stdout stderr
}

@test "-t is how a sodium key is read" {
    make_key key base64
    check 102 -k key
    assert_one_line_error 'key: ' 'base64'
    check 0 -k key -t base64
    has '{transform}' base64 1
}

@test "the keys of a directory are for decrypting alone, whatever they are" {
    mkdir old
    make_key key
    make_key old/2025 base64
    cp "$WALG/rsa.sec.asc" old/team.asc
    check 0 -k key -k old
    has '{origin}' old/2025 2
    has '{encrypts}' 0 2
    has '{decrypts}' 1 2
    has '{origin}' old/team.asc 3
    has '{encrypts}' 0 3
    has '{decrypts}' 1 3
    check 2 -k old
    has '{level}' critical 1
    has '{about}' proof 1
    run_status "$WALSEAL" check -k old
    tells critical 'no key encrypts: the keys in a directory are for decrypting alone'
    rm old/2025 && cp "$WALG/rsa.pub.asc" old/team.asc
    check 1 -k key -k old
    run_status "$WALSEAL" check -k key -k old
    tells warning 'it decrypts nothing'
}

@test "the secret key in a directory opens what the public key in a file encrypts" {
    mkdir old
    cp "$WALG/rsa.sec.asc" old/
    check 0 -k "$WALG/rsa.pub.asc" -k old
    has '{encrypts}' 1 1
    has '{decrypts}' 1 1
    objects 5
}

@test "several sodium keys are tried one by one" {
    make_key one
    make_key two
    check 0 -k one -k two
    [ "$(grep -c '"opened":true' stdout)" -eq 2 ]
}

@test "an OpenPGP key with its passphrase" {
    check 0 -k "$WALG/rsapass.sec.asc" -p "$WALG/rsapass.pass"
    has '{method}' openpgp 1
    has '{fingerprint}' 1BF537878A6E5CEBBAF539987A4E31D5B6307583 1
    has '{encryption_key}' F2BEF057483FC5BF 1
    has '{algorithm}' 'RSA of 2048 bits' 1
    has '{days_to_expiry}' null 1
    has '{decrypts}' 1 1
    has '{opened}' 1 2
    WALG_PGP_KEY_PASSPHRASE=$(cat "$WALG/rsapass.pass") check 0 -k "$WALG/rsapass.sec.asc"
}

@test "every kind of OpenPGP key opens what it encrypts" {
    local key
    for key in "$WALG"/{cv25519,rsa}.sec.asc "$PGP"/good/{nistp521-gpg,elgamal2048-gpg,x448-v6-openpgpjs6,brainpoolP256r1-gpg}/key; do
        check 0 -k "$key" || return 1
    done
}

@test "a wrong passphrase, and none where one is needed, are critical" {
    echo wrong >wrong
    check 2 -k "$WALG/rsapass.sec.asc" -p wrong
    grep -q "the passphrase isn't this key's" stdout
    has '{level}' critical 1
    has '{decrypts}' 0 1
    has '{level}' critical 3
    has '{opened}' 0 3
    check 2 -k "$WALG/rsapass.sec.asc"
    grep -q 'there is no terminal to ask on: give it with -p' stdout
}

@test "a passphrase that fits one of two keys and not the other is critical" {
    check 2 -k "$WALG/rsapass.sec.asc" -k "$WALG/p256pass.sec.asc" -p "$WALG/rsapass.pass"
    has '{level}' critical 1
    has '{fingerprint}' 0820B43EA8D10634DE7F1BDDEE6C5777E396E965 1
    [ "$(grep -c '"opened":true' stdout)" -eq 1 ]
}

@test "two keys, each under a passphrase of its own, are well with both of them" {
    check 0 -k "$WALG/rsapass.sec.asc" -k "$WALG/p256pass.sec.asc" -p "$WALG/rsapass.pass" -p "$WALG/p256pass.pass"
    has '{decrypts}' 1 1
    has '{decrypts}' 1 2
    has '{opened}' 1 3
    echo wrong >wrong && echo other >other
    check 2 -k "$WALG/rsapass.sec.asc" -p wrong -p other
    grep -q 'none of the 2 passphrases unlocks it' stdout
}

@test "a server that has public keys only is well, and stays so for a monitor" {
    check 0 -k "$WALG/rsa.pub.asc"
    has '{encrypts}' 1 1
    has '{decrypts}' 0 1
    has '{opened}' 0 2
    run_status "$WALSEAL" check -k "$WALG/rsa.pub.asc"
    tells ok 'no key given decrypts that'
    tells ok 'openpgp: 8192 bytes were encrypted, but not opened again: '
}

@test "a recipient for whom no given key decrypts, an escrow's, is well beside one that does" {
    run_status "$WALSEAL" check -k "$WALG/rsa.pub.asc" -k "$WALG/cv25519.sec.asc"
    assert_status 0
    tells ok 'rsa.pub.asc: '
    tells ok 'no key given decrypts that'
    tells ok 'openpgp: 8192 bytes were encrypted, and opened again'
}

@test "secret keys of which none opens what is written are critical" {
    mkdir old
    cp "$WALG/cv25519.sec.asc" old/
    check 2 -k "$WALG/rsa.pub.asc" -k old
    has '{about}' secret-keys 1
    has '{level}' critical 1
    run_status "$WALSEAL" check -k "$WALG/rsa.pub.asc" -k old
    tells critical 'none of the secret keys given opens what is written'
    tells ok 'no key given decrypts that'
}

@test "a stub has its secret part elsewhere: a warning" {
    check 1 -k "$PGP/bad/key-card-needed/key"
    grep -q 'is on a smart card' stdout
}

@test "a key that can't encrypt any more is critical, with the reason, and fails what it stands beside" {
    check 2 -k "$PGP/keys/expired.pgp"
    has '{level}' critical 1
    grep -q 'expired on 2022-06-01' stdout
    check 2 -k "$PGP/keys/revoked.pgp"
    grep -q 'is revoked' stdout
    check 2 -k "$PGP/keys/sign-only.pgp"
    grep -q 'can only sign\|not meant for encryption' stdout
    check 2 -k "$WALG/rsa.sec.asc" -k "$PGP/keys/expired.pgp"
    grep -q 'openpgp: nothing can be encrypted' stdout
}

@test "a finding names its key's file once, and says the reason word for word" {
    "$WALSEAL" check -k "$PGP/keys/expired.pgp" |
        grep -Eq "^critical: $PGP/keys/expired.pgp: OpenPGP key [0-9A-F]{40}: no key can encrypt: primary"
    echo wrong >wrong
    "$WALSEAL" check -k "$WALG/rsapass.sec.asc" -p wrong |
        grep -Eq "^critical: $WALG/rsapass.sec.asc: OpenPGP key .*; key F2BEF057483FC5BF: the passphrase isn't"
}

@test "old keys that have expired are no trouble where they only decrypt" {
    mkdir old
    cp "$PGP/good/expired-subkey/key" old/
    check 0 -k "$WALG/rsa.sec.asc" -k old
    has '{encrypts}' 0 2
    has '{decrypts}' 1 2
}

@test "days to expiry: 30 are none too few, 29 are" {
    made far --expires 32
    check 0 -k far.sec
    has '{days_to_expiry}' 31 1 || has '{days_to_expiry}' 32 1
    made near --expires 20
    check 1 -k near.sec
    has '{level}' warning 1
    case $(value '{days_to_expiry}' 1) in 19 | 20) ;; *) flunk "$(cat stdout)" ;; esac
    [[ $(value '{expires}' 1) == 20??-??-??T??:??:??Z ]]
    run_status "$WALSEAL" check -k near.sec
    tells warning 'expires in '
    made never
    check 0 -k never.sec
    has '{days_to_expiry}' null 1
    has '{expires}' absent 1
}

@test "a key signed with SHA-1 after 2023 is a warning" {
    check 1 -k "$PGP/keys/sha1.pgp"
    grep -q 'signed with SHA-1' stdout
}

@test "the worst comes first, for who shows one line only" {
    make_key key
    run_status "$WALSEAL" check -k key -k "$PGP/keys/sha1.pgp" -k "$PGP/keys/expired.pgp"
    assert_status 2
    [ "$(cut -d: -f1 stdout | uniq | tr '\n' ' ')" = 'critical warning ok ' ] || flunk "$(cat stdout)"
}

@test "-q leaves out what is well" {
    make_key key
    run_status "$WALSEAL" check -q -k key
    assert_status 0
    assert_no_output
    assert_silent
    run_status "$WALSEAL" check -q -k key -k "$PGP/keys/sha1.pgp"
    assert_status 1
    run ! grep -q '^ok: ' stdout
    tells warning sha1.pgp
}

@test "a key that can't be read or is malformed is 102, and the others are still told" {
    make_key key
    check 102 -k nowhere -k key
    assert_one_line_error 'nowhere: No such file'
    grep -q '"origin":"key"' stdout
    check 102 -k nowhere
    assert_one_line_error 'nowhere: No such file'
    echo nonsense >nonsense
    check 102 -k nonsense -k nowhere
    [ "$(wc -l <stderr)" -eq 2 ]
    check 102 -k "$PGP/bad/key-truncated/key"
    assert_one_line_error "key-truncated/key: "
    check 102
    assert_one_line_error 'no key is given'
    check 102 -k key -p ./nowhere
    assert_one_line_error 'nowhere: '
}

@test "the keys of the environment are checked as they are used, and wiped" {
    make_key key
    WALG_LIBSODIUM_KEY=$(cat key) WALG_LIBSODIUM_KEY_TRANSFORM=hex check 0
    has '{origin}' WALG_LIBSODIUM_KEY 1
    has '{transform}' hex 1
    WALG_PGP_KEY_PATH=$WALG/rsapass.sec.asc WALG_PGP_KEY_PASSPHRASE=$(cat "$WALG/rsapass.pass") check 0
    has '{method}' openpgp 1
    WALG_LIBSODIUM_KEY='' check 102
    WALG_LIBSODIUM_KEY='' check 0 -k key
    WALG_PGP_KEY_PATH=$WALG/rsa.sec.asc WALG_LIBSODIUM_KEY_PATH=key check 102
    assert_one_line_error 'choose with -m'
    WALG_CSE_KMS_ID=x check 102
    assert_one_line_error WALG_CSE_KMS_ID
}

@test "a key in a named pipe is read once and still serves both ways" {
    make_key key
    run_status sh -c 'cat key | "$0" check -k /dev/stdin' "$WALSEAL"
    assert_status 0
    tells ok 'encrypted, and opened again'
}

@test "the memory lock and core dumps of this process" {
    make_key key
    check 0 -k key
    has '{locked}' 1 "$(line_of memory-lock)"
    has '{dumpable}' 0 "$(line_of core-dumps)"
    # a sanitizer locks nothing, and says that it did
    case $BUILD in *sanitize*) return 0 ;; esac
    command -v prlimit >/dev/null || { echo "# skipped: no prlimit" >&3 && return 0; }
    run_status as_nonroot prlimit --memlock=0 "$WALSEAL" check -k key
    assert_status 1
    tells warning 'memory lock: refused (the limit is 0 bytes)'
}

@test "standard output that takes nothing is 103" {
    make_key key
    run_status sh -c '"$0" check -k key >/dev/full' "$WALSEAL"
    assert_status 103
    assert_one_line_error 'standard output'
}

@test "wrong words are usage" {
    run_status "$WALSEAL" check plain
    assert_status 101
    assert_one_line_error 'check takes no INPUT, only keys (-k)'
    run_status "$WALSEAL" check -o x
    assert_status 101
    run_status "$WALSEAL" check -t auto -k x
    assert_status 101
    assert_one_line_error 'auto is for decrypting'
}
