// SPDX-License-Identifier: Apache-2.0
// The chat interface through the shim: Mattermost's plugin API as calls on the link, hooks as calls to us.
#ifndef OC_CHAT_PLUGIN_CHAT_H
#define OC_CHAT_PLUGIN_CHAT_H

#include "base/loop.h"
#include "chat/chat.h"
#include "link/link.h"

// Takes over the link's calls (link_on_call, link_on_down); the link stays the caller's and must outlive the chat.
chat *plugin_chat_create(loop *l, link_t *link);
// Open calls end with OC_ECLOSED first. NULL-safe.
void plugin_chat_destroy(chat *c);

#endif
