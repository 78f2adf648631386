#!/usr/bin/env bats
# contrib/completions: as each shell reads them. `make completions` makes them from the table of
# options; where they aren't what it makes, they are behind.
# shellcheck shell=bash
load ../helper

SHELLS=$ROOT/contrib/completions

@test "the completions are what the table of options makes: make completions" {
    [ -x "$BUILD/tools/completions" ] || skip "tools/completions isn't built"
    "$BUILD/tools/completions" bash | cmp - "$SHELLS/walseal.bash"
    "$BUILD/tools/completions" zsh | cmp - "$SHELLS/_walseal"
    "$BUILD/tools/completions" fish | cmp - "$SHELLS/walseal.fish"
}

# bash WORD...: the replies, one a line, as if Tab were pressed behind the last word.
in_bash() {
    bash -c '
        source "$1" && shift
        COMP_WORDS=(walseal "$@")
        COMP_CWORD=$#
        COMPREPLY=()
        function=$(complete -p walseal | sed "s/.*-F \([^ ]*\).*/\1/")
        "$function" walseal "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        [ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' - "$SHELLS/walseal.bash" "$@"
}

# in_zsh LINE: what an interactive zsh offers for it.
in_zsh() {
    timeout 30 zsh -f "$ROOT/tests/contrib/complete.zsh" "$SHELLS" "$1" | tr -d '\r' |
        sed -n 's/.*+\([^ ]*\)$/\1/p' | sort -u
}

in_fish() {
    # shellcheck disable=SC2016 # fish's own
    XDG_CONFIG_HOME=$T/fish XDG_DATA_HOME=$T/fish fish --no-config -c '
        source $argv[1]; complete -C $argv[2]' -- "$SHELLS/walseal.fish" "$1" | cut -f 1 | sort
}

# long_options COMMAND: as its --help has them.
long_options() {
    "$WALSEAL" "$1" --help | grep -oE '^  (-[a-zA-Z], |    )--[a-z-]+' | grep -oE -- '--.*' | sort
}

@test "bash offers the commands, and each one's options" {
    [ "$(in_bash en)" = encrypt ]
    [ "$(in_bash --v)" = --version ]
    for command in encrypt decrypt verify rekey inspect keygen check; do
        [ "$(in_bash "${command%?}")" = $command ]
        assert_same <(in_bash $command -- | grep '^--' | sort) <(long_options $command)
    done
}

@test "bash offers what an option takes: words, files, nothing" {
    touch 'a key' other
    mkdir keys.d
    [ "$(in_bash encrypt -m '')" = $'sodium\nopenpgp' ]
    [ "$(in_bash encrypt -t a)" = '' ]
    [ "$(in_bash decrypt -t a)" = auto ]
    [ "$(in_bash decrypt -k a)" = 'a key' ]
    [ "$(in_bash decrypt --key-file k)" = keys.d ]
    [ "$(in_bash decrypt --key-file = k)" = keys.d ]
    [ "$(in_bash decrypt --progress = al)" = always ]
    [ "$(in_bash check --sandbox =)" = $'auto\nrequire\noff' ]
    [ "$(in_bash decrypt --progress =)" = $'auto\nalways\nnever' ]
    [ "$(in_bash decrypt --progress o)" = other ]
    [ "$(in_bash decrypt -T '')" = '' ]
    [ "$(in_bash keygen --rsa 3)" = 3072 ]
}

@test "bash offers operands: files, kinds of key, files behind --" {
    touch other -- -odd
    [ "$(in_bash verify -q o)" = other ]
    [ "$(in_bash keygen o)" = openpgp ]
    [ "$(in_bash check o)" = '' ]
    [ "$(in_bash decrypt -- -o)" = -odd ]
}

@test "zsh offers commands, options, values and files" {
    command -v zsh >/dev/null || skip "zsh isn't installed"
    touch other
    assert_same <(in_zsh 'walseal ' | grep -v '^--') <(printf '%s\n' check decrypt encrypt help inspect \
        keygen rekey verify)
    for command in encrypt verify rekey keygen; do
        assert_same <(in_zsh "walseal $command --" | grep '^--' | tr -d = | sort) \
            <(long_options $command)
    done
    [ "$(in_zsh 'walseal encrypt -m ')" = $'openpgp\nsodium' ]
    [ "$(in_zsh 'walseal decrypt --progress=')" = $'always\nauto\nnever' ]
    in_zsh 'walseal decrypt -k ' | grep -x other
}

@test "fish offers commands, options, values and files" {
    command -v fish >/dev/null || skip "fish isn't installed"
    touch other
    assert_same <(in_fish 'walseal ') <(printf '%s\n' check decrypt encrypt inspect keygen rekey verify)
    for command in encrypt decrypt verify rekey inspect keygen check; do
        assert_same <(in_fish "walseal $command --" | grep '^--' | tr -d = | sort -u) \
            <(long_options $command)
    done
    [ "$(in_fish 'walseal encrypt -m ')" = $'openpgp\nsodium' ]
    [ "$(in_fish 'walseal encrypt -t ')" = $'base64\nhex\nnone' ]
    in_fish 'walseal decrypt -k o' | grep -x other
    in_fish 'walseal decrypt o' | grep -x other
    [ -z "$(in_fish 'walseal check o')" ]
}
