// SPDX-License-Identifier: Apache-2.0
// What each release has stored is read by the program of now, and what it writes the release before can read: upgrade and one
// release back lose nothing (tests/states/README.md).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/notices.h"
#include "base/json.h"
#include "delivery/marks.h"
#include "delivery/page.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "outbound/spoken.h"
#include "store/button_record.h"
#include "store/identity_record.h"
#include "store/install_secret.h"
#include "store/open_asks.h"
#include "store/pairings.h"
#include "store/participation.h"
#include "store/participation_value.h"
#include "store/talk_settings.h"

#include <stdio.h>

static const char *const RELEASES[] = {"0.1.0"}; // oldest first
enum { RELEASE_COUNT = sizeof RELEASES / sizeof *RELEASES, STATE_MAX_BYTES = 1 << 20 };

static cJSON *STATE; // of the release that is looked at
static loop *LOOP;

static cJSON *state_of(const char *release) {
    buf text;
    cJSON *json = NULL;
    char part[4096], *path = xasprintf("tests/states/%s.json", release);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    buf_init(&text, STATE_MAX_BYTES);
    for (size_t n = fread(part, 1, sizeof part, f); n > 0; n = fread(part, 1, sizeof part, f))
        assert_int_equal(buf_append(&text, part, n), OC_OK);
    fclose(f);
    free(path);
    assert_int_equal(json_parse(buf_bytes(&text), &json), OC_OK);
    buf_free(&text);
    return json;
}

// --- each kind: read the value; write it again where the module can. False: it was not understood. ---

static bool read_pairings(bytes value, buf *again) {
    bool damaged = true;
    pairing_state *s = pairing_state_read(value, &damaged);
    bool good = !damaged && pairing_approved_count(s) > 0 && pairing_count(s) > 0 &&
                pairing_is_approved(s, pairing_approved_at(s, 0)) && pairing_state_write(s, again) == OC_OK;
    pairing_state_destroy(s);
    return good;
}

static bool read_threads(bytes value, buf *again) {
    bool damaged = true;
    threads *t = threads_read(value, &damaged);
    bool good = !damaged && threads_count(t) > 0 && threads_write(t, again) == OC_OK;
    threads_destroy(t);
    return good;
}

static bool read_asks(bytes value, buf *again) {
    bool damaged = true;
    open_asks_state s = open_asks_read(value, &damaged);
    bool good = !damaged && open_asks_write(&s, again) == OC_OK;
    open_asks_clear(&s);
    return good;
}

static bool read_page(bytes value, buf *again) {
    page *p = page_create();
    bool good = page_merge(p, value) == OC_OK && page_count(p) > 0 && page_write(p, again) == OC_OK;
    page_destroy(p);
    return good;
}

static bool read_marks(bytes value, buf *again) {
    bool readable = false;
    int64_t since_ms = 0;
    cJSON *nodes = marks_read(value, &readable);
    bool good =
        readable && marks_since(nodes, &since_ms) && since_ms > 0 && marks_write(nodes, again) == OC_OK;
    cJSON_Delete(nodes);
    return good;
}

static bool read_spoken(bytes value, buf *again) {
    bool damaged = true;
    spoken *s = spoken_read(value, &damaged);
    bool good = !damaged && spoken_since(s) > 0 && spoken_write(s, again) == OC_OK;
    spoken_destroy(s);
    return good;
}

static bool read_identity(bytes value, buf *again) {
    uint8_t seed[IDENTITY_SEED_BYTES] = {0};
    return identity_record_read(value, seed) == OC_OK && seed[0] == 0x11 && seed[31] == 0x11 &&
           identity_record_write(seed, again) == OC_OK;
}

static bool read_token(bytes value, buf *again) {
    char *token = NULL;
    bool good = token_record_read(value, &token) == OC_OK && strcmp(token, "token-of-a-device") == 0 &&
                token_record_write(token, again) == OC_OK;
    free(token);
    return good;
}

static bool read_button(bytes value, buf *again) {
    cJSON *json = button_record_read(value);
    bool good = json != NULL && button_record_write(json, again) == OC_OK;
    cJSON_Delete(json);
    return good;
}

// Modules that read and write for themselves: given the value, they say nothing of damage and find what is in it.
static void on_secret(void *ctx, secret *s) {
    *(bool *)ctx = s != NULL && strlen(secret_reveal(s)) == 64;
    secret_destroy(s);
}

static bool read_secret(bytes value, buf *again) {
    bool good = false;
    char *before = xstrndup((const char *)value.data, value.len);
    json_add_string(FAKE.kv, "install_secret", before);
    install_secret_load(&THE_CHAT, on_secret, &good);
    good = good && strcmp(json_text(FAKE.kv, "install_secret"), before) == 0;
    free(before);
    return good && buf_append(again, value.data, value.len) == OC_OK;
}

