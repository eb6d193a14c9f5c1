// SPDX-License-Identifier: Apache-2.0
#include "chat/rest_client.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "chat/rest_client_private.h"
#include "chat/retryable.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { FIRST_PAUSE_MS = 250, LONGEST_PAUSE_MS = 4000, DEDUPLICATING_MS = 500 };

typedef enum call_state {
    CALL_WAITING, // for a free place, the end of a pause that the server asked for, or its own next attempt
    CALL_OPEN,    // the request is out
    CALL_ENDED,   // the report is due
} call_state;

typedef struct call call;
struct call {
    rest_client *client;
    call_state state;
    char *method, *path, *content_type;
    buf content, answer;
    bool repeatable, beside_api;
    int64_t due_ms, not_before_ms; // loop's clock
    int tries;
    CURL *easy;
    struct curl_slist *headers;
    rest_fn *fn;
    void *ctx;
    oc_err err; // of its own making, told from the loop
    call *prev, *next;
};

static void pump(void *ctx);

static int64_t now_ms(const rest_client *c) {
    return loop_now_ms(net_loop(c->net));
}

static void pump_in(rest_client *c, int64_t wait_ms) {
    loop_timer_set(net_loop(c->net), &c->timer, wait_ms > 0 ? wait_ms : 0, pump, c);
}

static void release(call *k) {
    net_end(k->client->net, k->easy);
    k->easy = NULL;
    curl_slist_free_all(k->headers);
    k->headers = NULL;
    buf_clear(&k->answer);
}

static void end(call *k, const chat_error *error, const cJSON *json) {
    rest_client *c = k->client;
    rest_fn *fn = k->fn;
    void *ctx = k->ctx;
    DL_DELETE(c->calls, k);
    c->waiting--;
    release(k);
    buf_free(&k->content);
    buf_free(&k->answer);
    free(k->method);
    free(k->path);
    free(k->content_type);
    free(k);
    fn(ctx, error, json);
}

static void fail(call *k, oc_err err, const char *message) {
    end(k, &(chat_error){.err = err, .id = "", .message = message}, NULL);
}

// --- one attempt ---

static int64_t pause_ms(const call *k) {
    int64_t ms = FIRST_PAUSE_MS;
    for (int i = 1; i < k->tries && ms < LONGEST_PAUSE_MS; i++)
        ms *= 2;
    return ms / 2 + (int64_t)random_below((uint32_t)ms);
}

static bool is_pending(const chat_error *error) {
    return strcmp(error->id, "api.post.deduplicate_create_post.pending") == 0;
}

// Whether the same request may be sent again, and when at the earliest.
static bool goes_again(call *k, const chat_error *error, CURLcode result) {
    rest_client *c = k->client;
    bool unsent = result == CURLE_COULDNT_CONNECT || result == CURLE_COULDNT_RESOLVE_HOST ||
                  result == CURLE_COULDNT_RESOLVE_PROXY;
    bool refused = error->http_status == 429; // not done for certain
    if (!chat_error_may_pass(error) || (!unsent && !refused && !k->repeatable))
        return false;
    int64_t at_ms = now_ms(c) + (is_pending(error) ? DEDUPLICATING_MS : pause_ms(k));
    if (refused && c->hold_until_ms > at_ms)
        at_ms = c->hold_until_ms;
    k->not_before_ms = at_ms;
    return at_ms < k->due_ms;
}

static void on_done(void *ctx, CURLcode result) {
    call *k = ctx;
    rest_client *c = k->client;
    char *text = NULL;
    cJSON *json = NULL;
    c->open--;
    chat_error error = rest_judge(c, k->easy, result, buf_bytes(&k->answer), &text);
    if (k->err != OC_OK)
        error = (chat_error){.err = k->err, .http_status = 0, .id = "", .message = oc_err_text(k->err)};
    c->served = c->served || error.err == OC_OK;
    if (error.err != OC_OK && goes_again(k, &error, result)) {
        if (!c->served && c->unserved != NULL)
            c->unserved(c->ctx, &error);
        log_debug("a call to the server is made again", "path", k->path, "error", error.message);
        k->state = CALL_WAITING;
        release(k);
    } else {
        bool read = error.err == OC_OK && k->answer.len > 0 && !k->beside_api;
        if (read && json_parse(buf_bytes(&k->answer), &json) != OC_OK)
            error = (chat_error){.err = OC_EMALFORMED,
                                 .id = "",
                                 .message = "the server's answer is no JSON: is baseUrl right?"};
        end(k, &error, json);
    }
    free(text);
    cJSON_Delete(json);
    pump_in(c, 0);
}

static size_t on_data(char *data, size_t size, size_t count, void *ctx) {
    call *k = ctx;
    k->err = buf_append(&k->answer, data, size * count);
    return k->err == OC_OK ? size * count : CURL_WRITEFUNC_ERROR;
}

