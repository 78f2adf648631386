# JSON by a parser that isn't walseal's:  load json
# shellcheck shell=bash

# value PATH [LINE]: of the object on line LINE (1) of the last output, {recipients}[0]{key_id} say.
# true and false are 1 and 0; null and what isn't there are told apart.
value() {
    sed -n "${2:-1}p" "$T/stdout" | perl -MJSON::PP -e '
        my $object = JSON::PP->new->utf8->decode(do { local $/; <STDIN> });
        my ($whole, $last) = $ARGV[0] =~ /^(.*)\{(\w+)\}$/ or die "no path: $ARGV[0]\n";
        my $holder = eval "\$object" . ($whole ne "" ? "->$whole" : "");
        die $@ if $@;
        print !exists $holder->{$last} ? "absent" : $holder->{$last} // "null", "\n"' -- "$1"
}

# has PATH VALUE [LINE]
has() {
    local found
    found=$(value "$1" "${3:-1}")
    [ "$found" = "$2" ] || flunk "$1 is $found, not $2: $(cat "$T/stdout")"
}

# members: the names of all members in the objects on standard input
members() {
    perl -MJSON::PP -ne '
        sub names { my $value = shift;
            if (ref $value eq "HASH") { for (keys %$value) { print "$_\n"; names($value->{$_}) } }
            elsif (ref $value eq "ARRAY") { names($_) for @$value } }
        names(JSON::PP->new->utf8->decode($_))' | sort -u
}

# manual_members SECTION: those that walseal(1) lists there
manual_members() {
    sed -n "/^\.Sh $1/,/^\.Sh/p" "$ROOT/man/walseal.1" | sed -n '/^The members of/,$p' |
        sed -n 's/^\(\.It \)\{0,1\}\.\{0,1\}Cm //p' | tr -d ',:' | tr ' ' '\n' | grep '[a-z]' | sort -u
}

# objects N: the last output is N objects, one a line, and nothing else.
objects() {
    perl -MJSON::PP -ne 'JSON::PP->new->utf8->decode($_)->{_}; END { print "$.\n" }' "$T/stdout" >"$T/objects" ||
        flunk "no JSON: $(cat "$T/stdout")" || return 1
    [ "$(cat "$T/objects")" = "$1" ] || flunk "not $1 objects: $(cat "$T/stdout")"
}
