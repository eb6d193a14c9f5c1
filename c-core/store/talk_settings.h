// SPDX-License-Identifier: Apache-2.0
// What people have set for a conversation: how answers are shown, how messages queue, what tools may do at most. Ours alone, the
// gateway does not know of it. Shared by all nodes, kept across restarts, the newest TALK_SETTINGS_MAX conversations. Nothing here blocks.
#ifndef OC_STORE_TALK_SETTINGS_H
#define OC_STORE_TALK_SETTINGS_H

#include "base/loop.h"
#include "chat/chat.h"
#include "config/choices.h"

typedef enum talk_verbose {
    TALK_VERBOSE_UNSET,
    TALK_VERBOSE_OFF,
    TALK_VERBOSE_ON,
    TALK_VERBOSE_FULL
} talk_verbose;
typedef enum talk_reasoning { TALK_REASONING_UNSET, TALK_REASONING_OFF, TALK_REASONING_ON } talk_reasoning;
typedef enum talk_queue {
    TALK_QUEUE_UNSET,
    TALK_QUEUE_FOLLOWUP,  // one message after another
    TALK_QUEUE_COLLECT,   // what a person writes while the agent is at work becomes one message
    TALK_QUEUE_INTERRUPT, // a new message ends the run
} talk_queue;
typedef enum talk_drop { TALK_DROP_UNSET, TALK_DROP_NEW, TALK_DROP_OLD } talk_drop;

typedef enum talk_permission { // a permission_mode, one higher
    TALK_PERMISSION_UNSET,
    TALK_PERMISSION_READ_ONLY,
    TALK_PERMISSION_GUARDED,
    TALK_PERMISSION_WORKSPACE,
    TALK_PERMISSION_FULL,
} talk_permission;

typedef struct talk_setting {
    talk_verbose verbose;       // UNSET: as the account's streaming settings say
    talk_reasoning reasoning;   // UNSET: off
    talk_queue queue;           // UNSET: followup
    int64_t debounce_ms;        // -1: the account's debounceMs
    int cap;                    // messages that wait behind the one at work; 0: no bound of its own
    talk_drop drop;             // which one goes beyond it; UNSET: the new one
    talk_permission permission; // narrows what the account's settings allow, never widens it
} talk_setting;
#define TALK_SETTING_NONE ((talk_setting){.debounce_ms = -1})
enum { TALK_DEBOUNCE_MAX_MS = 60 * 1000, TALK_CAP_MAX = 20 };

typedef struct talk_settings talk_settings;
enum {
    TALK_SETTINGS_MAX = 500,
    TALK_SETTINGS_FRESH_MS = 30 * 1000, // what another node has set counts after so long at the latest
    TALK_SETTINGS_VALUE_MAX_BYTES = 256 << 10,
};

// Both are borrowed and must outlive it.
talk_settings *talk_settings_create(loop *l, chat *c);
void talk_settings_destroy(talk_settings *s); // changes that are open end unsaid; NULL-safe
void talk_settings_load(talk_settings *s);    // once the server can be asked

// Of a conversation (turn_place), a thread's completed by those of what it stands in. As known now: what is older than
// FRESH_MS is read again for the next time. s may be NULL: nothing is set.
talk_setting talk_settings_get(talk_settings *s, const char *account_id, const char *conversation);
// Puts a conversation's own setting (without what a thread takes over); NONE forgets it. What differs from what is
// known here is changed; the rest stays as another node may have set it meanwhile. fn comes exactly once.
typedef void talk_changed_fn(void *ctx, bool stored);
void talk_settings_put(talk_settings *s, const char *account_id, const char *conversation,
                       const talk_setting *setting, talk_changed_fn *fn, void *ctx);
// What a conversation takes over from what it stands in, without its own.
talk_setting talk_settings_around(const talk_settings *s, const char *account_id, const char *conversation);
// What is stored was read once: false while nobody knows what is set. NULL: nothing is ever set, which is known.
bool talk_settings_known(const talk_settings *s);
// Only its own.
talk_setting talk_settings_own(const talk_settings *s, const char *account_id, const char *conversation);

// The words of commands and of the store; NULL or -1 for what is none.
const char *talk_verbose_name(talk_verbose v);
int talk_verbose_find(const char *name);
const char *talk_queue_name(talk_queue q);
int talk_queue_find(const char *name);
const char *talk_drop_name(talk_drop d);
int talk_drop_find(const char *name);
const char *talk_permission_name(talk_permission p);
int talk_permission_find(const char *name);
permission_mode talk_permission_within(talk_permission set, permission_mode widest);

#endif
