// SPDX-License-Identifier: Apache-2.0
#include "admin/first_words.h"

#include "base/mem.h"

#include <stdlib.h>

#define CONSOLE "System Console → Plugins → OpenClaw"

char *words_first_settings(const char *site_url) {
    char *where = *site_url != '\0'
                      ? xasprintf("[" CONSOLE "](%s/admin_console/plugins/plugin_openclaw)", site_url)
                      : xstrdup("**" CONSOLE "**");
    char *text = xasprintf("#### OpenClaw is installed; two settings are missing\n\n"
                           "I do not know your OpenClaw gateway yet. Please open %s and fill in:\n\n"
                           "1. **Gateway address** (GatewayURL): `ws://127.0.0.1:18789` when the gateway "
                           "runs on this server's machine, which "
                           "stands there already; `wss://gateway.example.com` when it runs on another one.\n"
                           "2. **Gateway token** (GatewayToken): the value of `gateway.auth.token` in the "
                           "gateway's configuration, which is "
                           "the file `~/.openclaw/openclaw.json` on the gateway's machine.\n\n"
                           "Then press **Save**. I tell you here what is next. A gateway on another machine "
                           "wants to approve this server "
                           "once: I give you the command to copy.",
                           where);
    free(where);
    return text;
}

static const char *who_writes(const account_config *a) {
    switch (a->dm_policy) {
    case DM_PAIRING:
        return "Everybody may ask to talk to me by writing, you too: you get a message with **Approve** and "
               "**Deny**, and the "
               "first message is answered when you approve.";
    case DM_ALLOWLIST:
        return a->allow_from[0] != NULL
                   ? "I answer the people whom the setting **Who may talk to the agent** lists."
                   : "I answer nobody yet: the setting **Who may talk to the agent** is empty.";
    case DM_OPEN:
        return "I answer everybody on this server.";
    case DM_DISABLED:
        return "They are switched off by the setting **Who may write to the agent in direct messages**.";
    }
    return "";
}

static const char *who_asks_in_channels(const account_config *a) {
    char **list = a->group_allow_from[0] != NULL ? a->group_allow_from : a->allow_from;
    switch (a->group_policy) {
    case GROUP_OPEN:
        return "I answer every member there.";
    case GROUP_DISABLED:
        return "This is switched off by the setting **Who may talk to the agent in channels**.";
    case GROUP_ALLOWLIST:
        break;
    }
    return list[0] != NULL ? "I answer those whom the settings list."
                           : "Before that fill in **Who may talk to the agent**, with `*` for everybody: it "
                             "is empty, and "
                             "approvals count for direct messages.";
}

char *words_first_connected(const account_config *a, const char *bot_username) {
    return xasprintf("#### OpenClaw: the gateway is connected, I can answer\n\n"
                     "**Write to me**, here in this conversation: for example “What can you do for me?”\n\n"
                     "- **Direct messages.** %s\n"
                     "- **Channels.** Invite me with `/invite @%s` and begin your message with `@%s`. %s\n"
                     "- On the gateway's machine the agent may do what the setting **What the agent may do "
                     "on the gateway's "
                     "machine** says: `%s`.\n"
                     "- `/openclaw help` lists the commands, `/openclaw doctor` looks for what is wrong.",
                     who_writes(a), bot_username, bot_username, who_asks_in_channels(a),
                     permission_mode_name(a->permission));
}
