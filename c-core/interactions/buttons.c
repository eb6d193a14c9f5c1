// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/random.h"
#include "interactions/button_words.h"
#include "interactions/buttons_private.h"

#include <stdlib.h>
#include <string.h>

buttons *buttons_create(loop *l, chat *c) {
    buttons *b = xcalloc(1, sizeof *b);
    b->loop = l;
    b->chat = c;
    b->records = button_records_create(l, c);
    b->counts = json_new_object();
    return b;
}

void buttons_destroy(buttons *b) {
    if (b == NULL)
        return;
    clicks_end(b);
    dialogs_end(b);
    button_records_destroy(b->records); // who waits for one hears it, and goes
    secret_destroy(b->secret);
    cJSON_Delete(b->counts);
    free(b);
}

void buttons_register(buttons *b, const button_kind *kind) {
    if (b->kind_count < BUTTON_KINDS_MAX)
        b->kinds[b->kind_count++] = *kind;
    else
        log_error("too many kinds of buttons", "kind", kind->name);
}

void dialogs_register(buttons *b, const dialog_kind *kind) {
    if (b->dialog_kind_count < BUTTON_KINDS_MAX)
        b->dialog_kinds[b->dialog_kind_count++] = *kind;
    else
        log_error("too many kinds of dialogs", "kind", kind->name);
}

void buttons_count(buttons *b, const char *word) {
    metric_count(METRIC_CLICKS, word, 1);
    cJSON *count = cJSON_GetObjectItemCaseSensitive(b->counts, word);
    if (count == NULL)
        json_add_int(b->counts, word, 1);
    else
        cJSON_SetNumberValue(count, count->valuedouble + 1);
}

cJSON *buttons_counts(const buttons *b) {
    return cJSON_Duplicate(b->counts, 1);
}

char *buttons_chosen_text(words_lang lang, const button_click *click) {
    return words_button_chosen(lang, click->label, click->by->username);
}

// --- the installation's secret ---

typedef struct secret_wish {
    buttons *buttons;
    buttons_secret_fn *fn;
    void *ctx;
} secret_wish;

static void on_secret(void *ctx, secret *s) {
    secret_wish *wish = ctx;
    buttons *b = wish->buttons;
    if (b->secret == NULL)
        b->secret = s;
    else
        secret_destroy(s);
    wish->fn(wish->ctx, b->secret);
    free(wish);
}

void buttons_secret(buttons *b, buttons_secret_fn *fn, void *ctx) {
    if (b->secret != NULL) {
        fn(ctx, b->secret);
        return;
    }
    secret_wish *wish = xmalloc(sizeof *wish);
    *wish = (secret_wish){.buttons = b, .fn = fn, .ctx = ctx};
    install_secret_load(b->chat, on_secret, wish);
}

// --- making a set ---

typedef struct making {
    buttons *buttons;
    char nonce[BUTTON_NONCE_BYTES];
    char *text;
    cJSON *record, *attachment;
    buttons_made_fn *fn;
    void *ctx;
} making;

static void making_end(making *m, oc_err err) {
    m->fn(m->ctx, err, err == OC_OK ? m->nonce : NULL, err == OC_OK ? m->attachment : NULL);
    cJSON_Delete(m->attachment);
    cJSON_Delete(m->record);
    free(m->text);
    free(m);
}

static void on_recorded(void *ctx, oc_err err) {
    making_end(ctx, err);
}

static void draw(void *ctx, const secret *s) {
    making *m = ctx;
    m->attachment = s != NULL ? button_set_attachment(s, m->record, m->nonce, m->text) : NULL;
    if (m->attachment == NULL)
        making_end(m, OC_ESYS);
    else
        button_records_add(m->buttons->records, m->nonce, m->record, on_recorded, m);
}

void buttons_make(buttons *b, const button_set *set, buttons_made_fn *fn, void *ctx) {
    cJSON *record = button_set_record(set, loop_wall_ms(b->loop));
    if (record == NULL) {
        fn(ctx, OC_EINVAL, NULL, NULL);
        return;
    }
    making *m = xcalloc(1, sizeof *m);
    *m = (making){.buttons = b, .text = xstrdup(set->text), .record = record, .fn = fn, .ctx = ctx};
    random_hex(m->nonce, (BUTTON_NONCE_BYTES - 1) / 2);
    buttons_secret(b, draw, m);
}

static bool change_post(void *ctx, cJSON *record) {
    const char *post_id = ctx;
    if (*json_text(record, "post") != '\0')
        return false;
    cJSON_DeleteItemFromObjectCaseSensitive(record, "post");
    json_add_string(record, "post", post_id);
    return true;
}

static void on_bound(void *ctx, oc_err err, const cJSON *record) {
    (void)record;
    if (err != OC_OK && err != OC_ENOTFOUND) // the first click looks into the post
        log_warn("the post of buttons could not be noted", "post_id", ctx, "error", oc_err_text(err));
    free(ctx);
}

void buttons_bind(buttons *b, const char *nonce, const char *post_id) {
    button_records_change(b->records, nonce, change_post, on_bound, xstrdup(post_id));
}

void buttons_withdraw(buttons *b, const char *nonce) {
    button_records_remove(b->records, nonce);
}

// --- requests ---

char *buttons_read(const buttons *b, const char *user_id, const char *text) {
    return words_in(b != NULL ? chat_lang(b->chat, user_id) : WORDS_EN, text);
}

cJSON *buttons_body(const buttons *b, const char *user_id, bytes body, int *status, const char **fault) {
    cJSON *json = NULL;
    *fault = NULL;
    if (*user_id == '\0') {
        *status = 401;
        *fault = "Log in to Mattermost first.";
    } else if (body.len > BUTTONS_BODY_MAX_BYTES) {
        *status = 413;
        *fault = "This is too long for a click.";
    } else if (json_parse(body, &json) != OC_OK || !cJSON_IsObject(json)) {
        *status = 400;
        *fault = BUTTONS_NOT_OURS;
    }
    const char *named = json_string(json, "user_id");
    if (*fault == NULL && named != NULL && strcmp(named, user_id) != 0) { // the server writes both
        *status = 403;
        *fault = words_marked(WORD_BUTTON_NOT_FOR_YOU);
    }
    if (*fault == NULL && b->open >= BUTTONS_OPEN_MAX) {
        *status = 503;
        *fault = words_marked(WORD_BUTTON_BUSY);
    }
    if (*fault == NULL)
        return json;
    cJSON_Delete(json);
    return NULL;
}

void buttons_turn_down(buttons *b, const char *user_id, int status, const char *fault, buttons_http_fn *fn,
                       void *ctx) {
    const char *reason = status == 401   ? "nobody"
                         : status == 403 ? "other_user"
                         : status == 413 ? "too_long"
                         : status == 503 ? "busy"
                                         : "malformed";
    log_warn("a click was refused", "reason", reason, "user", user_id);
    buttons_count(b, reason);
    char *text = buttons_read(b, user_id, fault);
    buttons_reply(fn, ctx, status, "error", text);
    free(text);
}

void buttons_reply(buttons_http_fn *fn, void *ctx, int status, const char *field, const char *text) {
    cJSON *body = json_new_object();
    if (field != NULL)
        json_add_string(body, field, text);
    fn(ctx, status, body);
    cJSON_Delete(body);
}
