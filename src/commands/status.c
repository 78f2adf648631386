#include "commands/commands.h"

/* PostgreSQL takes 1 to 125 of an archive_command for "try again" and of a restore_command for
 * "no such file"; encrypt's failures must be the former, decrypt's must never be. */
enum { ENCRYPT_STATUS = 100, DECRYPT_STATUS = 200, ABSENT_STATUS = 1 };

/* check's, as Nagios and its kin read them. */
enum { WARNING_STATUS = 1, CRITICAL_STATUS = 2 };

int command_status(enum command command, enum error_kind kind)
{
    bool reads = command == COMMAND_DECRYPT || command == COMMAND_VERIFY ||
                 command == COMMAND_REKEY || command == COMMAND_NONE;
    int base = reads ? DECRYPT_STATUS : ENCRYPT_STATUS;
    if (kind == ERROR_ABSENT)
        return ABSENT_STATUS;
    if (kind == ERROR_WARNING)
        return WARNING_STATUS;
    if (kind == ERROR_CRITICAL)
        return CRITICAL_STATUS;
    if (kind >= ERROR_USAGE && kind <= ERROR_DIFFERS)
        return base + (int)kind;
    return base + ERROR_IO;
}
