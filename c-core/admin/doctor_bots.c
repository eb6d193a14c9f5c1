// SPDX-License-Identifier: Apache-2.0
// Checks: the settings as a whole, and the bots as users of the server.
#include "admin/doctor_judge.h"

void doctor_settings(const doctor_view *v) {
    if (!v->facts->has_rules)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){
                        .remedy = "What is wrong was sent to the system administrators by direct message; "
                                  "`/openclaw reload` sends it again."},
                    "they cannot be used, so nobody is answered.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "they can be used.");
}

void doctor_bots(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    if (f->way.outside && !f->way.known)
        return; // whose token it is comes first
    if (f->problems != NULL)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "BotUsername",
                                     .remedy = "Choose another name in the setting BotUsername (in Advanced: "
                                               "`botUsername`), or give the present bearer another one."},
                    "not every account has one. %s", f->problems);
    else if (f->account_count == 0)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.remedy = "The server gave no bot user; its log says why."},
                    "none is at work.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "%zu at work.", f->account_count);
}

// Says so where a question had no answer; false: there is one.
static bool unanswered(const doctor_view *v, const doctor_account *a, doctor_answer asked) {
    if (asked == DOCTOR_WAITING || asked == DOCTOR_FAILED)
        doctor_tell(v, DOCTOR_UNKNOWN,
                    &(doctor_advice){.account = a->id,
                                     .remedy = "Ask again in a moment; the server's log may say more."},
                    "the server %s.", asked == DOCTOR_WAITING ? "did not answer in time" : "did not say");
    return asked != DOCTOR_ANSWERED;
}

static void judge_bot_user(const doctor_view *v, const doctor_account *a) {
    doctor_advice advice = {.account = a->id, .setting = "BotUsername"};
    if (!a->bot_exists || !a->bot_active) {
        advice.remedy = v->facts->way.outside ? "Activate it in Mattermost under Integrations → Bot Accounts."
                                              : "Activate it in Mattermost under Integrations → Bot "
                                                "Accounts, then turn the plugin off and on.";
        doctor_tell(v, DOCTOR_WRONG, &advice, "`@%s` %s, so it cannot write.", a->bot_username,
                    a->bot_exists ? "is deactivated" : "does not exist any more");
    } else if (!a->bot_is_bot) {
        advice.remedy = "Make a bot account under Integrations → Bot Accounts, and use its token.";
        doctor_tell(v, DOCTOR_NOTE, &advice, "`@%s` is a person's account, not a bot's.", a->bot_username);
    } else if (a->bot_is_admin) {
        advice.remedy = "Take the role System Admin from it in System Console → Users: it needs none.";
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    "`@%s` is a system administrator, so its token opens everything.", a->bot_username);
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, "`@%s` is there.", a->bot_username);
    }
}

void doctor_bot_user(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!unanswered(v, a, a->bot_asked))
            judge_bot_user(v, a);
    }
}

void doctor_bot_teams(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (unanswered(v, a, a->teams_asked))
            continue;
        if (a->teams == 0)
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = a->id,
                                         .remedy =
                                             "Add it to a team (Invite People → its name), then to channels "
                                             "with `/invite`."},
                        "`@%s` is in no team, so it can be written to directly, but is in no channel.",
                        a->bot_username);
        else
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id}, "it is in %zu.", a->teams);
    }
}

void doctor_bot_posts(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (unanswered(v, a, a->post_asked))
            continue;
        if (a->may_post)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id}, "it may post in its channels.");
        else
            doctor_tell(
                v, DOCTOR_WRONG,
                &(doctor_advice){.account = a->id,
                                 .setting = "create_post",
                                 .remedy = "Give the permission Create Posts back in System Console → User "
                                           "Management → Permissions, or in the channel's moderation."},
                "`@%s` lacks the permission `create_post` in a channel that it is in.", a->bot_username);
    }
}