static void prepare(call *k) {
    CURL *easy = k->easy;
    bool has_body = k->content.len > 0;
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(k->due_ms - now_ms(k->client)));
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, k);
    if (has_body || strcmp(k->method, "POST") == 0) {
        char *type = xasprintf("Content-Type: %s", k->content_type);
        k->headers = curl_slist_append(k->headers, type);
        k->headers = curl_slist_append(k->headers, "Expect:"); // no round trip for it
        free(type);
        (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)k->content.len);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                               has_body ? buf_bytes(&k->content).data : (const uint8_t *)"");
    }
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, k->method);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, k->headers);
}

static void begin(call *k) {
    rest_client *c = k->client;
    char *why = NULL;
    k->tries++;
    k->err = OC_OK;
    k->easy = k->beside_api ? rest_easy_beside(c, k->path, &why) : rest_easy(c, k->path, &why);
    if (k->easy == NULL) {
        fail(k, OC_EINVAL, why);
        free(why);
        return;
    }
    prepare(k);
    k->state = CALL_OPEN;
    c->open++;
    if (net_start(c->net, k->easy, on_done, k) != OC_OK) {
        c->open--;
        fail(k, OC_ENOMEM, oc_err_text(OC_ENOMEM));
    }
}

// --- turns ---

// The first one that may go, or NULL; *wait_ms: until the next one may.
static call *next_call(rest_client *c, int64_t *wait_ms) {
    int64_t now = now_ms(c);
    call *k = NULL;
    *wait_ms = -1;
    DL_FOREACH (c->calls, k) {
        int64_t from_ms = k->not_before_ms > c->hold_until_ms ? k->not_before_ms : c->hold_until_ms;
        if (k->state == CALL_OPEN)
            continue;
        if (k->state == CALL_ENDED || rest_client_halted(c) || k->due_ms <= now || from_ms <= now)
            return k;
        int64_t at_ms = from_ms < k->due_ms ? from_ms : k->due_ms;
        if (*wait_ms < 0 || at_ms - now < *wait_ms)
            *wait_ms = at_ms - now;
    }
    return NULL;
}

static void pump(void *ctx) {
    rest_client *c = ctx;
    int64_t wait_ms = -1;
    while (c->open < REST_OPEN_MAX) {
        call *k = next_call(c, &wait_ms);
        if (k == NULL)
            break;
        if (k->state == CALL_ENDED)
            fail(k, k->err, k->err == OC_EBUSY ? "too many calls are waiting" : oc_err_text(k->err));
        else if (rest_client_halted(c))
            end(k,
                &(chat_error){
                    .err = OC_EDENIED, .http_status = 401, .id = "", .message = "the token is not accepted"},
                NULL);
        else if (k->due_ms <= now_ms(c))
            fail(k, OC_ETIMEOUT, "the server took too long");
        else
            begin(k);
    }
    if (wait_ms >= 0 && c->open < REST_OPEN_MAX)
        pump_in(c, wait_ms);
}

void rest_call(rest_client *c, const rest_request *r, rest_fn *fn, void *ctx) {
    call *k = xcalloc(1, sizeof *k);
    *k = (call){.client = c, .fn = fn, .ctx = ctx};
    k->method = xstrdup(r->method);
    k->path = xstrdup(r->path);
    k->content_type =
        xstrdup(r->json != NULL || r->content_type == NULL ? "application/json" : r->content_type);
    k->beside_api = r->beside_api;
    k->repeatable = r->repeatable || strcmp(r->method, "POST") != 0;
    k->due_ms = now_ms(c) + (r->limit_ms > 0 ? r->limit_ms : REST_LIMIT_MS);
    buf_init(&k->content, REST_REQUEST_MAX_BYTES);
    buf_init(&k->answer, REST_ANSWER_MAX_BYTES);
    k->err = r->json != NULL ? json_print(r->json, &k->content)
                             : buf_append(&k->content, r->content.data, r->content.len);
    if (c->waiting >= REST_WAITING_MAX)
        k->err = OC_EBUSY;
    k->state = k->err != OC_OK ? CALL_ENDED : CALL_WAITING;
    c->waiting++;
    DL_APPEND(c->calls, k);
    pump_in(c, 0);
}

// --- life ---

rest_client *rest_client_create(net *n, const server_config *server,
                                void (*halted)(void *ctx, const char *why), void *ctx) {
    rest_client *c = xcalloc(1, sizeof *c);
    *c = (rest_client){.net = n, .halted = halted, .ctx = ctx};
    c->server = server_config_dup(server);
    return c;
}

void rest_client_tell_unserved(rest_client *c, void (*unserved)(void *ctx, const chat_error *error)) {
    c->unserved = unserved;
}

void rest_client_destroy(rest_client *c) {
    if (c == NULL)
        return;
    c->halted = NULL;
    c->unserved = NULL;
    while (c->calls != NULL)
        fail(c->calls, OC_ECLOSED, "we end");
    loop_timer_cancel(&c->timer);
    loop_timer_cancel(&c->tell);
    server_config_clear(&c->server);
    free(c->why);
    free(c);
}
