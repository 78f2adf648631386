#!/usr/bin/env bats
# contrib/rekey/rekey-archive: an archive's objects get new keys, and none is lost however a run ends.
# shellcheck disable=SC2154  # status and stderr are helper.bash's
load ../helper

REKEY=$ROOT/contrib/rekey/rekey-archive
PGP=$VECTORS/openpgp

setup() {
    helper_setup
    # root isn't to work where a group may write
    umask 022
    make_key old
    make_key new
    export WALSEAL
}

# archive_of COUNT: that many objects in two folders, under the old key, and what they hold in plain.
archive_of() {
    local i path
    mkdir -p archive/wal archive/base plain/wal plain/base
    for i in $(seq "$1"); do
        path=wal/$(printf %024X "$i")
        [ $((i % 10)) -ne 0 ] || path=base/"it's base $i"
        random_file $((i * 401 % 40000)) "plain/$path"
        "$WALSEAL" encrypt -q -k old -o "archive/$path" "plain/$path"
    done
}

# holds_under KEY: the archive has what it had, nothing else, and KEY alone opens each of it.
holds_under() {
    local path
    [ "$(cd archive && find . -type f | sort)" = "$(cd plain && find . -type f | sort)" ] ||
        flunk "other names than before: $(find archive -type f)" || return 1
    (cd plain && find . -type f) | while read -r path; do
        "$WALSEAL" decrypt -k "$1" "archive/$path" | cmp - "plain/$path" ||
            flunk "$path isn't what it was" || return 1
    done
}

# Each object is the old key's or the new one's, whole, with its bytes.
is_whole() {
    local path
    (cd plain && find . -type f) | while read -r path; do
        "$WALSEAL" decrypt -k old -k new "archive/$path" | cmp - "plain/$path" ||
            flunk "$path isn't what it was" || return 1
    done
}

said() {
    [ "$(cat "$T/stdout")" = "$1" ] || flunk "said: $(cat "$T/stdout")"
}

@test "killed again and again, nothing is lost, and in the end the new key alone opens all" {
    local round pid killed=0 objects rounds
    objects=$(in_full 200 20)
    rounds=$(in_full 20 5)
    archive_of "$objects"
    for round in $(seq "$rounds"); do
        setsid "$REKEY" -k old -n new archive >/dev/null 2>&1 &
        pid=$!
        sleep "0.$(shuf -i 100-300 -n 1)"
        ! kill -KILL -- "-$pid" 2>/dev/null || killed=$((killed + 1))
        wait "$pid" || true
        [ $((round % 5)) -ne 0 ] || is_whole || return 1
    done
    [ "$killed" -ge $((rounds / 2)) ] || flunk "only $killed runs were killed before their end"
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    assert_silent
    holds_under new
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    said "./archive: $objects objects: 0 rekeyed, $objects had the new keys, 0 failed"
}

