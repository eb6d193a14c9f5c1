// SPDX-License-Identifier: Apache-2.0
// Checks: the settings as a whole, and the bots as users of the server.
#include "admin/doctor_judge.h"

void doctor_settings(const doctor_view *v) {
    if (!v->facts->has_rules)
        doctor_tell(v, DOCTOR_WRONG, &(doctor_advice){.remedy = WORD_DOCTOR_SETTINGS_BAD_DO},
                    words_mark(WORD_DOCTOR_SETTINGS_BAD, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_SETTINGS_GOOD, NULL));
}

void doctor_bots(const doctor_view *v) {
    const doctor_facts *f = v->facts;
    if (f->way.outside && !f->way.known)
        return; // whose token it is comes first
    if (f->problems != NULL)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "BotUsername", .remedy = WORD_DOCTOR_BOTS_PROBLEMS_DO},
                    words_mark(WORD_DOCTOR_BOTS_PROBLEMS, "problems", f->problems, NULL));
    else if (f->account_count == 0)
        doctor_tell(v, DOCTOR_WRONG, &(doctor_advice){.remedy = WORD_DOCTOR_BOTS_NONE_DO},
                    words_mark(WORD_DOCTOR_BOTS_NONE, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL,
                    words_mark(WORD_DOCTOR_BOTS_GOOD, "count", WORDS_NUMBER(f->account_count), NULL));
}

// Says so where a question had no answer; false: there is one.
static bool unanswered(const doctor_view *v, const doctor_account *a, doctor_answer asked) {
    if (asked == DOCTOR_WAITING || asked == DOCTOR_FAILED)
        doctor_tell(
            v, DOCTOR_UNKNOWN, &(doctor_advice){.account = a->id, .remedy = WORD_DOCTOR_ASK_AGAIN_LOG},
            words_mark(asked == DOCTOR_WAITING ? WORD_DOCTOR_SERVER_LATE : WORD_DOCTOR_SERVER_MUTE, NULL));
    return asked != DOCTOR_ANSWERED;
}

static void judge_bot_user(const doctor_view *v, const doctor_account *a) {
    doctor_advice advice = {.account = a->id, .setting = "BotUsername"};
    if (!a->bot_exists || !a->bot_active) {
        advice.remedy = v->facts->way.outside ? WORD_DOCTOR_BOT_OFF_DO_OUTSIDE : WORD_DOCTOR_BOT_OFF_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    a->bot_exists ? words_mark(WORD_DOCTOR_BOT_OFF, "bot", a->bot_username, NULL)
                                  : words_mark(WORD_DOCTOR_BOT_GONE, "bot", a->bot_username, NULL));
    } else if (!a->bot_is_bot) {
        advice.remedy = WORD_DOCTOR_BOT_PERSON_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    words_mark(WORD_DOCTOR_BOT_PERSON, "bot", a->bot_username, NULL));
    } else if (a->bot_is_admin) {
        advice.remedy = WORD_DOCTOR_BOT_ADMIN_DO;
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_BOT_ADMIN, "bot", a->bot_username, NULL));
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, words_mark(WORD_DOCTOR_BOT_GOOD, "bot", a->bot_username, NULL));
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
                        &(doctor_advice){.account = a->id, .remedy = WORD_DOCTOR_TEAMS_NONE_DO},
                        words_mark(WORD_DOCTOR_TEAMS_NONE, "bot", a->bot_username, NULL));
        else
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        words_mark(WORD_DOCTOR_TEAMS_GOOD, "count", WORDS_NUMBER(a->teams), NULL));
    }
}

void doctor_bot_posts(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (unanswered(v, a, a->post_asked))
            continue;
        if (a->may_post)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        words_mark(WORD_DOCTOR_POST_GOOD, NULL));
        else
            doctor_tell(v, DOCTOR_WRONG,
                        &(doctor_advice){.account = a->id,
                                         .setting = "create_post",
                                         .remedy = WORD_DOCTOR_POST_NO_RIGHT_DO},
                        words_mark(WORD_DOCTOR_POST_NO_RIGHT, "bot", a->bot_username, NULL));
    }
}
