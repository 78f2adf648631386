#!/usr/bin/env bats
# contrib/walg: a cluster comes back from an archive that is laid out as WAL-G lays it out. What is
# restored is compared with PostgreSQL's own manifest of the same moment, and then it starts.
# shellcheck shell=bash
load scenario

lacks() {
    local program
    for program in lz4 zstd brotli xz lzop; do
        command -v $program >/dev/null || echo "$program isn't installed"
    done
    "$WALSEAL" decrypt --help | grep -q -e --filter || echo "this walseal has no --filter"
}

setup_file() {
    [ -z "$(lacks)" ] || return 0
    SCENARIO_METHOD=openpgp scenario_begin
    export TEMPLATE=$CLUSTER
    CLUSTER_KEY=key cluster_new_keys
    cluster_new_pair away
    cp -p "$CLUSTER/away/public.asc" "$CLUSTER/recipients.asc"
    [ ${#CLUSTER_AS[@]} = 0 ] || chown postgres: "$CLUSTER/recipients.asc"
    install_scripts
    cluster_run mkdir -p store/wal_005 pgp/wal_005
    cluster_init primary 1
    cluster_run pg_checksums --enable -D primary >/dev/null
    cluster_configure primary <<END
wal_level = replica
archive_mode = on
archive_command = '$CLUSTER/bin/wal_push %p %f'
END
    # WAL-G's layout once for each method
    cluster_run tee bin/wal_push >/dev/null <<END
#!/bin/sh
set -e
cd '$CLUSTER' && p=primary/\$1 f=\$2
walseal encrypt -k key --no-clobber --filter 'lz4 -qc' -o "store/wal_005/\$f.lz4" "\$p"
walseal encrypt -k recipients.asc --filter 'zstd -qc' -o "pgp/wal_005/\$f.zst" "\$p"
END
    cluster_run chmod 755 bin/wal_push
    cluster_start primary
    query "alter system set archive_cleanup_command = 'true'"
    query "alter system set recovery_end_command = 'true'"
    cluster_run mkdir ts
    query "create tablespace elsewhere location '$CLUSTER/ts'"
    query 'create table t (i int, filler text)'
    query 'create table u (i int) tablespace elsewhere'
    query 'insert into u select generate_series(1, 500)'
    cluster_run walg_push "$CLUSTER/store" "$CLUSTER/kept" -k "$CLUSTER/key" -- lz4 zst br lzma none
    cluster_run walg_push "$CLUSTER/pgp" "$CLUSTER/kept.pgp" -k "$CLUSTER/recipients.asc" -- zst
    # of PostgreSQL's own backup each test gets what is read
    find "$CLUSTER/kept" "$CLUSTER/kept.pgp" -depth -mindepth 1 ! -name backup_manifest ! -name tablespace_map -delete
    add_rows && add_rows && add_rows
    archive_all
    cluster_stop primary fast
    cluster_secret secret.d away/key.asc away/passphrase
}

teardown_file() {
    scenario_forget
}

install_scripts() {
    cp "$ROOT"/contrib/walg/*-* "$ROOT/tests/contrib/walg_push" "$CLUSTER/bin/"
    chmod 755 "$CLUSTER"/bin/*
}

setup() {
    [ -z "$(lacks)" ] || skip "$(lacks)"
    helper_setup
    scenario_begin
    install_scripts
    for kept in store pgp key secret.d kept kept.pgp; do
        cp -a "$TEMPLATE/$kept" "$CLUSTER/"
    done
    SPACE=$(sed -n 's/^\([0-9]*\) .*/\1/p' "$CLUSTER/kept/tablespace_map")
}

# is_as_kept DATA KEPT: what was restored is what PostgreSQL's manifest says.
is_as_kept() {
    cluster_run cp "$2/backup_manifest" "$1/"
    cluster_run pg_verifybackup -n -q -i recovery.signal -i postgresql.auto.conf -i tablespace_map "$1"
    cluster_run rm "$1/backup_manifest"
}

# opened ROWS: it recovers to the end of the archive, with every page's checksum right.
opened() {
    recover_with
    assert_opened_with "$1" || return 1
    [ "$(query 'select sum(i) from u')" = 125250 ] || flunk 'the tablespace is not whole' || return 1
    [ "$(query 'show archive_mode')" = off ] || flunk 'it archives' || return 1
    [ -z "$(query 'show archive_cleanup_command')$(query 'show recovery_end_command')" ] ||
        flunk "it runs the lost server's commands" || return 1
    cluster_stop restored fast
    cluster_run pg_checksums --check -D restored >/dev/null
}

restore() {
    run_status cluster_run restore-walg "$@" -T "$SPACE=$CLUSTER/space" restored
}

@test "from a directory, by sodium, in every compression: as it was, and it recovers" {
    restore -k key -d store
    assert_status 0
    assert_silent
    is_as_kept restored kept
    # without exec a shell that can't fork would say 2, the archive's end
    grep -q "^restore_command = 'exec " "$CLUSTER/restored/postgresql.auto.conf"
    opened 3000
}

@test "by commands, by OpenPGP, into a tablespace's old place" {
    cluster_run rm -rf "$TEMPLATE/ts"
    run_status cluster_run restore-walg -k secret.d -p secret.d/passphrase -u "cat '$CLUSTER/pgp/%f'" \
        -l "ls '$CLUSTER/pgp/%f'" -m 1 -T "$SPACE=$TEMPLATE/ts" restored
    assert_status 0
    assert_silent
    [ "$(readlink "$CLUSTER/restored/pg_tblspc/$SPACE")" = "$TEMPLATE/ts" ]
    is_as_kept restored kept.pgp
    opened 3000
}

@test "a standby follows the archive, and asks again" {
    restore -k key -d store -s
    assert_status 0
    printf "%s\n" 'hot_standby = on' "primary_conninfo = ''" | cluster_configure restored
    export SERVER=restored
    cluster_start restored
    eventually is_true 'select pg_is_in_recovery()'
    eventually is_true 'select count(*) = 3000 from t'
    cluster_run mv store away.store
    sleep 1
    is_true 'select pg_is_in_recovery()'
}

@test "a missing part, a missing pg_control, no sentinel, a delta: nothing is restored" {
    local base
    base=$(dirname "$(echo "$CLUSTER"/store/basebackups_005/*/files_metadata.json)")
    mv "$base/tar_partitions/part_002.tar.zst" "$CLUSTER/part"
    restore -k key -d store
    assert_status 203
    assert_stderr_has 'part_002.tar.zst is gone'
    assert_absent "$CLUSTER/restored"

    cp "$CLUSTER/part" "$base/tar_partitions/part_002.tar.zst"
    mv "$base/tar_partitions/pg_control.tar.lz4" "$CLUSTER/part"
    restore -k key -d store
    assert_status 203
    assert_stderr_has pg_control

    cp "$CLUSTER/part" "$base/tar_partitions/pg_control.tar.lz4"
    sed -i 's/^{/{"DeltaLSN":1,"DeltaFrom":"base_1","DeltaFullName":"base_0","DeltaCount":1,/' \
        "$base"_backup_stop_sentinel.json
    restore -k key -d store
    assert_status 207
    assert_stderr_has 'a delta of base_1: restore a full one, base_0 is'

    rm "$base"_backup_stop_sentinel.json
    restore -k key -d store
    assert_status 203
    restore -k key -d nowhere
    assert_status 203
    assert_absent "$CLUSTER/restored"
}

@test "where a tablespace goes is for the caller to say: the sentinel's word, which proves nothing, is told" {
    local place=$CLUSTER/home/.ssh
    pretend 's|{"loc":"[^"]*|{"loc":"'"$place"'|'
    run_status cluster_run restore-walg -k key -d store restored
    assert_status 207
    assert_stderr_has "tablespace $SPACE goes nowhere yet; the place that it was in: -T '$SPACE=$place'"
    assert_absent "$CLUSTER/home" "$CLUSTER/restored"
    run_status cluster_run restore-walg -k key -d store -T "1=$place" restored
    assert_status 207
    restore -k key -d store
    assert_status 0
    assert_absent "$CLUSTER/home"
}

@test "what the sentinel says is told so that it can be pasted, and commands no terminal" {
    local place="/srv/it's';touch $T/pasted;'" words control
    control=$(printf '\033[2J\302\2332J\177')
    pretend "s|{\"loc\":\"[^\"]*|{\"loc\":\"$control$place|"
    run_status cluster_run restore-walg -k key -d store restored
    assert_status 207
    assert_stderr_lacks $'\033'
    assert_stderr_lacks $'\302\233'
    assert_stderr_lacks $'\177'
    words=$(sed -n "s/.*the place that it was in: -T //p" stderr)
    # as a shell reads what is pasted
    eval "set -- $words"
    assert_absent pasted
    [ "$#=$1" = "1=$SPACE=[2J2J$place" ] || flunk "read as $# words: $*"
    pretend 's|"tablespaces":\["|&'"$control"'|'
    run_status cluster_run restore-walg -k key -d store restored
    assert_status 207
    assert_stderr_has "a tablespace called [2J2J$SPACE"
    assert_stderr_lacks $'\033'
}

# pretend EXPRESSION: the sentinel, changed by sed.
pretend() {
    sed -i "$1" "$CLUSTER"/store/basebackups_005/*_backup_stop_sentinel.json
}

@test "a backup that has tablespaces and no map of them isn't whole" {
    local parts
    parts=$(echo "$CLUSTER"/store/basebackups_005/*/tar_partitions)
    # what is left of it: a list of files that asks for nothing, tars that have nothing but these
    pretend 's/^{/{"FilesMetadataDisabled":true,/'
    rm "$parts"/*
    mkdir -p crafted/global
    touch crafted/PG_VERSION crafted/backup_label crafted/global/pg_control
    tar -c -C crafted . | "$WALSEAL" encrypt -q -k "$CLUSTER/key" >"$parts/pg_control.tar"
    restore -k key -d store
    assert_status 203
    assert_stderr_has "tablespace_map isn't in any of its tars"
    assert_only "$CLUSTER/restored"
}

@test "a failed restore is emptied again and has its status where nothing can be said" {
    cluster_new_key other
    for redirected in '2>/dev/full' '2>&-'; do
        run_status cluster_run sh -c "exec restore-walg -k other -d store -T $SPACE=$CLUSTER/space restored $redirected"
        assert_status 204 || flunk "$redirected" || return 1
        assert_only "$CLUSTER/restored"
        assert_only "$CLUSTER/space"
    done
}

@test "what another program ends with is no status of restore-walg's" {
    cluster_run sh -c 'echo "exit 5" >bin/chmod && chmod 755 bin/chmod'
    restore -k key -d store
    assert_status 203
    assert_only "$CLUSTER/restored"
}

@test "a damaged part, a wrong key, a list of files that has more: emptied again" {
    local base
    base=$(dirname "$(echo "$CLUSTER"/store/basebackups_005/*/files_metadata.json)")
    cp "$base/files_metadata.json" "$CLUSTER/metadata"
    sed -i 's|^{"Files":{|&"/base/1/4711":{"IsIncremented":false},|' "$base/files_metadata.json"
    restore -k key -d store
    assert_status 203
    assert_stderr_has "/base/1/4711 isn't in any of its tars"
    assert_only "$CLUSTER/restored"
    assert_only "$CLUSTER/space"

    cp "$CLUSTER/metadata" "$base/files_metadata.json"
    flip_bit "$base/tar_partitions/part_005.tar." 50000
    restore -k key -d store
    assert_status 205
    assert_only "$CLUSTER/restored"
    cluster_new_key other
    restore -k other -d store
    assert_status 204
    assert_only "$CLUSTER/restored"
}

