// SPDX-License-Identifier: Apache-2.0
#include "account/accounts.h"

#include "account/bots.h"
#include "account/gateways.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/retryable.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utlist.h>

enum {
    QUICK_TRIES = 10, // of making a bot user, each up to 10 s; so long the only one is waited for
    QUICK_PAUSE_MS = 1000,
    LATE_PAUSE_MS = 10000,
};

typedef enum bot_state {
    BOT_NONE,    // it is to be made
    BOT_MAKING,  // the server is asked
    BOT_WAITING, // that failed for now; it is tried again
    BOT_THERE,   // the account works
    BOT_FAILED,  // not before the settings change
} bot_state;

typedef struct member member;
struct member {
    account account; // the first one: an account is known by it
    accounts *owner;
    bot_state bot;
    int tries;
    unsigned holders;
    bool retired;
    bool stale;                                  // while it is being made another name was asked for
    char *wanted_username, *wanted_display_name; // what was asked for last
    char *problem;                               // why it has no bot; NULL when it has
    loop_timer again;
    member *prev, *next;
};

struct accounts {
    chat *chat;
    loop *loop;
    accounts_events events;
    void *ctx;
    gateways *gateways;
    const config *rules;
    member *members; // those that are retired, then those of the configuration in its order
    bool applying;
};

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    accounts *s = ctx;
    s->events.status(s->ctx, g, status);
}

accounts *accounts_create(loop *l, chat *c, net *n, const accounts_events *events, void *ctx) {
    accounts *s = xcalloc(1, sizeof *s);
    *s = (accounts){.chat = c, .loop = l, .events = *events, .ctx = ctx};
    s->gateways = gateways_create(l, c, n, on_status, s);
    return s;
}

void accounts_listen(accounts *s, const account_listener *l, void *ctx) {
    gateways_listen(s->gateways, l, ctx);
}

void accounts_hold_nodes(accounts *s, bool hold) {
    gateways_hold_nodes(s->gateways, hold);
}

static void destroy(member *m) {
    DL_DELETE(m->owner->members, m);
    loop_timer_cancel(&m->again);
    free(m->account.id);
    free(m->account.bot_user_id);
    free(m->account.bot_username);
    free(m->wanted_username);
    free(m->wanted_display_name);
    free(m->problem);
    free(m);
}

void accounts_destroy(accounts *s) {
    if (s == NULL)
        return;
    while (s->members != NULL)
        destroy(s->members);
    gateways_destroy(s->gateways);
    free(s);
}

account *account_hold(account *a) {
    ((member *)a)->holders++;
    return a;
}

void account_release(account *a) {
    member *m = (member *)a;
    if (m != NULL && --m->holders == 0 && m->retired)
        destroy(m);
}

// --- the bot users ---

// One bot that is still being made for the first time holds up the answer to apply, unless another one works already.
static bool is_settled(const accounts *s) {
    bool waiting = false, works = false;
    for (const member *m = s->members; m != NULL; m = m->next) {
        bool quick = !m->retired && m->tries <= QUICK_TRIES;
        if (m->bot == BOT_MAKING && quick && m->tries == 0)
            return false;
        waiting = waiting || ((m->bot == BOT_WAITING || m->bot == BOT_MAKING) && quick);
        works = works || (m->bot == BOT_THERE && !m->retired);
    }
    return works || !waiting;
}

static void tell_if_settled(accounts *s) {
    if (!s->applying || !is_settled(s))
        return;
    s->applying = false;
    s->events.settled(s->ctx);
}

static void make_bot(void *ctx);

static void set_problem(member *m, const char *problem) {
    free(m->problem);
    m->problem = problem != NULL ? xstrdup(problem) : NULL;
}

static void bot_failed(member *m, const chat_error *error) {
    set_problem(m, error->message);
    if (chat_error_may_pass(error)) {
        m->bot = BOT_WAITING;
        log_warn("a bot user cannot be made yet", "account", m->account.id, "error", error->message);
        loop_timer_set(m->owner->loop, &m->again, m->tries++ < QUICK_TRIES ? QUICK_PAUSE_MS : LATE_PAUSE_MS,
                       make_bot, m);
        return;
    }
    m->bot = BOT_FAILED;
    log_error("a bot user cannot be made: choose another BotUsername or rename the user who has it",
              "account", m->account.id, "username", m->wanted_username, "error", error->message);
}

