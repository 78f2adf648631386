/*
 * Feeds: text with ASCII armor in it.
 * Holds: a block decodes to the same octets, with the same outcome and the same text behind it,
 * whether it comes whole or in pieces, and to no more octets than it has characters.
 */
#include "formats/openpgp/armor.h"
#include "fuzz.h"

struct decoded {
    unsigned char *octets;
    size_t len;
    struct error err;
    size_t rest; /* characters behind the block */
};

static void decode_whole(struct armor armor, struct bytes text, struct decoded *decoded)
{
    if (armor_decode(&armor, &text, decoded->octets, &decoded->len, &decoded->err))
        armor_end(&armor, &decoded->err);
    decoded->rest = text.len;
}

static void decode_pieces(struct armor armor, struct bytes text, struct decoded *decoded)
{
    bool good = true;
    for (size_t i = 0; good && text.len > 0 && !armor_has_ended(&armor); i++) {
        struct bytes piece = {text.at, fuzz_piece(i, text.len)};
        size_t piece_len = piece.len;
        size_t len = 0;
        good = armor_decode(&armor, &piece, decoded->octets + decoded->len, &len, &decoded->err);
        must(len <= piece_len);
        must(!good || piece.len == 0 || armor_has_ended(&armor));
        decoded->len += len;
        text.at += piece_len - piece.len;
        text.len -= piece_len - piece.len;
    }
    if (good)
        armor_end(&armor, &decoded->err);
    decoded->rest = text.len;
}

/* The block that armor began; true: text goes on behind it. */
static bool decode_block(struct armor armor, struct bytes *text)
{
    struct decoded whole = {.octets = malloc(text->len + 1)};
    struct decoded pieces = {.octets = malloc(text->len + 1)};
    must(whole.octets != NULL && pieces.octets != NULL);
    decode_whole(armor, *text, &whole);
    decode_pieces(armor, *text, &pieces);
    bool good = whole.err.kind == ERROR_NONE;
    must_tell(good, &whole.err);
    must_be_same(&whole.err, &pieces.err);
    must(!good || (whole.len == pieces.len && whole.rest == pieces.rest &&
                   memcmp(whole.octets, pieces.octets, whole.len) == 0));
    must(whole.len <= text->len);
    text->at += text->len - whole.rest;
    text->len = whole.rest;
    free(whole.octets);
    free(pieces.octets);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {data, size};
    struct armor armor;
    bool good = true;
    while (good && text.len > 0) {
        struct error err = {.kind = ERROR_NONE};
        size_t len = text.len;
        bool has_begin = armor_is_in(text.at, text.len);
        good = armor_begin(&armor, &text, &err);
        must_tell(good, &err);
        must_be_within(text, data, size);
        must(!good || (has_begin && text.len < len));
        good = good && decode_block(armor, &text);
    }
    return 0;
}
