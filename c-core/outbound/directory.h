// SPDX-License-Identifier: Apache-2.0
// Finds and lists users, channels and teams: what the bot and the asking user both may see. Reads all pages up to a maximum. A
// failure is an error, never a list that is too short. Every question ends in exactly one callback.
#ifndef OC_OUTBOUND_DIRECTORY_H
#define OC_OUTBOUND_DIRECTORY_H

#include "chat/chat.h"

enum { DIRECTORY_LIMIT_MAX = 200 };

typedef enum directory_kind { DIRECTORY_USERS, DIRECTORY_CHANNELS, DIRECTORY_TEAMS } directory_kind;
// How well an entry fits, best first: the whole name, its beginning, the beginning of a word of it, a part, its letters in order.
typedef enum directory_fit { FIT_EXACT, FIT_PREFIX, FIT_WORD, FIT_PART, FIT_FUZZY, FIT_NONE } directory_fit;

typedef struct directory_query { // texts are borrowed for the call
    directory_kind kind;
    const char *text; // with or without "@", "#", "~"; "": everything
    const char *team; // only of the team with this name or id, "": of all
    const char *bot_user_id;
    const char *viewer_id; // "": an administrator's or our own question
    int limit;             // at most DIRECTORY_LIMIT_MAX; below 1: that
} directory_query;

typedef struct directory_entry { // texts are never NULL
    const char *id;
    const char *target;  // what names it without doubt: "user:<id>", "channel:<id>"; a team: its id
    const char *name;    // a user's name without "@", the name in addresses of a channel or team
    const char *display; // full name or nickname; display name
    const char *team;    // a channel's: the name of its team
    char type;           // a channel's: 'O', 'P', 'G'; else 0
    bool is_bot;
    directory_fit fit; // FIT_EXACT when everything was asked for
} directory_entry;

// Best first, then by name. more: there are others beyond the limit. err as in resolve.h, sentence likewise; OC_ELIMIT: too many to be
// looked through, a team or a longer text helps.
typedef void directory_fn(void *ctx, oc_err err, const char *sentence, const directory_entry *entries,
                          size_t count, bool more);
void directory_find(chat *c, const directory_query *query, directory_fn *fn, void *ctx);

// How well text fits a name or a display name: pure, case does not matter.
directory_fit directory_fits(const char *text, const char *name, const char *display);

#endif
