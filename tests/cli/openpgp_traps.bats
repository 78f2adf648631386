# The traps of OpenPGP, one by one: what other programs fell into, or an attacker would dig.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154 # a test is a subshell; run_status sets stderr
bats_require_minimum_version 1.5.0
load ../helper
load openpgp

teardown() {
    leave_gpg
}

# refused CASE STATUS TEXT: so ends decrypting it, and not a byte comes out.
refused() {
    decrypts_case "$1"
    assert_status "$2" && assert_no_output && assert_one_line_error "$3"
}

# partly CASE STATUS TEXT: so ends it, after the beginning of the plaintext.
partly() {
    decrypts_case "$1"
    assert_status "$2" && assert_one_line_error "$3" && assert_prefix stdout "$PGP/$1/plain"
}

# within COMMAND...: run with 5 seconds and 200 MiB of addresses (which a sanitizer or an emulator alone
# exceeds).
within() {
    case $BUILD in
    */machine-*) timeout 60 "$@" ;;
    *sanitize*) timeout 20 "$@" ;;
    *) timeout 5 bash -c 'ulimit -v 204800 && exec "$@"' bash "$@" ;;
    esac
}

# bounded CASE STATUS...: it ends with one of these, early and small; a crash or the time limit would
# be another status.
bounded() {
    local case=$PGP/$1 options=() wanted
    shift
    wanted=" $* "
    [ ! -e "$case/key" ] || options+=(-k "$case/key")
    [ ! -e "$case/pass" ] || options+=(-p "$case/pass")
    run_status within setsid -w "$WALSEAL" decrypt -T 2 "${options[@]}" <"$case/message.pgp"
    [[ $wanted == *" $status "* ]] || flunk "expected$wanted, got $status: $case" || return 1
    assert_no_output && assert_one_line_error
}

# --- what is no protected message

@test "gpg strips CR from what WAL-G wrote as text: walseal doesn't, whatever the literal's mode" {
    local mode
    printf 'one\r\ntwo\r\r\n\n\r' >plain
    echo words >words
    for mode in b t u l 1 m; do
        literal $mode <plain | by_passphrase words >sealed
        opens "$WALSEAL" decrypt -p words
        literal $mode _CONSOLE <plain | by_passphrase words >sealed
        opens "$WALSEAL" decrypt -p words
    done
}

@test "gpg does strip CR from a text literal, and keeps it in walseal's" {
    need_gpg
    printf 'one\r\ntwo\r\n' >plain
    sealed -k "$WALG/cv25519.pub.asc"
    gpg_opens "$WALG/cv25519.sec.asc" sealed >opened
    assert_same plain opened
    literal t <plain | by_passphrase words >sealed
    gpg --batch --quiet --pinentry-mode loopback --passphrase words --decrypt sealed >opened
    run ! cmp -s plain opened
}

@test "a message that isn't encrypted is refused: WAL-G takes it for a decrypted one" {
    refused unsupported/outer-plain-literal 207 "isn't encrypted"
    refused unsupported/outer-plain-compressed 207 "isn't encrypted"
    refused unsupported/outer-plain-signed 207 "isn't encrypted"
    refused unsupported/outer-cleartext-signed 207 'signed in the clear'
    refused bad/outer-literal-before 207 "isn't encrypted"
    printf 'x' | literal b >sealed
    fails 207 "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -- "isn't encrypted"
}

@test "a plaintext appended to or put before an encrypted message is refused" {
    printf 'plain' >plain
    sealed -k "$WALG/cv25519.pub.asc"
    cp sealed whole
    printf 'forged' | literal b | cat whole - >sealed
    fails 205 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -- 'follows the encrypted data'
    printf 'forged' | literal b | cat - whole >sealed
    fails 207 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -- "isn't encrypted"
    cat whole whole >sealed
    fails 205 "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" -- 'follows the encrypted data'
}

@test "encryption without integrity (packet 9) is refused, though the key is right" {
    refused unsupported/outer-sed-tag9 207 'without integrity protection'
    refused unsupported/outer-sed-from-seipd1 207 'without integrity protection'
    refused bad/resync-cfb 205 'its integrity check fails'
}

# --- the integrity of version 1

@test "a missing, moved, shortened or foreign MDC is damage" {
    local case
    for case in mdc-missing mdc-half mdc-header-old-format mdc-length-21 mdc-reframed-cut \
        mdc-then-more mdc-without-prefix mdc-wrong-quickcheck-right; do
        refused bad/$case 205 'its integrity check fails'
    done
}

@test "a wrong quick check is no reason to stop: the MDC decides" {
    decrypts_case bad/mdc-right-quickcheck-wrong
    assert_status 0
    assert_same "$PGP/bad/mdc-right-quickcheck-wrong/plain" stdout
}

