# What the tests with other OpenPGP programs share:  load interop
#
# A peer that isn't installed makes its tests skip, and the pairs with it in others' tests are left
# out; with INTEROP=all (make check-interop) it makes them fail.
# shellcheck shell=bash disable=SC2034,SC2154 # for the tests; helper.bash sets T and the like

# shellcheck source=tests/helper.bash
source "${BASH_SOURCE[0]%/*}/../helper.bash"
# shellcheck source=tests/interop/peers.bash
source "${BASH_SOURCE[0]%/*}/peers.bash"

# The lengths around a run, which is what walseal writes into one partial body; the literal's head
# takes part of the first.
SIZES='0 1 524281 524282 524283 1048576 5000000'

# interop_setup PEER...: skips the test if one of them isn't there. Sets HERE to all that are.
interop_setup() {
    local peer missing
    helper_setup || return 1
    # the agent's socket needs a short name
    GNUPGHOME=$(mktemp -d "${TMPDIR:-/tmp}/walseal-gpg-XXXXXX") || return 1
    export GNUPGHOME
    # the agent's own stretching of a passphrase takes seconds for a key: as it is only on demand
    [ "${INTEROP-}" = all ] || echo 's2k-count 65536' >"$GNUPGHOME/gpg-agent.conf"
    HERE=''
    for peer in $PEERS; do
        if missing=$("${peer}_is_here"); then
            HERE="$HERE $peer"
        elif [ "${INTEROP-}" = all ]; then
            flunk "$missing" || return 1
        elif [[ " $* " == *" $peer "* ]]; then
            skip "$missing: make check-interop installs it"
        fi
    done
    printf 'one\r\ntwo\n\r\nthree\r' >plain
}

# In every file's teardown.
interop_leave() {
    [ -n "${GNUPGHOME-}" ] || return 0
    gpgconf --kill all >/dev/null 2>&1 || true
    rm -rf -- "$GNUPGHOME"
}

# made PEER KIND [PASS]: a key of PEER's making; sets key to its file.
made() {
    key=$1.$2${3:+.protected}
    "$1_make_key" "$2" "$key" "${@:3}" >making 2>&1 || flunk "$1 can't make $2: $(cat making)"
}

# seal OPTION...: walseal encrypts the file plain to the file sealed.
seal() {
    run_status "$WALSEAL" encrypt -q "$@" -o sealed plain
    assert_status 0 && assert_silent
}

# peer_opens PEER KEY [PASS]: the file sealed is plain to it.
peer_opens() {
    rm -f opened
    "$1_decrypt" "${@:2}" <sealed >opened 2>said ||
        flunk "$1 can't open it: $(cat said)" || return 1
    assert_same plain opened
}

# peer_seals PEER ARGUMENT...: it encrypts the file plain to the file sealed.
peer_seals() {
    "$1_encrypt" "${@:2}" <plain >sealed 2>said || flunk "$1 can't encrypt: $(cat said)"
}

# peer_locks PEER PASS OPTION...: the same for a passphrase.
peer_locks() {
    "$1_lock" "${@:2}" <plain >sealed 2>said || flunk "$1 can't encrypt: $(cat said)"
}

# walseal_opens OPTION...: the file sealed is plain to it, and it has nothing to say.
walseal_opens() {
    run_status setsid -w "$WALSEAL" decrypt "$@" <sealed
    assert_status 0 && assert_silent && assert_same plain stdout
}

# walseal_opens_by PASS OPTION...: likewise, with this passphrase.
walseal_opens_by() {
    printf '%s\n' "$1" >pass
    walseal_opens -p pass "${@:2}"
}

# every_kind PEER: of each kind of key that PEER makes there is one; everybody who can use such a
# key opens what walseal encrypts to it, and walseal opens what everybody encrypts to it.
every_kind() {
    local kind peer
    for kind in $("$1_kinds"); do
        made "$1" "$kind" || return 1
        everybody_uses "$kind" "$key" || return 1
    done
}

# everybody_uses KIND KEY: as in every_kind.
everybody_uses() {
    local peer
    for peer in $HERE; do
        "${peer}_reads" "$1" || continue
        { seal -k "$2.pub" && peer_opens "$peer" "$2"; } ||
            flunk "$peer opening with $2" || return 1
        { peer_seals "$peer" "$2.pub" && walseal_opens -k "$2"; } ||
            flunk "$peer encrypting to $2" || return 1
    done
}

# every_size PEER [OPTION]...: at each length it opens what walseal encrypts, and the other way.
every_size() {
    local peer=$1 size
    made "$peer" cv25519 || return 1
    pattern_file 5000000 all
    for size in $SIZES; do
        head -c "$size" all >plain
        { seal -k "$key.pub" && peer_opens "$peer" "$key"; } || flunk "to $peer: $size" || return 1
        { peer_seals "$peer" "${@:2}" "$key.pub" && walseal_opens -k "$key"; } ||
            flunk "from $peer: $size" || return 1
    done
}

# protected PEER KIND...: a secret key that needs a passphrase opens everybody's, and walseal's
# messages open with it by its maker.
protected() {
    local kind
    for kind in "${@:2}"; do
        made "$1" "$kind" 'two words: größer' || return 1
        # to encrypt, the passphrase isn't needed
        { seal -k "$key" && peer_opens "$1" "$key" 'two words: größer'; } ||
            flunk "to $key" || return 1
        { peer_seals "$1" "$key.pub" && walseal_opens_by 'two words: größer' -k "$key"; } ||
            flunk "from $key" || return 1
        echo wrong >pass
        run_status setsid -w "$WALSEAL" decrypt -k "$key" -p pass <sealed
        { assert_status 202 && assert_no_output; } || flunk "$key, wrong passphrase" || return 1
    done
}

# by_passphrase PEER [OPTION]...: walseal opens a message of PEER's for a passphrase.
by_passphrase() {
    { peer_locks "$1" 'two words: größer' "${@:2}" && walseal_opens_by 'two words: größer'; } ||
        flunk "$*"
}
