// SPDX-License-Identifier: Apache-2.0
// What a text says to a bot, for any text: the first byte chooses rules. Nothing is made up: the body is a part of the text,
// and only where something addresses the bot it is another one.
#include "inbound/trigger.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *PREFIXES[] = {(char[]){"!"}, (char[]){"oc "}, (char[]){" > "}, NULL};
static char *PATTERNS[] = {(char[]){"\\bclaw\\b"}, (char[]){"(a+)+b"}, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    account_config rules = {.chatmode = (data[0] & 1) != 0 ? CHATMODE_ONCHAR : CHATMODE_ONCALL,
                            .onchar_prefixes = PREFIXES,
                            .mention_patterns = (data[0] & 2) != 0 ? PATTERNS : NULL};
    const char *name = (data[0] & 4) != 0 ? "" : "claw";
    char *text = xstrndup((const char *)data + 1, size - 1);
    trigger t = trigger_read(text, name, (data[0] & 8) != 0 ? NULL : &rules);
    if (strlen(t.body) > strlen(text))
        abort();
    if (t.mentioned && *name == '\0')
        abort();
    if (t.prefixed && ((data[0] & 1) == 0 || (data[0] & 8) != 0))
        abort();
    if (t.has_body == trigger_empty(t.body, text, name))
        abort();
    trigger_free(&t);
    free(text);
    return 0;
}
