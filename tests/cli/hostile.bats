# Time and memory are bounded, whatever is fed: the figures that man/walseal.1 has under LIMITS, met
# and passed by one.
# shellcheck shell=bash disable=SC2154 # run_status sets status and stderr
bats_require_minimum_version 1.5.0
load ../helper
load openpgp
load hostile

setup() {
    helper_setup
    echo words >words
}

# ends STATUS [TEXT]: so the last command ended, in one line that has TEXT.
ends() {
    assert_status "$1" && assert_one_line_error "${@:2}"
}

@test "a quarter of a gigabyte of zeros in one kilobyte takes no more memory than any other" {
    zeros 256 | deflated | deflated | by_passphrase words >sealed
    [ "$(wc -c <sealed)" -lt 2048 ]
    costs 20 192 "$WALSEAL" verify -p words -T 1 sealed
    assert_status 0
}

@test "a quarter of a gigabyte of zeros in a kilobyte of BZip2 takes no more memory than any other" {
    zeros 256 | bzipped | by_passphrase words >sealed
    [ "$(wc -c <sealed)" -lt 1024 ]
    costs 20 192 "$WALSEAL" verify -p words -T 1 sealed
    assert_status 0
}

@test "8 levels of compression are undone, and not the ninth" {
    local _
    printf x | literal b >one
    for _ in 1 2 3 4 5 6 7 8; do
        deflated <one >two && mv two one
    done
    by_passphrase words <one >sealed
    costs 5 192 "$WALSEAL" verify -p words sealed
    assert_status 0
    deflated <one | by_passphrase words >sealed
    costs 5 192 "$WALSEAL" verify -p words sealed
    assert_status 207
    assert_stderr_has 'compressed more than 8 times'
}

@test "BZip2 at two levels is refused: each makes a million of one" {
    printf x | literal b | bzipped | bzipped | by_passphrase words >sealed
    costs 5 192 "$WALSEAL" decrypt -p words sealed
    ends 207 'BZip2 more than once'
}

@test "what unpacks to gigabytes of nothing ends early" {
    hostile fill 21 $((1 << 30)) | deflated | deflated | by_passphrase words >sealed
    [ "$(wc -c <sealed)" -lt 8192 ]
    costs 2 192 "$WALSEAL" decrypt -p words sealed
    ends 205 'a great deal that is no data'
}

@test "1000 hidden recipients are tried up to a bound, and 1001 aren't looked at" {
    { hostile hidden-rsa 1000 256 && hostile data 1; } >sealed
    costs 10 192 "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" sealed
    ends 207 'more than 256 session keys or 1024 attempts'
    { hostile hidden-rsa 1001 8 && hostile data 1; } >sealed
    costs 2 192 "$WALSEAL" inspect sealed
    assert_status 107
    assert_stderr_has 'more than 1000 packets'
}

@test "of many passphrase packets, each as dear as can be, 16 are tried" {
    { hostile passphrases 900 && hostile data 1; } >sealed
    costs 15 192 "$WALSEAL" decrypt -p words sealed
    ends 207 'is for more passphrases than the 16 that are tried'
}

@test "Argon2 that asks for more than its bounds is refused before it begins" {
    { hostile argon2 1 1 22 && hostile data 2; } >sealed
    costs 1 192 "$WALSEAL" decrypt -p words sealed
    ends 207 'at most 2^21 KiB, and 2^24 KiB in all passes'
    { hostile argon2 1 255 20 && hostile data 2; } >sealed
    costs 1 192 "$WALSEAL" decrypt -p words sealed
    ends 207 'at most 2^21 KiB, and 2^24 KiB in all passes'
}

@test "many passphrase packets may cost what one may" {
    { hostile argon2 900 200 15 && hostile data 2; } >sealed
    costs 60 192 "$WALSEAL" decrypt -p words sealed
    ends 204 'the passphrase is wrong'
}

@test "a DSA key whose signatures look right, and cost much, is read in seconds" {
    hostile dsa 10000 4000 >key
    costs 5 192 "$WALSEAL" inspect key
    assert_status 0
}

@test "a key with a thousand signatures over each user ID is read in seconds" {
    local _
    {
        hostile keys 1
        for _ in 1 2 3 4; do
            hostile user-ids 1 64000
            hostile signatures 1000
        done
    } >key
    costs 5 192 "$WALSEAL" inspect key
    assert_status 0
}

