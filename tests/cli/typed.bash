# What a document tells people to type, typed, and its result judged:  load typed
# shellcheck shell=bash disable=SC2154 # run_status sets status
# shellcheck disable=SC2094 # what is read and what is written differ

# The commands of a document, in order, one a line: "sh COMMAND" or "conf LINE".
commands_of() {
    case $1 in
    *.md) awk '/^```(sh|conf)$/ { kind = substr($0, 4); next }
               /^```/ { kind = "" }
               kind != "" && NF > 0 && !/^#/ { print kind, $0 }' "$1" ;;
    *) sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAGNOSTICS/p' "$1" |
        sed -n '/^\.Bd/,/^\.Ed/{/^\./!p;}' | sed 's/\\-/-/g; s/\\e/\\/g' |
        sed 's/^[a-z_]* = /conf &/; /^conf /!s/^/sh /' ;;
    esac
}

# here TEXT: its absolute places moved into the test's folder.
here() {
    sed -e "s,/usr/local/share/doc/walseal/contrib,$ROOT/contrib,g; s,/usr/lib/postgresql/15/bin/,,g" \
        -e "s,\([ >=]\)/\(etc/walseal\|archive\|media\|var/lib\),\1$T/\2,g" <<<"$1"
}

shell() {
    run_status sh -c "$(here "$1")"
    assert_status 0 || return 1
}

# would_make GOAL TEXT: make knows the goal and would run that.
would_make() {
    run_status make -n --no-print-directory -C "$ROOT" "$1"
    assert_status 0 && grep -qF -- "$2" "$T/stdout"
}

# stored KEY OBJECT: what WAL-G would have stored.
stored() {
    mkdir -p "$(dirname "$T/store/$2")"
    { printf LZ4! && cat "${3:-$T/plain}"; } | "$WALSEAL" encrypt -k "$1" >"$T/store/$2"
}

# opens_to_tar FILE: a stored backup, by the key of its method.
opens_to_tar() {
    local name=team
    [ -e team.sec.asc ] || name=walg
    "$WALSEAL" decrypt -k "$T/etc/walseal/key" -k $name.sec.asc -p $name.pass "$1" |
        tar -t | grep -qx backup_manifest
}

# The keys that README.md has made, where it wasn't read up to there.
lay_keys() {
    local name
    for name in team escrow; do
        [ ! -e $name.sec.asc ] || continue
        local key=rsapass
        [ $name = team ] || key=p256pass
        cp "$WALG/$key.pub.asc" $name.pub.asc
        cp "$WALG/$key.sec.asc" $name.sec.asc
        cp "$WALG/$key.pass" $name.pass
    done
}

# bring FILE TO: where a command expects it.
bring() {
    mkdir -p "$T/$2" && cp "$1" "$T/$2/"
}

# opens_with NAME [PASS]: what is encrypted to NAME.pub.asc, by NAME.sec.asc, once both are there.
opens_with() {
    [ ! -e "$1.sec.asc" ] || "$WALSEAL" encrypt -k "$1.pub.asc" "$T/plain" |
        "$WALSEAL" decrypt -k "$1.sec.asc" -p "${2-$1.pass}" | cmp - "$T/plain"
}

# by_gpg COMMAND: without gpg its own commands aren't tried.
by_gpg() {
    [ -z "${GNUPGHOME-}" ] || shell "$1"
}

# typed COMMAND: does it, and judges the result.
# shellcheck disable=SC2016 # what is typed, as it is typed
typed() {
    local base
    case $1 in
    'make demo' | 'make check') would_make "${1#make }" install-dependencies ;;
    'make') would_make all walseal ;;
    'make install') would_make install 'bin/walseal' ;;
    'apt-get install --no-install-recommends '*)
        shell "$1" && for base in $(sh "$ROOT/tests/install-dependencies" --print build); do
            grep -qF -- "$base" <<<"$1" || flunk "not in the list of packages: $base" || return 1
        done ;;
    'openssl rand -base64 24 >'*) shell "$1" && [ "$(wc -c <"${1##*>}")" = 33 ] ;;
    'export GNUPGHOME="$(mktemp -d)"')
        if command -v gpg >/dev/null && command -v gpg-agent >/dev/null; then
            need_gpg
        else
            echo "# skipped: gpg isn't installed: its own commands in README.md" >&3
        fi ;;
    'gpg '*' --quick-generate-key '*) by_gpg "$1" ;;
    'gpg '*' --export'*)
        [ -z "${GNUPGHOME-}" ] || { shell "$1" && grep -q '^-----BEGIN PGP ' "${1##*>}" &&
            [ "$(stat -c %a "${1##*>}")" = 600 ] && opens_with third; } ;;
    'gpgconf --kill all') by_gpg "$1" ;;
    'rm -rf "$GNUPGHOME"') by_gpg "$1" && [ ! -e "${GNUPGHOME:-/nowhere}" ] ;;
    'cat team.pub.asc escrow.pub.asc >recipients.asc') shell "$1" && [ "$(grep -c -e -BEGIN recipients.asc)" = 2 ] ;;
    'install -m 0644 recipients.asc '*)
        shell "$1" && assert_same recipients.asc "$T/etc/walseal/recipients.asc" ;;
    'walseal encrypt -k recipients.asc -o proof '*) shell "$1" ;;
    'walseal decrypt '*'.sec.asc '*' proof')
        shell "$1" || return 1
        # what it is for: another key's passphrase is seen, and another content
        run_status sh -c "${1/.pass /.pub.asc }"
        assert_status 202 || return 1
        run_status sh -c "${1//\/etc\/hosts/recipients.asc}"
        assert_status 203 ;;
    'walseal decrypt '*' --verify-first --to "tar '*)
        lay_keys
        bring team.sec.asc var/lib/postgresql
        bring team.pass var/lib/postgresql
        base=$(moved "${1##* }")
        mkdir -p "$T/archive" "$T/var/lib/postgresql/15/main"
        [ -e "$base" ] || pg_basebackup -D - -Ft -X fetch | "$WALSEAL" encrypt -k team.pub.asc >"$base"
        shell "$1" && restored /var/lib/postgresql/15/main && rm -r "$T/var/lib/postgresql/15/main" || return 1
        # what it is for
        mkdir -p "$T/var/lib/postgresql/15/main"
        cp "$base" whole && flip_bit "$base" $(($(wc -c <"$base") - 30))
        run_status sh -c "$(here "$1")"
        assert_status 205 && assert_only "$T/var/lib/postgresql/15/main" || return 1
        cp whole "$base" && rm -r "$T/var/lib/postgresql/15/main" ;;
    'install -d '*' /etc/walseal' | 'install -d '*' /archive' | 'install -d '*' /etc/walseal/old.d')
        shell "$1" && [ -d "$(here " ${1##* }" | tr -d ' ')" ] ;;
    'walseal keygen -o '* | 'walseal keygen -v -o '*)
        mkdir -p "$T/etc/walseal"
        shell "$1" && base=$(moved "${1##* }") && [ "$(stat -c %a "$base")" = 600 ] &&
            grep -qxE '[0-9a-f]{64}' "$base" ;;
    'walseal keygen openpgp '*' -p '*' -o '*' --public '*)
        base=${1#* -p }
        [ -e "${base%% *}" ] || lay_keys
        base=${1#* -o }
        shell "$1" && [ "$(stat -c %a "${base%% *}")" = 600 ] || return 1
        run_status "$WALSEAL" decrypt -k "${base%% *}" < <("$WALSEAL" encrypt -k "${1##* }" "$T/plain")
        assert_status 202 && assert_stderr_has passphrase || return 1
        base=${1#* -p }
        opens_with "$(basename "${1##* }" .pub.asc)" "${base%% *}" ;;
    'chown postgres: '*) shell "$1" ;;
    'psql -c '*) shell "$1" ;;
    */base-backup\ *)
        shell "$1" && opens_to_tar "$T/archive/${1##* }" ;;
    */restore-base-backup\ *)
        shell "$1" && restored "${1##* }" && [ -e "$(moved "${1##* }")/recovery.signal" ] &&
            grep -qx 'archive_mode = off' "$(moved "${1##* }")/postgresql.auto.conf" ;;
    'echo "local '*'/pg_hba.conf') shell "$1" && grep -q ^local "$(moved "${1##*>}")" ;;
    */pg_ctl\ *) shell "$1" && [ -s "$T/var/lib/postgresql/15/restored.log" ] ;;
    'umask 077') umask 077 ;;
    'walseal encrypt '*pg_basebackup*'--to "rclone rcat store:base/'*'.tar.zst"')
        base=${1##*store:}
        shell "$1" && "$WALSEAL" decrypt -k "$T/etc/walseal/key" "$T/store/${base%\"}" | zstd -d |
            tar -t | grep -qx backup_manifest || return 1
        # what it is for: a pg_basebackup that dies is seen
        rm "$T/store/${base%\"}" && touch "$T/backup-breaks"
        run_status sh -c "$(here "$1")"
        rm "$T/backup-breaks"
        assert_status 103 && shell "$1" ;;
    'walseal decrypt '*'.tar.zst" --filter "zstd -d" --to "tar -x -C /var/lib/postgresql/15/main"')
        mkdir -p "$T/var/lib/postgresql/15/main"
        shell "$1" && restored /var/lib/postgresql/15/main && rm -r "$T/var/lib/postgresql/15/main" ;;
    'walseal encrypt '*'--to "rclone rcat store:base/monday.tar"')
        shell "$1" && opens_to_tar "$T/store/base/monday.tar" ;;
    'walseal decrypt '*'--from "rclone cat store:base/monday.tar" --to "tar -x '*)
        mkdir -p "$T/var/lib/postgresql/15/main"
        shell "$1" && restored /var/lib/postgresql/15/main ;;
    'pg_verifybackup '*) shell "$1" ;;
    'walseal check -k /etc/walseal/key')
        shell "$1" && grep -q '^ok: .*encrypted, and opened again' "$T/stdout" ;;
    "walseal inspect /archive/$SEGMENT")
        shell "$1" || return 1
        if [ -d secret.d ]; then
            [ "$(grep -c '^recipient: .*key id' "$T/stdout")" = 2 ]
        else
            grep -qx 'kind: sodium-or-random' "$T/stdout"
        fi ;;
    'walseal verify -v -k /media/found '*) finds_the_key "$1" ;;
    'walseal verify -v '*" /archive/$SEGMENT")
        mkdir -p "$T/media/safe" "$T/var/lib/postgresql/15/main/pg_wal"
        cp "$T/etc/walseal/key" "$T/media/safe/key"
        cp "$T/segment" "$T/var/lib/postgresql/15/main/pg_wal/$SEGMENT"
        shell "$1" && assert_no_output && assert_stderr_has fingerprint && assert_stderr_has 'opened by key' &&
            rm -r "$T/var/lib/postgresql/15/main/pg_wal" ;;
    'walseal verify '*' -k /etc/walseal/key /archive' | 'walseal verify -k /etc/walseal/key /archive')
        shell "$1" && assert_no_output && cp -r "$T/archive" whole && flip_bit "$T/archive/$SEGMENT" 60000 || return 1
        # what it is for
        run_status sh -c "$(here "$1")"
        assert_status 205 && assert_stderr_has "$SEGMENT: damaged" || return 1
        rm -r "$T/archive" && mv whole "$T/archive" ;;
    'walseal rekey '*' -o monday.tar.new /archive/monday.tar')
        "$WALSEAL" encrypt -k "$T"/etc/walseal/old.d/* -o "$T/archive/monday.tar" "$T/plain"
        shell "$1" && "$WALSEAL" decrypt -k "$T/etc/walseal/key" monday.tar.new | cmp - "$T/plain" &&
            rm "$T/archive/monday.tar" ;;
    */rekey-archive\ *'-k /etc/walseal/old.d -n /etc/walseal/key /archive')
        "$WALSEAL" encrypt -k "$T"/etc/walseal/old.d/* -o "$T/archive/old" "$T/plain"
        shell "$1" && "$WALSEAL" decrypt -k "$T/etc/walseal/key" "$T/archive/old" | cmp - "$T/plain" &&
            rm "$T/archive/old" ;;
    'walseal decrypt '*"store:wal_005/$SEGMENT.lz4"*'-o segment.lz4')
        base=$(here "$1")
        base=${base#* -k }
        stored "${base%% *}" "wal_005/$SEGMENT.lz4"
        shell "$1" && [ "$(stat -c %s segment.lz4)" = 100004 ] &&
            [ "$(stat -c %a segment.lz4)" = "$(printf %o $((0666 & ~$(umask))))" ] ;;
    'lz4 -d segment.lz4 '*) shell "$1" && assert_same "${1##* }" "$T/plain" ;;
    'walseal decrypt '*'/tar_partitions/part_1.tar.lz4" -o part_1.tar.lz4')
        pg_basebackup -D - -Ft -X fetch >"$T/tar"
        base=${1##*store:}
        stored walg.key "${base%%\"*}" "$T/tar"
        shell "$1" ;;
    'lz4 -d part_1.tar.lz4 part_1.tar') shell "$1" && assert_same part_1.tar "$T/tar" ;;
    'tar -x -f part_1.tar -C '*)
        rm -rf "$(moved "${1##* }")"
        mkdir -p "$(moved "${1##* }")"
        shell "$1" && restored "${1##* }" ;;
    'kubectl create secret '*) shell "$1" && assert_same team.sec.asc "$T/secret.key" ;;
    'kubectl get secret backup-openpgp '*'.key}'*)
        shell "$1" && assert_same stackgres.asc team.sec.asc && [ "$(stat -c %a stackgres.asc)" = 600 ] ;;
    'kubectl get secret backup-openpgp '*'.keyPassphrase}'*) shell "$1" && assert_same stackgres.pass team.pass ;;
    'kubectl get secret '*)
        shell "$1" && assert_same stackgres.key walg.key && [ "$(stat -c %a stackgres.key)" = 600 ] ;;
    'WALG_LIBSODIUM_KEY_PATH=stackgres.key '*)
        shell "$1" && "$WALSEAL" decrypt -k walg.key segment.sealed | cmp - segment.lz4 ;;
    'cp -p /etc/walseal/key '*) shell "$1" && cmp "$T/etc/walseal/key" "$T"/etc/walseal/old.d/* ;;
    'mv /etc/walseal/key.new /etc/walseal/key')
        shell "$1" && ! cmp -s "$T/etc/walseal/key" "$T"/etc/walseal/old.d/* ;;
    *"| ssh vault"* | *'--to "ssh vault '*) shell "$1" && assert_only "$T/vault" monday.tar && opens_to_tar "$T/vault/monday.tar" ;;
    *) operated "$1" ;;
    esac
}

moved() {
    printf '%s%s' "$T" "$1"
}

# restored DATA: the base backup lies there, whole.
restored() {
    assert_same "$(moved "$1")/base" "$T/plain" && [ -f "$(moved "$1")/backup_manifest" ]
}

# as_postgresql COMMAND PATH NAME: with %p and %f filled in, as the server runs it.
as_postgresql() {
    local command=${1//%p/$2}
    run_status sh -c "$(here "${command//%f/$3}")" </dev/null
}

archives() {
    cp "$T/segment" "$SEGMENT"
    as_postgresql "$1" "$SEGMENT" "$SEGMENT"
    assert_status 0 && assert_silent || return 1
    # a public key can't compare
    case $1 in *.asc*--no-clobber*)
        as_postgresql "$1" "$SEGMENT" "$SEGMENT"
        assert_status 103 && assert_stderr_has "can't be compared" || return 1
        return ;;
    esac
    # asked twice, as it may be: the same content is fine, other content never replaces it
    as_postgresql "$1" "$SEGMENT" "$SEGMENT"
    assert_status 0 || return 1
    case $1 in *--no-clobber*)
        echo other >"$SEGMENT"
        as_postgresql "$1" "$SEGMENT" "$SEGMENT"
        assert_status 103 || return 1 ;;
    esac
}

restores() {
    local content=$T/segment
    case $1 in
    *walg.sec.asc*wal_005*) stored walg.sec.asc "wal_005/$SEGMENT.lz4" "$content" ;;
    *wal_005*) stored "$T/etc/walseal/key" "wal_005/$SEGMENT.lz4" "$content" ;;
    esac
    rm -f RECOVERYXLOG
    as_postgresql "$1" RECOVERYXLOG "$SEGMENT"
    assert_status 0 && assert_same RECOVERYXLOG "$content" || return 1
    rm RECOVERYXLOG
    as_postgresql "$1" RECOVERYXLOG 00000002.history
    assert_status 1 || return 1
    case $1 in *' --wal-name '*)
        as_postgresql "${1/--wal-name %f/--wal-name ${SEGMENT%1}2}" RECOVERYXLOG "$SEGMENT"
        assert_status 205 && assert_stderr_has 'another WAL segment' || return 1 ;;
    esac
    case $1 in *rclone*)
        STORE_DOWN=1 as_postgresql "$1" RECOVERYXLOG "$SEGMENT"
        case $1 in *--standby*) assert_status 1 ;; *) assert_status 203 ;; esac || return 1 ;;
    esac
}

# configured LINE: of postgresql.conf.
configured() {
    local command=${1#*"'"}
    command=${command%"'"}
    mkdir -p "$T/archive"
    case $1 in
    */old.d*) [ -d "$T/etc/walseal/old.d" ] || { mkdir "$T/etc/walseal/old.d" &&
        cp walg.key "$T/etc/walseal/old.d/old"; } ;;
    */walg.sec.asc*) bring walg.sec.asc etc/walseal && bring walg.pass etc/walseal ;;
    *.asc*)
        lay_keys
        bring team.pub.asc etc/walseal
        bring escrow.pub.asc etc/walseal
        bring team.sec.asc var/lib/postgresql
        bring team.pass var/lib/postgresql ;;
    esac
    # the sodium segment makes way for the OpenPGP one meanwhile
    case $1 in
    'archive_command = '*.asc*' /archive/'*) [ ! -e "$T/archive/$SEGMENT" ] || mv "$T/archive/$SEGMENT" "$T/aside" ;;
    esac
    case $1 in
    'wal_level = replica' | 'archive_mode = on' | 'archive_mode = off' | 'port = 5433') ;;
    "archive_command = '"*"'") archives "$command" ;;
    "restore_command = 'exec "*"'")
        restores "$command" || return 1
        case $1 in *.asc*' /archive/'*) [ ! -e "$T/aside" ] || mv "$T/aside" "$T/archive/$SEGMENT" ;; esac ;;
    *) flunk "tests/cli/typed.bash doesn't know this setting: $1" ;;
    esac
}

# type_all DOCUMENT LEAST: all of its commands; LEAST guards against finding none.
type_all() {
    local kind line count=0
    while read -r kind line <&9; do
        if [ "$kind" = sh ]; then
            typed "$line" || flunk "in ${1##*/}: $line" || return 1
        else
            configured "$line" || flunk "in ${1##*/}: $line" || return 1
        fi
        count=$((count + 1))
    done 9< <(commands_of "$1")
    [ $count -ge "$2" ] || flunk "only $count commands found in $1"
}
