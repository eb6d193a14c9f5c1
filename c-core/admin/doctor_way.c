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
                    &(doctor_advice){
                        .setting = "botToken",
                        .remedy = "Make a new token for the bot under Integrations → Bot Accounts, put it "
                                  "into `botToken`, and reload the configuration (SIGHUP)."},
                    "the Mattermost server does not accept it. %s", w->problem);
    else if (!w->known)
        doctor_tell(
            v, DOCTOR_WRONG,
            &(doctor_advice){.setting = "baseUrl",
                             .remedy = "Correct `baseUrl`, or let the server be reached from this machine; a "
                                       "private authority belongs into `server.ca`."},
            "the Mattermost server does not say whose it is. %s",
            *w->problem != '\0' ? w->problem : "It does not answer.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "the Mattermost server accepts it.");
}

void doctor_stream(const doctor_view *v) {
    const chat_connection *w = &v->facts->way;
    if (!w->outside || !w->known || w->token_refused)
        return;
    if (w->delivers)
        doctor_tell(v, DOCTOR_GOOD, NULL, "it delivers.");
    else
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "baseUrl",
                                     .remedy =
                                         "A proxy in front of the Mattermost server must pass WebSockets on "
                                         "(`Upgrade` and `Connection` headers) below `/api/v4/websocket`."},
                    "it does not stand, so nothing that people write is heard of.");
}

void doctor_callbacks(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    if (!f->way.outside || !f->way.known)
        return;
    doctor_advice advice = {.setting = "callbacks.listen"};
    if (*f->way.callbacks == '\0') {
        advice.remedy = "`callbacks: {listen: \"127.0.0.1:8066\"}` makes the program listen.";
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    "nobody listens, so there are no slash commands, buttons and dialogs.");
    } else if (f->way.callbacks_here) {
        advice.setting = "interactions.callbackBaseUrl";
        advice.remedy =
            "Set `interactions.callbackBaseUrl` to an address of this machine that the server can call.";
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    "the server is on another machine, and is told to call `%s`, which is its own.",
                    f->way.callbacks);
    } else if (f->callback_asked == DOCTOR_ANSWERED) {
        doctor_tell(v, DOCTOR_GOOD, &advice, "the server can call `%s`.", f->way.callbacks);
    } else if (f->callback_asked == DOCTOR_FAILED) {
        advice.setting = "ServiceSettings.AllowedUntrustedInternalConnections";
        advice.remedy =
            "Put this machine's address into `ServiceSettings.AllowedUntrustedInternalConnections` of "
            "Mattermost (System Console → Environment → Developer) when it is a private one, and "
            "see that `interactions.callbackBaseUrl` leads here and `interactions.allowedSourceIps` holds "
            "the "
            "server's address.";
        doctor_tell(v, DOCTOR_WRONG, &advice, "the server could not call `%s`: %s", f->way.callbacks,
                    f->callback_error);
    } else {
        advice.remedy = "Add the bot to a team, with a role that may manage slash commands; then ask again.";
        doctor_tell(v, DOCTOR_UNKNOWN, &advice, "whether the server can call `%s` could not be tried%s%s.",
                    f->way.callbacks, *f->callback_error != '\0' ? ": " : "", f->callback_error);
    }
}

void doctor_server_clock(const doctor_view *v) {
    const chat_connection *w = &v->facts->way;
    if (!w->outside || !w->known)
        return;
    int64_t off_ms = w->clock_ahead_ms < 0 ? -w->clock_ahead_ms : w->clock_ahead_ms;
    if (off_ms < CLOCK_NOTE_MS)
        doctor_tell(v, DOCTOR_GOOD, NULL, "it goes with this machine's.");
    else
        doctor_tell(v, off_ms < CLOCK_WRONG_MS ? DOCTOR_NOTE : DOCTOR_WRONG,
                    &(doctor_advice){.remedy = "Set the clocks of both machines by NTP."},
                    "it is %lld seconds %s this machine's.", (long long)(off_ms / 1000),
                    w->clock_ahead_ms < 0 ? "behind" : "ahead of");
}
