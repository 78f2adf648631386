#!/usr/bin/env bats
# What the process gives up before it looks at its input; and that it goes on where it can't.
# All other tests of the command line run inside as well, since that is the default.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
load ../helper

setup() {
    helper_setup
    make_key key
    random_file 3000000 plain
    "$WALSEAL" encrypt --sandbox=off -k key -o sealed plain
}

# needs_kernel: the test is of what the kernel of this machine can; run_status shows why it can't.
needs_kernel() {
    run_status "$WALSEAL" check --sandbox=require -k key
    [ "$status" -eq 0 ] || {
        echo "# skipped: $stderr" >&3
        return 1
    }
}

# each_command OPTION...: every command that reads what strangers may have made ends well with them.
each_command() {
    local pgp=$VECTORS/openpgp/walg
    run_status "$WALSEAL" encrypt "$@" -k key -o new plain && assert_status 0 || return 1
    run_status "$WALSEAL" encrypt "$@" -k key --no-clobber -o new plain && assert_status 0 || return 1
    run_status "$WALSEAL" encrypt "$@" -k "$pgp/rsa.pub.asc" -o new plain && assert_status 0 || return 1
    run_status "$WALSEAL" decrypt "$@" -k "$pgp/rsa.sec.asc" -o out new && assert_status 0 || return 1
    assert_same plain out || return 1
    run_status "$WALSEAL" decrypt "$@" -k key -o out --from 'cat sealed' && assert_status 0 || return 1
    run_status "$WALSEAL" verify "$@" -k key sealed && assert_status 0 || return 1
    mkdir -p archive/sub
    ln -sf "$PWD/sealed" archive/sub/link
    run_status "$WALSEAL" verify "$@" -k key sealed archive && assert_status 0 || return 1
    run_status "$WALSEAL" rekey "$@" -k key -n key -o new sealed && assert_status 0 || return 1
    run_status "$WALSEAL" inspect "$@" sealed plain key && assert_status 0 || return 1
    run_status "$WALSEAL" check "$@" -k key && assert_status 0
}

@test "every command works inside, and says so" {
    needs_kernel || return 0
    each_command --sandbox=require
    run_status "$WALSEAL" decrypt -v -k key -o out sealed
    assert_stderr_has 'sandbox: system calls limited (seccomp'
    assert_stderr_has 'files limited (Landlock, version '
}

@test "without a sandbox everything works as well, and -v says so" {
    each_command --sandbox=off
    run_status "$WALSEAL" decrypt -v --sandbox=off -k key -o out sealed
    assert_stderr_has 'sandbox: off'
    run_status "$WALSEAL" check --sandbox=off -k key
    assert_status 0
    grep -q '^ok: sandbox: off$' stdout
}

