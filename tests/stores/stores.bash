# What the tests with real stores share:  load stores
#
# Each test has a $CLUSTER (contrib/demo/cluster.sh), a server of one kind of store on 127.0.0.1, and
# contrib/postgresql/README.md, whose lines are run as they stand: `setting` and `command` take them
# out of its sections and put this test's paths in. The store's bucket is called "bucket", the remote
# of rclone "store", as there. The HTTP stores are behind a proxy that can be told to lie (proxy.mjs).
# shellcheck shell=bash disable=SC2034,SC2154 # for the tests; helper.bash sets T and the like

# shellcheck source=tests/e2e/scenario.bash
source "${BASH_SOURCE[0]%/*}/../e2e/scenario.bash"

# A client that takes two seconds to start does so twice a segment.
RECOVERY_SECONDS=120

STORES_NODE=$BUILD/stores/node_modules
STORES_README=$ROOT/contrib/postgresql/README.md

# stores_need PROGRAM...: skips the test if one isn't there; make check-stores installs and insists.
stores_need() {
    local program missing=
    for program; do
        case $program in
        s3rver | azurite-blob) [ -e "$STORES_NODE/.bin/$program" ] || missing=$program ;;
        *) PATH=/usr/bin:/bin:/usr/sbin command -v "$program" >/dev/null || missing=$program ;;
        esac
        [ -z "$missing" ] || break
    done
    [ -n "$missing" ] || return 0
    [ "${STORES-}" != all ] || flunk "$missing isn't installed" || return 1
    skip "$missing isn't installed: make check-stores installs it"
}