static void on_talk_put(void *ctx, bool stored) {
    *(bool *)ctx = stored;
}

static bool read_talks(bytes value, buf *again) {
    bool stored = false;
    char *before = xstrndup((const char *)value.data, value.len);
    json_add_string(FAKE.kv, "talk_settings", before);
    talk_settings *s = talk_settings_create(LOOP, &THE_CHAT);
    talk_setting one = TALK_SETTING_NONE;
    one.verbose = TALK_VERBOSE_FULL;
    talk_settings_put(s, "default", "another", &one, on_talk_put, &stored);
    fake_clock_pass(LOOP, 1000);
    const char *now = json_text(FAKE.kv, "talk_settings");
    const cJSON *talk = NULL;
    cJSON *then = cJSON_Parse(before);
    cJSON_ArrayForEach(talk, json_get(then, "talks")) stored = stored && strstr(now, talk->string) != NULL;
    cJSON_Delete(then);
    free(before);
    bool good = stored && json_get(FAKE.kv, "talk_settings.unreadable") == NULL;
    talk_settings_destroy(s);
    return good && buf_append_str(again, now) == OC_OK;
}

// The same notice is not told a second time by the new release.
static bool read_notice(bytes value, buf *again) {
    char *before = xstrndup((const char *)value.data, value.len);
    json_add_string(FAKE.kv, "notice.gateway", before);
    notices *n = notices_create(LOOP, &THE_CHAT, "node");
    notices_set_bot(n, "bot");
    notices_well_first(n, NOTICE_GATEWAY, "again", "welcome");
    fake_clock_pass(LOOP, 1000);
    bool good = FAKE.post_count == 0 && strcmp(json_text(FAKE.kv, "notice.gateway"), before) == 0;
    notices_destroy(n);
    free(before);
    return good && buf_append(again, value.data, value.len) == OC_OK;
}

typedef struct kind {
    const char *key; // or what it begins with
    bool (*read)(bytes value, buf *again);
} kind;

static const kind KINDS[] = {
    {"pairings.", read_pairings},       {"participation.", read_threads},
    {"open_asks", read_asks},           {"journal.", read_page},
    {"watermarks", read_marks},         {"spoken.", read_spoken},
    {"device_identity", read_identity}, {"device_token.", read_token},
    {"button.", read_button},           {"install_secret", read_secret},
    {"talk_settings", read_talks},      {"notice.gateway", read_notice},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

// Kept for a moment only, or a plain text: nothing hangs on reading them.
static const char *const PLAIN[] = {"lease", "clicks.", "bot.", "bot_picture", "notice."};

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static const kind *kind_of(const char *key) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (begins(key, KINDS[i].key))
            return &KINDS[i];
    }
    return NULL;
}

static void open_world(void) {
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
}

static void close_world(void) {
    fake_chat_destroy();
    loop_destroy(LOOP);
}

static int64_t version_in(bytes text) {
    cJSON *json = NULL;
    int64_t v = json_parse(text, &json) == OC_OK ? json_int(json, "v", 0) : 0;
    cJSON_Delete(json);
    return v;
}

static void check_value(const char *release, const kind *k, const char *key, bytes value, int64_t written) {
    buf again;
    open_world();
    buf_init(&again, STATE_MAX_BYTES);
    if (!k->read(value, &again))
        fail_msg("%s of release %s is not understood: %.*s", key, release, (int)value.len,
                 (const char *)value.data);
    if (version_in(buf_bytes(&again)) > written)
        fail_msg("%s is written with a version that release %s cannot read", key, release);
    buf_free(&again);
    close_world();
}

// As a later release may write it: with members of its own.
static void check_with_more(const char *release, const kind *k, const char *key, bytes value) {
    cJSON *json = NULL;
    buf more;
    assert_int_equal(json_parse(value, &json), OC_OK);
    cJSON *later = json_add_object(json, "later");
    json_add_int(later, "x", 1);
    buf_init(&more, STATE_MAX_BYTES);
    assert_int_equal(json_print(json, &more), OC_OK);
    cJSON_Delete(json);
    check_value(release, k, key, buf_bytes(&more), version_in(value));
    buf_free(&more);
}

