# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# cmocka: for unit tests only, never in what ships.
build_library() {
    cmake_build -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF
    cp COPYING "$out/licenses/cmocka.txt"
}
