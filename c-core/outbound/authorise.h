// SPDX-License-Identifier: Apache-2.0
// Whether a tool may do what it is called for: one pure function from facts to allow or refuse. Denied by default; the rules in
// words: docs/tools.md. The right of a call is that of the conversation that makes it:
//   a direct message has one person: what that person may do at that moment, and the bot too;
//   a channel has many: within itself, and beyond it only what is public to everybody of its team;
//   MCP has nobody: it reads the channels that the configuration lists.
#ifndef OC_OUTBOUND_AUTHORISE_H
#define OC_OUTBOUND_AUTHORISE_H

#include "outbound/tool_table.h"

typedef enum tool_origin {
    ORIGIN_NOBODY, // no session, or none of ours
    ORIGIN_PERSON, // a direct message's session
    ORIGIN_ROOM,   // a channel's or group message's
    ORIGIN_MCP,
} tool_origin;

typedef struct authorise_facts { // unset ones deny
    const tool *tool;
    const tools_config *rules; // of the account; NULL: it does not run any more
    bool writes;               // this call does (a file: an upload does)
    tool_origin origin;
    bool person_active;   // ORIGIN_PERSON: an active user who may talk to the bot
    bool room_has_bot;    // ORIGIN_ROOM: the bot is still a member there
    bool room_has_guests; // ORIGIN_ROOM; asked for only when the call goes elsewhere

    bool target_known; // what follows is set; without, what does not hang on the target is decided
    bool own_place;    // the target is the conversation's own channel
    char type;         // the target's: 'O', 'P', 'D', 'G'
    bool archived;
    bool same_team;        // as the room's
    bool bot_is_member;    // of the target
    bool bot_may;          // has the tool's permission there
    bool asker_sees;       // ORIGIN_PERSON: the person sees the target in their own client
    bool asker_may;        // ORIGIN_PERSON: has the tool's permission there
    bool direct_to_person; // the bot's direct channel with somebody whom the person sees and may write to
    bool listed;           // ORIGIN_MCP: in mcp.channels
    bool is_post;          // a certain post is meant …
    bool post_is_bots;     // … of this account's bot …
    bool post_is_words;    // … an answer or a sent message, without buttons
} authorise_facts;

typedef enum authorise_verdict {
    AUTHORISE_ALLOW,
    AUTHORISE_NO_SESSION,
    AUTHORISE_NO_ACCOUNT,
    AUTHORISE_OFF,       // the tool's switch
    AUTHORISE_PERSON,    // whoever asks may do nothing any more
    AUTHORISE_BOT_LEFT,  // the bot is not a member of the conversation's own channel
    AUTHORISE_READ_ONLY, // MCP writes nothing
    AUTHORISE_ELSEWHERE, // actions.elsewhere
    AUTHORISE_ROOM,      // a channel's conversation reaches only what is public in its team
    AUTHORISE_GUESTS,
    AUTHORISE_UNSEEN, // there is no such place as far as this conversation goes
    AUTHORISE_BOT_OUTSIDE,
    AUTHORISE_BOT_MAY_NOT,
    AUTHORISE_ASKER_MAY_NOT,
    AUTHORISE_ARCHIVED,
    AUTHORISE_NOT_OWN_POST,
    AUTHORISE_BUTTONS,
    AUTHORISE_COUNT
} authorise_verdict;

authorise_verdict authorise(const authorise_facts *f);
// "NOT_ALLOWED", "NOT_FOUND" …, and what failed and what to do, for a model; static. That of AUTHORISE_OFF goes on with the name of
// the tool's setting.
const char *authorise_code(authorise_verdict v);
const char *authorise_sentence(authorise_verdict v);
const char *authorise_name(authorise_verdict v); // for logs and docs

#endif
