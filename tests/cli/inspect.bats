#!/usr/bin/env bats
# What can be seen without a key.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; sh -c has its own $0
load ../helper
load openpgp
load json

setup() {
    helper_setup
}

# inspect STATUS INPUT...: with --json
inspect() {
    local expected=$1
    shift
    run_status "$WALSEAL" inspect --json "$@" </dev/null
    assert_status "$expected"
}

# says LINE: the last output has it.
says() {
    grep -qxF -- "$1" "$T/stdout" || flunk "never said: $1: $(cat "$T/stdout")"
}

@test "an OpenPGP message of version 1: for whom, how long, and that its cipher doesn't show" {
    inspect 0 "$WALG/rsa.100.enc"
    assert_silent
    objects 1
    has '{kind}' openpgp-message
    has '{armored}' 0
    has '{encrypted}' 1
    has '{recipients}[0]{packet}' PKESK
    has '{recipients}[0]{version}' 3
    has '{recipients}[0]{key_id}' D4C97428538E1D64
    has '{recipients}[0]{algorithm}' RSA
    has '{container}' SEIPD
    has '{container_version}' 1
    has '{cipher}' null
    has '{aead}' absent
    has '{whole}' 1
    has '{error}' absent
    has '{size}' "$(wc -c <"$WALG/rsa.100.enc")"
}

@test "the bounds of what a version 1 message holds enclose what it holds" {
    local plain max content_min
    for plain in 0 1 100 8191 100000; do
        random_file $plain plain
        sealed -k "$WALG/rsa.pub.asc"
        inspect 0 sealed
        max=$(value '{plaintext_if_uncompressed_at_most}')
        content_min=$(value '{content_size_min}')
        [ "$plain" -le "$max" ] && [ $((plain + 7)) -le "$(value '{content_size_max}')" ] || flunk "$plain: $max"
        [ "$max" -lt $((plain + 100)) ] && [ "$content_min" -gt "$plain" ] || flunk "$plain: $max $content_min"
    done
}

