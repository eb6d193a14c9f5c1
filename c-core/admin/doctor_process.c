// SPDX-License-Identifier: Apache-2.0
// Checks: this process, what it keeps and where it runs.
#include "admin/doctor_judge.h"
#include "base/mem.h"

#include <string.h>

enum {
    STORE_SLOW_MS = 1000,
    POST_OLD_MS = 60 * 1000,
    POST_STUCK_MS = 40 * 60 * 1000, // longer than a run may take
    ROOM_NOTE_BYTES = 100 << 20,
    ROOM_WRONG_BYTES = 10 << 20,
};
#define RELEASE_MS 1760000000000 // 2025-10: no clock that is right says less

void doctor_clock(const doctor_view *v) {
    if (v->facts->machine.wall_ms < RELEASE_MS)
        doctor_tell(v, DOCTOR_WRONG, &(doctor_advice){.remedy = WORD_DOCTOR_CLOCK_YEARS_DO},
                    words_mark(WORD_DOCTOR_CLOCK_YEARS, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_CLOCK_GOOD, NULL));
}

void doctor_store(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    doctor_advice advice = {.remedy = f->way.outside ? WORD_DOCTOR_STORE_DO_OUTSIDE : WORD_DOCTOR_STORE_DO};
    if (f->store_asked == DOCTOR_FAILED)
        doctor_tell(
            v, DOCTOR_WRONG, &advice,
            words_mark(WORD_DOCTOR_STORE_REFUSED, "why",
                       *f->store_error != '\0' ? f->store_error : words_marked(WORD_DOCTOR_STORE_NO_REASON),
                       NULL));
    else if (f->store_asked == DOCTOR_WAITING)
        doctor_tell(v, DOCTOR_WRONG, &advice, words_mark(WORD_DOCTOR_STORE_LATE, NULL));
    else if (f->store_asked == DOCTOR_ANSWERED && f->store_ms > STORE_SLOW_MS)
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    words_mark(WORD_DOCTOR_STORE_SLOW, "milliseconds", WORDS_NUMBER(f->store_ms), NULL));
    else if (f->store_asked == DOCTOR_ANSWERED)
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_STORE_GOOD, NULL));
}

void doctor_lease(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    if (f->quiet)
        return;
    if (f->own.works_alone)
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_LEASE_HERE, NULL));
    else if (f->server.clustered)
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_LEASE_CLUSTER, NULL));
    else
        doctor_tell(v, DOCTOR_NOTE, &(doctor_advice){.remedy = WORD_DOCTOR_LEASE_OTHER_DO},
                    words_mark(WORD_DOCTOR_LEASE_OTHER, NULL));
}

void doctor_posts(const doctor_view *v) {
    const doctor_own *own = &v->facts->own;
    doctor_advice advice = {.remedy = WORD_DOCTOR_POSTS_DO};
    if (v->facts->quiet)
        return;
    if (own->open_posts == 0)
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_POSTS_NONE, NULL));
    else if (own->oldest_open_ms >= POST_STUCK_MS)
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    words_mark(WORD_DOCTOR_POSTS_STUCK, "count", WORDS_NUMBER(own->open_posts), "minutes",
                               WORDS_NUMBER((own->oldest_open_ms / 60000)), NULL));
    else if (own->oldest_open_ms >= POST_OLD_MS)
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    words_mark(WORD_DOCTOR_POSTS_OLD, "count", WORDS_NUMBER(own->open_posts), "seconds",
                               WORDS_NUMBER((own->oldest_open_ms / 1000)), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL,
                    words_mark(WORD_DOCTOR_POSTS_GOOD, "count", WORDS_NUMBER(own->open_posts), NULL));
}

void doctor_records(const doctor_view *v) {
    if (v->facts->quiet)
        return;
    if (v->facts->own.unwritten > 0)
        doctor_tell(
            v, DOCTOR_NOTE, &(doctor_advice){.remedy = WORD_DOCTOR_RECORDS_LOST_DO},
            words_mark(WORD_DOCTOR_RECORDS_LOST, "count", WORDS_NUMBER(v->facts->own.unwritten), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_RECORDS_GOOD, NULL));
}

void doctor_cores(const doctor_view *v) {
    if (v->facts->way.outside)
        return;
    if (v->facts->own.cores > 1)
        doctor_tell(v, DOCTOR_NOTE, &(doctor_advice){.remedy = WORD_DOCTOR_CORES_DIED_DO},
                    words_mark(WORD_DOCTOR_CORES_DIED, "starts", WORDS_NUMBER(v->facts->own.cores), "deaths",
                               WORDS_NUMBER(v->facts->own.cores - 1), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_CORES_GOOD, NULL));
}

static bool wants_bundle(const doctor_facts *f) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account_config *rules = f->accounts[i].rules;
        if (rules != NULL && strncmp(rules->gateway.url, "wss://", 6) == 0 && !f->accounts[i].ca.given)
            return true;
    }
    return f->way.outside;
}

void doctor_bundle(const doctor_view *v) {
    if (v->facts->machine.ca_bundle != NULL)
        doctor_tell(v, DOCTOR_GOOD, NULL, xasprintf("`%s`.", v->facts->machine.ca_bundle));
    else
        doctor_tell(v, wants_bundle(v->facts) ? DOCTOR_WRONG : DOCTOR_NOTE,
                    &(doctor_advice){.setting = "SSL_CERT_FILE", .remedy = WORD_DOCTOR_BUNDLE_NONE_DO},
                    words_mark(WORD_DOCTOR_BUNDLE_NONE, NULL));
}

void doctor_folder(const doctor_view *v) {
    const doctor_machine *m = &v->facts->machine;
    if (!m->folder_known)
        return;
    if (m->replaced)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.remedy = v->facts->way.outside ? WORD_DOCTOR_FOLDER_REPLACED_DO_OUTSIDE
                                                                     : WORD_DOCTOR_FOLDER_REPLACED_DO},
                    words_mark(WORD_DOCTOR_FOLDER_REPLACED, "folder", m->folder, NULL));
    else if (m->free_bytes < ROOM_NOTE_BYTES)
        doctor_tell(v, m->free_bytes < ROOM_WRONG_BYTES ? DOCTOR_WRONG : DOCTOR_NOTE,
                    &(doctor_advice){.remedy = WORD_DOCTOR_FOLDER_FULL_DO},
                    words_mark(WORD_DOCTOR_FOLDER_FULL, "folder", m->folder, "mib",
                               WORDS_NUMBER((m->free_bytes >> 20)), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, xasprintf("`%s`.", m->folder));
}
