// SPDX-License-Identifier: Apache-2.0
// One value for all conversations, {"v":1,"talks":{"<account> <conversation>":{…}}}: read whole, changed by compare-and-set.
#include "store/talk_settings.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/kv_changes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char KEY[] = "talk_settings";
enum { VERSION = 1, TRIES_MAX = 8, CHANGES_MAX = 100 };

struct talk_settings {
    loop *loop;
    cJSON *talks; // name → object, as known
    int64_t read_ms;
    bool was_read, reading, ending;
    kv_changes *changes;
};

typedef struct change {
    talk_settings *owner;
    char *name;                 // NULL: only reads
    talk_setting before, after; // what differs is changed, whatever another node has set meanwhile
    cJSON *talks;               // as they will be when the write under way succeeds
    talk_changed_fn *fn;
    void *ctx;
} change;

// --- words ---

static const char *const VERBOSE[] = {NULL, "off", "on", "full"};
static const char *const QUEUES[] = {NULL, "followup", "collect", "interrupt"};
static const char *const DROPS[] = {NULL, "new", "old"};
static const char *const PERMISSIONS[] = {NULL, "read-only", "guarded", "workspace", "full"};

static int find(const char *const *names, int count, const char *name) {
    for (int i = 1; i < count; i++) {
        if (strcasecmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *talk_verbose_name(talk_verbose v) {
    return VERBOSE[v];
}
int talk_verbose_find(const char *name) {
    return find(VERBOSE, sizeof VERBOSE / sizeof *VERBOSE, name);
}
const char *talk_queue_name(talk_queue q) {
    return QUEUES[q];
}
int talk_queue_find(const char *name) {
    return find(QUEUES, sizeof QUEUES / sizeof *QUEUES, name);
}
const char *talk_drop_name(talk_drop d) {
    return DROPS[d];
}
int talk_drop_find(const char *name) {
    return find(DROPS, sizeof DROPS / sizeof *DROPS, name);
}
const char *talk_permission_name(talk_permission p) {
    return PERMISSIONS[p];
}
int talk_permission_find(const char *name) {
    return find(PERMISSIONS, sizeof PERMISSIONS / sizeof *PERMISSIONS, name);
}

permission_mode talk_permission_within(talk_permission set, permission_mode widest) {
    return set != TALK_PERMISSION_UNSET && (int)set - 1 < (int)widest ? (permission_mode)(set - 1) : widest;
}

// --- one conversation's object ---

static int word(const cJSON *object, const char *key, int (*find_name)(const char *)) {
    int found = find_name(json_text(object, key));
    return found > 0 ? found : 0;
}

static int64_t within(int64_t value, int64_t min, int64_t max) {
    return value < min ? min : value > max ? max : value;
}

static talk_setting setting_of(const cJSON *object) {
    talk_setting s = TALK_SETTING_NONE;
    if (object == NULL)
        return s;
    s.verbose = (talk_verbose)word(object, "verbose", talk_verbose_find);
    s.queue = (talk_queue)word(object, "queue", talk_queue_find);
    s.drop = (talk_drop)word(object, "drop", talk_drop_find);
    s.permission = (talk_permission)word(object, "permission", talk_permission_find);
    if (json_get(object, "reasoning") != NULL)
        s.reasoning = json_bool(object, "reasoning", false) ? TALK_REASONING_ON : TALK_REASONING_OFF;
    s.debounce_ms = within(json_int(object, "debounce_ms", -1), -1, TALK_DEBOUNCE_MAX_MS);
    s.cap = (int)within(json_int(object, "cap", 0), 0, TALK_CAP_MAX);
    return s;
}

static void add_word(cJSON *object, const char *key, const char *name) {
    if (name != NULL)
        json_add_string(object, key, name);
}

static cJSON *object_of(const talk_setting *s, int64_t now_ms) {
    cJSON *object = json_new_object();
    json_add_int(object, "at", now_ms / 1000);
    add_word(object, "verbose", VERBOSE[s->verbose]);
    add_word(object, "queue", QUEUES[s->queue]);
    add_word(object, "drop", DROPS[s->drop]);
    add_word(object, "permission", PERMISSIONS[s->permission]);
    if (s->reasoning != TALK_REASONING_UNSET)
        json_add_bool(object, "reasoning", s->reasoning == TALK_REASONING_ON);
    if (s->debounce_ms >= 0)
        json_add_int(object, "debounce_ms", s->debounce_ms);
    if (s->cap > 0)
        json_add_int(object, "cap", s->cap);
    return object;
}

static bool is_none(const talk_setting *s) {
    return s->verbose == TALK_VERBOSE_UNSET && s->reasoning == TALK_REASONING_UNSET &&
           s->queue == TALK_QUEUE_UNSET && s->debounce_ms < 0 && s->cap == 0 && s->drop == TALK_DROP_UNSET &&
           s->permission == TALK_PERMISSION_UNSET;
}

// --- all of them ---

static char *name_of(const char *account_id, const char *conversation) {
    return xasprintf("%s %s", account_id, conversation);
}

// What narrows goes last: who forgets it allows more.
static bool goes_before(const cJSON *one, const cJSON *other) {
    bool narrows = *json_text(one, "permission") != '\0',
         other_narrows = *json_text(other, "permission") != '\0';
    if (narrows != other_narrows)
        return other_narrows;
    return json_int(one, "at", 0) < json_int(other, "at", 0);
}

static void forget_oldest(cJSON *talks) {
    const cJSON *one = NULL, *oldest = NULL;
    cJSON_ArrayForEach(one, talks) {
        if (oldest == NULL || goes_before(one, oldest))
            oldest = one;
    }
    if (oldest != NULL)
        cJSON_DeleteItemFromObjectCaseSensitive(talks, oldest->string);
}

static talk_setting merge(talk_setting now, const talk_setting *before, const talk_setting *after) {
    now.verbose = after->verbose != before->verbose ? after->verbose : now.verbose;
    now.reasoning = after->reasoning != before->reasoning ? after->reasoning : now.reasoning;
    now.queue = after->queue != before->queue ? after->queue : now.queue;
    now.debounce_ms = after->debounce_ms != before->debounce_ms ? after->debounce_ms : now.debounce_ms;
    now.cap = after->cap != before->cap ? after->cap : now.cap;
    now.drop = after->drop != before->drop ? after->drop : now.drop;
    now.permission = after->permission != before->permission ? after->permission : now.permission;
    return now;
}

static void put(cJSON *talks, const change *c, int64_t now_ms) {
    talk_setting s = merge(setting_of(json_get(talks, c->name)), &c->before, &c->after);
    cJSON_DeleteItemFromObjectCaseSensitive(talks, c->name);
    if (is_none(&s))
        return;
    while (cJSON_GetArraySize(talks) >= TALK_SETTINGS_MAX)
        forget_oldest(talks);
    json_add(talks, c->name, object_of(&s, now_ms));
}

// Damaged or of a later version: as if nothing were set. The caller owns it.
static cJSON *talks_of(bytes value, bool *damaged) {
    cJSON *whole = NULL;
    *damaged = false;
    if (json_parse(value, &whole) != OC_OK || json_int(whole, "v", 0) != VERSION ||
        !cJSON_IsObject(json_get(whole, "talks"))) {
        log_error("what people have set for conversations is damaged: it counts as not set", "key", KEY);
        *damaged = true;
        cJSON_Delete(whole);
        return json_new_object();
    }
    cJSON *talks = cJSON_DetachItemFromObjectCaseSensitive(whole, "talks");
    cJSON_Delete(whole);
    return talks;
}

talk_settings *talk_settings_create(loop *l, chat *c) {
    talk_settings *s = xcalloc(1, sizeof *s);
    *s = (talk_settings){
        .loop = l, .talks = json_new_object(), .changes = kv_changes_create(l, c, CHANGES_MAX, TRIES_MAX)};
    return s;
}

void talk_settings_destroy(talk_settings *s) {
    if (s == NULL)
        return;
    s->ending = true;
    kv_changes_destroy(s->changes);
    cJSON_Delete(s->talks);
    free(s);
}

// --- reading and writing ---

static oc_err print_talks(const cJSON *talks, buf *out) {
    cJSON *whole = json_new_object();
    json_add_int(whole, "v", VERSION);
    json_add(whole, "talks", cJSON_Duplicate(talks, true));
    oc_err err = json_print(whole, out);
    cJSON_Delete(whole);
    return err;
}

static oc_err alter(void *ctx, bytes value, kv_value *out) {
    change *c = ctx;
    bool damaged = false;
    cJSON_Delete(c->talks);
    c->talks = value.data != NULL ? talks_of(value, &damaged) : json_new_object();
    if (c->name == NULL)
        return OC_OK;
    out->unreadable = damaged;
    put(c->talks, c, loop_wall_ms(c->owner->loop));
    return print_talks(c->talks, &out->text);
}

static void on_altered(void *ctx, oc_err err) {
    change *c = ctx;
    talk_settings *s = c->owner;
    s->reading = s->reading && c->name != NULL;
    if (err == OC_OK) {
        cJSON_Delete(s->talks);
        s->talks = c->talks;
        c->talks = NULL;
        s->was_read = true;
        s->read_ms = loop_now_ms(s->loop);
    } else if (err != OC_ECLOSED) {
        log_warn("what people have set for conversations could not be read or stored", "error",
                 oc_err_text(err));
    }
    if (c->fn != NULL && !s->ending)
        c->fn(c->ctx, err == OC_OK);
    cJSON_Delete(c->talks);
    free(c->name);
    free(c);
}

static void begin(talk_settings *s, change what) {
    change *c = xcalloc(1, sizeof *c);
    *c = what;
    c->owner = s;
    kv_changes_add(s->changes, KEY, TALK_SETTINGS_VALUE_MAX_BYTES, alter, on_altered, c);
}

// --- for others ---

void talk_settings_load(talk_settings *s) {
    if (s->reading)
        return;
    s->reading = true;
    begin(s, (change){0});
}

talk_setting talk_settings_own(const talk_settings *s, const char *account_id, const char *conversation) {
    char *name = name_of(account_id, conversation);
    talk_setting own = setting_of(s != NULL ? json_get(s->talks, name) : NULL);
    free(name);
    return own;
}

static talk_setting inherit(talk_setting own, const talk_setting *from) {
    if (own.verbose == TALK_VERBOSE_UNSET)
        own.verbose = from->verbose;
    if (own.reasoning == TALK_REASONING_UNSET)
        own.reasoning = from->reasoning;
    if (own.queue == TALK_QUEUE_UNSET)
        own.queue = from->queue;
    if (own.debounce_ms < 0)
        own.debounce_ms = from->debounce_ms;
    if (own.cap == 0)
        own.cap = from->cap;
    if (own.drop == TALK_DROP_UNSET)
        own.drop = from->drop;
    if (own.permission == TALK_PERMISSION_UNSET)
        own.permission = from->permission;
    return own;
}

talk_setting talk_settings_around(const talk_settings *s, const char *account_id, const char *conversation) {
    const char *at = strstr(conversation, ":thread:");
    if (at == NULL)
        return TALK_SETTING_NONE;
    char *around = xstrndup(conversation, (size_t)(at - conversation));
    talk_setting from = talk_settings_own(s, account_id, around);
    free(around);
    return from;
}

bool talk_settings_known(const talk_settings *s) {
    return s == NULL || s->was_read;
}

talk_setting talk_settings_get(talk_settings *s, const char *account_id, const char *conversation) {
    if (s == NULL)
        return TALK_SETTING_NONE;
    bool fresh = s->was_read && loop_now_ms(s->loop) - s->read_ms < TALK_SETTINGS_FRESH_MS;
    talk_setting own = talk_settings_own(s, account_id, conversation),
                 from = talk_settings_around(s, account_id, conversation);
    if (!fresh)
        talk_settings_load(s);
    return inherit(own, &from);
}

void talk_settings_put(talk_settings *s, const char *account_id, const char *conversation,
                       const talk_setting *setting, talk_changed_fn *fn, void *ctx) {
    begin(s, (change){.name = name_of(account_id, conversation),
                      .before = talk_settings_own(s, account_id, conversation),
                      .after = *setting,
                      .fn = fn,
                      .ctx = ctx});
}
