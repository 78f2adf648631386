# keygen: what it makes, where it puts it, and that nothing is left of what failed.
# shellcheck shell=bash disable=SC2154,SC2016 # run_status sets status and stderr; sh expands
bats_require_minimum_version 1.5.0
load ../helper

setup() {
    helper_setup
    umask 022
    printf 'two words: größer\n' >pass
    echo hello >plain
}

# made OPTION...: keygen succeeds and has nothing to say.
made() {
    run_status "$WALSEAL" keygen "$@" </dev/null
    assert_status 0 && assert_silent
}

# refused STATUS TEXT OPTION...: one line that holds TEXT, nothing on standard output, and no file but
# those that were there.
refused() {
    local expected=$1 text=$2 before
    shift 2
    : >stdout && : >stderr
    before=$(ls -A)
    run_status "$WALSEAL" keygen "$@" </dev/null
    assert_status "$expected" && assert_one_line_error "$text" && assert_no_output || return 1
    [ "$(ls -A)" = "$before" ] || flunk "left: $(ls -A)"
}

# opens KEY PUBLIC [OPTION]...: what is encrypted to PUBLIC comes back with KEY.
opens() {
    "$WALSEAL" encrypt -q -k "$2" -o sealed plain || flunk "can't encrypt to $2" || return 1
    run_status setsid -w "$WALSEAL" decrypt -k "$1" "${@:3}" sealed
    assert_status 0 && assert_silent && assert_same stdout plain
}

mode_is() {
    [ "$(stat -c %a "$2")" = "$1" ] || flunk "$2 has mode $(stat -c %a "$2"), not $1"
}

@test "a sodium key is a line of hexadecimal digits, and opens what it encrypts" {
    local kind
    for kind in '' sodium; do
        made $kind -o "key$kind"
        assert_no_output
        [ "$(wc -l <"key$kind")" -eq 1 ]
        grep -qxE '[0-9a-f]{64}' "key$kind"
        mode_is 600 "key$kind"
        opens "key$kind" "key$kind"
    done
    run ! cmp -s key keysodium
}

@test "-t writes a sodium key as hex or base64" {
    made -t base64 -o key
    [ "$(wc -l <key)" -eq 1 ]
    grep -qxE '[A-Za-z0-9+/]{43}=' key
    "$WALSEAL" encrypt -q -k key -t base64 -o sealed plain
    run_status "$WALSEAL" decrypt -k key -t base64 sealed
    assert_status 0
    assert_same stdout plain
    made -t hex -o hex.key
    grep -qxE '[0-9a-f]{64}' hex.key
    refused 101 'hex or base64' -t none
    refused 101 'auto' -t auto
    refused 101 'no key transform' -t octal
}

@test "without -o the key goes to standard output, as with -o -" {
    local option
    for option in '' '-o -'; do
        # shellcheck disable=SC2086 # none or two words
        run_status sh -c "\"\$WALSEAL\" keygen $option | cat"
        assert_status 0
        assert_silent
        grep -qxE '[0-9a-f]{64}' stdout
    done
    run_status sh -c '"$WALSEAL" keygen openpgp | cat'
    assert_status 0
    assert_silent
    cp stdout sec
    opens sec sec
}

@test "a key on a terminal is text, and asked for" {
    command -v script >/dev/null || skip "script isn't installed"
    script --quiet --return --command '"$WALSEAL" keygen' /dev/null </dev/null >shown
    tr -d '\r' <shown >line
    grep -qxE '[0-9a-f]{64}' line
}

@test "a file of standard output that others can read is warned of" {
    "$WALSEAL" keygen >public.key 2>said
    grep -q '^walseal: warning: standard output: is a file that others can read' said
    [ "$(wc -l <said)" -eq 1 ]
    "$WALSEAL" keygen -q >quiet.key 2>said
    [ ! -s said ]
    umask 077
    "$WALSEAL" keygen >private.key 2>said
    [ ! -s said ]
    "$WALSEAL" keygen openpgp -o sec --public - >pub 2>said
    [ ! -s said ]
}

