// SPDX-License-Identifier: Apache-2.0
#include "config/account.h"

#include "base/mem.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// How a member is stored: what freeing and comparing need to know. Members that are lists of structs stand below.
typedef enum storage { TEXT, LIST, SECRET, INT, INT64, NUMBER, BOOL } storage;
typedef struct field {
    storage kind;
    size_t offset;
} field;

// An enum is stored as an int.
#define FIELD(kind, member)                                                                                  \
    { kind, offsetof(account_config, member) }

static const field GATEWAY_FIELDS[] = {
    {TEXT, offsetof(gateway_config, url)},     {SECRET, offsetof(gateway_config, token)},
    {TEXT, offsetof(gateway_config, ca_file)}, {TEXT, offsetof(gateway_config, ca_pem)},
    {TEXT, offsetof(gateway_config, proxy)},
};

static const field SERVER_FIELDS[] = {
    {TEXT, offsetof(server_config, base_url)},     {SECRET, offsetof(server_config, bot_token)},
    {TEXT, offsetof(server_config, ca_file)},      {TEXT, offsetof(server_config, ca_pem)},
    {TEXT, offsetof(server_config, proxy)},        {TEXT, offsetof(server_config, callback_base)},
    {TEXT, offsetof(server_config, command_url)},  {TEXT, offsetof(server_config, command_path)},
    {LIST, offsetof(server_config, callback_ips)},
};

static const field FIELDS[] = {
    FIELD(BOOL, gateway.control),
    FIELD(BOOL, gateway.tools),
    FIELD(TEXT, id),
    FIELD(TEXT, name),
    FIELD(BOOL, enabled),
    FIELD(TEXT, disabled_why),
    FIELD(TEXT, bot_username),
    FIELD(TEXT, bot_display_name),
    FIELD(TEXT, agent),
    FIELD(INT, dm_policy),
    FIELD(INT, group_policy),
    FIELD(LIST, allow_from),
    FIELD(LIST, group_allow_from),
    FIELD(LIST, owners),
    FIELD(LIST, approvers),
    FIELD(LIST, exec_approvers),
    FIELD(INT, exec_approval_target),
    FIELD(LIST, allow_bots),
    FIELD(BOOL, name_matching),
    FIELD(INT, bot_hops),
    FIELD(BOOL, text_commands),
    FIELD(INT, chatmode),
    FIELD(LIST, onchar_prefixes),
    FIELD(INT, require_mention),
    FIELD(BOOL, thread_participation),
    FIELD(LIST, mention_patterns),
    FIELD(INT64, debounce_ms),
    FIELD(INT, speaks_per_hour),
    FIELD(INT, reply_to_mode),
    FIELD(INT, reply_to_mode_by_type[CHAT_DIRECT]),
    FIELD(INT, reply_to_mode_by_type[CHAT_GROUP]),
    FIELD(INT, reply_to_mode_by_type[CHAT_CHANNEL]),
    FIELD(INT, dm_scope),
    FIELD(TEXT, session_name),
    FIELD(INT, history_limit),
    FIELD(INT, context_visibility),
    FIELD(INT, people_info),
    FIELD(INT, permission),
    FIELD(INT, streaming.mode),
    FIELD(INT, streaming.chunk_mode),
    FIELD(BOOL, streaming.preview_tool_progress),
    FIELD(BOOL, streaming.command_text),
    FIELD(TEXT, streaming.label),
    FIELD(LIST, streaming.labels),
    FIELD(INT, streaming.max_lines),
    FIELD(INT, streaming.max_line_chars),
    FIELD(BOOL, streaming.progress_tool_progress),
    FIELD(BOOL, streaming.block_enabled),
    FIELD(INT, streaming.block_min_chars),
    FIELD(INT, streaming.block_max_chars),
    FIELD(INT64, streaming.block_idle_ms),
    FIELD(INT64, streaming.edit_every_ms),
    FIELD(INT64, streaming.edit_slowest_ms),
    FIELD(INT, streaming.edits_max),
    FIELD(INT, streaming.edits_per_second_total),
    FIELD(INT, text_chunk_limit),
    FIELD(INT, tables),
    FIELD(TEXT, response_prefix),
    FIELD(NUMBER, media_max_mb),
    FIELD(INT, dm_retry.max_retries),
    FIELD(INT64, dm_retry.initial_delay_ms),
    FIELD(INT64, dm_retry.max_delay_ms),
    FIELD(INT64, dm_retry.timeout_ms),
    FIELD(TEXT, ack_reaction),
    FIELD(BOOL, allow_mass_mentions),
    FIELD(BOOL, unsafe_links),
    FIELD(INT, wake_on_reaction),
    FIELD(INT64, notify_after_ms),
    FIELD(LIST, capabilities),
    FIELD(BOOL, tools.messages),
    FIELD(BOOL, tools.reactions),
    FIELD(BOOL, tools.send),
    FIELD(BOOL, tools.search),
    FIELD(BOOL, tools.edit),
    FIELD(BOOL, tools.remove),
    FIELD(BOOL, tools.pin),
    FIELD(BOOL, tools.files),
    FIELD(BOOL, tools.directory),
    FIELD(INT, tools.elsewhere),
    FIELD(INT, tools.calls_per_minute),
    FIELD(SECRET, tools.mcp_secret),
    FIELD(LIST, tools.mcp_channels),
    FIELD(INT, native_commands),
    FIELD(INT, native_skills),
    FIELD(BOOL, private_network),
};

