// SPDX-License-Identifier: Apache-2.0
#include "admin/first_words.h"

#include "base/mem.h"
#include "words/words.h"

#include <stdlib.h>

char *words_first_settings(const char *site_url) {
    char *url = xasprintf("%s/admin_console/plugins/plugin_openclaw", site_url);
    char *text = words_mark(WORD_FIRST_SETTINGS, "url", url, NULL);
    free(url);
    return text;
}

static words_key who_writes(const account_config *a) {
    bool listed = a->allow_from[0] != NULL;
    switch (a->dm_policy) {
    case DM_ALLOWLIST:
        return listed ? WORD_FIRST_DIRECT_LISTED : WORD_FIRST_DIRECT_NOBODY;
    case DM_OPEN:
        return listed ? WORD_FIRST_DIRECT_OPEN : WORD_FIRST_DIRECT_NOBODY;
    case DM_DISABLED:
        return WORD_FIRST_DIRECT_DISABLED;
    case DM_PAIRING:
        break;
    }
    return WORD_FIRST_DIRECT_PAIRING;
}

static words_key who_asks_in_channels(const account_config *a) {
    char **list = a->group_allow_from[0] != NULL ? a->group_allow_from : a->allow_from;
    if (a->group_policy == GROUP_OPEN)
        return WORD_FIRST_CHANNELS_OPEN;
    if (a->group_policy == GROUP_DISABLED)
        return WORD_FIRST_CHANNELS_DISABLED;
    return list[0] != NULL ? WORD_FIRST_CHANNELS_LISTED : WORD_FIRST_CHANNELS_NOBODY;
}

char *words_first_connected(const account_config *a, const char *bot_username) {
    return words_mark(WORD_FIRST_CONNECTED, "bot", bot_username, "mode", permission_mode_name(a->permission),
                      "direct", words_marked(who_writes(a)), "channels",
                      words_marked(who_asks_in_channels(a)), NULL);
}
