// SPDX-License-Identifier: Apache-2.0
#include "delivery/watermark.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "delivery/marks.h"
#include "store/unreadable.h"

#include <stdlib.h>

enum { MOVE_EVERY_MS = 5000, CONFLICTS_MAX = 5 };

typedef enum write_state {
    WRITE_IDLE,    // the timer leads on
    WRITE_READING, // the present value is being read, since other nodes write there as well
    WRITE_STORING, // compare-and-set is under way
} write_state;

struct watermark {
    loop *loop;
    chat *chat;
    char *node, *boot_id;
    int64_t (*safe_until_ms)(void *ctx);
    void *ctx;
    write_state state;
    int conflicts;
    bool started;
    bool shown; // that we live, by writing; without started the mark itself stays
    loop_timer timer;
    void (*loaded)(void *ctx, const watermark_facts *facts);
    void *loaded_ctx;
    bool news;               // since what is being written was put together: it is written again at once
    void (*last)(void *ctx); // wants to hear of the write that is under way
    void *last_ctx;
};

watermark *watermark_create(loop *l, chat *c, const char *node, int64_t (*safe_until_ms)(void *ctx),
                            void *ctx) {
    watermark *w = xcalloc(1, sizeof *w);
    w->loop = l;
    w->chat = c;
    w->node = xstrdup(node);
    w->boot_id = xstrdup("");
    w->safe_until_ms = safe_until_ms;
    w->ctx = ctx;
    return w;
}

void watermark_destroy(watermark *w) {
    if (w == NULL)
        return;
    loop_timer_cancel(&w->timer);
    free(w->node);
    free(w->boot_id);
    free(w);
}

static void begin_write(void *ctx);

void watermark_set_boot_id(watermark *w, const char *boot_id) {
    if (strcmp(w->boot_id, boot_id) == 0)
        return;
    free(w->boot_id);
    w->boot_id = xstrdup(boot_id);
    // A process after this one that does not know it would have to wait a minute before it repeats a question.
    w->news = w->state != WRITE_IDLE;
    if (w->started)
        begin_write(w);
}

const char *watermark_boot_id(const watermark *w) {
    return w->boot_id;
}

// --- reading ---

static void tell_loaded(watermark *w, const cJSON *nodes, bool readable) {
    const char *names[WATERMARK_NODES_MAX + 2] = {w->node};
    int64_t beats[WATERMARK_NODES_MAX + 2] = {0};
    size_t count = 1;
    const cJSON *mark = NULL;
    watermark_facts facts = {.nodes = names, .beats = beats, .readable = readable};
    cJSON_ArrayForEach(mark, nodes) {
        if (strcmp(mark->string, w->node) != 0 && count <= WATERMARK_NODES_MAX)
            beats[count] = json_int(mark, "now", 0), names[count++] = mark->string;
    }
    const char *boot_id = json_text(json_get(nodes, w->node), "boot");
    if (*w->boot_id == '\0')
        watermark_set_boot_id(w, boot_id);
    facts.boot_id = boot_id;
    facts.known = marks_since(nodes, &facts.since_ms);
    w->loaded(w->loaded_ctx, &facts);
}

static void on_loaded(void *ctx, const chat_error *error, bytes value, bool found) {
    watermark *w = ctx;
    bool readable = false;
    cJSON *nodes = marks_read(found && error->err == OC_OK ? value : bytes_of(NULL, 0), &readable);
    if (error->err != OC_OK)
        log_warn("the watermarks could not be read yet: what came while we were away must wait", "error",
                 error->message);
    else if (found && !readable)
        log_error(
            "the stored watermarks are unreadable: posts that came while we were away are not looked for");
    tell_loaded(w, nodes, error->err == OC_OK);
    cJSON_Delete(nodes);
}

void watermark_load(watermark *w, void (*fn)(void *ctx, const watermark_facts *facts), void *ctx) {
    w->loaded = fn;
    w->loaded_ctx = ctx;
    chat_kv_get(w->chat, WATERMARKS_KEY, on_loaded, w);
}

// --- writing: read, change our own mark, compare-and-set ---

static void end_write(watermark *w) {
    void (*last)(void *ctx) = w->last;
    w->state = WRITE_IDLE;
    w->conflicts = 0;
    w->last = NULL;
    loop_timer_set(w->loop, &w->timer, w->news ? 0 : MOVE_EVERY_MS, begin_write, w);
    w->news = false;
    if (last != NULL)
        last(w->last_ctx);
}

static void on_stored(void *ctx, const chat_error *error, bool stored) {
    watermark *w = ctx;
    if (error->err == OC_OK && !stored && w->conflicts++ < CONFLICTS_MAX) {
        w->state = WRITE_IDLE;
        begin_write(w);
        return;
    }
    if (error->err != OC_OK || !stored)
        log_warn("the watermark could not be moved on", "error",
                 error->err != OC_OK ? error->message : "conflicts");
    end_write(w);
}

static void on_present(void *ctx, const chat_error *error, bytes value, bool found) {
    watermark *w = ctx;
    bool readable = false;
    buf text;
    if (error->err != OC_OK) {
        log_warn("the watermark could not be moved on", "error", error->message);
        end_write(w);
        return;
    }
    cJSON *nodes = marks_read(found ? value : bytes_of(NULL, 0), &readable);
    const cJSON *own = json_get(nodes, w->node);
    if (!w->started && own == NULL) { // nothing to keep
        end_write(w);
        cJSON_Delete(nodes);
        return;
    }
    if (found && !readable)
        keep_unreadable(w->chat, WATERMARKS_KEY, value);
    marks_put(nodes, w->node, w->started ? w->safe_until_ms(w->ctx) : json_int(own, "at", 0), w->boot_id,
              loop_wall_ms(w->loop), WATERMARK_NODES_MAX);
    buf_init(&text, MARKS_MAX_BYTES);
    if (marks_write(nodes, &text) == OC_OK) {
        w->state = WRITE_STORING;
        chat_kv_compare_and_set(w->chat, WATERMARKS_KEY, found ? value : bytes_of(NULL, 0), buf_bytes(&text),
                                0, on_stored, w);
    } else {
        log_error("the watermarks are too long to be stored");
        end_write(w);
    }
    buf_free(&text);
    cJSON_Delete(nodes);
}

static void begin_write(void *ctx) {
    watermark *w = ctx;
    if (w->state != WRITE_IDLE)
        return;
    loop_timer_cancel(&w->timer);
    w->state = WRITE_READING;
    chat_kv_get(w->chat, WATERMARKS_KEY, on_present, w);
}

void watermark_show_life(watermark *w) {
    if (w->started || w->shown)
        return;
    w->shown = true;
    begin_write(w);
}

void watermark_start(watermark *w) {
    if (w->started)
        return;
    w->started = true;
    begin_write(w);
}

void watermark_write_last(watermark *w, void (*fn)(void *ctx), void *ctx) {
    if (!w->started) {
        fn(ctx);
        return;
    }
    w->last = fn;
    w->last_ctx = ctx;
    begin_write(w); // one that is under way will do
}