@test "1024 keys, 255 subkeys and 4096 packets are read, and one more isn't" {
    hostile keys 1024 >key
    costs 5 256 "$WALSEAL" inspect key
    assert_status 0
    hostile keys 1025 >key
    costs 5 256 "$WALSEAL" inspect key
    ends 102 'more than 1024 OpenPGP keys'
    { hostile keys 1 && hostile subkeys 255; } >key
    costs 5 192 "$WALSEAL" inspect key
    assert_status 0
    { hostile keys 1 && hostile subkeys 256; } >key
    costs 5 192 "$WALSEAL" inspect key
    ends 102 'more than 255 subkeys'
    { hostile keys 1 && hostile user-ids 4095 8; } >key
    costs 5 192 "$WALSEAL" inspect key
    assert_status 0
    { hostile keys 1 && hostile user-ids 4096 8; } >key
    costs 5 192 "$WALSEAL" inspect key
    ends 102 'more than 4096 packets'
}

@test "a key file longer than 1 MiB isn't read" {
    { hostile keys 1 && hostile user-ids 20 60000; } >key
    costs 2 192 "$WALSEAL" inspect key
    ends 102 'longer than a key file may be'
    costs 2 192 "$WALSEAL" encrypt -k key <words
    ends 102 'longer than a key file may be'
}

@test "inspect --json of huge names and of a thousand recipients is one line of 64 KiB at most" {
    { hostile keys 1 && hostile user-ids 15 60000 1; } >key
    costs 5 192 "$WALSEAL" inspect --json key
    assert_status 0
    [ "$(wc -l <stdout)" -eq 1 ]
    [ "$(wc -c <stdout)" -le 65536 ]
    { hostile hidden-rsa 1000 256 && hostile data 1; } >sealed
    costs 5 192 "$WALSEAL" inspect --json sealed
    assert_status 0
    [ "$(wc -l <stdout)" -eq 1 ]
    [ "$(wc -c <stdout)" -le 65536 ]
    perl -MJSON::PP -e 'decode_json(do { local $/; <STDIN> })->{recipients_left_out} > 0 or exit 1' \
        <stdout
}

@test "armor whose headers never end is refused after 32 KiB" {
    perl -e 'print "-----BEGIN PGP MESSAGE-----\n"; print "Comment: no end\n" x 10000 for 1 .. 500' >sealed
    costs 1 192 "$WALSEAL" decrypt -p words sealed
    ends 205 'longer than 32 KiB'
    costs 1 192 "$WALSEAL" inspect sealed
    ends 105 'longer than 32 KiB'
}

@test "armor of nothing but line ends, and packets of nothing, take time in proportion and no memory" {
    perl -e 'print "-----BEGIN PGP MESSAGE-----\n\n"; print "\n" x 1000000 for 1 .. 50' >sealed
    costs 5 64 "$WALSEAL" decrypt -p words -T 1 sealed
    ends 206 'without the end line'
    perl -e 'print "\xCA\x03PGP" x 10000 for 1 .. 1000' >sealed
    costs 10 64 "$WALSEAL" decrypt -p words -T 1 sealed
    ends 206 'ends before its encrypted data'
}

@test "many passphrases at many passphrase packets may cost what one may" {
    local i given=()
    for i in 1 2 3 4 5 6 7 8; do echo "$i" >"word$i" && given+=(-p "word$i"); done
    { hostile argon2 900 200 15 && hostile data 2; } >sealed
    costs 30 128 "$WALSEAL" decrypt "${given[@]}" -T 1 sealed
    ends 207 'ask for more work than is done for one message: give fewer passphrases'
}

@test "lengths of gigabytes, in one part or in the first of many, are never allocated" {
    local length
    for length in '\xFE' '\xFF\xFF\xFF\xFF\xFF' '\xFF\x7F\xFF\xFF\xFF'; do
        # shellcheck disable=SC2059 # it is a format
        { hostile hidden-rsa 1 256 && printf "\\xD2$length\\x01short"; } >sealed
        costs 2 128 "$WALSEAL" decrypt -k "$WALG/rsa.sec.asc" -T 1 sealed
        ends 206 truncated || return 1
        costs 2 128 "$WALSEAL" inspect sealed
        ends 106 truncated || return 1
    done
}

@test "as many sodium keys as there may be are tried, and a directory with more is refused" {
    mkdir keys && openssl rand -hex $((32 * 4097)) | fold -w 64 | split -l 1 -a 4 - keys/
    head -c 9000 /dev/urandom >sealed
    costs 20 256 "$WALSEAL" decrypt -k keys -t hex sealed
    ends 202 'more than 4096 files'
    find keys -type f | sort | tail -n 1 | xargs rm
    costs 20 256 "$WALSEAL" decrypt -k keys -t hex sealed
    ends 201 'more than 4096 keys'
    find keys -type f | sort | tail -n +2001 | xargs rm
    costs 20 256 "$WALSEAL" decrypt -k keys -t hex sealed
    ends 204
}
