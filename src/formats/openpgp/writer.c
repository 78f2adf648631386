#include "formats/openpgp/writer.h"

#include "formats/openpgp/mpi.h"
#include "formats/openpgp/packet.h"

#include <string.h>

static unsigned char *take_room(struct writer *writer, size_t len)
{
    if (writer->is_full || len > writer->room - writer->len) {
        writer->is_full = true;
        return NULL;
    }
    unsigned char *place = writer->at + writer->len;
    writer->len += len;
    return place;
}

void writer_add(struct writer *writer, const void *octets, size_t len)
{
    unsigned char *place = take_room(writer, len);
    if (place != NULL && len > 0)
        memcpy(place, octets, len);
}

void writer_add_u8(struct writer *writer, uint8_t value)
{
    writer_add(writer, &value, sizeof value);
}

void writer_add_u16(struct writer *writer, uint16_t value)
{
    const unsigned char octets[] = {(unsigned char)(value >> 8), (unsigned char)value};
    writer_add(writer, octets, sizeof octets);
}

void writer_add_u32(struct writer *writer, uint32_t value)
{
    writer_add_u16(writer, (uint16_t)(value >> 16));
    writer_add_u16(writer, (uint16_t)value);
}

void writer_add_mpi(struct writer *writer, struct bytes number)
{
    struct bytes trimmed = mpi_trim(number);
    unsigned char *place = take_room(writer, 2 + trimmed.len);
    if (place != NULL)
        mpi_write(place, trimmed);
}

void writer_add_packet(struct writer *writer, uint8_t tag, struct bytes body)
{
    unsigned char header[PACKET_HEADER_MAX];
    writer_add(writer, header, packet_write_header(header, tag, body.len));
    writer_add(writer, body.at, body.len);
}

struct bytes writer_since(const struct writer *writer, size_t from)
{
    return (struct bytes){writer->at + from, writer->len - from};
}
