// SPDX-License-Identifier: Apache-2.0
#include "outbound/authorise.h"

// What does not hang on the target.
static authorise_verdict of_caller(const authorise_facts *f) {
    if (f->origin == ORIGIN_NOBODY)
        return AUTHORISE_NO_SESSION;
    if (f->rules == NULL)
        return AUTHORISE_NO_ACCOUNT;
    if (!tool_is_on(f->tool, f->rules))
        return AUTHORISE_OFF;
    if (f->origin == ORIGIN_MCP && f->writes)
        return AUTHORISE_READ_ONLY;
    if (f->origin == ORIGIN_PERSON && !f->person_active)
        return AUTHORISE_PERSON;
    if (f->origin == ORIGIN_ROOM && !f->room_has_bot)
        return AUTHORISE_BOT_LEFT;
    return AUTHORISE_ALLOW;
}

// A person's reach beyond the direct message: what they see, where the bot is too.
static authorise_verdict of_person(const authorise_facts *f) {
    if (f->direct_to_person)
        return f->writes && !f->is_post ? AUTHORISE_ALLOW : AUTHORISE_UNSEEN;
    if (!f->asker_sees || f->type == 'D')
        return AUTHORISE_UNSEEN;
    if (!f->bot_is_member)
        return AUTHORISE_BOT_OUTSIDE;
    return f->asker_may ? AUTHORISE_ALLOW : AUTHORISE_ASKER_MAY_NOT;
}

// Anybody there may have asked, and everybody there reads the answer.
static authorise_verdict of_room(const authorise_facts *f) {
    if (f->type != 'O' || !f->same_team)
        return AUTHORISE_ROOM;
    if (f->room_has_guests)
        return AUTHORISE_GUESTS;
    return f->bot_is_member ? AUTHORISE_ALLOW : AUTHORISE_BOT_OUTSIDE;
}

static authorise_verdict of_place(const authorise_facts *f) {
    const tools_reach needed = f->writes ? TOOLS_REACH_WRITE : TOOLS_REACH_READ;
    if (f->origin == ORIGIN_MCP) // those are listed one by one
        return !f->listed ? AUTHORISE_UNSEEN : f->bot_is_member ? AUTHORISE_ALLOW : AUTHORISE_BOT_OUTSIDE;
    if (f->own_place)
        return AUTHORISE_ALLOW;
    if (f->rules->elsewhere < needed)
        return AUTHORISE_ELSEWHERE;
    return f->origin == ORIGIN_PERSON ? of_person(f) : of_room(f);
}

static authorise_verdict of_deed(const authorise_facts *f) {
    if (f->archived && f->writes)
        return AUTHORISE_ARCHIVED;
    if (!f->bot_may)
        return AUTHORISE_BOT_MAY_NOT;
    if (f->tool->own_posts && !(f->is_post && f->post_is_bots))
        return AUTHORISE_NOT_OWN_POST;
    return f->tool->own_posts && !f->post_is_words ? AUTHORISE_BUTTONS : AUTHORISE_ALLOW;
}

authorise_verdict authorise(const authorise_facts *f) {
    authorise_verdict verdict = of_caller(f);
    if (verdict == AUTHORISE_ALLOW && f->target_known)
        verdict = of_place(f);
    if (verdict == AUTHORISE_ALLOW && f->target_known)
        verdict = of_deed(f);
    return verdict;
}

// --- in words ---

static const struct words {
    const char *name, *code, *sentence;
} WORDS[AUTHORISE_COUNT] = {
    [AUTHORISE_ALLOW] = {"allowed", "OK", ""},
    [AUTHORISE_NO_SESSION] = {"no-session", "NO_SESSION",
                              "This call comes from no Mattermost conversation of this bot, so nobody's "
                              "rights can be used. Use the tool "
                              "while answering somebody in Mattermost."},
    [AUTHORISE_NO_ACCOUNT] = {"no-account", "UNAVAILABLE",
                              "The bot of this conversation does not run any more. Nothing was done."},
    [AUTHORISE_OFF] = {"switched-off", "NOT_ALLOWED",
                       "This tool is switched off. Tell the person that an administrator can switch it on "
                       "with the setting"},
    [AUTHORISE_PERSON] =
        {"person-out", "NOT_ALLOWED",
         "The person of this conversation may not talk to this bot any more. Nothing was done."},
    [AUTHORISE_BOT_LEFT] =
        {"bot-left", "NOT_ALLOWED",
         "The bot is not a member of this conversation's channel any more. Nothing was done."},
    [AUTHORISE_READ_ONLY] =
        {"read-only", "NOT_ALLOWED",
         "Over MCP Mattermost can only be read: nobody knows here who asks. Nothing was done."},
    [AUTHORISE_ELSEWHERE] =
        {"elsewhere", "NOT_ALLOWED",
         "This is outside of the conversation that you are in, and the setting actions.elsewhere does not "
         "allow that. "
         "Stay in this conversation, or tell the person that an administrator can change the setting."},
    [AUTHORISE_ROOM] = {"not-public", "NOT_FOUND",
                        "There is no such place among the public channels of this channel's team, and a "
                        "conversation in a channel reaches "
                        "no others. The person can ask in a direct message."},
    [AUTHORISE_GUESTS] = {"guests", "NOT_ALLOWED",
                          "There are guests in this channel, who may not see other channels, so it reaches "
                          "no others. The person can ask in a "
                          "direct message."},
    [AUTHORISE_UNSEEN] = {"unseen", "NOT_FOUND",
                          "There is no such place, or the person who asks cannot see it. Check the target "
                          "with mattermost_directory."},
    [AUTHORISE_BOT_OUTSIDE] = {"bot-outside", "NOT_ALLOWED",
                               "The bot is not a member of that channel. Somebody there can add it."},
    [AUTHORISE_BOT_MAY_NOT] = {"bot-may-not", "NOT_ALLOWED",
                               "Mattermost's permissions do not let the bot do that there. Tell the person; "
                               "an administrator can change it."},
    [AUTHORISE_ASKER_MAY_NOT] = {"asker-may-not", "NOT_ALLOWED",
                                 "The person who asks may not do that there, so neither may you."},
    [AUTHORISE_ARCHIVED] = {"archived", "NOT_ALLOWED", "That channel is archived: it can only be read."},
    [AUTHORISE_NOT_OWN_POST] = {"not-own-post", "NOT_ALLOWED",
                                "That post is not yours: you can only change your own."},
    [AUTHORISE_BUTTONS] =
        {"has-buttons", "NOT_ALLOWED",
         "That post is a notice or has buttons that people decide with, so it stays as it is."},
};

const char *authorise_code(authorise_verdict v) {
    return WORDS[v].code;
}

const char *authorise_sentence(authorise_verdict v) {
    return WORDS[v].sentence;
}

const char *authorise_name(authorise_verdict v) {
    return WORDS[v].name;
}
