# The sodium method's stream, damaged, cut and added to, wherever that may be.
# shellcheck shell=bash disable=SC2153 # THREADS is streams.bash's
bats_require_minimum_version 1.5.0
load ../helper
load streams

@test "damage behind a REKEY is found at its own chunk" {
    pattern_file $((8192 * 300)) plain
    oracle seal "$KEY" "$(chunk_list 300 100:rekey 200:rekey)" <plain >sealed
    flip_bit sealed $((24 + 8209 * 250 + 77))
    for threads in 1 16; do
        run_status "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed
        assert_status 205
        assert_one_line_error 'chunk 250' "byte $((24 + 8209 * 250))"
        [ "$(wc -c <"$T/stdout")" -eq $((8192 * 250)) ]
        assert_prefix "$T/stdout" plain
    done
}

@test "the place of damage decides the outcome, not the number of threads" {
    local chunk threads want
    pattern_file $((8192 * 700 + 5)) plain
    oracle seal "$KEY" whole <plain >undamaged
    for chunk in 0 1 2 126 127 128 129 255 256 400 511 512 699 700; do
        cp undamaged sealed
        flip_bit sealed $((24 + 8209 * chunk + 3))
        want=205
        [ $chunk -gt 0 ] || want=204
        for threads in $THREADS; do
            run_status "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed
            assert_status $want && assert_one_line_error 'sealed: ' || flunk "chunk $chunk"
            [ $chunk -eq 0 ] || assert_stderr_has "chunk $chunk, which begins at byte $((24 + 8209 * chunk)),"
            [ "$(wc -c <"$T/stdout")" -eq $((8192 * chunk)) ]
            assert_prefix "$T/stdout" plain
            [ "$threads" != 1 ] || cp "$T/stderr" "$T/stderr.1"
            assert_same "$T/stderr" "$T/stderr.1"
        done
    done
}

@test "of two damaged chunks the first is told" {
    pattern_file $((8192 * 400)) plain
    oracle seal "$KEY" whole <plain >sealed
    flip_bit sealed $((24 + 8209 * 300))
    flip_bit sealed $((24 + 8209 * 140))
    for threads in $THREADS; do
        run_status "$WALSEAL" decrypt -k "$KEY" -T "$threads" sealed
        assert_status 205
        assert_one_line_error 'chunk 140'
        [ "$(wc -c <"$T/stdout")" -eq $((8192 * 140)) ]
    done
}

@test "the last chunk may be damaged, cut short or longer than it was, an earlier one is damaged" {
    local want
    cp "$SODIUM/good/hex.100000.enc" sealed
    flip_bit sealed 100240
    run_status "$WALSEAL" decrypt -k "$KEY" sealed
    assert_status 205
    assert_one_line_error 'damaged, cut short, or something was appended: chunk 12, '
    cp "$SODIUM/good/hex.100000.enc" sealed
    flip_bit sealed 60000
    run_status "$WALSEAL" decrypt -k "$KEY" sealed
    assert_status 205
    assert_stderr_lacks 'cut short'
    for want in 'hex.100.enc:or it is cut short, or something was appended' 'hex.100000.enc:'; do
        cp "$SODIUM/good/${want%%:*}" sealed
        flip_bit sealed 60
        run_status "$WALSEAL" decrypt -k "$KEY" sealed
        assert_status 204
        assert_stderr_has "${want#*:}"
    done
    assert_stderr_lacks 'cut short'
}

@test "what was appended is never told as the opposite alone" {
    local stream
    for stream in byte-after-final byte-after-only-chunk; do
        run_status "$WALSEAL" decrypt -k "$KEY" "$SODIUM/bad/$stream.enc"
        assert_one_line_error 'cut short, or something was appended'
    done
    for stream in byte-after-full-final second-stream; do
        run_status "$WALSEAL" decrypt -k "$KEY" "$SODIUM/bad/$stream.enc"
        assert_one_line_error 'damaged: bytes follow the end of the stream at byte 8233'
    done
}

@test "one chunk is one chunk, two are chunks" {
    run_status "$WALSEAL" decrypt -k "$KEY" "$SODIUM/bad/cut-after-chunk-0.enc"
    assert_one_line_error 'truncated: ends after 1 chunk, at byte 8233'
    run_status "$WALSEAL" decrypt -k "$KEY" "$SODIUM/bad/cut-before-empty-final.enc"
    assert_one_line_error 'truncated: ends after 3 chunks, at byte 24651'
}

@test "cuts of a stream of 300 bytes" {
    pattern_file 259 plain
    oracle seal "$KEY" whole <plain >sealed
    [ "$(wc -c <sealed)" -eq 300 ]
    "$BUILD/tools/damage_sweep" "$WALSEAL" "$KEY" sealed plain cuts 1
}

@test "cuts of a stream of three chunks, all of them near where chunks end" {
    pattern_file 20000 plain
    oracle seal "$KEY" whole <plain >sealed
    "$BUILD/tools/damage_sweep" "$WALSEAL" "$KEY" sealed plain cuts 97
}

@test "cuts of a stream that ends with an empty FINAL chunk" {
    pattern_file 16384 plain
    oracle seal "$KEY" whole <plain >sealed
    "$BUILD/tools/damage_sweep" "$WALSEAL" "$KEY" sealed plain cuts 997
}

@test "bits of the empty stream of 41 bytes, flipped" {
    # Not a new one: of all damaged headers that there can be, some look like OpenPGP.
    "$BUILD/tools/damage_sweep" "$WALSEAL" "$KEY" "$SODIUM/good/libsodium.0.enc" /dev/null flips 1
}

@test "bits of a stream of 60 bytes, flipped" {
    pattern_file 19 plain
    oracle seal "$KEY" whole <plain >sealed
    "$BUILD/tools/damage_sweep" "$WALSEAL" "$KEY" sealed plain flips 1
}

@test "a sample of the bits of a stream of two chunks, flipped" {
    pattern_file 12000 plain
    oracle seal "$KEY" whole <plain >sealed
    "$BUILD/tools/damage_sweep" "$WALSEAL" "$KEY" sealed plain flips 331
}
