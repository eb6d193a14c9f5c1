// SPDX-License-Identifier: Apache-2.0
// A TLS server on loopback that passes what it decrypts on to a plain port, on the same event loop. One connection.
#ifndef OC_TESTS_FAKE_TLS_H
#define OC_TESTS_FAKE_TLS_H

#include "base/loop.h"

typedef struct fake_tls fake_tls;

// Its certificate signs itself, is made out to the name (as in "IP:127.0.0.1" or "DNS:localhost") and is valid for the
// days from now on; less than 0: it has expired.
fake_tls *fake_tls_create(loop *l, const char *target_url, const char *name, int days);
void fake_tls_destroy(fake_tls *t);          // NULL-safe
const char *fake_tls_url(const fake_tls *t); // wss://127.0.0.1:port
const char *fake_tls_pem(const fake_tls *t); // the certificate

#endif
