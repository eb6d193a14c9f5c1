// SPDX-License-Identifier: Apache-2.0
// What a target of a message says, before anybody is asked. Pure. OpenClaw's grammar (reference-behaviour notes §7.1) with the
// additions of W-43 and W-44: "team/#name" names a channel of one team, "group:<id>" is a channel's id.
#ifndef OC_OUTBOUND_TARGET_H
#define OC_OUTBOUND_TARGET_H

#include "base/err.h"
#include "config/choices.h"

#include <stdbool.h>

enum { TARGET_MAX_BYTES = 256 }; // longer ones are refused

typedef enum target_kind {
    TARGET_CHANNEL,      // text: a channel's id
    TARGET_CHANNEL_NAME, // text: a channel's name as it was written; team: its team's, or ""
    TARGET_USER, // text: a user's id, not looked at; what is no id is taken for a name when it is resolved
    TARGET_USERNAME, // text: without "@", as it was written
    TARGET_BARE_ID,  // text: an id of a user or, when there is no such user, of a channel
} target_kind;

typedef struct target {
    target_kind kind;
    bool is_group; // written as "group:…"
    char text[TARGET_MAX_BYTES + 1];
    char team[TARGET_MAX_BYTES + 1];
} target;

// OC_EINVAL: *sentence (static) says what is wrong, for people and models.
oc_err target_parse(const char *text, target *out, const char **sentence) OC_MUST_CHECK;

// The form under which hosts keep a target: "channel:…", "user:…" or "@…". The caller frees it; NULL: it has none (bare texts, "#…").
char *target_normal_form(const char *text);
// direct for "user:", "mattermost:" and "@", channel for "channel:", group for "group:"; false: the text does not say.
bool target_chat_kind(const char *text, chat_kind *out);
bool target_is_explicit(const char *text);   // says itself what it names
bool target_looks_like_id(const char *text); // need not be searched for in a directory

#endif