@test "times, mode and owner stay, and names that begin with a dot" {
    archive_of 10
    echo kept >archive/.kept
    chmod 640 archive/wal/*
    touch -d '2020-02-03 04:05:06.789' archive/wal/*
    [ "$(id -u)" -ne 0 ] || chown 70:71 archive/wal/*
    before=$(cd archive/wal && stat -c '%n %a %u %g %y %s' ./*)
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    assert_silent
    said "./archive: 10 objects: 10 rekeyed, 0 had the new keys, 0 failed"
    [ "$(cd archive/wal && stat -c '%n %a %u %g %y %s' ./*)" = "$before" ] || flunk "not as before"
    assert_only archive .kept wal base
    rm archive/.kept
    holds_under new
}

@test "from one method to the other, and back" {
    archive_of 3
    run_status "$REKEY" -k old -n "$PGP/walg/cv25519.pub.asc" -s "$PGP/walg/cv25519.sec.asc" -j 1 \
        archive -- --hide-recipients
    assert_status 0
    assert_silent
    holds_under "$PGP/walg/cv25519.sec.asc"
    run_status "$REKEY" -k "$PGP/walg/cv25519.sec.asc" -n new archive
    assert_status 0
    assert_silent
    holds_under new
}

@test "objects that open by a passphrase get the new keys as well" {
    archive_of 3
    cp "$PGP/good/sym-gpg24/pass" pass
    cp "$PGP/good/sym-gpg24/message.pgp" archive/by_passphrase
    "$WALSEAL" decrypt -p pass -o plain/by_passphrase archive/by_passphrase
    cp archive/by_passphrase message
    run_status "$REKEY" -k old -n new archive
    assert_status 203
    assert_same archive/by_passphrase message
    run_status "$REKEY" -k old -p pass -n new archive
    assert_status 0
    assert_silent
    said "./archive: 4 objects: 1 rekeyed, 3 had the new keys, 0 failed"
    holds_under new
}

@test "what can't be rekeyed stays as it is and is named; the rest goes on" {
    archive_of 4
    make_key stranger
    "$WALSEAL" encrypt -k stranger -o archive/strange "$WALSEAL"
    cp archive/wal/000000000000000000000003 archive/damaged
    flip_bit archive/damaged 200
    cp archive/strange archive/damaged .
    run_status "$REKEY" -k old -n new archive
    assert_status 203
    assert_stderr_has "./archive/strange: no key given opens it"
    assert_stderr_has "./archive/damaged"
    said "./archive: 6 objects: 4 rekeyed, 0 had the new keys, 2 failed"
    assert_same archive/strange strange
    assert_same archive/damaged damaged
    rm archive/strange archive/damaged
    holds_under new
}

@test "an object that doesn't hold the same anew is never replaced" {
    archive_of 2
    # a walseal that rekeys to something else
    cat >liar <<'END'
#!/bin/sh
if [ "$1" = rekey ]; then
    while [ "$1" != -o ]; do shift; done
    echo other | "$REAL" encrypt -k new -o "$2"
else
    exec "$REAL" "$@"
fi
END
    chmod +x liar
    run_status env REAL="$WALSEAL" WALSEAL="$PWD/liar" "$REKEY" -k old -n new archive
    assert_status 203
    assert_stderr_has "isn't the same: it stays as it is"
    said "./archive: 2 objects: 0 rekeyed, 0 had the new keys, 2 failed"
    holds_under old
}

@test "a comparison that could not read the old object is no comparison" {
    mkdir -p archive plain
    : >plain/empty
    "$WALSEAL" encrypt -q -k old -o archive/empty plain/empty
    cat >liar <<'END'
#!/bin/sh
case $1 in
    decrypt) exit 203 ;;
    *) exec "$REAL" "$@" ;;
esac
END
    chmod +x liar
    run_status env REAL="$WALSEAL" WALSEAL="$PWD/liar" "$REKEY" -k old -n new archive
    assert_status 203
    holds_under old
}

@test "an old key beside the new one, among those that verify, lets no object pass for rekeyed" {
    archive_of 2
    mkdir both
    cp old new both/
    run_status "$REKEY" -k old -n new -s both archive
    assert_status 0
    assert_silent
    said "./archive: 2 objects: 2 rekeyed, 0 had the new keys, 0 failed"
    run_status "$REKEY" -k old -n new -s both archive
    assert_status 0
    said "./archive: 2 objects: 0 rekeyed, 2 had the new keys, 0 failed"
    holds_under new
}

@test "a recipient that is added gets every object, though one that stays opens them already" {
    archive_of 2
    run_status "$REKEY" -k old -n "$PGP/walg/cv25519.pub.asc" -s "$PGP/walg/cv25519.sec.asc" archive
    assert_status 0
    for round in "2 rekeyed, 0" "0 rekeyed, 2"; do
        run_status "$REKEY" -k "$PGP/walg/cv25519.sec.asc" -n "$PGP/walg/cv25519.pub.asc" \
            -n "$PGP/walg/rsa.pub.asc" -s "$PGP/walg/cv25519.sec.asc" archive
        assert_status 0
        said "./archive: 2 objects: $round had the new keys, 0 failed" || return 1
    done
    holds_under "$PGP/walg/rsa.sec.asc"
}

@test "what a symbolic link leads to has failed until it has the new keys, and the link stays" {
    archive_of 5
    mkdir elsewhere empty
    mv archive/wal/*1 elsewhere/
    "$WALSEAL" encrypt -q -k old -o alone "$REKEY"
    ln -s ../elsewhere "archive/it's elsewhere"
    ln -s ../../alone archive/wal/alone
    ln -s wal/000000000000000000000002 archive/inside
    ln -s ../empty archive/empty
    ln -s nowhere archive/nowhere
    ln -s ../alone archive/.hidden
    run_status "$REKEY" -k old -n new archive
    assert_status 203
    said "./archive: 9 objects: 4 rekeyed, 2 had the new keys, 3 failed"
    for link in "it's elsewhere" wal/alone nowhere; do
        assert_stderr_has "./archive/$link: is a symbolic link, which stays: rekey what it leads to" ||
            return 1
        [ -L "archive/$link" ]
    done
    run_status "$WALSEAL" verify -q -k old alone elsewhere/*
    assert_status 0
    run_status "$REKEY" -k old -n new elsewhere
    assert_status 0
    "$WALSEAL" rekey -q -k old -n new -o rekeyed alone
    mv rekeyed alone
    rm archive/nowhere
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    assert_silent
    said "./archive: 8 objects: 0 rekeyed, 8 had the new keys, 0 failed"
    run_status "$WALSEAL" verify -q -k new archive/wal/* archive/inside
    assert_status 0
}

@test "an archive of nothing but links isn't empty" {
    mkdir archive
    "$WALSEAL" encrypt -q -k old -o alone "$REKEY"
    ln -s ../alone archive/alone
    run_status "$REKEY" -k old -n new archive
    assert_status 203
    said "./archive: 1 objects: 0 rekeyed, 0 had the new keys, 1 failed"
}

@test "leftovers of a run that was killed are removed" {
    archive_of 3
    echo half >archive/wal/.000000000000000000000001.rekey-archive.walseal
    echo half >archive/wal/..000000000000000000000001.rekey-archive.walseal.walseal
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    assert_silent
    holds_under new
}

# in_the_way NUMBER: the name beside that object under which it is made anew.
in_the_way() {
    echo "archive/wal/.$(printf %024X "$1").rekey-archive.walseal"
}

@test "what stands under the name of an object made anew is removed, and no link there is followed" {
    archive_of 4
    echo mine >elsewhere
    chmod 600 elsewhere
    touch -d '2020-02-03 04:05:06' elsewhere
    before=$(stat -c '%a %u %Y %s' elsewhere)
    chmod 666 archive/wal/*
    ln -s "$T/elsewhere" "$(in_the_way 1)"
    ln -s "$T/planted" "$(in_the_way 2)"
    ln -s "$T/planted" "archive/wal/..$(printf %024X 4).rekey-archive.walseal.walseal"
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    assert_silent
    assert_absent planted
    [ "$(stat -c '%a %u %Y %s' elsewhere)" = "$before" ] || flunk "what a link led to has changed"
    holds_under new
    [ -z "$(find archive ! -type d ! -type f)" ] || flunk "an object is none"
}

@test "an object that can't be made anew for what stands in its way has failed, and stays" {
    archive_of 3
    mkdir "$(in_the_way 2)"
    run_status "$REKEY" -k old -n new archive
    assert_status 203
    assert_stderr_has "./$(in_the_way 2): stands in the way and can't be removed"
    said "./archive: 3 objects: 2 rekeyed, 0 had the new keys, 1 failed"
    rmdir "$(in_the_way 2)"
    is_whole
}

@test "a link that is put in the place of what was made is not acted on" {
    archive_of 2
    chmod 666 archive/wal/*
    cat >liar <<'END'
#!/bin/sh
[ "$1" = rekey ] || exec "$REAL" "$@"
for object; do :; done
while [ "$1" != -o ]; do shift; done
elsewhere=$PWD/elsewhere.${object##*/}
"$REAL" rekey -k old -n new -o "$elsewhere" "$object" && chmod 600 "$elsewhere" &&
    ln -s "$elsewhere" "$2"
