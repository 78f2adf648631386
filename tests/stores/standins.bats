#!/usr/bin/env bats
# azcopy, gcloud and gsutil: the recipes of contrib/postgresql/README.md with a stand-in for the
# programs, which Debian hasn't. What it can show is that their documented statuses are read right.
load stores
load faults

setup() {
    stores_need zstd
    stores_begin cloud
}

teardown() {
    stores_leave
}

AZURE=https://account.blob.core.windows.net/bucket/wal

@test "azcopy: archived, lost, and back to a point in time" {
    there_and_back 'Azure with azcopy'
}

@test "gcloud: archived, lost, and back to a point in time" {
    there_and_back 'Google Cloud with gcloud'
}

@test "gsutil: the same with that word for gcloud" {
    sed 's/ gcloud / gsutil /g' "$STORES_README" >README.md
    STORES_README=$T/README.md
    there_and_back 'Google Cloud with gcloud'
}

@test "azcopy: what is missing is told from what is broken" {
    missing_is_told_from_broken "azcopy $AZURE"
}

@test "azcopy: a store that is away is no store without the object" {
    away_is_broken "azcopy $AZURE" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "azcopy: a file is archived once" {
    archived_once "azcopy $AZURE"
}

@test "gcloud: what is missing is told from what is broken" {
    missing_is_told_from_broken "gcloud gs://bucket/wal"
}

@test "gcloud: a store that is away is no store without the object" {
    away_is_broken "gcloud gs://bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "gcloud: a file is archived once" {
    archived_once "gcloud gs://bucket/wal"
}

@test "gsutil: what is missing is told from what is broken" {
    missing_is_told_from_broken "gsutil gs://bucket/wal"
}

@test "gsutil: a store that is away is no store without the object" {
    away_is_broken "gsutil gs://bucket/wal" "get $SEGMENT" "get $OTHER" "has $OTHER" list
}

@test "gsutil: a file is archived once" {
    archived_once "gsutil gs://bucket/wal"
}

@test "azcopy: newer ones list without INFO" {
    CLUSTER_VARIABLES+=(AZCOPY_LIST_PREFIX=)
    missing_is_told_from_broken "azcopy $AZURE"
}

# fetch_counted NAME [OPTION]...: a fetch of up to three tries; leaves how many there were in $tries.
fetch_counted() {
    file bin/counted 755 <<END
#!/bin/sh
echo . >>$CLUSTER/tries
exec store-object gcloud gs://bucket/wal "\$@"
END
    rm -f "$CLUSTER/tries" "$CLUSTER/fetched"
    run_status cluster_run wal-fetch -k key -t 3 -w 0 "${@:2}" -s counted "$1" fetched
    tries=0
    [ ! -e "$CLUSTER/tries" ] || tries=$(wc -l <"$CLUSTER/tries")
}

# fetched_with STATUS TRIES
fetched_with() {
    assert_nothing_fetched "$1" || return 1
    [ "$tries" = "$2" ] || flunk "$tries tries"
}

@test "wal-fetch tries again what the next fetch may mend, and only that" {
    segment plain
    push "gcloud gs://bucket/wal" "$SEGMENT" plain
    fetch_counted "$SEGMENT"
    assert_status 0
    [ "$tries" = 1 ]
    cp "$CLUSTER/cloud/bucket/wal/$SEGMENT" "$CLUSTER/cloud/bucket/wal/$OTHER"
    chmod 644 "$CLUSTER/cloud/bucket/wal/$OTHER"
    fetch_counted "$OTHER" # swapped
    fetched_with 205 1
    assert_stderr_has 'is another WAL segment'
    cluster_new_key other
    fetch_counted "$SEGMENT" -k other
    assert_status 0
    cluster_run mv key key.away
    cluster_run mv other key
    fetch_counted "$SEGMENT"
    fetched_with 204 1
    cluster_run rm key
    fetch_counted "$SEGMENT"
    fetched_with 202 0
    cluster_run mv key.away key
    flip_bit "$CLUSTER/cloud/bucket/wal/$SEGMENT" 50000
    fetch_counted "$SEGMENT"
    fetched_with 205 3
    flip_bit "$CLUSTER/cloud/bucket/wal/$SEGMENT" 50000
    truncate -s $((24 + 48 * 8209)) "$CLUSTER/cloud/bucket/wal/$SEGMENT"
    fetch_counted "$SEGMENT"
    fetched_with 206 3
    store_down
    fetch_counted "$SEGMENT"
    fetched_with 203 3
}

# exhausted COMMAND...: as where the user may start no further process.
exhausted() {
    run_status cluster_run prlimit --nproc=1:1 "$@"
}

@test "a process that can't be started is no end of the archive" {
    local line
    segment plain
    cluster_run walseal encrypt -q -k key -o "archive/$SEGMENT" plain
    exhausted wal-fetch -k key -s 'store-object gcloud gs://bucket/wal' "$OTHER" fetched
    assert_nothing_fetched 203
    while read -r line; do
        line=${line#*"'"}
        line=${line%"'"}
        line=${line//%p/fetched}
        exhausted sh -c "${line//%f/$SEGMENT}"
        case $status in
        0) rm "$CLUSTER/fetched" ;;
        *) [ "$status" -gt 125 ] || flunk "$line" || return 1 ;;
        esac
    done < <(
        for block in directory uploader rotation; do
            cluster_settings "$block" | grep '^restore_command'
        done
        setting 'S3, Azure, Google Cloud, SFTP' restore_command
    )
}

@test "wal-fetch ends as it would where nobody hears it" {
    local words
    segment plain
    push "gcloud gs://bucket/wal" "$SEGMENT" plain
    cluster_new_key other
    for words in /dev/full '&-'; do
        unheard() {
            # shellcheck disable=SC2016 # the inner shell's
            run_status cluster_run sh -c 'exec wal-fetch -w 0 "$@" fetched 2>'"$words" - "$@"
        }
        unheard -k key -s 'store-object gcloud gs://bucket/wal' "$OTHER"
        assert_nothing_fetched 1
        unheard -k other -s 'store-object gcloud gs://bucket/wal' "$SEGMENT"
        assert_nothing_fetched 204
        unheard -k key -s false "$SEGMENT"
        assert_nothing_fetched 203
        unheard -k key
        assert_nothing_fetched 201
        unheard -k key -s 'store-object gcloud gs://bucket/wal' "$SEGMENT"
        assert_status 0
        rm "$CLUSTER/fetched"
    done
}

@test "wal-fetch, ended by a signal or killed, takes its walseal along" {
    local signal status
    command -v setpriv >/dev/null || skip "no setpriv here"
    file bin/hangs 755 <<'END'
#!/bin/sh
exec sleep 600
END
    for signal in TERM HUP KILL; do
        cluster_run wal-fetch -k key -s hangs "$SEGMENT" fetched >"$T/hanging" 2>&1 &
        wait_until 20 is_running walseal
        # shellcheck disable=SC2046 # ids
        kill -$signal $(processes wal-fetch | sort -n | head -n 1)
        status=0
        wait $! || status=$?
        [ "$status" = "$((128 + $(kill -l $signal)))" ] || flunk "$signal: status $status"
        [ $signal = KILL ] || isnt_running walseal || flunk "$signal: walseal goes on"
        wait_until 20 isnt_running walseal || flunk "$signal: walseal goes on"
        wait_until 20 isnt_running sleep || flunk "$signal: the fetch goes on"
        [ -z "$(find "$CLUSTER" -maxdepth 1 -name '*fetched*')" ] || flunk "$signal: left over"
    done
}

@test "wal-fetch, ended while it waits for the next try, doesn't wait" {
    cluster_run wal-fetch -k key -w 600 -s false "$SEGMENT" fetched >"$T/waiting" 2>&1 &
    wait_until 20 is_running sleep
    # shellcheck disable=SC2046 # ids
    kill -TERM $(processes wal-fetch | sort -n | head -n 1)
    status=0
    wait $! || status=$?
    [ "$status" = 143 ]
    isnt_running sleep
}

@test "a NAME that a shell would read differently is none, whatever is asked" {
    local verb name
    for verb in put add get has; do
        for name in 'x ]; touch INJECTED; [ 1' "x'y" x/y -x x.part ''; do
            for store in 'ssh host:/x' 'gcloud gs://bucket/wal'; do
                object "$store" "$verb" "$name" </dev/null
                assert_status 101 || return 1
            done
        done
    done
    [ -z "$(find "$CLUSTER" -name INJECTED)" ]
}

# rclone_without_buckets: as far as store-object uses it, as SFTP is to it. A file is no folder.
rclone_without_buckets() {
    file bin/rclone 755 <<'END'
#!/bin/sh
while :; do
    case $1 in -*) shift ;; *) break ;; esac
