// SPDX-License-Identifier: Apache-2.0
#include "admin/words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "words/words.h"

#include <stdlib.h>

enum { NOTICE_MAX_BYTES = 12000 };

// A notice that is too long is cut: its beginning says what matters.
static void add(buf *text, const char *part) {
    size_t room = text->max - text->len;
    size_t len = strlen(part);
    oc_err err = buf_append(text, part, len < room ? len : room);
    (void)err; // it fits: cut to the room above
}

static void add_mark(buf *text, words_key key) {
    add(text, words_marked(key));
}

// Notes are marked where they stand among errors.
static void add_problems(buf *text, const config_problems *problems, bool mark_notes) {
    for (size_t i = 0; i < problems->count; i++) {
        const config_problem *p = &problems->items[i];
        bool note = mark_notes && p->severity == CONFIG_NOTICE;
        char *place = config_problem_place(p);
        char *line = xasprintf("- **%s** %s%s\n", place, note ? words_marked(WORD_ADMIN_SETTINGS_NOTE) : "",
                               p->sentence);
        add(text, line);
        free(line);
        free(place);
    }
    if (problems->more > 0) {
        char *line =
            words_mark(WORD_ADMIN_SETTINGS_MORE, "count", WORDS_NUMBER((int64_t)problems->more), NULL);
        add(text, line);
        free(line);
    }
}

char *words_settings_notice(const config_problems *problems, bool old_one_stays) {
    buf text;
    buf_init(&text, NOTICE_MAX_BYTES);
    add_mark(&text, WORD_ADMIN_SETTINGS_HEAD);
    add_problems(&text, problems, true);
    add_mark(&text, old_one_stays ? WORD_ADMIN_SETTINGS_OLD_STAY : WORD_ADMIN_SETTINGS_NO_ANSWERS);
    add_mark(&text, WORD_ADMIN_WHERE);
    return buf_take_str(&text);
}

char *words_settings_remarks(const config_problems *remarks) {
    buf text;
    buf_init(&text, NOTICE_MAX_BYTES);
    add_mark(&text, WORD_ADMIN_REMARKS_HEAD);
    add_problems(&text, remarks, false);
    add_mark(&text, WORD_ADMIN_WHERE);
    return buf_take_str(&text);
}

// head and command are taken.
static char *with_command(char *head, const char *sentence, char *command) {
    char *text = xasprintf("%s\n\n%s%s", head, sentence, command);
    free(head);
    free(command);
    return text;
}

static char *gateway_head(gateway_state state, const char *accounts) {
    if (state == GATEWAY_PAIRING)
        return accounts != NULL ? words_mark(WORD_ADMIN_GATEWAY_PAIRING_OF, "accounts", accounts, NULL)
                                : words_mark(WORD_ADMIN_GATEWAY_PAIRING, NULL);
    if (state == GATEWAY_HALTED)
        return accounts != NULL ? words_mark(WORD_ADMIN_GATEWAY_HALTED_OF, "accounts", accounts, NULL)
                                : words_mark(WORD_ADMIN_GATEWAY_HALTED, NULL);
    return accounts != NULL ? words_mark(WORD_ADMIN_GATEWAY_AWAY_OF, "accounts", accounts, NULL)
                            : words_mark(WORD_ADMIN_GATEWAY_AWAY, NULL);
}

char *words_gateway_notice(const gateway_status *status, const char *accounts) {
    char *command = *status->command != '\0'
                        ? words_mark(WORD_ADMIN_RUN_THERE, "command", status->command, NULL)
                        : xstrdup("");
    return with_command(gateway_head(status->state, accounts), gateway_said(status), command);
}

static char *run_sometime(const char *command) {
    return *command != '\0' ? words_mark(WORD_ADMIN_RUN_THERE_SOMETIME, "command", command, NULL)
                            : xstrdup("");
}

char *words_control_notice(const gateway_status *status) {
    char *sentence = words_mark(WORD_ADMIN_CONTROL_UNTIL, "sentence", gateway_said(status), NULL);
    words_key head =
        status->state == GATEWAY_PAIRING ? WORD_ADMIN_CONTROL_PAIRING : WORD_ADMIN_CONTROL_HALTED;
    char *text = with_command(xstrdup(words_marked(head)), sentence, run_sometime(status->command));
    free(sentence);
    return text;
}

char *words_node_notice(const node_status *status) {
    const char *said = status->said != NULL ? status->said : status->sentence;
    words_key head = status->state == NODE_HALTED ? WORD_ADMIN_NODE_HALTED : WORD_ADMIN_NODE_UNAPPROVED;
    return with_command(xstrdup(words_marked(head)), said, run_sometime(status->command));
}

char *words_accounts_notice(const char *problems) {
    char *head = words_mark(WORD_ADMIN_ACCOUNTS, "problems", problems, NULL);
    char *text = xasprintf("%s%s", head, words_marked(WORD_ADMIN_WHERE));
    free(head);
    return text;
}

const char *words_beside_well(void) {
    return words_marked(WORD_ADMIN_BESIDE_WELL);
}

const char *words_accounts_well(void) {
    return words_marked(WORD_ADMIN_ACCOUNTS_WELL);
}

const char *words_settings_well(void) {
    return words_marked(WORD_ADMIN_SETTINGS_WELL);
}

const char *words_remarks_gone(void) {
    return words_marked(WORD_ADMIN_REMARKS_GONE);
}

const char *words_gateway_well(void) {
    return words_marked(WORD_ADMIN_GATEWAY_WELL);
}
