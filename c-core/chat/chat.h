// SPDX-License-Identifier: Apache-2.0
// What the core wants of a chat server. Two adapters: plugin_chat (through the shim) and rest_chat (from outside: REST and
// WebSocket with a bot token). Nothing here blocks. Each call ends in exactly one callback, also when the connection
// breaks or 10 s pass; where a cache knows the answer it comes before the function returns.
#ifndef OC_CHAT_CHAT_H
#define OC_CHAT_CHAT_H

#include "chat/events.h"
#include "chat/files.h"
#include "chat/people.h"
#include "chat/posts.h"
#include "chat/server.h"

#endif