done
for last; do :; done
cd cloud || exit 1
path=${last#store:}
case $1 in
backend) echo '{ "Features": { "BucketBased": false } }' ;;
rcat) mkdir -p "${path%/*}" && cat >"$path" ;;
moveto)
    shift
    [ "$1" != -I ] || shift
    mv "${1#store:}" "$path"
    ;;
deletefile) rm "$path" ;;
rmdir) rmdir "$path" ;;
purge) [ -d "$path" ] && rm -r "$path" ;;
cat) cat "$path" ;;
lsf) [ -e "$path" ] || exit 3; find "$path" -maxdepth 1 -type f | sed 's,.*/,,' ;;
*) exit 99 ;;
esac
END
}

@test "rclone without buckets: a part that another program has left blocks no name" {
    rclone_without_buckets
    segment plain
    cluster_run mkdir -p cloud/bucket/wal
    cluster_run sh -c "echo half >cloud/bucket/wal/$SEGMENT.part"
    push "rclone store:bucket/wal" "$SEGMENT" plain
    assert_status 0
    assert_silent
    assert_only "$CLUSTER/cloud/bucket/wal" "$SEGMENT" "$SEGMENT.part"
    fetch "rclone store:bucket/wal" "$SEGMENT"
    assert_status 0
    assert_same plain "$CLUSTER/fetched"
    object "rclone store:bucket/wal" list
    [ "$(cat stdout)" = "$SEGMENT" ]
}