static void on_bot(void *ctx, const chat_error *error, const char *user_id) {
    member *m = ctx;
    accounts *s = m->owner;
    if (!m->retired && m->stale) {
        m->stale = false;
        make_bot(m);
    } else if (!m->retired && error->err == OC_OK) {
        free(m->account.bot_user_id);
        free(m->account.bot_username);
        m->account.bot_user_id = xstrdup(user_id);
        m->account.bot_username = xstrdup(m->wanted_username);
        set_problem(m, NULL);
        m->bot = BOT_THERE;
        s->events.bot(s->ctx, &m->account);
    } else if (!m->retired) {
        bot_failed(m, error);
    } else {
        m->bot = BOT_NONE;
        m->stale = false;
    }
    tell_if_settled(s);
    account_release(&m->account);
}

static void make_bot(void *ctx) {
    member *m = ctx;
    m->bot = BOT_MAKING;
    account_hold(&m->account);
    bot_make(m->owner->chat, m->account.id, m->wanted_username, m->wanted_display_name, on_bot, m);
}

// An earlier account has the same bot user name.
static bool is_taken(const member *m) {
    for (const member *other = m->owner->members; other != m; other = other->next) {
        if (!other->retired && strcasecmp(other->wanted_username, m->wanted_username) == 0)
            return true;
    }
    return false;
}

static void want_bot(member *m, const char *username, const char *display_name) {
    bool same = m->wanted_username != NULL && strcmp(m->wanted_username, username) == 0 &&
                strcmp(m->wanted_display_name, display_name) == 0;
    if (same && (m->bot == BOT_THERE || m->bot == BOT_MAKING))
        return;
    char *new_username = xstrdup(username), *new_display_name = xstrdup(display_name);
    free(m->wanted_username);
    free(m->wanted_display_name);
    m->wanted_username = new_username;
    m->wanted_display_name = new_display_name;
    m->tries = 0;
    loop_timer_cancel(&m->again);
    m->stale = m->bot == BOT_MAKING;
    if (m->bot != BOT_MAKING)
        m->bot = BOT_NONE;
}

static void make_bots(accounts *s) {
    member *m = NULL;
    DL_FOREACH (s->members, m) {
        if (m->retired || m->bot != BOT_NONE)
            continue;
        if (is_taken(m)) {
            m->bot = BOT_FAILED;
            set_problem(m, "another account has the same bot user name");
            log_error("two accounts have the same bot user name", "account", m->account.id, "username",
                      m->wanted_username);
        } else {
            make_bot(m);
        }
    }
}

// --- which accounts there are ---

static member *member_named(const accounts *s, const char *id) {
    member *m = NULL;
    DL_FOREACH (s->members, m) {
        if (strcmp(m->account.id, id) == 0)
            return m;
    }
    return NULL;
}

// The account, also one that was removed and finishes what is open; it goes to the end of the list.
static member *take(accounts *s, const char *id) {
    member *m = member_named(s, id);
    if (m != NULL) {
        DL_DELETE(s->members, m);
    } else {
        m = xcalloc(1, sizeof *m);
        m->owner = s;
        m->account.id = xstrdup(id);
    }
    DL_APPEND(s->members, m);
    m->retired = false;
    return m;
}

static void retire(member *m) {
    m->retired = true;
    m->account.config = NULL;
    m->account.gateway = NULL;
    m->account.control = NULL;
    m->account.node = NULL;
    loop_timer_cancel(&m->again);
    m->stale = m->bot == BOT_MAKING;
    if (m->bot != BOT_MAKING)
        m->bot = BOT_NONE;
    free(m->wanted_username);
    m->wanted_username = NULL;
    if (m->holders == 0)
        destroy(m);
}

