# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# PCRE2: the library for 8-bit text only; no just-in-time compiler (no writable and executable memory), no tools.
build_library() {
    cmake_build -DPCRE2_BUILD_PCRE2_8=ON -DPCRE2_BUILD_PCRE2_16=OFF -DPCRE2_BUILD_PCRE2_32=OFF -DPCRE2_SUPPORT_JIT=OFF \
        -DPCRE2_SUPPORT_UNICODE=ON -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_BUILD_TESTS=OFF -DPCRE2_STATIC_PIC=ON \
        -DPCRE2_NEVER_BACKSLASH_C=ON
    cp "$source_dir"/LICENCE* "$out/licenses/PCRE2.txt"
}
