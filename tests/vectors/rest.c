// SPDX-License-Identifier: Apache-2.0
// api_url and reconnect: how external mode talks to a Mattermost server.
#include "vectors.h"

#include "chat/api_url.h"
#include "chat/backoff.h"

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
