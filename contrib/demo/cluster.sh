# cluster.sh: throw-away PostgreSQL clusters for the demo and for tests/e2e, which source it.
#
# All that there is lies in one private directory, $CLUSTER, made by cluster_begin and removed by
# cluster_end with every server in it. Servers listen on a Unix socket in there and nowhere else.
#     $CLUSTER/bin       walseal, base-backup, restore-base-backup: first in the servers' PATH
#     $CLUSTER/key       a new key, 64 hex digits; or with the method openpgp
#     $CLUSTER/recipients.asc   a new public key    $CLUSTER/away   its secret key and passphrase
#     $CLUSTER/archive   for encrypted segments        $CLUSTER/base   for encrypted base backups
#     $CLUSTER/NAME      the data directory of server NAME; NAME.sock its socket, NAME.log its log
# PostgreSQL refuses to run as root: root runs everything in here as the user postgres, who may be
# unable to read the source tree, hence the copies in bin.
# shellcheck shell=bash

CLUSTER_CONTRIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CLUSTER_AS=()
CLUSTER_VARIABLES=() # NAME=VALUE, for all that cluster_run runs
[ "$(id -u)" != 0 ] || CLUSTER_AS=(setpriv --reuid=postgres --regid=postgres --init-groups --)

# The newest server programs of this machine.
cluster_find_programs() {
    local programs
    programs=$(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | grep -v '[*]' | sort -V |
        tail -n 1)
    [ -n "$programs" ] || programs=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
    printf '%s\n' "$programs"
}
CLUSTER_PROGRAMS=$(cluster_find_programs)

# cluster_lacks [METHOD]: what is missing on this machine, one line; nothing when all is there.
cluster_lacks() {
    local program
    [ "${1-}" != openpgp ] || {
        command -v gpg && command -v gpg-agent && command -v gpgconf
    } >/dev/null || {
        echo "gpg, which makes the keys, isn't installed: apt-get install gpg gpg-agent"
        return
    }
    for program in initdb pg_ctl postgres psql pgbench pg_basebackup pg_verifybackup; do
        [ -x "$CLUSTER_PROGRAMS/$program" ] || {
            echo "PostgreSQL's $program isn't installed: apt-get install postgresql"
            return
        }
    done
    [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1 ||
        echo "PostgreSQL doesn't run as root, and there is no user called postgres"
}

# Runs a command as the servers' user in $CLUSTER, in an environment of its own (the caller may
# have PG* or WALG_* variables set), and talks to server $SERVER. Descriptors 3 and 4 are the
# caller's (3 is bats's): a server that held one would make its reader wait for ever.
cluster_run() {
    "${CLUSTER_AS[@]}" env -i -C "$CLUSTER" PATH="$CLUSTER/bin:$CLUSTER_PROGRAMS:/usr/bin:/bin" \
        HOME="$CLUSTER" LC_ALL=C TZ=UTC PGUSER=postgres PGDATABASE=postgres \
        PGHOST="$CLUSTER/${SERVER:-primary}.sock" "${CLUSTER_VARIABLES[@]}" "$@" 3>&- 4>&-
}

# A place for $CLUSTER that the servers' user can reach, short enough for a socket's name (107
# bytes) and without a character that a shell or PostgreSQL's configuration would read differently.
cluster_place() {
    local place=${TMPDIR:-/tmp}
    case $place in
    *[!A-Za-z0-9/._-]* | [!/]*) place=/tmp ;;
    esac
    [ ${#place} -lt 50 ] && "${CLUSTER_AS[@]}" test -x "$place" || place=/tmp
    printf '%s\n' "$place"
}

# cluster_method METHOD: what the server encrypts with, the block of settings that it runs with, and
# the options that open its backups; false for a method that isn't there.
# shellcheck disable=SC2034 # the caller's
cluster_method() {
    case $1 in
    sodium)
        CLUSTER_KEY=key CLUSTER_BLOCK=directory CLUSTER_OPENS=(-k key)
        ;;
    openpgp)
        CLUSTER_KEY=recipients.asc CLUSTER_BLOCK=openpgp
        CLUSTER_OPENS=(-k secret.d -p secret.d/passphrase)
        ;;
    *) return 1 ;;
    esac
}

