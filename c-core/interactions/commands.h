// SPDX-License-Identifier: Apache-2.0
// Commands: one table of name, arguments, right and handler (command_rows.h), for slash commands and for commands typed as text
// alike. Denied by default: a row without a right is for nobody. Nothing here blocks, nothing here reaches chat.send.
#ifndef OC_INTERACTIONS_COMMANDS_H
#define OC_INTERACTIONS_COMMANDS_H

#include "admin/doctor.h"
#include "admin/purge.h"
#include "admin/why.h"
#include "inbound/access.h"
#include "interactions/approval_desk.h"
#include "interactions/command_rows.h"
#include "interactions/model_picker.h"
#include "interactions/pairing.h"
#include "interactions/place.h"
#include "interactions/settings_dialog.h"
#include "interactions/slash_text.h"
#include "store/talk_settings.h"

#define COMMAND_TRIGGER "openclaw"

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
    char *argument;         // without "bot:<name>" where the row takes it
    char *bot;              // that name, NULL: none
} command_match;            // command_match_free
// What a text says: "/openclaw pairing approve ABC", "/oc_model gpt", or, as text to the bot, "/pairing approve ABC". Pure.
command_match commands_find(const char *text);
// For the decision who is answered: our commands are judged by the table itself, so all count as ordinary ones. Words that
// merely begin like one ("/why is the sky blue") are none, unless /openclaw stands before them. Pure.
access_command commands_class(const char *text);
void command_match_free(command_match *m);
// Whether somebody with these roles (command_role) may. Pure.
bool commands_may(const command_row *row, unsigned roles);
// Mattermost's AutocompleteData for all rows; the caller owns it. Pure.
cJSON *commands_autocomplete(words_lang lang);
// The same for a row's /oc_<name>. Pure.
cJSON *commands_native_autocomplete(words_lang lang, const command_row *row);
// What somebody with these roles may do, one line a command; the caller frees it. Pure.
char *commands_help(words_lang lang, unsigned roles);

typedef struct command_world { // borrowed, must outlive every call
    loop *loop;
    chat *chat;
    pairing_desk *pairing;
    approval_desk *approvals;
    why_world why;
    doctor *doctor;
    place_world place;
    model_picker *picker;      // NULL: models are listed as text
    settings_dialog *settings; // NULL: settings have no dialog
    talk_settings *talk;       // what people have set for conversations
    // Ends what the agent does in that place (what turns call its conversation); returns how many turns that were. May be NULL.
    size_t (*stop)(void *ctx, const bot_place *p);
    // What the person would have written in the place of said (its id is a post of the bot's there): the agent is asked, once for
    // each suffix. False: there is no such account at work. May be NULL where no command asks the agent.
    bool (*ask)(void *ctx, const chat_post *said, const char *account_id, const char *suffix);
    purge *purge;
    void (*reload)(void *ctx); // reads the settings again, tries gateways that are not connected
    void *ctx;
} command_world;

void commands_register(chat *c, chat_done_fn *fn, void *ctx); // after each activation
// Answers the ticket, now or later.
void commands_execute(const command_world *w, const chat_command *command, chat_command_ticket *ticket);
// The same for a text command, c->command without the bot's mention; fn comes exactly once, perhaps before this returns.
// reply: for the person; its everybody was posted already (borrowed).
typedef void command_text_fn(void *ctx, const command_reply *reply);
void commands_run(const command_world *w, const chat_command *c, command_text_fn *fn, void *ctx);

#endif
