// SPDX-License-Identifier: Apache-2.0
// One approval on its way to the people who may decide it: whom it is for and where, whether one of them is in that channel, then
// the posts.
#include "base/log.h"
#include "base/mem.h"
#include "interactions/approval_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

struct showing {
    approval_desk *desk; // NULL: it ended
    char *id, *account_id;
    ask_spot spot; // its account is not to be used: it may go
    char **approvers;
    size_t at; // the one whose membership is looked up
    bool approver_there;
    char *user_name, *channel_name;
    struct showing *prev, *next;
};

static void showing_free(showing *s) {
    if (s->desk != NULL)
        DL_DELETE(s->desk->showings, s);
    approver_ids_free(s->approvers);
    free(s->id);
    free(s->account_id);
    free(s->user_name);
    free(s->channel_name);
    free(s);
}

void approval_shows_end(approval_desk *d) {
    while (d->showings != NULL) {
        showing *s = d->showings;
        DL_DELETE(d->showings, s);
        s->desk = NULL; // the look-up under way frees it
    }
}

static size_t count_of(char *const *ids) {
    size_t count = 0;
    while (ids[count] != NULL && count < APPROVERS_ASKED_MAX)
        count++;
    return count;
}

static void say_unnamed(approval_desk *d, const account *a) {
    if (d->unnamed != NULL && strcmp(d->unnamed, a->id) == 0)
        return;
    free(d->unnamed);
    d->unnamed = xstrdup(a->id);
    log_warn("the agent needs an approval, but nobody is named who may give one", "account", a->id, "setting",
             "execApprovals.approvers");
}

static void post(showing *s, const account *account_now, const gateway_approval *a) {
    approval_desk *d = s->desk;
    size_t asked = count_of(s->approvers);
    approval_about about = {.user_name = s->user_name, .channel_name = s->channel_name, .kind = s->spot.kind};
    char *request = words_approval(a, &about), *notice = words_approval_notice(a, asked),
         *plain = account_now->config->text_commands
                      ? words_approval_plain(a, &about, account_now->bot_username)
                      : NULL;
    approval_facts facts = {.target = account_now->config->exec_approval_target,
                            .kind = s->spot.kind,
                            .channel_id = s->spot.channel_id,
                            .root_id = s->spot.root_id,
                            .user_id = s->spot.user_id,
                            .approvers = (const char *const *)s->approvers,
                            .approver_there = s->approver_there,
                            .request = request,
                            .plain = plain,
                            .notice = notice};
    ask_place places[ASK_POSTS_MAX];
    button_action actions[APPROVAL_DECISIONS];
    ask_request r = {.kind = APPROVAL_KIND,
                     .id = a->id,
                     .account_id = account_now->id,
                     .bot_user_id = account_now->bot_user_id,
                     .places = places,
                     .place_count = approval_places(&facts, places),
                     .actions = actions,
                     .action_count = approval_actions(a, actions),
                     .lives_ms = a->expires_in_ms,
                     .earlier = a->listed};
    if (asked == 0)
        say_unnamed(d, account_now);
    asks_open(d->world.asks, &r);
    free(request);
    free(plain);
    free(notice);
}

// It may have ended, or its account gone, while names were looked up.
static void end(showing *s) {
    account *a = ask_spot_account(&s->desk->world.spots, s->account_id);
    const gateway_approval *approval =
        a != NULL && a->control != NULL ? approvals_find(control_approvals(a->control), s->id) : NULL;
    if (approval != NULL)
        post(s, a, approval);
    showing_free(s);
}

// --- what is looked up, one after the other ---

static void look_member(showing *s);

static void on_member(void *ctx, const chat_error *error, bool member) {
    showing *s = ctx;
    if (s->desk == NULL) {
        showing_free(s);
        return;
    }
    if (error->err != OC_OK)
        log_warn("whether an approver is in a channel is not known", "error", error->message);
    s->approver_there = error->err == OC_OK && member;
    s->at++;
    look_member(s);
}

static void look_member(showing *s) {
    bool settled = s->approver_there || s->spot.kind == CHAT_DIRECT || s->at == count_of(s->approvers);
    if (settled)
        end(s);
    else
        chat_is_member(s->desk->world.chat, s->spot.channel_id, s->approvers[s->at], on_member, s);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    showing *s = ctx;
    if (s->desk == NULL) {
        showing_free(s);
        return;
    }
    if (error->err == OC_OK)
        s->channel_name = xstrdup(channel->display_name);
    else
        s->channel_name = xstrdup("");
    look_member(s);
}

static void look_channel(showing *s) {
    if (s->spot.kind != CHAT_DIRECT) {
        chat_get_channel(s->desk->world.chat, s->spot.channel_id, on_channel, s);
        return;
    }
    s->channel_name = xstrdup("");
    look_member(s);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    showing *s = ctx;
    if (s->desk == NULL) {
        showing_free(s);
        return;
    }
    s->user_name = xstrdup(error->err == OC_OK ? user->username : "");
    look_channel(s);
}

char **approval_approvers(const account *a) {
    char **ids = listed_ids(a->config->exec_approvers, a->config);
    size_t kept = 0;
    for (size_t i = 0; ids[i] != NULL; i++) {
        bool twice = false;
        for (size_t k = 0; k < kept; k++)
            twice = twice || strcmp(ids[k], ids[i]) == 0;
        if (twice)
            free(ids[i]);
        else
            ids[kept++] = ids[i];
    }
    ids[kept] = NULL;
    return ids;
}

void approval_show(approval_desk *d, const gateway_approval *a, const ask_spot *spot) {
    showing *s = xcalloc(1, sizeof *s);
    *s = (showing){.desk = d,
                   .id = xstrdup(a->id),
                   .account_id = xstrdup(spot->account->id),
                   .spot = *spot,
                   .approvers = approval_approvers(spot->account)};
    s->spot.account = NULL;
    DL_APPEND(d->showings, s);
    if (*spot->user_id != '\0') {
        chat_get_user(d->world.chat, spot->user_id, on_user, s);
        return;
    }
    s->user_name = xstrdup("");
    look_channel(s);
}