# pretty FILE: as another program would write the same JSON.
pretty() {
    /usr/bin/python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
json.dump(value, open(sys.argv[1], "w"), indent=2)' "$1"
}

@test "JSON with spaces and lines says the same: as it was, and what is gone is missed" {
    local base
    base=$(dirname "$(echo "$CLUSTER"/store/basebackups_005/*/files_metadata.json)")
    pretty "$base/files_metadata.json"
    pretty "$base"_backup_stop_sentinel.json
    restore -k key -d store
    assert_status 0
    assert_silent
    [ "$(readlink "$CLUSTER/restored/pg_tblspc/$SPACE")" = "$CLUSTER/space" ]
    is_as_kept restored kept
    rm -rf "$CLUSTER/restored" "$CLUSTER/space"
    mv "$base/tar_partitions/part_002.tar.zst" part
    restore -k key -d store
    assert_status 203
    assert_stderr_has 'part_002.tar.zst is gone'
    mv part "$base/tar_partitions/part_002.tar.zst"
    sed -i 's/"DataDir": "/&a \\" { [ b\\\\ /' "$base"_backup_stop_sentinel.json
    restore -k key -d store
    assert_status 0
}

# described_by FILE EXPRESSION TEXT: with its JSON changed by sed it is refused so.
described_by() {
    cp "$1" kept
    sed -i "$2" "$1"
    restore -k key -d store
    cp kept "$1"
    assert_status 203 && assert_stderr_has "$3" || return 1
    assert_absent "$CLUSTER/restored/PG_VERSION"
}

