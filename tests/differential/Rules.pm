# Why walseal and another program may differ, each way by name; tests/differential/run takes no
# other.
package Rules;
use strict;
use warnings;
use Messages;

# What walseal must do with every message of these kinds, whatever the others do.
our %expected = (
    (map { $_ => 'accepts' } 'a message of a peer', 'a cipher', 'a compression',
        'a compression of indeterminate length', 'lengths of packets',
        'a literal of indeterminate length', 'a text literal', 'a name and a date', 'armor',
        'armor with a wrong sum', 'recipients that nobody knows', 'a hidden recipient',
        'a recipient of an unknown version', 'a passphrase packet before', 'a marker before',
        'padding before', 'a marker inside', 'padding inside', 'a signature that nobody can check',
        'octets behind the deflate end', 'lengths written anew'),
    (map { $_ => 'refuses' } 'armor cut short', 'two literals', 'two compressed packets',
        'no literal', 'octets behind the literal', 'a literal that is cut short inside',
        'a compression that is cut short', 'an MDC that is wrong', 'an MDC that is missing',
        'an MDC that is cut', 'an MDC with another header', 'more behind the MDC',
        'an encrypted message inside', 'no encryption', 'a session key for another cipher', 'cut',
        'cut by a few octets', 'octets appended', 'a message appended', 'a literal before',
        'a length of one more or less'),
);

sub has_packet {
    my ($message, $matches) = @_;
    return grep { $matches->(@$_) } Messages::split_packets(Messages::dearmor($message));
}

# kinds: none, any; peers: none, any. walseal and peer: verdicts; peer none, any that differs.
# said: what the peer said. output: how long what it gave may be.
our @rules = (
    {name => 'skipped', walseal => 'accepts',
        kinds => ['padding before', 'padding inside', 'an unknown packet before',
            'an unknown packet inside', 'a packet appended', 'another tag'],
        why => 'RFC 9580 sections 4.3 and 5.14: padding and types from 40 on are skipped; those ' .
            'who know RFC 4880 alone refuse them'},
    {name => 'gpg-text', walseal => 'accepts', peers => ['gpg'], peer => 'other',
        kinds => ['a text literal'], why => 'gpg takes CR out of text; to walseal data are bytes'},
    {name => 'rnp-text', walseal => 'accepts', peers => ['rnp'], peer => 'refuses',
        kinds => ['a text literal'], why => 'rnp knows no modes but b, t and u'},
    {name => 'gpg-sum', walseal => 'accepts', peers => ['gpg'], peer => 'refuses',
        kinds => ['armor with a wrong sum'],
        why => 'RFC 9580 section 6.1: the CRC-24 is ignored; the MDC proves more'},
    {name => 'rnp-hidden', walseal => 'accepts', peers => ['rnp'], peer => 'refuses',
        when => sub { has_packet($_[0], sub { $_[0] == 1 && $_[1] =~ /^\x03\x00{8}/ }) },
        why => 'rnp tries no hidden recipient'},
    {name => 'gpg-recipient-version', walseal => 'accepts', peers => ['gpg'], peer => 'refuses',
        kinds => ['a recipient of an unknown version', 'another version'],
        why => "gpg ends with an error at a PKESK that it doesn't know, though another one opens"},
    {name => 'gpg-passphrase', walseal => 'accepts', peers => ['gpg'], peer => 'refuses',
        kinds => ['a passphrase packet before', 'another tag'],
        why => 'gpg ends with an error where it is given no passphrase, though a key opens'},
    {name => 'gpg-signature', walseal => 'accepts', peers => ['gpg'], peer => 'refuses',
        kinds => ['a signature that nobody can check'],
        why => 'gpg gives the data and an error; walseal checks no signature, and says so'},
    {name => 'sq-policy', walseal => 'accepts', peers => ['sq'], peer => 'refuses',
        said => qr/Policy rejected/, why => 'sq refuses 3DES and CAST5, which old archives hold'},
    {name => 'sq-ocb', walseal => 'accepts', peers => ['sq'], peer => 'refuses',
        when => sub { has_packet($_[0], sub { $_[0] == 20 && $_[1] =~ /^\x01.\x02/s }) },
        why => 'sq knows no OCB in packet 20'},
    {name => 'sq-number', walseal => 'accepts', peers => ['sq'], peer => 'refuses',
        said => qr/Malformed MPI/,
        why => 'sq refuses a bit count that is too high; the number is the same'},
    {name => 'unencrypted', walseal => 'refuses', kinds => ['no encryption'],
        why => 'walseal decrypts: what was never encrypted proves nothing'},
    {name => 'one-layer', walseal => 'refuses', kinds => ['an encrypted message inside'],
        why => 'nobody encrypts a backup twice in one, and what is inside proves nothing by itself'},
    {name => 'levels', walseal => 'refuses', kinds => ['compressions in each other'],
        why => '8 levels at most: bombs are made of levels'},
    {name => 'one-message', walseal => 'refuses',
        kinds => ['two literals', 'two compressed packets', 'no literal',
            'octets behind the literal', 'a literal before', 'an unknown packet inside'],
        why => 'RFC 9580 section 10.3: a message is one literal or compressed packet, and types ' .
            'below 40 that nobody knows are an error'},
    {name => 'cut-inside', walseal => 'refuses', peers => ['gpg', 'rnp'],
        kinds => ['a literal that is cut short inside', 'a compression that is cut short'],
        why => 'they give what is there, less than was meant, and succeed'},
    {name => 'armor-end', walseal => 'refuses', kinds => ['armor cut short'],
        why => 'armor without its end line was cut'},
    {name => 'end', walseal => 'refuses',
        kinds => ['octets appended', 'a packet appended', 'a message appended'],
        why => "what stands behind the encrypted data is proven by nothing; others don't look at " .
            'it, or give only the first message'},
    {name => 'length', walseal => 'refuses', peers => ['rnp'],
        kinds => ['a length of one more or less'],
        why => 'rnp takes data for whole whose packet is longer or shorter than it says'},
    {name => 'gpg-version-2', walseal => 'refuses', peers => ['gpg'], peer => 'accepts',
        when => sub { has_packet($_[0], sub { $_[0] == 1 && $_[1] =~ /^\x02/ }) },
        why => "RFC 1991's PKESKs of version 2, which gpg still takes"},
    {name => 'gpg-foreign', walseal => 'refuses', peers => ['gpg'], peer => 'accepts',
        kinds => ['another tag'],
        why => 'RFC 9580 section 10.3 has no keys and no user IDs in a message; gpg passes over them'},
    {name => 'gpg-nothing', walseal => 'refuses', peers => ['gpg'], output => 0,
        why => 'gpg gives nothing, and succeeds, where no encrypted data came'},
);

sub find {
    my ($kind, $peer, $walseal, $verdict, %seen) = @_;
    return if $walseal eq 'other';
    for my $rule (@rules) {
        next if $rule->{walseal} ne $walseal;
        next if $rule->{kinds} && !grep $_ eq $kind, @{$rule->{kinds}};
        next if $rule->{peers} && !grep $_ eq $peer, @{$rule->{peers}};
        next if $rule->{peer} && $rule->{peer} ne $verdict;
        next if $rule->{said} && $seen{said} !~ $rule->{said};
        next if defined $rule->{output} && $seen{output} != $rule->{output};
        next if $rule->{when} && !$rule->{when}->($seen{message});
        return $rule;
    }
    return;
}

1;
