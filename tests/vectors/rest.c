// SPDX-License-Identifier: Apache-2.0
// api_url and reconnect: how external mode talks to a Mattermost server.
#include "vectors.h"

#include "chat/api_url.h"
#include "base/mem.h"
#include "chat/backoff.h"
#include "chat/button_token.h"
#include "chat/callback_url.h"
#include "chat/command_plan.h"
#include "chat/slash_payload.h"
#include "chat/token_rate.h"

#include <stdlib.h>

void run_api_url(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        char *url = api_url("https://h", json_text(row, "path"));
        check_text(r, row, json_string(json_get(row, "result"), "value"), url);
        free(url);
    }
}

// The recorded attempts: the fifth and sixth connect, the others fail.
void run_reconnect(report *r, const cJSON *content) {
    const cJSON *row;
    reconnect_pace pace = {.next_ms = 0};
    int attempt = 0;
    cJSON_ArrayForEach(row, json_array(content, "delays")) {
        attempt++;
        int64_t wait_ms = reconnect_wait_ms(&pace, attempt == 5 || attempt == 6);
        check_int(r, row, (int64_t)row->valuedouble, wait_ms / 1000);
    }
    cJSON_ArrayForEach(row, json_array(content, "jitterExamples"))
        check_int(r, row, json_int(row, "delay", -1),
                  reconnect_jitter_ms(json_int(row, "base", 0), json_get(row, "random")->valuedouble));
}

// --- callbacks ---

void run_slash_payload(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content)
        check_value(r, row, json_get(row, "result"),
                    slash_payload_read(json_text(row, "contentType"), bytes_str(json_text(row, "body"))));
}

void run_slash_callback_url(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *commands = json_get(row, "commands");
        char *base = callback_base(json_text(row, "customBindHost"), (uint16_t)json_int(row, "port", 0));
        char *url =
            callback_commands(json_text(commands, "callbackUrl"), base, json_text(commands, "callbackPath"));
        check_text(r, row, json_text(row, "url"), url);
        free(url);
        free(base);
    }
}

void run_interaction_callback_url(report *r, const cJSON *content) {
    enum { GATEWAY_PORT = 18789 };
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *cfg = json_get(row, "cfg"), *gateway = json_get(cfg, "gateway");
        const cJSON *whole = json_get(json_get(cfg, "channels"), "mattermost");
        const char *named =
            json_text(json_get(whole != NULL ? whole : cfg, "interactions"), "callbackBaseUrl");
        char *base = *named != '\0' ? xstrdup(named)
                                    : callback_base(json_text(gateway, "customBindHost"),
                                                    (uint16_t)json_int(gateway, "port", GATEWAY_PORT));
        char *url = callback_interactions(base, json_text(row, "accountId"));
        check_text(r, row, json_text(row, "url"), url);
        free(url);
        free(base);
    }
}

void run_slash_validation_rate(report *r, const cJSON *content) {
    const cJSON *row;
    token_rate rate = {.begun = false};
    cJSON_ArrayForEach(row, content) {
        bool log = false;
        check_bool(r, row, json_bool(row, "allowed", false),
                   token_rate_take(&rate, json_int(row, "atMs", 0), &log));
        check_bool(r, row, json_bool(row, "shouldLog", false), log);
    }
}

// Which call follows the listing: none, PUT, or POST; what happens when it fails is the caller's.
void run_slash_registration(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *ours = NULL, *call = cJSON_GetArrayItem(json_array(row, "calls"), 1);
        cJSON *wanted = json_new_object();
        json_add_string(wanted, "trigger", "oc_x");
        json_add_string(wanted, "method", "P");
        json_add_string(wanted, "url", "http://cb");
        command_step step = command_plan(json_array(row, "existing"), "BOT", wanted, &ours);
        check_text(r, row, call != NULL ? json_text(call, "method") : NULL,
                   step == COMMAND_UPDATE   ? "PUT"
                   : step == COMMAND_CREATE ? "POST"
                                            : NULL);
        const cJSON *result = cJSON_GetArrayItem(json_array(row, "result"), 0);
        if (result != NULL)
            check_text(r, row, json_text(result, "id"), json_text(ours, "id"));
        cJSON_Delete(wanted);
    }
}

// --- buttons of OpenClaw's own channel ---

void run_hmac(report *r, const cJSON *content) {
    const cJSON *row, *before = NULL;
    secret *bot_token = secret_create(json_text(content, "botToken"));
    cJSON_ArrayForEach(row, json_array(content, "rows")) {
        char *canonical = button_canonical(json_get(row, "context"));
        char *token = button_token(bot_token, json_get(row, "context"));
        check_text(r, row, json_text(row, "canonical"), canonical);
        check_text(r, row, json_text(row, "token"), token);
        free(canonical);
        free(token);
    }
    cJSON_ArrayForEach(row, json_array(content, "verify")) {
        cJSON *context = cJSON_Duplicate(json_get(row, "ctx"), 1);
        json_add_string(context, "_token", json_text(row, "token"));
        check_bool(r, row, json_bool(row, "ok", false), button_token_fits(bot_token, context));
        cJSON_Delete(context);
    }
    cJSON_ArrayForEach(row, json_array(content, "wordOrder")) {
        if (before != NULL)
            check_bool(r, row, true, button_key_order(before->valuestring, row->valuestring) < 0);
        before = row;
    }
    secret_destroy(bot_token);
}
