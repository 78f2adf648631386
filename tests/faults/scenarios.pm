# Every command in its ways, short: what run lets fail call by call.
#
# A scenario: its name; its arguments; stdin, a file (pipes: through a pipe); prepare, called with the
# folder that it runs in; status, where it isn't 0; lines, where a failure may have more than one (0:
# or none, but its report); costly, where deriving a key takes its time; and whole, called with the
# folder above that one and whether the run has succeeded, which gives what is wrong with what the run
# has left, or undef.
package scenarios;
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(make_path);

my ($walseal, $root, $fixtures);

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return undef;
    local $/;
    return <$in> // '';
}

sub store {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "faults: $path: $!\n";
    print $out $text;
    close $out or die "faults: $path: $!\n";
}

sub make {
    system($walseal, @_) == 0 or die "faults: walseal @_: failed\n";
}

# Bytes that don't repeat, the same in every run.
sub pattern {
    my ($len) = @_;
    my $text = '';
    for (my $i = 0; length $text < $len; $i++) {
        $text .= pack 'N', ($i * 2654435761) % 4294967296;
    }
    return substr $text, 0, $len;
}

sub make_fixtures {
    my $f = $fixtures;
    make_path($f, "$f/keys", "$f/archive");
    store("$f/plain", pattern(9000));
    store("$f/long", pattern(200_000));
    store("$f/pass", "secret\n");
    make('keygen', '-o', "$f/key");
    make('keygen', '-o', "$f/keys/0");
    copy("$f/key", "$f/keys/1");
    make('keygen', 'openpgp', '-o', "$f/secret", '--public', "$f/public");
    make('keygen', 'openpgp', '-p', "$f/pass", '-o', "$f/locked", '--public', "$f/locked.pub");
    make('keygen', 'openpgp', '--rsa', 2048, '-o', "$f/rsa", '--public', "$f/rsa.pub");
    my %seal = (sodium => ['key'], pgp => ['public'], locked => ['locked.pub'], rsa => ['rsa.pub']);
    for my $name (keys %seal) {
        my ($key, @options) = @{$seal{$name}};
        make('encrypt', '-q', '-k', "$f/$key", @options, '-o', "$f/$name.sealed", "$f/plain");
        copy("$f/$name.sealed", "$f/archive/$name") if $name =~ /sodium|pgp/;
    }
    my $text = slurp("$f/sodium.sealed");
    substr($text, 8500, 1) ^= "\1";
    store("$f/damaged", $text);
    store("$f/cut", substr $text, 0, 8233);
}

# The folder of the run holds these and nothing else; undef, or what is wrong.
sub problem_of_folder {
    my ($here, @names) = @_;
    opendir my $folder, "$here/case" or return "the folder is gone";
    my @found = sort grep { !/^\.\.?$/ } readdir $folder;
    my %allowed = map { $_ => 1 } @names;
    my @left = grep { !$allowed{$_} } @found;
    return @left ? "left behind: @left" : undef;
}

sub opens_to_plain {
    my ($file, $plain, @keys) = @_;
    my $opened = qx('$walseal' decrypt -q @{[map { "-k '$_'" } @keys]} '$file' 2>&1);
    return $? == 0 && $opened eq slurp($plain);
}

# What is under the name: the whole new content where the run has succeeded, else nothing; or where
# there was an old one, that, or already the whole new one, which only wasn't proven to be durable.
sub file_is {
    my ($name, $is_whole, $old) = @_;
    return sub {
        my ($here, $succeeded) = @_;
        my $there = slurp("$here/case/$name");
        return problem_of_folder($here, $name)
            // ($succeeded && !(defined $there && $is_whole->("$here/case/$name"))
                ? "$name isn't whole, and the status is 0" : undef)
            // (!$succeeded && defined $there && !(defined $old
                    && ($there eq $old || $is_whole->("$here/case/$name")))
                ? "$name is there of a run that has failed" : undef)
            // (!$succeeded && defined $old && !defined $there ? "the old $name is gone" : undef);
    };
}

# What a command of --to has committed, by renaming what it wrote: whole, if it is there at all.
sub object_is {
    my ($name, $is_whole) = @_;
    return sub {
        my ($here, $succeeded) = @_;
        my $file = "$here/case/$name";
        return problem_of_folder($here, $name, 'part')
            // (-e $file && !$is_whole->($file) ? "a half of $name was committed" : undef)
            // ($succeeded && !-e $file ? "$name isn't there, and the status is 0" : undef);
    };
}

