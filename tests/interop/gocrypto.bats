# Go-crypto, the OpenPGP library of WAL-G: its keys, its messages, and walseal's for it. See
# interop.bash.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    interop_setup gocrypto
}

teardown() {
    interop_leave
}

@test "keys of every kind" {
    every_kind gocrypto
}

@test "keys with a passphrase" {
    protected gocrypto rsa2048 cv25519 nistp256
}

@test "every length" {
    every_size gocrypto
}

@test "every length, compressed" {
    every_size gocrypto --compress
}

@test "a recipient that is hidden" {
    made gocrypto cv25519
    seal --hide-recipients -k "$key.pub"
    peer_opens gocrypto "$key"
}

@test "messages for a passphrase" {
    by_passphrase gocrypto
    by_passphrase gocrypto --compress
}
