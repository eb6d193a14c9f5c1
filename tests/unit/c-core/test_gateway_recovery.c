// SPDX-License-Identifier: Apache-2.0
// What is done about a run after a cut, from histories as the real gateway shows them.
#include "base/json.h"
#include "gateway/recovery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#define OURS "{\"role\":\"user\",\"content\":\"alice: hi\",\"idempotencyKey\":\"mm-1:user\"}"
#define AGAIN "{\"role\":\"user\",\"content\":\"alice: hi\",\"idempotencyKey\":\"mm-1.again:user\"}"
#define OTHER "{\"role\":\"user\",\"content\":\"bob: yo\",\"idempotencyKey\":\"mm-2:user\"}"
// A job's prompt, as the real gateway writes it.
#define JOB                                                                                                  \
    "{\"role\":\"assistant\",\"content\":\"do "                                                              \
    "it\",\"idempotencyKey\":\"j1:user\",\"__openclaw\":{\"id\":\"x\"}}"
#define SYSTEM                                                                                               \
    "{\"role\":\"user\",\"content\":\"[System] Your previous turn was "                                      \
    "interrupted\",\"idempotencyKey\":\"c0:user\"}"
#define SAID(run, text, stop)                                                                                \
    "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"" text "\"}],\"stopReason\":\"" stop \
    "\",\"__openclaw\":{\"runId\":\"" run "\"}}"
#define TOOL "{\"role\":\"toolResult\",\"content\":[{\"type\":\"text\",\"text\":\"out\"}]}"
#define IDLE ",\"sessionInfo\":{\"hasActiveRun\":false,\"activeRunIds\":[]}}"
#define BUSY(id) ",\"sessionInfo\":{\"hasActiveRun\":true,\"activeRunIds\":[\"" id "\"]}}"
#define PENDING(id, state)                                                                                   \
    ",\"pendingInputs\":{\"items\":[{\"runId\":\"" id "\",\"state\":\"" state "\"}],\"total\":1}"

enum { SAME = 1, ACCEPTED = 2, PATIENT = 4, SOME_TIME = 8, RENEWED = 16 };