sub output_is {
    my ($is_whole, $is_part) = @_;
    return sub {
        my ($here, $succeeded) = @_;
        return problem_of_folder($here)
            // ($succeeded && !$is_whole->("$here/stdout")
                ? "standard output isn't whole, and the status is 0" : undef)
            // (!$succeeded && $is_part && !$is_part->("$here/stdout")
                ? "standard output is what it never should be" : undef);
    };
}

sub is_plain {
    my ($plain) = @_;
    return sub { (slurp($_[0]) // '') eq slurp($plain) };
}

# Nothing comes out that wasn't authenticated: a start of it.
sub begins_plain {
    my ($plain) = @_;
    return sub {
        my $text = slurp($_[0]) // '';
        return substr(slurp($plain), 0, length $text) eq $text;
    };
}

sub sealed_for {
    my (@keys) = @_;
    return sub {
        my ($file) = @_;
        return !grep { !opens_to_plain($file, "$fixtures/plain", "$fixtures/$_") } @keys;
    };
}

# Output that has to be the same each time: what a run without a fault prints.
sub usual_output {
    my (@arguments) = @_;
    my $usual = qx('$walseal' @{[map { "'$_'" } @arguments]} 2>/dev/null);
    return sub { (slurp($_[0]) // '') eq $usual };
}

my $to = 'cat >part && mv part whole';

sub encrypting {
    my $f = $fixtures;
    my @first = ('encrypt', '-T', 1);
    my $sodium = sealed_for('key');
    my $old = slurp("$f/sodium.sealed");
    return (
        {name => 'encrypt into a file', arguments => [@first, '-k', "$f/key", '-o', 'out', "$f/plain"],
            whole => file_is('out', $sodium)},
        {name => 'encrypt in place of a file',
            arguments => [@first, '-k', "$f/key", '-o', 'out', "$f/plain"],
            prepare => sub { store("$_[0]/out", 'old') }, whole => file_is('out', $sodium, 'old')},
        {name => 'encrypt through pipes', arguments => [@first, '-k', "$f/key"], stdin => "$f/plain",
            pipes => 1, whole => output_is($sodium)},
        {name => 'encrypt from a command through a filter to a command',
            arguments => [@first, '-k', "$f/key", '--from', "cat $f/plain", '--filter', 'cat',
                '--to', $to],
            whole => object_is('whole', $sodium)},
        {name => 'encrypt and compare with what is there',
            arguments => [@first, '-k', "$f/key", '--no-clobber', '-o', 'out', "$f/plain"],
            prepare => sub { store("$_[0]/out", $old) }, whole => file_is('out', $sodium, $old)},
        {name => 'encrypt into a file that must be new',
            arguments => [@first, '-k', "$f/key", '--no-clobber', '-o', 'out', "$f/plain"],
            whole => file_is('out', $sodium)},
        {name => 'encrypt for OpenPGP keys into a file',
            arguments => [@first, '-k', "$f/public", '-k', "$f/rsa.pub", '-o', 'out', "$f/plain"],
            whole => file_is('out', sealed_for('secret', 'rsa'))},
        {name => 'encrypt for an OpenPGP key to a command',
            arguments => [@first, '-k', "$f/public", '--to', $to, "$f/plain"],
            whole => object_is('whole', sealed_for('secret'))},
        {name => 'encrypt with threads',
            arguments => ['encrypt', '-T', 4, '-k', "$f/key", '-o', 'out', "$f/long"],
            whole => file_is('out', sub { opens_to_plain($_[0], "$f/long", "$f/key") })},
    );
}

sub decrypting {
    my $f = $fixtures;
    my @first = ('decrypt', '-T', 1);
    my $pgp = "$root/tests/vectors/openpgp/good";
    my $plain = is_plain("$f/plain");
    my $out = sub { (arguments => [@first, @_], whole => output_is($plain, begins_plain("$f/plain"))) };
    my $file = sub { (arguments => [@first, '-o', 'out', @_], whole => file_is('out', $plain)) };
    my $object = sub {
        (arguments => [@first, '--to', $to, @_], whole => object_is('whole', $plain));
    };
    my @vectors = map {
        my $case = "$pgp/$_";
        my @key = -e "$case/key" ? ('-k', "$case/key") : ();
        my @pass = -e "$case/pass" ? ('-p', "$case/pass") : ();
        my @arguments = ('decrypt', '-q', '-T', 1, @key, @pass, "$case/message.pgp");
        {name => "decrypt $_", costly => scalar(/argon2|elgamal/), arguments => \@arguments, whole => output_is(usual_output(@arguments))};
    } qw(compress-zlib-gpg compress-bzip2-gpg sym-s2k-salted-gpg elgamal2048-gpg nistp256-gpg
        protect-salted-sha256-aes192 tag20-rnp seipd2-eax x25519-v6-sq protect-v6-argon2-openpgpjs6);
    return (
        {name => 'decrypt into a file', $file->('-k', "$f/keys", "$f/sodium.sealed")},
        {name => 'decrypt through pipes', $out->('-k', "$f/key"), stdin => "$f/sodium.sealed",
            pipes => 1},
        {name => 'decrypt from a command through a filter to a command',
            $object->('-k', "$f/key", '--missing', '3,empty', '--from', "cat $f/sodium.sealed",
                '--filter', 'cat')},
        {name => 'decrypt with a locked key into a file', costly => 1,
            $file->('-k', "$f/locked", '-p', "$f/pass", "$f/locked.sealed")},
        {name => 'decrypt with a key ring of RSA, verified first, to a command',
            $object->('-k', "$f/secret", '-k', "$f/rsa", '--verify-first', "$f/rsa.sealed")},
        {name => 'decrypt with threads',
            arguments => ['decrypt', '-T', 4, '-k', "$f/key", '-o', 'out', "$f/long.sealed"],
            whole => file_is('out', is_plain("$f/long"))},
        {name => 'decrypt what is not there', status => 1, $file->('-k', "$f/key", "$f/absent")},
        {name => 'decrypt what a command does not find', status => 1,
            $file->('-k', "$f/key", '--missing', 3, '--from', 'exit 3')},
        {name => 'decrypt what is damaged', status => 205, $file->('-k', "$f/key", "$f/damaged")},
        {name => 'decrypt what is cut short', status => 206, $file->('-k', "$f/key", "$f/cut")},
        {name => 'decrypt with a key that does not fit', status => 204,
            $file->('-k', "$f/keys/0", "$f/sodium.sealed")},
        @vectors,
    );
}

sub the_others {
    my $f = $fixtures;
    my @verify = ('verify', '-T', 1, '-q', '--json', '-k', "$f/key", '-k', "$f/secret", "$f/archive");
    my @inspect = ('inspect', '--json', "$f/sodium.sealed", "$f/pgp.sealed");
    my @check = ('check', '-k', "$f/key", '-k', "$f/secret");
    my @rekey = ('rekey', '-T', 1, '-k', "$f/key", '-n', "$f/public");
    my $rekeyed = sealed_for('secret');
    my $new_key = sub { (stat $_[0])[7] > 60 };
    return (
        {name => 'verify an archive', lines => 2, arguments => \@verify, whole => output_is(usual_output(@verify))},
        {name => 'verify against a file',
            arguments => ['verify', '-T', 1, '-k', "$f/key", '--against', "$f/plain",
                "$f/sodium.sealed"],
            whole => output_is(sub { 1 })},
        {name => 'rekey into a file', arguments => [@rekey, '-o', 'out', "$f/sodium.sealed"],
            whole => file_is('out', $rekeyed)},
        {name => 'rekey from a command to a command',
            arguments => [@rekey, '--from', "cat $f/sodium.sealed", '--to', $to],
            whole => object_is('whole', $rekeyed)},
        {name => 'inspect', lines => 2, arguments => \@inspect, whole => output_is(usual_output(@inspect))},
        {name => 'check', lines => 0, arguments => \@check,
            whole => output_is(sub { slurp($_[0]) =~ /^ok: / })},
        {name => 'keygen into a file', arguments => ['keygen', '-o', 'out'],
            whole => file_is('out', $new_key)},
        {name => 'keygen openpgp with a passphrase', costly => 1,
            arguments => ['keygen', 'openpgp', '-p', "$f/pass", '-o', 'out'],
            whole => file_is('out', $new_key)},
        {name => 'keygen to standard output', arguments => ['keygen'], whole => output_is($new_key)},
    );
}

sub list {
    ($walseal, $root, $fixtures) = @_;
    make_fixtures();
    make('encrypt', '-k', "$fixtures/key", '-o', "$fixtures/long.sealed", "$fixtures/long");
    return (encrypting(), decrypting(), the_others());
}

1;
