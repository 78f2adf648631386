# What may become of a run in which a call fails, and why: what run asks.
package fate;
use strict;
use warnings;

# Failures that 0 may follow: role, names of calls, from which files (empty where the compiler made a
# jump of the call), and why nothing that was promised is lost.
my @survived = (
    ['main', qr/^(?:sodium_)?mlock$/, qr/secret\.c/, '-v tells that the keys may be swapped out'],
    ['main', qr/^(?:madvise|prctl)$/, qr/^/, 'one wall less around the secrets'],
    ['main', qr/^(?:seccomp_|prctl|syscall)/, qr/sandbox/, 'a sandbox is as tight as can be had'],
    ['main', qr/^(?:strdup|[lf]?stat|open|close|realpath)$/, qr/sandbox/, 'the same'],
    ['main|guardian|command', qr/^(?:sigaction|sigprocmask|pthread_sigmask)$/, qr/^/,
        'they fail of wrong arguments only'],
    ['main', qr/^pthread_(?:mutex|cond)/, qr/^/, 'in glibc and musl nothing can run out for them'],
    ['main', qr/^pthread_create$/, qr/^/, 'fewer threads do the same'],
    ['main', qr/^(?:EVP_|calloc)/, qr/secretstream\.c/, 'libsodium does it'],
    ['main', qr/^OPENSSL_init_crypto/, qr/openssl\.c/, 'libsodium does it'],
    ['main', qr/^gcry_cipher_ctl$/, qr/cfb\.c/, 'it only asks for speed'],
    ['main', qr/^read$/, qr/^$|child\.c|conduit\.c/, 'a pipe whose reports say the same again'],
    ['main', qr/^(?:posix_fadvise|lseek)$/, qr/source\.c/, 'it is slower, or takes the rest'],
    ['main', qr/^fcntl$/, qr/gift\.c|source\.c|descriptor\.c/, 'a pipe is smaller, or blocks'],
    ['main|guardian', qr/^(?:isatty|fpathconf|tcgetpgrp)$/, qr/^/, 'no terminal, no short names'],
    ['main', qr/^(?:poll|fgets)$/, qr/^/, 'what was waited for fails by itself'],
    ['main', qr/^(?:open|openat|fopen|access|flock|fstatat)$/,
        qr/^$|temporary\.c|atomic_file\.c|link\.c|s2k_memory\.c|pipeline\.c|terminal\.c/,
        'there is another way: a name instead of none, a smaller bound'],
    ['main', qr/^l?stat$|^fstat$/, qr/run\.c|sink\.c|source\.c|encrypt\.c|verify\.c|check\.c/,
        'they only look for slips of the hand'],
    ['main', qr/^[lf]?stat$/, qr/passphrase\.c|file_list\.c|keyring_path\.c/,
        'what it is shows when it is opened; one of a directory of keys is passed over, with a warning'],
    ['main', qr/^(?:openat|read)$/, qr/key_directory\.c|key_file\.c/,
        'one of a directory of keys, which is passed over with a warning'],
    ['main', qr/^getrlimit$/, qr/check\.c/, 'only a warning has the number'],
    ['main', qr/^write$/, qr/message\.c/, 'standard error: nobody is told'],
    ['main', qr/^(?:EVP_|BN_|OSSL_|DSA_|ECDSA_|i2d_|gcry_|sodium_malloc|calloc)/,
        qr/crypto|secret\.c/,
        'of several keys another one does it, and what a key says of itself may be unproven'],
    ['main', qr/^write$/, qr/conduit\.c/, 'a bell that is not heard is not needed'],
    ['main|guardian', qr/^close$/, qr/^/, 'it is closed; what was written was synced before'],
    ['main', qr/^(?:send|waitpid|nanosleep|ioctl)$/, qr/child\.c|pair\.c/,
        'the guardian sees to it, or time does'],
    ['guardian', qr/^(?:waitid|waitpid|ppoll|syscall|setpgid|setsid|dup2|fcntl|ioctl|prctl|read)$/,
        qr/^$|./, 'it looks again, or does without'],
    ['command', qr/^(?:setpgid|prctl|poll)$/, qr/^/, 'the guardian has done it, too'],
);

# Statuses beside that of a failed input or output: names of calls, and from which files.
my @ends = (
    [2, qr/^(?:open|openat|__open_2|read|fstat|fstatat|fcntl|readdir|fdopendir|scandir|lseek)$/, qr/^/,
        'a key is unreadable'],
    [4, qr/^(?:open|openat|read|fstat)$/, qr/^/, 'one of a directory, which is passed over'],
    (map { [$_, qr/^(?:EVP_|BN_|OSSL_|gcry_|DSA_|ECDSA_|i2d_|inflate|BZ2_)/, qr/^/,
        'a library that fails looks like a key that does not fit, or damage: one answer for all that'
            . ' fails within a stream']} 2, 4, 5, 7),
    (map { [$_, qr/alloc|strn?dup|^mmap$/, qr{crypto/|openpgp/|secret\.c|^lib}, 'so do its own fronts']}
        2, 4, 5, 7),
);

