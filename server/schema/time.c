// SPDX-License-Identifier: Apache-2.0
// time.Time between gob's bytes and RFC 3339. Layout from Go's own source, see docs/protocol.md.
#include "schema/text.h"

#include "base/parse.h"

#include <stdio.h>

enum {
    DAY_SECONDS = 86400,
    DAYS_OF_400_YEARS = 146097,
    YEAR_MAX = 9999,
    UTC_OFFSET = -1, // minutes; Go's mark for UTC
    OFFSET_MAX_MINUTES = 24 * 60,
};

typedef struct date {
    int64_t year, month, day;
} date;

static uint64_t big_endian(const uint8_t *p, size_t len) {
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | p[i];
    return value;
}

// Days since 0001-01-01 (Gregorian backwards). Counted from 1 March of the year 0, so that a leap day ends a year.
static int64_t days_of(date d) {
    int64_t year = d.month > 2 ? d.year : d.year - 1;
    int64_t month = d.month > 2 ? d.month - 3 : d.month + 9;
    int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + d.day - 1;
    return days - 306; // from 1 March 0 to 1 January 1
}

static date date_of(int64_t days) {
    int64_t shifted = days + 306;
    int64_t era = shifted / DAYS_OF_400_YEARS;
    int64_t rest = shifted % DAYS_OF_400_YEARS;
    int64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int64_t day_of_year = rest - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    date d = {.day = day_of_year - (153 * month + 2) / 5 + 1, .month = month < 10 ? month + 3 : month - 9};
    d.year = year + era * 400 + (d.month <= 2);
    return d;
}

static void append_fraction(char *text, uint32_t nanoseconds) {
    if (nanoseconds == 0)
        return;
    size_t len = strlen(text);
    snprintf(text + len, SCHEMA_TIME_TEXT_BYTES - len, ".%09u", nanoseconds);
    for (len = strlen(text); text[len - 1] == '0'; len--)
        text[len - 1] = '\0';
}

static void append_offset(char *text, int offset_minutes) {
    size_t len = strlen(text);
    int size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    if (offset_minutes == 0)
        snprintf(text + len, SCHEMA_TIME_TEXT_BYTES - len, "Z");
    else
        snprintf(text + len, SCHEMA_TIME_TEXT_BYTES - len, "%c%02d:%02d", offset_minutes < 0 ? '-' : '+',
                 size / 60, size % 60);
}

oc_err schema_time_to_text(bytes wire, char text[SCHEMA_TIME_TEXT_BYTES]) {
    text[0] = '\0';
    // Version 2 has a byte more, the seconds of an offset that is no whole minute; RFC 3339 cannot say them.
    bool is_known = (wire.len == 15 && wire.data[0] == 1) || (wire.len == 16 && wire.data[0] == 2);
    if (!is_known)
        return OC_EMALFORMED;
    int64_t seconds = (int64_t)big_endian(wire.data + 1, 8);
    uint32_t nanoseconds = (uint32_t)big_endian(wire.data + 9, 4);
    int offset = (int16_t)big_endian(wire.data + 13, 2);
    if (offset == UTC_OFFSET)
        offset = 0;
    if (nanoseconds > 999999999 || offset > OFFSET_MAX_MINUTES || offset < -OFFSET_MAX_MINUTES)
        return OC_EMALFORMED;
    if (seconds == 0 && nanoseconds == 0)
        return OC_OK;
    int64_t end = (days_of((date){YEAR_MAX, 12, 31}) + 1) * DAY_SECONDS;
    if (seconds < 0 || seconds >= end || seconds + offset * 60 < 0 || seconds + offset * 60 >= end)
        return OC_ELIMIT;
    int64_t local = seconds + offset * 60;
    date d = date_of(local / DAY_SECONDS);
    int of_day = (int)(local % DAY_SECONDS);
    snprintf(text, SCHEMA_TIME_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d", (int)d.year, (int)d.month,
             (int)d.day, of_day / 3600, of_day / 60 % 60, of_day % 60);
    append_fraction(text, nanoseconds);
    append_offset(text, offset);
    return OC_OK;
}

// Reads count digits and the character behind them (0: anything); false when they are not there.
static bool take_number(const char **at, size_t count, char behind, int64_t max, int64_t *out) {
    uint64_t number = 0;
    if (strnlen(*at, count) < count || parse_uint(bytes_of(*at, count), (uint64_t)max, &number) != OC_OK)
        return false;
    *at += count;
    *out = (int64_t)number;
    if (behind == 0)
        return true;
    return *(*at)++ == behind;
}

static bool take_fraction(const char **at, int64_t *nanoseconds) {
    *nanoseconds = 0;
    if (**at != '.')
        return true;
    (*at)++;
    size_t count = strspn(*at, "0123456789");
    if (count == 0 || count > 9 || !take_number(at, count, 0, 999999999, nanoseconds))
        return false;
    for (size_t i = count; i < 9; i++)
        *nanoseconds *= 10;
    return true;
}

static bool take_offset(const char **at, int64_t *minutes) {
    char sign = *(*at)++;
    int64_t hours = 0, rest = 0;
    *minutes = UTC_OFFSET;
    if (sign == 'Z')
        return true;
    if ((sign != '+' && sign != '-') || !take_number(at, 2, ':', 23, &hours) ||
        !take_number(at, 2, 0, 59, &rest))
        return false;
    int64_t size = hours * 60 + rest;
    if (size == 0 || (sign == '-' && size == 1)) // -1 is Go's mark for UTC: such an offset cannot be sent
        return size == 0;
    *minutes = sign == '-' ? -size : size;
    return true;
}

// False for a day that the month has not.
static bool take_date(const char **at, date *d) {
    if (!take_number(at, 4, '-', YEAR_MAX, &d->year) || !take_number(at, 2, '-', 12, &d->month) ||
        !take_number(at, 2, 'T', 31, &d->day))
        return false;
    return d->year > 0 && d->month > 0 && d->day > 0 && date_of(days_of(*d)).day == d->day;
}

static bool take_clock(const char **at, int64_t *seconds, int64_t *nanoseconds) {
    int64_t hour = 0, minute = 0, second = 0;
    bool ok = take_number(at, 2, ':', 23, &hour) && take_number(at, 2, ':', 59, &minute) &&
              take_number(at, 2, 0, 59, &second) && take_fraction(at, nanoseconds);
    *seconds = hour * 3600 + minute * 60 + second;
    return ok;
}

static void put_big_endian(uint8_t *out, size_t len, uint64_t number) {
    for (size_t i = len; i > 0; i--, number >>= 8)
        out[i - 1] = (uint8_t)number;
}

oc_err schema_time_from_text(const char *text, uint8_t wire[SCHEMA_TIME_BYTES]) {
    date d = {0};
    int64_t of_day = 0, nanoseconds = 0, offset = 0;
    const char *at = text;
    bool ok = take_date(&at, &d) && take_clock(&at, &of_day, &nanoseconds) && take_offset(&at, &offset);
    if (!ok || *at != '\0')
        return OC_EMALFORMED;
    int64_t seconds = days_of(d) * DAY_SECONDS + of_day - (offset == UTC_OFFSET ? 0 : offset * 60);
    wire[0] = 1;
    put_big_endian(wire + 1, 8, (uint64_t)seconds);
    put_big_endian(wire + 9, 4, (uint64_t)nanoseconds);
    put_big_endian(wire + 13, 2, (uint64_t)offset);
    return OC_OK;
}
