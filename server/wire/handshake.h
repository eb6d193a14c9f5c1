// SPDX-License-Identifier: Apache-2.0
// The start of a plugin process: is it the server that started us, where does our socket lie, and the one line on
// standard output that tells so. Pure: the caller brings the environment and makes the socket.
// Source: plugin-rpc notes (a).
#ifndef OC_WIRE_HANDSHAKE_H
#define OC_WIRE_HANDSHAKE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

// A variable's value, or NULL.
typedef const char *handshake_env_fn(void *ctx, const char *name);

// OC_EDENIED: not started by a Mattermost server. OC_EINVAL: started by one whose wishes we cannot fulfil. *why is a
// static sentence for people.
oc_err handshake_check(handshake_env_fn *env, void *ctx, const char **why) OC_MUST_CHECK;

enum {
    HANDSHAKE_ADDRESSES_MAX = 4,
    HANDSHAKE_ADDRESS_BYTES = 108, // as sun_path, with a terminator
    HANDSHAKE_LINE_BYTES = 160,
};

// Where the socket may lie, best first: in PLUGIN_UNIX_SOCKET_DIR and nowhere else when that is set, in TMPDIR, in
// /tmp, and at last outside any file system ("@name", abstract). Folders whose path would be too long are left out.
// token makes the name unique: 1 to 32 characters of a file name.
typedef struct handshake_addresses {
    size_t count;
    char at[HANDSHAKE_ADDRESSES_MAX][HANDSHAKE_ADDRESS_BYTES];
} handshake_addresses;
void handshake_choose(handshake_env_fn *env, void *ctx, const char *token, handshake_addresses *out);

// The line for standard output, with its newline. OC_ELIMIT when address holds what would break the line.
oc_err handshake_line(handshake_env_fn *env, void *ctx, const char *address,
                      char out[HANDSHAKE_LINE_BYTES]) OC_MUST_CHECK;

#endif