@test "an OpenPGP key is two keys in one armored block, and opens what it encrypts" {
    made openpgp -o sec --public pub
    assert_no_output
    [ "$(head -n 1 sec)" = '-----BEGIN PGP PRIVATE KEY BLOCK-----' ]
    [ "$(head -n 1 pub)" = '-----BEGIN PGP PUBLIC KEY BLOCK-----' ]
    mode_is 600 sec
    mode_is 644 pub
    opens sec pub
    opens sec sec
    run_status "$WALSEAL" decrypt -k pub sealed
    assert_status 202
    assert_stderr_has 'the secret key is needed'
}

@test "the modes are right under every umask" {
    umask 000
    made openpgp -o sec --public pub
    mode_is 600 sec
    mode_is 666 pub
    umask 077
    made openpgp -o sec2 --public pub2
    mode_is 600 sec2
    mode_is 600 pub2
    umask 277
    made -o key
    mode_is 600 key
}

@test "the public key may go to standard output" {
    made openpgp -o sec --public -
    [ "$(head -n 1 stdout)" = '-----BEGIN PGP PUBLIC KEY BLOCK-----' ]
    cp stdout pub
    opens sec pub
    refused 101 'give it -o FILE' openpgp --public -
    refused 101 'give it -o FILE' openpgp --public - -o -
}

@test "a passphrase protects the secret key" {
    made openpgp -p pass -o sec --public pub
    opens sec pub -p pass
    run_status setsid -w "$WALSEAL" decrypt -k sec sealed
    assert_status 202
    assert_stderr_has passphrase
    echo other >other
    run_status setsid -w "$WALSEAL" decrypt -k sec -p other sealed
    assert_status 202
    assert_stderr_has "the passphrase isn't this key's"
}

@test "a passphrase that some program can't be given is refused" {
    printf '' >empty
    echo >newline
    printf 'one\ntwo\n' >lines
    printf 'one\r\n' >windows
    printf 'a\0b' >zero
    printf '\377\376\n' >latin
    head -c 5000 /dev/zero | tr '\0' a >long
    refused 102 'empty: is empty' openpgp -p empty -o sec
    refused 102 'newline: is empty' openpgp -p newline -o sec
    refused 102 'lines: holds a line end' openpgp -p lines -o sec
    refused 102 'windows: holds a line end' openpgp -p windows -o sec
    refused 102 'zero: holds a line end' openpgp -p zero -o sec
    refused 102 'latin: is not UTF-8 text' openpgp -p latin -o sec
    refused 102 'long: is longer than' openpgp -p long -o sec
    refused 102 '-p names (not shown: it may be the passphrase itself): No such file' openpgp -p missing -o sec
    refused 102 'is a directory' openpgp -p "$T/home" -o sec
    assert_stderr_lacks words
}

@test "the passphrase is never taken from the environment" {
    WALG_PGP_KEY_PASSPHRASE=secret made openpgp -o sec --public pub
    opens sec pub
}

@test "keys in the environment aren't looked at" {
    WALG_LIBSODIUM_KEY='' WALG_PGP_KEY_PATH=/nowhere made -o key
    grep -qxE '[0-9a-f]{64}' key
}

@test "--rsa makes an RSA key" {
    made openpgp --rsa 2048 -o sec --public pub
    opens sec pub
    [ "$(wc -c <sec)" -gt 3000 ]
    refused 101 'none of 2048, 3072 and 4096' openpgp --rsa 1024
    refused 101 'none of 2048, 3072 and 4096' openpgp --rsa 2049
    refused 101 'none of 2048, 3072 and 4096' openpgp --rsa big
}

# What is in a user ID packet, of an armored block.
user_id() {
    sed '1,/^$/d; /^[=-]/,$d' "$1" | openssl base64 -d | strings -n 4 | grep -aF -- "$2"
}

