# What the storm is made of, one background process each: who kills, the weather at the archive,
# backups, stops of the server, clients. Each draws its choices from a seed of its own, and ends
# once $CLUSTER/calm is there (clients: over). What they did is counted from their lines in
# $CLUSTER.
# shellcheck shell=bash
# shellcheck disable=SC2030,SC2031,SC2154  # each actor draws from a RANDOM of its own

CLIENTS=4
ACTORS=()

# actor NUMBER COMMAND...: in the background, with the choices that belong to this number.
actor() {
    local number=$1
    shift
    (
        RANDOM=$((CHAOS_SEED * 31 + number))
        "$@"
    ) &
    ACTORS+=($!)
}

calm() {
    [ -e "$CLUSTER/calm" ]
}

# between LEAST MOST: sleeps that many tenths of a second, in small steps that calm ends.
between() {
    local tenths=$(($1 + RANDOM % ($2 - $1 + 1)))
    while [ $((tenths--)) -gt 0 ] && ! calm; do
        sleep 0.1
    done
}

one_of() {
    local choice=$((RANDOM % $# + 1))
    printf '%s\n' "${!choice}"
}

note() {
    printf '%s\n' "$2" >>"$CLUSTER/$1"
}

# The server goes down without a word, or in an orderly way that waits for the archive, and comes
# back, archiving by the command as it stands or, as many have it, with a shell around it that
# brings every failure down to what PostgreSQL tries again a second later: after a signal it would
# wait for ten.
server_actor() {
    local mode
    while between 30 150 && ! calm; do
        mode=$(one_of immediate immediate immediate fast)
        cluster_stop primary "$mode" || cluster_stop primary immediate || true
        note stops.log "$mode"
        settings | sed "/^archive_command/s/'\$/$(one_of '' ' || exit 125')'/" |
            cluster_configure primary
        server_started || return
    done
}

server_started() {
    local try
    for try in 1 2 3 4 5; do
        cluster_run pg_ctl -D primary status >/dev/null && return
        cluster_start primary && return
        sleep "$try"
    done
    note failures.log "the server didn't start again"
    return 1
}

# Base backups, one after the other, compressed by a filter. What ends with 0 is whole. The first
# was taken before the storm.
backup_actor() {
    local number=1 name
    until calm; do
        name=base-$((++number)).tar.walseal
        base_backup "$name" &
        echo $! >"$CLUSTER/backup.pid"
        if wait $!; then
            note whole.log "$name"
        else
            note broken.log "$name"
        fi
        rm "$CLUSTER/backup.pid"
        between 5 60
    done
}

base_backup() {
    SERVER=primary cluster_run base-backup -k "$CLUSTER_KEY" "${BASE_TO[@]}" -c 'zstd -q' -n "$1" \
        -- -c fast >/dev/null 2>>"$CLUSTER/backups.log"
}

# weather_actor LOG FAIR WEATHER...: fair for FAIR tenths of a second at most, then one of these for
# three seconds at most, and so on.
weather_actor() {
    local log=$1 fair=$2 kind
    shift 2
    until calm; do
        between $((fair / 4)) "$fair"
        kind=$(one_of "$@")
        weather "$kind" && note "$log" "$kind"
        between 2 30
        weather fair
    done
}

# clients: in the background until $CLUSTER/over is there.
clients() {
    local client
    for ((client = 1; client <= CLIENTS; client++)); do
        cluster_run client "$client" $((CHAOS_SEED + client)) >"$CLUSTER/acknowledged.$client" &
        ACTORS+=($!)
    done
}

# killer SCENE SEED END [MOST]: see there.
killer() {
    (cd "$CLUSTER" && exec "$CHAOS/killer" "$@" >>"$CLUSTER/kills.log")
}

storm_begins() {
    clients
    base_backup base-1.tar.walseal && note whole.log base-1.tar.walseal
    actor 1 server_actor
    actor 2 backup_actor
    actor 3 weather_actor weather.log 60 "${WEATHERS[@]}"
    actor 4 killer archive $((CHAOS_SEED + 11)) calm
    actor 5 killer backup $((CHAOS_SEED + 12)) calm
}

# Waits for all but the clients.
storm_ends() {
    touch "$CLUSTER/calm"
    wait "${ACTORS[@]:CLIENTS}" || true
    weather fair
    server_started
}

clients_end() {
    touch "$CLUSTER/over"
    wait "${ACTORS[@]:0:CLIENTS}" || true
    ACTORS=()
}
