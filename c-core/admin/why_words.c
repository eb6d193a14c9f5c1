// SPDX-License-Identifier: Apache-2.0
#include "admin/why_words.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

// One for each reason of the table (a unit test sees to it).
static const char *const REMEDIES[REASON_COUNT] = {
    [REASON_ANSWERED] = "Nothing has to be changed.",
    [REASON_SILENT] = "Nothing has to be changed.",
    [REASON_RAN_COMMAND] = "Nothing has to be changed; `commands.text: false` turns commands in text off.",
    [REASON_TOLD_ERROR] = "What failed stands in the bot's reply; the gateway's log says more.",
    [REASON_ABORTED] = "Nothing has to be changed; the message can be sent again.",
    [REASON_REACTION] = "Set wakeOnReaction, if the agent shall answer reactions.",
    [REASON_SELF] = "The bot never answers itself; nothing can be changed about that.",
    [REASON_SYSTEM_POST] = "Such posts are never answered; nothing can be changed about that.",
    [REASON_FROM_BOT] =
        "If that bot is to be answered put its user id into `allowBots`; plugins and integrations are "
        "never "
        "answered.",
    [REASON_FROM_WEBHOOK] = "Let a person or a bot account that `allowBots` lists write it instead.",
    [REASON_NO_MENTION] =
        "Mention the bot, or let it hear everything there with `chatmode: onmessage`, or with "
        "`requireMention: "
        "false` for the channel under `groups`.",
    [REASON_NO_PREFIX] =
        "Begin the message with one of the prefixes, mention the bot, or choose another `chatmode`.",
    [REASON_NOT_MEMBER] = "Invite the bot to the channel.",
    [REASON_EMPTY_BODY] = "Write something besides the bot's name.",
    [REASON_DELETED] = "Write it again if it still matters.",
    [REASON_NOT_CONFIGURED] =
        "Correct the settings: the bot's latest direct message to the administrators names what is "
        "wrong with them.",
    [REASON_DM_DISABLED] = "Choose another `dmPolicy`: `pairing`, `allowlist` or `open`.",
    [REASON_PAIRING] = "Approve the request (`/openclaw pairing list`), or put the sender's user id into "
                       "`allowFrom`.",
    [REASON_EVENT_NO_PAIRING] =
        "Let the sender write a direct message to the bot and approve the request, or put the "
        "sender's user id into "
        "`allowFrom`.",
    [REASON_DM_NOT_LISTED] =
        "Put the sender's user id into `allowFrom`, or choose `dmPolicy: pairing`. An `open` policy "
        "needs \"*\" in "
        "`allowFrom`.",
    [REASON_GROUP_DISABLED] = "Choose another `groupPolicy`: `allowlist` or `open`.",
    [REASON_GROUP_EMPTY_LIST] =
        "Put user ids, or \"*\" for everybody, into `groupAllowFrom` (or into `allowFrom`, which "
        "stands in for it), "
        "or choose `groupPolicy: open`. A pairing counts in direct messages only.",
    [REASON_GROUP_NOT_LISTED] =
        "Put the sender's user id into the list that is named above, or choose `groupPolicy: open` if "
        "there is no list "
        "for this channel alone. A pairing counts in direct messages only.",
    [REASON_ACCESS_GROUP_MISSING] =
        "Define the group under `accessGroups`, or put the sender's user id into the list itself.",
    [REASON_ACCESS_GROUP_UNSUPPORTED] =
        "Give the group the type `message.senders`, or put the sender's user id into the list itself.",
    [REASON_GUEST] = "Put the guest's own user id into the list.",
    [REASON_DEACTIVATED] = "Activate the account in the System Console if the person is to be answered.",
    [REASON_BOT_HOPS] = "A person who writes in the thread starts the count anew; `botHops` sets the limit.",
    [REASON_COMMAND] =
        "Put the sender's user id into `allowFrom` or `groupAllowFrom`: an open policy lets people "
        "talk, but not run "
        "every command.",
    [REASON_NOT_OWNER] = "Put the sender's user id into `owners` if the person may run privileged commands.",
    [REASON_FACTS_UNKNOWN] =
        "The server did not say who wrote it or where: its log names the error. Write the message "
        "again.",
    [REASON_QUEUE_FULL] = "Write it again when some of the messages before it are answered.",
    [REASON_LIMIT] = "Raise the limits in the settings, or wait: they count anew each minute and each day at "
                     "midnight UTC.",
    [REASON_PERMISSION] =
        "Raise `permissionMode` if the session may be that wide, or set the session back at the "
        "gateway.",
    [REASON_DUPLICATE] = "It was handled when it came first; nothing has to be changed.",
    [REASON_GATEWAY_AWAY] = "See that the gateway runs and can be reached, then write the message again.",
    [REASON_TOO_OLD] =
        "Write it again if it still matters; the setting CatchUpMinutes says how old a missed message "
        "may be.",
    [REASON_RUN_TOO_LONG] = "Ask for it in smaller steps.",
    [REASON_NOT_POSTED] =
        "The server's log says why it refused the post: the bot may lack the right to post in the "
        "channel.",
    [REASON_RUN_LOST] = "Write it again; the gateway's log says what happened to the run.",
};

