// SPDX-License-Identifier: Apache-2.0
#include "turn/turns_clicks.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/place.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    SUFFIX_NONCE_LENGTH = 12,
    OWED_MAX = 200,
    OWED_VALUE_MAX_BYTES = 1 << 20,
    OWED_EXPIRE_S = 24 * 3600,
    LOOK_EVERY_MS = 30 * 1000, // whether it is answered
    LOOKS_MAX = 240,
};

typedef struct owed { // a choice whose turn has no outcome yet
    clicks *owner;
    cJSON *json; // {"account","suffix","post","channel","root","user","text","at"}
    bool taken;  // else its account is not at work yet
    loop_timer timer;
    int looks;
    struct owed *prev, *next;
} owed;

struct clicks {
    clicks_world world;
    owed *owed;
    size_t owed_count;
    bool writing, dirty, resumed;
};

// --- what is owed ---

static void save(clicks *c);

static void on_saved(void *ctx, const chat_error *error) {
    clicks *c = ctx;
    c->writing = false;
    if (error->err != OC_OK)
        log_warn("the choices that are owed an answer could not be stored", "error", error->message);
    if (c->dirty)
        save(c);
}

// One node writes its own value, and one write at a time.
static void save(clicks *c) {
    const owed *o = NULL;
    c->dirty = c->writing;
    if (c->writing)
        return;
    char *key = xasprintf("clicks.%s", c->world.node);
    cJSON *value = json_new_object();
    json_add_int(value, "v", 1);
    cJSON *list = json_add_array(value, "owed");
    DL_FOREACH (c->owed, o)
        json_push(list, cJSON_Duplicate(o->json, 1));
    buf text;
    buf_init(&text, OWED_VALUE_MAX_BYTES);
    c->writing = true;
    if (json_print(value, &text) == OC_OK)
        chat_kv_set(c->world.chat, key, buf_bytes(&text), OWED_EXPIRE_S, on_saved, c);
    else
        c->writing = false;
    buf_free(&text);
    cJSON_Delete(value);
    free(key);
}

static void forget(owed *o) {
    DL_DELETE(o->owner->owed, o);
    o->owner->owed_count--;
    loop_timer_cancel(&o->timer);
    cJSON_Delete(o->json);
    free(o);
}

static void look(void *ctx);
static bool take(const clicks *c, const cJSON *json, bool again);

static void on_record(void *ctx, const record *found, bool readable) {
    owed *o = ctx;
    clicks *c = o->owner;
    (void)readable;
    if ((found != NULL && found->state == RECORD_CLOSED) || ++o->looks == LOOKS_MAX) {
        forget(o);
        save(c);
    } else {
        o->taken = o->taken || take(c, o->json, true);
        loop_timer_set(c->world.loop, &o->timer, LOOK_EVERY_MS, look, o);
    }
}

static void look(void *ctx) {
    owed *o = ctx;
    const account named = {.id = (char *)(uintptr_t)json_text(o->json, "account")};
    char *asked = account_turn_id(&named, json_text(o->json, "post"));
    char *id = xasprintf("%s.%s", asked, json_text(o->json, "suffix"));
    journal_find(o->owner->world.journal, NULL, id, json_int(o->json, "at", 0), on_record, o);
    free(id);
    free(asked);
}

static void add_owed(clicks *c, cJSON *json, bool taken) {
    if (c->owed_count == OWED_MAX) {
        log_warn("too many choices wait for an answer: one would be lost in a crash");
        cJSON_Delete(json);
        return;
    }
    owed *o = xcalloc(1, sizeof *o);
    *o = (owed){.owner = c, .json = json, .taken = taken};
    DL_APPEND(c->owed, o);
    c->owed_count++;
    loop_timer_set(c->world.loop, &o->timer, LOOK_EVERY_MS, look, o);
}

static bool take(const clicks *c, const cJSON *json, bool again) {
    const chat_post said = {.id = json_text(json, "post"),
                            .channel_id = json_text(json, "channel"),
                            .user_id = json_text(json, "user"),
                            .root_id = json_text(json, "root"),
                            .message = json_text(json, "text"),
                            .type = "",
                            .pending_post_id = "",
                            .create_at_ms = json_int(json, "at", 0),
                            .again = again};
    return turns_take_click(c->world.turns, &said, json_text(json, "account"), json_text(json, "suffix"));
}

static bool is_whole(const cJSON *json) {
    static const char *const keys[] = {"account", "suffix", "post", "channel", "user", "text"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (*json_text(json, keys[i]) == '\0')
            return false;
    }
    return json_int(json, "at", 0) > 0;
}

