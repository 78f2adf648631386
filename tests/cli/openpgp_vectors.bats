# OpenPGP messages of other makers, and damaged ones: every case of the vectors, by one thread and by
# four, and into a file. See tests/vectors/openpgp/README.md for what a case is.
# shellcheck shell=bash disable=SC2317 # one_message is called by its name
bats_require_minimum_version 1.5.0
load ../helper

PGP=$VECTORS/openpgp
without_terminal=()
if (: </dev/tty) 2>/dev/null; then without_terminal=(setsid -w); fi
FAMILIES='ecdh flip inner key mdc outer rsa seipd1 seipd2 session sym tag20 trunc x25519'

# case_arguments DIR: sets the array arguments to the options that decrypt needs for the case.
case_arguments() {
    arguments=()
    [ ! -e "$1/key" ] || arguments+=(-k "$1/key")
    [ ! -e "$1/pass" ] || arguments+=(-p "$1/pass")
}

# expected DIR: sets wanted to what the case says of the status, as |ok|205|.
expected() {
    local line
    while read -r line; do
        case $line in
        expect:*)
            line=${line#expect:}
            wanted="|${line// /}|"
            return
            ;;
        esac
    done <"$1/case.txt"
    printf 'no expect in %s\n' "$1" >&2
    return 1
}

# decrypt_case DIR OUT OPTION...: with its key and passphrase, from standard input, in a session
# without a terminal. Leaves $status, standard output in OUT and standard error's lines in the array
# lines. There are a thousand of these: no process more than needed.
decrypt_case() {
    local dir=$1 out=$2
    shift 2
    status=0
    "${without_terminal[@]}" "$WALSEAL" decrypt "${arguments[@]}" "$@" <"$dir/message.pgp" >"$out" 2>"$T/err" ||
        status=$?
    mapfile -t lines <"$T/err"
}

wrong() {
    printf '%s; status %s: %s\n' "$*" "$status" "${lines[*]}"
    return 1
}