@test "an AEAD message: cipher, mode, chunk size, and exactly how much is in it" {
    inspect 0 "$PGP/good/seipd2-eax/message.pgp"
    has '{container}' SEIPD
    has '{container_version}' 2
    has '{cipher}' AES-128
    has '{aead}' EAX
    has '{chunk_size}' 64
    has '{chunks}' 5
    has '{content_size}' 309
    has '{recipients}[0]{version}' 6
    has '{recipients}[0]{algorithm}' X25519
    has '{recipients}[0]{key_id}' BE5AD966C444AD11
    has '{recipients}[0]{fingerprint}' BE5AD966C444AD1188C59338E3B996710ABC52FC76DF411358B7A155ACCCC598
    inspect 0 "$PGP/good/seipd2-v4-ecdh/message.pgp"
    local print
    print=$(value '{recipients}[0]{fingerprint}')
    [ ${#print} -eq 40 ]
    has '{recipients}[0]{key_id}' "${print:24}"
    inspect 0 "$PGP/good/tag20-ocb-chunk0/message.pgp"
    has '{container}' LibrePGP-AEAD
    has '{aead}' OCB
}

@test "an AEAD message whose chunks are all full has as many as it has" {
    inspect 0 "$PGP/good/seipd2-one-chunk-exact/message.pgp"
    has '{chunks}' 1
    has '{content_size}' "$(value '{chunk_size}')"
}

@test "hidden recipients, several, and a passphrase" {
    inspect 0 "$PGP/good/throw-keyids-many-keys/message.pgp"
    has '{recipients}[0]{hidden}' 1
    has '{recipients}[0]{key_id}' absent
    has '{recipients}[1]{algorithm}' ECDH
    has '{recipients}[1]{hidden}' 1
    inspect 0 "$PGP/good/mixed-pkesk-skesk-key/message.pgp"
    grep -q '"PKESK"' stdout
    grep -q '"SKESK"' stdout
    inspect 0 "$PGP/good/sym-v6-argon2-openpgpjs6/message.pgp"
    has '{recipients}[0]{packet}' SKESK
    has '{recipients}[0]{version}' 6
    has '{recipients}[0]{passphrase}' 'Argon2, 1 passes, 1 lanes, 2^15 KiB'
    inspect 0 "$PGP/good/sym-s2k-iterated-gpg/message.pgp"
    [[ $(value '{recipients}[0]{passphrase}') == 'iterated S2K, SHA-1, '*' octets' ]]
}

@test "a recipient of a kind that isn't known is told as that" {
    inspect 0 "$PGP/good/pkesk-unknown-version/message.pgp"
    grep -q '"problem":"is of version' stdout
}

@test "many recipients are told as far as there is room, and the rest is counted" {
    local left shown
    packets "$WALG/rsa.100.enc" 0 1 >one
    repeated 1000 one >many
    packets "$WALG/rsa.100.enc" 1 1 >>many
    inspect 0 many
    objects 1
    has '{whole}' 1
    left=$(value '{recipients_left_out}')
    shown=$(grep -o '"PKESK"' stdout | wc -l)
    [ "$left" -gt 100 ] && [ $((left + shown)) -eq 1000 ] || flunk "$shown and $left"
    run_status "$WALSEAL" inspect many
    [ "$(grep -c '^recipient: ' stdout)" -gt 300 ]
    says 'whole: yes'
    repeated 101 one >>many
    inspect 105 many
}

@test "armor is told, and read through" {
    inspect 0 "$PGP/good/armor-text-before/message.pgp"
    has '{armored}' 1
    has '{whole}' 1
}

@test "every good vector is whole, and every one of them is JSON" {
    local messages=("$PGP"/good/*/message.pgp)
    [ ${#messages[@]} -ge 100 ]
    inspect 0 "${messages[@]}"
    objects ${#messages[@]}
    [ "$(grep -c '"kind":"openpgp-message".*"whole":true' stdout)" -eq ${#messages[@]} ] ||
        flunk "not whole: $(grep -v '"kind":"openpgp-message".*"whole":true' stdout)"
}

@test "every vector that is cut off is truncated, unless so little is left that nothing shows" {
    local message count=0
    for message in "$PGP"/bad/trunc-*/message.pgp; do
        inspect 106 "$message"
        assert_one_line_error truncated
        has '{whole}' 0
        has '{error}' "${stderr#walseal: }"
        count=$((count + 1))
    done
    [ $count -ge 15 ]
}

@test "what follows a message, what is no size of one, and damaged armor are damage" {
    local case
    for case in outer-literal-after outer-trailing-garbage outer-two-messages seipd1-too-short \
        seipd2-only-header seipd2-short-header outer-armor-bad-char; do
        inspect 105 "$PGP/bad/$case/message.pgp"
        assert_one_line_error 'damaged: '
        has '{whole}' 0
    done
}

@test "no AEAD message ends in an empty chunk, or is too short for the least packet of data" {
    local message=$PGP/bad/seipd2-only-final-tag/message.pgp
    inspect 105 "$message"
    assert_one_line_error 'damaged: its encrypted data have a size that no whole message has'
    # its container begins at octet 111, and its length is one octet
    { head -c 112 "$message" && printf '\x44' && tail -c +114 "$message" && head -c 16 /dev/zero; } >longer
    inspect 105 longer
    assert_one_line_error 'damaged: its encrypted data have a size that no whole message has'
    has '{whole}' 0
}

@test "what walseal doesn't open is told with what it is, and what of it shows" {
    inspect 107 "$PGP/unsupported/outer-plain-literal/message.pgp"
    assert_one_line_error "is an OpenPGP message that isn't encrypted"
    has '{encrypted}' 0
    inspect 107 "$PGP/unsupported/outer-sed-tag9/message.pgp"
    assert_one_line_error 'without integrity protection'
    has '{encrypted}' 1
    inspect 107 "$PGP/unsupported/seipd2-cipher-unknown/message.pgp"
    assert_one_line_error 'cipher 99'
    has '{container_version}' 2
    inspect 107 "$PGP/unsupported/outer-detached-signature/message.pgp"
    assert_one_line_error 'is a signature'
}

@test "nothing tells sodium from random, but the size says what it would be" {
    local plain
    make_key key
    for plain in 0 1 8191 8192 8193 24576; do
        random_file $plain plain
        "$WALSEAL" encrypt -q -k key plain >sealed
        inspect 0 sealed
        has '{kind}' sodium-or-random
        has '{whole}' null
        has '{plaintext_size_if_sodium}' $plain
        has '{chunks_if_sodium}' $((plain / 8192 + 1))
    done
    random_file 5000
    inspect 0 random.5000
    has '{kind}' sodium-or-random
    has '{note}' 'only a key tells a sodium stream from random bytes'
}

@test "a line of UTF-8 may be a sodium key; other octets, none of them a control, are a stream" {
    printf 'Schlüssel für die Sicherungen' >object
    inspect 0 object
    has '{kind}' sodium-key
    perl -e 'print map chr 0xa0 + $_, 0 .. 40' >object
    inspect 0 object
    has '{kind}' sodium-or-random
}

@test "12 letters are a text, and 10 times the same octet isn't random; fewer may be" {
    printf 'twelve words' >object
    inspect 107 object
    assert_one_line_error 'is text'
    printf 'eleven word' >object
    inspect 106 object
    { random_octets 40 && printf '\0%.0s' 1 2 3 4 5 6 7 8 9 10; } >object
    inspect 107 object
    assert_one_line_error "is data that isn't encrypted"
    { random_octets 41 && printf '\0%.0s' 1 2 3 4 5 6 7 8 9; } >object
    inspect 0 object
}

# random_octets N: each of them another one, and none of them 0.
random_octets() {
    perl -MList::Util=shuffle -e 'binmode STDOUT; print map chr, (shuffle 128 .. 255)[0 .. $ARGV[0] - 1]' "$1"
}

@test "sizes that no whole sodium stream has are truncated, if it is one" {
    local size
    for size in 1 16 18 23 24 40 $((24 + 8209)) $((24 + 8209 + 1)) $((24 + 8209 + 16)) $((24 + 3 * 8209)); do
        random_file $size object
        inspect 106 object
        assert_one_line_error 'truncated, if it is a sodium stream'
        has '{whole}' 0
    done
    assert_stderr_has 'ends between two chunks'
    random_file $((24 + 8209 + 16)) object
    inspect 106 object
    assert_stderr_has 'ends inside a chunk'
    for size in 41 $((24 + 8208)) $((24 + 8209 + 17)); do
        random_file $size object
        inspect 0 object
    done
}

@test "WAL-G's object of an empty file is named, in a file and on standard input" {
    inspect 107 "$VECTORS/sodium/unsupported/walg-17-bytes.enc"
    assert_one_line_error 'is the 17-byte object that WAL-G leaves for an empty file'
    has '{kind}' wal-g-empty
    has '{size}' 17
    run_status "$WALSEAL" inspect <"$VECTORS/sodium/unsupported/walg-17-bytes.enc"
    assert_status 107
    says 'input: standard input'
    says 'size: 17 bytes'
}

@test "other things are named, and plain data is told not to be encrypted" {
    inspect 107 "$VECTORS/sodium/unsupported/age.enc"
    has '{kind}' other
    has '{looks_like}' 'an age file'
    assert_one_line_error 'is an age file'
    printf 'this is a text that somebody\nhas put into the archive\n' >note
    inspect 107 note
    has '{looks_like}' text
    inspect 107 "$PGP/unsupported/outer-not-pgp-wal/message.pgp"
    has '{looks_like}' "data that isn't encrypted"
    : >empty
    inspect 106 empty
    has '{kind}' empty
    assert_one_line_error 'is empty, as after a copy'
}

@test "an OpenPGP key: what it is, and what it is good for" {
    inspect 0 "$WALG/rsapass.sec.asc"
    assert_silent
    has '{kind}' openpgp-key
    has '{certificates}[0]{fingerprint}' 1BF537878A6E5CEBBAF539987A4E31D5B6307583
    has '{certificates}[0]{user_id}' 'rsapass public1 <rsapass@public1.example>'
    has '{certificates}[0]{keys}[0]{role}' 'primary key'
    has '{certificates}[0]{keys}[1]{role}' subkey
    has '{certificates}[0]{keys}[1]{id}' F2BEF057483FC5BF
    has '{certificates}[0]{keys}[1]{algorithm}' 'RSA of 2048 bits'
    has '{certificates}[0]{keys}[1]{expires}' null
    has '{certificates}[0]{keys}[1]{revoked}' 0
    has '{certificates}[0]{keys}[1]{encrypts}' 1
    has '{certificates}[0]{keys}[1]{decrypts}' 1
    has '{certificates}[0]{keys}[1]{secret}' protected
    has '{certificates}[0]{keys}[1]{protection}' 'AES-128 CFB with SHA-1; iterated S2K, SHA-1, 65011712 octets'
    inspect 0 "$WALG/rsapass.pub.asc"
    has '{certificates}[0]{keys}[1]{secret}' none
    has '{certificates}[0]{keys}[1]{decrypts}' 0
    inspect 0 "$WALG/cv25519.sec.asc"
    has '{certificates}[0]{keys}[1]{secret}' unprotected
    has '{certificates}[0]{keys}[1]{algorithm}' 'ECDH on Curve25519'
    has '{certificates}[0]{keys}[0]{algorithm}' 'EdDSA on Ed25519'
}

@test "why a key can't be used: expired, revoked, to sign only, a stub" {
    inspect 0 "$PGP/keys/expired.pgp"
    has '{certificates}[0]{keys}[0]{expires}' 2022-06-01T12:00:00Z
    has '{certificates}[0]{keys}[1]{encrypts}' 0
    has '{certificates}[0]{keys}[1]{reason}' 'has a primary key that expired on 2022-06-01'
    inspect 0 "$PGP/keys/revoked.pgp"
    has '{certificates}[0]{keys}[0]{revoked}' 1
    has '{certificates}[0]{keys}[1]{reason}' 'has a primary key that is revoked'
    inspect 0 "$PGP/keys/sign-only.pgp"
    has '{certificates}[0]{keys}[0]{encrypts}' 0
    inspect 0 "$PGP/keys/rsa1024.pgp"
    grep -q 'is too weak: RSA of 1024 bits, below 2048' stdout
    inspect 0 "$PGP/bad/key-dummy-needed/key"
    grep -q '"secret":"stub"' stdout
    inspect 0 "$PGP/bad/key-card-needed/key"
    grep -q '"secret":"card"' stdout
    inspect 0 "$PGP/good/protect-v6-argon2-openpgpjs6/key"
    has '{certificates}[0]{version}' 6
    grep -q 'Argon2' stdout
}

@test "every key among the vectors is described" {
    local keys=("$PGP"/keys/*.pgp "$PGP"/good/*/key)
    [ ${#keys[@]} -ge 100 ]
    inspect 0 "${keys[@]}"
    objects ${#keys[@]}
    [ "$(grep -c '"kind":"openpgp-key"' stdout)" -eq ${#keys[@]} ] ||
        flunk "no key: $(grep -v '"kind":"openpgp-key"' stdout)"
}

@test "a key file that is malformed is 102" {
    local case
    for case in key-armor-damaged key-armor-truncated key-truncated key-oid-over; do
        inspect 102 "$PGP/bad/$case/key"
        assert_one_line_error "$PGP/bad/$case/key: "
        has '{error}' "${stderr#walseal: }"
    done
}

@test "a sodium key: its readings and their fingerprints, as decrypt -v tells them" {
    local reading print
    for reading in hex base64 none; do
        make_key key $reading
        random_file 10 plain
        "$WALSEAL" encrypt -q -k key -t $reading plain >sealed
        run_status "$WALSEAL" decrypt -v -k key -o out sealed
        print=$(sed -n "s/.*the $reading key key, fingerprint \([0-9a-f]*\), opens it.*/\1/p" stderr)
        inspect 0 key
        has '{kind}' sodium-key
        has '{readings}[0]{transform}' $reading
        has '{readings}[0]{fingerprint}' "$print"
    done
    head -c 32 /dev/urandom >raw
    inspect 0 raw
    has '{kind}' sodium-key
    has '{readings}[0]{transform}' none
}

@test "the members of the objects are those that walseal(1) lists" {
    printf 'a text of two lines\nis no key\n' >text
    random_file 100 random
    make_key key
    packets "$WALG/rsa.100.enc" 0 1 >one
    repeated 900 one >many
    "$WALSEAL" inspect --json "$PGP"/{good,bad,unsupported}/*/{message.pgp,key} text random key many \
        >objects 2>/dev/null || true
    [ "$(wc -l <objects)" -gt 400 ]
    members <objects >given
    # those that take too much for a test: thousands of keys, and octets that nobody chose
    printf '%s\n' certificates_left_out keys_left_out resembles | sort - given | uniq >all
    diff all <(manual_members 'WHAT SHOWS') || flunk "the members differ"
}

@test "neither form ever has the key" {
    local digits
    openssl rand -hex 32 >key
    digits=$(cut -c 1-16 key)
    run_status "$WALSEAL" inspect -v key
    assert_status 0
    run ! grep -q "$digits" stdout stderr
    openssl rand -base64 32 >key
    run_status "$WALSEAL" inspect -v --json key
    run ! grep -qF "$(cut -c 1-12 key)" stdout stderr
}

@test "the environment isn't looked at, and no key is needed" {
    WALG_LIBSODIUM_KEY='' WALG_CSE_KMS_ID=x WALG_PGP_KEY=nonsense inspect 0 "$WALG/rsa.100.enc"
    assert_silent
}

@test "several inputs: a block or an object each, and the worst status" {
    make_key key
    random_file 18 cut
    printf 'a text of two lines\nis no key\n' >text
    inspect 0 key "$WALG/rsa.100.enc"
    objects 2
    has '{kind}' sodium-key 1
    has '{kind}' openpgp-message 2
    inspect 107 key text
    inspect 106 text cut key
    objects 3 && [ "$(grep -c '^walseal: ' stderr)" -eq 2 ]
    inspect 105 text "$PGP/bad/outer-literal-after/message.pgp" cut
    inspect 102 "$PGP/bad/outer-literal-after/message.pgp" "$PGP/bad/key-truncated/key" text
    inspect 103 "$PGP/bad/key-truncated/key" nowhere text
    objects 3
    run_status "$WALSEAL" inspect key cut
    [ "$(grep -c '^$' stdout)" -eq 1 ]
    says 'input: key'
    says 'input: cut'
}

@test "standard input is read where no INPUT is, and as -" {
    run_status "$WALSEAL" inspect --json <"$WALG/rsa.100.enc"
    assert_status 0
    has '{input}' 'standard input'
    has '{size}' "$(wc -c <"$WALG/rsa.100.enc")"
    run_status "$WALSEAL" inspect --json "$WALG/rsa.pub.asc" - <"$WALG/rsa.100.enc"
    assert_status 0
    has '{kind}' openpgp-key 1
    has '{input}' 'standard input' 2
    # shellcheck disable=SC2002 # a pipe is what is tested
    cat "$WALG/rsa.100.enc" | "$WALSEAL" inspect | grep -qx 'whole: yes'
}

@test "what isn't there or can't be read is 103, and so is a directory" {
    mkdir folder
    inspect 103 folder
    assert_one_line_error 'folder: is a directory'
    has '{error}' 'folder: is a directory'
    inspect 103 nowhere
    assert_one_line_error 'nowhere: '
    inspect 103 "$WALG/rsa.100.enc" nowhere
    run_status sh -c '"$0" inspect "$1" >/dev/full' "$WALSEAL" "$WALG/rsa.100.enc"
    assert_status 103
    assert_one_line_error 'standard output'
}

@test "control characters in names and user IDs can't reach a terminal" {
    printf 'some text of two lines\nthat is no stream' >$'a\e[31m\nb'
    run_status "$WALSEAL" inspect $'a\e[31m\nb'
    assert_status 107
    says 'input: a\x1b[31m\x0ab'
    inspect 107 $'a\e[31m\nb'
    objects 1
    has '{input}' $'a\e[31m\nb'
}

@test "a message of many megabytes takes no more memory than a small one" {
    # a sanitizer alone exceeds any limit
    case $BUILD in *sanitize*) echo "# skipped: under a sanitizer" >&3 && return 0 ;; esac
    not_emulated "qemu's own memory exceeds the limit"
    command -v prlimit >/dev/null || { echo "# skipped: no prlimit" >&3 && return 0; }
    head -c 200000000 /dev/zero | "$WALSEAL" encrypt -q -k "$WALG/rsa.pub.asc" >sealed
    run_status prlimit --as=120000000 "$WALSEAL" inspect --json sealed
    [ "$status" -ne 127 ]
    assert_status 0
    has '{whole}' 1
    rm sealed
}

@test "options that aren't inspect's are refused" {
    run_status "$WALSEAL" inspect -k key
    assert_status 101
    assert_one_line_error '--key-file is no option of inspect'
    run_status "$WALSEAL" inspect ''
    assert_status 101
    assert_one_line_error 'empty name'
}

@test "-q leaves the report as it is, and errors are still told" {
    run_status "$WALSEAL" inspect -q "$PGP/bad/trunc-middle/message.pgp"
    assert_status 106
    assert_one_line_error truncated
    says 'whole: no'
}