@test "what the kernel or a container refuses is done without, unless it is required" {
    needs_kernel || return 0
    local what errno text
    while read -r what errno text; do
        run_status "$BUILD/tools/refuse" "$what" "$errno" "$WALSEAL" decrypt -v -k key -o out sealed
        assert_status 0
        assert_same plain out
        assert_stderr_has "$text"
        rm out
        run_status "$BUILD/tools/refuse" "$what" "$errno" "$WALSEAL" decrypt --sandbox=require -k key \
            -o out sealed
        assert_status 203
        assert_one_line_error '--sandbox=require: ' "$text"
        assert_absent out
        run_status "$BUILD/tools/refuse" "$what" "$errno" "$WALSEAL" encrypt --sandbox=require -k key \
            --to 'cat >out2; mv out2 out' plain
        assert_status 103
        assert_absent out
    done <<'END'
calls 1 system calls not limited (seccomp: Operation not permitted)
calls 38 system calls not limited (seccomp: Function not implemented)
files 1 files not limited (Landlock: Operation not permitted)
files 38 files not limited (Landlock: Function not implemented)
files 95 files not limited (Landlock: Operation not supported)
both 1 system calls not limited (seccomp: Operation not permitted), files not limited (Landlock: Op
both 38 system calls not limited (seccomp: Function not implemented), files not limited (Landlock: F
privileges 1 system calls not limited (seccomp: Operation not permitted), files not limited (Landloc
END
}

@test "every command goes on where seccomp, Landlock or both are refused" {
    needs_kernel || return 0
    local what
    for what in calls files both privileges; do
        printf '#!/bin/sh\nexec "%s" %s 38 "%s" "$@"\n' "$BUILD/tools/refuse" "$what" "$WALSEAL" >walseal
        chmod +x walseal
        WALSEAL=$PWD/walseal each_command --sandbox=auto
    done
}

@test "check tells what is in force, and is content with it unless it is required" {
    needs_kernel || return 0
    run_status "$BUILD/tools/refuse" both 1 "$WALSEAL" check -k key
    assert_status 0
    grep -q '^ok: sandbox: system calls not limited (seccomp: Operation not permitted), ' stdout
    run_status "$BUILD/tools/refuse" files 38 "$WALSEAL" check --json -k key
    assert_status 0
    grep -q '"limits_calls":true,"limits_files":false,' stdout
    run_status "$BUILD/tools/refuse" files 38 "$WALSEAL" check --sandbox=require -k key
    assert_status 103
}

@test "a sandbox is auto, require or off" {
    run_status "$WALSEAL" decrypt --sandbox=no -k key sealed
    assert_status 201
    assert_one_line_error '--sandbox: "no" is neither auto, require nor off'
    run_status "$WALSEAL" keygen --sandbox=require
    assert_status 101
}

# An intruder inside: tests/tools/intruder.c.

# intrude DEED COMMAND...: COMMAND, in which DEED is tried while it reads its standard input.
intrude() {
    local deed=$1
    shift
    run_status env LD_PRELOAD="$BUILD/tools/intruder.so" INTRUDER="$deed" "$@"
}

# The sanitizers have to be the first library, and a build with instruments allows itself more.
needs_intruder() {
    needs_kernel || return 1
    case $BUILD in
    *sanitize* | *coverage*) echo "# skipped: instruments need more system calls" >&3 && return 1 ;;
    esac
}

# Where a file is made, what a killed run left is opened for writing too: see below.
KILLING='make-file make-unnamed make-directory remove change-mode socket unix-socket exec
    fork vfork signal-parent signal-thread trace map-code make-code type be-told dump become'

@test "without a sandbox an intruder does as it likes" {
    needs_intruder || return 0
    local deed
    for deed in read-file make-unnamed socket unix-socket fork clone3 signal-parent map-code; do
        intrude "$deed" "$WALSEAL" decrypt --sandbox=off -k key -o out <sealed
        assert_status 0
        assert_stderr_has 'intruder: done'
    done
}

@test "whatever an intruder tries inside kills the process, and nothing comes out" {
    needs_intruder || return 0
    local deed
    for deed in $KILLING write-file read-file; do
        intrude "$deed" "$WALSEAL" decrypt -k key <sealed
        assert_status $((128 + 31))
        assert_silent
        assert_no_output
    done
    for deed in $KILLING; do
        intrude "$deed" "$WALSEAL" decrypt -k key -o out <sealed
        assert_status $((128 + 31))
        assert_silent
    done
    intrude clone3 "$WALSEAL" decrypt -k key -o out <sealed
    assert_status 0
    assert_stderr_has 'intruder: Function not implemented'
    assert_only . home key plain sealed out stdout stderr
}

@test "files elsewhere can't be opened where files are made or read" {
    needs_intruder || return 0
    mkdir outputs
    cp sealed copy
    intrude read-file "$WALSEAL" decrypt -k key -o outputs/out <sealed
    assert_status 0
    assert_stderr_has 'intruder: Permission denied'
    assert_same plain outputs/out
    intrude write-file "$WALSEAL" decrypt -k key -o outputs/out <sealed
    assert_status 0
    assert_stderr_has 'intruder: Permission denied'
    assert_same plain outputs/out
    intrude read-file "$WALSEAL" verify -k key - sealed <copy
    assert_status 0
    assert_stderr_has 'intruder: Permission denied'
    intrude read-file "$WALSEAL" inspect - sealed <copy
    assert_status 0
    assert_stderr_has 'intruder: Permission denied'
}

@test "each command is inside before it reads what strangers may have made" {
    needs_intruder || return 0
    local pgp=$VECTORS/openpgp/walg deed
    "$WALSEAL" encrypt -k "$pgp/rsa.pub.asc" -o message plain
    for deed in exec socket fork; do
        while read -r line; do
            # shellcheck disable=SC2086 # words of a command line
            intrude "$deed" "$WALSEAL" ${line#* } <"${line%% *}"
            [ "$status" -eq $((128 + 31)) ] || flunk "went on: $line"
        done <<END
plain encrypt -k key
plain encrypt -k $pgp/rsa.pub.asc -o out
plain encrypt -k key --no-clobber -o sealed
sealed decrypt -k key
message decrypt -k $pgp/rsa.sec.asc
sealed verify -k key
sealed verify -k key plain -
sealed rekey -k key -n key
sealed inspect
sealed inspect -
END
    done
}

@test "every thread is inside" {
    needs_intruder || return 0
    random_file 30000000 plain
    "$WALSEAL" encrypt -k key -o sealed plain
    local at
    for at in 2 10 25; do
        INTRUDER_AT=$at intrude exec "$WALSEAL" decrypt -T 4 -k key -o out <sealed
        assert_status $((128 + 31))
        assert_silent
        assert_absent out
    done
}

@test "who is killed inside leaves no command that could take its end for a good one" {
    needs_intruder || return 0
    intrude exec "$WALSEAL" decrypt -k key --filter cat --to 'cat >part; mv part whole' <sealed
    assert_status $((128 + 31))
    assert_absent whole
}

@test "what malloc gives back, and by which settings, is no reason to be ended" {
    local setting name good=$VECTORS/openpgp/good
    for setting in WALSEAL_NONE= MALLOC_TOP_PAD_=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=0 \
        MALLOC_MMAP_THRESHOLD_=100000000 GLIBC_TUNABLES=glibc.malloc.hugetlb=2; do
        for name in compress-nested-two compress-bzip2-gpg; do
            run_status env "$setting" "$WALSEAL" rekey -T 4 -k "$good/$name/key" -n key \
                "$good/$name/message.pgp"
            assert_status 0
            "$WALSEAL" decrypt -k key -o out stdout && assert_same "$good/$name/plain" out
        done
        run_status env "$setting" "$WALSEAL" decrypt -T 4 -k key sealed
        assert_status 0
    done
}
