# SPDX-License-Identifier: Apache-2.0
# Shared by fetch, build and tool: where things lie, and how the lock is read. Sourced, never run.

# shellcheck shell=bash
# shellcheck disable=SC2034
third_party=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$third_party")
lock=$third_party/lock
cache=${OPENCLAW_CACHE:-$HOME/.cache/mattermost-plugin-openclaw}
downloads=$cache/downloads

say() { printf '%s\n' "$*" >&2; }
die() { say "third_party: $*"; exit 1; }

# lock_line KIND NAME: prints the one line of the lock for it.
lock_line() { awk -v kind="$1" -v name="$2" '$1 == kind && $2 == name' "$lock"; }

# lock_field KIND NAME NUMBER: prints one field of that line, or fails.
lock_field() {
    local value
    value=$(lock_line "$1" "$2" | awk -v n="$3" '{ print $n }')
    [ -n "$value" ] || die "no line '$1 $2' in third_party/lock"
    printf '%s\n' "$value"
}

# has_sum FILE SHA256: true if the file is there and is what the lock says.
has_sum() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

# tarball NAME: prints where the verified upstream tarball of NAME lies (or will lie) in the cache.
tarball() { printf '%s/%s-%s.orig.tar\n' "$downloads" "$1" "$(lock_field deb "$1" 3)"; }

# patches NAME: prints where Debian's changes to that version lie; the revision they are from stands in a file beside them.
patches() { printf '%s/%s-%s.debian.tar.xz\n' "$downloads" "$1" "$(lock_field deb "$1" 3)"; }

# retry COMMAND…: runs it up to four times, with growing pauses; for commands that use the network.
retry() {
    local try
    for try in 1 2 3 4; do
        "$@" && return 0
        [ "$try" = 4 ] || { say "third_party: attempt $try failed ($1), trying again"; sleep $((try * 5)); }
    done
    return 1
}
