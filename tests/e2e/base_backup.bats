#!/usr/bin/env bats
# Base backups through --from and --to, whole or not at all, and the scripts in contrib/postgresql.
# shellcheck disable=SC2154  # status is helper.bash's
load scenario

# A slow pg_basebackup whose process id is told: there is time to kill it half way.
slow_backups() {
    primary directory
    cluster_run sh -c 'cat >bin/pg_basebackup && chmod 755 bin/pg_basebackup' <<WRAPPER
#!/bin/sh
echo \$\$ >$CLUSTER/backup.pid
exec $CLUSTER_PROGRAMS/pg_basebackup --max-rate=4M -c fast "\$@"
WRAPPER
}

# in_background COMMAND...: its status goes to $T/status; $! is what to wait for.
in_background() {
    (
        code=0
        cluster_run "$@" >"$T/stdout" 2>"$T/stderr" || code=$?
        echo "$code" >"$T/status"
    ) 3>&- &
}

half_way() {
    eventually test -s "$CLUSTER/backup.pid"
    sleep 1
    kill -0 "$(cat "$CLUSTER/backup.pid")"
}

ended_with() {
    wait "$!" || true
    [ "$(cat "$T/status")" = "$1" ] || flunk "status $(cat "$T/status"): $(cat "$T/stderr")"
    assert_nothing_runs_of_ours
}

# Nothing of walseal's or of its commands outlives it; servers may.
assert_nothing_runs_of_ours() {
    run ! kill -0 "$(cat "$CLUSTER/backup.pid")"
}

@test "a base backup opens without an archive, from a file and through an uploader" {
    primary directory
    add_rows
    name=$(cluster_run base-backup -k key -d base -- -c fast)
    [[ $name =~ ^base-[0-9]{8}-[0-9]{6}\.tar\.walseal$ ]]
    cluster_run base-backup -k key -u 'store put base/%f' -n two -- -c fast -l "it's a label"
    cluster_stop primary fast
    cluster_run restore-base-backup -k key -f "base/$name" restored
    recover_with
    assert_opened_with 1000
    cluster_stop restored fast
    rm -rf "$CLUSTER/restored"
    cluster_run restore-base-backup -k key -u 'store get base/two' restored
    grep -q "LABEL: it's a label" "$CLUSTER/restored/backup_label"
    recover_with
    assert_opened_with 1000
}

@test "a compressed base backup opens, and a pg_basebackup that dies in front of zstd leaves nothing" {
    primary directory
    add_rows
    cluster_run base-backup -k key -d base -c 'zstd -q' -n one -- -c fast
    cluster_run base-backup -k key -u 'store put base/%f' -c 'zstd -q -T0' -n two -- -c fast
    run_status cluster_run base-backup -k key -d base -c 'zstd -q; exit 3' -n three -- -c fast
    assert_status 103
    run_status cluster_run base-backup -k key -d base -c 'zstd -q' -n three -- -c fast --no-such-option
    assert_status 103
    assert_absent "$CLUSTER/base/three"
    cluster_stop primary fast
    run_status cluster_run restore-base-backup -k key -f base/one -c 'zstd -qd; exit 3' restored
    assert_status 203
    [ -z "$(ls -A "$CLUSTER/restored")" ]
    cluster_run restore-base-backup -k key -f base/one -c 'zstd -qd' restored
    recover_with
    assert_opened_with 1000
    cluster_stop restored fast
    rm -rf "$CLUSTER/restored"
    cluster_run restore-base-backup -k key -u 'store get base/two' -c 'zstd -qd' restored
    recover_with
    assert_opened_with 1000
}

@test "pg_basebackup killed half way leaves no file" {
    slow_backups
    in_background base-backup -k key -d base -n half
    half_way
    kill -KILL "$(cat "$CLUSTER/backup.pid")"
    ended_with 103
    grep -q 'killed by signal 9' stderr
    assert_only "$CLUSTER/base"
}

