# GnuPG: its keys, its messages, and walseal's for it. See interop.bash.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    interop_setup gpg
}

teardown() {
    interop_leave
}

@test "keys of every kind" {
    every_kind gpg
}

@test "keys with a passphrase" {
    protected gpg rsa2048 cv25519 nistp256
}

@test "subkeys without their primary key, as one hands them to a server" {
    made gpg cv25519 secret
    gpg_quietly --passphrase secret --export-secret-subkeys >subkeys
    seal -k subkeys
    peer_opens gpg "$key" secret
    peer_seals gpg "$key.pub"
    walseal_opens_by secret -k subkeys
}

@test "an ElGamal key" {
    # made once, which takes minutes; the file is named by its user ID
    local elgamal='elg-gpg pub'
    cp "$VECTORS/openpgp/good/elgamal2048-gpg/key" "$elgamal"
    gpg_quietly --import "$elgamal"
    gpg_quietly --armor --export >"$elgamal.pub"
    everybody_uses elgamal "$elgamal"
}

@test "every length, with its default compression" {
    every_size gpg
}

@test "every length, not compressed" {
    every_size gpg -z0
}

@test "every compression, cipher and armor" {
    local option
    made gpg cv25519
    pattern_file 300000 plain
    for option in --compress-algo={zip,zlib,bzip2,none} -z1 -z9 --armor \
        --cipher-algo={aes,aes192,aes256,camellia128,camellia256,twofish,3des,cast5,blowfish}; do
        { peer_seals gpg "$option" "$key.pub" && walseal_opens -k "$key"; } || flunk "$option"
    done
}

@test "text mode: the line ends are what gpg made of them" {
    made gpg cv25519
    printf 'one\ntwo\r\nthree\n' >plain
    peer_seals gpg --textmode "$key.pub"
    printf 'one\r\ntwo\r\nthree\r\n' >plain
    walseal_opens -k "$key"
}

@test "recipients that are hidden" {
    local other
    made gpg rsa2048
    other=$key
    made gpg cv25519
    seal --hide-recipients -k "$other.pub" -k "$key.pub"
    peer_opens gpg "$key"
    peer_seals gpg --throw-keyids "$other.pub" "$key.pub"
    walseal_opens -k "$key"
    walseal_opens -k "$other"
}

@test "messages for a passphrase" {
    by_passphrase gpg
    by_passphrase gpg --cipher-algo=aes --s2k-digest-algo=sha512 --s2k-count=1024 -z0
    by_passphrase gpg --s2k-mode=1
    by_passphrase gpg --s2k-mode=0 --cipher-algo=twofish
}

@test "a message for a key and a passphrase" {
    made gpg cv25519
    peer_seals gpg --passphrase=secret --symmetric "$key.pub"
    walseal_opens -k "$key"
    walseal_opens_by secret
}

@test "a signed message" {
    made gpg rsa2048
    peer_seals gpg --sign "$key.pub"
    run_status "$WALSEAL" decrypt -q -k "$key" <sealed
    assert_status 0
    assert_same plain stdout
}
