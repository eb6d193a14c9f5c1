// SPDX-License-Identifier: Apache-2.0
// Names of files, names in headers, percent-encoding, base64, sizes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/file_name.h"
#include "base/percent.h"
#include "base/size_text.h"
#include "base/utf8.h"

#include <stdlib.h>

static const struct row {
    const char *in, *out;
} NAMES[] = {
    {"photo.png", "photo.png"},
    {"a/b/c.txt", "c.txt"},
    {"C:\\temp\\c.txt", "c.txt"},
    {"../../etc/passwd", "passwd"},
    {"a/", ""},
    {"..", ""},
    {".", ""},
    {"", ""},
    {"  spaced name.pdf ", "spaced name.pdf"},
    {"dots...", "dots"},
    {".profile", ".profile"},
    {"a\nb\tc.txt", "abc.txt"},
    {"a<b>:\"|?*`.txt", "a_b_______.txt"},
    {"gpj.\xe2\x80\xae"
     "exe",
     "gpj.exe"},
    {"\xef\xbb\xbfname", "name"},
    {"b\xc3\xbc"
     "cher.pdf",
     "b\xc3\xbc"
     "cher.pdf"},
    {"bad\xff.txt", "bad_.txt"},
};

static void cleans_names(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        char *got = file_name_clean(bytes_str(NAMES[i].in));
        assert_string_equal(got, NAMES[i].out);
        free(got);
    }
}

static void cuts_long_names_and_keeps_the_extension(void **state) {
    (void)state;
    buf raw;
    buf_init(&raw, 40000);
    for (int i = 0; i < 300; i++)
        assert_int_equal(buf_append_str(&raw, "\xc3\xbc"), OC_OK);
    assert_int_equal(buf_append_str(&raw, ".jpeg"), OC_OK);
    char *got = file_name_clean(buf_bytes(&raw));
    assert_int_equal(utf8_runes(bytes_str(got)), FILE_NAME_MAX_RUNES);
    assert_string_equal(got + strlen(got) - 7, "\xc3\xbc.jpeg");
    free(got);
    for (int i = 0; i < 30000; i++)
        assert_int_equal(buf_append_str(&raw, "x"), OC_OK);
    got = file_name_clean(buf_bytes(&raw)); // no extension that long
    assert_int_equal(utf8_runes(bytes_str(got)), FILE_NAME_MAX_RUNES);
    free(got);
    got = file_name_for_type(buf_bytes(&raw), "image/png");
    assert_int_equal(utf8_runes(bytes_str(got)), FILE_NAME_MAX_RUNES);
    assert_string_equal(got + strlen(got) - 5, "x.png");
    free(got);
    buf_free(&raw);
}

static void gives_an_extension_by_type(void **state) {
    static const struct {
        const char *in, *type, *out;
    } rows[] = {
        {"photo", "image/png", "photo.png"},      {"photo.jpg", "image/png", "photo.jpg"},
        {"", "image/jpeg", "file.jpg"},           {"", "", "file"},
        {"x", "application/unheard", "x"},        {"report", "Application/PDF; q=1", "report.pdf"},
        {"v1.2 of it", "text/csv", "v1.2 of it"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *got = file_name_for_type(bytes_str(rows[i].in), rows[i].type);
        assert_string_equal(got, rows[i].out);
        free(got);
    }
}

static void reads_names_in_headers(void **state) {
    static const struct row rows[] = {
        {"attachment; filename=\"a b.pdf\"", "a b.pdf"},
        {"attachment; filename=plain.txt", "plain.txt"},
        {"inline;FileName = \"q\\\"uote.txt\" ; size=3", "q\"uote.txt"},
        {"attachment; filename=\"fallback.txt\"; filename*=UTF-8''b%C3%BCcher.txt", "b\xc3\xbc"
                                                                                    "cher.txt"},
        {"attachment; filename*=iso-8859-1''x.txt; filename=y.txt", "y.txt"},
        {"attachment; filename=\"a;b.txt\"", "a;b.txt"},
        {"attachment; filename=\"never closed", "never closed"},
        {"attachment; filename*=UTF-8''50%.txt", "50%.txt"},
        {"attachment", NULL},
        {"", NULL},
        {";;=;filename", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *got = file_name_of_disposition(rows[i].in);
        if (rows[i].out == NULL)
            assert_null(got);
        else
            assert_string_equal(got, rows[i].out);
        free(got);
    }
}

static void base64_goes_both_ways(void **state) {
    static const struct row rows[] = {{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"},
                                      {"\xff\xfe\xfb", "//77"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf out;
        buf_init(&out, 64);
        assert_int_equal(base64_encode(bytes_str(rows[i].in), &out), OC_OK);
        assert_true(bytes_is(buf_bytes(&out), rows[i].out));
        buf_clear(&out);
        assert_int_equal(base64_decode(bytes_str(rows[i].out), &out), OC_OK);
        assert_true(bytes_is(buf_bytes(&out), rows[i].in));
        buf_free(&out);
    }
}

static void base64_refuses_what_is_none(void **state) {
    static const char *const rows[] = {
        "Z", "Zg=", "Zg", "Z===", "====", "Zm9v\n", "Zm 9", "Zm-_", "Zg==Zg==", "Z=g="};
    (void)state;
    buf out;
    buf_init(&out, 64);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(base64_decode(bytes_str(rows[i]), &out), OC_EMALFORMED);
        assert_int_equal(out.len, 0);
    }
    buf_free(&out);
    buf_init(&out, 3);
    assert_int_equal(base64_encode(bytes_str("f"), &out), OC_ELIMIT);
    assert_int_equal(base64_decode(bytes_str("Zm9vYmFy"), &out), OC_ELIMIT);
    buf_free(&out);
}

static void percents_go_both_ways(void **state) {
    static const struct row rows[] = {{"a b/\xc3\xbc~", "a%20b%2F%C3%BC~"}, {"", ""}, {"100%", "100%25"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *encoded = percent_encode(bytes_str(rows[i].in)), *back = percent_decode(bytes_str(encoded));
        assert_string_equal(encoded, rows[i].out);
        assert_string_equal(back, rows[i].in);
        free(encoded);
        free(back);
    }
    char *kept = percent_decode(bytes_str("%zz%00%4%"));
    assert_string_equal(kept, "%zz%00%4%");
    free(kept);
}

static void sizes_have_words(void **state) {
    static const struct {
        uint64_t size;
        const char *text;
    } rows[] = {{0, "0 bytes"},
                {1, "1 byte"},
                {10239, "10239 bytes"},
                {10240, "10 KB"},
                {1048575, "1023 KB"},
                {1048576, "1 MB"},
                {1572864, "1.5 MB"},
                {8388608, "8 MB"},
                {8388607, "7.9 MB"},
                {104962457, "100 MB"},
                {UINT64_MAX, "17592186044415 MB"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(size_text_of(rows[i].size).text, rows[i].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleans_names),
        cmocka_unit_test(cuts_long_names_and_keeps_the_extension),
        cmocka_unit_test(gives_an_extension_by_type),
        cmocka_unit_test(reads_names_in_headers),
        cmocka_unit_test(sizes_have_words),
        cmocka_unit_test(percents_go_both_ways),
        cmocka_unit_test(base64_goes_both_ways),
        cmocka_unit_test(base64_refuses_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