@test "a description that says less than it should is no backup" {
    local base metadata sentinel
    base=$(dirname "$(echo "$CLUSTER"/store/basebackups_005/*/files_metadata.json)")
    metadata=$base/files_metadata.json sentinel=${base}_backup_stop_sentinel.json
    described_by "$metadata" 's/.*/{}/' 'files_metadata.json names no file'
    described_by "$metadata" 's/TarFileSets":.*/TarFileSets":{}}/' 'files_metadata.json names no tar'
    described_by "$metadata" 's/}}*$//' "isn't there, or isn't whole"
    described_by "$metadata" d "isn't there, or isn't whole"
    described_by "$sentinel" 's/.*/{}/' 'its sentinel has no LSN'
    described_by "$sentinel" 's/"FinishLSN":[0-9]*,//' 'its sentinel has no FinishLSN'
    described_by "$sentinel" 's/.$//' "isn't JSON"
    described_by "$sentinel" 's/"tablespaces":.[^]]*/"tablespaces":[/' "doesn't name tablespace $SPACE"
}

@test "a folder that the user can't read is a place to start from, and to fail in" {
    local key
    cluster_new_key other
    mkdir shut
    for key in key other; do
        # shellcheck disable=SC2016 # the inner shell's
        run_status sh -c 'cd shut && chmod 000 . && exec "$@"' - "${CLUSTER_AS[@]}" env -i \
            PATH="$CLUSTER/bin:/usr/bin:/bin" restore-walg -k "$CLUSTER/$key" -d "$CLUSTER/store" \
            -T "$SPACE=$CLUSTER/space" "$CLUSTER/restored" 3>&- 4>&-
        chmod 700 shut
        if [ $key = key ]; then
            assert_status 0
            assert_silent
            rm -rf "$CLUSTER/restored" "$CLUSTER/space"
        else
            assert_status 204
            assert_only "$CLUSTER/restored"
            assert_only "$CLUSTER/space"
        fi
    done
}

