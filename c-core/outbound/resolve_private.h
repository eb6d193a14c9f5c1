// SPDX-License-Identifier: Apache-2.0
// Between the files of the resolver.
#ifndef OC_OUTBOUND_RESOLVE_PRIVATE_H
#define OC_OUTBOUND_RESOLVE_PRIVATE_H

#include "chat/cache.h"
#include "outbound/resolve.h"

struct resolver {
    loop *loop;
    chat *chat;
    cache *directs; // "<bot>/<user>" → id of the direct channel
    cache *kinds;   // bare id → "user" or "channel"
    struct question *open;
};

// One target on its way. Kept until its callback was called and no answer of the server is outstanding.
typedef struct question {
    resolver *resolver; // NULL: destroyed meanwhile
    resolved_fn *fn;    // NULL: it was called
    void *ctx;
    int expected; // answers of the server
    char *bot_user_id, *viewer_id, *home_team_id;
    dm_channel_retry retry;
    bool open_direct;
    target target;
    // what is found
    cJSON *channel; // {"id","team_id","name","type","delete_at"} of the one that is looked at
    char *user_id, *username;
    // names in several teams (resolve_name.c)
    cJSON *teams, *matches; // teams of the bot; channels that are seen, with "team_name"
    int team_at;
    // the direct channel (resolve_direct.c)
    int attempt;
    bool trying; // that attempt's time is not over
    loop_timer timer;
    struct question *prev, *next;
} question;

// Before and after each call of the server: question_answered says whether anybody still waits for the question.
void question_ask(question *q);
bool question_answered(question *q);
void question_place(question *q); // ends it: channel and user are found
// Ends it with an error; sentence is taken.
void question_fail(question *q, oc_err err, char *sentence);
// The same for a call that failed; what: "look up the channel".
void question_call_failed(question *q, const chat_error *error, const char *what);
// Of a channel: there is none, or the bot may not know of it (in external mode the server itself says so).
bool question_is_absent(const chat_error *error);
cJSON *question_channel_json(const chat_channel *channel);
chat_channel question_channel_view(const cJSON *json);

// Whether viewer and bot both see it. fn is not called when nobody waits any more.
typedef void question_seen_fn(question *q, bool seen);
void question_look(question *q, const cJSON *channel, question_seen_fn *fn);

void question_find_name(question *q);   // resolve_name.c
void question_open_direct(question *q); // resolve_direct.c

#endif
