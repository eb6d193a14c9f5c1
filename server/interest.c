// SPDX-License-Identifier: Apache-2.0
#include "interest.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <strings.h>
#include <uthash.h>

typedef enum channel_class { CHANNEL_NONE, CHANNEL_NAMED, CHANNEL_THREADS, CHANNEL_ALL } channel_class;

enum { CHANNEL_ID_MAX_BYTES = 64 };

typedef struct channel {
    channel_class class;
    UT_hash_handle hh;
    char id[]; // not terminated
} channel;

typedef struct words {
    char **at;
    size_t count;
} words;

struct interest {
    bool set;       // a filter has come
    bool own_posts; // those of our own users are of interest as others are
    words own_users, names, prefixes;
    channel *channels; // by id, oldest first
};

interest *interest_create(void) {
    return xcalloc(1, sizeof(interest));
}

static void free_words(words *w) {
    for (size_t i = 0; i < w->count; i++)
        free(w->at[i]);
    free(w->at);
    *w = (words){0};
}

static void forget_channel(interest *i, channel *c) {
    HASH_DEL(i->channels, c);
    free(c);
}

void interest_reset(interest *i) {
    free_words(&i->own_users);
    free_words(&i->names);
    free_words(&i->prefixes);
    while (i->channels != NULL)
        forget_channel(i, i->channels);
    i->set = false;
}

void interest_destroy(interest *i) {
    if (i == NULL)
        return;
    interest_reset(i);
    free(i);
}

// --- what the core says ---

// Absent is empty. Empty words would match everything and are left out.
static oc_err read_words(const cJSON *params, const char *key, words *out) {
    const cJSON *list = json_get(params, key), *item = NULL;
    int count = cJSON_GetArraySize(list);
    if (list != NULL && !cJSON_IsArray(list))
        return OC_EINVAL;
    if (count > INTEREST_WORDS_MAX)
        return OC_ELIMIT;
    out->at = xcalloc((size_t)count + 1, sizeof *out->at);
    cJSON_ArrayForEach(item, list) {
        const char *text = cJSON_GetStringValue(item);
        if (text == NULL)
            return OC_EINVAL;
        if (strlen(text) > INTEREST_WORD_MAX_BYTES)
            return OC_ELIMIT;
        if (text[0] != '\0')
            out->at[out->count++] = xstrdup(text);
    }
    return OC_OK;
}

oc_err interest_set(interest *i, const cJSON *params) {
    words own_users = {0}, names = {0}, prefixes = {0};
    if (!cJSON_IsObject(params))
        return OC_EINVAL;
    oc_err err = read_words(params, "own_user_ids", &own_users);
    if (err == OC_OK)
        err = read_words(params, "names", &names);
    if (err == OC_OK)
        err = read_words(params, "prefixes", &prefixes);
    if (err != OC_OK) {
        free_words(&own_users);
        free_words(&names);
        free_words(&prefixes);
        return err;
    }
    interest_reset(i);
    i->own_posts = json_bool(params, "own_posts", false);
    i->own_users = own_users;
    i->names = names;
    i->prefixes = prefixes;
    i->set = true;
    return OC_OK;
}

static oc_err read_class(const cJSON *value, channel_class *out) {
    static const char *const names[] = {[CHANNEL_NONE] = "none",
                                        [CHANNEL_NAMED] = "named",
                                        [CHANNEL_THREADS] = "threads",
                                        [CHANNEL_ALL] = "all"};
    const char *text = cJSON_GetStringValue(value);
    for (int i = CHANNEL_NONE; text != NULL && i <= CHANNEL_ALL; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (channel_class)i;
            return OC_OK;
        }
    }
    return OC_EINVAL;
}

static channel *find_channel(const interest *i, bytes id) {
    channel *c = NULL;
    HASH_FIND(hh, i->channels, id.data, id.len, c);
    return c;
}

static void add_channel(interest *i, bytes id, channel_class class) {
    channel *c = find_channel(i, id);
    if (c != NULL) {
        c->class = class;
        return;
    }
    if (HASH_COUNT(i->channels) >= INTEREST_CHANNELS_MAX)
        forget_channel(i, i->channels);
    c = xcalloc(1, sizeof *c + id.len);
    memcpy(c->id, id.data, id.len);
    c->class = class;
    HASH_ADD(hh, i->channels, id, id.len, c);
}

oc_err interest_channels(interest *i, const cJSON *params) {
    const cJSON *item = NULL;
    if (!cJSON_IsObject(params))
        return OC_EINVAL;
    cJSON_ArrayForEach(item, params) {
        channel_class class = CHANNEL_ALL;
        bytes id = bytes_str(item->string);
        if (id.len == 0 || id.len > CHANNEL_ID_MAX_BYTES || read_class(item, &class) != OC_OK)
            return OC_EINVAL;
        add_channel(i, id, class);
    }
    return OC_OK;
}

// --- the decision ---

