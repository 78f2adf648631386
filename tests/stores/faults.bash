# What can go wrong with a store, the same for each client:  load stores; load faults
#
# Each takes STORE, "TOOL FOLDER", what store-object gets.
# shellcheck shell=bash disable=SC2154 # stores.bash's and helper.bash's

SEGMENT=000000010000000000000001
OTHER=000000010000000000000002

# Nothing on standard output, nothing in the file, and this status.
assert_nothing_fetched() {
    assert_status "$1" && assert_absent "$CLUSTER/fetched"
}

# segment FILE [BYTE]: near enough to what PostgreSQL has under the name $SEGMENT.
segment() {
    perl -e 'print pack("v2 V Q< V2 Q< V2", 0xD110, 2, 1, 1048576, 0, 0, 77, 1048576, 8192),
        $ARGV[0] x 1048536' "${2-x}" >"$T/$1"
    file "$1" 644 <"$T/$1"
}

missing_is_told_from_broken() {
    local store=$1
    segment plain
    fetch "$store" $OTHER
    assert_nothing_fetched 203 # the folder is empty, or the wrong one
    object "$store" get $OTHER
    assert_status 4

    push "$store" $SEGMENT plain
    assert_status 0
    assert_silent
    object "$store" get $OTHER
    assert_status 3
    assert_no_output
    fetch "$store" $OTHER
    assert_nothing_fetched 1
    object "$store" has $OTHER
    assert_status 3
    assert_silent
    object "$store" has $SEGMENT
    assert_status 0
    assert_silent
    object "$store" list
    assert_status 0
    [ "$(cat stdout)" = $SEGMENT ]

    fetch "${store}l" $SEGMENT # a folder that isn't there
    assert_nothing_fetched 203
    fetch "$store" $SEGMENT
    assert_status 0
    assert_same "$T/plain" "$CLUSTER/fetched"
}

# away_is_broken STORE [VERB]...: a store out of reach is no store without the object. What VERBs say is
# looked at besides: rclone and Azure take 45 seconds for each.
away_is_broken() {
    local store=$1 verb
    shift
    segment plain
    push "$store" $SEGMENT plain
    assert_status 0
    store_down
    for verb; do
        # shellcheck disable=SC2086 # VERB NAME
        object "$store" $verb
        assert_status 255
        assert_no_output
        [ -s stderr ]
    done
    fetch "$store" $OTHER
    assert_nothing_fetched 203
    push "$store" $OTHER plain
    assert_status 103

    store_up
    fetch "$store" $OTHER
    assert_nothing_fetched 1
    fetch "$store" $SEGMENT
    assert_status 0
    assert_same "$T/plain" "$CLUSTER/fetched"
}

archived_once() {
    local store=$1
    segment plain
    segment changed y
    push "$store" $SEGMENT plain
    assert_status 0
    push "$store" $SEGMENT plain
    assert_status 0
    assert_silent
    push "$store" $SEGMENT changed
    assert_status 103
    assert_stderr_has 'other content is stored under that name'
    fetch "$store" $SEGMENT
    assert_status 0
    assert_same "$T/plain" "$CLUSTER/fetched"

    # a base backup's way, which can't compare
    added() {
        run_status cluster_run walseal encrypt -k key --to "store-object $store add added" plain
    }
    added
    assert_status 0
    assert_silent
    object "$store" get added
    mv stdout first
    added
    assert_status 103
    assert_stderr_has 'is stored already, and stays'
    object "$store" get added
    assert_same first stdout

    # after a rotation
    cluster_run mkdir old.d
    cluster_run mv key old.d/1
    cluster_new_key key
    push "$store" $SEGMENT plain
    assert_status 103
    assert_stderr_has 'comparing it ended with 204'
    run_status cluster_run wal-push -k key -K old.d -s "store-object $store" $SEGMENT plain
    assert_status 0
    assert_silent
}