@test "--user-id names the key" {
    command -v strings >/dev/null || skip "strings isn't installed"
    made openpgp -o sec --public pub
    user_id pub 'walseal backup key'
    made openpgp -o sec2 --public pub2 --user-id 'db1 backups <dba@example.com>'
    user_id pub2 'db1 backups <dba@example.com>'
    run ! user_id pub2 walseal
}

@test "a user ID that can't be shown is refused" {
    refused 101 '--user-id: its TEXT is empty' openpgp --user-id ''
    refused 101 '--user-id: holds a line end' openpgp --user-id $'a\nb'
    refused 101 '--user-id: holds a line end' openpgp --user-id $'a\e[31mb'
    refused 101 '--user-id: holds a line end' openpgp --user-id $'a\xc2\x85b'
    refused 101 '--user-id: is not UTF-8 text' openpgp --user-id $'a\xffb'
    refused 101 '--user-id: is longer than 512 bytes' openpgp --user-id "$(printf '%0513d' 0)"
    made openpgp --user-id "$(printf '%0512d' 0)" -o sec
    made openpgp --user-id 'größer' -o sec2
}

@test "--expires: a number of days, or a day" {
    local option
    for option in 1 400 "$(date -u -d '3 days' +%F)"; do
        made openpgp --expires "$option" -o "sec$option" --public "pub$option"
    done
    # all can be used now; walseal warns of what ends within 30 days
    opens sec400 pub400
    run_status "$WALSEAL" encrypt -k pub1 -o x plain
    assert_status 0
    assert_stderr_has expires
    run_status "$WALSEAL" encrypt -k "pub$option" -o y plain
    assert_status 0
    assert_stderr_has "expires on $option"
}

@test "a day that is past, too far or none is refused" {
    local text
    for text in 2020-01-01 0 "$(date -u +%F)"; do
        refused 101 "--expires: \"$text\" is past already" openpgp --expires "$text"
    done
    for text in 2106-02-08 9999-12-31 99999 999999999999999999999; do
        refused 101 "--expires: \"$text\" is beyond what OpenPGP can say" openpgp --expires "$text"
    done
    for text in 2027-02-29 2027-13-01 27-01-01 tomorrow 1y -1 1.5 2027-1-1; do
        refused 101 "--expires: \"$text\" is neither a day" openpgp "--expires=$text"
    done
    made openpgp --expires 2106-02-07 -o sec
}

@test "an existing file is never replaced, whatever it is" {
    local name
    echo precious >file
    mkdir folder
    ln -s nowhere dangling
    ln -s file link
    mkfifo pipe
    for name in file folder dangling link pipe; do
        refused 103 "$name: exists already" -o $name
        refused 103 "$name: exists already" openpgp -o $name
        refused 103 "$name: exists already" openpgp -o sec --public $name
    done
    [ "$(cat file)" = precious ]
    assert_absent nowhere
}

@test "a folder that isn't there, or may not be written to" {
    refused 103 'missing/key: ' -o missing/key
    refused 103 'missing/pub: ' openpgp -o sec --public missing/pub
    mkdir -m 0555 locked
    run_status as_nonroot "$WALSEAL" keygen -o locked/key
    assert_status 103
    assert_one_line_error 'locked/key: ' 'Permission denied'
}

@test "of two keys there is never one alone" {
    # the public one can't be printed, when the secret one is there already
    run_status sh -c '"$WALSEAL" keygen openpgp -o sec --public - >/dev/full'
    assert_status 103
    assert_one_line_error 'standard output: cannot be written'
    assert_absent sec
    # nor made, on a full disk
    run_status bash -o pipefail -c '{ ulimit -f 0; "$WALSEAL" keygen openpgp -o sec --public pub; } 2>&1 | cat >&2'
    assert_status 103
    assert_one_line_error 'sec: cannot be written'
    assert_absent sec pub
    # the secret one can't be printed
    run_status sh -c '"$WALSEAL" keygen openpgp --public pub >/dev/full'
    assert_status 103
    assert_absent pub
    run_status sh -c '"$WALSEAL" keygen openpgp --public pub >&-'
    assert_status 103
    assert_absent pub
    run_status sh -c '"$WALSEAL" keygen >&-'
    assert_status 103
    assert_one_line_error 'standard output'
}

