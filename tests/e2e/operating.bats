#!/usr/bin/env bats
# doc/operating.md with a real PostgreSQL: its queries, its drill, its retention. What the page tells
# to type besides, tests/cli/docs.bats types.
load scenario

PAGE=$ROOT/doc/operating.md

# told PATTERN: the command of the page that begins so, on this test's archive.
told() {
    local line
    line=$(grep -m 1 -- "^$1" "$PAGE") || flunk "the page has no $1" || return 1
    sed "s,/usr/local/share/doc/walseal/contrib/[a-z]*/,,; s,/etc/walseal/key,$CLUSTER/key,g
        s,/archive,$CLUSTER/archive,g; s,/var/lib/walseal-drill,$CLUSTER/drill," <<<"$line"
}

# queries DOCUMENT...: what they tell to ask the server.
queries() {
    sed -n 's/^psql -c "\(.*\)"$/\1/p' "$@" | sort -u
}

answer() {
    [ "$(query "$1" | cut -d '|' -f 1)" = "$2" ]
}

@test "the queries of the page are answered, and one tells that archiving fails" {
    local sql count=0 failing
    primary directory
    while read -r sql; do
        query "$sql" >/dev/null </dev/null || flunk "$sql" || return 1
        count=$((count + 1))
    done < <(queries "$PAGE" "$ROOT/README.md")
    [ $count -ge 5 ]
    failing=$(queries "$PAGE" | grep ' as failing')
    archive_all
    answer "$failing" f
    cluster_run mv key key.away
    add_rows
    eventually answer "$failing" t
    [ "$(query "$(queries "$PAGE" | grep ' as waiting')")" -ge 1 ]
    cluster_run mv key.away key
    add_rows
    archive_all
    eventually answer "$failing" f
}

# base_backup NUMBER: with base-NUMBER, and the name of its history file in $history.
base_backup() {
    cluster_run base-backup -k key -d archive -n "base-$1.tar.walseal" -- -c fast >/dev/null
    add_rows
    archive_all
    history=$(cd "$CLUSTER/archive" && find . -name '*.backup' | sort | tail -n 1)
    history=${history#./}
}

@test "after the page's retention its drill brings back the newest base backup to the last row" {
    local before
    primary directory
    cp "$ROOT/contrib/systemd/restore-drill" "$CLUSTER/bin/"
    cluster_run mkdir drill
    base_backup 1
    add_rows
    base_backup 2
    cluster_run touch archive/00000002.history
    before=$(find "$CLUSTER/archive" -type f | wc -l)
    run_status cluster_run sh -c "$(told 'pg_archivecleanup -n' | sed "s,[^ ]*\.backup$,$history,")"
    assert_status 0
    [ "$(find "$CLUSTER/archive" -type f | wc -l)" = "$before" ]
    cluster_run rm archive/base-1.tar.walseal archive/00000002.history
    run_status cluster_run sh -c "$(told 'pg_archivecleanup /' | sed "s,[^ ]*\.backup$,$history,")"
    assert_status 0
    [ "$(find "$CLUSTER/archive" -type f | wc -l)" -lt $((before - 3)) ]
    assert_absent "$CLUSTER/archive/$FIRST"
    [ -e "$CLUSTER/archive/${history%%.*}" ]
    cluster_stop primary fast

    run_status cluster_run sh -c "$(told '.*/restore-drill' | sed 's/"select [^"]*"/"select count(*) from t"/')"
    assert_status 0
    assert_silent
    [ "$(head -n 1 "$T/stdout")" = 3000 ]
    grep -q '^base-2.tar.walseal: restored' "$T/stdout"
    run_status cluster_run sh -c "$(told '.*/restore-drill')"
    assert_status 0
    assert_only "$CLUSTER/drill"
}
