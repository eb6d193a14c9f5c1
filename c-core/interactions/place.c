// SPDX-License-Identifier: Apache-2.0
#include "interactions/place.h"

#include "base/log.h"
#include "base/mem.h"
#include "inbound/inbound.h"
#include "session/session_key.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A question on its way: channel → (in a thread) who answered there → whose bot is a member → may they.
typedef struct finding {
    place_world world;
    bot_place *place;
    char *bot;
    account **candidates; // held; the default account first
    size_t count, at;
    place_fn *fn;
    void *ctx;
} finding;

static void end(finding *f, place_verdict verdict) {
    if (verdict != PLACE_FOUND) {
        place_free(f->place);
        f->place = NULL;
    }
    f->fn(f->ctx, verdict, f->place);
    for (size_t i = 0; i < f->count; i++)
        account_release(f->candidates[i]);
    free(f->candidates);
    free(f->bot);
    free(f);
}

// --- may they ---

static access_command ordinary(const char *text) {
    (void)text;
    return ACCESS_ORDINARY;
}

static void on_decided(void *ctx, const inbound_result *result) {
    finding *f = ctx;
    const access_decision *d = result->decision;
    f->place->allowed = d->verdict == ACCESS_ANSWER && d->command_authorized;
    f->place->owner = f->place->allowed && d->owner;
    f->place->reason = d->reason;
    if (result->passing) {
        log_warn("who may command in a channel could not be looked up", "channel_id", f->place->channel_id);
        end(f, PLACE_FAILED);
    } else {
        end(f, d->reason == REASON_NOT_MEMBER ? PLACE_NO_BOT : PLACE_FOUND);
    }
}

static void decide(finding *f, account *a) {
    const inbound_sources sources = {.chat = f->world.chat, .paired = f->world.paired, .command = ordinary};
    const chat_post said = {.id = "",
                            .user_id = f->place->user_id,
                            .channel_id = f->place->channel_id,
                            .root_id = f->place->root_id,
                            .message = "",
                            .type = "",
                            .pending_post_id = ""};
    f->place->account = account_hold(a);
    inbound_decide(&sources, a, &said, ACCESS_COMMAND, on_decided, f);
}

// --- whose bot is a member ---

static void ask_members(finding *f);

static void on_member(void *ctx, const chat_error *error, bool member) {
    finding *f = ctx;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND) {
        end(f, PLACE_FAILED);
    } else if (member) {
        decide(f, f->candidates[f->at]);
    } else {
        f->at++;
        ask_members(f);
    }
}

static void ask_members(finding *f) {
    if (f->at == f->count)
        end(f, PLACE_NO_BOT);
    else
        chat_is_member(f->world.chat, f->place->channel_id, f->candidates[f->at]->bot_user_id, on_member, f);
}

// --- who has answered in the thread ---

static void ask_thread(finding *f);

static void on_takes_part(void *ctx, bool takes_part, bool readable) {
    finding *f = ctx;
    (void)readable; // then the channel's default is as good a guess as any
    if (takes_part) {
        account *first = f->candidates[f->at];
        memmove(f->candidates + 1, f->candidates, f->at * sizeof *f->candidates);
        f->candidates[0] = first;
        f->at = f->count;
    } else {
        f->at++;
    }
    ask_thread(f);
}

static void ask_thread(finding *f) {
    bool several = f->count > 1 && f->world.threads != NULL && *f->place->root_id != '\0';
    if (several && f->at < f->count) {
        participation_ask(f->world.threads, f->candidates[f->at]->id, f->place->root_id, on_takes_part, f);
        return;
    }
    f->at = 0;
    ask_members(f);
}

// --- the channel ---

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    finding *f = ctx;
    if (error->err != OC_OK) {
        log_warn("the channel of a command could not be looked up", "channel_id", f->place->channel_id,
                 "error", error->message);
        end(f, PLACE_FAILED);
        return;
    }
    f->place->channel_type = channel->type;
    f->place->kind = chat_kind_of((const char[]){channel->type, '\0'});
    f->place->channel_name = xstrdup(channel->name);
    if (*f->bot != '\0')
        decide(f, f->candidates[0]); // who says itself whether it is a member
    else
        ask_thread(f);
}

// --- the candidates ---

static bool is_called(const account *a, const char *name) {
    return strcasecmp(a->bot_username, name) == 0 || strcasecmp(a->id, name) == 0;
}

static void add(finding *f, account *a) {
    f->candidates[f->count++] = account_hold(a);
}

