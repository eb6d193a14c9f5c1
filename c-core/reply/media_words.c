// SPDX-License-Identifier: Apache-2.0
#include "reply/media_words.h"

#include "base/log.h"

enum { LINK_MAX_BYTES = 1000 };

static void added(oc_err err) {
    if (err != OC_OK)
        log_warn("A note about a file that could not be attached did not fit");
}

// An address that stands in angle brackets as it is.
static bool is_plain(const char *url) {
    return strlen(url) <= LINK_MAX_BYTES && strpbrk(url, " <>\"`\\\t\r\n") == NULL;
}

void media_words_failed(buf *notes, const media_item *item, oc_err err, const char *why) {
    const char *line_break = notes->len > 0 ? "\n" : "", *mark = *item->name != '\0' ? "`" : "";
    const char *name = *item->name != '\0' ? item->name : "A file";
    bool reachable = item->kind == MEDIA_URL && err != OC_EDENIED && err != OC_EINVAL;
    if (reachable && is_plain(item->source))
        added(buf_printf(notes, "%s%s%s%s could not be attached (%s): <%s>", line_break, mark, name, mark,
                         why, item->source));
    else
        added(buf_printf(notes, "%s%s%s%s could not be attached: %s.", line_break, mark, name, mark, why));
}

void media_words_left_out(buf *notes, size_t count) {
    added(buf_printf(notes, "%s%zu more file%s could not be attached: an answer takes at most %d.",
                     notes->len > 0 ? "\n" : "", count, count == 1 ? "" : "s", MEDIA_ITEMS_MAX));
}

void media_words_none(buf *notes, const char *why) {
    added(buf_printf(notes, "The agent's files could not be attached: %s.", why));
}
