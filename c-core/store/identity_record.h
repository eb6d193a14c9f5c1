// SPDX-License-Identifier: Apache-2.0
// How the stored values look: pure, so that every kind of broken value can be tried.
#ifndef OC_STORE_IDENTITY_RECORD_H
#define OC_STORE_IDENTITY_RECORD_H

#include "base/buf.h"
#include "gateway/identity.h"

enum { IDENTITY_RECORD_VERSION = 1, IDENTITY_RECORD_MAX_BYTES = 4096 };

// {"v":1,"seed":"<64 hex digits>"}. OC_EMALFORMED when it is anything else.
oc_err identity_record_read(bytes value, uint8_t seed[IDENTITY_SEED_BYTES]) OC_MUST_CHECK;
oc_err identity_record_write(const uint8_t seed[IDENTITY_SEED_BYTES], buf *out) OC_MUST_CHECK;
// {"v":1,"token":"…"}. The token is the caller's to free.
oc_err token_record_read(bytes value, char **token) OC_MUST_CHECK;
oc_err token_record_write(const char *token, buf *out) OC_MUST_CHECK;
// "device_token." and a short hash of the URL, before that for other connections than "run" their name and a dot: one key
// for each gateway and kind of connection, as each kind has tokens of its own rights. out has room for 64 bytes.
enum { TOKEN_KEY_BYTES = 64 };
void token_record_key(const char *gateway_url, const char *as, char out[TOKEN_KEY_BYTES]);

#endif