@test "ended by a signal in the middle of a part it ends walseal, and empties again" {
    cluster_run sh -c 'cat >bin/hangs && chmod 755 bin/hangs' <<'END'
#!/bin/sh
case $1 in
*/tar_partitions/*) echo $$ >hanging; exec sleep 600 ;;
*) cat "store/$1" ;;
esac
END
    # shellcheck disable=SC2016 # the inner shell's
    cluster_run sh -c 'echo $$ >script; exec restore-walg -k key -u "hangs %f" -l "ls store/%f" "$@"' - \
        -T "$SPACE=$CLUSTER/space" restored >/dev/null 2>&1 3>&- &
    eventually test -s "$CLUSTER/hanging"
    kill -TERM "$(cat "$CLUSTER/script")"
    status=0
    wait "$!" || status=$?
    [ "$status" = 143 ] || flunk "status $status"
    run ! kill -0 "$(cat "$CLUSTER/hanging")"
    assert_only "$CLUSTER/restored"
    assert_only "$CLUSTER/space"
}

# plant PART MEMBER: one tar more in the backup, of a member in the folder crafted.
plant() {
    tar -c --format=gnu -C crafted --no-recursion "$2" |
        "$WALSEAL" encrypt -q -k "$CLUSTER/key" >"$(echo "$CLUSTER"/store/basebackups_005/*/tar_partitions)/$1.tar."
    rm -rf crafted
}

