// SPDX-License-Identifier: Apache-2.0
// The invariants, each over all questions.
#include "base/json.h"
#include "base/mem.h"
#include "files.h"
#include "ledger_private.h"
#include "speaks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STORIES_MAX = 3,     // of each invariant that fails
    STALE_MAX_MS = 6000, // reads can be 2 s behind; the next look is 3 s after the first, and takes its time
    NOTICE_PART = -1,    // that the gateway is away
};

// --- what stands in the channels ---

static int strays; // posts of the bot that belong to nothing
static char *first_stray;

static void see_tokens(question *q, const char *text) {
    int number = 0, at = 0, of = 0, used = 0;
    for (const char *t = strstr(text, "[a"); t != NULL; t = strstr(t + 2, "[a")) {
        char head[QUESTION_DIGITS + 1] = "";
        memcpy(head, t + 2, strnlen(t + 2, QUESTION_DIGITS));
        number = (int)strtol(head, NULL, 10);
        const char *rest = t + 2 + strlen(head);
        char *end = NULL;
        at = (int)strtol(rest, &end, 10);
        of = *end == '/' ? (int)strtol(end + 1, NULL, 10) : 0;
        if (number != q->number || of != q->lines || at < 1 || at > of)
            q->misplaced = true;
        else
            q->seen[at - 1]++, used++;
    }
    (void)used;
}

static void see_files(question *q, const cJSON *post) {
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, json_get(post, "file_ids")) {
        int times = 0,
            number = files_carried(cJSON_GetStringValue(id), json_text(post, "channel_id"), &times);
        q->files += number == q->number;
        q->wrong_files += number != q->number || times > 1;
    }
    q->file_lines += strstr(json_text(post, "message"), "could not be attached") != NULL;
}

static void see(const cJSON *post) {
    const cJSON *mark = json_get(json_get(post, "props"), "openclaw");
    const char *text = json_text(post, "message");
    question *q = ledger_question(json_text(mark, "turn"));
    if (*json_text(mark, "notice") != '\0')
        return; // to administrators
    if (q == NULL) {
        strays++;
        if (first_stray == NULL)
            first_stray = xstrdup(text);
        return;
    }
    if (strcmp(json_text(post, "channel_id"), q->channel_id) != 0 ||
        strcmp(json_text(post, "root_id"), q->root_id) != 0)
        q->misplaced = true;
    see_files(q, post);
    if (strstr(text, "[preview]") != NULL) {
        q->leftovers++;
        return;
    }
    if (q->seen == NULL)
        q->seen = xcalloc((size_t)q->lines + 1, sizeof *q->seen);
    if (strstr(text, "[a") == NULL) {
        q->sentences += json_int(mark, "part", NOTICE_PART) != NOTICE_PART;
        q->notices += json_int(mark, "part", NOTICE_PART) == NOTICE_PART;
        return;
    }
    int64_t at = json_int(post, "create_at", 0);
    if (q->answered_ms == 0 || at < q->answered_ms)
        q->answered_ms = at;
    see_tokens(q, text);
}

static int lines_seen(const question *q, int least) {
    int count = 0;
    for (int i = 0; q->seen != NULL && i < q->lines; i++)
        count += q->seen[i] >= least;
    return count;
}

static bool has_words(const question *q) {
    return q->lines > 0 && lines_seen(q, 1) == q->lines;
}

// Its file is there, or a line says that it is not.
static bool complete(const question *q) {
    return has_words(q) && (!q->file_told || q->files == 1 || q->file_lines > 0);
}

static bool any_sentence(const question *q) {
    return q->sentences > 0 || q->notices > 0;
}

static const char *reason_of(const question *q) {
    return q->record_reason != NULL ? q->record_reason : q->ticket_reason != NULL ? q->ticket_reason : "";
}

// --- the invariants: true when it holds ---

static bool has_outcome(const question *q) {
    if (q->kind == ASK_ELSEWHERE || q->excused)
        return true;
    return q->page_destroyed ? q->closed <= 1 || q->tickets > 0 : q->records == 1 && q->closed == 1;
}

static bool outcomes_agree(const question *q) {
    if (q->tickets_differ)
        return false;
    return q->ticket_reason == NULL || q->closed == 0 || q->page_destroyed ||
           strcmp(q->ticket_reason, q->record_reason) == 0;
}

static bool not_doubled(const question *q) {
    // A sentence before the answer: the process died after it had said that there is none, and the next one got one.
    return lines_seen(q, 2) == 0 && q->sentences <= 1;
}

