# As typed.bash, what doc/operating.md alone tells:  load operated
# shellcheck shell=bash

# operated COMMAND: those of doc/operating.md alone.
operated() {
    case $1 in
    'walseal check -k /etc/walseal/key -k /etc/walseal/old.d')
        shell "$1" && grep -q '^ok: .*encrypted, and opened again' "$T/stdout" &&
            grep -q '^ok: .*old.d.*: decrypts$' "$T/stdout" ;;
    'walseal check -q '*) shell "$1" && assert_no_output ;;
    'walseal check -k team2027.sec.asc -p team2027.pass')
        shell "$1" && grep -q '^ok: .*encrypted, and opened again' "$T/stdout" ;;
    'walseal verify -k /etc/walseal/key -k /etc/walseal/old.d /archive')
        shell "$1" && assert_no_output || return 1
        # what it is for: neither key alone opens everything yet
        run_status sh -c "$(here "${1/ -k \/etc\/walseal\/old.d/}")"
        assert_status 204 && assert_stderr_has "$SEGMENT: no key given opens it" ;;
    'rm /etc/walseal/old.d/2026-11') shell "$1" && assert_only "$T/etc/walseal/old.d" ;;
    'pg_archivecleanup -n '*)
        shell "$1" && echo "$T/archive/$SEGMENT" | cmp - "$T/stdout" && [ -e "$T/archive/$SEGMENT" ] ;;
    'pg_archivecleanup '*) shell "$1" && assert_only "$T/archive" base-2026-11-24.tar.walseal ;;
    *secret.d* | *recipients.asc* | *team2027* | *escrow*) rotated_openpgp "$1" ;;
    *) proved "$1" ;;
    esac
}

# The rotation of OpenPGP keys, and the escrow's.
rotated_openpgp() {
    case $1 in
    'cat team2027.pub.asc escrow.pub.asc >recipients.asc')
        shell "$1" && [ "$(grep -c -e -BEGIN recipients.asc)" = 2 ] ;;
    'install -d -m 0700 secret.d') shell "$1" && [ "$(stat -c %a secret.d)" = 700 ] ;;
    'cp team.sec.asc team2027.sec.asc secret.d')
        shell "$1" && assert_only secret.d team.sec.asc team2027.sec.asc && mv "$T/archive" "$T/sodium" &&
            mkdir "$T/archive" &&
            "$WALSEAL" encrypt -k team.pub.asc -k escrow.pub.asc -o "$T/archive/$SEGMENT" "$T/segment" ;;
    'walseal decrypt -k secret.d -p team.pass -p team2027.pass '*' proof') shell "$1" ;;
    'walseal verify -k team2027.sec.asc -p team2027.pass /archive') shell "$1" && assert_no_output ;;
    */rekey-archive\ *'-s team2027.sec.asc -q team2027.pass /archive')
        run_status "$WALSEAL" verify -k team2027.sec.asc -p team2027.pass "$T/archive"
        assert_status 204 && shell "$1" && grep -q ': 1 rekeyed, 0 had' "$T/stdout" ;;
    */rekey-archive\ *'-s escrow.sec.asc -q escrow.pass /archive')
        "$WALSEAL" encrypt -k team2027.pub.asc -o "$T/archive/older" "$T/segment"
        shell "$1" && grep -q ': 1 rekeyed, 1 had' "$T/stdout" || return 1
        run_status "$WALSEAL" verify -k escrow.sec.asc -p escrow.pass "$T/archive"
        assert_status 0 ;;
    'walseal encrypt -k escrow.pub.asc -o key.escrow /etc/walseal/key')
        rm -r "$T/archive" && mv "$T/sodium" "$T/archive" && shell "$1" ;;
    'walseal decrypt '*' -o key.opened key.escrow') shell "$1" && assert_same key.opened "$T/etc/walseal/key" ;;
    'walseal rekey '*" -o /media/escrow/$SEGMENT /archive/$SEGMENT")
        mkdir -p "$T/media/escrow"
        shell "$1" && "$WALSEAL" decrypt -k escrow.sec.asc -p escrow.pass "$T/media/escrow/$SEGMENT" |
            cmp - "$T/segment" ;;
    *) flunk "tests/cli/operated.bash doesn't know this command: $1" ;;
    esac
}

# Drill and evidence.
proved() {
    case $1 in
    'walseal inspect key.opened')
        shell "$1" && grep 'transform hex' "$T/stdout" >opened &&
            "$WALSEAL" inspect "$T/etc/walseal/key" | grep 'transform hex' | cmp - opened ;;
    */restore-drill\ *)
        shell "$1" && assert_only "$T/var/lib/walseal-drill" && grep -qx 395 "$T/stdout" &&
            grep -q '^base-2026-11-24.tar.walseal: restored, .*checksums are right' "$T/stdout" ;;
    'walseal verify --json --system-id '*' /archive >'*) evident "$1" ;;
    'walseal verify --json --wal-name '*)
        mkdir -p "$T/store/wal" "$T/var/lib/postgresql/15/main/pg_wal"
        cp "$T/archive/$SEGMENT" "$T/store/wal"
        cp "$T/segment" "$T/var/lib/postgresql/15/main/pg_wal/$SEGMENT"
        shell "$1" && grep -q "\"result\":\"verified\".*\"wal_name\":\"$SEGMENT\"" "$T/stdout" ;;
    'sha256sum '*) shell "$1" && sha256sum --quiet -c "$T/media/safe/SHA256SUMS" ;;
    'sed '*' verify-2026-11-23.json '*)
        sed "s/$SEGMENT/000000010000000000000009/" verify-2026-11-24.json |
            cat - verify-2026-11-24.json | sort -u >verify-2026-11-23.json
        shell "$1" ;;
    'sed '*' verify-2026-11-24.json '*) shell "$1" ;;
    'comm '*)
        shell "$1" && echo "$T/archive/000000010000000000000009" | cmp - "$T/stdout" ;;
    *) flunk "tests/cli/operated.bash doesn't know this command: $1" ;;
    esac
}

# finds_the_key COMMAND: among other keys and what is none.
finds_the_key() {
    mkdir -p "$T/media/found"
    cp "$T/etc/walseal/key" "$T/media/found/old mail"
    cp walg.key "$T/media/found"
    echo "no key at all" >"$T/media/found/note"
    shell "$1" && assert_stderr_has 'opened by key' && assert_stderr_has 'old mail'
}

# The names in the first JSON object of standard input.
members() {
    head -n 1 | grep -o '"[a-z_]*":' | tr -d '\n'
}

# evident COMMAND: it writes the members that the page shows, and another cluster's segment is seen.
evident() {
    local file=${1##*>}
    shell "$1" && [ "$(wc -l <"$file")" = 2 ] && ! grep -v '"status":0' "$file" || return 1
    [ "$(members <"$file")" = "$(grep '^{"input"' "$ROOT/doc/operating.md" | members)" ] || return 1
    run_status sh -c "$(here "${1/$SYSTEM_ID/77}.other")"
    assert_status 205 && assert_stderr_has 'of another cluster' && rm "$file.other"
}
