// SPDX-License-Identifier: Apache-2.0
// The server itself: its settings and ours, the key-value store, slash commands. A part of chat.h, whose rules hold.
#ifndef OC_CHAT_SERVER_H
#define OC_CHAT_SERVER_H

#include "chat/types.h"

typedef struct chat_server_info {
    const char *site_url; // without a slash at the end; "" when the administrator has set none
    const char *version;  // "11.11.0"
    int64_t max_post_runes, max_file_size_bytes;
    bool file_attachments;             // EnableFileAttachments
    const char *teammate_name_display; // "username", "nickname_full_name", "full_name"
    const char *locale;                // DefaultClientLocale: "en"
    bool clustered;                    // ClusterSettings.Enable: there may be other nodes
    bool commands;        // EnableCommands: people's own slash commands, as from outside ours are
    int64_t edit_limit_s; // PostEditTimeLimit, -1: none. Counts for whoever edits from outside
    // Known in the plugin only, else true: PluginSettings.EnableUploads and EnableHealthCheck; whether the log goes anywhere.
    bool plugin_uploads, plugin_health_check, logs;
} chat_server_info;
typedef void chat_server_info_fn(void *ctx, const chat_error *error, const chat_server_info *info);
// Asked once, and again after the server's configuration has changed. With an error info holds Mattermost's defaults.
void chat_get_server_info(chat *c, chat_server_info_fn *fn, void *ctx);

// How it stands with the way to the server, for whoever looks for faults. Borrowed until the next event.
typedef struct chat_connection {
    bool
        outside; // with a bot's token (external mode). In the plugin the way is the shim's, and nothing below says more
    bool known;             // the server has said who we are
    bool token_refused;     // the account is halted
    const char *problem;    // a sentence why, as far as known; ""
    bool delivers;          // the event stream stands
    int64_t clock_ahead_ms; // the server's clock before ours
    const char *callbacks;  // the address for slash commands that the server is told; "": nobody listens
    bool callbacks_here;    // it is this machine's own, and the server is elsewhere
    const char *commands_problem; // why slash commands are missing; ""
    bool no_buttons; // nobody listens for clicks: what we post has no buttons, whatever it is given
} chat_connection;
chat_connection chat_get_connection(const chat *c);
// Has the server call one of our slash commands, which does nothing. OC_OK also where the server needs no address to call us;
// OC_ENOTFOUND: no command stands that it could call.
void chat_try_callback(chat *c, chat_done_fn *fn, void *ctx);

void chat_load_settings(chat *c, chat_json_fn *fn, void *ctx); // object with lower-cased keys

void chat_kv_get(chat *c, const char *key, chat_bytes_fn *fn, void *ctx);
void chat_kv_set(chat *c, const char *key, bytes value, int64_t expire_s, chat_done_fn *fn, void *ctx);
// Atomic: stored only when the present value is old (old.data NULL: when there is none). flag: stored.
// expire_s 0: never.
void chat_kv_compare_and_set(chat *c, const char *key, bytes old, bytes value, int64_t expire_s,
                             chat_flag_fn *fn, void *ctx);
void chat_kv_delete(chat *c, const char *key, chat_done_fn *fn, void *ctx);
// The keys that begin with prefix, sorted: an array. The server lists all keys of ours for it, page by page: dear, and what
// changes meanwhile may be missed. OC_ELIMIT above CHAT_KV_KEYS_MAX.
enum { CHAT_KV_KEYS_MAX = 20000 };
void chat_kv_list(chat *c, const char *prefix, chat_json_fn *fn, void *ctx);

// Removes all keys of the plugin, the server's own about it too.
void chat_kv_delete_all(chat *c, chat_done_fn *fn, void *ctx);
// While sealed nothing is written to the store any more, but for keys that begin with CHAT_KV_UNSEALED: other writes and deletions
// are answered as done.
#define CHAT_KV_UNSEALED "purge."
void chat_kv_seal(chat *c, bool sealed);
// Whether we are a plugin in the server: then we can turn ourselves off, on all nodes; we stay off until somebody turns us on.
bool chat_is_plugin(const chat *c);
void chat_turn_off(chat *c, chat_done_fn *fn, void *ctx); // OC_EDENIED when we are none

// A slash command for all teams; the same trigger again replaces it. Copied. Gone when the plugin stops.
typedef struct chat_command_info {
    const char *trigger; // without slash, lower case
    const char *display_name, *description, *hint;
    const cJSON
        *autocomplete; // Mattermost's AutocompleteData {"Trigger","HelpText","SubCommands":[…]…}, or NULL
} chat_command_info;
void chat_register_command(chat *c, const chat_command_info *command, chat_done_fn *fn, void *ctx);
// The slash commands that people of a team have made, those of bots and integrations included: an array of Mattermost's Command.
void chat_custom_commands(chat *c, const char *team_id, chat_json_fn *fn, void *ctx);
void chat_unregister_command(chat *c, const char *trigger, chat_done_fn *fn, void *ctx);

// Opens a dialog on the screen of whose click or command trigger_id came with, three seconds ago at most. dialog is
// Mattermost's Dialog object (borrowed); what is entered goes to url.
void chat_open_dialog(chat *c, const char *trigger_id, const char *url, const cJSON *dialog, chat_done_fn *fn,
                      void *ctx);

#endif
