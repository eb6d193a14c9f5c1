// SPDX-License-Identifier: Apache-2.0
#include "admin/words.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

enum { NOTICE_MAX_BYTES = 12000 };

static const char WHERE[] = "\n\nThe settings are in the System Console under **Plugins → OpenClaw**.";

// A notice that is too long is cut: its beginning says what matters.
static void add(buf *text, const char *part) {
    size_t room = text->max - text->len;
    size_t len = strlen(part);
    oc_err err = buf_append(text, part, len < room ? len : room);
    (void)err; // it fits: cut to the room above
}

// Notes are marked where they stand among errors.
static void add_problems(buf *text, const config_problems *problems, bool mark_notes) {
    for (size_t i = 0; i < problems->count; i++) {
        const config_problem *p = &problems->items[i];
        char *place = config_problem_place(p);
        char *line = xasprintf("- **%s** %s%s\n", place,
                               mark_notes && p->severity == CONFIG_NOTICE ? "(a note) " : "", p->sentence);
        add(text, line);
        free(line);
        free(place);
    }
    if (problems->more > 0) {
        char *line = xasprintf("- … and %zu more.\n", problems->more);
        add(text, line);
        free(line);
    }
}

char *words_settings_notice(const config_problems *problems, bool old_one_stays) {
    buf text;
    buf_init(&text, NOTICE_MAX_BYTES);
    add(&text, "#### OpenClaw: settings to correct\n\n");
    add_problems(&text, problems, true);
    add(&text, old_one_stays
                   ? "\nUntil then the previous settings stay in force, until the plugin is restarted."
                   : "\nUntil then I do not answer anybody.");
    add(&text, WHERE);
    return buf_take_str(&text);
}

char *words_settings_remarks(const config_problems *remarks) {
    buf text;
    buf_init(&text, NOTICE_MAX_BYTES);
    add(&text, "#### OpenClaw: the settings are in force; this should be known about them\n\n");
    add_problems(&text, remarks, false);
    add(&text, WHERE);
    return buf_take_str(&text);
}

const char *words_remarks_gone(void) {
    return "OpenClaw: there is nothing more to note about the settings.";
}

char *words_gateway_notice(const gateway_status *status, const char *accounts) {
    bool has_command = *status->command != '\0';
    const char *of = accounts != NULL ? " of account " : "", *whose = accounts != NULL ? accounts : "";
    return xasprintf(
        "#### OpenClaw: %s%s%s%s\n\n%s%s%s%s",
        status->state == GATEWAY_PAIRING ? "please approve this server at the gateway" : "the gateway", of,
        whose,
        status->state == GATEWAY_PAIRING  ? ""
        : status->state == GATEWAY_HALTED ? " does not let me in"
                                          : " cannot be reached",
        status->sentence, has_command ? "\n\nRun this on the gateway's machine:\n\n```\n" : "",
        status->command, has_command ? "\n```\n\nI look every few seconds whether it has been done." : "");
}

static char *with_command(const char *head, const char *sentence, const char *command) {
    bool has_command = *command != '\0';
    return xasprintf("#### OpenClaw: %s\n\n%s%s%s%s", head, sentence,
                     has_command ? "\n\nRun this on the gateway's machine:\n\n```\n" : "", command,
                     has_command ? "\n```\n\nI look from time to time whether it has been done." : "");
}

char *words_control_notice(const gateway_status *status) {
    char *sentence =
        xasprintf("%s Until then approvals and commands that need an administrator's rights at the "
                  "gateway do not work; messages are answered as before.",
                  status->sentence);
    char *text =
        with_command(status->state == GATEWAY_PAIRING ? "please approve the control connection at the gateway"
                                                      : "the gateway does not open the control connection",
                     sentence, status->command);
    free(sentence);
    return text;
}

char *words_node_notice(const node_status *status) {
    return with_command(status->state == NODE_HALTED ? "the gateway refuses the agents' tools"
                                                     : "please approve the agents' tools at the gateway",
                        status->sentence, status->command);
}

const char *words_beside_well(void) {
    return "OpenClaw: the control connection and the agents' tools are in order again.";
}

char *words_accounts_notice(const char *problems) {
    return xasprintf(
        "#### OpenClaw: accounts without a bot\n\n%s\nChoose another bot user name for them, or rename "
        "the user who has it. The other accounts answer meanwhile.%s",
        problems, WHERE);
}

const char *words_accounts_well(void) {
    return "OpenClaw: every account has its bot user again.";
}

const char *words_settings_well(void) {
    return "OpenClaw: the settings are in order. I try the gateway now, and say here what is missing if it "
           "does not "
           "let me in.";
}

const char *words_gateway_well(void) {
    return "OpenClaw: the gateway is connected, I can answer.";
}
