// SPDX-License-Identifier: Apache-2.0
#include "net/fetch.h"

#include "base/mem.h"
#include "words/words.h"
#include "base/size_text.h"
#include "net/fetch_url.h"

#include <stdlib.h>
#include <strings.h>

typedef enum fetch_state {
    FETCH_STARTING,  // the next address is about to be judged
    FETCH_RESOLVING, // libcurl looks up the name; every address is judged, none is connected to
    FETCH_LOADING,   // the request is out
    FETCH_ENDED,     // the report to the owner is due
} fetch_state;

struct fetch {
    net *net;
    CURL *easy;
    struct curl_slist *headers;
    fetch_state state;
    fetch_events events;
    void *ctx;
    char *next; // the address as it came, of the start or of a redirect
    fetch_url at;
    size_t max_bytes;
    int64_t connect_ms, idle_ms;
    bool private_allowed;
    char *proxy, *ca_file, *ca_pem;
    secret *bearer;
    unsigned redirects, addresses;
    ssrf_verdict verdict; // the first that was not allowed
    bool busy, doomed;    // busy: libcurl or the owner is above us on the stack; doomed: cancelled meanwhile
    bool head_told, paused;
    uint64_t got_bytes;
    loop_timer step, idle, total;
    oc_err err;
    char *why;
};

static void destroy(fetch *f) {
    loop_timer_cancel(&f->step);
    loop_timer_cancel(&f->idle);
    loop_timer_cancel(&f->total);
    net_end(f->net, f->easy);
    curl_slist_free_all(f->headers);
    fetch_url_free(&f->at);
    free(f->next);
    free(f->proxy);
    free(f->ca_file);
    free(f->ca_pem);
    secret_destroy(f->bearer);
    free(f->why);
    free(f);
}

static void on_report(void *ctx) {
    fetch *f = ctx;
    fetch_result result = {.err = f->err, .why = f->why != NULL ? f->why : "", .size_bytes = f->got_bytes};
    f->events.done(f->ctx, &result);
    destroy(f);
}

static void release(fetch *f) {
    net_end(f->net, f->easy);
    f->easy = NULL;
    loop_timer_cancel(&f->idle);
}

// The one way to the end. Takes why. Not while busy.
static void end(fetch *f, oc_err err, char *why) {
    release(f);
    loop_timer_cancel(&f->total);
    f->state = FETCH_ENDED;
    f->err = err;
    free(f->why);
    f->why = why;
    loop_timer_set(net_loop(f->net), &f->step, 0, on_report, f);
}

static void end_denied(fetch *f) {
    end(f, OC_EDENIED, words_mark(WORD_MEDIA_LEADS_TO, "where", ssrf_verdict_text(f->verdict), NULL));
}

static void on_total(void *ctx) {
    end(ctx, OC_ETIMEOUT, xstrdup(words_marked(WORD_MEDIA_TOO_SLOW)));
}

static void on_idle(void *ctx) {
    end(ctx, OC_ETIMEOUT, xstrdup(words_marked(WORD_MEDIA_STOPPED_SENDING)));
}

static void alive(fetch *f) {
    loop_timer_set(net_loop(f->net), &f->idle, f->idle_ms, on_idle, f);
}

static void fail(fetch *f, CURLcode code) {
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        end(f, OC_ENOTFOUND, words_mark(WORD_MEDIA_HOST_UNKNOWN, "host", f->at.host, NULL));
        break;
    case CURLE_OPERATION_TIMEDOUT:
        end(f, OC_ETIMEOUT, words_mark(WORD_MEDIA_NO_ANSWER, "host", f->at.host, NULL));
        break;
    case CURLE_PARTIAL_FILE:
        end(f, OC_ECLOSED, xstrdup(words_marked(WORD_MEDIA_ENDED_MIDDLE)));
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
        end(f, OC_EREMOTE, words_mark(WORD_MEDIA_CERTIFICATE, "host", f->at.host, NULL));
        break;
    case CURLE_OUT_OF_MEMORY:
        end(f, OC_ENOMEM, xstrdup(words_marked(WORD_MEDIA_NO_MEMORY)));
        break;
    default:
        end(f, OC_ECLOSED, words_mark(WORD_MEDIA_UNREACHABLE, "host", f->at.host, NULL));
    }
}

// --- addresses --------------------------------------------------------------------------------------------------

// True when the address may be connected to.
static bool judge(fetch *f, const struct curl_sockaddr *address) {
    ip_address ip;
    ssrf_verdict v = SSRF_RESERVED; // of a family that we do not know
    f->addresses++;
    if (ip_from_sockaddr(&address->addr, &ip))
        v = ssrf_judge_address(&ip, f->private_allowed);
    if (f->verdict == SSRF_ALLOWED)
        f->verdict = v;
    return v == SSRF_ALLOWED;
}

// libcurl asks for a socket for each address in turn, as long as none works: so all are seen, and none is touched.
static curl_socket_t look_only(void *ctx, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    (void)judge(ctx, address);
    return CURL_SOCKET_BAD;
}

