#!/usr/bin/env bats
# An archive whose server has public keys only, and what PostgreSQL makes of it when the secret key
# is there, is the wrong one, or has changed. What doesn't depend on the method is tested elsewhere.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154  # each test is a process of its own
SCENARIO_METHOD=openpgp
load scenario

setup_file() {
    scenario_archive
}

teardown_file() {
    scenario_forget
}

settings() {
    cluster_settings openpgp | grep restore_command
}

# rotated: a second pair under the same passphrase; the server has the new public key, and the
# Secret both secret keys.
rotated() {
    cluster_run mkdir new
    cluster_run cp away/passphrase new/
    cluster_new_pair new
    mv "$CLUSTER/new/key.asc" "$CLUSTER/new/key-2.asc"
    mv "$CLUSTER/new/public.asc" "$CLUSTER/recipients.asc"
    cluster_secret secret.d away/key.asc new/key-2.asc away/passphrase
}

# another_primary [SETTING]...: not the lost one; it archives into an empty archive.
another_primary() {
    rm -r "$CLUSTER/archive"
    cluster_run mkdir archive
    primary openpgp "$@"
}

@test "restored to a point with the protected key in a Secret's directory" {
    [ -L "$CLUSTER/secret.d/key.asc" ]
    [ -L "$CLUSTER/secret.d/..data" ]
    grep -q 'BEGIN PGP PUBLIC' "$CLUSTER/recipients.asc"
    restored_with "$(settings)" "$(cluster_settings target)"
    assert_opened_with 3000
    in_log 'recovery stopping at restore point'
}

@test "restored with WAL-G's variables alone" {
    passphrase=$(cat "$CLUSTER/away/passphrase")
    cluster_run WALG_PGP_KEY_PATH=secret.d/key.asc WALG_PGP_KEY_PASSPHRASE="$passphrase" \
        restore-base-backup -f base/base.tar.walseal -r restored
    recover_with "restore_command = 'WALG_PGP_KEY_PATH=../secret.d/key.asc \
WALG_PGP_KEY_PASSPHRASE=$passphrase walseal decrypt -o %p ../archive/%f'"
    assert_opened_with 3000
}

@test "a segment cut or damaged stops the recovery; whole again it is restored" {
    segment=$(middle_segment)
    cp -a "$segment" whole
    truncate -s 500000 "$segment"
    restored_with "$(settings)"
    assert_stopped 'exit code 206'
    cp -a whole "$segment"
    flip_bit "$segment" 500000
    assert_stopped 'exit code 205'
    cp -a whole "$segment"
    assert_opened_with 3000
}

@test "a wrong passphrase, a public key and a stranger's key stop the recovery" {
    restored_with "$(settings)"
    cluster_run sh -c 'mkdir wrong && echo wrong >wrong/passphrase'
    cluster_secret secret.d away/key.asc wrong/passphrase
    assert_stopped 'exit code 202'
    in_log 'passphrase'
    cluster_secret secret.d away/key.asc away/passphrase
    recover_with "$(settings | sed 's,-k [^ ]*,-k ../recipients.asc,')"
    assert_stopped 'the secret key is needed'
    cluster_new_pair wrong
    recover_with "$(settings | sed "s,secret.d,wrong,g; s,-k [^ ]*,&/key.asc,")"
    assert_stopped 'exit code 204'
    recover_with "$(settings)"
    assert_opened_with 3000
}

@test "a missing segment is the end of the archive and opens the database" {
    rm "$(middle_segment)"
    restored_with "$(settings)"
    [ "$(recovery_ends)" = opened ]
    is_true 'select count(*) between 1 and 2999 from t'
}

# emptied_with STATUS: the backup doesn't open, and nothing is left in the data directory.
emptied_with() {
    run_status cluster_run restore-base-backup "${CLUSTER_OPENS[@]}" -f base/bad restored
    assert_status "$1"
    assert_stderr_has 'emptied again'
    assert_only "$CLUSTER/restored"
}

@test "a base backup cut half way, or damaged where its proof is, leaves the data directory empty" {
    cluster_run sh -c 'head -c 20M /dev/urandom >filler'
    cluster_run walseal decrypt "${CLUSTER_OPENS[@]}" -o whole.tar base/base.tar.walseal
    cluster_run tar -rf whole.tar filler
    cluster_run walseal encrypt -k recipients.asc -o base/whole whole.tar
    size=$(stat -c %s "$CLUSTER/base/whole")
    [ "$size" -gt $((33 << 20)) ]
    cluster_run cp base/whole base/bad
    flip_bit "$CLUSTER/base/bad" $((size - 5))
    emptied_with 205
    truncate -s $((size / 2)) "$CLUSTER/base/bad"
    emptied_with 206
}

@test "an archive written to one key and then another is restored with both in the Secret" {
    another_primary
    cluster_new_pair "it's escrow"
    cluster_run base-backup -k recipients.asc -k "it's escrow/public.asc" -d base -n life -- -c fast
    add_rows
    archive_all
    rotated
    add_rows && add_rows
    archive_all
    cluster_stop primary fast
    run_status cluster_run restore-base-backup -k secret.d/key-2.asc -p secret.d/passphrase \
        -f base/life restored
    assert_status 204
    cluster_run restore-base-backup -k "it's escrow/key.asc" -p secret.d/passphrase \
        -p "it's escrow/passphrase" -f base/life restored
    rm -r "$CLUSTER/restored"
    cluster_run restore-base-backup "${CLUSTER_OPENS[@]}" -f base/life -r restored
    recover_with "$(settings)"
    assert_opened_with 3000
}

@test "gpg alone opens what was archived" {
    export GNUPGHOME=$CLUSTER/gnupg
    mkdir -m 700 "$GNUPGHOME"
    gpg=(gpg --batch --quiet --pinentry-mode loopback --passphrase-file "$CLUSTER/away/passphrase")
    "${gpg[@]}" --import "$CLUSTER/secret.d/key.asc"
    "${gpg[@]}" --decrypt "$CLUSTER/base/base.tar.walseal" | tar -t >names
    gpgconf --kill all
    grep -q '^backup_manifest$' names
}

# What would change if it were replaced.
stored() {
    stat -c '%i %Y %s' "$CLUSTER/archive/$FIRST"
}

@test "asked for a segment again, a server with public keys refuses, with secret keys compares" {
    another_primary 'wal_keep_size = 100MB'
    add_rows
    archive_all
    before=$(stored)
    asked_again "$FIRST"
    eventually is_true 'select failed_count > 0 from pg_stat_archiver'
    in_log "exit code 103"
    in_log "archive/$FIRST: exists already and can't be compared: .*the secret key is needed"
    [ "$(stored)" = "$before" ]

    # as the settings say, and after a rotation
    rotated
    compare=$(sed -n 's/^# .*: add \(--compare-key .*\)$/\1/p' \
        "$CLUSTER_CONTRIB/postgresql/postgresql.conf.walseal" | sed "s,/etc/walseal,$CLUSTER,g")
    [ -n "$compare" ]
    cluster_settings openpgp | sed "s,--no-clobber,& $compare," | cluster_configure primary
    query "select pg_reload_conf(), pg_stat_reset_shared('archiver')" >/dev/null
    eventually test -e "$CLUSTER/primary/pg_wal/archive_status/$FIRST.done"
    [ "$(stored)" = "$before" ]

    head -c 1048576 /dev/urandom | cluster_run walseal encrypt -k recipients.asc -o "archive/$FIRST"
    before=$(stored)
    asked_again "$FIRST"
    eventually in_log "archive/$FIRST.*differs"
    [ "$(stored)" = "$before" ]
}
