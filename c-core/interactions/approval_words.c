// SPDX-License-Identifier: Apache-2.0
// What people read about approvals.
#include "base/buf.h"
#include "base/mem.h"
#include "interactions/approval_form.h"
#include "interactions/foreign_text.h"
#include "interactions/question_words.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 128 << 10, NAME_RUNES = 100, PATH_RUNES = 300, TEXT_RUNES = 1000, LINE_RUNES = 80 };

// What does not fit is left out: the maximum is far above what the parts may have.
static void add(buf *out, const char *text) {
    oc_err err = buf_append_str(out, text);
    (void)err;
}

// Nothing at all where there is nothing to see.
static void add_line(buf *out, const char *before, const char *foreign, size_t max_runes) {
    char *text = foreign_line(foreign, max_runes);
    if (*text != '\0') {
        add(out, before);
        add(out, text);
    }
    free(text);
}

static void add_code(buf *out, const char *code) {
    size_t cut = 0;
    char *fenced = foreign_code(code, APPROVAL_COMMAND_MAX_RUNES, &cut);
    add(out, fenced);
    if (cut > 0) {
        char *warning = xasprintf(
            "**%zu characters of it are not shown above. Allow it only if you know what they are.**\n", cut);
        add(out, warning);
        free(warning);
    }
    free(fenced);
}

static const char *where(const gateway_approval *a) {
    if (strcmp(a->host, "node") == 0 || *a->node_id != '\0')
        return "on a node of the gateway";
    if (strcmp(a->host, "sandbox") == 0)
        return "in the agent's sandbox";
    return "on the gateway's host";
}

static void add_exec(buf *out, const gateway_approval *a) {
    add(out, "**Approval needed:** the agent wants to run this ");
    add(out, where(a));
    add_line(out, " ", a->node_id, NAME_RUNES);
    add(out, ":\n");
    add_code(out, a->command);
    add_line(out, "- Folder: ", a->cwd, PATH_RUNES);
}

static void add_plugin(buf *out, const gateway_approval *a) {
    add(out, "**Approval needed:** a tool of the agent wants to do this:\n");
    add_code(out, a->command);
    add_line(out, "- ", a->description, TEXT_RUNES);
    add_line(out, "\n- Tool: ", a->tool, NAME_RUNES);
    add_line(out, "\n- Plugin: ", a->plugin_id, NAME_RUNES);
    add_line(out, "\n- Severity: ", a->severity, NAME_RUNES);
}

static void add_about(buf *out, const approval_about *about) {
    add_line(out, "\n- Asked for by: ", about->user_name, NAME_RUNES);
    if (about->kind == CHAT_DIRECT)
        add(out, "\n- In: a direct message");
    else
        add_line(out, "\n- In: ", about->channel_name, NAME_RUNES);
}

char *words_approval(const gateway_approval *a, const approval_about *about) {
    char *left = words_span(a->expires_in_ms);
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    if (a->kind == APPROVAL_EXEC)
        add_exec(&out, a);
    else
        add_plugin(&out, a);
    add_line(&out, "\n- **Warning of the gateway:** ", a->warning, TEXT_RUNES);
    add_line(&out, "\n- Agent: ", a->agent_id, NAME_RUNES);
    add_about(&out, about);
    add(&out, "\n- Time to decide: ");
    add(&out, left);
    free(left);
    return buf_take_str(&out);
}

char *words_approval_notice(const gateway_approval *a, size_t asked) {
    const char *what = a->kind == APPROVAL_EXEC ? "a command" : "an action of a tool";
    char *left = words_span(a->expires_in_ms), *text = NULL;
    if (asked == 0)
        text = xasprintf(
            "I need an approval for %s, but nobody is named who may give one here. An administrator "
            "can name people in the setting `execApprovals.approvers`. Unless somebody decides at the "
            "gateway within %s, it is not done.",
            what, left);
    else
        text = xasprintf("I need an approval for %s before I can go on. %zu %s asked; there is %s to decide.",
                         what, asked, asked == 1 ? "person was" : "people were", left);
    free(left);
    return text;
}

char *words_approval_closed(approval_end end, const char *by) {
    const char *who = *by != '\0' ? " by @" : " elsewhere";
    switch (end) {
    case APPROVAL_ALLOWED_ONCE:
        return xasprintf("✓ Allowed once%s%s", who, by);
    case APPROVAL_ALLOWED_ALWAYS:
        return xasprintf("✓ Allowed, from now on always,%s%s", who, by);
    case APPROVAL_DENIED:
        return xasprintf("✗ Denied%s%s", who, by);
    case APPROVAL_EXPIRED:
        return xstrdup("⌛ Nobody decided in time, so it was not allowed.");
    case APPROVAL_GONE:
        break;
    }
    return xstrdup("✗ This is not open any more.");
}

const char *words_approval_not_yours(void) {
    return "Only people whom the setting `execApprovals.approvers` names may decide this.";
}

const char *words_approval_over(void) {
    return "This was decided already, or is not open any more.";
}

const char *words_approval_busy(void) {
    return "Somebody else is deciding this right now.";
}

const char *words_approval_away(void) {
    return "I cannot reach my gateway at the moment, so nothing was decided. Please try again in a moment.";
}

const char *words_approval_trouble(void) {
    return "Your decision could not be noted, so nothing was decided. Please try again in a moment.";
}

char *words_approval_line(const gateway_approval *a, const char *short_id) {
    char *left = words_span(a->expires_in_ms), *what = foreign_line(a->command, LINE_RUNES);
    char *text = xasprintf("- `%s` %s (%s left)\n", short_id, what, left);
    free(what);
    free(left);
    return text;
}

const char *words_approvals_none(void) {
    return "Nothing waits for your approval.";
}

const char *words_approval_usage(void) {
    return "Type `/openclaw approve <id> once`, `always` or `deny`.";
}

const char *words_approval_unknown(void) {
    return "Nothing that you may decide waits under this id.";
}

const char *words_approval_ambiguous(void) {
    return "More than one thing waits whose id begins like this. Please type more of it.";
}

char *words_approval_done(approval_decision d) {
    return xstrdup(d == APPROVAL_DENY           ? "Denied."
                   : d == APPROVAL_ALLOW_ALWAYS ? "Allowed, from now on always."
                                                : "Allowed once.");
}
