#!/usr/bin/env bats
# Where secrets are in the memory of the process, at every stage of its life: waiting for input, in
# the middle, waiting for whoever takes its output, at the end, where main has returned.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
load ../helper

PGP=$BATS_TEST_DIRNAME/../vectors/openpgp

setup() {
    helper_setup
    make_key key
    KEY=$(cat key)
    random_file 6000000 plain
    mkfifo in out
}

teardown() {
    [ -z "${pid-}" ] || kill -9 "$pid" 2>/dev/null || true
}

# The memory of a process that made itself undumpable is root's alone to read.
can_look() {
    local why=
    case $BUILD in *sanitize*) why="a sanitizer's memory is another" ;; esac
    [ "$(id -u)" -eq 0 ] || why='only root can look into the process'
    "$WALSEAL" check -k key | grep -q 'memory lock: keys stay out of swap' || why='nothing can be locked here'
    "$WALSEAL" check --sandbox=require -k key >/dev/null 2>&1 || why='there is no sandbox to wait for'
    [ -z "$why" ] || {
        echo "# skipped: $why" >&3
        return 1
    }
}

# search NAME=SECRET...: what of them is in the memory of $pid, as lines in the file found.
search() {
    "$BUILD/tools/memory_search" "$pid" "$@" >found || flunk "$pid can't be looked into"
}

# Each occurrence that was found is kept in one of the $ways.
kept() {
    ! grep -vE " ($ways)\$" found || flunk 'kept otherwise'
}

nothing_found() {
    [ ! -s found ] || flunk "still there: $(cat found)"
}

# start COMMAND...: walseal, whose input is descriptor 7 and whose output is descriptor 8, both still
# to be used. It will stop at its end.
start() {
    LD_PRELOAD=$BUILD/tools/stop_at_end.so "$WALSEAL" "$@" <in >out &
    pid=$!
    exec 7>in 8<out
    wait_until 30 is_inside
}

# Whether it is in the sandbox: keys are loaded, and nothing of the input was looked at.
is_inside() {
    grep -q '^Seccomp:.2' "/proc/$pid/status"
}

is_stopped() {
    [ "$(ps -o state= -p "$pid")" = T ]
}

# unread FD: the bytes in a pipe, and those that it can hold.
unread() {
    perl -e '$n = pack "i", 0; ioctl(STDIN, 0x541b, $n) or die;
        print unpack("i", $n), " ", fcntl(STDIN, 1032, 0), "\n"' <&"$1"
}

is_taken() {
    [ "$(unread 7)" != "${unread_before-}" ] && [ "$(unread 7 | cut -d' ' -f1)" -eq 0 ]
}

is_full() {
    local bytes size
    read -r bytes size < <(unread 8)
    [ $((bytes + 65536)) -ge "$size" ]
}

# all_stages INPUT COMMAND... -- NAME=SECRET...: while COMMAND reads INPUT the secrets are kept as kept
# is told by $ways, and at its end they are nowhere. In the middle some are there.
all_stages() {
    local input=$1 command=()
    shift
    while [ "$1" != -- ]; do
        command+=("$1")
        shift
    done
    shift
    start "${command[@]}"
    # waiting for its input
    search "$@" && kept || return 1
    # in the middle of it
    head -c 500000 "$input" >&7
    wait_until 30 is_taken
    search "$@" && kept || return 1
    [ -s found ] || flunk 'nothing was there, so nothing is proven' || return 1
    # waiting for whoever takes its output
    tail -c +500001 "$input" >&7 &
    exec 7>&-
    wait_until 30 is_full
    search "$@" && kept || return 1
    [ -s found ] || flunk 'nothing was there, so nothing is proven' || return 1
    # at its end
    cat <&8 >result
    wait_until 30 is_stopped
    search "$@" && nothing_found || return 1
    kill -CONT "$pid"
    wait "$pid"
    pid=
}

hex_of() {
    od -An -v -tx1 | tr -d ' \n'
}

# A sodium stream's own key is derived from the key; OpenSSL works with it in its own memory.
@test "a sodium key is in guarded memory alone, in every stage, and nowhere at the end" {
    can_look || return 0
    "$WALSEAL" encrypt -k key -o sealed plain
    ways=guarded
    all_stages plain encrypt -k key -- key="$KEY" text=text:"$KEY"
    assert_same plain <("$WALSEAL" decrypt -k key result)
    all_stages sealed decrypt -k key -- key="$KEY" text=text:"$KEY"
    assert_same plain result
    all_stages sealed decrypt -T 1 -k key -- key="$KEY" text=text:"$KEY"
    WALG_LIBSODIUM_KEY=$KEY WALG_LIBSODIUM_KEY_TRANSFORM=hex \
        all_stages sealed decrypt -- key="$KEY" text=text:"$KEY"
    ways='guarded|open'
    all_stages sealed decrypt -k key -- "stream=stream:$KEY:$(head -c 24 sealed | hex_of)"
    all_stages sealed rekey -k key -n key -- key="$KEY" text=text:"$KEY"
}

# session_key MESSAGE KEY [PASSPHRASE_FILE]: as gpg finds it.
session_key() {
    local home found
    home=$(mktemp -d "$T/gpg.XXXXXX")
    local gpg=(gpg --homedir "$home" --batch --pinentry-mode loopback
        --passphrase-file "${3:-/dev/null}")
    "${gpg[@]}" --import "$2" 2>/dev/null
    found=$("${gpg[@]}" --show-session-key --decrypt "$1" 2>&1 >/dev/null || true)
    gpgconf --homedir "$home" --kill all
    sed -n "s/.*session key: '[0-9]*:\([0-9A-F]*\)'.*/\1/p" <<<"$found" | grep .
}