// Everybody is retired for a moment; who is in the configuration comes back.
static void take_all(accounts *s, const config *rules) {
    member *m = NULL, *next = NULL;
    size_t running = 0;
    DL_FOREACH (s->members, m)
        m->retired = true;
    for (size_t i = 0; rules != NULL && i < rules->account_count; i++) {
        const account_config *c = &rules->accounts[i];
        if (!c->enabled || *c->disabled_why != '\0')
            continue;
        m = take(s, c->id);
        m->account.config = c;
        want_bot(m, c->bot_username, c->bot_display_name);
        running++;
    }
    if (running == 0) { // somebody must be able to tell the administrators why
        const account_config *c = rules != NULL ? config_account(rules, "default") : NULL;
        m = take(s, "default");
        m->account.config = NULL;
        want_bot(m, c != NULL ? c->bot_username : BOT_DEFAULT_USERNAME,
                 c != NULL ? c->bot_display_name : BOT_DEFAULT_DISPLAY_NAME);
    }
    DL_FOREACH_SAFE (s->members, m, next) {
        if (m->retired)
            retire(m);
    }
}

static void share_gateways(accounts *s) {
    member *m = NULL;
    gateway **had = NULL;
    size_t count = 0, i = 0;
    DL_COUNT(s->members, m, count);
    had = xcalloc(count + 1, sizeof *had);
    gateways_begin(s->gateways);
    DL_FOREACH (s->members, m) {
        had[i++] = m->account.gateway;
        m->account.gateway =
            m->account.config != NULL ? gateways_find(s->gateways, &m->account.config->gateway) : NULL;
    }
    i = 0;
    DL_FOREACH (s->members, m) {
        if (m->account.config != NULL && m->account.gateway == NULL)
            m->account.gateway = gateways_make(s->gateways, &m->account.config->gateway, had[i]);
        i++;
    }
    gateways_end(s->gateways);
    DL_FOREACH (s->members, m) {
        account *a = &m->account;
        a->control = a->config != NULL && a->config->gateway.control
                         ? gateways_control(s->gateways, a->gateway)
                         : NULL;
        a->node =
            a->config != NULL && a->config->gateway.tools ? gateways_node(s->gateways, a->gateway) : NULL;
    }
    free(had);
}

void accounts_apply(accounts *s, const config *rules) {
    s->applying = true;
    s->rules = rules;
    take_all(s, rules);
    share_gateways(s);
    make_bots(s);
    tell_if_settled(s);
}

const config *accounts_config(const accounts *s) {
    return s->rules;
}

// --- looking at them ---

static bool works(const member *m) {
    return !m->retired && m->account.bot_user_id != NULL;
}

size_t accounts_count(const accounts *s) {
    size_t count = 0;
    for (const member *m = s->members; m != NULL; m = m->next)
        count += works(m);
    return count;
}

account *accounts_at(const accounts *s, size_t index) {
    for (member *m = s->members; m != NULL; m = m->next) {
        if (works(m) && index-- == 0)
            return &m->account;
    }
    return NULL;
}

bool accounts_waiting(const accounts *s) {
    for (const member *m = s->members; m != NULL; m = m->next) {
        if (!m->retired && m->account.bot_user_id == NULL && m->bot != BOT_FAILED)
            return true;
    }
    return false;
}

account *accounts_find(const accounts *s, const char *id) {
    member *m = member_named(s, id);
    return m != NULL && works(m) ? &m->account : NULL;
}

char *accounts_of_gateway(const accounts *s, const gateway *g) {
    bool others = false;
    char *names = NULL;
    for (const member *m = s->members; m != NULL; m = m->next) {
        if (m->account.gateway == NULL)
            continue;
        others = others || m->account.gateway != g;
        if (m->account.gateway != g)
            continue;
        char *longer = names == NULL ? xstrdup(m->account.id) : xasprintf("%s, %s", names, m->account.id);
        free(names);
        names = longer;
    }
    if (others)
        return names;
    free(names);
    return NULL;
}

char *accounts_problems(const accounts *s) {
    char *lines = NULL;
    for (const member *m = s->members; m != NULL; m = m->next) {
        if (m->retired || m->problem == NULL)
            continue;
        char *longer = xasprintf("%s- **%s** has no bot user @%s: %s\n", lines != NULL ? lines : "",
                                 m->account.id, m->wanted_username, m->problem);
        free(lines);
        lines = longer;
    }
    return lines;
}
