# What every bats file loads:  load ../helper   (from tests/cli, tests/e2e)
#
# Set for the tests:
#   $WALSEAL   the program under test, an absolute path
#   $BUILD     the folder it was built in
#   $ROOT      the top of the source tree
#   $VECTORS   $ROOT/tests/vectors
#   $T         this test's own folder (BATS_TEST_TMPDIR), empty at its start, removed by bats;
#              set by the first call of a helper or by helper_setup
#   $HOME      an empty folder; no WALG_* variable is set
#
#   $OTHER_BUILD  set where $WALSEAL is one more build of what is tested already, for another
#              processor or with a sanitizer in it: what differs by nothing but threads, say, isn't
#              tried in each way there
#   $EMULATOR  set where $WALSEAL is for another processor, and emulated (tests/arch/run)
#
# A file with its own setup() calls helper_setup first; without one nothing is to be done.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

ROOT=${BATS_TEST_DIRNAME%/tests/*}
BUILD=${BUILD:-$ROOT/build}
case $BUILD in
/*) ;;
*) BUILD=$ROOT/$BUILD ;;
esac
WALSEAL=${WALSEAL:-$BUILD/walseal}
case $WALSEAL in
/*) ;;
*) WALSEAL=$ROOT/$WALSEAL ;;
esac
VECTORS=$ROOT/tests/vectors
OTHER_BUILD=
case $BUILD in
*/machine-* | */sanitize-*) OTHER_BUILD=1 ;;
esac
export ROOT BUILD WALSEAL VECTORS OTHER_BUILD
export LC_ALL=C TZ=UTC

# One key variable left over from the caller would decide every test.
unset "${!WALG_@}" "${!WALSEAL_@}"

helper_setup() {
    T=$BATS_TEST_TMPDIR
    mkdir -p "$T/home"
    export T HOME=$T/home
    cd "$T" || return 1
    # AddressSanitizer takes longer for its search for leaks than for all else: in one test of four.
    [ -n "${THOROUGH-}" ] || [ $((BATS_TEST_NUMBER % 4)) -eq 0 ] ||
        export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
}

setup() {
    helper_setup
}

# Ends the test with a message that shows what the last run_status did.
flunk() {
    printf '%s\n' "$*"
    if [ -n "${RUN_COMMAND-}" ]; then
        printf 'command: %s\nstatus:  %s\n' "$RUN_COMMAND" "$status"
        printf 'stdout:  %s bytes\nstderr:  %s\n' "$(wc -c <"$T/stdout")" "$stderr"
    fi
    return 1
}

# run_status COMMAND...: runs it whatever its status, binary-safe (bats' own run isn't).
# Leaves $status (128 + n for a signal), its streams in $T/stdout and $T/stderr, and the text of
# the latter in $stderr. Standard input is the caller's: redirect it or it is bats's.
run_status() {
    RUN_COMMAND=$*
    status=0
    "$@" >"$T/stdout" 2>"$T/stderr" || status=$?
    # qemu has a word of its own about a signal
    [ -z "${EMULATOR-}" ] || sed -i '/^qemu: uncaught target signal /d' "$T/stderr"
    read_stderr
}

# Thousands of commands are run: no process for what bash does itself. What $() would give, but for
# the zeros, of which it would complain.
read_stderr() {
    local parts
    mapfile -d '' -t parts <"$T/stderr"
    printf -v stderr '%s' "${parts[@]}"
    while [[ $stderr == *$'\n' ]]; do
        stderr=${stderr%$'\n'}
    done
}

# not_emulated WHY: skips the rest of the test where the program runs under an emulator.
not_emulated() {
    [ -z "${EMULATOR-}" ] || skip "emulated: $1"
}

# assert_status N: of the last run_status.
assert_status() {
    [ "$status" -eq "$1" ] || flunk "expected status $1, got $status"
}

# assert_silent: it wrote nothing on standard error.
assert_silent() {
    [ ! -s "$T/stderr" ] || flunk "expected nothing on standard error"
}

# assert_no_output: it wrote nothing on standard output.
assert_no_output() {
    [ ! -s "$T/stdout" ] || flunk "expected nothing on standard output"
}

