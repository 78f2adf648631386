# The peers: other OpenPGP programs and libraries, each behind the same eight functions. Whoever
# adds one writes these eight, and its name in PEERS.
#
#   PEER_is_here                      true, or says what is missing
#   PEER_kinds                        the kinds of key it makes, a line each
#   PEER_reads KIND                   it can use such a key
#   PEER_make_key KIND FILE [PASS]    a secret key in FILE, the public one in FILE.pub; the user ID
#                                     is FILE's name
#   PEER_encrypt [-OPTION]... FILE.pub...
#   PEER_decrypt FILE [PASS]
#   PEER_lock PASS [-OPTION]...  PEER_unlock PASS      messages for a passphrase
#
# Data go from standard input to standard output. Options are the peer's own. A KIND is what gpg
# calls an algorithm; -v4 and -v6 name RFC 9580's numbers for Curve25519 and Curve448, -aead is a
# version 4 key that asks for SEIPD version 2.
# shellcheck shell=bash disable=SC2034,SC2317 # interop.bash uses and calls all this

PEERS='gpg sq rnp openpgpjs5 openpgpjs6 gocrypto'

# split_options ARGUMENT...: sets options to those in front that start with -, rest to the others.
split_options() {
    options=()
    while [[ ${1-} == -* ]]; do
        options+=("$1")
        shift
    done
    rest=("$@")
}

# --- GnuPG

gpg_is_here() {
    command -v gpg gpg-agent gpgconf >/dev/null || { echo "gpg isn't installed" && return 1; }
}

# gpg as somebody who has never used it; GNUPGHOME is interop_setup's.
gpg_quietly() {
    gpg --batch --quiet --no-tty --pinentry-mode loopback --trust-model always "$@"
}

gpg_kinds() {
    printf '%s\n' rsa2048 rsa3072 cv25519 nistp256 nistp384 nistp521 \
        brainpoolP256r1 brainpoolP384r1 brainpoolP512r1
}

gpg_reads() {
    [[ $1 != *-v[46] ]]
}

gpg_make_key() {
    local name=${2##*/}
    {
        [ -n "${3-}" ] || echo %no-protection
        case $1 in
        rsa*)
            printf '%s\n' 'Key-Type: RSA' "Key-Length: ${1#rsa}" \
                'Subkey-Type: RSA' "Subkey-Length: ${1#rsa}"
            ;;
        cv25519)
            printf '%s\n' 'Key-Type: EDDSA' 'Key-Curve: Ed25519' \
                'Subkey-Type: ECDH' 'Subkey-Curve: Curve25519'
            ;;
        *)
            printf '%s\n' 'Key-Type: ECDSA' "Key-Curve: $1" \
                'Subkey-Type: ECDH' "Subkey-Curve: $1"
            ;;
        esac
        printf '%s\n' 'Key-Usage: sign' 'Subkey-Usage: encrypt' "Name-Real: $name"
        [ -z "${3-}" ] || printf 'Passphrase: %s\n' "$3"
    } | gpg_quietly --generate-key &&
        gpg_quietly --passphrase "${3-}" --armor --export-secret-keys "=$name" >"$2" &&
        gpg_quietly --armor --export "=$name" >"$2.pub"
}

gpg_encrypt() {
    local options rest key
    split_options "$@"
    for key in "${rest[@]}"; do
        options+=(--recipient-file "$key")
    done
    gpg_quietly "${options[@]}" --encrypt
}

gpg_decrypt() {
    gpg_quietly --passphrase "${2-}" --import "$1" && gpg_quietly --passphrase "${2-}" --decrypt
}

gpg_lock() {
    gpg_quietly --passphrase "$1" "${@:2}" --symmetric
}

gpg_unlock() {
    gpg_quietly --passphrase "$1" --decrypt
}

# --- Sequoia

sq_is_here() {
    command -v sq >/dev/null || { echo "sq isn't installed" && return 1; }
}

