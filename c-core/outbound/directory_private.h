// SPDX-License-Identifier: Apache-2.0
// Between the files of the directory.
#ifndef OC_OUTBOUND_DIRECTORY_PRIVATE_H
#define OC_OUTBOUND_DIRECTORY_PRIVATE_H

#include "outbound/directory.h"

#include <uthash.h>

// A user, channel or team that was met.
typedef struct directory_found {
    char *id, *target, *name, *display, *team, *nickname;
    char type;
    bool is_bot;
    bool bot_sees, viewer_sees;
    directory_fit fit;
    UT_hash_handle hh;
} directory_found;

// One question on its way: one call of the server at a time.
typedef struct directory_search {
    chat *chat;
    directory_kind kind;
    char *text, *team, *bot_user_id, *viewer_id; // text without its sign
    int limit;
    directory_fn *fn;
    void *ctx;
    directory_found *found;
    cJSON *teams; // common to bot and viewer, and wanted
    int team_at, page;
    cJSON *channels;        // the bot's, for a viewer who sees only whom they share them with
    directory_found *asked; // the channel whose membership is asked for
    int channel_at;
    bool bot_reads_public, viewer_reads_public; // in this team
    bool views_members;                         // the viewer may, so they see everybody of a team
    bool everybody;                             // reads all users instead of asking for those with the text
    bool cut;                                   // the server has more than it gave
} directory_search;

// NULL: too many were met, and the question has ended with that.
directory_found *directory_meet(directory_search *s, const char *id);
void directory_done(directory_search *s); // ranks what was met, and ends the question
void directory_fail(directory_search *s, oc_err err,
                    char *sentence); // the same with an error; sentence is taken
void directory_call_failed(directory_search *s, const chat_error *error, const char *what);
bool directory_has_fitting(directory_search *s);
directory_fit directory_fit_of(const directory_search *s, const directory_found *f); // whoever sees it

const cJSON *directory_team(const directory_search *s); // the one at work; NULL: all are through
void directory_read_users(directory_search *s);         // directory_users.c
void directory_read_channels(directory_search *s);      // directory_channels.c

#endif
