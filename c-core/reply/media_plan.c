// SPDX-License-Identifier: Apache-2.0
#include "reply/media_plan.h"

#include "base/file_name.h"
#include "base/mem.h"
#include "base/percent.h"

#include <stdlib.h>
#include <strings.h>

// --- entries ----------------------------------------------------------------------------------------------------

typedef bool entry_fn(void *ctx, const char *entry); // false: enough

static bool give(entry_fn *fn, void *ctx, const cJSON *value) {
    if (!cJSON_IsString(value))
        return true;
    const char *text = value->valuestring + strspn(value->valuestring, " \t\r\n");
    return *text == '\0' || fn(ctx, text);
}

// Every entry in the order of the answer. An error's payload is none of the agent's words.
static void each_entry(const cJSON *payloads, entry_fn *fn, void *ctx) {
    const cJSON *payload = NULL, *url = NULL;
    cJSON_ArrayForEach(payload, payloads) {
        if (json_bool(payload, "isError", false))
            continue;
        cJSON_ArrayForEach(url, json_array(payload, "mediaUrls")) {
            if (!give(fn, ctx, url))
                return;
        }
        if (!give(fn, ctx, json_get(payload, "mediaUrl")))
            return;
    }
}

static const char FILE_SCHEME[] = "file://";

static bool is_file_url(const char *entry) {
    return strncasecmp(entry, FILE_SCHEME, sizeof FILE_SCHEME - 1) == 0;
}

static bool found(void *ctx, const char *entry) {
    (void)entry;
    *(bool *)ctx = true;
    return false;
}

bool media_wanted(const cJSON *payloads) {
    bool any = false;
    each_entry(payloads, found, &any);
    return any;
}

static bool keep_entry(void *ctx, const char *entry) {
    json_push(ctx, json_new_string(entry));
    return true;
}

cJSON *media_plan_entries(const cJSON *payloads) {
    cJSON *kept = json_new_array(), *payload = json_new_object();
    each_entry(payloads, keep_entry, json_add_array(payload, "mediaUrls"));
    json_push(kept, payload);
    return kept;
}

static bool found_absolute(void *ctx, const char *entry) {
    *(bool *)ctx = *entry == '/' || is_file_url(entry);
    return !*(bool *)ctx;
}

bool media_needs_root(const cJSON *payloads) {
    bool any = false;
    each_entry(payloads, found_absolute, &any);
    return any;
}

// --- paths ------------------------------------------------------------------------------------------------------

// The path without empty, . and .. parts; the caller's. NULL when it leads out at the top.
static char *plain_path(const char *path) {
    size_t len = strlen(path), written = 0;
    char *out = xmalloc(len + 2);
    for (const char *at = path; *at != '\0';) {
        size_t part = strcspn(at, "/");
        bool up = part == 2 && memcmp(at, "..", 2) == 0, here = part == 0 || (part == 1 && *at == '.');
        if (up && written == 0) {
            free(out);
            return NULL;
        }
        if (up) {
            while (written > 0 && out[--written] != '/')
                ;
        } else if (!here) {
            if (written > 0)
                out[written++] = '/';
            memcpy(out + written, at, part);
            written += part;
        }
        at += part + (at[part] == '/' ? 1 : 0);
    }
    out[written] = '\0';
    return out;
}