# sq_asked PASS TIMES ARGUMENT...: it takes passphrases from a terminal only, so it gets one.
sq_asked() {
    local pass=$1 times=$2 line
    shift 2
    line=$(printf '%q ' sq "$@")
    for _ in $(seq "$times"); do
        printf '%s\n' "$pass"
    done | script --quiet --return --command "$line" /dev/null >sq.said
}

sq_kinds() {
    printf '%s\n' rsa3072 rsa4096 cv25519
}

sq_reads() {
    [[ $1 != *-v[46] && $1 != brainpool* && $1 != elgamal* ]]
}

sq_make_key() {
    local suite=$1
    case $1 in
    rsa*) suite=rsa${1:3:1}k ;;
    esac
    set -- "$2" "${3-}" key generate --cipher-suite "$suite" --userid "${2##*/}" --export "$2" \
        --rev-cert "$2.rev"
    if [ -n "$2" ]; then
        sq_asked "$2" 2 "${@:3}" --with-password
    else
        sq "${@:3}"
    fi && sq key extract-cert --output "$1.pub" "$1"
}

sq_encrypt() {
    local options rest key
    split_options "$@"
    for key in "${rest[@]}"; do
        options+=(--recipient-cert "$key")
    done
    sq encrypt "${options[@]}"
}

sq_decrypt() {
    if [ -n "${2-}" ]; then
        rm -f sq.out
        cat >sq.in
        sq_asked "$2" 1 decrypt --recipient-key "$1" --output sq.out sq.in && cat sq.out
    else
        sq decrypt --recipient-key "$1"
    fi
}

sq_lock() {
    rm -f sq.out
    cat >sq.in
    sq_asked "$1" 2 encrypt "${@:2}" --symmetric --output sq.out sq.in && cat sq.out
}

sq_unlock() {
    rm -f sq.out
    cat >sq.in
    sq_asked "$1" 1 decrypt --output sq.out sq.in && cat sq.out
}

# --- RNP

rnp_is_here() {
    command -v rnp rnpkeys >/dev/null || { echo "rnp isn't installed" && return 1; }
}

rnp_kinds() {
    printf '%s\n' rsa2048 rsa4096 cv25519 nistp256 nistp384 nistp521 \
        brainpoolP256r1 brainpoolP384r1 brainpoolP512r1
}

rnp_reads() {
    [[ $1 != *-v[46] ]]
}

rnp_make_key() {
    local answers ring
    case $1 in
    rsa*) answers=(1 "${1#rsa}") ;;
    cv25519) answers=(22) ;;
    nistp256) answers=(19 1) ;;
    nistp384) answers=(19 2) ;;
    nistp521) answers=(19 3) ;;
    brainpoolP256r1) answers=(19 4) ;;
    brainpoolP384r1) answers=(19 5) ;;
    brainpoolP512r1) answers=(19 6) ;;
    esac
    ring=$(mktemp -d rnp-XXXXXX)
    printf '%s\n' "${answers[@]}" | rnpkeys --homedir "$ring" --expert --userid "${2##*/}" \
        --password "${3-}" --generate-key &&
        rnpkeys --homedir "$ring" --export-key --secret "${2##*/}" >"$2" &&
        rnpkeys --homedir "$ring" --export-key "${2##*/}" >"$2.pub"
}

