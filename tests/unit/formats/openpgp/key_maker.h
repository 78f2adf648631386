/*
 * OpenPGP keys and signatures of any kind, right or wrong, for tests: Ed25519 by libsodium, hashes by
 * libgcrypt, so that nothing under test has a part in what it is tested with.
 */
#ifndef WALSEAL_TESTS_KEY_MAKER_H
#define WALSEAL_TESTS_KEY_MAKER_H

#include <gcrypt.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    size_t len;
    unsigned char at[4096];
};

static inline void put(struct buffer *buffer, const void *bytes, size_t len)
{
    if (len > sizeof buffer->at - buffer->len)
        abort();
    if (len > 0)
        memcpy(buffer->at + buffer->len, bytes, len);
    buffer->len += len;
}

static inline void put_number(struct buffer *buffer, size_t octets, uint32_t value)
{
    while (octets-- > 0)
        put(buffer, &(unsigned char){(unsigned char)(value >> (8 * octets))}, 1);
}

static inline void put_packet(struct buffer *buffer, uint8_t tag, const void *body, size_t len)
{
    put_number(buffer, 1, 0xC0u | tag);
    put_number(buffer, 1, 0xFF);
    put_number(buffer, 4, (uint32_t)len);
    put(buffer, body, len);
}

struct maker_key {
    struct buffer body;
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
};

/* A version 4 key that signs, another one for each seed. */
static inline void make_signing_key(struct maker_key *key, unsigned char seed, uint32_t created)
{
    unsigned char seeds[crypto_sign_SEEDBYTES] = {seed};
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    crypto_sign_seed_keypair(public_key, key->secret, seeds);
    key->body.len = 0;
    put_number(&key->body, 1, 4);
    put_number(&key->body, 4, created);
    put(&key->body, "\x16\x09\x2B\x06\x01\x04\x01\xDA\x47\x0F\x01\x01\x07\x40", 14);
    put(&key->body, public_key, sizeof public_key);
}

/* A version 4 key that encrypts. */
static inline void make_encrypting_key(struct maker_key *key, unsigned char seed, uint32_t created)
{
    unsigned char public_key[32] = {seed, 1};
    key->body.len = 0;
    put_number(&key->body, 1, 4);
    put_number(&key->body, 4, created);
    put(&key->body, "\x12\x0A\x2B\x06\x01\x04\x01\x97\x55\x01\x05\x01\x01\x07\x40", 15);
    put(&key->body, public_key, sizeof public_key);
    put(&key->body, "\x03\x01\x08\x07", 4);
}

static inline void put_subpacket(struct buffer *buffer, unsigned type, const void *value,
                                 size_t len)
{
    put_number(buffer, 1, 0xFF);
    put_number(buffer, 4, (uint32_t)len + 1);
    put_number(buffer, 1, type);
    put(buffer, value, len);
}

static inline void put_number_subpacket(struct buffer *buffer, unsigned type, size_t octets,
                                        uint32_t value)
{
    put_number(buffer, 1, (uint32_t)octets + 1);
    put_number(buffer, 1, type);
    put_number(buffer, octets, value);
}

struct maker_signature {
    uint8_t type;
    uint8_t hash;                   /* 0: SHA-256 */
    const struct maker_key *signer; /* NULL: primary */
    const struct maker_key *primary;
    const struct maker_key *subkey;
    const char *user_id;
    struct buffer hashed; /* subpackets */
    struct buffer unhashed;
};

static inline void add_key(gcry_md_hd_t md, const struct maker_key *key)
{
    if (key == NULL)
        return;
    const unsigned char head[] = {0x99, (unsigned char)(key->body.len >> 8),
                                  (unsigned char)key->body.len};
    gcry_md_write(md, head, sizeof head);
    gcry_md_write(md, key->body.at, key->body.len);
}

/* Appends the signature's body to out. */
static inline void put_signature(struct buffer *out, const struct maker_signature *signature)
{
    const struct maker_key *signer =
        signature->signer != NULL ? signature->signer : signature->primary;
    int hash = signature->hash == 0 ? GCRY_MD_SHA256 : signature->hash;
    unsigned char made[crypto_sign_BYTES];
    struct buffer head = {0};
    put_number(&head, 1, 4);
    put_number(&head, 1, signature->type);
    put_number(&head, 1, 22);
    put_number(&head, 1, (uint32_t)hash);
    put_number(&head, 2, (uint32_t)signature->hashed.len);
    put(&head, signature->hashed.at, signature->hashed.len);

    gcry_md_hd_t md;
    if (gcry_md_open(&md, hash, 0) != 0)
        abort();
    add_key(md, signature->primary);
    add_key(md, signature->subkey);
    struct buffer rest = {0};
    if (signature->user_id != NULL) {
        put_number(&rest, 1, 0xB4);
        put_number(&rest, 4, (uint32_t)strlen(signature->user_id));
        put(&rest, signature->user_id, strlen(signature->user_id));
    }
    put(&rest, head.at, head.len);
    put_number(&rest, 2, 0x04FF);
    put_number(&rest, 4, (uint32_t)head.len);
    gcry_md_write(md, rest.at, rest.len);
    const unsigned char *value = gcry_md_read(md, 0);
    crypto_sign_detached(made, NULL, value, gcry_md_get_algo_dlen(hash), signer->secret);

    put(out, head.at, head.len);
    put_number(out, 2, (uint32_t)signature->unhashed.len);
    put(out, signature->unhashed.at, signature->unhashed.len);
    put(out, value, 2);
    gcry_md_close(md);
    for (size_t half = 0; half < 2; half++) {
        put_number(out, 2, 256);
        put(out, made + 32 * half, 32);
    }
}

#endif
