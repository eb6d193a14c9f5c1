// SPDX-License-Identifier: Apache-2.0
#include "config/slash.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static choice flag_of(const conf_node *value) {
    bool flag = false;
    return conf_as_bool(value, &flag) ? (flag ? YES : NO) : UNSET;
}

slash_config slash_config_of(const conf_node *commands) {
    bytes path = utf8_trim(bytes_str(conf_text(conf_get(commands, "callbackPath"))));
    bytes url = utf8_trim(bytes_str(conf_text(conf_get(commands, "callbackUrl"))));
    slash_config c = {.native = flag_of(conf_get(commands, "native")),
                      .native_skills = flag_of(conf_get(commands, "nativeSkills"))};
    if (path.len == 0)
        c.callback_path = xstrdup("/api/channels/mattermost/command");
    else
        c.callback_path =
            xasprintf("%s%.*s", path.data[0] == '/' ? "" : "/", (int)path.len, (const char *)path.data);
    if (url.len > 0)
        c.callback_url = xstrndup((const char *)url.data, url.len);
    return c;
}

void slash_config_free(slash_config *c) {
    free(c->callback_path);
    free(c->callback_url);
    *c = (slash_config){.native = UNSET};
}