# stores_begin KIND: s3, azure, sftp or cloud; the server runs, and has an empty bucket. cloud is the
# stand-in for what Debian hasn't.
stores_begin() {
    helper_setup
    export SERVER=primary
    STORE_KIND=$1
    case $BATS_TEST_DESCRIPTION in
    *OpenPGP*) cluster_method openpgp ;;
    *) cluster_method sodium ;;
    esac
    cluster_begin "$WALSEAL"
    cp "$ROOT"/contrib/postgresql/{wal-push,wal-fetch,store-object} \
        "$ROOT"/contrib/kubernetes/share "$CLUSTER/bin/"
    cluster_new_keys
    [ ! -e "$CLUSTER/away" ] || cluster_secret secret.d away/key.asc away/passphrase
    mkdir "$T/served"
    [ ${#CLUSTER_AS[@]} = 0 ] || chmod 711 "$T"
    STORE_PORT=$(free_port)
    PROXY_PORT=$(free_port)
    # shellcheck disable=SC2054 # no arrays of words with commas
    CLUSTER_VARIABLES=(RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1 AWS_MAX_ATTEMPTS=1)
    store_up
    "configure_$STORE_KIND"
    [ "$STORE_KIND" = cloud ] || cluster_run rclone mkdir store:bucket
}

# In every file's teardown.
stores_leave() {
    local pid
    for pid in "$T"/*.server; do
        [ ! -e "$pid" ] || server_kill "$(basename "$pid" .server)"
    done
    [ -z "${CLUSTER-}" ] || teardown_cluster
}

teardown_cluster() {
    tail -n 25 "$CLUSTER"/*.log "$T"/*.server.log 2>/dev/null || true
    cluster_end
}

# A port of 127.0.0.1 that nobody listens at.
free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'
}

listens() {
    (exec 5<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# server_start NAME PORT COMMAND...: it answers when this returns.
server_start() {
    local name=$1 port=$2
    shift 2
    "$@" >>"$T/$name.server.log" 2>&1 3>&- 4>&- </dev/null &
    echo $! >"$T/$name.server"
    wait_until 60 listens "$port" || flunk "$name doesn't answer: $(cat "$T/$name.server.log")"
}

# With what it has started for each client.
server_kill() {
    local pid
    pid=$(cat "$T/$1.server")
    rm "$T/$1.server"
    # shellcheck disable=SC2046 # ids
    kill -KILL $(descendants "$pid") 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

# descendants PID: it and what came from it.
descendants() {
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do
        descendants "$child"
    done
}

# The store itself; down and up again it has what it had. Azurite, killed, would have forgotten what it
# was told in its last seconds: it is only put out of reach.
store_up() {
    case $STORE_KIND in
    cloud)
        [ -e "$CLUSTER/cloud.away" ] || cluster_run mkdir -p cloud.away
        mv "$CLUSTER/cloud.away" "$CLUSTER/cloud"
        ;;
    s3)
        server_start store "$STORE_PORT" node "$STORES_NODE/.bin/s3rver" -d "$T/served" \
            -a 127.0.0.1 -p "$STORE_PORT" --no-vhost-buckets
        ;;
    azure)
        [ -e "$T/store.server" ] || server_start store "$STORE_PORT" node "$STORES_NODE/.bin/azurite-blob" \
            --blobHost 127.0.0.1 --blobPort "$STORE_PORT" --location "$T/served" \
            --skipApiVersionCheck --disableTelemetry -s
        ;;
    sftp)
        sshd_settings
        server_start store "$STORE_PORT" "${CLUSTER_AS[@]}" /usr/sbin/sshd -D -e \
            -f "$CLUSTER/ssh/sshd_config"
        ;;
    esac
    [[ $STORE_KIND = sftp || $STORE_KIND = cloud ]] || proxy_up
}

store_down() {
    case $STORE_KIND in
    cloud) mv "$CLUSTER/cloud" "$CLUSTER/cloud.away" ;;
    sftp) server_kill store ;;
    azure) server_kill proxy ;;
    s3) server_kill store && server_kill proxy ;;
    esac
}

proxy_up() {
    echo pass >"$T/lie"
    server_start proxy "$PROXY_PORT" node "$ROOT/tests/stores/proxy.mjs" \
        "$PROXY_PORT" "$STORE_PORT" "$T/lie"
}

# lies HOW: from now on; see proxy.mjs.
lies() {
    echo "$1" >"$T/lie.new"
    mv "$T/lie.new" "$T/lie"
}

# file NAME MODE: standard input as a file of the cluster's user.
file() {
    # shellcheck disable=SC2016 # the inner shell's $1
    cluster_run sh -c 'mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1"' - "$1" "$2"
}

configure_s3() {
    file .config/rclone/rclone.conf 600 <<END
[store]
type = s3
provider = Other
endpoint = http://127.0.0.1:$PROXY_PORT
access_key_id = S3RVER
secret_access_key = S3RVER
force_path_style = true
END
    file .s3cfg 600 <<END
[default]
access_key = S3RVER
secret_key = S3RVER
host_base = 127.0.0.1:$PROXY_PORT
host_bucket = 127.0.0.1:$PROXY_PORT
use_https = False
END
    CLUSTER_VARIABLES+=(AWS_ACCESS_KEY_ID=S3RVER AWS_SECRET_ACCESS_KEY=S3RVER
        AWS_DEFAULT_REGION=us-east-1 AWS_ENDPOINT_URL="http://127.0.0.1:$PROXY_PORT")
}

configure_azure() {
    file .config/rclone/rclone.conf 600 <<END
[store]
type = azureblob
use_emulator = true
endpoint = http://127.0.0.1:$PROXY_PORT/devstoreaccount1
END
}

configure_cloud() {
    cp "$ROOT/tests/stores/cloud" "$CLUSTER/bin/azcopy"
    cp "$ROOT/tests/stores/cloud" "$CLUSTER/bin/gcloud"
    cp "$ROOT/tests/stores/cloud" "$CLUSTER/bin/gsutil"
}

sshd_settings() {
    [ ! -e "$CLUSTER/ssh" ] || return 0
    cluster_run mkdir -m 700 ssh
    cluster_run ssh-keygen -q -t ed25519 -N '' -f ssh/host
    cluster_run ssh-keygen -q -t ed25519 -N '' -f ssh/user
    file ssh/sshd_config 600 <<END
Port $STORE_PORT
ListenAddress 127.0.0.1
HostKey $CLUSTER/ssh/host
AuthorizedKeysFile $CLUSTER/ssh/user.pub
PidFile none
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
END
}

configure_sftp() {
    local user
    user=$(cluster_run id -un)
    file .config/rclone/rclone.conf 600 <<END
[store]
type = alias
remote = there:$CLUSTER/remote
[there]
type = sftp
host = 127.0.0.1
port = $STORE_PORT
user = $user
key_file = $CLUSTER/ssh/user
shell_type = none
END
    file ssh/config 600 <<END
Host host
HostName 127.0.0.1
Port $STORE_PORT
User $user
IdentityFile $CLUSTER/ssh/user
IdentitiesOnly yes
UserKnownHostsFile $CLUSTER/ssh/known_hosts
StrictHostKeyChecking accept-new
END
    # ssh looks for its configuration in the home that the user database names
    file bin/ssh 755 <<END
#!/bin/sh
exec /usr/bin/ssh -F $CLUSTER/ssh/config "\$@"
END
    cluster_run mkdir -p remote/bucket
}

# section TITLE: what is fenced under "## TITLE..." in README.md, with this test's places.
section() {
    awk -v title="## $1" '/^## / { on = index($0, title) == 1 }
        on && /^```/ { fenced = !fenced; next }
        on && fenced' "$STORES_README" |
        sed -e "s,/etc/walseal/,$CLUSTER/,g; s,host:/bucket,host:$CLUSTER/remote/bucket,g"
}

# setting TITLE NAME, command_of TITLE PROGRAM: the one line of that section.
setting() {
    section "$1" | grep "^$2 = " || flunk "no $2 under $1"
}
command_of() {
    section "$1" | grep "^$2 " || flunk "no $2 under $1"
}

# archiving TITLE: a server with segments of 1 MiB and checksums, archiving as that section says.
archiving() {
    cluster_init primary 1
    cluster_run pg_checksums --enable -D primary >/dev/null
    { printf '%s\n' 'wal_level = replica' 'archive_mode = on' && setting "$1" archive_command; } |
        cluster_configure primary
    cluster_start primary
    query 'create table t (i int, filler text)'
}

# lost TITLE: a server with a base backup and 4,000 rows in the archive, 3,000 before the restore
# point, is gone; its base backup is unpacked as "restored", with the section's restore_command.
lost() {
    archiving "$1"
    local base
    base=$(cluster_run sh -c "$(command_of "$1" base-backup) -- -c fast")
    add_rows && add_rows && add_rows
    query "select pg_create_restore_point('before_the_accident')" >/dev/null
    add_rows
    archive_all
    cluster_stop primary fast
    rm -rf "$CLUSTER/primary"
    cluster_run sh -c "$(command_of "$1" restore-base-backup | sed "s, get base-[^\"]*, get $base,")"
    recover_with "$(setting "$1" restore_command)"
}

# there_and_back TITLE: the life of an archive, in that section's words.
there_and_back() {
    lost "$1"
    recover_with "$(cluster_settings target)"
    assert_opened_with 3000
    cluster_stop restored fast
    cluster_run pg_checksums --check -D restored >/dev/null
    run_status cluster_run sh -c "$(command_of "$1" share)"
    assert_status 0
    grep -qE '^share 0 of 1: ([5-9]|[1-9][0-9]+) objects verified, 0 failed' "$T/stdout"
}

# scenario.bash's, with more time.
archive_all() {
    local segment
    segment=$(query 'select pg_walfile_name(pg_switch_wal())')
    wait_until 120 is_true "select last_archived_wal >= '$segment' from pg_stat_archiver"
}

# object STORE VERB [NAME]: STORE is "TOOL FOLDER"; leaves what run_status does.
object() {
    # shellcheck disable=SC2086 # TOOL FOLDER
    run_status cluster_run store-object $1 "${@:2}"
}

# push STORE NAME FILE, fetch STORE NAME: to the file fetched; as run_status.
push() {
    run_status cluster_run wal-push -k key -s "store-object $1" "$2" "$3"
}
fetch() {
    rm -f "$CLUSTER/fetched"
    run_status cluster_run wal-fetch -k key -t 1 -s "store-object $1" "$2" fetched
}

# plain_file SIZE NAME: random bytes that the cluster's user can read.
plain_file() {
    cluster_run sh -c "head -c $1 /dev/urandom >$2"
}
