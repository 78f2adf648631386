# A copy of the source tree in which a fault is planted, built and shown to the tests. It is built
# without debugging words, in which a line that moved would be another object.
package Tree;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(slurp spew);

my %FLAGS = (
    build => "CFLAGS='-O2 -g0'",
    'build/sanitize-address-undefined' => "CFLAGS='-O1 -g0' SANITIZE=address,undefined",
);
our $SANITIZED = 'build/sanitize-address-undefined';
# A unit test that takes this long hangs; the bats files wait for real processes.
my %SECONDS = (unit => 60, cli => 600);

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or die "tests/mutation: $path: $!\n";
    local $/;
    return <$in>;
}

sub spew {
    my ($path, $text) = @_;
    open my $out, '>', $path or die "tests/mutation: $path: $!\n";
    print $out $text;
    close $out or die "tests/mutation: $path: $!\n";
}

# The tree of folder, into which the source from is copied.
sub new {
    my ($class, $from, $folder) = @_;
    mkdir $folder or die "tests/mutation: $folder: $!\n";
    my $pack = "tar -C '$from' -cf - --exclude=./.git --exclude='./build*' .";
    system("$pack | tar -C '$folder' -xf -") == 0
        or die "tests/mutation: no copy of the tree\n";
    return bless {folder => $folder}, $class;
}

# Another one, with what was built.
sub clone {
    my ($self, $folder) = @_;
    system('cp', '-a', $self->{folder}, $folder) == 0 or die "tests/mutation: no copy of $folder\n";
    return bless {folder => $folder}, ref $self;
}

# What make had to say if it failed, or undef.
sub make {
    my ($self, $build, $jobs, @goals) = @_;
    my $said = `make -C '$self->{folder}' --no-print-directory -j$jobs $FLAGS{$build} @goals 2>&1`;
    return $? == 0 ? undef : $said;
}

# The text of a source file becomes text, until restore. Its objects as they were are kept.
sub plant {
    my ($self, $file, $text) = @_;
    my $path = "$self->{folder}/$file";
    my %was = (file => $file, text => slurp($path), times => [(stat $path)[8, 9]]);
    for my $build (keys %FLAGS) {
        my $object = object($build, $file);
        $was{objects}{$object} = slurp("$self->{folder}/$object") if -e "$self->{folder}/$object";
    }
    $self->{was} = \%was;
    spew($path, $text);
}

# Objects are newer than they were, for the library to be made anew; the source is as old.
sub restore {
    my ($self) = @_;
    my $was = delete $self->{was};
    my $path = "$self->{folder}/$was->{file}";
    spew($path, $was->{text});
    utime @{$was->{times}}, $path or die "tests/mutation: $path: $!\n";
    spew("$self->{folder}/$_", $was->{objects}{$_}) for keys %{$was->{objects}};
}

sub object {
    my ($build, $file) = @_;
    return "$build/" . $file =~ s/\.c$/.o/r;
}

# Whether what is planted is the same program for the processor.
sub is_same_object {
    my ($self) = @_;
    my $object = object('build', $self->{was}{file});
    return slurp("$self->{folder}/$object") eq $self->{was}{objects}{$object};
}

# Symbols that others see, of an object or a program.
sub symbols {
    my ($self, $path) = @_;
    return map { /^\S+ [A-TV-Z] (\S+)$/ ? $1 : () } `nm -g --defined-only '$self->{folder}/$path'`;
}

# Tests as tests/run takes them. The first that is red and what is to be said of it, or ().
sub first_red {
    my ($self, @tests) = @_;
    my $kind = (grep { /\.bats$/ } @tests) ? 'cli' : 'unit';
    local $ENV{TEST_SECONDS} = $SECONDS{$kind};
    my $said = `cd '$self->{folder}' && tests/run @tests 2>&1`;
    return () if $? == 0;
    my ($shown, $rest) = $said =~ /^--- ([^\s,]+(?: \([\w-]+\))?),?( .*)?$/m;
    die "tests/mutation: the harness itself: $said\n" if !defined $shown;
    my ($name) = $said =~ /^not ok \d+ -? ?(.*)$/m;
    $name =~ s{ Could not run test: .*}{} if defined $name;    # cmocka joins the two
    my $plain = $shown =~ s/ \(.*//r;
    my ($red) = grep { m{(?:/|:)(?:tests/)?\Q$plain\E$} } @tests;
    $name //= defined $rest && $rest =~ /too long/ ? 'hangs' : 'dies';
    return ($red // '', "$shown: $name");
}

1;