# malformed_inside: sealed, whose MDC is right, ends with what its content has wrong; with the MDC
# damaged, too, with that alone.
malformed_inside() {
    run_status "$WALSEAL" decrypt -p words <sealed
    [ "$status" -eq 205 ] || [ "$status" -eq 207 ] || flunk 'a wrong status' || return 1
    assert_stderr_lacks 'integrity check' || return 1
    flip_bit sealed $(($(wc -c <sealed) - 3))
    run_status "$WALSEAL" decrypt -p words <sealed
    assert_status 205 && [ "$stderr" = 'walseal: standard input: damaged: its integrity check fails' ]
}

@test "what is wrong inside is told only when the MDC is right" {
    local inner whole='\xCB\x07b\x00\0\0\0\0x'
    echo words >words
    # compressed garbage, two literals, none, octets that are no packet, a length beyond the end
    for inner in '\xC8\x03\x02xx' "$whole$whole" '\xCA\x03PGP' "$whole\x00" '\xCB\x09b\x00\0\0\0\0x'; do
        # shellcheck disable=SC2059 # it is a format
        printf "$inner" | by_passphrase words >sealed
        malformed_inside && assert_no_output || flunk "$inner"
    done
}

@test "what is wrong inside is told only when the MDC is right, beyond 32 MiB, too" {
    pattern_file 34000000 plain
    echo words >words
    {
        literal b <plain
        literal b <words
    } | by_passphrase words >sealed
    malformed_inside
    assert_prefix stdout plain
}

@test "no oracle: padding, session key, checksum and data that are wrong end with the same words" {
    local case
    for case in flip-seipd1-{first-block,last-data,mdc-hash,mdc-header,middle,prefix,quickcheck} \
        flip-pkesk-{ecdh-point,ecdh-wrapped,rsa} ecdh-{bad-padding,padding-zero,padding-too-long} \
        ecdh-{cv25519-no-prefix,cv25519-zero-shared,point-compressed,point-infinity,point-off-curve} \
        ecdh-{wrapped-length-{odd,over,zero},wrong-fingerprint} \
        rsa-{ciphertext-{not-below-n,zero},mpi-{65535-bits,huge},pkcs1-{no-separator,short-ps,type1}} \
        session-{checksum,checksum-rsa,cipher-plaintext,cipher-unknown,empty,length} \
        x25519-v3-cipher-not-aes; do
        run_status "$WALSEAL" decrypt -k "$PGP/bad/$case/key" <"$PGP/bad/$case/message.pgp"
        assert_status 205 && assert_no_output || flunk "$case"
        [ "$stderr" = 'walseal: standard input: damaged: its integrity check fails' ] || flunk "$case"
    done
}

