// SPDX-License-Identifier: Apache-2.0
// What people read about approvals.
#include "base/buf.h"
#include "base/mem.h"
#include "interactions/approval_form.h"
#include "interactions/foreign_text.h"
#include "interactions/span_words.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 128 << 10, NAME_RUNES = 100, PATH_RUNES = 300, TEXT_RUNES = 1000, LINE_RUNES = 80 };

// What does not fit is left out: the maximum is far above what the parts may have.
static void add(buf *out, const char *text) {
    oc_err err = buf_append_str(out, text);
    (void)err;
}

static void add_code(buf *out, const char *code) {
    size_t cut = 0;
    char *fenced = foreign_code(code, APPROVAL_COMMAND_MAX_RUNES, &cut);
    add(out, fenced);
    if (cut > 0) {
        char *warning = words_mark(WORD_APPROVAL_CUT, "count", WORDS_NUMBER((int64_t)cut), NULL);
        add(out, warning);
        add(out, "\n");
        free(warning);
    }
    free(fenced);
}

// text is taken, and left out where foreign shows nothing.
static void add_item(buf *out, const char *foreign, char *text) {
    if (*foreign != '\0') {
        bytes before = buf_bytes(out);
        bool begun = before.len > 0 && before.data[before.len - 1] == '\n';
        add(out, begun ? "- " : "\n- ");
        add(out, text);
    }
    free(text);
}

static char *where(const gateway_approval *a) {
    char *node = foreign_line(a->node_id, NAME_RUNES), *text = NULL;
    if (*node != '\0')
        text = words_mark(WORD_APPROVAL_ON_NAMED_NODE, "node", node, NULL);
    else if (strcmp(a->host, "node") == 0)
        text = words_mark(WORD_APPROVAL_ON_NODE, NULL);
    else
        text = words_mark(strcmp(a->host, "sandbox") == 0 ? WORD_APPROVAL_IN_SANDBOX : WORD_APPROVAL_ON_HOST,
                          NULL);
    free(node);
    return text;
}

static void add_exec(buf *out, const gateway_approval *a) {
    char *place = where(a), *head = words_mark(WORD_APPROVAL_EXEC, "where", place, NULL);
    char *folder = foreign_line(a->cwd, PATH_RUNES);
    add(out, head);
    add(out, "\n");
    add_code(out, a->command);
    add_item(out, folder, words_mark(WORD_APPROVAL_FOLDER, "folder", folder, NULL));
    free(folder);
    free(head);
    free(place);
}

static void add_plugin(buf *out, const gateway_approval *a) {
    char *description = foreign_line(a->description, TEXT_RUNES), *tool = foreign_line(a->tool, NAME_RUNES),
         *plugin = foreign_line(a->plugin_id, NAME_RUNES), *severity = foreign_line(a->severity, NAME_RUNES);
    add(out, words_marked(WORD_APPROVAL_PLUGIN));
    add(out, "\n");
    add_code(out, a->command);
    add_item(out, description, xstrdup(description));
    add_item(out, tool, words_mark(WORD_APPROVAL_TOOL, "tool", tool, NULL));
    add_item(out, plugin, words_mark(WORD_APPROVAL_OF_PLUGIN, "plugin", plugin, NULL));
    add_item(out, severity, words_mark(WORD_APPROVAL_SEVERITY, "severity", severity, NULL));
    free(severity);
    free(plugin);
    free(tool);
    free(description);
}

static void add_about(buf *out, const approval_about *about) {
    char *user = foreign_line(about->user_name, NAME_RUNES),
         *channel = foreign_line(about->channel_name, NAME_RUNES);
    add_item(out, user, words_mark(WORD_APPROVAL_ASKED_BY, "user", user, NULL));
    if (about->kind == CHAT_DIRECT)
        add_item(out, "direct", words_mark(WORD_APPROVAL_IN_DIRECT, NULL));
    else
        add_item(out, channel, words_mark(WORD_APPROVAL_IN_CHANNEL, "channel", channel, NULL));
    free(channel);
    free(user);
}

char *words_approval(const gateway_approval *a, const approval_about *about) {
    char *left = words_span(a->expires_in_ms), *warning = foreign_line(a->warning, TEXT_RUNES),
         *agent = foreign_line(a->agent_id, NAME_RUNES);
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    if (a->kind == APPROVAL_EXEC)
        add_exec(&out, a);
    else
        add_plugin(&out, a);
    add_item(&out, warning, words_mark(WORD_APPROVAL_WARNING, "warning", warning, NULL));
    add_item(&out, agent, words_mark(WORD_APPROVAL_AGENT, "agent", agent, NULL));
    add_about(&out, about);
    add_item(&out, left, words_mark(WORD_APPROVAL_TIME, "time", left, NULL));
    free(agent);
    free(warning);
    free(left);
    return buf_take_str(&out);
}