# processes NAME: of the cluster's user's commands, the ids of those called NAME.
processes() {
    local process name
    for process in $(working_in "$CLUSTER"); do
        name=''
        { read -r name <"/proc/$process/comm"; } 2>/dev/null || true
        [ "$name" != "$1" ] || echo "$process"
    done
}

is_running() {
    [ -n "$(processes "$1")" ]
}

isnt_running() {
    ! is_running "$1"
}

# uploading STORE CLIENT: 24 MiB are on their way as $SEGMENT, and more would come from descriptor 9.
uploading() {
    cluster_run sh -c 'rm -f more; mkfifo more'
    exec 9<>"$CLUSTER/more"
    {
        code=0
        cluster_run walseal encrypt -k key --from 'exec cat more' \
            --to "${LIMITED-}store-object $1 put $SEGMENT" \
            2>"$T/upload.stderr" 9>&- || code=$?
        echo "$code" >"$T/upload.status"
    } 3>&- 9>&- &
    UPLOAD=$!
    wait_until 60 is_running "$2"
    # They have been read when this returns, but for what the pipe holds.
    head -c $((24 << 20)) /dev/zero >&9
}

# upload_ended: and nothing of it is left running.
upload_ended() {
    exec 9>&-
    wait "$UPLOAD" || true
    for name in walseal store-object "$1"; do
        wait_until 30 isnt_running "$name" || flunk "$name is still running"
    done
}

# no_object STORE: nothing has the name, whatever else was left.
no_object() {
    object "$1" has $SEGMENT
    assert_status 3
    object "$1" list
    assert_status 0
    assert_no_output
}

# uploads_are_whole STORE CLIENT [LIMITED]: killed at any place, an upload leaves no object; left alone it
# does. LIMITED goes in front of store-object: a time limit.
uploads_are_whole() {
    local store=$1 client=$2 LIMITED=${3-}
    uploading "$store" "$client"
    # shellcheck disable=SC2046 # ids
    kill -KILL $(processes "$client")
    upload_ended "$client"
    [ "$(cat "$T/upload.status")" = 103 ]
    no_object "$store"

    uploading "$store" "$client"
    kill -KILL "$(processes walseal | head -n 1)"
    upload_ended "$client"
    no_object "$store"

    uploading "$store" "$client"
    # shellcheck disable=SC2046 # ids
    kill -TERM $(processes cat)
    upload_ended "$client"
    [ "$(cat "$T/upload.status")" = 103 ]
    no_object "$store"

    uploading "$store" "$client"
    store_down
    upload_ended "$client"
    [ "$(cat "$T/upload.status")" = 103 ]
    store_up
    no_object "$store"

    uploading "$store" "$client"
    upload_ended "$client"
    [ "$(cat "$T/upload.status")" = 0 ] || flunk "$(cat "$T/upload.stderr")"
    object "$store" get $SEGMENT
    assert_status 0
    [ "$(cluster_run walseal decrypt -k key <stdout | wc -c)" -eq $((24 << 20)) ]
}

# lies_are_found STORE [LIE]...: whatever the store makes of a body, it's never a success, nor "no such
# file". LIEs are those besides which make the connection or the request fail: some clients try these
# again for minutes.
lies_are_found() {
    local store=$1 lie
    shift
    segment plain
    push "$store" $SEGMENT plain
    assert_status 0
    # nothing, less than a header, cut in a chunk, cut between two chunks, without the end mark
    for lie in 'short 0' 'short 20' 'short 400000' 'short 410474' 'short 1050600' \
        'get 0' 'get 410474' page "$@"; do
        lies "$lie"
        fetch "$store" $SEGMENT
        case $status in
        20[34567]) assert_absent "$CLUSTER/fetched" ;;
        *) flunk "a store that lies ($lie)" ;;
        esac
    done
    for lie in 'short 0' 'get 410474'; do
        lies "$lie"
        push "$store" $SEGMENT plain
        assert_status 103
    done
    lies pass
    fetch "$store" $SEGMENT
    assert_status 0
    assert_same "$T/plain" "$CLUSTER/fetched"
}