enum {
    GATEWAY_FIELD_COUNT = sizeof GATEWAY_FIELDS / sizeof *GATEWAY_FIELDS,
    SERVER_FIELD_COUNT = sizeof SERVER_FIELDS / sizeof *SERVER_FIELDS,
    FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS
};

// --- lists of texts ---

void config_list_free(char **list) {
    for (char **at = list; at != NULL && *at != NULL; at++)
        free(*at);
    free(list);
}

bool config_list_equal(char *const *a, char *const *b) {
    if (a == NULL || b == NULL)
        return a == b;
    while (*a != NULL && *b != NULL && strcmp(*a, *b) == 0) {
        a++;
        b++;
    }
    return *a == NULL && *b == NULL;
}

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

// --- members by the tables ---

static void clear_fields(void *object, const field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        void *at = (char *)object + fields[i].offset;
        if (fields[i].kind == TEXT)
            free(*(char **)at);
        else if (fields[i].kind == LIST)
            config_list_free(*(char ***)at);
        else if (fields[i].kind == SECRET)
            secret_destroy(*(secret **)at);
    }
}

static bool same_field(const field *f, const void *a, const void *b) {
    const void *left = (const char *)a + f->offset, *right = (const char *)b + f->offset;
    switch (f->kind) {
    case TEXT:
        return same_text(*(char *const *)left, *(char *const *)right);
    case LIST:
        return config_list_equal(*(char **const *)left, *(char **const *)right);
    case SECRET:
        return secret_equal(*(secret *const *)left, *(secret *const *)right);
    case INT:
        return memcmp(left, right, sizeof(int)) == 0;
    case INT64:
        return memcmp(left, right, sizeof(int64_t)) == 0;
    case NUMBER:
        return memcmp(left, right, sizeof(double)) == 0;
    case BOOL:
        return *(const bool *)left == *(const bool *)right;
    }
    return false;
}

static bool same_fields(const void *a, const void *b, const field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!same_field(&fields[i], a, b))
            return false;
    }
    return true;
}

// --- the lists of structs ---

static bool same_groups(const account_config *a, const account_config *b) {
    bool same = a->group_count == b->group_count;
    for (size_t i = 0; same && i < a->group_count; i++) {
        const group_config *left = &a->groups[i], *right = &b->groups[i];
        same = strcmp(left->channel_id, right->channel_id) == 0 &&
               left->require_mention == right->require_mention &&
               config_list_equal(left->allow_from, right->allow_from) &&
               strcmp(left->prompt, right->prompt) == 0 && strcmp(left->agent, right->agent) == 0 &&
               left->permission == right->permission;
    }
    return same;
}

static bool same_access_groups(const account_config *a, const account_config *b) {
    bool same = a->access_group_count == b->access_group_count;
    for (size_t i = 0; same && i < a->access_group_count; i++)
        same = strcmp(a->access_groups[i].name, b->access_groups[i].name) == 0 &&
               a->access_groups[i].supported == b->access_groups[i].supported &&
               config_list_equal(a->access_groups[i].members, b->access_groups[i].members);
    return same;
}

static bool same_user_permissions(const account_config *a, const account_config *b) {
    bool same = a->user_permission_count == b->user_permission_count;
    for (size_t i = 0; same && i < a->user_permission_count; i++)
        same = strcmp(a->user_permissions[i].user_id, b->user_permissions[i].user_id) == 0 &&
               a->user_permissions[i].mode == b->user_permissions[i].mode;
    return same;
}

