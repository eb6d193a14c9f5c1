// SPDX-License-Identifier: Apache-2.0
// Checks: this process, what it keeps and where it runs.
#include "admin/doctor_judge.h"

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
        doctor_tell(v, DOCTOR_WRONG, &(doctor_advice){.remedy = "Set this machine's clock by NTP."},
                    "this machine's is years behind, so certificates and signatures do not count.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "this machine's is plausible.");
}

void doctor_store(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    doctor_advice advice = {
        .remedy = f->way.outside
                      ? "See that the disk of the database has room and is not read-only."
                      : "See that the server's database has room and takes writes; the server's log "
                        "may say more."};
    if (f->store_asked == DOCTOR_FAILED)
        doctor_tell(v, DOCTOR_WRONG, &advice, "it cannot be written: %s.",
                    *f->store_error != '\0' ? f->store_error : "the server gives no reason");
    else if (f->store_asked == DOCTOR_WAITING)
        doctor_tell(v, DOCTOR_WRONG, &advice, "it did not answer in time.");
    else if (f->store_asked == DOCTOR_ANSWERED && f->store_ms > STORE_SLOW_MS)
        doctor_tell(v, DOCTOR_NOTE, &advice, "it is slow: writing and reading back took %lld ms.",
                    (long long)f->store_ms);
    else if (f->store_asked == DOCTOR_ANSWERED)
        doctor_tell(v, DOCTOR_GOOD, NULL, "it can be written and read.");
}

void doctor_lease(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    if (f->quiet)
        return;
    if (f->own.works_alone)
        doctor_tell(v, DOCTOR_GOOD, NULL,
                    "this process posts what agents say of themselves, and brings their tools.");
    else if (f->server.clustered)
        doctor_tell(v, DOCTOR_GOOD, NULL, "another node of the cluster does it.");
    else
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){
                        .remedy = "Wait a minute after a start. If it stays, look whether a second server "
                                  "uses the same database."},
                    "this process does not do it, as another one holds the lease: agents' own messages and "
                    "tools may be "
                    "missing here.");
}

void doctor_posts(const doctor_view *v) {
    const doctor_own *own = &v->facts->own;
    doctor_advice advice = {.remedy =
                                "They wait for the gateway or for the agent: see what is said about these."};
    if (v->facts->quiet)
        return;
    if (own->open_posts == 0)
        doctor_tell(v, DOCTOR_GOOD, NULL, "none waits.");
    else if (own->oldest_open_ms >= POST_STUCK_MS)
        doctor_tell(v, DOCTOR_WRONG, &advice, "%zu without an outcome, the oldest for %lld minutes.",
                    own->open_posts, (long long)(own->oldest_open_ms / 60000));
    else if (own->oldest_open_ms >= POST_OLD_MS)
        doctor_tell(v, DOCTOR_NOTE, &advice, "%zu without an outcome, the oldest for %lld seconds.",
                    own->open_posts, (long long)(own->oldest_open_ms / 1000));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "%zu at work.", own->open_posts);
}

void doctor_records(const doctor_view *v) {
    if (v->facts->quiet)
        return;
    if (v->facts->own.unwritten > 0)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.remedy = "Look for the store's errors in the log at these times."},
                    "%lld outcomes could not be recorded since the start: `/openclaw why` knows nothing of "
                    "these posts.",
                    (long long)v->facts->own.unwritten);
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "all outcomes are recorded.");
}

void doctor_cores(const doctor_view *v) {
    if (v->facts->way.outside)
        return;
    if (v->facts->own.cores > 1)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.remedy = "The server's log tells how it ended; please report it."},
                    "it was started %lld times since the plugin was turned on: it has died %lld times.",
                    (long long)v->facts->own.cores, (long long)v->facts->own.cores - 1);
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "it has never died since the plugin was turned on.");
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
        doctor_tell(v, DOCTOR_GOOD, NULL, "`%s`.", v->facts->machine.ca_bundle);
    else
        doctor_tell(v, wants_bundle(v->facts) ? DOCTOR_WRONG : DOCTOR_NOTE,
                    &(doctor_advice){.setting = "SSL_CERT_FILE",
                                     .remedy =
                                         "Install the package `ca-certificates`, or name a bundle in the "
                                         "environment variable SSL_CERT_FILE."},
                    "there is no bundle, so no public certificate is accepted.");
}

void doctor_folder(const doctor_view *v) {
    const doctor_machine *m = &v->facts->machine;
    if (!m->folder_known)
        return;
    if (m->replaced)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.remedy = v->facts->way.outside ? "Restart the program."
                                                                     : "Turn the plugin off and on."},
                    "the program in `%s` was replaced, but the old one still runs.", m->folder);
    else if (m->free_bytes < ROOM_NOTE_BYTES)
        doctor_tell(v, m->free_bytes < ROOM_WRONG_BYTES ? DOCTOR_WRONG : DOCTOR_NOTE,
                    &(doctor_advice){.remedy = "Make room on that disk."},
                    "the disk of `%s` has %lld MiB left.", m->folder, (long long)(m->free_bytes >> 20));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "`%s`.", m->folder);
}