numbers_of() {
    "$ROOT/tests/tools/secret_numbers" "$1" | sed 's/^/number=/'
}

# The passphrase and what the secret key consists of, in guarded memory; the session key, where it is
# worked with, in libgcrypt's locked memory.
@test "an OpenPGP key, its passphrase and the session key are kept likewise when decrypting" {
    can_look || return 0
    local name session numbers
    "$WALSEAL" keygen openpgp -o curve.sec.asc --public curve.pub.asc
    cp "$PGP/walg/rsa.sec.asc" "$PGP/walg/rsa.pub.asc" .
    for name in curve rsa; do
        "$WALSEAL" encrypt -k "$name.pub.asc" -o message plain
        session=$(session_key message "$name.sec.asc")
        mapfile -t numbers < <(numbers_of "$name.sec.asc")
        [ ${#numbers[@]} -ge 2 ]
        ways=guarded
        all_stages message decrypt -k "$name.sec.asc" -- "${numbers[@]}" \
            text=text:"$(sed -n 6p "$name.sec.asc")"
        assert_same plain result
        ways='guarded|locked'
        all_stages message decrypt -k "$name.sec.asc" -- session="$session"
    done
    local pass=$PGP/walg/rsapass.pass
    "$WALSEAL" encrypt -k "$PGP/walg/rsapass.pub.asc" -o message plain
    session=$(session_key message "$PGP/walg/rsapass.sec.asc" "$pass")
    all_stages message decrypt -k "$PGP/walg/rsapass.sec.asc" -p "$pass" -- session="$session"
    ways=guarded
    all_stages message decrypt -k "$PGP/walg/rsapass.sec.asc" -p "$pass" -- \
        passphrase=text:"$(cat "$pass")"
    WALG_PGP_KEY=$(cat "$PGP/walg/rsapass.sec.asc") WALG_PGP_KEY_PASSPHRASE=$(cat "$pass") \
        all_stages message decrypt -- passphrase=text:"$(cat "$pass")" \
        text=text:"$(sed -n 6p "$PGP/walg/rsapass.sec.asc")"
}

@test "the session key is kept likewise when encrypting, and nowhere at the end" {
    can_look || return 0
    local session
    start encrypt -k "$PGP/walg/rsa.pub.asc"
    cat plain >&7 &
    exec 7>&-
    wait_until 30 is_full
    # what it has written by now says for whom, and with which key
    head -c 200000 <&8 >result
    session=$(session_key result "$PGP/walg/rsa.sec.asc")
    ways='guarded|locked'
    search session="$session" && kept
    [ -s found ]
    cat <&8 >>result
    wait_until 30 is_stopped
    search session="$session" && nothing_found
    kill -CONT "$pid"
    wait "$pid"
    pid=
    assert_same plain <("$WALSEAL" decrypt -k "$PGP/walg/rsa.sec.asc" result)
}

@test "the process that watches over the commands, and they, have none of it" {
    can_look || return 0
    local secrets other
    "$WALSEAL" encrypt -k "$PGP/walg/rsapass.pub.asc" -o message plain
    secrets=(passphrase=text:"$(cat "$PGP/walg/rsapass.pass")"
        text=text:"$(sed -n 6p "$PGP/walg/rsapass.sec.asc")" key="$KEY" hex=text:"$KEY")
    WALG_LIBSODIUM_KEY=$KEY WALG_LIBSODIUM_KEY_TRANSFORM=hex WALG_ENVELOPE_PGP_KEY=$KEY \
        WALG_PGP_KEY_PASSPHRASE=$(cat "$PGP/walg/rsapass.pass") \
        "$WALSEAL" decrypt -k "$PGP/walg/rsapass.sec.asc" -k key --filter cat --to 'sleep 60' <message &
    pid=$!
    wait_until 30 is_inside
    local program=$pid
    for other in $(pgrep -P "$(pgrep -P "$program")") $(pgrep -P "$program"); do
        pid=$other
        search "${secrets[@]}" && nothing_found
    done
    pid=$program
    ways=guarded
    search "${secrets[@]}" && kept
    [ -s found ]
    kill -TERM "$program"
    wait "$program" || true
    pid=
}

@test "another process of the same user can't look, and a crash leaves no core" {
    case $BUILD in *sanitize*) echo "# skipped: a sanitizer ends it in its own way" >&3 && return 0 ;; esac
    "$WALSEAL" check --sandbox=require -k key >/dev/null 2>&1 ||
        { echo "# skipped: there is no sandbox to wait for" >&3 && return 0; }
    cat >crash.pl <<'END'
my ($search, @command) = @ARGV;
pipe my $read, my $write or die;
my $pid = fork // die;
if (!$pid) {
    open STDIN, '<&', $read or die;
    exec @command or die;
}
my $inside = 0;
until ($inside) {
    open my $status, '<', "/proc/$pid/status" or die;
    $inside = grep { /^Seccomp:\t2/ } <$status>;
}
system $search, $pid, 'key=text:x';
kill 'SEGV', $pid;
waitpid $pid, 0;
printf "signal %d, core %d\n", $? & 127, $? & 128;
END
    run_status as_nonroot sh -c 'ulimit -c unlimited 2>/dev/null; exec "$@" >seen' sh \
        perl crash.pl "$BUILD/tools/memory_search" "$WALSEAL" encrypt -k key -o sealed
    assert_status 0
    assert_stderr_has "the process can't be looked into"
    [ "$(cat seen)" = 'signal 11, core 0' ] || flunk "$(cat seen)"
}
