# More than 4 GiB through pipes, both ways: with INTEROP_HUGE=1 only. What it took is told as a
# comment of the TAP output.
# shellcheck shell=bash disable=SC2154 # made sets key
bats_require_minimum_version 1.5.0
load interop

SIZE=$((4 * 1024 * 1024 * 1024 + 1))

setup() {
    [ "${INTEROP_HUGE-}" = 1 ] || skip "it takes minutes: make check-interop INTEROP_HUGE=1"
    interop_setup gpg
    made gpg cv25519
}

teardown() {
    interop_leave
}

# bytes: the same SIZE bytes in each run. openssl ends by SIGPIPE, which is no failure here.
bytes() {
    { openssl enc -aes-128-ctr -nosalt -K 0 -iv 0 -in /dev/zero 2>/dev/null || true; } |
        head -c $SIZE
}

# measured COMMAND...: runs it; says the seconds it took and how much memory was resident.
measured() {
    perl -MTime::HiRes=time -e 'my $start = time; my $pid = fork // die "$!\n";
        $pid or exec @ARGV or die "$ARGV[0]: $!\n";
        my $most = 0;
        while (waitpid($pid, 1) == 0) {
            open my $status, "<", "/proc/$pid/status" or next;
            /^VmHWM:\s*(\d+)/ and $1 > $most and $most = $1 while <$status>;
            select undef, undef, undef, 0.05;
        }
        my $ended = $?;
        open my $out, ">>", "measured" or die "$!\n";
        printf $out "%.1f %d %s\n", time - $start, $most, join " ", @ARGV[0, 1];
        exit($ended >> 8 || $ended)' -- "$@"
}

# tell: what was measured; walseal has stayed within 48 MiB.
tell() {
    local seconds kib command
    while read -r seconds kib command; do
        printf '# %s: %s s, %d MiB resident\n' "${command##*/}" "$seconds" $((kib / 1024)) >&3
        case $command in
        *walseal*) [ "$kib" -le 49152 ] || flunk "$command: $kib KiB resident" || return 1 ;;
        esac
    done <measured
}

@test "gpg opens more than 4 GiB of walseal's" {
    set -o pipefail
    bytes | sha256sum >expected
    gpg_quietly --import "$key"
    bytes | measured "$WALSEAL" encrypt -k "$key.pub" |
        measured gpg --batch --quiet --decrypt | sha256sum >found
    assert_same expected found
    tell
}

@test "walseal opens more than 4 GiB of gpg's" {
    set -o pipefail
    bytes | sha256sum >expected
    bytes | measured gpg --batch --quiet -z0 --recipient-file "$key.pub" --encrypt |
        measured "$WALSEAL" decrypt -k "$key" | sha256sum >found
    assert_same expected found
    tell
}
