// SPDX-License-Identifier: Apache-2.0
#include "outbound/speak_find.h"

#include "base/json.h"
#include "base/mem.h"
#include "gateway/run_read.h"
#include "reply/silence.h"

#include <stdlib.h>
#include <string.h>

static const char SYSTEM_MARK[] = "[System] ", USER_SUFFIX[] = ":user", HEARTBEAT_WORD[] = "HEARTBEAT_OK";

typedef struct run { // of somebody else
    spoken_final said;
    bool ended;
} run;

typedef struct reading {
    run *runs;
    size_t count;
    bool answers_ours; // the last input was one of this installation
    char *going_on;    // the id under which the gateway goes on with a run of ours, NULL
} reading;

static bool is_own(const char *run_id) {
    return strncmp(run_id, SPEAK_OWN_RUN, sizeof SPEAK_OWN_RUN - 1) == 0;
}

// The length of the run's id in an input's key; 0: no input.
static size_t input_id_length(const cJSON *row) {
    const char *key = json_text(row, "idempotencyKey");
    size_t len = strlen(key), suffix = sizeof USER_SUFFIX - 1;
    return len > suffix && strcmp(key + len - suffix, USER_SUFFIX) == 0 ? len - suffix : 0;
}

static void see_input(reading *r, const cJSON *row, size_t id_length) {
    char *text = run_message_text(row);
    bool goes_on = text != NULL && strncmp(text, SYSTEM_MARK, sizeof SYSTEM_MARK - 1) == 0;
    if (goes_on && r->answers_ours && id_length > 0) {
        free(r->going_on);
        r->going_on = xstrndup(json_text(row, "idempotencyKey"), id_length);
    } else if (!goes_on) {
        r->answers_ours = is_own(json_text(row, "idempotencyKey"));
    }
    free(text);
}

static run *run_of(reading *r, const char *run_id) {
    for (size_t i = r->count; i-- > 0;) {
        if (strcmp(r->runs[i].said.run_id, run_id) == 0)
            return &r->runs[i];
    }
    r->runs = xrealloc(r->runs, (r->count + 1) * sizeof *r->runs);
    run *made = &r->runs[r->count++];
    *made = (run){.said = {.run_id = xstrdup(run_id), .text = xstrdup("")}};
    return made;
}

static void add_words(spoken_final *said, char *words) {
    size_t n = strlen(words);
    while (n > 0 && strchr(" \t\r\n", words[n - 1]) != NULL)
        n--;
    words[n] = '\0';
    if (n == 0)
        return;
    char *whole = *said->text == '\0' ? xstrdup(words) : xasprintf("%s\n\n%s", said->text, words);
    free(said->text);
    said->text = whole;
}

static bool is_end(const cJSON *row) {
    const char *stop = json_text(row, "stopReason");
    if (*stop == '\0') // words between two doings are kept in rows of their own
        return json_get(row, "openclawStreamFallback") == NULL;
    return strcmp(stop, "stop") == 0 || strcmp(stop, "length") == 0;
}

static int64_t written_ms(const cJSON *row) {
    return json_int(json_get(row, "__openclaw"), "recordTimestampMs", json_int(row, "timestamp", 0));
}

static void see_words(reading *r, const cJSON *row) {
    const char *run_id = json_text(json_get(row, "__openclaw"), "runId");
    if (*run_id == '\0' || is_own(run_id))
        return;
    run *of = run_of(r, run_id);
    of->said.ours = r->going_on != NULL && strcmp(run_id, r->going_on) == 0;
    char *words = run_message_text(row);
    if (words != NULL)
        add_words(&of->said, words);
    of->said.at_ms = written_ms(row);
    of->ended = is_end(row);
    free(words);
}

static bool runs_still(const cJSON *history, const char *run_id) {
    const cJSON *id = NULL;
    if (strcmp(json_text(json_get(history, "inFlightRun"), "runId"), run_id) == 0)
        return true;
    cJSON_ArrayForEach(id, json_array(json_get(history, "sessionInfo"), "activeRunIds")) {
        if (cJSON_IsString(id) && strcmp(id->valuestring, run_id) == 0)
            return true;
    }
    return false;
}

static spoken_finals ended_since(reading *r, const cJSON *history, int64_t since_ms) {
    spoken_finals out = {.items = xcalloc(r->count + 1, sizeof *out.items)};
    for (size_t i = 0; i < r->count; i++) {
        run *of = &r->runs[i];
        bool wanted = of->ended && of->said.at_ms >= since_ms && *of->said.text != '\0' &&
                      !runs_still(history, of->said.run_id);
        if (wanted) {
            out.items[out.count++] = of->said;
        } else {
            free(of->said.run_id);
            free(of->said.text);
        }
    }
    return out;
}

spoken_finals speak_find(const cJSON *history, int64_t since_ms) {
    reading r = {0};
    const cJSON *row = NULL, *rows = json_array(history, "messages");
    cJSON_ArrayForEach(row, rows) {
        size_t input = input_id_length(row);
        const char *role = json_text(row, "role");
        if (input > 0 || strcmp(role, "user") == 0)
            see_input(&r, row, input);
        else if (strcmp(role, "assistant") == 0)
            see_words(&r, row);
    }
    spoken_finals out = ended_since(&r, history, since_ms);
    const cJSON *first = cJSON_GetArrayItem(rows, 0);
    out.reaches_back =
        !json_bool(history, "hasMore", false) || (first != NULL && written_ms(first) <= since_ms);
    free(r.runs);
    free(r.going_on);
    return out;
}

void spoken_finals_free(spoken_finals *f) {
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].run_id);
        free(f->items[i].text);
    }
    free(f->items);
    *f = (spoken_finals){0};
}

char *speak_words(const char *text) {
    if (silence_chosen(text) || silence_is_answer(text, HEARTBEAT_WORD) || silence_is_reasoning(text))
        return NULL;
    char *cut = silence_cut(text), *words = silence_strip(cut, HEARTBEAT_WORD);
    free(cut);
    if (words[strspn(words, " \t\r\n")] != '\0')
        return words;
    free(words);
    return NULL;
}
