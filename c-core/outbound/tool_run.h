// SPDX-License-Identifier: Apache-2.0
// One call of a tool, for the files tool_*.c only.
#ifndef OC_OUTBOUND_TOOL_RUN_H
#define OC_OUTBOUND_TOOL_RUN_H

#include "base/json.h"
#include "chat/cache.h"
#include "chat/views.h"
#include "delivery/delivery.h"
#include "outbound/tool_limits.h"
#include "outbound/tools.h"
#include "session/session_of_key.h"

enum { TOOL_ID_BYTES = 27 };

typedef enum tool_state {
    TOOL_BEGINS,   // taken; nothing was asked yet
    TOOL_CALLER,   // who calls, and may they at all
    TOOL_TARGET,   // which place is meant
    TOOL_PLACE,    // what counts there for bot and person
    TOOL_WORKS,    // it is allowed, and carried out
    TOOL_ANSWERED, // fn was called; only callbacks that are still to come hold it
} tool_state;

typedef struct tool_place { // a channel that a tool is to work on
    char channel_id[TOOL_ID_BYTES], team_id[TOOL_ID_BYTES];
    char user_id[TOOL_ID_BYTES]; // whom it is a direct message to; then channel_id is "" until it is opened
    char type;
    char *name; // of the channel
} tool_place;

// What comes of judging a place.
typedef void tool_judged_fn(tool_run *r, authorise_verdict verdict);

struct tool_run {
    tools *tools;
    const tool *tool;
    cJSON *args;
    account *account; // held; NULL: there is none
    session_of from;  // unless the origin is ORIGIN_NOBODY or ORIGIN_MCP
    char *session_key;
    char *key; // what the call is known by, also in the posts' marker
    tool_state state;
    bool remembers; // its result counts for the same call again
    tool_done_fn *fn;
    void *ctx;
    loop_timer begin;

    authorise_facts facts;
    tool_place own, place; // the conversation's; the target
    chat_post post;        // that the call names (postId, threadId), kept
    bool has_post;
    char *file_name, *file_type; // of the file that the call names
    int64_t file_bytes;
    char *viewer; // in whose name things are looked for: a user's id or "" for nobody's
    tool_judged_fn *judged;

    // what the tools need while they work
    delivery *delivery;
    media_job *media;
    chat_read *read;
    buf content;
    cJSON *found;   // results so far
    cJSON *answers; // channel id → whether its posts may be read
    cJSON *teams;
    size_t at; // of teams, or of posts
    bool more;
    tool_run *prev, *next;
};

struct tools {
    tools_parts parts;
    tool_limits *limits;
    cache *results; // by a call's key: {"code","text"}
    tool_run *runs;
    size_t run_count;
};

// --- tool_run.c: a call's end ---
void tool_answer(tool_run *r, cJSON *result); // {"ok":true,…}: takes it
void tool_answer_image(tool_run *r, cJSON *result, const char *base64, const char *type);
void tool_refuse(tool_run *r, const char *code, const char *sentence);
void tool_refuse_verdict(tool_run *r, authorise_verdict v);
void tool_refuse_failure(tool_run *r, const char *what, const chat_error *error); // the server would not

// --- tool_caller.c, tool_target.c, tool_judge.c: facts, in this order ---
void tool_look_at_caller(tool_run *r);                      // then tool_look_for_target
void tool_look_for_target(tool_run *r);                     // then tool_judge, tool_work
void tool_judge(tool_run *r, tool_judged_fn *fn);           // of r->place
authorise_verdict tool_authorise(tool_run *r);              // by the account's rules of now
resolve_ask tool_direct_ask(const tool_run *r);             // for resolve_direct
bool tool_wants_upload(const tool_run *r);                  // mattermost_file's other half
const char *tool_text(const tool_run *r, const char *name); // an argument, "" when absent
bool tool_flag(const tool_run *r, const char *name);

// --- what the tools do: each ends with an answer or a refusal ---
void tool_work(tool_run *r);
void tool_do_send(tool_run *r);
void tool_do_react(tool_run *r);
void tool_do_read(tool_run *r);
void tool_do_search(tool_run *r);
void tool_do_edit(tool_run *r);
void tool_do_delete(tool_run *r);
void tool_do_pin(tool_run *r);
void tool_do_file(tool_run *r);
void tool_do_directory(tool_run *r);

// --- tool_posts.c: posts as a model gets them ---
// Writes the posts of a list (in order) into an answer {"ok":true,"posts":[…],…} with their authors' names, then answers.
void tool_answer_posts(tool_run *r, cJSON *head, cJSON *posts);
cJSON *tool_posts_of(
    const cJSON *post_list);  // Mattermost's PostList → array in order, without what is deleted
void tool_close(tool_run *r); // lets go of what it works with (tool_run.c's business)

#endif
