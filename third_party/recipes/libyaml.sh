# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# libyaml: the half that reads. The emitter, the loader (which would follow aliases) and the dumper are left out.
build_library() {
    local part parts=(api reader scanner parser)
    local defines="-DYAML_VERSION_MAJOR=0 -DYAML_VERSION_MINOR=2 -DYAML_VERSION_PATCH=5 -DYAML_VERSION_STRING=\"$version\""
    for part in "${parts[@]}"; do
        # shellcheck disable=SC2086
        "$CC" $common_flags $defines -Iinclude -c "src/$part.c" -o "$part.o"
    done
    "$AR" rcs "$out/lib/libyaml.a" "${parts[@]/%/.o}"
    cp include/yaml.h "$out/include/"
    cp License "$out/licenses/libyaml.txt"
}