const char *why_remedy(outcome_reason r) {
    const char *remedy = r < REASON_COUNT ? REMEDIES[r] : NULL;
    return remedy != NULL ? remedy : "Nothing is known about that.";
}

static const char *progress(record_state s) {
    switch (s) {
    case RECORD_TAKEN:
        return "It was taken and waits to be answered.";
    case RECORD_SENT:
        return "The agent works on it.";
    case RECORD_POSTING:
        return "There is an answer, which is being posted.";
    case RECORD_CLOSED:
    case RECORD_STATES:
        break;
    }
    return "";
}

// The setting that decided: exact where the decision of now is the same one.
static char *setting_text(outcome_reason r, const access_decision *d) {
    bool same = d != NULL && d->reason == r && *d->setting != '\0';
    const char *setting = same ? d->setting : outcome_setting(r);
    if (*setting == '\0')
        return xstrdup("No setting decides that.");
    if (same && *d->value != '\0')
        return xasprintf("The setting that decides: `%s: %s`.", setting, d->value);
    return xasprintf("The setting that decides: `%s`.", setting);
}

static char *outcome_text(outcome_reason r, const why_facts *f) {
    char *setting = setting_text(r, f->decision);
    char *text = xasprintf("**%s** (`%s`). %s %s %s", outcome_of(r), outcome_reason_name(r),
                           outcome_sentence(r), setting, why_remedy(r));
    free(setting);
    return text;
}

static char *now_text(const why_facts *f) {
    const access_decision *d = f->decision;
    if (d == NULL)
        return xstrdup(
            "What would be decided now could not be found out, because the server did not answer a look-up.");
    if (d->verdict == ACCESS_ANSWER)
        return xasprintf(
            "It would be answered now%s%s%s: it may have come before the settings or the bot's membership "
            "allowed it, or more than seven days ago.",
            *d->rule != '\0' ? " (`" : "", d->rule, *d->rule != '\0' ? "`)" : "");
    char *outcome = outcome_text(d->reason, f), *text = xasprintf("It would now be %s", outcome);
    free(outcome);
    return text;
}

static char *recorded_text(const why_facts *f) {
    const record *r = f->record;
    if (r->state != RECORD_CLOSED)
        return xstrdup(progress(r->state));
    char *text = outcome_text(r->reason, f);
    const access_decision *d = f->decision;
    if (d == NULL || d->reason == r->reason || strcmp(outcome_of(r->reason), "refused") != 0)
        return text;
    char *more = d->verdict == ACCESS_ANSWER
                     ? xasprintf("%s By the settings of now it would be answered.", text)
                     : xasprintf("%s By the settings of now the reason would be `%s`.", text,
                                 outcome_reason_name(d->reason));
    free(text);
    return more;
}

char *why_paragraph(const why_facts *f) {
    bool other = strcmp(f->account_id, "default") != 0;
    char *what = NULL;
    if (f->record != NULL) {
        what = recorded_text(f);
    } else {
        char *now = now_text(f);
        what = xasprintf(
            "%s %s",
            f->readable
                ? "There is no record of it: it was not addressed to the bot, or it is older than seven "
                  "days."
                : "The records could not be read.",
            now);
        free(now);
    }
    char *text = xasprintf("@%s%s%s%s: %s", f->bot_username, other ? " (account `" : "",
                           other ? f->account_id : "", other ? "`)" : "", what);
    free(what);
    return text;
}
