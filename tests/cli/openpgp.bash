# What the tests of OpenPGP on the command line share:  load openpgp
# shellcheck shell=bash disable=SC2034,SC2154 # for the tests; run_status sets status

PGP=$VECTORS/openpgp
WALG=$PGP/walg

# sealed OPTION...: the file plain, encrypted, in the file sealed.
sealed() {
    "$WALSEAL" encrypt -q "$@" plain >sealed
}

# opens COMMAND...: with sealed on standard input it gives plain, silently.
opens() {
    run_status "$@" <sealed
    assert_status 0 && assert_silent && assert_same plain stdout
}

# fails STATUS COMMAND... -- TEXT...: with sealed (or $STDIN) on standard input it ends so, with one
# line that has every TEXT, and not a byte comes out. No terminal is there to ask on.
fails() {
    local expected=$1 command=()
    shift
    while [ "$1" != -- ]; do
        command+=("$1")
        shift
    done
    shift
    run_status setsid -w "${command[@]}" <"${STDIN:-sealed}"
    assert_status "$expected" && assert_no_output && assert_one_line_error "$@"
}

# decrypts_case CASE OPTION...: decrypt with the key and passphrase of a vector, good/walg-rsa say.
decrypts_case() {
    local case=$PGP/$1 options=()
    shift
    [ ! -e "$case/key" ] || options+=(-k "$case/key")
    [ ! -e "$case/pass" ] || options+=(-p "$case/pass")
    run_status setsid -w "$WALSEAL" decrypt "${options[@]}" "$@" "$case/message.pgp"
}

# packets FILE FIRST COUNT: COUNT of the packets of a binary key or message, from number FIRST on.
packets() {
    perl -e '
        my ($file, $first, $count) = @ARGV;
        open my $in, "<:raw", $file or die "$file: $!\n";
        my $text = do { local $/; <$in> };
        binmode STDOUT;
        for (my ($at, $n) = (0, 0); $at < length $text; $n++) {
            my $start = $at;
            my $head = ord substr $text, $at++, 1;
            my $len;
            if ($head & 0x40) {
                my $one = ord substr $text, $at++, 1;
                if ($one < 192) { $len = $one }
                elsif ($one < 224) { $len = (($one - 192) << 8) + ord(substr $text, $at++, 1) + 192 }
                elsif ($one == 255) { $len = unpack "N", substr $text, $at, 4; $at += 4 }
                else { die "a partial length\n" }
            } else {
                my $octets = (1, 2, 4)[$head & 3] // die "an indeterminate length\n";
                $len = unpack "N", substr "\0\0\0" . substr($text, $at, $octets), -4;
                $at += $octets;
            }
            $at += $len;
            print substr $text, $start, $at - $start if $n >= $first && $n < $first + $count;
        }' -- "$1" "$2" "$3"
}

# literal MODE NAME: a literal packet of the plaintext on standard input, with a definite length.
literal() {
    perl -e 'my $text = do { local $/; <STDIN> } // ""; binmode STDOUT;
        my $body = $ARGV[0] . chr(length $ARGV[1]) . $ARGV[1] . "\0\0\0\0" . $text;
        print "\xCB\xFF" . pack("N", length $body) . $body' -- "$1" "${2-}"
}

# by_passphrase PASSPHRASE: the packets on standard input as a message that PASSPHRASE opens: SKESK
# version 4 with simple S2K and SHA-256, SEIPD version 1 with AES-256. Made without walseal.
by_passphrase() {
    local key
    key=$(printf '%s' "$1" | openssl dgst -sha256 -r | cut -c 1-64)
    perl -MDigest::SHA=sha1 -e 'my $text = do { local $/; <STDIN> } // ""; binmode STDOUT;
        my $all = "0123456789abcdefef" . $text . "\xD3\x14"; print $all . sha1($all)' |
        openssl enc -aes-256-cfb -K "$key" -iv 00000000000000000000000000000000 |
        perl -e 'my $text = do { local $/; <STDIN> }; binmode STDOUT;
            print "\xC3\x04\x04\x09\x00\x08\xD2\xFF" . pack("N", 1 + length $text) . "\x01" . $text'
}

# gpg as somebody who has never used it; skips the test where it isn't installed.
need_gpg() {
    command -v gpg >/dev/null || skip "gpg isn't installed"
    # the agent's socket needs a short name
    GNUPGHOME=$(mktemp -d "${TMPDIR:-/tmp}/walseal-gpg-XXXXXX")
    export GNUPGHOME
}

leave_gpg() {
    [ -n "${GNUPGHOME-}" ] || return 0
    gpgconf --kill all >/dev/null 2>&1 || true
    rm -rf -- "$GNUPGHOME"
}

# gpg_opens KEY FILE [PASSPHRASE]: what gpg decrypts FILE to.
gpg_opens() {
    gpg --batch --quiet --pinentry-mode loopback --passphrase "${3-}" --import "$1" &&
        gpg --batch --quiet --pinentry-mode loopback --passphrase "${3-}" --decrypt "$2"
}
