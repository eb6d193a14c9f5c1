// SPDX-License-Identifier: Apache-2.0
// What the files of the adapter from outside share. Not for others.
#ifndef OC_CHAT_REST_INTERNAL_H
#define OC_CHAT_REST_INTERNAL_H

#include "base/json.h"
#include "chat/cache.h"
#include "chat/rest_chat.h"
#include "chat/rest_client.h"
#include "chat/rest_socket.h"
#include "chat/token_rate.h"
#include "chat/tongues.h"

struct chat {
    loop *loop;
    rest_client *rest; // NULL once it is closed
    rest_socket *socket;
    sqlite_store *store;
    chat_events events;
    void *ctx;
    void (*told_state)(void *ctx, rest_chat_state state, const char *why);
    void *state_ctx;
    rest_chat_state state;
    char *account, *settings;
    char *problem;                    // why the server does not know us; NULL
    char *commands_problem;           // why slash commands are missing, by the last round; NULL
    cJSON *owners;                    // user ids
    char *bot_user_id, *bot_username; // NULL before the server has said
    bool activating, activated;       // the event activate was told; posts may be handed out
    cJSON *held;                      // frames that wait for it
    int64_t missed_since_ms;          // to be told then; 0: nothing was missed
    int64_t since_ms;                 // wall clock: before it we heard nothing
    cache *users, *channels, *members, *teams;
    tongues *tongues;
    cache *answer_hooks;     // of commands, rest_ephemeral.c
    cache *fresh;            // channels as a listing of this moment gave them
    cache *recent;           // posts that were heard of lately, for what an edit changed
    cJSON *channel_list;     // the one that is being paged through
    cJSON *server_info;      // NULL: not known
    struct rest_edit *edits; // under way or waiting
    struct chat_read *reads;
    struct chat_upload *uploads;
    struct rest_whisper *whispers; // to one person only
    loop_timer retry, next_read, next_upload;
    int tries;
    char *interactions_url, *commands_url, *mcp_url, *callback_secret; // "" when nobody listens for us
    cJSON *wanted_commands;                                            // bodies as they are sent
    cJSON *commands;                   // that stand: team_id, trigger, id, token
    struct registration *registration; // under way
    struct rest_pending *pending;      // callbacks that wait for an answer
    struct rest_command_check *checks; // of commands that call us
    loop_timer remove_limit;
    int removing;
    void (*removed)(chat *c);
    void (*stopped)(void *ctx);
    void *stopped_ctx;
};

// One call under way: who wants the answer.
typedef struct rest_wanted rest_wanted;
typedef void rest_finish_fn(rest_wanted *w, const chat_error *error, const cJSON *json);
struct rest_wanted {
    chat *chat;
    rest_finish_fn *finish;
    union {
        chat_done_fn *done;
        chat_post_fn *post;
        chat_user_fn *user;
        chat_channel_fn *channel;
        chat_team_fn *team;
        chat_file_fn *file;
        chat_json_fn *json;
        chat_flag_fn *flag;
    } fn;
    void *ctx;
    cache *cache; // where a found object is kept, or NULL
    char *key;    // under this key; freed
};

static const chat_error REST_NO_ERROR = {.err = OC_OK, .id = "", .message = ""};

// A path of text, id, text, id …, NULL; ids are percent-encoded. The caller frees it. An empty id makes a path that the
// server knows nothing at, where a shorter one might mean something else.
char *rest_path(const char *text, ...) __attribute__((sentinel));
chat_user rest_user_view(const chat *c, const cJSON *json); // our own account is a bot, however it was made
// path is taken; w is copied, its finish runs exactly once. json (taken) is the body, or NULL.
void rest_get(chat *c, char *path, const rest_wanted *w);
void rest_send(chat *c, const char *method, char *path, cJSON *json, bool repeatable, const rest_wanted *w);
void rest_send_beside(chat *c, const char *method, char *path, cJSON *json,
                      const rest_wanted *w); // what is beside the API; w hears of no JSON

rest_finish_fn rest_finish_done, rest_finish_post, rest_finish_user, rest_finish_channel, rest_finish_team,
    rest_finish_file, rest_finish_json, rest_finish_found;

// rest_chat.c: the bot may have another name.
void rest_ask_self(chat *c);
// rest_events.c: an event of the stream; taken.
void rest_take_event(chat *c, cJSON *frame);
void rest_missed(chat *c, int64_t since_ms);
// rest_people.c. channel_id "": of any channel
void rest_forget_membership(chat *c, const char *channel_id, const char *user_id);
// rest_posts.c: what the server is sent; the caller's.
cJSON *rest_post_body(const chat *c, const chat_post *post);
// rest_callbacks.c. base: where somebody listens for us, "" for nowhere.
void rest_callbacks_begin(chat *c, const char *base);
void rest_callbacks_end(chat *c);
cJSON *rest_props_for_server(const chat *c, const cJSON *props); // with whole addresses; the caller's
bool rest_same_secret(const char *a, const char *b); // in constant time; an empty one is no secret
cJSON *rest_command_body(const chat *c,
                         const chat_command_result *result); // as the server reads it; the caller's
// rest_ephemeral.c: the server takes further answers to this command for a while.
void rest_note_answer_hook(chat *c, const cJSON *payload);
// rest_command_check.c: fn comes once, perhaps before this returns; or not at all once the calls of the adapter are closed.
typedef void rest_checked_fn(void *ctx, bool fine);
void rest_check_command(chat *c, const cJSON *command, const char *token, rest_checked_fn *fn, void *ctx);
void rest_command_checks_end(chat *c);
// rest_commands.c
cJSON *rest_command_at(const chat *c, const char *team_id, const char *trigger); // NULL: none stands
void rest_commands_again(chat *c);                                               // there is a new team
void rest_commands_remove(chat *c,
                          void (*removed)(chat *c)); // removed comes also when the server does not answer
// rest_files.c, rest_uploads.c: what is open ends with OC_ECLOSED; what is left is freed.
void rest_reads_close(chat *c);
void rest_uploads_close(chat *c);
// rest_whisper.c: likewise, those that wait for a second attempt.
void rest_whispers_close(chat *c);

#endif