# cluster_begin WALSEAL: makes $CLUSTER around this program.
cluster_begin() {
    # Its name is known before it is there: a signal in between leaves nothing that nobody knows of.
    CLUSTER=$(mktemp -u "$(cluster_place)/walseal.XXXXXX")
    export CLUSTER
    mkdir -m 700 "$CLUSTER" || {
        CLUSTER=
        return 1
    }
    mkdir "$CLUSTER/bin"
    cp "$1" "$CLUSTER/bin/walseal"
    cp "$CLUSTER_CONTRIB"/postgresql/*base-backup "$CLUSTER/bin/"
    chmod 755 "$CLUSTER/bin" "$CLUSTER"/bin/*
    [ ${#CLUSTER_AS[@]} = 0 ] || chown postgres: "$CLUSTER" "$CLUSTER/bin"
    cluster_run mkdir archive base
}

# cluster_new_keys: those of the method.
cluster_new_keys() {
    if [ "$CLUSTER_KEY" = key ]; then
        cluster_new_key key
    else
        cluster_new_pair away
        mv "$CLUSTER/away/public.asc" "$CLUSTER/$CLUSTER_KEY"
    fi
}

# cluster_new_key FILE: 64 hex digits in a new file.
cluster_new_key() {
    # shellcheck disable=SC2016 # the inner shell's $1
    cluster_run sh -c 'umask 077; od -An -v -tx1 -N32 /dev/urandom | tr -d " \n" >"$1"' - "$1"
}

# cluster_new_pair DIR: an OpenPGP key pair by gpg in this directory: public.asc, key.asc and, if it
# isn't there, the passphrase that protects key.asc. Left to itself the agent would take seconds to
# strengthen it, each time. It is gone afterwards, and so is its place.
cluster_new_pair() {
    # shellcheck disable=SC2016 # the inner shell's $1
    cluster_run GNUPGHOME="$CLUSTER/gnupg" sh -c '
        umask 077 && mkdir -p "$GNUPGHOME" "$1" || exit
        echo s2k-count 1048576 >"$GNUPGHOME/gpg-agent.conf"
        [ -e "$1/passphrase" ] ||
            od -An -v -tx1 -N16 /dev/urandom | tr -d " " >"$1/passphrase"
        set -- "$1" --batch --quiet --no-tty --pinentry-mode loopback \
            --passphrase-file "$1/passphrase" --armor
        dir=$1 && shift
        gpg "$@" --quick-gen-key "walseal $dir" future-default default never &&
            gpg "$@" --export >"$dir/public.asc" && gpg "$@" --export-secret-keys >"$dir/key.asc"
        status=$?
        gpgconf --kill all
        rm -rf "$GNUPGHOME"
        exit $status' - "$1"
}

# cluster_secret DIR FILE...: DIR is a directory of these files as Kubernetes mounts a Secret; if it
# is there already the files are replaced all at once, as when the Secret has changed.
cluster_secret() {
    # shellcheck disable=SC2016 # the inner shell's own
    cluster_run sh -c '
        dir=$1 && shift && mkdir -p "$dir" && new=$(mktemp -d "$dir/..2026_XXXXXX") || exit
        cp "$@" "$new/" && chmod 755 "$new" && chmod 444 "$new"/* || exit
        old=$(readlink "$dir/..data")
        ln -s "${new##*/}" "$dir/..data_tmp" && mv -T "$dir/..data_tmp" "$dir/..data" || exit
        for file; do
            ln -sf "..data/${file##*/}" "$dir/${file##*/}" || exit
        done
        [ -z "$old" ] || rm -r "${dir:?}/$old"' - "$@"
}

# cluster_end: stops every server and removes $CLUSTER. Safe to call at any moment.
cluster_end() {
    local pidfile server
    [ -d "${CLUSTER-}" ] || return 0
    for pidfile in "$CLUSTER"/*/postmaster.pid; do
        # It may go away by itself at any time: a server whose recovery has just failed.
        read -r server 2>/dev/null <"$pidfile" || continue
        cluster_stop "$(basename "$(dirname "$pidfile")")" immediate ||
            kill -9 "$server" 2>/dev/null || true
    done
    [ ! -d "$CLUSTER/gnupg" ] || cluster_run GNUPGHOME="$CLUSTER/gnupg" gpgconf --kill all || true
    # A command of a dying server may still put a file in between.
    rm -rf "$CLUSTER" 2>/dev/null || { sleep 1 && rm -rf "$CLUSTER"; }
}

# cluster_settings BLOCK: this block's settings of contrib/postgresql/postgresql.conf.walseal as
# they are there, with this cluster's paths, and `store put` and `store get` as the uploader.
cluster_settings() {
    sed -n "/^# ---- \\[$1\\]/,/^\$/s/^#\\{0,1\\}\\([a-z_]* = \\)/\\1/p" \
        "$CLUSTER_CONTRIB/postgresql/postgresql.conf.walseal" |
        sed -e "s|/etc/walseal/|$CLUSTER/|g; s|/archive/|$CLUSTER/archive/|g" \
            -e 's/rclone rcat store:/store put /g; s/rclone cat store:/store get /g'
}

# cluster_configure NAME: appends standard input to the server's postgresql.conf; the last line of
# a setting counts.
cluster_configure() {
    cluster_run tee -a "$1/postgresql.conf" >/dev/null
}

# cluster_init NAME SEGMENT_MB: a new data directory, archiving nowhere yet.
cluster_init() {
    cluster_run initdb -D "$1" -U postgres -A trust --no-sync --no-locale -E UTF8 \
        --wal-segsize="$2" >/dev/null
}

# cluster_start NAME: false when the server doesn't come up. With little memory it does so sooner.
cluster_start() {
    cluster_run mkdir -p "$1.sock"
    cluster_run pg_ctl -D "$1" -l "$1.log" -w -t 30 \
        -o "-c listen_addresses='' -k '$CLUSTER/$1.sock' -c fsync=off -c shared_buffers=8MB" start >/dev/null 2>&1
}

# cluster_stop NAME MODE
cluster_stop() {
    cluster_run pg_ctl -D "$1" -m "$2" -w -t 30 stop >/dev/null 2>&1
}

# query SQL: the bare answer of server $SERVER.
query() {
    cluster_run psql -qAtX -v ON_ERROR_STOP=1 -c "$1"
}

# is_true SQL
is_true() {
    [ "$(query "$1" 2>/dev/null)" = t ]
}

# eventually COMMAND...: tries it for 20 seconds.
eventually() {
    local end=$((SECONDS + 20))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# archive_all: ends the current segment and waits until all up to it are in the archive.
archive_all() {
    local segment
    segment=$(query 'select pg_walfile_name(pg_switch_wal())')
    eventually is_true "select last_archived_wal >= '$segment' from pg_stat_archiver"
}
