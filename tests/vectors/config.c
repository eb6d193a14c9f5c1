// SPDX-License-Identifier: Apache-2.0
// base_url, slash_config, reply_to_mode and require_mention: what a configuration says.
#include "vectors.h"

#include "base/mem.h"
#include "config/base_url.h"
#include "config/config.h"
#include "config/read.h"
#include "config/slash.h"
#include "inbound/trigger.h"
#include "session/session_key.h"

#include <stdlib.h>
#include <string.h>

void run_base_url(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *input = json_string(row, "input");
        char *url = input != NULL ? base_url_normalise(input) : NULL;
        check_text(r, row, json_string(row, "output"), url);
        free(url);
    }
}

// JSON is JSON5: our own reader makes the tree.
static conf_node *tree_of(const cJSON *value) {
    char *text = cJSON_PrintUnformatted(value);
    conf_problem problem = {.line = 0};
    conf_node *tree = conf_read(bytes_str(text), &problem);
    conf_problem_free(&problem);
    cJSON_free(text);
    return tree;
}

static cJSON *flag_or_auto(choice flag) {
    return flag == UNSET ? json_new_string("auto") : json_new_bool(flag == YES);
}

void run_slash_config(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        conf_node *tree = tree_of(json_get(row, "raw"));
        slash_config c = slash_config_of(tree);
        cJSON *got = json_new_object();
        json_add(got, "native", flag_or_auto(c.native));
        json_add(got, "nativeSkills", flag_or_auto(c.native_skills));
        json_add_string(got, "callbackPath", c.callback_path);
        if (c.callback_url != NULL)
            json_add_string(got, "callbackUrl", c.callback_url);
        check_value(r, row, json_get(row, "resolved"), got);
        check_bool(r, row, json_bool(row, "enabled", false), c.native == YES);
        slash_config_free(&c);
        conf_destroy(tree);
    }
}

// The row's object as the field Advanced, with a token so that it is complete.
config *config_of(const cJSON *object) {
    cJSON *settings = json_new_object();
    char *text = cJSON_PrintUnformatted(object);
    config_problems problems;
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", text);
    config *c = config_from_settings(settings, &problems);
    config_problems_free(&problems);
    cJSON_free(text);
    cJSON_Delete(settings);
    return c;
}

void run_reply_to_mode(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        config *c = config_of(json_get(row, "config"));
        chat_kind kind = CHAT_DIRECT;
        while (kind < CHAT_CHANNEL && strcmp(chat_kind_name(kind), json_text(row, "kind")) != 0)
            kind++;
        check_text(r, row, json_text(row, "mode"),
                   c != NULL ? reply_mode_name(session_reply_mode(config_default(c), kind)) : NULL);
        config_destroy(c);
    }
}

// The flag that groups hold for a channel: the account's before the top level's, the channel's before that of "*". NULL when
// none does.
static const cJSON *flag_of_groups(const cJSON *object, const char *account, const char *channel) {
    const cJSON *own = json_get(json_get(json_get(object, "accounts"), account), "groups");
    const cJSON *top = json_get(object, "groups");
    const char *const ids[] = {channel, "*"};
    for (size_t i = 0; i < 2; i++) {
        const cJSON *flag = json_get(json_get(own, ids[i]), "requireMention");
        if (flag == NULL)
            flag = json_get(json_get(top, ids[i]), "requireMention");
        if (flag != NULL)
            return flag;
    }
    return NULL;
}

// Both the account and the top level have groups: OpenClaw takes the account's alone, we merge them.
static bool merges_groups(const cJSON *object, const char *account) {
    const cJSON *own = json_get(json_get(json_get(object, "accounts"), account), "groups");
    return own != NULL && json_get(object, "groups") != NULL;
}

// With the account written down, since an account that is not has only what the top level says.
static config *config_with(const cJSON *object, const char *account) {
    cJSON *all = cJSON_Duplicate(object, true);
    cJSON *accounts = cJSON_GetObjectItemCaseSensitive(all, "accounts");
    if (accounts == NULL)
        accounts = json_add_object(all, "accounts");
    if (json_get(accounts, account) == NULL)
        json_add_object(accounts, account);
    config *c = config_of(all);
    cJSON_Delete(all);
    return c;
}

void run_require_mention(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *object = json_get(row, "config"), *expected = json_get(row, "requireMention");
        const char *name = json_text(row, "accountId"), *channel = json_text(row, "channel");
        char *id = config_account_id(name);
        config *c = config_with(object, name);
        cJSON *got = c != NULL ? json_new_bool(trigger_required(config_account(c, id), channel)) : NULL;
        const cJSON *merged = merges_groups(object, name) ? flag_of_groups(object, name, channel) : NULL;
        if (merged != NULL)
            check_deviating(r, "merged-groups", row, expected, cJSON_Duplicate(merged, true), got);
        else
            check_value(r, row, expected, got);
        config_destroy(c);
        free(id);
    }
}
