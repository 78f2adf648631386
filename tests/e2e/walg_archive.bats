#!/usr/bin/env bats
# An archive that WAL-G left behind, read back without WAL-G: its layout, its names, its variables
# as StackGres sets them, and objects that it wrote itself (they hold less than a segment, and
# nothing compressed: the encryption is all that walseal has to do with).
load ../helper

PGP=$VECTORS/openpgp/walg
SODIUM=$VECTORS/sodium
BASE=basebackups_005/base_000000010000000000000004

# object NAME VECTOR PLAIN: in the store, and what it must open to.
object() {
    mkdir -p "store/${1%/*}" "want/${1%/*}"
    cp "$2" "store/$1"
    cp "$3" "want/$1"
}

# secret DIR NAME=FILE...: a Secret as it is mounted, one file each behind Kubernetes' links.
secret() {
    local dir=$1 each
    shift
    mkdir -p "$dir/..2026_11_24"
    ln -s ..2026_11_24 "$dir/..data"
    for each; do
        cp "${each#*=}" "$dir/..2026_11_24/${each%%=*}"
        ln -s "..data/${each%%=*}" "$dir/${each%%=*}"
    done
}

# with_variables COMMAND...: StackGres' wrapper: every file in the directory variables is one, less
# its trailing newlines.
with_variables() {
    (
        for file in variables/*; do
            export "${file##*/}=$(cat "$file")"
        done
        "$@"
    )
}

# fetch NAME: the uploader, in WAL-G's place.
fetch() {
    with_variables "$WALSEAL" decrypt --from "cat 'store/$1'" --missing 1,empty -o "got/$1"
}

# fetched STATUS: every object comes back, one by one as a restore asks for them; the sentinel,
# which StackGres doesn't encrypt, is no message and ends with STATUS.
fetched() {
    local path
    while read -r path; do
        mkdir -p "got/${path%/*}"
        run_status fetch "$path"
        assert_status 0 && assert_silent && assert_same "want/$path" "got/$path" || return 1
    done < <(cd store && find . -type f ! -name '*.json' | sort)
    assert_same <(cd got && find . -type f | sort) <(cd want && find . -type f | sort)

    run_status fetch "wal_005/0000000100000000000000FF.lz4"
    assert_status 1
    run_status with_variables "$WALSEAL" decrypt -o got/sentinel \
        "store/${BASE}_backup_stop_sentinel.json"
    assert_status "$1"
    assert_absent got/sentinel
}

sentinel() {
    printf '{"LSN":67108904,"PgVersion":150010,"FinishLSN":67109120,"UncompressedSize":100000}' \
        >"store/${BASE}_backup_stop_sentinel.json"
}

# openpgp_archive KEY [SIZE]...: base backup and segments of these sizes' vectors.
openpgp_archive() {
    local key=$1 size segment=3
    object "$BASE/tar_partitions/part_001.tar.lz4" "$PGP/$key.crlf.enc" "$PGP/plain.crlf"
    object "$BASE/tar_partitions/pg_control.tar.lz4" "$PGP/$key.100.enc" "$PGP/plain.100"
    shift
    for size; do
        object "wal_005/00000001000000000000000$segment.lz4" \
            "$PGP/$key.$size.enc" "$PGP/plain.$size"
        object "wal_005/00000001000000000000000$segment.00000028.backup.br" \
            "$PGP/$key.100.enc" "$PGP/plain.100"
        segment=$((segment + 1))
    done
    sentinel
}

# sodium_archive READING SIZE...
sodium_archive() {
    local reading=$1 size name segment=3
    shift
    mkdir -p "store/${BASE%/*}"
    for size; do
        for name in "$BASE/tar_partitions/part_00$segment.tar.br" \
            "wal_005/00000001000000000000000$segment.lz4"; do
            object "$name" "$SODIUM/good/$reading.$size.enc" "$SODIUM/plain/$size"
        done
        segment=$((segment + 1))
    done
    sentinel
}

@test "OpenPGP: the key in a variable" {
    openpgp_archive rsa 0 1 8191 8192 8193 24576 100000
    secret variables WALG_PGP_KEY="$PGP/rsa.sec.asc"
    fetched 207
}

@test "OpenPGP: a key under a passphrase, both in variables" {
    for key in rsapass p256pass; do
        rm -rf store want got variables
        openpgp_archive $key 100
        secret variables WALG_PGP_KEY="$PGP/$key.sec.asc" WALG_PGP_KEY_PASSPHRASE="$PGP/$key.pass"
        fetched 207
    done
}

@test "OpenPGP: the path of the key in the Secret, and its passphrase" {
    openpgp_archive rsapass 100
    secret mounted key="$PGP/rsapass.sec.asc"
    printf '%s' "$T/mounted/key" >path
    secret variables WALG_PGP_KEY_PATH=path WALG_PGP_KEY_PASSPHRASE="$PGP/rsapass.pass"
    fetched 207
}

@test "OpenPGP: a wrong passphrase is not the end of the archive" {
    openpgp_archive rsapass 100
    echo wrong >wrong
    secret variables WALG_PGP_KEY="$PGP/rsapass.sec.asc" WALG_PGP_KEY_PASSPHRASE=wrong
    mkdir -p got/wal_005
    run_status fetch wal_005/000000010000000000000003.lz4
    assert_status 202
    assert_absent got/wal_005/*
}

@test "sodium: the key in a variable, in each of its readings" {
    for reading in hex base64; do
        rm -rf store want got variables
        sodium_archive $reading 1 100 8191 8192 8193 24576 100000
        printf '%s' $reading >transform
        secret variables WALG_LIBSODIUM_KEY="$SODIUM/keys/$reading.key" \
            WALG_LIBSODIUM_KEY_TRANSFORM=transform
        fetched 204
    done
}

@test "sodium: the path of the key, without a reading as WAL-G's default has it" {
    for key in none-short none-long; do
        rm -rf store want got variables
        sodium_archive $key 24576
        printf '%s' "$SODIUM/keys/$key.key" >path
        secret variables WALG_LIBSODIUM_KEY_PATH=path
        fetched 204
    done
}

@test "a segment that WAL-G encrypted by either method opens with both keys' variables set" {
    object wal_005/000000010000000000000003.lz4 "$PGP/cv25519.100.enc" "$PGP/plain.100"
    object wal_005/000000010000000000000004.lz4 "$SODIUM/good/hex.100.enc" "$SODIUM/plain/100"
    printf hex >transform
    secret variables WALG_PGP_KEY="$PGP/cv25519.sec.asc" WALG_LIBSODIUM_KEY="$SODIUM/keys/hex.key" \
        WALG_LIBSODIUM_KEY_TRANSFORM=transform
    mkdir -p got/wal_005
    for segment in 3 4; do
        name=wal_005/00000001000000000000000$segment.lz4
        run_status fetch $name
        assert_status 0
        assert_silent
        assert_same want/$name got/$name
    done
}
