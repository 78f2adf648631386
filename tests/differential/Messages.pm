# Messages for tests/differential/run: whole ones of many kinds, and what becomes of them by one
# change. All of it comes from the seed and from tests/vectors: the same seed makes the same
# messages.
package Messages;
use strict;
use warnings;
use Compress::Raw::Bzip2;
use Compress::Raw::Zlib;
use Digest::SHA qw(sha1);
use File::Temp;
use MIME::Base64;
use Math::BigInt;

our $vectors = 'tests/vectors/openpgp/good';
our @keys = map "$vectors/$_/key", qw(cv25519-gpg rsa2048-gpg nistp256-gpg tag20-gpg24-partial);
# Messages of peers, to one of these keys.
our @bases = qw(cv25519-gpg rsa2048-gpg nistp256-gpg tag20-eax tag20-rnp tag20-gpg24-partial
    multi-recipient-last hidden-recipient compress-bzip2-gpg compress-zlib-gpg compress-none-gpg
    oldformat-headers partial-tiny seipd1-3des seipd1-camellia256 seipd1-twofish signed-gpg);

# An own generator, xorshift32: perl's may change.
my $state;

sub seed {
    $state = ($_[0] * 2654435761 + 1) & 0xFFFFFFFF || 1;
    below(2) for 1 .. 8;
}

sub below {
    $state = ($state ^ $state << 13) & 0xFFFFFFFF;
    $state ^= $state >> 17;
    $state = ($state ^ $state << 5) & 0xFFFFFFFF;
    return int($_[0] * $state / 4294967296);
}

sub one_of { $_[below(scalar @_)] }
sub octets { join '', map chr(below(256)), 1 .. $_[0] }

sub read_file {
    open my $file, '<:raw', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$file>;
}

sub dearmor {
    my ($text) = @_;
    return $text if $text !~ /^-----BEGIN PGP/m;
    $text =~ s/\r//g;
    my ($body) = $text =~ /\n\s*\n(.*?)(?:\n=.{4})?\n-----END/s;
    return decode_base64($body);
}

# --- packets

sub length_of {
    my ($len, $form) = @_;
    return pack 'N', $len if $form eq 'old';
    return "\xFF" . pack 'N', $len if $form eq 'long' || $len >= 8384;
    return chr $len if $len < 192;
    return pack 'n', $len - 192 + (192 << 8);
}

# forms: new, long, old, partial, indeterminate
sub packet {
    my ($tag, $body, $form) = @_;
    $form ||= 'new';
    $form = 'new' if $form =~ /old|indeterminate/ && $tag > 15;
    $form = 'new' if $form eq 'partial' && length $body < 512;
    return chr(0x80 | $tag << 2 | 2) . length_of(length $body, 'old') . $body if $form eq 'old';
    return chr(0x80 | $tag << 2 | 3) . $body if $form eq 'indeterminate';
    return chr(0xC0 | $tag) . length_of(length $body, $form) . $body if $form ne 'partial';
    my $all = chr(0xC0 | $tag);
    while (length $body >= 512) {
        $all .= "\xE9" . substr $body, 0, 512, '';
    }
    return $all . length_of(length $body, 'new') . $body;
}

# Each as [tag, body], from octets whose lengths are right; undef where they aren't.
sub split_packets {
    my ($all) = @_;
    my @packets;
    while (length $all) {
        my $head = ord substr $all, 0, 1, '';
        my ($tag, $body, $more) = ($head & 0x40 ? $head & 63 : $head >> 2 & 15, '', 1);
        return if !($head & 0x80);
        while ($more) {
            my $len;
            $more = 0;
            if (!($head & 0x40)) {
                my $n = (1, 2, 4, 0)[$head & 3];
                $len = length $all;
                $len = unpack 'N', substr "\0" x 4 . substr($all, 0, $n, ''), -4 if $n;
            } else {
                my $first = ord substr $all, 0, 1, '';
                if ($first < 192) { $len = $first }
                elsif ($first < 224) {
                    $len = (($first - 192) << 8) + 192 + ord substr $all, 0, 1, '';
                }
                elsif ($first == 255) { $len = unpack 'N', substr $all, 0, 4, '' }
                else { ($len, $more) = (1 << ($first & 31), 1) }
            }
            return if $len > length $all;
            $body .= substr $all, 0, $len, '';
        }
        push @packets, [$tag, $body];
    }
    return @packets;
}

