# RNP: its keys, its messages, and walseal's for it. See interop.bash.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    interop_setup rnp
}

teardown() {
    interop_leave
}

@test "keys of every kind" {
    every_kind rnp
}

@test "keys with a passphrase" {
    protected rnp rsa2048 cv25519 nistp384
}

@test "every length, with its default compression" {
    every_size rnp
}

@test "every length, not compressed" {
    every_size rnp -z0
}

@test "every length, in LibrePGP's OCB packets" {
    every_size rnp --aead=OCB -z0
}

@test "every compression, cipher and mode" {
    local option
    made rnp cv25519
    pattern_file 300000 plain
    for option in --zip --zlib --bzip --armor --aead={EAX,OCB} --aead-chunk-bits={0,16} \
        --cipher={AES128,AES192,AES256,CAMELLIA128,CAMELLIA256,TWOFISH,TRIPLEDES,CAST5,BLOWFISH}; do
        peer_seals rnp "$option" "$key.pub" || flunk "$option"
        walseal_opens -k "$key" || flunk "$option"
    done
}

@test "messages for a passphrase" {
    by_passphrase rnp
    by_passphrase rnp --passwords=2
    by_passphrase rnp --aead=OCB
    by_passphrase rnp --aead=EAX --cipher=AES128 -z0
}
