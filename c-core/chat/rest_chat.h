// SPDX-License-Identifier: Apache-2.0
// The chat interface from outside the server, with a bot token: REST for what we do, the event stream for what we hear,
// a database of our own for what is kept. One account, which is one bot on one server.
#ifndef OC_CHAT_REST_CHAT_H
#define OC_CHAT_REST_CHAT_H

#include "chat/chat.h"
#include "config/account.h"
#include "net/net.h"
#include "chat/sqlite_store.h"

typedef enum rest_chat_state {
    REST_STARTING,  // the server is asked who we are; again and again until it says
    REST_LISTENING, // we are known; the event stream is being connected
    REST_READY,     // it delivers
    REST_HALTED,    // the token is not accepted: nothing is tried until the settings change
    REST_STOPPED,
} rest_chat_state;

// Copied, but for what is borrowed.
typedef struct rest_chat_options {
    const char *account; // its id
    const server_config *server;
    const char *settings; // the text of the configuration
    char *const
        *owners; // entries that are user ids are who is told what administrators are told in the plugin
    const char
        *callbacks; // where somebody listens for what rest_callbacks.h takes: http://host:port; "" nowhere
    net *net;       // borrowed
    sqlite_store *store;                                              // borrowed
    void (*state)(void *ctx, rest_chat_state state, const char *why); // why: a sentence, "" without
    void *ctx;
} rest_chat_options;

chat *rest_chat_create(loop *l, const rest_chat_options *options);
// Begins; chat_on came before. The event activate comes when the event stream delivers for the first time.
void rest_chat_start(chat *c);
// Another text of the configuration, whose account has the same server and token: settings_changed follows.
void rest_chat_set_settings(chat *c, const char *settings, char *const *owners);
// The event stopping comes now, and stopped once chat_stopped was called.
void rest_chat_stop(chat *c, void (*stopped)(void *ctx), void *ctx);
// Open calls end with OC_ECLOSED; to be called before who made them is gone.
void rest_chat_close(chat *c);
void rest_chat_destroy(chat *c); // NULL-safe
rest_chat_state rest_chat_get_state(const chat *c);

#endif
