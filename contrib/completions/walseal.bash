# Completions of walseal for bash. Made by `make completions`: don't edit.
# shellcheck shell=bash

_walseal_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}

_walseal_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

# _walseal_value COMMAND OPTION: false where it's no option that takes a value.
_walseal_value() {
    case "$1 $2" in
    'encrypt -k' | 'encrypt --key-file') _walseal_files ;;
    'encrypt -m' | 'encrypt --method') _walseal_words 'sodium openpgp' ;;
    'encrypt -t' | 'encrypt --key-transform') _walseal_words 'hex base64 none' ;;
    'encrypt -p' | 'encrypt --passphrase-file') _walseal_files ;;
    'encrypt -o' | 'encrypt --output') _walseal_files ;;
    'encrypt --compare-key') _walseal_files ;;
    'encrypt --from') ;;
    'encrypt --filter') ;;
    'encrypt --to') ;;
    'encrypt --profile') _walseal_words 'rfc4880' ;;
    'encrypt -T' | 'encrypt --threads') ;;
    'encrypt --progress') _walseal_words 'auto always never' ;;
    'encrypt --size') ;;
    'encrypt --sandbox') _walseal_words 'auto require off' ;;
    'decrypt -k' | 'decrypt --key-file') _walseal_files ;;
    'decrypt -t' | 'decrypt --key-transform') _walseal_words 'hex base64 none auto' ;;
    'decrypt -p' | 'decrypt --passphrase-file') _walseal_files ;;
    'decrypt -o' | 'decrypt --output') _walseal_files ;;
    'decrypt --from') ;;
    'decrypt --filter') ;;
    'decrypt --to') ;;
    'decrypt --missing') _walseal_words 'empty 3,4,empty' ;;
    'decrypt --wal-name') ;;
    'decrypt --system-id') ;;
    'decrypt -T' | 'decrypt --threads') ;;
    'decrypt --progress') _walseal_words 'auto always never' ;;
    'decrypt --size') ;;
    'decrypt --sandbox') _walseal_words 'auto require off' ;;
    'verify -k' | 'verify --key-file') _walseal_files ;;
    'verify -t' | 'verify --key-transform') _walseal_words 'hex base64 none auto' ;;
    'verify -p' | 'verify --passphrase-file') _walseal_files ;;
    'verify --from') ;;
    'verify --filter') ;;
    'verify --missing') _walseal_words 'empty 3,4,empty' ;;
    'verify --against') _walseal_files ;;
    'verify --wal-name') ;;
    'verify --system-id') ;;
    'verify -T' | 'verify --threads') ;;
    'verify --progress') _walseal_words 'auto always never' ;;
    'verify --size') ;;
    'verify --sandbox') _walseal_words 'auto require off' ;;
    'rekey -k' | 'rekey --key-file') _walseal_files ;;
    'rekey -n' | 'rekey --new-key-file') _walseal_files ;;
    'rekey -m' | 'rekey --method') _walseal_words 'sodium openpgp' ;;
    'rekey -t' | 'rekey --key-transform') _walseal_words 'hex base64 none auto' ;;
    'rekey --new-key-transform') _walseal_words 'hex base64 none' ;;
    'rekey -p' | 'rekey --passphrase-file') _walseal_files ;;
    'rekey -o' | 'rekey --output') _walseal_files ;;
    'rekey --from') ;;
    'rekey --to') ;;
    'rekey --missing') _walseal_words 'empty 3,4,empty' ;;
    'rekey --profile') _walseal_words 'rfc4880' ;;
    'rekey -T' | 'rekey --threads') ;;
    'rekey --progress') _walseal_words 'auto always never' ;;
    'rekey --size') ;;
    'rekey --sandbox') _walseal_words 'auto require off' ;;
    'inspect --sandbox') _walseal_words 'auto require off' ;;
    'keygen -t' | 'keygen --key-transform') _walseal_words 'hex base64' ;;
    'keygen -p' | 'keygen --passphrase-file') _walseal_files ;;
    'keygen -o' | 'keygen --output') _walseal_files ;;
    'keygen --public') _walseal_files ;;
    'keygen --rsa') _walseal_words '2048 3072 4096' ;;
    'keygen --user-id') ;;
    'keygen --expires') ;;
    'check -k' | 'check --key-file') _walseal_files ;;
    'check -t' | 'check --key-transform') _walseal_words 'hex base64 none' ;;
    'check -p' | 'check --passphrase-file') _walseal_files ;;
    'check --sandbox') _walseal_words 'auto require off' ;;
    *) return 1 ;;
    esac
}

_walseal_options() {
    case $1 in
    encrypt)
        _walseal_words '-k --key-file -m --method -t --key-transform -p --passphrase-file
            -o --output --no-clobber --compare-key --from --filter --to --profile
            --hide-recipients --allow-expired -T --threads --progress --size
            --sandbox -q --quiet -v --verbose -h --help'
        ;;
    decrypt)
        _walseal_words '-k --key-file -t --key-transform -p --passphrase-file -o --output
            --no-clobber --from --filter --to --missing --standby --wal-name
            --system-id --verify-first -T --threads --progress --size --sandbox
            -q --quiet -v --verbose -h --help'
        ;;
    verify)
        _walseal_words '-k --key-file -t --key-transform -p --passphrase-file --from
            --filter --missing --against --wal-name --system-id --json -T --threads
            --progress --size --sandbox -q --quiet -v --verbose -h --help'
        ;;
    rekey)
        _walseal_words '-k --key-file -n --new-key-file -m --method -t --key-transform
            --new-key-transform -p --passphrase-file -o --output --no-clobber
            --from --to --missing --profile --hide-recipients --allow-expired
            -T --threads --progress --size --sandbox -q --quiet -v --verbose
            -h --help'
        ;;
    inspect)
        _walseal_words '--json --sandbox -q --quiet -v --verbose -h --help'
        ;;
    keygen)
        _walseal_words '-t --key-transform -p --passphrase-file -o --output --public
            --rsa --user-id --expires -q --quiet -v --verbose -h --help'
        ;;
    check)
        _walseal_words '-k --key-file -t --key-transform -p --passphrase-file --json
            --sandbox -q --quiet -v --verbose -h --help'
        ;;
    esac
}

_walseal_operand() {
    case $1 in
    encrypt) _walseal_files ;;
    decrypt) _walseal_files ;;
    verify) _walseal_files ;;
    rekey) _walseal_files ;;
    inspect) _walseal_files ;;
    keygen) _walseal_words 'sodium openpgp' ;;
    check) ;;
    esac
}

_walseal() {
    local word=$2 before=$3 command=${COMP_WORDS[1]} i
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        _walseal_words 'encrypt decrypt verify rekey inspect keygen check help --help --version'
        return
    fi
    for ((i = 2; i < COMP_CWORD; i++)); do
        if [ "${COMP_WORDS[i]}" = -- ]; then
            _walseal_operand "$command"
            return
        fi
    done
    # bash cuts --progress=al into three words
    if [ "$word" = = ]; then
        word=''
        _walseal_value "$command" "$before"
    elif [ "$before" = = ]; then
        _walseal_value "$command" "${COMP_WORDS[COMP_CWORD - 2]}"
    # which takes its value behind = alone
    elif [ "$before" != --progress ] && _walseal_value "$command" "$before"; then
        :
    elif [ "${word#-}" != "$word" ]; then
        _walseal_options "$command"
    else
        _walseal_operand "$command"
    fi
}

complete -F _walseal walseal