// "`once`, `always`, `deny`", as far as they are allowed.
static void add_choices(buf *out, const gateway_approval *a) {
    static const char *const names[APPROVAL_DECISIONS] = {
        [APPROVAL_ALLOW_ONCE] = "`once`", [APPROVAL_ALLOW_ALWAYS] = "`always`", [APPROVAL_DENY] = "`deny`"};
    const char *before = "";
    for (int d = 0; d < APPROVAL_DECISIONS; d++) {
        add(out, a->allowed[d] ? before : "");
        add(out, a->allowed[d] ? names[d] : "");
        before = a->allowed[d] ? ", " : before;
    }
}

char *words_approval_plain(const gateway_approval *a, const approval_about *about, const char *bot) {
    char *request = words_approval(a, about);
    buf out, choices;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_init(&choices, LINE_RUNES);
    add_choices(&choices, a);
    char *names = buf_take_str(&choices),
         *how = words_mark(WORD_APPROVAL_HOW, "bot", bot, "id", a->id, "choices", names, NULL);
    add(&out, request);
    add(&out, "\n\n");
    add(&out, how);
    free(how);
    free(names);
    free(request);
    return buf_take_str(&out);
}

char *words_approval_notice(const gateway_approval *a, size_t asked) {
    static const words_key exec[] = {WORD_APPROVAL_NOTICE_EXEC_NOBODY, WORD_APPROVAL_NOTICE_EXEC_ONE},
                           tool[] = {WORD_APPROVAL_NOTICE_TOOL_NOBODY, WORD_APPROVAL_NOTICE_TOOL_ONE};
    bool is_exec = a->kind == APPROVAL_EXEC;
    char *left = words_span(a->expires_in_ms), *text = NULL;
    if (asked < 2)
        text = words_mark(is_exec ? exec[asked] : tool[asked], "time", left, NULL);
    else
        text = words_mark(is_exec ? WORD_APPROVAL_NOTICE_EXEC : WORD_APPROVAL_NOTICE_TOOL, "count",
                          WORDS_NUMBER((int64_t)asked), "time", left, NULL);
    free(left);
    return text;
}

char *words_approval_closed(approval_end end, const char *by) {
    bool here = *by != '\0';
    switch (end) {
    case APPROVAL_ALLOWED_ONCE:
        return here ? words_mark(WORD_APPROVAL_ALLOWED_ONCE_BY, "user", by, NULL)
                    : words_mark(WORD_APPROVAL_ALLOWED_ONCE, NULL);
    case APPROVAL_ALLOWED_ALWAYS:
        return here ? words_mark(WORD_APPROVAL_ALLOWED_ALWAYS_BY, "user", by, NULL)
                    : words_mark(WORD_APPROVAL_ALLOWED_ALWAYS, NULL);
    case APPROVAL_DENIED:
        return here ? words_mark(WORD_APPROVAL_DENIED_BY, "user", by, NULL)
                    : words_mark(WORD_APPROVAL_DENIED, NULL);
    case APPROVAL_EXPIRED:
        return words_mark(WORD_APPROVAL_EXPIRED, NULL);
    case APPROVAL_GONE:
        break;
    }
    return words_mark(WORD_APPROVAL_CLOSED, NULL);
}

char *words_approval_line(const gateway_approval *a, const char *short_id) {
    char *left = words_span(a->expires_in_ms), *what = foreign_line(a->command, LINE_RUNES);
    char *line = words_mark(WORD_APPROVAL_LINE, "id", short_id, "what", what, "time", left, NULL);
    char *text = xasprintf("- %s\n", line);
    free(line);
    free(what);
    free(left);
    return text;
}

words_key words_approval_done(approval_decision d) {
    switch (d) {
    case APPROVAL_DENY:
        return WORD_APPROVAL_DONE_DENY;
    case APPROVAL_ALLOW_ALWAYS:
        return WORD_APPROVAL_DONE_ALWAYS;
    case APPROVAL_ALLOW_ONCE:
    case APPROVAL_DECISIONS:
        break;
    }
    return WORD_APPROVAL_DONE_ONCE;
}
