// SPDX-License-Identifier: Apache-2.0
#include "inbound/inbound.h"

#include "base/log.h"
#include "base/mem.h"
#include "inbound/post_facts.h"
#include "inbound/trigger.h"

#include <stdlib.h>
#include <string.h>

struct inbound {
    chat *chat;
    pairings *paired;
    const account *account; // not to be looked at once it is forgotten
    inbound_fn *fn;         // NULL: forgotten
    void *ctx;
    access_facts facts; // their texts are the ones below
    char channel_type;
    char *post_id, *channel_id, *user_id, *bot_user_id, *text;
    char *channel_name, *sender_name;
    bool running; // inbound_decide has not returned yet
    bool done;    // the result has been told
    bool passing; // a look-up failed, and not because there is no such thing
};

static void destroy(inbound *i) {
    free(i->post_id);
    free(i->channel_id);
    free(i->user_id);
    free(i->bot_user_id);
    free(i->text);
    free(i->channel_name);
    free(i->sender_name);
    free(i);
}

void inbound_forget(inbound *i) {
    if (i != NULL)
        i->fn = NULL;
}

static const account_config *rules_of(const inbound *i) {
    return i->fn != NULL ? i->account->config : NULL;
}

static void finish(inbound *i, const access_decision *decision) {
    inbound_result result = {
        .decision = decision,
        .passing = i->passing && decision->verdict != ACCESS_ANSWER,
        .channel_type = i->channel_type,
        .channel_name = i->channel_name,
        .sender_name = i->sender_name,
        .text = i->text,
    };
    i->done = true;
    if (i->fn != NULL)
        i->fn(i->ctx, &result);
    if (!i->running)
        destroy(i);
}

static void on_paired(void *ctx, bool approved) {
    inbound *i = ctx;
    i->facts.paired = approved;
    access_decision d = access_decide(&i->facts, rules_of(i));
    finish(i, &d);
}

static void decide(inbound *i) {
    access_decision d = access_decide(&i->facts, rules_of(i));
    bool asks = d.verdict == ACCESS_PAIRING || d.reason == REASON_EVENT_NO_PAIRING;
    if (asks && i->paired != NULL && i->fn != NULL)
        pairings_is_approved(i->paired, i->account->id, i->user_id, on_paired, i);
    else
        finish(i, &d);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    inbound *i = ctx;
    access_facts *f = &i->facts;
    i->passing = error->err != OC_OK && error->err != OC_ENOTFOUND;
    if (error->err != OC_OK) {
        log_warn("a sender could not be looked up", "post_id", i->post_id, "error", error->message);
    } else {
        free(i->sender_name);
        i->sender_name = xstrdup(user->username);
        f->sender_name = i->sender_name;
        f->sender_known = *user->username != '\0';
        f->sender_deactivated = user->delete_at_ms != 0;
        f->sender_is_bot = user->is_bot;
        f->sender_is_guest = strstr(user->roles, "system_guest") != NULL;
    }
    decide(i);
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    inbound *i = ctx;
    i->facts.bot_is_member = error->err == OC_OK && member;
    if (error->err != OC_OK) {
        i->passing = true;
        log_warn("the bot's membership could not be looked up", "post_id", i->post_id, "error",
                 error->message);
        i->facts.channel_known = false;
        decide(i);
        return;
    }
    // Of other people's direct channels not even the sender need be known.
    if (i->facts.kind == CHAT_DIRECT && !member)
        decide(i);
    else
        chat_get_user(i->chat, i->user_id, on_user, i);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    inbound *i = ctx;
    access_decision d;
    if (error->err != OC_OK) {
        i->passing = error->err != OC_ENOTFOUND;
        log_warn("a channel could not be looked up", "post_id", i->post_id, "error", error->message);
        decide(i);
        return;
    }
    i->channel_type = channel->type;
    i->facts.channel_known = true;
    i->facts.kind = chat_kind_of((const char[]){channel->type, '\0'});
    free(i->channel_name);
    i->channel_name = xstrdup(channel->name);
    if (access_settled(&i->facts, rules_of(i), &d))
        finish(i, &d);
    else
        chat_is_member(i->chat, i->channel_id, i->bot_user_id, on_member, i);
}

static void read_post(inbound *i, const chat_post *post, const char *bot_username) {
    trigger t = trigger_read(post->message, bot_username, rules_of(i));
    post_facts_read(post, i->bot_user_id, &i->facts);
    i->facts.mentioned = t.mentioned;
    i->facts.by_pattern = t.by_pattern;
    i->facts.prefixed = t.prefixed;
    i->facts.has_body = t.has_body || cJSON_GetArraySize(post->file_ids) > 0;
    i->facts.channel_id = i->channel_id;
    i->facts.sender_id = i->user_id;
    i->facts.sender_name = "";
    i->text = t.body;
}

inbound *inbound_decide(chat *c, pairings *paired, const account *a, const chat_post *post, inbound_fn *fn,
                        void *ctx) {
    inbound *i = xcalloc(1, sizeof *i);
    access_decision d;
    *i = (inbound){.chat = c, .paired = paired, .account = a, .fn = fn, .ctx = ctx, .running = true};
    i->post_id = xstrdup(post->id);
    i->channel_id = xstrdup(post->channel_id);
    i->user_id = xstrdup(post->user_id);
    i->bot_user_id = xstrdup(a->bot_user_id);
    i->channel_name = xstrdup("");
    i->sender_name = xstrdup("");
    read_post(i, post, a->bot_username);
    if (access_settled(&i->facts, rules_of(i), &d))
        finish(i, &d);
    else
        chat_get_channel(c, i->channel_id, on_channel, i);
    i->running = false;
    if (!i->done)
        return i;
    destroy(i);
    return NULL;
}
