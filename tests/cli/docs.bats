# What README.md, doc/ and the manual pages tell people to type is typed here, in order, on a small
# stand-in for a server, and its result is checked. A command that isn't known fails the test: teach
# typed.bash, or of doc/operating.md operated.bash, what to expect.
# shellcheck disable=SC2034,SC2094 # for what is loaded; what is read and what is written differ
# shellcheck shell=bash
bats_require_minimum_version 1.5.0
load ../helper
load openpgp
load stand_ins
load typed
load operated

export SEGMENT=000000010000000000000001
SYSTEM_ID=7434567890123456789

setup() {
    helper_setup
    mkdir bin store vault work data
    unset MAKEFLAGS MAKELEVEL MFLAGS
    export STORE_DOWN=
    PATH=$T/bin:$PATH
    ln -s "$WALSEAL" bin/walseal
    stand_ins
    random_file 100000 plain
    segment >segment
    cd work || return 1
    cp "$VECTORS/sodium/keys/hex.key" walg.key
    cp "$WALG/rsapass.sec.asc" walg.sec.asc
    cp "$WALG/rsapass.pass" walg.pass
}

# What PostgreSQL has under the name $SEGMENT, near enough.
segment() {
    perl -e 'print pack("v2 V Q< V2 Q< V2", 0xD110, 2, 1, 1048576, 0, 0, shift, 1048576, 8192), "x" x 1048536' $SYSTEM_ID
}

teardown() {
    leave_gpg
}

@test "every command in README.md does what it says" {
    type_all "$ROOT/README.md" 76
}

@test "every command in doc/operating.md does what it says" {
    mkdir -p "$T/etc/walseal" "$T/archive" "$T/media/safe"
    "$WALSEAL" keygen -o "$T/etc/walseal/key"
    "$WALSEAL" encrypt -k "$T/etc/walseal/key" -o "$T/archive/$SEGMENT" "$T/segment"
    lay_keys
    type_all "$ROOT/doc/operating.md" 49
}

@test "every command in walseal(1)'s examples does what it says" {
    type_all "$ROOT/man/walseal.1" 20
}

@test "README.md and doc/ let nobody else read what they decrypt into files" {
    run_status awk '/^```sh/ { private = 0 }
        /umask 077/ { private = 1 }
        /(decrypt|base64 -d|lz4 -d) / && / -o |>|\.lz4 / && !/-o \/dev\/null|%p|^restore/ && !private' "$ROOT/README.md" "$ROOT"/doc/*.md
    assert_no_output
}

@test "README.md and doc/ mark every block that holds commands" {
    # shellcheck disable=SC2016 # awk's
    run_status awk '/^```/ { open = !open; if (open && $0 !~ /^```(sh|conf|text)$/) print }' "$ROOT/README.md" "$ROOT"/doc/*.md
    assert_no_output
    run_status sed -n '/^\.Sh SYNOPSIS/,/^\.Sh EXAMPLES/{/^\.Bd/p;}' "$ROOT/man/walseal.1"
    assert_no_output
}

# anchors DOCUMENT: what its headings are called in links.
anchors() {
    sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed "s/[^a-z0-9 _-]//g; s/ /-/g"
}

@test "what the documents link to is there" {
    local document link file count=0
    for document in README.md SECURITY.md CONTRIBUTING.md doc/operating.md; do
        while read -r link; do
            file=$ROOT/$document
            [ -z "${link%%#*}" ] || file=$(dirname "$file")/${link%%#*}
            [ -e "$file" ] || flunk "$document: $link" || return 1
            case $link in *'#'*) anchors "$file" | grep -qxF "${link#*#}" || flunk "$document: $link" || return 1 ;; esac
            count=$((count + 1))
        done < <(grep -o ']([^)]*)' "$ROOT/$document" | tr -d ']()')
    done
    [ $count -ge 15 ]
}

# The options that a command's help lists.
helped() {
    "$WALSEAL" "$@" --help | sed -n 's/^ *\(-\([a-zA-Z]\), \)\{0,1\}--\([a-z-]*\).*/\2 \3/p'
}

# The options that walseal(1) lists, as "LETTER NAME" or " NAME".
manual_options() {
    sed -n '/^\.Sh OPTIONS/,/^\.Sh KEYS/s/^\.It Fl //p' "$ROOT/man/walseal.1" |
        sed -n 's/^\([a-zA-Z]\) , Fl -\([a-z-]*\).*/\1 \2/p; s/^-\([a-z-]*\).*/ \1/p'
}

@test "walseal(1) has every option that --help has, and no other" {
    diff <({ helped encrypt && helped decrypt && helped verify && helped rekey && helped keygen && helped inspect && helped check && echo ' version'; } | sort -u) <(manual_options | sort)
}

@test "--help of the whole names the options of walseal(1)'s synopsis" {
    "$WALSEAL" --help >help
    for word in encrypt decrypt verify rekey keygen inspect check --help --version; do
        grep -qF -- "$word" help
        sed -n '/^.Sh SYNOPSIS/,/^.Sh DESCRIPTION/p' "$ROOT/man/walseal.1" | grep -qF -- "${word#-}"
    done
}

