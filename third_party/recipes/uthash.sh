# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# uthash: headers only.
build_library() {
    cp src/uthash.h src/utlist.h "$out/include/"
    cp LICENSE "$out/licenses/uthash.txt"
}
