// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange with the server: what it is set up with, and what its end means.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"
#include "chat/api_url.h"
#include "chat/rest_client_private.h"
#include "chat/rest_trouble.h"

#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_MS = 5000,
    HOLD_MAX_MS = 60000, // a longer pause than that is not believed
    HOLD_UNSAID_MS = 1000,
    MS_PER_SECOND = 1000,
};

const server_config *rest_client_server(const rest_client *c) {
    return &c->server;
}

bool rest_client_halted(const rest_client *c) {
    return c->why != NULL;
}

int64_t rest_client_ahead_ms(const rest_client *c) {
    return c->ahead_ms;
}

net *rest_client_net(const rest_client *c) {
    return c->net;
}

// url is taken; NULL: it was not safe.
static CURL *easy_at(rest_client *c, char *url, char **why) {
    CURL *easy = url != NULL ? net_easy(c->net) : NULL;
    *why = NULL;
    if (easy != NULL && net_trust(easy, c->server.ca_file, c->server.ca_pem, why) != OC_OK) {
        net_end(c->net, easy);
        easy = NULL;
    }
    if (easy == NULL) {
        if (*why == NULL)
            *why = xstrdup(url == NULL ? "the path of a call is not safe" : "there is no memory for a call");
        free(url);
        return NULL;
    }
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    (void)curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, secret_reveal(c->server.bot_token));
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "openclaw-mattermost/" OPENCLAW_VERSION);
    if (*c->server.proxy != '\0')
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, c->server.proxy);
    free(url);
    return easy;
}

CURL *rest_easy(rest_client *c, const char *path, char **why) {
    return easy_at(c, api_url(c->server.base_url, path), why);
}

CURL *rest_easy_beside(rest_client *c, const char *path, char **why) {
    return easy_at(c, api_beside_url(c->server.base_url, path), why);
}

// --- what an answer says besides ---

static const char *header(CURL *easy, const char *name) {
    struct curl_header *h = NULL;
    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : "";
}

// Seconds in a header; -1 without.
static int64_t seconds_in(CURL *easy, const char *name) {
    uint64_t seconds = 0;
    return parse_uint(bytes_str(header(easy, name)), HOLD_MAX_MS, &seconds) == OC_OK ? (int64_t)seconds : -1;
}

// Mattermost's own limiter says in X-Ratelimit-Reset how long to wait; proxies say it in Retry-After, perhaps as a date,
// which counts as unsaid.
static void note_limits(rest_client *c, CURL *easy, long status) {
    int64_t remaining = seconds_in(easy, "X-Ratelimit-Remaining"), wait_s = seconds_in(easy, "Retry-After");
    if (wait_s < 0)
        wait_s = seconds_in(easy, "X-Ratelimit-Reset");
    bool busy = status == 503 && wait_s >= 0;
    if (status != 429 && remaining != 0 && !busy)
        return;
    int64_t hold_ms = wait_s >= 0 ? wait_s * MS_PER_SECOND : HOLD_UNSAID_MS;
    hold_ms = hold_ms < HOLD_MAX_MS ? hold_ms : HOLD_MAX_MS;
    int64_t until_ms = loop_now_ms(net_loop(c->net)) + hold_ms;
    if (until_ms <= c->hold_until_ms)
        return;
    c->hold_until_ms = until_ms;
    char *text = xasprintf("%lld", (long long)hold_ms);
    log_info("the server asks for a pause", "ms", text);
    free(text);
}

static void note_clock(rest_client *c, CURL *easy) {
    time_t there = curl_getdate(header(easy, "Date"), NULL);
    if (there > 0)
        c->ahead_ms = (int64_t)there * MS_PER_SECOND + MS_PER_SECOND / 2 - loop_wall_ms(net_loop(c->net));
}

static void on_tell(void *ctx) {
    rest_client *c = ctx;
    if (c->halted != NULL)
        c->halted(c->ctx, c->why);
}

static void halt(rest_client *c, const char *said) {
    if (c->why != NULL)
        return;
    c->why = xasprintf(
        "The Mattermost server does not accept the bot's token (%s). Make a new token for the bot under "
        "Integrations, Bot Accounts, and put it into botToken.",
        said);
    loop_timer_set(net_loop(c->net), &c->tell, 0, on_tell, c);
}

// --- what it means ---

static chat_error judge_failure(rest_client *c, CURL *easy, CURLcode result, char **text) {
    chat_error error = {.err = OC_ECLOSED, .id = "", .message = ""};
    long os_error = 0, verify = X509_V_OK;
    (void)curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
    (void)curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verify);
    const rest_failure failure = {.base_url = c->server.base_url,
                                  .result = result,
                                  .verify = verify,
                                  .detail = os_error != 0 && result == CURLE_COULDNT_CONNECT
                                                ? strerror((int)os_error)
                                                : curl_easy_strerror(result)};
    if (rest_failure_is_of_trust(&failure))
        error.err = OC_EDENIED;
    else if (result == CURLE_OPERATION_TIMEDOUT)
        error.err = OC_ETIMEOUT;
    *text = rest_failure_text(&failure);
    error.message = *text;
    return error;
}

chat_error rest_judge(rest_client *c, CURL *easy, CURLcode result, bytes body, char **text) {
    long status = 0;
    cJSON *json = NULL;
    *text = NULL;
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK)
        return judge_failure(c, easy, result, text);
    note_clock(c, easy);
    note_limits(c, easy, status);
    if (status >= 200 && status < 300)
        return (chat_error){.err = OC_OK, .http_status = (int)status, .id = "", .message = ""};
    if (json_parse(body, &json) != OC_OK)
        json = NULL;
    const char *id = json_text(json, "id"), *said = json_text(json, "message");
    const bool own_words = *said != '\0' && (status < 300 || status >= 400);
    // Both texts in one piece: "message\0id".
    char *message = xasprintf("Mattermost API %ld: %s", status,
                              own_words ? said : rest_foreign_answer(c->server.base_url, status, body));
    size_t len = strlen(message);
    *text = xmalloc(len + strlen(id) + 2);
    memcpy(*text, message, len + 1);
    memcpy(*text + len + 1, id, strlen(id) + 1);
    chat_error error = {.err = status == 404 ? OC_ENOTFOUND : OC_EREMOTE,
                        .http_status = (int)status,
                        .message = *text,
                        .id = *text + len + 1};
    if (status == 401)
        halt(c, own_words ? said : "401");
    free(message);
    cJSON_Delete(json);
    return error;
}