@test "the exit statuses of README.md, walseal(1) and --help are the same" {
    local number
    local command
    for command in encrypt decrypt verify rekey keygen inspect check; do "$WALSEAL" $command --help; done >help
    sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/p' "$ROOT/man/walseal.1" | grep '^\.It' >manual
    sed -n '/^## Exit statuses/,/^## Compared/p' "$ROOT/README.md" | grep '^|' >readme
    for number in 0 1 2 101 102 103 105 106 107 201 202 203 204 205 206 207 208; do
        grep -qw "$number" manual && grep -qw "$number" readme && grep -qw "$number" help ||
            flunk "$number is not told everywhere"
    done
    run ! grep -qw '104\|108' manual readme help
}

@test "walseal(1) names every variable of the environment that is read" {
    local name
    for name in WALG_LIBSODIUM_KEY WALG_LIBSODIUM_KEY_PATH WALG_LIBSODIUM_KEY_TRANSFORM WALG_PGP_KEY \
        WALG_PGP_KEY_PATH WALG_PGP_KEY_PASSPHRASE; do
        grep -q "^\.It Ev.* $name\b" "$ROOT/man/walseal.1" || flunk "$name"
    done
}

# What walseal says in all the cases that walseal(1) explains.
say_everything() {
    local stream rest key=$VECTORS/sodium/keys/hex.key
    for stream in "$VECTORS"/sodium/bad/*.enc "$VECTORS"/sodium/unsupported/*.enc; do
        "$WALSEAL" decrypt -k "$key" "$stream" >/dev/null || true
    done
    mkdir unmounted
    "$WALSEAL" decrypt -k "$key" unmounted/$SEGMENT || true
    "$WALSEAL" decrypt -k "$key" --from 'exit 3' || true
    "$WALSEAL" decrypt -k "$key" --from true || true
    "$WALSEAL" encrypt -k "$key" --filter 'head -c 1' plain.100 >half || true
    make_key other
    "$WALSEAL" encrypt -k other -o taken plain.100
    "$WALSEAL" encrypt -k "$key" --no-clobber -o taken plain.100 || true
    "$WALSEAL" keygen -o taken || true
    say_every_warning
    printf 'two\nlines\n' >lines
    "$WALSEAL" keygen openpgp -p lines -o never || true
    say_everything_of_openpgp
} 2>&1

say_every_warning() {
    local text="  a sentence that is no hexadecimal number"
    mkdir keys.d
    echo "$text" >sentence
    head -c 32 /dev/zero | base64 >base64
    head -c 60 "$key" >keys.d/mistyped
    head -c 200 "$WALG/rsa.sec.asc" >keys.d/broken.asc
    umask 022
    "$WALSEAL" encrypt -k "$key" /dev/null >nothing
    for text in "$key" base64 sentence; do
        "$WALSEAL" encrypt -k "$text" -t none plain.100 >sealed
    done
    "$WALSEAL" decrypt -k keys.d sealed || true
    "$WALSEAL" keygen >others-can-read
    "$WALSEAL" keygen openpgp --expires 5 -o expiring
    "$WALSEAL" encrypt -k expiring plain.100 >sealed
    "$WALSEAL" encrypt --allow-expired -k "$PGP/keys/expired.pgp" plain.100 >sealed
    "$WALSEAL" encrypt -k "$PGP/keys/sha1.pgp" plain.100 >sealed
}

say_everything_of_openpgp() {
    local case
    for case in good/expired-subkey bad/{key-{other,public-only,passphrase-missing,wrong-passphrase,dummy-needed,argon2-huge},trunc-middle,flip-seipd1-middle,seipd2-swap-chunks} \
        unsupported/outer-{sed-tag9,plain-literal,not-pgp-random}; do
        decrypts_case "$case"
        cat "$T/stderr"
    done
    head -c 20 /dev/zero >zeros
    "$WALSEAL" decrypt -k "$WALG/rsapass.sec.asc" -p zeros -p "$WALG/p256pass.pass" "$WALG/rsapass.100.enc" || true
    WALG_LIBSODIUM_KEY_PATH=$key WALG_PGP_KEY_PATH=$WALG/rsa.pub.asc "$WALSEAL" encrypt plain.100 || true
    "$WALSEAL" encrypt -k "$PGP/keys/revoked.pgp" plain.100 || true
    "$WALSEAL" encrypt -k "$WALG/rsa.pub.asc" -o taken.pgp plain.100
    "$WALSEAL" encrypt -k "$WALG/rsa.pub.asc" --no-clobber -o taken.pgp plain.100 || true
} 2>&1

@test "the messages that walseal(1) explains are the messages that are given" {
    local message pattern count=0
    cp "$VECTORS/sodium/plain/100" plain.100
    say_everything >said
    while read -r message; do
        pattern=$(sed 's/[()]/\\&/g; s/ \.\.\. / .* /g; s/ \.\.\.$//; s/\bN\b/[0-9]+/g; s/\bM\b/[0-9]+/g; s/?$/[?]/' <<<"$message")
        grep -qE -- "$pattern" said || flunk "never said: $message" || return 1
        count=$((count + 1))
    done < <(sed -n '/^\.Sh DIAGNOSTICS/,/^\.Sh SEE/s/^\.It "\(.*\)"$/\1/p' "$ROOT/man/walseal.1")
    [ $count -ge 43 ]
}

# The names in the JSON objects of every command that has --json, of every kind of object and key.
say_every_member() {
    local -a files
    mapfile -t files < <(find "$VECTORS" -type f ! -name CASES ! -name '*.md' ! -name 'make-*')
    "$WALSEAL" inspect -q --json "${files[@]}"
    "$WALSEAL" inspect -q --json </dev/null
    "$WALSEAL" verify -q --json -k walg.key "$VECTORS/sodium"
    "$WALSEAL" check --json -k walg.key -k "$WALG/rsa.pub.asc"
} 2>/dev/null

@test "walseal(1) has every member of the JSON objects, and no other" {
    { say_every_member || true; } | grep -o '"[a-z_]*":' | tr -d '":' | sort -u >said
    # the rest is of objects longer than 64 KiB
    sed -n '/^\.Sh PROVING/,/^\.Sh SIGNALS/p' "$ROOT/man/walseal.1" | sed -n 's/^\.\(It \)\{0,1\}Cm //p' |
        tr -d ',' | tr -s ' ' '\n' | grep -v '^No$\|^or$\|_left_out$' | sort -u >manual
    [ "$(wc -l <said)" -ge 60 ]
    run_status comm -23 said manual
    assert_no_output
    sed -n '/^\.Sh PROVING/,/^\.Sh SIGNALS/s/^\.It Cm //p' "$ROOT/man/walseal.1" | tr -d ',' |
        tr -s ' ' '\n' | grep -v '_left_out$' | sort -u >listed
    run_status comm -13 said listed
    assert_no_output
}

@test "the sizes in walseal(5) are the sizes that encrypt writes" {
    local plain size count=0
    make_key key
    while read -r plain size; do
        [ "$(head -c "$plain" /dev/zero | "$WALSEAL" encrypt -q -k key | wc -c)" -eq "$size" ] || flunk "$plain"
        count=$((count + 1))
    done < <(sed -n '/^plaintext   stream/,/^\.Ed/{/^ *[0-9]/p;}' "$ROOT/man/walseal.5" | xargs -n 2)
    [ $count -eq 6 ]
}

@test "the fingerprint is the one that walseal(5) defines" {
    local want
    command -v python3 >/dev/null || { echo "# skipped: no python3" >&3 && return 0; }
    want=$(python3 -c 'import hashlib, sys
key = bytes.fromhex(open(sys.argv[1]).read().strip())
print(hashlib.blake2b(key, digest_size=16, key=b"walseal sodium key fingerprint").hexdigest()[:16])' walg.key)
    run_status "$WALSEAL" decrypt -v -k walg.key "$VECTORS/sodium/good/hex.1.enc"
    assert_status 0
    assert_stderr_has "fingerprint $want"
}

@test "CONTRIBUTING.md names every goal of make, and every folder of sources and tests" {
    local goal folder
    make -C "$ROOT" --no-print-directory help | sed -n 's/^  make \([a-z-]*\).*/\1/p' >goals
    [ "$(wc -l <goals)" -ge 14 ]
    while read -r goal; do
        grep -q "make $goal\b" "$ROOT/CONTRIBUTING.md" || flunk "make $goal" || return 1
    done < <(grep -vx help goals)
    for folder in "$ROOT"/src/*/ "$ROOT"/tests/*/; do
        folder=${folder#"$ROOT"/}
        grep -q "^    .*$folder" "$ROOT/CONTRIBUTING.md" || flunk "$folder" || return 1
    done
}

# shellcheck disable=SC2016 # Markdown's
@test "every promise in SECURITY.md names what tests it, and that is there" {
    local promise kind what count=0
    sed -n '/^## What is promised/,/^## /p' "$ROOT/SECURITY.md" | sed '/^## /d; s/^- /\x01/' | tr '\n' ' ' |
        tr '\1' '\n' | tr -s ' ' | tail -n +2 >promises
    make -C "$ROOT" --no-print-directory help | sed -n 's/^  make \([a-z-]*\).*/\1/p' >goals
    echo >>promises
    while read -r promise && [ -n "$promise" ]; do
        grep -q 'Tested by `' <<<"$promise" || flunk "$promise" || return 1
        while read -r kind what; do
            case $kind in
            bats) [ -e "$ROOT/$what" ] || flunk "no $what" || return 1 ;;
            make) grep -qxF "$what" goals || flunk "no goal $what" || return 1 ;;
            esac
        done < <(grep -oE '`(bats|make) [^`]*`' <<<"$promise" | tr -d '`')
        count=$((count + 1))
    done <promises
    [ $count -ge 7 ]
}

@test "the manual pages have no complaint from mandoc" {
    command -v mandoc >/dev/null || { echo "# skipped: no mandoc" >&3 && return 0; }
    for page in "$ROOT"/man/walseal.[15]; do
        run_status mandoc -T lint -W warning "$page"
        assert_no_output
    done
}
