// SPDX-License-Identifier: Apache-2.0
#include "admin/settings.h"

#include "admin/first_words.h"
#include "admin/words.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/audit.h"
#include "chat/retryable.h"

#include <stdlib.h>
#include <string.h>

enum {
    TRIES_MAX = 10, // of reading them, each up to 10 s
    PAUSE_MS = 1000,
};

struct settings_reader {
    loop *loop;
    chat *chat;
    notices *notices;
    settings_events events;
    void *ctx;
    config *now;    // the last good one; NULL until there is one
    config *before; // may be used until the one of now is in force
    char *problems; // as they were told; NULL when there are none
    char *remarks;  // the same for what is only to be known
    bool loading;   // a configuration is being read or put in force
    bool again;     // it changed once more meanwhile
    int tries;
    bool untouched; // nothing was ever filled in
    cJSON *values;  // while the server's own address is asked for
    loop_timer retry;
};

settings_reader *settings_create(loop *l, chat *c, notices *n, const settings_events *events, void *ctx) {
    settings_reader *s = xcalloc(1, sizeof *s);
    *s = (settings_reader){.loop = l, .chat = c, .notices = n, .events = *events, .ctx = ctx};
    return s;
}

void settings_destroy(settings_reader *s) {
    if (s == NULL)
        return;
    loop_timer_cancel(&s->retry);
    config_destroy(s->now);
    config_destroy(s->before);
    cJSON_Delete(s->values);
    free(s->problems);
    free(s->remarks);
    free(s);
}

static void tell_problems(settings_reader *s, const config_problems *problems, const char *site_url) {
    bool first = s->untouched && s->now == NULL && problems->errors == 1;
    char *text = first ? words_first_settings(site_url) : words_settings_notice(problems, s->now != NULL);
    // Every save of the server's configuration brings us here: the same problems are said once.
    bool news = s->problems == NULL || strcmp(s->problems, text) != 0;
    for (size_t i = 0; news && i < problems->count; i++)
        log_error("a setting cannot be used", "setting", problems->items[i].setting, "key",
                  problems->items[i].key, "problem", problems->items[i].sentence);
    if (news)
        audit(s->chat, AUDIT_SETTINGS_APPLY, "", "they cannot be used", "why",
              s->now == NULL ? "start" : "changed");
    notices_tell(s->notices, NOTICE_SETTINGS, text);
    free(s->problems);
    s->problems = text;
}

static void all_well(settings_reader *s) {
    free(s->problems);
    s->problems = NULL;
    notices_well(s->notices, NOTICE_SETTINGS, words_settings_well());
}

static void tell_remarks(settings_reader *s, const config_problems *remarks) {
    char *text = remarks->count > 0 ? words_settings_remarks(remarks) : NULL;
    bool news = text != NULL && (s->remarks == NULL || strcmp(s->remarks, text) != 0);
    for (size_t i = 0; news && i < remarks->count; i++)
        log_info("about the settings", "setting", remarks->items[i].setting, "key", remarks->items[i].key,
                 "notice", remarks->items[i].sentence);
    if (text != NULL)
        notices_tell(s->notices, NOTICE_REMARKS, text);
    else
        notices_well(s->notices, NOTICE_REMARKS, words_remarks_gone());
    free(s->remarks);
    s->remarks = text;
}

static void take(settings_reader *s, config *fresh) {
    bool first = s->now == NULL;
    if (s->now != NULL && config_equal(fresh, s->now)) {
        config_destroy(fresh);
        return;
    }
    config_use_log_levels(fresh);
    s->before = s->now;
    s->now = fresh;
    audit(s->chat, AUDIT_SETTINGS_APPLY, "", "", "why", first ? "start" : "changed");
}

static void read_settings(void *ctx);

// A passing trouble of the server must not leave us without settings for good. Until they are there we are not active,
// so that posts wait instead of being refused.
static bool try_again(settings_reader *s, const chat_error *error) {
    if (!chat_error_may_pass(error) || s->tries == TRIES_MAX)
        return false;
    s->tries++;
    log_warn("the settings cannot be read yet", "error", error->message);
    loop_timer_set(s->loop, &s->retry, PAUSE_MS, read_settings, s);
    return true;
}

static void use(settings_reader *s, const cJSON *values, const char *site_url) {
    config_problems problems;
    config *fresh = config_from_settings_at(values, site_url, &problems);
    if (fresh == NULL) {
        tell_problems(s, &problems, site_url != NULL ? site_url : "");
    } else {
        all_well(s);
        tell_remarks(s, &problems);
        take(s, fresh);
    }
    config_problems_free(&problems);
    s->events.apply(s->ctx, s->now);
}

static void on_server(void *ctx, const chat_error *error, const chat_server_info *info) {
    settings_reader *s = ctx;
    cJSON *values = s->values;
    s->values = NULL;
    if (error->err != OC_OK)
        log_warn("the server's own address is not known", "error", error->message);
    use(s, values, error->err == OC_OK ? info->site_url : NULL);
    cJSON_Delete(values);
}

// Without a token no gateway lets us in; one may also stand in Advanced.
static bool is_untouched(const cJSON *values) {
    return *json_text(values, "gatewaytoken") == '\0' && *json_text(values, "advanced") == '\0';
}

static void on_settings(void *ctx, const chat_error *error, const cJSON *values) {
    settings_reader *s = ctx;
    if (error->err != OC_OK && try_again(s, error))
        return;
    if (error->err != OC_OK) {
        log_error("the settings could not be read from the server", "error", error->message);
        s->events.unreadable(s->ctx);
        settings_applied(s);
        return;
    }
    // An account whose baseUrl is another server must not run here: that takes another question, which is rarely needed.
    s->untouched = is_untouched(values);
    if (s->untouched || config_wants_site_url(values)) {
        s->values = cJSON_Duplicate(values, true);
        chat_get_server_info(s->chat, on_server, s);
    } else {
        use(s, values, NULL);
    }
}

static void read_settings(void *ctx) {
    settings_reader *s = ctx;
    chat_load_settings(s->chat, on_settings, s);
}

void settings_load(settings_reader *s) {
    if (s->loading) {
        s->again = true;
        return;
    }
    s->loading = true;
    s->tries = 0;
    read_settings(s);
}

void settings_applied(settings_reader *s) {
    config_destroy(s->before);
    s->before = NULL;
    s->loading = false;
    if (s->again) {
        s->again = false;
        settings_load(s);
    }
}
