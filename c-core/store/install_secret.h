// SPDX-License-Identifier: Apache-2.0
// A random secret of this installation, shared by all nodes: what we sign with it nobody else can make.
#ifndef OC_STORE_INSTALL_SECRET_H
#define OC_STORE_INSTALL_SECRET_H

#include "base/secret.h"
#include "chat/chat.h"

// Loads the secret, or makes and stores one (exactly one, also when two nodes start at once; a value that cannot be read is
// replaced: what was signed with it counts no longer). The callback owns it; NULL when the store cannot be reached.
typedef void install_secret_fn(void *ctx, secret *s);
void install_secret_load(chat *c, install_secret_fn *fn, void *ctx);

#endif
