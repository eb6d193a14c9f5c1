// SPDX-License-Identifier: Apache-2.0
// The guard: what is public, what is not, and what the opt-in for private networks opens.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/ssrf.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct row {
    const char *host;
    ssrf_verdict verdict;
} ROWS[] = {
    {"93.184.216.34", SSRF_ALLOWED},
    {"example.com", SSRF_ALLOWED},
    {"example.com.", SSRF_ALLOWED},
    {"abc.123.example", SSRF_ALLOWED},
    {"1password.com", SSRF_ALLOWED},
    {"0x.example.com", SSRF_ALLOWED},
    {"my_host.example", SSRF_ALLOWED},
    {"xn--bcher-kva.example", SSRF_ALLOWED},
    {"local.example", SSRF_ALLOWED},
    {"notlocal", SSRF_ALLOWED},
    {"127.0.0.1", SSRF_LOOPBACK},
    {"127.255.255.255", SSRF_LOOPBACK},
    {"128.0.0.1", SSRF_ALLOWED},
    {"126.255.255.255", SSRF_ALLOWED},
    {"0.0.0.0", SSRF_UNSPECIFIED},
    {"0.255.255.255", SSRF_UNSPECIFIED},
    {"1.0.0.0", SSRF_ALLOWED},
    {"10.255.0.1", SSRF_PRIVATE},
    {"9.255.255.255", SSRF_ALLOWED},
    {"11.0.0.0", SSRF_ALLOWED},
    {"172.15.255.255", SSRF_ALLOWED},
    {"172.16.0.0", SSRF_PRIVATE},
    {"172.31.255.255", SSRF_PRIVATE},
    {"172.32.0.0", SSRF_ALLOWED},
    {"192.168.0.1", SSRF_PRIVATE},
    {"192.167.255.255", SSRF_ALLOWED},
    {"192.169.0.0", SSRF_ALLOWED},
    {"100.63.255.255", SSRF_ALLOWED},
    {"100.64.0.0", SSRF_SHARED},
    {"100.127.255.255", SSRF_SHARED},
    {"100.128.0.0", SSRF_ALLOWED},
    {"169.253.255.255", SSRF_ALLOWED},
    {"169.254.0.1", SSRF_LINK_LOCAL},
    {"169.255.0.0", SSRF_ALLOWED},
    {"192.0.0.8", SSRF_RESERVED},
    {"192.0.1.1", SSRF_ALLOWED},
    {"192.0.2.99", SSRF_DOCUMENTATION},
    {"192.88.99.1", SSRF_RESERVED},
    {"198.17.255.255", SSRF_ALLOWED},
    {"198.18.0.1", SSRF_BENCHMARK},
    {"198.19.255.255", SSRF_BENCHMARK},
    {"198.20.0.0", SSRF_ALLOWED},
    {"198.51.100.7", SSRF_DOCUMENTATION},
    {"198.51.101.7", SSRF_ALLOWED},
    {"203.0.113.255", SSRF_DOCUMENTATION},
    {"203.0.114.0", SSRF_ALLOWED},
    {"223.255.255.255", SSRF_ALLOWED},
    {"224.0.0.1", SSRF_MULTICAST},
    {"239.255.255.255", SSRF_MULTICAST},
    {"240.0.0.0", SSRF_RESERVED},
    {"255.255.255.255", SSRF_RESERVED},
    // metadata
    {"169.254.169.254", SSRF_METADATA},
    {"100.100.100.200", SSRF_METADATA},
    {"168.63.129.16", SSRF_METADATA},
    {"192.0.0.192", SSRF_METADATA},
    {"fd00:ec2::254", SSRF_METADATA},
    {"fd00:ec2::23", SSRF_METADATA},
    {"fd20:ce::254", SSRF_METADATA},
    {"::ffff:169.254.169.254", SSRF_METADATA},
    {"64:ff9b::a9fe:a9fe", SSRF_METADATA},
    {"2002:a9fe:a9fe::", SSRF_METADATA},
    {"::169.254.169.254", SSRF_METADATA},
    {"::ffff:0:169.254.169.254", SSRF_METADATA},
    {"metadata.google.internal", SSRF_METADATA},
    {"Metadata.Google.Internal.", SSRF_METADATA},
    {"metadata", SSRF_METADATA},
    {"metadata.tencentyun.com", SSRF_METADATA},
    // IPv6
    {"2606:4700:4700::1111", SSRF_ALLOWED},
    {"[2606:4700:4700::1111]", SSRF_ALLOWED},
    {"::", SSRF_UNSPECIFIED},
    {"::1", SSRF_LOOPBACK},
    {"[::1]", SSRF_LOOPBACK},
    {"0:0:0:0:0:0:0:1", SSRF_LOOPBACK},
    {"fe80::1", SSRF_LINK_LOCAL},
    {"febf::1", SSRF_LINK_LOCAL},
    {"fec0::1", SSRF_PRIVATE},
    {"fc00::1", SSRF_PRIVATE},
    {"fdff::1", SSRF_PRIVATE},
    {"fe00::1", SSRF_RESERVED},
    {"ff02::1", SSRF_MULTICAST},
    {"100::1", SSRF_RESERVED},
    {"2001:2::1", SSRF_BENCHMARK},
    {"2001:2:1::1", SSRF_RESERVED},
    {"2001:10::1", SSRF_RESERVED},
    {"2001:20::1", SSRF_RESERVED},
    {"2001:1ff::1", SSRF_RESERVED},
    {"2001:200::1", SSRF_ALLOWED},
    {"2001:4860:4860::8888", SSRF_ALLOWED},
    {"2001:db8::1", SSRF_DOCUMENTATION},
    {"2001:db9::1", SSRF_ALLOWED},
    {"3fff:fff::1", SSRF_DOCUMENTATION},
    {"3ffe::1", SSRF_ALLOWED},
    {"4000::1", SSRF_RESERVED},
    {"5f00::1", SSRF_RESERVED},
    // IPv4 inside
    {"::ffff:127.0.0.1", SSRF_LOOPBACK},
    {"::ffff:7f00:1", SSRF_LOOPBACK},
    {"0000:0000:0000:0000:0000:ffff:7f00:0001", SSRF_LOOPBACK},
    {"::ffff:93.184.216.34", SSRF_ALLOWED},
    {"::127.0.0.1", SSRF_LOOPBACK},
    {"::2", SSRF_UNSPECIFIED},
    {"::ffff:0:10.0.0.1", SSRF_PRIVATE},
    {"64:ff9b::10.0.0.1", SSRF_PRIVATE},
    {"64:ff9b::93.184.216.34", SSRF_ALLOWED},
    {"64:ff9b:1::192.168.1.1", SSRF_PRIVATE},
    {"64:ff9b:1::93.184.216.34", SSRF_ALLOWED},
    {"64:ff9b:1:2::93.184.216.34", SSRF_RESERVED},
    {"2002:c0a8:101::1", SSRF_PRIVATE},
    {"2002:808:808::", SSRF_ALLOWED},
    {"2001::80ff:fefe", SSRF_LOOPBACK},
    {"2001::f7f7:f7f7", SSRF_ALLOWED},
    {"2001:0:4136:e378:8000:63bf:3fff:fdd2", SSRF_DOCUMENTATION},
    {"2606:4700::5efe:127.0.0.1", SSRF_LOOPBACK},
    {"2606:4700::200:5efe:10.1.1.1", SSRF_PRIVATE},
    {"2606:4700::5efe:93.184.216.34", SSRF_ALLOWED},
    {"fe80::5efe:93.184.216.34", SSRF_LINK_LOCAL},
    // names
    {"localhost", SSRF_LOCAL_NAME},
    {"LocalHost", SSRF_LOCAL_NAME},
    {"localhost..", SSRF_LOCAL_NAME},
    {"localhost.localdomain", SSRF_LOCAL_NAME},
    {"a.b.localhost", SSRF_LOCAL_NAME},
    {"printer.local.", SSRF_LOCAL_NAME},
    {"svc.cluster.INTERNAL", SSRF_LOCAL_NAME},
    // spellings
    {"127.1", SSRF_SPELLING},
    {"1.2.3", SSRF_SPELLING},
    {"0x7f.1", SSRF_SPELLING},
    {"0X7F000001", SSRF_SPELLING},
    {"2130706433", SSRF_SPELLING},
    {"134744072", SSRF_SPELLING},
    {"0177.0.0.1", SSRF_SPELLING},
    {"08.0.0.1", SSRF_SPELLING},
    {"0x7g.0.0.1", SSRF_SPELLING},
    {"256.1.1.1", SSRF_SPELLING},
    {"127.0.0.1.", SSRF_LOOPBACK},
    {"a..b", SSRF_SPELLING},
    {"[127.0.0.1]", SSRF_SPELLING},
    {"[example.com]", SSRF_SPELLING},
    {"::::", SSRF_SPELLING},
    {"2606:4700::gggg", SSRF_SPELLING},
    {"fe80::1%lo", SSRF_SPELLING},
    {"[2606:4700::1%25eth0]", SSRF_SPELLING},
    // nothing
    {"", SSRF_NO_HOST},
    {".", SSRF_NO_HOST},
    {"[]", SSRF_NO_HOST},
    {"a b", SSRF_NO_HOST},
    {"a@b", SSRF_NO_HOST},
    {"a/b", SSRF_NO_HOST},
    {"b\xc3\xbc"
     "cher.example",
     SSRF_NO_HOST},
    {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1", SSRF_NO_HOST}, // full-width digits
};

static void judges_hosts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        ssrf_verdict got = ssrf_judge_host(bytes_str(ROWS[i].host), false);
        if (got != ROWS[i].verdict)
            fail_msg("%s: %s, not %s", ROWS[i].host, ssrf_verdict_text(got),
                     ssrf_verdict_text(ROWS[i].verdict));
    }
}

