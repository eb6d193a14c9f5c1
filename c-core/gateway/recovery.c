// SPDX-License-Identifier: Apache-2.0
#include "gateway/recovery.h"

#include "base/json.h"
#include "gateway/run_read.h"

#include <stdlib.h>

// How the gateway begins the user row by which it continues an interrupted turn under a new run id.
static const char system_mark[] = "[System] ";
static const char user_suffix[] = ":user";

typedef struct view {
    const char *key;
    bool user_row;       // our message is in the history
    bool last;           // and no other person's after it
    char *continuation;  // run id by which the gateway went on with our turn; NULL
    const cJSON *answer; // last assistant row of our turn that says something final; NULL
} view;

// A job's prompt has the agent's role, but a key like every input.
static bool is_input(const cJSON *row) {
    const char *row_key = json_text(row, "idempotencyKey");
    size_t n = strlen(row_key), suffix = sizeof user_suffix - 1;
    return n > suffix && strcmp(row_key + n - suffix, user_suffix) == 0;
}

// Whether a run id is our key, or the renewed one that an earlier process may have used.
static bool is_ours(const char *run_id, size_t len, const char *key) {
    size_t n = strlen(key), suffix = sizeof RECOVERY_RENEWED - 1;
    if (len < n || memcmp(run_id, key, n) != 0)
        return false;
    return len == n || (len == n + suffix && memcmp(run_id + n, RECOVERY_RENEWED, suffix) == 0);
}

static bool is_our_row(const char *row_key, const char *key) {
    size_t n = strlen(row_key), suffix = sizeof user_suffix - 1;
    return n > suffix && strcmp(row_key + n - suffix, user_suffix) == 0 && is_ours(row_key, n - suffix, key);
}

static void see_user_row(view *v, const cJSON *row) {
    const char *row_key = json_text(row, "idempotencyKey");
    if (is_our_row(row_key, v->key)) {
        v->user_row = v->last = true;
        v->answer = NULL;
        return;
    }
    if (!v->user_row || !v->last)
        return;
    char *text = run_message_text(row);
    size_t n = strlen(row_key), suffix = sizeof user_suffix - 1;
    if (text != NULL && strncmp(text, system_mark, sizeof system_mark - 1) == 0) {
        free(v->continuation);
        v->continuation = n > suffix ? strndup(row_key, n - suffix) : NULL;
    } else {
        v->last = false;
    }
    free(text);
}

static void see_assistant_row(view *v, const cJSON *row) {
    const char *run_id = json_text(json_get(row, "__openclaw"), "runId"),
               *stop = json_text(row, "stopReason");
    bool ours = is_ours(run_id, strlen(run_id), v->key) ||
                (v->continuation != NULL && strcmp(run_id, v->continuation) == 0);
    bool final = *stop == '\0' || strcmp(stop, "stop") == 0 || strcmp(stop, "length") == 0;
    if (!v->user_row || !(ours || (v->last && *run_id == '\0')) || !final)
        return;
    char *text = run_message_text(row);
    if (text != NULL)
        v->answer = row;
    free(text);
}

static void see(view *v, const cJSON *history) {
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, json_array(history, "messages")) {
        const char *role = json_text(row, "role");
        if (strcmp(role, "user") == 0 || is_input(row))
            see_user_row(v, row);
        else if (strcmp(role, "assistant") == 0)
            see_assistant_row(v, row);
    }
}

// An input that the gateway took and has not begun stands apart from the history, by its run id. After a crash it says
// "interrupted", is never begun, and its key is refused for ever. NULL: it is not there.
static const char *pending_state(const cJSON *history, const char *key) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_array(json_get(history, "pendingInputs"), "items")) {
        if (strcmp(json_text(item, "runId"), key) == 0)
            return json_text(item, "state");
    }
    return NULL;
}

// The id of an active run: the wanted one if it is active (or wanted is NULL: any), else NULL.
static const char *active_run(const cJSON *history, const char *wanted) {
    const char *in_flight = json_string(json_get(history, "inFlightRun"), "runId");
    const cJSON *id = NULL, *ids = json_array(json_get(history, "sessionInfo"), "activeRunIds");
    if (in_flight != NULL && (wanted == NULL || is_ours(in_flight, strlen(in_flight), wanted)))
        return in_flight;
    cJSON_ArrayForEach(id, ids) {
        if (cJSON_IsString(id) &&
            (wanted == NULL || is_ours(id->valuestring, strlen(id->valuestring), wanted)))
            return id->valuestring;
    }
    return NULL;
}

static void follow(recovery *out, const char *run_id) {
    out->step = RECOVERY_FOLLOW;
    out->run_id = run_id;
}

// Rows keep the blanks at the end that the gateway cuts from results.
static char *trimmed(char *text) {
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    text[n] = '\0';
    return text;
}

// Our message is in the history.
static void decide_begun(const view *v, const cJSON *history, const recovery_facts *f, recovery *out) {
    const char *other = active_run(history, v->continuation);
    if (v->continuation != NULL && other != NULL)
        follow(out, other);
    else if (v->answer != NULL) {
        out->step = RECOVERY_TAKE;
        out->text = trimmed(run_message_text(v->answer));
    } else if (v->last && !f->same_boot && other != NULL)
        follow(out, other); // the restarted gateway goes on with the last turn
    else
        out->step = f->idle_ms >= RECOVERY_PATIENCE_MS ? RECOVERY_LOST : RECOVERY_LOOK;
}

// Our message is not in the history.
static void decide_not_begun(const cJSON *history, const recovery_facts *f, recovery *out) {
    const char *pending = pending_state(history, f->key);
    if (pending != NULL && strcmp(pending, "interrupted") == 0) {
        out->renew = true;
        if (f->idle_ms >= RECOVERY_INTERRUPTED_MS)
            out->step = f->renewed ? RECOVERY_LOST : RECOVERY_REPEAT;
    } else if (f->same_boot && !f->accepted && pending == NULL) {
        out->step = RECOVERY_REPEAT; // the idempotency key makes this safe
    } else if (f->idle_ms >= RECOVERY_PATIENCE_MS && !out->active) {
        out->step = RECOVERY_REPEAT;
    } else if (f->same_boot) {
        follow(out, f->key); // accepted and not begun: it stands in the session's queue
    }
}

void recovery_decide(const cJSON *history, const recovery_facts *f, recovery *out) {
    view v = {.key = f->key};
    see(&v, history);
    const char *ours = active_run(history, f->key);
    *out = (recovery){.step = RECOVERY_LOOK};
    out->active = json_bool(json_get(history, "sessionInfo"), "hasActiveRun", false) ||
                  active_run(history, NULL) != NULL;
    if (ours != NULL)
        follow(out, ours);
    else if (v.user_row)
        decide_begun(&v, history, f, out);
    else
        decide_not_begun(history, f, out);
    free(v.continuation);
}
