# The stream itself: WAL-G's vectors, libsodium as the oracle both ways, and sizes.
# shellcheck shell=bash disable=SC2153,SC2317 # THREADS is streams.bash's; one_good is called by its name
bats_require_minimum_version 1.5.0
load ../helper
load streams

# rows FILE: the lines of a table that are not comments.
rows() {
    grep -v '^#' "$1"
}

# some_rows FILE: all of them, or of one more build a half, another one each time.
some_rows() {
    local step=1
    [ -z "$OTHER_BUILD" ] || [ -n "${EMULATOR-}${THOROUGH-}" ] || step=2
    rows "$1" | awk -v step=$step -v first=$((RANDOM % step)) 'NR % step == first'
}

# plain_opens PLAIN COMMAND...: it ends with 0, silently, and with exactly PLAIN.
plain_opens() {
    local plain=$1
    shift
    run_status "$@"
    assert_status 0 && assert_silent && assert_same "$plain" "$T/stdout"
}

# Every row of good/CASES as: one_good STREAM PLAIN KEY_FILE TRANSFORM.
each_good() {
    local stream key transform plain reason
    while read -r stream key transform plain reason; do
        "$1" "$SODIUM/good/$stream" "$SODIUM/plain/$plain" "$SODIUM/keys/$key" "$transform" ||
            flunk "$stream: $reason" || return 1
    done < <(some_rows "$SODIUM/good/CASES")
}

@test "every stream in the vectors has its row, and every row its stream" {
    local kind
    for kind in good bad unsupported; do
        diff <(rows "$SODIUM/$kind/CASES" | cut -d' ' -f1 | sort) \
            <(cd "$SODIUM/$kind" && printf '%s\n' *.enc | sort)
    done
}

@test "every good stream opens with its transform given, by one thread and by four" {
    one_good() {
        plain_opens "$2" "$WALSEAL" decrypt -k "$3" -t "$4" -T 1 "$1" &&
            plain_opens "$2" "$WALSEAL" decrypt -k "$3" -t "$4" -T 4 "$1"
    }
    each_good one_good
}

@test "every good stream opens with no transform given, from a file, standard input and --from" {
    one_good() {
        plain_opens "$2" "$WALSEAL" decrypt -k "$3" "$1" &&
            plain_opens "$2" "$WALSEAL" decrypt -k "$3" <"$1" &&
            plain_opens "$2" "$WALSEAL" decrypt -k "$3" --from "cat '$1'"
    }
    each_good one_good
}

@test "every good stream opens with -t auto from a pipe into -o, among all the other keys" {
    one_good() {
        local status=0
        # shellcheck disable=SC2002 # the pipe is the point
        cat "$1" | "$WALSEAL" decrypt -k "$SODIUM/keys" -t auto -o "$T/out" 2>"$T/stderr" || status=$?
        [ "$status" -eq 0 ]
        assert_same "$2" "$T/out"
    }
    each_good one_good
}

@test "every good stream opens with the key in WAL-G's variables" {
    one_good() {
        plain_opens "$2" env WALG_LIBSODIUM_KEY_PATH="$3" WALG_LIBSODIUM_KEY_TRANSFORM="$4" \
            "$WALSEAL" decrypt "$1"
    }
    each_good one_good
}

@test "every bad stream ends with its status after the chunks that are good, alike with any number of threads" {
    local stream want chunks plain reason threads
    while read -r stream want chunks plain reason; do
        for threads in $THREADS; do
            run_status "$WALSEAL" decrypt -k "$KEY" -T "$threads" <"$SODIUM/bad/$stream"
            assert_status "$want" && assert_one_line_error 'standard input: ' ||
                flunk "$stream: $reason" || return 1
            [ "$chunks" = - ] || [ "$(wc -c <"$T/stdout")" -eq $((chunks * 8192)) ] ||
                flunk "$stream: wrote $(wc -c <"$T/stdout") bytes: $reason" || return 1
            assert_prefix "$T/stdout" "$SODIUM/plain/$plain"
            [ "$threads" = 1 ] || assert_same "$T/stderr" "$T/stderr.1"
            [ "$threads" != 1 ] || cp "$T/stderr" "$T/stderr.1"
        done
    done < <(some_rows "$SODIUM/bad/CASES")
}