@test "nothing but the store's own listing says that there is no such object" {
    segment plain
    push "gcloud gs://bucket/wal" "$SEGMENT" plain
    local program store
    for program in grep awk; do
        file "bin/$program" 755 <<'END'
#!/bin/sh
exit 1
END
        for store in "gcloud gs://bucket/wal" "azcopy $AZURE"; do
            object "$store" has "$SEGMENT"
            case $status in 0 | 255) ;; *) flunk "$program, $store" || return 1 ;; esac
            object "$store" get nothing
            case $status in 3 | 255) ;; *) flunk "$program, $store" || return 1 ;; esac
            object "$store" list
            case $status in
            0) [ "$(cat stdout)" = "$SEGMENT" ] || flunk "$program, $store" || return 1 ;;
            *) assert_status 255 || return 1 ;;
            esac
        done
        rm "$CLUSTER/bin/$program"
    done
    exhausted store-object gcloud gs://bucket/wal has "$SEGMENT"
    assert_status 255
}

@test "wal-push says what it can't compare with, and gives a secret key's advice to a public one only" {
    segment plain
    push "gcloud gs://bucket/wal" "$SEGMENT" plain
    cluster_run mkdir old.d
    run_status cluster_run wal-push -k old.d -s 'store-object gcloud gs://bucket/wal' "$SEGMENT" plain
    assert_status 103
    assert_stderr_has 'old.d: holds no key'
    assert_stderr_lacks 'give -K'
    cluster_new_pair pair
    cluster_run sh -c "walseal encrypt -k pair/public.asc plain >'cloud/bucket/wal/$OTHER'"
    run_status cluster_run wal-push -k pair/public.asc -s 'store-object gcloud gs://bucket/wal' "$OTHER" plain
    assert_status 103
    assert_stderr_has 'give -K and the secret key'
}
