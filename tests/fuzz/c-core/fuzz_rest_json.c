// SPDX-License-Identifier: Apache-2.0
// What Mattermost's REST API answers, any JSON: the views of it, the plan for a team's commands, and a click's body as
// OpenClaw's own channel signed it. Nothing is read that is not there, and no text is missing.
#include "base/json.h"
#include "chat/button_token.h"
#include "chat/command_plan.h"
#include "chat/official_click.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void view(const cJSON *json) {
    const chat_post post = chat_post_view(json);
    const chat_user user = chat_user_view(json);
    const chat_channel channel = chat_channel_view(json);
    const chat_team team = chat_team_view(json);
    const chat_file file = chat_file_view(json);
    const chat_reaction reaction = chat_reaction_view(json);
    if (post.id == NULL || post.message == NULL || user.username == NULL || channel.name == NULL ||
        team.id == NULL || file.name == NULL || reaction.emoji_name == NULL)
        abort();
    chat_post copy = chat_post_dup(&post);
    cJSON *again = chat_post_to_json(&copy), *someone = chat_user_to_json(&user);
    if (strcmp(copy.message, post.message) != 0 || strcmp(json_text(again, "message"), post.message) != 0)
        abort();
    chat_post_free(&copy);
    cJSON_Delete(again);
    cJSON_Delete(someone);
    (void)chat_server_info_view(json);
}

static void plan(const cJSON *json) {
    const cJSON *ours = NULL;
    cJSON *wanted = json_new_object();
    json_add_string(wanted, "trigger", "openclaw");
    json_add_string(wanted, "method", "P");
    json_add_string(wanted, "url", "http://cb");
    command_step step = command_plan(json, "BOT", wanted, &ours);
    if ((ours != NULL) != (step == COMMAND_KEEP || step == COMMAND_UPDATE))
        abort();
    if (ours != NULL && strcmp(json_text(ours, "creator_id"), "BOT") != 0)
        abort();
    cJSON_Delete(wanted);
}

// What we sign ourselves fits, and stays the same when it is read back.
static void sign(const cJSON *json) {
    secret *token = secret_create("bot-token");
    const char *why = NULL;
    int status = official_click_check(token, json, &why);
    if (status == 200 && !cJSON_IsObject(json_get(json, "context")))
        abort();
    char *signature = cJSON_IsObject(json) ? button_token(token, json) : NULL;
    if (signature != NULL) {
        cJSON *signed_one = cJSON_Duplicate(json, 1);
        cJSON_DeleteItemFromObjectCaseSensitive(signed_one, "_token");
        if (json_get(signed_one, "_token") == NULL) {
            json_add_string(signed_one, "_token", signature);
            if (!button_token_fits(token, signed_one))
                abort();
        }
        cJSON_Delete(signed_one);
    }
    free(signature);
    secret_destroy(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cJSON *json = NULL;
    if (json_parse(bytes_of(data, size), &json) == OC_OK) {
        view(json);
        plan(json);
        sign(json);
    }
    cJSON_Delete(json);
    return 0;
}
