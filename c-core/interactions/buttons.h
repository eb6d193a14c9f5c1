// SPDX-License-Identifier: Apache-2.0
// Buttons and select menus under posts of ours, and what becomes of a click. A set of them belongs to one post. Each action
// carries an HMAC-SHA-256 under the installation's secret (click.h); what the set is about lies in the store under its nonce
// (store/button_records.h): no record, no click. A click counts when signature, time, post, channel, person and membership
// are right, the kind's may agrees and, unless the set is reusable, nobody was faster on any node (compare-and-set).
// Nothing here blocks.
#ifndef OC_INTERACTIONS_BUTTONS_H
#define OC_INTERACTIONS_BUTTONS_H

#include "base/loop.h"
#include "interactions/person.h"
#include "store/install_secret.h"

typedef struct buttons buttons;

// l and c are borrowed and must outlive it.
buttons *buttons_create(loop *l, chat *c);
void buttons_destroy(buttons *b); // clicks that are open end unanswered; NULL-safe

// --- what happens at a click ---

typedef struct button_click { // borrowed until the ticket is answered
    const char *kind, *nonce;
    const char *account_id, *bot_user_id;
    const char *channel_id, *post_id;
    const char *trigger_id;         // opens a dialog (dialogs.h) within three seconds
    const char *id, *label, *value; // what was chosen; of a menu the option's text and value
    const cJSON *data;              // the set's own: object or NULL
    int64_t at_ms;                  // wall clock
    bool reusable;                  // the set is: it may be clicked again
    const person *by;               // as the server knows this person now: human, and in the channel
} button_click;

typedef struct click_ticket
    click_ticket; // answered exactly once: each of may and clicked ends in one call below

typedef struct button_kind {
    const char *name; // must stay valid; "turn", "question" …
    // Whether this person may choose this now: ends in buttons_admit or buttons_refuse. NULL: whoever is in the channel.
    void (*may)(void *ctx, const button_click *click, click_ticket *ticket);
    // The choice was taken, by this click alone: ends in buttons_answer. Late answers reach the person as ephemeral posts.
    void (*clicked)(void *ctx, const button_click *click, click_ticket *ticket);
    void *ctx;
} button_kind;
enum { BUTTON_KINDS_MAX = 16 };
void buttons_register(buttons *b, const button_kind *kind); // copied; before the first click

void buttons_admit(click_ticket *t);
// reason: a word for log and counters ("not_allowed"). text: what the person is told, perhaps marked (words/words.h).
void buttons_refuse(click_ticket *t, const char *reason, const char *text);

typedef struct button_result {  // copied
    const char *ephemeral_text; // Markdown for the person only, perhaps marked; NULL: nothing
    const char *chosen;         // Markdown that takes the place of all buttons of the set; NULL: they stay
    const cJSON
        *attachment;     // takes the place of the set's attachment (a picker's next page); instead of chosen
    const char *message; // the post's text; NULL: stays
    bool undo;           // nothing came of it: a single-use set can be clicked again
} button_result;
void buttons_answer(click_ticket *t, const button_result *result);

// "✓ **label** chosen by @name": what chosen usually is, nothing in label breaks out of it. The caller frees it.
char *buttons_chosen_text(words_lang lang, const button_click *click);

// --- making them ---

enum {
    BUTTONS_MAX = 25,            // of one set, menus included
    BUTTON_OPTIONS_MAX = 100,    // of one menu
    BUTTON_LABEL_MAX_RUNES = 75, // what is longer is cut
    BUTTON_VALUE_MAX_BYTES = 2000,
    BUTTON_DATA_MAX_BYTES = 4096, // as JSON
    BUTTON_USERS_MAX = 50,
};
#define BUTTONS_LIVE_MIN_MS (600 * INT64_C(1000))           // ten minutes
#define BUTTONS_LIVE_MAX_MS (7 * 24 * 3600 * INT64_C(1000)) // seven days

typedef struct button_option {
    const char *text, *value;
} button_option;

typedef struct button_action {
    const char *id;    // any text, unique in its set: what the handler knows it by
    const char *label; // of a menu: its placeholder
    const char *style; // "default", "primary", "success", "good", "warning", "danger"; NULL: "default"
    const char *value; // of a button; NULL: ""
    const button_option *options; // a select menu
    size_t option_count;          // 0: a button
} button_action;

typedef struct button_set { // copied
    const char *kind, *account_id, *bot_user_id, *channel_id;
    const char *post_id; // where it is known already; NULL: buttons_bind tells
    const char *text;    // Markdown above the buttons; NULL: none
    const button_action *actions;
    size_t count;
    const char *const *user_ids; // NULL-terminated: who may click; NULL: whom the kind's may admits
    // The post is an ephemeral one for user_ids' only person, in this thread ("": none; NULL: it is no ephemeral post). Results
    // must say all of it then: message, and chosen or attachment.
    const char *ephemeral_root_id;
    int64_t lives_ms; // brought within the limits above
    bool reusable;
    const cJSON *data; // object that the handler is given, or NULL
} button_set;

// Stores the set's record and makes its attachment, for props.attachments of a post. Both are borrowed for the callback,
// NULL with err: OC_EINVAL (nothing to show, or a value, data or list beyond its limit), else the store's. fn comes exactly
// once, perhaps before this returns.
typedef void buttons_made_fn(void *ctx, oc_err err, const char *nonce, const cJSON *attachment);
void buttons_make(buttons *b, const button_set *set, buttons_made_fn *fn, void *ctx);
// The post exists now. Without it (a crash came between) the first click finds out by reading the post.
void buttons_bind(buttons *b, const char *nonce, const char *post_id);
// The set is void from now on: its record is removed, clicks are told so. The post is the caller's to edit.
void buttons_withdraw(buttons *b, const char *nonce);

// --- HTTP ---

#define BUTTONS_CLICK_PATH "/api/v1/buttons/click"
enum { BUTTONS_BODY_MAX_BYTES = 64 << 10 };
// The body that the server sent, and who clicked as the server says. status is HTTP's; body an object (borrowed).
typedef void buttons_http_fn(void *ctx, int status, const cJSON *body);
void buttons_http(buttons *b, const char *user_id, bytes body, buttons_http_fn *fn, void *ctx);

// How many clicks and submissions were taken, and refused, since the start: an object word → number; the caller owns it.
cJSON *buttons_counts(const buttons *b);

#endif