static void collect(finding *f) {
    const place_world *w = &f->world;
    const char *first = w->default_account != NULL ? w->default_account(w->ctx) : NULL;
    size_t total = 0;
    account *a;
    while (w->account(w->ctx, total) != NULL)
        total++;
    f->candidates = xcalloc(total + 1, sizeof *f->candidates);
    for (size_t i = 0; i < total; i++) {
        a = w->account(w->ctx, i);
        if (*f->bot != '\0' ? is_called(a, f->bot) : first != NULL && strcmp(a->id, first) == 0)
            add(f, a);
    }
    for (size_t i = 0; i < total && *f->bot == '\0'; i++) {
        a = w->account(w->ctx, i);
        if (f->count == 0 || f->candidates[0] != a)
            add(f, a);
    }
}

void place_find(const place_world *w, const place_request *request, place_fn *fn, void *ctx) {
    finding *f = xcalloc(1, sizeof *f);
    const char *bot = request->bot != NULL ? request->bot : "";
    *f = (finding){.world = *w, .bot = xstrdup(*bot == '@' ? bot + 1 : bot), .fn = fn, .ctx = ctx};
    f->place = xcalloc(1, sizeof *f->place);
    f->place->user_id = xstrdup(request->user_id);
    f->place->channel_id = xstrdup(request->channel_id);
    f->place->root_id = xstrdup(request->root_id);
    f->place->reason = REASON_FACTS_UNKNOWN;
    collect(f);
    if (w->account(w->ctx, 0) == NULL) {
        end(f, PLACE_NOT_READY);
    } else if (f->count == 0) {
        end(f, PLACE_NO_SUCH_BOT);
    } else {
        chat_forget_user(w->chat, request->user_id); // their rights of now
        chat_get_channel(w->chat, request->channel_id, on_channel, f);
    }
}

void place_free(bot_place *p) {
    if (p == NULL)
        return;
    account_release(p->account);
    free(p->user_id);
    free(p->channel_id);
    free(p->root_id);
    free(p->channel_name);
    free(p);
}

// --- its conversation ---

const char *place_agent(const bot_place *p) {
    const account_config *rules = p->account->config;
    if (rules == NULL)
        return "";
    const group_config *g = p->kind != CHAT_DIRECT ? account_group(rules, p->channel_id) : NULL;
    return g != NULL && *g->agent != '\0' ? g->agent : rules->agent;
}

static char *key_with(const bot_place *p, const char *agent) {
    const account_config *rules = p->account->config;
    const session_place where = {
        .agent = agent,
        .account = p->account->id,
        .name = rules != NULL ? rules->session_name : "",
        .scope = rules != NULL ? rules->dm_scope : DM_SCOPE_CHANNEL_PEER,
        .kind = p->kind,
        .channel_id = p->channel_id,
        .user_id = p->user_id,
    };
    // What is commanded outside a thread is about the conversation there; a message would open a thread, a command none.
    return session_key_of(&where, rules != NULL ? session_reply_mode(rules, p->kind) : REPLY_OFF, p->root_id,
                          "");
}

const char *place_named_agent(const bot_place *p) {
    const char *agent = place_agent(p);
    if (*agent != '\0' || p->account->gateway == NULL)
        return agent;
    const gateway_status status = gateway_get_status(p->account->gateway);
    return status.default_agent;
}

char *place_session_key(const bot_place *p) {
    return key_with(p, place_named_agent(p));
}

char *place_conversation(const bot_place *p) {
    return key_with(p, place_agent(p));
}

// --- words ---

static words_key refusal(outcome_reason reason) {
    switch (reason) {
    case REASON_PAIRING:
    case REASON_EVENT_NO_PAIRING:
        return WORD_PLACE_PAIRING;
    case REASON_DM_DISABLED:
        return WORD_PLACE_DM_DISABLED;
    case REASON_GROUP_DISABLED:
        return WORD_PLACE_GROUP_DISABLED;
    case REASON_GUEST:
        return WORD_PLACE_GUEST;
    default:
        return WORD_PLACE_NOT_ALLOWED;
    }
}

static words_key sentence(place_verdict verdict, const bot_place *p) {
    switch (verdict) {
    case PLACE_FOUND:
        return p == NULL || p->allowed ? WORD_NONE : refusal(p->reason);
    case PLACE_NO_BOT:
        return WORD_PLACE_NO_BOT;
    case PLACE_NO_SUCH_BOT:
        return WORD_PLACE_NO_SUCH_BOT;
    case PLACE_NOT_READY:
        return WORD_PLACE_NOT_READY;
    case PLACE_FAILED:
        break;
    }
    return WORD_PLACE_FAILED;
}

const char *place_sentence(words_lang lang, place_verdict verdict, const bot_place *p) {
    return words_text(lang, sentence(verdict, p));
}