@test "pg_basebackup killed half way leaves no object in the store" {
    slow_backups
    in_background base-backup -k key -u 'store put base/%f' -n half
    half_way
    kill -KILL "$(cat "$CLUSTER/backup.pid")"
    ended_with 103
    sleep 0.3
    assert_only "$CLUSTER/store/base"
}

larger_than_a_mebibyte() {
    [ "$(stat -c %s "$1")" -gt 1048576 ]
}

# killed_in_a_plain_pipe KEY OPTION...: OPTIONs would open what KEY encrypts.
killed_in_a_plain_pipe() {
    rm -f "$CLUSTER/backup.pid" "$CLUSTER/half"
    in_background sh -c "walseal encrypt -k $1 --from 'exec pg_basebackup -D - -Ft -X fetch' >half"
    half_way
    eventually larger_than_a_mebibyte "$CLUSTER/half"
    kill -KILL "$(cat "$CLUSTER/backup.pid")"
    ended_with 103
    shift
    run_status cluster_run walseal decrypt "$@" -o plain half
    assert_status 206
    assert_absent "$CLUSTER/plain"
}

@test "pg_basebackup killed half way leaves a plain pipe with what never opens to its end" {
    slow_backups
    killed_in_a_plain_pipe key -k key
    cluster_new_pair pair
    killed_in_a_plain_pipe pair/public.asc -k pair/key.asc -p pair/passphrase
}

@test "a server that ends the backup half way leaves no file" {
    slow_backups
    in_background base-backup -k key -d base -n half
    half_way
    is_true "select pg_terminate_backend(pid) from pg_stat_replication"
    ended_with 103
    assert_only "$CLUSTER/base"
}

@test "walseal killed by SIGKILL half way leaves no file and no object in the store" {
    slow_backups
    for sink in '-o base/half' '--to "store put base/half"'; do
        rm -f "$CLUSTER/backup.pid"
        in_background sh -c "echo \$\$ >walseal.pid
            exec walseal encrypt -k key --from 'exec pg_basebackup -D - -Ft -X fetch' $sink"
        half_way
        kill -KILL "$(cat "$CLUSTER/walseal.pid")"
        wait "$!" || true
        eventually assert_nothing_runs_of_ours
        sleep 0.3
        assert_absent "$CLUSTER/base/half" "$CLUSTER/store/base/half"
    done
}

# killed_script SIGNAL STATUS SINK...: base-backup itself gets SIGNAL half way.
killed_script() {
    local signal=$1 ends=$2
    shift 2
    rm -f "$CLUSTER/backup.pid"
    # shellcheck disable=SC2016 # the inner shell's
    in_background sh -c 'echo $$ >script.pid; exec base-backup "$@"' - -k key -n half "$@"
    half_way
    kill "-$signal" "$(cat "$CLUSTER/script.pid")"
    wait "$!" || true
    [ "$(cat "$T/status")" = "$ends" ] || flunk "status $(cat "$T/status"): $(cat "$T/stderr")" || return 1
    eventually assert_nothing_runs_of_ours || flunk 'pg_basebackup goes on' || return 1
    sleep 0.3
    assert_absent "$CLUSTER/base/half" "$CLUSTER/store/base/half"
}

@test "base-backup itself ended or killed half way takes all with it, and leaves no file and no object" {
    slow_backups
    killed_script TERM 143 -d base
    killed_script TERM 143 -u 'store put base/%f'
    killed_script HUP 129 -d base
    setpriv --pdeathsig TERM true 2>/dev/null || skip "this setpriv has no --pdeathsig: SIGKILL isn't tried"
    killed_script KILL 137 -d base
    killed_script KILL 137 -u 'store put base/%f'
}

@test "a base backup is its owner's alone, as PostgreSQL's segments are" {
    primary directory
    cluster_run sh -c 'umask 022; exec base-backup -k key -d base -n one -- -c fast'
    [ "$(stat -c %a "$CLUSTER/base/one")" = 600 ]
}