# is_refused MEMBER: nothing is restored, and what lies outside is as it was.
is_refused() {
    restore -k key -d store
    assert_status 207 || return 1
    assert_stderr_has "/$1 is neither a file nor a folder" || return 1
    assert_only "$CLUSTER/restored" || return 1
    [ ! -d "$CLUSTER/space" ] || assert_only "$CLUSTER/space" || return 1
    assert_only "$CLUSTER/outside" mine || return 1
    assert_same "$CLUSTER/outside/mine" mine || return 1
    rm -f "$CLUSTER"/store/basebackups_005/*/tar_partitions/crafted*
}

@test "a link or a pipe in a tar leads nothing out of the data directory" {
    local each
    cluster_run mkdir outside
    echo mine >mine
    cluster_run tee outside/mine <mine >/dev/null
    # through it goes the next tar
    mkdir crafted && ln -s "$CLUSTER/outside" crafted/out && plant crafted_1 out
    mkdir -p crafted/out && echo evil >crafted/out/evil && plant crafted_2 out/evil
    is_refused out
    # through these goes what the script writes
    for each in postgresql.auto.conf tablespace_map recovery.signal; do
        mkdir crafted && ln -s "$CLUSTER/outside/mine" crafted/$each && plant pg_crafted $each
        is_refused $each
        rm "$CLUSTER"/store/basebackups_005/*/tar_partitions/pg_crafted*
    done
    # in place of the script's own link, and in the tablespace
    mkdir -p crafted/pg_tblspc && ln -s "$CLUSTER/outside" "crafted/pg_tblspc/$SPACE"
    plant crafted "pg_tblspc/$SPACE"
    is_refused "pg_tblspc/$SPACE"
    mkdir -p "crafted/pg_tblspc/$SPACE" && ln -s "$CLUSTER/outside" "crafted/pg_tblspc/$SPACE/out"
    plant crafted "pg_tblspc/$SPACE/out"
    is_refused out
    mkdir crafted && mkfifo crafted/pipe && plant crafted pipe
    is_refused pipe
    restore -k key -d store
    assert_status 0
}

@test "a data directory or a tablespace's place that isn't empty stays as it is" {
    cluster_run mkdir restored
    cluster_run touch restored/mine
    restore -k key -d store
    assert_status 201
    assert_only "$CLUSTER/restored" mine
    cluster_run rm restored/mine
    cluster_run mkdir space
    cluster_run touch space/mine
    restore -k key -d store
    assert_status 201
    assert_only "$CLUSTER/space" mine
    assert_only "$CLUSTER/restored"
}

@test "a drill sees that a segment is missing, which PostgreSQL takes for the archive's end" {
    local segments
    mapfile -t segments < <(find "$CLUSTER/store/wal_005" -name '????????????????????????.lz4' | sort)
    rm "${segments[-2]}"
    cp "$ROOT/contrib/systemd/restore-drill" "$CLUSTER/bin/"
    run_status cluster_run restore-drill drill -- restore-walg -T "$SPACE=$CLUSTER/space" -k key -d store
    assert_status 203
    assert_stderr_has "the archive goes up to $(basename "${segments[-1]}" .lz4): one in between is missing"
}

@test "a drill empties the tablespaces' places again, and keeps them with a cluster that is kept" {
    local from=(-- restore-walg -T "$SPACE=$CLUSTER/space" -k key -d store)
    cp "$ROOT/contrib/systemd/restore-drill" "$CLUSTER/bin/"
    run_status cluster_run restore-drill -q 'select sum(i) from u' drill "${from[@]}"
    assert_status 0
    assert_silent
    [ "$(head -n 1 stdout)" = 125250 ]
    assert_only "$CLUSTER/drill"
    assert_only "$CLUSTER/space"
    # one that failed, too, whose server has recovered
    run_status cluster_run restore-drill -q 'select 1 / 0' drill "${from[@]}"
    assert_status 1
    assert_only "$CLUSTER/space"
    from[2]=-T from[3]="$SPACE=$CLUSTER/drill/space"
    run_status cluster_run restore-drill -K drill "${from[@]}"
    assert_status 0
    assert_silent
    assert_only "$CLUSTER/drill" data space
    [ -n "$(ls -A "$CLUSTER/drill/space")" ]
}

