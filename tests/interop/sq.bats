# Sequoia's sq: its keys, its messages, and walseal's for it. See interop.bash.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    interop_setup sq
}

teardown() {
    interop_leave
}

@test "keys of every kind" {
    every_kind sq
}

@test "keys with a passphrase" {
    protected sq cv25519 rsa3072
}

@test "every length, with its default compression and padding" {
    every_size sq
}

@test "every length, not compressed" {
    every_size sq --compression=none --binary
}

@test "every compression" {
    local option
    made sq cv25519
    pattern_file 300000 plain
    for option in --compression={none,pad,zip,zlib,bzip2} --binary; do
        peer_seals sq "$option" "$key.pub" || flunk "$option"
        walseal_opens -k "$key" || flunk "$option"
    done
}

@test "a recipient that is hidden" {
    made sq cv25519
    seal --hide-recipients -k "$key.pub"
    peer_opens sq "$key"
}

@test "messages for a passphrase" {
    by_passphrase sq
}