# restoring ARGUMENT...: restore-base-backup into the new directory "restored".
restoring() {
    run_status cluster_run restore-base-backup "$@" restored
}

@test "a backup that can't be trusted to its last byte leaves the data directory empty" {
    primary directory
    cluster_run base-backup -k key -d base -n whole -- -c fast
    cluster_run cp base/whole base/bad

    flip_bit "$CLUSTER/base/bad" 9000000
    restoring -k key -f base/bad
    assert_status 205
    assert_only "$CLUSTER/restored"

    cluster_run cp base/whole base/bad
    truncate -s $((24 + 1000 * 8209)) "$CLUSTER/base/bad"
    restoring -k key -f base/bad
    assert_status 206
    assert_only "$CLUSTER/restored"

    cluster_new_key other
    restoring -k other -f base/whole
    assert_status 204
    assert_stderr_has 'restored: emptied again'
    assert_stderr_lacks "can't be used"
    assert_only "$CLUSTER/restored"

    restoring -k key -u 'cat base/whole; exit 7'
    assert_status 203
    assert_only "$CLUSTER/restored"

    # whole to walseal and to tar, but its last member is gone, the manifest
    cluster_run walseal decrypt -k key -o plain base/whole
    block=$(tar -t -R -f "$CLUSTER/plain" | sed -n 's/^block \([0-9]*\): backup_manifest$/\1/p')
    head -c $((block * 512)) "$CLUSTER/plain" | cluster_run walseal encrypt -k key -o base/short
    restoring -k key -f base/short
    assert_status 203
    assert_stderr_has "pg_verifybackup isn't content with what was unpacked"
    assert_only "$CLUSTER/restored"

    restoring -k key -f base/whole
    assert_status 0
}

# in_a_shut_folder COMMAND...: where its user can neither read nor come back to.
in_a_shut_folder() {
    mkdir -p "$T/shut"
    (
        cd "$T/shut" || exit
        chmod 000 .
        "${CLUSTER_AS[@]}" env -i PATH="$CLUSTER/bin:$CLUSTER_PROGRAMS:/usr/bin:/bin" \
            PGUSER=postgres PGHOST="$CLUSTER/primary.sock" "$@" 3>&- 4>&-
    )
}

@test "what is set in a restored cluster goes through no link of the backup" {
    local each
    primary directory
    cluster_run base-backup -k key -d base -n one -- -c fast
    cluster_run sh -c 'mkdir whole && walseal decrypt -k key base/one | tar -x -f - -C whole && echo mine >mine'
    for each in postgresql.auto.conf recovery.signal; do
        cluster_run sh -c "cp -a whole led && ln -sf '$CLUSTER/mine' led/$each
            tar -c -C led . | walseal encrypt -k key -o base/led && rm -r led"
        run_status cluster_run restore-base-backup -k key -r -f base/led restored
        assert_status 207
        assert_stderr_has "$each is no file"
        assert_only "$CLUSTER/restored"
        [ "$(cat "$CLUSTER/mine")" = mine ]
        cluster_run rm base/led
    done
}

@test "what a standby's backup would be is told anew: recovery with -r, a standby with -s" {
    primary directory
    cluster_run touch primary/standby.signal
    cluster_run base-backup -k key -d base -n one -- -c fast
    cluster_run restore-base-backup -k key -r -f base/one restored
    assert_absent "$CLUSTER/restored/standby.signal"
    [ -e "$CLUSTER/restored/recovery.signal" ]
    rm -r "$CLUSTER/restored"
    cluster_run restore-base-backup -k key -s -f base/one restored
    assert_absent "$CLUSTER/restored/recovery.signal"
    [ -e "$CLUSTER/restored/standby.signal" ]
}

