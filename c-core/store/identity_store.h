// SPDX-License-Identifier: Apache-2.0
// What the gateway knows this installation by, kept in the store: the device's seed and one device token for each
// gateway. Values carry a version and may be absent, cut, newer or garbage: that never stops the plugin.
#ifndef OC_STORE_IDENTITY_STORE_H
#define OC_STORE_IDENTITY_STORE_H

#include "chat/chat.h"
#include "gateway/identity.h"

// Loads the identity, or makes and stores one (exactly one, also when two nodes start at once). A value that cannot be
// read is kept under another key. identity is the callback's to own; NULL when the store cannot be reached.
typedef void identity_loaded_fn(void *ctx, gateway_identity *identity);
void identity_store_load(chat *c, identity_loaded_fn *fn, void *ctx);

// as: the kind of connection (connect_role.h). token NULL: none is stored for this gateway. Borrowed during the callback.
typedef void device_token_fn(void *ctx, const char *token);
void device_token_load(chat *c, const char *gateway_url, const char *as, device_token_fn *fn, void *ctx);
// Written behind; NULL forgets it. A failure is logged: the next hello brings the token again.
void device_token_save(chat *c, const char *gateway_url, const char *as, const char *token);

#endif
