// SPDX-License-Identifier: Apache-2.0
// An agent's text on its way into posts: whatever it holds, no post is too long, nobody is called, nothing crashes. The first two
// bytes choose the rules and the limit.
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/chunk.h"
#include "reply/mentions.h"
#include "reply/progress_line.h"
#include "reply/render.h"
#include "reply/silence.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_chunks(const char *text, size_t limit, chunk_mode mode) {
    chunks c = chunk_split(text, limit, mode);
    for (size_t i = 0; i < c.count; i++) {
        // Where there is room for one unit only, a rune may need two.
        if (utf16_units(bytes_str(c.items[i])) > (limit > 0 ? limit : 1) + 1 ||
            !utf8_has_visible(bytes_str(c.items[i])))
            abort();
    }
    chunks_free(&c);
}

static void check_calm(const char *text) {
    char *once = mentions_defuse(text), *twice = mentions_defuse(once);
    if (strcmp(once, twice) != 0)
        abort();
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char prefix[] = "[bot]";
    if (size < 2)
        return 0;
    char *text = xstrndup((const char *)data + 2, size - 2);
    render_rules rules = {
        .tables = (table_mode)(data[0] % 4), .mass_mentions = (data[0] & 4) != 0, .prefix = prefix};
    char *rendered = render_text(&rules, text, (data[0] & 8) != 0), *line = progress_line(text, data[1]);
    check_chunks(rendered, data[1], (data[0] & 16) != 0 ? CHUNK_NEWLINE : CHUNK_LENGTH);
    check_calm(text);
    (void)silence_chosen(text);
    (void)silence_possible(text);
    if (utf8_runes(bytes_str(line)) > (data[1] > 0 ? data[1] : 1U))
        abort();
    free(line);
    free(rendered);
    free(text);
    return 0;
}
