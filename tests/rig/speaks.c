// SPDX-License-Identifier: Apache-2.0
#include "speaks.h"

#include "base/json.h"
#include "base/mem.h"
#include "gateway_runs.h"
#include "ledger.h"
#include "people.h"
#include "store.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 1500, BUSY_USERS = 12, BUSY_CHANNELS = 12, SHOWN_MAX = 5 };

typedef struct message {
    char channel[ID_BYTES], root[ID_BYTES], key[160];
    bool produced;
    int seen, misplaced;
    int64_t produced_ms;
} message;

static struct {
    message *all;
    int planned, begun;
    char roots[CHANNELS][ID_BYTES];
} book;

static const char *root_of(int channel, const char *channel_id) {
    char user[ID_BYTES];
    if (*book.roots[channel] == '\0') {
        cJSON *post = json_new_object();
        people_user_id(0, user);
        json_add_string(post, "user_id", user);
        json_add_string(post, "channel_id", channel_id);
        json_add_string(post, "message", "a thread begins");
        snprintf(book.roots[channel], ID_BYTES, "%s", json_text(store_add_post(post), "id"));
    }
    return book.roots[channel];
}

static void place(message *m) {
    static const char *const kinds[] = {"channel", "group", "group"};
    char id[ID_BYTES];
    if (chance(400)) {
        int user = (int)dice(BUSY_USERS);
        people_user_id(user, id);
        people_dm_id(user, m->channel);
        snprintf(m->key, sizeof m->key, "agent:main:mattermost:direct:%s", id);
        return;
    }
    int channel = (int)dice(BUSY_CHANNELS);
    people_channel_id(channel, m->channel);
    bool threaded = chance(300);
    if (threaded)
        snprintf(m->root, sizeof m->root, "%s", root_of(channel, m->channel));
    snprintf(m->key, sizeof m->key, "agent:main:mattermost:%s:%s%s%s", kinds[channel % 3], m->channel,
             threaded ? ":thread:" : "", m->root);
}

static void begin_next(void *ctx) {
    (void)ctx;
    int burst = chance(30) ? (int)between(3, 15) : 1;
    for (; burst > 0 && book.begun < book.planned; burst--) {
        message *m = &book.all[book.begun++];
        place(m);
        gateway_job(m->key, book.begun);
    }
    if (book.begun < book.planned)
        world_after(between(0, 2 * PAUSE_MS), begin_next, NULL);
}

void speaks_plan(int count) {
    book.all = xcalloc((size_t)count + 1, sizeof *book.all);
    book.planned = count;
    world_after(60000, begin_next, NULL); // the first start knows what is old
}

bool speaks_all_begun(void) {
    return book.begun == book.planned;
}

int speaks_begun(void) {
    return book.begun;
}

void speaks_done(int number) {
    book.all[number - 1].produced = true;
    book.all[number - 1].produced_ms = world_now_ms();
}

char *speaks_text(int number) {
    return xasprintf("[s%06d] this is what the job says", number);
}

bool speaks_see(const cJSON *post) {
    const char *at = strstr(json_text(post, "message"), "[s");
    int number = at != NULL ? (int)strtol(at + 2, NULL, 10) : 0;
    if (number < 1 || number > book.begun)
        return false;
    message *m = &book.all[number - 1];
    m->seen++;
    m->misplaced += strcmp(json_text(post, "channel_id"), m->channel) != 0 ||
                    strcmp(json_text(post, "root_id"), m->root) != 0;
    return true;
}

static bool is_lost(const message *m) {
    return m->produced && m->seen == 0;
}

static bool is_doubled(const message *m) {
    return m->seen > 1;
}

static bool is_stray(const message *m) {
    return m->misplaced > 0 || (m->seen > 0 && !m->produced);
}

static int check(const char *name, bool (*bad)(const message *m), const char *replay) {
    int count = 0;
    for (int i = 0; i < book.begun; i++) {
        const message *m = &book.all[i];
        if (!bad(m))
            continue;
        if (count == 0)
            printf("FAILED %s (replay: %s)\n", name, replay);
        if (count++ < SHOWN_MAX)
            printf("    s%06d %s: said at %.3f, seen %d times\n", i + 1, m->key,
                   (double)m->produced_ms / 1000, m->seen);
    }
    if (count > 0)
        printf("    %d in all\n", count);
    else
        printf("ok     %s\n", name);
    return count > 0;
}

int speaks_check(const char *replay) {
    int produced = 0, seen = 0, failed = 0;
    if (book.planned == 0)
        return 0;
    for (int i = 0; i < book.begun; i++) {
        produced += book.all[i].produced;
        seen += book.all[i].seen > 0;
    }
    printf("agents' own messages: said %d, posted %d\n", produced, seen);
    failed += check("no message of an agent is lost", is_lost, replay);
    failed += check("no message of an agent is doubled", is_doubled, replay);
    failed += check("every message of an agent stands in its place", is_stray, replay);
    return failed;
}

void speaks_end(void) {
    free(book.all);
}
