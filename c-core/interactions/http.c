// SPDX-License-Identifier: Apache-2.0
#include "interactions/http.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX_BYTES = 16 << 10 };

typedef struct exchange {
    pairing_desk *desk;
    chat_http *request;
} exchange;

static void on_answer(void *ctx, int status, const cJSON *body) {
    exchange *e = ctx;
    buf text;
    buf_init(&text, ANSWER_MAX_BYTES);
    if (json_print(body, &text) == OC_OK)
        chat_http_answer(e->request, status, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(e->request, 500, "The answer is too long.");
    buf_free(&text);
    free(e);
}

static void on_body(void *ctx, chat_http *r, oc_err err, bytes body) {
    exchange *e = ctx;
    if (err == OC_OK) {
        pairing_desk_click(e->desk, chat_http_user_id(r), body, on_answer, e);
        return;
    }
    if (err == OC_ELIMIT)
        chat_http_answer_error(r, 413, "This is too long for a click.");
    else
        chat_http_answer_error(r, 400, "The request broke off.");
    free(e);
}

bool interactions_http(pairing_desk *d, chat_http *r) {
    if (strcmp(chat_http_path(r), PAIRING_CLICK_PATH) != 0)
        return false;
    if (strcmp(chat_http_method(r), "POST") != 0) {
        cJSON *header = json_new_object();
        json_add_string(header, "Allow", "POST");
        chat_http_answer(r, 405, "application/json", header,
                         bytes_str("{\"error\":\"This address takes another method.\"}"));
        cJSON_Delete(header);
    } else if (*chat_http_user_id(r) == '\0') {
        chat_http_answer_error(r, 401, "Log in to Mattermost first.");
    } else {
        exchange *e = xmalloc(sizeof *e);
        *e = (exchange){.desk = d, .request = r};
        chat_http_read(r, PAIRING_CLICK_MAX_BYTES, on_body, e);
    }
    return true;
}