# output_fits DIR FILE: what came out is all of plain, or its beginning, or nothing, as the case has
# it.
output_fits() {
    if [ "$status" -eq 0 ]; then
        cmp -s "$1/plain" "$2" || wrong 'not the plaintext'
    elif [ -s "$2" ]; then
        [ -e "$1/plain" ] && [[ $1 != */unsupported/* ]] || wrong 'something came out' || return 1
        assert_prefix "$2" "$1/plain" || wrong 'something untrue came out'
    fi
}

# A failure is a single line, in the house's form; success may have a note, on a signature say.
text_fits() {
    [ "$status" -eq 0 ] || [ ${#lines[@]} -eq 1 ] || wrong 'not one line' || return 1
    [ ${#lines[@]} -eq 0 ] || [[ ${lines[0]} == 'walseal: '*[!.] ]] || wrong 'not in its form'
}

# try_case DIR: one outcome, whatever the number of threads, and no file of what failed.
try_case() {
    local dir=$1 wanted first arguments threads=1
    [ -z "$OTHER_BUILD" ] || threads=4
    expected "$dir" || return 1
    case_arguments "$dir"
    decrypt_case "$dir" "$T/one" -T "$threads"
    [[ $wanted == *"|$status|"* || ($status -eq 0 && $wanted == *'|ok|'*) ]] ||
        wrong "expected ${wanted//|/ }" || return 1
    output_fits "$dir" "$T/one" && text_fits || return 1
    first="$status ${lines[*]}"
    [ -z "$OTHER_BUILD" ] || return 0
    decrypt_case "$dir" "$T/four" -T 4
    [ "$status ${lines[*]}" = "$first" ] || wrong "with one thread it was $first" || return 1
    [ ! -s "$T/one" ] && [ ! -s "$T/four" ] || cmp "$T/one" "$T/four" || return 1
    [ "$status" -ne 0 ] || return 0
    decrypt_case "$dir" "$T/none" -o "$T/out/new"
    [ "$status ${lines[*]}" = "$first" ] || wrong "without -o it was $first" || return 1
    left=("$T"/out/* "$T"/out/.[!.]*)
    [ ${#left[@]} -eq 0 ] || wrong "left behind: ${left[*]}" || return 1
    [ ! -s "$T/none" ] || wrong 'standard output with -o'
}

# try_cases DIR...: all of them, telling each that is wrong. Of one more build a half, another one each
# time.
try_cases() {
    local dir failed=0 left=() number step=1
    shopt -s nullglob
    mkdir -p "$T/out"
    [ -e "$1/case.txt" ] || flunk "no case: $1" || return 1
    [ -z "$OTHER_BUILD" ] || [ -n "${EMULATOR-}${THOROUGH-}" ] || [ $# -eq 1 ] || step=2
    for ((number = 1 + RANDOM % step; number <= $#; number += step)); do
        dir=${!number}
        try_case "$dir" || {
            printf -- '--- %s\n' "${dir#"$PGP"/}"
            failed=$((failed + 1))
            rm -rf "$T/out"
            mkdir "$T/out"
        }
    done
    [ "$failed" -eq 0 ]
}

@test "every case has a message, a word on what is expected, and a test that takes it" {
    local dir family wanted word lacking
    [ "$(find "$PGP"/good -mindepth 1 -maxdepth 1 | wc -l)" -ge 128 ]
    [ "$(find "$PGP"/bad -mindepth 1 -maxdepth 1 | wc -l)" -ge 195 ]
    [ "$(find "$PGP"/unsupported -mindepth 1 -maxdepth 1 | wc -l)" -ge 23 ]
    for dir in "$PGP"/{good,bad,unsupported}/*; do
        [ -f "$dir/message.pgp" ] || flunk "$dir: no message"
        expected "$dir"
    done
    for word in maker why; do
        lacking=$(grep -L "^$word: ." "$PGP"/{good,bad,unsupported}/*/case.txt || true)
        [ -z "$lacking" ] || flunk "no $word: $lacking"
    done
    for dir in "$PGP"/good/*; do
        expected "$dir"
        [[ $wanted == '|ok|'* ]] && [ -f "$dir/plain" ] || flunk "$dir"
    done
    for dir in "$PGP"/bad/*; do
        family=${dir##*/}
        family=${family%%-*}
        [[ " $FAMILIES empty resync " == *" $family "* ]] || flunk "$dir: of no family"
    done
}

@test "good: armor in every dress" {
    try_cases "$PGP"/good/armor-*
}

@test "good: compressed, not compressed, literal packets of every kind, lengths of every kind" {
    try_cases "$PGP"/good/{compress,length,literal,marker,oldformat,partial}-*
}

@test "good: public-key algorithms" {
    try_cases "$PGP"/good/{brainpool,cv25519,ecdh,elgamal,nistp,rsa,x25519,x448}*
}

@test "good: recipients, hidden, several, retired, revoked and unknown" {
    try_cases "$PGP"/good/{expired,hidden,keyfile,keyring,mixed,multi,newest,older,pkesk,revoked,subkeys,throw}*
}

@test "good: secret keys under every protection" {
    try_cases "$PGP"/good/{passphrase,protect}-*
}

@test "good: containers of version 1 and 2, and packet 20" {
    try_cases "$PGP"/good/{seipd1,seipd2,tag20}-*
}

@test "good: signed, by a passphrase alone, and what WAL-G's library writes" {
    try_cases "$PGP"/good/{signed,sym,walg}-*
}

@test "good: the tests above left out none" {
    local dir
    for dir in "$PGP"/good/*; do
        case ${dir##*/} in
        armor-* | compress-* | length-* | literal-* | marker-* | oldformat-* | partial-*) ;;
        brainpool* | cv25519* | ecdh* | elgamal* | nistp* | rsa* | x25519* | x448*) ;;
        expired* | hidden* | keyfile* | keyring* | mixed* | multi* | newest* | older*) ;;
        pkesk* | revoked* | subkeys* | throw* | passphrase-* | protect-* | seipd1-*) ;;
        seipd2-* | tag20-* | signed-* | sym-* | walg-*) ;;
        *) flunk "no test takes $dir" ;;
        esac
    done
}

