# What an enemy makes, for hostile.bats:  load hostile
# shellcheck shell=bash

# hostile KIND ARGUMENT...: packets on standard output, the same ones every time.
#   hidden-rsa N OCTETS       N hidden recipients of RSA
#   passphrases N             N passphrase packets, each with the highest iteration count
#   argon2 N PASSES EXPONENT  N of version 6, of 2^EXPONENT KiB each
#   data VERSION              a container that no key opens
#   keys N, subkeys N         of Ed25519, and of Curve25519; no signature is right
#   user-ids N LEN [OCTET]    each of LEN octets
#   signatures N              over the packet before, none of them right
#   dsa BITS N                a DSA key with N signatures, of which each looks right but to arithmetic
#   fill TAG LEN              a packet of LEN zero octets
hostile() {
    perl -MDigest::SHA=sha256 -e '
        use strict; use warnings; binmode STDOUT; srand 1;
        my ($kind, $n, @more) = @ARGV;
        sub octets { join "", map chr int rand 256, 1 .. $_[0] }
        sub packet { chr(0xC0 | $_[0]) . "\xFF" . pack("N", length $_[1]) . $_[1] }
        sub number {
            my $text = unpack("B*", $_[0]) =~ s/^0+//r;
            pack("n", length $text) . $_[0] =~ s/^\0+//r;
        }
        my $created = 1640995200;
        sub key { "\4" . pack("N", $created + $_[0]) . $_[1] }
        my $ed25519 = "\x16\x09\x2B\x06\x01\x04\x01\xDA\x47\x0F\x01";
        my $cv25519 = "\x12\x0A\x2B\x06\x01\x04\x01\x97\x55\x01\x05\x01";
        sub hashed { "\4" . chr($_[0]) . $_[1] . "\x08" . pack("n", 6) . "\5\2" . pack("N", $created + $_[2]) }
        sub two_numbers { number("\x40" . octets(31)) . number("\x40" . octets(31)) }
        my %make = (
            "hidden-rsa" => sub { print packet(1, "\3" . "\0" x 8 . "\1" . number("\x7F" . octets($more[0] - 1))) for 1 .. $n },
            passphrases => sub { print packet(3, "\4\x09\3\x0A" . octets(8) . "\xFF" . octets(33)) for 1 .. $n },
            argon2 => sub { print packet(3, "\6\x26\x09\x02\x14\4" . octets(16) . chr($more[0]) . "\1" . chr($more[1]) . octets(15 + 48)) for 1 .. $n },
            data => sub { print packet(18, ($n == 1 ? "\1" : "\2\x09\2\6" . octets(32)) . octets(60)) },
            keys => sub { print packet(6, key($_, $ed25519 . number("\x40" . octets(32)))) for 1 .. $n },
            subkeys => sub { print packet(14, key($_, $cv25519 . number("\x40" . octets(32)) . "\3\1\x08\x07")) for 1 .. $n },
            "user-ids" => sub { print packet(13, "$_" . chr($more[1] // 0x75) x ($more[0] - length $_)) for 1 .. $n },
            signatures => sub { print packet(2, hashed(0x13, "\x16", $_) . "\0\0" . octets(2) . two_numbers()) for 1 .. $n },
            fill => sub { print chr(0xC0 | $n), "\xFF", pack("N", $more[0]); print "\0" x (1 << 20) for 1 .. $more[0] >> 20 },
            dsa => sub {
                my $p = sub { number("\xFF" . octets($_[0] / 8 - 2) . "\xFF") };
                my $key = key(0, "\x11" . $p->($n) . $p->(256) . number("\3") . number("\5" . octets($n / 8 - 2)));
                print packet(6, $key);
                for my $i (1 .. $more[0]) {
                    print packet(13, "user $i") if $i % 64 == 0;
                    my $hashed = hashed(0x1F, "\x11", $i);
                    my $sum = sha256("\x99" . pack("n", length $key) . $key . $hashed . "\4\xFF" . pack("N", length $hashed));
                    print packet(2, $hashed . "\0\0" . substr($sum, 0, 2) . two_numbers());
                }
            },
        );
        $make{$kind}->();' -- "$@"
}

# deflated, bzipped: the packets on standard input, in one packet that is compressed.
deflated() {
    perl -MCompress::Raw::Zlib -e 'binmode STDOUT; my $all = "\x01"; my $at = 1;
        my $deflate = Compress::Raw::Zlib::Deflate->new(-WindowBits => -15, -AppendOutput => 1);
        while (read STDIN, my $part, 1 << 16) { $deflate->deflate($part, $all) }
        $deflate->flush($all);
        print "\xC8\xFF", pack("N", length $all), $all'
}

bzipped() {
    perl -MCompress::Raw::Bzip2 -e 'binmode STDOUT; my $all = "\x03";
        my $bzip2 = Compress::Raw::Bzip2->new(1, 9);
        while (read STDIN, my $part, 1 << 16) { $bzip2->bzdeflate($part, $all) }
        $bzip2->bzclose($all);
        print "\xC8\xFF", pack("N", length $all), $all'
}

# zeros MIB: a literal packet of so many.
zeros() {
    perl -e 'binmode STDOUT; print "\xCB\xFF", pack("N", ($ARGV[0] << 20) + 6), "b\0\0\0\0\0";
        print "\0" x (1 << 20) for 1 .. $ARGV[0]' -- "$1"
}

# costs SECONDS MIB COMMAND...: runs it as run_status does, with so much processor time and so many
# addresses and no more; who takes more dies of a signal, or says that there is no memory. A build with
# instruments takes both in other amounts, and so does an emulator.
costs() {
    local seconds=$1 kib=$(($2 * 1024))
    shift 2
    case $BUILD in *sanitize* | *coverage* | *machine-*) seconds=$((seconds * 20)) kib=unlimited ;; esac
    # shellcheck disable=SC2016 # the inner shell expands them
    run_status bash -c 'ulimit -t "$1" -v "$2" && shift 2 && exec "$@"' bash "$seconds" "$kib" "$@"
}
