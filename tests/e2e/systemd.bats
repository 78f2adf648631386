#!/usr/bin/env bats
# contrib/systemd: the units as systemd reads them, what they run, and the restore drill on a real
# archive.
# shellcheck shell=bash
load scenario

UNITS=$ROOT/contrib/systemd

setup_file() {
    scenario_archive
}

teardown_file() {
    scenario_forget
}

# units_here: the units with their programs where they are on this machine.
units_here() {
    mkdir -p units
    for unit in "$UNITS"/*.service "$UNITS"/*.timer; do
        sed "s,/usr/local/bin/walseal,$WALSEAL,; s,/usr/local/share/doc/walseal/contrib,$ROOT/contrib," \
            "$unit" >"units/${unit##*/}"
    done
}

# exec_start UNIT: its command, on the archive of this test.
exec_start() {
    sed -n 's/^ExecStart=//p' "$UNITS/$1" |
        sed "s,/usr/local/share/doc/walseal/contrib/systemd,$CLUSTER/bin,; s,/usr/local/bin/walseal,walseal,
            s,[$]{CREDENTIALS_DIRECTORY},$CLUSTER,g; s,/archive,$CLUSTER/archive,g
            s,/var/lib/walseal-drill,$CLUSTER/drill,"
}

@test "systemd takes the units without a complaint" {
    command -v systemd-analyze >/dev/null || skip "systemd-analyze isn't installed"
    units_here
    run_status systemd-analyze verify --man=no units/*
    assert_status 0
    assert_silent
    assert_no_output
}

@test "the services are closed in: what systemd counts as exposure is low" {
    command -v systemd-analyze >/dev/null || skip "systemd-analyze isn't installed"
    units_here
    for unit in units/*.service; do
        run_status systemd-analyze security --offline=true --threshold=15 "$unit"
        assert_status 0
    done
}

@test "what the nightly unit runs finds an archive good, and a damaged segment" {
    run_status cluster_run sh -c "$(exec_start walseal-verify.service)"
    assert_status 0
    flip_bit "$CLUSTER/archive/$(basename "$(middle_segment)")" 50000
    run_status cluster_run sh -c "$(exec_start walseal-verify.service)"
    assert_status 205
    assert_stderr_has "$(basename "$(middle_segment)")"
}

@test "the drill restores the newest base backup, recovers, asks, and leaves nothing" {
    install_drill
    run_status drill -q 'select count(*) from t'
    assert_status 0
    assert_silent
    [ "$(head -n 1 "$T/stdout")" = 3000 ]
    grep -q '^base-1.tar.walseal: restored, recovered in [0-9]* s' "$T/stdout"
    assert_only "$CLUSTER/drill"
    assert_nothing_runs
}

@test "the drill's unit runs as it stands" {
    install_drill
    run_status cluster_run sh -c "$(exec_start walseal-restore-drill.service)"
    assert_status 0
    grep -qx '[0-9][0-9]*' "$T/stdout"
    assert_only "$CLUSTER/drill"
}

@test "the drill fails on a damaged segment, and leaves nothing" {
    install_drill
    flip_bit "$(middle_segment)" 50000
    run_status drill -q 'select count(*) from t'
    assert_status 203
    assert_stderr_has damaged
    assert_only "$CLUSTER/drill"
    assert_nothing_runs
}

@test "a failed drill leaves nothing where nothing can be said" {
    install_drill
    flip_bit "$(middle_segment)" 50000
    for redirected in '2>/dev/full' '2>&-'; do
        run_status cluster_run sh -c "exec restore-drill -k key -d archive drill $redirected"
        assert_status 203 || flunk "$redirected" || return 1
        assert_only "$CLUSTER/drill"
    done
}

@test "the drill fails where a segment is missing, which PostgreSQL takes for the archive's end" {
    local newest missing before target
    install_drill
    newest=$(archived | grep -Ex '[0-9A-F]{24}' | tail -n 1)
    missing=$(basename "$(middle_segment)")
    rm "$CLUSTER/archive/$missing"
    # the one before is the last that was restored
    before=$(archived | grep -Ex '[0-9A-F]{24}' | sed "/$newest/d" | tac | sed -n 2p)
    run_status drill
    assert_status 203
    assert_stderr_has "recovery ended in $before, and the archive goes up to $newest: one in between is missing"
    assert_only "$CLUSTER/drill"
    # no target, whatever is called so
    cluster_run cp -r archive recovery_target=1
    run_status cluster_run restore-drill -k key -d recovery_target=1 -o recovery_target_timeline=latest \
        -o recovery_target= -o application_name=recovery_target=1 drill
    assert_status 203
    assert_stderr_has 'one in between is missing'
    # who wants to stop there has said so
    for target in recovery_target Recovery-Target; do
        run_status drill -o $target=immediate -o recovery_target_action=promote
        assert_status 0
    done
}

@test "the drill goes to the archive's end, whatever the backup's own settings say" {
    install_drill
    echo 'recovery_target = immediate' | changed_backup 'cat >>postgresql.auto.conf; : >standby.signal'
    run_status drill -q 'select count(*) from t'
    assert_status 0
    [ "$(head -n 1 stdout)" = 3000 ]
}

@test "the drill asks its server whatever the backup's settings say" {
    install_drill
    printf '%s\n' 'port = 6543' "session_preload_libraries = 'elsewhere'" "local_preload_libraries = 'elsewhere'" \
        "synchronous_standby_names = 'gone'" | changed_backup 'cat >>postgresql.auto.conf'
    run_status cluster_run timeout 60 restore-drill -k key -d archive -o port=6544 -q 'select count(*) from t' \
        -q 'create table u (i int)' drill
    assert_status 0
    [ "$(head -n 1 stdout)" = 3000 ]
}

# changed_backup COMMANDS: a newer base backup, changed by them in its folder.
changed_backup() {
    # shellcheck disable=SC2016 # the inner shell's
    cluster_run sh -c 'mkdir -m 700 unpacked && walseal decrypt -k key --to "tar -xC unpacked" archive/base-1.tar.walseal
        (cd unpacked && eval "$1")
        rm unpacked/backup_manifest
        tar -cC unpacked . | walseal encrypt -k key -o archive/base-2.tar.walseal' - "$1"
    cluster_run sh -c 'printf "#!/bin/sh\n" >bin/pg_verifybackup && chmod 755 bin/pg_verifybackup'
}

@test "the drill waits for no database and no role that aren't there" {
    local each
    install_drill
    for each in PGDATABASE=nowhere PGUSER=nobody_here; do
        run_status cluster_run "$each" timeout 60 restore-drill -k key -d archive drill
        assert_status 203
        assert_stderr_has "\"${each#*=}\" does not exist"
        assert_stderr_has "the server has recovered, and can't be asked"
        assert_only "$CLUSTER/drill"
    done
}

@test "the drill gives up on what no waiting makes pg_isready answer" {
    install_drill
    run_status cluster_run PGSSLMODE=wrong timeout 60 restore-drill -k key -d archive drill
    assert_status 203
    assert_stderr_has 'pg_isready ended with status 3'
    assert_only "$CLUSTER/drill"
    assert_nothing_runs
}

@test "the drill ends where pg_isready can't be run, with a server that has hardly begun" {
    install_drill
    # A version that isn't installed: its programs are looked for in PATH.
    cluster_run sh -c 'mkdir all crafted && ln -sf /bin/* /usr/bin/* all && rm -f all/pg_isready
        echo 99 >crafted/PG_VERSION'
    slow_server
    run_status cluster_run PATH="$CLUSTER/bin:$CLUSTER/all" timeout 60 restore-drill drill -- cp -r crafted
    assert_status 203
    assert_stderr_has 'pg_isready ended with status 127'
    assert_only "$CLUSTER/drill"
    gone "$(cat "$CLUSTER/server.id")"
}

# slow_server: a stand-in for one that has no handler yet when the first signal comes, and ignores it as
# all that a shell has in the background.
slow_server() {
    cluster_run sh -c 'cat >bin/postgres && chmod 755 bin/postgres' <<'END'
#!/usr/bin/perl
use POSIX;
open my $id, '>', 'server.id';
print $id $$;
close $id;
my ($quit, $pending) = (POSIX::SigSet->new(SIGQUIT), POSIX::SigSet->new);
sigprocmask(SIG_BLOCK, $quit);
$SIG{QUIT} = 'DEFAULT';
until ($pending->ismember(SIGQUIT)) {
    select undef, undef, undef, 0.01;
    sigpending($pending);
}
$SIG{QUIT} = 'IGNORE';
sigprocmask(SIG_UNBLOCK, $quit);
$SIG{QUIT} = sub { exit };
sleep 1 while 1;
END
}

@test "the drill fails on a question that fails" {
    install_drill
    run_status drill -q 'select count(*) from elsewhere'
    assert_status 1
    assert_only "$CLUSTER/drill"
    assert_nothing_runs
}

@test "the drill runs none of the lost server's commands, which would empty the archive" {
    install_drill
    reaching_out
    archived >before
    run_status drill -q 'show max_logical_replication_workers'
    assert_status 0
    assert_silent
    [ "$(head -n 1 stdout)" = 0 ]
    archived | cmp before -
    assert_absent "$CLUSTER/recovered"
    # what it is for: with the backup's own settings segments go
    run_status drill -o "archive_cleanup_command=$CLEANUP" -o "recovery_end_command=$AFTER"
    assert_status 0
    archived >after
    [ "$(wc -l <after)" -lt "$(wc -l <before)" ]
    [ -e "$CLUSTER/recovered" ]
}

archived() {
    find "$CLUSTER/archive" -type f -printf '%f\n' | sort
}

# reaching_out: in place of the archive's backup, one of a server that cleans its archive, with many
# checkpoints behind it.
reaching_out() {
    rm "$CLUSTER/archive"/*
    CLEANUP="$CLUSTER_PROGRAMS/pg_archivecleanup $CLUSTER/archive %r"
    AFTER="touch $CLUSTER/recovered"
    primary directory
    query "alter system set archive_cleanup_command = '$CLEANUP'"
    query "alter system set recovery_end_command = '$AFTER'"
    query "alter system set max_wal_size = '2MB'"
    cluster_run base-backup -k key -d archive -n base-1.tar.walseal -- -c fast
    for _ in {1..10}; do
        add_rows && query checkpoint
    done
    archive_all
    cluster_stop primary fast
}

@test "the drill undoes a base backup's compression, and without -c that is what is told" {
    command -v zstd >/dev/null || skip "zstd isn't installed"
    install_drill
    cluster_run sh -c 'cd archive && walseal decrypt -k ../key base-1.tar.walseal | zstd -q |
        walseal encrypt -k ../key -o base-2.tar.zst.walseal'
    run_status drill -c 'zstd -d' -q 'select count(*) from t'
    assert_status 0
    assert_silent
    [ "$(head -n 1 stdout)" = 3000 ]
    run_status drill
    [ "$status" != 0 ]
    assert_stderr_has "try what undoes base-backup -c: -c 'zstd -d'"
    assert_only "$CLUSTER/drill"
}

@test "the drill keeps a cluster that was shut down, if asked to" {
    install_drill
    run_status drill -K -q 'select count(*) from t'
    assert_status 0
    assert_silent
    assert_only "$CLUSTER/drill" data
    cluster_run pg_controldata drill/data | grep -q 'cluster state: *shut down$'
}

@test "the drill refuses a place that isn't empty, and what it can't know" {
    install_drill
    cluster_run touch drill/mine
    chmod 755 "$CLUSTER/drill"
    run_status drill
    assert_status 201
    assert_only "$CLUSTER/drill" mine
    [ "$(stat -c %a "$CLUSTER/drill")" = 755 ]
    for arguments in 'drill' '-d archive' '-d archive drill -- true' 'drill --' '-k key drill -- true' '-c cat drill -- true' '-x'; do
        # shellcheck disable=SC2086 # several
        run_status cluster_run restore-drill $arguments
        assert_status 201
    done
}

@test "the drill never empties what a restored link leads to, and held something before" {
    install_drill
    cluster_run sh -c "mkdir -p living/PG_15 copied/pg_tblspc && echo 15 >copied/PG_VERSION && echo mine >living/PG_15/1
        ln -s '$CLUSTER/living' copied/pg_tblspc/16400"
    run_status cluster_run restore-drill drill -- cp -a copied
    assert_status 207
    assert_stderr_has "tablespace 16400: $CLUSTER/living held something before this restore"
    assert_stderr_has "$CLUSTER/living: isn't emptied"
    [ "$(cat "$CLUSTER/living/PG_15/1")" = mine ]
    assert_only "$CLUSTER/drill"
}

@test "a folder that the user can't read is a place to drill from" {
    install_drill
    mkdir shut
    # shellcheck disable=SC2016 # the inner shell's
    run_status sh -c 'cd shut && chmod 000 . && exec "$@"' - "${CLUSTER_AS[@]}" env -i \
        PATH="$CLUSTER/bin:/usr/bin:/bin" PGUSER=postgres restore-drill -k "$CLUSTER/key" \
        -d "$CLUSTER/archive" "$CLUSTER/drill" 3>&- 4>&-
    chmod 700 shut
    assert_status 0
    assert_silent
    assert_only "$CLUSTER/drill"
}

@test "the drill runs no program that the restored PG_VERSION leads to" {
    install_drill
    cluster_run sh -c "mkdir -p crafted/x/bin
        printf '#!/bin/sh\necho ran >$CLUSTER/ran\n' >crafted/x/bin/postgres
        chmod 755 crafted/x/bin/postgres
        echo '../../..$CLUSTER/drill/data/x' >crafted/PG_VERSION"
    run_status cluster_run restore-drill drill -- cp -r crafted
    assert_status 207
    assert_stderr_has 'PG_VERSION is no file with a version in it'
    assert_absent "$CLUSTER/ran"
    assert_only "$CLUSTER/drill"
}

# server_of_drill: its id, while it recovers.
server_of_drill() {
    head -n 1 "$CLUSTER/drill/data/postmaster.pid" 2>/dev/null
}

recovers() {
    [ -n "$(server_of_drill)" ]
}

@test "the drill ended or killed itself, in the restore or in the recovery, leaves nothing running" {
    local where signal
    install_drill
    # hangs in the restore of the base backup first, and of segments then
    cluster_run sh -c 'cat >bin/hangs && chmod 755 bin/hangs' <<'END'
#!/bin/sh
case "$HANGS $*" in
restore*base-1* | recovery*--wal-name*) echo $$ >hanging.id; exec sleep 600 ;;
esac
exec walseal "$@"
END
    for where in restore recovery; do
        for signal in TERM KILL; do
            if [ $signal = KILL ] && ! setpriv --pdeathsig TERM true 2>/dev/null; then
                continue
            fi
            rm -rf "$CLUSTER"/drill/* "$CLUSTER/drill.id"
            # shellcheck disable=SC2016 # the inner shell's
            cluster_run HANGS=$where WALSEAL="$CLUSTER/bin/hangs" sh -c \
                'echo $$ >drill.id; exec restore-drill -k key -d archive drill' >"$T/out" 2>&1 3>&- &
            if [ $where = restore ]; then
                eventually test -s "$CLUSTER/hanging.id"
            else
                eventually recovers
            fi
            kill -$signal "$(cat "$CLUSTER/drill.id")"
            wait "$!" || true
            assert_nothing_runs || flunk "$where $signal"
            [ ! -e "$CLUSTER/hanging.id" ] || eventually gone "$(cat "$CLUSTER/hanging.id")" ||
                flunk "$where $signal: walseal goes on"
            [ $signal = KILL ] || assert_only "$CLUSTER/drill"
            rm -f "$CLUSTER/hanging.id"
        done
    done
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

install_drill() {
    cp "$UNITS/restore-drill" "$CLUSTER/bin/"
    cluster_run mkdir drill
    cluster_run mv base/base.tar.walseal archive/base-1.tar.walseal
}

drill() {
    cluster_run restore-drill -k key -d archive "$@" drill
}