@test "bad: encrypted session keys" {
    try_cases "$PGP"/bad/{ecdh,rsa,session,x25519}-*
}

@test "bad: bits flipped" {
    try_cases "$PGP"/bad/flip-*
}

@test "bad: what is inside" {
    try_cases "$PGP"/bad/inner-*
}

@test "bad: keys" {
    try_cases "$PGP"/bad/key-*
}

@test "bad: the integrity of version 1" {
    try_cases "$PGP"/bad/{mdc,resync,seipd1}-*
}

@test "bad: what is around, empty input" {
    try_cases "$PGP"/bad/{outer-*,empty-input}
}

@test "bad: AEAD" {
    try_cases "$PGP"/bad/{seipd2,tag20}-*
}

@test "bad: passphrases" {
    try_cases "$PGP"/bad/sym-*
}

@test "bad: cut short" {
    try_cases "$PGP"/bad/trunc-*
}

@test "unsupported" {
    try_cases "$PGP"/unsupported/*
}

# --- what WAL-G wrote

# each_walg FUNCTION: calls it with each message, its secret key and its plaintext; pass is the
# passphrase's file, if there is one.
each_walg() {
    local message key name
    for message in "$PGP"/walg/*.enc; do
        name=${message##*/}
        key=$PGP/walg/${name%%.*}
        pass=()
        [ ! -e "$key.pass" ] || pass=("$key.pass")
        name=${name%.enc}
        "$1" "$message" "$key.sec.asc" "$PGP/walg/plain.${name#*.}" || flunk "$message" || return 1
    done
}

plain_opens() {
    local plain=$1
    shift
    run_status "$@"
    assert_status 0 && assert_silent && assert_same "$plain" "$T/stdout"
}

@test "WAL-G's messages open with -k, by one thread and by four, with every CR where it was" {
    one_message() {
        plain_opens "$3" "$WALSEAL" decrypt -T 1 -k "$2" ${pass[0]+-p "${pass[0]}"} "$1" &&
            plain_opens "$3" "$WALSEAL" decrypt -T 4 -k "$2" ${pass[0]+-p "${pass[0]}"} "$1"
    }
    each_walg one_message
    grep -q $'\r' "$PGP/walg/plain.crlf"
}

@test "WAL-G's messages open with WAL-G's variables, the key inline or its path" {
    one_message() {
        local passphrase=''
        [ ${#pass[@]} -eq 0 ] || passphrase=$(cat "${pass[0]}")
        plain_opens "$3" env WALG_PGP_KEY_PATH="$2" WALG_PGP_KEY_PASSPHRASE="$passphrase" \
            "$WALSEAL" decrypt "$1" &&
            plain_opens "$3" env WALG_PGP_KEY="$(cat "$2")" WALG_PGP_KEY_PASSPHRASE="$passphrase" \
                "$WALSEAL" decrypt "$1" &&
            plain_opens "$3" env WALG_PGP_KEY="$(sed -z 's/\n/\\n/g' "$2")" \
                WALG_PGP_KEY_PASSPHRASE="$passphrase" "$WALSEAL" decrypt "$1"
    }
    each_walg one_message
}

@test "WAL-G's messages open with a directory of all the keys, from a pipe, into -o" {
    mkdir keys out
    cp "$PGP"/walg/{rsa,cv25519}.sec.asc keys
    one_message() {
        [ ${#pass[@]} -eq 0 ] || return 0
        run_status "$WALSEAL" decrypt -k keys --from "cat '$1'" -o out/file
        assert_status 0
        assert_silent
        assert_same "$3" out/file
        rm out/file
    }
    each_walg one_message
}
