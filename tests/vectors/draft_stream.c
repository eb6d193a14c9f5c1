// SPDX-License-Identifier: Apache-2.0
// draft_stream: an answer that grows. The rows list the calls that the reference makes; which they are and when differs by
// design, so what is compared is which posts stand in the end. Our delivery's own machine (delivery/parts.h) is given the texts
// of the calls at their times; a call that fails in the row fails once for us, too.
#include "vectors.h"

#include "base/mem.h"
#include "delivery/parts.h"
#include "reply/chunk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POSTS_MAX = 16, STEPS_MAX = 200, LONG_TEXT_UNITS = 4500, LONG_LIMIT_UNITS = 4000 };

// What was shown so far, by post, and whether that was taken back.
typedef struct shown {
    char *texts[POSTS_MAX];
    size_t count;
    bool withdrawn;
    bool failing; // the next edit or deletion fails
} shown;

// "/posts/post<number>", counted from one.
static size_t number_of(const char *path) {
    const char *digits = strstr(path, "/post");
    digits = digits != NULL ? strpbrk(digits, "123456789") : NULL;
    return digits != NULL ? strtoul(digits, NULL, 10) - 1 : POSTS_MAX;
}

static void show(shown *s, size_t number, const char *text) {
    if (number >= POSTS_MAX)
        return;
    free(s->texts[number]);
    s->texts[number] = xstrdup(text);
    s->count = number >= s->count ? number + 1 : s->count;
}

// A message in angle brackets stands for a long text, which goes on in further posts here.
static void show_long(shown *s) {
    char *text = xmalloc(LONG_TEXT_UNITS + 1);
    memset(text, 'x', LONG_TEXT_UNITS);
    text[LONG_TEXT_UNITS] = '\0';
    chunks parts = chunk_split(text, LONG_LIMIT_UNITS, CHUNK_LENGTH);
    for (size_t i = 0; i < parts.count; i++)
        show(s, i, parts.items[i]);
    chunks_free(&parts);
    free(text);
}

static void take_call(shown *s, const cJSON *call) {
    const char *method = json_text(call, "method"), *text = json_text(json_get(call, "body"), "message");
    s->failing = json_bool(call, "failed", false);
    if (strcmp(method, "DELETE") == 0)
        s->withdrawn = true;
    else if (text[0] == '<')
        show_long(s);
    else
        show(s, strcmp(method, "POST") == 0 ? s->count : number_of(json_text(call, "path")), text);
}

// Carries out what the machine chooses, until it has nothing to do before the time.
static void work(part_list *p, shown *s, int64_t now_ms) {
    static const pace_rules pace = {.every_ms = 1000, .slowest_ms = 5000, .edits_max = 20, .per_second = 20};
    for (int i = 0; i < STEPS_MAX; i++) {
        parts_next next = parts_choose(p, &pace, now_ms);
        char id[16];
        if (next.step == PARTS_WAIT || next.step == PARTS_IDLE || next.step == PARTS_DONE)
            return;
        if (s->failing && next.step != PARTS_CREATE) {
            s->failing = false; // it is tried again when its time has come
            return;
        }
        (void)snprintf(id, sizeof id, "post%zu", next.number + 1);
        p->paced_ms = now_ms;
        if (next.step == PARTS_DELETE) {
            parts_gone(p, next.number);
        } else {
            p->edits_made += next.step == PARTS_EDIT;
            parts_stands(p, next.number, id, p->wanted[next.number].text, true);
        }
    }
}

static void want(part_list *p, const shown *s, bool final, bool nothing) {
    part wanted[POSTS_MAX];
    for (size_t i = 0; i < s->count; i++)
        wanted[i] = (part){.text = s->texts[i]};
    parts_want(p, wanted, nothing ? 0 : s->count, final);
}

// Ours: what was said last stands, also when a call failed; what was taken back, or never became an answer, does not.
static cJSON *documented(const shown *s, bool no_answer) {
    cJSON *out = json_new_array();
    for (size_t i = 0; i < s->count && !s->withdrawn && !no_answer; i++)
        json_push(out, json_new_string(s->texts[i]));
    return out;
}

static cJSON *left_by_us(const part_list *p) {
    cJSON *out = json_new_array();
    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (p->standing[i].post_id != NULL)
            json_push(out, json_new_string(p->standing[i].text));
    }
    return out;
}

// What the reference's calls leave in the channel.
static cJSON *left_by(const cJSON *calls) {
    const char *texts[POSTS_MAX] = {NULL};
    size_t count = 0;
    const cJSON *call;
    cJSON *out = json_new_array();
    cJSON_ArrayForEach(call, calls) {
        const char *method = json_text(call, "method"), *text = json_text(json_get(call, "body"), "message");
        size_t number = strcmp(method, "POST") == 0 ? count++ : number_of(json_text(call, "path"));
        if (number < POSTS_MAX && !json_bool(call, "failed", false))
            texts[number] = strcmp(method, "DELETE") == 0 ? NULL : text;
    }
    for (size_t i = 0; i < POSTS_MAX; i++) {
        if (texts[i] != NULL)
            json_push(out, json_new_string(texts[i]));
    }
    return out;
}

void run_draft_stream(report *r, const cJSON *content) {
    const cJSON *row, *call;
    cJSON_ArrayForEach(row, content) {
        part_list p = {.final = false};
        shown s = {.count = 0};
        int64_t now_ms = 1000;
        bool no_answer = strstr(json_text(row, "case"), "without any final") != NULL;
        cJSON_ArrayForEach(call, json_array(row, "calls")) {
            now_ms = 1000 + json_int(call, "t", now_ms - 1000);
            take_call(&s, call);
            want(&p, &s, s.withdrawn, s.withdrawn);
            work(&p, &s, now_ms);
        }
        want(&p, &s, true, s.withdrawn || no_answer);
        work(&p, &s, now_ms + 60000);
        work(&p, &s, now_ms + 120000); // what failed is made again
        cJSON *left = left_by(json_array(row, "calls"));
        check_deviating(r, "what-stands", row, left, documented(&s, no_answer), left_by_us(&p));
        cJSON_Delete(left);
        parts_free(&p);
        for (size_t i = 0; i < POSTS_MAX; i++)
            free(s.texts[i]);
    }
}
