/* What container_run.h needs, before cmocka.h makes fail a macro. */
#ifndef WALSEAL_TESTS_CONTAINER_HEADERS_H
#define WALSEAL_TESTS_CONTAINER_HEADERS_H

#include "base/secret.h"
#include "crypto/libgcrypt.h"
#include "formats/openpgp/container.h"
#include "pipeline.h"

#endif