// What is found too late is told once in each place.
static bool told_too_old(const question *q) {
    for (int i = 0; i < BOOK.count && strcmp(reason_of(q), "too_old") == 0; i++) {
        const question *other = &BOOK.questions[i];
        if (strcmp(other->place, q->place) == 0 && strcmp(reason_of(other), "too_old") == 0 &&
            other->sentences > 0)
            return true;
    }
    return false;
}

static bool not_lost(const question *q) {
    if (told_too_old(q))
        return true;
    return q->produced == 0 || complete(q) || any_sentence(q) || q->aborted;
}

static bool honest(const question *q) {
    bool said = strcmp(reason_of(q), "answered") == 0;
    return q->kind != ASK_ADDRESSED || q->excused || (q->page_destroyed && q->ticket_reason == NULL) ||
           said == complete(q);
}

static bool not_unasked(const question *q) {
    bool quiet = q->kind == ASK_ADDRESSED || (lines_seen(q, 1) == 0 && q->begun == 0);
    return quiet && (q->kind != ASK_ELSEWHERE || q->sentences + q->notices == 0) && !q->misplaced;
}

// Previews become the answer or go.
static bool nothing_left_over(const question *q) {
    return q->leftovers == 0;
}

static bool files_right(const question *q) {
    return q->files <= 1 && q->wrong_files == 0;
}

static bool begun_once(const question *q) {
    return q->begun <= 1;
}

static const question *last_in_place(const question *q) {
    for (int i = q->number - 2; i >= 0; i--) {
        const question *other = &BOOK.questions[i];
        if (other->answered_ms != 0 && other->kind == ASK_ADDRESSED && strcmp(other->place, q->place) == 0)
            return other;
    }
    return NULL;
}

static bool in_order(const question *q) {
    if (q->kind != ASK_ADDRESSED || q->answered_ms == 0)
        return true;
    const question *before = last_in_place(q);
    // A record that the rig destroyed makes its post be taken once more, behind those that came later.
    return before == NULL || q->page_destroyed || before->page_destroyed ||
           (before->answered_ms <= q->answered_ms && before->begin_order < q->begin_order);
}

// --- what is known to fail: counted and printed, with the reason, until the product is better ---

static bool told_before_written(const question *q) {
    return !q->tickets_differ;
}

static bool same_moment(const question *q) {
    return last_in_place(q)->create_at_ms == q->create_at_ms;
}

static bool seen_late(const question *q) {
    const question *before = last_in_place(q);
    return before->hook_lost && !q->hook_lost && q->create_at_ms - before->create_at_ms < STALE_MAX_MS;
}

static const struct {
    bool (*holds)(const question *q); // the invariant that it breaks
    bool (*is)(const question *q);    // asked when that is broken
    const char *reason;
} KNOWN[] = {
    {outcomes_agree, told_before_written,
     "the store refused an outcome for so long that it was told before it was written; the core died in "
     "between and the next one got another"},
    {in_order, same_moment,
     "two posts of one millisecond, of which a new core found the first by looking into the channel, after "
     "the "
     "second had been handed to it"},
    {in_order, seen_late,
     "the first was posted while the plugin was down, right before its start, and the look for such posts "
     "was "
     "answered by a copy that was behind: only the next look found it"},
};

static const char *known_reason(bool (*holds)(const question *q), const question *q) {
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        if (KNOWN[i].holds == holds && KNOWN[i].is(q))
            return KNOWN[i].reason;
    return NULL;
}

static const struct {
    const char *name;
    bool (*holds)(const question *q);
} INVARIANTS[] = {
    {"exactly one recorded outcome", has_outcome},
    {"the outcomes that were told and recorded agree", outcomes_agree},
    {"nothing doubled", not_doubled},
    {"no answer lost", not_lost},
    {"answered means answered", honest},
    {"nothing unasked, nothing in a wrong place", not_unasked},
    {"no run begun twice", begun_once},
    {"nothing is left over of a preview", nothing_left_over},
    {"every file on one post, its question's", files_right},
    {"order kept in each conversation", in_order},
};

// --- printing ---

static void print_story(const question *q) {
    const line *own = q->story, *all = BOOK.events;
    const line *lines[400];
    int n = 0;
    int64_t first = 0, last = own != NULL ? own->at_ms + 30000 : 0;
    for (const line *l = own; l != NULL; l = l->next)
        first = l->at_ms;
    while ((own != NULL || all != NULL) && n < 400) {
        bool take_own = all == NULL || (own != NULL && own->at_ms >= all->at_ms);
        const line *l = take_own ? own : all;
        if (take_own)
            own = own->next;
        else
            all = all->next;
        if (l->at_ms >= first && l->at_ms <= last)
            lines[n++] = l;
    }
    printf(
        "    q%06d, post %s, outcome told %s, recorded %s, lines %d, produced %d, begun %d, sentences %d\n",
        q->number, q->post_id, q->ticket_reason != NULL ? q->ticket_reason : "-",
        q->record_reason != NULL ? q->record_reason : "-", q->lines, q->produced, q->begun, q->sentences);
    while (n > 0) {
        n--;
        printf("      %10.3f  %s\n", (double)lines[n]->at_ms / 1000, lines[n]->text);
    }
}

