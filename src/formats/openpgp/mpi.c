#include "formats/openpgp/mpi.h"

#include <string.h>

bool mpi_take(struct bytes *from, struct bytes *octets)
{
    struct bytes cursor = *from;
    uint16_t bits;
    if (!bytes_take_u16_be(&cursor, &bits) || bits > MPI_BITS_MAX ||
        !bytes_take(&cursor, ((size_t)bits + 7) / 8, octets))
        return false;
    *from = cursor;
    return true;
}

struct bytes mpi_trim(struct bytes octets)
{
    while (octets.len > 0 && octets.at[0] == 0) {
        octets.at++;
        octets.len--;
    }
    return octets;
}

bool mpi_pad(struct bytes number, unsigned char *out, size_t out_len)
{
    struct bytes trimmed = mpi_trim(number);
    if (trimmed.len > out_len)
        return false;
    size_t zeros = out_len - trimmed.len;
    /* The number may stand in out already. */
    if (trimmed.len > 0)
        memmove(out + zeros, trimmed.at, trimmed.len);
    if (zeros > 0)
        memset(out, 0, zeros);
    return true;
}

size_t mpi_write(unsigned char *out, struct bytes number)
{
    struct bytes trimmed = mpi_trim(number);
    size_t bits = 0;
    if (trimmed.len > 0) {
        bits = (trimmed.len - 1) * 8;
        for (unsigned first = trimmed.at[0]; first != 0; first >>= 1)
            bits++;
        memmove(out + 2, trimmed.at, trimmed.len);
    }
    out[0] = (unsigned char)(bits >> 8);
    out[1] = (unsigned char)bits;
    return 2 + trimmed.len;
}
