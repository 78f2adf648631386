#include "formats/openpgp/key_make.h"

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/armor_write.h"
#include "formats/openpgp/describe.h"
#include "formats/openpgp/key_proof.h"
#include "formats/openpgp/key_write.h"
#include "formats/openpgp/packet.h"
#include "formats/openpgp/signature_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PACKETS_ROOM = 16 * 1024, /* with RSA of 4096 bits it is 6 KiB, as text 8 */
    KEY_ROOM = 4 * 1024,
    SIGNATURE_ROOM = 1024,
};

/* A key while it is made. key points into body. */
struct part {
    struct public_key_pair *pair;
    struct openpgp_key key;
    struct writer body; /* public, then secret */
};

/* All in secret memory, in one piece. */
struct making {
    struct part primary;
    struct part subkey;
    struct writer certification;
    struct writer binding;
    struct writer packets;
    unsigned char primary_room[KEY_ROOM];
    unsigned char subkey_room[KEY_ROOM];
    unsigned char certification_room[SIGNATURE_ROOM];
    unsigned char binding_room[SIGNATURE_ROOM];
    unsigned char packets_room[PACKETS_ROOM];
};

static struct making *making_new(void)
{
    struct making *making = secret_new(sizeof *making);
    if (making == NULL)
        return NULL;
    making->primary.body = (struct writer){.at = making->primary_room, .room = KEY_ROOM};
    making->subkey.body = (struct writer){.at = making->subkey_room, .room = KEY_ROOM};
    making->certification =
        (struct writer){.at = making->certification_room, .room = SIGNATURE_ROOM};
    making->binding = (struct writer){.at = making->binding_room, .room = SIGNATURE_ROOM};
    making->packets = (struct writer){.at = making->packets_room, .room = PACKETS_ROOM};
    return making;
}

static void making_free(struct making *making)
{
    if (making == NULL)
        return;
    secret_free(making->primary.pair);
    secret_free(making->subkey.pair);
    secret_free(making);
}

static bool make_part(struct part *part, const struct key_wish *wish, enum public_key_kind kind,
                      uint8_t tag, struct error *err)
{
    part->pair = public_key_generate(wish->rsa_bits > 0 ? PUBLIC_KEY_RSA : kind, wish->rsa_bits);
    if (part->pair == NULL)
        return fail(err, ERROR_IO, "a new key can't be made: OpenSSL failed");
    key_write_public(&part->body, &part->pair->numbers, wish->created);
    return openpgp_key_parse(tag, writer_since(&part->body, 0), &part->key, err);
}

static struct bytes user_id(const struct key_wish *wish)
{
    return (struct bytes){(const unsigned char *)wish->user_id, strlen(wish->user_id)};
}

static bool sign(struct making *making, const struct key_wish *wish, struct error *err)
{
    const struct signature_subject person = {
        .primary = &making->primary.key, .has_user_id = true, .user_id = user_id(wish)};
    const struct signature_subject pair = {.primary = &making->primary.key,
                                           .subkey = &making->subkey.key};
    struct new_signature wanted = {.type = SIGNATURE_POSITIVE_CERTIFICATION,
                                   .created = wish->created,
                                   .flags = KEY_FLAG_CERTIFY | KEY_FLAG_SIGN,
                                   .key_lifetime = wish->lifetime};
    bool certified =
        signature_write(&making->certification, &wanted, &person, making->primary.pair);
    wanted.type = SIGNATURE_SUBKEY_BINDING;
    wanted.flags = KEY_FLAG_ENCRYPT_TRANSPORT | KEY_FLAG_ENCRYPT_STORAGE;
    return (certified && signature_write(&making->binding, &wanted, &pair, making->primary.pair)) ||
           fail(err, ERROR_IO, "a new key can't be signed: OpenSSL failed");
}

/* The packets of section 10.1 as armored text, in new memory of allocate. */
static char *write_text(struct making *making, const struct key_wish *wish, bool secret,
                        void *(*allocate)(size_t))
{
    struct writer *packets = &making->packets;
    struct writer text = {.at = allocate(PACKETS_ROOM), .room = PACKETS_ROOM};
    if (text.at == NULL)
        return NULL;
    packets->len = 0;
    writer_add_packet(packets, secret ? PACKET_SECRET_KEY : PACKET_PUBLIC_KEY,
                      writer_since(&making->primary.body, 0));
    writer_add_packet(packets, PACKET_USER_ID, user_id(wish));
    writer_add_packet(packets, PACKET_SIGNATURE, writer_since(&making->certification, 0));
    writer_add_packet(packets, secret ? PACKET_SECRET_SUBKEY : PACKET_PUBLIC_SUBKEY,
                      writer_since(&making->subkey.body, 0));
    writer_add_packet(packets, PACKET_SIGNATURE, writer_since(&making->binding, 0));
    armor_write(&text, secret ? ARMOR_PRIVATE_KEY : ARMOR_PUBLIC_KEY, writer_since(packets, 0));
    writer_add_u8(&text, 0);
    return (char *)text.at;
}

static void describe(const struct making *making, struct new_key *key)
{
    char fingerprint[DESCRIBE_FINGERPRINT_SIZE];
    describe_fingerprint(&making->primary.key, fingerprint);
    snprintf(key->description, sizeof key->description,
             "OpenPGP key, fingerprint %s, subkey %s encrypts", fingerprint,
             making->subkey.key.id_text);
}

static bool make(struct making *making, const struct key_wish *wish, struct new_key *key,
                 struct error *err)
{
    struct part *primary = &making->primary, *subkey = &making->subkey;
    if (!make_part(primary, wish, PUBLIC_KEY_ED25519, PACKET_PUBLIC_KEY, err) ||
        !make_part(subkey, wish, PUBLIC_KEY_X25519, PACKET_PUBLIC_SUBKEY, err) ||
        !sign(making, wish, err))
        return false;
    key->public_text = write_text(making, wish, false, malloc);
    if (!key_write_secret(&primary->body, primary->pair, wish->passphrase, err) ||
        !key_write_secret(&subkey->body, subkey->pair, wish->passphrase, err))
        return false;
    key->secret = write_text(making, wish, true, secret_new);
    if (key->public_text == NULL || key->secret == NULL)
        return fail_memory(err);
    describe(making, key);
    return key_proof(key, &subkey->key, wish, err);
}

bool openpgp_make_key(const struct key_wish *wish, struct new_key *key, struct error *err)
{
    if (!libgcrypt_begin(err))
        return false;
    struct making *making = making_new();
    bool made = making != NULL ? make(making, wish, key, err) : fail_memory(err);
    making_free(making);
    return made;
}