static bool has_control(const char *text) {
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

// In the workspace, as a path in there; the caller's. NULL: it is not.
static char *inside(const char *absolute, const char *root) {
    char *path = plain_path(absolute), *top = *root == '/' ? plain_path(root) : NULL, *rest = NULL;
    size_t len = top != NULL ? strlen(top) : 0;
    if (path != NULL && len > 0 && strncmp(path, top, len) == 0 && path[len] == '/')
        rest = xstrdup(path + len + 1);
    free(path);
    free(top);
    return rest;
}

// A file: URL's path; the caller's. NULL: it is of another host.
static char *path_of_file_url(const char *entry) {
    const char *from = entry + sizeof FILE_SCHEME - 1;
    if (strncasecmp(from, "localhost/", 10) == 0)
        from += 9;
    return *from == '/' ? percent_decode(bytes_str(from)) : NULL;
}

// --- the plan ---------------------------------------------------------------------------------------------------

typedef struct making {
    media_plan *plan;
    const char *root;
} making;

static bool is_planned(const media_plan *p, const media_item *item) {
    for (size_t i = 0; i < p->count; i++) {
        if (p->items[i].kind == item->kind && strcmp(p->items[i].source, item->source) == 0)
            return true;
    }
    return false;
}

static void free_item(media_item *item) {
    free(item->source);
    free(item->name);
    *item = (media_item){0};
}

// Takes the item.
static void add(media_plan *p, media_item item) {
    if (is_planned(p, &item)) {
        free_item(&item);
    } else if (p->count == MEDIA_ITEMS_MAX) {
        p->left_out++;
        free_item(&item);
    } else {
        p->items[p->count++] = item;
    }
}

static void refuse(media_plan *p, const char *entry, words_key why) {
    char *source = xstrndup(entry, strnlen(entry, MEDIA_SOURCE_MAX_BYTES));
    add(p,
        (media_item){
            .kind = MEDIA_REFUSED, .source = source, .name = file_name_clean(bytes_str(source)), .why = why});
}

// Takes path, NULL when it is not in the workspace.
static void add_path(media_plan *p, const char *entry, char *path) {
    if (path == NULL || *path == '\0' || has_control(path)) {
        refuse(p, entry, path == NULL ? WORD_MEDIA_NOT_IN_WORKSPACE : WORD_MEDIA_PATH_MALFORMED);
        free(path);
        return;
    }
    add(p, (media_item){.kind = MEDIA_WORKSPACE, .source = path, .name = file_name_clean(bytes_str(path))});
}

static void add_url(media_plan *p, const char *entry) {
    const char *host = strstr(entry, "://") + 3, *path = host + strcspn(host, "/?#");
    char *decoded = percent_decode(bytes_of(path, strcspn(path, "?#")));
    add(p, (media_item){
               .kind = MEDIA_URL, .source = xstrdup(entry), .name = file_name_clean(bytes_str(decoded))});
    free(decoded);
}

static bool has_scheme(const char *entry) {
    size_t len = strspn(entry, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return len > 0 && (strncmp(entry + len, "://", 3) == 0 || strncasecmp(entry, "data:", 5) == 0);
}

static bool is_web(const char *entry) {
    return strncasecmp(entry, "http://", 7) == 0 || strncasecmp(entry, "https://", 8) == 0;
}

static bool is_of_windows(const char *entry) { // C:\x, \\host\x
    return strchr(entry, '\\') != NULL ||
           (*entry != '\0' && entry[1] == ':' && strchr("/\\", entry[2]) != NULL);
}

static bool plan_entry(void *ctx, const char *entry) {
    making *m = ctx;
    char *path = NULL;
    if (strnlen(entry, MEDIA_SOURCE_MAX_BYTES + 1) > MEDIA_SOURCE_MAX_BYTES) {
        refuse(m->plan, entry, WORD_MEDIA_ADDRESS_TOO_LONG);
    } else if (is_web(entry)) {
        add_url(m->plan, entry);
    } else if (is_file_url(entry)) {
        path = path_of_file_url(entry);
        add_path(m->plan, entry, path != NULL ? inside(path, m->root) : NULL);
        free(path);
    } else if (has_scheme(entry)) {
        refuse(m->plan, entry, WORD_MEDIA_OTHER_SCHEME);
    } else if (*entry == '/') {
        add_path(m->plan, entry, inside(entry, m->root));
    } else if (*entry == '~' || is_of_windows(entry)) {
        add_path(m->plan, entry, NULL);
    } else {
        add_path(m->plan, entry, plain_path(entry));
    }
    return true;
}

media_plan *media_plan_make(const cJSON *payloads, const char *root) {
    making m = {.plan = xcalloc(1, sizeof *m.plan), .root = root};
    each_entry(payloads, plan_entry, &m);
    return m.plan;
}

void media_plan_free(media_plan *p) {
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++)
        free_item(&p->items[i]);
    free(p);
}