@test "a signal while it can't go on leaves nothing" {
    mkfifo full
    exec 7<>full
    dd if=/dev/zero of=full bs=65536 count=1 status=none <&- # as much as a pipe holds
    "$WALSEAL" keygen openpgp -o sec --public - >full 2>said &
    local keygen=$!
    wait_until 10 test -s sec
    kill -TERM $keygen
    status=0
    wait $keygen || status=$?
    exec 7>&-
    [ $status -eq 143 ]
    [ ! -s said ]
    assert_absent sec
    assert_only . full home pass plain said
}

@test "-v shows the fingerprint that encrypt and decrypt show" {
    local fingerprint id
    run_status "$WALSEAL" keygen -v -o key
    assert_status 0
    assert_one_line_error 'new sodium key, hex, fingerprint '
    fingerprint=${stderr##* }
    run_status "$WALSEAL" encrypt -v -k key plain
    assert_stderr_has "fingerprint $fingerprint"
    run_status "$WALSEAL" keygen openpgp -v -o sec --public pub
    assert_status 0
    assert_one_line_error 'new OpenPGP key, fingerprint '
    [[ $stderr =~ fingerprint\ [0-9A-F]{40},\ subkey\ ([0-9A-F]{16})\ encrypts ]]
    id=${BASH_REMATCH[1]}
    run_status "$WALSEAL" encrypt -v -k pub plain
    assert_stderr_has "$id"
}

@test "nothing of a key is ever in a message" {
    run_status "$WALSEAL" keygen -v -o key
    assert_stderr_lacks "$(head -c 8 key)"
    run_status "$WALSEAL" keygen openpgp -v -p pass -o sec
    assert_stderr_lacks 'two words'
    assert_stderr_lacks "$(sed -n 3p sec)"
}

@test "options that don't go together, and words that are none" {
    local option
    for option in --public=x --rsa=2048 --user-id=x --expires=1 --passphrase-file=pass; do
        refused 101 "${option%%=*} is for OpenPGP keys: walseal keygen openpgp" $option
        refused 101 "${option%%=*} is for OpenPGP keys: walseal keygen openpgp" sodium $option
    done
    refused 101 '-t is for sodium keys' openpgp -t hex
    refused 101 "can't be both" openpgp -o x --public x
    refused 101 'rsa: is no kind of key: sodium or openpgp' rsa
    refused 101 'one kind of key at a time' sodium openpgp
    refused 101 'is no option' -k key
    refused 101 'is no option' --json
    refused 101 'given twice' -o a -o b
    refused 101 'passphrase-file is given twice' openpgp -p pass -p pass
    refused 101 'contradict' -q -v
}

@test "the library's and the peer's own files are no part of a new key: no configuration is read" {
    printf '%s\n' 'openssl_conf = nothing' '[nothing]' 'providers = none' '[none]' 'default = off' \
        '[off]' 'activate = 0' >openssl.cnf
    OPENSSL_CONF=$T/openssl.cnf made openpgp -o sec --public pub
    opens sec pub
}

# one_of_many NUMBER: tries to be the one that makes the file same.
one_of_many() {
    "$WALSEAL" keygen -o same 2>/dev/null || return 0
    echo "$1" >>winners
}

@test "of many that make the same file at once, one does" {
    local i
    for i in 1 2 3 4 5 6 7 8; do
        one_of_many $i &
    done
    wait
    [ "$(wc -l <winners)" -eq 1 ]
    grep -qxE '[0-9a-f]{64}' same
}