static bytes text_of(const gob_value *v) {
    if (v != NULL && v->kind == GOB_INTERFACE)
        v = &v->list.items[0];
    return v != NULL && v->kind == GOB_STRING ? v->text : bytes_of(NULL, 0);
}

static bool starts_with(bytes text, const char *word) {
    size_t len = strlen(word);
    return text.len >= len && strncasecmp((const char *)text.data, word, len) == 0;
}

static bool contains(bytes text, const char *word) {
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (starts_with(bytes_of(text.data + i, text.len - i), word))
            return true;
    }
    return false;
}

static bool text_names_us(const interest *i, bytes text) {
    for (size_t k = 0; k < i->names.count; k++) {
        if (contains(text, i->names.at[k]))
            return true;
    }
    // Blanks before a prefix do not count; a prefix may begin with one that does.
    bytes visible = utf8_trim_start(text);
    for (size_t k = 0; k < i->prefixes.count; k++) {
        if (starts_with(text, i->prefixes.at[k]) || starts_with(visible, i->prefixes.at[k]))
            return true;
    }
    return false;
}

// A member of a map with text keys, or of a struct; NULL when absent.
static const gob_value *member(const gob_value *v, const char *key, const char *field) {
    if (v->kind == GOB_STRUCT)
        return gob_get(v, field);
    for (size_t i = 0; v->kind == GOB_MAP && i < v->list.count; i++) {
        if (v->list.items[2 * i].kind == GOB_STRING && bytes_is(v->list.items[2 * i].text, key))
            return &v->list.items[2 * i + 1];
    }
    return NULL;
}

static const gob_value *inside(const gob_value *v) {
    while (v != NULL && v->kind == GOB_INTERFACE)
        v = &v->list.items[0];
    return v;
}

static bool fields_name_us(const interest *i, const gob_value *list) {
    for (size_t k = 0; list != NULL && list->kind == GOB_SLICE && k < list->list.count; k++) {
        const gob_value *field = inside(&list->list.items[k]);
        if (field != NULL && (text_names_us(i, text_of(member(field, "title", "Title"))) ||
                              text_names_us(i, text_of(inside(member(field, "value", "Value"))))))
            return true;
    }
    return false;
}

static bool attachment_names_us(const interest *i, const gob_value *attachment) {
    if (attachment == NULL)
        return false;
    static const char *const members[][2] = {{"text", "Text"},         {"pretext", "Pretext"},
                                             {"fallback", "Fallback"}, {"title", "Title"},
                                             {"footer", "Footer"},     {"author_name", "AuthorName"}};
    for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
        if (text_names_us(i, text_of(member(attachment, members[k][0], members[k][1]))))
            return true;
    }
    return fields_name_us(i, inside(member(attachment, "fields", "Fields")));
}

// Attachments come as a list of JSON objects or of structs, by who made the post.
static bool attachments_name_us(const interest *i, const gob_value *post) {
    const gob_value *props = inside(gob_get(post, "Props"));
    const gob_value *list = props != NULL ? inside(member(props, "attachments", "attachments")) : NULL;
    for (size_t k = 0; list != NULL && list->kind == GOB_SLICE && k < list->list.count; k++) {
        if (attachment_names_us(i, inside(&list->list.items[k])))
            return true;
    }
    return false;
}

bool interest_is_own(const interest *i, bytes user_id) {
    for (size_t k = 0; k < i->own_users.count; k++) {
        if (bytes_is(user_id, i->own_users.at[k]))
            return true;
    }
    return false;
}

bool interest_wants(const interest *i, const gob_value *post) {
    if (!i->set)
        return true;
    if (!i->own_posts && interest_is_own(i, text_of(gob_get(post, "UserId"))))
        return false;
    const channel *c = find_channel(i, text_of(gob_get(post, "ChannelId")));
    if (c == NULL || c->class == CHANNEL_ALL)
        return true;
    if (c->class == CHANNEL_THREADS && text_of(gob_get(post, "RootId")).len > 0)
        return true;
    return c->class != CHANNEL_NONE &&
           (text_names_us(i, text_of(gob_get(post, "Message"))) || attachments_name_us(i, post));
}

static int64_t edited_at(const gob_value *post) {
    const gob_value *at = gob_get(post, "EditAt");
    return at != NULL && at->kind == GOB_INT ? at->integer : 0;
}

bool interest_wants_edit(const interest *i, const gob_value *now, const gob_value *before) {
    bytes text = text_of(gob_get(now, "Message")), old = text_of(gob_get(before, "Message"));
    bool edited = edited_at(now) != edited_at(before) || !bytes_equal(text, old);
    return edited && (interest_wants(i, now) || interest_wants(i, before));
}

bool interest_wants_reaction(const interest *i, const gob_value *reaction) {
    if (!i->set)
        return true;
    if (interest_is_own(i, text_of(gob_get(reaction, "UserId"))))
        return false;
    const channel *c = find_channel(i, text_of(gob_get(reaction, "ChannelId")));
    return c == NULL || c->class != CHANNEL_NONE;
}
