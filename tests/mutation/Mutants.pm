# Makes mutants of C as clang-format leaves it: each is one small change that a slip of a programmer
# could be. What a mutant is: {file, line, offset, length, new, what}; offset and length say which
# text of the file new replaces.
package Mutants;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(function_of lines_of mutants_of);

my %swapped = (
    '<' => ['<='], '<=' => ['<'], '>' => ['>='], '>=' => ['>'], '==' => ['!='], '!=' => ['=='],
    '&&' => ['||'], '||' => ['&&'],
    '+' => ['-'], '-' => ['+'], '*' => ['/'], '/' => ['*'], '%' => ['*'],
    '+=' => ['-='], '-=' => ['+='], '|=' => ['&='], '&=' => ['|='],
    '<<' => ['>>'], '>>' => ['<<'], '&' => ['|'], '|' => ['&'],
);
my %word_of = (
    (map { $_ => 'relation' } qw(< <= > >= == !=)), '&&' => 'and for or', '||' => 'or for and',
);

# The text with all that isn't code (comments, strings, the preprocessor's lines) made blank, every
# byte else at its place.
sub code_of {
    my ($text) = @_;
    my $blank = sub { $_[0] =~ s/[^\n]/ /gr };
    $text =~ s{(/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)}
              {$blank->($1)}gesmx;
    return $text;
}

# The offset behind the parenthesis that closes the one at offset.
sub closing {
    my ($code, $offset) = @_;
    my $depth = 0;
    for (my $i = $offset; $i < length $code; $i++) {
        my $c = substr $code, $i, 1;
        $depth++ if $c eq '(';
        return $i + 1 if $c eq ')' && --$depth == 0;
    }
    return undef;
}

# Operators between two operands: clang-format puts a space or a line's end on both sides, and none
# behind one that has a single operand.
sub operators {
    my ($code, $add) = @_;
    while ($code =~ m{(?<=[ \n])([<>=!&|+*/%-]{1,2})(?=[ \n])}g) {
        my ($operator, $offset) = ($1, $-[1]);
        $add->($offset, length $operator, $_, $word_of{$operator} // 'arithmetic')
            for @{$swapped{$operator} // []};
    }
}

sub conditions {
    my ($code, $add) = @_;
    while ($code =~ /\bif \(/g) {
        my $begin = $+[0] - 1;
        my $end = closing($code, $begin) // next;
        $add->($begin, $end - $begin, sub { "(!$_[0])" }, 'condition negated');
    }
    while ($code =~ /\breturn (true|false);/g) {
        $add->($-[1], length $1, $1 eq 'true' ? 'false' : 'true', 'the other result');
    }
}

# Whether what follows offset is the number of elements in a declaration.
sub is_room {
    my ($code, $offset) = @_;
    my ($line) = substr($code, 0, $offset) =~ /([^\n]*)\z/;
    return $line =~ /^\s*(?:\w+\s+)*\w+[ *]+(?:const\s+)?\w+(?:\[\w+\])*\[$/
        && $line !~ /\b(?:return|case|else)\b/;
}

# Decimal and hexadecimal numbers, one more and one less; more room than needed is no fault.
sub constants {
    my ($code, $add) = @_;
    while ($code =~ /(?<![\w.])(0x[0-9a-fA-F]+|\d+)([uUlL]*)(?![\w.])/g) {
        my ($number, $suffix, $offset, $length) = ($1, $2, $-[0], $+[0] - $-[0]);
        next if length $number > 17;
        my $hex = $number =~ /^0x/;
        my $value = $hex ? hex $number : $number;
        for my $step (1, -1) {
            next if $value + $step < 0 || ($step > 0 && is_room($code, $offset));
            my $new = $hex ? sprintf('0x%x', $value + $step) : $value + $step;
            $add->($offset, $length, "$new$suffix", $step > 0 ? 'one more' : 'one less');
        }
    }
}

# Calls, assignments and jumps that stand for themselves; no declaration.
sub statements {
    my ($code, $add) = @_;
    while ($code =~ /^[ ]+([^\n;{}]*(?:\n[^;{}]*)?;)[ ]*$/gm) {
        my ($statement, $offset) = ($1, $-[1]);
        my $is_one = $statement =~ /^(?:\(void\))?[a-z_]\w*\(/
            || $statement =~ /^\*?[a-z_][\w.>\[\]-]*(?:\[[^\]]*\][\w.>-]*)? [-+*\/%&|^]?= /
            || $statement =~ /^(?:\+\+|--)?\*?[a-z_][\w.>\[\]-]*(?:\+\+|--)?;$/;
        next if !$is_one || $statement =~ /^(?:if|while|for|switch|return|else|case|goto|do)\b/;
        $add->($offset, length $statement, ';', 'deleted');
    }
}

# All mutants of the text of a file, in order.
sub mutants_of {
    my ($file, $text) = @_;
    my $code = code_of($text);
    my @mutants;
    my $add = sub {
        my ($offset, $length, $new, $what) = @_;
        $new = $new->(substr $text, $offset, $length) if ref $new;
        my $line = 1 + (substr($text, 0, $offset) =~ tr/\n//);
        push @mutants, {file => $file, line => $line, offset => $offset, length => $length,
            new => $new, what => $what};
    };
    $_->($code, $add) for \&operators, \&conditions, \&constants, \&statements;
    return sort { $a->{offset} <=> $b->{offset} || $a->{what} cmp $b->{what} } @mutants;
}

# The function of text in which offset is: the name in the last line that began in the first column.
sub function_of {
    my ($text, $offset) = @_;
    my @began = substr($text, 0, $offset) =~ /^([A-Za-z_].*)$/gm;
    return @began && $began[-1] =~ /(\w+)\(/ ? $1 : '';
}

# The lines that a fault changes in the text of its file, before and after, each as one.
sub lines_of {
    my ($fault, $text) = @_;
    my $begin = 1 + rindex substr($text, 0, $fault->{offset}), "\n";
    my $end = index $text, "\n", $fault->{offset} + $fault->{length};
    my $old = substr $text, $begin, $end - $begin;
    my $new = $old;
    substr($new, $fault->{offset} - $begin, $fault->{length}) = $fault->{new};
    s/\s+/ /g, s/^ | $//g for $old, $new;
    return "- $old", "+ $new";
}

1;
