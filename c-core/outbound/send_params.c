// SPDX-License-Identifier: Apache-2.0
#include "outbound/send_params.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

// --- emoji ---

typedef struct known_emoji {
    const char *sign, *name;
    bool toned; // comes in skin tones
} known_emoji;

static const known_emoji KNOWN[] = {
    {"\u2705", "white_check_mark", false},
    {"\u274c", "x", false},
    {"\U0001f44d", "thumbsup", true},
    {"\U0001f44e", "thumbsdown", true},
    {"\U0001f389", "tada", false},
    {"\u2764", "heart", false},
    {"\U0001f604", "smile", false},
    {"\U0001f602", "joy", false},
    {"\U0001f680", "rocket", false},
    {"\U0001f440", "eyes", false},
    {"\U0001f64f", "pray", true},
    {"\U0001f525", "fire", false},
    {"\U0001f4af", "100", false},
    {"\u26a0", "warning", false},
    {"\u2795", "heavy_plus_sign", false},
    {"\u2796", "heavy_minus_sign", false},
    {"\U0001f914", "thinking_face", false},
    {"\u26a1", "zap", false},
    {"\U0001f310", "globe_with_meridians", false},
    {"\U0001f631", "scream", false},
    {"\U0001f9e0", "brain", false},
    {"\U0001f4bb", "computer", false},
    {"\U0001f44b", "wave", true},
    {"\U0001f64c", "raised_hands", true},
};
static const char *const TONES[] = {"light", "medium_light", "medium", "medium_dark", "dark"};
enum { TONE_FIRST = 0x1f3fb, TONE_LAST = 0x1f3ff, VARIATION_15 = 0xfe0e, VARIATION_16 = 0xfe0f };

static const known_emoji *find_known(bytes sign) {
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (bytes_is(sign, KNOWN[i].sign))
            return &KNOWN[i];
    }
    return NULL;
}

// The name of one known sign with whatever only changes its looks behind it; NULL: it is something else.
static char *name_of_sign(bytes text) {
    uint32_t rune = 0, tone = 0;
    size_t first = utf8_next(text, &rune);
    const known_emoji *known = find_known(bytes_of(text.data, first));
    if (known == NULL)
        return NULL;
    for (size_t at = first; at < text.len;) {
        at += utf8_next(bytes_of(text.data + at, text.len - at), &rune);
        if (rune >= TONE_FIRST && rune <= TONE_LAST && tone == 0)
            tone = rune;
        else if (rune != VARIATION_15 && rune != VARIATION_16)
            return NULL;
    }
    return tone != 0 && known->toned ? xasprintf("%s_%s_skin_tone", known->name, TONES[tone - TONE_FIRST])
                                     : xstrdup(known->name);
}

char *emoji_name_of(const char *text) {
    bytes all = utf8_trim(bytes_str(text));
    while (all.len > 0 && all.data[0] == ':')
        all = bytes_of(all.data + 1, all.len - 1);
    while (all.len > 0 && all.data[all.len - 1] == ':')
        all.len--;
    all = utf8_trim(all);
    if (all.len == 0)
        return NULL;
    char *known = name_of_sign(all);
    return known != NULL ? known : xstrndup((const char *)all.data, all.len);
}

// --- reactions ---

oc_err react_params_read(const cJSON *params, react_params *out, const char **sentence) {
    const char *post = json_text(params, "messageId");
    if (*post == '\0')
        post = json_text(params, "postId");
    char *emoji = emoji_name_of(json_text(params, "emoji"));
    *sentence = *post == '\0'   ? "Mattermost react requires messageId (post id)"
                : emoji == NULL ? "Mattermost react requires emoji"
                                : "";
    if (**sentence != '\0') {
        free(emoji);
        return OC_EINVAL;
    }
    *out = (react_params){.post_id = post, .emoji = emoji, .remove = json_bool(params, "remove", false)};
    return OC_OK;
}

// --- the file of a message ---

static const char *const PLACES[] = {"media", "mediaUrl", "path", "filePath", "fileUrl"};
static const char *const PAYLOADS[] = {"buffer", "base64"};

typedef struct media_search {
    const char *found;
    bool several, payload;
} media_search;

// The same place twice is one.
static void note(media_search *s, const char *place) {
    if (place == NULL || utf8_trim(bytes_str(place)).len == 0)
        return;
    if (s->found == NULL)
        s->found = place;
    else
        s->several = s->several || strcmp(s->found, place) != 0;
}

static void look(media_search *s, const cJSON *object) {
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        note(s, json_string(object, PLACES[i]));
    for (size_t i = 0; i < sizeof PAYLOADS / sizeof *PAYLOADS; i++)
        s->payload = s->payload || *json_text(object, PAYLOADS[i]) != '\0';
}

oc_err send_attachment_read(const cJSON *params, const char **media, const char **sentence) {
    media_search s = {.found = NULL};
    const cJSON *item = NULL;
    look(&s, params);
    cJSON_ArrayForEach(item, json_array(params, "mediaUrls")) note(&s, cJSON_GetStringValue(item));
    cJSON_ArrayForEach(item, json_array(params, "attachments")) {
        look(&s, item);
        note(&s, json_string(item, "url"));
    }
    *media = NULL;
    *sentence = "";
    if (s.several)
        *sentence = "Mattermost send supports one attachment per message; split multiple mediaUrls or "
                    "attachments[] entries into separate sends.";
    else if (s.payload && s.found == NULL)
        *sentence =
            "Mattermost send attachments require media, mediaUrl, path, filePath, fileUrl, mediaUrls, "
            "or attachments[] with one of those fields; buffer/base64 payloads are not supported.";
    else
        *media = s.found;
    return **sentence != '\0' ? OC_EINVAL : OC_OK;
}
