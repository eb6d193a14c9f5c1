// SPDX-License-Identifier: Apache-2.0
// The GatewayCA setting: a certificate in PEM, or the path of a file that holds one.
#ifndef OC_CONFIG_CA_H
#define OC_CONFIG_CA_H

#include <stdbool.h>
#include <stdint.h>

// Whether the text is PEM itself (and not a path).
bool ca_is_pem(const char *value);
// NULL when the text holds at least one certificate that parses, else what is wrong (static).
const char *ca_check_pem(const char *pem);
// The same for a file. Reads at most 1 MiB of a local file. *detail (caller frees, may be NULL) says more.
const char *ca_check_file(const char *path, char **detail);

// When the certificate ends that ends first: wall clock. file or pem is set, the other "". False: it cannot be read, or holds none.
bool ca_first_end(const char *file, const char *pem, int64_t *ends_ms);

#endif
