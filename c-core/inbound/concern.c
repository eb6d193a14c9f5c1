// SPDX-License-Identifier: Apache-2.0
#include "inbound/concern.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/views.h"
#include "inbound/mention.h"
#include "inbound/onchar.h"
#include "inbound/trigger.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uthash.h>

enum { CHANNELS_MAX = 20000, WORDS_MAX = 250 }; // as the shim remembers

typedef struct told { // what the server was told of a channel
    char *channel_id;
    UT_hash_handle hh; // in order of time
} told;

struct concern {
    chat *chat;
    const accounts *accounts;
    told *told;
    unsigned round; // rises when what was found out about a channel may no longer hold
};

struct concern_query {
    concern *owner;
    chat_post post;
    concern_fn *fn; // NULL: forgotten
    void *ctx;
    bool running; // concern_ask has not returned yet
    bool done;
};

concern *concern_create(chat *c, const accounts *accounts_) {
    concern *n = xcalloc(1, sizeof *n);
    *n = (concern){.chat = c, .accounts = accounts_};
    return n;
}

static void forget_told(concern *n, told *t) {
    HASH_DEL(n->told, t);
    free(t->channel_id);
    free(t);
}

static void forget_all_told(concern *n) {
    while (n->told != NULL)
        forget_told(n, n->told);
}

void concern_destroy(concern *n) {
    if (n == NULL)
        return;
    forget_all_told(n);
    free(n);
}

// --- what may trigger ---

