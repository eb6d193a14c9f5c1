// SPDX-License-Identifier: Apache-2.0
#include "chat/slash_payload.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/percent.h"

#include <stdlib.h>
#include <string.h>

static const char *const NEEDED[] = {"token", "team_id", "channel_id", "user_id", "command", NULL};
static const char *const OTHERS[] = {"text",        "user_name",    "trigger_id", "response_url",
                                     "team_domain", "channel_name", "root_id",    NULL};

static bool is_in(const char *const *list, const char *name) {
    while (*list != NULL && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

// application/x-www-form-urlencoded: a plus is a blank.
static char *form_text(bytes coded) {
    char *spaced = xstrndup((const char *)coded.data, coded.len);
    for (char *c = spaced; *c != '\0'; c++) {
        if (*c == '+')
            *c = ' ';
    }
    char *text = percent_decode(bytes_str(spaced));
    free(spaced);
    return text;
}

static void read_pair(cJSON *out, bytes pair) {
    const uint8_t *equals = pair.len > 0 ? memchr(pair.data, '=', pair.len) : NULL;
    size_t name_len = equals != NULL ? (size_t)(equals - pair.data) : pair.len;
    bytes value = equals != NULL ? bytes_of(equals + 1, pair.len - name_len - 1) : bytes_of("", 0);
    char *name = form_text(bytes_of(pair.data, name_len)), *text = form_text(value);
    if ((is_in(NEEDED, name) || is_in(OTHERS, name)) && json_get(out, name) == NULL)
        json_add_string(out, name, text);
    free(name);
    free(text);
}

static cJSON *read_form(bytes body) {
    cJSON *out = json_new_object();
    while (body.len > 0) {
        const uint8_t *end = memchr(body.data, '&', body.len);
        size_t len = end != NULL ? (size_t)(end - body.data) : body.len;
        read_pair(out, bytes_of(body.data, len));
        body = len < body.len ? bytes_of(body.data + len + 1, body.len - len - 1) : bytes_of(NULL, 0);
    }
    return out;
}

static cJSON *read_json(bytes body) {
    cJSON *json = NULL, *out = json_new_object();
    const cJSON *item = NULL;
    if (json_parse(body, &json) != OC_OK)
        json = NULL;
    cJSON_ArrayForEach(item, json) {
        bool known = cJSON_IsObject(json) && (is_in(NEEDED, item->string) || is_in(OTHERS, item->string));
        if (known && cJSON_IsString(item) && json_get(out, item->string) == NULL)
            json_add_string(out, item->string, item->valuestring);
    }
    cJSON_Delete(json);
    return out;
}

cJSON *slash_payload_read(const char *content_type, bytes body) {
    cJSON *out = strcasestr(content_type, "application/json") != NULL ? read_json(body) : read_form(body);
    for (const char *const *name = NEEDED; *name != NULL; name++) {
        if (*json_text(out, *name) == '\0') {
            cJSON_Delete(out);
            return NULL;
        }
    }
    if (json_get(out, "text") == NULL)
        json_add_string(out, "text", "");
    return out;
}
