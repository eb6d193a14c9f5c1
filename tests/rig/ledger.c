// SPDX-License-Identifier: Apache-2.0
#include "ledger.h"

#include "base/json.h"
#include "base/mem.h"
#include "ledger_private.h"
#include "logs.h"
#include "world.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ledger_book BOOK;

static question *numbered(int number) {
    return number >= 1 && number <= BOOK.count ? &BOOK.questions[number - 1] : NULL;
}

static by_post *entry_of(const char *post_id) {
    by_post *e = NULL;
    HASH_FIND_STR(BOOK.posts, post_id, e);
    return e;
}

question *ledger_question(const char *post_id) {
    const by_post *e = entry_of(post_id);
    return e != NULL ? numbered(e->number) : NULL;
}

// The number behind "q" and before a space, as questions and answers carry it. The last one: what was said before the
// question stands before it.
static question *in_message(const char *message) {
    question *last = NULL;
    for (const char *at = strchr(message, 'q'); at != NULL; at = strchr(at + 1, 'q')) {
        int number = 0, digits = 0;
        while (digits < QUESTION_DIGITS && isdigit((unsigned char)at[1 + digits]))
            number = number * 10 + (at[1 + digits++] - '0');
        if (digits == QUESTION_DIGITS)
            last = numbered(number);
    }
    return last;
}

static void add_line(line **list, const char *what, const char *why) {
    line *l = xcalloc(1, sizeof *l);
    l->at_ms = world_now_ms();
    l->text = *why != '\0' ? xasprintf("%s: %s", what, why) : xstrdup(what);
    LL_PREPEND(*list, l);
}

static void tell(question *q, const char *what, const char *why) {
    if (q != NULL)
        add_line(&q->story, what, why);
}

int ledger_ask(ask kind, const char *place) {
    if (BOOK.count == BOOK.room) {
        BOOK.room = BOOK.room == 0 ? 1024 : BOOK.room * 2;
        BOOK.questions = realloc(BOOK.questions, (size_t)BOOK.room * sizeof *BOOK.questions);
        if (BOOK.questions == NULL)
            abort();
    }
    BOOK.questions[BOOK.count] = (question){.number = BOOK.count + 1, .kind = kind, .place = xstrdup(place)};
    return ++BOOK.count;
}

void ledger_posted(int number, const char *post_id, const char *channel_id, const char *root_id,
                   int64_t create_at_ms) {
    question *q = numbered(number);
    by_post *e = xcalloc(1, sizeof *e);
    e->post_id = xstrdup(post_id);
    e->number = number;
    HASH_ADD_KEYPTR(hh, BOOK.posts, e->post_id, strlen(e->post_id), e);
    q->post_id = e->post_id;
    q->channel_id = xstrdup(channel_id);
    q->root_id = xstrdup(root_id);
    q->create_at_ms = create_at_ms;
    tell(q, "posted", q->place);
}

void ledger_hook_lost(const char *post_id) {
    question *q = ledger_question(post_id);
    if (q == NULL)
        return;
    q->hook_lost = true;
    tell(q, "the plugin was not there to hear of it", "");
}

void ledger_excuse(int64_t from_ms) {
    for (int i = BOOK.count - 1; i >= 0 && BOOK.questions[i].create_at_ms >= from_ms; i--)
        BOOK.questions[i].excused |= BOOK.questions[i].hook_lost;
}

void ledger_story(const char *post_id, const char *what) {
    tell(ledger_question(post_id), what, "");
}

void ledger_event(const char *what, const char *why) {
    if (logs_verbose())
        fprintf(stderr, "%10.3f world %s%s%s\n", (double)world_now_ms() / 1000, what,
                *why != '\0' ? ": " : "", why);
    add_line(&BOOK.events, what, why);
    BOOK.event_count++;
}

void ledger_ticket(const char *post_id, const char *outcome, const char *reason) {
    question *q = ledger_question(post_id);
    if (q == NULL)
        return;
    q->tickets++;
    if (strcmp(reason, "duplicate") != 0) {
        if (q->ticket_reason != NULL && strcmp(q->ticket_reason, reason) != 0)
            q->tickets_differ = true;
        free(q->ticket_reason);
        q->ticket_reason = xstrdup(reason);
    }
    char *both = xasprintf("%s, %s", outcome, reason);
    tell(q, "outcome", both);
    free(both);
}

// --- the gateway's part ---

void ledger_run_taken(const char *message, const char *run_id, const char *session_key) {
    (void)session_key;
    tell(in_message(message), "the gateway takes the run", run_id);
}

void ledger_run_begun(const char *message, const char *run_id, const char *session_key) {
    question *q = in_message(message);
    (void)session_key;
    if (q == NULL)
        return;
    if (strncmp(run_id, "continued-", 10) != 0)
        q->begun++;
    if (q->began_ms == 0)
        q->began_ms = world_now_ms(), q->begin_order = ++BOOK.begins;
    tell(q, "the gateway begins the run", run_id);
}