static const struct {
    const char *history;
    int facts;
    recovery_step step;
    const char *what; // run id or text
    bool renew;
} rows[] = {
    // it runs
    {"{\"messages\":[" OURS "]" BUSY("mm-1"), SAME | ACCEPTED, RECOVERY_FOLLOW, "mm-1", false},
    {"{\"messages\":[],\"inFlightRun\":{\"runId\":\"mm-1\",\"text\":\"\"}}", 0, RECOVERY_FOLLOW, "mm-1",
     false},
    {"{\"messages\":[" AGAIN "]" BUSY("mm-1.again"), SAME, RECOVERY_FOLLOW, "mm-1.again", false},
    // it has an answer
    {"{\"messages\":[" OURS "," SAID("mm-1", "done \\n", "stop") "]" IDLE, SAME | ACCEPTED, RECOVERY_TAKE,
     "done", false},
    {"{\"messages\":[" OURS "," SAID("mm-1", "first", "toolUse") "," TOOL
                                                                 "," SAID("mm-1", "last", "stop") "]" IDLE,
     0, RECOVERY_TAKE, "last", false},
    {"{\"messages\":[" OURS "," SAID("mm-1", "done", "stop") "," OTHER
                                                             "," SAID("mm-2", "not ours", "stop") "]" IDLE,
     0, RECOVERY_TAKE, "done", false},
    {"{\"messages\":[" OURS "," SYSTEM "," SAID("c0", "went on", "stop") "]" IDLE, 0, RECOVERY_TAKE,
     "went on", false},
    {"{\"messages\":[" AGAIN "," SAID("mm-1.again", "second", "stop") "]" IDLE, 0, RECOVERY_TAKE, "second",
     false},
    // the restarted gateway goes on
    {"{\"messages\":[" OURS "," SYSTEM "]" BUSY("c0"), ACCEPTED, RECOVERY_FOLLOW, "c0", false},
    {"{\"messages\":[" OURS "]" BUSY("c0"), ACCEPTED, RECOVERY_FOLLOW, "c0", false},
    {"{\"messages\":[" OURS "]" BUSY("c0"), ACCEPTED | SAME, RECOVERY_LOOK, NULL, false},
    {"{\"messages\":[" OURS "," OTHER "]" BUSY("mm-2"), ACCEPTED, RECOVERY_LOOK, NULL,
     false}, // somebody else's turn
    {"{\"messages\":[" OURS "," SAID("mm-1", "half", "toolUse") "]" IDLE, ACCEPTED, RECOVERY_LOOK, NULL,
     false},
    {"{\"messages\":[" OURS "]" IDLE, ACCEPTED, RECOVERY_LOOK, NULL, false},
    {"{\"messages\":[" OURS "]" IDLE, ACCEPTED | PATIENT, RECOVERY_LOST, NULL, false},
    {"{\"messages\":[" OURS "," SAID("mm-1", "half", "toolUse") "]" IDLE, PATIENT, RECOVERY_LOST, NULL,
     false},
    // a scheduled job came behind it
    {"{\"messages\":[" OURS "," JOB "]" BUSY("j1"), ACCEPTED, RECOVERY_LOOK, NULL, false},
    {"{\"messages\":[" OURS "," JOB "," SAID("j2", "the job", "stop") "]" IDLE, ACCEPTED, RECOVERY_LOOK, NULL,
     false},
    {"{\"messages\":[" OURS "," SAID("mm-1", "done", "stop") "," JOB "]" IDLE, 0, RECOVERY_TAKE, "done",
     false},
    // it never began
    {"{\"messages\":[]" IDLE, SAME, RECOVERY_REPEAT, NULL, false},
    {"{\"messages\":[" OTHER "]" IDLE, SAME | ACCEPTED, RECOVERY_FOLLOW, "mm-1",
     false}, // it waits in the queue
    {"{\"messages\":[]" IDLE, SAME | ACCEPTED | PATIENT, RECOVERY_REPEAT, NULL, false},
    {"{\"messages\":[]" IDLE, 0, RECOVERY_LOOK, NULL, false},
    {"{\"messages\":[]" IDLE, PATIENT, RECOVERY_REPEAT, NULL, false},
    {"{\"messages\":[" OTHER "]" BUSY("mm-2"), PATIENT, RECOVERY_LOOK, NULL, false},
    // it was queued when the gateway crashed
    {"{\"messages\":[]" PENDING("mm-1", "interrupted") IDLE, ACCEPTED, RECOVERY_LOOK, NULL, true},
    {"{\"messages\":[]" PENDING("mm-1", "interrupted") IDLE, ACCEPTED | SOME_TIME, RECOVERY_REPEAT, NULL,
     true},
    {"{\"messages\":[]" PENDING("mm-1", "interrupted") IDLE, SAME | SOME_TIME, RECOVERY_REPEAT, NULL, true},
    {"{\"messages\":[]" PENDING("mm-1", "interrupted") IDLE, SOME_TIME | RENEWED, RECOVERY_LOST, NULL, true},
    {"{\"messages\":[]" PENDING("mm-1", "queued") IDLE, SAME, RECOVERY_FOLLOW, "mm-1", false},
    {"{\"messages\":[]" PENDING("mm-2", "interrupted") IDLE, SAME, RECOVERY_REPEAT, NULL, false},
    // rubbish
    {"{}", 0, RECOVERY_LOOK, NULL, false},
    {"[]", 0, RECOVERY_LOOK, NULL, false},
    {"{\"messages\":[1,null,{},{\"role\":\"user\"},{\"role\":\"assistant\",\"content\":5}],\"sessionInfo\":"
     "7}",
     0, RECOVERY_LOOK, NULL, false},
    {"{\"messages\":[{\"role\":\"user\",\"idempotencyKey\":\"mm-1x:user\"},{\"role\":\"user\","
     "\"idempotencyKey\":\"mm-1\"}]" IDLE,
     PATIENT, RECOVERY_REPEAT, NULL, false}, // keys that only begin like ours
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *history = cJSON_Parse(rows[i].history);
        int f = rows[i].facts;
        recovery_facts facts = {.key = "mm-1",
                                .same_boot = (f & SAME) != 0,
                                .accepted = (f & ACCEPTED) != 0,
                                .renewed = (f & RENEWED) != 0,
                                .idle_ms = (f & PATIENT) != 0     ? RECOVERY_PATIENCE_MS
                                           : (f & SOME_TIME) != 0 ? RECOVERY_INTERRUPTED_MS
                                                                  : 0};
        recovery out;
        assert_non_null(history);
        recovery_decide(history, &facts, &out);
        if (out.step != rows[i].step)
            print_message("row %zu: %s\n", i, rows[i].history);
        assert_int_equal(out.step, rows[i].step);
        assert_int_equal(out.renew, rows[i].renew);
        if (out.step == RECOVERY_FOLLOW)
            assert_string_equal(out.run_id, rows[i].what);
        if (out.step == RECOVERY_TAKE)
            assert_string_equal(out.text, rows[i].what);
        free(out.text);
        cJSON_Delete(history);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