@test "no oracle: -v says no more, whichever of them it was" {
    local case said=''
    for case in session-checksum-rsa rsa-pkcs1-type1 rsa-pkcs1-no-separator flip-pkesk-rsa; do
        run_status "$WALSEAL" decrypt -v -k "$PGP/bad/$case/key" <"$PGP/bad/$case/message.pgp"
        assert_status 205
        stderr=${stderr//bad\/$case\//}
        [ -z "$said" ] || [ "$said" = "$stderr" ] || flunk "$case: not as before: $said"
        said=$stderr
    done
}

# --- AEAD

@test "AEAD chunks reordered, dropped or duplicated are damage at the chunk where it begins" {
    partly bad/seipd2-swap-chunks 205 'chunk 0'
    partly bad/seipd2-drop-chunk 205 'chunk 1'
    partly bad/seipd2-duplicate-chunk 205 'chunk 1'
    partly bad/seipd2-drop-last-chunk 205 'chunks are missing'
    partly bad/tag20-swap-chunks 205 'chunk 0'
    partly bad/tag20-drop-last-chunk 205 'chunks are missing'
}

@test "an AEAD message without its final tag, or with a wrong one, is never whole" {
    partly bad/seipd2-drop-final-tag 205 'damaged'
    partly bad/seipd2-flip-final-tag 205 'end mark'
    partly bad/seipd2-total-wrong 205 'end mark'
    partly bad/seipd2-trunc-at-chunk-border 206 'truncated'
    partly bad/seipd2-trunc-in-chunk 206 'truncated'
    partly bad/seipd2-drop-tail-at-chunk-border 205 'damaged'
    partly bad/tag20-drop-final-tag 205 'damaged'
    partly bad/tag20-flip-final-tag 205 'end mark'
}

@test "containers don't take each other's session keys: no downgrade from version 2 to 1" {
    refused bad/seipd2-downgraded-to-1 204 'version'
    refused bad/seipd2-with-pkesk3 204 'version'
    refused bad/seipd2-with-skesk4 204 'version'
    refused bad/seipd1-with-pkesk6 204 'version'
    refused bad/tag20-relabelled-as-seipd2 204 'version'
}

# --- keys

@test "key flags, expiry and revocation don't count for decrypting, and do for encrypting" {
    local case
    for case in expired-subkey revoked-subkey; do
        decrypts_case good/$case
        assert_status 0
        assert_same "$PGP/good/$case/plain" stdout
        STDIN=$PGP/good/$case/plain fails 102 "$WALSEAL" encrypt -k "$PGP/good/$case/key" -- \
            'no key can encrypt'
    done
    packets "$PGP/keys/rsa.pgp" 0 3 >signs
    STDIN=signs fails 102 "$WALSEAL" encrypt -k signs -- 'is not meant for encryption, by its key flags'
}

@test "GNU modes of S2K: a dummy and a card are told, one in a message opens nothing" {
    decrypts_case good/subkeys-only
    assert_status 0
    refused bad/key-dummy-needed 202 "isn't in this file (a GNU dummy)"
    refused bad/key-card-needed 202 'on a smart card'
    refused bad/sym-s2k-gnu 207 'no passphrase opens'
}

@test "an unknown S2K mode, cipher or hash is refused, never taken for no protection" {
    refused bad/key-s2k-unknown 202 'unknown string-to-key kind 2'
    refused bad/key-usage-unknown-cipher 202 'unknown cipher 99'
    refused bad/sym-s2k-unknown 207 'unknown string-to-key kind 2'
    refused bad/sym-s2k-unknown-hash 207 'unknown algorithm 99'
    refused bad/sym-unknown-cipher 207 'unknown cipher 99'
}

@test "a tampered secret key is refused before it is used" {
    refused bad/key-flip-secret 202 'is damaged'
    refused bad/key-checksum 202 'is damaged'
}

@test "a PKESK that doesn't open is passed by for the next one" {
    local case
    for case in pkesk-same-key-first-broken pkesk-unknown-algorithm pkesk-unknown-version \
        multi-recipient-last sym-two-passphrases-collision throw-keyids-many-keys; do
        decrypts_case good/$case
        assert_status 0
        assert_same "$PGP/good/$case/plain" stdout
    done
}

# --- amounts

@test "Argon2 that asks for terabytes or hours is refused in little time and memory" {
    bounded bad/sym-argon2-memory-31 207
    assert_stderr_has 'too much work by Argon2'
    bounded bad/sym-argon2-passes-255 207
    bounded bad/key-argon2-huge 202
    assert_stderr_has 'too much work by Argon2'
    bounded bad/sym-argon2-zero 205 207
    bounded bad/sym-argon2-memory-too-small 205 207
}

@test "packet lengths up to 2^32-1 are never allocated" {
    bounded bad/outer-container-length-4g 206
    bounded bad/outer-pkesk-length-4g 206 207
    bounded bad/outer-marker-length-2g 206 207
    bounded bad/inner-literal-length-4g 205
    bounded bad/outer-many-pkesk 204 207
}

@test "numbers of 65535 bits, and longer than their packet, are never allocated nor computed with" {
    bounded bad/rsa-mpi-65535-bits 205
    bounded bad/rsa-mpi-huge 205
    bounded bad/key-mpi-over 202
    bounded bad/key-oid-over 202
}

@test "AEAD chunks of gigabytes are refused" {
    bounded bad/seipd2-chunksize-17 207
    bounded bad/seipd2-chunksize-255 207
    bounded bad/tag20-chunksize-57 207
}

@test "compressed bombs are unpacked in little memory, and no deeper than 8 times" {
    bounded bad/inner-bomb-nested-padding 205 207
    bounded bad/inner-bomb-zeros-no-packet 205 207
    bounded bad/inner-compress-nested-many 207
}

@test "a segment of zeros, compressed a thousand to one, is no bomb" {
    need_gpg
    head -c 16777216 /dev/zero >plain
    gpg --batch --quiet --pinentry-mode loopback --passphrase words --symmetric <plain >sealed
    [ "$(wc -c <sealed)" -lt 100000 ]
    echo words >words
    run_status within "$WALSEAL" decrypt -p words -o opened sealed
    assert_status 0
    assert_silent
    assert_same plain opened
}

@test "keys of absurd lengths are refused in little memory" {
    local head
    printf 'x' >sealed
    for head in '\x99\x00\x0d' '\x9a\xff\xff\xff\xff' '\xc6\xff\xff\xff\xff\xff'; do
        # shellcheck disable=SC2059 # it is a format
        printf "$head"'\x04\x5e\x0b\xe1\x00\x01\xff\xff\x80\x00\x00\x00\x00' >key
        run_status within "$WALSEAL" encrypt -k key <sealed
        assert_status 102
        assert_no_output
        assert_one_line_error 'key: '
    done
}

@test "armor without an end is refused in little memory" {
    {
        echo '-----BEGIN PGP MESSAGE-----'
        echo
        head -c 40000000 /dev/zero | tr '\0' A
    } >sealed
    run_status within "$WALSEAL" decrypt -k "$WALG/cv25519.sec.asc" <sealed
    [ "$status" -ge 205 ] && [ "$status" -le 207 ] || flunk 'a wrong status'
    assert_no_output
    assert_one_line_error
}