static bool check(size_t i, const char *replay) {
    int bad = 0, known = 0;
    const char *reason = NULL;
    for (int k = 0; k < BOOK.count; k++) {
        const question *q = &BOOK.questions[k];
        if (INVARIANTS[i].holds(q))
            continue;
        const char *why = known_reason(INVARIANTS[i].holds, q);
        if (why != NULL) {
            known++;
            reason = why;
            continue;
        }
        if (bad == 0)
            printf("FAILED %s (replay: %s)\n", INVARIANTS[i].name, replay);
        const question *other = INVARIANTS[i].holds == in_order ? last_in_place(q) : NULL;
        if (bad < STORIES_MAX && other != NULL)
            print_story(other);
        if (bad++ < STORIES_MAX)
            print_story(q);
    }
    if (known > 0)
        printf("known  %s: %d times, %s\n", INVARIANTS[i].name, known, reason);
    if (bad > 0)
        printf("    %d in all\n", bad);
    else
        printf("ok     %s\n", INVARIANTS[i].name);
    return bad == 0;
}

static void print_reasons(void) {
    char names[64][40];
    int counts[64] = {0}, n = 0;
    for (int k = 0; k < BOOK.count; k++) {
        const question *q = &BOOK.questions[k];
        const char *reason = q->kind == ASK_ELSEWHERE ? "(not asked)" : reason_of(q);
        int i = 0;
        while (i < n && strcmp(names[i], reason) != 0)
            i++;
        if (i == n && n < 63)
            snprintf(names[n++], sizeof names[0], "%s", reason);
        counts[i]++;
    }
    printf("outcomes:");
    for (int i = 0; i < n; i++)
        printf(" %s %d", names[i][0] != '\0' ? names[i] : "(none)", counts[i]);
    printf("\n");
}

static void print_sums(void) {
    int asked = 0, answered = 0, doubled = 0, produced = 0, lost = 0, reported = 0, missed = 0, order = 0,
        excused = 0, files = 0, lines = 0, words_alone = 0;
    for (int k = 0; k < BOOK.count; k++) {
        const question *q = &BOOK.questions[k];
        asked += q->kind == ASK_ADDRESSED;
        answered += complete(q);
        doubled += !not_doubled(q);
        produced += q->produced > 0;
        lost += !not_lost(q);
        reported += q->produced > 0 && !complete(q) && any_sentence(q);
        missed += q->hook_lost;
        order += !in_order(q);
        excused += q->excused;
        files += q->files;
        lines += q->files == 0 && q->file_lines > 0 && files_has(q->number);
        words_alone += files_has(q->number) && has_words(q) && !q->file_told && q->files == 0;
    }
    printf("ledger: posts %d, asked %d, answers produced %d, answered %d, lost and reported %d, lost %d, "
           "doubled %d, "
           "order broken %d; hooks lost %d, excused %d, events %d\n",
           BOOK.count, asked, produced, answered, reported, lost, doubled, order, missed, excused,
           BOOK.event_count);
    printf(
        "files: uploaded %d, on posts %d, a line in place of one %d, answers found again as words alone %d\n",
        files_count(), files, lines, words_alone);
}

int ledger_check(const cJSON *bot_posts, const char *replay, int thin_states, bool faults) {
    const cJSON *post = NULL;
    int failed = 0, count = sizeof INVARIANTS / sizeof INVARIANTS[0];
    cJSON_ArrayForEach(post, bot_posts) {
        if (!speaks_see(post))
            see(post);
    }
    print_sums();
    print_reasons();
    for (int i = 0; i < count; i++)
        failed += !check((size_t)i, replay);
    printf("%s every post of the bot belongs to a question%s%s\n", strays == 0 ? "ok    " : "FAILED",
           strays > 0 ? ": " : "", first_stray != NULL ? first_stray : "");
    failed += strays > 0;
    free(first_stray);
    if (faults) {
        printf("%s every state was hit often enough by a kill%s\n", thin_states == 0 ? "ok    " : "FAILED",
               thin_states == 0 ? "" : " (see the histogram)");
        failed += thin_states > 0;
        count++;
    }
    printf("%d passed, %d failed\n", count + 1 - failed, failed);
    return failed;
}
