// SPDX-License-Identifier: Apache-2.0
// A click on Approve or Deny. Who clicked is whom the server says; whether they may is looked up at that moment.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/click.h"
#include "interactions/pairing_private.h"
#include "interactions/pairing_words.h"

#include <stdlib.h>
#include <string.h>

typedef struct clicking {
    pairing_desk *desk;
    char *user_id;
    cJSON *json;
    click click; // borrows from json
    bool approve;
    pairing_click_fn *fn;
    void *ctx;
} clicking;

static void end(clicking *c, int status, const char *field, const char *text) {
    cJSON *body = json_new_object();
    if (field != NULL)
        json_add_string(body, field, text);
    c->fn(c->ctx, status, body);
    cJSON_Delete(body);
    cJSON_Delete(c->json);
    free(c->user_id);
    free(c);
}

// text is marked.
static void say(clicking *c, const char *text) {
    char *said = words_in(chat_lang(c->desk->world.chat, c->user_id), text);
    end(c, 200, "ephemeral_text", said);
    free(said);
}

static void on_decided(void *ctx, oc_err err, pairing_verdict verdict, const pairing_request *r) {
    clicking *c = ctx;
    if (err == OC_OK && verdict == PAIRING_DECIDED) { // the message itself says it now
        end(c, 200, NULL, NULL);
        return;
    }
    char *text = words_pairing_verdict(err, verdict, r, c->approve);
    say(c, text);
    free(text);
}

static void on_person(void *ctx, const person *p) {
    clicking *c = ctx;
    const account *a = desk_account(c->desk, c->click.account);
    if (a == NULL || a->config == NULL || !person_approves(p, a->config))
        say(c, words_marked(WORD_PAIRING_NOT_YOURS));
    else
        desk_decide(c->desk, a, c->click.subject, c->approve, p, on_decided, c);
}

static void on_secret(void *ctx, const secret *s) {
    clicking *c = ctx;
    int64_t now_ms = loop_wall_ms(c->desk->world.loop);
    if (s == NULL) {
        end(c, 503, "error", "The plugin's store cannot be read. Try again in a moment.");
        return;
    }
    click_verdict verdict =
        click_check(s, json_get(c->json, "context"), "pairing", c->user_id, now_ms, &c->click);
    if (verdict != CLICK_GOOD)
        log_warn("a click was refused", "user", c->user_id, "reason",
                 verdict == CLICK_MALFORMED  ? "incomplete"
                 : verdict == CLICK_FORGED   ? "forged"
                 : verdict == CLICK_BORROWED ? "made for somebody else"
                                             : "too old");
    switch (verdict) {
    case CLICK_MALFORMED:
        end(c, 400, "error", "This is no click on a button of mine.");
        return;
    case CLICK_FORGED:
    case CLICK_BORROWED:
        end(c, 403, "error", "This button does not work for you.");
        return;
    case CLICK_EXPIRED: // decided as well: that closes the messages of everybody
    case CLICK_GOOD:
        break;
    }
    c->approve = strcmp(c->click.choice, "approve") == 0;
    person_look(c->desk->world.chat, c->user_id, on_person, c);
}

void pairing_desk_click(pairing_desk *d, const char *user_id, bytes body, pairing_click_fn *fn, void *ctx) {
    clicking *c = xcalloc(1, sizeof *c);
    *c = (clicking){.desk = d, .user_id = xstrdup(user_id), .fn = fn, .ctx = ctx};
    if (*user_id == '\0')
        end(c, 401, "error", "Log in to Mattermost first.");
    else if (body.len > PAIRING_CLICK_MAX_BYTES)
        end(c, 413, "error", "This is too long for a click.");
    else if (json_parse(body, &c->json) != OC_OK || !cJSON_IsObject(c->json))
        end(c, 400, "error", "This is no click on a button of mine.");
    else
        desk_secret(d, on_secret, c);
}
