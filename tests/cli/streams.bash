# What the tests of the sodium method's streams share:  load streams
# shellcheck shell=bash disable=SC2034 # for the tests

SODIUM=$VECTORS/sodium
KEY=$SODIUM/keys/hex.key

THREADS='1 2 16'
[ -z "$OTHER_BUILD" ] || THREADS='1 4'

oracle() {
    "$BUILD/tools/stream_oracle" "$@"
}

# chunk_list COUNT [NUMBER:TAG]...: COUNT full chunks with those tags, then an empty FINAL one.
chunk_list() {
    local i list='' tag count=$1
    shift
    for ((i = 0; i < count; i++)); do
        tag=''
        case " $* " in
        *" $i:rekey "*) tag=:rekey ;;
        *" $i:push "*) tag=:push ;;
        *" $i:final "*) tag=:final ;;
        esac
        list+=8192$tag,
    done
    echo "${list}0:final"
}
