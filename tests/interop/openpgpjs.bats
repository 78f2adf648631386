# OpenPGP.js, versions 5 and 6: their keys, their messages, and walseal's for them. See
# interop.bash.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    # the description starts with the version
    interop_setup "openpgpjs${BATS_TEST_DESCRIPTION:0:1}"
}

teardown() {
    interop_leave
}

@test "5: keys of every kind" {
    every_kind openpgpjs5
}

@test "6: keys of every kind" {
    every_kind openpgpjs6
}

@test "5: keys with a passphrase" {
    protected openpgpjs5 rsa2048 cv25519
}

@test "6: keys with a passphrase" {
    protected openpgpjs6 cv25519 x25519-v4 x25519-v6
}

@test "5: every length" {
    every_size openpgpjs5
}

@test "6: every length" {
    every_size openpgpjs6
}

@test "6: every length, in AEAD chunks" {
    local size
    made openpgpjs6 x25519-v6
    pattern_file 5000000 all
    for size in $SIZES; do
        head -c "$size" all >plain
        { peer_seals openpgpjs6 "$key.pub" && walseal_opens -k "$key"; } || flunk "$size"
    done
}

@test "5: every compression and armor" {
    every_compression openpgpjs5 cv25519
}

@test "6: every compression and armor" {
    every_compression openpgpjs6 cv25519
    every_compression openpgpjs6 x25519-v6
}

# every_compression PEER KIND
every_compression() {
    local option
    made "$1" "$2"
    pattern_file 300000 plain
    for option in --compress={zip,zlib} --armor; do
        { peer_seals "$1" "$option" "$key.pub" && walseal_opens -k "$key"; } ||
            flunk "$2 $option"
    done
}

@test "5: recipients that are hidden" {
    hidden openpgpjs5 cv25519 rsa2048
}

@test "6: recipients that are hidden" {
    hidden openpgpjs6 cv25519 rsa2048
    hidden openpgpjs6 x25519-v6 x448-v6
}

# hidden PEER KIND KIND
hidden() {
    local other
    made "$1" "$2"
    seal --hide-recipients -k "$key.pub"
    peer_opens "$1" "$key"
    other=$key
    made "$1" "$3"
    peer_seals "$1" --hidden "$other.pub" "$key.pub"
    walseal_opens -k "$key"
    walseal_opens -k "$other"
}

@test "5: messages for a passphrase" {
    by_passphrase openpgpjs5
    by_passphrase openpgpjs5 --compress=zlib
}

@test "6: messages for a passphrase" {
    local mode
    by_passphrase openpgpjs6
    for mode in ocb eax gcm; do
        by_passphrase openpgpjs6 --aead=$mode
    done
    by_passphrase openpgpjs6 --aead=ocb --argon2
}
