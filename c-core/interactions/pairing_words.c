// SPDX-License-Identifier: Apache-2.0
#include "interactions/pairing_words.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000 };

char *words_minutes(int64_t ms) {
    int64_t minutes = ms < MINUTE_MS ? 1 : (ms + MINUTE_MS / 2) / MINUTE_MS;
    return minutes == 1 ? xstrdup("a minute") : xasprintf("%lld minutes", (long long)minutes);
}

char *words_pairing_new(const pairing_request *r) {
    return xasprintf(
        "Hello! I do not know you yet, so I cannot answer. The people who look after me have been asked to "
        "let you in; as soon as one of them agrees I answer what you wrote.\n\n"
        "If you talk to one of them, name this code, which is good for an hour:\n\n```\n%s\n```",
        r->code);
}

char *words_pairing_repeated(const pairing_request *r, int64_t now_ms) {
    char *left = words_minutes(r->created_ms + PAIRING_LIVES_MS - now_ms);
    char *text = xasprintf(
        "Nobody has let you in yet. I answer your first message as soon as that happens. Your code is "
        "good for %s more:\n\n```\n%s\n```",
        left, r->code);
    free(left);
    return text;
}

const char *words_pairing_too_many(void) {
    return "You have asked to talk to me several times today, and nobody has answered that. Please ask an "
           "administrator of this server directly.";
}

const char *words_pairing_turned_down(void) {
    return "Your request to talk to me was not approved. If you think that this is a mistake ask an "
           "administrator of "
           "this server.";
}

const char *words_pairing_trouble(void) {
    return "I do not know you yet, and could not note your request to talk to me either. Please write again "
           "in a few "
           "minutes.";
}

const char *words_pairing_let_in(void) {
    return "You have been let in: from now on you can talk to me here. I am going to answer your first "
           "message.";
}

static bool is_default(const char *account_id) {
    return strcmp(account_id, "default") == 0;
}

char *words_pairing_note(const pairing_request *r, const char *account_id, bool more_unsaid) {
    char *account = is_default(account_id) ? xstrdup("") : xasprintf(" (account `%s`)", account_id);
    char *text = xasprintf(
        "#### @%s asks to talk to me%s\n\nApproving lets this person talk to the agent in direct "
        "messages, for as long as the approval stands. The request ends by itself an hour after it "
        "was made. Instead of the buttons you can type `/openclaw pairing approve %s` or `/openclaw "
        "pairing deny %s`.%s",
        r->name, account, r->code, r->code,
        more_unsaid
            ? "\n\nMany people ask just now, so I do not tell you of each for a while: `/openclaw pairing "
              "list` shows them all."
            : "");
    free(account);
    return text;
}

char *words_pairing_note_closed(const pairing_request *r, const char *decider_name) {
    const char *outcome = r->status == PAIRING_APPROVED ? "Approved" : "Denied";
    if (r->status == PAIRING_PENDING)
        return xasprintf(
            "#### @%s asked to talk to me\n\nThe request has ended: nobody decided within an hour.", r->name);
    return xasprintf("#### @%s asked to talk to me\n\n**%s** by @%s.", r->name, outcome,
                     *decider_name != '\0' ? decider_name : "somebody");
}

char *words_pairing_store(oc_err err) {
    return xasprintf(
        "Nothing was done: Mattermost's store cannot be used at the moment (%s). Please try again.",
        oc_err_text(err));
}

char *words_pairing_verdict(oc_err err, pairing_verdict verdict, const pairing_request *r, bool approve) {
    if (err != OC_OK)
        return words_pairing_store(err);
    switch (verdict) {
    case PAIRING_DECIDED:
        return approve
                   ? xasprintf(
                         "@%s may talk to me in direct messages now. Their first message is being answered.",
                         r->name)
                   : xasprintf("@%s was not let in. They can ask again in an hour.", r->name);
    case PAIRING_EARLIER:
        return xasprintf("This was decided before: the request of @%s was %s.", r->name,
                         r->status == PAIRING_APPROVED ? "approved" : "denied");
    case PAIRING_EXPIRED:
        return xasprintf(
            "The request of @%s is older than an hour and has ended. They get a new code when they write to "
            "me again.",
            r->name);
    case PAIRING_FULL:
        return xasprintf(
            "%d people have been let in, which is the most that I keep. Put those who talk to me for good "
            "into `allowFrom`, or open direct messages to everybody with `dmPolicy: open`.",
            PAIRING_APPROVED_MAX);
    case PAIRING_UNKNOWN:
        break;
    }
    return xstrdup(words_pairing_no_code());
}

const char *words_pairing_no_code(void) {
    return "There is no request with this code. `/openclaw pairing list` shows those that wait; a code is "
           "good for an "
           "hour.";
}

const char *words_pairing_not_yours(void) {
    return "You may not decide who talks to me: that is for system administrators and for those whom the "
           "setting "
           "Approvers names.";
}

const char *words_click_refused(void) {
    return "This button does not work for you.";
}

char *words_pairing_line(const pairing_request *r, const char *account_id, int64_t now_ms) {
    char *ago = words_minutes(now_ms - r->created_ms),
         *left = words_minutes(r->created_ms + PAIRING_LIVES_MS - now_ms);
    char *account = is_default(account_id) ? xstrdup("") : xasprintf(", account `%s`", account_id);
    char *text = xasprintf("- @%s: `%s`, asked %s ago, ends in %s%s\n", r->name, r->code, ago, left, account);
    free(account);
    free(left);
    free(ago);
    return text;
}

char *words_pairing_list(size_t listed, const char *lines, size_t approved, const char *names) {
    const char *how =
        listed > 0 ? "\nDecide with `/openclaw pairing approve <code>` or `/openclaw pairing deny <code>`.\n"
                   : "";
    const char *head = listed > 0 ? "These people ask to talk to me:\n\n" : "Nobody asks to talk to me.\n";
    if (approved == 0)
        return xasprintf("%s%s%s\nNobody has been let in by pairing so far.", head, lines, how);
    return xasprintf(
        "%s%s%s\nLet in by pairing so far: %zu (%s). `/openclaw pairing remove <user>` takes that back.",
        head, lines, how, approved, *names != '\0' ? names : "their names could not be looked up");
}

char *words_pairing_removed(const char *name, bool removed) {
    return removed
               ? xasprintf("@%s may not talk to me any more by pairing. Lists like `allowFrom` still count.",
                           name)
               : xasprintf("@%s has not been let in by pairing.", name);
}
