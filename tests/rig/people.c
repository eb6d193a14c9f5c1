// SPDX-License-Identifier: Apache-2.0
#include "people.h"

#include "base/buf.h"
#include "base/json.h"
#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char BOT_ID[] = "bot00000000000000000000000", ADMIN_ID[] = "user0000000000000000000000";

void people_user_id(int n, char out[ID_BYTES]) {
    snprintf(out, ID_BYTES, "user%022d", n);
}

void people_dm_id(int n, char out[ID_BYTES]) {
    snprintf(out, ID_BYTES, "direct%020d", n);
}

void people_channel_id(int n, char out[ID_BYTES]) {
    static const char *const kinds[] = {"public", "secret", "fewbut"};
    snprintf(out, ID_BYTES, "%s%020d", kinds[n % 3], n);
}

char people_channel_type(const char *id) {
    return strncmp(id, "direct", 6) == 0   ? 'D'
           : strncmp(id, "public", 6) == 0 ? 'O'
           : strncmp(id, "secret", 6) == 0 ? 'P'
           : strncmp(id, "fewbut", 6) == 0 ? 'G'
                                           : '\0';
}

cJSON *people_user(const char *id) {
    cJSON *u = NULL;
    char name[40];
    bool bot = strcmp(id, BOT_ID) == 0;
    if (!bot && strncmp(id, "user", 4) != 0)
        return NULL;
    snprintf(name, sizeof name, bot ? "openclaw" : "person%d", (int)strtol(id + 4, NULL, 10));
    u = json_new_object();
    json_add_string(u, "id", id);
    json_add_string(u, "username", name);
    json_add_string(u, "roles", strcmp(id, ADMIN_ID) == 0 ? "system_user system_admin" : "system_user");
    json_add_bool(u, "is_bot", bot);
    return u;
}

bool people_bot_is_in(const char *id) {
    return people_channel_type(id) != '\0';
}

cJSON *people_channel(const char *id, bool with_last_post) {
    char type[2] = {people_channel_type(id), '\0'};
    if (type[0] == '\0')
        return NULL;
    cJSON *c = json_new_object();
    json_add_string(c, "id", id);
    json_add_string(c, "type", type);
    json_add_string(c, "name", id);
    if (with_last_post)
        json_add_int(c, "last_post_at", store_last_post_ms(id));
    return c;
}

static void add_member(cJSON *list, const char *channel_id) {
    cJSON *m = json_new_object();
    json_add_string(m, "channel_id", channel_id);
    json_add_string(m, "user_id", BOT_ID);
    json_push(list, m);
}

cJSON *people_bot_memberships(int page, int count) {
    cJSON *list = json_new_array();
    char id[ID_BYTES];
    for (int n = page * count; n < (page + 1) * count && n < USERS + STRANGERS + CHANNELS; n++) {
        if (n < CHANNELS)
            people_channel_id(n, id);
        else
            people_dm_id(n - CHANNELS, id);
        add_member(list, id);
    }
    return list;
}

char *people_allow_from(void) {
    buf text;
    char id[ID_BYTES];
    buf_init(&text, 1 << 16);
    for (int n = 0; n < USERS; n++) {
        people_user_id(n, id);
        if (buf_printf(&text, "%s%s", n > 0 ? " " : "", id) != OC_OK)
            abort();
    }
    return buf_take_str(&text);
}