@test "a bad stream leaves no file at -o, and an old one as it was" {
    local stream want rest
    mkdir out
    while read -r stream want rest; do
        run_status "$WALSEAL" decrypt -k "$KEY" -o out/new "$SODIUM/bad/$stream"
        assert_status "$want" && assert_only out || return 1
        echo old >out/new
        run_status "$WALSEAL" decrypt -k "$KEY" -o out/new "$SODIUM/bad/$stream"
        assert_status "$want" && assert_only out new && [ "$(cat out/new)" = old ] || return 1
        rm out/new
    done < <(some_rows "$SODIUM/bad/CASES")
}

@test "every unsupported stream ends with 207 and is named for what it is" {
    local stream text
    while read -r stream text; do
        run_status "$WALSEAL" decrypt -k "$KEY" "$SODIUM/unsupported/$stream"
        assert_status 207
        assert_no_output
        assert_one_line_error "$stream: " "$text"
    done < <(some_rows "$SODIUM/unsupported/CASES")
}

# A size's ciphertext: header, and 17 bytes for each chunk, the last of them shorter than 8192.
sealed_size() {
    echo $((24 + $1 + ($1 / 8192 + 1) * 17))
}

SIZES='0 1 2 8191 8192 8193 16383 16384 16385 24576 100000 1048575 1048576 1048577 1056768 2097151
    2097152 2097153 3000000 4194304'
[ -z "$OTHER_BUILD" ] || SIZES='0 1 8191 8192 8193 100000 1048575 1048576 1056768'

@test "encrypt writes the size that is documented" {
    local size documented
    while read -r size documented; do
        head -c "$size" /dev/zero | "$WALSEAL" encrypt -k "$KEY" >out
        [ "$(wc -c <out)" -eq "$documented" ] || flunk "$size: $(wc -c <out)"
    done <<'END'
0 41
1 42
8191 8232
8192 8250
8193 8251
16384 16459
END
}

@test "libsodium alone opens what encrypt writes, at every size, from a file and by any number of threads" {
    local size threads
    pattern_file 4194304 all
    for size in $SIZES; do
        head -c "$size" all >plain
        for threads in $THREADS; do
            run_status "$WALSEAL" encrypt -k "$KEY" -T "$threads" plain
            assert_status 0
            [ "$(wc -c <"$T/stdout")" -eq "$(sealed_size "$size")" ] || flunk "$size bytes: size"
            oracle open "$KEY" <"$T/stdout" >opened || flunk "$size bytes, $threads threads"
            assert_same plain opened
        done
    done
}

@test "decrypt opens what libsodium alone writes, at every size, by any number of threads" {
    local size threads
    pattern_file 4194304 all
    for size in $SIZES; do
        head -c "$size" all >plain
        oracle seal "$KEY" whole <plain >sealed
        for threads in $THREADS; do
            plain_opens plain "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed || flunk "$size bytes"
        done
    done
}

@test "pipes fed in odd pieces, at random sizes, both ways" {
    local size
    for _ in 1 2 3 4 5 6 7 8; do
        size=$((RANDOM * 32768 + RANDOM))
        size=$((size % 2500000))
        random_file "$size" plain
        dd if=plain bs=4099 status=none | "$WALSEAL" encrypt -k "$KEY" | dd bs=977 status=none >sealed
        [ "$(wc -c <sealed)" -eq "$(sealed_size "$size")" ] || flunk "$size bytes: size"
        oracle open "$KEY" <sealed >opened && assert_same plain opened || flunk "$size bytes"
        dd if=sealed bs=8209 status=none | "$WALSEAL" decrypt -k "$KEY" | dd bs=977 status=none >opened
        assert_same plain opened || flunk "$size bytes"
        rm plain
    done
}

@test "two streams of the same plaintext share no header" {
    echo same | "$WALSEAL" encrypt -k "$KEY" >one
    echo same | "$WALSEAL" encrypt -k "$KEY" >two
    [ "$(head -c 24 one | od -An -tx1)" != "$(head -c 24 two | od -An -tx1)" ]
}

