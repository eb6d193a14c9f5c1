// SPDX-License-Identifier: Apache-2.0
// Reactions to the agent's posts: a turn "<turn id of the post>.r<when>n<number>" decides by the same rules who may, and tells
// the agent, now or with the next message of that conversation.
#include "turn/turns_private.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { LOOKUPS_MAX = 64, EMOJI_MAX_BYTES = 64 }; // a storm of reactions is none of the agent's business

struct reaction_query {
    turns *owner; // NULL: they are gone
    char *user_id, *post_id, *emoji;
    bool added;
    struct reaction_query *prev, *next;
};

static void free_query(reaction_query *q) {
    free(q->user_id);
    free(q->post_id);
    free(q->emoji);
    free(q);
}

void turns_forget_reactions(turns *t) {
    while (t->reactions != NULL) {
        reaction_query *q = t->reactions;
        DL_DELETE(t->reactions, q);
        q->owner = NULL;
    }
}

// Mattermost's alphabet of emoji names.
static bool is_emoji_name(const char *name) {
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-");
    return len > 0 && len <= EMOJI_MAX_BYTES && name[len] == '\0';
}

static account *whose_bot(const turns *t, const char *user_id) {
    for (size_t i = 0; i < accounts_count(t->accounts); i++) {
        account *a = accounts_at(t->accounts, i);
        if (strcmp(a->bot_user_id, user_id) == 0)
            return a;
    }
    return NULL;
}

// The reaction stands for a message that its sender wrote where the post is.
static void give_turn(turns *t, const reaction_query *q, account *a, const chat_post *post) {
    int64_t now_ms = loop_wall_ms(t->world.loop);
    char *words = q->added
                      ? xasprintf("(reacted with :%s: to your message %s)", q->emoji, q->post_id)
                      : xasprintf("(took the reaction :%s: to your message %s back)", q->emoji, q->post_id);
    char *suffix = xasprintf("r%lldn%u", (long long)now_ms, t->reaction_number++);
    const chat_post said = {.id = post->id,
                            .channel_id = post->channel_id,
                            .user_id = q->user_id,
                            .root_id = post->root_id,
                            .message = words,
                            .type = "",
                            .pending_post_id = "",
                            .create_at_ms = now_ms};
    turns_release(t, &(release){.account = a,
                                .post = &said,
                                .suffix = suffix,
                                .event = ACCESS_REACTION,
                                .quiet = !q->added || a->config == NULL || a->config->wake_on_reaction != YES,
                                .ticket = joined_create(t->world.journal, NULL, now_ms)});
    free(suffix);
    free(words);
}

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    reaction_query *q = ctx;
    turns *t = q->owner;
    if (t != NULL) {
        DL_DELETE(t->reactions, q);
        t->reactions_open--;
        account *a = error->err == OC_OK ? whose_bot(t, post->user_id) : NULL;
        if (error->err != OC_OK && error->err != OC_ENOTFOUND)
            log_warn("the post of a reaction could not be read", "post_id", q->post_id, "error",
                     error->message);
        if (a != NULL)
            give_turn(t, q, a, post);
    }
    free_query(q);
}

void turns_reaction(turns *t, const chat_reaction *reaction, bool added) {
    if (!is_emoji_name(reaction->emoji_name) || whose_bot(t, reaction->user_id) != NULL ||
        accounts_count(t->accounts) == 0)
        return;
    if (t->reactions_open == LOOKUPS_MAX) {
        log_warn("a reaction is not told: too many come at once", "post_id", reaction->post_id);
        return;
    }
    reaction_query *q = xcalloc(1, sizeof *q);
    *q = (reaction_query){.owner = t,
                          .user_id = xstrdup(reaction->user_id),
                          .post_id = xstrdup(reaction->post_id),
                          .emoji = xstrdup(reaction->emoji_name),
                          .added = added};
    DL_APPEND(t->reactions, q);
    t->reactions_open++;
    chat_get_post(t->world.chat, q->post_id, on_post, q);
}