# --- what is inside

sub literal {
    my ($plain, %how) = @_;
    my $name = $how{name} // '';
    return packet(11, ($how{mode} // 'b') . chr(length $name) . $name . pack('N', $how{date} // 0) .
        $plain, $how{form});
}

sub compressed {
    my ($algorithm, $inside, $form) = @_;
    my $out = '';
    if ($algorithm == 0) {
        $out = $inside;
    } elsif ($algorithm == 3) {
        my $bzip2 = Compress::Raw::Bzip2->new(1, 9);
        $bzip2->bzdeflate($inside, $out);
        $bzip2->bzclose($out);
    } else {
        my $deflate = Compress::Raw::Zlib::Deflate->new(
            -WindowBits => $algorithm == 1 ? -13 : 15, -AppendOutput => 1);
        $deflate->deflate($inside, $out);
        $deflate->flush($out);
    }
    return packet(8, chr($algorithm) . $out, $form);
}

# --- sealing

my $session_key = join '', map chr, 1 .. 32;
my %ciphers = (3, ['cast5-cfb', 16, 8], 7, ['aes-128-cfb', 16, 16], 8, ['aes-192-cfb', 24, 16],
    9, ['aes-256-cfb', 32, 16], 2, ['des-ede3-cfb', 24, 8], 13, ['camellia-256-cfb', 32, 16]);
our @ciphers = (2, 7, 8, 9, 13);

sub mpi {
    my $octets = $_[0] =~ s/^\0+//r;
    my $bits = unpack('B*', $octets) =~ s/^0+//r;
    return pack('n', length $bits) . $octets;
}

# The RSA subkey's numbers.
sub rsa_numbers {
    my ($subkey) = map $_->[1], grep $_->[0] == 7, split_packets(dearmor(read_file($keys[1])));
    my $n_len = (unpack('n', substr $subkey, 6, 2) + 7) >> 3;
    my $e_at = 8 + $n_len;
    my $e_len = (unpack('n', substr $subkey, $e_at, 2) + 7) >> 3;
    my @numbers = (substr($subkey, 8, $n_len), substr $subkey, $e_at + 2, $e_len);
    return map Math::BigInt->from_bytes($_), @numbers;
}

my %pkesks;
my $rsa_id = pack 'H*', '6BC0F3F58F483692';

# The session key for a cipher, for the RSA subkey.
sub pkesk {
    my ($cipher, $id) = @_;
    my $key = substr $session_key, 0, $ciphers{$cipher}[1];
    $pkesks{$cipher} //= do {
        my ($n, $e) = rsa_numbers();
        my $message = chr($cipher) . $key . pack 'n', unpack '%16C*', $key;
        my $padded = "\0\2" . "\x5A" x (256 - 3 - length $message) . "\0$message";
        my $octets = Math::BigInt->from_bytes($padded)->bmodpow($e, $n)->to_bytes;
        mpi($octets);
    };
    return "\3" . ($id // $rsa_id) . "\1" . $pkesks{$cipher};
}

sub cfb {
    my ($cipher, $text) = @_;
    my $in = File::Temp->new;
    binmode $in;
    print $in $text;
    close $in;
    my ($name, $key_len, $block) = @{$ciphers{$cipher}};
    my $key = unpack 'H*', substr $session_key, 0, $key_len;
    my $iv = '0' x (2 * $block);
    open my $out, '-|', "openssl enc -$name -K $key -iv $iv -in $in" or die "openssl: $!\n";
    binmode $out;
    local $/;
    return scalar <$out>;
}

# The body of a SEIPD version 1. mdc: a function of the right one.
sub seal {
    my ($cipher, $inside, $mdc) = @_;
    my $block = $ciphers{$cipher}[2];
    my $prefix = octets($block);
    my $text = $prefix . substr($prefix, -2) . $inside . "\xD3\x14";
    my $end = substr($text, -2, 2, '') . sha1($text . "\xD3\x14");
    return "\1" . cfb($cipher, $text . ($mdc ? $mdc->($end) : $end));
}

sub message {
    my ($inside, %how) = @_;
    my $cipher = $how{cipher} // 9;
    return ($how{before} // '') . packet(1, $how{pkesk} // pkesk($cipher), $how{esk_form}) .
        packet(18, seal($cipher, $inside, $how{mdc}), $how{form});
}

# --- armor

sub armor {
    my ($all) = @_;
    my $crc = 0xB704CE;
    for my $octet (unpack 'C*', $all) {
        $crc ^= $octet << 16;
        for (1 .. 8) {
            $crc <<= 1;
            $crc ^= 0x1864CFB if $crc & 0x1000000;
        }
    }
    return "-----BEGIN PGP MESSAGE-----\n\n" . encode_base64($all) . '=' .
        encode_base64(substr(pack('N', $crc & 0xFFFFFF), 1), '') . "\n-----END PGP MESSAGE-----\n";
}

# --- kinds of message: each a function that gives [octets, plaintext]

sub plaintext { my $len = one_of(0, 1, 16, 191, 192, 511, 512, 1000, 8383, 20000); octets($len) }

sub whole {
    my ($make) = @_;
    my $plain = plaintext();
    return [$make->($plain), $plain];
}

sub peers {
    my $name = one_of(@bases);
    return [read_file("$vectors/$name/message.pgp"), read_file("$vectors/$name/plain")];
}

# Of a peer's, or made here.
sub any {
    return peers() if below(2);
    return whole(sub {
        return message(compressed(one_of(1, 2), literal($_[0])), cipher => one_of(@ciphers));
    });
}

sub changed {
    my ($change) = @_;
    my ($octets, $plain) = @{any()};
    return [$change->(dearmor($octets)), $plain];
}

sub changed_packets {
    my ($change) = @_;
    return changed(sub {
        my @packets = split_packets($_[0]);
        return join '', map packet(@$_), $change->(@packets);
    });
}

sub flip { my ($octets, $at) = @_; substr($octets, $at, 1) ^= chr(1 << below(8)); $octets }

# A position of a message's packet headers, or of the first octets of bodies.
sub head_of {
    my ($octets) = @_;
    my ($largest) = sort { length $b <=> length $a } map $_->[1], split_packets($octets);
    my $at = below(3) ? below(24) : rindex($octets, $largest // '');
    return $at < 0 || $at >= length $octets ? 0 : $at;
}

sub marker { "\xCA\x03PGP" }
sub text_mode { one_of(qw(t u l 1 m)) }

our @kinds = (
    'a message of a peer' => \&peers,
    'a cipher' => sub {
        my $cipher = one_of(@ciphers);
        whole(sub { message(literal($_[0]), cipher => $cipher) });
    },
    'a compression' => sub {
        my $algorithm = below(4);
        whole(sub { message(compressed($algorithm, literal($_[0]))) });
    },
    'a compression of indeterminate length' => sub {
        my $algorithm = one_of(1, 2, 3);
        whole(sub { message(compressed($algorithm, literal($_[0]), 'indeterminate')) });
    },
    'compressions in each other' => sub {
        my $levels = 2 + below(9);
        whole(sub {
            my $inside = literal($_[0]);
            $inside = compressed(one_of(0, 1, 2), $inside) for 1 .. $levels;
            message($inside);
        });
    },
    'lengths of packets' => sub {
        my $one = one_of(qw(new long old partial));
        my $two = one_of(qw(new long old partial indeterminate));
        whole(sub { message(literal($_[0], form => $one), form => $two) });
    },
    'a literal of indeterminate length' => sub {
        whole(sub { message(literal($_[0], form => 'indeterminate')) })
    },
    'a text literal' => sub {
        my $mode = text_mode();
        [message(literal("a line\r\nand another\n", mode => $mode)), "a line\r\nand another\n"];
    },
    'a name and a date' => sub {
        my $name = one_of('_CONSOLE', 'a' x 255, "\xFF\n", '../x');
        whole(sub { message(literal($_[0], name => $name, date => below(1 << 31))) });
    },
    'armor' => sub { whole(sub { armor(message(literal($_[0]))) }) },
    'armor with a wrong sum' => sub {
        whole(sub {
            my $text = armor(message(literal($_[0])));
            $text =~ s/^=..../=AAAA/m;
            $text;
        });
    },
    'armor cut short' => sub {
        whole(sub {
            my $text = armor(message(literal($_[0])));
            substr $text, 0, length($text) - 2 - below(60);
        });
    },
    'recipients that nobody knows' => sub {
        whole(sub {
            my @others = map "\3" . octets(8) . "\1" . mpi("\x70" . octets(255)), 0 .. below(5);
            message(literal($_[0]), before => join '', map packet(1, $_), @others);
        });
    },
    'a hidden recipient' => sub {
        whole(sub { message(literal($_[0]), pkesk => pkesk(9, "\0" x 8)) })
    },
    'a recipient of an unknown version' => sub {
        my $version = one_of(2, 4, 5, 7, 99);
        whole(sub { message(literal($_[0]), before => packet(1, chr($version) . octets(40))) });
    },
    'a passphrase packet before' => sub {
        whole(sub {
            my $body = "\4\x09\3\x08" . octets(8) . "\x10" . octets(33);
            message(literal($_[0]), before => packet(3, $body));
        });
    },
    'a marker before' => sub { whole(sub { message(literal($_[0]), before => marker()) }) },
    'padding before' => sub {
        whole(sub { message(literal($_[0]), before => packet(21, octets(9))) })
    },
    'an unknown packet before' => sub {
        my $tag = one_of(15, 22, 39, 40, 59, 60, 63);
        whole(sub { message(literal($_[0]), before => packet($tag, octets(9))) });
    },
    'a marker inside' => sub { whole(sub { message(marker() . literal($_[0])) }) },
    'padding inside' => sub { whole(sub { message(literal($_[0]) . packet(21, octets(9))) }) },
    'an unknown packet inside' => sub {
        my $tag = one_of(15, 22, 39, 40, 59, 60, 63);
        whole(sub { message(packet($tag, octets(9)) . literal($_[0])) });
    },
    'a signature that nobody can check' => sub {
        my $type = chr one_of(0, 1);
        whole(sub {
            my $one_pass = packet(4, "\3$type\x08\x01" . "\x11" x 8 . "\1");
            my $head = "\4$type\1\x08\0\0\0\0";
            my $signature = packet(2, $head . octets(2) . mpi("\x70" . octets(255)));
            message($one_pass . literal($_[0]) . $signature);
        });
    },
    'two literals' => sub { whole(sub { message(literal($_[0]) . literal('more')) }) },
    'two compressed packets' => sub {
        whole(sub { message(compressed(1, literal($_[0])) . compressed(1, literal('more'))) })
    },
    'no literal' => sub { [message(one_of('', marker(), compressed(1, marker()))), ''] },
    'octets behind the literal' => sub {
        whole(sub {
            message(literal($_[0]) . one_of("\0", "\0\0\0", 'text', octets(5) =~ s/^./\x13/sr));
        });
    },
    'octets behind the deflate end' => sub {
        whole(sub {
            my ($packet) = split_packets(compressed(1, literal($_[0])));
            message(packet(8, $packet->[1] . octets(20)));
        });
    },
    'a literal that is cut short inside' => sub {
        whole(sub {
            my $all = literal($_[0], form => 'long');
            substr $all, -1, 1, '';
            message($all);
        });
    },
    'a compression that is cut short' => sub {
        whole(sub {
            my ($packet) = split_packets(compressed(one_of(1, 2, 3), literal("x$_[0]")));
            message(packet(8, substr $packet->[1], 0, length($packet->[1]) - 4));
        });
    },
    'an MDC that is wrong' => sub {
        whole(sub { message(literal($_[0]), mdc => sub { flip($_[0], 2 + below(20)) }) })
    },
    'an MDC that is missing' => sub { whole(sub { message(literal($_[0]), mdc => sub { '' }) }) },
    'an MDC that is cut' => sub {
        whole(sub { message(literal($_[0]), mdc => sub { substr $_[0], 0, 21 - below(20) }) })
    },
    'an MDC with another header' => sub {
        whole(sub {
            my $head = one_of("\xD3\x13", "\xD4\x14", "\xD3\xFF\0\0\0\x14", "\x4C\x14");
            message(literal($_[0]), mdc => sub { $head . substr $_[0], 2 });
        });
    },
    'more behind the MDC' => sub {
        whole(sub { message(literal($_[0]), mdc => sub { $_[0] . octets(1 + below(30)) }) })
    },
    'an encrypted message inside' => sub { whole(sub { message(message(literal($_[0]))) }) },
    'no encryption' => sub { whole(sub { one_of(literal($_[0]), compressed(1, literal($_[0]))) }) },
    'a session key for another cipher' => sub {
        whole(sub { message(literal($_[0]), cipher => 7, pkesk => pkesk(9)) })
    },
    'a flipped bit' => sub { changed(sub { flip($_[0], below(length $_[0])) }) },
    'a flipped bit near a header' => sub { changed(sub { flip($_[0], head_of($_[0])) }) },
    'cut' => sub { changed(sub { substr $_[0], 0, below(length $_[0]) }) },
    'cut by a few octets' => sub {
        changed(sub { substr $_[0], 0, length($_[0]) - 1 - below(24) })
    },
    'octets appended' => sub { changed(sub { $_[0] . octets(1 + below(20)) }) },
    'a packet appended' => sub {
        my $signature = packet(2, "\4\0\1\x08\0\0\0\0xx" . mpi('x'));
        my $packet = one_of(literal('more'), marker(), packet(21, 'xx'), packet(60, 'xx'),
            $signature);
        changed(sub { $_[0] . $packet });
    },
    'a message appended' => sub { changed(sub { $_[0] . message(literal('more')) }) },
    'a literal before' => sub { changed(sub { literal('before') . $_[0] }) },
    'packets in another order' => sub { changed_packets(sub { reverse @_ }) },
    'a packet twice' => sub {
        changed_packets(sub { my $at = below(scalar @_); @_[0 .. $at], @_[$at .. $#_] })
    },
    'a packet missing' => sub {
        changed_packets(sub { my $at = below(scalar @_); map $_[$_], grep $_ != $at, 0 .. $#_ })
    },
    'another tag' => sub {
        my $tag = one_of(1, 3, 8, 9, 11, 14, 18, 20, 60);
        changed_packets(sub {
            my @all = map [@$_], @_;
            $all[below(scalar @all)][0] = $tag;
            @all;
        });
    },
    'another version' => sub {
        changed_packets(sub {
            my @all = map [@$_], @_;
            substr($all[below(scalar @all)][1], 0, 1) = chr below(8);
            @all;
        });
    },
    'lengths written anew' => sub {
        my $form = one_of(qw(long old partial));
        changed_packets(sub { map [@$_, $form], @_ });
    },
    'a length of one more or less' => sub {
        my $step = one_of(-1, 1);
        changed(sub {
            my @all = split_packets($_[0]);
            my $last = pop @all;
            return join('', map packet(@$_), @all) . chr(0xC0 | $last->[0]) . "\xFF" .
                pack('N', length($last->[1]) + $step) . $last->[1];
        });
    },
);

1;
