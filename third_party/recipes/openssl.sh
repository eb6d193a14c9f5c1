# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# OpenSSL: TLS 1.2 and 1.3, X.509, Ed25519, HMAC, SHA-2. What those do not need is left out.
build_library() {
    local off=(
        shared apps tests docs module dso engine dynamic-engine legacy autoload-config makedepend
        comp zlib ssl3 tls1 tls1_1 dtls srtp sctp srp psk quic cms ts ocsp ct cmp http nextprotoneg
        async uplink ui-console aria bf blake2 camellia cast des dsa gost idea md2 md4 mdc2 ocb rc2 rc4 rc5
        rmd160 scrypt argon2 seed siphash siv sm2 sm3 sm4 whirlpool ec2m ml-dsa slh-dsa
        ssl-trace capieng padlockeng afalgeng loadereng ktls rfc3779
    )
    # OPENSSLDIR is where most distributions keep their CA certificates; the core looks in the other places itself.
    # It keeps prefix, compiler and flags as text: none of them may name a folder of this machine.
    # shellcheck disable=SC2086
    PATH=$(dirname "$CC"):$PATH CC=$(basename "$CC") AR=$(basename "$AR") RANLIB=$(basename "$RANLIB") \
        ./Configure "linux-$machine" --prefix=/usr --libdir=lib --openssldir=/etc/ssl "${off[@]/#/no-}" \
        ${common_flags%% -ffile-prefix-map*}
    PATH=$(dirname "$CC"):$PATH make -j "$jobs" build_libs
    PATH=$(dirname "$CC"):$PATH make install_dev DESTDIR="$work/installed"
    cp -R "$work/installed/usr/." "$out/"
    cp LICENSE.txt "$out/licenses/OpenSSL.txt"
}