static curl_socket_t open_judged(void *ctx, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    if (!judge(ctx, address))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// --- loading ----------------------------------------------------------------------------------------------------

static const char *header(const fetch *f, const char *name) {
    struct curl_header *h = NULL;
    return curl_easy_header(f->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : "";
}

static long status_of(const fetch *f) {
    long status = 0;
    (void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static oc_err check_head(fetch *f, const fetch_head *head) {
    const char *encoding = header(f, "Content-Encoding");
    if (head->size_bytes > 0 && (uint64_t)head->size_bytes > f->max_bytes)
        return OC_ELIMIT;
    if (*encoding != '\0' && strcasecmp(encoding, "identity") != 0) {
        f->why = xstrdup(words_marked(WORD_MEDIA_ENCODING));
        return OC_EREMOTE;
    }
    return f->events.head != NULL ? f->events.head(f->ctx, head, &f->why) : OC_OK;
}

// Once for each answer: whether its body is wanted.
static oc_err read_head(fetch *f) {
    curl_off_t size = -1;
    f->head_told = true;
    if (status_of(f) != 200)
        return OC_EREMOTE; // a redirect, or an error: on_loaded tells which
    (void)curl_easy_getinfo(f->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    // Copies, because looking for one header ends the life of another's value.
    char *type = xstrdup(header(f, "Content-Type")), *disposition = xstrdup(header(f, "Content-Disposition"));
    fetch_head head = {.url = f->at.url, .type = type, .disposition = disposition, .size_bytes = size};
    oc_err err = check_head(f, &head);
    free(type);
    free(disposition);
    return err;
}

static oc_err take(fetch *f, bytes piece) {
    oc_err err = f->head_told ? OC_OK : read_head(f);
    if (err != OC_OK || f->doomed)
        return err;
    if (piece.len > f->max_bytes - f->got_bytes)
        return OC_ELIMIT;
    return f->events.piece(f->ctx, piece);
}

static size_t on_data(char *data, size_t size, size_t count, void *ctx) {
    fetch *f = ctx;
    bytes piece = bytes_of(data, size * count);
    f->busy = true;
    oc_err err = f->doomed ? OC_ECLOSED : take(f, piece);
    f->busy = false;
    if (f->doomed)
        return CURL_WRITEFUNC_ERROR;
    if (err == OC_EAGAIN) {
        f->paused = true;
        loop_timer_cancel(&f->idle);
        return CURL_WRITEFUNC_PAUSE;
    }
    f->err = err;
    if (err != OC_OK)
        return CURL_WRITEFUNC_ERROR;
    f->got_bytes += piece.len;
    alive(f);
    return piece.len;
}

static void start(void *ctx);

// False: the answer is no redirect. The next address is judged like the first.
static bool redirected(fetch *f, long status) {
    if (f->bearer != NULL)
        return false; // the token is for one server
    if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)
        return false;
    char *to = fetch_url_join(f->at.url, header(f, "Location"));
    if (to == NULL)
        return false;
    free(f->next);
    f->next = to;
    release(f);
    f->state = FETCH_STARTING;
    if (f->redirects++ == FETCH_REDIRECTS_MAX)
        end(f, OC_ELIMIT, xstrdup(words_marked(WORD_MEDIA_REDIRECTS)));
    else
        loop_timer_set(net_loop(f->net), &f->step, 0, start, f);
    return true;
}

static void end_refused(fetch *f) {
    char *why = f->why;
    f->why = NULL;
    if (why == NULL && f->err == OC_ELIMIT)
        why = words_mark(WORD_MEDIA_LARGER, "limit", size_text_of(f->max_bytes).text, NULL);
    end(f, f->err, why != NULL ? why : xstrdup(oc_err_text(f->err)));
}

static void on_loaded(void *ctx, CURLcode code) {
    fetch *f = ctx;
    long status = status_of(f);
    if (f->doomed) {
        destroy(f);
        return;
    }
    if (code == CURLE_OK && !f->head_told) { // a body without a byte
        f->busy = true;
        f->err = read_head(f);
        f->busy = false;
        if (f->doomed) {
            destroy(f);
            return;
        }
    }
    if (f->head_told && status != 200) {
        if (!redirected(f, status))
            end(f, OC_EREMOTE,
                words_mark(WORD_MEDIA_STATUS, "host", f->at.host, "status", WORDS_NUMBER(status), NULL));
    } else if (f->err != OC_OK) {
        end_refused(f);
    } else if (f->verdict != SSRF_ALLOWED) {
        end_denied(f);
    } else if (code != CURLE_OK) {
        fail(f, code);
    } else {
        end(f, OC_OK, NULL);
    }
}

// What both transfers have in common. False: it has ended.
static bool prepare(fetch *f) {
    char *why = NULL;
    f->easy = net_easy(f->net);
    if (f->easy == NULL) {
        end(f, OC_ENOMEM, xstrdup(words_marked(WORD_MEDIA_NO_MEMORY)));
        return false;
    }
    if (net_trust(f->easy, f->ca_file, f->ca_pem, &why) != OC_OK) {
        end(f, OC_EINVAL, why);
        return false;
    }
    (void)curl_easy_setopt(f->easy, CURLOPT_URL, f->at.url);
    (void)curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(f->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)f->connect_ms);
    (void)curl_easy_setopt(f->easy, CURLOPT_PROXY, f->proxy != NULL ? f->proxy : "");
    (void)curl_easy_setopt(f->easy, CURLOPT_NOPROXY, "");
    // A connection that somebody else opened was not judged by us, and ours is nobody else's.
    (void)curl_easy_setopt(f->easy, CURLOPT_FRESH_CONNECT, 1L);
    (void)curl_easy_setopt(f->easy, CURLOPT_FORBID_REUSE, 1L);
    return true;
}

static void load(fetch *f) {
    f->state = FETCH_LOADING;
    f->head_told = false;
    f->err = OC_OK;
    if (!prepare(f))
        return;
    if (f->proxy == NULL) {
        (void)curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETFUNCTION, open_judged);
        (void)curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETDATA, f);
    }
    (void)curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L);
    (void)curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
    (void)curl_easy_setopt(f->easy, CURLOPT_USERAGENT, "mattermost-plugin-openclaw/" OPENCLAW_VERSION);
    (void)curl_easy_setopt(f->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_data);
    (void)curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
    if (f->bearer != NULL) {
        (void)curl_easy_setopt(f->easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        (void)curl_easy_setopt(f->easy, CURLOPT_XOAUTH2_BEARER, secret_reveal(f->bearer));
    }
    alive(f);
    if (net_start(f->net, f->easy, on_loaded, f) != OC_OK)
        end(f, OC_ENOMEM, xstrdup(words_marked(WORD_MEDIA_NO_MEMORY)));
}

static void on_resolved(void *ctx, CURLcode code) {
    fetch *f = ctx;
    if (f->verdict != SSRF_ALLOWED)
        end_denied(f);
    else if (f->addresses == 0)
        fail(f, code);
    else {
        release(f);
        load(f);
    }
}

static void resolve(fetch *f) {
    f->state = FETCH_RESOLVING;
    if (!prepare(f))
        return;
    (void)curl_easy_setopt(f->easy, CURLOPT_CONNECT_ONLY, 1L);
    (void)curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETFUNCTION, look_only);
    (void)curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETDATA, f);
    if (net_start(f->net, f->easy, on_resolved, f) != OC_OK)
        end(f, OC_ENOMEM, xstrdup(words_marked(WORD_MEDIA_NO_MEMORY)));
}