static void test_every_release_is_read(void **state) {
    (void)state;
    for (size_t i = 0; i < RELEASE_COUNT; i++) {
        bool seen[KIND_COUNT] = {false};
        const cJSON *one = NULL;
        STATE = state_of(RELEASES[i]);
        cJSON_ArrayForEach(one, STATE) {
            const kind *k = kind_of(one->string);
            bool plain = false;
            for (size_t j = 0; j < sizeof PLAIN / sizeof *PLAIN; j++)
                plain = plain || begins(one->string, PLAIN[j]);
            if (k == NULL && !plain)
                fail_msg("%s of release %s: nobody knows what it is", one->string, RELEASES[i]);
            if (k == NULL)
                continue;
            bytes value = bytes_str(cJSON_GetStringValue(one));
            seen[k - KINDS] = true;
            check_value(RELEASES[i], k, one->string, value, version_in(value));
            if (k->read != read_notice && k->read != read_secret) // these keep the very text
                check_with_more(RELEASES[i], k, one->string, value);
        }
        for (size_t j = 0; j < KIND_COUNT; j++) {
            if (!seen[j])
                fail_msg("release %s has no %s", RELEASES[i], KINDS[j].key);
        }
        cJSON_Delete(STATE);
    }
}

// --- one release back: values of a later version are kept ---

static bool let_in(void *ctx, pairing_state *s, int64_t now_ms) {
    bool tell = false;
    const pairing_request *request = NULL;
    (void)ctx;
    pairing_asking asking = {
        .user_id = "u", .name = "u", .post_id = "p", .channel_id = "c", .key = "k", .code = "ABCDEFGH"};
    return pairing_ask(s, &asking, now_ms, &tell, &request) == PAIRING_NEW;
}

static void on_pairings(void *ctx, oc_err err, const pairing_state *s) {
    (void)ctx, (void)err, (void)s;
}

static void change_pairings(void) {
    pairings *p = pairings_create(LOOP, &THE_CHAT);
    pairings_change(p, "default", let_in, on_pairings, NULL);
    fake_clock_pass(LOOP, 1000);
    pairings_destroy(p);
}

static void change_threads(void) {
    participation *p = participation_create(LOOP, &THE_CHAT);
    participation_note(p, "default", "root");
    fake_clock_pass(LOOP, 5000);
    participation_destroy(p);
}

static bool add_ask(void *ctx, open_asks_state *s, int64_t now_ms) {
    const open_ask what = {
        .kind = "question", .id = "q", .account = "default", .node = "n", .expires_ms = now_ms + 1000};
    (void)ctx;
    return open_asks_claim(s, &what, false, now_ms) == ASK_MINE;
}

static void on_asks(void *ctx, oc_err err, const open_asks_state *s) {
    (void)ctx, (void)err, (void)s;
}

static void change_asks(void) {
    open_asks *a = open_asks_create(LOOP, &THE_CHAT);
    open_asks_change(a, add_ask, on_asks, NULL);
    fake_clock_pass(LOOP, 1000);
    open_asks_destroy(a);
}

static void change_talks(void) {
    bool stored = false;
    talk_settings *s = talk_settings_create(LOOP, &THE_CHAT);
    talk_setting one = TALK_SETTING_NONE;
    one.verbose = TALK_VERBOSE_FULL;
    talk_settings_put(s, "default", "a", &one, on_talk_put, &stored);
    fake_clock_pass(LOOP, 1000);
    talk_settings_destroy(s);
}

static void change_secret(void) {
    bool good = false;
    install_secret_load(&THE_CHAT, on_secret, &good);
}

static void test_what_a_later_release_wrote_is_kept(void **state) {
    static const char later[] = "{\"v\":99,\"all\":\"is different\"}";
    static const struct {
        const char *key;
        void (*change)(void);
    } rows[] = {
        {"pairings.default", change_pairings},
        {"participation.default", change_threads},
        {"open_asks", change_asks},
        {"talk_settings", change_talks},
        {"install_secret", change_secret},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_world();
        json_add_string(FAKE.kv, rows[i].key, later);
        rows[i].change();
        char *kept = xasprintf("%s.unreadable", rows[i].key);
        if (strcmp(json_text(FAKE.kv, rows[i].key), later) == 0)
            fail_msg("%s: nothing was written, so this shows nothing", rows[i].key);
        if (strcmp(json_text(FAKE.kv, kept), later) != 0)
            fail_msg("%s of a later release is lost", rows[i].key);
        free(kept);
        close_world();
    }
}

// A post is not answered anew because a later release has a word for its outcome that this one does not know.
static void test_outcomes_of_a_later_release(void **state) {
    (void)state;
    page *p = page_create();
    assert_int_equal(page_merge(p, bytes_str("{\"v\":1,\"posts\":{\"a\":[\"closed\",\"on_holiday\",0],"
                                             "\"b\":[\"closed\",\"answered\",1]}}")),
                     OC_OK);
    assert_int_equal(page_get(p, "a")->state, RECORD_CLOSED);
    assert_int_equal(page_get(p, "b")->reason, REASON_ANSWERED);
    page_destroy(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_release_is_read),
        cmocka_unit_test(test_what_a_later_release_wrote_is_kept),
        cmocka_unit_test(test_outcomes_of_a_later_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