@test "a folder that the user can't read is a place to start from, and to fail in" {
    primary directory
    run_status in_a_shut_folder base-backup -k "$CLUSTER/key" -d "$CLUSTER/base" -n base -- -c fast
    assert_status 0
    assert_silent
    run_status in_a_shut_folder restore-base-backup -k "$CLUSTER/key" -f "$CLUSTER/base/base" "$CLUSTER/restored"
    assert_status 0
    assert_silent
    rm -rf "$CLUSTER/restored"
    cluster_new_key other
    run_status in_a_shut_folder restore-base-backup -k "$CLUSTER/other" -f "$CLUSTER/base/base" "$CLUSTER/restored"
    assert_status 204
    assert_only "$CLUSTER/restored"
    run_status in_a_shut_folder restore-base-backup -k "$CLUSTER/key" -f "$CLUSTER/base/base" restored
    assert_status 203
}

@test "a backup that isn't there is told without an option that restore-base-backup hasn't" {
    restoring -k key -u 'exit 3'
    assert_status 203
    assert_stderr_has 'command "exit 3" exited with status 3'
    assert_stderr_lacks '--missing'
    assert_only "$CLUSTER/restored"
}

# restore_begun: there is something in the directory.
restore_begun() {
    [ -e "$CLUSTER/restored/backup_label" ]
}

@test "restore-base-backup itself ended or killed half way takes all with it" {
    primary directory
    cluster_run base-backup -k key -d base -n base -- -c fast
    for signal in 'TERM 143' 'KILL 137'; do
        if [ "$signal" = 'KILL 137' ] && ! setpriv --pdeathsig TERM true 2>/dev/null; then
            skip "this setpriv has no --pdeathsig: SIGKILL isn't tried"
        fi
        rm -rf "$CLUSTER/restored"
        # shellcheck disable=SC2016 # the inner shell's
        in_background sh -c 'echo $$ >script.pid
            exec restore-base-backup -k key -u "head -c 9000000 base/base; echo \$\$ >backup.pid; exec sleep 60" restored'
        eventually restore_begun && eventually test -s "$CLUSTER/backup.pid"
        kill "-${signal% *}" "$(cat "$CLUSTER/script.pid")"
        wait "$!" || true
        [ "$(cat "$T/status")" = "${signal#* }" ] || flunk "status $(cat "$T/status")"
        eventually assert_nothing_runs_of_ours || flunk 'the fetch goes on'
        [ "$signal" = 'KILL 137' ] || assert_only "$CLUSTER/restored"
        rm "$CLUSTER/backup.pid"
    done
}

# archived NAME: it is in the archive.
archived() {
    [ -e "$CLUSTER/archive/$1" ]
}

@test "a restored server writes nothing into the archive, unless it takes the lost one's place" {
    primary directory
    query "alter system set archive_cleanup_command = 'true'"
    query "alter system set recovery_end_command = 'true'"
    cluster_run base-backup -k key -d base -n base -- -c fast
    add_rows
    archive_all
    cluster_stop primary fast
    for place in '' -a; do
        rm -rf "$CLUSTER/restored"
        # shellcheck disable=SC2086  # a word or none
        restoring -k key -f base/base -r $place
        assert_status 0
        assert_silent
        # of the lost server's settings, as a backup has them, all count
        cluster_settings directory | cluster_configure restored
        export SERVER=restored
        assert_opened_with 1000
        if [ -z "$place" ]; then
            grep -q 'archive_mode = off is set' stdout
            [ "$(query 'show archive_mode')" = off ]
            [ -z "$(query 'show archive_cleanup_command')$(query 'show recovery_end_command')" ]
            add_rows
            run ! archived 00000002.history
        else
            grep -q 'archiving is as the backup has it' stdout
            [ "$(query 'show archive_mode')" = on ]
            [ "$(query 'show archive_cleanup_command')$(query 'show recovery_end_command')" = truetrue ]
            eventually archived 00000002.history
        fi
        cluster_stop restored fast
    done
}

