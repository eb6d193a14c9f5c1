// SPDX-License-Identifier: Apache-2.0
#include "inbound/inbound.h"

#include "base/log.h"
#include "base/mem.h"
#include "inbound/access.h"
#include "inbound/mention.h"

#include <stdlib.h>
#include <string.h>

struct inbound {
    chat *chat;
    inbound_fn *fn; // NULL: forgotten
    void *ctx;
    access_facts facts;
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

static void finish(inbound *i, access_decision decision) {
    inbound_result result = {
        .answer = decision.answer,
        .reason = decision.reason,
        .passing = i->passing && !decision.answer,
        .channel_type = i->facts.channel_type,
        .channel_name = i->channel_name != NULL ? i->channel_name : "",
        .sender_name = i->sender_name != NULL ? i->sender_name : "",
        .text = i->text,
    };
    i->done = true;
    if (i->fn != NULL)
        i->fn(i->ctx, &result);
    if (!i->running)
        destroy(i);
}

static void decide(inbound *i) {
    finish(i, access_decide(&i->facts));
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    inbound *i = ctx;
    i->facts.sender_known = error->err == OC_OK && user->delete_at_ms == 0 && *user->username != '\0';
    i->facts.from_bot = i->facts.from_bot || (error->err == OC_OK && user->is_bot);
    i->passing = error->err != OC_OK && error->err != OC_ENOTFOUND;
    i->sender_name = xstrdup(error->err == OC_OK ? user->username : "");
    if (error->err != OC_OK)
        log_warn("a sender could not be looked up", "post_id", i->post_id, "error", error->message);
    decide(i);
}

// What of this channel concerns us from now on: a direct channel of the bot everything, other people's nothing.
static void classify(inbound *i) {
    chat_interest interest = CHAT_INTEREST_NAMED;
    if (i->facts.channel_type == 'D')
        interest = i->facts.bot_is_member ? CHAT_INTEREST_ALL : CHAT_INTEREST_NONE;
    chat_set_channel_interest(i->chat, i->channel_id, interest);
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    inbound *i = ctx;
    i->facts.bot_is_member = error->err == OC_OK && member;
    if (error->err != OC_OK) {
        i->passing = true;
        log_warn("the bot's membership could not be looked up", "post_id", i->post_id, "error",
                 error->message);
        finish(i, (access_decision){.answer = false, .reason = REASON_FACTS_UNKNOWN});
        return;
    }
    if (i->facts.channel_type == 'D')
        classify(i);
    if (!i->facts.bot_is_member)
        decide(i);
    else
        chat_get_user(i->chat, i->user_id, on_user, i);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    inbound *i = ctx;
    if (error->err != OC_OK) {
        i->passing = error->err != OC_ENOTFOUND;
        log_warn("a channel could not be looked up", "post_id", i->post_id, "error", error->message);
        finish(i, (access_decision){.answer = false, .reason = REASON_FACTS_UNKNOWN});
        return;
    }
    i->facts.channel_type = channel->type;
    i->channel_name = xstrdup(channel->name);
    bool direct = channel->type == 'D';
    if (!direct)
        classify(i);
    // The commonest post of all: in a channel, without a mention. Nothing more needs to be known about it.
    if (!direct && !i->facts.mentioned)
        decide(i);
    else
        chat_is_member(i->chat, i->channel_id, i->bot_user_id, on_member, i);
}

inbound *inbound_decide(chat *c, const config *rules, const char *bot_user_id, const char *bot_username,
                        const chat_post *post, inbound_fn *fn, void *ctx) {
    inbound *i = xcalloc(1, sizeof *i);
    *i = (inbound){.chat = c, .fn = fn, .ctx = ctx, .running = true};
    i->post_id = xstrdup(post->id);
    i->channel_id = xstrdup(post->channel_id);
    i->user_id = xstrdup(post->user_id);
    i->bot_user_id = xstrdup(bot_user_id);
    i->text = mention_strip(post->message, bot_username);
    access_facts_of_post(post, bot_user_id, bot_username, &i->facts);
    const account_config *account = rules != NULL ? config_default(rules) : NULL;
    i->facts.configured = account != NULL;
    i->facts.sender_listed = account != NULL && account_allows(account, post->user_id);
    i->facts.list_empty = account == NULL || account->allow_from[0] == NULL;
    bool by_integration =
        i->facts.own_post || i->facts.system_post || i->facts.from_webhook || i->facts.from_bot;
    if (by_integration || i->facts.deleted)
        decide(i);
    else
        chat_get_channel(c, i->channel_id, on_channel, i);
    i->running = false;
    if (!i->done)
        return i;
    destroy(i);
    return NULL;
}
