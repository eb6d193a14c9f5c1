// SPDX-License-Identifier: Apache-2.0
// A stored value of pairings, and behind a NUL the text of a command: whatever stands there, limits hold, nobody is let in
// who is not in the list, and what is written is read again.
#include "base/mem.h"
#include "interactions/commands.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1000000000 };

static void must(bool condition) {
    if (!condition)
        abort();
}

static void check_written(const pairing_state *s) {
    buf out;
    bool damaged = true;
    buf_init(&out, PAIRING_VALUE_MAX_BYTES);
    if (pairing_state_write(s, &out) == OC_OK) {
        pairing_state *again = pairing_state_read(buf_bytes(&out), &damaged);
        must(!damaged && pairing_count(again) == pairing_count(s));
        must(pairing_approved_count(again) == pairing_approved_count(s));
        pairing_state_destroy(again);
    }
    buf_free(&out);
}

static void check_state(bytes value) {
    bool damaged = false, tell = false;
    const pairing_request *r = NULL;
    pairing_state *s = pairing_state_read(value, &damaged);
    must(pairing_count(s) <= PAIRING_REQUESTS_MAX && pairing_approved_count(s) <= PAIRING_APPROVED_MAX);
    pairing_state_expire(s, NOW);
    const pairing_asking asking = {.user_id = "fuzz",
                                   .name = "fuzz",
                                   .post_id = "post",
                                   .channel_id = "dm",
                                   .key = "fuzzkey",
                                   .code = "FUZZFUZZ"};
    size_t in = pairing_approved_count(s);
    bool was_in = pairing_is_approved(s, "fuzz");
    pairing_answer answer = pairing_ask(s, &asking, NOW, &tell, &r);
    must((answer == PAIRING_IS_IN) == was_in && pairing_approved_count(s) == in);
    if (answer == PAIRING_NEW) {
        const pairing_deciding no = {.key = r->key, .approve = false, .by = "admin", .node = "n"};
        must(pairing_decide(s, &no, NOW) == PAIRING_DECIDED && !pairing_is_approved(s, "fuzz"));
    }
    must(pairing_count(s) <= PAIRING_REQUESTS_MAX);
    check_written(s);
    pairing_state_destroy(s);
}

static void check_command(const char *text) {
    command_match m = commands_find(text);
    must((m.verdict == COMMAND_FOUND) <= (m.row != NULL));
    must(m.row == NULL || m.argument != NULL);
    must(commands_class(text) == ACCESS_NO_COMMAND || strchr(text, '/') != NULL);
    command_match_free(&m);
    char id[WHY_POST_ID_BYTES];
    must(!why_post_id(text, id) || strlen(id) == WHY_POST_ID_BYTES - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *end = size > 0 ? memchr(data, '\0', size) : NULL;
    size_t first = end != NULL ? (size_t)(end - data) : size;
    char *text = xstrndup(end != NULL ? (const char *)end + 1 : "", end != NULL ? size - first - 1 : 0);
    check_state(bytes_of(data, first));
    check_command(text);
    free(text);
    return 0;
}