END
    chmod +x liar
    run_status env REAL="$WALSEAL" WALSEAL="$PWD/liar" "$REKEY" -k old -n new archive
    assert_status 203
    assert_stderr_has "is no file any more: it stays as it is"
    said "./archive: 2 objects: 0 rekeyed, 0 had the new keys, 2 failed"
    [ "$(stat -c %a elsewhere.* | sort -u)" = 600 ] || flunk "what a link led to has changed"
    holds_under old
}

# refused_as_root PATH WHY: nothing is touched where others than root may write to PATH.
refused_as_root() {
    run_status "$REKEY" -k old -n new above/archive
    assert_status 201 || return 1
    [ "$(wc -l <stderr)" = 1 ] || flunk "more than a line" || return 1
    assert_stderr_has "rekey-archive: $1: $2" || return 1
    assert_no_output
}

@test "root works only where nobody else may write, or lead elsewhere; the archive's owner is named" {
    [ "$(id -u)" -eq 0 ] || skip "only root can do as root"
    archive_of 2
    mkdir above
    mv archive above/
    local mode owned name
    # with a name here, and without
    name=$(getent passwd | awk -F : '$3 > 0 { print $1; exit }')
    for owned in ./above/archive ./above/archive/wal "$T/above"; do
        chown "$name" "$owned"
        refused_as_root "$owned" "belongs to $name, who could lead root anywhere: runuser -u $name" ||
            return 1
        chown 54321 "$owned"
        refused_as_root "$owned" "belongs to 54321, who could lead root anywhere: setpriv --reuid" ||
            return 1
        chown 0 "$owned"
        # 1777 as /tmp: above, nobody can put another in the place there of what is root's
        for mode in 775 757 1777; do
            [ "$mode $owned" != "1777 $T/above" ] || continue
            chmod $mode "$owned"
            refused_as_root "$owned" "others than root may write there, who could" || return 1
        done
        chmod 755 "$owned"
    done
    ln -s above leads
    chown -h 70 leads
    mkdir "$(printf 'above/archive/\033[2J')"
    chmod 777 above/archive/*J
    refused_as_root './above/archive/[2J' "others than root may write there"
    rmdir above/archive/*J
    chmod 1777 above
    mv above/archive .
    holds_under old
    mv archive above/
    # by a link that somebody else may change: what it leads to is worked in, not the link
    run_status "$REKEY" -k old -n new leads/archive
    assert_status 0
    said "$(pwd -P)/above/archive: 2 objects: 2 rekeyed, 0 had the new keys, 0 failed"
    mv above/archive .
    holds_under new
}

@test "what its shell ends with is no status of rekey-archive's" {
    archive_of 2
    chmod 311 archive
    mkdir bin
    printf '#!/bin/sh\necho 70\n' >bin/id && chmod +x bin/id
    run_status as_nonroot env PATH="$T/bin:$PATH" "$REKEY" -k old -n new archive
    chmod 755 archive
    assert_status 203
    holds_under old
}

# hanging: a run that hangs in the rekeying of two objects, by a walseal that leaves their ids in
# hang.ID; its own id in $run.
hanging() {
    cat >hangs <<'END'
#!/bin/sh
[ "$1" = rekey ] || exec "$REAL" "$@"
while [ "$1" != -o ]; do shift; done
: >"$2"
: >"hang.$$"
exec sleep 600
END
    chmod +x hangs
    rm -f hang.*
    env REAL="$WALSEAL" WALSEAL="$PWD/hangs" "$REKEY" -j 2 -k old -n new archive >hanging 2>&1 3>&- &
    run=$!
    wait_until 20 hangs_twice
}

hangs_twice() {
    [ "$(find . -name 'hang.*' | wc -l)" = 2 ]
}

hang_ended() {
    local each
    for each in hang.*; do
        ! kill -0 "${each#hang.}" 2>/dev/null || return 1
    done
}

@test "ended by a signal, it takes its workers along, and another run goes on at once" {
    local signal status
    archive_of 10
    # and not INT, which a shell lets its background processes ignore
    for signal in TERM HUP; do
        hanging
        kill -$signal "$run"
        status=0
        wait "$run" || status=$?
        [ "$status" = "$((128 + $(kill -l $signal)))" ] || flunk "$signal: status $status"
        hang_ended || flunk "$signal: a worker goes on"
        [ -z "$(find archive -name '.*')" ] || flunk "$signal: left over"
        grep -q 'stopped; start it again' hanging
    done
    run_status "$REKEY" -k old -n new archive
    assert_status 0
    assert_silent
    holds_under new
}

@test "killed, its workers end as well" {
    command -v setsid >/dev/null || skip "no setsid here"
    archive_of 10
    hanging
    kill -KILL "$run"
    wait "$run" || true
    wait_until 20 hang_ended || flunk "a worker goes on"
    runs_again() {
        run_status "$REKEY" -k old -n new archive
        [ "$status" = 0 ]
    }
    wait_until 20 runs_again || flunk "no run after it"
    holds_under new
}

@test "a second run names the first one's process" {
    command -v flock >/dev/null || skip "no flock here"
    archive_of 10
    hanging
    run_status "$REKEY" -k old -n new archive
    kill -TERM "$run"
    wait "$run" || true
    assert_status 203
    assert_stderr_has "another run is at work there, process $run"
}

@test "an old key that isn't there, or is none, is told before anything is touched" {
    archive_of 3
    mkdir empty
    head -c 10 old >short
    for key in nokey empty short; do
        run_status "$REKEY" -k $key -n new archive
        assert_status 202 && assert_stderr_has "walseal: $key: " || return 1
        assert_no_output
    done
    run_status "$REKEY" -n new archive
    assert_status 202
    holds_under old
}

@test "a folder that the user can't read is a place to start from" {
    archive_of 3
    mkdir shut
    # shellcheck disable=SC2016 # the inner shell's
    run_status as_nonroot sh -c 'cd shut && chmod 000 . && exec "$@"' - \
        "$REKEY" -k "$T/old" -n "$T/new" "$T/archive"
    assert_status 0
    assert_silent
    holds_under new
}

@test "two runs at once: the second one says so" {
    command -v flock >/dev/null || skip "no flock here"
    archive_of 3
    exec 8<archive
    flock 8
    run_status "$REKEY" -k old -n new archive
    exec 8<&-
    assert_status 203
    assert_stderr_has "another run is at work there"
    holds_under old
}

@test "a public key whose secret key isn't given is told before anything is touched" {
    archive_of 3
    run_status "$REKEY" -k old -n "$PGP/walg/cv25519.pub.asc" archive
    assert_status 202
    assert_stderr_has "is a secret key missing (-s)?"
    holds_under old
}

@test "nothing to rekey is not a success" {
    mkdir empty
    run_status "$REKEY" -k old -n new empty
    assert_status 203
    assert_stderr_has "holds no object: is the archive mounted?"
    run_status "$REKEY" -k old -n new nowhere
    assert_status 203
    assert_stderr_has "is no directory"
}

@test "a wrong use is 201 and says what is right" {
    mkdir empty
    for use in '-k old empty' '-n new' '-n new -x empty' '-n new -j 0 empty' '-n new -j x empty' \
        '-n new empty -m sodium'; do
        # shellcheck disable=SC2086  # words
        run_status "$REKEY" $use
        assert_status 201 && assert_stderr_has "rekey-archive -h" || return 1
    done
    run_status "$REKEY" -h
    assert_status 0
    assert_silent
    grep -q '^usage: rekey-archive ' stdout
}