@test "REKEY anywhere in a stream of several slots, by any number of threads" {
    local at threads
    pattern_file $((8192 * 400)) plain
    for at in 0:rekey '1:rekey 2:rekey' 126:rekey 127:rekey 128:rekey '129:push 130:rekey' \
        '5:rekey 140:rekey 141:rekey 300:rekey' 399:rekey; do
        # shellcheck disable=SC2086 # a list of words
        oracle seal "$KEY" "$(chunk_list 400 $at)" <plain >sealed
        for threads in $THREADS; do
            plain_opens plain "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed || flunk "REKEY at $at"
        done
    done
}

@test "a FINAL tag inside a stream ends it: what follows is damage" {
    pattern_file $((8192 * 300)) plain
    for at in 0 1 127 128 200; do
        oracle seal "$KEY" "$(chunk_list 300 $at:final)" <plain >sealed
        for threads in 1 16; do
            run_status "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed
            assert_status 205 && assert_one_line_error "byte $((24 + 8209 * (at + 1)))" &&
                assert_prefix "$T/stdout" plain || flunk "FINAL at $at"
            [ "$(wc -c <"$T/stdout")" -eq $((8192 * (at + 1))) ] || flunk "FINAL at $at: length"
        done
    done
}

@test "full chunks without a FINAL one are truncated, wherever the slots end" {
    local count list
    pattern_file $((8192 * 260)) all
    for count in 1 2 127 128 129 256 257; do
        head -c $((8192 * count)) all >plain
        list=$(chunk_list $count)
        oracle seal "$KEY" "${list%,0:final}" <plain >sealed
        for threads in 1 16; do
            run_status "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed
            assert_status 206
            assert_one_line_error truncated
            assert_same plain "$T/stdout"
        done
    done
}

@test "the right one of several keys opens the stream, wherever it stands" {
    local i stream=$SODIUM/good/hex.100000.enc
    make_key one hex
    make_key two base64
    make_key three none
    plain_opens "$SODIUM/plain/100000" "$WALSEAL" decrypt -k "$KEY" -k one -k two "$stream"
    plain_opens "$SODIUM/plain/100000" "$WALSEAL" decrypt -k one -k "$KEY" -k two "$stream"
    plain_opens "$SODIUM/plain/100000" "$WALSEAL" decrypt -k one -k two -k three -k "$KEY" "$stream"
    mkdir keys
    for i in 1 2 3 4 5 6 7 8; do make_key keys/$i hex; done
    cp "$KEY" keys/5
    plain_opens "$SODIUM/plain/100000" "$WALSEAL" decrypt -k keys "$stream"
    plain_opens "$SODIUM/plain/100000" "$WALSEAL" decrypt -k one -k keys "$stream"
}

@test "a mistyped hex key is told for what it is when nothing opens" {
    local text typo
    text=$(cat "$KEY")
    for typo in "${text%?}:63" "${text}0:65" "${text/[0-9]/x}:64"; do
        printf '%s' "${typo%:*}" >typo
        run_status "$WALSEAL" decrypt -k typo "$SODIUM/good/hex.100000.enc"
        assert_status 204
        assert_stderr_has "typo: looks like hex with a mistake (${typo##*:} characters, where hex has 64 digits)"
        assert_stderr_has 'no key given opens it'
        assert_stderr_lacks "${text:40:8}"
    done
}

@test "without the right key nothing is written, not even a file" {
    local i
    mkdir keys out
    for i in 1 2 3; do make_key keys/$i; done
    run_status "$WALSEAL" decrypt -k keys "$SODIUM/good/hex.100000.enc"
    assert_status 204
    assert_no_output
    assert_one_line_error 'no key given opens it'
    run_status "$WALSEAL" decrypt -k keys -o out/file "$SODIUM/good/hex.100000.enc"
    assert_status 204
    assert_only out
}

@test "a wrong transform is told by the one that opens the stream, and nothing is written" {
    local stream
    stream=$SODIUM/good/hex.100000.enc
    run_status "$WALSEAL" decrypt -k "$KEY" -t none "$stream"
    assert_status 204
    assert_no_output
    assert_stderr_has 'hex'
    run_status env WALG_LIBSODIUM_KEY="$(cat "$KEY")" "$WALSEAL" decrypt "$stream"
    assert_status 204
    assert_no_output
    assert_stderr_has 'hex'
}