static void clear_lists(account_config *a) {
    for (size_t i = 0; i < a->group_count; i++) {
        free(a->groups[i].channel_id);
        config_list_free(a->groups[i].allow_from);
        free(a->groups[i].prompt);
        free(a->groups[i].agent);
    }
    for (size_t i = 0; i < a->access_group_count; i++) {
        free(a->access_groups[i].name);
        config_list_free(a->access_groups[i].members);
    }
    for (size_t i = 0; i < a->user_permission_count; i++)
        free(a->user_permissions[i].user_id);
    free(a->groups);
    free(a->access_groups);
    free(a->user_permissions);
}

// --- the interface ---

static void empty_fields(void *object, const field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        void *at = (char *)object + fields[i].offset;
        if (fields[i].kind == TEXT)
            *(char **)at = xstrdup("");
        else if (fields[i].kind == LIST)
            *(char ***)at = xcalloc(1, sizeof(char *));
        else if (fields[i].kind == SECRET)
            *(secret **)at = secret_create("");
    }
}

void account_config_init(account_config *a) {
    *a = (account_config){.enabled = true};
    empty_fields(a, FIELDS, FIELD_COUNT);
    empty_fields(&a->gateway, GATEWAY_FIELDS, GATEWAY_FIELD_COUNT);
    empty_fields(&a->server, SERVER_FIELDS, SERVER_FIELD_COUNT);
}

void account_config_clear(account_config *a) {
    clear_fields(a, FIELDS, FIELD_COUNT);
    clear_fields(&a->gateway, GATEWAY_FIELDS, GATEWAY_FIELD_COUNT);
    clear_fields(&a->server, SERVER_FIELDS, SERVER_FIELD_COUNT);
    clear_lists(a);
    *a = (account_config){.enabled = false};
}

bool gateway_config_equal(const gateway_config *a, const gateway_config *b) {
    return same_fields(a, b, GATEWAY_FIELDS, GATEWAY_FIELD_COUNT);
}

static char **list_dup(char *const *list) {
    size_t count = 0;
    while (list[count] != NULL)
        count++;
    char **copy = xcalloc(count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = xstrdup(list[i]);
    return copy;
}

server_config server_config_dup(const server_config *s) {
    server_config copy;
    for (size_t i = 0; i < SERVER_FIELD_COUNT; i++) {
        const void *from = (const char *)s + SERVER_FIELDS[i].offset;
        void *to = (char *)&copy + SERVER_FIELDS[i].offset;
        if (SERVER_FIELDS[i].kind == TEXT)
            *(char **)to = xstrdup(*(char *const *)from);
        else if (SERVER_FIELDS[i].kind == LIST)
            *(char ***)to = list_dup(*(char **const *)from);
        else
            *(secret **)to = secret_dup(*(secret *const *)from);
    }
    return copy;
}

void server_config_clear(server_config *s) {
    clear_fields(s, SERVER_FIELDS, SERVER_FIELD_COUNT);
}

bool server_config_equal(const server_config *a, const server_config *b) {
    return same_fields(a, b, SERVER_FIELDS, SERVER_FIELD_COUNT);
}

bool account_config_equal(const account_config *a, const account_config *b) {
    return same_fields(a, b, FIELDS, FIELD_COUNT) && gateway_config_equal(&a->gateway, &b->gateway) &&
           server_config_equal(&a->server, &b->server) && same_groups(a, b) && same_access_groups(a, b) &&
           same_user_permissions(a, b);
}

const group_config *account_group(const account_config *a, const char *channel_id) {
    const group_config *any = NULL;
    for (size_t i = 0; i < a->group_count; i++) {
        if (strcmp(a->groups[i].channel_id, channel_id) == 0)
            return &a->groups[i];
        if (strcmp(a->groups[i].channel_id, "*") == 0)
            any = &a->groups[i];
    }
    return any;
}

permission_mode account_permission(const account_config *a, bool direct, const char *channel_id,
                                   const char *user_id) {
    const group_config *g = direct ? NULL : account_group(a, channel_id);
    for (size_t i = 0; direct && i < a->user_permission_count; i++) {
        if (strcmp(a->user_permissions[i].user_id, user_id) == 0)
            return a->user_permissions[i].mode;
    }
    return g != NULL && g->permission >= 0 ? (permission_mode)g->permission : a->permission;
}

bool account_offers_buttons(const account_config *a) {
    for (char *const *at = a->capabilities; at != NULL && *at != NULL; at++) {
        if (strcasecmp(*at, "inlineButtons") == 0)
            return true;
    }
    return false;
}
