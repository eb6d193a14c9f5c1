// SPDX-License-Identifier: Apache-2.0
// The commands of /openclaw: one table of name, argument, right and handler, for slash commands and for commands typed as
// text alike. Denied by default: a row without a right is for nobody.
#ifndef OC_INTERACTIONS_COMMANDS_H
#define OC_INTERACTIONS_COMMANDS_H

#include "admin/why.h"
#include "inbound/access.h"
#include "interactions/pairing.h"

typedef enum command_right {
    COMMAND_FOR_NOBODY,
    COMMAND_FOR_EVERYBODY,
    COMMAND_FOR_APPROVERS, // who may approve pairings of some account
    COMMAND_FOR_ADMINS,    // system administrators
} command_right;

typedef struct command_call command_call; // one that was given, on its way to its answer

typedef struct command_row {
    const char *path;          // its words: "pairing approve"
    const char *argument;      // "<code>" must be there, "[name]" may, "" there is none
    const char *argument_help; // for autocomplete
    const char *help;          // one line
    command_right right;
    void (*run)(command_call *call, const char *argument);
} command_row;

#define COMMAND_TRIGGER "openclaw"
const command_row *commands_table(size_t *count);

typedef enum command_verdict {
    COMMAND_FOUND,
    COMMAND_UNKNOWN,        // /openclaw with words that name no row
    COMMAND_LACKS_ARGUMENT, // row says of which
    COMMAND_TOO_MUCH,       // more than the row takes
    COMMAND_NOT_OURS,       // no command, or one of somebody else
} command_verdict;
typedef struct command_match {
    command_verdict verdict;
    const command_row *row; // of FOUND, LACKS_ARGUMENT, TOO_MUCH; else NULL
    char *argument;         // the caller frees it (command_match_free)
} command_match;
// What a text says: "/openclaw pairing approve ABC", or, as text to the bot, "/pairing approve ABC". Pure.
command_match commands_find(const char *text);
// For the decision who is answered: our commands are judged by the table itself, so all count as ordinary ones. Words that
// merely begin like one ("/why is the sky blue") are none, unless /openclaw stands before them. Pure.
access_command commands_class(const char *text);
void command_match_free(command_match *m);
// Whether the person may; approver: of some account. Pure.
bool commands_may(const command_row *row, const person *p, bool approver);
// Mattermost's AutocompleteData for all rows; the caller owns it. Pure.
cJSON *commands_autocomplete(void);
// What a person may do, one line a command; the caller frees it. Pure.
char *commands_help(const person *p, bool approver);

typedef struct command_world { // borrowed, must outlive every call
    chat *chat;
    pairing_desk *pairing;
    why_world why;
} command_world;

void commands_register(chat *c, chat_done_fn *fn, void *ctx); // after each activation
// Answers the ticket, now or later, for the user only.
void commands_execute(const command_world *w, const chat_command *command, chat_command_ticket *ticket);
// The same for a text command; fn comes exactly once, perhaps before this returns.
typedef void command_text_fn(void *ctx, const char *text);
void commands_run(const command_world *w, const char *user_id, const char *text, command_text_fn *fn,
                  void *ctx);

#endif
