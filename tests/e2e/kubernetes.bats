#!/usr/bin/env bats
# contrib/kubernetes: what its jobs run, as their pods would run it, and what they are made of.
# shellcheck shell=bash
load ../helper

KUBERNETES=$ROOT/contrib/kubernetes
SHARE=$KUBERNETES/share

# A store of 60 objects, in folders, with what WAL-G doesn't encrypt.
make_store() {
    make_key old
    mkdir -p store/wal_005 store/base new
    for i in $(seq 1 58); do
        echo "plain $i" | "$WALSEAL" encrypt -k old -o "store/wal_005/$i.lz4"
    done
    random_file 100000 big
    "$WALSEAL" encrypt -k old -o store/base/part_001.tar.lz4 big
    echo '{}' >store/base/sentinel.json
    export WALSEAL
}

# as_pods COUNT ARGUMENT...: each share once, three at a time, as the Job's pods would. A line with
# each one's status.
as_pods() {
    local count=$1
    shift
    # shellcheck disable=SC2016 # the inner shell's
    seq 0 $((count - 1)) | xargs -P 3 -I '{}' env JOB_COMPLETION_INDEX='{}' JOB_COMPLETIONS="$count" sh -c '
        status=0
        "$@" >out.$JOB_COMPLETION_INDEX 2>err.$JOB_COMPLETION_INDEX || status=$?
        echo $status' - "$SHARE" "$@" | sort -n >statuses
}

verify_as_pods() {
    as_pods 8 verify -k old -l 'cd store && find . -type f | sed "s,^\./,,"' -u 'cat store/%f'
}

# rekey_with COMMAND...: into the folder new.
rekey_with() {
    # shellcheck disable=SC2016 # the inner shell's
    "$@" rekey -k old -k newkey -n newkey -l 'cd store && find . -type f | sed "s,^\./,,"' \
        -u 'cat store/%f' -L 'cd new && find . -type f ! -name "*.part" | sed "s,^\./,,"' -U 'cat new/%f' \
        -P 'f=new/%f; mkdir -p "${f%%/*}" && cat >"$f"' -M 'mv new/%f.part new/%f'
}

sum_of() {
    cat out.* | sed "s/.*: \([0-9]*\) objects.*, \([0-9]*\) failed, \([0-9]*\).*/\\$1/" |
        awk '{ sum += $1 } END { print sum }'
}

@test "eight pods verify each object once, and all of them" {
    make_store
    verify_as_pods
    [ "$(uniq -c statuses | tr -s ' ')" = ' 8 0' ]
    [ "$(sum_of 1) $(sum_of 2) $(sum_of 3)" = '59 0 1' ]
    # no share is the whole, nor is one empty
    [ "$(grep -c ': 0 objects' out.* | grep -c ':1$')" = 0 ]
}

@test "a damaged object is one pod's failure, and named" {
    make_store
    flip_bit store/base/part_001.tar.lz4 50000
    verify_as_pods
    [ "$(uniq -c statuses | tr -s ' ')" = $' 7 0\n 1 205' ]
    grep -h 'share: base/part_001.tar.lz4: 205: .*damaged' err.*
    [ "$(sum_of 1) $(sum_of 2)" = '58 1' ]
}

@test "the worst of several failures is the status" {
    make_store
    make_key other
    "$WALSEAL" encrypt -k other -o store/wal_005/other.lz4 big
    flip_bit store/base/part_001.tar.lz4 50000
    run_status "$SHARE" verify -k old -l 'cd store && find . -type f' -u 'cat store/%f'
    assert_status 205
    run_status "$SHARE" verify -k old -l 'cd store && find . -type f' -u 'cat nowhere/%f'
    assert_status 203
}

@test "a listing that fails, or is empty, is no archive without faults" {
    make_store
    run_status "$SHARE" verify -k old -l 'ls store/wal_005; exit 1' -u 'cat store/wal_005/%f'
    assert_status 203
    run_status "$SHARE" verify -k old -l true -u 'cat store/%f'
    assert_status 203
}

@test "a name that a shell would read differently is a failure, and isn't run" {
    make_store
    cp big "store/;touch pwned"
    run_status "$SHARE" verify -k old -l 'ls store/wal_005; echo ";touch pwned"' -u 'cat store/wal_005/%f'
    assert_status 203
    assert_stderr_has "can't go into a command"
    assert_absent pwned
}

@test "eight pods rekey an archive into another place, whole" {
    make_store
    make_key newkey
    rekey_with as_pods 8
    [ "$(uniq -c statuses | tr -s ' ')" = ' 8 0' ]
    assert_same <(cd store && find . -type f | sort) <(cd new && find . -type f | sort)
    run_status "$WALSEAL" verify -q -k newkey new/wal_005 new/base/part_001.tar.lz4
    assert_status 0
    assert_same store/base/sentinel.json new/base/sentinel.json
    for i in 1 20 58; do
        [ "$("$WALSEAL" decrypt -k newkey new/wal_005/$i.lz4)" = "plain $i" ]
    done
}

has_more_than() {
    [ "$(find new -name '*.lz4' | wc -l)" -gt "$1" ]
}

@test "a rekeying that was killed goes on, and does nothing twice" {
    make_store
    make_key newkey
    for stop in 5 15 25 40; do
        rekey_with exec setsid "$SHARE" &
        wait_until 20 has_more_than $stop
        # its process group
        kill -9 -- -$!
        wait $! || true
    done
    finished=$(find new -name '*.lz4' | wc -l)
    find new -name '*.lz4' -exec sha256sum '{}' + | sort >before
    rekey_with as_pods 8
    [ "$(uniq -c statuses | tr -s ' ')" = ' 8 0' ]
    [ "$(sum_of 3)" -ge "$finished" ]
    assert_same before <(find new -name '*.lz4' -exec sha256sum '{}' + | sort | grep -F -f before)
    run_status "$WALSEAL" verify -q -k newkey new/wal_005 new/base/part_001.tar.lz4
    assert_status 0
}

@test "an upload that stored a part gets no name" {
    make_store
    make_key newkey
    run_status "$SHARE" rekey -k old -k newkey -n newkey -l 'echo base/part_001.tar.lz4' -u 'cat store/%f' \
        -L 'ls new' -U 'cat new/x' -P 'head -c 41069 >new/x; cat >/dev/null' -M 'touch new/named'
    assert_status 206
    assert_absent new/named
}