static void start(void *ctx) {
    fetch *f = ctx;
    char *why = NULL;
    fetch_url_free(&f->at);
    f->addresses = 0;
    oc_err err = fetch_url_read(f->next, f->private_allowed, f->redirects > 0, &f->at, &why);
    if (err != OC_OK)
        end(f, err, why);
    else if (f->proxy != NULL)
        load(f);
    else
        resolve(f);
}

// --- life -------------------------------------------------------------------------------------------------------

static int64_t or_else(int64_t limit_ms, int64_t usual_ms) {
    return limit_ms > 0 ? limit_ms : usual_ms;
}

fetch *fetch_start(net *n, const fetch_options *o, const fetch_events *events, void *ctx) {
    fetch *f = xcalloc(1, sizeof *f);
    f->net = n;
    f->events = *events;
    f->ctx = ctx;
    f->next = xstrdup(o->url);
    f->max_bytes = o->max_bytes;
    f->connect_ms = or_else(o->connect_ms, FETCH_CONNECT_MS);
    f->idle_ms = or_else(o->idle_ms, FETCH_IDLE_MS);
    f->private_allowed = o->private_allowed;
    f->proxy = o->proxy != NULL ? xstrdup(o->proxy) : NULL;
    f->ca_file = xstrdup(o->ca_file);
    f->ca_pem = xstrdup(o->ca_pem);
    f->bearer = secret_dup(o->bearer);
    f->headers = curl_slist_append(NULL, "Accept: */*");
    loop_timer_set(net_loop(n), &f->total, or_else(o->total_ms, FETCH_TOTAL_MS), on_total, f);
    loop_timer_set(net_loop(n), &f->step, 0, start, f);
    return f;
}

static void go_on(void *ctx) {
    fetch *f = ctx;
    f->paused = false;
    alive(f);
    CURLcode code = curl_easy_pause(f->easy, CURLPAUSE_CONT);
    if (code != CURLE_OK) // on_data refused it from inside, of which net does not hear
        on_loaded(f, code);
}

void fetch_resume(fetch *f) {
    if (f->state == FETCH_LOADING && f->paused)
        loop_timer_set(net_loop(f->net), &f->step, 0, go_on, f);
}

void fetch_cancel(fetch *f) {
    if (f == NULL)
        return;
    if (!f->busy) {
        destroy(f);
        return;
    }
    f->doomed = true;
    loop_timer_cancel(&f->step);
    loop_timer_cancel(&f->idle);
    loop_timer_cancel(&f->total);
}