static bool opens(ssrf_verdict v) {
    return v == SSRF_ALLOWED || v == SSRF_LOCAL_NAME || v == SSRF_LOOPBACK || v == SSRF_PRIVATE ||
           v == SSRF_SHARED || v == SSRF_BENCHMARK;
}

static void opt_in_opens_private_networks_only(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        ssrf_verdict got = ssrf_judge_host(bytes_str(ROWS[i].host), true);
        ssrf_verdict want = opens(ROWS[i].verdict) ? SSRF_ALLOWED : ROWS[i].verdict;
        if (got != want)
            fail_msg("%s: %s, not %s", ROWS[i].host, ssrf_verdict_text(got), ssrf_verdict_text(want));
    }
}

static void takes_addresses_from_sockets(void **state) {
    (void)state;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr other = {.sa_family = AF_UNIX};
    ip_address a;
    v4.sin_addr.s_addr = htonl(0x0a000001);
    assert_true(ip_from_sockaddr((const struct sockaddr *)&v4, &a));
    assert_int_equal(ssrf_judge_address(&a, false), SSRF_PRIVATE);
    assert_int_equal(inet_pton(AF_INET6, "2606:4700::1", &v6.sin6_addr), 1);
    assert_true(ip_from_sockaddr((const struct sockaddr *)&v6, &a));
    assert_int_equal(ssrf_judge_address(&a, false), SSRF_ALLOWED);
    assert_false(ip_from_sockaddr(&other, &a));
}

static void long_names_are_none(void **state) {
    (void)state;
    char name[255];
    memset(name, 'a', sizeof name);
    assert_int_equal(ssrf_judge_host(bytes_of(name, 253), false), SSRF_ALLOWED);
    assert_int_equal(ssrf_judge_host(bytes_of(name, 254), false), SSRF_NO_HOST);
    assert_int_equal(ssrf_judge_host(bytes_of("a\0b", 3), false), SSRF_NO_HOST);
    assert_int_equal(ssrf_judge_host(bytes_of("127.0.0.1\0", 10), false), SSRF_NO_HOST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_hosts),
        cmocka_unit_test(opt_in_opens_private_networks_only),
        cmocka_unit_test(takes_addresses_from_sockets),
        cmocka_unit_test(long_names_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
