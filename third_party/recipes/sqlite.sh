# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# SQLite: the one-file form, which its own makefile makes with this machine's compiler and tclsh. No extensions are loaded,
# no threads of ours use it, nothing of the shell.
build_library() {
    mkdir amalgamation
    (
        cd amalgamation
        unset AR RANLIB
        CC=gcc ../configure --disable-readline --disable-tcl --disable-shared >/dev/null
        make sqlite3.c >/dev/null
    )
    # shellcheck disable=SC2086
    "$CC" $common_flags -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED -DSQLITE_DQS=0 \
        -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_AUTOINIT -DSQLITE_TRUSTED_SCHEMA=0 \
        -DSQLITE_DEFAULT_CACHE_SIZE=-256 -DSQLITE_TEMP_STORE=3 -DSQLITE_USE_ALLOCA=0 -Wno-unused \
        -Iamalgamation -c amalgamation/sqlite3.c -o sqlite3.o
    "$AR" rcs "$out/lib/libsqlite3.a" sqlite3.o
    cp amalgamation/sqlite3.h "$out/include/"
    cp LICENSE.md "$out/licenses/SQLite.txt"
}
