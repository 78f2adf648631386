# Keys of walseal's making, used by everybody. See interop.bash.
# shellcheck shell=bash disable=SC2154 # walseal_makes sets key
bats_require_minimum_version 1.5.0
load interop

setup() {
    interop_setup
}

teardown() {
    interop_leave
}

# walseal_makes NAME OPTION...: a key in the files NAME and NAME.pub, called NAME; sets key to NAME.
walseal_makes() {
    key=$1
    run_status "$WALSEAL" keygen openpgp -o "$key" --public "$key.pub" --user-id "$key" "${@:2}"
    assert_status 0 && assert_silent
}

@test "everybody opens with Ed25519 and Curve25519, and encrypts to it" {
    walseal_makes 'db1 backups'
    everybody_uses cv25519 "$key"
}

@test "everybody opens with RSA, and encrypts to it" {
    walseal_makes 'rsa <db1@example.com>' --rsa 3072
    mv "$key" rsa
    mv "$key.pub" rsa.pub
    # rnp is told a user ID, by the file's name
    walseal_makes rsa2048 --rsa 2048
    everybody_uses rsa2048 "$key"
}

# unlocked_by_everybody KIND: with the passphrase that is in the file pass.
unlocked_by_everybody() {
    local peer
    seal -k "$key.pub"
    for peer in $HERE; do
        "${peer}_reads" "$1" || continue
        peer_opens "$peer" "$key" "$(cat pass)" || flunk "$peer opening with $key" || return 1
    done
    walseal_opens -k "$key" -p pass
}

@test "everybody unlocks a key with a passphrase" {
    echo 'two words: größer' >pass
    walseal_makes locked -p pass
    unlocked_by_everybody cv25519
    walseal_makes locked-rsa -p pass --rsa 2048
    unlocked_by_everybody rsa2048
}

@test "everybody encrypts to a key that expires, while it lives" {
    local peer
    walseal_makes mortal --expires 400
    for peer in $HERE; do
        { peer_seals "$peer" "$key.pub" && walseal_opens -k "$key"; } ||
            flunk "$peer encrypting to $key" || return 1
    done
}

@test "gpg has nothing against it: its packets, its signatures, its use" {
    command -v gpg >/dev/null || skip "gpg isn't installed"
    walseal_makes checked --expires 2100-01-01
    gpg_quietly --import "$key.pub"
    gpg_quietly --check-signatures --with-colons >signatures
    # two good signatures by the key itself, none bad
    [ "$(grep -c '^sig:!:' signatures)" -eq 2 ]
    run ! grep -q '^sig:[-?%]' signatures
    gpg_quietly --list-keys --with-colons >listed
    grep -q '^pub:.:255:22:[0-9A-F]*:[0-9]*:4102444800:.*:scESC:' listed
    grep -q '^sub:.:255:18:[0-9A-F]*:[0-9]*:4102444800:.*:e:.*:cv25519:' listed
    # what gpg exports, it has understood
    gpg_quietly --import "$key"
    gpg_quietly --export-secret-keys --armor >again
    seal -k "$key.pub"
    walseal_opens -k again
}

@test "gpg changes its passphrase, and adds a year" {
    command -v gpg >/dev/null || skip "gpg isn't installed"
    echo before >pass
    walseal_makes edited -p pass --expires 30
    gpg_quietly --passphrase before --import "$key"
    gpg_quietly --passphrase before --quick-set-expire \
        "$(gpg_quietly --list-keys --with-colons | sed -n 's/^fpr:*\([^:]*\):$/\1/;T;p;q')" 1y '*'
    gpg_quietly --passphrase before --export-secret-keys --armor >later
    "$WALSEAL" encrypt -k later -o sealed plain
    walseal_opens -k later -p pass
    walseal_opens -k "$key" -p pass
}

@test "sq has nothing against it" {
    command -v sq >/dev/null || skip "sq isn't installed"
    walseal_makes checked
    sq inspect --certifications "$key.pub" >said 2>&1
    grep -q 'Key flags: certification, signing' said
    grep -q 'Key flags: transport encryption, data-at-rest encryption' said
    run ! grep -qiE 'bad signature|invalid|error|warning: .*weak' said
}