static void on_left(void *ctx, const chat_error *error, bytes value, bool found) {
    clicks *c = ctx;
    cJSON *json = NULL;
    const cJSON *one = NULL;
    if (error->err != OC_OK)
        log_warn("the choices that are owed an answer could not be read", "error", error->message);
    if (error->err != OC_OK || !found || json_parse(value, &json) != OC_OK)
        return;
    cJSON_ArrayForEach(one, json_array(json, "owed")) {
        if (is_whole(one))
            add_owed(c, cJSON_Duplicate(one, 1), take(c, one, true));
    }
    cJSON_Delete(json);
}

void clicks_resume(clicks *c) {
    if (c->resumed)
        return;
    c->resumed = true;
    char *key = xasprintf("clicks.%s", c->world.node);
    chat_kv_get(c->world.chat, key, on_left, c);
    free(key);
}

// --- may they? ---

typedef struct judging {
    click_ticket *ticket;
    char *account_id;
    words_lang lang;
} judging;

static void on_place(void *ctx, place_verdict verdict, bot_place *p) {
    judging *j = ctx;
    if (verdict == PLACE_FOUND && p->allowed && strcmp(p->account->id, j->account_id) == 0)
        buttons_admit(j->ticket);
    else
        buttons_refuse(j->ticket, verdict == PLACE_FAILED ? "place_unknown" : "not_allowed",
                       verdict == PLACE_FOUND && p->allowed
                           ? words_text(j->lang, WORD_TURN_CLICK_ACCOUNT_GONE)
                           : place_sentence(j->lang, verdict, p));
    place_free(p);
    free(j->account_id);
    free(j);
}

static void may(void *ctx, const button_click *click, click_ticket *ticket) {
    const clicks *c = ctx;
    judging *j = xmalloc(sizeof *j);
    *j = (judging){.ticket = ticket,
                   .account_id = xstrdup(click->account_id),
                   .lang = chat_lang(c->world.chat, click->by->id)};
    place_request request = {.user_id = click->by->id,
                             .channel_id = click->channel_id,
                             .root_id = json_text(click->data, "root"),
                             .bot = click->account_id};
    place_find(&c->world.places, &request, on_place, j);
}

// --- it becomes a turn ---

char *clicks_text(const char *label, const char *value, const char *post_id) {
    if (*value == '\0' || strcmp(value, label) == 0)
        return xasprintf("(chose \"%s\" under your message %s)", label, post_id);
    return xasprintf("(chose \"%s\" under your message %s; value: %s)", label, post_id, value);
}

static char *suffix_of(const button_click *click) {
    return xasprintf("c%.*sn%lld", SUFFIX_NONCE_LENGTH, click->nonce, (long long)click->at_ms);
}

static void clicked(void *ctx, const button_click *click, click_ticket *ticket) {
    clicks *c = ctx;
    char *text = clicks_text(click->label, click->value, click->post_id), *suffix = suffix_of(click);
    cJSON *json = json_new_object();
    json_add_string(json, "account", click->account_id);
    json_add_string(json, "suffix", suffix);
    json_add_string(json, "post", click->post_id);
    json_add_string(json, "channel", click->channel_id);
    json_add_string(json, "root", json_text(click->data, "root"));
    json_add_string(json, "user", click->by->id);
    json_add_string(json, "text", text);
    json_add_int(json, "at", click->at_ms);
    bool taken = take(c, json, false);
    words_lang lang = words_lang_of(json_text(click->data, "lang"), chat_server_lang(c->world.chat));
    char *chosen = buttons_chosen_text(lang, click);
    const char *gone = words_text(chat_lang(c->world.chat, click->by->id), WORD_TURN_CLICK_ACCOUNT_GONE);
    buttons_answer(ticket, &(button_result){.chosen = taken && !click->reusable ? chosen : NULL,
                                            .ephemeral_text = taken ? NULL : gone,
                                            .undo = !taken});
    if (taken) {
        add_owed(c, json, true);
        save(c);
    } else {
        cJSON_Delete(json);
    }
    free(chosen);
    free(suffix);
    free(text);
}

clicks *clicks_create(const clicks_world *w) {
    clicks *c = xcalloc(1, sizeof *c);
    c->world = *w;
    buttons_register(w->buttons,
                     &(button_kind){.name = CLICKS_KIND, .may = may, .clicked = clicked, .ctx = c});
    return c;
}

void clicks_destroy(clicks *c) {
    if (c == NULL)
        return;
    while (c->owed != NULL)
        forget(c->owed);
    free(c);
}