void ledger_run_interrupted(const char *message) {
    tell(in_message(message), "the run is interrupted by a crash of the gateway", "");
}

void ledger_run_aborted(const char *message) {
    question *q = in_message(message);
    if (q != NULL)
        q->aborted = true;
    tell(q, "the run is aborted", "");
}

void ledger_run_ended(const char *message, const char *run_id, bool with_answer) {
    question *q = in_message(message);
    if (q == NULL)
        return;
    q->produced += with_answer;
    tell(q, with_answer ? "the gateway has the answer" : "the run ends without an answer", run_id);
}

int ledger_number_in(const char *message) {
    const question *q = in_message(message);
    return q != NULL ? q->number : 0;
}

void ledger_answer_told(const char *message, bool with_file) {
    question *q = in_message(message);
    bool stands = q != NULL && q->tickets > 0 && !q->page_destroyed;
    if (q == NULL || stands || q->file_told == with_file)
        return; // with a ticket its answer stands, but for one whose record the rig destroyed: it is looked up anew
    q->file_told = with_file;
    tell(q, with_file ? "the gateway tells the answer with its file" : "the gateway tells of words alone",
         "");
}

char *ledger_answer(const char *message, int lines) {
    question *q = in_message(message);
    buf text;
    buf_init(&text, 4 << 20);
    if (q == NULL)
        return xstrdup("a question that nobody asked");
    q->lines = q->lines == 0 ? lines : q->lines; // an answer that is given anew after a crash is as long
    for (int i = 1; i <= q->lines; i++)
        if (buf_printf(&text, "[a%06d %d/%d] and some words that make the line longer.\n", q->number, i,
                       q->lines) != OC_OK)
            abort();
    return buf_take_str(&text);
}

// --- the server's part ---

void ledger_bot_post(const cJSON *post) {
    const cJSON *mark = json_get(json_get(post, "props"), "openclaw");
    question *q = ledger_question(json_text(mark, "turn"));
    char *what =
        xasprintf("part %lld: %.40s", (long long)json_int(mark, "part", -2), json_text(post, "message"));
    tell(q, "the bot posts", what);
    free(what);
}

void ledger_bot_edit(const cJSON *post) {
    const cJSON *mark = json_get(json_get(post, "props"), "openclaw");
    question *q = ledger_question(json_text(mark, "turn"));
    // Its outcome was told and could not be written; the next core found the answer again, perhaps as words alone.
    if (q != NULL && q->tickets > 0)
        q->file_told = false;
    char *what = xasprintf("part %lld: %.40s… (%zu bytes)", (long long)json_int(mark, "part", 0),
                           json_text(post, "message"), strlen(json_text(post, "message")));
    tell(q, "the bot edits", what);
    free(what);
}

void ledger_page(const char *value, int len) {
    cJSON *root = NULL;
    const cJSON *item = NULL;
    if (json_parse(bytes_of(value, (size_t)len), &root) != OC_OK)
        return;
    cJSON_ArrayForEach(item, json_get(root, "posts")) {
        question *q = ledger_question(item->string);
        const char *state = cJSON_GetStringValue(cJSON_GetArrayItem(item, 0));
        const char *reason = cJSON_GetStringValue(cJSON_GetArrayItem(item, 1));
        if (q == NULL || state == NULL || reason == NULL)
            continue;
        q->records++;
        q->closed += strcmp(state, "closed") == 0;
        free(q->record_reason);
        q->record_reason = xstrdup(strcmp(state, "closed") == 0 ? reason : state);
    }
    cJSON_Delete(root);
}

void ledger_page_destroyed(int64_t minute) {
    for (int i = BOOK.count - 1; i >= 0; i--)
        if (BOOK.questions[i].create_at_ms / 60000 == minute)
            BOOK.questions[i].page_destroyed = true;
}

bool ledger_all_settled(void) {
    for (int i = BOOK.settled; i < BOOK.count; i++) {
        const question *q = &BOOK.questions[i];
        if (q->kind == ASK_ADDRESSED && q->tickets == 0 && !q->hook_lost)
            return false;
        if (i == BOOK.settled)
            BOOK.settled++;
    }
    return true;
}

static void free_lines(line *list) {
    line *l = NULL, *next = NULL;
    LL_FOREACH_SAFE (list, l, next) {
        free(l->text);
        free(l);
    }
}

void ledger_end(void) {
    by_post *e = NULL, *next = NULL;
    for (int i = 0; i < BOOK.count; i++) {
        question *q = &BOOK.questions[i];
        free_lines(q->story);
        free(q->place);
        free(q->channel_id);
        free(q->root_id);
        free(q->ticket_reason);
        free(q->record_reason);
        free(q->seen);
    }
    HASH_ITER (hh, BOOK.posts, e, next) {
        HASH_DEL(BOOK.posts, e);
        free(e->post_id);
        free(e);
    }
    free_lines(BOOK.events);
    free(BOOK.questions);
    BOOK = (ledger_book){0};
}
