# Messages for keys of several peers at once: each opens them with its own. See interop.bash.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    interop_setup gpg
}

teardown() {
    interop_leave
}

# a_key_of_each: sets keys to one key of every peer that is there, of a kind that all can use, and
# one more of gpg's.
a_key_of_each() {
    local peer
    keys=()
    for peer in $HERE; do
        made "$peer" cv25519
        keys+=("$key")
    done
    made gpg rsa2048
    keys+=("$key")
}

@test "everybody opens with their own key what walseal encrypts to all" {
    local key options=()
    a_key_of_each
    for key in "${keys[@]}"; do
        options+=(-k "$key.pub")
    done
    seal "${options[@]}"
    for key in "${keys[@]}"; do
        peer_opens "${key%%.*}" "$key" || flunk "$key"
        walseal_opens -k "$key" || flunk "$key"
    done
}

@test "walseal opens with each key what everybody encrypts to all" {
    local key peer
    a_key_of_each
    for peer in $HERE; do
        peer_seals "$peer" "${keys[@]/%/.pub}" || flunk "$peer"
        for key in "${keys[@]}"; do
            walseal_opens -k "$key" || flunk "$peer, $key"
        done
    done
}