# fetch_wal NAME ARGUMENT...: to $CLUSTER/wal
fetch_wal() {
    local name=$1
    shift
    run_status cluster_run walg-wal-fetch "$@" "$name" wal
}

@test "a segment under any compression, its history, and what isn't there" {
    local segment
    segment=$(basename "$(find "$CLUSTER/store/wal_005" -name '????????????????????????.lz4' | sort | tail -n 1)" .lz4)
    fetch_wal "$segment" -k key -d store
    assert_status 0
    assert_silent
    cp "$CLUSTER/wal" segment
    for compression in 'zst zstd -qc' 'br brotli -c' 'lzma xz --format=lzma -c' 'gz gzip -c' 'lzo lzop -c'; do
        rm -f "$CLUSTER/store/wal_005/$segment".*
        ${compression#* } <segment >packed
        "$WALSEAL" encrypt -k "$CLUSTER/key" -o "$CLUSTER/store/wal_005/$segment.${compression%% *}" packed
        chmod 644 "$CLUSTER/store/wal_005/$segment".*
        rm "$CLUSTER/wal"
        fetch_wal "$segment" -k key -u 'cat store/%f' -m 1 -x zst
        assert_status 0
        assert_same segment "$CLUSTER/wal"
    done
    rm "$CLUSTER/store/wal_005/$segment".* "$CLUSTER/wal"
    "$WALSEAL" encrypt -k "$CLUSTER/key" -o "$CLUSTER/store/wal_005/$segment" segment
    chmod 644 "$CLUSTER/store/wal_005/$segment"
    fetch_wal "$segment" -k key -d store
    assert_status 0
    assert_same segment "$CLUSTER/wal"
    rm "$CLUSTER/wal"

    fetch_wal 00000002.history -k key -d store
    assert_status 1
    fetch_wal 00000002.history -k key -u 'cat store/%f' -m 1
    assert_status 1
    assert_absent "$CLUSTER/wal"
}

@test "what is broken isn't said to be missing: another segment's content, damage, a store away" {
    local last
    last=$(find "$CLUSTER/store/wal_005" -name '????????????????????????.lz4' | sort | tail -n 1)
    cp "$last" "$CLUSTER/store/wal_005/0000000100000000000000FF.lz4"
    chmod 644 "$CLUSTER/store/wal_005/0000000100000000000000FF.lz4"
    fetch_wal 0000000100000000000000FF -k key -d store
    assert_status 205
    flip_bit "$last" 30
    fetch_wal "$(basename "$last" .lz4)" -k key -d store
    assert_status 204
    ln -s nowhere "$CLUSTER/store/wal_005/0000000100000000000000FE.lz4"
    fetch_wal 0000000100000000000000FE -k key -d store
    assert_status 203
    fetch_wal 0000000100000000000000FD -k key -u 'exit 7'
    assert_status 203
    fetch_wal 0000000100000000000000FD -s -k key -u 'exit 7'
    assert_status 1
    fetch_wal 0000000100000000000000FD -k key -d nowhere
    assert_status 203
    fetch_wal '../../key' -k key -d store
    assert_status 201
    assert_absent "$CLUSTER/wal"
}

@test "a segment that is damaged is never the archive's end, whatever this can't do" {
    local last
    last=$(find "$CLUSTER/store/wal_005" -name '????????????????????????.lz4' | sort | tail -n 1)
    flip_bit "$last" 50000
    last=$(basename "$last" .lz4)
    # shellcheck disable=SC2016 # the inner shell's
    for redirected in '2>/dev/full' '2>&-'; do
        run_status cluster_run sh -c 'exec walg-wal-fetch -k key "$@" '"$redirected" - -d store "$last" wal
        assert_status 205 || flunk "$redirected" || return 1
        run_status cluster_run sh -c 'exec walg-wal-fetch "$@" '"$redirected" - -d store "$last"
        assert_status 201 || flunk "$redirected" || return 1
    done
    # no program can be started
    for archive in '-d store' "-u store/%f"; do
        # shellcheck disable=SC2086 # words
        run_status cluster_run prlimit --nproc=1:1 sh -c 'exec walg-wal-fetch "$@"' - -k key $archive "$last" wal
        assert_status 203 || flunk "$archive" || return 1
    done
    # what isn't there is told by status 1 all the same
    run_status cluster_run sh -c 'exec walg-wal-fetch -k key -d store 00000002.history wal 2>/dev/full'
    assert_status 1
    assert_absent "$CLUSTER/wal"
    run_status cluster_run walg-wal-fetch -h
    assert_status 0
}

@test "a segment in a compression that isn't known is not missing, what stands beside one is none" {
    cluster_run touch "store/wal_005/000000010000000000000077."{partial,00000028.backup.lz4,partial.zst}
    fetch_wal 000000010000000000000077 -k key -d store
    assert_status 1
    cluster_run touch "store/wal_005/000000010000000000000077.xz"
    fetch_wal 000000010000000000000077 -k key -d store
    assert_status 207
    assert_stderr_has "store/wal_005/000000010000000000000077.xz: compressed in a way that isn't known"
}

@test "walg-wal-fetch ended or killed itself takes walseal and the fetch with it" {
    local signal
    setpriv --pdeathsig TERM true 2>/dev/null || skip "this setpriv has no --pdeathsig"
    for signal in TERM KILL; do
        rm -f "$CLUSTER/hanging"
        # shellcheck disable=SC2016 # the inner shell's
        cluster_run sh -c 'echo $$ >script; exec walg-wal-fetch -k key -u "$@"' - \
            'echo $$ >hanging; exec sleep 600 # %f' 0000000100000000000000FD wal >/dev/null 2>&1 3>&- &
        eventually test -s "$CLUSTER/hanging"
        kill -$signal "$(cat "$CLUSTER/script")"
        status=0
        wait "$!" || status=$?
        [ "$status" -gt 128 ] || flunk "status $status"
        eventually gone "$(cat "$CLUSTER/hanging")" || flunk 'the fetch goes on'
        assert_absent "$CLUSTER/wal"
    done
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

# job_in YAML FOLDER: a job's command, on this test's archive in place of the bucket's.
job_in() {
    /usr/bin/python3 - "$ROOT/contrib/kubernetes/$1" <<'END' |
import shlex, sys, yaml
spec = yaml.safe_load(open(sys.argv[1]))["spec"]
pod = spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"]
print(shlex.join(pod["containers"][0]["command"]))
END
        sed "s, /key, $CLUSTER/secret,; s, /restore/drill, $CLUSTER/volume/drill,
            s,store:bucket/backups,store:$2,g; s,restore-walg,& -T $SPACE=$CLUSTER/space,"
}

install_job() {
    cp "$ROOT/contrib/systemd/restore-drill" "$CLUSTER/bin/"
    cluster_run mkdir volume
    cluster_run tee bin/rclone >/dev/null <<END
#!/bin/sh
case \$1 in
lsf) ls -p "$CLUSTER/\${2#store:}" ;;
cat) [ -e "$CLUSTER/\${2#store:}" ] || exit 3; cat "$CLUSTER/\${2#store:}" ;;
*) exit 99 ;;
esac
END
    cluster_run chmod 755 bin/rclone
}

@test "the restore job's command keeps a cluster that starts, by sodium" {
    /usr/bin/python3 -c 'import yaml' || skip "python3-yaml isn't installed"
    install_job
    cluster_secret secret key
    run_status cluster_run sh -c "$(job_in restore-job.yaml store)"
    assert_status 0
    assert_only "$CLUSTER/volume/drill" data
    cluster_run mv volume/drill/data restored
    recover_with "restore_command = 'false'"
    cluster_start restored
    [ "$(query 'select count(*) from t')" = 3000 ]
}

@test "the drill job's command does its work and leaves nothing, by OpenPGP under a passphrase" {
    /usr/bin/python3 -c 'import yaml' || skip "python3-yaml isn't installed"
    install_job
    cluster_run cp secret.d/key.asc key
    cluster_secret secret key
    run_status cluster_run WALG_PGP_KEY_PASSPHRASE="$(cat "$CLUSTER/secret.d/passphrase")" \
        sh -c "$(job_in drill-cronjob.yaml pgp)"
    assert_status 0
    grep -q ': restored, recovered in [0-9]* s, its checksums are right$' "$T/stdout"
    assert_only "$CLUSTER/volume/drill"
    assert_nothing_runs
}
