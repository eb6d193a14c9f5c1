// SPDX-License-Identifier: Apache-2.0
#include "reply/media_words.h"

#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>

enum { LINK_MAX_BYTES = 1000 };

static void added(oc_err err) {
    if (err != OC_OK)
        log_warn("A note about a file that could not be attached did not fit");
}

// An address that stands in angle brackets as it is.
static bool is_plain(const char *url) {
    return strlen(url) <= LINK_MAX_BYTES && strpbrk(url, " <>\"`\\\t\r\n") == NULL;
}

// line is taken.
static void add(buf *notes, char *line) {
    added(buf_printf(notes, "%s%s", notes->len > 0 ? "\n" : "", line));
    free(line);
}

void media_words_failed(buf *notes, const media_item *item, oc_err err, const char *why) {
    char *name =
        *item->name != '\0' ? xasprintf("`%s`", item->name) : xstrdup(words_marked(WORD_MEDIA_A_FILE));
    bool reachable = item->kind == MEDIA_URL && err != OC_EDENIED && err != OC_EINVAL;
    if (reachable && is_plain(item->source))
        add(notes, words_mark(WORD_MEDIA_FAILED_LINK, "file", name, "why", why, "url", item->source, NULL));
    else
        add(notes, words_mark(WORD_MEDIA_FAILED, "file", name, "why", why, NULL));
    free(name);
}

void media_words_left_out(buf *notes, size_t count) {
    add(notes, words_mark(WORD_MEDIA_LEFT_OUT, "count", WORDS_NUMBER((int64_t)count), "max",
                          WORDS_NUMBER(MEDIA_ITEMS_MAX), NULL));
}

void media_words_none(buf *notes, const char *why) {
    add(notes, words_mark(WORD_MEDIA_NONE, "why", why, NULL));
}