@test "the setting that turns archiving off is undone by what is said beside it" {
    primary directory
    cluster_run base-backup -k key -d base -n base -- -c fast
    archive_all
    cluster_stop primary fast
    restoring -k key -f base/base -r
    undo=$(grep -o 'alter system reset archive_mode' "$CLUSTER/restored/postgresql.auto.conf")
    grep -q "$undo, then restart" stdout
    recover_with "$(cluster_settings directory)"
    [ "$(recovery_ends)" = opened ]
    query "$undo"
    cluster_stop restored fast
    cluster_start restored
    [ "$(query 'show archive_mode')" = on ]
}

@test "pg_verifybackup is found where packages put it, and its lack is told before unpacking" {
    primary directory
    cluster_run base-backup -k key -d base -n base -- -c fast
    run_status cluster_run env PATH="$CLUSTER/bin:/usr/bin:/bin" restore-base-backup -k key -f base/base restored
    assert_status 0
    rm -rf "$CLUSTER/restored"
    sed -i 's,/usr/lib/postgresql/,/nowhere/,; s,/usr/pgsql-,/nowhere/,' "$CLUSTER/bin/restore-base-backup"
    run_status cluster_run env PATH="$CLUSTER/bin:/usr/bin:/bin" restore-base-backup -k key -f base/base restored
    assert_status 203
    assert_stderr_has "pg_verifybackup isn't installed"
    assert_stderr_lacks 'emptied'
    assert_absent "$CLUSTER/restored"
}

@test "the version in a backup is a number, and leads to no program of the backup's own" {
    local each
    cluster_run sh -c "mkdir -p crafted/x/bin
        printf '#!/bin/sh\necho ran >$CLUSTER/ran\n' >crafted/x/bin/pg_verifybackup
        chmod 755 crafted/x/bin/pg_verifybackup"
    for each in "../../..$CLUSTER/restored/x" "../../..$CLUSTER/*/x" '*' $'15\n16' 15. 15.3.1; do
        printf '%s\n' "$each" | cluster_run tee crafted/PG_VERSION >/dev/null
        crafted_restored
        assert_status 207 || flunk "$each" || return 1
        assert_stderr_has 'PG_VERSION is no file with a version in it'
    done
    cluster_run sh -c 'echo 15 >mine && ln -sf ../mine crafted/PG_VERSION'
    crafted_restored
    assert_status 207
    cluster_run sh -c 'rm crafted/PG_VERSION && echo 9.6 >crafted/PG_VERSION'
    crafted_restored
    assert_status 203
    assert_stderr_has "pg_verifybackup isn't content with what was unpacked"
}

# crafted_restored: the folder crafted as a base backup; nothing in it was run.
crafted_restored() {
    cluster_run sh -c 'tar -c -C crafted . | walseal encrypt -k key -o base/crafted'
    run_status cluster_run env PATH="$CLUSTER/bin:/usr/bin:/bin" restore-base-backup -k key -f base/crafted restored
    assert_only "$CLUSTER/restored"
    assert_absent "$CLUSTER/ran"
    cluster_run rm base/crafted
}

@test "a failed restore is emptied again and has its status where nothing can be said" {
    cluster_new_key other
    cluster_run sh -c 'mkdir crafted && tar -c -C crafted . | walseal encrypt -k key -o base/crafted'
    for redirected in '2>/dev/full' '2>&-'; do
        run_status cluster_run sh -c "exec restore-base-backup -k other -f base/crafted restored $redirected"
        assert_status 204 || flunk "$redirected" || return 1
        assert_only "$CLUSTER/restored"
    done
}

# crafted_backup: the folder crafted as base/crafted, with a pg_verifybackup that is content with it.
crafted_backup() {
    cluster_run sh -c 'echo 15 >crafted/PG_VERSION && printf "#!/bin/sh\n" >bin/pg_verifybackup &&
        chmod 755 bin/pg_verifybackup && tar -c -C crafted . | walseal encrypt -k key -o base/crafted'
}