rnp_encrypt() {
    local options rest key
    split_options "$@"
    for key in "${rest[@]}"; do
        key=${key##*/}
        options+=(--recipient "${key%.pub}")
    done
    cat "${rest[@]}" >rnp.keys
    rnp --keyfile rnp.keys "${options[@]}" --encrypt --output -
}

rnp_decrypt() {
    rnp --keyfile "$1" --password "${2-}" --decrypt --output -
}

rnp_lock() {
    rnp --password "$1" "${@:2}" --symmetric --output -
}

rnp_unlock() {
    rnp --password "$1" --decrypt --output -
}

# --- OpenPGP.js: two versions, each in a folder of its own below $BUILD

openpgpjs() {
    node --no-warnings "$ROOT/tests/interop/openpgpjs.mjs" "$BUILD/interop/node_modules/openpgp$1" \
        "${@:2}"
}

openpgpjs_is_here() {
    command -v node >/dev/null || { echo "node isn't installed" && return 1; }
    [ -d "$BUILD/interop/node_modules/openpgp$1" ] || {
        echo "openpgp $1 from npm isn't installed" && return 1
    }
}

openpgpjs5_is_here() { openpgpjs_is_here 5; }
openpgpjs6_is_here() { openpgpjs_is_here 6; }

openpgpjs5_kinds() {
    printf '%s\n' rsa2048 cv25519 nistp256 nistp384 nistp521 \
        brainpoolP256r1 brainpoolP384r1 brainpoolP512r1
}

openpgpjs6_kinds() {
    openpgpjs5_kinds
    printf '%s\n' x25519-v4 x448-v4 x25519-v6 x448-v6 nistp256-v6 nistp521-v6 rsa2048-v6 \
        cv25519-aead
}

openpgpjs5_reads() {
    [[ $1 != *-v6 && $1 != x448* ]]
}

openpgpjs6_reads() {
    true
}

openpgpjs5_make_key() { openpgpjs 5 make-key "$@"; }
openpgpjs6_make_key() { openpgpjs 6 make-key "$@"; }
openpgpjs5_encrypt() { openpgpjs 5 encrypt "$@"; }
openpgpjs6_encrypt() { openpgpjs 6 encrypt "$@"; }
openpgpjs5_decrypt() { openpgpjs 5 decrypt "$@"; }
openpgpjs6_decrypt() { openpgpjs 6 decrypt "$@"; }
openpgpjs5_lock() { openpgpjs 5 lock "$@"; }
openpgpjs6_lock() { openpgpjs 6 lock "$@"; }
openpgpjs5_unlock() { openpgpjs 5 unlock "$@"; }
openpgpjs6_unlock() { openpgpjs 6 unlock "$@"; }

# --- go-crypto, the library in WAL-G

GO_PATH=/usr/share/gocode

gocrypto() {
    "$BUILD/interop/gocrypto" "$@"
}

# Compiled where it isn't yet. Several files of tests may find that at once.
gocrypto_is_here() {
    local source=$ROOT/tests/interop/gocrypto.go program=$BUILD/interop/gocrypto
    command -v go >/dev/null || { echo "go isn't installed" && return 1; }
    [ -d $GO_PATH/src/github.com/ProtonMail/go-crypto/openpgp ] || {
        echo "golang-github-protonmail-go-crypto-dev isn't installed" && return 1
    }
    mkdir -p "$BUILD/interop"
    (
        flock 9
        [ "$program" -nt "$source" ] ||
            env GO111MODULE=off GOFLAGS=-mod=mod GOPROXY=off GOPATH=$GO_PATH \
                GOCACHE="$BUILD/interop/go-cache" go build -o "$program" "$source" ||
            { echo "go can't compile gocrypto.go" && return 1; }
    ) 9>"$BUILD/interop/gocrypto.lock"
}

gocrypto_kinds() {
    printf '%s\n' rsa2048 cv25519 nistp256 nistp384 nistp521 \
        brainpoolP256r1 brainpoolP384r1 brainpoolP512r1
}

gocrypto_reads() {
    [[ $1 != *-v[46] ]]
}

gocrypto_make_key() { gocrypto make-key "$@"; }
gocrypto_encrypt() { gocrypto encrypt "$@"; }
gocrypto_decrypt() { gocrypto decrypt "$@"; }
gocrypto_lock() { gocrypto lock "$@"; }
gocrypto_unlock() { gocrypto unlock "$@"; }