# Functions that walseal calls and that nobody lets fail, and why not.
my @cannot = (
    [qr/^(?:mem|str)\w+$|^(?:qsort|dirname|getopt_long|__sched_cpucount|tdelete|sig(?:add|del|empty|fill)set)$/,
        'they work on memory that is there'],
    [qr/^(?:v?s(?:n)?printf|strftime|__isoc\d+_sscanf)$/, 'they fail of wrong arguments only'],
    [qr/(?:_free|_end|End|_close|_release|_destroy)$|^(?:BN_clear_free|free|fclose|closedir|munmap|umask)$/,
        'they give back; of what was written close and fsync tell'],
    [qr/^BN_(?:bn2bin|cmp|is_\w+|num_bits|set_flags)$|^EVP_CIPHER_get_\w+$|^OSSL_PARAM_construct_\w+$/,
        'they only look'],
    [qr/^gcry_(?:cipher_get_algo_keylen|control|set_log_handler)$/, 'they set or get what is there'],
    [qr/^(?:OpenSSL|BZ2_bzlib|zlib|sodium)_?[vV]ersion(?:_string)?$/, 'they only tell'],
    [qr/^crypto_(?:generichash|verify_\w+|secretstream_\w+)$|^randombytes_buf$/,
        'libsodium: they fail of wrong arguments, or of a stream that is not true'],
    [qr/^sodium_(?:\w*2\w+|increment|is_zero|memcmp|memzero)$/, 'of wrong text only'],
    [qr/^pthread_(?:cond_(?:signal|broadcast)|detach|join|mutex_(?:un)?lock)$/, 'of wrong use only'],
    [qr/^(?:clock_gettime|time|tzset|getpgrp|getp?pid|getenv|unsetenv|sysconf|mallopt)$/,
        'of wrong arguments only'],
    [qr/^(?:kill|raise|_exit)$/, 'to processes of its own, or itself'],
    [qr/^seccomp_syscall_resolve_name$/, 'of names that are no call here only, and then it is left out'],
    [qr/^__(?!open)\w+$|^_ITM_/, "the compiler's and the C library's own"],
);

sub cannot_fail {
    my ($name) = @_;
    return scalar grep { $name =~ $_->[0] } @cannot;
}

sub parts {
    my ($strike) = @_;
    return split ' ', $strike;
}

# by: as run's place_of.
sub may_survive {
    my ($strike, $by) = @_;
    my ($role, $scope, $name, $number, $form) = parts($strike);
    return 1 if $form ne 'fail' || $scope eq 'library';
    return scalar grep {
        my ($roles, $names, $files) = @$_;
        $role =~ /^(?:$roles)$/ && $name =~ $names && $by =~ $files;
    } @survived;
}

# command: walseal's.
sub may_end_with {
    my ($strike, $status, $command, $by) = @_;
    my $base = $command =~ /^(?:decrypt|verify|rekey)$/ ? 200 : 100;
    my ($role, $scope, $name, $number, $form) = parts($strike);
    return 0 if $form ne 'fail';
    # check tells of what it finds, a key that can't be read say, as monitors want to have it
    return 1 if $status == $base + 3 || ($command eq 'check' && ($status == 1 || $status == 2));
    return scalar grep {
        my ($kind, $names, $files) = @$_;
        $status == $base + $kind && $name =~ $names && $by =~ $files;
    } @ends;
}

# What a library does when it has no memory, which its authors alone can mend.
my %dies = (
    'libseccomp.so.2' => 'frees twice in seccomp_load, or leaves calls out of its list',
    'libcrypto.so.3'  => 'begins with tables that it never looks at again',
    'libgcrypt.so.20' => 'its numbers end the process',
    'libsodium.so.23' => 'ends the process where there are no random bytes',
);

# by: the library's name.
sub may_die {
    my ($by, $status) = @_;
    return exists $dies{$by} && ($status eq 'hangs' || ($status > 128 && $status < 160));
}

# Whether a sanitizer was kept from looking for leaks, and so ended the process: by the sandbox, whose
# rules let it read /proc unless making them fails, or for want of descriptors.
sub is_blind {
    my ($text) = @_;
    return $text =~ m{Can't open /proc/\d+/task for reading.*LeakSanitizer has encountered a fatal}s;
}

# Whether it is like this fault to stay: no memory, a full disk.
sub may_last {
    my ($name) = @_;
    return $name =~ /alloc|strn?dup|^(?:read|write|open|openat|mmap|fork|pipe)$/;
}

# Where standard error can't be written there is no line.
sub may_be_silent {
    my ($strike) = @_;
    return (parts($strike))[2] eq 'write';
}

1;