static const char *without_leading_space(const char *text) {
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static bool has_prefix(const account_config *c, const char *message) {
    return c->chatmode == CHATMODE_ONCHAR && onchar_match(message, c->onchar_prefixes) != NULL;
}

// Whether the rules ask for every post of a channel.
static bool wants_all(const account_config *c, const char *channel_id) {
    return !trigger_required(c, channel_id) || c->mention_patterns[0] != NULL;
}

bool concern_may_trigger(const account *a, const chat_post *post) {
    const account_config *c = a->config;
    const char *message = without_leading_space(post->message);
    if (mention_has(post->message, a->bot_username) || json_get(post->props, "attachments") != NULL)
        return true;
    if (c == NULL)
        return false;
    return wants_all(c, post->channel_id) || has_prefix(c, message) ||
           (c->text_commands && *message == '/') || (c->thread_participation && *post->root_id != '\0');
}

bool concern_wants(const concern *n, char channel_type, const chat_post *post) {
    const account *a = NULL;
    if (channel_type == 'D')
        return true;
    for (size_t i = 0; (a = accounts_at(n->accounts, i)) != NULL; i++) {
        if (concern_may_trigger(a, post))
            return true;
    }
    return false;
}

// --- what the server is told ---

// Bots that an account listens to are not kept from us, our own ones included.
static bool listens_to_bots(const account *a) {
    return a->config != NULL && a->config->allow_bots[0] != NULL;
}

// The prefixes of an account, each as a word without what has to follow it. Returns the list that holds them, which the caller
// frees, or NULL.
static char **append_prefixes(const account_config *c, const char **prefixes, size_t *count) {
    if (c == NULL || c->chatmode != CHATMODE_ONCHAR)
        return NULL;
    char **list = onchar_effective(c->onchar_prefixes);
    for (char **p = list; *p != NULL && *count < WORDS_MAX; p++) {
        size_t last = strlen(*p) - 1;
        if ((*p)[last] == ' ')
            (*p)[last] = '\0';
        prefixes[(*count)++] = *p;
    }
    return list;
}

void concern_announce(concern *n) {
    char ***lists = xcalloc(accounts_count(n->accounts) + 1, sizeof *lists);
    const char *ids[WORDS_MAX + 1] = {0}, *names[WORDS_MAX + 1] = {0}, *prefixes[WORDS_MAX + 1] = {0};
    size_t id_count = 0, name_count = 0, prefix_count = 0;
    bool bots_too = false;
    for (size_t i = 0; i < accounts_count(n->accounts); i++) {
        const account *a = accounts_at(n->accounts, i);
        const account_config *c = a->config;
        bots_too = bots_too || listens_to_bots(a);
        if (name_count < WORDS_MAX) {
            ids[id_count++] = a->bot_user_id;
            names[name_count++] = a->bot_username;
        }
        lists[i] = append_prefixes(c, prefixes, &prefix_count);
        if (c != NULL && c->text_commands && prefix_count < WORDS_MAX)
            prefixes[prefix_count++] = " /";
    }
    const chat_filter filter = {
        .bot_user_ids = ids, .names = names, .prefixes = prefixes, .own_posts = bots_too};
    chat_set_interest(n->chat, &filter);
    for (size_t i = 0; i < accounts_count(n->accounts); i++)
        free(lists[i]);
    free(lists);
    forget_all_told(n);
    n->round++;
}

void concern_membership(concern *n, const char *channel_id) {
    told *t = NULL, *next = NULL;
    n->round++;
    HASH_ITER (hh, n->told, t, next) {
        if (*channel_id != '\0' && strcmp(t->channel_id, channel_id) != 0)
            continue;
        chat_set_channel_interest(n->chat, t->channel_id,
                                  CHAT_INTEREST_ALL); // its next post is classified anew
        forget_told(n, t);
    }
}

// Whether the channel is to be classified; it is remembered as such.
static bool is_new_channel(concern *n, const char *channel_id) {
    told *t = NULL;
    HASH_FIND_STR(n->told, channel_id, t);
    if (t != NULL)
        return false;
    if (HASH_COUNT(n->told) == CHANNELS_MAX)
        forget_told(n, n->told);
    t = xcalloc(1, sizeof *t);
    t->channel_id = xstrdup(channel_id);
    HASH_ADD_KEYPTR(hh, n->told, t->channel_id, strlen(t->channel_id), t);
    return true;
}

// What a channel is told to be, once it is known whether the bots are there whose accounts want more than their names. Until
// then everything in it is handed to us.
typedef struct classification {
    concern *owner;
    char *channel_id;
    unsigned round; // of when it began
    int waiting;    // for that many answers
    chat_interest most;
    bool unknown;
} classification;

typedef struct member_check { // whether the bot is there whose account wants that much
    classification *of;
    chat_interest wanted;
} member_check;

// What an account wants to hear of a channel where its bot is a member. Threads may be some that it takes part in.
static chat_interest wanted_by(const account *a, const char *channel_id) {
    if (a->config == NULL)
        return CHAT_INTEREST_NAMED;
    if (wants_all(a->config, channel_id))
        return CHAT_INTEREST_ALL;
    return a->config->thread_participation ? CHAT_INTEREST_THREADS : CHAT_INTEREST_NAMED;
}

static void end_classification(classification *k) {
    told *t = NULL;
    if (--k->waiting > 0)
        return;
    if (!k->unknown && k->round == k->owner->round) {
        chat_set_channel_interest(k->owner->chat, k->channel_id, k->most);
    } else { // the next post tries again
        HASH_FIND_STR(k->owner->told, k->channel_id, t);
        if (t != NULL)
            forget_told(k->owner, t);
    }
    free(k->channel_id);
    free(k);
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    member_check *m = ctx;
    classification *k = m->of;
    k->unknown = k->unknown || error->err != OC_OK;
    if (error->err == OC_OK && member && m->wanted > k->most)
        k->most = m->wanted;
    free(m);
    end_classification(k);
}

static void classify_channel(concern *n, const char *channel_id) {
    const account *a = NULL;
    if (!is_new_channel(n, channel_id))
        return;
    classification *k = xmalloc(sizeof *k);
    *k = (classification){.owner = n,
                          .channel_id = xstrdup(channel_id),
                          .round = n->round,
                          .waiting = 1,
                          .most = CHAT_INTEREST_NAMED};
    for (size_t i = 0; (a = accounts_at(n->accounts, i)) != NULL; i++) {
        chat_interest wanted = wanted_by(a, channel_id);
        if (wanted == CHAT_INTEREST_NAMED)
            continue;
        member_check *m = xmalloc(sizeof *m);
        *m = (member_check){.of = k, .wanted = wanted};
        k->waiting++;
        chat_is_member(n->chat, channel_id, a->bot_user_id, on_member, m);
    }
    end_classification(k);
}

// --- queries ---

static void end_query(concern_query *q, account *const *list, size_t count, outcome_reason reason) {
    q->done = true;
    if (q->fn != NULL)
        q->fn(q->ctx, list, count, reason);
    if (q->running)
        return;
    chat_post_free(&q->post);
    free(q);
}

// The name of a direct channel is made of its two members' ids.
static bool is_in_direct(const account *a, const char *name) {
    const char *between = strstr(name, "__");
    size_t first = between != NULL ? (size_t)(between - name) : 0, len = strlen(a->bot_user_id);
    if (between == NULL)
        return true;
    return (first == len && strncmp(name, a->bot_user_id, len) == 0) ||
           strcmp(between + 2, a->bot_user_id) == 0;
}

static bool may_concern(const account *a, const chat_post *post, const chat_channel *channel) {
    if (channel == NULL || channel->type != 'D')
        return concern_may_trigger(a, post) || channel == NULL;
    return is_in_direct(a, channel->name);
}

// channel NULL: it could not be looked up.
static void answer(concern_query *q, const chat_channel *channel) {
    concern *n = q->owner;
    size_t all = accounts_count(n->accounts), count = 0;
    account **list = xcalloc(all + 1, sizeof(account *));
    bool direct = channel != NULL && channel->type == 'D';
    for (size_t i = 0; i < all; i++) {
        account *a = accounts_at(n->accounts, i);
        // A lone account is always asked: it knows best why not.
        if (all == 1 || may_concern(a, &q->post, channel))
            list[count++] = a;
    }
    if (direct && is_new_channel(n, q->post.channel_id))
        chat_set_channel_interest(n->chat, q->post.channel_id,
                                  count > 0 && is_in_direct(list[0], channel->name) ? CHAT_INTEREST_ALL
                                                                                    : CHAT_INTEREST_NONE);
    else if (channel != NULL && !direct)
        classify_channel(n, q->post.channel_id);
    end_query(q, list, count, direct ? REASON_NOT_MEMBER : REASON_NO_MENTION);
    free(list);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    answer(ctx, error->err == OC_OK ? channel : NULL);
}

concern_query *concern_ask(concern *n, const chat_post *post, concern_fn *fn, void *ctx) {
    concern_query *q = xcalloc(1, sizeof *q);
    *q = (concern_query){.owner = n, .post = chat_post_dup(post), .fn = fn, .ctx = ctx, .running = true};
    chat_get_channel(n->chat, post->channel_id, on_channel, q);
    q->running = false;
    if (!q->done)
        return q;
    chat_post_free(&q->post);
    free(q);
    return NULL;
}

void concern_forget(concern_query *q) {
    if (q != NULL)
        q->fn = NULL;
}
