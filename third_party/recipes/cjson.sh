# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# cJSON: one source file, without its utilities.
build_library() {
    # shellcheck disable=SC2086
    "$CC" $common_flags -DCJSON_HIDE_SYMBOLS -c cJSON.c -o cJSON.o
    "$AR" rcs "$out/lib/libcjson.a" cJSON.o
    mkdir -p "$out/include/cjson"
    cp cJSON.h "$out/include/cjson/"
    cp LICENSE "$out/licenses/cJSON.txt"
}
