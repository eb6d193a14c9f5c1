// SPDX-License-Identifier: Apache-2.0
// Checks of external mode: the way to the Mattermost server and back.
#include "admin/doctor_judge.h"

enum { CLOCK_NOTE_MS = 10 * 1000, CLOCK_WRONG_MS = 300 * 1000 };

void doctor_way(const doctor_view *v) {
    const chat_connection *w = &v->facts->way;
    if (!w->outside)
        return;
    if (w->token_refused)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "botToken", .remedy = WORD_DOCTOR_WAY_REFUSED_DO},
                    words_mark(WORD_DOCTOR_WAY_REFUSED, "why", w->problem, NULL));
    else if (!w->known)
        doctor_tell(
            v, DOCTOR_WRONG, &(doctor_advice){.setting = "baseUrl", .remedy = WORD_DOCTOR_WAY_UNKNOWN_DO},
            words_mark(WORD_DOCTOR_WAY_UNKNOWN, "why",
                       *w->problem != '\0' ? w->problem : words_marked(WORD_DOCTOR_WAY_SILENT), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_WAY_GOOD, NULL));
}

void doctor_stream(const doctor_view *v) {
    const chat_connection *w = &v->facts->way;
    if (!w->outside || !w->known || w->token_refused)
        return;
    if (w->delivers)
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_STREAM_GOOD, NULL));
    else
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "baseUrl", .remedy = WORD_DOCTOR_STREAM_DOWN_DO},
                    words_mark(WORD_DOCTOR_STREAM_DOWN, NULL));
}

void doctor_callbacks(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    if (!f->way.outside || !f->way.known)
        return;
    doctor_advice advice = {.setting = "callbacks.listen"};
    if (*f->way.callbacks == '\0') {
        advice.remedy = WORD_DOCTOR_CALLBACKS_NONE_DO;
        advice.code = "`callbacks: {listen: \"127.0.0.1:8066\"}`";
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_CALLBACKS_NONE, NULL));
    } else if (f->way.callbacks_here) {
        advice.setting = "interactions.callbackBaseUrl";
        advice.remedy = WORD_DOCTOR_CALLBACKS_HERE_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    words_mark(WORD_DOCTOR_CALLBACKS_HERE, "url", f->way.callbacks, NULL));
    } else if (f->callback_asked == DOCTOR_ANSWERED) {
        doctor_tell(v, DOCTOR_GOOD, &advice,
                    words_mark(WORD_DOCTOR_CALLBACKS_GOOD, "url", f->way.callbacks, NULL));
    } else if (f->callback_asked == DOCTOR_FAILED) {
        advice.setting = "ServiceSettings.AllowedUntrustedInternalConnections";
        advice.remedy = WORD_DOCTOR_CALLBACKS_FAILED_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    words_mark(WORD_DOCTOR_CALLBACKS_FAILED, "url", f->way.callbacks, "why",
                               f->callback_error, NULL));
    } else {
        advice.remedy = WORD_DOCTOR_CALLBACKS_UNTRIED_DO;
        doctor_tell(v, DOCTOR_UNKNOWN, &advice,
                    words_mark(WORD_DOCTOR_CALLBACKS_UNTRIED, "url", f->way.callbacks, "why",
                               f->callback_error, NULL));
    }
}

void doctor_server_clock(const doctor_view *v) {
    const chat_connection *w = &v->facts->way;
    if (!w->outside || !w->known)
        return;
    int64_t off_ms = w->clock_ahead_ms < 0 ? -w->clock_ahead_ms : w->clock_ahead_ms;
    if (off_ms < CLOCK_NOTE_MS)
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_CLOCK_SAME, NULL));
    else
        doctor_tell(v, off_ms < CLOCK_WRONG_MS ? DOCTOR_NOTE : DOCTOR_WRONG,
                    &(doctor_advice){.remedy = WORD_DOCTOR_CLOCKS_DO},
                    words_mark(w->clock_ahead_ms < 0 ? WORD_DOCTOR_CLOCK_BEHIND : WORD_DOCTOR_CLOCK_AHEAD,
                               "seconds", WORDS_NUMBER(off_ms / 1000), NULL));
}