# assert_one_line_error [TEXT]...: exactly one line on standard error, in the house's form (starts
# "walseal: ", ends without a full stop), with every TEXT in it.
assert_one_line_error() {
    local text lines
    mapfile lines <"$T/stderr"
    [[ ${#lines[@]} -eq 1 && ${lines[0]} == *$'\n' ]] ||
        flunk "expected one line on standard error" || return 1
    case $stderr in
    'walseal: '*.) flunk "the message ends in a full stop" || return 1 ;;
    'walseal: '?*) ;;
    *) flunk "the message doesn't start with 'walseal: '" || return 1 ;;
    esac
    for text in "$@"; do
        assert_stderr_has "$text" || return 1
    done
}

# assert_stderr_has TEXT, assert_stderr_lacks TEXT: a plain substring.
assert_stderr_has() {
    case $stderr in
    *"$1"*) ;;
    *) flunk "not on standard error: $1" ;;
    esac
}

assert_stderr_lacks() {
    case $stderr in
    *"$1"*) flunk "on standard error: $1" ;;
    esac
}

# assert_same FILE FILE: byte for byte.
assert_same() {
    cmp -- "$1" "$2" || flunk "the files differ: $1 $2"
}

# assert_prefix PART WHOLE: PART is the start of WHOLE, or all of it.
assert_prefix() {
    cmp -n "$(wc -c <"$1")" -- "$1" "$2" || flunk "not a prefix: $1 of $2"
}

# assert_absent PATH...: nothing is there, not even a dangling link.
assert_absent() {
    local path
    for path in "$@"; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            flunk "still there: $path" || return 1
        fi
    done
}

# assert_only DIR NAME...: DIR holds exactly these, dot files included (no left-over temporary).
assert_only() {
    local dir=$1 found wanted
    shift
    found=$(find "$dir" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
    wanted=$(if [ $# -gt 0 ]; then printf '%s\n' "$@" | sort; fi)
    [ "$found" = "$wanted" ] || flunk "expected in $dir only: $*; found: ${found//$'\n'/ }"
}

# make_key FILE [hex|base64|none]: a new random key in that reading, without a newline, mode 0600.
# none: 32 bytes that no other reading accepts.
make_key() {
    local umask_before
    umask_before=$(umask)
    umask 077
    case ${2:-hex} in
    hex) openssl rand -hex 32 | tr -d '\n' >"$1" ;;
    base64) openssl rand -base64 32 | tr -d '\n' >"$1" ;;
    none) printf 'n_%s_n' "$(openssl rand -hex 14)" >"$1" ;;
    *) printf 'make_key: no reading called %s\n' "$2" && return 1 ;;
    esac
    umask "$umask_before"
}

# random_file SIZE [FILE]: SIZE random bytes in FILE (default $T/random.SIZE).
random_file() {
    head -c "$1" /dev/urandom >"${2:-$T/random.$1}"
}

# pattern_file SIZE [FILE]: SIZE bytes that are the same in every run (default $T/pattern.SIZE).
pattern_file() {
    openssl enc -aes-128-ctr -nosalt -K 0 -iv 0 -in /dev/zero 2>/dev/null | head -c "$1" \
        >"${2:-$T/pattern.$1}"
}

# repeated N FILE: prints it N times.
repeated() {
    perl -0777 -e 'print(<STDIN> x $ARGV[0])' -- "$1" <"$2"
}

# flip_bit FILE OFFSET [BIT]: damages FILE in place.
flip_bit() {
    perl -e 'my ($file, $offset, $bit) = @ARGV;
             open my $fh, "+<:raw", $file or die "$file: $!\n";
             seek $fh, $offset, 0; read($fh, my $byte, 1) == 1 or die "$file: too short\n";
             seek $fh, $offset, 0; print $fh chr(ord($byte) ^ (1 << $bit)); close $fh or die "$!\n"' \
        -- "$1" "$2" "${3:-0}"
}

# as_nonroot COMMAND...: with the rights of an ordinary owner. For root that means without any
# capability: permissions, memory-lock and process limits then count, while this test's private
# folders and a source tree below /root stay reachable (they aren't for "nobody").
as_nonroot() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"
    else
        "$@"
    fi
}

# in_full ALL PART: prints ALL where the tests are to be thorough (make check-thorough), else PART, of
# what is tried again and again, or of a long list.
in_full() {
    if [ -n "${THOROUGH-}" ]; then echo "$1"; else echo "$2"; fi
}

# working_in PATTERN: the ids of the processes whose working directory it fits, a line each.
working_in() {
    find /proc/[0-9]*/cwd -maxdepth 0 -lname "$1" -printf '%h\n' 2>/dev/null | cut -d/ -f3
}

# wait_until SECONDS COMMAND...: tries until COMMAND succeeds; false when the time is up.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}
