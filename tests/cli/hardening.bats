#!/usr/bin/env bats
# Surroundings that somebody chose to be as bad as can be.
# shellcheck disable=SC2154,SC2016  # status and stderr are helper.bash's; $ is for inner shells
load ../helper

setup() {
    helper_setup
    make_key key
}

# Messages.

@test "success stays silent with a directory of a hundred keys" {
    mkdir keys
    for i in $(seq 100); do
        make_key "keys/$i"
    done
    echo text | "$WALSEAL" encrypt -k key -o sealed
    cp key keys/zz
    run_status "$WALSEAL" decrypt -k keys sealed
    assert_status 0
    assert_silent
}

@test "a path as long as may be doesn't hide the reason" {
    local path
    path=$(printf 'd%.0s' $(seq 200))
    path=$path/$path/$path/$path/$path/$path/$path/$path/$path/$path
    mkdir -p "$path"
    run_status "$WALSEAL" encrypt -k key -o "$path" key
    assert_status 103
    assert_one_line_error 'walseal: ddd' 'ddd: is a directory' '...'
    run_status "$WALSEAL" decrypt -k "$path/key" key
    assert_status 202
    assert_one_line_error 'ddd/key: ' 'No such file or directory'
}