@test "what its shell ends with is no status of restore-base-backup's, nor is more said than was done" {
    cluster_run sh -c 'mkdir crafted && : >crafted/postgresql.auto.conf && chmod 400 crafted/*.conf'
    crafted_backup
    run_status cluster_run restore-base-backup -k key -f base/crafted restored
    assert_status 203
    assert_stderr_has 'restored: emptied again'
    assert_no_output
    assert_only "$CLUSTER/restored"
}

@test "a backup that is restored stays so where nobody hears it" {
    local redirected
    cluster_run mkdir crafted
    crafted_backup
    for redirected in '>/dev/full' '>&-'; do
        run_status cluster_run sh -c \
            "exec restore-base-backup -k key -f base/crafted -r restored $redirected"
        assert_status 0 || flunk "$redirected" || return 1
        assert_only "$CLUSTER/restored" PG_VERSION postgresql.auto.conf recovery.signal
        grep -qx 'archive_mode = off' "$CLUSTER/restored/postgresql.auto.conf"
        rm -r "$CLUSTER/restored"
    done
}

@test "a file that isn't there is no backup that can't be used" {
    restoring -k key -f base/none
    assert_status 203
    [ "$stderr" = "restore-base-backup: $CLUSTER/base/none: no such file" ]
    assert_absent "$CLUSTER/restored"
}

@test "root, as whom PostgreSQL doesn't start, is refused before anything is unpacked" {
    cluster_run sh -c 'echo "echo 0" >bin/id && chmod 755 bin/id'
    cluster_run touch base/base
    restoring -k key -f base/base
    assert_status 201
    assert_stderr_has 'not as root'
    assert_stderr_has 'su postgres'
    assert_absent "$CLUSTER/restored"
}

@test "a backup without configuration, as Debian's are, opens with the few lines that README.md has" {
    primary directory
    add_rows
    cluster_run base-backup -k key -d base -n base -- -c fast
    archive_all
    restoring -k key -f base/base -r
    assert_status 0
    rm "$CLUSTER/restored"/{postgresql,pg_hba,pg_ident}.conf
    cluster_run sh -c 'echo "local all all trust" >restored/pg_hba.conf'
    recover_with "$(cluster_settings test)" 'hot_standby = off' "$(cluster_settings directory | grep restore_command)"
    cluster_start restored
    export PGPORT=5433
    eventually cluster_run psql -p 5433 -qAtX -c 'select count(*) from t'
    [ "$(cluster_run psql -p 5433 -qAtX -c 'select count(*) from t')" = 1000 ]
}

@test "tablespaces are refused by pg_basebackup, and nothing is stored" {
    primary directory
    cluster_run mkdir space
    query "create tablespace aside location '$CLUSTER/space'"
    run_status cluster_run base-backup -k key -d base -n base -- -c fast
    assert_status 103
    assert_stderr_has 'tablespace'
    assert_only "$CLUSTER/base"
}

@test "nothing that is there already is touched" {
    primary directory
    cluster_run sh -c 'echo mine >base/taken'
    run_status cluster_run base-backup -k key -d base -n taken -- -c fast
    assert_status 103
    assert_stderr_has 'exists already'
    [ "$(cat "$CLUSTER/base/taken")" = mine ]
    cluster_run mkdir restored
    cluster_run touch restored/mine
    restoring -k key -f base/taken
    assert_status 201
    assert_stderr_has 'not empty'
    assert_only "$CLUSTER/restored" mine
}

@test "a wrong use is told from a failure" {
    for wrong in '' '-d base -u cat%f' '-d base -n a/b' '-d base -n -x' '-z' '-u cat -n y' '-u cat%%f'; do
        # shellcheck disable=SC2086  # words
        run_status cluster_run base-backup $wrong
        assert_status 101
    done
    for wrong in '-f a' '-f a -u b restored' 'restored' '-z'; do
        # shellcheck disable=SC2086  # words
        run_status cluster_run restore-base-backup $wrong
        assert_status 201
    done
}
